"""Files that a command makes for people to go on with: made anew until somebody has, then never written over.

Their first line is a comment, of YAML or HTML. It holds a hash of the rest, which tells whether somebody has.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import Document
from innosi.scenarios.writing import write_text

_MADE_BY = "Made by `innosi build"
_HEAD = re.compile(rf"(?:#|<!--) {re.escape(_MADE_BY)} .*\(([0-9a-f]{{12}})\)[^()]*")


def write_made_file(
    path: Path,
    data: dict[str, Any],
    *,
    command: str,
    origin: Path,
    about: str = "",
    kept: Iterable[Path] = (),
) -> None:
    """Write a file for people to go on with.

    Parameters
    ----------
    data : dict
        What it holds, as YAML.
    command : str
        What made it, after `innosi build`.
    origin : Path
        The file that it was made from.
    about : str, optional
        What is to be done with it, for its second line.
    kept : iterable of Path
        Further files that are not written over, whoever made them; `origin` never is.

    Raises
    ------
    InnosiError
        If the place is taken by a file that was not made so, or that was changed since.
    """
    refuse_to_lose(path, origin, *kept)
    body = f"# {about}\n" if about else ""
    body += as_yaml(data)
    head = _head(command, seen_from(path.parent, origin), body)
    write_text(path, f"# {head}\n{body}")


def write_made_page(path: Path, body: str, *, command: str, kept: Iterable[Path] = ()) -> None:
    """Write an HTML page, with the care of `write_made_file`.

    Raises
    ------
    InnosiError
        If the place is taken by a file that was not made so, or that was changed since.
    """
    refuse_to_lose(path, *kept)
    body = "\n".join(body.splitlines())
    write_text(path, f"<!-- {_head(command, 'the files that it names', body)} -->\n{body}")


def refuse_to_lose(path: Path, *kept: Path) -> None:
    """Refuse a place where a file lies that may not be written over.

    Raises
    ------
    InnosiError
        If it is one of those that are kept, was not made by a command, or was changed since.
    """
    if not path.is_file():
        return
    head, _, body = path.read_text("utf-8", errors="replace").partition("\n")
    match = _HEAD.fullmatch(head)
    problem = ""
    if match is None or path.resolve() in {each.resolve() for each in kept}:
        problem = "is there already, and was not made by this command"
    elif match[1] != _hash_of(body):
        problem = "was changed since it was made, and your changes would be lost"
    if problem:
        raise InnosiError(problem, mend="give another name, or move it away", where=str(path))


def begun(method: str, title: str, document: Document, folder: Path) -> dict[str, Any]:
    """Return how the file of a method begins that goes on from another, with the scenario file of that one.

    Parameters
    ----------
    document : Document
        The file that it goes on from.
    folder : Path
        Where it will lie.
    """
    found = {"method": method, "title": title}
    if document.data.get("scenario_file"):
        found["scenario_file"] = seen_from(folder, document.folder / str(document.data["scenario_file"]))
    return found


def as_yaml(data: dict[str, Any]) -> str:
    """Return data as the text of a YAML file, in their order."""
    from ruamel.yaml import YAML

    sheet = StringIO()
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(data, sheet)
    return sheet.getvalue()


def place_of(document: Document) -> Path:
    """Return where the file lies that a document was read from."""
    return document.folder / Path(document.source).name


def seen_from(folder: Path, file: Path) -> str:
    """Return a file's name as it is written in a file that lies in a folder."""
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()


def _head(command: str, origin: str, body: str) -> str:
    made = f"{_MADE_BY} {command}` from {origin} ({_hash_of(body)})"
    return f"{made}; made anew, it is written over unless it was changed"


def _hash_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]
