"""Where the judgements of a balance stand, if not in the file itself: matrices, experts', a panel's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, FiniteFloat

from innosi.models.distributions import Distribution
from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.balance.asked_judgements import (
    Answerer,
    pooled_judgements,
    single_answers,
)
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.ensembles import Expert
from innosi.scenarios.construction.balance.judgements import CellReader, Pair, Place, Written, matrix_of
from innosi.scenarios.construction.balance.matrix_table import written_in_table
from innosi.scenarios.construction.balance.project_names import written_in_project
from innosi.scenarios.construction.balance.scenario_wizard import ENDING, read_project
from innosi.scenarios.construction.construction_file import Descriptors, states_of
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Section


class ExpertSection(Section):
    """One expert's matrix."""

    file: str
    """A CSV or XLSX file with a row and a column for each `descriptor=state`, or a ScenarioWizard project."""
    weight: FiniteFloat = Field(default=1.0, gt=0)
    """How much the expert counts beside the others."""
    group: str = ""
    """To which group the expert belongs."""


def _named(found: Any) -> Any:
    return {"file": found} if isinstance(found, str) else found


NamedExpert = Annotated[ExpertSection, BeforeValidator(_named)]
"""An expert's matrix, or only its file."""


class PanelSection(Section):
    """What a Delphi panel judged, asked by `innosi build balance ask`."""

    from_: str = Field(alias="from")
    """The judgements of the panel as a whole, as `innosi delphi export` writes them."""
    cell: Literal["median", "mean"] = "median"
    """Which number of the panel's answers becomes the judgement."""
    answers: str | None = None
    """The single answers, as `innosi delphi data` writes them: each panellist becomes an expert."""


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """What was judged besides the one matrix of a file.

    Attributes
    ----------
    experts : tuple of Expert
        Each with a matrix of their own.
    panel : mapping of (row, column) to Distribution
        What a panel as a whole believes of each judgement; empty without a panel.
    notes : tuple of str
        Where judgements come from, and who was left out.
    """

    experts: tuple[Expert, ...] = ()
    panel: Mapping[tuple[int, int], Distribution] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Reading:
    """What is known when judgements are read: the file, its descriptors, and how a judgement is written."""

    document: Document
    descriptors: Descriptors
    reader: CellReader
    has_gaps: bool

    def matrix_file(self, name: str) -> Written:
        """Return the judgements in a file of their own, a table or a project of ScenarioWizard.

        Raises
        ------
        InnosiError, InputFaults
            If it cannot be read.
        """
        path = self.document.folder / name
        if path.suffix.casefold() == ENDING:
            return written_in_project(read_project(path, source=name), self.descriptors, source=name)
        return written_in_table(path, states_of(self.descriptors), source=name)

    def experts(self, sections: Mapping[str, ExpertSection], faults: list[Fault]) -> tuple[Expert, ...]:
        """Return the experts of a file; what is wrong with them is added to the faults."""
        found = []
        for name, section in sections.items():
            written = self.read(section.file, ("experts", name), faults)
            impacts = None if written is None else self.impacts(written, faults)
            if impacts is not None:
                found.append(Expert(name, impacts, section.weight, section.group))
        return tuple(found)

    def read(self, name: str, key: tuple[str, ...], faults: list[Fault]) -> Written | None:
        """Return the judgements in a file that stands at a key; None with a fault if it cannot be read."""
        try:
            return self.matrix_file(name)
        except InputFaults as error:
            faults += [Fault(each.problem, each.key, each.line, name) for each in error.faults]
        except InnosiError as error:
            faults.append(located(self.document, key, f"{name}: {error.message}"))
        return None

    def impacts(self, written: Written, faults: list[Fault]) -> CrossImpacts | None:
        """Return a matrix that was written; None with its faults if anything is wrong."""
        states = states_of(self.descriptors)
        matrix, wrong = matrix_of(states, written, self.reader, has_gaps=self.has_gaps)
        faults += wrong
        return None if wrong else CrossImpacts.of(states, matrix)

    def panel(self, section: PanelSection, faults: list[Fault]) -> tuple[Written | None, Judged]:
        """Return what a panel judged: as if written in a matrix, and beside that all it believes."""
        states = states_of(self.descriptors)
        try:
            pooled = pooled_judgements(
                self.document.folder / section.from_, states, centre=section.cell, source=section.from_
            )
        except InnosiError as error:
            faults.append(located(self.document, ("panel", "from"), error.message))
            return None, Judged()
        experts, notes = self._panellists(section, faults)
        rows = self._rows()
        panel = {(rows[left], rows[right]): each for (left, right), each in pooled.distributions.items()}
        return pooled.written, Judged(experts, panel, (f"judged by a {pooled.provenance}", *notes))

    def _panellists(
        self, section: PanelSection, faults: list[Fault]
    ) -> tuple[tuple[Expert, ...], tuple[str, ...]]:
        """The panellists who gave every judgement that any of them gave, and a note on the others."""
        if section.answers is None:
            return (), ()
        states = states_of(self.descriptors)
        try:
            answers = single_answers(self.document.folder / section.answers, states, source=section.answers)
        except InnosiError as error:
            problem = f"{section.answers}: {error.message}"
            faults.append(located(self.document, ("panel", "answers"), problem))
            return (), ()
        asked = {cell for each in answers for cell in each.cells}
        whole = [each for each in answers if each.cells.keys() == asked]
        experts = [self._expert(each, section.answers, faults) for each in whole]
        left = len(answers) - len(whole)
        note = f"{left} of {len(answers)} panellists left judgements out: they are no experts"
        return tuple(each for each in experts if each is not None), (note,) if left else ()

    def _expert(self, answerer: Answerer, source: str, faults: list[Fault]) -> Expert | None:
        def place_of(acting: Pair, acted_on: Pair) -> Place:
            return Place(f"{answerer.code}: {'='.join(acting)}, {'='.join(acted_on)}", None, source)

        def section_of(actor: str, target: str) -> Place:
            return Place(f"{answerer.code}: {actor}, {target}", None, source)

        impacts = self.impacts(Written(answerer.cells, place_of, section_of, []), faults)
        return None if impacts is None else Expert(answerer.code, impacts, group=answerer.group)

    def _rows(self) -> dict[Pair, int]:
        pairs = [(name, state) for name, group in states_of(self.descriptors).items() for state in group]
        return {pair: row for row, pair in enumerate(pairs)}
