"""`innosi explain`: the glossary, on the command line."""

import re
from collections.abc import Iterator

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
    wanted = _plain(" ".join(term))
    found = next((name for name in entries if _plain(name) == wanted), None)
    if found is None:
        from innosi.models.errors import InnosiError
        from innosi.scenarios.loading.validation import nearest

        raise InnosiError(
            f"there is no entry '{' '.join(term)}'{nearest(wanted, entries)}",
            mend="`innosi explain` lists them all",
        )
    click.echo(f"{click.style(found, bold=True)}\n\n{entries[found]}")


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
