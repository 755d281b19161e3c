"""Elicitations from Excalibur's files and from studies, and the command that calibrates them."""

import json
import math
import re
import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.forecast.pooling.classical.excalibur import read_excalibur
from innosi.forecast.pooling.classical.studies import elicitation_of
from innosi.forecast.store.answers import load_answers
from innosi.forecast.study import load_study
from innosi.models.errors import AnswerError, InnosiError, InputFaults
from innosi.scenarios.loading.judgements import read_judgements

HEAD = "* CLASS ASCII OUTPUT FILE. NQ=   3   QU=   5  50  95\n"


def row(expert, item, values, scale="UNI", text=""):
    number, name = expert
    place, called = item
    stated = "".join(f" {value:14.5E}" for value in values)
    return f"{number:5d} {name:>8s} {place:4d} {called:>14s} {scale}{stated} {text}\n"


DTT = HEAD + "".join(
    [
        row((1, "Ann"), (1, "depth"), (1, 4, 9), text="How deep is it, in 10 m?"),
        row((1, "Ann"), (2, "flow rate 2"), (1, 10, 100), "LOG"),
        row((1, "Ann"), (3, "future"), (2, 3, 4)),
        row((2, "Bob B"), (1, "depth"), (3, 5, 6)),
        row((2, "Bob B"), (2, "flow rate 2"), (-999.5, -999.5, -999.5), "LOG"),
        row((2, "Bob B"), (3, "future"), (1, 5, 9)),
    ]
)
RLS = (
    "    1          depth  4.00000E+0000 UNI   How deep is it?\n"
    "    2    flow rate 2  3.00000E+0001 LOG\n"
    "    3         future -9.99500E+0002 UNI\n"
)


@pytest.fixture
def files(tmp_path):
    def written(dtt=DTT, rls=RLS, encoding="utf-8", ending=".rls"):
        (tmp_path / "case.dtt").write_bytes(dtt.encode(encoding))
        if rls is not None:
            (tmp_path / f"case{ending}").write_bytes(rls.encode(encoding))
        return tmp_path / "case.dtt"

    return written


def test_a_case_is_read_whole(files):
    found = read_excalibur(files())
    assert found.experts == ("Ann", "Bob B")
    assert found.items == ("depth", "flow rate 2", "future")
    assert found.probabilities == (0.05, 0.5, 0.95)
    assert found.scales == ("uni", "log", "uni")
    assert found.texts[0] == "How deep is it?"
    assert found.judgements[0].tolist() == [[1, 4, 9], [1, 10, 100], [2, 3, 4]]
    assert found.is_answered.tolist() == [[True, True, True], [True, False, True]]
    assert found.seeds == ("depth", "flow rate 2")
    assert found.realisations[:2].tolist() == [4, 30]


@pytest.mark.parametrize("code", [-1000, -999.5, -999, -995, -990])
def test_numbers_from_minus_1000_to_minus_990_are_missing(files, code):
    dtt = HEAD + row((1, "Ann"), (1, "depth"), (1, 2, 3)) + row((2, "B"), (1, "depth"), [code] * 3)
    found = read_excalibur(files(dtt, f"    1  depth {code} UNI\n"))
    assert found.is_answered.tolist() == [[True], [False]]
    assert found.n_seeds == 0


def test_minus_1001_is_a_number(files):
    rls = "    1   depth  -1.00000E+0003 UNI\n"
    found = read_excalibur(files(HEAD + row((1, "Ann"), (1, "depth"), (-1002, -1001, -989)), rls))
    assert found.judgements[0, 0].tolist() == [-1002, -1001, -989]
    assert math.isnan(found.realisations[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_names_are_read_in_any_usual_encoding(files, encoding):
    found = read_excalibur(files(DTT.replace("Ann", "Zoë"), encoding=encoding))
    assert found.experts[0] == "Zoë"


def test_an_old_file_reads_with_its_line_ends_and_its_end_mark(files):
    found = read_excalibur(files(DTT.replace("\n", "\r\n") + "\x1a", RLS.replace("\n", "\r\n") + "\x1a"))
    assert found.judgements.shape == (2, 3, 3)


def test_the_ending_may_be_in_capitals_and_columns_may_be_free(files):
    free = "NQ=2 QU= 10 90\n1 A 1 depth UNI 1 2\n2 B 1 depth uni 1,5 3\n"
    found = read_excalibur(files(free, "1 depth 1.75\n", ending=".RLS"))
    assert found.probabilities == (0.1, 0.9)
    assert found.judgements[:, 0].tolist() == [[1, 2], [1.5, 3]]
    assert found.realisations.tolist() == [1.75]


def test_a_target_may_be_left_out_of_the_realisations(files):
    assert read_excalibur(files(rls=RLS.splitlines()[0])).seeds == ("depth",)


def test_experts_may_list_items_in_another_order(files):
    rows = [row((2, "B"), (1, "flow"), (1, 2, 3)), row((2, "B"), (2, "depth"), (4, 5, 6))]
    first = [row((1, "A"), (1, "depth"), (1, 2, 3)), row((1, "A"), (2, "flow"), (7, 8, 9))]
    found = read_excalibur(files(HEAD + "".join(first + rows), "1 depth 2 UNI\n"))
    assert found.items == ("depth", "flow")
    assert found.judgements[1].tolist() == [[4, 5, 6], [1, 2, 3]]


@pytest.mark.parametrize("name", ["log reduction", "log 10 cells", "uni"])
def test_an_items_name_may_hold_the_name_of_a_scale(files, name):
    found = read_excalibur(
        files(HEAD + row((1, "A"), (1, name), (1, 2, 3)), f"    1 {name:>14s}  2.5E+0000 uni a log 3 LOG\n")
    )
    assert (found.items, found.scales, found.realisations.tolist()) == ((name,), ("uni",), [2.5])


def test_items_whose_names_were_cut_to_the_same_are_told_apart_by_number(files):
    rows = [row((1, "A"), (i, "a name cut off"), (i, i + 1, i + 2)) for i in (1, 2)]
    found = read_excalibur(files(HEAD + "".join(rows), "    2 a name cut off 2.5 UNI\n"))
    assert found.items == ("a name cut off (1)", "a name cut off (2)")
    assert found.seeds == ("a name cut off (2)",)


OUT_OF_ORDER = DTT.replace("4.00000E+00    9", "9.50000E+00    9")
TIED = DTT.replace("4.00000E+00    9", "9.00000E+00    9")
FOUR = HEAD + row((1, "Ann"), (1, "depth"), (1, 2, 3, 4))
NOT_POSITIVE = HEAD + row((1, "A"), (1, "x"), (0, 1, 2), "LOG")
BROKEN = {
    "two quantiles": (
        DTT.replace("   9.00000E+00 How", " How"),
        RLS,
        r"line 2 .*'Ann', item 'depth'.*2 quantiles; the first line says 3",
    ),
    "four quantiles": (FOUR, RLS, "4 quantiles; the first line says 3"),
    "out of order": (OUT_OF_ORDER, RLS, r"line 2 .*'Ann', item 'depth'.*out of order"),
    "the same": (TIED, RLS, "two are the same"),
    "not positive": (NOT_POSITIVE, RLS, "line 2 .*of a log item; they must be above 0"),
    "uni and log": (
        DTT + row((3, "C"), (1, "depth"), (1, 2, 3), "LOG"),
        RLS,
        "line 8 .*log here, but uni on line 2",
    ),
    "twice": (
        DTT + row((1, "Ann"), (1, "depth"), (1, 2, 3)),
        RLS,
        "line 8 .*stands on line 2 already",
    ),
    "no judgement": (DTT + "so it goes\n", RLS, "line 8 .*is no judgement"),
    "no rows": (HEAD, RLS, "there are no judgements"),
    "no head": ("a table\n", RLS, "line 1: does not begin as a .dtt file does"),
    "head and list": (DTT.replace("NQ=   3", "NQ=   5"), RLS, "says NQ=5, but lists 3 quantiles"),
    "falling levels": (DTT.replace("5  50  95", "5  95  50"), RLS, "let them rise, between 0 and 100"),
    "empty": ("\n", RLS, "is empty"),
    "unknown item": (
        DTT,
        RLS.replace("         depth", "         debth"),
        "line 1 .*debth.*is no item .*; did you mean 'depth'",
    ),
    "negative realisation": (
        DTT,
        RLS.replace("3.00000E+0001 LOG", "-3.00000E+0001 LOG"),
        "line 2 .*realisation -30 of a log item",
    ),
    "no realisation": (DTT, RLS + "what happened\n", "line 4 .*is no realisation"),
    "realised twice": (DTT, RLS + RLS, "line 4 .*stands twice"),
    "no file": (DTT, None, "case.rls: no such file"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_case_says_what_is_wrong_and_where(files, name):
    dtt, rls, problem = BROKEN[name]
    with pytest.raises(InnosiError) as caught:
        read_excalibur(files(dtt, rls))
    assert any(re.search(problem, line) for line in str(caught.value).splitlines()), caught.value


def test_all_faults_are_told_at_once(files):
    dtt = DTT.replace("4.00000E+00    9", "9.50000E+00    9") + row((3, "C"), (1, "depth"), (3, 2, 1))
    with pytest.raises(InputFaults) as caught:
        read_excalibur(files(dtt))
    assert [fault.line for fault in caught.value.faults] == [2, 8]


STUDY = """\
title: A house
panel: {minimum_group_size: 2}
questions:
  places: {text: How many places?, type: quantity, answer: three_point, confidence: 90%, unit: places, low: 0}
  cost: {text: What does it cost?, type: quantity, answer: quantiles, kind: money, currency: EUR}
  later: {text: How many later?, type: quantity, answer: quantiles}
  chance: {text: How likely?, type: probability, answer: three_point}
"""
ANSWERS = """\
round,panellist,question,lower,best,upper,5%,50%,95%
1,p1,places,1,4,9,,,
1,p1,cost,,,,10,20,40
1,p1,later,,,,2,3,4
1,p2,places,3,5,6,,,
1,p2,cost,,,,5,8,20
1,p2,later,,,,1,5,5
1,p1,chance,0.1,0.2,0.3,,,
"""
OUTCOMES = "question,outcome\nplaces,4\ncost,30\n"


@pytest.fixture
def innosi(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, ["delphi", *arguments])
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def imported(innosi, tmp_path):
    def ready(study=STUDY, answers=ANSWERS):
        for name, text in (("study.yaml", study), ("answers.csv", answers), ("outcomes.csv", OUTCOMES)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        innosi("import", "study.yaml", "answers.csv", "--round", "1")
        return load_study(tmp_path / "study.yaml")

    return ready


def test_a_studys_resolved_quantities_are_the_seeds(imported):
    study = imported()
    found = elicitation_of(study, load_answers(study), {"places": 4.0, "cost": 30.0}, log=["cost"])
    assert found.experts == ("p1", "p2")
    assert found.items == ("places", "cost", "later")
    assert found.seeds == ("places", "cost")
    assert found.scales == ("uni", "log", "uni")
    assert found.probabilities == (0.05, 0.5, 0.95)
    assert found.judgements[1, 0].tolist() == [3, 5, 6]
    assert found.is_answered[:, 2].tolist() == [True, False]
    assert "1 answer left out, of which two quantiles are the same: p2, later" in found.notes


def test_three_point_answers_are_brought_to_the_quantiles_of_the_others(imported):
    study = imported(STUDY.replace("confidence: 90%", "confidence: 60%"))
    found = elicitation_of(study, load_answers(study), {"places": 4.0})
    assert found.judgements[1, 0] == pytest.approx([2, 5, 6.5])
    assert "lower and upper brought to those quantiles: places" in found.notes


def test_three_point_answers_alone_keep_their_confidence(imported):
    only = "\n".join(line for line in STUDY.splitlines() if "quantiles" not in line)
    answers = "\n".join(line for line in ANSWERS.splitlines() if "cost" not in line and "later" not in line)
    study = imported(only.replace("confidence: 90%", "confidence: 80%"), answers)
    found = elicitation_of(study, load_answers(study), {"places": 4.0})
    assert found.probabilities == (0.1, 0.5, 0.9)
    assert found.judgements[0, 0].tolist() == [1, 4, 9]


def test_questions_at_quantiles_that_do_not_fit_are_refused(imported):
    four = STUDY.replace("quantiles, kind", "quantiles, quantiles: [5%, 25%, 50%, 95%], kind")
    answers = ANSWERS.replace("5%,50%,95%", "5%,25%,50%,95%").replace(",,,\n", ",,,,\n")
    answers = answers.replace(",10,20,40", ",10,15,20,40").replace(",5,8,20", ",5,7,8,20")
    answers = answers.replace(",2,3,4", ",2,,3,4").replace(",1,5,5", ",1,,5,5")
    study = imported(four, answers)
    with pytest.raises(AnswerError, match="asked at different quantiles"):
        elicitation_of(study, load_answers(study), {"places": 4.0})


def records(result):
    return {table["title"]: table["rows"] for table in json.loads(result.stdout)}


def test_a_study_is_calibrated_and_handed_on_to_a_scenario_file(innosi, imported, tmp_path):
    imported()
    result = innosi("calibrate", "study.yaml", "outcomes.csv", "--to", "judged.json", "--format", "json")
    experts = records(result)["experts, by the classical model"]
    assert [row["expert"] for row in experts] == ["p1", "p2"]
    assert sum(row["normalised_weight"] for row in experts) == pytest.approx(1)
    judged = read_judgements(tmp_path / "judged.json").judgements
    assert set(judged) == {"places", "cost", "later"}
    assert "Cooke's classical model" in judged["places"].assumptions


def test_a_dtt_file_is_calibrated_with_every_table(innosi, files):
    files()
    result = records(
        innosi("calibrate", "case.dtt", "--weights", "item", "--leave-out", "experts", "--format", "json")
    )
    assert list(result) == [
        "experts, by the classical model",
        "decision makers",
        "the decision maker's quantiles, item weights",
        "robustness of the decision maker",
    ]
    assert [row["weights"] for row in result["decision makers"]] == ["item", "equal", "global"]
    items = result["the decision maker's quantiles, item weights"]
    assert list(items[0]) == ["item", "scale", "n_experts", "realisation", "p05", "p50", "p95"]
    assert [row["n_experts"] for row in items] == [2, 1, 2]
    assert [row["left_out"] for row in result["robustness of the decision maker"]] == [
        "nothing",
        "Ann",
        "Bob B",
    ]


def test_user_weights_come_as_pairs_or_from_a_table(innosi, files, tmp_path):
    files()
    pairs = ("--user-weights", "Ann=1", "--user-weights", "Bob B=3")
    (tmp_path / "weights.csv").write_text("expert,weight\nAnn,1\nBob B,3\n", encoding="utf-8")
    shown = [
        innosi("calibrate", "case.dtt", "--weights", "user", *given, "--format", "csv").stdout
        for given in (pairs, ("--user-weights", "weights.csv"))
    ]
    assert shown[0] == shown[1]
    # Bob has three quarters of two items, and did not answer the third
    assert shown[0].splitlines()[2].endswith(",0.5")


def test_one_item_is_shown_expert_by_expert(innosi, files):
    files()
    rows = records(innosi("calibrate", "case.dtt", "--item", "depth", "--format", "json"))["item depth (uni)"]
    assert [row["expert"] for row in rows] == ["Ann", "Bob B", "decision maker"]
    wrong = innosi("calibrate", "case.dtt", "--item", "dept", code=2)
    assert "did you mean 'depth'" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("case.dtt", "--cut-off", "much"), "neither a number nor optimised"),
        (("case.dtt", "--cut-off", "2"), "leaves no expert"),
        (("case.dtt", "--weights", "equal", "--cut-off", "0.1"), "equal weights have none"),
        (("case.dtt", "--weights", "user", "--user-weights", "Zed=1"), "there is no expert 'Zed'"),
        (("case.dtt", "--weights", "user", "--user-weights", "Ann=x"), "'x' is no weight"),
        (("case.dtt", "--overshoot", "0"), "overshoot is 0"),
        (("case.dtt", "--round", "1"), "are for a study"),
        (("case.dtt", "--to", "x.json"), "--to needs a study"),
        (("case.dtt", "--leave-out", "experts", "--at-a-time", "2"), "2 of 2 experts cannot be left out"),
        (("nowhere.dtt",), "no such file"),
    ],
)
def test_what_cannot_be_is_refused_with_2(innosi, files, arguments, problem):
    files()
    assert problem in innosi("calibrate", *arguments, code=2).stderr


def test_without_seeds_the_command_says_so(innosi, files):
    files(rls=RLS.splitlines()[2])
    assert "there are no seeds" in innosi("calibrate", "case.dtt", code=2).stderr


def test_a_study_needs_outcomes(innosi, imported):
    imported()
    assert "a study needs OUTCOMES" in innosi("calibrate", "study.yaml", code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "holds 1 of 2 realisations"),
        (("--item", "flow rate 2"), "and holds the realisation, 30"),
        (("--item", "future"), "the decision maker says"),
        (("--graph", "information"), "nats on average"),
    ],
)
def test_every_plot_is_drawn_with_its_finding(innosi, files, tmp_path, arguments, said):
    files(rls=RLS.replace("4.00000E+0000", "4.00000E+0001"))
    innosi("calibrate", "case.dtt", "--weights", "equal", *arguments, "--plot", "p.svg")
    root = ET.parse(tmp_path / "p.svg").getroot()
    title = root.find("{http://www.w3.org/2000/svg}title").text
    assert said in title
    assert title in root.find("{http://www.w3.org/2000/svg}desc").text
