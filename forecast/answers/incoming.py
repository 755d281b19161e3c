"""Files that come in, of whatever kind: tables, forms that were filled in, and exports of survey tools."""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from innosi.forecast.answers.circumstances import Circumstances
from innosi.forecast.answers.importing import ImportOptions, ImportReport, Laid, import_incoming, table_of
from innosi.forecast.answers.incoming_table import IncomingTable
from innosi.forecast.answers.returned_forms import read_forms
from innosi.forecast.questionnaires.form import HIDDEN
from innosi.forecast.running import RunningStudy, running_study
from innosi.forecast.store.panel import read_people
from innosi.forecast.study import Study
from innosi.forecast.survey_tools.applying import MappedSheet, apply_mapping
from innosi.forecast.survey_tools.mapping_file import load_mapping
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.tables.reading import MAX_BYTES, ZIP_MARK
from innosi.scenarios.tables.sheet import read_sheet
from innosi.scenarios.tables.workbook import MAX_UNPACKED

_SHEET_NAME = f'name="{HIDDEN}"'.encode()
_PARTS = 100
"""The list of a workbook's sheets is a small part of it; what unpacks to more is none that we made."""


def import_files(
    study: Study,
    paths: Sequence[Path],
    options: ImportOptions | None = None,
    *,
    mapping: Path | None = None,
    at: datetime | None = None,
) -> ImportReport:
    """Read one file, or forms that came back, check all that they say, and keep the answers.

    Parameters
    ----------
    paths : sequence of Path
        One table; one form or more; or a folder with forms.
    mapping : Path, optional
        How the export of a survey tool is read.
    at : datetime, optional
        When they are kept; now by default.

    Raises
    ------
    RejectedAnswers
        If anything is rejected and `skip_rejected` is not said; then nothing is imported, of no file.
    AnswerError, TableError
        If a file cannot be read, or contradicts answers that are kept and `replace` is not said.
    InputFaults
        If the mapping is wrong, or names columns that the export does not have.
    """
    running, files, options = running_study(study), tuple(_files(paths)), options or ImportOptions()
    running.check_decided()
    if mapping is not None:
        options = replace(options, source="survey tool")
        laid = _export_of(running, _only(files), mapping, options)
    elif len(files) == 1 and files == tuple(paths) and not is_form(files[0]):
        laid = table_of(files[0], options)
    else:
        options = replace(options, source="form") if options.source == "file" else options
        laid = read_forms(running, files, options)
    return import_incoming(running, laid, options, files=files, path=paths[0], at=at)


def is_form(path: Path) -> bool:
    """Whether a file is a questionnaire of ours that was handed out as a workbook."""
    raw = read_bytes(path, limit=MAX_BYTES)
    if not raw.startswith(ZIP_MARK):
        return False
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            entry = archive.getinfo("xl/workbook.xml")
            return entry.file_size <= MAX_UNPACKED // _PARTS and _SHEET_NAME in archive.read(entry)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return False


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are named, and the workbooks of a folder in its place."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(each for each in path.iterdir() if _is_workbook(each))
        if not found:
            raise AnswerError(
                "holds no form that came back (.xlsx)", mend="name a folder or files", where=str(path)
            )
        yield from found


def _is_workbook(path: Path) -> bool:
    is_of_an_editor = path.name.startswith(("~$", "."))  # beside a workbook that is open
    return path.is_file() and path.suffix.casefold() == ".xlsx" and not is_of_an_editor


def _only(files: tuple[Path, ...]) -> Path:
    if len(files) != 1:
        raise AnswerError("a mapping reads one export at a time", mend="name one file")
    return files[0]


def _export_of(running: RunningStudy, path: Path, mapping: Path, options: ImportOptions) -> Laid:
    """Read what a survey tool exported."""
    sheet = read_sheet(path, sheet=options.sheet, sheet_by="--sheet")
    known = pseudonyms_by_address(running)
    how = load_mapping(mapping, running.study)

    def laid(circumstances: Circumstances) -> IncomingTable:
        mapped = apply_mapping(sheet, how, circumstances.study, known)
        return IncomingTable(
            mapped.sheet, lambda _: mapped.reader, rejections=mapped.rejections, notes=tuple(_notes(mapped))
        )

    return laid


def pseudonyms_by_address(running: RunningStudy) -> Callable[[str], str | None] | None:
    """Return what tells the pseudonym of whoever has an e-mail address; None where no address is known."""
    if running.store is None:
        return None
    with running.store.reading() as transaction:
        people = read_people(transaction)
    known: Mapping[str, str] = {
        each.email.strip().casefold(): pseudonym for pseudonym, each in people.items() if each.email
    }
    return (lambda address: known.get(address.strip().casefold())) if known else None


def _notes(mapped: MappedSheet) -> Iterator[str]:
    if mapped.unread:
        yield f"columns not read: {', '.join(mapped.unread)}"
    words = {"unfinished": "unfinished", "tests": "test", "late": "late"}
    for key, n in mapped.n_kept.items():
        yield f"{n} {words[key]} {'row is' if n == 1 else 'rows are'} kept, as the mapping says"
