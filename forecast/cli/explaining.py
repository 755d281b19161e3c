"""`innosi explain`: the glossary, on the command line."""

import re

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


def glossary() -> dict[str, str]:
    """Return the handbook's glossary: term and text, in alphabetical order."""
    from importlib.resources import files

    text = (files("innosi.handbook") / "glossary.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    entries = zip(parts[::2], parts[1::2], strict=True)
    return {name.strip(): body.strip() for name, body in sorted(entries, key=lambda each: each[0].lower())}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
