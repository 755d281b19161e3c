"""Reading a scenario file into a ScenarioSet, or telling all that is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, field_validator

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.models.estimates import Estimate
from innosi.scenarios.loading.conversion import ConversionSection, Converter
from innosi.scenarios.loading.document import Document, KeyPath, read_document
from innosi.scenarios.loading.estimates import EstimateReading
from innosi.scenarios.loading.imports import located, with_imports
from innosi.scenarios.loading.python_model_file import model_schemas, reader_of
from innosi.scenarios.loading.resolving import Override, Resolved, resolve
from innosi.scenarios.loading.sampling_section import (
    CorrelationsSection,
    HowMany,
    Sampling,
    correlation_problems,
    correlations_of,
    precision_of,
)
from innosi.scenarios.loading.trying_out import notes_of, tried_out
from innosi.scenarios.loading.validation import Name, Section, validate
from innosi.scenarios.loading.variants import (
    SelectionSection,
    Variant,
    notes_on,
    titles,
    variant_problems,
    variants,
    weighting_in_words,
)
from innosi.scenarios.scenario_set import Experiment, ScenarioSet

Found = TypeVar("Found")


class ScenarioFile(Section):
    """A scenario file: a base case, and the scenarios and options that change it."""

    title: str
    """The study in a line."""
    description: str = ""
    """What a reader should know first."""
    model: str
    """The model that computes the outcomes: `value_map`, or one's own as `python:module:function`."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """The one currency of every amount, such as EUR."""
    price_year: int | None = Field(default=None, ge=1900, le=2200)
    """The year in whose prices the amounts are given."""
    conversion: ConversionSection | None = None
    """At which rates amounts in other currencies, and in prices of other years, are converted."""
    seed: int = 0
    """Any whole number; the same seed gives the same draws."""
    draws: HowMany = 10_000
    """How many draws are made of every uncertain number; `auto` for as many as it takes."""
    sampling: Sampling = "monte_carlo"
    """How the draws are spread: at random, in strata, or evenly."""
    correlations: CorrelationsSection | None = None
    """Which numbers rise and fall together."""
    base: dict[str, Any]
    """The base case; its keys are those of the model."""
    overrides: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    """Named changes to the base: dotted key to new value."""
    sweep: dict[str, list[Any]] = Field(default_factory=dict)
    """Dotted keys of the base, each with the values that it takes in turn."""
    scenarios: dict[Name, SelectionSection] = Field(default_factory=dict)
    """How the world may turn out. Without any there is one scenario, `base`."""
    weighting: str = ""
    """Where the scenarios' weights come from, in words: a workshop, a panel; shown wherever they count."""
    options: dict[Name, SelectionSection] = Field(default_factory=dict)
    """What may be decided. Without any there is one option, `base`."""

    @field_validator("scenarios", "options", mode="before")
    @classmethod
    def _short_form(cls, found: Any) -> Any:
        """A list of overrides stands for a selection without a title."""
        if not isinstance(found, Mapping):
            return found
        return {
            key: {"overrides": value or []} if value is None or isinstance(value, list) else value
            for key, value in found.items()
        }


def load_scenarios(path: Path) -> ScenarioSet:
    """Read a scenario file.

    Raises
    ------
    InnosiError
        If the file, or a file that it names, cannot be read.
    InputFaults
        If anything in it is wrong: every fault with its line and key.
    """
    return scenarios_from(read_document(path))


def load_with_document(path: Path) -> tuple[ScenarioSet, Document]:
    """Read a scenario file, and give back its document too, with what it imports; see `load_scenarios`."""
    document = with_imports(read_document(path))
    return scenarios_from(document), document


def scenarios_from(document: Document) -> ScenarioSet:
    """Return the ScenarioSet that a document describes; see `load_scenarios`."""
    if "questions" in document.data and "base" not in document.data:
        raise InnosiError(
            "is a study file, not a scenario file", mend="see `innosi delphi --help`", where=document.source
        )
    if "method" in document.data and "base" not in document.data:
        raise InnosiError(
            f"is a file of `innosi build` (method: {document.data['method']}), not a scenario file",
            mend="its command writes one with `--to scenarios.yaml`: see `innosi build --help`",
            where=document.source,
        )
    document = with_imports(document)
    file = validate(ScenarioFile, document)
    _raise(document, list(_selection_faults(file, document)))
    converter = Converter(file.currency, file.price_year, file.conversion or ConversionSection())
    reading = EstimateReading(document.folder, file.currency, converter)
    base = _experiment(file, _resolved(document, ()), Variant("base", "base", "Base case", ()), reading)
    faults: dict[Fault, None] = {}
    made = list(variants(file.scenarios, file.options, file.overrides, file.sweep))
    experiments = [
        experiment for variant in made if (experiment := _attempt(file, document, variant, reading, faults))
    ]
    _raise(document, list(faults))
    chosen = tried_out(tuple(experiments) or (base,), document, draws=_n_draws(file))
    return ScenarioSet(
        source=document.source,
        sha256=document.sha256,
        title=file.title,
        description=file.description,
        currency=file.currency,
        price_year=file.price_year,
        seed=file.seed,
        sampling=file.sampling,
        scenario_titles={each.scenario: each.title for each in made},
        option_titles=titles(file.options),
        scenario_probabilities={
            each.scenario: each.probability for each in made if each.probability is not None
        },
        experiments=chosen,
        base=base,
        judgement_files=reading.judgement_files,
        weighting=weighting_in_words(file.scenarios, file.weighting),
        **_drawing(file, chosen, document),
    )


def _drawing(file: ScenarioFile, experiments: Sequence[Experiment], document: Document) -> dict[str, Any]:
    """Return how many draws are to be made, how precise and how correlated, and the notes on the file."""
    problems = correlation_problems(file.correlations, experiments)
    _raise(document, [located(document, ("correlations", *key), problem) for key, problem in problems])
    precision = _told_at(document, ("draws",), lambda: precision_of(file.draws, experiments))
    correlations, repairs = _told_at(
        document, ("correlations",), lambda: correlations_of(file.correlations, experiments)
    )
    return {
        "draws": _n_draws(file),
        "precision": precision,
        "correlations": correlations,
        "notes": (*notes_on(file.scenarios, file.options, file.overrides), *repairs, *notes_of(experiments)),
    }


def _n_draws(file: ScenarioFile) -> int:
    """The number of draws, or the most there may be."""
    return file.draws if isinstance(file.draws, int) else file.draws.at_most


def _told_at(document: Document, key: KeyPath, found: Callable[[], Found]) -> Found:
    """Return what is found; an error is told with its line."""
    try:
        return found()
    except InnosiError as error:
        raise InputFaults(document.source, [located(document, key, error.message)]) from None


def _attempt(
    file: ScenarioFile,
    document: Document,
    variant: Variant,
    reading: EstimateReading,
    faults: dict[Fault, None],
) -> Experiment | None:
    try:
        return _experiment(file, _resolved(document, variant.overrides), variant, reading)
    except InputFaults as error:
        faults.update(dict.fromkeys(error.faults))
        return None


def _resolved(document: Document, overrides: Iterable[Override]) -> Resolved:
    resolved, faults = resolve(document, overrides)
    _raise(document, faults)
    return resolved


def _experiment(
    file: ScenarioFile, resolved: Resolved, variant: Variant, reading: EstimateReading
) -> Experiment:
    reader = reader_of(file.model, resolved.document.folder)
    base = validate(reader.section, resolved.document, context={"reading": reading})
    faults = [located(resolved.document, key, problem) for key, problem in reader.problems(base)]
    _raise(resolved.document, faults)
    model, estimates = reader.build(base, file.currency)
    _raise(resolved.document, list(_sharing_faults(resolved.document, estimates)))
    return Experiment(variant.scenario, variant.option, model, estimates, resolved)


def _sharing_faults(document: Document, estimates: Mapping[str, Estimate]) -> Iterator[Fault]:
    """Find numbers that are said to be one unknown, and differ."""
    first: dict[str, str] = {}
    for key, estimate in estimates.items():
        name = estimate.shared_name
        if name and estimates[first.setdefault(name, key)].distribution != estimate.distribution:
            problem = f"shares '{name}' with {first[name]}, but is another number; write both the same"
            yield located(document, tuple(key.split(".")), problem)


def _selection_faults(file: ScenarioFile, document: Document) -> Iterator[Fault]:
    try:
        reader_of(file.model, document.folder)
    except InnosiError as error:
        yield located(document, ("model",), error.message)
    for key, problem in variant_problems(file.scenarios, file.options, file.overrides, file.sweep):
        yield located(document, key, problem)


def _raise(document: Document, faults: list[Fault]) -> None:
    if faults:
        raise InputFaults(document.source, faults)


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file, made from the sections that read it."""
    schema = ScenarioFile.model_json_schema()
    model_schemas(schema)
    schema["properties"]["draws"]["anyOf"].append({"const": "auto", "type": "string"})
    for group in ("scenarios", "options"):
        section = {"$ref": "#/$defs/SelectionSection"}
        short = {"type": ["array", "null"], "items": {"type": "string"}}
        (pattern,) = schema["properties"][group]["patternProperties"]
        schema["properties"][group]["patternProperties"][pattern] = {"anyOf": [section, short]}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "innosi-scenario"
    return schema
