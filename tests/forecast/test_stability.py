"""Stability by a rule, Dajani's hierarchy, recommendations and attrition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.attrition import attrition
from innosi.forecast.statistics.between_groups import groups_differ, holm
from innosi.forecast.statistics.hierarchy import AnswerRange, Standing, has_two_camps, standing
from innosi.forecast.statistics.paired_answers import pair_answers
from innosi.forecast.statistics.recommendations import Facts, Thresholds, recommend
from innosi.forecast.statistics.rules import Verdict
from innosi.forecast.statistics.stability import judge_stability, parse_stability_rule
from innosi.forecast.statistics.stability_measures import measures_of_stability
from innosi.forecast.statistics.stopping import Assessment, Choices, assess
from innosi.models.errors import AnswerError

RATING = Question("importance", "How important?", "rating", scale=(1, 5))
NUMBER = Question("cost", "What does it cost?", "quantity", low=0)


class Choice(Question):
    """A question whose answers are names, as codes."""

    measurement = "nominal"


CHOICE = Choice("way", "Which way?", "quantity")


def answers_of(question, *rounds):
    """Lay rounds out as answers: each a list, panellist by panellist, None for no answer."""
    return Answers.of(
        Answer(number, f"p{i:02}", question, (float(value),))
        for number, values in enumerate(rounds, start=1)
        for i, value in enumerate(values, start=1)
        if value is not None
    )


def judged(question, was, is_, **options):
    answers = answers_of(question.name, was, is_)
    pairs = pair_answers(answers.to(question, 1), answers.to(question, 2))
    return judge_stability(pairs, **options)


def test_a_panel_that_swaps_sides_evenly_is_stable_as_a_group():
    found = judged(RATING, [1, 1, 2, 4, 5, 5], [2, 1, 1, 5, 4, 5])
    assert found.is_stable
    assert found.findings["share_changed"].value == pytest.approx(4 / 6)


def test_that_no_test_finds_a_shift_does_not_make_a_question_stable():
    found = judged(RATING, [1, 2, 3, 4, 5, 3], [2, 3, 3, 3, 5, 5])
    assert found.findings["wilcoxon"].p_value > 0.05
    assert found.is_stable is False
    assert "net_change" in found.reasons[0]
    assert "no proof" in found.findings["wilcoxon"].sentence


def test_a_small_but_one_sided_move_is_not_stable():
    was = [3] * 50 + [2] * 50
    found = judged(RATING, was, [4] * 10 + was[10:])
    assert found.findings["net_change"].value == pytest.approx(0.1)
    assert found.is_stable is False
    assert found.reasons[0].startswith("wilcoxon p = ")


def test_scheibes_15_percent_is_below_and_not_at():
    was = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]
    is_ = [5, 5, 5, *was[3:]]
    expected = {"net_change < 15%": False, "net_change <= 15%": True, "net_change < 16%": True}
    for text, is_stable in expected.items():
        found = judged(RATING, was, is_, rule=parse_stability_rule([text]))
        assert (found.findings["net_change"].value, found.is_stable) == (0.15, is_stable)


def test_too_few_panellists_are_never_called_stable():
    found = judged(RATING, [3, 3, 3, 3], [3, 3, 3, 3])
    assert found.is_stable is None
    assert found.reasons == ("only 4 answered both rounds, 5 are needed",)


def test_only_who_answered_both_rounds_counts():
    found = judged(RATING, [1, 2, 3, 4, 5, 5, None], [1, 2, 3, 4, 5, None, 5])
    assert found.pairs.n == 5
    assert found.findings["round_chi_square"].result.n == 12, "of groups all count"


def test_numbers_are_judged_by_median_and_spread():
    was = [10, 20, 30, 40, 50, 60]
    assert judged(NUMBER, was, [11, 20, 29, 40, 51, 60]).is_stable
    narrower = judged(NUMBER, was, [30, 32, 34, 36, 38, 40])
    assert narrower.is_stable is False
    assert narrower.reasons[0].startswith("spread_change -0.8")


def test_names_are_judged_by_where_they_went():
    found = judged(CHOICE, [1, 1, 1, 2, 2, 3] * 4, [1, 1, 1, 2, 3, 2] * 4)
    assert found.is_stable
    assert found.findings["kappa"].value == pytest.approx((4 / 6 - 14 / 36) / (1 - 14 / 36))
    assert not {"wilcoxon", "spearman", "kappa_linear", "intraclass"} & set(found.findings)
    gone = judged(CHOICE, [1] * 12 + [2] * 12, [1] * 4 + [2] * 20)
    assert (gone.is_stable, gone.findings["symmetry"].p_value) == (False, pytest.approx(2 / 2**8))


def test_names_are_drawn_by_the_share_of_the_first():
    from innosi.forecast.drawing.stability import draw_stability

    found = Assessment(
        *(CHOICE, 2, 6, np.nan, 0, judged(CHOICE, [1, 1, 2, 2, 3, 3], [1, 1, 1, 2, 2, 3]), Verdict(None)),
        *(Standing("continue", ("why",)), groups_differ({}, "nominal"), np.nan, recommend(facts())),
    )
    assert "33 % → 50 %: accept" in draw_stability([found, found]).svg


def test_the_size_of_a_change_is_judged_whichever_its_sign():
    rule = parse_stability_rule(["variation_change <= 0.2"])
    assert judged(NUMBER, [1, 5, 9, 20, 40], [8, 9, 10, 11, 12], rule=rule).is_stable is False


def test_what_cannot_be_computed_leaves_it_open():
    rule = parse_stability_rule(["spearman >= 0.8"])
    found = judged(RATING, [3] * 6, [3] * 6, rule=rule)
    assert found.is_stable is None
    assert "all answers of a round are equal" in found.reasons[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("net_change", "no criterion"),
        ("net_chance < 3", "there is no measure 'net_chance'"),
        ("net_change < 1.2.3", "is no number"),
        ("net_change ~ 3", "no criterion"),
    ],
)
def test_a_criterion_that_is_none_is_refused(text, problem):
    with pytest.raises(AnswerError, match=problem):
        parse_stability_rule([text])


def test_a_rule_on_what_the_answers_do_not_bear_is_refused():
    with pytest.raises(AnswerError, match="holds for no answers such as those to 'cost'"):
        judged(NUMBER, [1, 2], [1, 2], rule=parse_stability_rule(["kappa_linear >= 0.6"]))


@settings(max_examples=25)
@given(st.lists(st.integers(1, 5), min_size=5, max_size=15))
def test_identical_rounds_are_stable(ratings):
    for question in (RATING, NUMBER):
        assert judged(question, ratings, ratings).is_stable


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=10))
def test_every_measure_says_a_sentence_or_why_not(pairs):
    was, is_ = zip(*pairs, strict=True)
    for question in (RATING, NUMBER):
        for finding in judged(question, was, is_).findings.values():
            assert finding.sentence
            assert np.isnan(finding.value) == bool(finding.result.reason), finding.name
            assert finding.sentence.startswith("cannot be told") == np.isnan(finding.judged)


def test_every_measure_is_borne_by_some_answers():
    assert all(each.of and each.name == name for name, each in measures_of_stability().items())


SCALE = AnswerRange("ordinal", 1, 5)


@pytest.mark.parametrize(
    ("ratings", "word"),
    [
        ([4, 4, 4, 4], "consensus"),
        ([5, 4, 4, 2], "majority"),
        ([3, 3, 3, 1, 5], "majority"),
        ([1, 1, 2, 5, 5, 4], "bipolarity"),
        ([1, 1, 4, 4, 3, 3, 3, 3, 5, 2, 1], "disagreement"),
        ([5, 5, 4, 4, 3, 3, 3, 1, 1], "plurality"),
        ([1, 5, 3], "disagreement"),
    ],
)
def test_dajanis_hierarchy(ratings, word):
    assert standing(ratings, SCALE, is_stable=True).word == word
    assert standing(ratings, SCALE, is_stable=False).word == "continue"
    assert standing(ratings, SCALE, is_stable=None).word == "continue"


def test_the_studys_own_rule_decides_on_consensus():
    assert standing([1, 5, 3], SCALE, is_stable=True, has_consensus=True).word == "consensus"
    unmet = standing([4, 4, 4], SCALE, is_stable=True, has_consensus=False)
    assert unmet.word == "majority"
    assert "the study's rule of consensus is not met" in unmet.reasons


def test_a_test_of_bipolarity_takes_the_place_of_the_count():
    given_ = [2, 2, 3, 3, 4, 4]
    assert standing(given_, SCALE, is_stable=True).word == "disagreement"
    assert standing(given_, SCALE, is_stable=True, bipolarity=True).word == "bipolarity"
    assert (
        standing(given_, SCALE, is_stable=True, bipolarity=lambda values: len(values) == 6).word
        == "bipolarity"
    )
    majority = standing([5, 5, 5, 1, 1], SCALE, is_stable=True)
    assert (majority.word, "second camp" in str(majority)) == ("majority", True)


def test_numbers_without_bounds_have_no_sides():
    free = AnswerRange("number")
    assert standing([100, 200, 300], free, is_stable=True).word == "disagreement"
    assert standing([100, 100, 100, 300, 500], free, is_stable=True).word == "majority"
    assert not has_two_camps([1, 1, 9, 9], free)
    assert standing([0.6, 0.7, 0.9, 0.2], AnswerRange("number", 0, 1), is_stable=True).word == "majority"


def test_names_have_camps_and_no_middle():
    names = AnswerRange("nominal")
    assert standing([1, 1, 3, 3], names, is_stable=True).word == "bipolarity"
    assert standing([1, 1, 1, 2, 3, 4], names, is_stable=True).word == "plurality"
    assert standing([], names, is_stable=True).reasons == ("nobody answered",)


def facts(word="majority", stability="stable", **others):
    return Facts(Standing(word, ("why",)), stability, **{"median": 4, "share_missing": 0, **others})


@pytest.mark.parametrize(
    ("found", "action"),
    [
        (facts("consensus", share_missing=0.25), "rephrase"),
        (facts("consensus", share_missing=0.2), "accept"),
        (facts("consensus", group_p=0.01), "accept"),
        (facts("majority", group_p=0.01), "ask again by group"),
        (facts("disagreement"), "accept"),
        (facts("disagreement", group_p=0.2), "accept"),
        (facts("continue", "not stable"), "ask again"),
        (facts("continue", "first round"), "ask again"),
        (facts("continue", "cannot be judged", group_p=0.04), "ask again by group"),
    ],
)
def test_the_first_rule_that_applies_decides(found, action):
    given_ = recommend(found)
    assert given_.action == action
    assert all(given_.reasons)


def test_low_relevance_is_dropped_where_a_line_is_given():
    low = facts("consensus", median=2)
    assert recommend(low, Thresholds(low_relevance=2)).action == "drop"
    assert recommend(low).action == "accept"
    assert recommend(facts("disagreement", median=2), Thresholds(low_relevance=2)).action == "accept"
    assert (
        recommend(facts("consensus", median=2, is_rating=False), Thresholds(low_relevance=2)).action
        == "accept"
    )
    assert (
        recommend(facts("continue", "not stable", median=1), Thresholds(low_relevance=2)).action
        == "ask again"
    )


def test_holm_leaves_out_what_was_not_tested():
    assert holm(np.array([0.01, np.nan, 0.04, 0.03])) == pytest.approx(
        [0.03, np.nan, 0.06, 0.06], nan_ok=True
    )


def test_between_groups():
    apart = {"north": np.array([1, 1, 2, 2]), "south": np.array([4, 5, 5, 4])}
    assert groups_differ(apart, "ordinal").p_value < 0.05
    assert groups_differ({**apart, "west": np.array([3, 3, 3])}, "number").name == "Kruskal–Wallis"
    assert groups_differ(apart, "nominal").degrees_of_freedom == 3
    assert "fewer than two" in groups_differ({"north": apart["north"]}, "ordinal").reason


ROUND_1 = [4, 5, 4, 1, 2, 1, 3]


def test_questions_are_assessed_one_by_one(study):
    answers = answers_of("importance", ROUND_1, [4, 5, 4, 1, 2, 1, 3])
    (found,) = assess(study, answers)
    assert (found.stability_word, found.n, found.share_missing) == ("stable", 7, 0)
    assert found.recommendation.action == "accept"
    (first,) = assess(study, answers, 1)
    assert (first.stability_word, first.standing.word) == ("first round", "continue")
    assert first.recommendation.reasons[0].startswith("asked for the first time")


def test_groups_that_are_too_small_are_not_compared(study):
    (found,) = assess(study, answers_of("importance", ROUND_1))
    assert "fewer than two groups may be shown" in found.group_test.reason


def test_a_round_is_compared_with_an_earlier_one_only(study):
    answers = answers_of("importance", ROUND_1, ROUND_1)
    with pytest.raises(AnswerError, match="round 2 is not before round 2"):
        assess(study, answers, 2, since=2)


def test_another_rule_gives_another_verdict(study):
    answers = answers_of("importance", ROUND_1, [4, 5, 4, 1, 2, 2, 3])
    strict = Choices(parse_stability_rule(["share_changed <= 10%"]))
    assert assess(study, answers)[0].stability_word == "stable"
    assert assess(study, answers, choices=strict)[0].stability_word == "not stable"


def test_who_stayed_left_and_came(study):
    found = attrition(
        study, answers_of("importance", [3, 3, 3, 3, 3, None, None], [3, 3, 3, None, None, 3, None]), 2
    )
    (passage,) = found.passages
    assert (passage.n_earlier, passage.n_stayed, passage.n_left, passage.n_came) == (5, 3, 2, 1)
    assert passage.retention.value == pytest.approx(0.6)
    assert found.flow == {(1, 2): 3, (1,): 2, (2,): 1}
    assert found.n_silent == 1


def test_leavers_who_had_disagreed_are_found(study):
    earlier = {**{f"p{i:02}": 4 + i % 2 for i in range(1, 13)}, **{f"q{i:02}": 1 for i in range(1, 6)}}
    given_ = [Answer(1, name, "importance", (float(value),)) for name, value in earlier.items()]
    given_ += [Answer(2, name, "importance", (4.0,)) for name in earlier if name.startswith("p")]
    found = attrition(study, Answers.of(given_), 2)
    (leavers,) = found.leavers
    assert (leavers.n_stayed, leavers.n_left) == (12, 5)
    assert (leavers.median_stayed, leavers.median_left) == (4.5, 1)
    assert leavers.test.p_value == leavers.p_corrected < 0.01
    assert found.distance.p_value < 0.01


def test_the_answers_of_few_leavers_are_not_shown(study):
    found = attrition(study, answers_of("importance", ROUND_1, [4, 5, 4, 1, 2, None, None]), 2)
    assert found.leavers[0].n_left == 2 < study.panel.minimum_group_size
    assert np.isnan([found.leavers[0].median_left, found.leavers[0].median_stayed]).all()
    assert np.isnan([found.leavers[0].test.p_value, found.distance.p_value]).all(), "a p gives ranks away"
    assert found.leavers[0].test.reason == "fewer than 3 left, the smallest group that is shown"


def test_without_leavers_there_is_nothing_to_test(study):
    found = attrition(study, answers_of("importance", ROUND_1, ROUND_1), 2)
    assert found.leavers[0].test.reason == found.distance.reason == "nobody left"
    assert attrition(study, answers_of("importance", ROUND_1), 1).passages == ()
