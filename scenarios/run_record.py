"""What a run came to, in a small file: its inputs, its figures, and where they come from."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any

from innosi.models.errors import InnosiError
from innosi.scenarios.results import Results
from innosi.scenarios.scenario_set import Experiment
from innosi.scenarios.summaries.summary import Figure
from innosi.scenarios.writing import write_text

FORMAT = "innosi-results/1"
_TEXTS = ("title", "description", "stakeholders", "activities", "note", "source", "evidence")
NAME = "results.json"
"""What the file is called in a run's folder."""


@dataclass(frozen=True)
class ExperimentRecord:
    """One scenario under one option: what was believed about each number, and what came out.

    Attributes
    ----------
    inputs : mapping of dotted key to text
        The distribution of each number, and what else makes the model what it is.
    figures : mapping of output to Figure
    units : mapping of output to unit
    """

    scenario: str
    option: str
    inputs: Mapping[str, str]
    figures: Mapping[str, Figure]
    units: Mapping[str, str]


@dataclass(frozen=True)
class RunRecord:
    """A run as it is written down.

    Attributes
    ----------
    place : Path
        The file, or the folder of the run.
    provenance : mapping
    experiments : tuple of ExperimentRecord
    """

    place: Path
    title: str
    currency: str
    provenance: Mapping[str, Any]
    experiments: tuple[ExperimentRecord, ...]

    @property
    def settings(self) -> dict[str, Any]:
        """What its draws depend on beside the inputs."""
        return {key: self.provenance.get(key) for key in ("seed", "sampling", "draws", "innosi")}


def write_record(results: Results, path: Path) -> None:
    """Write what a run came to."""
    record = {
        "format": FORMAT,
        "title": results.scenarios.title,
        "currency": results.scenarios.currency,
        "provenance": results.provenance(),
        "experiments": [_as_data(results, each) for each in results.scenarios.experiments],
    }
    write_text(path, json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False))


def read_record(path: Path) -> RunRecord:
    """Return what a run came to, from its file or from the folder that it was made in.

    Raises
    ------
    InnosiError
        If there is none, or it is not one of ours.
    """
    file = path / NAME if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        mend = "finish the run first: the same command goes on with it" if path.is_dir() else "check the name"
        raise InnosiError(f"there are no results here ({file.name})", mend=mend, where=str(path)) from None
    except (OSError, ValueError) as error:
        raise InnosiError(f"cannot be read as results ({error})", mend=_AGAIN, where=str(path)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InnosiError(f'does not say "format": "{FORMAT}"', mend=_AGAIN, where=str(path))
    experiments = tuple(_from_data(each) for each in data["experiments"])
    return RunRecord(path, data["title"], data["currency"], data["provenance"], experiments)


_AGAIN = "make it by `innosi run FILE --results results.json`, or `--to FOLDER`"


def _as_data(results: Results, experiment: Experiment) -> dict[str, Any]:
    pair = experiment.scenario, experiment.option
    figures = {name: asdict(results.figure(name, *pair)) for name in experiment.model.outputs}
    return {
        "scenario": experiment.scenario,
        "option": experiment.option,
        "inputs": dict(_inputs(experiment)),
        "figures": {
            name: {key: _plain(value) for key, value in figure.items()} for name, figure in figures.items()
        },
        "units": {name: output.unit for name, output in experiment.model.outputs.items()},
    }


def _inputs(experiment: Experiment) -> Iterator[tuple[str, str]]:
    """Yield every number by its distribution, and what else the base says that is no mere text."""
    for key, estimate in experiment.estimates.items():
        if not estimate.is_chance:
            yield key, str(estimate.distribution)
    yield from _settings(experiment.resolved.document.data, "", experiment.estimates)


def _settings(data: Any, key: str, estimates: Collection[str]) -> Iterator[tuple[str, str]]:
    if key in estimates or key.rpartition(".")[2] in _TEXTS:
        return
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _settings(value, f"{key}.{name}" if key else str(name), estimates)
    else:
        yield key, data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


def _from_data(data: Mapping[str, Any]) -> ExperimentRecord:
    figures = {
        name: Figure(**{key: _number(value) for key, value in figure.items()})
        for name, figure in data["figures"].items()
    }
    return ExperimentRecord(data["scenario"], data["option"], data["inputs"], figures, data["units"])


def _plain(value: float) -> float | str | None:
    if isfinite(value):
        return value
    return None if value != value else str(value)  # noqa: PLR0124 - NaN is what is not itself


def _number(value: float | str | None) -> Any:
    if value is None:
        return nan
    return {"inf": inf, "-inf": -inf}[value] if isinstance(value, str) else value
