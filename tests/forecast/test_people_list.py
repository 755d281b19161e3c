import re
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.people.email_addresses import address_problem
from innosi.forecast.people.person import Person
from innosi.forecast.people.reading import read_people
from innosi.forecast.study import load_study
from innosi.models.errors import AnswerError, TableError

STUDY = """\
title: A house for everybody
panel:
  groups: {residents: People who live there, care: "Care, cure and support"}
  expertise: {housing: Housing, health: "Health; body and mind"}
language: en
translations:
  nl:
    title: Een huis voor iedereen
    groups: {residents: Bewoners}
    questions: {chance: {text: Hoe waarschijnlijk is het?}}
questions:
  chance: {text: How likely is it?, type: probability}
"""


@pytest.fixture
def study(tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return load_study(tmp_path / "study.yaml")


@pytest.fixture
def people_in(tmp_path, study):
    def read(text, **options):
        path = tmp_path / "people.csv"
        path.write_text(text, encoding="utf-8")
        return read_people(path, study, **options)

    return read


ZOE = Person("O'Neill, Zoë", "zoe@x.nl", "residents", ("housing", "health"), "nl", "p01")
LISTS = {
    "our own names": "name,email,group,expertise,language,pseudonym\n"
    '"O\'Neill, Zoë",zoe@x.nl,residents,housing;health,nl,p01\n',
    "titles, capitals and the language's own name": "NAME,E-Mail,Group,Expertise,LANGUAGE,Pseudonym\n"
    '"O\'Neill, Zoë",zoe@x.nl,PEOPLE WHO LIVE THERE,"Housing | health",Nederlands,p01\n',
    "Dutch": "Naam;E-mailadres;Groep;Vakgebied;Taal;Pseudoniem\n"
    'O\'Neill, Zoë;mailto:zoe@x.nl;bewoners;"housing;health";Dutch;p01\n',
    "German": "Name\tE-Mail-Adresse\tGruppe\tFachgebiete\tSprache\tPseudonym\n"
    "O'Neill, Zoë\tzoe@x.nl\tresidents\thousing | HEALTH\tnl-NL\tp01\n",
    "spaces, breaks and twice the same field": "name,mail,stakeholder_group,field,language,code\n"
    '"O\'Neill, \n Zoë", zoe@x.nl ,residents ,housing;housing;health, NL,p01\n',
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_every_list_gives_the_same_person(people_in, text):
    found = people_in(text)
    assert (found.people, found.rejections) == ((ZOE,), ())


def test_a_workbook_is_read_by_the_sheet_that_is_named(tmp_path, study):
    book = openpyxl.Workbook()
    book.active.append(["something", "else"])
    people = book.create_sheet("panel")
    people.append(["Name", "E-mail", "Code"])
    people.append(["Zoë", "zoe@x.nl", 12.0])
    people.append(["Formula", "=B2", None])
    raw = BytesIO()
    book.save(raw)
    (tmp_path / "people.xlsx").write_bytes(raw.getvalue())
    found = read_people(tmp_path / "people.xlsx", study, sheet="panel")
    assert found.people == (Person("Zoë", "zoe@x.nl", pseudonym="12"),)
    assert {(each.line, each.question) for each in found.rejections} == {(3, "email")}
    assert "is a formula without a value; write the value" in [each.reason for each in found.rejections]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ("Voornaam,Tussenvoegsel,Achternaam", "Jan,van der,Berg"),
        ("Vorname,Namenszusatz,Name", "Jan,van der,Berg"),
        ("First name,Name,E-mail", "Jan,Jan van der Berg,"),
        ("Surname,First name,Taal", "van der Berg,Jan,nl"),
    ],
)
def test_a_name_in_parts_is_put_together(people_in, columns, row):
    assert [each.name for each in people_in(f"{columns}\n{row}\n").people] == ["Jan van der Berg"]


REFUSED = {
    "nobody": (",,residents,,,", "name", "has neither a name nor an e-mail address"),
    "no @": ("Jan,jan.x.nl,,,,", "email", "it has no @"),
    "no domain": ("Jan,jan@x,,,,", "email", "look at what stands behind the @"),
    "two addresses": ("Jan,jan@x.nl;jan@y.nl,,,,", "email", "more than one address"),
    "a hidden space": ("Jan,jan\u200b@x.nl,,,,", "email", r"cannot be seen \(U\+200B\)"),
    "a group": ("Jan,j@x.nl,resident,,,", "group", "is no group of the study; did you mean 'residents'"),
    "a field": ("Jan,j@x.nl,,housin,,", "expertise", "is no field of expertise.*; did you mean 'housing'"),
    "commas": ("Jan,j@x.nl,,'housing, health',,", "expertise", "part several by ;"),
    "a language": ("Jan,j@x.nl,,,Klingon,", "language", "is no language that sheets .*known here: de, el"),
    "his own name": ("Jan,j@x.nl,,,,jan", "pseudonym", "says who it is"),
    "a formula": ("Jan,j@x.nl,,,,=1", "pseudonym", "begins with '=', as formulas do"),
    "a long one": (f"Jan,j@x.nl,,,,{'p' * 41}", "pseudonym", "longer than 40"),
    "a comma": ("Berg, Jan,j@x.nl,,,,", "email", "has no @"),
    "beyond": ("Jan,j@x.nl,,,,p9,more", "", "stands beyond the last column"),
}


@pytest.mark.parametrize(("row", "column", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_row_with_a_fault_is_told_with_its_line_and_leaves_the_others_alone(people_in, row, column, reason):
    row = row.replace("'", '"')
    found = people_in(f"name,email,group,expertise,language,pseudonym\nAnn,ann@x.nl,,,,\n{row}\n")
    assert [each.name for each in found.people] == ["Ann"]
    told = {each.question: each for each in found.rejections}
    assert told[column].line == 3
    assert re.search(reason, told[column].reason)


def test_all_faults_of_a_row_are_told_at_once(people_in):
    found = people_in("name,email,group,language\nJan,jan,nobody,Klingon\n")
    assert [each.question for each in found.rejections] == ["group", "language", "email"]


def test_an_address_or_a_pseudonym_that_stands_twice_is_told_with_both_lines(people_in):
    found = people_in(
        "name,email,pseudonym\nAnn,ann@x.nl,p1\nBob,ANN@X.nl,p2\nCis,cis@x.nl,P1\nDan,,\nEve,,\n"
    )
    assert [each.name for each in found.people] == ["Ann", "Dan", "Eve"]
    assert [(each.line, each.question, each.reason) for each in found.rejections] == [
        (3, "email", "stands on line 2 and on line 3; keep one"),
        (4, "pseudonym", "stands on line 2 and on line 4; keep one"),
    ]


def test_what_is_no_fault_and_should_be_known_is_noted(people_in):
    found = people_in("name,email,language,phone\nAnn,ann@x.nl,fi,12\nBob,,en,13\n")
    assert len(found.people) == 2
    untranslated, without, ungrouped, unread = found.notes
    assert "not translated into suomi (fi), the language of 1 person" in untranslated
    assert without.startswith("1 person without an e-mail address")
    assert ungrouped == "2 people in no group of the study"
    assert unread == "columns not read, and not kept: phone"


def test_a_mapping_goes_before_what_a_heading_is_usually_taken_for(people_in):
    text = "name,organisation,role\nAnn,Acme,residents\n"
    assert people_in(text, mapping={"group": "Role"}).people == (Person("Ann", group="residents"),)


@pytest.mark.parametrize(
    ("text", "mapping", "message"),
    [
        ("group,language\nresidents,nl\n", {}, "neither a column of names nor one of e-mail addresses"),
        ("name,mail,e-mail\nAnn,,\n", {}, "'mail' and 'e-mail' may both hold the email; say which"),
        ("name,Name\nAnn,Ann\n", {}, "two columns are called 'name'"),
        (
            "name,role\nAnn,x\n",
            {"group": "rol"},
            "no column 'rol' .*; did you mean 'role'",
        ),
        ("name,role\nAnn,x\n", {"grup": "role"}, "'grup' is no column .*; did you mean 'group'"),
        ("name,role\nAnn,x\n", {"group": "role", "email": "role"}, "said to be both group and email"),
    ],
)
def test_columns_that_are_not_clear_are_refused(people_in, text, mapping, message):
    with pytest.raises((AnswerError, TableError), match=message):
        people_in(text, mapping=mapping)


def test_a_study_without_groups_says_so_of_a_list_that_has_them(tmp_path, study):
    (tmp_path / "bare.yaml").write_text("title: T\nquestions: {q: {text: Q, type: text}}\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("name,group\nAnn,residents\n", encoding="utf-8")
    found = read_people(tmp_path / "people.csv", load_study(tmp_path / "bare.yaml"))
    assert found.rejections[0].reason.endswith("the study file names none under panel: groups")


@pytest.mark.parametrize(
    "address",
    ["zoë@voorbeeld.nl", "o'neill@x.co.uk", "a+b@x.nl", "jan@müller.de", "δ@παράδειγμα.ελ", "a@1.2.nl"],
)
def test_addresses_of_people_are_let_in(address):
    assert address_problem(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        *("", "@x.nl", "a@", "a b@x.nl", ".a@x.nl", "a..b@x.nl", "a@x..nl", "a@-x.nl", "a@x.nl."),
        *("a@127.0.0.1", "Zoë <zoe@x.nl>", "-a@x.nl", "=a@x.nl", "a@x.nl\r\nBcc: b@x.nl", "a@b@x.nl"),
        f"{'a' * 65}@x.nl",
    ],
)
def test_what_is_no_address_is_told(address):
    assert address_problem(address)


@given(st.text(max_size=40))
def test_no_text_with_a_break_or_a_space_is_an_address(text):
    if not address_problem(text):
        assert len(text.split()) == 1
        assert text.isprintable()
