"""Writing files whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from innosi.models.errors import InnosiError


@contextmanager
def replacing(path: Path, *, prefix: str = "") -> Iterator[Path]:
    """Give a temporary path that takes the place of `path` when the block ends well.

    The folder is made if need be. If the block raises, `path` stays as it was.

    Parameters
    ----------
    prefix : str, optional
        How the temporary file's name begins, for whoever has to tidy up after a kill.

    Raises
    ------
    InnosiError
        If the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=prefix or f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise _cannot_write(path, error) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where there is none."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from None


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def _cannot_write(path: Path, error: OSError) -> InnosiError:
    reason = error.strerror or str(error)
    return InnosiError(f"cannot be written ({reason})", mend="choose another place", where=str(path))
