"""Writing files whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from innosi.models.errors import InnosiError

FOR_EVERYBODY, FOR_ITS_OWNER = 0o666, 0o600
"""Who may read a new file: whoever the user lets (the umask is taken off it), or the user alone."""


@contextmanager
def replacing(path: Path, *, prefix: str = "", mode: int = FOR_EVERYBODY) -> Iterator[Path]:
    """Give a temporary path that takes the place of `path` when the block ends well.

    The folder is made if need be. If the block raises, `path` stays as it was.

    Parameters
    ----------
    prefix : str, optional
        How the temporary file's name begins, for whoever has to tidy up after a kill.
    mode : int, optional
        `FOR_ITS_OWNER` for what is about persons: at no moment may anybody else read it.

    Raises
    ------
    InnosiError
        If the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{prefix or f'.{path.stem}-'}{secrets.token_hex(6)}{path.suffix}")
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        yield temporary
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


def write_text(path: Path, text: str, *, mode: int = FOR_EVERYBODY) -> None:
    """Write a UTF-8 text file, whole or not at all; see `replacing` for who may read it."""
    with replacing(path, mode=mode) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def _cannot_write(path: Path, error: OSError) -> InnosiError:
    reason = error.strerror or str(error)
    return InnosiError(f"cannot be written ({reason})", mend="choose another place", where=str(path))
