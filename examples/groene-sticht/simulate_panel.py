"""Makes the answers of a simulated panel for study.yaml: round_1.csv and round_2.csv.

Nobody was asked. Every simulated panellist has a belief about each question: a centre that all share, a
leaning of the group, a leaning and a confidence of his or her own, and noise. In round 2 each sees the median
of round 1 and moves a part of the way there; two panellists leave. The same seed gives the same files.

    python simulate_panel.py
"""

import csv
import math
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist, median

from innosi.forecast.questions import Question
from innosi.forecast.study import Study, load_study

SEED = 649189
SHARE_NOT_ANSWERED = 0.03
LEAVING = {"r7", "p7"}
"""Who answers in round 1 only."""
HEADER = ("panellist", "question", "value", "lower", "best", "upper", "5%", "50%", "95%")


@dataclass(frozen=True)
class Belief:
    """What the simulated panel believes: invented numbers, not findings.

    `spread` is how far people differ and `doubt` how unsure each one is: in levels for a rating, else as a
    standard deviation on the logarithm, or on the log-odds where a number lies between two bounds.
    `leanings` are those of a group, in the same unit.
    """

    centre: float
    spread: float
    doubt: float = 0.0
    leanings: Mapping[str, float] = field(default_factory=dict)


BELIEFS = {
    "living_together": Belief(7.2, 0.9, leanings={"neighbours": -1.0, "residents": 0.5}),
    "work_integration": Belief(3.6, 1.1, leanings={"municipality": 0.8}),
    "influence": Belief(7.8, 0.9, leanings={"residents": 0.7}),
    "good_for_neighbourhood": Belief(6.6, 1.0, leanings={"neighbours": -2.8, "residents": 0.8}),
    "stable_homes": Belief(42, 0.35, 0.3, {"neighbours": -0.2}),
    "home_anyway": Belief(0.30, 0.45, 0.35, {"residents": -0.3, "municipality": 0.2}),
    "home_due_to_others": Belief(0.30, 0.45, 0.35, {"professionals": 0.3}),
    "passed_over": Belief(0.35, 0.5, 0.4, {"municipality": 0.3}),
    "years_housed": Belief(3.4, 0.45, 0.5),
    "care_saved": Belief(11_000, 0.35, 0.35, {"municipality": -0.2, "professionals": 0.1}),
    "rent_for_upkeep": Belief(220_000, 0.25, 0.2),
    "into_work": Belief(9, 0.4, 0.35, {"municipality": 0.3, "residents": -0.2}),
    "work_lost_each_year": Belief(0.40, 0.45, 0.35),
    "neighbours_in_contact": Belief(90, 0.4, 0.35, {"neighbours": -0.3, "residents": 0.2}),
    "neighbours_disturbed": Belief(18, 0.5, 0.35, {"neighbours": 0.6, "residents": -0.4}),
    "workplaces_survive": Belief(0.35, 0.5, 0.35, {"municipality": 0.3}),
}


@dataclass(frozen=True)
class Scale:
    """A scale on which beliefs add up: as it is, logarithm or log-odds; with its way back."""

    there: Callable[[float], float]
    back: Callable[[float], float]


def scale_of(question: Question) -> Scale:
    """Return the scale on which a question's beliefs add up."""
    low, high = question.low, question.high
    if question.scale:
        return Scale(lambda x: x, lambda t: min(max(t, low), high))
    if math.isinf(high):
        return Scale(math.log, math.exp)
    return Scale(
        lambda x: math.log((x - low) / (high - x)), lambda t: low + (high - low) / (1 + math.exp(-t))
    )


def first_thoughts(study: Study) -> dict[str, dict[str, float]]:
    """Return each question's answers of round 1 on its scale, by panellist."""
    return {
        name: {
            panellist: _first_thought(
                belief, study.questions[name], panellist, study.panel.group_of(panellist)
            )
            for panellist in study.panel.members
            if _random("answered", name, panellist).random() >= SHARE_NOT_ANSWERED
        }
        for name, belief in BELIEFS.items()
    }


def _first_thought(belief: Belief, question: Question, panellist: str, group: str) -> float:
    own = 0.4 * _normal("leaning", panellist) + 0.9 * _normal("noise", question.name, panellist)
    return scale_of(question).there(belief.centre) + belief.leanings.get(group, 0.0) + belief.spread * own


def second_thoughts(first: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return the answers of round 2: those who stay move towards the median of round 1."""
    return {name: dict(_moved(name, answers)) for name, answers in first.items()}


def _moved(name: str, answers: Mapping[str, float]) -> list[tuple[str, float]]:
    seen = median(answers.values())
    return [
        (panellist, answer + _openness(panellist, name) * (seen - answer))
        for panellist, answer in answers.items()
        if panellist not in LEAVING
    ]


def _openness(panellist: str, question: str) -> float:
    """How far somebody goes towards the median: not at all, or up to 80 % of the way."""
    draw = _random("openness", panellist, question).random()
    return 0.0 if draw < 0.25 else 0.8 * draw


def rows(study: Study, thoughts: Mapping[str, Mapping[str, float]]) -> list[dict[str, str]]:
    """Return the rows of a table of answers, one an answer."""
    return [
        {"panellist": panellist, "question": name, **_parts(study.questions[name], panellist, answer)}
        for name, answers in thoughts.items()
        for panellist, answer in answers.items()
    ]


def _parts(question: Question, panellist: str, answer: float) -> dict[str, str]:
    scale, doubt = scale_of(question), BELIEFS[question.name].doubt
    if question.answer == "point":
        return {"value": _rounded(question, scale.back(answer))}
    if question.answer == "quantiles":
        levels = dict(zip(question.parts, question.probabilities, strict=True))
    else:
        tail = (1 - question.confidence) / 2
        levels = {"lower": tail, "best": 0.5, "upper": 1 - tail}
    width = doubt * math.exp(0.3 * _normal("confidence", panellist))
    return {
        part: _rounded(question, scale.back(answer + width * NormalDist().inv_cdf(level)))
        for part, level in levels.items()
    }


def _rounded(question: Question, value: float) -> str:
    """Round as people do: to whole levels and people, hundredths, tenths of a year, 500 euros."""
    if question.kind == "money":
        return str(500 * round(value / 500))
    decimals = {"share": 2, "years": 1}.get(question.kind)
    return str(round(value, decimals))


def _random(*about: str) -> random.Random:
    return random.Random(" ".join((str(SEED), *about)))


def _normal(*about: str) -> float:
    return NormalDist().inv_cdf(_random(*about).random())


def write(path: Path, table: list[dict[str, str]]) -> None:
    """Write a table of answers as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def simulate(study_file: Path, folder: Path) -> None:
    """Write the answers of both rounds to a folder."""
    study = load_study(study_file)
    first = first_thoughts(study)
    write(folder / "round_1.csv", rows(study, first))
    write(folder / "round_2.csv", rows(study, second_thoughts(first)))


if __name__ == "__main__":
    here = Path(__file__).parent
    simulate(here / "study.yaml", Path(sys.argv[1]) if len(sys.argv) > 1 else here)
