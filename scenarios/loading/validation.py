"""Strict sections of a config file, whose every fault is told at once with its line."""

import difflib
import re
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import Document, KeyPath, dotted

SectionType = TypeVar("SectionType", bound="Section")

_NAME = r"^[A-Za-z][A-Za-z0-9_-]*$"
Name = Annotated[str, StringConstraints(pattern=_NAME)]
"""What something in a file is called, and known by."""
Problem = tuple[KeyPath, str]
"""Something wrong: its key, and what it is with its mend."""


_MUST = {
    **dict.fromkeys(("model_type", "dict_type", "model_attributes_type"), "hold `key: value` lines below it"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), "be a whole number"),
}
"""What is said of faults that pydantic finds, by its name for them."""


class Section(BaseModel):
    """A part of a config file: frozen, and with no unknown keys.

    The docstring of each attribute is its description in the JSON Schema.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def validate(
    section: type[SectionType],
    document: Document,
    *,
    at: KeyPath = (),
    context: Mapping[str, Any] | None = None,
) -> SectionType:
    """Return a document's data as a checked section.

    Parameters
    ----------
    at : key path, optional
        Which part of the document to check; the whole by default.
    context : mapping, optional
        What the fields need to know to read themselves (currency, other files).

    Raises
    ------
    InputFaults
        Naming every fault with its line and key.
    """
    data = document.data
    for part in at:
        data = data[part]  # type: ignore[index]
    try:
        return section.model_validate(data, context=dict(context or {}))
    except ValidationError as error:
        told = _told_once([(_key_of(each, data), each) for each in error.errors(include_url=False)])
        faults = [_fault(path, each, section, document, at) for path, each in told]
        faults.sort(key=lambda fault: (fault.line or 0, fault.key))
        raise InputFaults(document.source, faults) from None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the known name that is nearest, else the names that are known."""
    names = [str(each) for each in known]
    match = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if match:
        return f"; did you mean '{match[0]}'?"
    more = ", …" if len(names) > 12 else ""
    return f"; known here: {', '.join(sorted(names)[:12])}{more}" if names else ""


def unknown_key(key: str, known: Iterable[str], found: Any) -> str:
    """Say that a key is unknown, and what was most likely meant; `found` is its value."""
    if found is None or not re.fullmatch(r"[\w .%-]*[A-Za-z_%][\w .%-]*", key):
        return _cut_by_a_comma(key)
    return f"unknown key{nearest(key, known)}"


def _cut_by_a_comma(key: str) -> str:
    return (
        f"'{key}' is read as a key: within {{ }} a comma ends a value;"
        " put a text with a comma in quotes, and write 3.5 with a point"
    )


def _key_of(details: ErrorDetails, data: Any) -> KeyPath:
    """The key that a fault is at: pydantic's place, without its names for the choices that a value has."""
    path: list[str | int] = []
    for part in details["loc"]:
        if isinstance(data, Mapping):
            is_there = part in data
        else:
            is_there = isinstance(part, int) and isinstance(data, list) and part < len(data)
        if is_there:
            path.append(part)
            data = data[part]
        elif details["type"] == "missing" and part == details["loc"][-1]:
            path.append(part)
    return tuple(path)


def _told_once(faults: list[tuple[KeyPath, ErrorDetails]]) -> list[tuple[KeyPath, ErrorDetails]]:
    """Leave out that a section is no number, where something within the section is at fault."""
    deeper = [path for path, _ in faults]
    return [
        (path, details)
        for path, details in faults
        if not (
            details["type"].endswith("_type")
            and any(len(each) > len(path) and each[: len(path)] == path for each in deeper)
        )
    ]


def _fault(
    path: KeyPath, details: ErrorDetails, section: type[Section], document: Document, at: KeyPath
) -> Fault:
    whole = (*at, *path)
    problem = _problem(details, section, path)
    return Fault(problem, key=dotted(whole), line=document.line_of(whole), source=document.source_of(whole))


def _problem(details: ErrorDetails, section: type[Section], path: KeyPath) -> str:
    kind, found = details["type"], details["input"]
    if kind == "extra_forbidden":
        return unknown_key(str(path[-1]), _fields_at(section, path[:-1]), found)
    if kind == "missing":
        return "is missing; add it"
    if kind == "value_error":
        error = details.get("ctx", {}).get("error")
        return error.message if isinstance(error, InnosiError) else str(error)
    if found is None and path and str(path[-1]).isdigit():
        return _cut_by_a_comma(str(path[-1]))
    if kind in _MUST:
        return f"must {_MUST[kind]}; found {_shown(found)}"
    if kind in ("enum", "literal_error"):
        expected = str(details.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
        names = [name.strip().strip("'") for name in expected.split(",")]
        return f"found {_shown(found)}; choose one of: {', '.join(names)}"
    if kind == "string_type" and isinstance(found, int | float):
        return f"must be text; write it in quotes: '{found}'"
    return f"{_in_words(kind, details)}; found {_shown(found)}"


def _in_words(kind: str, details: ErrorDetails) -> str:
    limits = details.get("ctx", {})
    if kind == "too_short":
        return f"must name {limits['min_length']} or more"
    if kind == "too_long":
        return f"must name {limits['max_length']} at most"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_pattern_mismatch" and limits["pattern"] == _NAME:
        return "is no name: write a letter, then letters without accents, digits, _ and -"
    message = details["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return f"{message[0].lower()}{message[1:]}"


def _shown(found: Any) -> str:
    text = "nothing" if found is None else repr(found)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _fields_at(section: type[Section], path: KeyPath) -> list[str]:
    """Return the keys that are known at a place, by following the annotations of the sections."""
    annotation: Any = section
    for part in path:
        annotation = _step(annotation, part)
    model = _section_in(annotation)
    return list(_annotations(model)) if model else []


def _step(annotation: Any, part: str | int) -> Any:
    model = _section_in(annotation)
    if model is not None and part in _annotations(model):
        return _annotations(model)[str(part)]
    for option in _options(annotation):
        if get_origin(option) in (dict, list, tuple, Mapping) or get_origin(option) is not None:
            return get_args(option)[-1]
    return None


def _annotations(model: type[Section]) -> dict[str, Any]:
    """The type of every key of a section, by the name that stands in the file."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _options(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _section_in(annotation: Any) -> type[Section] | None:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, Section):
            return option
    return None
