"""What a run gives back: figures, the draws that are kept, and where they come from."""

import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from importlib.metadata import version
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import InnosiError
from innosi.scenarios.chunks import Draws, Pair
from innosi.scenarios.sampling.plan import Settings
from innosi.scenarios.scenario_set import Experiment, ScenarioSet
from innosi.scenarios.summaries.summary import INTERVAL, Figure, Summary, mixture_quantile

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results:
    """A run: a summary of every experiment, the first of its draws, and what made them.

    Attributes
    ----------
    draws
        Of each scenario and option, the first draws with all inputs and outputs: all of them, or as many as
        were to be kept.
    summaries
        Of each scenario and option, by output, over all draws.
    """

    scenarios: ScenarioSet
    draws: Mapping[Pair, Draws]
    n_draws: int
    seed: int
    at: datetime
    settings: Settings | None = None
    summaries: Mapping[Pair, Mapping[str, Summary]] = field(repr=False, default_factory=dict)

    def __repr__(self) -> str:
        size = f"{len(self.draws)} experiments × {self.n_draws:,} draws"
        return f"<Results of {self.scenarios.source}: {size}>"

    def _repr_html_(self) -> str:
        """Show the headline in a notebook, with what it rests on below."""
        said = f"{self.n_draws:,} draws, seed {self.seed}; {self.scenarios.source}"
        table = self.headline().to_html(index=False, float_format="{:,.4g}".format)
        return f"<strong>{escape(self.scenarios.title)}</strong>{table}<p>{escape(said)}</p>"

    def outputs(self, scenario: str, option: str) -> Mapping[str, FloatArray]:
        """Return the kept outputs of one experiment by name, each (n_kept,)."""
        return self.draws[scenario, option].outputs

    @property
    def n_kept(self) -> int:
        """How many draws are kept."""
        first = next(iter(self.draws.values()))
        return len(next(iter(first.outputs.values())))

    def summary_of(self, output: str, scenario: str, option: str) -> Summary:
        """Return the summary of one output over all draws; over those kept, where only they have it."""
        found = self.summaries.get((scenario, option), {}).get(output)
        return found or Summary.of(self.outputs(scenario, option)[output])

    def figure(self, output: str, scenario: str, option: str) -> Figure:
        """Return one result of one experiment in numbers."""
        return self.summary_of(output, scenario, option).figure

    def ratio_of_means(self, scenario: str, option: str) -> float | None:
        """Return mean present value / mean inputs, which unlike the mean of ratios is not biased.

        Source
        ------
        Gargani (2017), The leap from ROI to SROI: farther than expected? Evaluation and Program Planning 64.
        """
        outputs = self.outputs(scenario, option)
        if "present_value" not in outputs or "inputs" not in outputs:
            return None
        value, inputs = (self.summary_of(name, scenario, option) for name in ("present_value", "inputs"))
        return value.mean / inputs.mean

    def ratio_of_means_error(self, scenario: str, option: str) -> float | None:
        """Return the standard error of `ratio_of_means`, by the delta method."""
        ratio = self.ratio_of_means(scenario, option)
        if ratio is None:
            return None
        names = ("present_value", "inputs", "net_present_value")
        summaries = [self.summary_of(name, scenario, option) for name in names]
        value, inputs, net = (each.standard_deviation**2 for each in summaries)
        covariance = (value + inputs - net) / 2  # the net present value is their difference
        variance = value - 2 * ratio * covariance + ratio**2 * inputs
        return sqrt(max(variance, 0.0) / summaries[0].n) / summaries[1].mean

    def headline(self) -> "pd.DataFrame":
        """Return a table of the main output, one row a scenario and option: median and 90 % interval.

        For a social return also the ratio of means, the gross ratio, the net present value (medians), and the
        share of draws in which more comes back than was put in.
        """
        import pandas as pd

        return pd.DataFrame([self._headline_row(each) for each in self.scenarios.experiments])

    def _headline_row(self, experiment: Experiment) -> dict[str, Any]:
        pair, main = (experiment.scenario, experiment.option), experiment.model.main_output
        found = self.figure(main, *pair)
        row: dict[str, Any] = {
            "scenario": experiment.scenario,
            "option": experiment.option,
            main: found.median,
            "p05": found.low,
            "p95": found.high,
        }
        beside = ("gross_ratio", "net_present_value")
        if main == "social_return_ratio" and experiment.model.outputs.keys() >= set(beside):
            row["ratio_of_means"] = self.ratio_of_means(*pair)
            for output in beside:
                row[output] = self.figure(output, *pair).median
            row["chance_above_1"] = self.summary_of(main, *pair).share_above(1.0)
        return row

    def across_scenarios(self) -> "pd.DataFrame":
        """Return the main output of each option over all scenarios, counted by probability or weight.

        Median and 90 % interval of the mixture; for a social return also the ratio of means and the share of
        draws above 1. Without rows where the scenarios have no probabilities.
        """
        import pandas as pd

        chances = self.scenarios.scenario_probabilities
        return pd.DataFrame(
            [self._across(option, chances) for option in self.scenarios.option_titles] if chances else []
        )

    def _across(self, option: str, chances: Mapping[str, float]) -> dict[str, Any]:
        main = self.scenarios.experiments[0].model.main_output
        parts = [(self.summary_of(main, scenario, option), chance) for scenario, chance in chances.items()]
        low, median, high = (mixture_quantile(parts, share) for share in (INTERVAL[0], 0.5, INTERVAL[1]))
        row: dict[str, Any] = {"option": option, main: median, "p05": low, "p95": high}
        if main == "social_return_ratio":
            value, inputs = (
                sum(
                    chance * self.summary_of(output, scenario, option).mean
                    for scenario, chance in chances.items()
                )
                for output in ("present_value", "inputs")
            )
            row["ratio_of_means"] = value / inputs
            row["chance_above_1"] = sum(chance * part.share_above(1.0) for part, chance in parts)
        return row

    def summary(self, *, whole: bool = False) -> "pd.DataFrame":
        """Return a table of figures with their standard errors, one row a scenario, option and output.

        Parameters
        ----------
        whole : bool
            Every output; by default the model's headline outputs only.
        """
        import pandas as pd

        return pd.DataFrame(self._summary_rows(whole=whole))

    def _summary_rows(self, *, whole: bool) -> Iterator[dict[str, Any]]:
        for experiment in self.scenarios.experiments:
            pair = experiment.scenario, experiment.option
            names = self.outputs(*pair) if whole else experiment.model.outputs
            for name in names:
                found = self.figure(name, *pair)
                yield {
                    "scenario": experiment.scenario,
                    "option": experiment.option,
                    "output": name,
                    "median": found.median,
                    "p05": found.low,
                    "p95": found.high,
                    "mean": found.mean,
                    "standard_deviation": found.standard_deviation,
                    "standard_error": found.standard_error,
                    "median_error": found.median_error,
                    "p05_error": found.low_error,
                    "p95_error": found.high_error,
                    "n": found.n,
                }

    def frame(self) -> "pd.DataFrame":
        """Return the kept draws: scenario, option, draw, `input.…` of what was uncertain, the outputs."""
        import pandas as pd

        frames = []
        for (scenario, option), draws in self.draws.items():
            columns: dict[str, Any] = {f"input.{key}": values for key, values in draws.inputs.items()}
            frame = pd.DataFrame({**columns, **draws.outputs})
            frame.insert(0, "draw", np.arange(self.n_kept))
            frame.insert(0, "option", option)
            frame.insert(0, "scenario", scenario)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def provenance(self) -> dict[str, Any]:
        """Say where the results come from: file and its hash, seed, draws, versions, time, overrides."""
        return {
            "scenario_file": self.scenarios.source,
            "scenario_file_sha256": self.scenarios.sha256,
            "seed": self.seed,
            "draws": self.n_draws,
            "sampling": self.settings.sampling if self.settings else self.scenarios.sampling,
            "innosi": version("innosi"),
            "numpy": version("numpy"),
            "scipy": version("scipy"),
            "python": platform.python_version(),
            "time": self.at.isoformat(timespec="seconds"),
            "model": dict(getattr(self.scenarios.experiments[0].model, "provenance", {})),
            "overrides": {
                f"{each.scenario} / {each.option}": dict(each.resolved.origins)
                for each in self.scenarios.experiments
            },
            "judgements": {
                name: {"study": file.study.title, "sha256": file.study.sha256, "round": file.round}
                for name, file in self.scenarios.judgement_files.items()
            },
        }

    def write_draws(self, path: Path) -> None:
        """Write every draw to a Parquet file, with its provenance in the file's metadata.

        Raises
        ------
        InnosiError
            If not all draws were kept.
        """
        from innosi.scenarios.run_folder import write_parquet

        if self.n_kept < self.n_draws:
            raise InnosiError(
                f"{self.n_kept:,} of {self.n_draws:,} draws are kept, so they cannot all be written",
                mend="simulate with `keep=` as many, or into a folder",
            )
        frame = self.frame()
        write_parquet({str(name): frame[name].to_numpy() for name in frame}, path, self.provenance())
