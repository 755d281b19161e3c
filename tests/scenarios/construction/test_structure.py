"""MICMAC and ISM: against published figures, brute force, and matrices that cannot be ranked."""

from itertools import product
from math import gcd

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from innosi.models.errors import InnosiError, InputFaults, ModelError
from innosi.scenarios.construction.structure.influence_graph import components, longest_chain, shortest_cycle
from innosi.scenarios.construction.structure.interpretive import Quadrant, hierarchy
from innosi.scenarios.construction.structure.key_variables import key_variables, write_futures_table
from innosi.scenarios.construction.structure.micmac import (
    Behaviour,
    Sector,
    at_power,
    direct,
    indirect,
    power_shares,
    ranks,
)
from innosi.scenarios.construction.structure.panel import aggregate, as_written, disagreements
from innosi.scenarios.construction.structure.structure_drawing import PICTURES, draw_structure
from innosi.scenarios.construction.structure.structure_file import structural_analysis_from
from innosi.scenarios.loading.document import parse_document

DIAZ = [
    *((0, 5), (1, 0), (1, 2), (1, 9), (2, 3), (2, 9), (3, 0), (3, 1)),
    *((3, 5), (4, 3), (6, 3), (6, 5), (6, 7), (6, 8), (7, 9)),
]
"""The graph of ten variables in R. Díaz, Indirect influences, arXiv:0906.1610 (2013): who influences whom."""
CIRCLE = [(0, 1), (1, 2), (2, 0)]


def graph(n, edges, weight=1.0):
    matrix = np.zeros((n, n))
    for here, there in edges:
        matrix[here, there] = weight
    return matrix


@st.composite
def matrices(draw, most=5, low=2):
    n = draw(st.integers(low, most))
    cells = draw(st.lists(st.sampled_from([0, 0, 1, 2, 3]), min_size=n * n, max_size=n * n))
    matrix = np.array(cells, dtype=float).reshape(n, n)
    np.fill_diagonal(matrix, 0)
    return matrix


def raised(matrix, power):
    """A power in Python's own whole numbers, by the definition."""
    n = len(matrix)
    base = [[int(cell) for cell in row] for row in matrix]
    found = base
    for _ in range(power - 1):
        found = [[sum(found[i][k] * base[k][j] for k in range(n)) for j in range(n)] for i in range(n)]
    return found


def test_the_published_shares_of_diaz_are_met_at_the_fourth_power():
    found = at_power(graph(10, DIAZ), 4)
    assert found.influence.tolist() == [0, 0.25, 0.1875, 0.1875, 0.1875, 0, 0.1875, 0, 0, 0]
    assert found.dependence.tolist() == [0.125, 0.0625, 0.0625, 0.1875, 0, 0.3125, 0, 0, 0, 0.25]


def test_the_published_direct_sums_of_diaz_are_met():
    found = direct(graph(10, DIAZ))
    assert (found.influence * 15).round(9).tolist() == [1, 3, 2, 3, 1, 0, 4, 1, 0, 0]
    assert (found.dependence * 15).round(9).tolist() == [2, 1, 1, 3, 0, 3, 0, 1, 1, 3]


def test_the_graph_of_diaz_has_one_circle_of_three_and_is_not_ranked():
    found = indirect(graph(10, DIAZ))
    assert (found.behaviour, found.period, found.told) == (Behaviour.PERIODIC, 3, (1, 2, 3))
    assert found.standing is None
    assert indirect(graph(10, DIAZ), power=4).standing.influence_ranks[1] == 1


@pytest.mark.parametrize("power", [1, 2, 3, 7])
@given(matrix=matrices())
def test_shares_are_those_of_the_power_of_the_matrix(power, matrix):
    cells = raised(matrix, power)
    total = sum(map(sum, cells))
    found = at_power(matrix, power)
    for place, row in enumerate(cells):
        assert found.influence[place] == pytest.approx(sum(row) / total if total else 0)
        column = sum(each[place] for each in cells)
        assert found.dependence[place] == pytest.approx(column / total if total else 0)
    shares = np.array([[cell / total if total else 0 for cell in row] for row in cells])
    assert np.allclose(power_shares(matrix, power), shares)


@given(matrix=matrices(most=4))
def test_a_ranking_has_settled_when_it_stays_for_as_many_powers_as_there_are_variables(matrix):
    found = indirect(matrix)
    assume(found.behaviour is Behaviour.SETTLES)
    n, k = len(matrix), found.settled
    orders = {}
    for power in range(1, k + n + 1):
        cells = raised(matrix, power)
        orders[power] = (ranks([sum(row) for row in cells]), ranks([sum(column) for column in zip(*cells)]))  # noqa: B905
    assert len({orders[power] for power in range(k, k + n + 1)}) == 1
    assert k == 2 or orders[k - 1] != orders[k]
    assert found.path == tuple(orders.values())


@given(matrix=matrices())
def test_it_is_nilpotent_exactly_if_a_power_is_zero(matrix):
    found = indirect(matrix)
    is_zero = not np.any(raised(matrix, len(matrix)))
    assert (found.behaviour is Behaviour.NILPOTENT) == is_zero
    if is_zero:
        length = len(found.told)
        assert not np.any(raised(matrix, length))
        assert length == 1 or np.any(raised(matrix, length - 1))
        assert all(matrix[a, b] > 0 for a, b in zip(found.told, found.told[1:], strict=False))


@given(matrix=matrices())
def test_a_component_s_period_is_what_divides_the_lengths_of_all_ways_back(matrix):
    for component in components(matrix):
        within = (matrix[np.ix_(component.members, component.members)] > 0).astype(int)
        power, lengths = np.eye(len(within), dtype=int), []
        for length in range(1, 3 * len(within) ** 2 + 1):
            power = (power @ within > 0).astype(int)
            if power.diagonal().any():
                lengths.append(length)
        assert component.period == gcd(*lengths)
        cycle = shortest_cycle(matrix, component.members)
        assert len(cycle) == (lengths[0] if lengths else 0)


@pytest.mark.parametrize(
    ("n", "edges", "period", "told"),
    [
        (4, [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2)], 2, (0, 1)),  # a chain both ways: bipartite
        (3, CIRCLE, 3, (0, 1, 2)),
        (5, [*CIRCLE, (3, 0), (2, 4)], 3, (0, 1, 2)),  # with something that leads in, and out
        (4, [(0, 1), (1, 0), (2, 3), (3, 2)], 2, (0, 1)),  # two that know nothing of each other
        (5, [(0, 1), (1, 0), (2, 3), (3, 4), (4, 2)], 6, (0, 1)),
    ],
)
def test_periodic_matrices_are_told_and_not_ranked(n, edges, period, told):
    found = indirect(graph(n, edges, weight=3))
    assert (found.behaviour, found.period, found.told) == (Behaviour.PERIODIC, period, told)
    assert found.settled is found.power is found.standing is None


def test_a_circle_that_others_outgrow_makes_nothing_periodic():
    matrix = graph(5, [(0, 1), (1, 0), (2, 3), (3, 4), (4, 2), (2, 4)], weight=1)
    matrix[2:, 2:] *= 3
    found = indirect(matrix)
    assert found.period == 1
    assert [each.members for each in found.dominant] == [(2, 3, 4)]


def test_the_longest_chain_is_named():
    edges = [(0, 1), (0, 2), (1, 2), (2, 3), (4, 3)]
    found = indirect(graph(5, edges))
    assert (found.behaviour, found.told, found.period) == (Behaviour.NILPOTENT, (0, 1, 2, 3), 0)
    assert longest_chain(np.zeros((2, 2))) == (0,)


def test_what_changes_places_for_ever_is_named_and_not_ranked():
    matrix = np.array([[0, 0, 1], [3, 0, 2], [0, 3, 0]], dtype=float)
    assert sum(raised(matrix, 100)[1]) < sum(raised(matrix, 100)[2])
    assert sum(raised(matrix, 101)[1]) > sum(raised(matrix, 101)[2])
    found = indirect(matrix)
    assert (found.behaviour, found.told, found.standing) == (Behaviour.RESTLESS, (1, 2), None)


def test_nothing_overflows_in_a_large_full_matrix():
    matrix = np.full((40, 40), 3.0)
    np.fill_diagonal(matrix, 0)
    matrix[0, 1:] = 2
    found = indirect(matrix, power=300)
    assert np.isfinite(found.standing.influence).all()
    assert found.standing.influence.sum() == pytest.approx(1)
    assert found.standing.influence_ranks[0] == 40


@given(matrix=matrices(), data=st.data())
def test_names_and_units_do_not_matter(matrix, data):
    order = data.draw(st.permutations(range(len(matrix))))
    first, other = indirect(matrix), indirect(2 * matrix[np.ix_(order, order)])
    assert (first.behaviour, first.settled, first.period) == (other.behaviour, other.settled, other.period)
    if first.standing is not None:
        assert np.allclose(first.standing.influence[order], other.standing.influence)


def test_sectors_are_divided_at_the_average_with_a_middle():
    matrix = np.zeros((5, 5))
    matrix[0] = [0, 3, 3, 0, 1]  # moves, is not moved
    matrix[1] = [0, 0, 3, 0, 2]  # both
    matrix[4] = [0, 2, 1, 0, 0]
    assert direct(matrix).sectors == (
        Sector.DETERMINANT,
        Sector.RELAY,
        Sector.DEPENDENT,
        Sector.AUTONOMOUS,
        Sector.REGULATING,
    )
    assert set(direct(np.zeros((3, 3))).sectors) == {Sector.AUTONOMOUS}


def test_equals_share_a_rank():
    assert ranks([3, 5, 3, 1]) == (2, 1, 2, 4)


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[0, -1], [0, 0]], "below 0"),
        ([[0, 0.3], [0, 0]], "half numbers"),
        ([[0, 1, 1], [0, 0, 0]], "no square"),
    ],
)
def test_a_matrix_of_anything_else_is_refused(matrix, said):
    with pytest.raises(ModelError, match=said):
        direct(np.array(matrix, dtype=float))


# --- several participants


def test_medians_and_modes_take_potential_influences_for_what_they_are():
    answers = [as_written(np.array([[0, cell], [0, 0]], dtype=float)) for cell in (1, 3, -1)]
    group = aggregate(answers, "median")
    assert (group.present[0, 1], group.potential[0, 1]) == (1, 3)
    group = aggregate(answers, "mode")
    assert (group.present[0, 1], group.potential[0, 1]) == (0, 3)
    (found,) = disagreements(answers, group)
    assert (found.row, found.column, found.answers, found.spread) == (0, 1, ("1", "3", "P"), 3)


@given(
    st.lists(st.sampled_from([0, 1, 2, 3, -1]), min_size=1, max_size=7), st.sampled_from(["median", "mode"])
)
def test_a_group_s_potential_influence_is_never_below_its_present_one(cells, name):
    group = aggregate([as_written(np.array([[0.0, cell], [0, 0]])) for cell in cells], name)
    assert group.potential[0, 1] >= group.present[0, 1]
    assert direct(group.present).influence.sum() in (0, 1)


# --- ISM


def reached(relations):
    """What each element leads to, by walking."""
    n = len(relations)
    found = []
    for start in range(n):
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            for there in range(n):
                if relations[here][there] and there not in seen:
                    seen.add(there)
                    waiting.append(there)
        found.append(seen)
    return found


def levels_by_sets(reach):
    """Level partitioning as the papers write it: reachability within antecedent set, round after round."""
    left, levels, level = set(range(len(reach))), {}, 0
    while left:
        level += 1
        reachable = {i: reach[i] & left for i in left}
        antecedent = {i: {j for j in left if i in reach[j]} for i in left}
        top = {i for i in left if reachable[i] & antecedent[i] == reachable[i]}
        levels |= dict.fromkeys(top, level)
        left -= top
    return [levels[i] for i in range(len(reach))]


def test_the_documented_example_of_an_open_implementation_is_met():
    """The example in the vignette of the R package ISMtools 0.1.0 (Tang 2026): F1→F2→F3→{F4, F5}."""
    found = hierarchy(graph(5, [(0, 1), (1, 2), (2, 3), (2, 4)]))
    assert found.levels.tolist() == [4, 3, 2, 1, 1]
    assert found.driving.tolist() == [5, 4, 3, 1, 1]
    assert found.dependence.tolist() == [1, 2, 3, 4, 4]
    assert np.argwhere(found.transitive).tolist() == [[0, 2], [0, 3], [0, 4], [1, 3], [1, 4]]
    assert found.quadrants[0] is Quadrant.DRIVER


@given(matrix=matrices(most=7))
def test_reachability_and_levels_are_those_of_sets(matrix):
    found, walked = hierarchy(matrix), reached(matrix > 0)
    assert [set(np.flatnonzero(row)) for row in found.reachability] == walked
    assert found.levels.tolist() == levels_by_sets(walked)
    assert found.driving.tolist() == [len(each) for each in walked]


@given(matrix=matrices(most=6))
def test_links_are_as_few_as_can_be_and_lose_nothing(matrix):
    found = hierarchy(matrix)
    n = len(found.groups)
    of_groups = [
        {b for b in range(n) if found.groups[b][0] in reach}
        for reach in (reached(matrix > 0)[group[0]] for group in found.groups)
    ]
    assert reached(graph(n, found.links)) == of_groups
    for link in found.links:
        fewer = [each for each in found.links if each != link]
        assert reached(graph(n, fewer)) != of_groups
    assert sorted(each for group in found.groups for each in group) == list(range(len(matrix)))


def test_circles_are_groups_on_one_level():
    found = hierarchy(graph(4, [*CIRCLE, (2, 3)]))
    assert found.groups == ((0, 1, 2), (3,))
    assert found.levels.tolist() == [2, 2, 2, 1]
    assert found.links == ((0, 1),)


# --- the file

GARDEN = """\
method: structural_analysis
title: A garden
variables:
  rain: {title: Rain, kind: external}
  helpers: {title: Helpers, states: {few: Few, many: {title: Many, overrides: {inputs.time.hours: 500}}}}
  harvest: The harvest
influences:
  rain: [0, 1, 3]
  helpers: {rain: 0, harvest: 2}
  harvest: [P, 2, 0]
"""
TABLE = ";Rain;helpers;The harvest\nrain;;1;3\nhelpers;0;;2\nharvest;P;2;\n"


def analysed(text, folder):
    return structural_analysis_from(parse_document(text, source="structure.yaml", folder=folder))


def test_a_file_is_read(tmp_path):
    found = analysed(GARDEN, tmp_path)
    assert found.influences.present.tolist() == [[0, 1, 3], [0, 0, 2], [0, 2, 0]]
    assert found.influences.potential.tolist() == [[0, 1, 3], [0, 0, 2], [3, 2, 0]]
    assert set(found.maps) == {
        "direct",
        "potential_direct",
        "potential_indirect",
    }  # two by two, it is periodic
    assert found.indirect.behaviour is Behaviour.PERIODIC
    assert found.summary == "a sound structural analysis, 3 variables, 5 influences"


@pytest.mark.parametrize(
    "raw",
    [
        TABLE.encode(),
        b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace(";", ",").encode(),
        TABLE.replace(";", "\t").encode(),
        TABLE.replace("P", "p").replace("helpers;0;;", "helpers;0;0;").encode(),
        "\n".join([TABLE.splitlines()[0], *TABLE.splitlines()[:0:-1]]).encode(),
    ],
)
def test_a_table_says_the_same_as_the_file(raw, tmp_path):
    (tmp_path / "influences.csv").write_bytes(raw)
    found = analysed(GARDEN.partition("influences:")[0] + "influences: influences.csv\n", tmp_path)
    assert np.array_equal(found.influences.potential, analysed(GARDEN, tmp_path).influences.potential)


def test_a_workbook_says_the_same_as_the_file(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["", "rain", "helpers", "harvest"], ["rain", None, 1, 3.0], ["helpers", 0, None, 2]):
        book.active.append(row)
    book.active.append(["harvest", "P", "2", 0])
    book.save(tmp_path / "influences.xlsx")
    found = analysed(GARDEN.partition("influences:")[0] + "influences: influences.xlsx\n", tmp_path)
    assert np.array_equal(found.influences.potential, analysed(GARDEN, tmp_path).influences.potential)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("harvest: 2}", "harvest: 4}", 9, "helpers → harvest: found 4; write one of 0, 1, 2, 3, P"),
        ("harvest: 2}", "harvest: true}", 9, "helpers → harvest: found True"),
        ("harvest: 2}", "harvest: .nan}", 9, "found '.nan'"),
        ("harvest: 2}", "harvest: 1e999}", 9, "found inf"),
        ("harvest: 2}", "harvest: 1.5}", 9, "found 1.5"),
        ("harvest: 2}", "harvest: [1]}", 9, "found [1]"),
        ("harvest: 2}", "harvest: }", 9, "helpers: no cell for harvest; write 0 where there is nothing"),
        ("{rain: 0, harvest: 2}", "{}", 9, "no cell for rain, harvest"),
        ("{rain: 0, harvest: 2}", "{rain: 0, harvst: 2}", 9, "is no column here; did you mean 'harvest'?"),
        ("{rain: 0, harvest: 2}", "{rain: 0, helpers: 2, harvest: 2}", 9, "helpers on itself is 2"),
        ("{rain: 0, harvest: 2}", "[0, 1]", 9, "found 2 cells; list 3 cells, for rain, helpers, harvest"),
        ("{rain: 0, harvest: 2}", "3", 9, "found 3; list 3 cells"),
        ("  helpers: {rain: 0, harvest: 2}\n", "", 7, "the row 'helpers' is missing"),
        ("  helpers: {rain", "  helprs: {rain", 9, "is no row; did you mean 'helpers'?"),
        ("harvest: The harvest", "harvest: rain", 6, "has the title of 'rain'"),
        ("harvest: The harvest", "harvest: {titel: x}", 6, "unknown key; did you mean 'title'?"),
        ("kind: external", "kind: outside", 4, "choose one of: internal, external"),
        ("influences:\n", "participants: {}\ninfluences:\n", 7, "participants"),
        ("influences:\n", "relations_from: 4\ninfluences:\n", 7, "relations_from"),
        ("influences:\n", "power: 1\ninfluences:\n", 7, "power"),
        ("influences:\n", "aggregation: mean\ninfluences:\n", 7, "choose one of: median, mode"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(old, new, line, said, tmp_path):
    assert old in GARDEN
    with pytest.raises(InputFaults) as raised_:
        analysed(GARDEN.replace(old, new, 1), tmp_path)
    told = [(fault.line, f"{fault.key} {fault.problem}") for fault in raised_.value.faults]
    assert any(where == line and said in problem for where, problem in told), told


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"\xff\xfe1\x00", "not UTF-8"),
        (b"PK\x03\x04 no workbook", "cannot be read as a workbook"),
        (b";rain;helpers\nrain;;1\nhelpers;0;\nharvest;1;1\n", "the column 'harvest' is missing"),
        (b";rain;helpers;harvest\nrain;;1;1\nhelpers;0;;1\n", "the row 'harvest' is missing"),
        (TABLE.encode() + b"harvest;1;1;\n", "harvest.*stands twice"),
        (TABLE.replace("P", "Q").encode(), r"line 4.*harvest → rain: found 'Q'"),
        (TABLE.replace("P", "").encode(), r"line 4.*harvest: no cell for rain"),
        (TABLE.replace("Rain", "Snow").encode(), "Snow.*is no column"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_at_its_line(raw, said, tmp_path):
    if raw is not None:
        (tmp_path / "influences.csv").write_bytes(raw)
    with pytest.raises(InnosiError, match=said):
        analysed(GARDEN.partition("influences:")[0] + "influences: influences.csv\n", tmp_path)


@pytest.mark.parametrize(
    ("relations", "said"),
    [
        ("{rain: [V, V], helpers: [X]}", [[0, 1, 1], [0, 0, 1], [0, 1, 0]]),
        ("{rain: [v, O], helpers: {harvest: A}}", [[0, 1, 0], [0, 0, 0], [0, 1, 0]]),
        ("{rain: {helpers: V}, harvest: {rain: V, helpers: A}}", [[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
        ("{rain: [0, 1, 0], helpers: [0, 0, 1], harvest: [0, 0, 0]}", [[0, 1, 0], [0, 0, 1], [0, 0, 0]]),
    ],
)
def test_relations_are_letters_or_ones(relations, said, tmp_path):
    found = analysed(f"{GARDEN.partition('influences:')[0]}relations: {relations}\n", tmp_path)
    assert found.relations.astype(int).tolist() == said
    assert found.maps == {}
    assert found.last_map is None


@pytest.mark.parametrize(
    ("relations", "said"),
    [
        ("{rain: [V, B], helpers: [X]}", "rain → harvest: found 'B'; write V, A, X or O"),
        ("{rain: [V, V]}", "the row 'helpers' is missing; add it, with O"),
        ("{rain: [V], helpers: [X]}", "found 1 cells; list 2 cells, for helpers, harvest"),
        ("{rain: [V, V], helpers: [X], harvest: {rain: V}}", "rain and harvest stand twice"),
        ("{rain: [0, 2, 0], helpers: [0, 0, 1], harvest: [0, 0, 0]}", "found 2; write one of 0, 1"),
    ],
)
def test_relations_of_anything_else_are_refused(relations, said, tmp_path):
    with pytest.raises(InputFaults, match=said):
        analysed(f"{GARDEN.partition('influences:')[0]}relations: {relations}\n", tmp_path)


def test_relations_may_be_all_strong_influences(tmp_path):
    found = analysed(f"{GARDEN}relations_from: 2\n", tmp_path)
    assert found.relations.astype(int).tolist() == [[0, 0, 1], [0, 0, 1], [0, 1, 0]]


def test_participants_are_taken_together_and_differences_are_told(tmp_path):
    (tmp_path / "influences.csv").write_text(TABLE.replace("rain;;1;3", "rain;;3;0"), encoding="utf-8")
    one = GARDEN.partition("influences:\n")[2].replace("\n  ", "\n    ")
    text = f"{GARDEN.partition('influences:')[0]}participants:\n  anna: influences.csv\n  bo:\n  {one}"
    found = analysed(text, tmp_path)
    assert found.influences.present[0].tolist() == [0, 2, 1.5]
    assert [each.answers for each in found.disagreements] == [("0", "3"), ("3", "1")]
    assert found.indirect is not None


def test_nothing_at_all_is_refused(tmp_path):
    with pytest.raises(InputFaults, match="give `influences`, `participants` or `relations`"):
        analysed(GARDEN.partition("influences:")[0], tmp_path)


# --- what comes of it


def test_key_variables_become_a_futures_table(tmp_path):
    document = parse_document(GARDEN, source="structure.yaml", folder=tmp_path)
    analysis = structural_analysis_from(document)
    with pytest.raises(InnosiError, match="choose at least two with --key"):
        key_variables(analysis, ["rain"])
    with pytest.raises(InnosiError, match="there is no variable 'rian'; did you mean 'rain'"):
        key_variables(analysis, ["rian"])
    names = key_variables(analysis, ["harvest", "helpers"])
    path = tmp_path / "table.yaml"
    assert write_futures_table(path, names, document) == ("harvest",)
    written = parse_document(path.read_text(encoding="utf-8"), source="table.yaml", folder=tmp_path)
    assert written.data["method"] == "futures_table"
    assert list(written.data["descriptors"]) == ["helpers", "harvest"]
    many = written.data["descriptors"]["helpers"]["states"]["many"]
    assert many == {"title": "Many", "overrides": {"inputs.time.hours": 500}}
    write_futures_table(path, names, document)
    path.write_text("mine: 1\n", encoding="utf-8")
    with pytest.raises(InnosiError, match="was not made by this command"):
        write_futures_table(path, names, document)
    assert path.read_text(encoding="utf-8") == "mine: 1\n"


def test_every_picture_says_what_it_shows(tmp_path):
    analysis = analysed(f"{GARDEN.replace('rain: 0', 'rain: 1')}relations_from: 2\n", tmp_path)
    for picture in set(PICTURES) - {"direct", "potential_direct"}:  # drawn like the others
        plot = draw_structure(analysis, picture)
        assert all(title in plot.alternative for title in analysis.titles), picture
        assert plot.title
        assert plot.svg.startswith("<svg")
    with pytest.raises(InnosiError, match="indirect influences have no ranking that stays"):
        draw_structure(analysed(GARDEN, tmp_path), "indirect")
    assert draw_structure(analysed(GARDEN, tmp_path)).name == "direct"


def test_pictures_of_the_smallest_and_of_equal_variables_can_be_drawn(tmp_path):
    names = ["a", "b", "c", "d"]
    rows = "\n".join(f"  {name}: [0, 0, 0, 0]" for name in names)
    head = "method: structural_analysis\ntitle: None\nvariables: {a: , b: , c: , d: }\n"
    analysis = analysed(f"{head}influences:\n{rows}\nrelations_from: 1\n", tmp_path)
    assert analysis.indirect.told == (0,)
    for picture in ("direct", "hierarchy", "driving"):
        assert draw_structure(analysis, picture).svg


def test_every_cell_a_person_may_write_is_read(tmp_path):
    for written, level in product(("2", "'2'", "2.0", "' 2 '"), (2,)):
        found = analysed(GARDEN.replace("harvest: 2}", f"harvest: {written}}}"), tmp_path)
        assert found.influences.present[1, 2] == level
