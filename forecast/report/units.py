"""Numbers of a model in their units, as people read them."""

from innosi.forecast.report.wording import money, number
from innosi.models.model import Model
from innosi.models.python_model import PythonModel
from innosi.models.value_map import MONEY, SHARES
from innosi.scenarios.results import Figure


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
    field = key.rpartition(".")[2]
    kinds = {"duration": "years", **dict.fromkeys(MONEY, "money"), **dict.fromkeys(SHARES, "share")}
    return kinds.get(field, "number"), ""


def result_sentence(title: str, unit: str, found: Figure, currency: str) -> str:
    """Say what a result comes to: money with its currency, and any other with its unit behind it."""
    low, median, high = (
        money(each, currency) if unit == "money" else f"{each:,.4g}"
        for each in (found.low, found.median, found.high)
    )
    counted = "" if unit in ("money", "") else f" ({unit})"
    return f"{title}: median {median}, 90 % interval {low} to {high}{counted}."
