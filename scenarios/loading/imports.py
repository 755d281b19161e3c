"""Files under a file: what is imported is laid first, and the importing file has the last word."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import Document, KeyPath, dotted, read_document

IMPORTS, REPLACE = "imports", "replace"
MAX_FILES = 50
P = ParamSpec("P")
Found = TypeVar("Found")


@dataclass
class _Merged:
    """Data of several files as one, with the line and the file of every key."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    sources: dict[KeyPath, str] = field(default_factory=dict)
    hashes: list[str] = field(default_factory=list)

    def lay(self, document: Document, folder: str) -> None:
        """Lay a file over what is there: maps are merged, everything else is replaced.

        Parameters
        ----------
        folder : str
            Where the file lies, seen from the importing file; the empty text for that file itself.
        """
        for key in document.data.get(REPLACE) or ():
            self._forget(tuple(str(key).split(".")))
        self._merge(self.data, judgements_moved(document.data, folder), document, ())
        self.hashes.append(document.sha256)

    def _merge(self, under: dict[str, Any], over: Mapping[str, Any], document: Document, at: KeyPath) -> None:
        for key, value in over.items():
            path = (*at, key)
            if isinstance(value, Mapping) and isinstance(under.get(key), dict):
                self._note(document, path, whole=False)
                self._merge(under[key], value, document, path)
            else:
                self._forget(path)
                under[key] = deepcopy(value)
                self._note(document, path, whole=True)

    def _note(self, document: Document, path: KeyPath, *, whole: bool) -> None:
        """Remember where a key, or all that is below it, was written."""
        for known, line in document.lines.items():
            if known == path or (whole and known[: len(path)] == path):
                self.lines[known] = line
                self.sources[known] = document.sources.get(known, document.source)

    def _forget(self, path: KeyPath) -> None:
        place: Any = self.data
        for part in path[:-1]:
            place = place.get(part) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place.pop(str(path[-1]), None)
        for known in [known for known in self.lines if known[: len(path)] == path]:
            del self.lines[known]
            self.sources.pop(known, None)


def with_imports(document: Document) -> Document:
    """Return a document with the files that it imports laid under it, the later over the earlier.

    Maps are merged key by key; a list or a bare value replaces what was there, and so does every key that the
    file names under `replace`. A file that is imported may import others.

    Raises
    ------
    InnosiError, InputFaults
        If a file cannot be read, imports itself, or names no files.
    """
    if IMPORTS not in document.data and REPLACE not in document.data:
        return document
    merged = _Merged()
    _gather(document, "", merged, [document.folder / Path(document.source).name])
    sources = {path: name for path, name in merged.sources.items() if name != document.source}
    sha256 = document.sha256
    if len(merged.hashes) > 1:
        sha256 = hashlib.sha256("\n".join(merged.hashes).encode()).hexdigest()
    data = {key: value for key, value in merged.data.items() if key not in (IMPORTS, REPLACE)}
    return replace(document, data=data, lines=merged.lines, sources=sources, sha256=sha256)


def _gather(document: Document, folder: str, merged: _Merged, chain: Sequence[Path]) -> None:
    _refuse_no_list(document, IMPORTS, "imports: [shared.yaml]")
    _refuse_no_list(document, REPLACE, "replace: [base.outcomes]")
    for number, name in enumerate(document.data.get(IMPORTS) or ()):
        path = document.folder / name
        line = document.line_of((IMPORTS, number))
        if path.resolve() in [each.resolve() for each in chain]:
            shown = " imports ".join(each.name for each in (*chain, path))
            raise InputFaults(document.source, [Fault(f"goes round in a circle: {shown}", IMPORTS, line)])
        if len(merged.hashes) >= MAX_FILES:
            problem = f"more than {MAX_FILES} files are imported; put some of them together"
            raise InputFaults(document.source, [Fault(problem, IMPORTS, line)])
        try:
            below = read_document(path)
        except InnosiError as error:
            if isinstance(error, InputFaults):
                raise
            raise InputFaults(document.source, [Fault(f"{name}: {error.message}", IMPORTS, line)]) from None
        there = str(Path(folder) / Path(name).parent)
        _gather(below, "" if there == "." else there, merged, [*chain, path])
    merged.lay(document, folder)


def _refuse_no_list(document: Document, key: str, example: str) -> None:
    found = document.data.get(key)
    if found is not None and (
        not isinstance(found, list) or not all(isinstance(each, str) for each in found)
    ):
        fault = Fault(f"is no list of names; write {example}", key, document.line_of((key,)))
        raise InputFaults(document.source, [fault])


def judgements_moved(data: Any, folder: str) -> Any:
    """Data whose files of judgements are named as seen from the importing file."""
    if not folder:
        return data
    if isinstance(data, Mapping):
        moved = {key: judgements_moved(value, folder) for key, value in data.items()}
        if "judgement" in moved and isinstance(moved.get("from"), str):
            moved["from"] = str(Path(folder) / moved["from"])
        return moved
    return [judgements_moved(each, folder) for each in data] if isinstance(data, list) else data


def located(document: Document, key: KeyPath, problem: str) -> Fault:
    """Return a fault at a key: its line, and its file where it is an imported one."""
    return Fault(problem, key=dotted(key), line=document.line_of(key), source=document.source_of(key))


def at_key(
    document: Document, key: KeyPath, reads: Callable[P, Found], *args: P.args, **kwargs: P.kwargs
) -> Found:
    """Return what reading another file gives; what is wrong with it as a whole is told at the key naming it.

    Raises
    ------
    InputFaults
        Of the document; a fault with a place in the other file is told there.
    """
    try:
        return reads(*args, **kwargs)
    except InputFaults as error:
        there = "" if error.source == document.source else error.source
        faults = [replace(each, source=each.source or there) for each in error.faults]
        raise InputFaults(document.source, faults) from None
    except InnosiError as error:
        name = f"{error.where}: " if error.where else ""
        raise InputFaults(document.source, [located(document, key, f"{name}{error.message}")]) from None
