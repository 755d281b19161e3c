"""Rules of consensus in one word, by the thresholds of their sources."""

import math
from pathlib import Path

import numpy as np
import pytest

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.consensus_rules import PRESETS
from innosi.forecast.statistics.panel_agreement import agreement_of_round
from innosi.forecast.statistics.rules import judge
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.statistics.tally import Tally
from innosi.forecast.statistics.verdicts import cut_off_of
from innosi.forecast.study import study_from
from innosi.scenarios.loading.document import parse_document

NINE = (1, 9)


def verdict(preset, answers, scale=NINE):
    return judge(PRESETS[preset](scale), Tally.of(answers, scale)).is_reached


@pytest.mark.parametrize(
    ("answers", "is_reached"),
    [
        ([8] * 70 + [5] * 16 + [2] * 14, True),
        ([8] * 70 + [5] * 15 + [2] * 15, False),  # not fewer than 15 %
        ([8] * 69 + [5] * 31, False),
        ([2] * 70 + [5] * 16 + [8] * 14, True),  # consensus to leave it out
        ([5] * 100, False),
    ],
)
def test_comet_asks_for_70_and_less_than_15_per_cent(answers, is_reached):
    """Williamson et al. (2017), The COMET Handbook, Trials 18(3), section 2.7.6."""
    assert verdict("comet-70-15", answers) is is_reached


def test_rand_ucla_is_no_disagreement():
    assert verdict("rand-ucla", [7, 7, 8, 8, 9])
    assert not verdict("rand-ucla", [1, 1, 1, 5, 9, 9, 9])


@pytest.mark.parametrize(("scale", "widest"), [((1, 5), 1), ((1, 6), 1), ((1, 7), 2), (NINE, 2)])
def test_the_interquartile_range_allowed_grows_with_the_scale(scale, widest):
    assert verdict("iqr", [1] * 4 + [1 + widest] * 4, scale)
    assert not verdict("iqr", [1] * 4 + [2 + widest] * 4, scale)


def test_percent_agreement_is_75_per_cent_on_either_end():
    assert verdict("percent-agreement", [4, 5, 5, 1], (1, 5))
    assert verdict("percent-agreement", [1, 2, 2, 5], (1, 5))
    assert not verdict("percent-agreement", [3, 3, 3, 5], (1, 5))


STUDY = """\
title: Cut-off
consensus: apmo
questions:
  clear: {text: a, type: rating, scale: {low: 1, high: 5}}
  split: {text: b, type: rating, scale: {low: 1, high: 5}}
  likely: {text: c, type: probability}
"""


@pytest.fixture
def study():
    return study_from(parse_document(STUDY, source="study.yaml", folder=Path()))


def answers(clear, split):
    columns = {"clear": clear, "split": split}
    return Answers.of(
        Answer(1, f"p{i:02d}", name, (float(level),))
        for name, levels in columns.items()
        for i, level in enumerate(levels)
    )


def test_the_cut_off_is_the_rounds_own(study):
    """8 of 10 agree with the first, 6 disagree with the second: (8 + 6) / 20 = 70 %."""
    given = answers([5] * 8 + [1, 3], [1] * 6 + [4] * 2 + [3] * 2)
    assert cut_off_of(given.to(each, 1) for each in study.questions.values()) == pytest.approx(0.7)
    clear, split = summarise(study, given)
    assert (clear.verdict.word, split.verdict.word) == ("yes", "no")
    assert "above 70 % asked" in str(clear.verdict)


def test_a_round_without_ratings_has_no_cut_off(study):
    given = Answers.of([Answer(1, "p", "likely", (0.5,))])
    assert math.isnan(cut_off_of(given.to(each, 1) for each in study.questions.values()))


def test_a_verdict_without_its_cut_off_cannot_be_judged():
    found = judge(PRESETS["apmo"]((1, 5)), Tally.of([5, 5], (1, 5)))
    assert found.word == "cannot be judged"
    assert "the round has no cut-off" in str(found)


def test_agreement_is_taken_over_questions_on_one_scale(study):
    given = answers([5, 4, 4, 5, 3], [1, 2, 2, 1, 2])
    found = {each.name: each for each in agreement_of_round(study, given, 1, n_resamples=100)}
    assert len(found) == 12
    assert {each.scale for each in found.values()} == {"1 to 5"}
    assert found["krippendorff_alpha_ordinal"].measure.value > 0.6
    assert found["kendall_w"].measure.value == 1
    assert all(np.isnan(each.measure.low) or each.measure.low <= each.measure.high for each in found.values())
