"""Writing the data of a study into a folder of tables, all of them or none."""

import csv
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from innosi.forecast.data_export import DataTable, StudyData, Value
from innosi.forecast.people.mail_merge import BYTE_ORDER_MARK, defused
from innosi.models.errors import InnosiError

Format = Literal["csv", "xlsx", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
README = "README.txt"


def write_data(data: StudyData, folder: Path, *, format_: Format = "csv") -> tuple[Path, ...]:
    """Write every table of a study's data, and what they are, into a new folder; return the files.

    Raises
    ------
    InnosiError
        If the folder holds anything already, or cannot be written; nothing is written then.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InnosiError("is not empty", mend="name a new folder", where=str(folder))
    try:
        temporary = folder.with_name(f".{folder.name}-{secrets.token_hex(6)}")
        temporary.mkdir(parents=True)
    except OSError as error:
        raise _cannot_write(folder, error) from None
    try:
        for table in data.tables:
            _WRITERS[format_](table, temporary / f"{table.name}.{format_}")
        (temporary / README).write_text(readme(data, format_), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
    except OSError as error:
        raise _cannot_write(folder, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return tuple(sorted(folder.iterdir()))


def _cannot_write(folder: Path, error: OSError) -> InnosiError:
    return InnosiError(
        f"cannot be written ({error.strerror or error})", mend="choose another place", where=str(folder)
    )


def readme(data: StudyData, format_: Format) -> str:
    """Return what the tables of an export are, where they come from, and what their columns mean."""
    width = max(map(len, data.provenance))
    lines = ["Anonymised data of a Delphi study, written by innosi.", ""]
    lines += [f"{name:<{width}}  {text}" for name, text in data.provenance.items()]
    lines += ["", *(f"- {note}." for note in data.notes)]
    for table in data.tables:
        n = len(table.rows)
        lines += ["", f"{table.name}.{format_}: {table.about} ({n:,} row{'s' if n != 1 else ''})"]
        lines += [f"  {name:<20} {meaning}".rstrip() for name, meaning in table.columns.items()]
    if format_ != "parquet":
        lines += ["", "A text that a spreadsheet would take for a formula is written so that it is none."]
    return "\n".join(lines) + "\n"


def _write_csv(table: DataTable, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows([_csv_cell(value) for value in row] for row in table.rows)


def _csv_cell(value: Value) -> Value:
    return defused(value) if isinstance(value, str) else value


def _write_xlsx(table: DataTable, path: Path) -> None:
    from openpyxl import Workbook

    from innosi.forecast.questionnaires.form_cells import put_text

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title, sheet.freeze_panes = table.name, "A2"
    for line, row in enumerate((tuple(table.columns), *table.rows), start=1):
        for place, value in enumerate(row, start=1):
            if isinstance(value, str):
                put_text(sheet.cell(line, place), value)  # type: ignore[arg-type] # never a merged cell
            else:
                sheet.cell(line, place).value = value
    book.save(path)


def _write_parquet(table: DataTable, path: Path) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        raise InnosiError(
            "Parquet needs a library that is not installed", mend="pip install pyarrow"
        ) from None
    columns = [*zip(*table.rows, strict=True)] or [()] * len(table.columns)
    arrays = {name: pa.array(values) for name, values in zip(table.columns, columns, strict=True)}
    pq.write_table(pa.table(arrays), path, compression="zstd")


_WRITERS: Mapping[Format, Callable[[DataTable, Path], None]] = MappingProxyType(
    {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}
)
