"""Importing answers into a study's store: all of them or nothing, and nothing twice."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from innosi.forecast.answers import checking, layout
from innosi.forecast.answers.admitting import admission_to
from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.circumstances import Circumstances, circumstances_of, circumstances_within
from innosi.forecast.answers.consents import consents_in
from innosi.forecast.answers.differences import RoundImport, Said
from innosi.forecast.answers.incoming_table import IncomingTable
from innosi.forecast.answers.keeping import Kept, keep
from innosi.forecast.answers.values import Answer, Answers, Rejection
from innosi.forecast.running import RunningStudy, begin, running_study, running_within
from innosi.forecast.store.answers import Source
from innosi.forecast.study import Study
from innosi.forecast.study_problems import known_columns
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.reading import MAX_BYTES
from innosi.scenarios.tables.sheet import read_sheet
from innosi.scenarios.writing import FOR_ITS_OWNER, write_text

SHOWN_REJECTIONS = 20


class RejectedAnswers(AnswerError):
    """Rows that cannot be imported, so that nothing was; shows the first 20 and knows them all."""

    def __init__(self, source: str, rejections: tuple[Rejection, ...], *, has_others: bool = True) -> None:
        n = len(rejections)
        mend = "mend them, or import the others with --skip-rejected" if has_others else "mend them"
        shown = [f"  {rejection}" for rejection in rejections[:SHOWN_REJECTIONS]]
        if n > SHOWN_REJECTIONS:
            shown.append(f"  … and {n - SHOWN_REJECTIONS} more (--write-rejects writes them all)")
        super().__init__(
            f"{n} {'row is' if n == 1 else 'rows are'} rejected, so nothing is imported",
            mend=mend,
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
        is_same = not any(each.n_added or each.n_changed or each.n_taken_back for each in self.rounds)
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
class _Checked:
    """What came in, every row of it held against the study and against where it stands."""

    source: str
    said: Said
    n_empty: int
    notes: tuple[str, ...]


Laid = Callable[[Circumstances], IncomingTable]
"""Lays out what was read from files as a table, for a study that stands where it does."""


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
    AnswerError, TableError
        If the table cannot be read, or contradicts answers that are kept and `replace` is not said.
    StoreError
        If the store cannot be written.
    UndecidedChanges
        If the study file was changed under a running study.
    """
    running = running_study(study)
    return import_incoming(running, table_of(path, options), options, files=(path,), path=path, at=at)


def table_of(path: Path, options: ImportOptions) -> Laid:
    """Read a table; return how it is laid out: as the study file and the options say."""
    sheet = read_sheet(path, sheet=options.sheet, sheet_by="--sheet")

    def laid(circumstances: Circumstances) -> IncomingTable:
        study = circumstances.study
        are_percentages = options.are_percentages or study.columns.are_percentages
        return IncomingTable(
            sheet,
            lambda found: CellReader.of_table(
                found.value_cells(),
                sheet.delimiter,
                are_percentages=are_percentages,
                language=options.language,
            ),
            names=_names(study, options),
        )

    return laid


def _names(study: Study, options: ImportOptions) -> dict[str, str]:
    names = {**study.columns.names, **(options.mapping or {})}
    known = known_columns(study.questions)
    for name in names:
        if name not in known:
            raise AnswerError(f"'{name}' is no column of ours{nearest(name, known)}", mend="mend --map")
    names.pop("outcome", None)
    return names


def import_incoming(
    running: RunningStudy,
    laid: Laid,
    options: ImportOptions,
    *,
    files: Sequence[Path],
    path: Path,
    at: datetime | None = None,
) -> ImportReport:
    """Check what was read from files, and keep its answers; see `import_answers`.

    Every row is checked before the store is written. Where somebody else wrote it meanwhile, so that rows are
    to be held against something else, they are checked again within the transaction that keeps them.

    Parameters
    ----------
    path : Path
        By which the files are known: itself, or their folder.
    """
    running.check_decided()
    at = at or datetime.now(UTC)
    seen = circumstances_of(running)
    checked = _check(laid(seen), seen, options, path)
    store = running.store or begin(running.found, at=at)
    with store.writing() as transaction:
        now = running_within(transaction, running.found, store)
        now.check_decided()
        met = circumstances_within(transaction, now)
        if met != seen:
            checked = _check(laid(met), met, options, path)
        kept = Kept(
            checked.said, options.source, path.name, _hash_of(files), options.is_late, options.replace
        )
        difference, back = keep(transaction, now, kept, at=at, where=checked.source)
        rejects = _write_rejects(path, checked.said.rejections) if options.skip_rejected else None
    return ImportReport(
        checked.source,
        store.where,
        difference.rounds(back),
        checked.n_empty,
        checked.said.rejections,
        rejects,
        checked.notes,
        len(difference.consents),
        len(difference.proposals),
    )


def _hash_of(files: Sequence[Path]) -> str:
    content = hashlib.sha256()
    for file in files:
        content.update(read_bytes(file, limit=MAX_BYTES))
    return content.hexdigest()


def _check(incoming: IncomingTable, met: Circumstances, options: ImportOptions, path: Path) -> _Checked:
    """Hold every row against the study, and refuse what cannot be imported.

    Raises
    ------
    RejectedAnswers, AnswerError
    """
    source = incoming.sheet.source
    checked = _rows_checked(incoming, met, options)
    said, has_any = checked.said, bool(checked.said)
    if said.rejections and not (options.skip_rejected and has_any):
        if options.write_rejects:
            _write_rejects(path, said.rejections)
        raise RejectedAnswers(source, said.rejections, has_others=has_any)
    if not has_any:
        if incoming.is_of_forms:
            raise AnswerError(
                "nothing is filled in", mend="ask for it again, filled in and saved", where=source
            )
        raise AnswerError("holds no answer to this study", mend="check file and round", where=source)
    return checked


def _rows_checked(incoming: IncomingTable, met: Circumstances, options: ImportOptions) -> _Checked:
    study, progress = met.study, met.progress
    number = (progress.round if study.mode == "real_time" else 0) or options.number
    if number:
        study.check_round(number)
    sheet, beyond = checking.whole_rows(incoming.sheet)
    found = layout.find_layout(sheet, study, incoming.names)
    if not found.has_round:
        _check_open(met, number or progress.round, options, sheet.source)
    consents = consents_in(found, study)
    agreed = {**met.consents, **consents.said}
    checked = checking.check_rows(
        found,
        study,
        incoming.reader(found),
        readers=incoming.readers,
        number=number or None,
        default=progress.round or None,
        admit=admission_to(study, progress, consents=agreed, is_late=options.is_late),
    )
    located = map(incoming.locate, dict.fromkeys((*beyond, *consents.rejections, *checked.rejections)))
    rejections = sorted((*incoming.rejections, *located), key=lambda each: (each.file, each.line))
    said = Said(
        Answers.of(checked.answers),
        consents.said,
        checked.proposals,
        tuple(rejections),
        incoming.is_of_forms,
    )
    notes = (
        *incoming.notes,
        *layout.notes_on(found, not_asked=progress.settled),
        *checking.notes_on(checked.answers),
    )
    if checked.n_other_rounds:
        notes += (f"{checked.n_other_rounds} answers of other rounds not read",)
    if incoming.is_of_forms and checked.answers:
        notes += (_whose(checked.answers),)
    return _Checked(sheet.source, said, checked.n_empty, notes)


def _whose(answers: Sequence[Answer]) -> str:
    counts = Counter(each.panellist for each in answers)
    return f"answers of {', '.join(f'{who} ({n})' for who, n in sorted(counts.items()))}"


def _check_open(met: Circumstances, number: int, options: ImportOptions, source: str) -> None:
    """Refuse a whole table for a round that takes no answers by one word, not row by row."""
    reason = met.progress.why_not_admitted(number, is_late=options.is_late)
    if reason:
        raise AnswerError(reason, mend=met.progress.mend_of(number), where=source)


def _write_rejects(path: Path, rejections: tuple[Rejection, ...]) -> Path | None:
    """Write what was left out, for its owner alone: it names panellists with what they said."""
    if not rejections:
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
    write_text(target, sheet.getvalue(), mode=FOR_ITS_OWNER)
    return target


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a rejected text as a formula."""
    is_number = text[:1] in ("+", "-") and text[1:2].isdigit()
    return f"'{text}" if text[:1] in ("=", "@", "+", "-") and not is_number else text
