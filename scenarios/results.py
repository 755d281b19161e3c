"""What a run gives back: draws, their summary, and where they come from."""

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.scenario_set import ScenarioSet
from innosi.scenarios.writing import replacing

if TYPE_CHECKING:
    import pandas as pd

INTERVAL = (0.05, 0.95)
"""The central 90 % interval that every figure is shown with."""


@dataclass(frozen=True)
class Draws:
    """The draws of one scenario under one option, by dotted name; every array is (n_draws,)."""

    inputs: Mapping[str, FloatArray]
    outputs: Mapping[str, FloatArray]

    @classmethod
    def joined(cls, parts: Sequence["Draws"]) -> "Draws":
        """Return chunks as one, in their order."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            {key: np.concatenate([part.inputs[key] for part in parts]) for key in parts[0].inputs},
            {key: np.concatenate([part.outputs[key] for part in parts]) for key in parts[0].outputs},
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One result in numbers: its mean, median, central 90 % interval, and the simulation's own error."""

    mean: float
    median: float
    low: float
    high: float
    standard_deviation: float
    standard_error: float
    n: int

    @classmethod
    def of(cls, draws: FloatArray) -> "Figure":
        """Summarise draws; `standard_error` is that of the mean."""
        values = np.asarray(draws, dtype=float)
        low, median, high = np.quantile(values, [INTERVAL[0], 0.5, INTERVAL[1]], method="inverted_cdf")
        if np.all(np.isfinite(values)):
            low, median, high = np.quantile(values, [INTERVAL[0], 0.5, INTERVAL[1]])
        with np.errstate(invalid="ignore"):
            spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        return cls(
            mean=float(np.mean(values)),
            median=float(median),
            low=float(low),
            high=float(high),
            standard_deviation=spread,
            standard_error=spread / np.sqrt(len(values)),
            n=len(values),
        )


@dataclass(frozen=True)
class Results:
    """A run: the draws of every experiment, and what made them."""

    scenarios: ScenarioSet
    draws: Mapping[tuple[str, str], Draws]
    n_draws: int
    seed: int
    at: datetime

    def __repr__(self) -> str:
        return f"<Results of {self.scenarios.source}: {len(self.draws)} experiments × {self.n_draws:,} draws>"

    def outputs(self, scenario: str, option: str) -> Mapping[str, FloatArray]:
        """Return the outputs of one experiment by name, each (n_draws,)."""
        return self.draws[scenario, option].outputs

    def figure(self, output: str, scenario: str, option: str) -> Figure:
        """Return one result of one experiment in numbers."""
        return Figure.of(self.outputs(scenario, option)[output])

    def ratio_of_means(self, scenario: str, option: str) -> float | None:
        """Return mean present value / mean inputs, which unlike the mean of ratios is not biased.

        Source
        ------
        Gargani (2017), The leap from ROI to SROI: farther than expected? Evaluation and Program Planning 64.
        """
        outputs = self.outputs(scenario, option)
        if "present_value" not in outputs or "inputs" not in outputs:
            return None
        return float(np.mean(outputs["present_value"]) / np.mean(outputs["inputs"]))

    def headline(self) -> "pd.DataFrame":
        """Return a table of the main output, one row a scenario and option: median and 90 % interval.

        For a social return also the ratio of means, the gross ratio, the net present value (medians), and the
        share of draws in which more comes back than was put in.
        """
        import pandas as pd

        return pd.DataFrame(self._headline_rows())

    def _headline_rows(self) -> Iterator[dict[str, Any]]:
        for experiment in self.scenarios.experiments:
            scenario, option = experiment.scenario, experiment.option
            outputs, main = self.outputs(scenario, option), experiment.model.main_output
            figure = Figure.of(outputs[main])
            row = {
                "scenario": scenario,
                "option": option,
                main: figure.median,
                "p05": figure.low,
                "p95": figure.high,
            }
            if {"gross_ratio", "net_present_value"} <= outputs.keys() and main == "social_return_ratio":
                row["ratio_of_means"] = self.ratio_of_means(scenario, option)
                row["gross_ratio"] = float(np.median(outputs["gross_ratio"]))
                row["net_present_value"] = float(np.median(outputs["net_present_value"]))
                row["chance_above_1"] = float(np.mean(outputs[main] > 1))
            yield row

    def summary(self, *, whole: bool = False) -> "pd.DataFrame":
        """Return a table of figures, one row a scenario, option and output.

        Parameters
        ----------
        whole : bool
            Every output; by default the model's headline outputs only.
        """
        import pandas as pd

        return pd.DataFrame(self._summary_rows(whole=whole))

    def _summary_rows(self, *, whole: bool) -> Iterator[dict[str, Any]]:
        for experiment in self.scenarios.experiments:
            outputs = self.outputs(experiment.scenario, experiment.option)
            names = outputs if whole else [name for name in experiment.model.outputs if name in outputs]
            for name in names:
                figure = Figure.of(outputs[name])
                yield {
                    "scenario": experiment.scenario,
                    "option": experiment.option,
                    "output": name,
                    "median": figure.median,
                    "p05": figure.low,
                    "p95": figure.high,
                    "mean": figure.mean,
                    "standard_deviation": figure.standard_deviation,
                    "standard_error": figure.standard_error,
                    "n": figure.n,
                }

    def frame(self) -> "pd.DataFrame":
        """Return every draw: scenario, option, draw, `input.…` of what was uncertain, and the outputs."""
        import pandas as pd

        frames = []
        for (scenario, option), draws in self.draws.items():
            columns: dict[str, Any] = {f"input.{key}": values for key, values in draws.inputs.items()}
            frame = pd.DataFrame({**columns, **draws.outputs})
            frame.insert(0, "draw", np.arange(self.n_draws))
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
        """Write every draw to a Parquet file, with its provenance in the file's metadata."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(self.frame(), preserve_index=False)
        metadata = dict(table.schema.metadata or {}) | {b"innosi": json.dumps(self.provenance()).encode()}
        with replacing(path) as temporary:
            pq.write_table(table.replace_schema_metadata(metadata), temporary, compression="zstd")
