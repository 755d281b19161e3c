"""What columns of an export can stand for: the questions of a study, their parts, and reasons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from innosi.forecast.answers.layout import column_of
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.forecast.survey_tools.headings import squeezed

REASON = "reason"
PROPOSAL = "proposal"
_MEANINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lower": ("lowest", "low", "minimum", "min", "at least", "lower bound"),
        "best": ("best estimate", "best guess", "most likely", "likely", "mode"),
        "upper": ("highest", "high", "maximum", "max", "at most", "upper bound"),
        "confidence": ("how sure", "how sure are you", "certainty", "sure"),
        REASON: (
            *("reasons", "why", "comment", "comments", "explanation", "rationale", "please explain"),
            *("toelichting", "waarom", "begründung", "perustelu", "motivering", "justificación"),
        ),
    }
)
"""How survey makers call parts that our files call otherwise."""


@dataclass(frozen=True, slots=True)
class Target:
    """A column of ours.

    Attributes
    ----------
    question : Question
    part : str
        `value` where a cell holds the whole answer; `reason` for why.
    labels : frozenset of str
        Every way to call it, squeezed.
    texts : tuple of str
        What panellists read, in every language of the study.
    """

    question: Question
    part: str
    labels: frozenset[str]
    texts: tuple[str, ...]

    @property
    def key(self) -> str:
        """Our name of the column: `housing`, `garden.probability`, `housing.reason`."""
        return column_of(self.question.name, self.part)

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several options."""
        return self.part == "value" and self.question.accepts_list


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, with how it reads in every language of its study."""

    question: Question
    readings: tuple[Question, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Its text in every language."""
        return tuple(dict.fromkeys(each.text for each in self.readings))

    @property
    def stems(self) -> frozenset[str]:
        """Every way to call the question, squeezed."""
        name, code = self.question.name, squeezed(self.question.name)
        written = (name, *self.texts, *(f"{name} {text}" for text in self.texts))
        return frozenset({code, *map(squeezed, written)} - {""})

    def titles(self, part: str) -> tuple[str, ...]:
        """Every way to call a part: its name, its titles, and words for the same."""
        if self.question.type == "pairwise":
            one, _, other = part.partition("/")
            pairs = [(each.title_of(one), each.title_of(other)) for each in self.readings]
            named = [f"{left}{between}{right}" for left, right in pairs for between in ("", "or", "versus")]
        else:
            named = [each.title_of(part) for each in self.readings]
        return tuple(dict.fromkeys((part, *named, *_MEANINGS.get(part, ()))))

    @property
    def targets(self) -> Iterator[Target]:
        """Every column that can be about the question."""
        stems = self.stems
        for part in self.question.parts:
            if part != "value":
                yield Target(self.question, part, self._labels(stems, part), self._texts(part))
        if self.question.accepts_list or self.question.parts[0] == "value":
            yield Target(self.question, "value", stems, self.texts)
        labels = self._labels(stems, REASON)
        backwards = {squeezed(title) + stem for title in self.titles(REASON) for stem in stems}
        yield Target(self.question, REASON, labels | backwards, self._texts(REASON))

    def _labels(self, stems: frozenset[str], part: str) -> frozenset[str]:
        titles = {squeezed(title) for title in self.titles(part)}
        return frozenset(stem + title for stem in stems for title in titles)

    def _texts(self, part: str) -> tuple[str, ...]:
        return tuple(f"{each.text} {each.title_of(part)}" for each in self.readings)


def asked_in(study: Study) -> Mapping[str, Asked]:
    """Return the questions of a study with their readings, by name."""
    versions = [study.in_language(code) for code in study.languages]
    return {
        name: Asked(question, (question, *(each.questions[name] for each in versions)))
        for name, question in study.questions.items()
    }


def targets_of(study: Study) -> tuple[Target, ...]:
    """Return every column of ours that a column of an export can stand for."""
    return tuple(target for asked in asked_in(study).values() for target in asked.targets)
