"""README, handbook and example pages say only what works: their commands and blocks are run here."""

import re
import shlex
from pathlib import Path

import click
import numpy as np
import pytest

from innosi.forecast.cli import cli
from innosi.forecast.cli.explaining import glossary
from innosi.forecast.consensus_rules import PRESETS, RuleSection
from innosi.forecast.examples import copy_example, example_names
from innosi.forecast.panels.plan_file import plan_schema
from innosi.forecast.question_file import QuestionSection
from innosi.forecast.questions import TYPES
from innosi.forecast.statistics.agreement import Interval
from innosi.forecast.statistics.measures import MEASURES
from innosi.forecast.statistics.panel_agreement import ordinal_coefficients
from innosi.forecast.study_file import study_schema
from innosi.models.distributions import parse_distribution
from innosi.models.estimates import EvidenceGrade
from innosi.models.impact import CORRECTIONS
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.loading.key_tables import key_tables
from innosi.scenarios.loading.scenario_file import scenario_schema, scenarios_from

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN_BY_MAKE = {"make demo", "make test"}


def name(path):
    return str(path.relative_to(ROOT))


def blocks(path, language):
    return re.findall(
        rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def files(path):
    """The blocks of a page that say by their first line, `# NAME.yaml`, what file they are."""
    found = (block for language in ("python", "yaml") for block in blocks(path, language))
    named = ((re.match(r"# (\w+\.(?:py|yaml))\n", block), block) for block in found)
    return {match[1]: block for match, block in named if match}


def write_files(path, folder):
    for file, block in files(path).items():
        (folder / file).write_text(block, encoding="utf-8")


def commands(path):
    lines = "\n".join(blocks(path, "sh")).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def run(innosi, line):
    program, *arguments = shlex.split(line)
    assert program == "innosi", line
    result = innosi(*arguments)
    assert result.exit_code == 0, f"{line}\n{result.output}"


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=name)
def test_every_command_of_a_page_works(page, innosi, tmp_path, monkeypatch):
    write_files(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in commands(page):
        if line not in RUN_BY_MAKE:
            run(innosi, line)


@pytest.mark.parametrize("case", example_names())
def test_every_command_of_an_example_works(case, innosi, tmp_path, monkeypatch):
    page = ROOT / "examples" / case / "README.md"
    assert commands(page), "an example says how it is run"
    copy_example(case, tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in commands(page):
        run(innosi, line)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_yaml_blocks_are_sound(page, tmp_path):
    write_files(page, tmp_path)
    for block in blocks(page, "yaml"):
        if "model:" in block:
            scenarios_from(parse_document(block, source=name(page), folder=tmp_path))
        elif not block.startswith("#"):
            parse_document(block, source=name(page), folder=tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_blocks_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in blocks(page, "python"):
        exec(compile(block, name(page), "exec"), {})  # noqa: S102 - our own handbook


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_named_in_the_text_exist(page):
    context = click.Context(cli)
    for named in re.findall(r"`innosi ([a-z][^`]*)`", page.read_text(encoding="utf-8")):
        words = named.split()
        command, above = cli, iter(words)
        while isinstance(command, click.Group) and (word := next(above, None)) is not None and word != "…":
            command = command.get_command(context, word)
            assert command is not None, named
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, named


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_within_the_repository_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_distribution_of_the_handbooks_table_reads():
    text = (ROOT / "docs" / "distributions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    written = [each for row in rows for each in re.findall(r"`([^`]+)`", row)]
    assert len(written) > 15
    for each in written:
        source = (
            parse_document(f"x: {each}", source="page", folder=Path()).data["x"] if each[0] == "{" else each
        )
        assert parse_distribution(source).mean is not None, each


def glossary_terms():
    return set(
        re.findall(r"^## (.+)$", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    )


def test_every_correction_and_grade_stands_in_the_glossary():
    terms = {term.replace("-", "_").replace(" ", "_") for term in glossary_terms()}
    assert set(CORRECTIONS) <= terms
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert all(f"`{grade}`" in text for grade in EvidenceGrade)


def test_every_key_of_a_scenario_file_stands_in_the_handbook_as_the_schema_says_it():
    text = (ROOT / "docs" / "scenario-files.md").read_text(encoding="utf-8")
    assert text.endswith("## Every key\n\n" + key_tables(scenario_schema()))


@pytest.mark.parametrize(
    ("schema", "key"),
    [
        (scenario_schema(), "| `financial_proxy` |"),
        (study_schema(), "### `questions.NAME`"),
        (plan_schema(), "### `consensus`"),
    ],
)
def test_tables_of_keys_go_into_every_section(schema, key):
    tables = key_tables(schema)
    assert key in tables
    assert tables.count("###") == len(set(re.findall(r"^### .*$", tables, re.MULTILINE)))


def test_every_measure_and_coefficient_stands_in_the_handbook(tmp_path):
    entries = glossary()
    assert [name for name in MEASURES if name not in entries] == []
    table = np.random.default_rng(0).integers(1, 4, (6, 4)).astype(float)
    names = [name for name, _ in ordinal_coefficients(table, (1.0, 2.0, 3.0), Interval(n_resamples=0))]
    headings = [heading for heading in entries if "_" in heading]
    assert [name for name in names if not any(name.startswith(heading) for heading in headings)] == []


def test_every_type_of_question_stands_in_the_handbook():
    text = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    assert [type_ for type_ in TYPES if f"| `{type_}` |" not in text] == []
    assert [preset for preset in PRESETS if f"`{preset}`" not in text] == []
    keys = {**QuestionSection.model_fields, **RuleSection.model_fields}
    missing = [key for key, field in keys.items() if f"`{field.alias or key}`" not in text]
    assert [key for key in missing if f"{keys[key].alias or key}:" not in text] == []


def test_a_page_is_what_the_handbook_says_it_is():
    """Its heading has a word of the link that leads to it, and no other page begins as it does."""
    text = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    links = {page: title for title, page in re.findall(r"^- \[(.+?)\]\(([a-z-]+\.md)\)", text, re.MULTILINE)}
    pages = {
        page.name: page.read_text(encoding="utf-8").splitlines() for page in (ROOT / "docs").glob("*.md")
    }
    assert set(links) | {"README.md"} == set(pages)
    headings = {name: lines[0].removeprefix("# ") for name, lines in pages.items()}
    openings = [next(line for line in lines[1:] if line) for lines in pages.values()]
    assert len(set(headings.values())) == len(set(openings)) == len(pages)
    for name, title in links.items():
        assert set(re.findall(r"\w{5,}", title.lower())) & set(
            re.findall(r"\w{5,}", headings[name].lower())
        ), name
