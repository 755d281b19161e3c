from dataclasses import replace

import pytest
from kept_study import START

from innosi.forecast.moderating import (
    accept_proposal,
    arguments_of,
    decline_proposal,
    moderate,
    proposals_of,
)
from innosi.forecast.running import running_study
from innosi.forecast.store.arguments import read_moderations, read_votes
from innosi.forecast.store.panel import read_consents, read_panel
from innosi.forecast.taking_part import keep_consent, withdraw
from innosi.forecast.voting import VoteImport, import_votes
from innosi.models.errors import AnswerError, InnosiError

pytestmark = pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
ABOUT = {"at": START, "because": "a reason"}


@pytest.fixture
def running(garden, garden_store):
    """The garden, where argument 1 is K01's (edited), and argument 2 is K02's (hidden)."""
    categories = {"place": "Where it is", "costs": "What it costs"}
    return running_study(replace(garden, argument_categories=categories))


@pytest.fixture
def votes(tmp_path):
    def written(text):
        path = tmp_path / "votes.csv"
        path.write_text(f"panellist,argument,vote\n{text}", encoding="utf-8")
        return path

    return written


def test_moderation_changes_what_is_read_and_is_logged(running, garden_store):
    assert moderate(running, 2, "show", **ABOUT).is_hidden is False
    assert moderate(running, 2, "categorise", "place", **ABOUT).category == "place"
    assert moderate(running, 2, "edit", " Far away ", by="Eve", **ABOUT).text == "Far away"
    assert moderate(running, 1, "hide", **ABOUT).is_hidden
    with garden_store.reading() as transaction:
        acts = [(each.argument, each.action, each.value, each.by) for each in read_moderations(transaction)]
    assert acts[-2:] == [(2, "edit", "Far away", "Eve"), (1, "hide", "", "")]
    assert [each.number for each in arguments_of(running, only_hidden=True)] == [1]
    assert [each.number for each in arguments_of(running, question="importance", number=1)] == [1, 2]
    assert arguments_of(running, number=2) == ()


@pytest.mark.parametrize(
    ("given", "because", "message"),
    [
        ((9, "hide"), "why", r"there is no argument 9; they run from 1 to 2; see their numbers"),
        ((1, "categorise", "plaec"), "why", "there is no category 'plaec'; did you mean 'place'"),
        ((1, "edit", "  "), "why", "edit needs the text"),
        ((1, "hide", "a text"), "why", "'hide' takes no text"),
        ((1, "hide"), " ", "needs a reason"),
        ((1, "show"), "why", "argument 1 is so already"),
    ],
)
def test_what_cannot_be_moderated_is_refused_and_not_logged(running, garden_store, given, because, message):
    with pytest.raises(InnosiError, match=message):
        moderate(running, *given, because=because, at=START)
    with garden_store.reading() as transaction:
        assert len(read_moderations(transaction)) == 2


def test_votes_are_kept_once_and_may_change(running, votes, garden_store):
    moderate(running, 2, "show", **ABOUT)
    first = votes("K02,1,against\nK04,1,+1\nK04,2,0\n")
    with pytest.raises(AnswerError, match=r"K02 on argument 1 it was \+1 and is now -1; .* --replace"):
        import_votes(running, first, at=START)
    assert import_votes(running, first, at=START, is_replaced=True) == VoteImport(2, 1, 0)
    assert import_votes(running, first, at=START) == VoteImport(0, 0, 3)
    with garden_store.reading() as transaction:
        kept = read_votes(transaction)
    assert kept[1, "K02"] == -1
    (one, _) = arguments_of(running)
    assert (one.n_for, one.n_against) == (1, 2)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("K01,1,for", "line 3 .*is their own argument"),
        ("K06,1,for", "line 3 .*'K06': is not on the panel; did you mean"),
        ("K05,1,for", "line 3 .*has withdrawn"),
        ("K04,7,for", "'7': is the number of no argument"),
        ("K04,,for", "is the number of no argument"),
        (f"K04,{'9' * 5000},for", "is the number of no argument"),
        ("K04,2,for", "is hidden"),
        ("K04,1,yes", "'yes': is no vote; write for, against"),
        ("K03,1,for", "was voted on by the same panellist on line 2 already"),
        ("K04,1,for,really", "stands beyond the last column"),
    ],
)
def test_a_wrong_vote_is_told_with_its_line_and_no_vote_is_kept(running, votes, garden_store, row, message):
    def kept():
        with garden_store.reading() as transaction:
            return read_votes(transaction)

    before = kept()
    with pytest.raises(AnswerError, match=message):
        import_votes(running, votes(f"K03,1,0\n{row}\n"), at=START)
    assert kept() == before


def test_a_table_without_a_column_of_votes_is_refused(running, tmp_path):
    (tmp_path / "votes.csv").write_text("panellist,argument\nK03,1\n", encoding="utf-8")
    with pytest.raises(AnswerError, match="has no column 'vote'"):
        import_votes(running, tmp_path / "votes.csv", at=START)


def test_a_proposal_is_accepted_as_a_question_that_is_asked(running):
    with pytest.raises(InnosiError, match=r"no question 'cats' .*write it into the study file, then"):
        accept_proposal(running, 2, "cats", at=START)
    waiting = replace(running.found.questions["importance"], name="cats")
    found = replace(running.found, questions={**running.found.questions, "cats": waiting}, sha256="0" * 64)
    with pytest.raises(InnosiError, match="'cats' waits for a decision"):
        accept_proposal(replace(running, found=found), 2, "cats", at=START)
    assert accept_proposal(running, 2, "why", at=START).question == "why"
    with pytest.raises(InnosiError, match="proposal 2 became the question 'why'"):
        decline_proposal(running, 2, **ABOUT)


def test_a_proposal_is_declined_with_a_reason(running):
    assert decline_proposal(running, 2, **ABOUT).because == "a reason"
    with pytest.raises(InnosiError, match="needs a reason"):
        decline_proposal(running, 2, because="", at=START)
    with pytest.raises(InnosiError, match="there is no proposal 5; they run from 1 to 2"):
        decline_proposal(running, 5, **ABOUT)
    assert all(each.decided_at for each in proposals_of(running))


def test_who_withdraws_is_known_by_any_way_of_writing(running, garden_store):
    assert withdraw(running, " K02 ", at=START) == "K02"
    with garden_store.reading() as transaction:
        assert read_panel(transaction)["K02"].withdrawn_at == START
    with pytest.raises(InnosiError, match="'K02' has withdrawn already, on 2027-03-01"):
        withdraw(running, "K02", at=START)
    with pytest.raises(InnosiError, match="nobody on the panel is called 'K022'; did you mean 'K02'"):
        withdraw(running, "K022", at=START)


def test_somebody_whom_the_file_of_a_draft_lists_may_withdraw(study, store_url):
    assert withdraw(running_study(study), "p01", at=START) == "p01"


def test_consent_is_to_the_text_as_it_is_now_and_all_or_none_is_kept(garden, garden_store):
    with pytest.raises(InnosiError, match="has no text to which panellists could agree"):
        keep_consent(running_study(garden), ["K05"], is_given=True, how="paper", at=START)
    asked = replace(garden, privacy=replace(garden.privacy, consent="I take part."))
    running = running_study(asked)
    with pytest.raises(InnosiError, match="nobody on the panel is called 'K9'"):
        keep_consent(running, ["K05", "K9"], is_given=True, how="paper", at=START)
    with garden_store.reading() as transaction:
        assert read_consents(transaction)["K05"] is False
    assert keep_consent(running, ["K05", "K05"], is_given=True, how="paper", at=START) == ("K05",)
    with garden_store.reading() as transaction:
        assert read_consents(transaction)["K05"] is True
