"""`innosi explain`: the glossary, on the command line."""

import re
from collections.abc import Iterable, Iterator

import click


@click.command(short_help="Explain a term: formula and source.")
@click.argument("term", nargs=-1)
def explain(term: tuple[str, ...]) -> None:
    """Explain a TERM or method: what it is, its formula and its source. Without one, list them all.

    \b
    innosi explain deadweight
    innosi explain linear pool
    """
    entries = glossary()
    if not term:
        click.echo("\n".join(entries))
        return
    found = find(" ".join(term), entries)
    click.echo(f"{click.style(found, bold=True)}\n\n{entries[found]}")


def find(term: str, entries: Iterable[str]) -> str:
    """Return the entry that a term means: of that name, in the singular, or the only one with these words.

    Raises
    ------
    InnosiError
        If there is none, or several: which they are.
    """
    names = {_plain(name): name for name in entries}
    wanted = _plain(term)
    for form in _singulars(wanted):
        if form in names:
            return names[form]
    words = [set(_singulars(word)) for word in wanted.split()]
    alike = [
        name
        for plain, name in names.items()
        if words and all(not forms.isdisjoint(plain.split()) for forms in words)
    ]
    if len(alike) == 1:
        return alike[0]
    from innosi.models.errors import InnosiError
    from innosi.scenarios.loading.validation import nearest

    meant = f"; did you mean one of: {', '.join(alike)}?" if alike else nearest(wanted, names.values())
    raise InnosiError(f"there is no entry '{term}'{meant}", mend="`innosi explain` lists them all")


def _singulars(word: str) -> list[str]:
    """A word, and what it may be the plural of."""
    ends = (("ies", "y"), ("es", ""), ("es", "is"), ("s", ""))
    return [word, *(word.removesuffix(end) + start for end, start in ends if word.endswith(end))]


PAGES = (("delphi-statistics.md", "### "), ("glossary.md", "## "))
"""Pages of the handbook whose headings are entries, and what such a heading begins with."""


def glossary() -> dict[str, str]:
    """Return the handbook's entries: term and text, in alphabetical order; the fuller page goes first.

    Beside them stands what a report of a study should say, item by item.
    """
    from innosi.forecast.study_report.items import items_in_words

    entries: dict[str, str] = {}
    for page, mark in PAGES:
        for name, text in _entries(page, mark):
            if _plain(name) not in {_plain(known) for known in entries}:
                entries[name] = text
    entries["DELPHISTAR"] = items_in_words()
    return dict(sorted(entries.items(), key=lambda each: each[0].lower()))


def _entries(page: str, mark: str) -> Iterator[tuple[str, str]]:
    from importlib.resources import files

    text = (files("innosi.handbook") / page).read_text(encoding="utf-8")
    for part in re.split(r"^(?=##)", text, flags=re.MULTILINE):
        heading, _, body = part.partition("\n")
        if heading.startswith(mark):
            yield heading.removeprefix(mark).strip(), body.strip()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
