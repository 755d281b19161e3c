"""A mapping file: which column of an export holds what, and what its values stand for."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from innosi.forecast.study import Study
from innosi.forecast.survey_tools.mapping_problems import mapping_problems
from innosi.forecast.survey_tools.tools import ToolName
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.loading.document import Document, dotted, read_document
from innosi.scenarios.loading.validation import Section, validate

Treatment = Literal["reject", "keep"]


def _as_column(found: Any) -> Any:
    """A text stands for the column of that name."""
    return {"column": str(found)} if isinstance(found, str | int | float) else found


def _as_answers(found: Any) -> Any:
    if found is None:
        return {}
    return {key: _as_column(each) for key, each in found.items()} if isinstance(found, dict) else found


def _as_values(found: Any) -> Any:
    """Numbers are values as they are written; nothing but comments is no values."""
    if found is None:
        return {}
    return {key: _as_text(each) for key, each in found.items()} if isinstance(found, dict) else found


def _as_texts(found: Any) -> Any:
    return [_as_text(each) for each in found] if isinstance(found, list) else found


def _as_text(found: Any) -> Any:
    if isinstance(found, bool):
        return "yes" if found else "no"
    return str(found) if isinstance(found, int | float) else found


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_texts)]


class AnswerSection(Section):
    """Where the answers to a question, or to a part of it, stand."""

    column: str = ""
    """The heading of the column."""
    ranks: Texts = ()
    """Of a ranking: the columns that hold the option on rank 1, on rank 2, and so on."""
    separator: str = ""
    """What stands between the options where a cell holds several."""
    values: Annotated[dict[str, str], BeforeValidator(_as_values)] = Field(default_factory=dict)
    """What the export writes, and the level, the option's name, or `yes` or `no` that it stands for."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that it reads."""
        return self.ranks or tuple(filter(None, (self.column,)))


class RoundColumnSection(Section):
    """Which column says the round."""

    column: str
    """The heading of the column."""
    values: dict[str, int] = Field(default_factory=dict)
    """What the export writes, and the number of the round."""


class MarkedRowsSection(Section):
    """Rows that a column marks."""

    column: str
    """The heading of the column."""
    values: Texts
    """What it says of such rows; an empty text for an empty cell."""
    rows: Treatment = "reject"
    """`reject` them, each with its reason, or `keep` them."""


class LateRowsSection(Section):
    """Rows that came after a day."""

    column: str
    """The heading of the column with the day on which a row came in."""
    after: date
    """The last day that is in time, such as 2027-03-31."""
    rows: Treatment = "reject"
    """`reject` them, each with its reason, or `keep` them."""


class ColumnMapping(Section):
    """How the exports of a survey tool are read into a study."""

    tool: ToolName = "other"
    """Of which tool they are; nothing but a note."""
    header_rows: int = Field(default=1, ge=1, le=10)
    """How many rows at the top are headings; the first names the columns."""
    decimal: Literal["point", "comma"] = "point"
    """How numbers are written: 3.5 or 3,5."""
    percentages: bool = False
    """True where plain numbers for probabilities and shares run from 0 to 100."""
    no_answer: Texts = ()
    """Texts that mean that there is no answer, beside those that are always known."""
    panellist: str = ""
    """The column of pseudonyms."""
    match_people: Literal["", "email"] = ""
    """`email` where that column holds e-mail addresses: the pseudonyms are looked up."""
    round: Annotated[RoundColumnSection | None, BeforeValidator(_as_column)] = None
    """Which column says the round; without one, the import is told."""
    unfinished: MarkedRowsSection | None = None
    """Rows of people who did not reach the end."""
    tests: MarkedRowsSection | None = None
    """Rows of people who tried the survey out."""
    late: LateRowsSection | None = None
    """Rows that came too late."""
    answers: Annotated[dict[str, AnswerSection], BeforeValidator(_as_answers)] = Field(default_factory=dict)
    """Our columns (`housing`, `garden.probability`, `housing.reason`) and where they stand."""
    proposal: str = ""
    """The column of questions and ideas that panellists add."""

    @property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """Which columns are read as answers, by our names."""
        return {key: section.columns for key, section in self.answers.items()}

    @property
    def other_columns(self) -> Iterator[tuple[str, str]]:
        """Yield the key and the column of everything else that is read."""
        for key in ("panellist", "proposal"):
            if getattr(self, key):
                yield key, getattr(self, key)
        for key in ("round", "unfinished", "tests", "late"):
            section = getattr(self, key)
            if section is not None:
                yield f"{key}.column", section.column


def load_mapping(path: Path, study: Study) -> ColumnMapping:
    """Return a mapping file, checked against the study that it is for.

    Raises
    ------
    InnosiError
        If it cannot be read.
    InputFaults
        If anything in it is wrong: every fault with its line and key.
    """
    return mapping_from(read_document(path), study)


def mapping_from(document: Document, study: Study) -> ColumnMapping:
    """Return the mapping that a document describes; see `load_mapping`."""
    mapping = validate(ColumnMapping, document)
    faults = [
        Fault(problem, key=dotted(key), line=document.line_of(key))
        for key, problem in mapping_problems(mapping, study)
    ]
    if faults:
        raise InputFaults(document.source, sorted(faults, key=lambda each: (each.line or 0, each.key)))
    return mapping
