"""What a scenario file means: every scenario under every option, ready to simulate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from innosi.models.estimates import Estimate
from innosi.models.model import Model
from innosi.scenarios.loading.judgements import JudgementFile
from innosi.scenarios.loading.resolving import Resolved
from innosi.scenarios.sampling.correlation import Correlations
from innosi.scenarios.summaries.summary import Figure


@dataclass(frozen=True)
class Experiment:
    """One scenario under one option: a model, and an estimate of each of its numbers."""

    scenario: str
    option: str
    model: Model
    estimates: Mapping[str, Estimate]
    resolved: Resolved

    @property
    def uncertain(self) -> dict[str, Estimate]:
        """The estimates that are not one fixed number."""
        return {key: each for key, each in self.estimates.items() if not each.distribution.is_constant}


@dataclass(frozen=True)
class Precision:
    """When enough draws have been made.

    Attributes
    ----------
    output : str
        The result that is to be known precisely.
    error : float
        The largest standard error of any figure shown of it: its mean, its median, and the ends of its 90 %
        interval.
    is_relative : bool
        Whether `error` is a share of the width of that interval, or an amount.
    at_most : int
        Draws after which to stop in any case.
    """

    output: str
    error: float = 0.01
    is_relative: bool = True
    at_most: int = 10_000_000

    def is_met(self, found: Figure) -> bool:
        """Whether a figure is as precise as is asked."""
        errors = [found.median_error, found.low_error, found.high_error]
        errors += [found.standard_error] if isfinite(found.mean) else []
        width = found.high - found.low if self.is_relative else 1.0
        return max(errors) <= self.error * width


@dataclass(frozen=True)
class ScenarioSet:
    """A checked scenario file."""

    source: str
    sha256: str
    title: str
    description: str
    currency: str
    price_year: int | None
    seed: int
    draws: int
    scenario_titles: Mapping[str, str]
    option_titles: Mapping[str, str]
    experiments: tuple[Experiment, ...]
    judgement_files: Mapping[str, JudgementFile] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    base: Experiment | None = None
    """The base case itself, with nothing laid over it."""
    scenario_probabilities: Mapping[str, float] = field(default_factory=dict)
    """Of each scenario, adding up to 1; of none, if the file gives none."""
    weighting: str = ""
    """What they are, and where they come from: `weights (basins)`; the empty text where there are none."""
    sampling: str = "monte_carlo"
    correlations: Correlations | None = None
    precision: Precision | None = None
    """If given, as many draws are made as it asks for, in the place of `draws`."""

    def experiment(self, scenario: str | None = None, option: str | None = None) -> Experiment:
        """Return one experiment; the first scenario and the first option by default."""
        scenario = scenario if scenario is not None else self.experiments[0].scenario
        option = option if option is not None else self.experiments[0].option
        return next(each for each in self.experiments if (each.scenario, each.option) == (scenario, option))
