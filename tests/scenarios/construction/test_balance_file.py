"""A file of a cross-impact balance: judgements in YAML or a matrix, and every fault at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from innosi.models.errors import InputFaults
from innosi.scenarios.construction.balance.balance_file import balance_from
from innosi.scenarios.loading.document import parse_document

HEAD = """\
method: cross_impact_balance
title: A garden
descriptors:
  funding: {states: {cut: It is cut, kept: ~}}
  land: {title: The land, states: {lost: , leased: , bought: }}
"""
JUDGEMENTS = """\
judgements:
  funding:
    land:
      cut: [3, 0, -3]
      kept: {lost: -1, leased: 1, bought: 0}
  land:
    funding: {lost: [1, -1], leased: [0, 0], bought: [-2, 2]}
"""
MATRIX = [
    ["", "funding=cut", "funding=kept", "land=lost", "land=leased", "land=bought"],
    ["funding=cut", None, None, 3, 0, -3],
    ["funding=kept", None, None, -1, 1, 0],
    ["land=lost", 1, -1, None, None, None],
    ["land=leased", 0, 0, 0, None, None],
    ["land=bought", -2, 2, None, None, None],
]
EXPECTED = [[0, 0, 3, 0, -3], [0, 0, -1, 1, 0], [1, -1, 0, 0, 0], [0, 0, 0, 0, 0], [-2, 2, 0, 0, 0]]


def read(text, folder="."):
    return balance_from(parse_document(text, source="balance.yaml", folder=folder))


def faults(text, folder="."):
    with pytest.raises(InputFaults) as raised:
        read(text, folder)
    return [(each.source, each.line, each.key, each.problem) for each in raised.value.faults]


def matrix_text(rows, delimiter=","):
    return "\n".join(delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows) + "\n"


def changed(row, column, value):
    rows = [list(each) for each in MATRIX]
    rows[row][column] = value
    return rows


def test_judgements_are_read_by_state_or_in_the_order_of_the_states():
    found = read(HEAD + JUDGEMENTS)
    assert found.impacts.judgements.tolist() == EXPECTED
    assert found.summary == (
        "a sound cross-impact balance, 2 descriptors, 6 combinations, 2 of 2 sections with an influence"
    )
    assert found.title_of("land") == "The land"
    assert found.title_of("funding", "cut") == "It is cut"
    assert found.title_of("funding", "kept") == "kept"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_matrix_is_read_as_spreadsheets_write_it(delimiter, mark, end, tmp_path):
    text = mark + matrix_text(MATRIX, delimiter).replace("\n", end)
    (tmp_path / "matrix.csv").write_bytes(text.encode())
    assert read(f"{HEAD}matrix: matrix.csv\n", tmp_path).impacts.judgements.tolist() == EXPECTED


def test_a_matrix_is_read_from_a_workbook(tmp_path):
    book = Workbook()
    for row in MATRIX:
        book.active.append(row)
    book.save(tmp_path / "matrix.xlsx")
    assert read(f"{HEAD}matrix: matrix.xlsx\n", tmp_path).impacts.judgements.tolist() == EXPECTED


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(1, 6)), st.permutations(range(1, 6)))
def test_rows_and_columns_of_a_matrix_may_stand_in_any_order(tmp_path_factory, rows, columns):
    folder = tmp_path_factory.mktemp("matrix")
    table = [[MATRIX[i][j] for j in (0, *columns)] for i in (0, *rows)]
    (folder / "matrix.csv").write_text(matrix_text(table), encoding="utf-8")
    assert read(f"{HEAD}matrix: matrix.csv\n", folder).impacts.judgements.tolist() == EXPECTED


@pytest.mark.parametrize("cell", ["−3", "-3.0", " -3 ", '"-3,0"', "-3e0"])
def test_a_number_is_read_as_people_write_it(cell, tmp_path):
    (tmp_path / "matrix.csv").write_text(matrix_text(changed(1, 5, cell)), encoding="utf-8")
    assert read(f"{HEAD}matrix: matrix.csv\n", tmp_path).impacts.judgements[0, 4] == -3


def test_sections_that_are_left_out_have_no_influence_where_the_file_says_so():
    text = HEAD + JUDGEMENTS[: JUDGEMENTS.index("  land:\n    funding")]
    assert faults(text) == [
        (
            "",
            6,
            "judgements.land.funding",
            "how land acts on funding is left out; add it, or write `sections_left_out: no_influence` if what"
            " is left out has none",
        )
    ]
    found = read(f"{text}sections_left_out: no_influence\n")
    assert found.impacts.judgements[2:].any() == np.False_
    assert found.n_sections == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "problem"),
    [
        (
            "cut: [3, 0, -3]",
            "cut: [3, 0]",
            9,
            "judgements.funding.land.cut",
            "has 2 numbers; give one for each",
        ),
        ("cut: [3, 0, -3]", "cut: [3, 0, ]", 9, "judgements.funding.land.cut", "has 2 numbers"),
        ("cut: [3, 0, -3]", "cut: [3, 0, ~]", 9, "judgements.funding.land.cut.2", "is missing; write 0"),
        (
            "cut: [3, 0, -3]",
            "cut: 3",
            9,
            "judgements.funding.land.cut",
            "must hold `key: value` lines for: lost",
        ),
        (", bought: 0}", "}", 10, "judgements.funding.land.kept.bought", "is missing; write 0"),
        (", bought: 0}", ", bougt: 0}", 10, "judgements.funding.land.kept.bougt", "did you mean 'bought'?"),
        (
            "lost: -1",
            "lost: lots",
            10,
            "judgements.funding.land.kept.lost",
            "found 'lots', which is no number",
        ),
        (
            "lost: -1",
            "lost: .nan",
            10,
            "judgements.funding.land.kept.lost",
            "found '.nan', which is no number",
        ),
        ("lost: -1", "lost: yes", 10, "judgements.funding.land.kept.lost", "found 'yes', which is no number"),
        ("lost: -1", "lost: true", 10, "judgements.funding.land.kept.lost", "found True, which is no number"),
        ("lost: -1", "lost: -1e999", 10, "judgements.funding.land.kept.lost", "-inf is beyond the scale"),
        (
            "lost: -1",
            f"lost: 1{'0' * 400}",
            10,
            "judgements.funding.land.kept.lost",
            "inf is beyond the scale",
        ),
        ("lost: -1", "lost: 3.5", 10, "judgements.funding.land.kept.lost", "3.5 is beyond the scale; give a"),
        ("lost: [1, -1]", "lose: [1, -1]", 12, "judgements.land.funding.lose", "is no state of land"),
        ("    funding: {lost", "    fundin: {lost", 12, "judgements.land.fundin", "did you mean 'funding'?"),
        (
            "  land:\n    fun",
            "  lend:\n    fun",
            11,
            "judgements.lend",
            "is no descriptor; did you mean 'land'?",
        ),
        (
            "    funding: {lost",
            "    land: {lost: [0, 0, 1], leased: [0, 0, 0], bought: [0, 0, 0]}\n    funding: {lost",
            12,
            "judgements.land.land.lost.2",
            "a descriptor does not act on itself",
        ),
    ],
)
def test_a_fault_of_a_judgement_is_told_at_its_line(old, new, line, key, problem):
    found = faults(HEAD + JUDGEMENTS.replace(old, new))
    told = [(at, where, what) for _, at, where, what in found if where == key]
    assert told, found
    assert told[0][0] == line
    assert problem in told[0][2]


def test_all_faults_are_told_at_once():
    text = JUDGEMENTS.replace("cut: [3, 0, -3]", "cut: [30, x, ~]").replace("[-2, 2]", "[1, 1, 1]")
    assert [line for _, line, _, _ in faults(HEAD + text)] == [9, 9, 9, 12]


@pytest.mark.parametrize(
    ("rows", "line", "key", "problem"),
    [
        (changed(1, 5, None), 2, "funding=cut, land=bought", "is missing; write 0"),
        (changed(1, 5, "x"), 2, "funding=cut, land=bought", "found 'x', which is no number"),
        (changed(1, 5, 9), 2, "funding=cut, land=bought", "9 is beyond the scale"),
        (changed(3, 4, 1), 4, "land=lost, land=leased", "a descriptor does not act on itself"),
        (changed(3, 0, "land=lose"), 4, "land=lose", "did you mean 'land=lost'?"),
        (changed(3, 0, "land=leased"), 5, "land=leased", "the row 'land=leased' stands twice"),
        (changed(0, 3, "land"), 1, "land", "the column 'land' is no descriptor=state"),
        (changed(0, 3, None), 1, "land=lost", "the column 'land=lost' is missing; add it"),
        (MATRIX[:-1], 5, "land=bought", "the row 'land=bought' is missing; add it"),
        (changed(3, 0, None), 4, "", "the row '' is no descriptor=state"),
    ],
)
def test_a_fault_of_a_matrix_is_told_at_its_line(rows, line, key, problem, tmp_path):
    (tmp_path / "matrix.csv").write_text(matrix_text(rows), encoding="utf-8")
    found = faults(f"{HEAD}matrix: matrix.csv\n", tmp_path)
    assert any(
        (source, at, where) == ("matrix.csv", line, key) and problem in what
        for source, at, where, what in found
    ), found


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a\xff", "not UTF-8 on line 1"),
        (b"a,\0", "is no text file"),
        (b'a,"b\n', "a quotation mark is not closed on line 1"),
        (b"PK\x03\x04broken", "cannot be read as an Excel workbook"),
        (None, "no such file"),
    ],
)
def test_a_matrix_that_cannot_be_read_is_told_where_it_is_named(raw, problem, tmp_path):
    if raw is not None:
        (tmp_path / "matrix.csv").write_bytes(raw)
    ((source, line, key, what),) = faults(f"{HEAD}matrix: matrix.csv\n", tmp_path)
    assert (source, line, key) == ("", 6, "matrix")
    assert problem in what


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD, "is missing; write `judgements:`, or `matrix: FILE.csv`"),
        (f"{HEAD}matrix: m.csv\n{JUDGEMENTS}", "stands beside `judgements`; keep one"),
        (f"{HEAD}judgements: 3\n", "must hold `key: value` lines"),
        (f"{HEAD}judgements: [1]\n", "must hold `key: value` lines"),
        (f"{HEAD}{JUDGEMENTS}scale: {{lowest: 3}}\n", "lowest must be below highest"),
        (f"{HEAD}{JUDGEMENTS}scale: {{lowest: -1e999}}\n", "finite"),
        (f"{HEAD}{JUDGEMENTS}tolerance: -1\n", "greater than or equal to 0"),
        (f"{HEAD}{JUDGEMENTS}tolerence: 1\n", "did you mean 'tolerance'?"),
        (f"{HEAD.replace('states: {cut: It is cut, kept: ~}', 'states: {cut: }')}{JUDGEMENTS}", "2 or more"),
        (
            f"{HEAD}{JUDGEMENTS}scenarios: {{s: {{states: {{funding: cut}}}}}}\n",
            "lacks a state of land; name one of",
        ),
        (
            f"{HEAD}{JUDGEMENTS}scenarios: {{s: {{states: {{funding: cut, lan: lost}}}}}}\n",
            "did you mean 'land'?",
        ),
        (
            f"{HEAD}{JUDGEMENTS}scenarios: {{s: {{states: {{funding: cut, land: lose}}}}}}\n",
            "'lose' is no state",
        ),
        (
            f"{HEAD}{JUDGEMENTS}scenarios:\n  s: {{states: {{funding: cut, land: lost}}}}\n"
            "  t: {states: {funding: cut, land: lost}}\n",
            "are those of 's' too; keep one",
        ),
        (f"{HEAD}{JUDGEMENTS}scenarios: {{s: {{states: {{}}, weight: -1}}}}\n", "a weight is 0 or more"),
        (f"{HEAD}{JUDGEMENTS}scale: {{highest: 1e7}}\n", "less than or equal to 1000000"),
        (
            f"{HEAD}{JUDGEMENTS}scenarios: {{scenario_12: {{states: {{funding: cut, land: lost}}}}}}\n",
            "what other states are called by their numbers; take another name",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told(text, problem):
    assert any(problem in what for *_, what in faults(text)), faults(text)


def test_a_wider_scale_takes_wider_judgements():
    text = HEAD + JUDGEMENTS.replace("[3, 0, -3]", "[9, 0, -9]") + "scale: {lowest: -10, highest: 10}\n"
    found = read(text)
    assert found.scale == (-10, 10)
    assert found.impacts.judgements[0].tolist() == [0, 0, 9, 0, -9]


def test_a_named_scenario_that_is_not_consistent_is_counted():
    named = "scenarios:\n  green: {states: {funding: kept, land: bought}}\n"
    assert read(HEAD + JUDGEMENTS + named).summary.endswith("1 named scenario (1 of them not consistent)")
    within = read(HEAD + JUDGEMENTS + named + "tolerance: 1\n")
    assert within.summary.endswith("1 named scenario")
