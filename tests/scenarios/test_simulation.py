import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from innosi.models.errors import InnosiError
from innosi.scenarios.results import Figure
from innosi.scenarios.simulation import simulate


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
