import os

import pytest

from innosi.models.errors import InnosiError
from innosi.scenarios.writing import FOR_EVERYBODY, FOR_ITS_OWNER, replacing, write_text


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


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
@pytest.mark.parametrize(
    ("mode", "umask", "kept"),
    [(FOR_EVERYBODY, 0o022, 0o644), (FOR_EVERYBODY, 0o077, 0o600), (FOR_ITS_OWNER, 0o022, 0o600)],
)
def test_others_may_read_what_the_user_lets_them_and_never_what_is_personal(tmp_path, mode, umask, kept):
    path, before = tmp_path / "sheet.html", os.umask(umask)
    try:
        with replacing(path, mode=mode) as temporary:
            assert temporary.stat().st_mode & 0o777 == kept, "from the first moment"
            temporary.write_text("x")
        assert path.stat().st_mode & 0o777 == kept
    finally:
        os.umask(before)
