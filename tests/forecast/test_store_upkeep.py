import math
import re
import sqlite3
from dataclasses import replace

import pytest
from kept_study import START, VALUES, keep_everything
from sqlalchemy import text

from innosi.forecast.questions import TYPES
from innosi.forecast.store.errors import StoreError
from innosi.forecast.store.opening import store_path
from innosi.forecast.store.privacy import erase_panellist
from innosi.forecast.store.soundness import form_problem, parts_problem
from innosi.forecast.store.upkeep import Finding, _findings, verify_store
from innosi.forecast.store.versions import record_question
from innosi.forecast.study import load_study

ON_SQLITE = pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
OF_K02 = "(SELECT min(id) FROM answers WHERE panellist = 'K02' AND question = '{}')"


def part(question, change, name=None):
    """Change the parts of what K02 said to a question."""
    named = f" AND part = '{name}'" if name else ""
    return f"UPDATE answer_parts SET {change} WHERE answer_id = {OF_K02.format(question)}{named}"


def test_a_sound_store_has_no_findings(garden, garden_store):
    assert verify_store(garden) == ()


DAMAGE = {
    "a part is lost": (
        f"DELETE FROM answer_parts WHERE part = 'best' AND answer_id = {OF_K02.format('places')}",
        r"answers, row \d+ \(K02, places, round 1\): lacks its part best; restore a backup",
    ),
    "all parts are lost": (
        f"DELETE FROM answer_parts WHERE answer_id = {OF_K02.format('trees')}",
        r"answers, row \d+ \(K02, trees, round 1\): lacks its parts shade, fruit",
    ),
    "a part that nobody asked for": (
        part("importance", "part = 'upper'"),
        r"answers, row \d+ .*: has the part 'upper', which its question does not ask for",
    ),
    "off the scale": (part("importance", "value = 6"), "value is 6, and the scale runs from 1 to 5"),
    "between two levels": (part("importance", "value = 2.5"), "value is 2.5, and no level of the scale"),
    "off one of the scales": (part("trees", "value = 8"), "shade is 8, and the scale runs from 1 to 7"),
    "a rank twice": (part("first", "value = 1", "pond"), "gives a rank twice"),
    "a rank too many": (part("first", "value = 4", "pond"), "pond is 4, and the scale runs from 1 to 3"),
    "no such option": (part("which", "value = 2"), "value is 2, and the scale runs from 0 to 1"),
    "half a yes": (part("any", "value = 0.5", "hut"), "hut is 0.5, and no level"),
    "points too many": (part("money", "value = 90", "pond"), "its points add up to 189.7, not 100"),
    "off Saaty's scale": (part("pairs", "value = 0.1"), "pond/hut is 0.1, and the scale runs"),
    "more than certain": (part("chance", "value = 1.5"), "value is 1.5, and the scale runs from 0 to 1"),
    "not in order": (part("places", "value = 50", "lower"), r"lower \(50\) is above best \(12.5\)"),
    "surer than sure": (
        part("places", "value = 1", "confidence"),
        "confidence is 1, and not between 0 and 1",
    ),
    "no finite number": (part("places", "value = :infinity", "upper"), "upper is infinite"),
    "a year before all": (part("opens", "value = -:infinity"), "value is -inf"),
    "a text that is none": (part("why", "value = 0"), "value is 0"),
    "taken back, with parts": (
        f"UPDATE answers SET is_retracted = true WHERE id = {OF_K02.format('which')}",
        r"answers, row \d+ \(K02, which, round 1\): was taken back, and has parts",
    ),
    "another question's version": (
        f"UPDATE answers SET question = 'importance' WHERE id = {OF_K02.format('chance')}",
        r"answers, row \d+ \(K02, importance, round 1\): refers to a version of 'chance'",
    ),
    "a stranger answers": (
        "UPDATE answers SET panellist = 'K99' WHERE panellist = 'K02'",
        r"answers: 'K99' answers, and is not on the panel; put them on the panel .* erase STUDY PSEUDONYM",
    ),
    "a stranger argues": (
        "UPDATE arguments SET author = 'K99'",
        "arguments: 'K99' gives an argument, and is not",
    ),
    "a stranger votes": (
        "UPDATE argument_votes SET voter = 'K99'",
        "argument_votes: 'K99' votes, and is not",
    ),
    "a stranger proposes": ("UPDATE proposals SET author = 'K99'", "proposals: 'K99' proposes a question"),
    "a name without a panellist": (
        "DELETE FROM panellists WHERE pseudonym = 'K01'",
        "identities: 'K01' is known by name, and is not on the panel",
    ),
    "a letter to nobody": (
        "UPDATE letters SET pseudonym = 'K99' WHERE kind = 'reminder'",
        "letters: 'K99' was sent a letter",
    ),
    "names in an anonymous study": (
        "UPDATE studies SET anonymised_at = created_at",
        r"identities: has 5 rows, though the study is anonymous",
    ),
    "an argument about nothing": (
        "UPDATE arguments SET question = 'else' WHERE number = 2",
        r"arguments, row \d+: is about a question that was never asked",
    ),
    "a proposal that became nothing": (
        "UPDATE proposals SET question = 'else' WHERE number = 2",
        r"proposals, row \d+: became a question that was never asked",
    ),
    "a vote of two": (
        "UPDATE argument_votes SET vote = 2 WHERE voter = 'K02'",
        r"argument_votes, row \d+: is neither for, nor against, nor taken back",
    ),
    "an unknown act": (
        "UPDATE moderations SET action = 'shout' WHERE action = 'hide'",
        r"moderations, row \d+: is no act of moderation",
    ),
    "a lineage that goes back": (
        "UPDATE question_versions SET lineage = 0 WHERE version = 2",
        r"question_versions, row \d+: 'why', version 2: lineage 0 follows 1",
    ),
    "a lineage left out": (
        "UPDATE question_versions SET lineage = 3 WHERE version = 2",
        r"'why', version 2: lineage 3 follows 1",
    ),
    "another form in one lineage": (
        "UPDATE question_versions SET form = replace(form, 'text', 'rating') WHERE version = 2",
        r"'why', version 2: another form within one lineage",
    ),
    "a version left out": (
        "UPDATE question_versions SET version = 3 WHERE version = 2",
        r"question_versions, row \d+: 'why' has version 3 in place 2",
    ),
    "a form that is none": (
        "UPDATE question_versions SET form = 'new' WHERE question = 'which'",
        r"question_versions, row \d+: 'which': its form is no JSON",
    ),
    "a step that cannot come": (
        "UPDATE steps SET kind = 'feedback' WHERE kind = 'close'",
        "steps, number 2: 'feedback' cannot come where round 1 is open",
    ),
    "an undo of nothing": (
        "UPDATE steps SET kind = 'undo' WHERE kind = 'open'",
        "steps, number 1: undoes a step, and none was taken",
    ),
    "an unknown step": (
        "UPDATE steps SET kind = 'jump' WHERE kind = 'close'",
        "steps, number 2: 'jump' is no step that innosi knows",
    ),
    "a step before its time": (
        "UPDATE steps SET at = '2026-01-01 00:00:00.000000' WHERE kind = 'close'",
        "steps, number 2: 'close' was taken before the step that stands in front of it",
    ),
}


@pytest.fixture
def reworded(garden, garden_store):
    """A store one of whose questions has a second version."""
    with garden_store.writing() as transaction:
        question = replace(garden.questions["why"], text="Anything else?")
        record_question(transaction, question, at=START, first_round=2)
    return garden_store


def damage(transaction, sql):
    values = {"infinity": math.inf} if ":infinity" in sql else {}
    assert transaction.connection.execute(text(sql), values).rowcount


@ON_SQLITE
@pytest.mark.parametrize(("sql", "message"), DAMAGE.values(), ids=DAMAGE)
def test_every_kind_of_damage_is_found(garden, reworded, sql, message):
    with reworded.writing() as transaction:
        damage(transaction, sql)
    found = verify_store(garden)
    assert any(re.search(message, str(each)) for each in found), [*map(str, found)]
    assert len(found) < 8, "one damage is told a few times at most"


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_every_kind_of_damage_is_found_on_postgresql(garden, reworded):
    """One damage after the other, each taken back before the next."""
    missed = []
    with reworded.writing() as transaction:
        for name, (sql, message) in DAMAGE.items():
            before = transaction.connection.begin_nested()
            damage(transaction, sql)
            found = [str(each) for each in _findings(transaction, garden)]
            missed += [] if any(re.search(message, each) for each in found) else [(name, found)]
            before.rollback()
    assert not missed
    assert verify_store(garden) == ()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_what_is_no_number_is_found(garden, garden_store):
    with garden_store.writing() as transaction:
        transaction.connection.execute(text(part("places", "value = 'NaN'", "best")))
    assert "best is no number" in str(verify_store(garden))


def test_what_is_wrong_often_is_counted(garden, garden_store):
    with garden_store.writing() as transaction:
        values = {"study_id": transaction.study_id}
        copied = "round, question, 'K02', question_version_id, is_retracted, is_late, reason, at, source"
        for _ in range(25):
            transaction.connection.execute(
                text(
                    f"INSERT INTO answers (study_id, round, question, panellist, question_version_id,"
                    f" is_retracted, is_late, reason, at, source) SELECT study_id, {copied} FROM answers"
                    f" WHERE id = {OF_K02.format('which')} AND study_id = :study_id"
                ),
                values,
            )
    found = verify_store(garden)
    assert len(found) == 21
    assert str(found[-1]).startswith("answers: 5 more answers to 'which' are wrong")


def test_a_store_is_sound_after_an_erasure(garden, garden_store):
    erase_panellist(garden_store, "K02", because="", by="", at=START)
    assert verify_store(garden) == ()


def test_another_studys_rows_are_not_looked_at(garden, garden_store, tmp_path, postgresql_database):
    path = tmp_path / "meadow.yaml"
    words = garden.path.read_text(encoding="utf-8").replace("name: garden", "name: meadow")
    path.write_text(words, encoding="utf-8")
    other = replace(load_study(path), store_url=postgresql_database)
    with keep_everything(other).writing() as transaction:
        theirs = "answer_id IN (SELECT id FROM answers WHERE study_id = :id)"
        broken = text(f"UPDATE answer_parts SET value = 9 WHERE {theirs}")
        transaction.connection.execute(broken, {"id": transaction.study_id})
    assert verify_store(garden) == ()
    assert verify_store(other)


# ── What SQLite itself finds ──


def sql(study, *statements):
    with sqlite3.connect(store_path(study)) as file:
        for each in statements:
            file.execute(each)
    file.close()


@ON_SQLITE
def test_rows_that_belong_to_nothing_are_found(garden, garden_store):
    sql(garden, "DELETE FROM arguments WHERE number = 1")
    found = verify_store(garden)
    assert {str(each).split(",")[0] for each in found} == {"moderations", "argument_votes"}
    assert "belongs to a row of arguments that is not there; restore a backup" in str(found[0])


@ON_SQLITE
@pytest.mark.parametrize(
    ("statements", "n"),
    [
        (["INSERT INTO studies (key, name, created_at) VALUES ('XXXXXX', 'meadow', '2027-01-01')"], 2),
        (["DELETE FROM studies"], 0),
    ],
)
def test_a_file_is_about_one_study(garden, garden_store, statements, n):
    sql(garden, *statements)
    assert verify_store(garden)[-1] == Finding("studies", f"{n} studies in a file that is for one")


@ON_SQLITE
def test_a_damaged_page_is_found(garden, garden_store):
    sql(garden, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = store_path(garden)
    content = bytearray(path.read_bytes())
    size = 4096
    for page in range(2, len(content) // size - 1, 2):
        content[page * size : page * size + 64] = b"\xff" * 64
    path.write_bytes(content)
    found = verify_store(garden)
    assert found
    assert "is damaged" in found[0].problem
    assert found[0].mend.endswith("restore STUDY BACKUP --replace")


@ON_SQLITE
def test_what_is_no_store_is_found(garden, garden_store):
    store_path(garden).write_bytes(b"no database, whatever it was" * 300)
    (found,) = verify_store(garden)
    assert "is damaged, or no store of innosi" in str(found)


@ON_SQLITE
def test_where_nothing_is_kept_there_is_nothing_to_look_at(garden):
    with pytest.raises(StoreError, match="there is no store of this study yet"):
        verify_store(garden)


# ── Forms ──


def test_every_type_of_question_is_looked_at(garden):
    assert {each.type for each in garden.questions.values()} == set(TYPES)
    for name, question in garden.questions.items():
        assert form_problem(question.form) == ""
        given = {
            part: value
            for part, value in zip(question.parts, VALUES[name], strict=True)
            if not math.isnan(value)
        }
        assert parts_problem(question.form, given) == ""


@pytest.mark.parametrize(
    "form", ["", "{", "[]", "{}", '{"type": "song", "parts": ["value"]}', '{"type": "text"}']
)
def test_a_form_that_cannot_be_read_is_told(form):
    assert form_problem(form).startswith("its form ")
