import pytest

from innosi.models.errors import InnosiError
from innosi.scenarios.writing import replacing, write_text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("good")

    def fail():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert path.read_text() == "good"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_folders_are_made_on_the_way(tmp_path):
    write_text(tmp_path / "a" / "b" / "c.txt", "text\n")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"text\n"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InnosiError, match=r"cannot be written .*; choose another place"):
        write_text(tmp_path / "file" / "below.txt", "x")
