import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.panels.panel import Panel
from innosi.forecast.questions import Question
from innosi.forecast.statistics.change import change_between
from innosi.forecast.statistics.consensus import percent_agreement
from innosi.forecast.statistics.descriptive import describe, histogram, levels_of
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.statistics.measures import MEASURES
from innosi.forecast.statistics.rules import AllOf, AnyOf, Criterion, judge
from innosi.forecast.statistics.spread import (
    coefficient_of_variation,
    interquartile_range,
    relative_interquartile_range,
    standard_deviation,
)
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.statistics.tally import Tally
from innosi.models.errors import AnswerError

numbers = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=30)


def test_quartiles_are_those_of_r():
    # R: quantile(1:10) and quantile(c(1, 2, 3, 10)), whose default is type 7.
    described = describe(np.arange(1, 11))
    assert (described.lower_quartile, described.median, described.upper_quartile) == (3.25, 5.5, 7.75)
    assert describe([1, 2, 3, 10]).upper_quartile == 4.75


def test_spread_is_that_of_a_published_example():
    # Calibrum, Surveylet help, “consensus calculation example”: n 7, sum 16, SD 1.496026483, CV 0.654511586.
    ratings = [1, 1, 1, 2, 3, 3, 5]
    assert standard_deviation(ratings).value == pytest.approx(1.496026483, abs=1e-9)
    assert coefficient_of_variation(ratings).value == pytest.approx(0.65451158623, abs=1e-9)


@given(numbers, st.randoms())
def test_the_order_of_panellists_changes_nothing(values, random):
    shuffled = random.sample(values, len(values))
    assert repr(interquartile_range(shuffled)) == repr(interquartile_range(values))  # NaN is not NaN
    assert describe(shuffled).median == describe(values).median


@given(numbers)
def test_the_interquartile_range_is_numpys(values):
    lower, upper = np.percentile(values, [25, 75])
    assert interquartile_range(values).value == pytest.approx(upper - lower, abs=1e-9)


@given(numbers)
def test_missing_answers_change_nothing(values):
    for kind in MEASURES.values():
        if not kind.parameters:
            without, with_ = kind.compute(Tally.of(values)), kind.compute(Tally.of([*values, math.nan]))
            assert without.n == with_.n
            assert without.value == with_.value or math.isnan(without.value)


UNKNOWN = {
    "nobody": (interquartile_range([]), "nobody answered"),
    "nobody agrees": (percent_agreement([math.nan], low=1, high=2), "nobody answered"),
    "one answer": (standard_deviation([3]), "one answer has no spread"),
    "a median of 0": (relative_interquartile_range([-1, 0, 1]), "the median is 0"),
    "negative answers": (coefficient_of_variation([-1, 5]), "above 0 only"),
    "nothing but 0": (coefficient_of_variation([0, 0]), "above 0 only"),
}


@pytest.mark.parametrize(("measure", "reason"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_cannot_be_computed_is_nan_with_its_reason(measure, reason):
    assert math.isnan(measure.value)
    assert reason in measure.reason


TIGHT = Criterion("interquartile_range", at_most=1)
AGREED = Criterion("percent_agreement", at_least=0.7, parameters=(("low", 4), ("high", 5)))
SPREAD = Criterion("coefficient_of_variation", at_most=0.5)


def test_a_threshold_itself_is_enough():
    assert judge(TIGHT, Tally.of([1, 2])).is_reached
    assert judge(AGREED, Tally.of([4] * 7 + [1] * 3)).is_reached
    assert not judge(AGREED, Tally.of([4] * 6 + [1] * 4)).is_reached


@pytest.mark.parametrize(
    ("rule", "values", "reached"),
    [
        (AllOf((TIGHT, AGREED)), [4, 4, 5], True),
        (AllOf((TIGHT, AGREED)), [2, 2, 2], False),
        (AnyOf((TIGHT, AGREED)), [2, 2, 2], True),
        (AnyOf((TIGHT, AGREED)), [1, 3, 5], False),
        (AllOf((TIGHT, AnyOf((AGREED, SPREAD)))), [2, 2, 2], True),
        (AllOf((TIGHT, SPREAD)), [3], None),
        (AllOf((AGREED, SPREAD)), [3], False),
        (AnyOf((TIGHT, SPREAD)), [0, 0], True),
        (AnyOf((TIGHT, SPREAD)), [3], None),
        (None, [3], None),
    ],
)
def test_rules_are_joined_and_what_is_unknown_decides_nothing(rule, values, reached):
    assert judge(rule, Tally.of(values)).is_reached is reached


def test_a_verdict_says_what_was_found_and_asked():
    assert str(judge(TIGHT, Tally.of([1, 4]))) == "no: interquartile range 1.5 (at most 1 asked)"
    assert judge(None, Tally.of([1])).word == "no rule"
    assert str(judge(SPREAD, Tally.of([1]))) == (
        "cannot be judged: coefficient of variation cannot be told:"
        " one answer has no spread, and agrees with nobody"
    )
    assert str(AllOf((TIGHT, AGREED))) == (
        "interquartile range at most 1 and share of answers from 4 to 5 at least 70 %"
    )


def test_every_level_of_a_scale_is_counted_chosen_or_not():
    assert [level.n for level in levels_of([1, 1, 3, math.nan], (1, 4))] == [2, 0, 1, 0]


def test_a_histogram_holds_every_answer_once():
    bars = histogram([0.0, 0.3, 0.6, 0.7, 1.0], (0.0, 1.0))
    assert [bar.n for bar in bars] == [1, 0, 0, 1, 0, 0, 1, 1, 0, 1]
    assert sum(bar.share for bar in histogram([3.0, 3.0])) == 1
    assert histogram([]) == ()


def test_change_counts_those_who_answered_both():
    change = change_between([[1], [2], [5]], [[2], [2], [4]], since=1)
    assert (change.n_both, change.median, change.share_changed) == (3, 0, 2 / 3)
    assert change.interquartile_range == -1


def test_nobody_in_both_rounds_gives_no_change_of_0():
    change = change_between(np.empty((0, 1)), np.empty((0, 1)), since=1)
    assert change.n_both == 0
    assert math.isnan(change.share_changed)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 12), max_size=6), st.integers(0, 6))
def test_no_group_can_be_found_by_taking_the_shown_ones_off_the_whole(counts, ungrouped):
    shown = shown_groups(counts, minimum=5, ungrouped=ungrouped)
    assert all(counts[name] >= 5 for name in shown)
    hidden = sum(counts.values()) + ungrouped - sum(counts[name] for name in shown)
    assert not shown or hidden == 0 or hidden >= 5


def answers_of(values, name="importance", number=1):
    return [Answer(number, who, name, (float(value),)) for who, value in values.items()]


def test_a_group_of_one_is_never_shown(study):
    everybody = {f"p0{i}": 3 for i in range(1, 8)}
    (summary,) = summarise(study, Answers.of(answers_of(everybody)))
    assert set(summary.groups) == {"north"}
    assert set(summary.hidden_groups) == {"south", "west"}


def test_a_summary_counts_members_who_did_not_answer(study):
    (summary,) = summarise(study, Answers.of(answers_of({"p01": 3, "p02": 5})))
    assert (summary.description.n, summary.n_missing) == (2, 5)


def test_change_is_since_the_last_round_in_which_the_question_was_answered(study):
    first = answers_of({"p01": 1, "p02": 3, "p03": 5})
    second = answers_of({"p01": 3, "p02": 3, "p04": 1}, number=2)
    (summary,) = summarise(study, Answers.of([*first, *second]))
    assert summary.round == 2
    assert (summary.change.since, summary.change.n_both) == (1, 2)
    assert (summary.change.median, summary.change.share_changed) == (1.0, 0.5)


def test_relabelling_panellists_changes_nothing(study):
    values = {"p01": 1, "p02": 3, "p03": 5}
    (summary,) = summarise(study, Answers.of(answers_of(values)))
    renamed = dict(zip(("p03", "p01", "p02"), values.values(), strict=True))
    (other,) = summarise(study, Answers.of(answers_of(renamed)))
    assert repr((summary.description, summary.verdict)) == repr((other.description, other.verdict))


def test_a_study_without_answers_says_what_to_do(study):
    with pytest.raises(AnswerError, match="has no answers yet; import some"):
        summarise(study, Answers())
    with pytest.raises(AnswerError, match="round 2 has no answers yet"):
        summarise(study, Answers.of(answers_of({"p01": 3})), 2)


def test_an_answer_of_quantiles_stands_for_its_median():
    question = Question("q", "?", "quantity", "quantiles", (0.25, 0.75))
    assert question.central(np.array([[10.0, 20.0]])).tolist() == [15.0]


def test_a_panel_that_was_simulated_is_called_so():
    assert Panel(is_simulated=True).name == "simulated panel"
