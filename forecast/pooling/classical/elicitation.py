"""What experts said about items, some of them already known: what Cooke's classical model starts from."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.validation import nearest

Scale = Literal["uni", "log"]
"""The background measure of an item: uniform on its numbers, or on their logarithms."""


@dataclass(frozen=True, slots=True, eq=False)
class Elicitation:
    """Quantiles that experts gave for items, and what is known of the items.

    Attributes
    ----------
    experts, items : tuple of str
    probabilities : (n_quantiles,) float
        At which every item's quantiles were asked, rising, within (0, 1).
    judgements : (n_experts, n_items, n_quantiles) float
        In each item's unit, rising; NaN where an expert did not answer. An answer of which a quantile is
        missing counts as none.
    realisations : (n_items,) float
        What is known of the seed items; NaN for the others, the targets.
    scales : (n_items,) {'uni', 'log'}
        All `uni` by default. Everything about a `log` item must be above 0.
    texts : (n_items,) str
        What was asked; empty by default.
    notes : tuple of str
        What was assumed when it was read.

    Raises
    ------
    AnswerError
        If shapes do not fit, a name stands twice, quantiles are out of order, or a log item is not above 0.
    """

    experts: tuple[str, ...]
    items: tuple[str, ...]
    probabilities: tuple[float, ...]
    judgements: FloatArray
    realisations: FloatArray
    scales: tuple[Scale, ...] = ()
    texts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _set(self, "judgements", _whole(self.judgements))
        _set(self, "realisations", _frozen(self.realisations))
        _set(self, "scales", self.scales or ("uni",) * len(self.items))
        _set(self, "texts", self.texts or ("",) * len(self.items))
        problem = next(_problems(self), "")
        if problem:
            raise AnswerError(problem)

    @property
    def is_answered(self) -> FloatArray:
        """Who answered what, shape (n_experts, n_items): True or False."""
        return np.isfinite(self.judgements[..., 0])

    @property
    def is_seed(self) -> FloatArray:
        """Which items are seeds, shape (n_items,): True or False."""
        return np.isfinite(self.realisations)

    @property
    def n_seeds(self) -> int:
        """How many items are seeds."""
        return int(np.sum(self.is_seed))

    @property
    def seeds(self) -> tuple[str, ...]:
        """The names of the items of which the answer is known."""
        return tuple(np.array(self.items, dtype=object)[self.is_seed])

    def place(self, item: str) -> int:
        """Return where an item stands, or say which is nearest.

        Raises
        ------
        AnswerError
            If there is no such item.
        """
        if item not in self.items:
            raise AnswerError(
                f"there is no item '{item}'{nearest(item, self.items)}", mend="name one of them"
            )
        return self.items.index(item)

    def on_background(self, values: ArrayLike) -> FloatArray:
        """Return numbers of every item as its background measure sees them: logarithms for `log` items.

        Parameters
        ----------
        values : (..., n_items) float
        """
        return self._where_log(np.asarray(values, dtype=float), np.log)

    def from_background(self, values: ArrayLike) -> FloatArray:
        """Return numbers of every item in its own unit again, the reverse of `on_background`."""
        return self._where_log(np.asarray(values, dtype=float), np.exp)

    def _where_log(self, values: FloatArray, function: np.ufunc) -> FloatArray:
        is_log = np.array([scale == "log" for scale in self.scales], dtype=bool)
        result: FloatArray = values.copy()
        result[..., is_log] = function(values[..., is_log])
        return result

    def without_items(self, left_out: Iterable[str]) -> "Elicitation":
        """Return the elicitation as if some items had not been asked."""
        gone = set(left_out)
        kept = [place for place, item in enumerate(self.items) if item not in gone]
        return replace(
            self,
            items=tuple(self.items[i] for i in kept),
            judgements=self.judgements[:, kept],
            realisations=self.realisations[kept],
            scales=tuple(self.scales[i] for i in kept),
            texts=tuple(self.texts[i] for i in kept),
        )

    def without_experts(self, left_out: Iterable[str]) -> "Elicitation":
        """Return the elicitation as if some experts had not taken part."""
        gone = set(left_out)
        kept = [place for place, expert in enumerate(self.experts) if expert not in gone]
        return replace(self, experts=tuple(self.experts[i] for i in kept), judgements=self.judgements[kept])


def judgement_problem(values: Sequence[float], scale: Scale) -> str:
    """Say what is wrong with an expert's quantiles of one item; nothing if they are sound or missing."""
    if any(map(math.isnan, values)):
        return ""
    shown = ", ".join(f"{value:g}" for value in values)
    if not all(map(math.isfinite, values)):
        return f"quantiles {shown}: not finite; give finite numbers"
    if any(low > high for low, high in pairwise(values)):
        return f"quantiles {shown} are out of order; give them in rising order"
    if len(set(values)) < len(values):
        return f"quantiles {shown}: two are the same, which leaves no room between; move them apart"
    if scale == "log" and values[0] <= 0:
        return f"quantiles {shown} of a log item; they must be above 0, or make the item uni"
    return ""


def realisation_problem(value: float, scale: Scale) -> str:
    """Say what is wrong with a realisation; nothing if it is sound or missing."""
    if math.isinf(value):
        return "realisation is not finite; give a finite number"
    if scale == "log" and value <= 0:
        return f"realisation {value:g} of a log item; it must be above 0, or make the item uni"
    return ""


def _whole(judgements: ArrayLike) -> FloatArray:
    """Return judgements with those that are not complete as missing, and read-only."""
    values = np.array(judgements, dtype=float)
    if values.ndim:
        values[np.isnan(values).any(axis=-1)] = np.nan
    return _frozen(values)


def _frozen(values: ArrayLike) -> FloatArray:
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array


def _set(value: Elicitation, name: str, to: object) -> None:
    object.__setattr__(value, name, to)


def _problems(given: Elicitation) -> Iterator[str]:
    yield from _shape_problems(given)
    for e, expert in enumerate(given.experts):
        for i, item in enumerate(given.items):
            problem = judgement_problem(given.judgements[e, i].tolist(), given.scales[i])
            if problem:
                yield f"expert '{expert}', item '{item}': {problem}"
    for i, item in enumerate(given.items):
        problem = realisation_problem(float(given.realisations[i]), given.scales[i])
        if problem:
            yield f"item '{item}': {problem}"


def _shape_problems(given: Elicitation) -> Iterator[str]:
    shape = (len(given.experts), len(given.items), len(given.probabilities))
    if 0 in shape:
        yield "there are no experts, no items or no quantiles; an elicitation needs one of each at least"
    if given.judgements.shape != shape:
        yield f"judgements of shape {given.judgements.shape}; the names and quantiles make it {shape}"
    n_items = {given.realisations.size, len(given.scales), len(given.texts)}
    if given.realisations.ndim != 1 or n_items != {len(given.items)}:
        yield f"realisations, scales or texts are not one an item; there are {len(given.items)} items"
    edges = (0.0, *given.probabilities, 1.0)
    if any(low >= high for low, high in pairwise(edges)):
        yield f"quantiles at {given.probabilities}; they must rise, between 0 and 1"
    for what, names in (("expert", given.experts), ("item", given.items)):
        if len(set(names)) < len(names):
            yield f"two {what}s have the same name; give each a name of its own"
    if not set(given.scales) <= {"uni", "log"}:
        yield f"a scale among {sorted(set(given.scales))} is neither uni nor log"
