import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy.stats import spearmanr

from innosi.models.distributions.tables import LIMIT
from innosi.models.errors import InnosiError
from innosi.scenarios.engines.threads import Threads
from innosi.scenarios.sampling.streams import uniforms
from innosi.scenarios.scenario_set import Precision
from innosi.scenarios.simulation import simulate
from innosi.scenarios.summaries.summary import Figure


@pytest.fixture
def results(garden, noon):
    return simulate(garden, at=noon)


def test_chunks_change_nothing(garden, noon, results):
    chunked = simulate(garden, at=noon, chunk=37)
    for pair, draws in results.draws.items():
        for name, output in draws.outputs.items():
            np.testing.assert_array_equal(output, chunked.draws[pair].outputs[name])


def test_more_draws_keep_the_first_ones(garden, noon, results):
    longer = simulate(garden, at=noon, draws=600)
    first = results.outputs("quiet", "small")["social_return_ratio"]
    np.testing.assert_array_equal(longer.outputs("quiet", "small")["social_return_ratio"][:500], first)


def test_scenarios_share_their_random_numbers(results):
    hoped, quiet = (results.draws[scenario, "small"] for scenario in ("as_hoped", "quiet"))
    key = "outcomes.less_loneliness.deadweight"
    np.testing.assert_array_equal(hoped.inputs[key], quiet.inputs[key])
    assert np.all(quiet.outputs["social_return_ratio"] < hoped.outputs["social_return_ratio"])


def test_another_seed_gives_other_draws(garden, noon, results):
    other = simulate(garden, at=noon, seed=0)
    assert other.figure("social_return_ratio", "quiet", "small") != results.figure(
        "social_return_ratio", "quiet", "small"
    )


def test_the_mean_of_the_draws_agrees_with_the_product_of_the_means(load, noon):
    text = """
title: independent factors multiply
model: value_map
currency: EUR
base:
  discount_rate: 0%
  stakeholders: {a: A}
  inputs: {grant: {stakeholder: a, amount: 1}}
  outcomes:
    x:
      title: X
      stakeholder: a
      quantity: triangular(1, 2, 6)
      financial_proxy: uniform(10, 30)
      deadweight: beta(2, 6)
      duration: 1
      perspective: social
"""
    figure = simulate(load(text), draws=200_000, at=noon).figure("present_value", "base", "base")
    assert figure.mean == pytest.approx(3 * 20 * 0.75, abs=4 * figure.standard_error)


def test_the_summary_holds_the_figures_of_every_headline_output(results):
    summary = results.summary()
    assert len(summary) == 4 * 8
    row = summary.query("scenario == 'quiet' and option == 'large' and output == 'present_value'").iloc[0]
    draws = results.outputs("quiet", "large")["present_value"]
    assert row["median"] == np.median(draws)
    assert row["p05"] == np.quantile(draws, 0.05)
    assert set(results.summary(whole=True)["output"]) > {
        "value.year.1",
        "present_value.stakeholder.neighbours",
    }


def test_the_headline_is_one_row_a_scenario_and_option(results):
    headline = results.headline()
    assert list(headline["scenario"]) == ["as_hoped", "as_hoped", "quiet", "quiet"]
    ratio = results.outputs("quiet", "small")["social_return_ratio"]
    row = headline.query("scenario == 'quiet' and option == 'small'").iloc[0]
    assert row["social_return_ratio"] == np.median(ratio)
    assert row["chance_above_1"] == np.mean(ratio > 1)


def test_the_ratio_of_means_stands_beside_the_ratio_of_draws(results):
    outputs = results.outputs("as_hoped", "small")
    expected = outputs["present_value"].mean() / outputs["inputs"].mean()
    assert results.ratio_of_means("as_hoped", "small") == pytest.approx(expected)


def test_a_project_that_often_never_pays_back_has_no_finite_median():
    figure = Figure.of(np.array([10.0, np.inf, np.inf]))
    assert figure.low == 10.0
    assert figure.median == np.inf
    assert figure.mean == np.inf


def test_draws_go_to_parquet_with_their_provenance(results, tmp_path):
    path = tmp_path / "draws.parquet"
    results.write_draws(path)
    table = pq.read_table(path)
    assert table.num_rows == 4 * 500
    provenance = json.loads(table.schema.metadata[b"innosi"])
    assert provenance["seed"] == 1
    assert provenance["overrides"]["quiet / small"] == {"outcomes.less_loneliness.quantity": "few_come"}
    frame = table.to_pandas()
    one = frame.query("scenario == 'quiet' and option == 'small'")
    np.testing.assert_array_equal(
        one["social_return_ratio"], results.outputs("quiet", "small")["social_return_ratio"]
    )
    assert "input.outcomes.less_loneliness.quantity" in frame


def test_progress_is_told_up_to_the_end(garden, noon):
    told = []
    simulate(garden, at=noon, chunk=200, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (2000, 2000)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_draw_without_inputs_is_told_with_its_place(load, garden_text, noon):
    text = garden_text.replace("amount: €30k .. €50k", "amount: 0").replace("hours: 1000", "hours: 0")
    with pytest.raises(InnosiError, match=r"scenario as_hoped, option small: the inputs are nought"):
        simulate(load(text), at=noon)


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_threads_and_chunks_change_no_digit(garden, noon, sampling):
    told = replace(garden, sampling=sampling)
    first = simulate(told, at=noon, draws=60_000, whole=True, engine=Threads(1))
    for workers, chunk in ((2, 8192), (8, 16384), (3, 1)):
        other = simulate(told, at=noon, draws=60_000, whole=True, engine=Threads(workers), chunk=chunk)
        pd.testing.assert_frame_equal(other.summary(whole=True), first.summary(whole=True))
        pd.testing.assert_frame_equal(other.frame(), first.frame())


def test_few_draws_are_kept_and_all_are_summarised(garden, noon):
    results = simulate(garden, at=noon, draws=30_000, keep=50)
    assert results.n_kept == 50
    assert results.figure("present_value", "quiet", "small").n == 30_000
    assert results.figure("present_value.outcome.savings", "quiet", "small").n == 50
    with pytest.raises(InnosiError, match="50 of 30,000 draws are kept"):
        results.write_draws(Path("nowhere.parquet"))


def test_draws_go_on_until_a_result_is_precise_enough(garden, noon):
    wanted = Precision("net_present_value", 0.004, at_most=2_000_000)
    results = simulate(replace(garden, precision=wanted), at=noon)
    assert 8192 <= results.n_draws < 2_000_000
    for experiment in garden.experiments:
        figure = results.figure("net_present_value", experiment.scenario, experiment.option)
        width = figure.high - figure.low
        assert max(figure.median_error, figure.low_error, figure.high_error) <= 0.004 * width
    half = simulate(garden, at=noon, draws=results.n_draws // 2)
    assert not all(
        wanted.is_met(half.figure("net_present_value", each.scenario, each.option))
        for each in garden.experiments
    )


def test_what_cannot_grow_cannot_go_on_until_it_is_precise(garden, noon):
    wanted = replace(garden, precision=Precision("present_value"), sampling="latin_hypercube")
    with pytest.raises(InnosiError, match="latin_hypercube must know beforehand how many draws"):
        simulate(wanted, at=noon)


def test_a_latin_hypercube_errs_less_than_chance(garden, noon):
    errors = {}
    for sampling in ("monte_carlo", "latin_hypercube", "sobol"):
        means = [
            simulate(replace(garden, sampling=sampling), at=noon, draws=4096, seed=seed)
            .figure("present_value", "as_hoped", "small")
            .mean
            for seed in range(12)
        ]
        errors[sampling] = np.std(means)
    assert errors["latin_hypercube"] < 0.5 * errors["monte_carlo"]
    assert errors["sobol"] < 0.5 * errors["monte_carlo"]


def test_the_error_of_a_sobol_run_is_told_from_its_replicates(garden, noon):
    plain, even = (
        simulate(replace(garden, sampling=sampling), at=noon, draws=16_384).figure(
            "present_value", "as_hoped", "small"
        )
        for sampling in ("monte_carlo", "sobol")
    )
    assert even.standard_error < 0.5 * plain.standard_error
    assert even.mean == pytest.approx(plain.mean, abs=4 * plain.standard_error)


def test_the_error_of_the_ratio_of_means_is_how_much_it_varies(garden, noon):
    runs = [simulate(garden, at=noon, draws=1000, seed=seed) for seed in range(60)]
    ratios = [run.ratio_of_means("as_hoped", "small") for run in runs]
    assert runs[0].ratio_of_means_error("as_hoped", "small") == pytest.approx(np.std(ratios), rel=0.3)


def test_correlated_numbers_keep_their_distributions_and_rise_together(load, garden_text, noon):
    keys = [f"outcomes.less_loneliness.{field}" for field in ("quantity", "financial_proxy")]
    text = garden_text.replace(
        "base:", f"correlations:\n  pairs:\n    - {{between: {keys}, rank_correlation: 0.6}}\nbase:", 1
    )
    plain = simulate(load(garden_text), at=noon, draws=8192)
    for method in ("gaussian_copula", "iman_conover"):
        scenarios = load(text.replace("correlations:", f"correlations:\n  method: {method}"))
        results = simulate(scenarios, at=noon, draws=8192)
        inputs = results.draws["as_hoped", "small"].inputs
        assert spearmanr(*(inputs[key] for key in keys)).statistic == pytest.approx(0.6, abs=0.03)
        for key in keys:
            found = np.quantile(inputs[key], [0.05, 0.5, 0.95])
            expected = np.quantile(plain.draws["as_hoped", "small"].inputs[key], [0.05, 0.5, 0.95])
            np.testing.assert_allclose(found, expected, rtol=0.04)
        wider = results.figure("present_value", "as_hoped", "small")
        assert (
            wider.standard_deviation
            > 1.1 * plain.figure("present_value", "as_hoped", "small").standard_deviation
        )


def test_draws_in_the_far_tails_are_exact(load, noon):
    text = (
        "{title: t, model: value_map, currency: EUR, base: {discount_rate: 0%, stakeholders: {a: A},"
        " inputs: {g: {stakeholder: a, amount: 1}}, outcomes: {x: {title: X, stakeholder: a,"
        " quantity: 'lognormal(mu=0, sigma=1)', financial_proxy: 1, duration: 1, perspective: social}}}}"
    )
    results = simulate(load(text), at=noon, draws=2_000_000, keep=2_000_000)
    drawn = results.draws["base", "base"].inputs["outcomes.x.quantity"]
    u = uniforms(0, "outcomes.x.quantity", 0, 2_000_000)
    far = np.flatnonzero(np.minimum(u, 1 - u) < LIMIT)
    assert len(far) > 0
    exact = results.scenarios.experiment().estimates["outcomes.x.quantity"].distribution.quantile(u)
    np.testing.assert_array_equal(drawn[far], exact[far])
    np.testing.assert_allclose(drawn, exact, atol=1e-6 * (np.exp(1.645) - np.exp(-1.645)))


def test_options_are_weighed_over_the_scenarios_by_their_probabilities(garden, noon):
    assert simulate(garden, at=noon).across_scenarios().empty
    chances = {"as_hoped": 0.25, "quiet": 0.75}
    results = simulate(replace(garden, scenario_probabilities=chances), at=noon, draws=4000)
    row = results.across_scenarios().query("option == 'small'").iloc[0]
    ratios = {name: results.outputs(name, "small")["social_return_ratio"] for name in chances}
    mixed = np.concatenate([ratios["as_hoped"], *[ratios["quiet"]] * 3])  # three times as likely
    for column, share in (("p05", 0.05), ("social_return_ratio", 0.5), ("p95", 0.95)):
        assert row[column] == pytest.approx(np.quantile(mixed, share), rel=2e-3)
    assert row["chance_above_1"] == pytest.approx(np.mean(mixed > 1))


@pytest.mark.filterwarnings("error")
def test_numbers_beyond_all_numbers_are_told_without_a_warning(load, garden_text, noon):
    scenarios = load(garden_text.replace("quantity: 20 .. 60", "quantity: 5 .. 1e308"))
    with pytest.raises(InnosiError, match="is no number in draw"):
        simulate(scenarios, at=noon)


@pytest.mark.parametrize("quantity", ["1e-300 .. 60", "1 .. 1e200"])
@pytest.mark.filterwarnings("error")
def test_numbers_of_any_size_are_reckoned_with(load, garden_text, noon, quantity):
    results = simulate(load(garden_text.replace("quantity: 20 .. 60", f"quantity: {quantity}")), at=noon)
    assert results.figure("present_value", "as_hoped", "small").low > 0
