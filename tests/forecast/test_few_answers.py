"""A number behind which too few people stand is not shown."""

import json
from dataclasses import replace
from math import nan

import pytest
from click.testing import CliRunner
from kept_study import START, keep_everything
from sqlalchemy import update

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.cli import cli
from innosi.forecast.few_answers import answered_by_enough, without_few
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.store.tables import studies
from innosi.forecast.study import load_study

pytestmark = pytest.mark.parametrize("store_url", [""], ids=["sqlite"])


def of_at_least(study, n, **panel):
    return replace(study, panel=replace(study.panel, minimum_group_size=n, **panel))


def given(question, *values, number=1):
    return [Answer(number, f"p{i}", question, each, "because") for i, each in enumerate(values)]


def test_answers_that_too_few_gave_are_taken_out_part_by_part(garden):
    answers = Answers.of(
        [
            *given("importance", (1.0,), (2.0,), (3.0,)),
            *given("importance", (1.0,), (2.0,), number=2),
            *given("trees", (7.0, nan), (6.0, nan), (5.0, 4.0)),
            *given("opens", (2031.0,), (2032.0,), (float("inf"),)),
            *given("why", (1.0,)),
        ]
    )
    kept = answered_by_enough(of_at_least(garden, 3), answers)
    assert {(each.round, each.question) for each in kept.by_place.values()} == {
        (1, "importance"),
        (1, "trees"),
        (1, "why"),
    }
    assert [part.n for part in kept.to(garden.questions["trees"], 1).aspects] == [3, 0]
    assert answered_by_enough(of_at_least(garden, 9, is_simulated=True), answers) is answers


def test_a_change_among_too_few_is_not_shown(garden):
    study = of_at_least(garden, 3)
    first = given("importance", (1.0,), (2.0,), (3.0,))
    second = [replace(each, round=2, panellist=f"q{each.panellist}") for each in first]
    both = [replace(each, round=2) for each in first[:2]]
    (found,), few = without_few(study.panel, summarise(study, Answers.of([*first, *second, *both])))
    assert (found.description.n, found.change, few) == (5, None, frozenset())


@pytest.fixture
def cautious(garden):
    """The store of a study in which four people answered, where at least five are asked for."""
    text = garden.path.read_text(encoding="utf-8").replace("minimum_group_size: 2", "minimum_group_size: 5")
    garden.path.write_text(text, encoding="utf-8")
    return keep_everything(load_study(garden.path))


@pytest.fixture
def shown(garden, cautious):
    """What the summary of it shows."""

    def summary(*arguments, code=0):
        result = CliRunner().invoke(
            cli, ["delphi", "summary", str(garden.path), *arguments, "--format", "json"]
        )
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if code == 0 else result.stderr

    return summary


@pytest.mark.parametrize("arguments", [(), ("--measures", "--agreement"), ("--question", "places")])
def test_the_summary_shows_no_number_that_too_few_gave(shown, arguments):
    tables = {table["title"]: table["rows"] for table in shown(*arguments)}
    (first, *_), others = tables.values(), [*tables][1:]
    assert {each["consensus"] for each in first} == {"fewer than 5"}
    assert {value for each in first for key, value in each.items() if key not in _KEPT} == {None}
    assert not [row for title in others for row in tables[title] if not title.startswith("why")]


_KEPT = ("question", "n", "missing", "consensus")


def test_the_facilitator_may_ask_for_it_until_the_study_is_anonymous(shown, cautious):
    assert next(row["median"] for row in shown("--small")[0]["rows"] if row["n"] == 4) == 4.0
    with cautious.writing() as transaction:
        transaction.connection.execute(update(studies).values(anonymised_at=START))
    assert "anonymous, and numbers of few people are not shown any more" in shown("--small", code=2)


def test_what_groups_chose_is_told_in_shares(garden, garden_store):
    arguments = ["delphi", "summary", str(garden.path), "--by-group", "--format", "json"]
    tables = {each["title"]: each["rows"] for each in json.loads(CliRunner().invoke(cli, arguments).stdout)}
    assert "which" not in {row["question"] for row in tables["by group"]}
    assert [
        (row["group"], row["n"], row["option"], row["share"])
        for row in tables["choices by group"]
        if row["question"] == "which"
    ] == [
        ("North", 2, "A pond", 0.0),
        ("North", 2, "A hut", 1.0),
        ("South", 2, "A pond", 0.0),
        ("South", 2, "A hut", 1.0),
    ]
