"""What survives in a morphological field: against known counts, brute force, and codes of coding theory."""

from itertools import combinations, product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.futures_table import survivors as of_survivors
from innosi.scenarios.construction.futures_table.conflicts import smallest_conflict
from innosi.scenarios.construction.futures_table.diversity import diverse
from innosi.scenarios.construction.futures_table.morphological_field import MorphologicalField
from innosi.scenarios.construction.futures_table.removals import left_by_kind, removals
from innosi.scenarios.construction.futures_table.survivors import TooManyCases, survivor, survivors


def by_hand(field):
    """Every combination, tried one by one."""
    return [each for each in product(*map(range, field.n_states)) if not field.excluding(each)]


def named(n_states):
    return {f"d{place}": [f"s{state}" for state in range(n)] for place, n in enumerate(n_states)}


@st.composite
def fields(draw, most=4, exclusions=10):
    states = named(draw(st.lists(st.integers(1, 4), min_size=2, max_size=most)))
    named_states = st.lists(st.sampled_from(list(states)), min_size=2, max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries(
            {name: st.lists(st.sampled_from(states[name]), min_size=1, unique=True) for name in names}
        )
    )
    return MorphologicalField.of(states, draw(st.lists(named_states, max_size=exclusions)))


def coloured(edges, n_nodes, n_colours):
    """A field whose survivors are the colourings of a graph: no two ends of an edge are alike."""
    states = {f"n{node}": [str(colour) for colour in range(n_colours)] for node in range(n_nodes)}
    alike = [{f"n{a}": str(c), f"n{b}": str(c)} for a, b in edges for c in range(n_colours)]
    return MorphologicalField.of(states, alike)


def grid(n):
    across = [(n * row + column, n * row + column + 1) for row in range(n) for column in range(n - 1)]
    down = [(n * row + column, n * row + column + n) for row in range(n - 1) for column in range(n)]
    return across + down


@settings(max_examples=120, deadline=None)
@given(fields())
def test_survivors_are_those_of_trying_every_combination(field):
    expected, found = by_hand(field), survivors(field)
    assert found.is_complete
    assert found.n == len(expected)
    assert [tuple(row) for row in found.listed().tolist()] == expected
    assert found.n_with_state == tuple(
        tuple(sum(each[place] == state for each in expected) for state in range(n))
        for place, n in enumerate(field.n_states)
    )
    one = survivor(field)
    assert one in expected if expected else one is None


@settings(max_examples=30, deadline=None)
@given(fields(), st.randoms(use_true_random=False))
def test_the_order_of_descriptors_and_exclusions_does_not_matter(field, random):
    names = list(field.states)
    exclusions = [
        {
            names[place]: [s for i, s in enumerate(field.states[names[place]]) if bits >> i & 1]
            for place, bits in box
        }
        for box in field.boxes
    ]
    random.shuffle(exclusions)
    random.shuffle(names)
    other = MorphologicalField.of({name: field.states[name] for name in names}, exclusions)
    found, again = survivors(field), survivors(other)
    as_named = {tuple(sorted(zip(field.states, row, strict=True))) for row in found.listed().tolist()}
    assert {tuple(sorted(zip(names, row, strict=True))) for row in again.listed().tolist()} == as_named


@settings(max_examples=30, deadline=None)
@given(fields())
def test_what_exclusions_remove_is_what_would_be_back_without_them(field):
    left = survivors(field).n
    for number, found in enumerate(removals(field)):
        others = [each for each in range(len(field.boxes)) if each != number]
        assert found.only == survivors(field.only(others)).n - left
        assert found.only >= 0, "an exclusion never adds survivors"
        assert found.alone == field.size - survivors(field.only([number])).n


@settings(max_examples=30, deadline=None)
@given(fields(most=3, exclusions=9))
def test_the_smallest_conflict_is_that_of_trying_every_set(field):
    under = [set(field.excluding(each)) for each in product(*map(range, field.n_states))]
    sets = (each for n in range(len(field.boxes) + 1) for each in combinations(range(len(field.boxes)), n))
    smallest = next((each for each in sets if all(set(each) & excluded for excluded in under)), None)
    found = smallest_conflict(field)
    assert (found is None) == (smallest is None)
    if found is not None:
        assert found.is_smallest
        assert found.size == len(smallest)
        assert survivors(field.only(found.exclusions)).n == 0


def test_zwickys_jet_engines_are_576():
    """Zwicky 1947, as given by Ritchey (2011), Wicked Problems – Social Messes, figure 2.1."""
    field = MorphologicalField.of(named([4, 4, 3, 3, 2, 2]))
    assert (field.size, survivors(field).n) == (576, 576)
    assert field.n_pairs == sum(a * b for a, b in combinations([4, 4, 3, 3, 2, 2], 2))


@pytest.mark.parametrize(("n", "count"), [(2, 18), (3, 246), (4, 7812), (5, 580_986), (6, 101_596_896)])
def test_grids_in_three_colours_are_counted_as_in_the_encyclopedia_of_integer_sequences(n, count):
    """OEIS A020698: 3-colourings of an n × n grid; for n = 6 of 1.5 · 10^17 combinations."""
    assert survivors(coloured(grid(n), n * n, 3)).n == count


def test_petersens_graph_has_120_colourings_in_three_colours():
    """Its chromatic polynomial at 3 (Biggs 1993, Algebraic Graph Theory)."""
    outer = [(i, (i + 1) % 5) for i in range(5)]
    inner = [(5 + i, 5 + (i + 2) % 5) for i in range(5)]
    spokes = [(i, i + 5) for i in range(5)]
    assert survivors(coloured(outer + inner + spokes, 10, 3)).n == 120


def test_latin_squares_of_order_four_are_576():
    """OEIS A002860."""
    rows = [(4 * r + a, 4 * r + b) for r in range(4) for a, b in combinations(range(4), 2)]
    columns = [(4 * a + c, 4 * b + c) for c in range(4) for a, b in combinations(range(4), 2)]
    found = survivors(coloured(rows + columns, 16, 4))
    assert found.n == len(found.listed()) == 576


@pytest.mark.parametrize(("n", "count"), [(4, 2), (6, 4), (8, 92)])
def test_queens_that_do_not_attack_each_other(n, count):
    """OEIS A000170."""
    exclusions = [
        {f"d{a}": f"s{x}", f"d{b}": f"s{y}"}
        for a, b in combinations(range(n), 2)
        for x, y in product(range(n), repeat=2)
        if x == y or abs(x - y) == b - a
    ]
    assert survivors(MorphologicalField.of(named([n] * n), exclusions)).n == count


def test_the_zebra_has_one_owner():
    """Life International, 17 December 1962: the Norwegian drinks water, the Japanese has the zebra."""
    groups = [
        ["English", "Spanish", "Ukrainian", "Norwegian", "Japanese"],
        ["red", "green", "ivory", "yellow", "blue"],
        ["coffee", "tea", "milk", "juice", "water"],
        ["Old Gold", "Kools", "Chesterfield", "Lucky Strike", "Parliament"],
        ["dog", "snails", "fox", "horse", "zebra"],
    ]
    houses = "12345"
    excluded = [
        {a: house, b: house} for group in groups for a, b in combinations(group, 2) for house in houses
    ]

    def unless(a, b, goes):
        excluded.extend({a: x, b: y} for x, y in product(houses, repeat=2) if not goes(int(x), int(y)))

    for pair in ("English red", "Spanish dog", "coffee green", "Ukrainian tea", "Kools yellow"):
        unless(*pair.split(), lambda x, y: x == y)
    for a, b in (("Old Gold", "snails"), ("Lucky Strike", "juice"), ("Japanese", "Parliament")):
        unless(a, b, lambda x, y: x == y)
    unless("ivory", "green", lambda x, y: y == x + 1)
    for a, b in (("Chesterfield", "fox"), ("Kools", "horse"), ("Norwegian", "blue")):
        unless(a, b, lambda x, y: abs(x - y) == 1)
    field = MorphologicalField.of({name: list(houses) for group in groups for name in group}, excluded)
    found = survivors(field, allowed=field.allowed_by({"milk": "3", "Norwegian": "1"}))
    (solution,) = found.listed().tolist()
    house = dict(zip(field.descriptors, solution, strict=True))
    assert house["Norwegian"] == house["water"]
    assert house["Japanese"] == house["zebra"]


@pytest.mark.parametrize(("n", "k"), [(20, 4), (120, 3)])
def test_a_million_million_combinations_and_more_are_counted_exactly(n, k):
    """A chain in which neighbours exclude pairs: the count is that of a product of matrices."""
    rng = np.random.default_rng(n)
    goes = rng.random((n - 1, k, k)) > 0.2
    names = list(named([k] * n))
    exclusions = [
        {names[i]: f"s{a}", names[i + 1]: f"s{b}"}
        for i, a, b in product(range(n - 1), range(k), range(k))
        if not goes[i, a, b]
    ]
    expected = np.ones(k, dtype=object)
    for each in goes[::-1]:
        expected = each.astype(object) @ expected
    found = survivors(MorphologicalField.of(named([k] * n), exclusions))
    assert found.n == expected.sum()
    assert sum(found.n_with_state[n // 2]) == found.n
    some = found.listed(500)
    assert len(np.unique(some, axis=0)) == 500
    assert all(goes[np.arange(n - 1), row[:-1], row[1:]].all() for row in some)


def test_an_even_spread_takes_from_every_part():
    field = MorphologicalField.of(named([2, 5, 5, 5, 5]))
    halves = survivors(field).listed(100)[:, 0]
    assert np.bincount(halves).tolist() == [50, 50]


def test_a_search_that_is_ended_says_so_and_keeps_what_does_survive():
    field = coloured(grid(8), 64, 3)
    ended = survivors(field, most_cases=3_000)
    assert not ended.is_complete
    assert ended.why_not == "more than 3,000 cases must be told apart"
    assert 0 < ended.n < 40_724_629_633_188
    assert not any(field.excluding(row) for row in ended.listed(50).tolist())
    assert survivors(field, seconds=0).why_not == "its time was up"


def test_an_interrupted_search_keeps_what_it_has_found():
    def interrupt(n_cases):
        if n_cases:
            raise KeyboardInterrupt

    field = coloured(grid(8), 64, 3)
    found = survivors(field, on_progress=interrupt)
    assert (found.is_complete, found.why_not) == (False, "the search was interrupted")
    assert found.n > 0
    assert not any(field.excluding(row) for row in found.listed(50).tolist())


def test_counting_what_each_removes_can_be_interrupted():
    def interrupt(n_done, n):
        if n_done == 3:
            raise KeyboardInterrupt

    field = coloured([(0, 1), (1, 2), (2, 3)], 4, 3)
    found = removals(field, on_progress=interrupt)
    assert [each.only is None for each in found] == [False] * 3 + [True] * 6
    assert [each.alone for each in found] == [9] * 9
    assert all(each.only is None for each in removals(field, most_cases=1))


def test_pigeons_in_too_few_holes_need_every_exclusion():
    """Three pigeons in two holes: each of the six exclusions alone forbids some way to sit."""
    field = coloured([(0, 1), (0, 2), (1, 2)], 3, 2)
    found = smallest_conflict(field)
    assert (found.exclusions, found.is_smallest) == (tuple(range(6)), True)


def test_what_is_fixed_may_be_part_of_a_conflict():
    field = coloured([(0, 1), (1, 2), (2, 3)], 4, 2)
    found = smallest_conflict(field, {"n0": ["0"], "n2": ["1"], "n3": ["0", "1"]})
    assert found.fixed == ("n0", "n2")
    assert len(found.exclusions) == 2
    assert smallest_conflict(field, {"n0": ["0"]}) is None
    closed = smallest_conflict(field, {"n0": ["0"]}, given={"n1": ["0"]})
    assert (closed.exclusions, closed.fixed) == ((0,), ("n0",))


def test_a_conflict_without_the_time_to_make_it_smaller_is_told_as_such():
    field = coloured([(0, 1), (1, 2), (2, 3), (0, 2)], 4, 2)
    hasty, patient = smallest_conflict(field, seconds=0), smallest_conflict(field)
    assert survivors(field.only(hasty.exclusions)).n == survivors(field.only(patient.exclusions)).n == 0
    assert (hasty.is_minimal, hasty.is_smallest) == (False, False)
    assert (patient.size, patient.is_minimal, patient.is_smallest) == (6, True, True)


def test_whether_anything_survives_may_be_too_much_to_find_out(monkeypatch):
    monkeypatch.setattr(of_survivors, "MOST_CASES", 3)
    with pytest.raises(TooManyCases, match="cannot be told; take fewer descriptors"):
        survivor(coloured(grid(3), 9, 3))


def test_kinds_are_counted_alone_and_together():
    field = MorphologicalField.of(
        named([2, 2, 2]), [{"d0": "s0", "d1": "s0"}, {"d1": "s1", "d2": "s1"}, {"d0": "s1", "d2": "s1"}]
    )
    assert left_by_kind(field, ["logical", "empirical", "empirical"]) == {
        (): 8,
        ("logical",): 6,
        ("empirical",): 5,
        ("logical", "empirical"): 3,
    }


@pytest.mark.parametrize(
    ("n", "q", "k", "distance"),
    [(5, 2, 4, 3), (6, 2, 8, 3), (7, 2, 8, 4), (4, 3, 9, 3), (6, 2, 4, 4), (5, 2, 6, 2)],
)
def test_codes_with_the_largest_distance_are_found(n, q, k, distance):
    """MacWilliams & Sloane (1977): A(5,3) = 4, A(6,3) = 8, A(7,4) = 8, A(6,4) = 4; the tetracode has 3."""
    found = diverse(list(product(range(q), repeat=n)), k)
    assert found.nearest == found.nearest_at_most == distance
    assert found.is_nearest_best


@settings(max_examples=30, deadline=None)
@given(
    fields(exclusions=6), st.integers(2, 4), st.lists(st.sampled_from([1, 1.5, 2]), min_size=4, max_size=4)
)
def test_the_most_diverse_are_those_of_trying_every_choice(field, k, weights):
    places = survivors(field).listed(20)
    weights = np.array(weights[: places.shape[1]])
    if len(places) < k:
        return
    far = ((places[:, None] != places[None, :]) * weights).sum(axis=2)
    choices = ([far[pair] for pair in combinations(each, 2)] for each in combinations(range(len(places)), k))
    best = max((min(pairs), sum(pairs)) for pairs in choices)
    found = diverse(places, k, weights=weights)
    assert found.is_nearest_best
    assert found.is_mean_best
    assert found.nearest == pytest.approx(best[0])
    assert found.mean * k * (k - 1) / 2 == pytest.approx(best[1])


def test_what_was_not_shown_is_not_claimed():
    """Of 2,187 combinations eight are chosen, and only a bound is held against them."""
    found = diverse(survivors(MorphologicalField.of(named([3] * 7))).listed(), 8)
    assert found.nearest <= found.nearest_at_most
    assert found.is_nearest_best == (found.nearest == found.nearest_at_most)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: MorphologicalField.of({"a": ["x", "x"]}), "has no states, or one twice"),
        (lambda: MorphologicalField.of({"a": ["x"]}, [{"b": "x"}]), "'b' is no descriptor"),
        (lambda: MorphologicalField.of({"land": ["sold"]}, [{"land": "sole"}]), "did you mean 'sold'"),
        (lambda: MorphologicalField.of({"a": ["x"]}, [{}]), "names no state"),
        (lambda: MorphologicalField.of({"a": ["x"]}, [{"a": []}]), "no state of a is named"),
        (lambda: survivors(MorphologicalField.of(named([2] * 201))), "may have 200 descriptors"),
        (lambda: diverse([[0, 1]], 2), "ask for 1 at most"),
        (lambda: diverse([[0, 1], [1, 0]], 1), "ask for 2 or more"),
        (lambda: diverse([[0, 1], [1, 0]], 2, weights=[1, 0]), "a weight is not above 0"),
    ],
)
def test_what_cannot_be_is_refused(act, said):
    with pytest.raises(InnosiError, match=said):
        act()


def test_a_box_holds_as_many_combinations_as_its_states_allow():
    field = MorphologicalField.of(named([3, 4, 5]), [{"d0": ["s0", "s1"], "d2": "s4"}])
    assert field.size_of(field.boxes[0]) == prod([2, 4, 1])
