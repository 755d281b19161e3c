"""Every scenario under every option, with what is swept: which overrides make it, in which order."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.resolving import Override
from innosi.scenarios.loading.validation import Problem, Section, nearest

MAX_EXPERIMENTS = 2_000

PRECEDENCE = (
    "the base",
    "the value that is swept",
    "the scenario's overrides, in their order",
    "the option's overrides, in their order",
)
"""What is laid over what; the last has the last word."""


def _as_weight(found: Any) -> Any:
    """A share in words, such as 10%, is its number."""
    weight = share_of(found) if isinstance(found, str) and found.strip().endswith("%") else found
    if isinstance(weight, int | float) and not 0 <= weight < float("inf"):
        raise ValueError(f"found {weight:g}; a weight is 0 or more")
    return weight


Weight = Annotated[float, BeforeValidator(_as_weight, json_schema_input_type=float | str)]
"""How much a scenario counts beside the others: 0 or more; 10% is 0.1."""


class SelectionSection(Section):
    """A scenario or an option: its title, and the overrides that make it, in order."""

    title: str = ""
    """The scenario or option in words."""
    description: str = ""
    """What it stands for."""
    overrides: list[str] = Field(default_factory=list)
    """Names from `overrides`; a later one has the last word."""
    probability: float | str | None = None
    """Of a scenario: how likely it is, such as 25%. All have one, and they add up to 100%; or none has."""
    weight: Weight | None = None
    """Of a scenario, in the place of a probability: how much it counts beside the others."""


@dataclass(frozen=True)
class Variant:
    """One scenario, with one value of everything that is swept, under one option."""

    scenario: str
    option: str
    title: str
    overrides: tuple[Override, ...]
    probability: float | None = None


Selections = Mapping[str, SelectionSection]
Changes = Mapping[str, Mapping[str, Any]]
Sweep = Mapping[str, Sequence[Any]]


def variants(
    scenarios: Selections, options: Selections, overrides: Changes, sweep: Sweep
) -> Iterator[Variant]:
    """Yield every variant, scenario by scenario; see `PRECEDENCE`."""
    chances = probabilities(scenarios)
    swept = list(_swept(sweep))
    for name in scenarios or ("base",):
        for words, laid in swept:
            for option in options or ("base",):
                yield Variant(
                    scenario=", ".join([name, *words]),
                    option=option,
                    title=", ".join([_title(scenarios, name), *words]),
                    overrides=(
                        *laid,
                        *_named(scenarios, name, overrides),
                        *_named(options, option, overrides),
                    ),
                    probability=chances[name] / len(swept) if chances else None,
                )


def titles(selections: Selections) -> dict[str, str]:
    """Return the title of each scenario or option by its name."""
    return {name: _title(selections, name) for name in selections or ("base",)}


def probabilities(scenarios: Selections) -> dict[str, float]:
    """Return the probability of each scenario; of none, if none is given."""
    given = {name: each.probability for name, each in scenarios.items() if each.probability is not None}
    if given:
        return {name: share_of(stated) for name, stated in given.items()}
    weights = {name: each.weight for name, each in scenarios.items() if each.weight is not None}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()} if total else {}


def weighting_in_words(scenarios: Selections, origin: str) -> str:
    """Say what the scenarios are counted by, and where that comes from; nothing where nothing counts them."""
    kinds = [kind for kind in ("probability", "weight") for each in scenarios.values() if getattr(each, kind)]
    if not kinds:
        return ""
    words = {"probability": "probabilities", "weight": "weights"}[kinds[0]]
    return f"{words} ({origin})" if origin else words


def share_of(stated: float | str) -> float:
    """Return a share written as 0.25 or 25%.

    Raises
    ------
    InnosiError
        If it is no one share.
    """
    from innosi.models.distributions import parse_distribution

    found = parse_distribution(stated, kind="share")
    if not found.is_constant:
        raise InnosiError(f"'{stated}' is no one probability", mend="write 25% or 0.25")
    return found.mean


def variant_problems(
    scenarios: Selections, options: Selections, overrides: Changes, sweep: Sweep
) -> Iterator[Problem]:
    """Yield what is wrong with scenarios, options and what is swept, each with its key."""
    for group, selections in (("scenarios", scenarios), ("options", options)):
        for name, selection in selections.items():
            for override in selection.overrides:
                if override not in overrides:
                    yield (group, name), f"there is no override '{override}'{nearest(override, overrides)}"
    yield from _chance_problems(scenarios, options)
    yield from _sweep_problems(sweep, overrides, [*scenarios.values(), *options.values()])
    n_experiments = max(len(scenarios), 1) * max(len(options), 1)
    for values in sweep.values():
        n_experiments *= max(len(values), 1)
    if n_experiments > MAX_EXPERIMENTS:
        yield ("sweep",), f"makes {n_experiments:,} experiments, more than {MAX_EXPERIMENTS:,}; sweep fewer"


def _chance_problems(scenarios: Selections, options: Selections) -> Iterator[Problem]:
    for name, option in options.items():
        if option.probability is not None or option.weight is not None:
            yield ("options", name), "an option is decided, and has no probability; take it away"
    problems = list(_impossible_chances(scenarios))
    yield from problems
    stated = [name for name, each in scenarios.items() if each.probability is not None]
    weighted = [name for name, each in scenarios.items() if each.weight is not None]
    without = [name for name in scenarios if name not in {*stated, *weighted}]
    if stated and weighted:
        yield ("scenarios", weighted[0]), "has a weight where others have a probability; keep one kind"
    elif without and (stated or weighted):
        yield ("scenarios", without[0]), "has no probability or weight, but others have; give it one"
    elif not problems:
        yield from _sum_problems(scenarios, stated, weighted)


def _impossible_chances(scenarios: Selections) -> Iterator[Problem]:
    for name, each in scenarios.items():
        if each.probability is not None:
            try:
                share_of(each.probability)
            except InnosiError as error:
                yield ("scenarios", name, "probability"), error.message


def _sum_problems(scenarios: Selections, stated: Sequence[str], weighted: Sequence[str]) -> Iterator[Problem]:
    total = sum(share_of(scenarios[name].probability or 0.0) for name in stated)
    if stated and abs(total - 1) > 1e-9:
        yield ("scenarios",), f"the probabilities add up to {total:.6g}; make them add up to 1"
    if weighted and not sum(scenarios[name].weight or 0 for name in weighted):
        yield ("scenarios",), "all weights are 0; give one above 0"


def _sweep_problems(
    sweep: Sweep, overrides: Changes, selections: Sequence[SelectionSection]
) -> Iterator[Problem]:
    used = [name for selection in selections for name in selection.overrides if name in overrides]
    for key, values in sweep.items():
        place: KeyPath = ("sweep", key)
        if len(values) < 2:
            yield place, "has less than two values; give a list such as [2%, 3%, 5%]"
        if len({json.dumps(value, sort_keys=True) for value in values}) < len(values):
            yield place, "has a value twice; keep one"
        for name in used:
            if any(_overlap(key, each) for each in overrides[name]):
                yield (
                    place,
                    f"is swept, but override {name} has the last word on it; take it from one of them",
                )


def _overlap(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _swept(sweep: Sweep) -> Iterator[tuple[list[str], tuple[Override, ...]]]:
    """Yield each combination of what is swept: in words, and as overrides."""
    for numbers in product(*(range(len(values)) for values in sweep.values())):
        words, laid = [], []
        for (key, values), number in zip(sweep.items(), numbers, strict=True):
            value = values[number]
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            words.append(f"{key}={text}")
            laid.append(Override(f"sweep {key}={text}", {key: value}, {key: ("sweep", key, number)}))
        yield words, tuple(laid)


def _named(selections: Selections, name: str, overrides: Changes) -> Iterator[Override]:
    for each in selections[name].overrides if name in selections else ():
        yield Override(each, overrides[each], {key: ("overrides", each, key) for key in overrides[each]})


def _title(selections: Selections, name: str) -> str:
    if name not in selections:
        return "Base case"
    return selections[name].title or name.replace("_", " ")


def notes_on(scenarios: Selections, options: Selections, overrides: Changes) -> Iterator[str]:
    """Say which overrides nothing uses, and where an option has the last word over a scenario."""
    used = {name for selection in (*scenarios.values(), *options.values()) for name in selection.overrides}
    for name in sorted(set(overrides) - used):
        yield f"override {name}: no scenario or option uses it"
    for option_name, option in options.items():
        decided = {key for name in option.overrides for key in overrides[name]}
        for scenario_name, scenario in scenarios.items():
            for key in sorted(decided & {key for name in scenario.overrides for key in overrides[name]}):
                yield f"{key}: option {option_name} has the last word over scenario {scenario_name}"
