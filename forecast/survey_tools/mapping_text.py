"""A proposed mapping as the text of a mapping file, each line with how it is known."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from innosi.forecast.survey_tools.mapping_file import ColumnMapping
from innosi.forecast.survey_tools.proposing import Doubt, ProposedMapping

_PLAIN = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]*\Z")
_WHOLE_NUMBER = re.compile(r"^(?:0|[1-9][0-9]{0,14})\Z")
_RESERVED = frozenset({"yes", "no", "true", "false", "null", "on", "off", "y", "n"})
_HEAD = """\
# Which column of the export stands for what in the study. Read every line before you import.
# A line that begins with `# ?` is not sure: take `# ? ` off where it is right (of several lines that belong
# together, off each), mend it, or delete it. Values that have no line and are not ours are rejected.
"""
_NO_PANELLIST = """\
# ? panellist: NAME  # no column of pseudonyms was found: name it, or export again with it
"""


def mapping_text(proposed: ProposedMapping) -> str:
    """Return the text of a mapping file: what is sure as lines, what is not as comments beginning `# ?`."""
    return "\n".join((_HEAD, *_settings(proposed), "", *_answers(proposed), *_rest(proposed))) + "\n"


def _settings(proposed: ProposedMapping) -> Iterator[str]:
    said = proposed.mapping.model_fields_set
    for key in (name for name in ColumnMapping.model_fields if name != "answers"):
        if key in said:
            value = _plain(getattr(proposed.mapping, key))
            yield from _commented(_lines(key, value), proposed.notes.get((key,), ""))
        doubts = [doubt for doubt in proposed.doubts if doubt.path == (key,)]
        for doubt in doubts:
            yield from _doubtful(_lines(key, _plain(doubt.value)), doubt.why, indent="")
        if key == "panellist" and key not in said and not doubts:
            yield _NO_PANELLIST.rstrip("\n")


def _plain(value: Any) -> Any:
    """Return a value as YAML writes it, without what a section says by itself."""
    if hasattr(value, "model_dump"):
        return {key: getattr(value, key) for key in type(value).model_fields if key in value.model_fields_set}
    return value


def _answers(proposed: ProposedMapping) -> Iterator[str]:
    yield "answers:"
    for key, section in proposed.mapping.answers.items():
        inner = [doubt for doubt in proposed.doubts if doubt.path[:3] == ("answers", key, "values")]
        yield from _answer(key, _plain(section), inner, proposed.notes)
    for doubt in proposed.doubts:
        if len(doubt.path) == 2 and doubt.path[0] == "answers":
            lines = _lines(doubt.path[1], _short(doubt.value))
            yield from _doubtful(lines, doubt.why, indent="  ")


def _answer(
    key: str, value: Mapping[str, Any], inner: Sequence[Doubt], notes: Mapping[tuple[str, ...], str]
) -> Iterator[str]:
    """Yield one answer's lines, with those of its values that are not sure at their end."""
    why = notes.get(("answers", key), "")
    if not inner:
        told = notes.get(("answers", key, "values"), "")
        lines = _lines(key, _short(value))
        yield from _indented(_commented(lines, "; ".join(filter(None, (why, told)))))
        return
    known = {name: each for name, each in value.items() if name != "values"}
    yield from _indented(_commented(_lines(key, known), why))
    yield "    values:"
    for found, ours in value.get("values", {}).items():
        yield f"      {quoted(found)}: {quoted(ours)}"
    for doubt in inner:
        ours = "" if doubt.value is None else quoted(doubt.value)
        yield from _doubtful([f"{quoted(doubt.path[3])}: {ours}".rstrip()], doubt.why, indent="      ")


def _short(value: Mapping[str, Any]) -> Any:
    """Return a column by itself where nothing else is said of it."""
    return value["column"] if set(value) == {"column"} else value


def _lines(key: str, value: Any) -> list[str]:
    """Return a key and its value as lines of YAML."""
    if isinstance(value, Mapping):
        inner = [line for name, each in value.items() for line in _lines(name, each)]
        return [f"{quoted(key)}:", *(f"  {line}" for line in inner)]
    return [f"{quoted(key)}: {_scalar(value)}".rstrip()]


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(_in_list(each) for each in value)}]"
    return quoted(value) if isinstance(value, str) else str(value)


def _in_list(text: str) -> str:
    return _escaped(text) if text.isdecimal() else quoted(text)


def quoted(text: str) -> str:
    """Return a text as YAML reads it back, in quotes where it needs them.

    Examples
    --------
    >>> print(quoted("housing"), quoted("first[1]"), quoted("yes"))
    housing "first[1]" "yes"
    """
    is_plain = _PLAIN.match(text) and text.casefold() not in _RESERVED
    return text if is_plain or _WHOLE_NUMBER.match(text) else _escaped(text)


def _escaped(text: str) -> str:
    raw = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in raw)


def _commented(lines: Sequence[str], why: str) -> list[str]:
    first, *rest = lines
    return [f"{first}  # {_one_line(why)}" if why else first, *rest]


def _doubtful(lines: Sequence[str], why: str, *, indent: str) -> list[str]:
    first, *rest = lines
    return [f"{indent}# ? {line}" for line in (f"{first}  # {_one_line(why)}", *rest)]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _one_line(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def _rest(proposed: ProposedMapping) -> Iterator[str]:
    """Yield what a reader should know is not in the mapping."""
    if proposed.without_column:
        yield ""
        yield f"# No column was found for: {', '.join(proposed.without_column)}"
    if proposed.unread:
        yield ""
        yield "# Columns that are not read:"
        for name in proposed.unread:
            yield f"#   {_one_line(name)}"
