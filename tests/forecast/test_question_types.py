import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from innosi.forecast.answers.importing import ImportOptions, RejectedAnswers, import_answers
from innosi.forecast.answers.tables import answers_table
from innosi.forecast.cli import cli
from innosi.forecast.judgements import pool_study
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.store.answers import load_answers
from innosi.forecast.store.opening import has_store
from innosi.forecast.study import load_study, study_from
from innosi.models.errors import InputFaults
from innosi.scenarios.loading.document import parse_document

STUDY = """\
title: Every form
rounds: 2
questions:
  garden:
    text: A garden on every roof
    type: multi_rating
    scales:
      probability: {low: 1, high: 5}
      desirability: {low: 1, high: 9, consensus: rand-ucla}
      expertise: {low: 1, high: 3}
  order: {text: What first?, type: ranking, options: {care: Care at home, work: Paid work, room: Rooms},
          consensus: {measure: kendall_w, at_least: 0.7}}
  rules: {text: Who decides?, type: choice, options: {state: The state, city: The city, people: The people},
          consensus: {measure: largest_share, at_least: 60%}}
  partners: {text: Who takes part?, type: multiple_choice, options: [schools, shops, church]}
  budget: {text: Share it out, type: allocation, options: [day, night], points: 10}
  weights: {text: What counts more?, type: pairwise, options: [cost, health, joy]}
  when: {text: By which year?, type: year, low: 2026, high: 2100, never: true}
  jobs: {text: How many jobs?, type: quantity, answer: interval, confidence: asked, low: 0}
  homes: {text: How many homes?, type: quantity, answer: three_point, confidence: asked, low: 0}
  why: {text: Why?, type: text}
"""

LONG = """\
panellist,question,part,value,reason
p1,garden,probability,4,
p1,garden,desirability,8,
p1,garden,expertise,2,
p1,order,care,1,
p1,order,work,3,
p1,order,room,2,
p1,rules,value,The city,closest to home
p1,partners,schools,yes,
p1,partners,church,0,
p1,budget,day,7,
p1,budget,night,3,
p1,weights,cost/health,1/3,
p1,weights,cost/joy,5,
p1,weights,health/joy,7,
p1,when,value,2035,
p1,jobs,lower,10,
p1,jobs,upper,30,
p1,jobs,confidence,60%,
p1,homes,lower,1,
p1,homes,best,2,
p1,homes,upper,4,
p1,homes,confidence,0.8,
p1,why,value,"Because; it grows",
p2,garden,desirability,3,
p2,when,value,never,
p2,order,value,work > care > room,
p2,partners,value,shops; church,
p2,rules,value,state,
"""

WIDE = """\
panellist,order,partners,rules,why,budget.day,budget.night,when
p1,Paid work;Care at home;Rooms,schools,city,Trees,10,,2030
p2,"room
care
work",,people,,4,6,Never
"""


@pytest.fixture
def study(tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return load_study(tmp_path / "study.yaml")


def read(text):
    return study_from(parse_document(text, source="study.yaml", folder=Path()))


def imported(study, text, number=1):
    path = study.path.parent / f"answers_{number}.csv"
    path.write_text(text, encoding="utf-8")
    import_answers(study, path, ImportOptions(number=number))
    return load_answers(study)


def values(answers, study, name):
    return answers.to(study.questions[name], 1).values.tolist()


def test_every_form_of_answer_is_read_and_kept(study):
    answers = imported(study, LONG)
    assert values(answers, study, "garden")[0] == [4, 8, 2]
    assert values(answers, study, "order") == [[1, 3, 2], [2, 1, 3]]
    assert values(answers, study, "rules") == [[1], [0]]
    assert values(answers, study, "partners") == [[1, 0, 0], [0, 1, 1]]
    assert values(answers, study, "budget") == [[7, 3]]
    assert values(answers, study, "weights") == [[1 / 3, 5, 7]]
    assert values(answers, study, "when") == [[2035], [math.inf]]
    assert values(answers, study, "jobs") == [[10, 30, 0.6]]
    assert values(answers, study, "homes") == [[1, 2, 4, 0.8]]
    assert answers.to(study.questions["why"], 1).reasons == ("Because; it grows",)
    written = answers_table(study, answers.by_place.values())
    assert "1,p1,rules,value,city,closest to home" in written
    assert "1,p2,when,value,never," in written


def test_one_row_a_panellist_may_hold_lists_and_texts(study):
    answers = imported(study, WIDE)
    assert values(answers, study, "order") == [[2, 1, 3], [2, 3, 1]]
    assert values(answers, study, "partners") == [[1, 0, 0]]
    assert values(answers, study, "rules") == [[1], [2]]
    assert values(answers, study, "budget") == [[10, 0], [4, 6]]
    assert answers.to(study.questions["why"], 1).panellists == ("p1",)


REFUSED = {
    "off one of the scales": ("garden", "probability,6", r"probability: off the scale \(1 to 5\)"),
    "a rank twice": (
        "order",
        "care,1\np1,order,work,1\np1,order,room,2",
        "rank 1 is given to care and to work",
    ),
    "a rank that is none": (
        "order",
        "care,4\np1,order,work,1\np1,order,room,2",
        r"care: off the scale \(1 to 3\)",
    ),
    "half a ranking": ("order", "value,care > work", "does not rank room"),
    "an option twice": ("order", "value,care > work > care", "names care twice"),
    "an unknown option": ("rules", "value,The citty", "no option; did you mean 'The city'"),
    "neither yes nor no": ("partners", "schools,perhaps", "schools: neither yes nor no"),
    "points too few": ("budget", "day,7\np1,budget,night,2", "the points add up to 9, not 10"),
    "negative points": ("budget", "day,12\np1,budget,night,-2", r"out of range \(0 to 10\)"),
    "off Saaty's scale": (
        "weights",
        "cost/health,10\np1,weights,cost/joy,1\np1,weights,health/joy,1",
        "cost/health: off Saaty's scale",
    ),
    "half a year": ("when", "value,2030.5", "not a year"),
    "a year too early": ("when", "value,1999", "out of range"),
    "an unsure interval": (
        "jobs",
        "lower,1\np1,jobs,upper,2\np1,jobs,confidence,1",
        "confidence: not between 0",
    ),
    "an interval upside down": (
        "jobs",
        "lower,3\np1,jobs,upper,2\np1,jobs,confidence,60%",
        "lower is above upper",
    ),
}


@pytest.mark.parametrize(("question", "rows", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_answer_is_refused_with_its_reason(study, question, rows, message):
    with pytest.raises(RejectedAnswers, match=message):
        imported(study, f"panellist,question,part,value\np1,{question},{rows}\n")
    assert not has_store(study)


def test_each_part_of_a_question_is_summed_up_by_itself(study):
    summaries = {each.question.name: each for each in summarise(study, imported(study, LONG), n_resamples=50)}
    assert [*summaries][:3] == ["garden.probability", "garden.desirability", "garden.expertise"]
    assert str(summaries["garden.desirability"].verdict.rule) == "RAND/UCLA disagreement index at most 1"
    assert summaries["garden.probability"].verdict.word == "no rule"
    assert (
        summaries["garden.probability"].description.n,
        summaries["garden.desirability"].description.n,
    ) == (1, 2)
    assert summaries["order.work"].description.median == 2
    assert [level.label for level in summaries["rules"].distribution] == [
        "The state",
        "The city",
        "The people",
    ]
    assert summaries["rules"].verdict.word == "no"
    assert math.isnan(summaries["rules"].description.median)
    assert {each.kind.name for each in summaries["rules"].measures} == {
        "largest_share",
        "qualitative_variation",
    }
    assert summaries["when"].n_never == 1
    assert summaries["when"].description.n == 1
    assert "why" not in summaries


def test_changes_of_a_part_are_those_of_the_same_part(study):
    imported(study, LONG)
    answers = imported(
        study, LONG.replace("desirability,8", "desirability,6").replace("The city", "people"), 2
    )
    summaries = {each.question.name: each for each in summarise(study, answers)}
    assert summaries["garden.desirability"].change.median == -1
    assert summaries["garden.probability"].change.share_changed == 0
    assert summaries["rules"].change.share_changed == 0.5
    assert math.isnan(summaries["rules"].change.median)


def test_parts_that_have_a_number_become_judgements_and_never_is_told(study):
    answers = imported(study, LONG)
    pooled = {each.question.name: each.pooled for each in pool_study(study, answers, with_small=True)}
    assert "rules" not in pooled
    assert pooled["when"].distribution.mean == 2035
    assert pooled["when"].assumptions.startswith("1 of 2 said never, and are not in it;")
    assert pooled["budget.day"].distribution.mean == 7
    low, high = pooled["jobs"].distribution.quantile(np.array([0.05, 0.95]))
    assert (low, high) == pytest.approx((5, 35))  # 20 ± 10 · 90 / 60
    assert "his own confidence" in pooled["jobs"].assumptions


BROKEN = {
    "no options": ("{text: a, type: ranking}", "a ranking needs 2 to 100 options"),
    "one option": ("{text: a, type: choice, options: [x]}", "a choice needs 2 to 100 options"),
    "an option twice": ("{text: a, type: choice, options: [x, x]}", "names an option twice"),
    "options of a rating": (
        "{text: a, type: rating, scale: {low: 1, high: 3}, options: [x, y]}",
        "is for ranking,",
    ),
    "too many pairs": (
        f"{{text: a, type: pairwise, options: [{', '.join(f'o{i}' for i in range(16))}]}}",
        "a pairwise needs 2 to 15 options",
    ),
    "one scale": (
        "{text: a, type: multi_rating, scales: {x: {low: 1, high: 3}}}",
        "needs two scales or more",
    ),
    "a scale among scales": (
        "{text: a, type: multi_rating, scales: {x: {low: 3, high: 3}, y: {low: 1, high: 2}}}",
        r"q\.scales\.x +3 to 3 is no scale",
    ),
    "never, in quantiles": (
        "{text: a, type: year, answer: quantiles, never: true}",
        "answered with one number",
    ),
    "points of a choice": ("{text: a, type: choice, options: [x, y], points: 5}", "is for an allocation"),
    "a spread of names": (
        "{text: a, type: choice, options: [x, y], consensus: {measure: interquartile_range, at_most: 1}}",
        "cannot be computed of this question; use largest_share, qualitative_variation",
    ),
    "W of a rating": (
        "{text: a, type: rating, scale: {low: 1, high: 5}, consensus: {measure: kendall_w, at_least: 0.7}}",
        "kendall_w cannot be computed of this question",
    ),
    "comet on five levels": (
        "{text: a, type: rating, scale: {low: 1, high: 5}, consensus: comet-70-15}",
        "'comet-70-15' is for scales from 1 to 9, not 1 to 5",
    ),
    "consensus of texts": (
        "{text: a, type: text, consensus: {measure: mean, at_most: 1}}",
        "write `none`",
    ),
}


@pytest.mark.parametrize(("question", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_question_that_cannot_be_asked_is_refused(question, message):
    with pytest.raises(InputFaults, match=message):
        read(f"title: t\nquestions:\n  q: {question}\n")


def test_a_measure_that_cannot_be_computed_is_not_asked_for_more():
    rule = "{measure: percent_agreement, at_least: 0.7}"
    with pytest.raises(InputFaults, match="percent_agreement cannot be computed") as told:
        read(f"title: t\nquestions:\n  q: {{text: a, type: choice, options: [x, y], consensus: {rule}}}\n")
    assert "add it" not in str(told.value)


def test_a_shared_rule_holds_where_it_can_be_measured():
    study = read(
        "title: t\nconsensus: {measure: interquartile_range, at_most: 1}\nquestions:\n"
        "  a: {text: a, type: probability}\n  b: {text: b, type: choice, options: [x, y]}\n"
    )
    assert study.questions["a"].rule is not None
    assert study.questions["b"].rule is None


def test_a_shared_preset_for_nine_levels_is_refused_for_five():
    text = (
        "title: t\nconsensus: rand-ucla\nquestions:\n  a: {text: a, type: rating, scale: {low: 1, high: 5}}\n"
    )
    with pytest.raises(InputFaults, match="not 1 to 5, as 'a' has"):
        read(text)


def summary(study, *arguments, code=0):
    result = CliRunner().invoke(cli, ["delphi", "summary", str(study.path), *arguments])
    assert result.exit_code == code, result.output
    return result


def panel_of(n):
    """Return a table in which n panellists answer everything, alike but for the last digit."""
    rows = [line for line in LONG.splitlines()[1:] if line.startswith("p1,")]
    head = LONG.splitlines()[0]
    people = [re.sub("^p1,", f"p{i:02d},", row) for i in range(n) for row in rows]
    return "\n".join([head, *people]) + "\n"


def test_the_summary_shows_options_texts_and_every_measure(study):
    imported(study, LONG.replace("probability,4", "probability,5"))
    tables = json.loads(summary(study, "--measures", "--agreement", "--small", "--format", "json").stdout)
    titles = {table["title"]: table for table in tables}
    assert titles["order: What first?"]["rows"][0]["mean_rank"] == 1.5
    with_rules = [row["question"] for row in titles["consensus"]["rows"]]
    assert with_rules == ["garden.desirability", "rules", "order"]
    assert titles["why: Why?"]["rows"] == [{"panellist": "p1", "text": "Because; it grows"}]
    measures = titles["every measure"]["rows"]
    assert {row["measure"] for row in measures} >= {"tastle_wierman", "largest_share", "interquartile_range"}
    assert all(row["in_words"] for row in measures)
    assert titles["agreement over questions"]["rows"][0]["scale"] == "no / yes"


def test_a_part_of_a_question_can_be_asked_for(study):
    imported(study, LONG)
    tables = json.loads(
        summary(study, "--question", "garden.desirability", "--small", "--format", "json").stdout
    )
    assert [row["question"] for row in tables[0]["rows"]] == ["garden.desirability"]
    assert "consensus" in tables[0]["rows"][0]
    appropriate = next(table for table in tables if table["title"] == "RAND/UCLA")["rows"][0]
    assert (appropriate["median"], appropriate["class"]) == (5.5, "uncertain")
    assert "did you mean 'garden'" in summary(study, "--question", "gardn", code=2).stderr


def test_a_round_is_drawn_with_every_type_of_question(study, tmp_path):
    imported(study, panel_of(6))
    imported(study, panel_of(7).replace("probability,4", "probability,3"), 2)
    plot = tmp_path / "round.svg"
    summary(study, "--plot", str(plot))
    text = plot.read_text(encoding="utf-8")
    assert "consensus on 3 of 3 questions" in text
    for words in ("garden.probability", "order: What first?", "when: By which year?", "dashed: round 1"):
        assert words in text
    assert summary(study, "--plot", str(tmp_path / "x.png"), code=2).stderr.count("ends in .svg") == 1
    summary(study, "--question", "jobs", "--plot", str(plot))
    assert "n = 7, median 20" in plot.read_text(encoding="utf-8")
    result = summary(study, "--question", "why", "--plot", str(plot), code=2)
    assert "has no answers that can be drawn" in result.stderr


def test_a_simulated_panel_answers_every_type_of_question(study, tmp_path):
    folder = tmp_path / "rehearsal"
    rehearse = ["delphi", "simulate", "method-works", "--answers-for", str(study.path)]
    assert CliRunner().invoke(cli, [*rehearse, "--copy", str(folder)]).exit_code == 0
    copy = load_study(folder / "study.yaml")
    import_answers(copy, folder / "simulated_answers.csv")
    answers = load_answers(copy)
    assert copy.panel.is_simulated
    assert {name for _, _, name in answers.by_place} == set(copy.questions)
    ranks = answers.to(copy.questions["order"], 2).values
    assert np.all(np.sort(ranks, axis=1) == [1, 2, 3])
    assert np.all(answers.to(copy.questions["budget"], 1).values.sum(axis=1) == 10)
    years = answers.to(copy.questions["when"], 1).values
    assert np.all((years >= 2026) & (years <= 2100) & (years == np.round(years)))


def test_a_shared_preset_for_nine_levels_leaves_other_questions_alone():
    study = read(
        "title: t\nconsensus: comet-70-15\nquestions:\n"
        "  a: {text: a, type: rating, scale: {low: 1, high: 9}}\n"
        "  b: {text: b, type: choice, options: [x, y]}\n"
        "  c: {text: c, type: quantity}\n"
        "  d: {text: d, type: text}\n"
        "  e:\n    text: e\n    type: multi_rating\n"
        "    scales: {p: {low: 1, high: 9}, q: {low: 1, high: 5, consensus: none}}\n"
    )
    assert study.questions["a"].rule is not None
    assert all(study.questions[name].rule is None for name in "bcd")
    assert study.questions["e"].scale_rules["p"] is not None
    assert study.questions["e"].scale_rules["q"] is None


def test_who_does_not_know_has_no_answer_and_is_counted(study):
    text = "panellist,rules,when,garden.probability\np1,Don't know,n/a,weet niet\np2,city,2030,4\n"
    path = study.path.parent / "answers.csv"
    path.write_text(text, encoding="utf-8")
    report = import_answers(study, path, ImportOptions(number=1))
    assert report.n_empty == 3
    assert {who for _, who, _ in load_answers(study).by_place} == {"p2"}
