"""A letter as paragraphs, headings and lists, from which its plain text and its HTML are made."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jinja2 import Template

_MARKS = {"heading": "## ", "list": "- ", "paragraph": ""}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph with its lines, a heading, or a list with its items."""

    kind: Literal["paragraph", "heading", "list"]
    lines: tuple[str, ...]


def one_line(text: str) -> str:
    """Return a text without breaks, and with one space between words."""
    return " ".join(text.split())


def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text, in which empty lines part them, `## ` begins a heading, `- ` an item."""
    parted = (each.strip() for each in re.split(r"\n[^\S\n]*\n", text))
    return tuple(_block([line.strip() for line in each.splitlines()]) for each in parted if each)


def _block(lines: Sequence[str]) -> Block:
    for kind in ("heading", "list"):
        mark = _MARKS[kind]
        if all(line.startswith(mark) for line in lines) and (kind == "list" or len(lines) == 1):
            return Block(kind, tuple(line.removeprefix(mark).strip() for line in lines))
    return Block("paragraph", tuple(lines))


def text_of(blocks: Sequence[Block]) -> str:
    """Return blocks as plain text; a heading stands on a line of its own, without its mark."""
    marks = _MARKS | {"heading": ""}
    return "\n\n".join("\n".join(marks[each.kind] + line for line in each.lines) for each in blocks) + "\n"


def html_of(blocks: Sequence[Block], *, subject: str, language: str, link: str = "") -> str:
    """Return blocks as an HTML page that needs no network; a link in them can be followed."""
    from markupsafe import Markup, escape

    target, anchor = escape(link), Markup('<a href="{0}">{0}</a>').format(link)

    def shown(line: str) -> Markup:
        return escape(line).replace(target, anchor) if link else escape(line)

    marked = [Block(each.kind, tuple(map(shown, each.lines))) for each in blocks]
    return _page().render(blocks=marked, subject=subject, language=language)


@cache
def _page() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("innosi.forecast.people") / "letter.html.jinja"
    return environment.from_string(source.read_text(encoding="utf-8"))
