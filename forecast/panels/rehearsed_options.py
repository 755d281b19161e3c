"""What simulated panellists answer to questions about options: rankings, choices, points, pairs."""

from itertools import combinations

import numpy as np

from innosi.forecast.questions import MOST_PREFERRED, Question
from innosi.models.arrays import FloatArray

_STEEP, _STRONG = 2.0, 1.5
"""How much a difference in judgement counts in points, and in pairs."""


def n_judged(question: Question) -> int:
    """Return how many things a panellist judges to answer a question: its scales or options, else one."""
    return len(question.scales or question.options) or 1


def answers_about_options(question: Question, judged: FloatArray) -> FloatArray:
    """Return the answers of panellists who judge each option.

    Parameters
    ----------
    judged : (n_panellists, n_options) float
        How good each finds each option, about −1 to 1; NaN where a panellist has left.

    Returns
    -------
    (n_panellists, n_parts) float
        NaN rows for those who have left.
    """
    left = np.asarray(np.isnan(judged).any(axis=1))
    found = _FORMS[question.type](question, np.where(left[:, np.newaxis], 0, judged))
    found[left] = np.nan
    return found


def _ranks(_: Question, judged: FloatArray) -> FloatArray:
    return (np.argsort(np.argsort(-judged, axis=1), axis=1) + 1).astype(float)


def _best(_: Question, judged: FloatArray) -> FloatArray:
    return np.argmax(judged, axis=1)[:, np.newaxis].astype(float)


def _chosen(_: Question, judged: FloatArray) -> FloatArray:
    is_best = judged == judged.max(axis=1, keepdims=True)
    return ((judged > 0) | is_best).astype(float)


def _points(question: Question, judged: FloatArray) -> FloatArray:
    """Whole points that add up: those that rounding leaves over go to the largest remainders."""
    shares = np.exp(_STEEP * judged)
    wanted = question.total * shares / shares.sum(axis=1, keepdims=True)
    whole = np.floor(wanted)
    left_over = question.total - whole.sum(axis=1, keepdims=True)
    return whole + np.clip(left_over - _ranks(question, wanted - whole) + 1, 0, 1)


def _pairs(_: Question, judged: FloatArray) -> FloatArray:
    """Saaty's levels 1/9 to 9, the nearest to how many times better the first seems."""
    ratios = np.exp(_STRONG * np.stack([judged[:, i] - judged[:, j] for i, j in _all_pairs(judged)], axis=1))
    larger = np.clip(np.round(np.maximum(ratios, 1 / ratios)), 1, MOST_PREFERRED)
    return np.where(ratios >= 1, larger, 1 / larger)


def _all_pairs(judged: FloatArray) -> list[tuple[int, int]]:
    return list(combinations(range(judged.shape[1]), 2))


def _something(_: Question, judged: FloatArray) -> FloatArray:
    return np.ones((len(judged), 1))


_FORMS = {
    "ranking": _ranks,
    "choice": _best,
    "multiple_choice": _chosen,
    "allocation": _points,
    "pairwise": _pairs,
    "text": _something,
}
