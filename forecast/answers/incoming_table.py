"""What came in, of whatever kind, laid out as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.layout import Layout
from innosi.forecast.answers.values import Rejection
from innosi.scenarios.tables.sheet import Sheet


@dataclass(frozen=True, slots=True)
class IncomingTable:
    """A table to be imported: of rows of answers, or made of forms or of a tool's export.

    Attributes
    ----------
    sheet : Sheet
    reader : function of Layout
        What reads its numbers.
    names : mapping
        Our name of a column to the table's.
    readers : mapping of line to CellReader
        Of rows that are written otherwise than the others.
    rejections : tuple of Rejection
        What could not even be read as rows of a table.
    locate : function of Rejection
        Says where in its file a rejected row stands.
    is_of_forms : bool
        Whether each row is one panellist's form. A form that leaves a question empty says nothing of it; a
        table is the whole round.
    notes : tuple of str
    """

    sheet: Sheet
    reader: Callable[[Layout], CellReader]
    names: Mapping[str, str] = field(default_factory=dict)
    readers: Mapping[int, CellReader] = field(default_factory=dict)
    rejections: tuple[Rejection, ...] = ()
    locate: Callable[[Rejection], Rejection] = lambda each: each
    is_of_forms: bool = False
    notes: tuple[str, ...] = ()
