"""Reading the list of a panel's people from a CSV or XLSX file."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from innosi.forecast.answers.values import Rejection
from innosi.forecast.languages.languages import LANGUAGES
from innosi.forecast.people.columns import people_columns
from innosi.forecast.people.email_addresses import address_problem
from innosi.forecast.people.person import Person
from innosi.forecast.study import Study
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import FormulaWithoutValue, cell_text
from innosi.scenarios.tables.sheet import Row, Sheet, read_sheet

MAX_PSEUDONYM = 40


@dataclass(frozen=True, slots=True)
class PeopleList:
    """The people on a list, and the rows of which nobody could be made.

    Attributes
    ----------
    people : tuple of Person
        In the order of the list.
    rejections : tuple of Rejection
        Everything that is wrong, several for one row where it has several faults; no person of such a row is
        among `people`.
    notes : tuple of str
        What is no fault, and still should be known.
    """

    people: tuple[Person, ...]
    rejections: tuple[Rejection, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Problem:
    column: str
    found: str
    reason: str


def read_people(
    path: Path, study: Study, *, sheet: str | None = None, mapping: Mapping[str, str] | None = None
) -> PeopleList:
    """Return the people on a list in a CSV or XLSX file, and what is wrong with its other rows.

    Parameters
    ----------
    sheet : str, optional
        Which sheet of a workbook; needed where more than one holds anything.
    mapping : mapping, optional
        Our name of a column to its heading: `{"group": "Role"}`; see `people_columns`.

    Raises
    ------
    AnswerError, TableError
        If the file cannot be read, or its columns are not clear.
    """
    table = read_sheet(path, sheet=sheet, sheet_by="--sheet")
    at = people_columns(table, mapping or {})
    names = _Names.of(study)
    seen = _Seen()
    people, rejections = [], []
    for row in table.rows:
        person, problems = _person_of(row, at, names)
        problems += [*_row_problems(row, at), *seen.problems(person, row.line)]
        who = person.pseudonym or person.name or person.email
        rejections += [
            Rejection(row.line, "", who, each.column, each.found, each.reason) for each in problems
        ]
        if not problems:
            people.append(person)
    return PeopleList(tuple(people), tuple(rejections), tuple(_notes(people, study, table, at)))


def _person_of(row: Row, at: Mapping[str, int], names: "_Names") -> tuple[Person, list[_Problem]]:
    """Return the person that a row describes, and what is wrong with single cells."""
    texts = {name: _one_line(cell_text(row.cells[place])) for name, place in at.items()}
    problems: list[_Problem] = []
    group = names.groups.read(texts.get("group", ""), "group", problems)
    language = names.languages.read(texts.get("language", ""), "language", problems)
    listed = cell_text(row.cells[at["expertise"]]) if "expertise" in at else ""
    expertise = [
        names.expertise.read(each, "expertise", problems) for each in _parted(listed, names.expertise.names)
    ]
    person = Person(
        name=_name_of(texts),
        email=texts.get("email", "").removeprefix("mailto:"),
        group=group,
        expertise=tuple(dict.fromkeys(filter(None, expertise))),
        language=language,
        pseudonym=texts.get("pseudonym", ""),
    )
    return person, [*problems, *_person_problems(person)]


def _one_line(text: str) -> str:
    """A text without breaks and without what does not print."""
    return " ".join("".join(" " if unicodedata.category(each) == "Cc" else each for each in text).split())


def _name_of(texts: Mapping[str, str]) -> str:
    full, given, infix, family = (
        texts.get(column, "") for column in ("name", "given_name", "infix", "family_name")
    )
    if not given or family or given.casefold() in full.casefold().split():
        return full or " ".join(filter(None, (given, infix, family)))
    return " ".join(filter(None, (given, infix, full)))


def _parted(text: str, known: Mapping[str, str]) -> list[str]:
    """The fields of expertise in one cell; a title may itself hold one of the characters that part them."""
    if _one_line(text).casefold() in known:
        return [text]
    return [each.strip() for each in re.split(r"[;|\n]", text) if each.strip()]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """What the cells of a column may say.

    Attributes
    ----------
    what : str
        What each of them is, for messages.
    names : mapping of text to name
        The texts without capitals.
    shown : tuple of str
        Texts that messages may suggest.
    if_none : str
        What to say where there is nothing that a cell may say.
    """

    what: str
    names: Mapping[str, str]
    shown: tuple[str, ...]
    if_none: str = ""

    @classmethod
    def of_titles(cls, what: str, key: str, *titles: Mapping[str, str]) -> "_Vocabulary":
        """Titles and names stand for names; where a title is another's name, the name goes before."""
        texts = {title: name for each in titles for name, title in each.items() if title}
        texts |= {name: name for each in titles for name in each}
        names = {text.casefold(): name for text, name in texts.items()}
        return cls(what, names, tuple(texts), f"; the study file names none under panel: {key}")

    def read(self, text: str, column: str, problems: list[_Problem]) -> str:
        """Return the name for which a text stands; '' for none, with a problem where there is a text."""
        found = self.names.get(_one_line(text).casefold(), "")
        if text and not found:
            suggestion = nearest(text, self.shown) or self.if_none
            several = "; part several by ;" if column == "expertise" and "," in text else ""
            problems.append(_Problem(column, text, f"is no {self.what}{suggestion}{several}"))
        return found


@dataclass(frozen=True, slots=True)
class _Names:
    groups: _Vocabulary
    expertise: _Vocabulary
    languages: _Vocabulary

    @classmethod
    def of(cls, study: Study) -> "_Names":
        panel, translated = study.panel, [texts.groups for texts in study.translations.values()]
        return cls(
            _Vocabulary.of_titles("group of the study", "groups", *translated, panel.groups),
            _Vocabulary.of_titles("field of expertise of the study", "expertise", panel.expertise),
            _Vocabulary("language that sheets can be written in", _language_names(), tuple(LANGUAGES)),
        )


def _language_names() -> dict[str, str]:
    """Codes, codes with a country, and names in English and in the language itself, to codes."""
    from babel import Locale

    english = Locale("en").languages
    known = {own.casefold(): code for code, own in LANGUAGES.items()}
    known |= {english[code].casefold(): code for code in LANGUAGES}
    countries = [(code, code) for code in LANGUAGES]
    countries += [
        ("en", "gb"),
        ("en", "us"),
        ("nl", "be"),
        ("de", "at"),
        ("de", "ch"),
        ("sv", "se"),
        ("el", "gr"),
    ]
    known |= {f"{code}{mark}{country}": code for code, country in countries for mark in "-_"}
    return known | {code: code for code in LANGUAGES}


def _person_problems(person: Person) -> Iterator[_Problem]:
    if not person.name and not person.email:
        yield _Problem("name", "", "has neither a name nor an e-mail address; give one of them")
    if person.email and (problem := address_problem(person.email)):
        yield _Problem("email", person.email, problem)
    pseudonym = person.pseudonym
    if len(pseudonym) > MAX_PSEUDONYM:
        yield _Problem("pseudonym", pseudonym, f"is longer than {MAX_PSEUDONYM} characters")
    if pseudonym[:1] in ("=", "+", "-", "@"):
        yield _Problem("pseudonym", pseudonym, f"begins with '{pseudonym[0]}', as formulas do")
    if pseudonym and pseudonym.casefold() in (person.name.casefold(), person.email.casefold()):
        yield _Problem("pseudonym", pseudonym, "says who it is; leave it empty, and one is drawn")


def _row_problems(row: Row, at: Mapping[str, int]) -> Iterator[_Problem]:
    if row.extra:
        found = ", ".join(map(str, row.extra))
        yield _Problem("", found, "stands beyond the last column; put a text with a comma in quotation marks")
    for name, place in at.items():
        if isinstance(row.cells[place], FormulaWithoutValue):
            yield _Problem(name, str(row.cells[place]), "is a formula without a value; write the value")


@dataclass(frozen=True, slots=True)
class _Seen:
    """On which line an address or a pseudonym stood first."""

    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def problems(self, person: Person, line: int) -> Iterator[_Problem]:
        for column, found in (("email", person.email), ("pseudonym", person.pseudonym)):
            if found:
                first = self.lines.setdefault((column, found.casefold()), line)
                if first != line:
                    yield _Problem(column, found, f"stands on line {first} and on line {line}; keep one")


def _notes(people: Iterable[Person], study: Study, table: Sheet, at: Mapping[str, int]) -> Iterator[str]:
    people = list(people)
    for code in sorted({each.language for each in people} - {"", *study.languages}):
        n = sum(each.language == code for each in people)
        yield (
            f"the study is not translated into {LANGUAGES[code]} ({code}), the language of {_n_people(n)}:"
            " they read its own texts in the study's language"
        )
    n_without = sum(not each.email for each in people)
    if n_without:
        yield f"{_n_people(n_without)} without an e-mail address: they are reached on paper only"
    n_ungrouped = sum(not each.group for each in people)
    if study.panel.groups and n_ungrouped:
        yield f"{_n_people(n_ungrouped)} in no group of the study"
    used = set(at.values())
    unread = [name for place, name in enumerate(table.columns) if name and place not in used]
    if unread:
        yield f"columns not read, and not kept: {', '.join(unread)}"


def _n_people(n: int) -> str:
    return "1 person" if n == 1 else f"{n} people"
