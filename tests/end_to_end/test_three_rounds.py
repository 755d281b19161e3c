"""A whole study by the commands of its README, on SQLite and on PostgreSQL: the same study either way."""

import csv
import json
import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.forecast.examples import copy_example

CASE = "social-communities"
README = Path(__file__).parents[2] / "examples" / CASE / "README.md"


def commands():
    blocks = re.findall(r"^```sh\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def held(request, tmp_path_factory):
    """The folder of a study that was held from its list of people to its report; held once for all tests."""
    folder = tmp_path_factory.mktemp(CASE)
    copy_example(CASE, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        if request.param == "postgresql":
            patch.setenv("INNOSI_DB", request.getfixturevalue("postgresql_url"))
        for line in commands():
            innosi(*shlex.split(line)[1:])
        yield folder


def innosi(*arguments, code=0):
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == code, f"{arguments}\n{result.output}"
    return result


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_study_goes_from_its_panel_to_its_report(held):
    names = [row["name"] for row in rows(held / "people.csv")]
    pseudonyms = [row["pseudonym"] for row in rows(held / "people.csv")]
    assert (held / "study.sqlite").exists() == ("INNOSI_DB" not in os.environ)
    invitations = rows(held / "invitations.csv")
    assert sorted(row["name"] for row in invitations) == sorted(names)
    sheets = {path.name for path in (held / "sheets").iterdir()}
    assert {f"{each}.html" for each in pseudonyms} | {f"{each}.xlsx" for each in pseudonyms} <= sheets
    for number in (1, 2, 3):
        pages = {path.stem for path in (held / f"feedback_{number}").iterdir()}
        assert set(pseudonyms) | {"panel"} <= pages
    status = json.loads(innosi("delphi", "status", "study.yaml", "--format", "json").stdout)
    assert [(row["answered"], row["late_answers"]) for row in status[0]["rows"]] == [
        (17, 7),
        (17, 0),
        (15, 0),
    ]
    report = (held / "report.html").read_text(encoding="utf-8")
    assert "simulated" in report
    assert not [name for name in (*names, *pseudonyms) if name in report]
    judgements = json.loads((held / "judgements.json").read_text(encoding="utf-8"))["judgements"]
    assert judgements["less_lonely"]["round"] == 3


def test_nobody_reads_of_another_and_residents_read_dutch(held):
    people = rows(held / "people.csv")
    for row in people:
        page = (held / "feedback_2" / f"{row['pseudonym']}.html").read_text(encoding="utf-8")
        others = [each[key] for each in people if each is not row for key in ("name", "email", "pseudonym")]
        assert not [each for each in others if each in page]
        assert ("Gemeenschappen die voor elkaar zorgen" in page) == (row["language"] == "nl")


def test_after_anonymising_nothing_leads_back(held):
    innosi("delphi", "anonymise", "study.yaml", "--yes")
    people = rows(held / "people.csv")
    listed = innosi("delphi", "panel", "study.yaml", "--list").output
    assert not [row["pseudonym"] for row in people if row["pseudonym"] in listed]
    summary = json.loads(innosi("delphi", "summary", "study.yaml", "--format", "json").stdout)
    assert summary[0]["rows"][0]["n"] == 15
    assert "made anonymous" in innosi("delphi", "open", "study.yaml", code=2).output
