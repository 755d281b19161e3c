"""What a page of a workshop rests on: its files with their hashes, and what they say of their own data."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from innosi.scenarios.loading.document import Document

_NOT_REAL = re.compile(r"\b(assum(?:ed|ptions?)|simulated|made up|invented|fictitious)\b", re.IGNORECASE)
"""The words by which a file says that what it holds was not found but supposed."""
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+")
_WRITTEN_BY_A_PROGRAM = re.compile(r"# (yaml-language-server:|Made by `innosi build )")
_READ = {".csv", ".xlsx", ".scw", ".json", ".yaml", ".yml"}
"""How the names of files end that a method's file may name."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a page was made from, or that such a file names."""

    name: str
    sha256: str


def sources_of(document: Document) -> tuple[Source, ...]:
    """Return a document's file, and the files beside it that it names and that are there, with their hashes.

    Only their names are told, not the folders in which they lie.
    """
    name = Path(document.source).name
    own = document.folder / name
    sources = {own.resolve(): Source(name, _hash_of(own))}
    for text in _texts(document.data):
        if Path(text).suffix.casefold() in _READ:
            path = document.folder / text
            if path.is_file():
                sources.setdefault(path.resolve(), Source(path.name, _hash_of(path)))
    return tuple(sources.values())


def said_of_its_data(document: Document) -> tuple[str, ...]:
    """Return the sentences in which a file says that its data are assumed or simulated.

    They are looked for in its first comment, where people write such things, and in its description.
    """
    text = (document.folder / Path(document.source).name).read_text("utf-8-sig", errors="replace")
    said = [_first_comment(text), str(document.data.get("description") or "")]
    sentences = [each for part in said for each in _SENTENCE_ENDS.split(" ".join(part.split()))]
    return tuple(dict.fromkeys(each for each in sentences if _NOT_REAL.search(each)))


def _first_comment(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if not _WRITTEN_BY_A_PROGRAM.match(line):
            lines.append(line.lstrip("# "))
    return " ".join(lines)


def _texts(data: Any) -> Iterator[str]:
    """Every text in plain data that may name a file."""
    if isinstance(data, dict):
        for each in data.values():
            yield from _texts(each)
    elif isinstance(data, list):
        for each in data:
            yield from _texts(each)
    elif isinstance(data, str) and 0 < len(data) < 256 and "\n" not in data and "\0" not in data:
        yield data


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
