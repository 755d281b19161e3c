"""A file of a futures table: what it means, and every fault at its line."""

import pytest

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.futures_table.conflicts import Conflict
from innosi.scenarios.construction.futures_table.next_step import scenarios_of
from innosi.scenarios.construction.futures_table.reading_off import (
    diverse_ones,
    listed,
    named,
    read_off,
    written,
)
from innosi.scenarios.construction.futures_table.table_file import conflict_faults, futures_table_from
from innosi.scenarios.loading.document import parse_document

GARDEN = """\
method: futures_table
title: A garden
descriptors:
  funding: {states: {cut: Cut to a third, kept: Kept as it is}}
  land: {states: {leased: null, secured: Secured for decades, sold: null}}
  volunteers: {states: {few: Few, many: Many}}
exclusions:
  - states: {funding: cut, land: [secured, sold]}
    type: empirical
    because: A municipality that has to cut keeps land.
  - states: {funding: cut, volunteers: few, land: leased}
    type: logical
    because: Nobody pays the lease.
scenarios:
  as_now: {title: As it is, states: {funding: kept, land: leased, volunteers: few}}
"""
MATRIX = """\
,funding=cut,funding=kept,land=leased,land=secured,land=sold
land=leased,,,,,
land=secured,E: keeps it,,,,
land=sold,E,,,,
volunteers=few,,,,,L
volunteers=many,,n,,,
"""


@pytest.fixture
def read(tmp_path):
    def read(text=GARDEN, *changes, **files):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        return futures_table_from(parse_document(text, source="garden.yaml", folder=tmp_path))

    return read


@pytest.fixture
def with_matrix(read):
    """The garden with a matrix in the place of its list."""
    head, _, rest = GARDEN.partition("exclusions:\n")
    text = f"{head}matrix: m.csv\nscenarios:{rest.partition('scenarios:')[2]}"
    return lambda matrix, *changes: read(text, *changes, m=matrix)


def words(table):
    return [(each.words, each.kind, each.because) for each in table.exclusions]


def test_a_file_is_a_field_with_reasons(read):
    table = read()
    assert (
        table.summary
        == "a sound futures table, 3 descriptors, 12 combinations, of which 7 survive 2 exclusions"
    )
    assert words(table) == [
        ("funding=cut × land=secured or sold", "empirical", "A municipality that has to cut keeps land."),
        ("funding=cut × volunteers=few × land=leased", "logical", "Nobody pays the lease."),
    ]
    assert [each.line for each in table.exclusions] == [8, 11]
    assert table.title_of("land", "leased") == "leased"


def test_a_state_that_nothing_has_left_is_told_with_why(read):
    table = read(
        GARDEN, ("because: Nobody", "because: Nobody"), ("volunteers: few, land: leased}", "land: leased}")
    )
    assert table.summary.endswith("; 1 state is in none of them")
    reading = read_off(table)
    assert reading.closed["funding", "cut"].exclusions == (0, 1)
    assert reading.forced == {"funding": "kept"}


def test_what_is_fixed_forces_and_closes(read):
    reading = read_off(read(), {"funding": ("cut",)})
    assert reading.survivors.n == 1
    assert reading.forced == {"land": "leased", "volunteers": "many"}
    assert reading.closed["land", "sold"].fixed == ("funding",)
    assert reading.closed["volunteers", "few"].exclusions == (0, 1)
    either = read_off(read(), {"land": ("secured", "sold")})
    assert (either.survivors.n, either.forced) == (4, {"funding": "kept"})


def test_what_is_fixed_and_leaves_nothing_is_told_with_the_exclusions(read):
    with pytest.raises(InputFaults) as raised:
        read_off(read(), {"funding": ("cut",), "land": ("sold",), "volunteers": ("many",)})
    (fault,) = raised.value.faults
    assert (fault.line, fault.key) == (8, "exclusions.0")
    assert "together with funding=cut (fixed), land=sold (fixed) (no smaller set does)" in fault.problem


def test_combinations_have_names_titles_and_settings(read):
    reading = read_off(read())
    found = {each.name: each for each in scenarios_of(reading.table, listed(reading).combinations)}
    assert list(found) == ["future_1", "as_now", *(f"future_{number}" for number in range(3, 8))]
    assert found["as_now"].title == "As it is"
    assert found["future_1"].settings == ("funding-cut", "land-leased", "volunteers-many")
    assert found["future_1"].description == "funding: Cut to a third; land: leased; volunteers: Many"


def test_what_is_written_is_what_was_chosen_else_what_is_named(read):
    reading = read_off(read())
    assert written(reading, None).names == ("as_now",)
    chosen = diverse_ones(reading, 2)
    assert written(reading, chosen) is chosen
    assert chosen.diversity.nearest == 3
    unnamed = read_off(read(GARDEN.partition("scenarios:")[0]))
    assert len(written(unnamed, None).names) == 7
    with pytest.raises(InnosiError, match="no named combination is left"):
        named(read_off(read(), {"funding": ("cut",)}))


def test_too_many_to_look_at_are_not_written(read):
    states = "".join(f"  d{i}: {{states: {{a: A, b: B, c: C}}}}\n" for i in range(5))
    reading = read_off(read(f"method: futures_table\ntitle: Many\ndescriptors:\n{states}"))
    with pytest.raises(InnosiError, match="243 combinations survive, which are too many scenarios; choose"):
        written(reading, None)


def test_weights_say_what_counts_for_diversity(read):
    table = read(GARDEN, ("scenarios:", "weights: {land: 5}\nscenarios:"))
    assert table.weights.tolist() == [1, 5, 1]
    assert diverse_ones(read_off(table), 3).diversity.nearest == 6


def test_a_matrix_says_the_same_as_a_list(with_matrix):
    table = with_matrix(MATRIX)
    assert words(table) == [
        ("funding=cut × land=secured", "empirical", "keeps it"),
        ("funding=cut × land=sold", "empirical", ""),
        ("land=sold × volunteers=few", "logical", ""),
        ("funding=kept × volunteers=many", "normative", ""),
    ]
    assert [(each.source, each.line) for each in table.exclusions[::2]] == [("m.csv", 3), ("m.csv", 5)]


def test_a_conflict_that_was_not_made_smaller_in_time_is_one_fault(read):
    table = read()
    hasty = Conflict((1, 0), (), is_smallest=False, is_minimal=False)
    (fault,) = conflict_faults(table.exclusions, hasty)
    assert (fault.line, fault.key) == (11, "exclusions")
    assert "2 of the 2 do so together, and which of these are not needed was not found out" in fault.problem


def test_semicolons_a_mark_of_bytes_and_line_ends_of_windows_make_no_difference(with_matrix):
    odd = "\ufeff" + MATRIX.replace(",", ";").replace("\n", "\r\n")
    assert words(with_matrix(odd)) == words(with_matrix(MATRIX))


GRADES = """\
,funding=cut,funding=kept,land=leased,land=secured,land=sold
land=leased,3,5
land=secured,1,4
land=sold,"2,5",3
volunteers=few,3,3,3,2,4
volunteers=many,3,3,3,3,1
"""


@pytest.mark.parametrize(("cut_off", "n"), [("1", 8), ("2", 7), ("2.5", 6)])
def test_grades_exclude_up_to_a_cut_off(with_matrix, cut_off, n):
    table = with_matrix(GRADES, ("matrix: m.csv", f"matrix: m.csv\ncut_off: {cut_off}"))
    assert table.survivors.n == n
    assert ("funding=cut × land=secured", "empirical", "graded 1 of 5") in words(table)


@pytest.mark.parametrize(
    ("before", "after", "line", "key", "problem"),
    [
        (
            "{funding: cut, land: [",
            "{fundin: cut, land: [",
            8,
            "exclusions.0.states.fundin",
            "did you mean 'funding'",
        ),
        ("[secured, sold]", "[secured, sole]", 8, "exclusions.0.states.land", "did you mean 'sold'"),
        ("[secured, sold]", "[sold, sold]", 8, "exclusions.0.states.land", "names a state twice"),
        ("[secured, sold]", "[]", 8, "exclusions.0.states.land", "or none"),
        ("[secured, sold]", "[leased, secured, sold]", 8, "exclusions.0.states.land", "every state of land"),
        ("[secured, sold]", "{secured: 1}", 8, "exclusions.0.states.land", "a list of states"),
        ("[secured, sold]", "7", 8, "exclusions.0.states.land", "a list of states"),
        (
            "{funding: cut, land: [secured, sold]}",
            "{funding: cut}",
            8,
            "exclusions.0.states",
            "between two or more",
        ),
        ("empirical", "practical", 9, "exclusions.0.type", "choose one of: logical, empirical, normative"),
        ("    because: Nobody pays the lease.\n", "", 11, "exclusions.1.because", "is missing"),
        ("Nobody pays the lease.", "''", 13, "exclusions.1.because", "must not be empty"),
        (
            "funding: cut, volunteers: few, land: leased",
            "land: [sold, secured], funding: cut",
            11,
            "exclusions.1",
            "is excluded by line 8 already",
        ),
        (
            "funding: kept, land: leased",
            "funding: cut, land: leased",
            15,
            "scenarios.as_now.states",
            "is excluded by line 11 (logical: Nobody pays the lease.)",
        ),
        (
            "funding: kept, land: leased",
            "land: leased",
            15,
            "scenarios.as_now.states",
            "lacks a state of funding",
        ),
        (
            "funding: kept, land: leased",
            "funding: gone, land: leased",
            15,
            "scenarios.as_now.states.funding",
            "'gone' is no state",
        ),
        (
            "funding: kept, land: leased",
            "wind: 'on', funding: kept, land: leased",
            15,
            "scenarios.as_now.states.wind",
            "is no descriptor",
        ),
        ("scenarios:", "weights: {lands: 2}\nscenarios:", 14, "weights.lands", "did you mean 'land'"),
        ("scenarios:", "weights: {land: 0}\nscenarios:", 14, "weights.land", "greater than 0"),
        ("scenarios:", "weights: {land: .nan}\nscenarios:", 14, "weights.land", "valid number"),
        ("scenarios:", "cut_off: 2\nscenarios:", 14, "cut_off", "is for a matrix of grades"),
        ("scenarios:", "matrix: none.csv\nscenarios:", 14, "matrix", "no such file"),
        (
            "volunteers: {states: {few: Few, many: Many}}",
            "volunteers: {states: {few: Few}}",
            6,
            "descriptors.volunteers.states",
            "must name 2 or more",
        ),
        ("exclusions:", "exclusion:", 7, "exclusion", "did you mean 'exclusions'"),
    ],
)
def test_every_fault_is_told_at_its_line(read, before, after, line, key, problem):
    with pytest.raises(InputFaults) as raised:
        read(GARDEN, (before, after))
    fault = raised.value.faults[0]
    assert (fault.line, fault.key) == (line, key)
    assert problem in fault.problem


def test_exclusions_that_leave_nothing_are_told_each_at_its_line(read):
    text = (
        GARDEN.partition("scenarios:")[0]
        + """\
  - {states: {funding: kept, volunteers: few}, type: normative, because: No.}
  - {states: {funding: kept, volunteers: many}, type: normative, because: No.}
  - {states: {land: secured, volunteers: many}, type: normative, because: No.}
  - {states: {funding: cut, land: leased}, type: normative, because: No.}
"""
    )
    with pytest.raises(InputFaults) as raised:
        read(text)
    assert [(each.line, each.key) for each in raised.value.faults] == [
        (8, "exclusions.0"),
        (14, "exclusions.2"),
        (15, "exclusions.3"),
        (17, "exclusions.5"),
    ]
    assert "together with line 14, line 15, line 17 (no smaller set does)" in raised.value.faults[0].problem


@pytest.mark.parametrize(
    ("before", "after", "line", "key", "problem"),
    [
        (
            "land=sold,E",
            "land=sold,X",
            4,
            "land=sold, funding=cut",
            "found 'X'; leave it empty, or write L, E or N",
        ),
        (
            "land=sold,E",
            "land=sold,3",
            4,
            "land=sold, funding=cut",
            "found the grade 3; say up to which grade",
        ),
        ("land=sold,E", "land=solt,E", 4, "land=solt", "is no descriptor=state; did you mean 'land=sold'"),
        ("land=sold,E", "land=leased,E", 4, "land=leased", "stands twice"),
        ("land=leased,,,,,", "land=leased,,,,L,", 2, "land=leased, land=secured", "is within one descriptor"),
        ("volunteers=many,,n,,,\n", "", 5, "volunteers=many", "has no cell with funding=cut, funding=kept"),
        (",funding=cut", ",", 6, "funding=cut", "has no cell with land=leased"),
    ],
)
def test_faults_of_a_matrix_are_told_at_its_lines(with_matrix, before, after, line, key, problem):
    with pytest.raises(InputFaults) as raised:
        with_matrix(MATRIX.replace(before, after, 1))
    told = [(fault.source, fault.line, fault.key) for fault in raised.value.faults]
    assert ("m.csv", line, key) in told
    assert problem in raised.value.faults[told.index(("m.csv", line, key))].problem


def test_both_halves_of_a_matrix_must_agree(with_matrix):
    halves = MATRIX.replace(",land=sold\n", ",land=sold,volunteers=few\n") + "funding=cut,,,,,L,\n"
    with pytest.raises(InputFaults, match="found 'L', and 'E' in the other half on line 4"):
        with_matrix(halves)


@pytest.mark.parametrize(
    ("grade", "problem"), [("6", "grade from 1"), ("", "has no grade with"), ("nan", "grade from 1")]
)
def test_a_grade_is_from_1_to_5_and_none_is_left_out(with_matrix, grade, problem):
    with pytest.raises(InputFaults, match=problem):
        with_matrix(
            GRADES.replace("secured,1", f"secured,{grade}"), ("matrix: m.csv", "matrix: m.csv\ncut_off: 2")
        )


@pytest.mark.parametrize(("content", "problem"), [("", "is empty"), ("\0\0", "is no text file")])
def test_a_matrix_that_is_no_table_is_told_at_its_name(with_matrix, content, problem):
    with pytest.raises(InputFaults, match=problem) as raised:
        with_matrix(content)
    assert raised.value.faults[0].line == 7
