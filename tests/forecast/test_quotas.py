import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.people.person import Person
from innosi.forecast.people.quotas import DesignRow, panel_design
from innosi.forecast.study import load_study

STUDY = """\
title: A house for everybody
panel:
  minimum_group_size: 3
  groups: {residents: Residents, care: Care, town: The town}
  expertise: {housing: Housing, health: Health}
  quotas: {residents: 3, care: {housing: 1, health: 2}}
questions: {q: {text: Q, type: text}}
"""
PEOPLE = (
    Person("Ann", group="residents", expertise=("housing",)),
    Person("Bob", group="residents"),
    Person("Cis", group="residents"),
    Person("Dan", group="care", expertise=("housing", "health")),
    Person("Eve"),
)
FIELDS = st.lists(st.sampled_from(["housing", "health", "music"]), max_size=3)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("quotas") / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return load_study(path)


def test_every_group_and_wanted_field_has_a_row_with_what_is_missing(study):
    design = panel_design(PEOPLE, study, agreed=PEOPLE[:2], answered=PEOPLE[:1])
    assert design.table == (
        ("Residents", "", 3, 3, 2, 1, "2 agreed: win 1 more, or invite others"),
        ("Residents", "Housing", None, 1, 1, 1, ""),
        ("Care", "", None, 1, 0, 0, ""),
        ("Care", "Housing", 1, 1, 0, 0, "0 agreed: win 1 more, or invite others"),
        ("Care", "Health", 2, 1, 0, 0, "1 on the list: invite 1 more"),
        ("The town", "", None, 0, 0, 0, ""),
        ("(no group)", "", None, 1, 0, 0, ""),
    )
    assert len(design.columns) == len(design.table[0])


def test_what_is_missing_is_said_a_sentence_each(study):
    assert panel_design(PEOPLE, study).missing == ("Care, Health: 2 wanted, 1 on the list: invite 1 more",)
    everybody = [("residents", ())] * 3
    answered = panel_design(everybody, study, agreed=everybody, answered=everybody[:2]).missing
    assert answered[0] == "Residents: 3 wanted, 2 answered: remind those who have not"


def test_what_is_not_known_is_not_counted_as_none(study):
    row = panel_design(PEOPLE, study, answered=PEOPLE[:3]).rows[0]
    assert row == DesignRow("residents", "", 3, 3, None, 3)
    assert row.n_missing == 0


def test_somebody_with_two_fields_counts_in_both_and_once_in_the_group(study):
    rows = panel_design([("care", ("housing", "health", "health"))], study).rows
    counted = {row.expertise: row.listed for row in rows if row.group == "care"}
    assert counted == {"": 1, "housing": 1, "health": 1}


def test_groups_too_small_to_be_shown_are_told(study):
    notes = panel_design(PEOPLE, study).notes
    assert [note.partition(":")[0] for note in notes] == ["Care", "The town"]
    assert notes[0] == "Care: 1 on the list; a group's results are shown from 3 answers on"


def test_other_fields_than_expertise_may_make_the_matrix(study):
    rows = panel_design([("town", ("for", "against")), ("town", ("for",))], study).table
    assert [row[:4] for row in rows if row[0] == "The town"] == [
        ("The town", "", None, 2),
        ("The town", "against", None, 1),
        ("The town", "for", None, 2),
    ]


@given(st.lists(st.tuples(st.sampled_from(["residents", "care", "town", ""]), FIELDS), max_size=12))
def test_everybody_is_counted_once_among_the_groups(study, people):
    rows = panel_design(people, study).rows
    assert sum(row.listed for row in rows if not row.expertise) == len(people)
    assert len({(row.group, row.expertise) for row in rows}) == len(rows)
