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


def parts(question, old, new):
    """Change the numbers of what K02 said to a question."""
    return f"UPDATE answers SET parts = replace(parts, '{old}', '{new}') WHERE id = {OF_K02.format(question)}"


def test_a_sound_store_has_no_findings(garden, garden_store):
    assert verify_store(garden) == ()


DAMAGE = {
    "a part is lost": (
        parts("places", '"best": 12.5, ', ""),
        r"answers, row \d+ \(K02, places, round 1\): lacks its part best; restore a backup",
    ),
    "all parts are lost": (
        parts("trees", '"shade": 7.0', ""),
        r"answers, row \d+ \(K02, trees, round 1\): lacks its parts shade, fruit",
    ),
    "a part that nobody asked for": (
        parts("importance", "value", "upper"),
        r"answers, row \d+ .*: has the part 'upper', which its question does not ask for",
    ),
    "off the scale": (parts("importance", "4.0", "6"), "value is 6, and the scale runs from 1 to 5"),
    "between two levels": (parts("importance", "4.0", "2.5"), "value is 2.5, and no level of the scale"),
    "off one of the scales": (parts("trees", "7.0", "8"), "shade is 8, and the scale runs from 1 to 7"),
    "a rank twice": (parts("first", "2.0", "1.0"), "gives a rank twice"),
    "a rank too many": (parts("first", "2.0", "4.0"), "pond is 4, and the scale runs from 1 to 3"),
    "no such option": (parts("which", "1.0", "2.0"), "value is 2, and the scale runs from 0 to 1"),
    "half a yes": (parts("any", "0.0", "0.5"), "hut is 0.5, and no level"),
    "points too many": (parts("money", "0.30000000000000004", "90"), "its points add up to 189.7, not 100"),
    "off Saaty's scale": (
        parts("pairs", "0.14285714285714285", "0.1"),
        "pond/hut is 0.1, and the scale runs",
    ),
    "more than certain": (
        parts("chance", "0.3333333333333333", "1.5"),
        "value is 1.5, and the scale runs from 0 to 1",
    ),
    "not in order": (parts("places", "10.0", "50"), r"lower \(50\) is above best \(12.5\)"),
    "surer than sure": (
        parts("places", "0.8", "1"),
        "confidence is 1, and not between 0 and 1",
    ),
    "no finite number": (parts("places", "40.0", '"never"'), "upper is infinite"),
    "a number that is none": (
        parts("opens", '"never"', '"soon"'),
        r"answers, row \d+ \(K02, opens, round 1\): its numbers cannot be read: 'soon' is no number",
    ),
    "a year before all": (parts("opens", '"never"', "-Infinity"), "value is -inf"),
    "a number without quotes": (parts("opens", '"never"', "never"), "its numbers cannot be read: Expecting"),
    "a list": (
        f"UPDATE answers SET parts = '[1]' WHERE id = {OF_K02.format('chance')}",
        "its numbers cannot be read: they stand in no object",
    ),
    "a text that is none": (parts("why", "1.0", "0"), "value is 0"),
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
    assert transaction.connection.exec_driver_sql(sql).rowcount


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


def test_what_is_no_number_is_found(garden, garden_store):
    with garden_store.writing() as transaction:
        transaction.connection.execute(text(parts("places", "12.5", "NaN")))
    assert "best is no number" in str(verify_store(garden))


def test_what_is_wrong_often_is_counted(garden, garden_store):
    with garden_store.writing() as transaction:
        columns = (
            "study_id, round, question, panellist, question_version_id, is_retracted, is_late, reason, at"
        )
        copied = f"SELECT {columns}, source, '{{}}' FROM answers WHERE id = {OF_K02.format('which')}"
        for _ in range(25):
            transaction.connection.execute(text(f"INSERT INTO answers ({columns}, source, parts) {copied}"))
    found = verify_store(garden)
    assert len(found) == 21
    assert str(found[-1]).startswith("answers: 5 more answers to 'which' are wrong")


def test_a_store_is_sound_after_an_erasure(garden, garden_store):
    erase_panellist(garden_store, "K02", because="", by="", at=START)
    assert verify_store(garden) == ()


def test_another_studys_rows_are_not_looked_at(garden, garden_store, tmp_path, postgresql_database):
    path = tmp_path / "meadow.yaml"
    words = garden.path.read_text(encoding="utf-8").replace("name: garden", "name: meadow")
    path.write_text(words.replace("A garden for", "A meadow for"), encoding="utf-8")
    other = replace(load_study(path), store_url=postgresql_database)
    with keep_everything(other).writing() as transaction:
        broken = text("UPDATE answers SET parts = replace(parts, '4.0', '9') WHERE study_id = :id")
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
