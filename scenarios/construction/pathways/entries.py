"""What entries of pathway files are made of: lists that may be one name, weights, percentages."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.construction_file import Text
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.loading.validation import Problem, Section
from innosi.scenarios.loading.variants import Weight


class EntryError(InnosiError, ValueError):
    """A value in a pathway's file that cannot be read."""


def _listed(found: Any) -> Any:
    return [] if found is None else [found] if isinstance(found, str) else found


Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=Text | list[Text])]
"""Some texts, or a single one."""
Amount = Annotated[float, Field(allow_inf_nan=False)]
Overrides = dict[str, Any]


def as_share(found: Any) -> float:
    """Return a share from 0 to 1, written as `35%` or 0.35.

    Raises
    ------
    EntryError
        If it is neither.
    """
    text = str(found).strip()
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if isinstance(found, bool) or not 0 <= value <= 1:
        raise EntryError(f"found {found!r}", mend="write a share from 0% to 100%, such as 35%")
    return value


Share = Annotated[float, BeforeValidator(as_share, json_schema_input_type=float | str)]


class ScenarioOfEntries(Section):
    """A scenario made of chosen entries."""

    title: Text
    """The scenario in a few words."""
    description: str = ""
    """What a reader must know of it."""
    weight: Weight | None = None
    """How much it counts beside the others; all scenarios have one, or none has."""


def weight_problems(scenarios: Mapping[str, ScenarioOfEntries]) -> list[Problem]:
    """Return which scenarios have no weight although others have one."""
    weighted = [name for name, each in scenarios.items() if each.weight is not None]
    bare = [name for name in scenarios if name not in weighted]
    if not weighted or not bare:
        return []
    return [
        (("scenarios", name), f"has no weight, but '{weighted[0]}' has one; give all one, or none")
        for name in bare
    ]


def named_scenarios(scenarios: Sequence[ConstructedScenario], source: str) -> Sequence[ConstructedScenario]:
    """Return the scenarios that a file names.

    Raises
    ------
    InputFaults
        If it names none.
    """
    if not scenarios:
        problem = "is missing; name the scenarios that are to be written"
        raise InputFaults(source, [Fault(problem, key="scenarios", line=1)])
    return scenarios
