"""Files that a command makes: written again until somebody goes on with them, and not from then on."""

import pytest

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.made_files import write_made_file


@pytest.fixture(name="write")
def writer(tmp_path):
    def write(title="one", name="next.yaml", **more):
        made = {"command": "signals", "origin": tmp_path / "signals (2).yaml", **more}
        write_made_file(tmp_path / name, {"title": title}, **made)
        return tmp_path / name

    return write


def test_a_file_that_was_made_is_made_again(write):
    write("one", about="go on")
    lines = write("two", command="drivers", about="name them").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# Made by `innosi build drivers` from signals (2).yaml (")
    assert lines[1:] == ["# name them", "title: two"]


@pytest.mark.parametrize("line", ["mine: 1\n", "\n", "# a thought\n"])
def test_a_file_that_somebody_went_on_with_is_not_written_over(write, line):
    path = write()
    text = path.read_text(encoding="utf-8") + line
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InnosiError, match="was changed since it was made, and your changes would be lost"):
        write("two")
    assert path.read_text(encoding="utf-8") == text


def test_other_ends_of_lines_are_no_change(write):
    path = write()
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    write("two")
    assert "two" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "mine: 1\n", "# Made by `innosi build signals`\ntitle: one\n", "\0"])
def test_a_file_that_was_not_made_is_not_written_over(write, tmp_path, text):
    (tmp_path / "next.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InnosiError, match="is there already, and was not made by this command"):
        write()


def test_what_a_file_is_made_from_is_kept_though_it_was_made_itself(write, tmp_path):
    path = write()
    with pytest.raises(InnosiError, match="was not made by this command"):
        write(origin=path)
    with pytest.raises(InnosiError, match="was not made by this command"):
        write(kept=[tmp_path / "." / path.name])
