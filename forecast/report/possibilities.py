"""What may happen, and what moves from year to year, as the report says it."""

from collections.abc import Iterator
from dataclasses import dataclass

from innosi.models.value_map import ValueMap
from innosi.scenarios.scenario_set import Experiment

_MOVES = {
    "trend": "a trend of {} a year",
    "shock": "a shock of {} each year",
    "persistence": "{} of it stays",
}


@dataclass(frozen=True, slots=True)
class Possibility:
    """An event or a series, in words."""

    title: str
    how_likely: str
    when: str
    changes: tuple[str, ...]


def possibilities(experiment: Experiment) -> list[Possibility]:
    """Return the events and the series of a value map; none of another model."""
    model = experiment.model
    if not isinstance(model, ValueMap):
        return []
    return [*_events(experiment, model), *_series(experiment, model)]


def _events(experiment: Experiment, model: ValueMap) -> Iterator[Possibility]:
    for name, event in model.events.items():
        stem = f"events.{name}"
        lasts = f"for {_stated(experiment, f'{stem}.duration')} years" if event.lasts else "to the end"
        changed = [
            *((f"outcomes.{each}", model.outcomes[each].title or each) for each in event.outcomes),
            *((f"inputs.{each}", model.inputs[each].title or each) for each in event.inputs),
        ]
        yield Possibility(
            event.title,
            _stated(experiment, f"{stem}.probability"),
            f"from year {_stated(experiment, f'{stem}.year')}, {lasts}",
            tuple(f"{title}: {_stated(experiment, f'{stem}.effects.{key}')}" for key, title in changed),
        )


def _series(experiment: Experiment, model: ValueMap) -> Iterator[Possibility]:
    for name, series in model.series.items():
        parts = [
            words.format(_stated(experiment, f"series.{name}.{each}"))
            for each, words in _MOVES.items()
            if f"series.{name}.{each}" in experiment.estimates
        ]
        titles = tuple(model.outcomes[each].title or each for each in series.outcomes)
        yield Possibility(series.title, "always", "; ".join(parts), titles)


def _stated(experiment: Experiment, key: str) -> str:
    return str(experiment.estimates[key].stated)
