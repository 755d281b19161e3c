"""How a study file writes a consensus rule, and the rule it stands for."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, model_validator

from innosi.forecast.percentages import Threshold
from innosi.forecast.statistics.levels import ends_of, halves_of, n_levels
from innosi.forecast.statistics.measures import MEASURES
from innosi.forecast.statistics.rules import AllOf, AnyOf, Criterion, Rule
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.validation import Section, nearest

NO_RULE = "none"


class RuleSection(Section):
    """When answers are in consensus: one measure with its threshold, or several rules with `all` or `any`."""

    preset: str | None = None
    """A rule in one word: `iqr`, `percent-agreement`, `comet-70-15`, `rand-ucla`, `apmo`, or `none`."""
    measure: str | None = None
    """What is measured, such as `interquartile_range`."""
    at_most: Threshold | None = None
    """Reached where the measure is this or less."""
    at_least: Threshold | None = None
    """Reached where the measure is this or more."""
    below: Threshold | None = None
    """Reached where the measure is less than this."""
    above: Threshold | None = None
    """Reached where the measure is more than this."""
    from_: float | None = Field(default=None, alias="from")
    """Of `percent_agreement`: the lowest answer that agrees."""
    to: float | None = None
    """Of `percent_agreement`: the highest answer that agrees."""
    all_: list["RuleSection"] | None = Field(default=None, alias="all")
    """Rules that must all be reached."""
    any_: list["RuleSection"] | None = Field(default=None, alias="any")
    """Rules of which one must be reached."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, found: Any) -> Any:
        return {"preset": found} if isinstance(found, str) else found


Scale = tuple[int, int] | None
ANY_SCALE = (0, 0)
"""Of a rule that several questions share: whatever their scales are."""
_NINE_LEVELS = (1, 9)
_BOUNDS = ("at_most", "at_least", "below", "above")
Problem = tuple[KeyPath, str]
Measured = Literal["rating", "number", "nominal", "ranking", "text", "any"]
_SUITED: Mapping[str, tuple[Measured, ...]] = MappingProxyType(
    {
        "answers": ("rating", "number", "nominal"),
        "numbers": ("rating", "number"),
        "scale": ("rating",),
        "three_levels": ("rating",),
        "nine_levels": ("rating",),
        "ranks": ("ranking",),
    }
)
"""Of which questions each kind of measure can be computed."""


def rule_problems(section: RuleSection, scale: Scale, measured: Measured = "number") -> Iterator[Problem]:
    """Yield what is wrong with a rule for a question, each with its key.

    Parameters
    ----------
    scale : (int, int), optional
        Of a rating.
    measured : {'rating', 'number', 'nominal', 'ranking', 'text', 'any'}
        What the question asks for; `any` of a rule that several share.
    """
    forms = ("preset", "measure", "all_", "any_")
    given = [form.rstrip("_") for form in forms if getattr(section, form) is not None]
    if len(given) != 1:
        what = f"has {' and '.join(given)}; keep one of them" if given else "says nothing"
        yield (), f"{what}; write for example {{measure: interquartile_range, at_most: 1}}"
    elif given == ["preset"]:
        yield from _preset_problems(str(section.preset), scale)
    elif given == ["measure"]:
        yield from _measure_problems(section, scale, measured)
    else:
        yield from _parts_problems(given[0], section.all_ or section.any_ or [], scale, measured)


def _parts_problems(
    form: str, parts: list[RuleSection], scale: Scale, measured: Measured
) -> Iterator[Problem]:
    if not parts:
        yield (form,), "has no rules below it; name at least one"
    for index, part in enumerate(parts):
        for key, problem in rule_problems(part, scale, measured):
            yield (form, index, *key), problem


def _preset_problems(preset: str, scale: Scale) -> Iterator[Problem]:
    if preset not in (*PRESETS, NO_RULE):
        yield (), f"there is no preset '{preset}'{nearest(preset, [*PRESETS, NO_RULE])}"
    elif preset != NO_RULE and scale is None:
        yield (), f"'{preset}' is for ratings; give a measure with its threshold here, or `none`"
    elif preset in NINE_LEVELS_ONLY and scale and scale not in (_NINE_LEVELS, ANY_SCALE):
        yield (), f"'{preset}' is for scales from 1 to 9, not {scale[0]} to {scale[1]}"


def _measure_problems(section: RuleSection, scale: Scale, measured: Measured) -> Iterator[Problem]:
    measure = str(section.measure)
    if measure not in MEASURES:
        yield ("measure",), f"there is no measure '{measure}'{nearest(measure, MEASURES)}"
        return
    needs = MEASURES[measure].needs
    if measured not in ("any", *_SUITED[needs]):
        suited = ", ".join(name for name, kind in MEASURES.items() if measured in _SUITED[kind.needs])
        use = f"; use {suited}" if suited else "; write `none`"
        yield ("measure",), f"{measure} cannot be computed of this question{use}"
        return
    if all(getattr(section, bound) is None for bound in _BOUNDS):
        yield (), f"{measure} has no threshold; add `at_most` or `at_least`"
    if needs == "nine_levels" and scale and scale not in (_NINE_LEVELS, ANY_SCALE):
        yield ("measure",), f"{measure} is for scales from 1 to 9, not {scale[0]} to {scale[1]}"
    given = {"from": section.from_, "to": section.to}
    needed = {_FILE_NAMES[parameter] for parameter in MEASURES[measure].parameters}
    for name, value in given.items():
        if name in needed and value is None:
            yield (), f"{measure} needs `{name}`; add it"
        elif name not in needed and value is not None:
            yield (name,), f"{measure} has no `{name}`; leave it out"
    if section.from_ is not None and section.to is not None and section.from_ > section.to:
        yield ("from",), f"{section.from_:g} is above to ({section.to:g}); write the smaller one as from"


_FILE_NAMES = MappingProxyType({"low": "from", "high": "to"})
"""What a study file calls a measure's parameters."""


def rule_from(section: RuleSection | None, scale: Scale) -> Rule | None:
    """Return the rule that a section without problems stands for."""
    if section is None or section.preset == NO_RULE:
        return None
    if section.preset is not None:
        if scale is None:
            raise InnosiError(f"'{section.preset}' is for ratings", mend="give a measure with its threshold")
        return PRESETS[section.preset](scale)
    for parts, made in ((section.all_, AllOf), (section.any_, AnyOf)):
        if parts is not None:
            rules = (rule_from(part, scale) for part in parts)
            return made(tuple(rule for rule in rules if rule is not None))
    given = {"low": section.from_, "high": section.to}
    parameters = tuple((name, value) for name, value in given.items() if value is not None)
    bounds = {bound: getattr(section, bound) for bound in _BOUNDS}
    return Criterion(str(section.measure), parameters=parameters, **bounds)


def _interquartile_preset(scale: tuple[int, int]) -> Rule:
    """Usual thresholds: at most 1 on scales of up to 6 levels, 2 on longer ones (von der Gracht 2012)."""
    return Criterion("interquartile_range", at_most=1 if n_levels(scale) <= 6 else 2)


def _agreement_preset(scale: tuple[int, int]) -> Rule:
    """75 % (Diamond et al. 2014) on the top or on the bottom levels."""
    return AnyOf(tuple(_share(*end, at_least=0.75) for end in ends_of(scale)))


def _share(low: int, high: int, **threshold: Any) -> Criterion:
    return Criterion(
        "percent_agreement", parameters=(("low", float(low)), ("high", float(high))), **threshold
    )


def _comet_preset(scale: tuple[int, int]) -> Rule:  # noqa: ARG001 - it is for one scale only
    """At least 70 % score 7–9 and fewer than 15 % score 1–3, or the reverse (Williamson et al. 2017)."""
    top, bottom = (7, 9), (1, 3)
    return AnyOf(
        tuple(
            AllOf((_share(*mine, at_least=0.7), _share(*other, below=0.15)))
            for mine, other in ((top, bottom), (bottom, top))
        )
    )


def _rand_ucla_preset(scale: tuple[int, int]) -> Rule:  # noqa: ARG001 - it is for one scale only
    """No disagreement: the disagreement index is at most 1 (Fitch et al. 2001)."""
    return Criterion("disagreement_index", at_most=1)


def _apmo_preset(scale: tuple[int, int]) -> Rule:
    """More agree, or more disagree, than the round's average per cent of majority opinions (Kapoor 1987)."""
    return AnyOf(tuple(_share(*half, is_above_cut_off=True) for half in halves_of(scale)))


PRESETS: Mapping[str, Callable[[tuple[int, int]], Rule]] = MappingProxyType(
    {
        "iqr": _interquartile_preset,
        "percent-agreement": _agreement_preset,
        "comet-70-15": _comet_preset,
        "rand-ucla": _rand_ucla_preset,
        "apmo": _apmo_preset,
    }
)
"""Rules in one word, made for a rating's scale."""
NINE_LEVELS_ONLY = ("comet-70-15", "rand-ucla")
"""Presets whose published thresholds are levels of a scale from 1 to 9."""
