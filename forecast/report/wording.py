"""Results in words."""

from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.analysis.evidence import EvidenceShares
from innosi.scenarios.analysis.over_claim import (
    N_PUBLISHED,
    PUBLISHED_MEDIAN_CORRECTED,
    PUBLISHED_RATIOS,
    SHARE_APPLYING,
    OverClaim,
)
from innosi.scenarios.results import Figure

_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


def money(value: float, currency: str) -> str:
    """Return an amount with its currency, to three figures: `€1.24M`, `−£40`."""
    for size, unit in ((1e9, "bn"), (1e6, "M"), (1e3, "k"), (1.0, "")):
        if abs(value) >= 0.9995 * size or size == 1.0:
            amount = f"{float(f'{abs(value) / size:.3g}'):g}{unit}"
            break
    sign = _SIGNS.get(currency, f"{currency} ")
    return f"{'−' if value < 0 and amount != '0' else ''}{sign}{amount}"


def number(value: float) -> str:
    """Return a number without a unit, to three figures."""
    if value != value:  # noqa: PLR0124 - NaN
        return "–"
    if value in (float("inf"), float("-inf")):
        return "never"
    size = abs(value)
    text = f"{size:,.0f}" if size >= 1000 else f"{float(f'{size:.3g}'):g}"
    return f"−{text}" if value < 0 and text != "0" else text


def ratio(value: float) -> str:
    """Return a ratio with two decimals."""
    text = f"{abs(value):.2f}"
    return f"−{text}" if value < 0 and text != "0.00" else text


def percent(share: float) -> str:
    """Return a share as a whole percentage; never 0 % or 100 % for what only comes close."""
    if 0 < share < 0.005:
        return "less than 1 %"
    if 0.995 < share < 1:
        return "more than 99 %"
    return f"{share:.0%}".replace("%", " %")


def ratio_sentence(found: Figure, chance_above_1: float, currency: str) -> str:
    """Say what comes back for one unit of money put in, and whether that is more than was put in."""
    one = money(1, currency)
    low, median, high = (_amount(each, currency) for each in (found.low, found.median, found.high))
    first = f"For every {one} put in, between {low} and {high} comes back (90 % interval; median {median})."
    if found.low > 1:
        return f"{first} The whole interval lies above {one}."
    if found.high < 1:
        return f"{first} The whole interval lies below {one}."
    return (
        f"{first} The interval includes {one}: more may come back than was put in, or less."
        f" The chance that it is more is {percent(chance_above_1)}."
    )


def _amount(value: float, currency: str) -> str:
    sign = _SIGNS.get(currency, f"{currency} ")
    return f"{'−' if value <= -0.005 else ''}{sign}{abs(value):.2f}"


def evidence_sentence(shares: EvidenceShares) -> str:
    """Say what the value rests on at its weakest, and whether a control group stands behind it."""
    if not shares.weakest:
        return "Nothing is put into money, so there is no value to rest on anything."
    (strongest, size), *others = shares.weakest.items()
    rest = "".join(f", {percent(share)} on {_indefinite(grade)}" for grade, share in others)
    weakest = f"{percent(size)} of the value rests on {_indefinite(strongest)}{rest}"
    deadweight = shares.by_ingredient["deadweight"]
    strong = deadweight.get(EvidenceGrade.MATCHED_CONTROL, 0.0)
    counterfactual = (
        "None of it has a matched control behind what would have happened anyway."
        if strong == 0
        else f"For {percent(strong)} of it a matched control shows what would have happened anyway."
    )
    return f"Judged by the weakest number of each outcome, {weakest}. {counterfactual}"


def _indefinite(grade: EvidenceGrade) -> str:
    article = "an" if grade.label[0] in "aeiou" else "a"
    return f"{article} {grade.label}"


def over_claim_sentences(check: OverClaim) -> list[str]:
    """Say which corrections are missing, what they would do, and where the ratio stands."""
    sentences = []
    if check.is_complete:
        sentences.append("Every correction was made for every outcome that it applies to.")
    else:
        names = ", ".join(f"{name.replace('_', '-')} ({_applied(name)})" for name in check.missing)
        sentences.append(f"Missing, or nought: {names}.")
        corrected = check.corrected
        sentences.append(
            "With these at the median size found in published reports the ratio would be"
            f" {ratio(corrected.median)} (90 % interval {ratio(corrected.low)} to {ratio(corrected.high)})"
            f" in the place of {ratio(check.stated.median)}."
        )
    low, median, high = PUBLISHED_RATIOS.values()
    sentences.append(
        f"{_standing(check.standing)} of {N_PUBLISHED} published SROI reports have a lower ratio"
        f" (their median is {median}, 10 % are below {low}, 10 % above {high}; approximate)."
    )
    after = PUBLISHED_MEDIAN_CORRECTED
    sentences.append(f"Their own median falls from {median} to {after} when missing corrections are put in.")
    return sentences


def _applied(correction: str) -> str:
    return f"{percent(SHARE_APPLYING[correction])} of published reports make it"


def _standing(share: float) -> str:
    return (
        f"About {percent(share)}"
        if 0.01 <= share <= 0.99
        else "Almost none"
        if share < 0.01
        else "Almost all"
    )
