"""Numbers of a model with their names and in their units, as people read them."""

from collections.abc import Mapping
from typing import Any

from innosi.forecast.report.wording import money, number
from innosi.models.model import Model
from innosi.models.python_model import PythonModel
from innosi.models.value_map import MONEY, SHARES
from innosi.scenarios.analysis.tornado import Swing
from innosi.scenarios.summaries.summary import Figure

_MOVES = ("effect", "probability", "trend", "shock", "persistence")
"""The numbers of events and series that are shares."""


def in_its_unit(value: float, key: str, model: Model, currency: str) -> str:
    """Return a value of a model's number: money, a percentage, years, or a number with what is counted."""
    kind, unit = _kind_of(key, model)
    if kind == "money":
        return money(value, currency)
    if kind in ("share", "rate"):
        return f"{number(100 * value)} %"
    if kind == "years":
        return f"{number(value)} {'year' if number(value) == '1' else 'years'}"
    return f"{number(value)} {unit}".strip()


def _kind_of(key: str, model: Model) -> tuple[str, str]:
    """Return the kind of a number, and what it counts where the model says so."""
    if isinstance(model, PythonModel) and key in model.inputs:
        return model.inputs[key].kind, model.inputs[key].unit
    field = "effect" if ".effects." in key else key.rpartition(".")[2]
    kinds = {
        "duration": "years",
        **dict.fromkeys(MONEY, "money"),
        **dict.fromkeys((*SHARES, *_MOVES), "share"),
    }
    return kinds.get(field, "number"), ""


def result_sentence(title: str, unit: str, found: Figure, currency: str) -> str:
    """Say what a result comes to: money with its currency, and any other with its unit behind it."""
    low, median, high = (
        money(each, currency) if unit == "money" else f"{each:,.4g}"
        for each in (found.low, found.median, found.high)
    )
    counted = "" if unit in ("money", "") else f" ({unit})"
    return f"{title}: median {median}, 90 % interval {low} to {high}{counted}."


def label_of(swing: Swing, model: Model, document: Mapping[str, Any]) -> str:
    """Return the name of an input as people read it.

    `outcomes.housing.deadweight` → `A home that lasts: deadweight`; a shared unknown keeps its name, and
    the input of a function has its title.
    """
    if swing.name != swing.keys[0]:
        return swing.name.removeprefix("judgement ").partition(" from ")[0].replace("_", " ")
    if isinstance(model, PythonModel):
        return model.inputs[swing.name].title
    group, *rest = swing.name.split(".")
    if len(rest) != 2:
        return swing.name.replace("_", " ")
    title = document.get(group, {}).get(rest[0], {}).get("title") or rest[0].replace("_", " ")
    return f"{title}: {rest[1].replace('_', ' ')}"
