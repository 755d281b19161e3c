"""The `base` of a scenario file whose model is a Python function: `python:module:function`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from pydantic import Field, TypeAdapter, create_model

from innosi.models.distributions import Kind
from innosi.models.errors import ModelError
from innosi.models.estimates import Estimate
from innosi.models.model import Model
from innosi.models.python_model import Input, PythonModel
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.estimates import (
    Count,
    EstimateReading,
    Money,
    Rate,
    Share,
    Years,
    read_estimate,
)
from innosi.scenarios.loading.python_import import PATTERN, PREFIX, ModelReference, fingerprint
from innosi.scenarios.loading.validation import Section, nearest
from innosi.scenarios.loading.value_map_file import ValueMapReader

_KINDS: Mapping[Kind, Any] = {"number": Count, "share": Share, "rate": Rate, "money": Money, "years": Years}
_VALUE_MAP_NAME, _VALUE_MAP = "value_map", ValueMapReader()
DEFAULT_SOURCE = "the model's default"


class Reader(Protocol):
    """What reads the `base` of a model."""

    @property
    def section(self) -> type[Section]:
        """The keys that the base may have."""
        ...

    def problems(self, base: Any) -> Iterator[tuple[KeyPath, str]]:
        """Yield what is wrong between the parts of a base, each with its key."""
        ...

    def build(self, base: Any, currency: str) -> tuple[Model, dict[str, Estimate]]:
        """Return the model and, by dotted key, the estimate of every number in it."""
        ...


def reader_of(model_name: str, folder: Path) -> Reader:
    """Return what reads the base of a model: `value_map`, or `python:module:function`.

    A Python module is imported, which runs its code; the scenario file's folder is looked in first.

    Raises
    ------
    ModelError
        If there is no such model, or its module cannot be imported.
    """
    if model_name == _VALUE_MAP_NAME:
        return _VALUE_MAP
    if not model_name.startswith(PREFIX):
        meant = nearest(model_name, [_VALUE_MAP_NAME])
        own = "" if meant.endswith("?") else "one of your own is written python:module:function"
        raise ModelError(f"there is no model '{model_name}'{meant}", mend=own)
    reference = ModelReference.parse(model_name, folder)
    return _python_reader(reference(), reference)


@lru_cache(maxsize=16)
def _python_reader(declared: PythonModel, reference: ModelReference) -> "PythonModelReader":
    return PythonModelReader(declared, reference)


class PythonModelReader:
    """Makes a PythonModel and its estimates from a base: a map from the name of each input to its number."""

    def __init__(self, declared: PythonModel, reference: ModelReference) -> None:
        code = {"code": str(reference), "code_sha256": fingerprint(reference)}
        self.model = replace(declared, name=str(reference), origin=reference, provenance=code)
        self._fields = {f"input_{i}": name for i, name in enumerate(declared.inputs)}
        self.section = _section_of(self.model, self._fields)

    def problems(self, base: Section) -> Iterator[tuple[KeyPath, str]]:  # noqa: ARG002 - as every reader's
        """Yield nothing: the numbers of a function stand beside each other."""
        yield from ()

    def build(self, base: Section, currency: str) -> tuple[PythonModel, dict[str, Estimate]]:
        """Return the model, and the estimate of every input: the file's, else the model's default."""
        reading = EstimateReading(Path(), currency)
        estimates = {
            name: getattr(base, field) or _default(self.model.inputs[name], reading)
            for field, name in self._fields.items()
        }
        return self.model, estimates


def _section_of(model: PythonModel, fields: Mapping[str, str]) -> type[Section]:
    """Return the section of a model's inputs; each field goes by the input's name, whatever that is."""
    made: dict[str, Any] = {}
    for field, name in fields.items():
        given = model.inputs[name]
        about = f"{given.title}, in {given.unit}." if given.unit else f"{given.title}."
        if given.default is None:
            made[field] = (_KINDS[given.kind], Field(alias=name, description=about))
        else:
            made[field] = (_KINDS[given.kind] | None, Field(default=None, alias=name, description=about))
    return create_model(model.function_name, __base__=Section, **made)


def _default(given: Input, reading: EstimateReading) -> Estimate:
    return replace(read_estimate(given.default, given.kind, reading), source=DEFAULT_SOURCE)


def model_schemas(schema: dict[str, Any]) -> None:
    """Put into a scenario file's JSON Schema which models there are, and what each one's base may hold."""
    base = ValueMapReader.section.model_json_schema(ref_template="#/$defs/{model}")
    schema["$defs"] |= base.pop("$defs", {}) | {_VALUE_MAP_NAME: base, "python_model": _python_base_schema()}
    models = [{"enum": [_VALUE_MAP_NAME]}, {"type": "string", "pattern": PATTERN}]
    properties = schema["properties"]
    properties["model"] = {**properties["model"], "anyOf": models}
    is_value_map = {"properties": {"model": {"const": _VALUE_MAP_NAME}}}
    then, otherwise = (
        {"properties": {"base": {"$ref": f"#/$defs/{name}"}}} for name in (_VALUE_MAP_NAME, "python_model")
    )
    schema |= {"if": is_value_map, "then": then, "else": otherwise}


def _python_base_schema() -> dict[str, Any]:
    number = TypeAdapter(Count).json_schema()
    title = "The numbers of a function of one's own, by the names of its inputs."
    return {"description": title, "type": "object", "additionalProperties": number}
