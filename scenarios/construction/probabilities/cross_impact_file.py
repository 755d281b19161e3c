"""The file of a probabilistic cross-impact analysis: events, descriptors, and their effects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.models.estimates import Estimate
from innosi.scenarios.construction.construction_file import ConstructionFile, StateSection
from innosi.scenarios.construction.probabilities.effect_cells import (
    KINDS,
    Cell,
    Kind,
    cells_in_table,
    effects_from,
)
from innosi.scenarios.construction.probabilities.factors import HAPPENS, OTHERWISE, Beliefs, Factor
from innosi.scenarios.construction.settings import Settings
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.estimates import Count, EstimateReading, Share
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Section, validate


def _cell(found: Any) -> Any:
    """A bare value is for where the acting event happens."""
    is_written_out = isinstance(found, Mapping) and not {HAPPENS, OTHERWISE}.isdisjoint(found)
    return found if is_written_out else {HAPPENS: found}


class ConditionalSection(Section):
    """How likely something is where an event happens, and where it does not."""

    happens: Share
    """Its probability where the event happens; a bare value stands for this."""
    otherwise: Share | None = None
    """Its probability where the event does not happen."""


class MultiplierSection(Section):
    """What the odds of an event are multiplied by where another happens, and where it does not."""

    happens: Count
    """The multiplier where it happens; a bare value stands for this."""
    otherwise: Count | None = None
    """The multiplier where it does not happen."""


class EventSection(Section):
    """Something that happens or does not."""

    title: str = ""
    """The event in words; by default its name."""
    description: str = ""
    """What counts as its happening."""
    probability: Share
    """How likely it is by itself; of a distribution or a Delphi judgement the mean is taken."""
    year: int | None = None
    """By which year it happens, if not by the file's `horizon`."""
    overrides: dict[str, Any] = Field(default_factory=dict)
    """What it sets in the scenario file's base where it happens, such as `inputs.grant.amount: €20k`."""
    otherwise: dict[str, Any] = Field(default_factory=dict)
    """What is set where it does not happen."""


class ProbableStateSection(StateSection):
    """A state that a descriptor may have, with its probability."""

    probability: Share
    """How likely it is; the probabilities of a descriptor's states add up to 100 %."""


class ProbableDescriptorSection(Section):
    """Something that may become one of several things."""

    title: str = ""
    """The descriptor in words; by default its name."""
    description: str = ""
    """What it stands for."""
    states: dict[Name, ProbableStateSection] = Field(min_length=2)
    """What may become of it."""


class MatrixSection(Section):
    """Effects in a CSV or XLSX file: the row acts on the column; labels are names, or `descriptor=state`."""

    file: str
    """The file, seen from this one."""
    holds: Literal["conditional", "odds_multipliers", "ratios"]
    """What its cells are."""
    otherwise: str | None = None
    """A file of the same form, for where the event of the row does not happen."""


class CrossImpactFile(ConstructionFile):
    """A probabilistic cross-impact analysis."""

    method: Literal["cross_impact"]
    """`cross_impact`."""
    horizon: int | None = None
    """The year by which events happen or do not."""
    events: dict[Name, EventSection] = Field(default_factory=dict)
    """What may happen or not."""
    descriptors: dict[Name, ProbableDescriptorSection] = Field(default_factory=dict)
    """What may become one of several things; for the joint distribution only."""
    conditional: dict[str, dict[str, Annotated[ConditionalSection, BeforeValidator(_cell)]]] | None = None
    """Of each event (or `descriptor=state`) the probability of others where it happens: P(other | this)."""
    odds_multipliers: dict[str, dict[str, Annotated[MultiplierSection, BeforeValidator(_cell)]]] | None = None
    """In the place of `conditional`: what each event multiplies the odds of others by; 1 changes nothing."""
    ratios: dict[str, dict[str, Count]] | None = None
    """In the place of both: P(this and other) / (P(this) P(other)), once for each pair; 1 is independent."""
    matrix: MatrixSection | None = None
    """In the place of all three: the same in a file."""
    pairs_left_out: Literal["no_direct_effect"] | None = None
    """Must be given where a pair is left out: that neither acts on the other but by way of third ones."""
    combinations: dict[Name, dict[str, str]] = Field(default_factory=dict)
    """What scenarios of a scenario file stand for, for `weigh`: `{land: secured, funding_cut: happens}`."""


@dataclass(frozen=True)
class CrossImpact:
    """A cross-impact analysis as its file says it.

    Attributes
    ----------
    beliefs : Beliefs
    kind : str
        How effects are written.
    combinations : mapping of name to states by factor, both by number
    settings : Settings
        What each state sets, by `factor-state`.
    spreads : mapping of key to estimate
        The judgements of which the mean was taken.
    """

    title: str
    beliefs: Beliefs
    kind: Kind
    horizon: int | None = None
    combinations: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    settings: Settings = field(default_factory=dict)
    spreads: Mapping[str, Estimate] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        n_events = sum(each.is_event for each in self.beliefs.factors)
        n_others = len(self.beliefs.factors) - n_events
        counted = ((n_events, "events"), (n_others, "descriptors"), (len(self.beliefs.effects), "effects"))
        said = ", ".join(f"{n} {words}" for n, words in counted if n)
        return f"a sound cross-impact analysis, {said}, {self.beliefs.n_combinations:,} combinations"


def cross_impact_from(document: Document) -> CrossImpact:
    """Return what a cross-impact file means.

    Raises
    ------
    InputFaults
        If anything in it is wrong: every fault with its line and key.
    """
    reading = EstimateReading(document.folder)
    section = validate(CrossImpactFile, document, context={"reading": reading})
    faults = [located(document, key, problem) for key, problem in _problems(section)]
    kind = _kind(section)
    if faults or kind is None:
        raise InputFaults(document.source, faults)
    factors = tuple(_factors(section))
    cells, more = _cells(section, document, reading)
    effects, rest = effects_from(
        factors,
        cells,
        kind,
        is_complete=section.pairs_left_out is None and not more,
        at=_place_of_kind(section, document),
    )
    combinations, last = _combinations(section, Beliefs(factors), document)
    faults = [*more, *rest, *last]
    if faults:
        raise InputFaults(document.source, sorted(faults, key=lambda each: each.line or 0))
    spreads = {
        f"P({name})": each.probability
        for name, each in section.events.items()
        if not each.probability.distribution.is_constant
    }
    return CrossImpact(
        section.title,
        Beliefs(factors, effects),
        kind,
        section.horizon,
        combinations,
        _settings(section),
        spreads,
    )


def _given(section: CrossImpactFile) -> list[str]:
    return [name for name in (*KINDS, "matrix") if getattr(section, name) is not None]


def _kind(section: CrossImpactFile) -> Kind | None:
    found = _given(section)
    if not found:
        return None
    return section.matrix.holds if section.matrix else found[0]  # type: ignore[return-value] # one of KINDS


def _problems(section: CrossImpactFile) -> Iterator[tuple[KeyPath, str]]:
    if len(section.events) + len(section.descriptors) < 2:
        yield (("events",), "needs two events or descriptors at least; add them under `events`")
    for name in section.events.keys() & section.descriptors.keys():
        yield (("descriptors", name), f"'{name}' is an event too; rename one of them")
    for name, event in section.events.items():
        yield from _not_open(("events", name, "probability"), event.probability)
    for name, descriptor in section.descriptors.items():
        place: KeyPath = ("descriptors", name, "states")
        for state, each in descriptor.states.items():
            yield from _not_open((*place, state, "probability"), each.probability)
        total = sum(each.probability.distribution.mean for each in descriptor.states.values())
        if abs(total - 1) > 1e-6:
            yield (place, f"the probabilities add up to {100 * total:.4g} %; they must make 100 %")
    found = _given(section)
    if not found:
        yield (("conditional",), "is missing; give it, `odds_multipliers`, `ratios` or `matrix`")
    for name in found[1:]:
        yield ((name,), f"stands beside {found[0]}; keep one of them")


def _not_open(key: KeyPath, estimate: Estimate) -> Iterator[tuple[KeyPath, str]]:
    mean = estimate.distribution.mean
    if not 0 < mean < 1:
        what = "certain" if mean else "impossible"
        yield (key, f"is {100 * mean:g} %: what is {what} needs no analysis; leave it out, or give 1% .. 99%")


def _factors(section: CrossImpactFile) -> Iterator[Factor]:
    for name, event in section.events.items():
        yield Factor.event(name, event.probability.distribution.mean, event.title)
    for name, descriptor in section.descriptors.items():
        states = descriptor.states
        words = tuple(each.title or state.replace("_", " ") for state, each in states.items())
        shares = [each.probability.distribution.mean for each in states.values()]
        total = sum(shares)
        yield Factor(
            name,
            descriptor.title or name.replace("_", " "),
            tuple(states),
            words,
            tuple(share / total for share in shares),
            is_event=False,
        )


def _place_of_kind(section: CrossImpactFile, document: Document) -> Fault:
    """Where effects stand, for what is said of all of them."""
    return located(document, (_given(section)[0],), "")


def _cells(
    section: CrossImpactFile, document: Document, reading: EstimateReading
) -> tuple[list[Cell], list[Fault]]:
    if section.matrix is not None:
        return _cells_of_files(section.matrix, document, reading)
    kind = _given(section)[0]
    found: list[Cell] = []
    for given, row in getattr(section, kind).items():
        for target, cell in row.items():
            key: KeyPath = (kind, given, target)
            fault = located(document, key, "")
            if isinstance(cell, Estimate):
                found.append(Cell(given, target, cell.distribution.mean, key, fault))
                continue
            for is_not, estimate in enumerate((cell.happens, cell.otherwise)):
                if estimate is not None:
                    mean = estimate.distribution.mean
                    found.append(Cell(given, target, mean, key, fault, is_otherwise=bool(is_not)))
    return found, []


def _cells_of_files(
    matrix: MatrixSection, document: Document, reading: EstimateReading
) -> tuple[list[Cell], list[Fault]]:
    cells: list[Cell] = []
    faults: list[Fault] = []
    for key, name in (("file", matrix.file), ("otherwise", matrix.otherwise)):
        if name is None:
            continue
        try:
            found, more = cells_in_table(
                document.folder / name, matrix.holds, reading, source=name, is_otherwise=key == "otherwise"
            )
        except InnosiError as error:
            faults.append(located(document, ("matrix", key), f"{name}: {error.message}"))
            continue
        cells += found
        faults += more
    return cells, faults


def _combinations(
    section: CrossImpactFile, beliefs: Beliefs, document: Document
) -> tuple[dict[str, dict[int, int]], list[Fault]]:
    found: dict[str, dict[int, int]] = {}
    faults = []
    for name, states in section.combinations.items():
        found[name] = {}
        for factor, state in states.items():
            try:
                place, number = beliefs.place_of(factor, state)
                found[name][place] = number
            except InnosiError as error:
                faults.append(located(document, ("combinations", name, factor), error.message))
    return found, faults


def _settings(section: CrossImpactFile) -> dict[str, tuple[Mapping[str, Any], KeyPath]]:
    found: dict[str, tuple[Mapping[str, Any], KeyPath]] = {}
    for name, event in section.events.items():
        found[f"{name}-{HAPPENS}"] = event.overrides, ("events", name, "overrides")
        found[f"{name}-{OTHERWISE}"] = event.otherwise, ("events", name, "otherwise")
    for name, descriptor in section.descriptors.items():
        for state, each in descriptor.states.items():
            found[f"{name}-{state}"] = each.overrides, ("descriptors", name, "states", state, "overrides")
    return {name: each for name, each in found.items() if each[0]}
