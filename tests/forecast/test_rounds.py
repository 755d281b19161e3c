"""The life of a study as rules: which step may follow which, what may be undone, how a refusal is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from innosi.forecast.progress import Settlement, Step, progress_of
from innosi.forecast.rounds import (
    RoundError,
    close_round,
    finish_study,
    move_deadline,
    open_round,
    reinstate_question,
    release_feedback,
    settle_question,
    take_snapshot,
    undo_step,
)

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=50)


def after(*kinds, n_rounds=3, mode="rounds"):
    """Where a study stands after steps of these kinds, one a day: each taken as its rule says."""
    steps = []
    for day, kind in enumerate(kinds):
        progress = progress_of(steps, n_rounds=n_rounds, mode=mode)
        steps.append(TAKE[kind](progress, START + timedelta(days=day)))
    return progress_of(steps, n_rounds=n_rounds, mode=mode)


TAKE = {
    "open": open_round,
    "snapshot": take_snapshot,
    "close": close_round,
    "feedback": release_feedback,
    "finish": finish_study,
    "undo": undo_step,
    "settle": lambda progress, at: settle_question(progress, "trees", "accepted", at),
    "reinstate": lambda progress, at: reinstate_question(progress, "trees", at),
    "deadline": lambda progress, at: move_deadline(progress, date(2027, 6, 1), at),
}
ROUND = ("open", "close", "feedback")


@pytest.mark.parametrize(
    ("before", "kind", "state", "number"),
    [
        ((), "open", "open", 1),
        (("open",), "close", "closed", 1),
        (("open", "close"), "feedback", "feedback", 1),
        (("open", "close"), "finish", "finished", 1),
        (ROUND, "open", "open", 2),
        (ROUND, "finish", "finished", 1),
        ((*ROUND, *ROUND, *ROUND), "finish", "finished", 3),
        (("open",), "undo", "draft", 0),
        (("open", "close"), "undo", "open", 1),
        (ROUND, "undo", "closed", 1),
        ((*ROUND, "open"), "undo", "feedback", 1),
        ((*ROUND, "finish"), "undo", "feedback", 1),
        (("open", "close", "finish"), "undo", "closed", 1),
        (("open", "close", "undo"), "undo", "draft", 0),
        (("open", "undo"), "open", "open", 1),
        (("open", "close"), "settle", "closed", 1),
        ((), "settle", "draft", 0),
        (("open",), "deadline", "open", 1),
    ],
)
def test_a_step_that_may_follow_leads_where_it_says(before, kind, state, number):
    found = after(*before, kind)
    assert (found.state, found.round) == (state, number)


FIRST = r"open its first round: innosi delphi open STUDY$"
CLOSE = r"close the round first: innosi delphi close STUDY$"
FEEDBACK = r"give the panel its feedback first: innosi delphi feedback STUDY --to feedback$"
GO_ON = (
    r"open the next round \(innosi delphi open STUDY\), or finish the study \(innosi delphi finish STUDY\)$"
)
UNDO = r"undo the end of the study first, if it was a mistake: innosi delphi undo STUDY$"
CLOSED = ("open", "close")
FINISHED = (*ROUND, "finish")


@pytest.mark.parametrize(
    ("before", "kind", "message"),
    [
        (
            ("open",),
            "open",
            f"^the next round cannot come now: round 1 is open since 2027-03-01 09:00 UTC; {CLOSE}",
        ),
        (
            CLOSED,
            "open",
            f"^the next round cannot come now: round 1 is closed since 2027-03-02 .*; {FEEDBACK}",
        ),
        (FINISHED, "open", f"^the next round cannot come now: the study is finished since .*; {UNDO}"),
        (
            (*ROUND, *ROUND, *ROUND),
            "open",
            "^the study has 3 rounds, and all were held; add one under",
        ),
        ((), "close", f"^no round is open: the study has not begun; {FIRST}"),
        (CLOSED, "close", f"^no round is open: round 1 is closed; {FEEDBACK}"),
        (ROUND, "close", f"^no round is open: round 1 has given its feedback; {GO_ON}"),
        (FINISHED, "close", f"^no round is open: the study is finished; {UNDO}"),
        ((), "feedback", f"^feedback cannot come now: the study has not begun; {FIRST}"),
        (("open",), "feedback", f"^round 1 is open: there is no feedback before it is closed; {CLOSE}"),
        (ROUND, "feedback", f"^feedback cannot come now: round 1 has given its feedback since .*; {GO_ON}"),
        (FINISHED, "feedback", f"^feedback cannot come now: the study is finished since .*; {UNDO}"),
        ((), "finish", f"^the end of the study cannot come now: the study has not begun; {FIRST}"),
        (("open",), "finish", f"^the end of the study cannot come now: round 1 is open since .*; {CLOSE}"),
        (
            FINISHED,
            "finish",
            f"^the end of the study cannot come now: the study is finished since .*; {UNDO}",
        ),
        (("open",), "snapshot", "^snapshots are for real-time studies; close the round: innosi"),
        ((), "undo", f"^there is nothing to undo: the study has not begun; {FIRST}"),
        (("open", "undo"), "undo", f"^there is nothing to undo: the study has not begun; {FIRST}"),
        (("open",), "settle", f"^round 1 is open, and 'trees' is being answered in it; {CLOSE}"),
        (FINISHED, "settle", f"^the study is finished; {UNDO}"),
        (
            (*CLOSED, "settle"),
            "settle",
            "^'trees' was accepted after round 1 already; ask it again with: innosi delphi question STUDY",
        ),
        (CLOSED, "reinstate", "^'trees' is asked in the next round anyway; leave it as it is$"),
        (
            (*CLOSED, "settle", "feedback", "open"),
            "reinstate",
            f"^round 2 is open, and goes out without 'trees'; {CLOSE}",
        ),
        ((*CLOSED, "settle", "finish"), "reinstate", f"^the study is finished; {UNDO}"),
        ((), "deadline", f"^no round is open: the study has not begun; {FIRST}"),
        (CLOSED, "deadline", f"^no round is open: round 1 is closed; {FEEDBACK}"),
    ],
)
def test_a_step_that_may_not_follow_is_refused_with_what_to_do(before, kind, message):
    progress = after(*before)
    with pytest.raises(RoundError, match=message):
        TAKE[kind](progress, NOW)


def test_after_the_last_round_only_the_end_is_left():
    assert after(*ROUND, n_rounds=1).next_in_words == "finish the study: innosi delphi finish STUDY"
    assert "open the next round" in after(*ROUND, n_rounds=2).next_in_words
    with pytest.raises(RoundError, match=r"^the study has 1 round, and all were held"):
        open_round(after(*ROUND, n_rounds=1), NOW)


# --- undoing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_answers", "message"),
    [(1, "round 2 has 1 answer already"), (3, "round 2 has 3 answers already; close the round instead")],
)
def test_a_round_that_was_answered_is_not_taken_back(n_answers, message):
    with pytest.raises(RoundError, match=message):
        undo_step(after(*ROUND, "open"), NOW, n_answers=n_answers)


def test_what_reached_somebody_is_not_taken_back():
    with pytest.raises(RoundError, match=r"^round 1: 4 panellists were invited to it, which cannot be taken"):
        undo_step(after("open"), NOW, n_reached=4)
    with pytest.raises(RoundError, match=r"^round 1: 4 panellists were sent its feedback.*; go on from here"):
        undo_step(after(*ROUND), NOW, n_reached=4)


@pytest.mark.parametrize("kinds", [CLOSED, FINISHED])
def test_a_close_and_an_end_are_undone_whoever_answered_and_was_reached(kinds):
    step = undo_step(after(*kinds), NOW, n_answers=7, n_reached=7, because="too early", by="Ada")
    assert step == Step("undo", NOW, 1, because="too early", by="Ada")


def test_what_was_settled_stays_settled_when_the_close_is_undone():
    assert after(*CLOSED, "settle", "undo").settled == {"trees": Settlement("accepted", 1)}


def test_of_what_was_undone_nothing_is_left_but_the_log():
    assert replace(after(*CLOSED, "undo"), latest=None) == replace(after("open"), latest=None)
    again = after("open", "undo", "open")
    assert again.opened == {1: START + timedelta(days=2)}


# --- deadlines -------------------------------------------------------------------------------------------


def test_the_deadline_that_was_said_last_holds():
    first = open_round(after(), START, deadline=date(2027, 3, 20))
    moved = Step("deadline", START + timedelta(days=1), 1, deadline=date(2027, 3, 25))
    again = replace(moved, at=START + timedelta(days=2), deadline=date(2027, 3, 22))
    steps = [first, moved, again]
    assert [progress_of(steps[:n], n_rounds=3).deadlines for n in (1, 2, 3)] == [
        {1: date(2027, 3, 20)},
        {1: date(2027, 3, 25)},
        {1: date(2027, 3, 22)},
    ]


@pytest.mark.parametrize("hours", [0, 1])
def test_a_round_that_is_opened_again_has_the_deadline_of_its_new_opening(hours):
    """Though a clock that shows whole seconds gives all of it one moment."""
    at = [START + timedelta(hours=hours * each) for each in range(4)]
    steps = [
        Step("open", at[0], 1, deadline=date(2027, 3, 20)),
        Step("deadline", at[1], 1, deadline=date(2027, 3, 25)),
        Step("undo", at[2], 1),
    ]
    assert progress_of(steps, n_rounds=3).deadlines == {}
    opened = Step("open", at[3], 1, deadline=date(2027, 3, 21))
    assert progress_of([*steps, opened], n_rounds=3).deadlines == {1: date(2027, 3, 21)}
    without = replace(opened, deadline=None)
    assert progress_of([*steps, without], n_rounds=3).deadlines == {}


def test_a_deadline_outlives_a_close_that_was_undone():
    assert after("open", "deadline", "close", "undo").deadlines == {1: date(2027, 6, 1)}


def test_a_deadline_that_has_passed_is_refused_and_today_is_none():
    with pytest.raises(RoundError, match=r"^the deadline 2027-04-19 has passed already; give a later --"):
        open_round(after(), NOW, deadline=date(2027, 4, 19))
    with pytest.raises(RoundError, match=r"^the deadline 2027-04-19 has passed already; give a later one"):
        move_deadline(after("open"), date(2027, 4, 19), NOW)
    assert open_round(after(), NOW, deadline=NOW.date()).deadline == NOW.date()
    assert move_deadline(after("open"), NOW.date(), NOW).deadline == NOW.date()


# --- real time -------------------------------------------------------------------------------------------


def test_a_snapshot_reads_as_a_closed_round_and_answering_goes_on():
    found = after("open", "snapshot", mode="real_time")
    assert (found.state, found.round) == ("open", 2)
    assert found.closed == {1: START + timedelta(days=1)}
    assert found.opened == {1: START, 2: START + timedelta(days=1)}
    assert found.why_not_admitted(2) == ""
    assert "round 1 is closed since 2027-03-02 09:00 UTC" in found.why_not_admitted(1)


def test_the_last_snapshot_is_the_close():
    found = after("open", "snapshot", "snapshot", mode="real_time")
    with pytest.raises(RoundError, match=r"^the study has 3 snapshots, and this is the last; close the"):
        take_snapshot(found, NOW)
    assert after("open", "snapshot", "snapshot", "close", "feedback", mode="real_time").round == 3


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ((), f"^a snapshot cannot come now: the study has not begun; {FIRST}"),
        (CLOSED, "^a snapshot cannot come now: round 1 is closed since"),
    ],
)
def test_a_snapshot_is_of_an_open_study(kinds, message):
    with pytest.raises(RoundError, match=message):
        take_snapshot(after(*kinds, mode="real_time"), NOW)


def test_a_snapshot_is_undone_until_somebody_answers_after_it():
    found = after("open", "snapshot", mode="real_time")
    with pytest.raises(RoundError, match=r"^round 2 has 1 answer already"):
        undo_step(found, NOW, n_answers=1)
    undone = after("open", "snapshot", "undo", mode="real_time")
    assert (undone.state, undone.round, undone.closed) == ("open", 1, {})


# --- what is asked, and who may answer --------------------------------------------------------------------


def test_a_question_is_asked_until_it_was_settled_and_again_once_it_was_reinstated():
    found = after(*CLOSED, "settle", "feedback", "open")
    assert (found.is_asked("trees"), found.is_asked("pond")) == (False, True)
    assert found.why_not_asked("trees", 1) == ""
    assert found.why_not_asked("trees", 2) == "was accepted after round 1"
    assert after(*CLOSED, "settle", "reinstate").settled == {}
    assert after(*CLOSED, "settle", "reinstate", "settle").settled == {"trees": Settlement("accepted", 1)}


@pytest.mark.parametrize(
    ("kinds", "number", "is_late", "reason"),
    [
        ((), 2, False, ""),
        (("open",), 1, False, ""),
        (("open",), 2, False, "round 2 is not open yet; round 1 is open"),
        (("open",), 2, True, "round 2 is not open yet; round 1 is open"),
        (CLOSED, 1, False, "round 1 is closed since 2027-03-02 09:00 UTC"),
        (CLOSED, 1, True, ""),
        ((*ROUND, "open"), 1, True, ""),
        ((*ROUND, "open"), 2, False, ""),
        (FINISHED, 1, True, ""),
        (FINISHED, 2, False, "round 2 is not open yet; the study is finished"),
        (("open", "close", "undo"), 1, False, ""),
        (("open",), 1, True, "round 1 is open, so nothing is late in it; leave --late out"),
        ((), 1, True, "no round was opened yet, so nothing is late; leave --late out"),
    ],
)
def test_answers_are_taken_in_the_open_round_and_late_ones_in_those_before(kinds, number, is_late, reason):
    assert after(*kinds).why_not_admitted(number, is_late=is_late) == reason


def test_a_question_that_is_asked_again_was_not_asked_in_between():
    found = after(*CLOSED, "settle", "feedback", *CLOSED, "reinstate")
    told = [found.why_not_asked("trees", number) for number in (1, 2, 3)]
    assert told == ["", "was accepted after round 1", ""]


def test_a_question_that_is_asked_again_is_asked_in_the_round_that_is_open_again():
    found = after(*CLOSED, "settle", "feedback", *CLOSED, "reinstate", "undo")
    assert (found.state, found.round, found.why_not_asked("trees", 2)) == ("open", 2, "")


def test_a_draft_goes_on_after_the_rounds_that_were_held_elsewhere():
    step = open_round(after(), START, n_held_elsewhere=2)
    assert step.round == 3
    found = progress_of([step], n_rounds=3)
    assert found.why_not_admitted(3) == ""
    assert found.why_not_admitted(1) == "round 1 is closed"
    assert found.why_not_admitted(1, is_late=True) == ""
    with pytest.raises(RoundError, match=r"^the study has 3 rounds, and all were held"):
        open_round(after(), START, n_held_elsewhere=3)


# --- the clock -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "kind", "mode"),
    [
        ((), "open", "rounds"),
        (("open",), "close", "rounds"),
        (("open",), "undo", "rounds"),
        (("open",), "deadline", "rounds"),
        (CLOSED, "feedback", "rounds"),
        (CLOSED, "finish", "rounds"),
        (CLOSED, "settle", "rounds"),
        ((*CLOSED, "settle"), "reinstate", "rounds"),
        ((*CLOSED, "settle"), "feedback", "rounds"),
        (("open", "undo"), "open", "rounds"),
        (("open", "deadline"), "close", "rounds"),
        (("open",), "snapshot", "real_time"),
    ],
)
def test_no_step_is_dated_before_the_one_that_was_taken_last(before, kind, mode):
    progress = after(*before, mode=mode)
    last = START + timedelta(days=len(before) - 1)
    at = last - timedelta(minutes=1)
    if before:
        with pytest.raises(
            RoundError, match=rf"^it is {at:%Y-%m-%d %H:%M} UTC by this .*; set the clock right"
        ):
            TAKE[kind](progress, at)
    assert TAKE[kind](progress, last).at == last, "two steps may fall into one moment"


def test_moments_are_compared_whatever_their_zone():
    amsterdam = timezone(timedelta(hours=1))
    at = (START + timedelta(minutes=30)).astimezone(amsterdam)
    assert close_round(after("open"), at).kind == "close"
    with pytest.raises(RoundError, match=r"^it is 2027-03-01 08:30 UTC by this computer's clock, before"):
        close_round(after("open"), (START - timedelta(minutes=30)).astimezone(amsterdam))


def test_who_took_a_step_stands_in_it():
    for kind in ("open", "close", "feedback", "finish"):
        before = {"open": (), "close": ("open",), "feedback": CLOSED, "finish": CLOSED}[kind]
        assert TAKE[kind](after(*before), NOW, by="Ada").by == "Ada"
