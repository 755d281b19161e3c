"""Tables: whatever is made of a file, it is read by the same rules and refused in the same words."""

import io
import zipfile
from contextlib import suppress
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.models.errors import InnosiError, InputFaults, TableError
from innosi.scenarios.tables.columns import read_table
from innosi.scenarios.tables.delimited import read_delimited
from innosi.scenarios.tables.lines import table_lines
from innosi.scenarios.tables.reading import read_rows
from innosi.scenarios.tables.rows import cell_text
from innosi.scenarios.tables.sheet import read_sheet


def as_sheet(path):
    sheet = read_sheet(path)
    return [list(sheet.columns), *([cell_text(cell) for cell in row.cells] for row in sheet.rows)]


def as_lines(path):
    return [[cell or "" for cell in line.cells] for line in table_lines(path, path.name)]


def as_columns(path):
    table = read_table(path, named=path.name)
    return [list(table.columns), *([row.cells[name] for name in table.columns] for row in table.rows)]


KINDS = pytest.mark.parametrize("read", [as_sheet, as_lines, as_columns])


@pytest.fixture(name="write")
def writer(tmp_path):
    def write(content, name="table.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / name

    return write


def workbook(*sheets):
    book, raw = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(raw)
    return raw.getvalue()


@KINDS
@pytest.mark.parametrize(
    "content",
    [
        'a,b\n1,"x, y"\n2,z\n',
        "a;b\r\n1;x, y\r\n2;z\r\n",
        "a\tb\n1\tx, y\n2\tz\n",
        "\ufeffa;b\n1;x, y\n2;z\n",
        "sep=|\na|b\n1|x, y\n2|z\n",
        "\n ; \na;b\n;\n 1;x, y \n2;z\n",
        workbook(("empty", []), ("filled", [("a", "b"), (None, " "), ("1", "x, y"), ("2", "z")])),
    ],
)
def test_the_same_table_is_read_however_it_is_written(read, content, write):
    assert read(write(content)) == [["a", "b"], ["1", "x, y"], ["2", "z"]]


@KINDS
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; give a table with a heading"),
        (b"\n \n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b" , \n,\n", "is empty"),
        (workbook(("One", [(None, " ")])), "is empty"),
        (b"a\n1\n", r"has one column \('a'\); separate the columns by commas, semicolons or tabs"),
        ("a,b\n1,é\n".encode("latin-1"), "holds a character that is not UTF-8.*; in Excel save it"),
        ("a,b\n".encode("utf-16"), "is UTF-16 text .*; in Excel save it as “CSV UTF-8"),
        (b"a,b\0\n1,2\n", "is no text file"),
        (b'a;b\n1;"2\n3;4\n', r"a quotation mark is not closed.*\(the columns are separated by semicolons"),
        (b'a,b\n"1"2,3\n', r"cannot be read \(',' expected after '\"'\)"),
        (b"a," + b"b" * 200_000 + b"\n1,2\n", "field larger than field limit"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "locked with a password, or of Excel before 2007"),
        (b"PK\x03\x04" + b"x" * 100, "cannot be read as an Excel workbook"),
        (
            workbook(("One", [("a", "b"), (1, 2)]), ("Two", [("c", "d")])),
            "2 sheets with something on them: One, Two; keep the one that is meant",
        ),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_mend(read, content, message, write):
    with pytest.raises(InnosiError, match=message):
        read(write(content))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'a,b\n\n1,"2\n3,4\n', 3),
        (b'sep=,\na,b\n1,2\n3,"4\n', 4),
        (b'a,b\n"1\n1",2\n3,"4\n', 4),
        (b"a,b\n1,\xff\n", 2),
        (workbook(("One", [("a", "b"), (1, 2), (3, "=1+1")])), 3),
    ],
)
def test_the_line_where_reading_stops_is_told(content, line, write):
    path = write(content)
    with pytest.raises(TableError, match=f"on line {line}; ") as raised:
        table_lines(path, "m.csv")
    assert raised.value.line == line
    with pytest.raises(InputFaults) as told:
        read_table(path, named="m.csv")
    (fault,) = told.value.faults
    assert (fault.source, fault.line) == ("m.csv", line)
    assert "on line" not in fault.problem


def test_a_formula_without_a_value_is_left_to_the_reader_of_a_sheet(write):
    """It knows the cell's question, and refuses that row alone."""
    sheet = read_sheet(write(workbook(("One", [("a", "b"), (1, "=1+1")])), "table.xlsx"))
    assert str(sheet.rows[0].cells[1]) == "=1+1"


@KINDS
@pytest.mark.parametrize("ending", [".xlsx", ".xlsm", ".xls", ".ods", ".XLSX"])
def test_a_file_named_like_a_workbook_must_be_one(read, ending, write):
    with pytest.raises(TableError, match=rf"named like a workbook \({ending}\), but is none"):
        read(write("a,b\n1,2\n", f"table{ending}"))


@pytest.mark.parametrize("read", [as_sheet, as_columns])
def test_a_heading_alone_is_refused(read, write):
    with pytest.raises(TableError, match="has a heading and no rows below it"):
        read(write("a,b\n"))


@KINDS
def test_a_file_that_is_too_large_is_refused_before_it_is_read(read, tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(InnosiError, match=r"huge\.csv: is 50 MB; at most [125]0 MB is read"):
        read(path)


def test_a_file_that_is_not_there_is_called_as_its_reader_calls_it(tmp_path):
    with pytest.raises(InnosiError, match=r"^the table: no such file"):
        read_rows(tmp_path / "nowhere.csv", source="the table")


def test_a_sheet_is_said_by_its_name(write):
    path = write(workbook(("Notes", [("see", "below")]), ("Answers", [("a", "b"), (1, 2)])), "t.xlsx")
    assert read_rows(path, sheet="Answers").source == f"{path}, sheet 'Answers'"
    with pytest.raises(TableError, match="no sheet 'Answer'; did you mean 'Answers'"):
        read_rows(path, sheet="Answer")
    with pytest.raises(TableError, match="Notes, Answers; say which one with --sheet"):
        read_rows(path, sheet_by="--sheet")


def test_a_sheet_of_a_text_file_is_refused(write):
    with pytest.raises(TableError, match="has no sheets; leave --sheet out"):
        read_rows(write("a,b\n1,2\n"), sheet="One", sheet_by="--sheet")


def test_a_zip_that_is_no_workbook_is_refused(write):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(TableError, match="cannot be read as an Excel workbook"):
        read_rows(write(buffer.getvalue(), "table.xlsx"))


def test_a_workbook_that_unpacks_to_too_much_is_refused(write, monkeypatch):
    monkeypatch.setattr("innosi.scenarios.tables.workbook.MAX_UNPACKED", 10)
    with pytest.raises(TableError, match="unpacks to"):
        read_rows(write(workbook(("One", [("a", "b"), (1, 2)])), "table.xlsx"))


@pytest.mark.parametrize(
    ("content", "n_cells"), [(workbook(("One", [("a", "b", "c"), (1,)])), 3), (b"a,b,c\n1\n", 1)]
)
def test_what_a_workbook_leaves_out_at_the_end_of_a_row_is_empty(write, content, n_cells):
    line = table_lines(write(content), "t")[1]
    assert len(line.cells) == n_cells
    assert line.cell(2) is None


def test_cells_of_a_workbook_become_texts_where_columns_are_known(write):
    day = datetime(2027, 3, 1, 10)  # noqa: DTZ001 - as openpyxl gives it
    rows = [("Number", "Share", "Day", "Is  so", "Gap"), (7.0, 0.5, day, True, None)]
    table = read_table(write(workbook(("One", rows)), "table.xlsx"), named="table.xlsx")
    assert table.columns == ("number", "share", "day", "is_so", "gap")
    assert [*table.rows[0].cells.values()] == ["7", "0.5", "2027-03-01", "yes", ""]


@given(st.text(), st.sampled_from([",", ";", "\t", "|"]))
def test_any_text_is_read_or_refused(text, delimiter):
    with suppress(TableError):
        found = read_delimited(f"sep={delimiter}\n{text}".encode(), "t.csv")
        assert all(line > 1 for line, _ in found.rows)
