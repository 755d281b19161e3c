"""Importing a table of answers into a study: all of it or nothing, and nothing twice."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from innosi.forecast.answers import checking, layout
from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.kept import kept_file, load_answers, write_answers
from innosi.forecast.answers.reading import read_sheet
from innosi.forecast.answers.sheet import Sheet
from innosi.forecast.answers.values import Answer, Answers, Place, Rejection
from innosi.forecast.study import Study
from innosi.forecast.study_problems import known_columns
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.writing import write_text

SHOWN_REJECTIONS = 20


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
class RoundImport:
    """What an import did to one round.

    Attributes
    ----------
    n_added, n_same, n_changed : int
        Answers that are new, that were kept already, and that take the place of others.
    n_absent : int
        Kept answers that are not in the table: they stay, unless the round is replaced.
    """

    number: int
    n_added: int
    n_same: int
    n_changed: int
    n_absent: int
    path: Path


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and did.

    Attributes
    ----------
    rounds : tuple of RoundImport
    n_empty : int
        Answers that were not given.
    rejections : tuple of Rejection
        What was left out, on request.
    rejects_file : Path, optional
        Where that was written.
    notes : tuple of str
        What a facilitator should look at.
    """

    source: str
    rounds: tuple[RoundImport, ...]
    n_empty: int
    rejections: tuple[Rejection, ...]
    rejects_file: Path | None
    notes: tuple[str, ...]

    @property
    def has_changed_nothing(self) -> bool:
        """Whether all that the table says was kept already."""
        return all(each.n_added == 0 and each.n_changed == 0 for each in self.rounds)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a table is imported.

    Attributes
    ----------
    number : int, optional
        The round of the table, or the only round of it that is read.
    sheet : str, optional
        Of a workbook.
    mapping : mapping
        Our name of a column to the table's; goes before the study file's.
    are_percentages : bool
        Whether plain numbers for probabilities and shares run from 0 to 100.
    skip_rejected, write_rejects, replace : bool
    """

    number: int | None = None
    sheet: str | None = None
    mapping: Mapping[str, str] | None = None
    are_percentages: bool = False
    skip_rejected: bool = False
    write_rejects: bool = False
    replace: bool = False


def import_answers(study: Study, path: Path, options: ImportOptions = ImportOptions()) -> ImportReport:
    """Read a table of answers, check every row, and keep the answers beside the study.

    Raises
    ------
    RejectedAnswers
        If a row is rejected and `skip_rejected` is not said; then nothing is imported.
    AnswerError
        If the table cannot be read, or contradicts answers that are kept and `replace` is not said.
    """
    table, checked, notes = _checked(study, path, options)
    rejects = _write_rejects(path, checked.rejections, options)
    if checked.rejections and not options.skip_rejected:
        raise RejectedAnswers(table.source, checked.rejections)
    if not checked.answers:
        raise AnswerError("holds no answer to this study", mend="check file and round", where=table.source)
    rounds = _keep(study, Answers.of(checked.answers), options, table.source)
    if checked.n_other_rounds:
        notes += (f"{checked.n_other_rounds} answers of other rounds not read",)
    return ImportReport(table.source, rounds, checked.n_empty, checked.rejections, rejects, notes)


def _checked(
    study: Study, path: Path, options: ImportOptions
) -> tuple[Sheet, checking.Checked, tuple[str, ...]]:
    if options.number is not None:
        study.check_round(options.number)
    mapping = {**study.columns.names, **(options.mapping or {})}
    known = known_columns(study.questions)
    for name in mapping:
        if name not in known:
            raise AnswerError(f"'{name}' is no column of ours{nearest(name, known)}", mend="mend --map")
    mapping.pop("outcome", None)
    table = read_sheet(path, sheet=options.sheet)
    found = layout.find_layout(table, study, mapping)
    are_percentages = options.are_percentages or study.columns.are_percentages
    reader = CellReader.of_table(found.value_cells(), table.delimiter, are_percentages=are_percentages)
    checked = checking.check_rows(found, study, reader, number=options.number)
    return table, checked, (*layout.notes_on(found), *checking.notes_on(checked.answers))


def _keep(study: Study, new: Answers, options: ImportOptions, source: str) -> tuple[RoundImport, ...]:
    """Write the rounds that change, after all of them were found sound."""
    kept = load_answers(study)
    compared = [_compare(study, kept, new, number) for number in new.rounds]
    changed = [each for each in compared if each.n_changed]
    if changed and not options.replace:
        raise AnswerError(
            _contradiction(changed, kept, new),
            mend="import it with --replace if it is right (what is replaced is kept in a file of its own)",
            where=source,
        )
    for each in compared:
        _write(study, kept, new, each, replace=options.replace)
    return tuple(compared)


def _compare(study: Study, kept: Answers, new: Answers, number: int) -> RoundImport:
    mine = {answer.place: answer for answer in kept.in_round(number)}
    theirs = {answer.place: answer for answer in new.in_round(number)}
    n_same = sum(mine.get(place) == answer for place, answer in theirs.items())
    n_known = sum(place in mine for place in theirs)
    return RoundImport(
        number,
        n_added=len(theirs) - n_known,
        n_same=n_same,
        n_changed=n_known - n_same,
        n_absent=len(mine) - n_known,
        path=kept_file(study, number),
    )


def _write(study: Study, kept: Answers, new: Answers, compared: RoundImport, *, replace: bool) -> None:
    number = compared.number
    if not (compared.n_added or compared.n_changed or (replace and compared.n_absent)):
        return
    mine: dict[Place, Answer] = {} if replace else {answer.place: answer for answer in kept.in_round(number)}
    together = mine | {answer.place: answer for answer in new.in_round(number)}
    write_answers(study, number, together.values(), keep_old=replace)


def _contradiction(changed: list[RoundImport], kept: Answers, new: Answers) -> str:
    number = changed[0].number
    for answer in new.in_round(number):
        before = kept.by_place.get(answer.place)
        if before is not None and before != answer:
            n = sum(each.n_changed for each in changed)
            what = "another reason" if before.values == answer.values else _shown(answer)
            return (
                f"gives {n} {'answer' if n == 1 else 'answers'} otherwise than kept for round {number}:"
                f" {answer.panellist}, {answer.question} was {_shown(before)} and is now {what}"
            )
    return "contradicts the answers that are kept"


def _shown(answer: Answer) -> str:
    return " / ".join(f"{value:g}" for value in answer.values)


def _write_rejects(path: Path, rejections: tuple[Rejection, ...], options: ImportOptions) -> Path | None:
    if not rejections or not (options.skip_rejected or options.write_rejects):
        return None
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(("line", "round", "panellist", "question", "found", "reason"))
    for each in rejections:
        cells = (each.round, each.panellist, each.question, each.found, each.reason)
        writer.writerow((each.line, *map(_harmless, cells)))
    target = path.with_name(f"{path.name}.rejects.csv")
    write_text(target, sheet.getvalue())
    return target


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a rejected text as a formula."""
    is_number = text[:1] in ("+", "-") and text[1:2].isdigit()
    return f"'{text}" if text[:1] in ("=", "@", "+", "-") and not is_number else text
