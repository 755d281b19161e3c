"""The messages that panellists read, from templates and code into the catalogues of their translations.

`python -m innosi.forecast.languages.extracting` brings every catalogue up to date.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

from innosi.forecast.languages.language import SOURCE
from innosi.forecast.languages.languages import LANGUAGES
from innosi.forecast.languages.numbers import english_name
from innosi.models.errors import InnosiError
from innosi.scenarios.writing import write_text

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog
    from babel.messages.catalog import Message as CatalogueMessage

FORECAST = Path(__file__).parent.parent
CATALOGUES = Path(__file__).parent / "catalogues"
PLURAL_FORMS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(LANGUAGES, "nplurals=2; plural=(n != 1);")
    | {
        "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    }
)
"""Which form goes with which count; the first is the singular in all of them."""
_KEYWORDS = MappingProxyType(
    {"_": None, "gettext": None, "N_": None, "text": None, "ngettext": (1, 2), "plural": (1, 2)}
)
_METHODS = ("text", "plural")
_OTHERS_TEXT = ("sqlalchemy", "sa")
_DROPPED = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To'
    r"|Project-Id-Version|Generated-By): .*\n",
    re.MULTILINE,
)

_Found = tuple[int, str, list[str | None], list[str]]
"""Line, name of the function, the texts it is given (None for what is no literal), and comments."""


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """What is translated: a text, and where it depends on a count the text for many."""

    one: str
    many: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        """How Babel names it."""
        return (self.one, self.many) if self.many else self.one


def messages_in(folder: Path = FORECAST) -> dict[Message, tuple[str, ...]]:
    """Return every message in the templates and the code below a folder, with the files that hold it.

    Raises
    ------
    InnosiError
        If a text is put together before it is translated, or has two different plurals.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for file, text in _extracted(folder):
        one, many = (text, "") if isinstance(text, str) else text
        found.setdefault(one, {}).setdefault(many, set()).add(file)
    return dict(_message_and_places(one, plurals) for one, plurals in sorted(found.items()))


def _message_and_places(one: str, plurals: Mapping[str, set[str]]) -> tuple[Message, tuple[str, ...]]:
    """Return the message of a singular; where it stands alone too, it shares the one with a plural."""
    places = tuple(sorted(set().union(*plurals.values())))
    many = sorted(filter(None, plurals))
    if len(many) > 1:
        raise InnosiError(f"“{one}” has two plurals", mend="write the same one", where=", ".join(places))
    return Message(one, many[0] if many else ""), places


def _extracted(folder: Path) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    from babel.messages.extract import extract_from_dir

    methods = [
        ("**.py", "innosi.forecast.languages.extracting:texts_in_python"),
        ("**.jinja", "jinja2.ext:babel_extract"),
    ]
    options = {"**.jinja": {"silent": "false"}}
    for file, _, text, _, _ in extract_from_dir(str(folder), methods, options, keywords=_KEYWORDS):
        yield Path(file).as_posix(), text


def texts_in_python(
    file: IO[bytes],
    keywords: Collection[str],
    comment_tags: Collection[str],  # noqa: ARG001 - Babel gives it
    options: Mapping[str, Any],  # noqa: ARG001 - and names this one
) -> Iterator[_Found]:
    """Yield the texts in a module that a language is asked for, in the way of Babel's extraction methods.

    `text` and `plural` count as methods only, so that SQLAlchemy's `text("SELECT …")` is none of them.
    """
    for node in ast.walk(ast.parse(file.read())):
        name = _called(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in keywords:
            _refuse_put_together(node, file)
            yield node.lineno, name, [*map(_literal, node.args)], []


def _called(function: ast.expr) -> str:
    """Return the name of a function that may be given messages, or ''."""
    if isinstance(function, ast.Name):
        return "" if function.id in _METHODS else function.id
    if not isinstance(function, ast.Attribute) or function.attr not in _METHODS:
        return ""
    is_other = isinstance(function.value, ast.Name) and function.value.id in _OTHERS_TEXT
    return "" if is_other else function.attr


def _literal(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def _refuse_put_together(call: ast.Call, file: IO[bytes]) -> None:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.JoinedStr | ast.BinOp):
        raise InnosiError(
            "a text is put together before it is translated",
            mend="write a whole sentence with placeholders such as %(name)s, and give their values",
            where=f"{Path(str(getattr(file, 'name', 'code'))).name}, line {call.lineno}",
        )


def catalogue(code: str, folder: Path = CATALOGUES) -> "Catalog":
    """Return a language's catalogue as it lies in a folder; an empty one where there is none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = folder / f"{code}.po"
    if not path.exists():
        return Catalog(code)
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def updated(old: "Catalog", code: str, messages: Mapping[Message, Iterable[str]]) -> "Catalog":
    """Return a catalogue of these messages and no others, with the translations that are known already."""
    from babel.messages.catalog import Catalog

    heading = f"# What panellists read, in {english_name(code)}."
    new = Catalog(code, header_comment=heading, charset="utf-8", fuzzy=False)
    new.mime_headers = [("Plural-Forms", PLURAL_FORMS[code])]
    for message, places in messages.items():
        known = old.get(message.one)
        kept = known if known is not None and known.id == message.key else None
        new.add(
            message.key,
            string=kept.string if kept else None,
            locations=[(place, 0) for place in places],
            flags=kept.flags if kept else (),
            user_comments=kept.user_comments if kept else (),
        )
    return new


def as_po(catalogue: "Catalog") -> str:
    """Return a catalogue as the text of a `.po` file, sorted, and with nothing that changes by itself."""
    from babel.messages.pofile import write_po

    written = BytesIO()
    write_po(written, catalogue, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return _DROPPED.sub("", written.getvalue().decode())


def update_catalogues(source: Path = FORECAST, catalogues: Path = CATALOGUES) -> dict[str, int]:
    """Bring every catalogue up to date with the messages below a folder, keeping what is translated.

    Returns
    -------
    dict of code to int
        How many messages of each language are not translated yet.
    """
    messages = messages_in(source)
    untranslated = {}
    for code in LANGUAGES:
        if code != SOURCE:
            new = updated(catalogue(code, catalogues), code, messages)
            write_text(catalogues / f"{code}.po", as_po(new))
            untranslated[code] = sum(not is_translated(message) for message in new if message.id)
    return untranslated


def is_translated(message: "CatalogueMessage") -> bool:
    """Whether a message has its translation, in every plural form."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy


def main() -> None:
    """Bring every catalogue up to date, and say how many messages wait for a translation."""
    import click

    for code, n in update_catalogues().items():
        click.echo(f"{code}: {n} to translate" if n else f"{code}: complete")


if __name__ == "__main__":
    main()
