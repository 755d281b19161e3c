"""A YAML file as plain data that remembers its lines."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.scanner import Scanner

from innosi.models.distributions.numbers import looks_like_thousands
from innosi.models.errors import Fault, InnosiError, InputFaults

KeyPath = tuple[str | int, ...]

MAX_BYTES = 2_000_000
MAX_NODES = 200_000
MAX_DEPTH = 40


@dataclass(frozen=True)
class Document:
    """A file's data, and the line of every key in it.

    Attributes
    ----------
    source : str
        The file's name as the user wrote it, for messages.
    folder : Path
        Where names of other files in it are looked up.
    data : dict
        Plain dicts, lists, strings, numbers, booleans and None; every key is a string.
    lines : mapping of key path to line number
    sha256 : str
        Hash of the file's bytes, and of those it imports.
    sources : mapping of key path to the name of the imported file that it stands in
    """

    source: str
    folder: Path
    data: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    sha256: str = ""
    sources: Mapping[KeyPath, str] = field(default_factory=dict)

    def line_of(self, path: KeyPath) -> int | None:
        """Return the line of a key, or of the nearest key above it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def source_of(self, path: KeyPath) -> str:
        """Return the imported file that a key stands in; the empty text if it is this file's own."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.sources.get(path[:length], "")
        return ""


def read_document(path: Path) -> Document:
    """Read a YAML file into a Document.

    Raises
    ------
    InputFaults
        If it cannot be read, is no UTF-8, is too large, is broken YAML, repeats a key, or expands (by its
        aliases) beyond any honest size.
    """
    source = str(path)
    raw = read_bytes(path, limit=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputFaults(source, [Fault("is not UTF-8 text; save it as UTF-8", line=line)]) from None
    return parse_document(text, source=source, folder=path.parent, sha256=hashlib.sha256(raw).hexdigest())


def read_bytes(path: Path, *, limit: int) -> bytes:
    """Return a file's bytes, or say why they cannot be had."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InnosiError("is a folder, not a file", mend="name the file in it", where=str(path))
        if size > limit:
            raise InnosiError(
                f"is {size / 1e6:,.0f} MB; at most {limit / 1e6:g} MB is read",
                mend="keep large data in files of their own",
                where=str(path),
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InnosiError("no such file", mend="check the name and the folder", where=str(path)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InnosiError(f"cannot be read ({reason})", mend="check its rights", where=str(path)) from None


def parse_document(text: str, *, source: str, folder: Path, sha256: str = "") -> Document:
    """Parse YAML text; see `read_document`."""
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.Scanner = _ShallowScanner
        node = yaml.compose(StringIO(text))
    except MarkedYAMLError as error:
        raise InputFaults(source, [_syntax_fault(error)]) from None
    except RecursionError:
        raise InputFaults(source, [Fault("is nested too deeply to be a scenario or study file")]) from None
    except (YAMLError, ValueError) as error:
        raise InputFaults(source, [Fault(f"is not readable YAML: {str(error).splitlines()[0]}")]) from None
    if not isinstance(node, MappingNode):
        raise InputFaults(source, [Fault("must hold `key: value` lines, starting with `title:`", line=1)])
    reading = _Reading()
    data = reading.value(node, ())
    if reading.faults:
        raise InputFaults(source, reading.faults)
    return Document(source, folder, data, reading.lines, sha256)


class _ShallowScanner(Scanner):
    """Gives up at brackets within brackets beyond any file's need, which take it hours by the thousand."""

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 as it is called
        if self.flow_level > MAX_DEPTH:
            raise RecursionError
        super().fetch_flow_collection_start(TokenClass, to_push)


def _syntax_fault(error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    column = f" at column {mark.column + 1}" if mark else ""
    problem = error.problem or error.context or "unreadable"
    hint = (
        "indent with spaces"
        if "\\t" in problem
        else "look for a missing quote, colon or indent here or just above"
    )
    return Fault(f"broken YAML{column}: {problem}; {hint}", line=line)


class _Reading:
    """Turns YAML nodes into plain data, noting lines and counting what aliases expand to."""

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.faults: list[Fault] = []
        self.n_nodes = 0

    def value(self, node: Node, path: KeyPath) -> Any:
        self.n_nodes += 1
        if self.n_nodes > MAX_NODES or len(path) > MAX_DEPTH:
            if not self.faults or "expands" not in self.faults[-1].problem:
                what = "expands to too much (aliases within aliases?) or is nested too deeply; write it out"
                self.faults.append(Fault(what, line=node.start_mark.line + 1))
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if str(node.tag) not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            return self._refuse_tag(node, path)
        if isinstance(node, MappingNode):
            return dict(self._items(node, path))
        return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]

    def _items(self, node: MappingNode, path: KeyPath) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._fault("a key must be plain text", path, line)
                continue
            key = str(key_node.value)
            if key in seen:
                self._fault(f"'{key}' stands twice (first on line {seen[key]}); keep one", (*path, key), line)
                continue
            seen[key] = line
            self.lines[(*path, key)] = line
            yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: Node, path: KeyPath) -> Any:
        tag, text = str(node.tag).removeprefix("tag:yaml.org,2002:"), str(node.value)
        if any("\ud800" <= each <= "\udfff" for each in text):
            self._fault("holds half a character (\\ud800 to \\udfff)", path, node.start_mark.line + 1)
        if tag in ("str", "timestamp"):
            return text
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        if tag in ("int", "float"):
            return _number(tag, text)
        return self._refuse_tag(node, path)

    def _refuse_tag(self, node: Node, path: KeyPath) -> None:
        problem = f"the tag '{node.tag}' is not allowed; write plain values"
        self._fault(problem, path, node.start_mark.line + 1)

    def _fault(self, problem: str, path: KeyPath, line: int) -> None:
        self.faults.append(Fault(problem, key=dotted(path), line=line))


def _number(tag: str, text: str) -> int | float | str:
    if text.endswith("0") and looks_like_thousands(text.lstrip("+-")):
        return text  # 90.000 may mean thousands: who reads it as a number asks
    try:
        return int(text.replace("_", ""), 0) if tag == "int" else float(text.replace("_", ""))
    except ValueError:
        return text


def dotted(path: KeyPath) -> str:
    """Return a key path as people write it: `outcomes.housing.deadweight`."""
    return ".".join(str(part) for part in path)
