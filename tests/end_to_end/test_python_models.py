"""Every command that takes a scenario file takes one whose model is a Python function."""

import csv
import io
import json
import re

import pytest

GARDEN = """\
from innosi.models.python_model import Input, Output, model


@model(
    inputs={
        "visitors": Input("Visitors a year", unit="people"),
        "worth": Input("Worth of a visit", kind="money"),
        "outcomes": Input("Share who are new", kind="share", default="10% .. 30%"),
    },
    outputs={"benefit": Output("Benefit", "money"), "new": Output("New visitors", "people")},
)
def garden(visitors, worth, outcomes):
    return {"benefit": visitors * worth, "new": visitors * outcomes}
"""

SCENARIO = """\
title: A garden
model: python:garden_model:garden
currency: EUR
draws: 200
base: {visitors: 100 .. 200, worth: €2 .. €5}
overrides:
  few: {visitors: 10 .. 20}
scenarios:
  hoped: []
  quiet: [few]
"""


@pytest.fixture
def case(tmp_path, monkeypatch):
    (tmp_path / "garden_model.py").write_text(GARDEN, encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def output(innosi, *arguments):
    result = innosi(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_check_and_show(case, innosi):
    assert "2 scenarios × 1 option, 3 uncertain numbers" in output(innosi, "check", "scenario.yaml")
    shown = output(innosi, "show", "scenario.yaml", "--scenario", "quiet")
    assert "few, line 7" in shown
    assert "the model's default  base, not in the file" in shown


def test_run_gives_a_table_csv_and_json(case, innosi):
    assert "scenario  option  benefit" in output(innosi, "run", "scenario.yaml")
    rows = list(csv.DictReader(io.StringIO(output(innosi, "run", "scenario.yaml", "--format", "csv"))))
    assert [row["scenario"] for row in rows] == ["hoped", "quiet"]
    (table,) = json.loads(output(innosi, "run", "scenario.yaml", "--whole", "--format", "json"))
    assert {row["output"] for row in table["rows"]} == {"benefit", "new"}


def test_run_writes_draws_plots_and_a_report(case, innosi):
    output(innosi, "run", "scenario.yaml", "--save-draws", "d.parquet", "--plots", "p", "--report", "r.html")
    assert (case / "d.parquet").stat().st_size > 0
    assert sorted(each.name for each in (case / "p").iterdir()) == [
        "hoped.base-tornado.svg",
        "overview.svg",
        "quiet.base-tornado.svg",
    ]
    report = (case / "r.html").read_text(encoding="utf-8")
    assert "Benefit: median €" in report
    assert "“Worth of a visit” moves the result most" in report
    assert re.search(r"New visitors: median [\d.]+, 90.% interval .* \(people\)\.", report)
    assert re.search(r"Visitors a year: [\d.]+ at 100 people", report)
    assert "<code>python:garden_model:garden</code>" in report
    assert "Social Return" not in report


def test_a_mistake_is_one_message(case, innosi):
    wrong = GARDEN.replace('"new": visitors', '"nwe": visitors')
    (case / "garden_model.py").write_text(wrong, encoding="utf-8")
    result = innosi("check", "scenario.yaml")
    assert result.exit_code == 2
    assert "line 2  model  garden gives no 'new', and gives 'nwe'" in result.stderr
    assert "Traceback" not in result.output
