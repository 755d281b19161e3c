"""Exports of five survey tools become answers by a mapping: what is not sure is asked, nothing is lost."""

import datetime
import io
import math
import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.forecast.answers import checking, layout
from innosi.forecast.study import study_from
from innosi.forecast.survey_tools.applying import apply_mapping
from innosi.forecast.survey_tools.headings import cleaned, headings_of, squeezed
from innosi.forecast.survey_tools.mapping_file import ColumnMapping, load_mapping, mapping_from
from innosi.forecast.survey_tools.mapping_text import mapping_text, quoted
from innosi.forecast.survey_tools.proposing import propose_mapping
from innosi.forecast.survey_tools.tools import detect_tool
from innosi.models.errors import AnswerError, InnosiError, InputFaults
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.tables.delimited import read_delimited
from innosi.scenarios.tables.sheet import as_sheet
from innosi.scenarios.tables.workbook import read_workbook

STUDY = """\
title: A neighbourhood without gas
rounds: 2
questions:
  importance:
    text: The heat network is important for the neighbourhood
    type: rating
    scale: {low: 1, high: 5, low_label: Strongly disagree, high_label: Strongly agree}
  garden:
    text: Every flat roof has a garden
    type: multi_rating
    scales:
      probability: {low: 1, high: 5, title: How probable}
      desirability: {low: 1, high: 9, title: How desirable}
  first:
    text: What should come first?
    type: ranking
    options: {food: Growing food, water: Holding back rain, people: A place to meet}
  chance: {text: How likely is it that the subsidy goes on?, type: probability}
  places: {text: How many places to meet will there be?, type: quantity, answer: three_point, low: 0}
  by_when: {text: By which year is the last house off gas?, type: year, low: 2026, never: true}
  heating:
    text: What will most houses be heated with?
    type: choice
    options: {pump: A heat pump, network: A heat network}
  rooms:
    text: Which rooms should be shared?
    type: multiple_choice
    options: {kitchen: "Kitchen, with a big table", laundry: Laundry, guest: Guest room}
  budget: {text: How would you spend 100 points?, type: allocation, options: {day: By day, night: By night}}
  weights: {text: What counts more?, type: pairwise, options: {cost: Cost, joy: Joy}}
  wish: {text: What do you wish for?, type: text}
"""
FULL = {
    "importance": (4.0,),
    "garden": (4.0, 9.0),
    "first": (1.0, 3.0, 2.0),
    "chance": (0.65,),
    "places": (10.0, 20.0, 30.5),
    "by_when": (2035.0,),
    "heating": (0.0,),
    "rooms": (1.0, 0.0, 1.0),
    "budget": (60.0, 40.0),
    "weights": (0.2,),
    "wish": (1.0,),
}
"""What p01 answers in every export, as far as the tool can ask it."""

LIMESURVEY = """\
\ufeff"id","submitdate","lastpage","startlanguage","seed","token","importance","garden[probability]",\
"garden[desirability]","first[1]","first[2]","first[3]","chance","places[lower]","places[best]",\
"places[upper]","bywhen","heating","heating[comment]","heating[other]","rooms[kitchen]","rooms[laundry]",\
"rooms[guest]","budget[day]","budget[night]","weights[costjoy]","wish","proposal"
"1","2027-03-01 10:00:00","3","en","77","p01","4","4","9","food","people","water","65%","10.0000000000",\
"20","30.5","2035","pump","quiet","","Y","","Y","60","40","1/5","More trees","What of the trams?"
"2","","1","en","78","p02","2","","","","","","","","","","","","","","","","","","","","",""
"3","2027-03-01 11:00:00","3","en","79","p03","A5","N/A","5","food","A2","water","1","3","2","9","never",\
"gas","","oil","","","","60","50","","",""
"4","2027-03-01 12:00:00","3","en","80","","1","1","1","","","","","","","","","","","","","","","","","",\
"",""
"""
QUALTRICS = """\
StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,RecipientEmail,ExternalReference,\
DistributionChannel,Q1,Q2_1,Q2_2,Q3_1,Q3_2,Q3_3,Q4,Q5_1,Q5_2,Q5_3,Q6,Q7,Q8,Q9_1,Q9_2,Q10_1,Q11,Q11_why
Start Date,End Date,Response Type,Progress,Finished,Recorded Date,Response ID,Recipient Email,\
External Data Reference,Distribution Channel,<strong>The heat network</strong> is important&nbsp;for \
the neighbourhood,Every flat roof has a garden - How probable,Every flat roof has a garden - How desirable,\
What should come first? - Growing food,What should come first? - Holding back rain,\
What should come first? - A place to meet,How likely is it that the subsidy goes on?,\
How many places to meet will there be? - Lowest,How many places to meet will there be? - Most likely,\
How many places to meet will there be? - Highest,By which year is the last house off gas?,\
What will most houses be heated with? - Selected Choice,Which rooms should be shared? - Selected Choice,\
How would you spend 100 points? - By day,How would you spend 100 points? - By night,\
What counts more? - Cost or Joy,What do you wish for?,Why?
"{""ImportId"":""startDate"",""timeZone"":""Europe/Amsterdam""}","{""ImportId"":""endDate""}",\
"{""ImportId"":""status""}","{""ImportId"":""progress""}","{""ImportId"":""finished""}",\
"{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}",\
"{""ImportId"":""externalDataReference""}","{""ImportId"":""distributionChannel""}",\
"{""ImportId"":""QID1""}",,,,,,,,,,,,,,,,,
2027-03-01 10:00:00,2027-03-01 10:20:00,IP Address,100,True,2027-03-01 10:20:01,R_1,jan@example.org,p01,\
email,Agree,4,9,1,3,2,65%,10,20,30.5,2035,A heat pump,"Kitchen, with a big table,Guest room",60,40,1/5,\
More trees,Green is calm
2027-03-01 10:00:00,2027-03-01 10:20:00,IP Address,60,False,2027-03-01 10:20:01,R_2,ann@example.org,p02,\
email,Disagree,,,,,,,,,,,,,,,,,
2027-03-01 10:00:00,2027-03-01 10:20:00,Survey Preview,100,True,2027-03-01 10:20:01,R_3,,,preview,\
Strongly agree,,,,,,,,,,,,,,,,,
2027-03-01 10:00:00,2027-03-01 10:20:00,IP Address,100,True,2027-03-01 10:20:01,R_4,bo@example.org,p04,\
email,Strongly agree,5,1,1,1,2,,,,,,A gas boiler,Laundry,,,,,
"""
MICROSOFT_FORMS = (
    (
        *("ID", "Start time", "Completion time", "Email", "Name"),
        "The heat network is important\u00a0for the neighbourhood",
        "Why?",
        *("How probable", "How desirable", "What should come first?"),
        *("How likely is it that the subsidy goes on?", "Why? 2"),
        *("By which year is the last house off gas?", "What will most houses be heated with?"),
        *("Which rooms should be shared?", "What do you wish for?", "Any other questions or ideas?"),
    ),
    (
        *(1, datetime.datetime(2027, 3, 1, 10), datetime.datetime(2027, 3, 1, 11)),  # noqa: DTZ001
        *("Jan@Example.org", "Jan Jansen", "Agree", "quiet", 4, 9),
        *("Growing food;A place to meet;Holding back rain;", 0.65, "so they say", 2035, "A heat pump"),
        *("Kitchen, with a big table;Guest room;", "More trees", "What of the trams?"),
    ),
    (
        *(2, datetime.datetime(2027, 3, 1, 10), datetime.datetime(2027, 3, 1, 11)),  # noqa: DTZ001
        *("stranger@example.org", "Stranger", "Agree", None, 1, 1, None, None, None, None, None, None, "x"),
    ),
)
GOOGLE_FORMS = (
    (
        *("Timestamp", "Your code", "The heat network is important for the neighbourhood"),
        *("Every flat roof has a garden [How probable]", "Every flat roof has a garden [How desirable]"),
        *("What should come first? [1st choice]", "What should come first? [2nd choice]"),
        *("What should come first? [3rd choice]", "How likely is it that the subsidy goes on?"),
        *("How many places to meet will there be? [Lower]", "How many places to meet will there be? [Best]"),
        *("How many places to meet will there be? [Upper]", "By which year is the last house off gas?"),
        *("What will most houses be heated with?", "Which rooms should be shared?"),
        *("How would you spend 100 points? [By day]", "How would you spend 100 points? [By night]"),
        *("What counts more? [Cost/Joy]", "What do you wish for?"),
    ),
    (
        *(datetime.datetime(2027, 3, 1, 10), "p01", "4 - Agree", 4, "9 (very)"),  # noqa: DTZ001
        *("Growing food", "A place to meet", "Holding back rain", "65%", 10, 20, 30.5, 2035, "A heat pump"),
        *("Kitchen, with a big table, Guest room", 60, 40, 0.2, "More trees"),
    ),
)
REDCAP = """\
record_id,redcap_event_name,importance,garden_probability,garden_desirability,first_food,first_water,\
first_people,chance,places_lower,places_best,places_upper,by_when,heating,rooms___kitchen,rooms___laundry,\
rooms___guest,budget_day,budget_night,weights_cost_joy,wish,wish_reason,questionnaire_complete
p01,round_1_arm_1,4,4,9,1,3,2,65%,10,20,30.5,2035,pump,1,0,1,60,40,0.2,More trees,Green is calm,2
p02,round_1_arm_1,,,,,,,,,,,,,0,0,0,,,,,,0
p03,round_1_arm_1,7,4,9,1,3,2,65%,10,20,30.5,2035,2,1,0,1,60,40,0.2,More trees,,2
p01,round_2_arm_1,5,4,9,1,3,2,65%,10,20,30.5,2035,pump,1,0,1,60,40,0.2,More trees,,2
"""


def csv(text):
    return as_sheet(read_delimited(text.encode(), "export.csv"))


def workbook(rows):
    book, raw = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(raw)
    return as_sheet(read_workbook(raw.getvalue(), "export.xlsx"))


def a_study(text=STUDY):
    return study_from(parse_document(text, source="study.yaml", folder=None))


@pytest.fixture(name="gas")
def gas_study():
    return a_study()


def mapping_of(text, study):
    return mapping_from(parse_document(text, source="mapping.yaml", folder=None), study)


def confirmed(text):
    """The text after a facilitator took every `# ? ` off."""
    return re.sub(r"^( *)# \? ", r"\1", text, flags=re.MULTILINE)


def imported(sheet, study, text, number=1, **people):
    mapped = apply_mapping(sheet, mapping_of(text, study), study, **people)
    found = layout.find_layout(mapped.sheet, study, {})
    checked = checking.check_rows(found, study, mapped.reader, number=number)
    return mapped, checked


def values(checked, who="p01"):
    return {each.question: each.values for each in checked.answers if each.panellist == who}


def reasons(checked, who="p01"):
    return {each.question: each.reason for each in checked.answers if each.panellist == who and each.reason}


def told(*rejections):
    return [(each.line, each.question, each.reason) for group in rejections for each in group]


TOOLS = {
    "limesurvey": (csv(LIMESURVEY), "'submitdate'"),
    "qualtrics": (csv(QUALTRICS), "'StartDate'"),
    "microsoft_forms": (workbook(MICROSOFT_FORMS), "'Start time'"),
    "google_forms": (workbook(GOOGLE_FORMS), "'Timestamp'"),
    "redcap": (csv(REDCAP), "'record_id'"),
    "other": (csv("panellist,chance\np01,0.5\n"), "no columns of a tool"),
}


@pytest.mark.parametrize(("name", "case"), TOOLS.items(), ids=TOOLS)
def test_a_tool_is_known_by_its_own_columns(name, case):
    tool = detect_tool(case[0])
    assert tool.name == name
    assert case[1] in tool.why


def test_an_export_of_limesurvey_is_read_by_its_codes(gas):
    sheet = csv(LIMESURVEY)
    mapped, checked = imported(sheet, gas, mapping_text(propose_mapping(sheet, gas)))
    assert values(checked) == FULL
    assert reasons(checked) == {"heating": "quiet", "wish": "More trees"}
    assert mapped.unread == ("id", "lastpage", "startlanguage", "seed", "heating[other]")
    assert mapped.sheet.rows[0].cells[mapped.sheet.columns.index("proposal")] == "What of the trams?"


def test_every_row_and_value_that_is_not_read_has_its_reason(gas):
    sheet = csv(LIMESURVEY)
    mapped, checked = imported(sheet, gas, mapping_text(propose_mapping(sheet, gas)))
    assert [(line, name, why.partition(";")[0]) for line, name, why in told(mapped.rejections)] == [
        (3, "", "an unfinished row, by the column 'submitdate'"),
        (4, "importance", "no translation for this value of the column 'importance'"),
        (4, "first", "no translation for this value of the column 'first[2]'"),
        (4, "heating", "no translation for this value of the column 'heating'"),
        (5, "", "no panellist in the column 'token'"),
    ]
    assert [(each.line, each.question, each.reason) for each in checked.rejections] == [
        (4, "places", "out of order: lower is above best"),
        (4, "budget", "the points add up to 110, not 100"),
    ]
    assert values(checked, "p03")["garden"][1] == 5
    assert math.isnan(values(checked, "p03")["garden"][0])
    assert values(checked, "p03")["by_when"] == (math.inf,)


def test_codes_are_left_to_the_facilitator_with_what_they_may_mean(gas):
    sheet = csv(LIMESURVEY)
    text = mapping_text(propose_mapping(sheet, gas))
    assert "# ? A5: 5  # by its place on the scale" in text
    assert "# ? A2: water  # by its place among the options" in text
    assert "# ? gas:  # no option is called so" in text
    known = text.replace("# ? A5", "A5").replace("# ? A2", "A2").replace("# ? gas:", "gas: network")
    mapped, checked = imported(sheet, gas, known)
    assert values(checked, "p03")["importance"] == (5.0,)
    assert values(checked, "p03")["heating"] == (1.0,)
    assert (4, "first", "names water twice") in told(checked.rejections)
    assert [each.line for each in mapped.rejections] == [3, 5]


def test_an_export_of_qualtrics_is_read_by_the_texts_below_its_headings(gas):
    sheet = csv(QUALTRICS)
    proposed = propose_mapping(sheet, gas)
    assert proposed.mapping.header_rows == 3
    assert proposed.mapping.panellist == "ExternalReference"
    assert proposed.mapping.answers["importance"].values["Agree"] == "4"
    assert proposed.mapping.answers["importance"].values["Strongly disagree"] == "1"
    mapped, checked = imported(sheet, gas, mapping_text(proposed))
    assert values(checked) == FULL
    first = [(line, why.partition(";")[0]) for line, _, why in told(mapped.rejections)]
    assert first == [
        (5, "an unfinished row, by the column 'Finished'"),
        (6, "a test, by the column 'Status'"),
        (7, "no translation for this value of the column 'Q7'"),
    ]
    assert (7, "first", "rank 1 is given to food and to water; give each rank once") in told(
        checked.rejections
    )


def test_a_reason_that_only_stands_behind_a_question_is_asked(gas):
    sheet = csv(QUALTRICS)
    text = mapping_text(propose_mapping(sheet, gas))
    assert "  # ? wish.reason: Q11_why  # stands behind wish" in text
    _, checked = imported(sheet, gas, text.replace("# ? wish.reason", "wish.reason"))
    assert reasons(checked)["wish"] == "More trees – Green is calm"


PEOPLE = {"jan@example.org": "p01"}


def pseudonym_of(address):
    return PEOPLE.get(address.casefold())


def test_an_export_of_microsoft_forms_is_matched_by_address_and_shows_none(gas):
    sheet = workbook(MICROSOFT_FORMS)
    text = confirmed(mapping_text(propose_mapping(sheet, gas)))
    mapped, checked = imported(sheet, gas, text, pseudonym_of=pseudonym_of)
    asked = {name: FULL[name] for name in FULL if name not in ("places", "budget", "weights")}
    assert values(checked) == asked
    assert reasons(checked) == {"importance": "quiet", "chance": "so they say", "wish": "More trees"}
    (stranger,) = mapped.rejections
    assert (stranger.line, stranger.panellist, stranger.found) == (3, "", "")
    assert "nobody of the panel has the address in the column 'Email'" in stranger.reason
    everything = repr((mapped, checked))
    assert "example.org" not in everything.casefold()
    assert "Jansen" not in everything


def test_statements_and_reasons_of_microsoft_forms_are_asked(gas):
    text = mapping_text(propose_mapping(workbook(MICROSOFT_FORMS), gas))
    assert "match_people: email" in text
    assert '  # ? garden.probability: "How probable"  # called as the part only' in text
    assert '  # ? importance.reason: "Why?"  # stands behind importance' in text
    assert '  # ? chance.reason: "Why? 2"  # stands behind chance' in text
    assert '# ? proposal: "Any other questions or ideas?"' in text
    assert "# No column was found for: places, budget, weights" in text


def test_an_export_of_google_forms_is_read_by_its_rows_in_brackets(gas):
    sheet = workbook(GOOGLE_FORMS)
    proposed = propose_mapping(sheet, gas)
    assert [doubt.path for doubt in proposed.doubts] == [("panellist",)]
    text = mapping_text(proposed)
    assert '# ? panellist: "Your code"  # is it the pseudonym?' in text
    assert proposed.mapping.answers["rooms"].separator == ", "
    assert proposed.mapping.answers["importance"].values == {"4 - Agree": "4"}
    _, checked = imported(sheet, gas, confirmed(text))
    assert values(checked) == FULL
    assert not checked.rejections


def test_an_export_of_redcap_knows_its_rounds(gas):
    sheet = csv(REDCAP)
    proposed = propose_mapping(sheet, gas)
    assert proposed.mapping.round.values == {"round_1_arm_1": 1, "round_2_arm_1": 2}
    text = mapping_text(proposed)
    mapped, checked = imported(sheet, gas, text, number=None)
    mine = {(each.question, each.round): each.values for each in checked.answers if each.panellist == "p01"}
    assert {name: mine[name, 1] for name in FULL} == FULL
    assert mine["importance", 2] == (5.0,)
    assert [(line, name) for line, name, _ in told(mapped.rejections)] == [(3, ""), (4, "heating")]
    assert told(checked.rejections) == [(4, "importance", "off the scale (1 to 5)")]


def test_labels_of_redcap_are_read_as_its_codes_are(gas):
    sheet = csv(
        "Record ID,Event Name,Survey Timestamp,Which rooms should be shared? (choice=Laundry),"
        'Which rooms should be shared? (choice=Guest room),"Which rooms should be shared? '
        '(choice=Kitchen, with a big table)",Complete?\n'
        "p01,Round 1,2027-03-01 10:00,Unchecked,Checked,Checked,Complete\n"
        "p02,Round 1,2027-03-01 10:00,Checked,Checked,Checked,Incomplete\n"
    )
    mapped, checked = imported(sheet, gas, mapping_text(propose_mapping(sheet, gas)), number=None)
    assert values(checked) == {"rooms": (1.0, 0.0, 1.0)}
    assert [each.line for each in mapped.rejections] == [3]


@pytest.mark.parametrize(("sheet", "_"), TOOLS.values(), ids=TOOLS)
def test_a_proposal_reads_back_as_it_was_proposed(gas, tmp_path, sheet, _):
    proposed = propose_mapping(sheet, gas)
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping_text(proposed), encoding="utf-8")
    if not proposed.mapping.panellist:
        with pytest.raises(InputFaults, match="name the column that holds the pseudonyms"):
            load_mapping(path, gas)
    else:
        assert load_mapping(path, gas) == proposed.mapping


AWKWARD = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


SHORT_STUDY = a_study(
    "title: T\nquestions:\n  importance: {text: How much?, type: rating, scale: {low: 1, high: 5}}\n"
    "  heating: {text: What heats?, type: choice, options: [pump, net]}\n"
)


@settings(max_examples=60)
@given(st.dictionaries(AWKWARD, AWKWARD, max_size=5), AWKWARD, st.sampled_from(("4", "Agree", "A2", "x: y")))
def test_whatever_headings_and_values_say_a_proposal_reads_back(columns, heading, answer):
    table = [("token", "importance", "heating", "submitdate", "lastpage", heading, *columns)]
    table.append(("p01", answer, "A heat pump", "2027", "1", answer, *columns.values()))
    rows = [(line, tuple(row)) for line, row in enumerate(table, start=1)]
    sheet = layout.Sheet("export", tuple(map(str.strip, rows[0][1])), (layout.Row(2, rows[1][1]),))
    proposed = propose_mapping(sheet, SHORT_STUDY)
    if proposed.mapping.panellist and proposed.mapping.answers:
        assert mapping_of(mapping_text(proposed), SHORT_STUDY) == proposed.mapping
        apply_mapping(sheet, proposed.mapping, SHORT_STUDY, pseudonym_of)


@given(AWKWARD)
def test_any_text_is_quoted_so_that_it_reads_back(text):
    document = parse_document(f"{quoted(text)}: {quoted(text)}", source="x", folder=None)
    (key,) = document.data
    assert (key, str(document.data[key])) == (text, text)


GOOD = """\
panellist: token
answers:
  importance: {column: Q1, values: {"yes": 5}}
  rooms: {column: Q3, separator: ";"}
  first: {ranks: [R1, R2, R3]}
"""
BROKEN = {
    "an unknown question": (
        "importance: {",
        "importence: {",
        "line 3 .*no question 'importence'; did you mean",
    ),
    "an unknown part": (
        "importance: {",
        "garden.beauty: {",
        "'beauty' is no part of the answer to garden; wr",
    ),
    "a part of a whole": (
        "importance: {",
        "importance.value: {",
        "is no part of the answer; write importance,",
    ),
    "a question of parts as a whole": (
        "importance: {",
        "garden: {",
        "write one of: garden.probability, garden",
    ),
    "a column twice": ("column: Q3", "column: ' q1 '", "' q1 ' is said to be importance already"),
    "the panellists as answers": ("column: Q3", "column: token", "'token' is said to be panellist already"),
    "no panellists": ("panellist: token\n", "", "panellist .*is missing; name the column"),
    "no answers": (GOOD.partition("answers:")[2], "\n", "answers .*names no column; take the '# \\?' off"),
    "a level off the scale": ('"yes": 5', '"yes": 6', "importance.values.yes .*'6' is none of: 1 to 5"),
    "a value without a meaning": (
        '"yes": 5',
        '"yes": ',
        "importance.values.yes .*valid string; found nothing",
    ),
    "two values alike": (
        '"yes": 5',
        '"yes": 5, "YES ": 4',
        "differs from another only in capitals or spaces",
    ),
    "a title for a name": (
        'separator: ";"',
        'separator: ";", values: {a: GUEST}',
        "'GUEST' is none of: kitchen, laundry, guest; did you mean 'guest'",
    ),
    "a list without a separator": (', separator: ";"', "", "rooms.separator .*is missing; say what stands"),
    "a separator of one value": (
        "column: Q1,",
        "column: Q1, separator: ';',",
        "is for a column that holds sev",
    ),
    "too few ranks": ("[R1, R2, R3]", "[R1, R2]", "name 2 columns, but 3 options are ranked; name 3"),
    "ranks of a rating": ("{column: Q1,", "{ranks: [Q1],", "are for a whole ranking"),
    "ranks and a column": ("{ranks:", "{column: Q9, ranks:", "one of the two"),
    "a list beside its options": (
        "  first:",
        "  rooms.guest: Q8\n  first:",
        "stands beside rooms.guest; keep",
    ),
    "values of a reason": (
        "  first:",
        "  wish: {column: Q8, values: {a: b}}\n  first:",
        "a text is taken as it",
    ),
    "a round too many": (
        "answers:",
        "round: {column: r, values: {three: 3}}\nanswers:",
        "round.values.three .*there is no round 3; the study has 2",
    ),
    "an unknown key": ("panellist:", "header_row: 2\npanellist:", "unknown key; did you mean 'header_rows'"),
    "no header row": ("panellist:", "header_rows: 0\npanellist:", "header_rows .*greater than or equal to 1"),
    "an unknown treatment": (
        "answers:",
        "tests: {column: s, values: [1], rows: drop}\nanswers:",
        "found 'drop'; choose one of: reject, keep",
    ),
    "no day": ("answers:", "late: {column: d, after: soon}\nanswers:", "late.after"),
    "another way to match": ("answers:", "match_people: name\nanswers:", "found 'name'; choose one of"),
    "answers that are a list": (GOOD.partition("answers:")[2], " [a]\n", "answers .*must hold `key: value`"),
}


def test_the_mapping_that_is_broken_below_is_sound(gas):
    assert mapping_of(GOOD, gas).answers["importance"].values == {"yes": "5"}


@pytest.mark.parametrize(("old", "new", "message"), BROKEN.values(), ids=BROKEN)
def test_a_wrong_mapping_says_what_is_wrong_and_where(gas, old, new, message):
    assert old in GOOD
    with pytest.raises(InputFaults) as raised:
        mapping_of(GOOD.replace(old, new, 1), gas)
    assert re.search(message, str(raised.value)), str(raised.value)


def test_all_faults_of_a_mapping_are_told_at_once(gas):
    text = GOOD.replace("panellist: token\n", "").replace("importance", "importence").replace("R3", "R2")
    with pytest.raises(InputFaults, match="3 faults") as raised:
        mapping_of(text, gas)
    assert [fault.line for fault in raised.value.faults] == [None, 2, 4]


def test_columns_that_an_export_does_not_have_are_told_all(gas):
    with pytest.raises(InputFaults, match="has no column 'R1'") as raised:
        apply_mapping(csv("token,Q1,Q2\np01,5,a\n"), mapping_of(GOOD, gas), gas)
    assert [fault.key for fault in raised.value.faults] == ["answers.rooms", *["answers.first"] * 3]


SMALL = "panellist: token\nanswers: {importance: Q1}\n"


def small(study, text, rows, **people):
    mapped, checked = imported(csv(f"token,Q1,end\n{rows}"), study, text, **people)
    return values(checked), told(mapped.rejections), mapped


def test_addresses_are_refused_in_the_place_of_pseudonyms(gas):
    found, rejected, mapped = small(gas, SMALL, "jan@example.org,5,\n")
    assert found == {}
    assert "write `match_people: email` into the mapping" in rejected[0][2]
    assert "example.org" not in repr(mapped)


def test_people_are_only_matched_with_a_list_of_people(gas):
    with pytest.raises(AnswerError, match="there is no list of people; add the panel's people"):
        small(gas, f"match_people: email\n{SMALL}", "jan@example.org,5,\n")


def test_late_rows_are_rejected_or_kept_and_counted(gas):
    late = "late: {{column: end, after: 2027-03-01, rows: {}}}\n{}"
    rows = "p01,5,2027-03-01 23:59\np02,5,2027-03-02 00:01\np03,5,3/4/2027\np04,5,\n"
    _, rejected, _ = small(gas, late.format("reject", SMALL), rows)
    assert [line for line, _, _ in rejected] == [3, 4]
    assert "too late (the last day was 2027-03-01), by the column 'end'" in rejected[0][2]
    assert "nobody can tell whether it is too late" in rejected[1][2]
    _, rejected, mapped = small(gas, late.format("keep", SMALL), rows)
    assert not rejected
    assert mapped.n_kept == {"late": 2}


def test_a_deadline_is_proposed_for_the_facilitator_to_say_of_which_round():
    study = a_study(STUDY.replace("rounds: 2", "rounds: [{title: One, deadline: 2027-03-01}, Two]"))
    text = mapping_text(propose_mapping(csv(LIMESURVEY), study))
    assert "# ? late:  # the deadline of round 1; is it that round?\n# ?   column: submitdate\n" in text
    assert str(mapping_of(confirmed(text.replace("gas:", "gas: pump")), study).late.after) == "2027-03-01"


def test_numbers_count_as_they_are_until_the_mapping_translates_numbers(gas):
    assert small(gas, SMALL, "p01,2,\n")[0] == {"importance": (2.0,)}
    reversed_ = 'panellist: token\nanswers: {importance: {column: Q1, values: {"1": 5}}}\n'
    assert small(gas, reversed_, "p01,1,\n")[0] == {"importance": (5.0,)}
    found, rejected, _ = small(gas, reversed_, "p01,2,\n")
    assert found == {}
    assert "no translation for this value of the column 'Q1'" in rejected[0][2]


def test_what_means_no_answer_may_be_said(gas):
    mapped, checked = imported(csv("token,Q1\np01,-99\n"), gas, f"no_answer: [-99]\n{SMALL}")
    assert (checked.answers, checked.rejections, mapped.rejections, checked.n_empty) == ((), (), (), 1)


def test_decimals_are_read_as_the_mapping_says(gas):
    text = "decimal: comma\npercentages: true\npanellist: token\nanswers: {chance: Q1}\n"
    _, checked = imported(csv('token,Q1\np01,"12,5"\np02,12.5\n'), gas, text)
    assert values(checked) == {"chance": (0.125,)}
    assert "a point in a table that writes decimals with a comma" in checked.rejections[0].reason


def test_decimal_commas_are_proposed_where_they_can_be_nothing_else(gas):
    header = "token,submitdate,lastpage,chance,by_when\n"
    sure = propose_mapping(csv(f'{header}p01,2027,1,"0,5",2030\n'), gas)
    assert sure.mapping.decimal == "comma"
    unsure = propose_mapping(csv(f'{header}p01,2027,1,"1,500",2030\n'), gas)
    assert unsure.mapping.decimal == "point"
    assert "# ? decimal: comma  # it makes 1.500 of 1,500; if 1500 is meant" in mapping_text(unsure)


def test_percentages_are_asked_and_never_guessed(gas):
    text = mapping_text(propose_mapping(csv("token,submitdate,lastpage,chance\np01,2027,1,65\n"), gas))
    assert "# ? percentages: true  # chance holds numbers above 1; are they percentages?" in text


def test_a_scale_the_other_way_round_is_not_taken_for_ours(gas):
    sheet = csv("token,submitdate,lastpage,importance\np01,2027,1,1 - Strongly agree\n")
    proposed = propose_mapping(sheet, gas)
    assert proposed.mapping.answers["importance"].values == {}
    assert [doubt.path[3] for doubt in proposed.doubts if len(doubt.path) == 4] == ["1 - Strongly agree"]


def test_words_on_a_scale_without_ends_are_asked(gas):
    study = a_study(STUDY.replace(", low_label: Strongly disagree, high_label: Strongly agree", ""))
    text = mapping_text(propose_mapping(csv("token,submitdate,lastpage,importance\np01,1,1,Agree\n"), study))
    assert "# ? Agree: 4  # the study does not say which end is high" in text


def test_a_text_that_is_only_alike_is_asked_with_its_likeness(gas):
    sheet = csv("panellist,How probable is it that a subsidy goes on?\np01,65%\n")
    proposed = propose_mapping(sheet, gas)
    assert proposed.mapping.answers == {}
    (doubt,) = proposed.doubts
    assert doubt.path == ("answers", "chance")
    assert re.fullmatch(r"\d\d% alike", doubt.why)


def test_texts_in_another_language_of_the_study_are_its_own():
    study = a_study(
        "title: T\nquestions:\n  heat: {text: What heats?, type: choice, options: {a: Pump, b: Net}}\n"
        "translations:\n  nl:\n    title: T\n    questions:\n"
        "      heat: {text: Wat verwarmt?, options: {a: Warmtepomp, b: Warmtenet}}\n"
    )
    sheet = csv("panellist,Wat verwarmt?\np01,Warmtenet\n")
    _, checked = imported(sheet, study, mapping_text(propose_mapping(sheet, study)))
    assert values(checked) == {"heat": (1.0,)}


def test_a_column_of_pseudonyms_is_known_by_the_panel():
    study = a_study(STUDY.replace("rounds: 2", "rounds: 2\npanel: {members: [p01, p02]}"))
    proposed = propose_mapping(csv("nickname,chance\np01,65%\np02,5%\n"), study)
    assert proposed.mapping.panellist == "nickname"
    other = propose_mapping(csv("token,submitdate,lastpage,chance\nx1,2027,1,65%\n"), study)
    assert other.mapping.panellist == ""
    assert "# ? panellist: token  # none of them is a pseudonym of the panel" in mapping_text(other)


def test_a_column_called_pseudonym_is_sure_once_it_holds_one_of_the_panel():
    study = a_study(STUDY.replace("rounds: 2", "rounds: 2\npanel: {members: [p01, p02]}"))
    assert propose_mapping(csv("Pseudonym,chance\np01,65%\nx9,5%\n"), study).mapping.panellist == "Pseudonym"
    assert propose_mapping(csv("Pseudonym,chance\nx8,65%\nx9,5%\n"), study).mapping.panellist == ""


def test_a_tools_own_column_is_not_silently_a_question():
    study = a_study(
        "title: T\nquestions: {language: {text: Which?, type: text}, x: {text: X?, type: text}}\n"
    )
    sheet = csv("token,submitdate,lastpage,x,language\np01,2027,1,a,en\n")
    proposed = propose_mapping(sheet, study)
    assert list(proposed.mapping.answers) == ["x"]
    assert "# ? language: language  # or is it a column of LimeSurvey itself?" in mapping_text(proposed)


def test_two_columns_for_one_question_are_asked(gas):
    sheet = csv("panellist,chance,Chance\np01,65%,70%\n")
    proposed = propose_mapping(sheet, gas)
    assert proposed.mapping.answers == {}
    assert [doubt.value["column"] for doubt in proposed.doubts] == ["chance", "Chance"]


def test_headings_are_cleaned_and_numbered_where_they_repeat():
    sheet = csv('"\ufeff<p>How&nbsp;many?</p>",Why?,Why?,"Two\nlines\u00a0here"\n1,2,3,4\n')
    names = [each.name for each in headings_of(sheet, 1)]
    assert names == ["How many?", "Why?", "Why? (2)", "Two lines here"]
    assert cleaned("a < b and c > d") == "a < b and c > d"
    assert squeezed("Straße [Ä1]") == squeezed("STRASSE_ä1")


def test_errors_of_mappings_are_the_users_to_mend(gas, tmp_path):
    with pytest.raises(InnosiError, match="no such file"):
        load_mapping(tmp_path / "nowhere.yaml", gas)


def test_full_texts_and_answers_of_limesurvey_are_read_as_its_codes_are(gas):
    sheet = csv(
        '"Response ID","Date submitted","Last page","Start language","Access code",'
        '"The heat network is important for the neighbourhood","Every flat roof has a garden [How probable]",'
        '"What should come first? [Rank 1]","What should come first? [Rank 2]",'
        '"What should come first? [Rank 3]","Which rooms should be shared? [Kitchen, with a big table]",'
        '"Which rooms should be shared? [Laundry]","Which rooms should be shared? [Guest room]"\n'
        '"1","2027-03-01 10:00:00","3","en","p01","Strongly agree","2","A place to meet","Growing food",'
        '"Holding back rain","Yes","No","No"\n'
    )
    _, checked = imported(sheet, gas, mapping_text(propose_mapping(sheet, gas)))
    found = values(checked)
    assert found.pop("garden")[0] == 2
    assert found == {"importance": (5.0,), "first": (2.0, 3.0, 1.0), "rooms": (1.0, 0.0, 0.0)}


def test_a_workbook_of_qualtrics_has_two_heading_rows(gas):
    sheet = workbook(
        [
            ("StartDate", "Finished", "Status", "ExternalReference", "QID4", "QID9_1"),
            (
                *("Start Date", "Finished", "Response Type", "External Data Reference"),
                *("How likely is it that the subsidy goes on?", "Something else"),
            ),
            ("2027-03-01", True, "IP Address", "p01", 0.65, 10),
        ]
    )
    proposed = propose_mapping(sheet, gas)
    assert proposed.mapping.header_rows == 2
    mapped, checked = imported(sheet, gas, mapping_text(proposed))
    assert values(checked) == {"chance": (0.65,)}
    assert mapped.unread == ("StartDate", "QID9_1")


def test_unfinished_rows_are_kept_where_the_mapping_says_so(gas):
    text = "unfinished: {column: end, values: [''], rows: keep}\n" + SMALL
    found, rejected, mapped = small(gas, text, "p01,5,\np02,5,done\n")
    assert (found, rejected) == ({"importance": (5.0,)}, [])
    assert mapped.n_kept == {"unfinished": 1}


def test_of_two_forms_of_redcap_nobody_can_say_which_is_the_questionnaire(gas):
    sheet = csv("record_id,chance,intake_complete,round_complete\np01,65%,2,0\n")
    proposed = propose_mapping(sheet, gas)
    assert proposed.mapping.unfinished is None
    assert "# ? unfinished:  # which form is the questionnaire?" in mapping_text(proposed)


def test_rows_of_no_round_of_the_mapping_are_rejected(gas):
    text = "round: {column: end, values: {first: 1}}\n" + SMALL
    mapped, _ = imported(csv("token,Q1,end\np01,5,first\np02,5,third\n"), gas, text, number=None)
    assert told(mapped.rejections) == [(3, "", "no round of the mapping, in the column 'end'")]


def test_a_running_number_is_only_a_pseudonym_where_it_runs_through_the_rounds(gas):
    one_round = propose_mapping(csv("record_id,chance\n1,65%\n2,5%\n"), gas)
    assert one_round.mapping.panellist == ""
    assert "# ? panellist: record_id  # a running number?" in mapping_text(one_round)
    rounds = propose_mapping(csv("record_id,redcap_event_name,chance\n1,round_1_arm_1,65%\n"), gas)
    assert rounds.mapping.panellist == "record_id"


def test_the_page_on_survey_tools_shows_a_sound_mapping_and_every_key(gas):
    page = (Path(__file__).parents[2] / "docs" / "survey-tools.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(mapping_of(confirmed(block), gas).answers) == 6
    table = page.partition("| key | what it says |")[2]
    rows = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == set(ColumnMapping.model_fields)
