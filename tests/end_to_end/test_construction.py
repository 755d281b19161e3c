"""Every method of construction: its file is checked, its keys stand in the handbook, it has an example."""

from pathlib import Path

import pytest

from innosi.forecast.cli.build import COMMANDS
from innosi.scenarios.construction.methods import METHODS
from innosi.scenarios.loading.document import read_document
from innosi.scenarios.loading.key_tables import key_tables

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/*.yaml"))


@pytest.mark.parametrize("method", METHODS)
def test_every_key_of_a_methods_file_stands_in_the_handbook_as_the_schema_says_it(method):
    page = (ROOT / "docs" / METHODS[method].page).read_text(encoding="utf-8")
    assert key_tables(METHODS[method].schema()) in page


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_an_example_that_is_sound(method, innosi):
    of_method = [path for path in EXAMPLES if read_document(path).data.get("method") == method]
    assert of_method
    for path in of_method:
        result = innosi("check", path)
        assert result.exit_code == 0, result.output
        assert ": sound " in result.output or ": a sound " in result.output


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_command_and_a_schema(method, innosi):
    assert METHODS[method].command.split()[0] in COMMANDS
    assert innosi("schema", METHODS[method].command).exit_code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\nmethod: futures\n", "found 'futures', which is no method"),
        ("title: x\nmethod: [1]\n", "which is no method"),
    ],
)
def test_a_file_of_no_method_is_refused(text, said, innosi, tmp_path):
    (tmp_path / "file.yaml").write_text(text, encoding="utf-8")
    result = innosi("check", tmp_path / "file.yaml")
    assert result.exit_code == 2
    assert "line 2" in result.output
    assert said in result.output
