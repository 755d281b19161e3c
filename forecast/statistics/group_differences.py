"""How far stakeholder groups differ, question by question and pair by pair, where they may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.questions import Measurement
from innosi.forecast.statistics.between_groups import groups_differ, holm
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.statistics.measured import HypothesisTest
from innosi.forecast.statistics.parts import parts_of_round
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class PairDifference:
    """How two groups differ on one question: the test, its p after Holm over the pairs, and the effect."""

    one: str
    other: str
    test: HypothesisTest
    p_corrected: float
    effect: float


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """How the groups differ on one question.

    Attributes
    ----------
    question : str
    test : HypothesisTest
        Mann–Whitney for two groups, Kruskal–Wallis for more, χ² for names.
    p_corrected : float
        After Holm's correction over the questions.
    effect : float
        Of two groups the rank-biserial correlation (above 0 where the first answers higher), of more ε², of
        names Cramér's V.
    effect_name : str
    medians : mapping of group to float
        Of the groups that may be shown; NaN for names.
    hidden : tuple of str
        Groups with answers that may not be shown.
    pairs : tuple of PairDifference
        Every two groups, where there are more than two.
    """

    question: str
    test: HypothesisTest
    p_corrected: float
    effect: float
    effect_name: str
    medians: Mapping[str, float]
    hidden: tuple[str, ...]
    pairs: tuple[PairDifference, ...]


def group_differences(study: Study, answers: Answers, number: int) -> tuple[GroupDifference, ...]:
    """Return how the groups of a panel differ on every question of a round.

    Groups that are too small, or that could be worked out from the others, take no part.

    Source
    ------
    Kerby (2014), Comprehensive Psychology 3, for the rank-biserial correlation; Tomczak & Tomczak (2014),
    Trends in Sport Sciences 21(1), for ε²; Cramér (1946), Mathematical Methods of Statistics, for V.
    """
    given = list(parts_of_round(study, answers, number))
    split = [by_group(study, each) for each in given]
    tests = [
        groups_differ(groups, each.question.measurement)
        for each, (groups, _) in zip(given, split, strict=True)
    ]
    corrected = holm(np.array([each.p_value for each in tests]))
    found = []
    for each, (groups, hidden), test, p in zip(given, split, tests, corrected, strict=True):
        kind = each.question.measurement
        medians = {
            name: np.nan if kind == "nominal" else float(np.median(values)) for name, values in groups.items()
        }
        effect, words = _effect(groups, test, kind)
        pairs = _pairs(groups, kind) if len(groups) > 2 else ()
        found.append(
            GroupDifference(each.question.name, test, float(p), effect, words, medians, hidden, pairs)
        )
    return tuple(found)


def by_group(study: Study, given: QuestionAnswers) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Return the answers of each group that may be shown, and the names of those that may not."""
    groups = [study.panel.group_of(each) for each in given.panellists]
    counts = {name: groups.count(name) for name in study.panel.groups if name in groups}
    shown = shown_groups(counts, minimum=study.panel.minimum_group_size, ungrouped=groups.count(""))
    central = given.central
    split = {name: central[[group == name for group in groups]] for name in shown}
    return split, tuple(name for name in counts if name not in shown)


def _pairs(groups: Mapping[str, FloatArray], kind: Measurement) -> tuple[PairDifference, ...]:
    both = list(combinations(groups, 2))
    tests = [groups_differ({one: groups[one], other: groups[other]}, kind) for one, other in both]
    corrected = holm(np.array([each.p_value for each in tests]))
    return tuple(
        PairDifference(
            one, other, test, float(p), _effect({one: groups[one], other: groups[other]}, test, kind)[0]
        )
        for (one, other), test, p in zip(both, tests, corrected, strict=True)
    )


def _effect(groups: Mapping[str, FloatArray], test: HypothesisTest, kind: Measurement) -> tuple[float, str]:
    if test.reason:
        return np.nan, ""
    if kind == "nominal":
        levels = np.unique(np.concatenate(list(groups.values()))).size
        return float(np.sqrt(test.statistic / (test.n * max(min(levels, len(groups)) - 1, 1)))), "Cramér's V"
    if len(groups) == 2:
        one, other = groups.values()
        return float(2 * test.statistic / (one.size * other.size) - 1), "rank-biserial"
    return float(test.statistic / (test.n - 1)), "ε²"
