"""A study from its first round to its end, through the library, with answers, letters and a fixed clock."""

import functools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from kept_study import rows_of

from innosi.forecast import conducting
from innosi.forecast.answers.importing import ImportOptions, RejectedAnswers, import_answers
from innosi.forecast.progress import Step
from innosi.forecast.rounds import RoundError
from innosi.forecast.running import UndecidedChanges, begin, running_study
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.store import opening
from innosi.forecast.store.answers import load_answers, read_answers
from innosi.forecast.store.arguments import record_proposals
from innosi.forecast.store.errors import StoreError
from innosi.forecast.store.history import read_history
from innosi.forecast.store.panel import read_panel, record_letters
from innosi.forecast.store.upkeep import verify_store
from innosi.forecast.study import load_study
from innosi.forecast.taking_part import withdraw
from innosi.models.errors import AnswerError, InnosiError, InputFaults

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
STUDY = """\
title: A garden for everybody
name: garden
panel:
  minimum_group_size: 2
  members: [p1, p2, p3]
rounds: 3
questions:
  pond: {text: How good is a pond?, type: rating, scale: {low: 1, high: 5}}
  hut: {text: How good is a hut?, type: rating, scale: {low: 1, high: 5}}
"""


class Conducted:
    """A study file with its store, and a clock that goes on by an hour with every command."""

    def __init__(self, folder, store_url, text):
        self.path, self.store_url, self.at = folder / "study.yaml", store_url, START
        self.write(text)

    def write(self, text):
        self.path.write_text(text, encoding="utf-8")

    @property
    def running(self):
        return running_study(replace(load_study(self.path), store_url=self.store_url))

    @property
    def stands(self):
        progress = self.running.progress
        return progress.state, progress.round

    def take(self, command, *args, **about):
        self.at += timedelta(hours=1)
        return getattr(conducting, command)(self.running, *args, at=self.at, **about)

    def round(self, answers):
        self.take("open_next_round")
        self.answer(answers)
        self.take("close_open_round")
        self.take("give_feedback")

    def answer(self, answers, name="answers.csv", **options):
        """Import what panellists say: {"p1": {"pond": 4}}; a reason stands behind a number."""
        lines = [
            f"{who},{question},{value},{number},{reason}"
            for who, said in answers.items()
            for question, (value, number, reason) in _told(said, self.running.progress.round or 1)
        ]
        path = self.path.with_name(name)
        path.write_text("\n".join(["panellist,question,value,round,reason", *lines]), encoding="utf-8")
        self.at += timedelta(hours=1)
        return import_answers(self.running.found, path, ImportOptions(**options), at=self.at)

    @property
    def counting(self):
        """What counts now, by round, panellist and question."""
        return {place: each.values[0] for place, each in load_answers(self.running.study).by_place.items()}

    def history(self):
        with self.running.store.reading() as transaction:
            return read_history(transaction, self.running.study)

    def reach(self, kind, number, *people):
        with self.running.store.writing() as transaction:
            record_letters(transaction, people, kind=kind, number=number, how="e-mail", at=self.at)


def _told(said, number):
    for question, answer in said.items():
        value, of_round, reason = (*answer, "")[:3] if isinstance(answer, tuple) else (answer, number, "")
        yield question, (value, of_round, reason)


ON_BOTH = pytest.mark.parametrize("store_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def store_url(request):
    """A SQLite file beside the study, or where a test says so an empty PostgreSQL database."""
    is_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    return "" if is_sqlite else request.getfixturevalue("postgresql_database")


@pytest.fixture(autouse=True)
def _statements_are_compiled_once(monkeypatch):
    """What a command opens several times has one engine; whoever runs one command does not notice."""
    monkeypatch.setattr(opening, "_sqlite", functools.cache(opening._sqlite))


@pytest.fixture
def conducted(tmp_path, store_url):
    return Conducted(tmp_path, store_url, STUDY)


@pytest.fixture
def real_time(tmp_path, store_url):
    return Conducted(tmp_path, store_url, f"{STUDY}mode: real_time\n")


ALL = {"p1": {"pond": 4, "hut": 2}, "p2": {"pond": 5, "hut": 1}, "p3": {"pond": 4, "hut": 5}}


@ON_BOTH
def test_a_study_of_three_rounds_from_its_first_to_its_end(conducted):
    conducted.take("open_next_round", deadline=date(2027, 3, 20), by="Ada")
    assert conducted.stands == ("open", 1)
    conducted.answer({"p1": {"pond": 1, "hut": (2, 1, "It is cold")}, "p2": {"pond": 2, "hut": 3}})
    conducted.answer({"p3": {"pond": 3, "hut": 4}})
    conducted.take("close_open_round")
    conducted.take("give_feedback")
    conducted.round(ALL)
    conducted.take("open_next_round")
    conducted.answer({"p2": {"pond": 4}})
    conducted.take("close_open_round")
    conducted.take("finish", because="the panel agrees")
    assert conducted.stands == ("finished", 3)
    pond = {place[:2]: value for place, value in conducted.counting.items() if place[2] == "pond"}
    assert pond == {
        (1, "p1"): 1,
        (1, "p2"): 2,
        (1, "p3"): 3,
        (2, "p1"): 4,
        (2, "p2"): 5,
        (2, "p3"): 4,
        (3, "p2"): 4,
    }
    found = conducted.history()
    assert [(each.n_invited, each.n_answered, each.n_complete) for each in found.rounds] == [
        (3, 3, 3),
        (3, 3, 3),
        (3, 1, 0),
    ]
    assert found.rounds[0].n_arguments == 1
    assert found.finished == conducted.at
    assert found.log[0][1] == "round 1 was opened, to be answered by 2027-03-20 (Ada)"
    assert found.log[-1][1] == "the study was finished: the panel agrees"
    assert verify_store(conducted.running.found) == ()


def test_the_panel_of_the_file_is_settled_with_the_first_round(conducted):
    conducted.take("open_next_round")
    with conducted.running.store.reading() as transaction:
        assert set(read_panel(transaction)) == {"p1", "p2", "p3"}
    with pytest.raises(RejectedAnswers, match="unknown panellist"):
        conducted.answer({"p4": {"pond": 4}})


def test_a_round_takes_no_more_answers_once_it_is_closed_and_late_ones_are_kept_apart(conducted):
    conducted.round({"p1": {"pond": 4, "hut": 2}, "p2": {"pond": 5, "hut": 1}})
    before = conducted.counting
    late = {"p3": {"pond": (1, 1), "hut": (1, 1)}}
    with pytest.raises(RejectedAnswers, match=r"round 1 is closed since .* say --late"):
        conducted.answer(late)
    conducted.answer(late, is_late=True)
    assert conducted.counting == before
    (first,) = conducted.history().rounds
    assert (first.n_answered, first.n_late_answers) == (2, 2)
    with conducted.running.store.reading() as transaction:
        kept = read_answers(transaction, conducted.running.study, is_late=True)
    assert set(kept.by_place) == {(1, "p3", "pond"), (1, "p3", "hut")}


def test_nothing_is_late_in_a_round_that_is_open(conducted):
    conducted.take("open_next_round")
    with pytest.raises(RejectedAnswers, match="round 1 is open, so nothing is late in it; leave --late out"):
        conducted.answer({"p1": {"pond": 4}}, is_late=True)
    conducted.answer({"p1": {"pond": 4}})
    assert conducted.counting == {(1, "p1", "pond"): 4}


def test_a_round_that_is_not_open_yet_takes_no_answers(conducted):
    conducted.take("open_next_round")
    with pytest.raises(RejectedAnswers, match="round 2 is not open yet; round 1 is open"):
        conducted.answer({"p1": {"pond": (4, 2)}})


def test_the_last_answer_of_a_round_counts_and_what_it_replaced_stays(conducted):
    conducted.take("open_next_round")
    conducted.answer({"p1": {"pond": 4}, "p2": {"pond": 5}})
    with pytest.raises(AnswerError, match="p1, pond was 4 and is now 2; import it with --replace"):
        conducted.answer({"p1": {"pond": 2}})
    conducted.answer({"p1": {"pond": 2}}, replace=True)
    assert conducted.counting == {(1, "p1", "pond"): 2}, "who is not in the file counts no longer"
    rows = rows_of(conducted.running.store)
    assert [(each["panellist"], each["is_retracted"]) for each in rows["answers"]] == [
        ("p1", False),
        ("p2", False),
        ("p1", False),
        ("p2", True),
    ]
    assert [each["parts"] for each in rows["answers"]] == [*(f'{{"value": {n}.0}}' for n in (4, 5, 2)), "{}"]


@pytest.mark.parametrize("settled", ["accepted", "dropped"])
def test_a_question_that_was_settled_takes_no_answers_in_later_rounds(conducted, settled):
    conducted.round(ALL)
    conducted.take("settle", "hut", settled, because="stable")
    conducted.take("open_next_round")
    with pytest.raises(RejectedAnswers, match=f"was {settled} after round 1"):
        conducted.answer(ALL)
    conducted.answer({who: {"pond": said["pond"]} for who, said in ALL.items()})
    found = conducted.history()
    assert [each.questions for each in found.rounds] == [("pond", "hut"), ("pond",)]
    assert [each.n_complete for each in found.rounds] == [3, 3]
    assert (1, "p1", "hut") in conducted.counting
    late = {"p1": {"hut": (3, 1)}}
    conducted.answer(late, is_late=True)
    assert conducted.history().rounds[0].n_late_answers == 1, "of round 1 it may still come late"


def test_a_question_that_was_reinstated_is_asked_again(conducted):
    conducted.round(ALL)
    conducted.take("settle", "hut", "dropped")
    with pytest.raises(RoundError, match="'hut' was dropped after round 1 already"):
        conducted.take("settle", "hut", "accepted")
    conducted.take("reinstate", "hut")
    conducted.round(ALL)
    assert {number for number, _, question in conducted.counting if question == "hut"} == {1, 2}


def test_an_unknown_question_is_refused_with_the_nearest(conducted):
    conducted.round(ALL)
    for command, more in (("settle", ("dropped",)), ("reinstate", ())):
        with pytest.raises(InnosiError, match="there is no question 'pnd'; did you mean 'pond'"):
            conducted.take(command, "pnd", *more)


# --- undoing ---------------------------------------------------------------------------------------------


def test_a_round_is_taken_back_while_nobody_answered_or_was_invited(conducted):
    conducted.take("open_next_round")
    assert conducted.take("undo", because="too early").kind == "open"
    assert conducted.stands == ("draft", 0)
    conducted.take("open_next_round")
    conducted.answer({"p1": {"pond": 4}})
    with pytest.raises(RoundError, match="round 1 has 1 answer already; close the round instead"):
        conducted.take("undo")
    assert [each[1] for each in conducted.history().log] == [
        "round 1 was opened",
        "the step before was undone (round 1): too early",
        "round 1 was opened",
    ]


def test_a_round_to_which_somebody_was_invited_is_not_taken_back(conducted):
    conducted.take("open_next_round")
    conducted.reach("invitation", 1, "p1", "p2")
    with pytest.raises(RoundError, match="round 1: 2 panellists were invited to it"):
        conducted.take("undo")


def test_a_letter_that_failed_reached_nobody(conducted):
    conducted.take("open_next_round")
    with conducted.running.store.writing() as transaction:
        about = {"kind": "invitation", "number": 1, "how": "e-mail", "at": conducted.at}
        record_letters(transaction, ["p1"], failure="mailbox full", **about)
    conducted.take("undo")
    assert conducted.stands == ("draft", 0)


def test_a_close_is_undone_until_the_feedback_and_feedback_until_it_was_sent(conducted):
    conducted.take("open_next_round")
    conducted.reach("invitation", 1, "p1")
    conducted.answer({"p1": {"pond": 4}})
    conducted.take("close_open_round")
    assert conducted.take("undo").kind == "close"
    conducted.answer({"p2": {"pond": 5}})
    conducted.take("close_open_round")
    conducted.take("give_feedback")
    assert conducted.take("undo").kind == "feedback"
    conducted.take("give_feedback")
    conducted.reach("feedback", 1, "p1")
    with pytest.raises(RoundError, match="round 1: 1 panellist was sent its feedback, which cannot be"):
        conducted.take("undo")
    assert conducted.stands == ("feedback", 1)


def test_late_answers_count_once_their_round_is_open_again(conducted):
    conducted.take("open_next_round")
    conducted.answer({"p1": {"pond": 4}})
    conducted.take("close_open_round")
    conducted.answer({"p2": {"pond": (5, 1, "It is near")}}, is_late=True)
    conducted.take("undo")
    assert conducted.counting == {(1, "p1", "pond"): 4, (1, "p2", "pond"): 5}
    (held,) = conducted.history().rounds
    assert (held.n_late_answers, held.n_arguments) == (0, 1)


def test_who_waited_for_another_step_takes_theirs_after_it(conducted):
    conducted.take("open_next_round")
    before, at = conducted.running, conducted.at
    conducted.take("close_open_round")
    step = conducting.give_feedback(before, at=at + timedelta(minutes=1))
    assert step.at == conducted.at, "not before the close for which it waited"


def test_a_study_is_not_finished_while_a_proposed_question_is_undecided(conducted):
    conducted.round(ALL)
    with conducted.running.store.writing() as transaction:
        record_proposals(transaction, [("p1", "And the dogs?")], number=1, at=conducted.at)
    with pytest.raises(
        RoundError, match="1 proposed question is not decided on; see and decide: innosi delphi"
    ):
        conducted.take("finish")


def test_nobody_who_withdrew_from_a_draft_answers_it(conducted):
    withdraw(conducted.running, "p1", at=conducted.at)
    with pytest.raises(AnswerError) as caught:
        conducted.answer({"p1": {"pond": 4}})
    assert "has withdrawn from the study" in str(caught.value)


def test_the_end_of_a_study_is_undone_whatever_was_sent(conducted):
    conducted.round(ALL)
    conducted.reach("feedback", 1, "p1")
    conducted.take("finish")
    assert conducted.take("undo").kind == "finish"
    assert conducted.stands == ("feedback", 1)


def test_two_facilitators_who_undo_the_same_step_do_not_undo_two(conducted):
    conducted.round(ALL)
    theirs = conducted.running
    conducted.take("undo")
    with pytest.raises(
        RoundError, match=r"the study has moved on since it was read: round 1 is closed; look"
    ):
        conducting.undo(theirs, at=conducted.at)
    assert conducted.stands == ("closed", 1)


def test_what_was_refused_leaves_no_trace(conducted):
    conducted.round(ALL)
    before = rows_of(conducted.running.store)
    for command, args in (("close_open_round", ()), ("postpone", (date(2027, 4, 1),)), ("snapshot", ())):
        with pytest.raises(RoundError):
            conducted.take(command, *args)
    with pytest.raises(RejectedAnswers):
        conducted.answer(ALL)
    assert rows_of(conducted.running.store) == before


def test_without_a_store_a_step_says_how_one_is_begun(conducted):
    for command in ("close_open_round", "give_feedback", "finish", "undo"):
        with pytest.raises(StoreError, match="there is no store of this study yet; begin with its panel"):
            conducted.take(command)


# --- what the file says ----------------------------------------------------------------------------------


def test_the_deadline_is_that_of_the_command_else_that_of_the_file(conducted):
    rounds = "rounds: [{title: First, deadline: 2027-03-20}, Second, Third]"
    conducted.write(STUDY.replace("rounds: 3", rounds))
    assert conducted.take("open_next_round").deadline == date(2027, 3, 20)
    conducted.take("postpone", date(2027, 3, 25))
    assert conducted.running.progress.deadlines == {1: date(2027, 3, 25)}
    conducted.take("undo")
    assert conducted.take("open_next_round", deadline=date(2027, 3, 22)).deadline == date(2027, 3, 22)
    assert conducted.running.progress.deadlines == {1: date(2027, 3, 22)}


def test_rounds_that_were_held_elsewhere_come_first(conducted):
    conducted.answer({"p1": {"pond": (1, 1)}})
    conducted.answer({"p1": {"pond": (2, 2)}})
    assert conducted.stands == ("draft", 0)
    assert conducted.take("open_next_round").round == 3
    with pytest.raises(RejectedAnswers, match="round 1 is closed"):
        conducted.answer({"p2": {"pond": (1, 1)}})
    conducted.answer({"p2": {"pond": 3}})
    assert set(conducted.counting) == {(1, "p1", "pond"), (2, "p1", "pond"), (3, "p2", "pond")}


def test_a_draft_is_opened_as_its_file_says_it_last(conducted):
    begin(conducted.running.found, at=START)
    conducted.write(STUDY.replace("high: 5}}\n  hut", "high: 9}}\n  hut").replace("a hut?", "a shed?"))
    conducted.round({"p1": {"pond": 9, "hut": 5}})
    assert conducted.counting == {(1, "p1", "pond"): 9, (1, "p1", "hut"): 5}
    assert conducted.running.study.questions["hut"].text == "How good is a shed?"
    assert verify_store(conducted.running.found) == ()


def test_a_draft_with_answers_of_another_form_is_not_opened(conducted):
    conducted.answer({"p1": {"pond": (4, 1)}})
    conducted.write(STUDY.replace("high: 5}}\n  hut", "high: 9}}\n  hut"))
    with pytest.raises(InputFaults, match="is asked in another form than its answers were given in"):
        conducted.take("open_next_round")
    assert conducted.stands == ("draft", 0)
    conducted.answer({"p1": {"pond": (8, 1)}}, replace=True)
    assert conducted.take("open_next_round").round == 2
    assert conducted.counting == {(1, "p1", "pond"): 8}


def test_a_changed_file_waits_for_a_decision_before_the_next_step(conducted):
    conducted.take("open_next_round")
    conducted.write(STUDY.replace("everybody", "all"))
    with pytest.raises(UndecidedChanges, match="1 change waits for a decision"):
        conducted.take("close_open_round")
    with pytest.raises(UndecidedChanges, match="title: A garden for everybody → A garden for all"):
        conducted.answer({"p1": {"pond": 4}})
    assert conducted.stands == ("open", 1)


# --- real time -------------------------------------------------------------------------------------------


@ON_BOTH
def test_three_snapshots_read_as_rounds(real_time):
    real_time.take("open_next_round")
    real_time.answer({"p1": {"pond": 1}, "p2": {"pond": 2}})
    real_time.take("snapshot")
    real_time.answer({"p1": {"pond": 5}, "p3": {"pond": 4}})
    real_time.take("snapshot")
    real_time.answer({"p2": {"pond": 4}})
    real_time.take("close_open_round")
    assert real_time.stands == ("closed", 3)
    assert [(number, who, value) for (number, who, _), value in real_time.counting.items()] == [
        (1, "p1", 1),
        (1, "p2", 2),
        (2, "p1", 5),
        (2, "p2", 2),
        (2, "p3", 4),
        (3, "p1", 5),
        (3, "p2", 4),
        (3, "p3", 4),
    ]
    study, answers = real_time.running.study, load_answers(real_time.running.study)
    (first,), (second,), (third,) = (summarise(study, answers, number) for number in (1, 2, 3))
    assert [each.n for each in (first, second, third)] == [2, 3, 3]
    assert [each.description.median for each in (first, second, third)] == [1.5, 4, 4]
    assert first.change is None
    assert (second.change.since, second.change.n_both, second.change.share_changed) == (1, 2, 0.5)
    assert (third.change.since, third.change.n_both, third.change.share_changed) == (2, 3, 1 / 3)
    assert verify_store(real_time.running.found) == ()


def test_in_real_time_an_answer_is_changed_until_the_next_snapshot_and_after_it(real_time):
    real_time.take("open_next_round")
    real_time.answer({"p1": {"pond": 1}})
    with pytest.raises(AnswerError, match="p1, pond was 1 and is now 2"):
        real_time.answer({"p1": {"pond": 2}})
    real_time.take("snapshot")
    real_time.answer({"p1": {"pond": 2}})
    assert real_time.counting == {(1, "p1", "pond"): 1, (2, "p1", "pond"): 2}


def test_a_snapshot_is_undone_until_somebody_answers_after_it(real_time):
    real_time.take("open_next_round")
    real_time.answer({"p1": {"pond": 1}})
    real_time.take("snapshot")
    assert real_time.take("undo").kind == "snapshot"
    assert real_time.stands == ("open", 1)
    real_time.take("snapshot")
    real_time.answer({"p1": {"pond": 2}})
    with pytest.raises(RoundError, match="round 2 has 1 answer already"):
        real_time.take("undo")


def test_a_table_of_a_real_time_draft_is_of_the_round_that_is_said(real_time):
    path = real_time.path.with_name("plain.csv")
    path.write_text("panellist,pond\np1,4\n", encoding="utf-8")
    import_answers(real_time.running.found, path, ImportOptions(number=1), at=START)
    assert real_time.counting == {(1, "p1", "pond"): 4}


def test_who_took_a_step_and_when_is_kept(conducted):
    step = conducted.take("open_next_round", by="Ada")
    assert step == Step("open", START + timedelta(hours=1), 1, by="Ada")
    assert conducted.running.progress.last == step
