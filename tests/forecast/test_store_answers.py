"""What counts of the answers that were kept: of each panellist the last, to the question as it stands."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_study import START, VALUES, given_by
from sqlalchemy import func, select

from innosi.forecast.answers.values import Answer
from innosi.forecast.progress import Step
from innosi.forecast.running import begin
from innosi.forecast.store.answers import load_answers, read_answers, record_answers, retract_answers
from innosi.forecast.store.arguments import (
    Moderation,
    read_arguments,
    record_arguments,
    record_moderation,
    record_votes,
)
from innosi.forecast.store.steps import record_step
from innosi.forecast.store.tables import answers
from innosi.forecast.store.versions import current_versions, record_question
from innosi.models.errors import AnswerError, InputFaults

ABOUT = {"at": START, "source": "file"}


def keep(store, study, given, **about):
    with store.writing() as transaction:
        versions = current_versions(transaction)
        record_answers(transaction, given, versions, study.questions, **(ABOUT | about))


def take_back(store, *places):
    with store.writing() as transaction:
        retract_answers(transaction, places, current_versions(transaction), **ABOUT)


def rated(study):
    return {(each.round, each.panellist): each.values[0] for each in load_answers(study).by_place.values()}


def rating(value, number=1, panellist="K01"):
    return Answer(number, panellist, "importance", (value,))


def test_every_type_of_answer_comes_back_as_it_was_given(garden):
    keep(begin(garden, at=START), garden, given_by("K01", why="A bench"))
    found = {each.question: each for each in load_answers(garden).by_place.values()}
    assert {name: repr(each.values) for name, each in found.items()} == {
        name: repr(values) for name, values in VALUES.items()
    }
    assert math.isnan(found["trees"].values[1])
    assert found["why"].reason == "A bench"


def test_the_last_answer_counts_and_all_are_kept(garden):
    store = begin(garden, at=START)
    for value in (1.0, 5.0, 3.0):
        keep(store, garden, [rating(value)])
    assert rated(garden) == {(1, "K01"): 3.0}
    with store.reading() as transaction:
        assert transaction.connection.execute(select(func.count()).select_from(answers)).scalar() == 3


def test_a_pseudonym_that_no_database_keeps_is_refused_by_each(garden):
    store = begin(garden, at=START)
    refused = pytest.raises(AnswerError, match=r"has 101 characters; make it shorter: at most 100 are kept")
    with refused, store.writing() as transaction:
        long = [replace(each, panellist="p" * 101) for each in given_by("K01")]
        versions = current_versions(transaction)
        record_answers(transaction, long, versions, garden.questions, at=START, source="file")


def test_what_was_taken_back_counts_no_longer_until_it_is_given_again(garden):
    store = begin(garden, at=START)
    keep(store, garden, [rating(1.0), rating(2.0, panellist="K02")])
    take_back(store, (1, "K01", "importance"))
    assert rated(garden) == {(1, "K02"): 2.0}
    keep(store, garden, [rating(4.0)])
    assert rated(garden) == {(1, "K01"): 4.0, (1, "K02"): 2.0}


def test_late_answers_are_kept_apart(garden):
    store = begin(garden, at=START)
    keep(store, garden, [rating(1.0)])
    keep(store, garden, [rating(5.0)], is_late=True)
    assert rated(garden) == {(1, "K01"): 1.0}
    with store.reading() as transaction:
        late = read_answers(transaction, garden, is_late=True).by_place.values()
        assert [each.values for each in late] == [(5.0,)]


def test_answers_to_another_question_of_that_name_count_no_longer(garden):
    store = begin(garden, at=START)
    keep(store, garden, [rating(1.0)])
    with store.writing() as transaction:
        reworded = replace(garden.questions["importance"], text="How important?")
        record_question(transaction, reworded, at=START, first_round=2)
    assert rated(garden) == {(1, "K01"): 1.0}, "another wording asks the same"
    with store.writing() as transaction:
        record_question(transaction, reworded, at=START, first_round=2, is_another=True)
    assert rated(garden) == {}


def test_answers_of_another_form_are_refused(garden):
    keep(begin(garden, at=START), garden, [rating(1.0)])
    other = replace(garden.questions["importance"], scale=(1, 9))
    changed = replace(garden, questions={**garden.questions, "importance": other})
    with pytest.raises(InputFaults, match="is asked in another form than its answers were given in"):
        load_answers(changed)
    gone = {name: each for name, each in garden.questions.items() if name != "importance"}
    with pytest.raises(InputFaults, match="is no question any more, and has answers"):
        load_answers(replace(garden, questions=gone))


def test_a_question_that_was_settled_may_be_gone_from_the_file(garden):
    store = begin(garden, at=START)
    keep(store, garden, [rating(1.0)])
    with store.writing() as transaction:
        record_step(transaction, Step("settle", START, 1, "importance", "accepted"))
    gone = {name: each for name, each in garden.questions.items() if name != "importance"}
    assert rated(replace(garden, questions=gone)) == {}


def test_a_snapshot_holds_what_each_said_last_before_it(garden):
    study = replace(garden, mode="real_time")
    store = begin(study, at=START)
    keep(store, study, [rating(1.0), rating(2.0, panellist="K02")])
    keep(store, study, [rating(5.0, number=2)])
    assert rated(study) == {(1, "K01"): 1.0, (1, "K02"): 2.0, (2, "K01"): 5.0, (2, "K02"): 2.0}


EVENT = st.tuples(st.integers(1, 2), st.sampled_from(["K01", "K02", "K03"]), st.none() | st.integers(1, 5))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENT, min_size=10, max_size=20))
def test_what_counts_is_what_somebody_would_count_who_keeps_only_the_last(garden, events):
    store, expected = begin(garden, at=START), {}
    with store.writing() as transaction:
        versions = current_versions(transaction)
        transaction.connection.execute(answers.delete())
        for number, panellist, value in events:
            if value is None:
                place = (number, panellist, "importance")
                retract_answers(transaction, [place], versions, **ABOUT)
                expected.pop((number, panellist), None)
            else:
                answer = rating(float(value), number, panellist)
                record_answers(transaction, [answer], versions, garden.questions, **ABOUT)
                expected[number, panellist] = float(value)
    assert rated(garden) == expected


def test_an_argument_is_kept_once_and_shown_as_moderated(garden):
    store = begin(garden, at=START)
    said = [replace(rating(1.0), reason=" It is near "), replace(rating(2.0, panellist="K02"), reason="Far")]
    with store.writing() as transaction:
        for _ in range(2):
            record_arguments(transaction, garden, said, at=START)
        act = Moderation(1, START, "edit", "Near", "shorter", "")
        record_moderation(transaction, act)
        record_moderation(transaction, replace(act, action="categorise", value="place"))
        record_moderation(transaction, replace(act, argument=2, action="hide", value=""))
    with store.reading() as transaction:
        first, second = read_arguments(transaction)
    assert (first.text, first.category, first.is_hidden) == ("Near", "place", False)
    assert (second.text, second.is_hidden) == ("Far", True)


def test_of_each_voter_the_last_vote_counts(garden):
    store = begin(garden, at=START)
    with store.writing() as transaction:
        record_arguments(transaction, garden, [replace(rating(1.0), reason="Near")], at=START)
        votes = [("K02", 1), ("K03", 1), ("K04", 1), ("K03", -1), ("K04", 0)]
        at = START + timedelta(hours=1)
        record_votes(transaction, [(1, voter, vote) for voter, vote in votes], at=at)
    with store.reading() as transaction:
        (argument,) = read_arguments(transaction)
    assert (argument.n_for, argument.n_against) == (1, 1)


def test_numbers_of_arguments_do_not_follow_the_pseudonyms_of_their_authors(garden, garden_store):
    names = [f"K{place:02}" for place in range(1, 31)]
    said = [Answer(1, name, "importance", (3.0,), f"because of {name}") for name in names]
    with garden_store.writing() as transaction:
        record_arguments(transaction, garden, said, at=START)
        found = [each.author for each in read_arguments(transaction) if each.text.startswith("because of")]
    assert sorted(found) == names
    assert found != names
