"""The methods that construct scenarios: how their files are known, read, and checked."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.construction_file import ConstructionFile
from innosi.scenarios.construction.settings import Settings
from innosi.scenarios.loading.document import Document, read_document
from innosi.scenarios.loading.imports import at_key, located
from innosi.scenarios.loading.validation import nearest


class Constructed(Protocol):
    """What a checked file of a method comes to."""

    @property
    def summary(self) -> str:
        """What it is, in a line: `a sound futures table, 5 descriptors, 432 combinations`."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of construction.

    Attributes
    ----------
    words : str
        What its file is called in a sentence, with its article.
    question : str
        What a workshop asks by it.
    command : str
        The command that begins with its file, after `innosi build`.
    page : str
        The page of the handbook that tells it.
    module : str
        The module that reads its file, within this package.
    reads : str
        In that module, the function that turns a `Document` into what it means.
    section : str
        In that module, the `ConstructionFile` that its file is checked against.
    """

    words: str
    question: str
    command: str
    page: str
    module: str
    reads: str
    section: str

    def read(self, document: Document) -> Constructed:
        """Return what a file of this method means.

        Raises
        ------
        InputFaults
            If anything in it is wrong: every fault with its line and key.
        """
        found: Constructed = getattr(self._module, self.reads)(document)
        return found

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of its file, made from the sections that read it."""
        section: type[ConstructionFile] = getattr(self._module, self.section)
        schema = section.model_json_schema()
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["$id"] = f"innosi-{self.command}"
        return schema

    @property
    def _module(self) -> Any:
        return importlib.import_module(f"{__package__}.{self.module}")


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "signals": Method(
            words="a register of signals",
            question="What do we notice?",
            command="signals",
            page="signals-and-drivers.md",
            module="signals.register_reading",
            reads="register_from",
            section="RegisterFile",
        ),
        "drivers": Method(
            words="a file of drivers",
            question="What drives the future, and what is uncertain?",
            command="drivers",
            page="signals-and-drivers.md",
            module="signals.drivers_reading",
            reads="drivers_from",
            section="DriversFile",
        ),
        "scenario_axes": Method(
            words="a pair of scenario axes",
            question="Which four stories span it?",
            command="axes",
            page="signals-and-drivers.md",
            module="signals.axes",
            reads="axes_from",
            section="AxesFile",
        ),
        "futures_table": Method(
            words="a futures table",
            question="What can be together at all?",
            command="futures-table",
            page="futures-table.md",
            module="futures_table.table_file",
            reads="futures_table_from",
            section="FuturesTableFile",
        ),
        "cross_impact_balance": Method(
            words="a cross-impact balance",
            question="What hangs together?",
            command="balance",
            page="cross-impact-balance.md",
            module="balance.balance_file",
            reads="balance_from",
            section="BalanceFile",
        ),
        "cross_impact": Method(
            words="a probabilistic cross-impact analysis",
            question="How likely are events together?",
            command="cross-impact",
            page="cross-impact.md",
            module="probabilities.cross_impact_file",
            reads="cross_impact_from",
            section="CrossImpactFile",
        ),
        "trend_impact": Method(
            words="a trend-impact analysis",
            question="What may bend a trend?",
            command="trend-impact",
            page="trend-impact.md",
            module="probabilities.trend_impact_file",
            reads="trend_analysis_from",
            section="TrendImpactFile",
        ),
        "structural_analysis": Method(
            words="a structural analysis",
            question="What drives, what depends?",
            command="structure",
            page="structural-analysis.md",
            module="structure.structure_file",
            reads="structural_analysis_from",
            section="StructureFile",
        ),
        "actors": Method(
            words="an analysis of actors",
            question="Who is for what, and how strong?",
            command="actors",
            page="actors.md",
            module="structure.actors_file",
            reads="actors_from",
            section="ActorsFile",
        ),
        "futures_wheel": Method(
            words="a futures wheel",
            question="What follows from it, and from that?",
            command="wheel",
            page="futures-wheel.md",
            module="pathways.wheel_file",
            reads="wheel_from",
            section="WheelFile",
        ),
        "three_horizons": Method(
            words="a file of three horizons",
            question="What fades, what is tried, what is to come?",
            command="horizons",
            page="three-horizons.md",
            module="pathways.horizons_file",
            reads="horizons_from",
            section="HorizonsFile",
        ),
        "backcast": Method(
            words="a backcast",
            question="What must come first?",
            command="backcast",
            page="backcasting.md",
            module="pathways.backcast_file",
            reads="backcast_from",
            section="BackcastFile",
        ),
        "cognitive_map": Method(
            words="a cognitive map",
            question="Where do we think it settles?",
            command="map",
            page="cognitive-maps.md",
            module="cognitive_map.reading",
            reads="map_from",
            section="CognitiveMapFile",
        ),
    }
)
"""Every method by the name that stands under `method:` in its file, in the order in which they are taught."""


def constructed_from(document: Document, method: str | None = None) -> Constructed:
    """Return what a file of a method means.

    Parameters
    ----------
    method : str, optional
        Of which method it must be; by default of whichever it names.

    Raises
    ------
    InputFaults
        If it names no method or another one, or anything in it is wrong.
    """
    named = document.data.get("method")
    if not isinstance(named, str) or named not in METHODS or method not in (None, named):
        raise InputFaults(document.source, [_method_fault(document, named, method)])
    return METHODS[named].read(document)


def settings_of(constructed: Constructed) -> Settings:
    """Return what the states, events or consequences of a checked file set, where its method has such."""
    found: Settings | None = getattr(constructed, "settings", None)
    return found or {}


def constructed_beside(document: Document, key: str, method: str) -> Any:
    """Return what another file comes to, of a method that it must be of, which a key of a document names.

    Raises
    ------
    InputFaults
        If it cannot be read or is of another method, at the key; or what is wrong in it, at its own lines.
    """
    name = str(document.data[key])

    def read() -> Constructed:
        try:
            found = read_document(document.folder / name)
        except InputFaults:
            raise
        except InnosiError as error:  # named as the document names it
            raise InnosiError(error.problem, mend=error.mend, where=name) from None
        if found.data.get("method") != method:
            what = METHODS[method].words.partition(" ")[2]
            problem = f"{name} is no {what}: its method is not `{method}`"
            raise InputFaults(document.source, [located(document, (key,), problem)])
        return METHODS[method].read(found)

    return at_key(document, (key,), read)


def load_constructed(path: Path, method: str | None = None) -> Constructed:
    """Read a file of a method; see `constructed_from`."""
    return constructed_from(read_document(path), method)


def _method_fault(document: Document, named: object, wanted: str | None) -> Fault:
    line = document.line_of(("method",)) or 1
    if named is None:
        problem = f"is missing; write `method: {wanted or 'futures_table'}` above everything else"
    elif not isinstance(named, str) or named not in METHODS:
        problem = f"found {named!r}, which is no method{nearest(str(named), METHODS)}"
    else:
        other = METHODS[named]
        problem = f"is {other.words}, which another command reads: innosi build {other.command}"
    return Fault(problem, key="method", line=line)
