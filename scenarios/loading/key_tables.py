"""Every key of a file, as tables for people, from the JSON Schema that checks it."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def key_tables(schema: Schema) -> str:
    """Return Markdown: a heading and a table for the file itself, and for each section in it.

    Parameters
    ----------
    schema : mapping
        A JSON Schema (2020-12) whose sections stand under `$defs`.
    """
    sections = schema.get("$defs", {})
    places: dict[str, str] = {}
    for place, name in _references(schema, ""):
        _find(place, name, sections, places)
    tables = [_table(f"`{place}`", sections[name], said=True) for name, place in places.items()]
    return "\n".join([_table("The file", schema), *tables])


def _find(place: str, name: str, sections: Mapping[str, Schema], places: dict[str, str]) -> None:
    """Note where a section of `$defs` stands first, and those within it."""
    if name not in places and "properties" in sections[name]:
        places[name] = place
        for within, other in _references(sections[name], place):
            _find(within, other, sections, places)


def _references(field: Schema, place: str) -> Iterator[tuple[str, str]]:
    """The sections that a part of the file leads to: the dotted key of each, and its name under `$defs`."""
    if "$ref" in field:
        yield place, field["$ref"].rpartition("/")[2]
    for key, each in field.get("properties", {}).items():
        yield from _references(each, f"{place}.{key}".lstrip("."))
    named = [field.get("additionalProperties"), *field.get("patternProperties", {}).values()]
    within = [
        *((each, f"{place}.NAME") for each in named),
        (field.get("items"), f"{place}[]"),
        *((each, place) for each in (*field.get("anyOf", ()), field.get("then"), field.get("else"))),
    ]
    for each, there in within:
        if isinstance(each, Mapping):
            yield from _references(each, there)


def _table(title: str, section: Schema, *, said: bool = False) -> str:
    required = set(section.get("required", ()))
    rows = [
        f"| `{key}` | {_what(each)} | {_default(key, each, required)} |"
        for key, each in section["properties"].items()
    ]
    about = [str(section.get("description", "")).split("\n\n")[0].replace("\n", " "), ""] if said else []
    return "\n".join([f"### {title}", "", *about, "| key | what | if left out |", "|---|---|---|", *rows, ""])


def _what(field: Schema) -> str:
    said = " ".join(str(field.get("description", "")).split()).replace("|", "\\|")
    if chosen := _choices(field):
        said += f" One of {', '.join(f'`{each}`' for each in chosen)}."
    examples = [] if "such as" in said.lower() else [f"`{each}`" for each in _examples(field)]
    return f"{said} Such as {', '.join(examples)}." if examples else said


def _choices(field: Schema) -> list[str]:
    """The values among which one must be chosen; none where anything else may be written too."""
    branches = [each for each in field.get("anyOf", (field,)) if each.get("type") != "null"]
    if not all("enum" in each for each in branches):
        return []
    return [str(value) for each in branches for value in each["enum"]]


def _examples(field: Schema) -> list[Any]:
    for each in (field, *field.get("anyOf", ())):
        if found := each.get("examples"):
            return list(found)
    return []


def _default(key: str, field: Schema, required: set[str]) -> str:
    if key in required:
        return "must be given"
    default = field.get("default")
    return f"`{default}`" if isinstance(default, str | int | float) and str(default) else "–"
