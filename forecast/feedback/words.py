"""Answers and findings as a panellist reads them, in their language."""

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from innosi.forecast.languages.language import N_, Language
from innosi.forecast.questions import CONFIDENCE, Question
from innosi.forecast.statistics.change import Change
from innosi.forecast.statistics.descriptive import Description
from innosi.forecast.statistics.measures import MEASURES
from innosi.forecast.statistics.pairwise import priorities
from innosi.forecast.statistics.rules import AllOf, Criterion, Finding, Rule, Verdict

_FIGURES, _WHOLE = 3, 1000
"""So many figures of a panel's number are read, and all of a whole number: more would pretend to be exact."""
_IN_THE_ANSWERS_UNIT = ("median", "mean", "interquartile_range", "standard_deviation")


def number_of(value: float, question: Question, language: Language) -> str:
    """Return a number of a question without its unit: a percentage, a year, or a number."""
    if math.isinf(value):
        return language.text("never")
    if question.is_share:
        return share_of(value, language)
    if question.type == "year":
        return year_of(value, language)
    return language.number(_rounded(value))


def share_of(value: float, language: Language) -> str:
    """Return a share as a percentage, with one decimal where it needs one."""
    tenths = round(value * 1000)
    return language.percent(tenths / 1000, 1 if tenths % 10 else 0)


def year_of(value: float, language: Language) -> str:
    """Return a year, or a place between two, without a mark between its thousands."""
    tenths = round(value * 10)
    whole, part = divmod(tenths, 10)
    return f"{whole}{language.number(part / 10, 1)[1:]}" if part else f"{whole}"


def before_colon(title: str) -> str:
    """Return a title as it stands before a colon: without a mark at its end."""
    return title.rstrip(" ?:;.!…") or title


def with_unit(written: str, question: Question, language: Language) -> str:
    """Return a written number, or range of numbers, with what it counts."""
    if question.kind == "money":
        return f"{question.currency} {written}".strip()
    if question.kind == "years" and not question.unit:
        return language.text("%(value)s years", value=written)
    return written if question.type == "year" else f"{written} {question.unit}".strip()


def range_of(low: float, high: float, question: Question, language: Language) -> str:
    """Return from where to where something goes, without its unit."""
    first, last = (number_of(each, question, language) for each in (low, high))
    return language.text("%(low)s to %(high)s", low=first, high=last)


def _between(low: float, high: float, question: Question, language: Language) -> str:
    first, last = (_exact(each, question, language) for each in (low, high))
    return language.text("%(low)s to %(high)s", low=first, high=last)


def median_in_words(found: Description, question: Question, language: Language) -> str:
    """Return a median with its quartiles behind it, short: `6 (4 to 7)`."""
    middle = number_of(found.median, question, language)
    return f"{middle} ({range_of(found.lower_quartile, found.upper_quartile, question, language)})"


def answer_in_words(question: Question, values: Sequence[float], language: Language) -> str:
    """Return a whole answer as its panellist would say it; '' of an open question."""
    if question.type == "choice":
        return [*question.options.values()][int(values[0])]
    if question.type == "multiple_choice":
        chosen = [title for title, is_in in zip(question.options.values(), values, strict=True) if is_in]
        return "; ".join(chosen) or language.text("none of these")
    if question.type == "ranking":
        ranked = sorted(zip(values, question.options.values(), strict=True))
        return "; ".join(f"{rank:.0f}. {title}" for rank, title in ranked)
    if question.type in ("allocation", "pairwise"):
        return _for_each_option(question, values, language)
    if question.type in ("multi_rating", "text"):
        return ""
    return _number_in_words(question, values, language)


def _for_each_option(question: Question, values: Sequence[float], language: Language) -> str:
    numbers = values if question.type == "allocation" else priorities([values])[0].tolist()
    named = zip(question.aspects, question.options.values(), numbers, strict=True)
    return "; ".join(f"{title} {number_of(value, aspect, language)}" for aspect, title, value in named)


def _number_in_words(question: Question, values: Sequence[float], language: Language) -> str:
    parts = dict(zip(question.parts, values, strict=True))
    sure = parts.pop(CONFIDENCE, None)
    if question.answer == "quantiles":
        said = "; ".join(
            language.text(
                "%(share)s: %(value)s", share=share_of(p, language), value=_full(each, question, language)
            )
            for p, each in zip(question.probabilities, parts.values(), strict=True)
        )
    elif question.answer == "point":
        said = _full(values[0], question, language)
    else:
        between = with_unit(range_of(parts["lower"], parts["upper"], question, language), question, language)
        best = parts.get("best")
        said = between
        if best is not None:
            middle = _full(best, question, language)
            said = language.text("%(best)s, between %(range)s", best=middle, range=between)
    if sure is None:
        return said
    return language.text("%(answer)s, sure to %(share)s", answer=said, share=share_of(sure, language))


def _full(value: float, question: Question, language: Language) -> str:
    return (
        language.text("never")
        if math.isinf(value)
        else with_unit(_exact(value, question, language), question, language)
    )


def _exact(value: float, question: Question, language: Language) -> str:
    """Return a panellist's own number as it was given."""
    is_plain = not question.is_share and question.type != "year"
    return language.number(value) if is_plain else number_of(value, question, language)


def reach_of(question: Question, values: Sequence[float]) -> tuple[float, float] | None:
    """Return from where to where a panellist's own interval goes; None of an answer with one number."""
    if question.answer == "point" or not question.is_single:
        return None
    numbers = values[:-1] if question.asks_confidence else values
    return numbers[0], numbers[-1]


def consensus_in_words(verdict: Verdict, question: Question, language: Language) -> str:
    """Say whether there is consensus and on what measures; '' where it is not asked for."""
    if verdict.rule is None:
        return ""
    measured = "; ".join(_findings_in_words(verdict, question, language))
    if verdict.is_reached is None or not measured:
        return language.text("Whether there is consensus cannot be judged from these answers.")
    return language.text(_VERDICTS[verdict.is_reached], findings=measured)


_VERDICTS: Mapping[bool, str] = MappingProxyType(
    {
        True: N_("Consensus, by the rule that was set beforehand: %(findings)s."),
        False: N_("No consensus, by the rule that was set beforehand: %(findings)s."),
    }
)


def _findings_in_words(verdict: Verdict, question: Question, language: Language) -> Iterator[str]:
    """Yield each measured value once; what was asked stands with it where the rule asks it in any case."""
    seen = set()
    for finding in verdict.findings:
        key = finding.criterion.measure, finding.criterion.parameters
        if key in seen or math.isnan(finding.measure.value):
            continue
        seen.add(key)
        said = _finding_in_words(finding, question, language)
        asked = _threshold(finding, question, language) if _is_plain(verdict.rule) else ""
        yield f"{said} ({asked})" if asked else said


def _is_plain(rule: Rule | None) -> bool:
    """Whether every criterion of a rule must be met."""
    return isinstance(rule, Criterion) or (isinstance(rule, AllOf) and all(map(_is_plain, rule.rules)))


def _threshold(finding: Finding, question: Question, language: Language) -> str:
    criterion = finding.criterion
    bounds = (
        (N_("at least %(value)s was asked for"), criterion.at_least),
        (N_("at most %(value)s was asked for"), criterion.at_most),
        (N_("less than %(value)s was asked for"), criterion.below),
        (N_("more than %(value)s was asked for"), criterion.above),
    )
    return "; ".join(
        language.text(message, value=_measured(finding, bound, question, language))
        for message, bound in bounds
        if bound is not None
    )


def _measured(finding: Finding, value: float, question: Question, language: Language) -> str:
    measure = finding.criterion.measure
    if MEASURES[measure].is_share:
        return language.percent(value)
    if measure in _IN_THE_ANSWERS_UNIT and question.is_share:
        return share_of(value, language)
    return language.number(_rounded(value))


def _finding_in_words(finding: Finding, question: Question, language: Language) -> str:
    criterion = finding.criterion
    values = {name: language.number(value) for name, value in criterion.parameters}
    values["value"] = _measured(finding, finding.measure.value, question, language)
    if "low" in values and values["low"] == values["high"]:
        return language.text("%(value)s answered %(low)s", **values)
    return language.text(_MEASURES[criterion.measure], **values)


_MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "median": N_("median %(value)s"),
        "mean": N_("mean %(value)s"),
        "interquartile_range": N_("the middle half is %(value)s wide"),
        "relative_interquartile_range": N_("the middle half is as wide as %(value)s of the median"),
        "standard_deviation": N_("standard deviation %(value)s"),
        "coefficient_of_variation": N_("coefficient of variation %(value)s"),
        "percent_agreement": N_("%(value)s answered from %(low)s to %(high)s"),
        "largest_share": N_("%(value)s gave the answer chosen most"),
        "qualitative_variation": N_("index of qualitative variation %(value)s"),
        "tastle_wierman": N_("consensus after Tastle and Wierman %(value)s"),
        "van_der_eijk": N_("agreement after van der Eijk %(value)s"),
        "polarization": N_("polarisation after van der Eijk %(value)s"),
        "leik": N_("dispersion after Leik %(value)s"),
        "blair_lacy": N_("concentration after Blair and Lacy %(value)s"),
        "blair_lacy_squared": N_("squared concentration after Blair and Lacy %(value)s"),
        "disagreement_index": N_("disagreement index (above 1 there is disagreement) %(value)s"),
        "kendall_w": N_("agreement of the rankings (Kendall’s W, from 0 to 1) %(value)s"),
    }
)


def change_in_words(change: Change, question: Question, language: Language) -> str:
    """Say what changed among those who answered both rounds."""
    about = {
        "round": change.since,
        "n": language.number(change.n_both),
        "share": language.percent(change.share_changed),
    }
    if change.share_changed == 0:
        return language.text(
            "Since round %(round)s none of the %(n)s who answered both rounds changed their answer.", **about
        )
    if math.isnan(change.median):
        return language.text(
            "Since round %(round)s: %(share)s of the %(n)s who answered both rounds gave another answer.",
            **about,
        )
    return language.text(
        "Since round %(round)s, among the %(n)s who answered both: median %(median)s, "
        "width of the middle half %(width)s; %(share)s gave another answer.",
        median=_signed(change.median, question, language),
        width=_signed(change.interquartile_range, question, language),
        **about,
    )


def _signed(value: float, question: Question, language: Language) -> str:
    if question.is_share:
        points = _rounded(100 * value)
        shown = _with_sign(points, language)
        return language.text("%(change)s percentage points", change=shown) if points else shown
    return _with_sign(_rounded(value), language)


def _with_sign(value: float, language: Language) -> str:
    if value == 0:
        return language.text("unchanged")
    shown = float(f"{value:.2g}") if abs(value) < _WHOLE else value
    return f"{'+' if value > 0 else ''}{language.number(shown)}"


def _rounded(value: float) -> float:
    return float(round(value)) if abs(value) >= _WHOLE else float(f"{value:.{_FIGURES}g}")
