"""Importing a table of answers into a study's store: all of it or nothing, and nothing twice."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from innosi.forecast.answers import checking, layout
from innosi.forecast.answers.admitting import admission_to
from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.consents import consents_in
from innosi.forecast.answers.keeping import Kept, RoundImport, keep_answers
from innosi.forecast.answers.reading import MAX_BYTES, read_sheet
from innosi.forecast.answers.sheet import Sheet
from innosi.forecast.answers.values import Answers, Rejection
from innosi.forecast.running import RunningStudy, begin, running_study
from innosi.forecast.store.answers import Source
from innosi.forecast.store.panel import read_consents
from innosi.forecast.study import Study
from innosi.forecast.study_problems import known_columns
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.writing import write_text

SHOWN_REJECTIONS = 20
Locate = Callable[[Rejection], Rejection]


class RejectedAnswers(AnswerError):
    """Rows that cannot be imported, so that nothing was; shows the first 20 and knows them all."""

    def __init__(self, source: str, rejections: tuple[Rejection, ...]) -> None:
        n = len(rejections)
        shown = [f"  {rejection}" for rejection in rejections[:SHOWN_REJECTIONS]]
        if n > SHOWN_REJECTIONS:
            shown.append(f"  … and {n - SHOWN_REJECTIONS} more (--write-rejects writes them all)")
        super().__init__(
            f"{n} {'row is' if n == 1 else 'rows are'} rejected, so nothing is imported",
            mend="mend them, or import the others with --skip-rejected",
            where=source,
            excerpt="\n".join(shown),
        )
        self.rejections = rejections


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and did.

    Attributes
    ----------
    source : str
    where : str
        The store that keeps the answers.
    rounds : tuple of RoundImport
    n_empty : int
        Answers that were not given.
    rejections : tuple of Rejection
        What was left out, on request.
    rejects_file : Path, optional
        Where that was written.
    notes : tuple of str
        What a facilitator should look at.
    n_consents, n_proposals : int
        How many said anew whether they take part, and how many questions were proposed that were not before.
    """

    source: str
    where: str
    rounds: tuple[RoundImport, ...]
    n_empty: int
    rejections: tuple[Rejection, ...]
    rejects_file: Path | None
    notes: tuple[str, ...]
    n_consents: int = 0
    n_proposals: int = 0

    @property
    def has_changed_nothing(self) -> bool:
        """Whether all that the table says was kept already."""
        is_same = all(each.n_added == 0 and each.n_changed == 0 for each in self.rounds)
        return is_same and not self.n_consents and not self.n_proposals


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a table is imported.

    Attributes
    ----------
    number : int, optional
        The round of the table, or the only round of it that is read. A table that does not say is of the
        round that was opened last.
    sheet : str, optional
        Of a workbook.
    mapping : mapping
        Our name of a column to the table's; goes before the study file's.
    are_percentages : bool
        Whether plain numbers for probabilities and shares run from 0 to 100.
    skip_rejected, write_rejects, replace : bool
    is_late : bool
        Whether answers to a closed round are kept apart, and not counted.
    language : str
        In which numbers are written; '' for the rules of tables.
    source : str
        How the answers came.
    """

    number: int | None = None
    sheet: str | None = None
    mapping: Mapping[str, str] | None = None
    are_percentages: bool = False
    skip_rejected: bool = False
    write_rejects: bool = False
    replace: bool = False
    is_late: bool = False
    language: str = ""
    source: Source = "file"


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be imported, already read: of rows of answers, or made of forms or a tool's export.

    Attributes
    ----------
    sheet : Sheet
    rejections : tuple of Rejection
        What could not even be read as rows of a table.
    reader : CellReader, optional
        Of a table that is laid out in our own words: reads its numbers. Of others the study file says how the
        columns are called, and the table itself how its numbers are written.
    mapping : mapping
        Our name of a column to the table's, in a table in our own words.
    panellists : frozenset of str, optional
        Whose answers it holds, where it is not a whole round.
    files : tuple of Path
        Of which it was made; one table is one file.
    notes : tuple of str
    """

    sheet: Sheet
    rejections: tuple[Rejection, ...] = ()
    reader: CellReader | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    panellists: frozenset[str] | None = None
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    located: Locate = lambda each: each
    """Says where in its file a rejected row stands."""


def import_answers(
    study: Study, path: Path, options: ImportOptions = ImportOptions(), *, at: datetime | None = None
) -> ImportReport:
    """Read a table of answers, check every row, and keep the answers in the study's store.

    Parameters
    ----------
    at : datetime, optional
        When they are kept; now by default.

    Raises
    ------
    RejectedAnswers
        If a row is rejected and `skip_rejected` is not said; then nothing is imported.
    AnswerError
        If the table cannot be read, or contradicts answers that are kept and `replace` is not said.
    StoreError
        If the store cannot be written.
    UndecidedChanges
        If the study file was changed under a running study.
    """
    return import_table(study, path, Table(read_sheet(path, sheet=options.sheet)), options, at=at)


def import_table(
    study: Study, path: Path, table: Table, options: ImportOptions, *, at: datetime | None = None
) -> ImportReport:
    """Check a table that was read already, and keep its answers; see `import_answers`."""
    at = at or datetime.now(UTC)
    running = running_study(study)
    running.check_decided()
    source = table.sheet.source
    checked, consents, notes = _check(running, table, options)
    rejects = _write_rejects(path, checked.rejections, options)
    if checked.rejections and not options.skip_rejected:
        raise RejectedAnswers(source, checked.rejections)
    if not (checked.answers or checked.proposals or consents):
        raise AnswerError("holds no answer to this study", mend="check file and round", where=source)
    store = running.store or begin(study, at=at)
    kept = Kept(
        answers=Answers.of(checked.answers),
        consents=consents,
        proposals=checked.proposals,
        source=options.source,
        is_late=options.is_late,
        is_replaced=options.replace,
        panellists=table.panellists,
        file_name=path.name,
        sha256=_hash_of(table.files or (path,)),
        n_rejected=len(checked.rejections),
    )
    changes = keep_answers(store, study, kept, at=at, where=source)
    return ImportReport(
        source,
        store.where,
        changes.rounds,
        checked.n_empty,
        checked.rejections,
        rejects,
        (*table.notes, *notes),
        changes.n_consents,
        changes.n_proposals,
    )


def _hash_of(files: tuple[Path, ...]) -> str:
    content = hashlib.sha256()
    for file in files:
        content.update(read_bytes(file, limit=MAX_BYTES))
    return content.hexdigest()


def _check(
    running: RunningStudy, table: Table, options: ImportOptions
) -> tuple[checking.Checked, Mapping[str, bool], tuple[str, ...]]:
    """Return answers, consents and notes, every row held against the study and against where it stands."""
    study = running.study
    number = (running.progress.round if study.mode == "real_time" else 0) or options.number
    if number:
        study.check_round(number)
    mapping = table.mapping if table.reader else _mapping(study, options)
    found = layout.find_layout(table.sheet, study, mapping)
    if not found.has_round:
        _check_open(running, number or running.progress.round, options, table.sheet.source)
    reader = table.reader or CellReader.of_table(
        found.value_cells(),
        table.sheet.delimiter,
        are_percentages=options.are_percentages or study.columns.are_percentages,
        language=options.language,
    )
    consents = consents_in(found, study)
    checked = checking.check_rows(
        found,
        study,
        reader,
        number=number or None,
        default=running.progress.round or None,
        admit=admission_to(
            study, running.progress, consents=known_consents(running, consents.said), is_late=options.is_late
        ),
    )
    notes = (
        *layout.notes_on(found, not_asked=running.progress.settled),
        *checking.notes_on(checked.answers),
    )
    if checked.n_other_rounds:
        notes += (f"{checked.n_other_rounds} answers of other rounds not read",)
    located = map(table.located, (*consents.rejections, *checked.rejections))
    rejections = sorted((*table.rejections, *located), key=lambda each: (each.file, each.line))
    return replace(checked, rejections=tuple(_told_once(rejections))), consents.said, notes


def _told_once(rejections: Iterable[Rejection]) -> Iterator[Rejection]:
    """Tell of a row whose panellist is the fault once, and not again with each of its answers."""
    told: set[tuple[str, int, str]] = set()
    for each in rejections:
        if each.found != each.panellist or not each.found:
            yield each
        elif (each.file, each.line, each.reason) not in told:
            told.add((each.file, each.line, each.reason))
            yield replace(each, question="")


def _check_open(running: RunningStudy, number: int, options: ImportOptions, source: str) -> None:
    """Refuse a whole table for a round that takes no answers by one word, not row by row."""
    reason = running.progress.why_not_admitted(number, is_late=options.is_late)
    if reason:
        raise AnswerError(reason, mend=running.progress.mend_of(number), where=source)


def known_consents(running: RunningStudy, said: Mapping[str, bool]) -> Mapping[str, bool]:
    """Return who takes part, or does not, as kept and as said now; asked for where a study needs it."""
    if running.store is None or not running.study.privacy.consent:
        return said
    with running.store.reading() as transaction:
        return {**read_consents(transaction), **said}


def _mapping(study: Study, options: ImportOptions) -> dict[str, str]:
    mapping = {**study.columns.names, **(options.mapping or {})}
    known = known_columns(study.questions)
    for name in mapping:
        if name not in known:
            raise AnswerError(f"'{name}' is no column of ours{nearest(name, known)}", mend="mend --map")
    mapping.pop("outcome", None)
    return mapping


def _write_rejects(path: Path, rejections: tuple[Rejection, ...], options: ImportOptions) -> Path | None:
    if not rejections or not (options.skip_rejected or options.write_rejects):
        return None
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    has_files = any(each.file for each in rejections)
    heading = ("line", "round", "panellist", "question", "found", "reason")
    writer.writerow((*heading, "file") if has_files else heading)
    for each in rejections:
        cells = (each.round, each.panellist, each.question, each.found, each.reason)
        told = (*cells, each.file) if has_files else cells
        writer.writerow((each.line or "", *map(_harmless, told)))
    path = path.resolve() if path.is_dir() else path  # a folder may be called .
    target = path.with_name(f"{path.name}.rejects.csv")
    write_text(target, sheet.getvalue())
    return target


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a rejected text as a formula."""
    is_number = text[:1] in ("+", "-") and text[1:2].isdigit()
    return f"'{text}" if text[:1] in ("=", "@", "+", "-") and not is_number else text
