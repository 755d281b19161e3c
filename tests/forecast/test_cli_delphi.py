import csv
import json

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.forecast.examples import copy_example

ROUND_1 = "panellist,importance,chance,places.lower,places.best,places.upper\n" + "".join(
    f"p0{i},{level},{chance},{low},{low + 10},{low + 20}\n"
    for i, (level, chance, low) in enumerate(
        [(4, 0.5, 10), (5, 0.6, 12), (4, 0.7, 8), (1, 0.2, 0), (2, 0.9, 30), (5, 0.5, 11)], start=1
    )
)


@pytest.fixture
def innosi(folder, monkeypatch):
    monkeypatch.chdir(folder)

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, ["delphi", *arguments])
        assert result.exit_code == code, result.output
        return result

    return run


def records(result, table=0):
    return json.loads(result.stdout)[table]["rows"]


def test_a_round_goes_from_a_table_to_judgements(innosi, write, folder):
    write(ROUND_1)
    first = innosi("import", "study.yaml", "answers.csv", "--round", "1", "--format", "json")
    assert records(first) == [
        {
            "round": 1,
            "new": 18,
            "as_before": 0,
            "replaced": 0,
            "taken_back": 0,
            "kept_but_not_in_file": 0,
        }
    ]
    again = innosi("import", "study.yaml", "answers.csv", "--round", "1")
    assert "nothing changed" in again.output
    summary = records(innosi("summary", "study.yaml", "--format", "json"))
    assert [row["median"] for row in summary] == [4.0, 0.55, 20.5]
    export = innosi("export", "study.yaml", "--format", "csv")
    assert next(csv.DictReader(export.stdout.splitlines()))["question"] == "importance"
    assert (folder / "judgements.json").exists()
    write("question,outcome\nchance,1\nplaces,15\n", "outcomes.csv")
    score = innosi("score", "study.yaml", "outcomes.csv", "--format", "json")
    assert [row["aggregation"] for row in records(score)][-1] == "panellists, one by one"
    assert records(score, 2)[0]["coverage"] in (0.0, 1.0)


def test_rejected_rows_end_the_import_with_2(innosi, write, folder):
    write(ROUND_1.replace("p06", "p66"))
    result = innosi("import", "study.yaml", "answers.csv", "--round", "1", code=2)
    assert "1 row is rejected, so nothing is imported" in result.stderr
    assert "unknown panellist" in result.stderr
    assert not (folder / "study.sqlite").exists()
    skipped = innosi("import", "study.yaml", "answers.csv", "--round", "1", "--skip-rejected")
    assert "1 row was left out: answers.csv.rejects.csv" in skipped.output


def test_a_mapping_that_is_no_pair_is_refused(innosi, write):
    write(ROUND_1)
    result = innosi("import", "study.yaml", "answers.csv", "--round", "1", "--map", "panellist", code=2)
    assert "write for example panellist=user_name" in result.stderr


def test_a_mapping_to_nothing_of_ours_names_the_nearest(innosi, write):
    write(ROUND_1)
    result = innosi("import", "study.yaml", "answers.csv", "--map", "panelist=x", "--round", "1", code=2)
    assert "did you mean 'panellist'" in result.stderr


def test_groups_that_are_too_small_are_named_and_not_shown(innosi, write):
    write(ROUND_1 + "p07,3,0.5,1,2,3\n")
    innosi("import", "study.yaml", "answers.csv", "--round", "1")
    rows = records(innosi("summary", "study.yaml", "--by-group", "--format", "json"), 2)
    shown = {row["group"]: row["n"] for row in rows if row["question"] == "importance"}
    assert shown == {"North": 3, "South": None, "West": None}


def test_one_question_is_shown_with_its_distribution(innosi, write):
    write(ROUND_1)
    innosi("import", "study.yaml", "answers.csv", "--round", "1")
    result = innosi("summary", "study.yaml", "--question", "importance", "--format", "json")
    assert [row["n"] for row in records(result, 2)] == [1, 1, 0, 2, 2]
    assert "did you mean" in innosi("summary", "study.yaml", "--question", "importanc", code=2).stderr
    assert "no answers in this round" in innosi("summary", "study.yaml", "--question", "cost").output


@pytest.mark.parametrize("command", ["summary", "export"])
def test_without_answers_the_next_step_is_told(innosi, command):
    assert "import some: innosi delphi import" in innosi(command, "study.yaml", code=2).stderr


def test_every_command_has_help_with_an_example(innosi):
    for command in ("import", "summary", "export", "score"):
        assert f"innosi delphi {command} study.yaml" in innosi(command, "--help").output


def test_the_shipped_case_goes_all_the_way(innosi, tmp_path, monkeypatch):
    folder = tmp_path / "replicats"
    copy_example("replicats", folder)
    monkeypatch.chdir(folder)
    imported = records(innosi("import", "study.yaml", "answers.csv", "--format", "json"))
    assert [row["new"] for row in imported] == [625, 625]
    assert len(records(innosi("summary", "study.yaml", "--round", "1", "--format", "json"))) == 25
    innosi("export", "study.yaml")
    scores = records(innosi("score", "study.yaml", "outcomes.csv", "--format", "json"))
    brier = {(row["round"], row["aggregation"]): round(row["brier"], 3) for row in scores}
    assert (brier[1, "mean"], brier[2, "mean"]) == (0.174, 0.152)
    assert brier[2, "panellists, one by one"] == 0.176
