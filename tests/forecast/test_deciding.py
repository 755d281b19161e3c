"""A study file that is changed under a running study: what waits, what may be decided, what comes of it."""

import functools
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from kept_study import rows_of

from innosi.forecast import conducting
from innosi.forecast.advising import history_of
from innosi.forecast.answers.importing import ImportOptions, RejectedAnswers, import_answers
from innosi.forecast.asked import answers_as_asked
from innosi.forecast.counting import summarise_round
from innosi.forecast.data_export import study_data
from innosi.forecast.deciding import decide_changes
from innosi.forecast.feeding_back import feedback_of
from innosi.forecast.people.person import Person
from innosi.forecast.running import UndecidedChanges, begin, running_study
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.store import opening
from innosi.forecast.store.answers import load_answers
from innosi.forecast.store.errors import StoreError
from innosi.forecast.store.panel import read_panel, read_people, record_people, record_withdrawal
from innosi.forecast.store.upkeep import verify_store
from innosi.forecast.store.versions import read_question_versions, read_study_version
from innosi.forecast.study import load_study
from innosi.models.errors import InnosiError, InputFaults

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
STUDY = """\
title: A garden for everybody
panel:
  minimum_group_size: 3
  groups: {north: North, south: South}
  members: {p1: north, p2: north, p3: south}
rounds: [First, Second, Third]
questions:
  pond: {text: How good is a pond?, type: rating, scale: {low: 1, high: 5}}
  hut: {text: How good is a hut?, type: rating, scale: {low: 1, high: 5}}
"""
PANEL = "members: {p1: north, p2: north, p3: south}"
TRANSLATED = """\
translations:
  nl:
    title: Een tuin voor iedereen
    questions: {pond: {text: Hoe goed is een vijver?}, hut: {text: Hoe goed is een hut?}}
"""
HUT = "  hut: {text: How good is a hut?, type: rating, scale: {low: 1, high: 5}}\n"
NEW = "  hedge: {text: How good is a hedge?, type: rating, scale: {low: 1, high: 5}}\n"


class Edited:
    """A study whose file is edited while it runs."""

    def __init__(self, folder):
        self.path, self.at = folder / "study.yaml", START
        self.path.write_text(STUDY, encoding="utf-8")

    @property
    def running(self):
        return running_study(load_study(self.path))

    def edit(self, old, new):
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")

    def take(self, command, *args):
        self.at += timedelta(hours=1)
        return getattr(conducting, command)(self.running, *args, at=self.at)

    def decide(self, **decisions):
        self.at += timedelta(hours=1)
        given = {key.replace("__", "."): choice for key, choice in decisions.items()}
        return decide_changes(self.running, given, at=self.at, by="Ada")

    def round(self, **values):
        """Hold a round in which p1, p2 and p3 give each question the values that are said."""
        self.take("open_next_round")
        self.answer(**values)
        self.take("close_open_round")
        self.take("give_feedback")

    def answer(self, **values):
        names = list(values)
        lines = [
            ",".join(map(str, (who, *row)))
            for who, row in zip(("p1", "p2", "p3"), zip(*values.values(), strict=True), strict=True)
        ]
        path = self.path.with_name("answers.csv")
        path.write_text("\n".join([",".join(["panellist", *names]), *lines]), encoding="utf-8")
        number = self.running.progress.round
        import_answers(self.running.found, path, ImportOptions(number=number), at=self.at)

    def change_of(self, question):
        """What the summary of the last round says of the change of a question."""
        study = self.running.study
        found = summarise(study, load_answers(study))
        return next(each.change for each in found if each.question.name == question)

    def panel(self):
        with self.running.store.reading() as transaction:
            return read_panel(transaction)

    def versions(self, name):
        with self.running.store.reading() as transaction:
            return [
                (each.lineage, each.first_round, each.text)
                for each in read_question_versions(transaction)[name]
            ]


@pytest.fixture(autouse=True)
def _statements_are_compiled_once(monkeypatch):
    """What a command opens several times has one engine; whoever runs one command does not notice."""
    monkeypatch.setattr(opening, "_sqlite", functools.cache(opening._sqlite))


@pytest.fixture
def edited(tmp_path):
    return Edited(tmp_path)


@pytest.fixture(scope="module")
def after_a_round(tmp_path_factory):
    """A folder with a study of which one round was held, and its feedback given; to be copied."""
    study = Edited(tmp_path_factory.mktemp("held"))
    study.round(pond=(1, 2, 3), hut=(4, 4, 5))
    return study


@pytest.fixture
def held(edited, after_a_round):
    """One round was held, and its feedback given."""
    for name in ("study.yaml", "study.sqlite"):
        shutil.copy(after_a_round.path.with_name(name), edited.path.with_name(name))
    edited.at = after_a_round.at
    return edited


CHANGES = {
    "title": (("everybody", "all"), ("title", ("accept",))),
    "description": (("rounds:", "description: For us\nrounds:"), ("description", ("accept",))),
    "name": (("rounds:", "name: garden\nrounds:"), ("name", ("accept",))),
    "wording": (("is a hut", "is a shed"), ("questions.hut", ("reword", "replace"))),
    "explanation": (
        ("a hut?,", "a hut?, explanation: In wood,"),
        ("questions.hut", ("reword", "replace")),
    ),
    "form": ((HUT, HUT.replace("high: 5", "high: 9")), ("questions.hut", ("replace",))),
    "type": ((HUT, "  hut: {text: How likely?, type: probability}\n"), ("questions.hut", ("replace",))),
    "currency": (
        (HUT, "  hut: {text: What does it cost?, type: quantity, kind: money, currency: EUR}\n"),
        ("questions.hut", ("replace",)),
    ),
    "rule": ((HUT, HUT.replace("type:", "consensus: iqr, type:")), ("questions.hut", ("accept",))),
    "added": ((HUT, HUT + NEW), ("questions.hedge", ("ask",))),
    "removed": ((HUT, ""), ("questions.hut", ("drop",))),
    "fewer rounds": ((", Third", ""), ("rounds", ("accept",))),
    "more rounds": (("Third", "Third, Fourth"), ("rounds", ("accept",))),
    "title of a round": (("Second", "Another"), ("rounds", ("accept",))),
    "deadline": (("Second,", "{title: Second, deadline: 2027-05-01},"), ("deadlines", ("accept",))),
    "members": (("p3: south", "p3: south, p4: south"), ("panel.members", ("accept",))),
    "groups": (("South}", "South Side}"), ("panel.groups", ("accept",))),
    "minimum": (("size: 3", "size: 4"), ("panel.minimum_group_size", ("accept",))),
    "contact": (("rounds:", "contact: {name: Ada}\nrounds:"), ("contact", ("accept",))),
    "consent": (("rounds:", "privacy: {consent: I agree}\nrounds:"), ("privacy", ("accept",))),
    "columns": (("rounds:", "import: {percentages: true}\nrounds:"), ("import", ("accept",))),
}


@pytest.mark.parametrize(("edit", "change"), CHANGES.values(), ids=list(CHANGES))
def test_each_change_waits_under_its_key_with_what_may_be_decided(held, edit, change):
    held.edit(*edit)
    assert [(each.key, each.choices) for each in held.running.pending] == [change]
    key, choices = change
    with pytest.raises(UndecidedChanges, match=f"1 change waits for a decision; see and decide.*\n  {key}: "):
        held.take("open_next_round")
    with pytest.raises(InnosiError, match=rf"{key}: 'perhaps' is no decision on it; {choices[0]} \("):
        held.decide(**{key: "perhaps"})
    held.decide(**{key: choices[-1]})
    assert held.running.pending == ()
    assert held.running.study.title == held.running.found.title
    held.take("open_next_round")
    assert verify_store(held.running.found) == ()


UNCHANGED = {
    "comment": ("rounds:", "# The garden\nrounds:"),
    "layout": ("{north: North, south: South}", "\n    north: North\n    south: South"),
    "quotes": ("title: A garden for everybody", "title: 'A garden for everybody'"),
    "default": ("title:", "mode: rounds\ntitle:"),
    "order": (PANEL, "members: {p3: south, p1: north, p2: north}"),
}


@pytest.mark.parametrize("edit", UNCHANGED.values(), ids=list(UNCHANGED))
def test_comments_and_layout_are_no_changes(held, edit):
    held.edit(*edit)
    assert held.running.pending == ()
    held.take("open_next_round")


def told(held):
    (change,) = held.running.pending
    return change.before, change.after, change.choices


def test_a_year_that_may_come_no_more_is_a_new_wording(edited):
    edited.edit(HUT, "  hut: {text: When is it there?, type: year, never: true}\n")
    edited.take("open_next_round")
    edited.edit(", never: true", "")
    assert told(edited) == ("or never", "nothing", ("reword", "replace"))


def test_of_translations_and_promises_only_what_differs_is_told(edited):
    edited.edit("rounds:", TRANSLATED + "rounds:")
    edited.take("open_next_round")
    edited.edit("Hoe goed is een hut?", "Is een hut goed?")
    assert told(edited) == (
        "nl.questions.hut.text: Hoe goed is een hut?",
        "nl.questions.hut.text: Is een hut goed?",
        ("accept",),
    )


def test_a_draft_with_amounts_in_another_currency_is_not_opened(edited):
    edited.edit(HUT, "  hut: {text: What does it cost?, type: quantity, kind: money, currency: EUR}\n")
    path = edited.path.with_name("costs.csv")
    path.write_text("panellist,hut\np1,100\n", encoding="utf-8")
    import_answers(edited.running.found, path, ImportOptions(number=1), at=edited.at)
    edited.edit("EUR", "USD")
    with pytest.raises(InputFaults, match="is asked in another form than its answers were given in"):
        edited.take("open_next_round")


def test_members_who_are_added_to_a_file_of_their_own_wait_for_a_decision(edited):
    members = edited.path.with_name("members.csv")
    members.write_text("panellist,group\np1,north\np2,north\n", encoding="utf-8")
    edited.edit(PANEL, "members_file: members.csv")
    edited.take("open_next_round")
    members.write_text("panellist,group\np1,north\np2,north\np3,south\n", encoding="utf-8")
    assert told(edited) == ("p1: north, p2: north", "p1: north, p2: north, p3: south", ("accept",))
    edited.decide(panel__members="accept")
    assert set(edited.panel()) == {"p1", "p2", "p3"}
    with edited.running.store.reading() as transaction:
        assert "members_file" not in read_study_version(transaction).content


def test_a_question_that_is_back_in_the_file_of_a_draft_is_asked(edited):
    edited.edit("rounds:", "mode: real_time\nrounds:")
    edited.take("open_next_round")
    edited.edit(HUT, "")
    edited.decide(questions__hut="drop")
    edited.take("undo")
    edited.edit("questions:\n", "questions:\n" + HUT)
    edited.take("open_next_round")
    assert edited.running.progress.settled == {}


def test_the_store_of_another_study_is_told_to_be_one(held):
    held.edit("  pond:", "  lake:")
    held.edit("  hut:", "  house:")
    with pytest.raises(
        StoreError, match="keeps another study: 'A garden for everybody', which asks pond, hut; look"
    ):
        held.take("open_next_round")


def test_a_draft_is_as_its_file_says_it_and_nothing_waits(edited):
    begin(edited.running.found, at=START)
    edited.edit("is a hut", "is a shed")
    edited.edit("everybody", "all")
    assert edited.running.pending == ()
    with pytest.raises(
        InnosiError, match="has no changes that wait for a decision; a study that has not begun"
    ):
        edited.decide(title="accept")
    edited.take("open_next_round")
    assert edited.running.study.title == "A garden for all"


def test_a_study_whose_start_was_undone_is_a_draft_again(edited):
    edited.take("open_next_round")
    edited.edit(PANEL, "members: {p1: north, p2: north, p3: south, p4: south}")
    assert [each.key for each in edited.running.pending] == ["panel.members"]
    edited.path.write_text(STUDY, encoding="utf-8")
    edited.take("undo")
    edited.edit(PANEL, "members: {p1: north, p2: north, p3: south, p4: south}")
    edited.take("open_next_round")
    assert set(edited.panel()) == {"p1", "p2", "p3", "p4"}


# --- all or none -----------------------------------------------------------------------------------------


def test_all_changes_are_decided_at_once_or_none(held):
    held.edit("everybody", "all")
    held.edit("is a hut", "is a shed")
    before = rows_of(held.running.store)
    for decisions, message in (
        (
            {"title": "accept"},
            r"1 of 2 changes have no decision: questions.hut; decide on each: --decide quest",
        ),
        ({}, "2 of 2 changes have no decision: title, questions.hut"),
        (
            {"title": "accept", "questions.hut": "drop"},
            r"questions.hut: 'drop' is no decision on it; reword \(",
        ),
        ({"titel": "accept"}, "'titel' is no change of it; did you mean 'title'"),
    ):
        with pytest.raises(InnosiError, match=message):
            held.decide(**decisions)
    assert rows_of(held.running.store) == before
    assert [each.key for each in held.decide(**{"title": "accept", "questions.hut": "reword"})] == [
        "title",
        "questions.hut",
    ]
    with held.running.store.reading() as transaction:
        version = read_study_version(transaction)
    assert (version.number, version.decisions) == (2, "title: accept; questions.hut: reword")


def test_a_change_that_was_taken_back_does_not_wait(held):
    held.edit("everybody", "all")
    held.edit("for all", "for everybody")
    assert held.running.pending == ()


# --- what cannot be --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "key", "message"),
    [
        (
            ("size: 3", "size: 2"),
            "panel.minimum_group_size",
            "panellists were promised a larger group; change",
        ),
        (
            ("rounds:", "mode: real_time\nrounds:"),
            "mode",
            "a study that has begun stays as it is, by rounds or",
        ),
        (("[First, Second, Third]", "[First]"), "rounds", "round 2 was opened already; the file has 1"),
    ],
)
def test_what_was_promised_is_not_changed(held, edit, key, message):
    held.round(pond=(1, 2, 3), hut=(4, 4, 5))
    held.edit(*edit)
    with pytest.raises(InnosiError, match=f"{key}: {message}"):
        held.decide(**{key: "accept"})
    assert [each.key for each in held.running.pending] == [key]


@pytest.mark.parametrize("name", ["wording", "form", "added", "removed"])
def test_what_is_asked_does_not_change_while_a_round_is_open(held, name):
    held.take("open_next_round")
    edit, (key, choices) = CHANGES[name]
    held.edit(*edit)
    with pytest.raises(
        InnosiError, match=rf"{key}: round 2 is open, and panellists are answering; close the"
    ):
        held.decide(**{key: choices[0]})


@pytest.mark.parametrize("name", ["wording", "form", "added", "removed"])
def test_what_is_asked_does_not_change_once_the_study_is_finished(held, name):
    held.take("finish")
    edit, (key, choices) = CHANGES[name]
    held.edit(*edit)
    with pytest.raises(InnosiError, match=rf"{key}: the study is finished; undo the end of the study first"):
        held.decide(**{key: choices[0]})


def test_what_is_not_asked_may_change_while_a_round_is_open(held):
    held.take("open_next_round")
    held.edit("everybody", "all")
    held.edit("p3: south", "p3: south, p4: south")
    held.decide(title="accept", panel__members="accept")
    assert "p4" in held.panel()


def test_of_a_real_time_study_questions_change_while_it_is_open(edited):
    edited.edit("rounds:", "mode: real_time\nrounds:")
    edited.take("open_next_round")
    edited.answer(pond=(1, 2, 3), hut=(4, 4, 5))
    edited.edit("is a hut", "is a shed")
    edited.decide(questions__hut="reword")
    assert edited.versions("hut")[-1] == (1, 1, "How good is a shed?")


# --- questions -------------------------------------------------------------------------------------------


def test_answers_before_and_after_a_new_wording_are_compared(held):
    held.edit("is a hut", "is a shed")
    held.decide(questions__hut="reword")
    held.round(pond=(1, 2, 3), hut=(4, 4, 4))
    assert held.versions("hut") == [(1, 1, "How good is a hut?"), (1, 2, "How good is a shed?")]
    found = held.change_of("hut")
    assert (found.since, found.n_both) == (1, 3)


@pytest.mark.parametrize("edit", [("is a hut", "is a shed"), (HUT, HUT.replace("high: 5", "high: 9"))])
def test_answers_before_and_after_a_replacement_are_not_compared(held, edit):
    held.edit(*edit)
    held.decide(questions__hut="replace")
    held.round(pond=(1, 2, 3), hut=(5, 5, 5))
    assert [lineage for lineage, _, _ in held.versions("hut")] == [1, 2]
    assert held.change_of("hut") is None
    assert held.change_of("pond").n_both == 3
    assert len(rows_of(held.running.store)["answers"]) == 12, "what was said before is kept"
    assert verify_store(held.running.found) == ()


def test_a_closed_round_is_told_as_it_was_asked_though_a_question_was_replaced_since(edited):
    edited.round(pond=(1, 2, 5), hut=(3, 3, 4))
    edited.edit(
        "a hut?, type: rating, scale: {low: 1, high: 5}", "a hut?, type: rating, scale: {low: 1, high: 7}"
    )
    edited.decide(questions__hut="replace")
    assert feedback_of(edited.running).study.questions["hut"].scale == (1, 5)
    edited.round(pond=(1, 2, 5), hut=(7, 7, 6))
    study = edited.running.study
    first, second = (summarise_round(study, number) for number in (1, 2))
    assert [
        (each.study.questions["hut"].scale, each.answers.to(each.study.questions["hut"], each.round).n)
        for each in (first, second)
    ] == [((1, 5), 3), ((1, 7), 3)]
    changes = {each.question.name: each.change is not None for each in second.questions}
    assert changes == {"pond": True, "hut": False}
    asked, answers = answers_as_asked(study, 1)
    assert summarise(asked, answers, 1)[1].description.median == 3
    assert [each.n_complete for each in history_of(edited.running).rounds] == [3, 3]
    data = study_data(edited.running, at=edited.at, randomness=random.Random(1))
    told = {
        name: [row for row in data.tables[0].rows if row[0] == number and row[3] == "hut"]
        for number, name in ((1, "first"), (2, "second"))
    }
    assert sorted(row[5] for row in told["first"]) == [3, 3, 4]
    assert sorted(row[5] for row in told["second"]) == [6, 7, 7]


def test_a_round_that_is_open_again_asks_what_took_the_place_of_its_question(edited):
    edited.take("open_next_round")
    edited.answer(pond=(1, 2, 5), hut=(3, 3, 4))
    edited.take("close_open_round")
    edited.edit(
        "a hut?, type: rating, scale: {low: 1, high: 5}", "a hut?, type: rating, scale: {low: 1, high: 7}"
    )
    edited.decide(questions__hut="replace")
    edited.take("undo")
    edited.answer(pond=(1, 2, 5), hut=(7, 7, 6))
    counted = summarise_round(edited.running.study, 1)
    assert counted.questions[1].description.median == 7


def test_a_new_question_is_asked_from_the_next_round_on(held):
    held.edit(HUT, HUT + NEW)
    held.decide(questions__hedge="ask")
    assert held.versions("hedge") == [(1, 2, "How good is a hedge?")]
    held.round(pond=(1, 2, 3), hut=(4, 4, 5), hedge=(1, 1, 1))
    assert held.change_of("hedge") is None


def test_a_question_that_is_gone_was_dropped_and_its_answers_are_kept(held):
    held.edit(HUT, "")
    held.decide(questions__hut="drop")
    found = held.running.progress.settled["hut"]
    assert (found.settled, found.round, found.because) == ("dropped", 1, "taken out of the study file")
    held.round(pond=(1, 2, 3))
    assert len(rows_of(held.running.store)["answers"]) == 9


def test_a_question_that_was_settled_may_go_and_stays_settled(held):
    held.take("settle", "hut", "accepted")
    held.edit(HUT, "")
    held.decide(questions__hut="drop")
    assert held.running.progress.settled["hut"].settled == "accepted"


def test_a_question_that_comes_back_as_it_was_is_the_same_one(held):
    held.edit(HUT, "")
    held.decide(questions__hut="drop")
    held.round(pond=(1, 2, 3))
    held.edit("high: 5}}\n", "high: 5}}\n" + HUT)
    held.decide(questions__hut="ask")
    assert held.running.progress.settled == {}
    held.round(pond=(1, 2, 3), hut=(4, 4, 4))
    assert held.versions("hut") == [(1, 1, "How good is a hut?")]
    found = held.change_of("hut")
    assert (found.since, found.n_both) == (1, 3)


@pytest.mark.parametrize(
    "other",
    [
        "{text: How good is a hat?, type: rating, scale: {low: 1, high: 5}}",
        "{text: A hut?, type: probability}",
    ],
)
def test_a_question_that_comes_back_as_another_is_not_compared_with_what_it_was(held, other):
    held.edit(HUT, "")
    held.decide(questions__hut="drop")
    held.edit("high: 5}}\n", f"high: 5}}}}\n  hut: {other}\n")
    held.decide(questions__hut="ask")
    held.round(pond=(1, 2, 3), hut=(1, 1, 1))
    assert [lineage for lineage, _, _ in held.versions("hut")] == [1, 2]
    assert held.change_of("hut") is None
    assert verify_store(held.running.found) == ()


def test_another_wording_of_a_settled_question_does_not_ask_it_again(held):
    held.take("settle", "hut", "accepted")
    held.edit("is a hut", "is the hut")
    held.decide(questions__hut="reword")
    assert held.running.progress.settled["hut"].settled == "accepted"
    held.edit("is the hut", "is a tent")
    held.decide(questions__hut="replace")
    assert held.running.progress.settled == {}, "another question was never settled"


# --- rounds and panel ------------------------------------------------------------------------------------


def test_a_round_more_is_held_and_a_round_less_is_not(held):
    held.edit("[First, Second, Third]", "[First]")
    held.decide(rounds="accept")
    with pytest.raises(InnosiError, match="the study has 1 round, and all were held; add one under `rounds`"):
        held.take("open_next_round")
    held.edit("[First]", "[First, Second]")
    held.decide(rounds="accept")
    assert held.take("open_next_round").round == 2


def test_members_come_go_and_move(held):
    held.edit(PANEL, "members: {p1: south, p3: south, p4: north}")
    held.decide(panel__members="accept")
    found = held.panel()
    assert {name: each.group for name, each in found.items()} == {
        "p1": "south",
        "p2": "north",
        "p3": "south",
        "p4": "north",
    }
    assert {name for name, each in found.items() if each.withdrawn_at is not None} == {"p2"}
    held.take("open_next_round")
    with pytest.raises(RejectedAnswers, match="has withdrawn from the study"):
        held.answer(pond=(1, 2, 3))


def test_a_member_who_was_taken_off_by_mistake_is_on_the_panel_once_listed_again(held):
    held.edit("p2: north, ", "")
    held.decide(panel__members="accept")
    held.edit("p1: north, ", "p1: north, p2: north, ")
    held.decide(panel__members="accept")
    assert held.panel()["p2"].withdrawn_at is None


def test_who_withdrew_stays_so_though_the_file_still_lists_them(held):
    with held.running.store.writing() as transaction:
        record_withdrawal(transaction, "p2", at=held.at)
    held.edit("p3: south", "p3: south, p4: south")
    held.decide(panel__members="accept")
    assert held.panel()["p2"].withdrawn_at == held.at - timedelta(hours=1)


def test_who_moves_to_another_group_keeps_their_name(edited):
    begin(edited.running.found, at=START)
    anna = Person("Anna Jansen", "anna@garden.example", "north", (), "nl", "p1")
    with edited.running.store.writing() as transaction:
        record_people(transaction, [anna], at=START)
    edited.round(pond=(1, 2, 3), hut=(4, 4, 5))
    edited.edit("p1: north", "p1: south")
    edited.decide(panel__members="accept")
    with edited.running.store.reading() as transaction:
        assert read_people(transaction) == {"p1": replace(anna, group="south")}


def test_who_is_on_the_panel_by_a_list_of_people_does_not_withdraw_when_the_file_lists_others(edited):
    edited.edit(f"  {PANEL}\n", "")
    begin(edited.running.found, at=START)
    with edited.running.store.writing() as transaction:
        record_people(transaction, [Person("Anna", "", "north", (), "", "p1")], at=START)
    edited.take("open_next_round")
    edited.edit("South}\n", "South}\n  members: {p2: north}\n")
    edited.decide(panel__members="accept")
    assert {name: each.withdrawn_at for name, each in edited.panel().items()} == {"p1": None, "p2": None}
