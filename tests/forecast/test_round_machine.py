"""Commands in any order, legal or not, on a study's store, held against a model of plain lists after each.

What the store knows is in the model too; what the model does not allow is refused, and changes nothing.
"""

import functools
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from innosi.forecast import conducting
from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.deciding import decide_changes
from innosi.forecast.running import begin, running_within
from innosi.forecast.store import opening
from innosi.forecast.store.answers import read_answers
from innosi.forecast.store.opening import store_path
from innosi.forecast.store.panel import record_letters, record_withdrawal
from innosi.forecast.store.parts import read_parts
from innosi.forecast.store.tables import metadata
from innosi.forecast.store.upkeep import verify_store
from innosi.forecast.study import load_study
from innosi.models.errors import InnosiError

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
N_ROUNDS = 3
MEMBERS = ("p1", "p2", "p3")
STUDY = """\
title: A {title}
mode: {mode}
panel: {{members: [p1, p2, p3], minimum_group_size: 2}}
rounds: 3
questions:
  pond: {{text: How good is a pond?, type: rating, scale: {{low: 1, high: 5}}}}
{hut}"""
HUT = "  hut: {{text: How good is a {}?, type: rating, scale: {{low: 1, high: 5}}}}\n"
PLACE = ("round", "panellist", "question")
STEPS = {
    "open": conducting.open_next_round,
    "close": conducting.close_open_round,
    "snapshot": conducting.snapshot,
    "feedback": conducting.give_feedback,
    "finish": conducting.finish,
    "undo": conducting.undo,
}
MAY_FOLLOW = {
    "draft": {"open"},
    "open": {"close", "snapshot"},
    "closed": {"feedback", "finish"},
    "feedback": {"open", "finish"},
    "finished": set(),
}
LEADS_TO = {
    "open": "open",
    "snapshot": "open",
    "close": "closed",
    "feedback": "feedback",
    "finish": "finished",
}


class Model:
    """What must be in the store, kept in plain lists and dicts.

    `events` are the answers ever given: (round, panellist, question, value, is late, lineage of the
    question); the value is None where one was taken back. `hut` is how the file words the second question,
    None where it is gone; `decided` is what was decided on: title and wording.
    """

    def __init__(self, mode):
        self.mode = mode
        self.stack, self.log, self.events = [], [], []
        self.settled, self.deadlines, self.reached = {}, {}, set()
        self.gaps, self.taken_out = [], set()
        self.withdrawn, self.is_listed = set(), False
        self.title, self.hut = "garden", "hut"
        self.decided = ("garden", "hut")
        self.version, self.lineage = "hut", {"pond": 1, "hut": 1}

    @property
    def state(self):
        return LEADS_TO[self.stack[-1][0]] if self.stack else "draft"

    @property
    def round(self):
        return self.stack[-1][1] + (self.stack[-1][0] == "snapshot") if self.stack else 0

    @property
    def said(self):
        """The title and the wording by which the study goes: a draft's are those of its file."""
        return self.decided if self.stack else (self.title, self.hut)

    @property
    def questions(self):
        return {"pond"} | ({"hut"} if self.said[1] else set())

    @property
    def pending(self):
        title, hut = self.said
        changed = {"title": self.title != title, "questions.hut": self.hut != hut}
        return {key for key, is_changed in changed.items() if is_changed}

    def choices(self):
        """What may be decided on the second question."""
        if self.hut is None:
            return {"drop"}
        return {"ask"} if self.said[1] is None else {"reword", "replace"}

    def current(self, number=None, *, is_late=False, up_to=None):
        """What counts: of each place the last event, unless taken back or to another question."""
        last = {}
        for event in self.events:
            of_round, who, question, _, late, _ = event
            within = of_round <= up_to if up_to else number in (None, of_round)
            if late == is_late and within:
                last[(up_to or of_round, who, question)] = event
        return {
            place: value
            for place, (_, _, question, value, _, lineage) in last.items()
            if value is not None and lineage == self.lineage[question]
        }

    def counting(self):
        """What is read as the study's answers: of a real-time study all that was said until each snapshot."""
        if self.mode == "rounds":
            found = self.current()
        else:
            held = sorted(self.held())
            found = {place: value for each in held for place, value in self.current(up_to=each).items()}
        return {place: value for place, value in found.items() if place[2] in self.questions}

    def held(self):
        return {number for number, _, _, _, late, _ in self.events if not late}

    def next_round(self):
        return self.round + 1 if self.stack else max(self.held(), default=0) + 1

    def may(self, kind):
        """Whether a step may be taken now."""
        if self.pending:
            return False
        if kind == "undo":
            return bool(self.stack) and self.may_undo(*self.stack[-1])
        if kind not in MAY_FOLLOW[self.state]:
            return False
        if kind == "snapshot":
            return self.mode == "real_time" and self.round < N_ROUNDS
        return kind != "open" or self.next_round() <= N_ROUNDS

    def may_undo(self, kind, number):
        is_answered = kind in ("open", "snapshot") and bool(self.current(self.round))
        return not is_answered and (kind, number) not in self.reached

    def take(self, kind):
        if kind == "undo":
            undone, number = self.stack.pop()
            if undone == "open":
                self.deadlines.pop(number, None)
            if self.state == "open":
                self.gaps = [(name, after, min(until, number - 1)) for name, after, until in self.gaps]
                self.let_late_in()
        else:
            number = self.next_round() if kind == "open" else self.round
            if kind == "open":
                self.keep_draft()
                self.is_listed = True
            self.stack.append((kind, number))
        self.log.append((kind, number, "", ""))

    def let_late_in(self):
        """What came late to a round that is open again counts, as if it came now."""
        late = self.current(self.round, is_late=True)
        order = {event[:3]: place for place, event in enumerate(self.events) if event[4]}
        for is_late in (False, True):
            for place in sorted(late, key=order.get):
                value = None if is_late else late[place]
                self.events.append((*place, value, is_late, self.lineage[place[2]]))

    def keep_draft(self):
        if not self.stack and self.hut and "hut" in self.settled and "hut" in self.taken_out:
            self.log.append(("reinstate", self.settled.pop("hut")[1], "hut", ""))
        if not self.stack:
            self.decided = (self.title, self.hut)
            self.version = self.hut or self.version

    def may_settle(self, question):
        is_free = self.state not in ("open", "finished") and question not in self.settled
        return is_free and question in self.questions and not self.pending

    def may_reinstate(self, question):
        is_free = self.state not in ("open", "finished") and question in self.settled
        return is_free and question in self.questions and not self.pending

    def settle(self, question, settled):
        self.taken_out.discard(question)
        self.settled[question] = (settled, self.round)
        self.log.append(("settle", self.round, question, settled))

    def reinstate(self, question):
        _, after = self.settled.pop(question)
        self.gaps.append((question, after, self.round - (self.state == "open")))
        self.log.append(("reinstate", self.round, question, ""))

    def round_of(self, number):
        """Of a real-time study that runs, the round that is open, whatever is said."""
        return self.round if self.mode == "real_time" and self.stack else number

    def may_answer(self, number, given, *, is_late, is_replaced):
        known = self.current(number, is_late=is_late)
        return not self.pending and all(
            who in MEMBERS
            and who not in self.withdrawn
            and question in self.questions
            and value <= 5
            and self.takes(number, is_late=is_late)
            and number <= self.settled.get(question, ("", N_ROUNDS))[1]
            and not any(name == question and after < number <= until for name, after, until in self.gaps)
            and (is_replaced or known.get((number, who, question), value) == value)
            and (is_replaced or is_late or not self.is_old(number, who, question, value))
            for (who, question), value in given.items()
        )

    def is_old(self, number, *answer):
        """Whether somebody said it before a snapshot of a real-time study, and changed it since."""
        who, question, value = answer
        of_place = [
            (of, was)
            for of, name, to, was, is_late, lineage in self.events
            if (name, to, is_late, lineage) == (who, question, False, self.lineage[question])
        ]
        counts = [was for of, was in of_place if of <= number][-1:]
        is_said = value in [was for _, was in of_place]
        is_of_the_round = (number, *answer[:2]) in self.current(number)
        return (
            self.mode == "real_time"
            and is_said
            and not is_of_the_round
            and counts not in ([], [value], [None])
        )

    def takes(self, number, *, is_late):
        """Whether answers to a round are taken; nothing is late before any round was opened."""
        if not self.stack:
            return not is_late
        if self.state == "open" and number == self.round:
            return not is_late
        return is_late and number <= self.round

    def answer(self, number, given, *, is_late, is_replaced):
        self.keep_draft()
        known = self.current(number, is_late=is_late)
        new = {(number, *place): value for place, value in sorted(given.items())}
        fresh = [(place, value) for place, value in new.items() if known.get(place) != value]
        fresh.sort(key=lambda each: each[0] in known)  # what is new is kept before what is changed
        gone = sorted(set(known) - set(new)) if is_replaced and not is_late else []
        gone = [place for place in gone if place[2] in self.questions and place[1] not in self.withdrawn]
        for place, value in [*fresh, *((place, None) for place in gone)]:
            self.events.append((*place, value, is_late, self.lineage[place[2]]))

    def may_decide(self, choice):
        if "questions.hut" in self.pending:
            is_out = self.state == "open" and self.mode == "rounds"
            return choice in self.choices() and not is_out and self.state != "finished"
        return bool(self.pending)

    def decide(self, choice):
        if "questions.hut" in self.pending:
            if choice == "replace" or (choice == "ask" and self.hut != self.version):
                self.lineage["hut"] += 1
            self.version = self.hut or self.version
            if choice == "drop" and "hut" not in self.settled:
                self.settle("hut", "dropped")
                self.taken_out.add("hut")
            if choice in ("replace", "ask") and "hut" in self.settled:
                self.reinstate("hut")
        self.decided = (self.title, self.hut)


class StudyMachine(RuleBasedStateMachine):
    """A study file and its store, driven by commands at random."""

    def __init__(self, folder, mode):
        super().__init__()
        self.model, self.at = Model(mode), START
        self.path, self.table = folder / "study.yaml", folder / "answers.csv"
        self.read_again = functools.cache(lambda _: load_study(self.path))
        self.write_file()
        for end in ("", "-wal", "-shm"):
            self.path.with_name(f"study.sqlite{end}").unlink(missing_ok=True)
        self.store = begin(self.found, at=START)

    def write_file(self):
        hut = HUT.format(self.model.hut) if self.model.hut else ""
        text = STUDY.format(title=self.model.title, mode=self.model.mode, hut=hut)
        self.path.write_text(text, encoding="utf-8")
        self.found = self.read_again(text)

    @property
    def running(self):
        with self.store.reading() as transaction:
            return running_within(transaction, self.found, self.store)

    def rows(self):
        with closing(sqlite3.connect(store_path(self.found))) as connection:
            return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in metadata.tables}

    def do(self, command, *, is_legal):
        """Give a command; it is done, or is refused and changes nothing, as the model says; say which."""
        before, refusal = self.kept, None
        try:
            command()
        except InnosiError as error:
            refusal = error
        if refusal is None:
            assert is_legal, "done, though it is not allowed"
            self.kept = self.rows()
            return True
        assert not is_legal, f"refused: {refusal}"
        assert self.rows() == before, f"changed something, though it was refused: {refusal}"
        return False

    def now(self):
        self.at += timedelta(hours=1)
        return self.at

    @rule(kind=st.sampled_from(sorted(STEPS)))
    def step(self, kind):
        """Take a step, whether it may be taken or not."""
        is_legal = self.model.may(kind)
        if self.do(lambda: STEPS[kind](self.running, at=self.now()), is_legal=is_legal):
            self.model.take(kind)

    @rule(choice=st.randoms(use_true_random=False))
    def go_on(self, choice):
        """Take a step that may be taken: else few studies would see their second round."""
        if self.model.pending:
            self.decide(choice.choice(sorted(self.model.choices())))
        if self.model.pending:
            self.model.title, self.model.hut = self.model.decided
            self.write_file()
        possible = [kind for kind in STEPS if self.model.may(kind)]
        if possible:
            self.step(choice.choice(possible))

    @rule(choice=st.randoms(use_true_random=False))
    def go_on_after_answers(self, choice):
        """Some answer what is asked of them, and a step is taken, or was taken by mistake."""
        people = [who for who in MEMBERS if who not in self.model.withdrawn and choice.random() < 0.7]
        asked = sorted(self.model.questions - set(self.model.settled))
        given = {(who, question): choice.choice([1, 2, 3]) for who in people for question in asked}
        if given and self.model.state in ("draft", "open"):
            self.answer(self.model.round or 1, given, is_late=False, is_replaced=choice.random() < 0.3)
        if choice.random() < 0.2:
            self.step("undo")
        self.go_on(choice)

    @precondition(lambda self: self.model.log)
    @rule(kind=st.sampled_from(sorted(STEPS)))
    def step_back_in_time(self, kind):
        """The clock runs backwards: no step is taken."""
        running = self.running
        latest = running.progress.latest
        self.do(lambda: STEPS[kind](running, at=latest - timedelta(seconds=1)), is_legal=False)

    @rule(
        number=st.integers(1, N_ROUNDS),
        is_of_the_last=st.sampled_from([True, True, False]),
        given=st.dictionaries(
            st.tuples(st.sampled_from([*MEMBERS * 3, "p9"]), st.sampled_from(["pond", "hut"])),
            st.sampled_from([1, *[2] * 8, 6]),
            min_size=1,
            max_size=3,
        ),
        is_late=st.sampled_from([False, False, True]),
        is_replaced=st.booleans(),
    )
    def answer_something(self, number, is_of_the_last, given, is_late, is_replaced):
        """Import a file of answers, which may be as they should be or not."""
        number = max(self.model.round, 1) if is_of_the_last else number
        self.answer(number, given, is_late=is_late, is_replaced=is_replaced)

    def answer(self, number, given, *, is_late, is_replaced):
        lines = [f"{who},{question},{value}" for (who, question), value in given.items()]
        self.table.write_text("\n".join(["panellist,question,value", *lines]), encoding="utf-8")
        options = ImportOptions(number=number, is_late=is_late, replace=is_replaced)
        about = {"is_late": is_late, "is_replaced": is_replaced}
        of_round = self.model.round_of(number)
        is_legal = self.model.may_answer(of_round, given, **about)
        command = lambda: import_answers(self.running.found, self.table, options, at=self.now())  # noqa: E731
        if self.do(command, is_legal=is_legal):
            self.model.answer(of_round, given, **about)

    @rule(question=st.sampled_from(["pond", "hut"]), settled=st.sampled_from(["accepted", "dropped"]))
    def settle(self, question, settled):
        is_legal = self.model.may_settle(question)
        command = lambda: conducting.settle(self.running, question, settled, at=self.now())  # noqa: E731
        if self.do(command, is_legal=is_legal):
            self.model.settle(question, settled)

    @precondition(lambda self: self.model.settled)
    @rule(question=st.sampled_from(["pond", "hut"]))
    def reinstate(self, question):
        is_legal = self.model.may_reinstate(question)
        command = lambda: conducting.reinstate(self.running, question, at=self.now())  # noqa: E731
        if self.do(command, is_legal=is_legal):
            self.model.reinstate(question)

    @precondition(lambda self: self.model.state == "open" or len(self.model.log) % 4 == 0)
    @rule(days=st.integers(-1, 9))
    def postpone(self, days):
        deadline = (self.at + timedelta(hours=1)).date() + timedelta(days=days)
        is_legal = self.model.state == "open" and days >= 0 and not self.model.pending
        command = lambda: conducting.postpone(self.running, deadline, at=self.now())  # noqa: E731
        if self.do(command, is_legal=is_legal):
            self.model.deadlines[self.model.round] = deadline
            self.model.log.append(("deadline", self.model.round, "", ""))

    @precondition(lambda self: self.model.stack and self.model.stack[-1][0] in ("open", "feedback"))
    @rule()
    def reach(self):
        """Send somebody the invitation or the feedback."""
        kind, number = self.model.stack[-1]
        about = {"kind": "invitation" if kind == "open" else kind, "number": number, "how": "e-mail"}
        with self.running.store.writing() as transaction:
            record_letters(transaction, ["p1"], at=self.now(), **about)
        self.model.reached.add((kind, number))

    @precondition(lambda self: self.model.is_listed and len(self.model.withdrawn) < 2)
    @rule(who=st.sampled_from(MEMBERS))
    def withdraw(self, who):
        with self.running.store.writing() as transaction:
            record_withdrawal(transaction, who, at=self.now())
        self.model.withdrawn.add(who)

    @rule(title=st.sampled_from(["garden", "meadow"]))
    def edit_title(self, title):
        self.model.title = title
        self.write_file()

    @rule(hut=st.sampled_from(["hut", "shed", None]), choice=st.none() | st.randoms(use_true_random=False))
    def edit_question(self, hut, choice):
        """Word the second question otherwise, or take it out, and decide on it now or later."""
        if hut or self.model.stack:
            self.model.hut = hut
            self.write_file()
        if choice and "questions.hut" in self.model.pending:
            self.decide(choice.choice(sorted(self.model.choices())))

    @precondition(lambda self: self.model.pending or len(self.model.log) % 8 == 0)
    @rule(choice=st.sampled_from(["reword", "replace", "ask", "drop"]))
    def decide(self, choice):
        """Decide on all that waits, as may be decided or not."""
        decisions = {key: "accept" if key == "title" else choice for key in self.model.pending}
        is_legal = self.model.may_decide(choice)
        command = lambda: decide_changes(self.running, decisions, at=self.now())  # noqa: E731
        if self.do(command, is_legal=is_legal):
            self.model.decide(choice)

    @invariant()
    def all_is_as_in_the_model(self):
        self.kept = self.rows()
        self.every_event_is_kept(self.kept)
        with self.store.reading() as transaction:
            running = running_within(transaction, self.found, self.store)
            self.the_last_one_counts(transaction, running)
        self.it_stands_where_the_model_stands(running)

    def it_stands_where_the_model_stands(self, running):
        model = self.model
        progress = running.progress
        assert (progress.state, progress.round) == (model.state, model.round)
        assert {name: (each.settled, each.round) for name, each in progress.settled.items()} == model.settled
        assert dict(progress.deadlines) == model.deadlines
        assert {each.key for each in running.pending} == model.pending
        assert set(running.study.questions) == model.questions

    def every_event_is_kept(self, rows):
        model = self.model
        columns = [column.name for column in metadata.tables["answers"].c]
        kept = [dict(zip(columns, row, strict=True)) for row in rows["answers"]]
        assert [
            (*(each[name] for name in PLACE), read_parts(each["parts"]).get("value"), bool(each["is_late"]))
            for each in kept
        ] == [event[:5] for event in model.events]
        assert [(kind, *about[:3]) for _, _, _, kind, *about in rows["steps"]] == model.log

    def the_last_one_counts(self, transaction, running):
        model = self.model
        found = read_answers(transaction, running.study)
        late = read_answers(transaction, running.study, is_late=True)
        assert {place: each.values[0] for place, each in found.by_place.items()} == model.counting()
        assert {place: each.values[0] for place, each in late.by_place.items()} == {
            place: value
            for place, value in model.current(is_late=True).items()
            if place[2] in model.questions
        }

    def teardown(self):
        assert verify_store(self.found) == ()


@pytest.mark.parametrize("mode", ["rounds", "real_time"])
def test_a_study_is_what_its_commands_made_of_it(tmp_path, monkeypatch, mode):
    # Each study lies in the same place: what SQLAlchemy knows of its statements is known to the next.
    monkeypatch.setattr(opening, "_sqlite", functools.cache(opening._sqlite))
    run_state_machine_as_test(
        lambda: StudyMachine(tmp_path, mode),
        settings=settings(
            max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
