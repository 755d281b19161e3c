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
from innosi.scenarios.drawing.numbers import ratio, short
from innosi.scenarios.summaries.summary import Figure

_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


def money(value: float, currency: str) -> str:
    """Return an amount with its currency, to three figures: `€1.24M`, `−£40`."""
    amount, sign = short(abs(value)), _sign(currency)
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


def percent(share: float) -> str:
    """Return a share as a whole percentage; never 0 % or 100 % for what only comes close."""
    if 0 < share < 0.005:
        return "less than 1 %"
    if 0.995 < share < 1:
        return "more than 99 %"
    return f"{share:.0%}".replace("%", " %")


def chance(share: float) -> str:
    """Return a share of random draws as a percentage: what none of them did is not impossible."""
    return "less than 1 %" if share < 0.005 else "more than 99 %" if share > 0.995 else percent(share)


def ratio_sentence(found: Figure, chance_above_1: float, currency: str) -> str:
    """Say what comes back for one unit of money put in, and whether that is more than was put in."""
    one = money(1, currency)
    low, median, high = (_amount(each, currency) for each in (found.low, found.median, found.high))
    if found.low == found.high:
        return f"For every {one} put in, {median} comes back, the same in every draw."
    first = f"For every {one} put in, between {low} and {high} comes back (90 % interval; median {median})."
    where = (
        f"The whole interval lies above {one}."
        if found.low > 1
        else f"The whole interval lies below {one}."
        if found.high < 1
        else f"The interval includes {one}: more may come back than was put in, or less."
    )
    return f"{first} {where} The chance that it is more than {one} is {chance(chance_above_1)}."


def _amount(value: float, currency: str) -> str:
    text = ratio(value)
    return f"{'−' if text.startswith('−') else ''}{_sign(currency)}{text.lstrip('−')}"


def _sign(currency: str) -> str:
    return _SIGNS.get(currency, f"{currency} ")


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
        f"{standing_sentence(check)} (their median is {median}, 10 % are below {low}, 10 % above {high};"
        " approximate)."
    )
    after = PUBLISHED_MEDIAN_CORRECTED
    sentences.append(f"Their own median falls from {median} to {after} when missing corrections are put in.")
    return sentences


def _applied(correction: str) -> str:
    return f"{percent(SHARE_APPLYING[correction])} of published reports make it"


def standing_sentence(check: OverClaim) -> str:
    """Say how many of the published reports have a lower ratio."""
    share = check.standing
    how_many = "Almost none" if share < 0.01 else "Almost all" if share > 0.99 else f"About {percent(share)}"
    return f"{how_many} of {N_PUBLISHED} published SROI reports have a lower ratio"


def evidence_title(shares: EvidenceShares) -> str:
    """Say on what grade most of the value rests at its weakest."""
    if not shares.weakest:
        return "What it rests on"
    grade, share = max(shares.weakest.items(), key=lambda pair: pair[1])
    return f"At its weakest link, {percent(share)} of the value rests on {_indefinite(grade)}"
