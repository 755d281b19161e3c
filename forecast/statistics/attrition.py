"""Who stayed, who left and who came between rounds, and whether leavers had answered differently.

Where those who disagree leave, a panel seems to come to agree. Panellists are counted, never named; answers
of fewer people than the panel's smallest group are not shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.between_groups import groups_differ, holm
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.statistics.measured import HypothesisTest, Measure
from innosi.forecast.statistics.parts import parts_of_round
from innosi.forecast.statistics.shift import share
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray

NO_LEAVERS = "nobody left"
NO_STAYERS = "nobody stayed"


@dataclass(frozen=True, slots=True)
class Passage:
    """From one round with answers to the next: how many stayed, left and came.

    Attributes
    ----------
    since, round : int
    n_earlier, n_later : int
        How many answered anything in either round.
    n_stayed, n_left, n_came : int
    retention : Measure
        Share of the earlier panel that stayed, with Wilson's 95 % interval.
    """

    since: int
    round: int
    n_earlier: int
    n_later: int
    n_stayed: int
    n_left: int
    n_came: int
    retention: Measure


@dataclass(frozen=True, slots=True)
class LeaverTest:
    """Whether those who left had answered a question differently in the round before.

    Attributes
    ----------
    n_stayed, n_left : int
        With an answer to the question.
    median_stayed, median_left : float
        NaN where either are fewer than the smallest group that is shown, or answers have no order.
    test : HypothesisTest
        Mann–Whitney; of names Fisher's exact test.
    p_corrected : float
        After Holm's correction over all questions.
    """

    question: str
    n_stayed: int
    n_left: int
    median_stayed: float
    median_left: float
    test: HypothesisTest
    p_corrected: float


@dataclass(frozen=True, slots=True)
class Attrition:
    """Who answered which rounds, and whether leavers differed from stayers.

    Attributes
    ----------
    flow : mapping of rounds to int
        How many panellists answered in exactly these rounds, most first.
    n_silent : int or None
        Listed members who never answered; None where members are not listed.
    passages : tuple of Passage
    leavers : tuple of LeaverTest
        Question by question, of the last passage.
    distance : HypothesisTest
        Whether leavers stood further from the median than stayers, over all questions in order.
    by_group : HypothesisTest
        Whether groups left at different rates.
    retention_by_group : mapping of group to Measure
        Of the groups that may be shown.
    """

    flow: Mapping[tuple[int, ...], int]
    n_silent: int | None
    passages: tuple[Passage, ...]
    leavers: tuple[LeaverTest, ...] = ()
    distance: HypothesisTest = field(
        default=HypothesisTest.impossible("distance from the median", 0, "there is one round")
    )
    by_group: HypothesisTest = field(
        default=HypothesisTest.impossible("retention by group", 0, "there is one round")
    )
    retention_by_group: Mapping[str, Measure] = field(default_factory=dict)


def attrition(study: Study, answers: Answers, number: int, since: int | None = None) -> Attrition:
    """Return who answered which rounds, and whether those who left had answered differently.

    Parameters
    ----------
    number : int
        The last round that counts.
    since : int, optional
        The round whose panellists stayed or left; by default the one with answers before.
    """
    rounds = [each for each in answers.rounds if each <= number]
    took_part = {each: set(answers.panellists(each)) for each in rounds}
    passages = tuple(_passage(one, other, took_part) for one, other in pairwise(rounds))
    everybody = set().union(*took_part.values())
    silent = len(set(study.panel.members) - everybody) if study.panel.members else None
    flow = _flow(took_part)
    if len(rounds) < 2:
        return Attrition(flow, silent, passages)
    before = rounds[-2] if since is None else since
    stayed = took_part[before] & took_part[number]
    left = took_part[before] - took_part[number]
    return Attrition(
        flow,
        silent,
        passages,
        _leaver_tests(study, answers, before, (stayed, left)),
        _distance_test(study, answers, before, (stayed, left)),
        _group_test(study, stayed, left),
        _retention_by_group(study, stayed, left),
    )


def _passage(one: int, other: int, took_part: Mapping[int, set[str]]) -> Passage:
    earlier, later = took_part[one], took_part[other]
    stayed = len(earlier & later)
    retention = share(stayed, len(earlier), "nobody answered the earlier round")
    sizes = (len(earlier), len(later), stayed, len(earlier - later), len(later - earlier))
    return Passage(one, other, *sizes, retention)


def _flow(took_part: Mapping[int, set[str]]) -> dict[tuple[int, ...], int]:
    counts: dict[tuple[int, ...], int] = {}
    for panellist in sorted(set().union(*took_part.values())):
        pattern = tuple(each for each in sorted(took_part) if panellist in took_part[each])
        counts[pattern] = counts.get(pattern, 0) + 1
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


Camps = tuple[set[str], set[str]]
"""Who stayed, and who left."""


def _answers_of(given: QuestionAnswers, who: Camps) -> tuple[FloatArray, FloatArray]:
    central = given.central
    stayed, left = (central[[i for i, name in enumerate(given.panellists) if name in camp]] for camp in who)
    return stayed, left


def _leaver_tests(study: Study, answers: Answers, number: int, who: Camps) -> tuple[LeaverTest, ...]:
    given = list(parts_of_round(study, answers, number))
    questions = [each.question for each in given]
    pairs = [_answers_of(each, who) for each in given]
    least = study.panel.minimum_group_size
    tests = [_leaver_test(each, pair, least) for each, pair in zip(questions, pairs, strict=True)]
    corrected = holm(np.array([each.p_value for each in tests]))
    return tuple(
        LeaverTest(
            question.name,
            len(pair[0]),
            len(pair[1]),
            *_medians(question, pair, least),
            test,
            float(p),
        )
        for question, pair, test, p in zip(questions, pairs, tests, corrected, strict=True)
    )


def _leaver_test(question: Question, pair: tuple[FloatArray, FloatArray], least: int) -> HypothesisTest:
    stayed, left = pair
    reason = _why_not(len(stayed), len(left), least)
    if reason:
        name = "Fisher's exact" if question.measurement == "nominal" else "Mann–Whitney"
        return HypothesisTest.impossible(name, len(stayed) + len(left), reason)
    if question.measurement == "nominal":
        return _fisher(stayed, left)
    return groups_differ({"stayed": stayed, "left": left}, question.measurement)


def _why_not(n_stayed: int, n_left: int, least: int) -> str:
    """Say why stayers and leavers are not compared; of a few people even a p gives an answer away."""
    if not n_left or not n_stayed:
        return NO_STAYERS if n_left else NO_LEAVERS
    few = "left" if n_left < least else "stayed" if n_stayed < least else ""
    return f"fewer than {least} {few}, the smallest group that is shown" if few else ""


def _fisher(stayed: FloatArray, left: FloatArray) -> HypothesisTest:
    levels = np.unique(np.concatenate([stayed, left]))
    n = len(stayed) + len(left)
    if len(levels) == 1:
        return HypothesisTest.impossible("Fisher's exact", n, "all answers are equal")
    if len(levels) > 2:
        return groups_differ({"stayed": stayed, "left": left}, "nominal")
    from scipy.stats import fisher_exact

    table = np.array([[int(np.sum(each == level)) for level in levels] for each in (stayed, left)])
    odds, p_value = fisher_exact(table)
    return HypothesisTest("Fisher's exact", float(odds), float(p_value), n)


def _medians(question: Question, pair: tuple[FloatArray, FloatArray], least: int) -> tuple[float, float]:
    if question.measurement == "nominal" or _why_not(len(pair[0]), len(pair[1]), least):
        return np.nan, np.nan
    return float(np.median(pair[0])), float(np.median(pair[1]))


def _distance_test(study: Study, answers: Answers, number: int, who: Camps) -> HypothesisTest:
    """Compare each one's mean distance from the medians, in ranks, so that every question weighs the same."""
    from scipy.stats import mannwhitneyu, rankdata

    ranks: dict[str, list[float]] = {}
    for given in parts_of_round(study, answers, number):
        if given.question.measurement == "nominal" or given.n < 2:
            continue
        away = np.round(np.abs(given.central - np.median(given.central)), 12)
        for panellist, rank in zip(given.panellists, rankdata(away) / given.n, strict=True):
            ranks.setdefault(panellist, []).append(float(rank))
    stayed, left = ([float(np.mean(ranks[each])) for each in sorted(camp & set(ranks))] for camp in who)
    name, n = "distance from the median, Mann–Whitney", len(stayed) + len(left)
    reason = _why_not(len(stayed), len(left), study.panel.minimum_group_size)
    if reason:
        return HypothesisTest.impossible(name, n, reason)
    found = mannwhitneyu(left, stayed, alternative="two-sided")
    return HypothesisTest(name, float(found.statistic), float(found.pvalue), n)


def _group_counts(study: Study, stayed: set[str], left: set[str]) -> dict[str, tuple[int, int]]:
    counts = {}
    for group in study.panel.groups:
        kept, gone = (sum(study.panel.group_of(each) == group for each in camp) for camp in (stayed, left))
        if kept + gone:
            counts[group] = (kept, gone)
    return counts


def _shown(study: Study, stayed: set[str], left: set[str]) -> dict[str, tuple[int, int]]:
    counts = _group_counts(study, stayed, left)
    sizes = {group: sum(each) for group, each in counts.items()}
    ungrouped = len(stayed) + len(left) - sum(sizes.values())
    shown = shown_groups(sizes, minimum=study.panel.minimum_group_size, ungrouped=ungrouped)
    return {group: counts[group] for group in shown}


def _retention_by_group(study: Study, stayed: set[str], left: set[str]) -> dict[str, Measure]:
    shown = _shown(study, stayed, left)
    return {group: share(kept, kept + gone, "") for group, (kept, gone) in shown.items()}


def _group_test(study: Study, stayed: set[str], left: set[str]) -> HypothesisTest:
    from scipy.stats import chi2_contingency, fisher_exact

    table = np.array(list(_shown(study, stayed, left).values()))
    name, n = "retention by group", int(table.sum())
    if len(table) < 2:
        return HypothesisTest.impossible(name, n, "fewer than two groups may be shown")
    if not table.any(axis=0).all():
        return HypothesisTest.impossible(name, n, NO_STAYERS if table[:, 1].any() else NO_LEAVERS)
    if len(table) == 2:
        odds, p_value = fisher_exact(table)
        return HypothesisTest(f"{name}, Fisher's exact", float(odds), float(p_value), n)
    found = chi2_contingency(table, correction=False)
    return HypothesisTest(f"{name}, chi-square", float(found[0]), float(found[1]), n, float(found[2]))
