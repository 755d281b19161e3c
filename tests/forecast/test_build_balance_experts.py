"""Commands on judgements: experts compared, judgements that err, and a whole way round by a Delphi panel."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli

FARM = Path(__file__).parents[2] / "examples" / "farming-futures"


@pytest.fixture
def innosi():
    """Run a command line as a user would; return the result with its exit code and output."""

    def run(*arguments):
        return CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="innosi")

    return run


@pytest.fixture
def balance(innosi):
    def run(*arguments):
        result = innosi("build", "balance", *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def rows_of(output):
    """The first table of several in CSV."""
    lines = output.splitlines()
    last = next((n for n, line in enumerate(lines[1:], 1) if not line), len(lines))
    return list(csv.DictReader(io.StringIO("\n".join(lines[:last]))))


def test_experts_are_compared_and_drawn(balance, tmp_path):
    output = balance("experts", FARM / "balance-experts.yaml", "--plot", tmp_path / "x.svg")
    assert "11 scenarios are consistent for somebody, 3 for everybody" in output
    assert "experts differ in 65 judgements, in 7 of them by sign" in output
    assert "The experts differ in 65 judgements, in 7 by sign" in (tmp_path / "x.svg").read_text("utf-8")


def test_a_file_without_experts_is_told(innosi):
    result = innosi("build", "balance", "experts", FARM / "balance.yaml")
    assert result.exit_code == 2
    assert "names no experts" in result.output


def test_errors_are_drawn_alike_whoever_computes_them(balance, tmp_path):
    given = ("errors", FARM / "balance.yaml", "--trials", 150, "--format", "csv")
    one, three = (balance(*given, "--workers", n) for n in (1, 3))
    assert one == three
    assert {row["scenario"] for row in rows_of(one)} >= {"city_garden", "built_over"}
    output = balance("errors", FARM / "balance-experts.yaml", "--trials", 50, "--plot", tmp_path / "e.svg")
    assert "each section is that of one of 3 experts" in output
    assert "When judgements err" in (tmp_path / "e.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "experts"), "names fewer than two experts"),
        (("--model", "panel"), "has no panel; write"),
        (("--probability", "2"), "Invalid value"),
        (("--trials", "0"), "Invalid value"),
    ],
)
def test_what_cannot_be_assumed_is_refused(innosi, options, said):
    result = innosi("build", "balance", "errors", FARM / "balance.yaml", *options)
    assert result.exit_code == 2
    assert said in result.output


def test_normal_errors_without_newcomers_say_what_was_done(balance):
    given = ("--model", "normal", "--deviation", "0.5", "--no-newcomers", "--trials", "40", "--unrounded")
    output = balance("errors", FARM / "balance.yaml", *given)
    assert "by a normal error of standard deviation 0.5; 40 trials, seed 1" in output
    assert "came up" not in output
    assert "not sought" not in output


def test_a_balance_is_converted_and_what_is_lost_is_told(innosi, balance, tmp_path):
    output = balance("convert", FARM / "balance.yaml", "--to", tmp_path / "b.scw")
    assert "6 descriptors, 16 states" in output
    assert "note: the overrides of balance.yaml are not in it" in output
    balance("convert", tmp_path / "b.scw", "--to", tmp_path / "b.yaml")
    found = [
        balance("scenarios", path, "--format", "csv") for path in (FARM / "balance.yaml", tmp_path / "b.yaml")
    ]
    states = [{row["land"] + row["volunteers"] for row in rows_of(each)} for each in found]
    assert states[0] == states[1]
    again = innosi("build", "balance", "convert", tmp_path / "b.scw", "--to", tmp_path / "b.yaml")
    assert again.exit_code == 2
    assert "is there already" in again.output


SMALL = """\
method: cross_impact_balance
title: Two farms
descriptors:
  funding: {title: Money of the city, states: {cut: Cut back, raised: Raised}}
  land: {title: The land, states: {lost: Lost, kept: Kept}}
"""
JUDGED = """\
judgements:
  funding: {land: {cut: [2, -2], raised: [-2, 2]}}
sections_left_out: no_influence
"""


def test_judgements_go_round_by_a_delphi_panel(innosi, balance, tmp_path):
    """Asked of a panel, answered, exported, and back as scenarios, with the panel's own doubt."""
    (tmp_path / "b.yaml").write_text(SMALL + JUDGED, encoding="utf-8")
    study, copy = tmp_path / "study.yaml", tmp_path / "rehearsal"
    output = balance("ask", tmp_path / "b.yaml", "--to", study, "--only-judged")
    assert "2 questions, 4 ratings for each panellist" in output
    for command in (
        ("delphi", "simulate", "method-works", "--panellists", 8, "--answers-for", study, "--copy", copy),
        ("delphi", "import", copy / "study.yaml", copy / "simulated_answers.csv"),
        ("delphi", "export", copy / "study.yaml", "--to", copy / "judgements.json"),
        ("delphi", "data", copy / "study.yaml", "--to", copy / "data"),
    ):
        assert innosi(*command).exit_code == 0, command
    panel = "panel: {from: judgements.json, answers: data/answers.csv}\nsections_left_out: no_influence\n"
    (copy / "panel.yaml").write_text(SMALL + panel, encoding="utf-8")
    assert rows_of(balance("scenarios", copy / "panel.yaml", "--format", "csv"))
    output = balance("errors", copy / "panel.yaml", "--trials", "60")
    assert "each judgement is drawn from the panel's distribution of it" in output
    assert "judged by a simulated panel of 8" in output
    assert "8 experts" in balance("experts", copy / "panel.yaml")


def test_judgements_are_asked_before_there_are_any(balance, tmp_path):
    text = (FARM / "balance.yaml").read_text(encoding="utf-8")
    bare = text[: text.index("judgements:")] + "panel: {from: judgements.json}\n"
    (tmp_path / "bare.yaml").write_text(bare, encoding="utf-8")
    output = balance("ask", tmp_path / "bare.yaml", "--to", tmp_path / "study.yaml")
    assert "80 questions, 212 ratings" in output
    asked = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    assert "Funding by the municipality: Cut to a third. If that is so, does it promote or restrict" in asked


def test_a_scale_that_is_not_whole_cannot_be_asked(innosi, tmp_path):
    text = (
        (FARM / "balance.yaml")
        .read_text(encoding="utf-8")
        .replace("descriptors:", "scale: {lowest: -2.5, highest: 3}\ndescriptors:", 1)
    )
    (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
    result = innosi("build", "balance", "ask", tmp_path / "b.yaml", "--to", tmp_path / "s.yaml")
    assert result.exit_code == 2
    assert "must go from one whole number to another" in result.output
    assert not (tmp_path / "s.yaml").exists()


def test_tables_are_data_for_programs(balance):
    tables = json.loads(balance("experts", FARM / "balance-experts.yaml", "--format", "json"))
    assert [len(each["rows"]) for each in tables] == [3, 11, 12]
