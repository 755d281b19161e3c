import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from scipy import stats

from innosi.forecast.answers.importing import import_answers
from innosi.forecast.cli import cli
from innosi.forecast.drawing.simulated_panels import power_plot, study_plot
from innosi.forecast.panels.model import PanelModel
from innosi.forecast.panels.plan_file import PRESETS, load_plan, plan_from, plan_schema
from innosi.forecast.panels.planning import Changes, Plan, PlannedRound, Share, one_study, plan_panel
from innosi.forecast.panels.recommending import recommendation, smallest_sufficient
from innosi.forecast.panels.rehearsal import copy_as_simulated, scale_of, simulate_answers
from innosi.forecast.panels.scales import AnswerScale
from innosi.forecast.panels.simulated import simulate_panel
from innosi.forecast.questions import Question
from innosi.forecast.statistics.rules import Criterion
from innosi.forecast.store.answers import load_answers
from innosi.forecast.study import load_study
from innosi.models.errors import AnswerError, InnosiError, InputFaults, ModelError
from innosi.scenarios.loading.document import parse_document

NARROW = Criterion("interquartile_range", at_most=2)


def read(text):
    return plan_from(parse_document(text, source="plan.yaml", folder=None))


def planned(name, **changes):
    plan = Changes(studies=100, sizes=(15, 60), drop_outs=(0,), **changes).to(load_plan(name))
    return plan, plan_panel(plan)


def row(power, *, n=30, number=2, drop_out=0.0, left=None, false=0.0, error=1.0, spread=1.0):
    values = (n if left is None else left, power, false, error, spread, 0.5)
    return PlannedRound(n, drop_out, number, *(Share(value, 0.01) for value in values))


def test_a_plan_counts_what_simulated_panels_show():
    plan = replace(load_plan("bandwagon"), n_studies=30, seed=5)
    found = {(each.n_panellists, each.drop_out, each.round): each for each in plan_panel(plan)}
    assert len(found) == 3 * 2 * 3
    model = replace(plan.model, n_panellists=30, drop_out=0.2)
    panels = simulate_panel(model, n_studies=30, seed=5)
    medians, widths, agreed = np.full((3, 30, 3, 20), np.nan)
    for place in np.ndindex(30, 3, 20):
        answers = panels.answers[place[0], place[1], :, place[2]]
        lower, medians[place], upper = np.nanquantile(answers, [0.25, 0.5, 0.75])
        widths[place] = upper - lower
        agreed[place] = widths[place] <= 2
    errors = np.abs(medians - panels.truth[:, np.newaxis])
    for round_ in range(3):
        each = found[30, 0.2, round_ + 1]
        assert each.power.value == pytest.approx(np.mean(agreed[:, round_]))
        assert each.power.standard_error == pytest.approx(stats.sem(np.mean(agreed[:, round_], axis=1)))
        assert each.error.value == pytest.approx(np.mean(errors[:, round_]))
        is_false = (agreed[:, round_] == 1) & (errors[:, round_] > 1)
        assert each.false_consensus.value == pytest.approx(np.mean(is_false))
        assert each.false_among_consensus == pytest.approx(np.sum(is_false) / np.sum(agreed[:, round_]))


def test_a_plan_does_not_depend_on_how_it_is_chunked(monkeypatch):
    plan = replace(load_plan("stubborn-experts"), n_studies=25)
    whole = plan_panel(plan)
    monkeypatch.setattr("innosi.forecast.panels.planning.studies_at_once", lambda _: 4)
    for one, other in zip(whole, plan_panel(plan), strict=True):
        assert one.error == other.error
        assert one.power == other.power


def test_progress_is_told_up_to_the_end():
    told = []
    plan = replace(load_plan("bandwagon"), n_studies=10)
    plan_panel(plan, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (60, 60)


def test_the_method_works_where_panellists_learn():
    _, found = planned("method-works")
    first, last = found[3], found[5]
    assert (first.n_panellists, last.round) == (60, 3)
    assert last.error.value < 0.85 * first.error.value
    assert first.power.value < 0.3
    assert last.power.value > 0.9
    assert last.false_among_consensus < 0.1


def test_a_bandwagon_narrows_and_stays_as_wrong_as_it_was():
    plan, found = planned("bandwagon")
    first, last = found[3], found[5]
    assert last.spread.value < 0.3 * first.spread.value
    assert last.error.value == pytest.approx(first.error.value, rel=0.02)
    assert last.false_among_consensus > 0.4
    assert "Bandwagon: from round 1 to round 3 the spread falls by 8" in " ".join(recommendation(plan, found))


def test_two_camps_come_to_no_consensus():
    plan, found = planned("two-camps")
    assert all(each.power.value < 0.2 for each in found)
    assert recommendation(plan, found)[0].startswith(
        "No panel here comes to consensus on 80% of the questions"
    )


def test_experts_who_hold_on_are_right_and_not_heard():
    plan = load_plan("stubborn-experts")
    panels = simulate_panel(replace(plan.model, n_panellists=60, drop_out=0.2), n_studies=100)
    error = np.abs(panels.answers - panels.truth[:, np.newaxis, np.newaxis])
    knows = panels.expertise > np.quantile(panels.expertise, 0.9)
    assert np.mean(error[:, 0][knows]) < 0.3 * np.mean(error[:, 0][~knows])
    assert np.nanmean(panels.errors_of_median()[:, 2]) > 2 * np.mean(error[:, 0][knows])
    left = np.isnan(panels.answers[:, -1, :, 0])
    assert np.mean(left[knows]) > np.mean(left[~knows])


def test_nobody_is_stable_in_the_first_round_and_all_are_where_nobody_revises():
    model = PanelModel(n_panellists=15, conformity=0, learning=0, drop_out=0.2)
    found = plan_panel(Plan("t", model, (15,), (0.2,), NARROW, n_studies=10))
    assert np.isnan(found[0].stable.value)
    assert found[1].stable == Share(1, 0)


def test_a_share_has_the_standard_error_of_its_mean():
    values = np.array([0.2, 0.5, 0.9, np.nan])
    assert Share.of(values).standard_error == pytest.approx(stats.sem(values[:3]))
    assert np.isnan(Share.of(np.array([1.0])).standard_error)
    assert np.isnan(Share.of(np.array([np.nan])).value)


PLAN = Plan("t", PanelModel(n_rounds=3), (15, 30), (0.0, 0.2), NARROW)


def test_the_smallest_panel_that_is_enough_with_every_drop_out_is_recommended():
    found = [row(0.9, n=15), row(0.7, n=15, drop_out=0.2), row(0.9), row(0.85, drop_out=0.2, number=2)]
    enough = smallest_sufficient(PLAN, found)
    assert (enough.n_panellists, enough.drop_out) == (30, 0.2)
    assert recommendation(PLAN, found)[0] == (
        "30 panellists in 2 rounds: enough for consensus on 85% (± 2.0 points) of the questions (80% wanted),"
        " even if 20% leave before each next round."
    )


def test_a_panel_whose_consensus_is_true_goes_before_a_smaller_one():
    found = [row(0.9, n=15, false=0.4), row(0.9, n=30, false=0.04)]
    assert smallest_sufficient(PLAN, found).n_panellists == 30
    assert recommendation(PLAN, found)[1] == "4% of its consensuses are false."
    warned = recommendation(PLAN, found[:1])[1]
    assert warned == (
        "Do not take agreement for truth: 44% of its consensuses lie more than 1 level from the truth."
    )


def test_so_few_that_they_agree_by_chance_are_not_recommended():
    found = [row(1, n=6), row(1, n=6, drop_out=0.2, left=4.9)]
    assert smallest_sufficient(PLAN, found[:1]).n_panellists == 6
    assert smallest_sufficient(PLAN, found) is None
    assert recommendation(PLAN, found) == (
        "Fewer than 5 panellists are left, and so few agree by chance; plan a larger panel.",
    )


def test_agreement_with_a_growing_error_is_a_bandwagon():
    found = [row(0.5, number=1, spread=2), row(0.9, number=3, spread=1, error=1.2)]
    said = recommendation(PLAN, found)[-1]
    assert "the spread falls by 50%, but the error of the median grows by 20%" in said
    assert "Bandwagon" not in str(recommendation(PLAN, [found[0], row(0.9, number=3, error=0.5)]))


def test_a_plan_file_is_read():
    plan = read(
        """
title: Ours
panellists: [30, 15]
rounds: 2
questions: 5
scale: {low: 1, high: 5}
drop_out: [0%, 25%]
conformity: 40%
consensus: {measure: percent_agreement, from: 4, to: 5, at_least: 75%}
seed: 0
studies: 50
"""
    )
    assert (plan.sizes, plan.drop_outs, plan.seed, plan.n_studies) == ((15, 30), (0, 0.25), 0, 50)
    assert (plan.model.conformity, plan.model.scale.high) == (0.4, 5)
    assert (plan.rule.measure, plan.rule.at_least) == ("percent_agreement", 0.75)
    assert [model.n_panellists for model in plan.models()] == [15, 15, 30, 30]


def test_a_plan_takes_what_it_does_not_say_from_its_preset():
    plan = read("preset: bandwagon\nconformity: 0.3\npanellists: 20\n")
    assert plan.title == "A bandwagon"
    assert (plan.model.conformity, plan.model.shared_error, plan.sizes) == (0.3, 1.5, (20,))


@pytest.mark.parametrize(("type_", "noise"), [("probability", 0.5), ("quantity", 0.5), ("number", 2)])
def test_every_type_of_answer_has_a_usual_rule(type_, noise):
    plan = replace(read(f"type: {type_}\npanellists: 20\nnoise: {noise}\n"), n_studies=20)
    found = plan_panel(plan)
    assert found[-1].power.value > found[0].power.value
    assert found[-1].error.value < found[0].error.value


@pytest.mark.parametrize(
    ("text", "line", "key", "problem"),
    [
        ("panellists: [15, 0]", 2, "panellists.1", "greater than or equal to 1"),
        ("panellists: 15\nconformity: 140%", 3, "conformity", "less than or equal to 1"),
        ("conformty: 0.3", 2, "conformty", "did you mean 'conformity'"),
        ("preset: bandwaggon", 2, "preset", "did you mean 'bandwagon'"),
        ("consensus: iqrr", 2, "consensus", "there is no preset 'iqrr'"),
        ("consensus: none", 2, "consensus", "there is no consensus to plan for"),
        ("type: probability\nconsensus: iqr", 3, "consensus", "is for ratings"),
        ("type: quantity\nscale: {low: 1, high: 5}", 3, "scale", "is for ratings"),
        ("scale: {low: 5, high: 1}", 2, "scale", "is no scale"),
        ("drop_out: a fifth", 2, "drop_out", "is not a number"),
        ("feedback: mode", 2, "feedback", "choose one of: median, mean"),
        ("noise: -1", 2, "noise", "greater than or equal to 0"),
    ],
)
def test_every_fault_of_a_plan_is_told_with_its_line(text, line, key, problem):
    with pytest.raises(InputFaults) as caught:
        read(f"title: t\n{text}\n")
    fault = caught.value.faults[0]
    assert (fault.line, fault.key) == (line, key)
    assert problem in fault.problem


def test_the_schema_accepts_what_is_read_and_nothing_else():
    schema = plan_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid(
        {"preset": "bandwagon", "panellists": 15, "drop_out": "20%", "consensus": "iqr"}
    )
    assert validator.is_valid({"panellists": [15, 30], "drop_out": [0, "20%"], "noise": 1})
    assert not validator.is_valid({"conformity": "40%", "panelists": 15})
    assert all(prop.get("description") for prop in schema["properties"].values())


def test_a_plan_that_is_nowhere_is_refused_with_the_presets():
    with pytest.raises(InnosiError, match="method-works, bandwagon, two-camps, stubborn-experts"):
        load_plan("bandwaggon")


def test_a_study_that_was_not_simulated_is_refused():
    with pytest.raises(ModelError, match="name 0 to 999"):
        one_study(load_plan("bandwagon"), number=1000)


@pytest.mark.parametrize("preset", PRESETS)
def test_plots_state_what_was_found(preset):
    plan, found = planned(preset)
    power, went = power_plot(plan, found), study_plot(plan, one_study(plan))
    assert power.title.startswith(plan.title)
    assert (
        f"60 panellists, nobody leaves, round 3: {found[-1].power.value:.0%} in consensus"
        in power.alternative
    )
    assert "of 4 questions in consensus" in went.title
    assert "question 4: medians by round" in went.alternative
    assert power.svg == power_plot(plan, found).svg


def test_plots_of_one_size_many_rounds_and_quantities_are_drawn():
    plan = Changes(studies=5, sizes=(12,), rounds=12).to(read("type: quantity\nnoise: 0.5\n"))
    found = plan_panel(plan)
    assert "round of 12 panellists" in power_plot(plan, found).svg
    wide = replace(plan, sizes=(6, 12))
    svg = power_plot(wide, plan_panel(wide)).svg
    assert "after round 12" in svg
    assert "after round 5<" not in svg
    assert "mathdefault" not in study_plot(plan, one_study(plan)).svg


MODEL = load_plan("method-works").model


@pytest.fixture
def rehearsed(study, tmp_path):
    return load_study(copy_as_simulated(study, tmp_path / "copy"))


def test_simulated_answers_are_imported_as_they_are(rehearsed, tmp_path):
    result = CliRunner().invoke(
        cli, ["delphi", "simulate", "method-works", "--answers-for", str(rehearsed.path), "--drop-out", "0"]
    )
    assert result.exit_code == 0, result.output
    report = import_answers(rehearsed, rehearsed.path.with_name("simulated_answers.csv"))
    assert [each.n_added for each in report.rounds] == [28, 28]
    assert not report.rejections
    kept = load_answers(rehearsed)
    assert {answer.reason for answer in kept.by_place.values()} == {"simulated"}
    assert kept == simulate_answers(rehearsed, MODEL, 0)
    again = import_answers(rehearsed, rehearsed.path.with_name("simulated_answers.csv"))
    assert again.has_changed_nothing


def test_a_study_of_people_gets_no_simulated_answers(study):
    with pytest.raises(AnswerError, match="is a study of people, and gets no simulated answers"):
        simulate_answers(study, MODEL)


def test_a_copy_is_marked_and_the_study_stays_as_it_was(study, rehearsed):
    assert rehearsed.panel.is_simulated
    assert rehearsed.panel.members == study.panel.members
    assert rehearsed.questions == study.questions
    assert not load_study(study.path).panel.is_simulated
    with pytest.raises(InnosiError, match="is there already"):
        copy_as_simulated(study, rehearsed.path.parent)


def test_a_copy_holds_the_members_of_a_file_of_their_own(folder, tmp_path):
    (folder / "members.csv").write_text("panellist,group\na,north\nb,\n", encoding="utf-8")
    text = (
        "title: t # mine\npanel:\n  groups: {north: North}\n  members_file: members.csv\n"
        "questions: {q: {text: Q, type: probability}}\n"
    )
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    copy = copy_as_simulated(load_study(folder / "study.yaml"), tmp_path / "copy")
    assert load_study(copy).panel.members == {"a": "north", "b": ""}
    assert "# mine" in copy.read_text(encoding="utf-8")


def simulated_study(folder, questions):
    text = f"title: t\nrounds: 1\npanel: {{simulated: true}}\nquestions:\n{questions}"
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.yaml")


def test_a_panel_without_members_is_made_up_and_says_so(folder):
    study = simulated_study(folder, "  q: {text: Q, type: rating, scale: {low: 1, high: 5}}\n")
    found = simulate_answers(study, replace(MODEL, n_panellists=12))
    assert found.panellists(1)[0] == "simulated_01"
    assert len(found.panellists(1)) == 12


@pytest.mark.parametrize(("overconfidence", "coverage"), [(0, 0.8), (0.4, 0.558)])
def test_stated_intervals_hold_as_many_truths_as_the_overconfidence_leaves(folder, overconfidence, coverage):
    # 2Φ(0.6 × 1.2816) − 1 = 0.558: near the half that Soll & Klayman (2004) found for 80 % intervals.
    study = simulated_study(
        folder,
        "".join(
            f"  q{i}: {{text: Q, type: quantity, answer: three_point, low: -1000, high: 1000}}\n"
            for i in range(40)
        ),
    )
    model = PanelModel(300, noise=0.4, overconfidence=overconfidence)
    found = simulate_answers(study, model, seed=2)
    truths = simulate_panel(replace(model, n_rounds=1, n_questions=40), seed=2).truth[0]
    held = []
    for truth, question in zip(truths, study.questions.values(), strict=True):
        lower, _, upper = found.to(question, 1).values.T
        carried = -1000 + (truth - 1) / 8 * 2000
        held.append(np.mean((lower <= carried) & (carried <= upper)))
    assert np.mean(held) == pytest.approx(coverage, abs=0.02)


@pytest.mark.parametrize(
    ("question", "scale"),
    [
        (Question("q", "", "rating", scale=(0, 10)), AnswerScale("rating", 0, 10)),
        (Question("q", "", "probability", kind="share", low=0, high=1), AnswerScale("probability", 0.1, 0.9)),
        (
            Question("q", "", "quantity", kind="share", low=0, high=0.5),
            AnswerScale("probability", 0.05, 0.45),
        ),
        (Question("q", "", "quantity", low=0, high=50), AnswerScale("number", 0, 50)),
        (Question("q", "", "quantity", low=2025, high=2050), AnswerScale("number", 2025, 2050)),
        (Question("q", "", "quantity", low=1, high=500), AnswerScale("quantity", 1, 500)),
        (Question("q", "", "quantity", low=0), AnswerScale("quantity", 30, 300)),
        (Question("q", "", "quantity", low=5), AnswerScale("quantity", 5, 50)),
        (Question("q", "", "quantity", high=500), AnswerScale("quantity", 50, 500)),
        (Question("q", "", "quantity", kind="years", low=0), AnswerScale("quantity", 2, 20)),
    ],
)
def test_every_question_has_a_scale_to_simulate_on(question, scale):
    found = scale_of(question)
    assert found.type == scale.type
    assert (found.low, found.high) == pytest.approx((scale.low, scale.high))


@pytest.fixture
def innosi(folder, monkeypatch):
    monkeypatch.chdir(folder)

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, ["delphi", "simulate", *arguments])
        assert result.exit_code == code, result.output
        return result

    return run


def test_simulate_shows_a_row_for_each_panel_and_round(innosi):
    result = innosi(
        "bandwagon", "--studies", "20", "--panellists", "10", "--drop-out", "10%", "--format", "json"
    )
    table = json.loads(result.stdout)[0]
    assert [(each["panellists"], each["round"]) for each in table["rows"]] == [(10, 1), (10, 2), (10, 3)]
    assert table["title"] == "A bandwagon (simulated)"
    assert "seed 0; assumed: noise 2, shared error 1.5, conformity 0.6" in table["notes"][-1]
    assert "in 2 rounds: enough for consensus" in table["notes"][0]


def test_the_same_seed_gives_the_same_table(innosi):
    tables = [innosi("two-camps", "--studies", "5", "--seed", seed).stdout for seed in ("0", "0", "1")]
    assert tables[0] == tables[1] != tables[2]


def test_plots_are_written_on_request(innosi, folder):
    innosi("bandwagon", "--studies", "5", "--plot", "power.svg", "--plot-study", "study.svg")
    assert "<svg" in (folder / "power.svg").read_text(encoding="utf-8")
    assert "<svg" in (folder / "study.svg").read_text(encoding="utf-8")
    assert "ends in .svg" in innosi("bandwagon", "--plot-study", "study.png", code=2).output


def test_a_rehearsal_goes_into_a_copy_and_replaces_nothing(innosi, folder):
    arguments = ("method-works", "--answers-for", "study.yaml")
    assert "rehearse in a copy with --copy FOLDER" in innosi(*arguments, code=2).output
    result = innosi(*arguments, "--copy", "copy", "--to", "answers.csv")
    assert "innosi delphi import copy/study.yaml answers.csv" in result.output
    assert not (folder / "answers").exists()
    again = innosi("method-works", "--answers-for", "copy/study.yaml", "--to", "answers.csv", code=2)
    assert "is there already" in again.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing.yaml",), "neither a file nor a preset"),
        (("bandwagon", "--drop-out", "120%"), "give shares from 0% to 100%"),
        (("bandwagon", "--drop-out", "some"), "is not a number"),
        (("bandwagon", "--to", "answers.csv"), "name the study with --answers-for"),
        (("bandwagon", "--panellists", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_code_2(innosi, arguments, message):
    assert message in innosi(*arguments, code=2).output


def test_check_and_schema_know_a_plan(innosi, write):
    write("preset: bandwagon\npanellists: [15, 30]\n", "plan.yaml")
    result = CliRunner().invoke(cli, ["check", "plan.yaml"])
    assert "a sound plan of simulated panels, 15, 30 panellists" in result.output
    schema = CliRunner().invoke(cli, ["schema", "plan"])
    assert json.loads(schema.stdout)["$id"] == "innosi-plan"
