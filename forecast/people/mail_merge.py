"""A table of letters for a word processor's mail merge."""

import csv
from collections.abc import Iterable
from io import StringIO

from innosi.forecast.people.letters import Letter

COLUMNS = ("name", "email", "pseudonym", "subject", "text", "link")
BYTE_ORDER_MARK = "\ufeff"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def mail_merge_table(letters: Iterable[Letter]) -> str:
    """Return letters as a CSV text that Word, Excel and LibreOffice read: one row a letter, under `COLUMNS`.

    Written as UTF-8, its first character tells those programs that it is. A text that they would take for a
    formula is put behind an apostrophe.
    """
    table = StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for letter in letters:
        cells = (letter.name, letter.email, letter.pseudonym, letter.subject, letter.text, letter.link)
        writer.writerow([defused(each) for each in cells])
    return BYTE_ORDER_MARK + table.getvalue()


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: behind an apostrophe where one would."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text
