"""The summary that is made of counts alone says what the summary says that knows who answered what."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from math import nan

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_study import PEOPLE, START

from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.answers.values import Answer
from innosi.forecast.examples import copy_example
from innosi.forecast.people.person import Person
from innosi.forecast.running import begin, list_members
from innosi.forecast.statistics.counted import summarise_counts
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.store.answers import load_answers, record_answers
from innosi.forecast.store.counting import count_round
from innosi.forecast.store.opening import open_store
from innosi.forecast.store.panel import record_people, record_withdrawal
from innosi.forecast.store.tables import answers, panellists
from innosi.forecast.store.versions import current_versions
from innosi.forecast.study import load_study

FILES = {"welfare-futures": {None: "answers.csv"}, "groene-sticht": {1: "round_1.csv", 2: "round_2.csv"}}


def leaves(value, path="summary"):
    """Every figure and word of a summary, with where it stands in it."""
    if is_dataclass(value):
        for each in fields(value):
            yield from leaves(getattr(value, each.name), f"{path}.{each.name}")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, f"{path}[{key}]")
    elif isinstance(value, tuple | list | np.ndarray):
        yield f"{path}: length", len(value)
        for place, each in enumerate(value):
            yield from leaves(each, f"{path}[{place}]")
    else:
        yield path, value


def assert_counted_alike(study):
    """Every round is summarised from counts as it is from answers, but for the order in which is added up."""
    given_ = load_answers(study)
    with open_store(study).reading() as transaction:
        for number in given_.rounds:
            counted = dict(leaves(summarise_counts(study, count_round(transaction, study, number))))
            known = dict(leaves(summarise(study, given_, number)))
            assert counted.keys() == known.keys()
            for path, value in known.items():
                is_number = isinstance(value, float)
                wanted = pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True) if is_number else value
                assert counted[path] == wanted, (number, path)


def with_withdrawn(study, *withdrawn):
    """The study with its members listed in its store, and some of them withdrawn."""
    with open_store(study).writing() as transaction:
        list_members(transaction, study, at=START)
        for name in withdrawn:
            record_withdrawal(transaction, name, at=START)
    return replace(study, panel=replace(study.panel, withdrawn=frozenset(withdrawn)))


@pytest.fixture(params=FILES)
def example(request, tmp_path, store_url):
    copy_example(request.param, tmp_path)
    study = replace(load_study(tmp_path / "study.yaml"), name="example", store_url=store_url)
    for number, name in FILES[request.param].items():
        import_answers(study, tmp_path / name, ImportOptions(number=number), at=START)
    return study


def test_the_examples_are_summarised_alike_with_groups_and_withdrawn_panellists(example):
    members = [*example.panel.members]
    study = with_withdrawn(example, members[0], members[-1])
    assert any(each.groups for each in summarise(study, load_answers(study)))
    assert_counted_alike(study)


def test_a_panel_without_a_list_is_summarised_alike(example):
    assert_counted_alike(replace(example, panel=replace(example.panel, members={})))


def test_snapshots_of_a_real_time_study_are_summarised_alike(example):
    study = with_withdrawn(replace(example, mode="real_time"), next(iter(example.panel.members)))
    assert_counted_alike(study)


def test_years_that_never_come_make_no_group_large_enough(garden):
    """Of three in the north two say never: a median of the north would be the year of the third."""
    years = {"K01": 2030.0, "K02": np.inf, "K03": np.inf, "K04": 2041.0, "K05": 2042.0}
    members = {name: "north" if name < "K04" else "south" for name in years}
    study = replace(garden, panel=replace(garden.panel, members=members, minimum_group_size=2))
    store = begin(study, at=START)
    with store.writing() as transaction:
        list_members(transaction, study, at=START)
        rows = [Answer(1, who, "opens", (year,)) for who, year in years.items()]
        versions = current_versions(transaction)
        record_answers(transaction, rows, versions, study.questions, at=START, source="form")
    (summary,) = summarise(study, load_answers(study))
    assert (summary.n, summary.n_never, summary.groups) == (5, 2, {})
    assert set(summary.hidden_groups) == {"north", "south"}, "the south tells of the north, by subtraction"
    assert_counted_alike(study)


ROWS = {
    "importance": [(1.0,), (3.0,), (5.0,)],
    "trees": [(7.0, nan), (nan, 2.0), (3.0, 4.0)],
    "first": [(1.0, 2.0, 3.0), (3.0, 1.0, 2.0)],
    "which": [(0.0,), (1.0,)],
    "any": [(0.0, 1.0), (1.0, 1.0)],
    "money": [(100.0, 0.0), (30.0, 70.0)],
    "pairs": [(1 / 3,), (5.0,)],
    "chance": [(0.1,), (0.9,)],
    "places": [(1.0, 2.0, 3.0, 0.8), (2.0, 5.0, 9.0, 0.5)],
    "opens": [(2030.0,), (2040.0,), (np.inf,)],
}
NAMES = [each.pseudonym for each in PEOPLE]
GIVEN = st.tuples(st.integers(1, 3), st.sampled_from(NAMES), st.sampled_from([*ROWS]), st.integers(0, 2)).map(
    lambda at: Answer(*at[:3], ROWS[at[2]][at[3] % len(ROWS[at[2]])])
)
PANELS = st.fixed_dictionaries({name: st.sampled_from(["", "north", "south"]) for name in NAMES})


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(st.lists(GIVEN, min_size=1, max_size=25, unique_by=lambda each: each.place), max_size=3),
    groups=PANELS,
    withdrawn=st.sets(st.sampled_from(NAMES)),
    strangers=st.sets(st.sampled_from(NAMES), max_size=2),
    mode=st.sampled_from(["rounds", "real_time"]),
)
def test_small_panels_are_summarised_alike(garden, events, groups, withdrawn, strangers, mode):
    members = {name: group for name, group in groups.items() if name not in strangers}
    withdrawn = withdrawn - strangers
    store = begin(garden, at=START)
    with store.writing() as transaction:
        for table in (answers, panellists):
            transaction.connection.execute(table.delete())
        listed = [Person("", "", each, (), "", name) for name, each in members.items()]
        record_people(transaction, listed, at=START)
        for name in withdrawn:
            record_withdrawal(transaction, name, at=START)
        versions = current_versions(transaction)
        for hour, batch in enumerate(events):
            at = START + timedelta(hours=hour)
            record_answers(transaction, batch, versions, garden.questions, at=at, source="form")
    panel = replace(garden.panel, members=members, withdrawn=frozenset(withdrawn))
    assert_counted_alike(replace(garden, panel=panel, mode=mode))
