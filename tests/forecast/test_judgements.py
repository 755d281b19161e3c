import json
from dataclasses import replace

import pytest

from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.judgements import export_judgements, pool_study
from innosi.forecast.store.answers import load_answers
from innosi.forecast.store.opening import open_store
from innosi.forecast.study import load_study
from innosi.models.distributions import parse_distribution
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.loading.judgements import read_judgements

ROUNDS = {
    1: "panellist,importance,chance,places.lower,places.best,places.upper,cost.5%,cost.50%,cost.95%\n"
    "p01,4,50%,10,20,30,1k,2k,3k\np02,5,60%,5,20,50,1k,1.5k,3k\np03,4,0.7,0,0,10,1k,1k,1k\n",
    2: "panellist,chance,cost.5%,cost.50%,cost.95%\np01,55%,1k,2k,4k\np02,60%,1k,1.5k,3k\n",
}


@pytest.fixture
def study(study):
    """The study with a panel so small that two answers may be shown."""
    return replace(study, panel=replace(study.panel, minimum_group_size=2))


@pytest.fixture
def answers(study, write):
    for number, text in ROUNDS.items():
        import_answers(study, write(text), ImportOptions(number=number))
    return load_answers(study)


def test_what_a_study_exports_a_scenario_file_can_read(study, answers, folder):
    path = folder / "judgements.json"
    export_judgements(study, answers, path)
    file = read_judgements(path)
    assert (file.round, file.method, file.study.panellists) == (2, "linear_pool", 2)
    assert set(file.judgements) == {"importance", "chance", "places", "cost"}
    cost = file.find("cost")
    assert (cost.kind, cost.unit, cost.n, cost.misfit) == ("money", "EUR", 2, 0.0)
    assert [each.n for each in cost.rounds] == [3, 2]
    assert file.find("chance").kind == "share"
    for judgement in file.judgements.values():
        parse_distribution(judgement.distribution, kind=judgement.kind, currency=judgement.unit or None)


def test_judgements_say_which_version_of_which_study_they_are_from(study, answers, folder):
    export_judgements(study, answers, folder / "kept.json")
    about = json.loads((folder / "kept.json").read_text(encoding="utf-8"))["study"]
    with open_store(study).reading() as transaction:
        assert (about["key"], about["version"]) == (transaction.key, 1)
    export_judgements(replace(study, path=folder / "elsewhere.yaml"), answers, folder / "not-kept.json")
    about = json.loads((folder / "not-kept.json").read_text(encoding="utf-8"))["study"]
    assert about.keys() == {"title", "file", "sha256", "simulated", "panellists"}


def test_a_question_that_is_not_asked_again_keeps_its_last_answers(study, answers):
    rounds = {each.question.name: each.answers.round for each in pool_study(study, answers)}
    assert rounds == {"importance": 1, "chance": 2, "places": 1, "cost": 2}
    assert {each.answers.round for each in pool_study(study, answers, number=1)} == {1}


def test_the_same_answers_give_the_same_bytes_whoever_gave_them(study, answers, folder):
    one, other = folder / "one.json", folder / "other.json"
    export_judgements(study, answers, one)
    swapped = {"p01": "p03", "p03": "p01"}
    renamed = Answers.of(
        Answer(each.round, swapped.get(each.panellist, each.panellist), each.question, each.values)
        for each in answers.by_place.values()
    )
    export_judgements(study, renamed, other)
    assert one.read_bytes() == other.read_bytes()


def test_no_pseudonym_leaves_the_study(study, answers, folder):
    export_judgements(study, answers, folder / "judgements.json")
    assert "p01" not in (folder / "judgements.json").read_text(encoding="utf-8")


def test_a_simulated_panel_is_said_to_be_one(folder, study, answers, study_text):
    text = study_text.replace("panel:", "panel:\n  simulated: true")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    export_judgements(load_study(folder / "study.yaml"), answers, folder / "judgements.json")
    file = read_judgements(folder / "judgements.json")
    assert file.study.simulated
    assert file.citation(file.find("cost")).startswith("simulated panel of 2")


def test_consensus_is_told_round_by_round(study, answers, folder):
    export_judgements(study, answers, folder / "judgements.json")
    importance = json.loads((folder / "judgements.json").read_text(encoding="utf-8"))["judgements"][
        "importance"
    ]
    assert importance["consensus"] == "yes: interquartile range 0.5 (at most 1 asked)"
    assert importance["rounds"] == [
        {"round": 1, "n": 3, "median": 4.0, "lower_quartile": 4.0, "upper_quartile": 4.5, "consensus": "yes"}
    ]


def of_at_least(study, n):
    return replace(study, panel=replace(study.panel, minimum_group_size=n))


def test_what_too_few_answered_is_left_out_and_named(study, answers, folder):
    export_judgements(of_at_least(study, 3), answers, folder / "judgements.json")
    file = read_judgements(folder / "judgements.json")
    assert set(file.judgements) == {"importance", "places"}
    assert file.left_out == ["chance", "cost"]
    with pytest.raises(InnosiError, match="leaves 'cost' out, as too few answered"):
        file.find("cost")
    export_judgements(of_at_least(study, 3), answers, folder / "all.json", with_small=True)
    assert set(read_judgements(folder / "all.json").judgements) == set(study.questions)


def test_rounds_that_too_few_answered_have_no_figures(study, answers, folder):
    more = Answers.of(
        [*answers.by_place.values(), *(Answer(2, f"p1{i}", "chance", (i / 10,)) for i in range(2))]
    )
    export_judgements(of_at_least(study, 4), more, folder / "judgements.json")
    file = read_judgements(folder / "judgements.json")
    assert [(each.n, each.median is None, each.consensus) for each in file.find("chance").rounds] == [
        (3, True, ""),
        (4, False, "no rule"),
    ]


def test_of_a_simulated_panel_nothing_is_left_out(study, answers):
    simulated = replace(of_at_least(study, 9), panel=replace(study.panel, is_simulated=True))
    assert len(pool_study(simulated, answers)) == 4
    assert not pool_study(of_at_least(study, 9), answers)


def test_nothing_is_written_where_nothing_was_answered(study, folder):
    with pytest.raises(AnswerError, match="has no answers yet"):
        export_judgements(study, Answers(), folder / "judgements.json")
    assert not (folder / "judgements.json").exists()


def test_a_file_that_cannot_be_written_leaves_the_old_one(study, answers, folder, monkeypatch):
    path = folder / "judgements.json"
    path.write_text("old", encoding="utf-8")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", fail)
    with pytest.raises(Exception, match="No space left"):
        export_judgements(study, answers, path)
    assert path.read_text(encoding="utf-8") == "old"
