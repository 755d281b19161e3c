"""Reading a file of a cognitive map, its tables included: every fault at once, with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.cognitive_map.cognitive_map import Clamping, CognitiveMap, Link, Person
from innosi.scenarios.construction.cognitive_map.comparing import Comparing
from innosi.scenarios.construction.cognitive_map.map_file import (
    MOST_CONCEPTS,
    CognitiveMapFile,
    ConceptSection,
    PersonSection,
)
from innosi.scenarios.construction.cognitive_map.matrix_file import MatrixFile, read_matrix
from innosi.scenarios.construction.cognitive_map.updating import Dynamics
from innosi.scenarios.construction.cognitive_map.weights import Weight
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import nearest, validate

_SOURCES = ("links", "matrix", "maps")


def map_from(document: Document) -> CognitiveMap:
    """Return the cognitive map that a file describes.

    Raises
    ------
    InputFaults
        If anything in it, or in its tables, is wrong: every fault with its line and key.
    """
    file = validate(CognitiveMapFile, document)
    reading = _Reading(document, file, dict(file.concepts))
    people = tuple(reading.people())
    reading.check_concepts()
    reading.check_scenarios()
    if reading.faults:
        raise InputFaults(document.source, reading.faults)
    return CognitiveMap(
        concepts=reading.concepts,
        people=people,
        reasons={(each.from_, each.to): each.because for each in file.links or () if each.because},
        scenarios=tuple(
            Clamping(name, each.title or name.replace("_", " "), each.description, each.clamp, each.weight)
            for name, each in file.scenarios.items()
        ),
        how=Comparing(reading.dynamics(), file.start, file.tolerance, file.max_steps),
        file=file,
        document=document,
    )


@dataclass
class _Reading:
    """A file under way; faults are gathered."""

    document: Document
    file: CognitiveMapFile
    concepts: dict[str, ConceptSection]
    faults: list[Fault] = field(default_factory=list)

    def people(self) -> Iterator[Person]:
        given = [key for key in _SOURCES if getattr(self.file, key) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none of them"
            self._fault((given[-1],) if given else ("links",), f"give one of links, matrix and maps; {found}")
        elif self.file.links is not None:
            yield Person("map", "the map", self._listed_links(), frozenset(self.concepts))
        elif self.file.matrix is not None:
            yield from self._from_tables({"map": PersonSection(file=self.file.matrix)}, is_one=True)
        else:
            yield from self._from_tables(self.file.maps or {}, is_one=False)
            if not any(each.credibility for each in (self.file.maps or {}).values()):
                self._fault(("maps",), "nobody has any credibility; give somebody more than 0")

    def _listed_links(self) -> dict[Link, Weight]:
        found: dict[Link, Weight] = {}
        for place, link in enumerate(self.file.links or ()):
            for key, name in (("from", link.from_), ("to", link.to)):
                self._check_known(("links", place, key), name)
            if (link.from_, link.to) in found:
                self._fault(("links", place), f"the link {link.from_} → {link.to} stands twice; keep one")
            if link.weight.is_uncertain or link.weight.value:
                found[link.from_, link.to] = link.weight
        if not found:
            self._fault(("links",), "there is no link with a weight; a map needs one or more")
        return found

    def _from_tables(self, sections: Mapping[str, PersonSection], *, is_one: bool) -> Iterator[Person]:
        known = {name: each.title for name, each in self.concepts.items()} if self.file.concepts else None
        tables: dict[str, MatrixFile] = {}
        for name, section in sections.items():
            key: KeyPath = ("matrix",) if is_one else ("maps", name, "file")
            try:
                tables[name] = read_matrix(
                    self.document.folder / section.file, source=section.file, known=known
                )
            except InnosiError as error:
                self._fault(key, f"{section.file}: {error.message}")
                continue
            self.faults += tables[name].faults
            if not tables[name].links and not tables[name].faults:
                self._fault(key, f"{section.file}: there is no link in it; a map needs one or more")
        if known is None:
            self._take_concepts(sections, tables)
        for name, table in tables.items():
            section = sections[name]
            if is_one and known is not None:
                self._check_whole(table, section.file)
            title = section.title or name.replace("_", " ")
            yield Person(name, title, table.links, frozenset(table.titles), section.credibility)

    def _take_concepts(self, sections: Mapping[str, PersonSection], tables: Mapping[str, MatrixFile]) -> None:
        """Take the concepts from the tables' heads, where the file names none."""
        for person, table in tables.items():
            for name, title in table.titles.items():
                taken = self.concepts.setdefault(name, ConceptSection(title=title))
                if taken.title.casefold().split() != title.casefold().split():
                    problem = (
                        f"'{title}' and '{taken.title}' would have the same name, {name};"
                        " list them under `concepts:`"
                    )
                    line = table.lines.get(name)
                    self.faults.append(Fault(problem, title, line, sections[person].file))
        if len(self.concepts) > MOST_CONCEPTS:
            problem = f"the tables hold {len(self.concepts)} concepts; at most {MOST_CONCEPTS} are read"
            self._fault(("maps" if self.file.maps else "matrix",), problem)

    def _check_whole(self, table: MatrixFile, source: str) -> None:
        for name, concept in self.concepts.items():
            if name not in table.titles:
                shown = concept.title or name
                self.faults.append(Fault(f"the concept '{shown}' has no row and column", name, 1, source))

    def check_concepts(self) -> None:
        """Check levels, the dynamics, and that there are concepts at all."""
        if len(self.concepts) < 2 and not self.faults:
            self._fault(("concepts",), "a map needs two concepts or more")
        dynamics = self.dynamics()
        for name, concept in self.concepts.items():
            if concept.level is not None and not dynamics.is_level(concept.level):
                self._fault(("concepts", name, "level"), self._no_level(concept.level, dynamics))
        if self.file.outcome is not None:
            self._check_known(("outcome",), self.file.outcome)

    def check_scenarios(self) -> None:
        """Check what each scenario holds, and that all have a weight or none has."""
        dynamics = self.dynamics()
        for name, scenario in self.file.scenarios.items():
            for concept, level in scenario.clamp.items():
                key = ("scenarios", name, "clamp", concept)
                self._check_known(key, concept)
                if not dynamics.is_level(level):
                    self._fault(key, self._no_level(level, dynamics))
        weights = {name: each.weight for name, each in self.file.scenarios.items()}
        without = [name for name, weight in weights.items() if weight is None]
        if 0 < len(without) < len(weights):
            self._fault(
                ("scenarios", without[0]), "has no weight, while others have; give all scenarios one, or none"
            )
        elif weights and not without and not any(weights.values()):
            self._fault(("scenarios",), "all weights are 0; give one scenario more")

    def dynamics(self) -> Dynamics:
        """The dynamics that the file names; of ones that cannot be, a fault, and the usual ones."""
        file = self.file
        is_held = file.without_causes == "held"
        try:
            return Dynamics(file.rule, file.transfer, file.slope, file.threshold, is_held)
        except InnosiError as error:
            fault = located(self.document, ("rule",), error.message)
            if fault not in self.faults:
                self.faults.append(fault)
            return Dynamics(transfer=file.transfer)

    def _no_level(self, level: float, dynamics: Dynamics) -> str:
        return f"found {level:g}; levels of {dynamics.transfer} are {dynamics.levels_in_words}"

    def _check_known(self, key: KeyPath, name: str) -> None:
        if name not in self.concepts:
            self._fault(key, f"'{name}' is no concept{nearest(name, self.concepts)}")

    def _fault(self, key: KeyPath, problem: str) -> None:
        self.faults.append(located(self.document, key, problem))
