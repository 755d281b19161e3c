"""Scores in their parts, against published formulas and independent computation."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.cli import cli
from innosi.forecast.examples import copy_example
from innosi.forecast.statistics.calibration import brier_parts, calibration_curve
from innosi.forecast.statistics.quantile_scores import (
    crps_of_sample,
    interval_score,
    pinball_loss,
    weighted_interval_score,
)
from innosi.forecast.statistics.scores import crps
from innosi.models.distributions import Normal
from innosi.models.errors import AnswerError

forecasts = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=40)


@given(forecasts)
def test_the_parts_of_the_brier_score_add_up(pairs):
    """Stephenson, Coelho & Jolliffe (2008): REL − RES + UNC + within-bin variance − 2 · covariance."""
    stated, happened = zip(*pairs, strict=True)
    parts = brier_parts(stated, happened)
    together = parts.reliability - parts.resolution + parts.uncertainty + parts.within
    assert together == pytest.approx(parts.brier, abs=1e-12)
    assert parts.brier == pytest.approx(np.mean((np.array(stated) - happened) ** 2), abs=1e-12)
    assert sum(each.n for each in calibration_curve(stated, happened)) == parts.n == len(pairs)


def test_murphys_decomposition_of_few_forecast_values():
    """Murphy (1973): with one value a bin nothing is left within; 0.2 came 1 of 4 times, 0.8 3 of 4."""
    stated, happened = [0.2] * 4 + [0.8] * 4, [1, 0, 0, 0, 1, 1, 1, 0]
    parts = brier_parts(stated, happened)
    assert parts.reliability == pytest.approx(0.05**2)
    assert parts.resolution == pytest.approx(0.25**2)
    assert (parts.uncertainty, parts.within) == pytest.approx((0.25, 0), abs=1e-15)


def test_a_probability_on_an_edge_belongs_to_the_stretch_above():
    curve = calibration_curve([0.3, 1.0, 0.0], [1, 1, 0])
    assert [(each.low, each.high) for each in curve] == [(0.0, 0.1), (0.3, 0.4), (0.9, 1.0)]


def test_the_weighted_interval_score_by_its_definition():
    """Bracher et al. (2021), equation 1, with w₀ = ½ and w_k = α_k / 2."""
    levels, quantiles = [0.05, 0.25, 0.5, 0.75, 0.95], [1, 2, 3, 4, 7]
    for outcome in (0.0, 2.5, 3.0, 8.0):
        intervals = 0.05 * interval_score(1, 7, outcome) + 0.25 * interval_score(2, 4, outcome, coverage=0.5)
        expected = (abs(outcome - 3) / 2 + intervals) / 2.5
        assert weighted_interval_score(levels, quantiles, outcome) == pytest.approx(expected)
    with pytest.raises(AnswerError, match="not symmetric"):
        weighted_interval_score([0.1, 0.5], [1, 2], 3)


def test_the_weighted_interval_score_nears_the_crps():
    levels = np.linspace(0.0005, 0.9995, 1000)
    normal = Normal(0, 1)
    assert weighted_interval_score(levels, normal.quantile(levels), 0.7) == pytest.approx(
        crps(normal, 0.7), rel=0.01
    )


def test_the_crps_of_a_sample_is_its_double_sum():
    """Gneiting & Raftery (2007), equation 21; of a normal in closed form (their section 4.2)."""
    sample = np.random.default_rng(2).normal(size=60)
    expected = np.mean(np.abs(sample - 0.3)) - np.mean(np.abs(sample[:, None] - sample)) / 2
    assert crps_of_sample(sample, 0.3) == pytest.approx(expected)
    closed = (
        0.3 * math.erf(0.3 / math.sqrt(2))
        + 2 * math.exp(-0.045) / math.sqrt(2 * math.pi)
        - 1 / math.sqrt(math.pi)
    )
    assert crps(Normal(0, 1), 0.3) == pytest.approx(closed, rel=1e-5)


def test_pinball_loss_is_lower_at_the_right_quantile():
    outcomes = np.random.default_rng(0).normal(size=2000)
    losses = [np.mean([pinball_loss([0.9], [q], y)[0] for y in outcomes]) for q in (0.8, 1.2816, 1.8)]
    assert losses[1] == min(losses)


@pytest.mark.parametrize("wrong", [([0.5], [1, 0]), ([1.2], [1]), ([0.5], [0.5]), ([], [])])
def test_what_cannot_be_scored_is_refused(wrong):
    with pytest.raises(AnswerError):
        brier_parts(*wrong)


@pytest.fixture(scope="module")
def replicats(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case")
    copy_example("replicats", folder)
    run("import", folder, str(folder / "answers.csv"))
    return folder


def run(command, folder, *arguments):
    result = CliRunner().invoke(cli, ["delphi", command, str(folder / "study.yaml"), *arguments])
    assert result.exit_code == 0, result.output
    return result


def test_a_real_panel_is_scored_in_parts_by_panellist_and_drawn(replicats, tmp_path):
    plot = tmp_path / "calibration.svg"
    arguments = (str(replicats / "outcomes.csv"), "--all", "--by-panellist", "--plot", str(plot))
    tables = {
        each["title"]: each["rows"]
        for each in json.loads(run("score", replicats, *arguments, "--format", "json").stdout)
    }
    scored = next(iter(tables.values()))
    assert {row["aggregation"] for row in scored if row["round"] == 2} > {
        "shift_weighted_mean",
        "triangular_mean",
    }
    assert "shift_weighted_mean" not in {row["aggregation"] for row in scored if row["round"] == 1}
    parts = tables["parts of the Brier score, panellists one by one, round 2"][0]
    whole = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
    assert whole == pytest.approx(parts["brier"])
    panellists = tables["panellists, round 2"]
    assert len(panellists) == 25
    assert [row["brier"] for row in panellists] == sorted(row["brier"] for row in panellists)
    assert "share that happened" in plot.read_text(encoding="utf-8")
