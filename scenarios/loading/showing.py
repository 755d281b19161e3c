"""What a scenario under an option comes to, as a file, and where each value in it is from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.variants import PRECEDENCE
from innosi.scenarios.scenario_set import Experiment, ScenarioSet

_KEPT = ("description", "model", "currency", "price_year", "conversion", "seed", "draws", "sampling")
_DRAWN_TOGETHER = "correlations"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two experiments do not have alike; an empty text where one has none."""

    key: str
    there: str
    here: str
    origin: str


def origin_of(key: str, origins: Mapping[str, str]) -> str:
    """Return the override that a value comes from, or part of it; the empty text for the base."""
    above = next((name for known, name in origins.items() if f"{key}.".startswith(f"{known}.")), "")
    return next((name for known, name in origins.items() if known.startswith(f"{key}.")), above)


def place_of(document: Document, path: KeyPath, origins: Mapping[str, str]) -> str:
    """Say where a value comes from: file, line, and the override that has the last word on it."""
    line, source = document.line_of(path), document.source_of(path)
    override = origin_of(".".join(map(str, path)), origins)
    where = f"line {line}" if line else "not in the file"
    return ", ".join(filter(None, [override or "base", f"{source} {where}".strip()]))


def resolved_file(scenarios: ScenarioSet, experiment: Experiment, document: Document) -> str:
    """Return a scenario file that holds this experiment alone, each value with where it comes from.

    It reads as a scenario file, and gives the same numbers: nothing is overridden, swept or imported in it.

    Parameters
    ----------
    document : Document
        The scenario file, with what it imports.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    resolved = experiment.resolved
    written = CommentedMap({"title": f"{scenarios.title}: {experiment.scenario}, {experiment.option}"})
    written.update(
        {key: document.data[key] for key in (*_KEPT, _DRAWN_TOGETHER) if document.data.get(key) is not None}
    )
    written["base"] = _commented(resolved.document.data, (), resolved.document, resolved.origins)
    precedence = "\n".join(f"{number}. {words}" for number, words in enumerate(PRECEDENCE, start=1))
    written.yaml_set_start_comment(
        f"Resolved from {scenarios.source}: scenario {experiment.scenario}, option {experiment.option}.\n"
        f"Each line says where its value comes from. The last of these has the last word:\n{precedence}"
    )
    yaml, text = YAML(), StringIO()
    yaml.width, yaml.allow_unicode = 100_000, True
    yaml.dump(written, text)
    return text.getvalue()


def _commented(data: Any, path: KeyPath, document: Document, origins: Mapping[str, str]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    if not isinstance(data, Mapping):
        return data
    made = CommentedMap()
    for key, value in data.items():
        below = (*path, key)
        is_plain = not isinstance(value, Mapping) or not value
        made[key] = _commented(value, below, document, origins)
        if is_plain:
            made.yaml_add_eol_comment(place_of(document, below, origins), key)
    return made


def differences(experiment: Experiment, other: Experiment) -> Iterator[Difference]:
    """Yield every value that an experiment has and another has not so."""
    here, there = (dict(_leaves(each.resolved.document.data, ())) for each in (experiment, other))
    for path in dict.fromkeys((*here, *there)):
        if here.get(path) != there.get(path):
            document, origins = experiment.resolved.document, experiment.resolved.origins
            origin = place_of(document, path, origins) if path in here else ""
            key = ".".join(map(str, path))
            yield Difference(key, _text(there.get(path)), _text(here.get(path)), origin)


def _leaves(data: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path, data


def _text(value: Any) -> str:
    return "" if value is None else str(value)
