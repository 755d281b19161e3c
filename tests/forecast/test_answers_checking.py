import csv
import re

import pytest

from innosi.forecast.answers.importing import ImportOptions, RejectedAnswers, import_answers
from innosi.forecast.store.answers import load_answers
from innosi.forecast.store.opening import has_store, open_store
from innosi.forecast.store.tables import answers
from innosi.forecast.study import load_study
from innosi.models.errors import AnswerError, InnosiError, InputFaults

HEADING = "panellist,question,value,lower,best,upper\n"
SOUND = HEADING + "p01,chance,0.5,,,\np02,chance,0.6,,,\np01,places,,1,2,3\n"


def options(number=1, **rest):
    return ImportOptions(number=number, **rest)


REJECTED = {
    "an unknown panellist": ("p99,chance,0.5,,,", "unknown panellist; known here: p01"),
    "other capitals": ("P01,chance,0.5,,,", "unknown panellist; did you mean 'p01'"),
    "an unknown question": ("p01,chanse,0.5,,,", "unknown question; did you mean 'chance'"),
    "no panellist": (",chance,0.5,,,", "no panellist"),
    "not a number": ("p01,chance,high,,,", "not a number"),
    "off the scale": ("p01,importance,6,,,", r"off the scale \(1 to 5\)"),
    "between two levels": ("p01,importance,3.5,,,", "not a level of the scale"),
    "a probability above 1": ("p01,chance,65,,,", "above 1; write 65%"),
    "a negative probability": ("p01,chance,-0.1,,,", r"out of range \(0 to 1\)"),
    "below the bound": ("p01,places,,-1,2,3", r"lower: out of range \(0 or more\)"),
    "lower above best": ("p01,places,,3,2,4", "out of order: lower is above best"),
    "best above upper": ("p01,places,,1,5,4", "out of order: best is above upper"),
    "a missing part": ("p01,places,,1,2,", "without upper"),
    "a part too many": ("p01,chance,0.5,0.4,,", "'lower' is no part of this answer"),
    "a decimal comma between commas": ('p01,chance,"0,5",,,', "a comma within a number"),
    "cells beyond the columns": ("p01,chance,0.5,,,,0.7", "more cells than there are columns"),
}


@pytest.mark.parametrize(("row", "reason"), REJECTED.values(), ids=REJECTED.keys())
def test_a_row_that_is_no_answer_is_rejected_with_its_line_and_reason(study, write, row, reason):
    path = write(f"{HEADING}p07,chance,0.1,,,\n{row}\n")
    with pytest.raises(RejectedAnswers, match="1 row is rejected, so nothing is imported") as raised:
        import_answers(study, path, options())
    (rejection,) = raised.value.rejections
    assert rejection.line == 3
    assert "line 3" in str(raised.value)
    assert re.search(reason, rejection.reason)
    assert not has_store(study)


def test_of_what_was_answered_twice_neither_is_taken(study, write):
    path = write(f"{HEADING}p01,chance,0.5,,,\np02,chance,0.6,,,\np01,chance,0.5,,,\n")
    report = import_answers(study, path, options(skip_rejected=True))
    assert [(each.line, each.reason) for each in report.rejections] == [
        (2, "answered twice (also on line 4)"),
        (4, "answered twice (also on line 2)"),
    ]
    assert [place[1] for place in load_answers(study).by_place] == ["p02"]


def test_a_value_that_is_also_the_pseudonym_is_rejected_by_itself(folder, write):
    path = folder / "open.yaml"
    scale = "type: rating, scale: {low: 1, high: 5}"
    path.write_text(
        f"title: t\nrounds: 1\nquestions: {{q1: {{text: x, {scale}}}, q2: {{text: y, {scale}}}}}\n"
    )
    with pytest.raises(RejectedAnswers, match="2 rows are rejected") as raised:
        import_answers(load_study(path), write("panellist,q1,q2\n7,7,7\n"))
    assert [each.question for each in raised.value.rejections] == ["q1", "q2"]


def test_of_a_panellist_who_is_unknown_a_row_is_told_once(study, write):
    with pytest.raises(RejectedAnswers, match="1 row is rejected"):
        import_answers(study, write("panellist,importance,chance\np99,4,0.5\n"), options())


def test_where_all_is_rejected_there_are_no_others_to_import(study, write):
    with pytest.raises(RejectedAnswers, match="nothing is imported; mend them") as raised:
        import_answers(study, write(f"{HEADING}p99,chance,0.5,,,\n"), options(skip_rejected=True))
    assert raised.value.mend == "mend them"


@pytest.mark.parametrize("row", ["p01,chance,{},,,1", "p01,chance,0.5,,,{}", "p01,places,,{},{},{},1"])
def test_no_number_is_too_long_to_be_rejected(study, write, row):
    text = f"panellist,question,value,lower,best,upper,round\n{row.replace('{}', '9' * 5000)}\n"
    with pytest.raises(RejectedAnswers):
        import_answers(study, write(text.replace(",,,9", ",,,,9")), options(None))


def test_nothing_is_late_in_a_study_that_has_not_begun(study, write):
    with pytest.raises(AnswerError, match="no round was opened yet, so nothing is late"):
        import_answers(study, write(SOUND), options(is_late=True))


def test_a_part_that_stands_twice_is_rejected(study, write):
    path = write("panellist,question,part,value\np01,places,lower,1\np01,places,lower,2\np01,places,mid,3\n")
    with pytest.raises(RejectedAnswers, match="without best and upper"):
        import_answers(study, path, options())


def test_the_first_twenty_rejections_are_shown_and_all_are_counted(study, write):
    path = write(HEADING + "".join(f"x{i},chance,0.5,,,\n" for i in range(30)))
    with pytest.raises(RejectedAnswers, match="30 rows are rejected") as raised:
        import_answers(study, path, options())
    assert str(raised.value).count("unknown panellist") == 20
    assert "… and 10 more" in str(raised.value)


def test_on_request_the_sound_answers_are_imported_and_the_others_written(study, write):
    path = write(f"{HEADING}p01,chance,0.5,,,\np99,chance,0.5,,,\np02,chance,=1+1,,,\n")
    report = import_answers(study, path, options(skip_rejected=True))
    assert len(load_answers(study).by_place) == 1
    assert report.rejects_file == path.with_name("answers.csv.rejects.csv")
    with report.rejects_file.open(encoding="utf-8", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert [each["line"] for each in rejects] == ["3", "4"]
    assert rejects[1]["found"] == "'=1+1"


def test_rejects_are_written_on_request_though_nothing_is_imported(study, write):
    path = write(f"{HEADING}p99,chance,0.5,,,\n")
    with pytest.raises(RejectedAnswers):
        import_answers(study, path, options(write_rejects=True))
    assert path.with_name("answers.csv.rejects.csv").exists()
    assert not has_store(study)


def test_an_empty_cell_is_no_answer_and_is_counted(study, write):
    report = import_answers(
        study, write(f"{HEADING}p01,chance,,,,\np02,chance,NA,,,\np03,chance,1,,,\n"), options()
    )
    assert report.n_empty == 2
    assert len(load_answers(study).by_place) == 1


def test_a_table_without_answers_is_refused(study, write):
    with pytest.raises(AnswerError, match="holds no answer to this study"):
        import_answers(study, write(f"{HEADING}p01,chance,,,,\n"), options())


def test_a_table_that_does_not_say_its_round_is_refused(study, write):
    with pytest.raises(AnswerError, match="does not say which round it is; add --round 1"):
        import_answers(study, write(SOUND), options(None))


def test_a_round_that_the_study_does_not_have_is_refused(study, write):
    with pytest.raises(InnosiError, match="there is no round 3; the study has 2 rounds"):
        import_answers(study, write(SOUND), options(3))


def test_rounds_are_read_by_number_title_or_name(folder, write, study_text):
    path = folder / "study.yaml"
    path.write_text(f"{study_text}import: {{rounds: {{first: 1}}}}\n", encoding="utf-8")
    study = load_study(path)
    rows = "p01,chance,0.5,first\np02,chance,0.5,1\np03,chance,0.5,Round 2\n"
    import_answers(study, write(f"panellist,question,value,round\n{rows}"), options(None))
    assert [place[:2] for place in load_answers(study).by_place] == [(1, "p01"), (1, "p02"), (2, "p03")]


def test_an_unknown_round_is_rejected(study, write):
    path = write("panellist,question,value,round\np01,chance,0.5,Round 3\np02,chance,0.5,\n")
    with pytest.raises(RejectedAnswers, match=r"unknown round; did you mean 'Round \d'"):
        import_answers(study, path, options(None))


def test_only_the_round_that_was_asked_for_is_read(study, write):
    path = write("panellist,question,value,round\np01,chance,0.5,1\np01,chance,0.6,2\n")
    report = import_answers(study, path, options(2))
    assert load_answers(study).rounds == (2,)
    assert "1 answers of other rounds not read" in report.notes


def kept(study):
    """Every event in the store, counted or not."""
    with open_store(study).reading() as transaction:
        return transaction.connection.execute(answers.select()).all()


def test_the_same_file_again_changes_nothing_and_says_so(study, write):
    path = write(SOUND)
    assert not import_answers(study, path, options()).has_changed_nothing
    before = kept(study)
    assert import_answers(study, path, options()).has_changed_nothing
    assert kept(study) == before


def test_answers_of_latecomers_are_added(study, write):
    import_answers(study, write(SOUND), options())
    report = import_answers(study, write(f"{HEADING}p07,chance,0.9,,,\n"), options())
    assert (report.rounds[0].n_added, report.rounds[0].n_absent) == (1, 3)
    assert len(load_answers(study).by_place) == 4


def test_another_answer_than_the_one_kept_is_refused(study, write):
    import_answers(study, write(SOUND), options())
    before = kept(study)
    with pytest.raises(AnswerError, match=r"p01, chance was 0\.5 and is now 0\.7; import it with --replace"):
        import_answers(study, write(SOUND.replace("0.5", "0.7")), options())
    assert kept(study) == before


def test_on_request_a_round_is_replaced_and_nothing_is_lost(study, write):
    import_answers(study, write(SOUND), options())
    rows, whole = kept(study), load_answers(study)
    import_answers(study, write(f"{HEADING}p01,chance,0.7,,,\n"), options(replace=True))
    assert [answer.values for answer in load_answers(study).by_place.values()] == [(0.7,)]
    assert kept(study)[: len(rows)] == rows
    import_answers(study, write(SOUND), options(replace=True))
    assert load_answers(study) == whole


def test_what_counts_does_not_depend_on_the_order_of_the_table(study, write, folder):
    import_answers(study, write(SOUND), options())
    first = load_answers(study)
    heading, *rows = SOUND.splitlines()
    again = import_answers(study, write("\n".join([heading, *reversed(rows)])), options(replace=True))
    assert again.has_changed_nothing
    assert load_answers(study) == first


def test_kept_answers_that_no_longer_fit_the_study_are_told(folder, study, write, study_text):
    import_answers(study, write(SOUND), options())
    (folder / "study.yaml").write_text(study_text.replace("  chance:", "  chances:"), encoding="utf-8")
    with pytest.raises(InputFaults, match=r"questions\.chance .* no question .*; did you mean 'chances'"):
        load_answers(load_study(folder / "study.yaml"))


def test_a_question_in_another_form_than_its_answers_is_told_until_they_are_imported_again(
    folder, study, write, study_text
):
    import_answers(study, write(SOUND), options())
    changed = study_text.replace("type: probability", "type: quantity")
    (folder / "study.yaml").write_text(changed, encoding="utf-8")
    study = load_study(folder / "study.yaml")
    with pytest.raises(InputFaults, match="another form than its answers were given in"):
        load_answers(study)
    import_answers(study, write(SOUND), options(replace=True))
    assert len(load_answers(study).by_place) == 3


def test_pseudonyms_that_look_like_persons_are_noted(folder, write):
    path = folder / "open.yaml"
    path.write_text("title: t\nrounds: 1\nquestions: {q: {text: x, type: probability}}\n", encoding="utf-8")
    report = import_answers(load_study(path), write("panellist,q\na@b.org,0.5\nAnna,0.5\nanna,0.6\n"))
    assert "panellists look like e-mail addresses; use pseudonyms instead" in report.notes
    assert "are these one panellist? Anna, anna" in report.notes


def test_the_options_are_told_once_where_none_is_meant_and_the_nearest_where_one_is(folder, write):
    path, asked = folder / "open.yaml", "{text: x, type: choice, options: {pond: A pond, hut: A hut}}"
    path.write_text(f"title: t\nrounds: 1\nquestions: {{first: {asked}}}\n", encoding="utf-8")
    with pytest.raises(RejectedAnswers) as raised:
        import_answers(load_study(path), write("panellist,first\np1,bench\np2,pnod\n"))
    assert [each.reason for each in raised.value.rejections] == [
        "no option; the options are pond, hut",
        "no option; did you mean 'pond'?; the options are pond, hut",
    ]
