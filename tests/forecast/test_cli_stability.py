import json

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli

RATINGS = {1: [4, 5, 4, 1, 2, 5, 3], 2: [4, 5, 5, 1, 2, 4, None]}
CHANCES = {1: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 2: [0.8, 0.8, 0.9, 0.9, 0.9, 0.95, None]}


@pytest.fixture
def innosi(folder, write, monkeypatch):
    monkeypatch.chdir(folder)

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, ["delphi", *arguments])
        assert result.exit_code == code, result.output
        return result

    for number, ratings in RATINGS.items():
        rows = [
            f"p0{i},{rating},{chance}\n"
            for i, (rating, chance) in enumerate(zip(ratings, CHANCES[number], strict=True), start=1)
            if rating is not None
        ]
        write("panellist,importance,chance\n" + "".join(rows))
        run("import", "study.yaml", "answers.csv", "--round", str(number))
    return run


def tables(result):
    return {table["title"]: table for table in json.loads(result.stdout)}


def test_each_question_has_a_verdict_and_a_recommendation(innosi):
    found = tables(innosi("stability", "study.yaml", "--format", "json"))
    importance, chance = found["A house for everybody: panel, Round 2"]["rows"]
    assert {key: importance[key] for key in ("since", "n_both", "stability")} == {
        "since": 1,
        "n_both": 6,
        "stability": "stable",
    }
    assert (importance["verdict"], importance["recommendation"]) == ("majority", "accept")
    assert (chance["stability"], chance["verdict"], chance["recommendation"]) == (
        "not stable",
        "continue",
        "ask again",
    )
    assert chance["why"].startswith("the answers still move: median_shift")
    stayed = found["who stayed"]["rows"][0]
    assert (stayed["stayed"], stayed["left"], round(stayed["retention"], 3)) == (6, 1, 0.857)
    assert found["who answered which rounds"]["rows"][0] == {"rounds": "1 + 2", "panellists": 6}
    leavers = found["had those who left answered differently?"]["rows"]
    assert [row["median_left"] for row in leavers] == [None, None], "one leaver is nobody's business"


def test_one_question_is_shown_with_all_its_measures(innosi):
    found = tables(innosi("stability", "study.yaml", "--question", "importance", "--format", "json"))
    rows = {row["measure"]: row for row in found["importance: round 1 to 2, stable"]["rows"]}
    assert rows["share_changed"]["value"] == pytest.approx(2 / 6)
    assert rows["wilcoxon"]["p"] == 1
    assert rows["kappa_linear"]["low"] < rows["kappa_linear"]["value"] < 1
    assert all(row["in_words"] for row in rows.values())
    everything = tables(innosi("stability", "study.yaml", "--all", "--format", "json"))
    assert "chance: round 1 to 2, not stable" in everything


def test_the_rule_can_be_set(innosi):
    result = innosi("stability", "study.yaml", "--stable-when", "share_changed <= 15%", "--format", "json")
    rows = json.loads(result.stdout)[0]["rows"]
    assert [row["stability"] for row in rows] == ["not stable", "not stable"]
    refused = innosi("stability", "study.yaml", "--stable-when", "share_chnged < 1", code=2)
    assert "there is no measure 'share_chnged'" in refused.stderr


def test_a_first_round_has_nothing_to_compare_with(innosi):
    result = innosi("stability", "study.yaml", "--round", "1", "--format", "json")
    rows = json.loads(result.stdout)[0]["rows"]
    assert {row["stability"] for row in rows} == {"first round"}
    assert (
        "is not before round 1"
        in innosi("stability", "study.yaml", "--round", "1", "--since", "2", code=2).stderr
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "1 of 2 questions stood still between the rounds; 1 should be asked again"),
        (
            ("--question", "importance"),
            "importance: 2 of 6 changed their answer; the panel as a whole stood still",
        ),
        (("--question", "chance"), "chance: 6 of 6 changed their answer; the panel as a whole moved"),
    ],
)
def test_plots_state_their_finding(innosi, folder, arguments, said):
    innosi("stability", "study.yaml", *arguments, "--plot", "plot.svg")
    assert f"<title>{said}</title>" in (folder / "plot.svg").read_text(encoding="utf-8")


def test_a_question_without_answers_is_said(innosi):
    assert "no answers in this round" in innosi("stability", "study.yaml", "--question", "cost").output


def test_help_has_an_example(innosi):
    assert "innosi delphi stability study.yaml" in innosi("stability", "--help").output
