"""What may become of a trend, as numbers of a scenario file: with the events, and without surprises."""

from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions import parse_distribution
from innosi.models.errors import DistributionError, Fault, InputFaults
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.probabilities.trend_impact import TrendImpact
from innosi.scenarios.construction.probabilities.trend_impact_file import TrendAnalysis
from innosi.scenarios.construction.settings import Settings
from innosi.scenarios.loading.document import Document

_FIGURES = 5
_N_SAMPLES = 101
_WELL = 0.05


def trend_scenarios(
    analysis: TrendAnalysis, found: TrendImpact, document: Document
) -> tuple[tuple[ConstructedScenario, ...], Settings]:
    """Return two scenarios that set the quantity in the chosen year: with events, and without surprises.

    Raises
    ------
    InputFaults
        If the file does not say which number it `sets`.
    """
    if not analysis.sets:
        problem = "is missing; name the number that the quantity is, such as outcomes.visits.quantity"
        raise InputFaults(document.source, [Fault(problem, "sets", 1)])
    source = f"trend-impact analysis “{analysis.title}”, {found.year}"
    scenarios = (
        ConstructedScenario(
            "with_events", f"The trend with what may befall it, {found.year}", ("trend-with_events",)
        ),
        ConstructedScenario(
            "surprise_free",
            f"The trend if nothing unheard of happens, {found.year}",
            ("trend-surprise_free",),
        ),
    )
    values = {
        "with_events": as_distribution(found.values),
        "surprise_free": as_distribution(found.free_values),
    }
    settings = {
        f"trend-{name}": ({analysis.sets: {"value": value, "source": source}}, ("sets",))
        for name, value in values.items()
    }
    return scenarios, settings


def as_distribution(values: FloatArray) -> Any:
    """Return draws as a scenario file has them: a number, three quantiles, or, where these fit ill, a sample.

    Three quantiles fit ill where an event leaves a second hill: what lies between is not what may come.
    """
    if np.ptp(values) <= 1e-9 * max(1.0, float(np.abs(values).max())):
        return _short(float(values[0]))
    named = {f"{share}%": _short(float(np.quantile(values, share / 100))) for share in (5, 50, 95)}
    try:
        fitted = parse_distribution(named)
        shares = np.array([0.1, 0.25, 0.75, 0.9])
        missed = np.abs(fitted.quantile(shares) - np.quantile(values, shares))
        if missed.max() <= _WELL * (named["95%"] - named["5%"]):
            return named
    except DistributionError:
        pass
    places = (np.arange(_N_SAMPLES) + 0.5) / _N_SAMPLES
    return {"samples": [_short(float(each)) for each in np.quantile(values, places)]}


def _short(value: float) -> float:
    return float(f"{value:.{_FIGURES}g}")
