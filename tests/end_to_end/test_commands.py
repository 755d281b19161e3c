import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from innosi.forecast.cli import COMMANDS, cli
from innosi.forecast.cli.demonstration import STEPS
from innosi.forecast.cli.output import readable
from innosi.forecast.examples import copy_example, example_names

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "pydantic", "pyarrow", "rich", "ruamel")


@pytest.fixture
def farm(tmp_path):
    copy_example("urban-farming", tmp_path / "farm")
    return tmp_path / "farm" / "scenario.yaml"


def all_commands():
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        yield (name,), command
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                yield (name, below), command.get_command(context, below)


def test_every_command_and_option_has_a_help_that_teaches():
    for path, command in all_commands():
        assert command.help, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (path, parameter.name)


@pytest.mark.parametrize("group", [(), ("delphi",)])
def test_no_command_is_cut_short_in_the_list(innosi, group):
    assert "..." not in innosi(*group, "--help").stdout.split("Commands:")[1]


def test_starting_imports_nothing_heavy():
    code = "import sys, click; from innosi.forecast.cli import cli; cli.get_help(click.Context(cli))"
    listed = f"{code}; print(sorted(set(name.split('.')[0] for name in sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True).stdout
    assert [name for name in HEAVY if f"'{name}'" in loaded] == []


def test_check_says_that_a_sound_file_is_sound(innosi, farm):
    result = innosi("check", farm)
    assert result.exit_code == 0
    assert "a sound scenario file, 2 scenarios × 1 option," in result.output


def test_a_fault_ends_with_code_2_one_message_and_no_traceback(innosi, farm):
    farm.write_text(farm.read_text().replace("deadweight: 10% .. 50%", "dead_weight: 10% .. 50%"))
    for command in ("check", "show", "run"):
        result = innosi(command, farm)
        assert result.exit_code == 2
        assert "did you mean 'deadweight'?" in result.stderr
        assert "Traceback" not in result.output
        assert result.stdout == ""


@pytest.mark.parametrize("command", ["check", "show", "run"])
def test_a_file_that_is_not_there_is_named(innosi, command, tmp_path):
    result = innosi(command, tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert "no such file" in result.stderr


def test_a_file_of_the_other_kind_is_told_apart(innosi, farm, tmp_path):
    copy_example("groene-sticht", tmp_path / "study")
    study = tmp_path / "study" / "study.yaml"
    assert "is a study file, not a scenario file" in innosi("run", study).stderr
    assert "is a scenario file, not a study file" in innosi("delphi", "summary", farm).stderr
    assert "a sound study, 16 questions, 2 rounds" in innosi("check", study).stdout


def test_run_gives_the_same_numbers_in_every_format(innosi, farm):
    table = json.loads(innosi("run", farm, "--format", "json").stdout)[0]
    lines = innosi("run", farm, "--format", "csv").stdout.splitlines()
    columns = lines[0].split(",")
    assert columns[:5] == ["scenario", "option", "social_return_ratio", "p05", "p95"]
    for record, line in zip(table["rows"], lines[1:], strict=True):
        assert [str(record[column]) for column in columns] == line.split(",")
    assert readable(table["rows"][0]["social_return_ratio"]) in innosi("run", farm).stdout


def test_run_again_gives_the_same_and_another_seed_something_else(innosi, farm):
    first, again = innosi("run", farm).stdout, innosi("run", farm).stdout
    assert first == again
    assert innosi("run", farm, "--seed", "7").stdout != first


def test_a_changed_assumption_changes_the_result(innosi, farm):
    before = innosi("run", farm, "--format", "csv").stdout
    farm.write_text(farm.read_text().replace("amount: €40k .. €90k", "amount: €10k .. €20k"))
    after = innosi("run", farm, "--format", "csv").stdout
    assert float(after.splitlines()[1].split(",")[2]) > 1.2 * float(before.splitlines()[1].split(",")[2])


def test_whole_shows_every_result(innosi, farm):
    rows = json.loads(innosi("run", farm, "--whole", "--format", "json").stdout)[0]["rows"]
    outputs = {row["output"] for row in rows}
    assert {"value.year.1", "present_value.stakeholder.participants", "waterfall.deadweight"} <= outputs


def test_show_tells_where_each_number_comes_from(innosi, farm):
    rows = json.loads(innosi("show", farm, "--scenario", "poor_year", "--format", "json").stdout)[0]["rows"]
    by_key = {row["number"]: row for row in rows}
    changed = by_key["outcomes.day_structure.quantity"]
    assert changed["from"].startswith("poor_harvest, line ")
    assert changed["taken"] == "lognormal with 90 % between 5 and 15"
    assert by_key["outcomes.day_structure.deadweight"]["from"].startswith("base, line ")
    only = json.loads(innosi("show", farm, "--scenario", "poor_year", "--changed", "--format", "json").stdout)
    assert [row["number"] for row in only[0]["rows"]] == ["outcomes.day_structure.quantity"]


def test_show_of_an_unknown_scenario_names_the_nearest(innosi, farm):
    result = innosi("show", farm, "--scenario", "poor_yaer")
    assert result.exit_code == 2
    assert "did you mean 'poor_year'?" in result.stderr


def test_draws_are_saved_on_request(innosi, farm, tmp_path):
    result = innosi("run", farm, "--draws", 50, "--save-draws", tmp_path / "draws.parquet")
    assert result.exit_code == 0
    assert (tmp_path / "draws.parquet").stat().st_size > 1000


@pytest.mark.parametrize("kind", ["scenario", "study"])
def test_schema_is_json(innosi, kind):
    schema = json.loads(innosi("schema", kind).stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["properties"]["title"]["description"]


@pytest.mark.parametrize(
    ("term", "heading"),
    [
        ("axis", "axis (of scenarios)"),
        ("axes", "axis (of scenarios)"),
        ("Overrides", "override"),
        ("grid", "impact–uncertainty grid"),
        ("stories", None),
        ("wheel", None),
        ("cluster", "cluster"),
    ],
)
def test_a_term_is_found_by_its_plural_and_by_one_of_its_words(innosi, term, heading):
    found = innosi("explain", term)
    assert found.stdout.partition("\n")[0] == (heading or "")
    assert found.exit_code == (0 if heading else 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build", "signal", "x"), "No such command 'signal'. Did you mean 'signals'?"),
        (("build", "balance", "mine.yaml"), "such as: innosi build balance scenarios mine.yaml"),
        (("chekc", "x"), "Did you mean 'check'?"),
        (("zzz",), "No such command 'zzz'."),
    ],
)
def test_an_unknown_command_is_told_with_what_was_meant(innosi, arguments, said):
    result = innosi(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_file_of_a_method_is_told_what_makes_a_scenario_file_of_it(innosi):
    result = innosi("run", ROOT / "examples" / "farming-futures" / "balance.yaml")
    assert result.exit_code == 2
    assert "is a file of `innosi build` (method: cross_impact_balance)" in result.output


def test_several_entries_with_a_word_are_named(innosi):
    assert "did you mean one of: branch (of a wheel), futures wheel?" in innosi("explain", "wheel").output


def test_explain_gives_formula_and_source(innosi):
    assert "(1 − deadweight)" in innosi("explain", "deadweight").stdout
    assert "Source:" in innosi("explain", "linear", "pool").stdout
    assert innosi("explain", "drop_off").stdout == innosi("explain", "drop-off").stdout
    assert len(innosi("explain").stdout.splitlines()) > 40
    missing = innosi("explain", "deadwait")
    assert missing.exit_code == 2
    assert "did you mean 'deadweight'?" in missing.stderr


def test_init_makes_a_folder_and_overwrites_nothing(innosi, tmp_path):
    assert innosi("init", tmp_path / "mine").exit_code == 0
    assert (tmp_path / "mine" / "scenario.yaml").exists()
    again = innosi("init", tmp_path / "mine")
    assert again.exit_code == 2
    assert "is not empty; name a new folder" in again.stderr
    unknown = innosi("init", tmp_path / "other", "--example", "nowhere")
    assert unknown.exit_code == 2
    assert not (tmp_path / "other").exists()


def test_init_lists_every_shipped_case(innosi):
    listed = innosi("init", "--list").stdout
    assert all(name in listed for name in example_names())
    assert innosi("init").exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_gives_a_script_for_the_shell(innosi, shell):
    assert "_INNOSI_COMPLETE" in innosi("completion", shell).stdout


def test_an_unknown_command_is_told_with_code_2(innosi):
    result = innosi("rum")
    assert result.exit_code == 2
    assert "No such command" in result.output


def test_no_colours_leave_the_terminal(innosi, farm):
    assert "\x1b[" not in innosi("run", farm).output


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "never"),
        (True, "yes"),
        (12345.6, "12,350"),
        (-17_830_000.0, "-17.83M"),
        (448e6, "448M"),
        (123.4, "123"),
        (1.234, "1.23"),
        (0.01234, "0.0123"),
        (0.0, "0.00"),
        (1500, "1,500"),
        ("text", "text"),
    ],
)
def test_numbers_are_shown_as_people_read_them(value, text):
    assert readable(value) == text


def test_no_number_is_broken_in_a_narrow_terminal(farm, monkeypatch, capsys):
    from innosi.forecast.cli import output

    monkeypatch.setattr(output, "WIDTH_IN_A_FILE", 30)
    rows = [("a_name", 12345.0, 0.01234, "a sentence of several words")]
    output.Output().show(output.Table("T", ("name", "value", "share_of_it", "note"), rows))
    shown = capsys.readouterr().out
    assert "12,350" in shown or "12,340" in shown
    assert "0.0123" in shown
    assert "sentence" in shown


@pytest.mark.parametrize("case", ["replicats", "urban-farming", "welfare-futures"])
def test_a_case_is_run_by_one_command(innosi, tmp_path, case):
    result = innosi("demo", tmp_path / "demo", "--case", case)
    assert result.exit_code == 0, result.output
    assert "$ innosi " in result.stdout
    if case == "welfare-futures":
        assert "two camps" in result.stdout
        assert (tmp_path / "demo" / case / "dissent.svg").exists()
    elif case != "replicats":
        assert (tmp_path / "demo" / case / "report.html").read_text(encoding="utf-8").endswith("</html>")
        assert "social return ratio" in result.stdout


def test_the_demo_shows_the_commands_of_each_case_which_its_page_has_too():
    assert set(STEPS) == set(example_names())
    for case, (_, *commands) in STEPS.items():
        page = (ROOT / "examples" / case / "README.md").read_text(encoding="utf-8")
        for command in commands:
            without_options = command.replace("{folder}/", "").split(" --")[0]
            assert f"innosi {without_options}" in page, (case, command)


def test_a_demo_that_meets_a_fault_stops_with_code_2(innosi, tmp_path):
    copy_example("urban-farming", tmp_path / "urban-farming")
    (tmp_path / "urban-farming" / "scenario.yaml").write_text("title: x")
    assert innosi("demo", tmp_path, "--case", "urban-farming").exit_code == 2


def test_a_copied_case_keeps_what_was_changed_in_it(tmp_path):
    folder = tmp_path / "case"
    copy_example("urban-farming", folder)
    (folder / "scenario.yaml").write_text("mine")
    assert copy_example("urban-farming", folder) == []
    assert (folder / "scenario.yaml").read_text() == "mine"


def test_the_shipped_cases_are_those_of_the_repository():
    repository = Path(__file__).parents[2] / "examples"
    assert example_names() == sorted(path.parent.name for path in repository.glob("*/README.md"))
