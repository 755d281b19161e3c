"""How simulated panellists judge, revise and leave: the assumptions of a simulated panel."""

from dataclasses import dataclass, field
from typing import Literal

from innosi.forecast.panels.scales import AnswerScale
from innosi.models.errors import ModelError

Feedback = Literal["median", "mean"]
Asked = Literal["all", "outside_quartiles"]

SHARES = (
    *("conformity", "learning", "anchoring", "drop_out", "dissenters_leave", "second_camp"),
    "overconfidence",
)
"""Assumptions that are shares, from 0 to 1."""
SPREADS = ("noise", "shared_error", "leaning", "expertise", "wavering", "camp_distance")
"""Assumptions that are distances, 0 or more, most of them standard deviations."""
MAX_PANELLISTS = 2000
MAX_ROUNDS = 50
MAX_QUESTIONS = 1000
MAX_CELLS = 20_000_000
"""Answers of one study: panellists × questions × rounds."""
LARGEST = 100.0
"""Of errors, in latent units: far beyond any scale."""


@dataclass(frozen=True, slots=True)
class PanelModel:
    """A panel that is simulated: its size, its scale, and how its members judge, revise and leave.

    Latent values (judgements before they are put on the scale) are counted in levels of a rating, in log odds
    of a probability, and in natural logarithms of a quantity.

    Attributes
    ----------
    n_panellists, n_rounds, n_questions : int
    scale : AnswerScale
    noise : float
        Standard deviation of the error of a typical panellist's first judgement.
    bias : float
        What every panellist judges too high, on every question.
    shared_error : float
        Standard deviation, between questions, of the error that all panellists have in common.
    leaning : float
        Standard deviation, between panellists, of what each judges too high on every question.
    expertise : float
        How far panellists differ: the standard deviation of the logarithm of their expertise. 0: all alike.
        Twice the expertise halves every error, and makes less conforming.
    conformity : float
        Share of the way to the panel's middle that a typical panellist goes in a round.
    learning : float
        Share of the way to the truth that a panellist goes in a round, by others' reasons.
    anchoring : float
        Weight of a panellist's first judgement, against the last one, in what is held before revising.
    wavering : float
        Standard deviation of what answers change by themselves from round to round.
    feedback : {'median', 'mean'}
        Which middle panellists are told.
    asked : {'all', 'outside_quartiles'}
        Who is asked to revise; the others then keep their answers.
    drop_out : float
        Share of the panellists who leave before each next round.
    dissenters_leave : float
        How far leaving depends on the distance from the median: 0 not at all, 1 in proportion to it.
    second_camp : float
        Share of the panellists who judge around another value than the truth.
    camp_distance : float
        How far that other value lies from the truth, towards the farther end of the scale.
    overconfidence : float
        Share by which stated intervals are too narrow; 0.4 makes of 80 % intervals what holds 56 %.
    """

    n_panellists: int = 30
    n_rounds: int = 3
    n_questions: int = 20
    scale: AnswerScale = field(default_factory=AnswerScale)
    noise: float = 1.5
    bias: float = 0.0
    shared_error: float = 0.0
    leaning: float = 0.0
    expertise: float = 0.0
    conformity: float = 0.3
    learning: float = 0.2
    anchoring: float = 0.0
    wavering: float = 0.0
    feedback: Feedback = "median"
    asked: Asked = "all"
    drop_out: float = 0.0
    dissenters_leave: float = 0.0
    second_camp: float = 0.0
    camp_distance: float = 0.0
    overconfidence: float = 0.4

    def __post_init__(self) -> None:
        _check_numbers(self)
        if self.feedback not in ("median", "mean"):
            raise ModelError(f"there is no feedback '{self.feedback}'", mend="choose median or mean")
        if self.asked not in ("all", "outside_quartiles"):
            raise ModelError(f"'{self.asked}' says not who is asked", mend="choose all or outside_quartiles")


def _check_numbers(model: PanelModel) -> None:
    sizes = {"n_panellists": MAX_PANELLISTS, "n_rounds": MAX_ROUNDS, "n_questions": MAX_QUESTIONS}
    allowed = {name: (1.0, float(most)) for name, most in sizes.items()}
    allowed |= dict.fromkeys(SHARES, (0.0, 1.0)) | dict.fromkeys(SPREADS, (0.0, LARGEST))
    allowed["bias"] = (-LARGEST, LARGEST)
    for name, (low, high) in allowed.items():
        value = getattr(model, name)
        if not low <= value <= high:
            raise ModelError(f"{name} is {value:g}", mend=f"give {low:g} to {high:g}")
    if model.n_panellists * model.n_questions * model.n_rounds > MAX_CELLS:
        size = f"{model.n_panellists} panellists × {model.n_questions} questions × {model.n_rounds} rounds"
        raise ModelError(f"{size} are too many to simulate", mend=f"stay within {MAX_CELLS:,} answers")
