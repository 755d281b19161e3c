"""Weights of panellists: given in a table, or what they say of their own expertise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from innosi.forecast.answers.cells import has_no_answer
from innosi.forecast.answers.values import Answers
from innosi.forecast.study import Study
from innosi.models.distributions.numbers import NumberReader
from innosi.models.errors import AnswerError, DistributionError, Fault, InputFaults
from innosi.scenarios.tables.rows import cell_text
from innosi.scenarios.tables.sheet import read_sheet

EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each panellist counts.

    Attributes
    ----------
    by_panellist : mapping of pseudonym to float
        0 or more; they need not sum to 1.
    words : str
        What they rest on, for sentences.
    """

    by_panellist: Mapping[str, float]
    words: str

    def of(self, panellists: Sequence[str]) -> list[float]:
        """Return the weights of panellists, in their order.

        Raises
        ------
        AnswerError
            If one of them has none, or all are 0.
        """
        missing = [name for name in panellists if name not in self.by_panellist]
        if missing:
            raise AnswerError(
                f"{', '.join(missing[:5])} {'has' if len(missing) == 1 else 'have'} no weight ({self.words})",
                mend="give everybody who answered a weight, 0 to leave somebody out",
            )
        found = [self.by_panellist[name] for name in panellists]
        if not any(found):
            raise AnswerError(f"all weights are 0 ({self.words})", mend="give somebody a weight above 0")
        return found


def weights_from(study: Study, answers: Answers, number: int, source: str) -> Weights | None:
    """Return the weights that a word stands for: `equal`, a question of the study, or a table.

    Parameters
    ----------
    source : str
        `equal`; the name of a rating or number in which panellists state their own expertise, such as
        `garden.expertise`; or a CSV or XLSX table with the columns `panellist` and `weight`.

    Returns
    -------
    Weights or None
        None for equal ones.

    Raises
    ------
    InnosiError
        If it is none of these, or a weight is no number of 0 or more.
    """
    if source == EQUAL:
        return None
    if source in study.questions or source.rpartition(".")[0] in study.questions:
        return self_rated(study, answers, number, source)
    if Path(source).suffix.casefold() in (".csv", ".xlsx", ".tsv", ".txt"):
        return weights_in(Path(source))
    raise AnswerError(
        f"'{source}' is neither a question of the study nor a table",
        mend="write equal, a question such as garden.expertise, or a CSV file of panellist and weight",
    )


def self_rated(study: Study, answers: Answers, number: int, name: str) -> Weights:
    """Return the expertise that panellists state themselves as their weights; the scale's own numbers count.

    A panellist's last answer up to the round counts.
    """
    whole = study.question_of(name)
    found: dict[str, float] = {}
    for each in (round_ for round_ in answers.rounds if round_ <= number):
        parts = [part for part in answers.to(whole, each).aspects if part.question.name == name]
        if not parts:
            raise AnswerError(
                f"'{name}' is not one number", mend="name a part of it, such as garden.expertise"
            )
        found |= dict(zip(parts[0].panellists, map(float, parts[0].central), strict=True))
    if any(value < 0 for value in found.values()):
        raise AnswerError(
            f"answers to '{name}' lie below 0", mend="take a question whose answers are 0 or more"
        )
    return Weights(found, f"weights by self-rated {name}")


def weights_in(path: Path) -> Weights:
    """Return the weights in a table with the columns `panellist` and `weight`.

    Raises
    ------
    InputFaults
        Naming every row that cannot be used.
    """
    sheet = read_sheet(path)
    at, at_weight = sheet.index_of("panellist"), sheet.index_of("weight")
    if at is None or at_weight is None:
        raise AnswerError(
            "needs the columns panellist and weight", mend="name its columns so", where=sheet.source
        )
    found: dict[str, float] = {}
    faults = []
    for row in sheet.rows:
        name, cell = cell_text(row.cells[at]), row.cells[at_weight]
        weight = float("nan") if has_no_answer(cell) else _number(cell_text(cell))
        if not name or name in found or not 0 <= weight < float("inf"):
            what = (
                "stands twice" if name in found else f"weight '{cell_text(cell)}' is no number of 0 or more"
            )
            faults.append(Fault(what if name else "no panellist", name, row.line))
        found[name] = weight
    if faults:
        raise InputFaults(sheet.source, faults)
    return Weights(found, f"weights of {path.name}")


def _number(text: str) -> float:
    try:
        number = NumberReader(text, "number", None).read(0)
    except DistributionError:
        return float("nan")
    return number.value if number.end == len(text) else float("nan")
