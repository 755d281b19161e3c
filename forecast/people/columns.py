"""Which columns of a list of people hold what, by the many names that such columns have."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from innosi.models.errors import AnswerError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.sheet import Sheet

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("name", "full name", "naam", "volledige naam", "vollständiger name"),
        "given_name": ("given name", "first name", "firstname", "forename", "voornaam", "vorname"),
        "infix": ("infix", "tussenvoegsel", "tussenvoegsels", "namenszusatz"),
        "family_name": (
            *("family name", "last name", "lastname", "surname", "achternaam", "familienaam"),
            *("nachname", "familienname"),
        ),
        "email": (
            *("email", "e-mail", "mail", "email address", "e-mail address", "mail address"),
            *("emailadres", "e-mailadres", "mailadres", "e-mailadresse", "e-mail-adresse", "emailadresse"),
            *("mailadresse", "mail-adresse"),
        ),
        "group": (
            *("group", "stakeholder group", "stakeholder", "organisation", "organization", "groep"),
            *("belanghebbenden", "stakeholdergroep", "organisatie", "gruppe", "stakeholdergruppe"),
            *("anspruchsgruppe", "interessengruppe"),
        ),
        "expertise": (
            *("expertise", "expertises", "field of expertise", "fields of expertise", "field", "fields"),
            *("deskundigheid", "vakgebied", "vakgebieden", "fachgebiet", "fachgebiete", "fachkenntnisse"),
        ),
        "language": ("language", "languages", "taal", "voorkeurstaal", "sprache", "preferred language"),
        "pseudonym": ("pseudonym", "pseudoniem", "panellist", "panelist", "code", "deelnemerscode"),
    }
)
"""Our name of a column to the headings that are taken for it, whatever their capitals."""


def people_columns(sheet: Sheet, mapping: Mapping[str, str]) -> Mapping[str, int]:
    """Return where our columns stand in a list of people.

    Parameters
    ----------
    mapping : mapping
        Our name of a column to its heading; it goes before what a heading is usually taken for.

    Raises
    ------
    AnswerError, TableError
        If a mapped column is not there, a heading stands twice, two headings may mean the same column, or
        neither names nor e-mail addresses are there.
    """
    at = dict(_mapped(sheet, mapping))
    at |= dict(_recognised(sheet, taken=at))
    if not at.keys() & {"name", "given_name", "family_name", "email"}:
        raise AnswerError(
            "has neither a column of names nor one of e-mail addresses;"
            f" its columns are: {', '.join(filter(None, sheet.columns[:12]))}",
            mend="say which: --map name=COLUMN, or --map email=COLUMN",
            where=sheet.source,
        )
    return at


def _mapped(sheet: Sheet, mapping: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    said: dict[int, str] = {}
    for name, heading in mapping.items():
        if name not in COLUMNS:
            raise AnswerError(
                f"'{name}' is no column of a list of people{nearest(name, COLUMNS)}",
                mend="mend the mapping",
                where=sheet.source,
            )
        place = sheet.index_of(heading)
        if place is None:
            raise AnswerError(
                f"has no column '{heading}' (said to be {name}){nearest(heading, sheet.columns)}",
                mend="mend the mapping",
                where=sheet.source,
            )
        if place in said:
            raise AnswerError(
                f"its column '{heading}' is said to be both {said[place]} and {name}",
                mend="mend the mapping",
                where=sheet.source,
            )
        said[place] = name
        yield name, place


def _recognised(sheet: Sheet, taken: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for name, headings in COLUMNS.items():
        if name in taken:
            continue
        found = {place for heading in headings if (place := sheet.index_of(heading)) is not None}
        places = sorted(found - set(taken.values()))
        if len(places) > 1:
            called = " and ".join(f"'{sheet.columns[place]}'" for place in places)
            raise AnswerError(
                f"the columns {called} may both hold the {name}",
                mend=f"say which: --map {name}='{sheet.columns[places[0]]}'",
                where=sheet.source,
            )
        if places:
            yield name, places[0]
