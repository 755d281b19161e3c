"""What a scenario file means: every scenario under every option, ready to simulate."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from innosi.models.estimates import Estimate
from innosi.models.model import Model
from innosi.scenarios.loading.judgements import JudgementFile
from innosi.scenarios.loading.resolving import Resolved


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

    def experiment(self, scenario: str | None = None, option: str | None = None) -> Experiment:
        """Return one experiment; the first scenario and the first option by default."""
        scenario = scenario if scenario is not None else self.experiments[0].scenario
        option = option if option is not None else self.experiments[0].option
        return next(each for each in self.experiments if (each.scenario, each.option) == (scenario, option))
