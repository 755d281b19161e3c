"""MICMAC and ISM: against published figures, brute force, and matrices that cannot be ranked."""

from math import gcd

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from innosi.models.errors import ModelError
from innosi.scenarios.construction.structure.influence_graph import components, longest_chain, shortest_cycle
from innosi.scenarios.construction.structure.interpretive import Quadrant, hierarchy
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


@pytest.mark.parametrize("power", [1, 2, 5])
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
