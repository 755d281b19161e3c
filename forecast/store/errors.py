"""What goes wrong with a database, said so that a facilitator can mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError

from innosi.models.errors import InnosiError


class StoreError(InnosiError, OSError):
    """A store that cannot be read or written as it is."""


class DamagedStore(StoreError):
    """A file that is a store no longer, and cannot be mended by waiting."""


_TOLD = (
    (
        ("readonly database", "read-only"),
        "is read-only, so nothing was written",
        "make the file and its folder writable, or work on a copy",
    ),
    (
        ("is locked", "lock timeout", "could not obtain lock"),
        "is being written by another program, so nothing was written",
        "wait until it is done, and say the command again",
    ),
    (
        ("disk is full", "no space left", "disk full"),
        "has no room: the disk is full, so nothing was written",
        "make room, and say the command again",
    ),
    (
        ("unable to open",),
        "cannot be opened",
        "look whether its folder exists and may be written",
    ),
    (
        ("disk i/o error",),
        "could not be read or written on its disk",
        "look whether the disk is full, at its quota, or failing, and say the command again; if the file has"
        " suffered, restore a backup: innosi delphi restore STUDY BACKUP --replace",
    ),
    (
        ("not a database", "malformed"),
        "is damaged, or no store of innosi",
        "restore a backup: innosi delphi restore STUDY BACKUP --replace",
    ),
    (
        ("value too long",),
        "cannot keep a text of that length",
        "make the name, the pseudonym or the text shorter",
    ),
    (
        ("nul (0x00)",),
        "cannot keep a text that holds the character NUL, which PostgreSQL does not know",
        "keep the study in SQLite, or take the character out of the text and import it again",
    ),
    (
        ("terminating connection", "closed the connection", "connection is lost", "consuming input failed"),
        "broke the connection off",
        "say the command again: what was kept already is not kept twice",
    ),
    (
        ("connection refused", "could not connect", "connection failed", "no such file or directory"),
        "cannot be reached",
        "look whether the database server runs, and at --db",
    ),
    (
        ("failed to resolve", "could not translate", "invalid port", "timeout expired", "unreachable"),
        "cannot be reached",
        "look at the host and the port in --db",
    ),
    (
        ("permission denied", "must be owner"),
        "does not let us do that",
        "ask whoever runs the database for the right to make and to write tables",
    ),
    (
        ("invalid connection option", "bad value for", "invalid connection string", "invalid value"),
        "cannot be opened so",
        "look at what stands behind the ? in --db",
    ),
    (
        ("password authentication failed", "no password supplied", "does not exist"),
        "does not let us in",
        "look at the user, the password and the name of the database in --db",
    ),
)


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn what a database says into what a facilitator can do about it.

    Raises
    ------
    StoreError
        If the database could not do what was asked; the transaction was rolled back.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise StoreError(
            f"cannot keep a text with {error.object[error.start : error.end]!r} in it, which is no character",
            mend="write it in UTF-8, without that",
            where=where,
        ) from None
    except IntegrityError:  # a mistake of ours: it keeps its traceback
        raise
    except DBAPIError as error:
        said = str(error.orig or error).strip()
        for signs, problem, mend in _TOLD:
            if any(sign in said.casefold() for sign in signs):
                kind = DamagedStore if problem.startswith("is damaged") else StoreError
                raise kind(f"{problem} ({_first_line(said)})", mend=mend, where=where) from None
        raise StoreError(
            f"could not do what was asked ({_first_line(said)})",
            mend="look at --db, and at what the server's log says",
            where=where,
        ) from error


def _first_line(text: str) -> str:
    return text.splitlines()[0][:200] if text else "no reason given"
