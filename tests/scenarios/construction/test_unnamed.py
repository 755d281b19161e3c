"""Names of scenarios that nobody named."""

from itertools import product

import pytest

from innosi.scenarios.construction.balance.unnamed import name_by_numbers, places_by_numbers


@pytest.mark.parametrize("n_states", [[2, 3, 1], [9, 2], [10, 3], [12, 11]])
def test_every_scenario_has_a_name_of_its_own_that_leads_back_to_it(n_states):
    every = list(product(*map(range, n_states)))
    names = [name_by_numbers(places, n_states) for places in every]
    assert len(set(names)) == len(every)
    assert [tuple(places_by_numbers(name, n_states).tolist()) for name in names] == every


@pytest.mark.parametrize(
    "name",
    ["green", "scenario_", "scenario_1", "scenario_13", "scenario_111", "scenario_1-1", "scenario_¹1"],
)
def test_what_is_no_such_name_leads_to_none(name):
    assert places_by_numbers(name, [2, 2]) is None


@pytest.mark.parametrize("name", ["scenario_01-1", "scenario_11", "scenario_11-1", "scenario_1--1"])
def test_numbers_of_two_figures_are_kept_apart(name):
    assert places_by_numbers(name, [10, 2]) is None
