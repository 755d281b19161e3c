"""The logarithmic pool, weights of panellists, and `innosi delphi pool`."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.cli import cli
from innosi.forecast.pooling.pools import level_pool, linear_pool, logarithmic_pool
from innosi.forecast.pooling.study import pool_by
from innosi.forecast.pooling.weights import weights_from
from innosi.forecast.store.answers import load_answers
from innosi.models.distributions import Constant, Mixture, Normal, Uniform
from innosi.models.errors import AnswerError, InputFaults


def test_the_logarithmic_pool_of_normals_is_normal_by_precision():
    """Weights ½ and ½, precisions 1 and 4: mean (0 · 1 + 3 · 4) / 5, variance 2 / 5 (Genest & Zidek 1986)."""
    found = logarithmic_pool([Normal(0, 1), Normal(3, 0.5)])
    assert found.mean == pytest.approx(12 / 5, abs=0.02)
    assert found.standard_deviation == pytest.approx(math.sqrt(2 / 5), rel=0.02)


def test_uniform_pieces_are_multiplied_exactly():
    """(½ on 0–1, ½ on 1–3) and uniform on 0–2: √(½ · ½) against √(¼ · ½) on equal stretches."""
    steps = Mixture((Uniform(0, 1), Uniform(1, 3)), (0.5, 0.5))
    found = logarithmic_pool([steps, Uniform(0, 2)])
    first, second = math.sqrt(0.25), math.sqrt(0.125)
    assert float(found.cumulative(1.0)) == pytest.approx(first / (first + second))
    assert float(found.quantile(1.0)) == 2


def test_whoever_rules_out_what_others_believe_is_told():
    with pytest.raises(AnswerError, match="no value is possible for everybody"):
        logarithmic_pool([Uniform(0, 1), Uniform(2, 3)])
    with pytest.raises(AnswerError, match="a panellist's zero is a veto"):
        logarithmic_pool([Constant(1.0), Constant(2.0)])
    assert logarithmic_pool([Uniform(0, 1), Uniform(2, 3)], [1, 0]) == Uniform(0, 1)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0.5, 10)), min_size=1, max_size=5))
def test_pools_of_uniforms(ends):
    judgements = [Uniform(low, low + width) for low, width in ends]
    weights = list(range(1, len(ends) + 1))
    linear = linear_pool(judgements, weights)
    assert linear.mean == pytest.approx(np.average([each.mean for each in judgements], weights=weights))
    assert linear_pool(judgements[:1]) == logarithmic_pool(judgements[:1]) == judgements[0]


def test_weights_of_levels_count():
    assert level_pool([1, 2, 2], [2, 1, 1]).probabilities == (0.5, 0.5)
    assert level_pool([1, 2], [0, 1]).values == (2.0,)


ANSWERS = "panellist,importance,chance,places.lower,places.best,places.upper\n" + "".join(
    f"p0{i},{level},{chance},{low},{low + 10},{low + 20}\n"
    for i, (level, chance, low) in enumerate(
        [(4, 0.5, 10), (5, 0.6, 12), (4, 0.7, 8), (1, 0.2, 9), (2, 0.9, 14), (5, 0.5, 11)], start=1
    )
)


@pytest.fixture
def answers(study, write):
    import_answers(study, write(ANSWERS), ImportOptions(number=1))
    return load_answers(study)


def test_every_question_is_pooled_in_every_way_its_answers_allow(study, answers):
    found = {(each.question.name, each.method) for each in pool_by(study, answers, 1)}
    ways = {("places", method) for method in ("linear_pool", "vincent", "logarithmic", "empirical")}
    assert found == {("importance", "empirical"), ("chance", "empirical")} | ways


def test_the_linear_pool_is_the_widest(study, answers):
    spread = {
        each.method: each.pooled.distribution.standard_deviation
        for each in pool_by(study, answers, 1, name="places")
    }
    assert spread["logarithmic"] < spread["vincent"] < spread["linear_pool"]


def test_self_rated_expertise_weighs(study, answers):
    weights = weights_from(study, answers, 1, "importance")
    assert weights.of(("p04", "p02")) == [1, 5]
    pooled = pool_by(study, answers, 1, methods=["linear_pool"], weights=weights, name="places")[0].pooled
    means = [low + 10 for low in (10, 12, 8, 9, 14, 11)]
    assert pooled.distribution.mean == pytest.approx(np.average(means, weights=[4, 5, 4, 1, 2, 5]))
    assert "with weights by self-rated importance" in pooled.assumptions
    assert weights_from(study, answers, 1, "equal") is None


def test_weights_from_a_table(study, answers, write):
    path = write("panellist,weight\np01,1\np02,0\np03,0\np04,0\np05,0\np06,3\n", "weights.csv")
    pooled = pool_by(study, answers, 1, weights=weights_from(study, answers, 1, str(path)), name="places")
    assert pooled[0].pooled.distribution.mean == pytest.approx((20 + 3 * 21) / 4)


WRONG = {
    "nothing of that name": ("expertise", "neither a question of the study nor a table"),
    "three points": ("places.best", "is not one number"),
}


@pytest.mark.parametrize(("source", "message"), WRONG.values(), ids=WRONG.keys())
def test_weights_that_are_none_are_refused(study, answers, source, message):
    with pytest.raises(AnswerError, match=message):
        weights_from(study, answers, 1, source)


def test_a_table_of_weights_is_checked_row_by_row(study, answers, write):
    path = write("panellist,weight\np01,-1\np01,2\n,3\np03,many\n", "weights.csv")
    with pytest.raises(InputFaults, match="4 faults"):
        weights_from(study, answers, 1, str(path))
    with pytest.raises(AnswerError, match="needs the columns panellist and weight"):
        weights_from(study, answers, 1, str(write("who,weight\np01,1\n", "other.csv")))
    few = weights_from(study, answers, 1, str(write("panellist,weight\np01,0\np02,0\n", "few.csv")))
    with pytest.raises(AnswerError, match="p03 has no weight"):
        few.of(("p01", "p03"))
    with pytest.raises(AnswerError, match="all weights are 0"):
        few.of(("p01", "p02"))


def run(study, *arguments, code=0):
    result = CliRunner().invoke(cli, ["delphi", "pool", str(study.path), *arguments])
    assert result.exit_code == code, result.output
    return result


def test_the_command_shows_every_pool_and_aggregate_and_draws_them(study, answers, tmp_path):
    plot = tmp_path / "pool.svg"
    tables = json.loads(run(study, "--plot", str(plot), "--format", "json").stdout)
    assert {row["method"] for row in tables[0]["rows"]} >= {"linear_pool", "vincent", "logarithmic"}
    shares = {row["aggregation"]: row["probability"] for row in tables[1]["rows"]}
    assert shares["mean"] == pytest.approx(np.mean([0.5, 0.6, 0.7, 0.2, 0.9, 0.5]))
    assert "shift_weighted_mean" not in shares
    assert "How many places?" in plot.read_text(encoding="utf-8")
    weighted = json.loads(run(study, "--weights", "importance", "--format", "json").stdout)
    assert len(weighted) == 1
    assert (
        "there is no question 'place'; did you mean 'places'"
        in run(study, "--question", "place", code=2).stderr
    )


def test_a_vetoed_logarithmic_pool_is_told_and_the_others_stand(study, write):
    text = "panellist,places.lower,places.best,places.upper\np01,1,2,3\np02,50,60,70\n"
    import_answers(study, write(text), ImportOptions(number=1))
    result = run(study, "--question", "places")
    assert "a panellist's zero is a veto" in " ".join(result.stdout.split())
    assert "linear_pool" in result.stdout
    arguments = ["delphi", "export", str(study.path), "--method", "logarithmic", "--small"]
    refused = CliRunner().invoke(cli, arguments)
    assert refused.exit_code == 2
    assert "places: has no logarithmic pool" in refused.stderr


def test_judgements_are_exported_with_weights(study, answers, tmp_path):
    target = tmp_path / "judgements.json"
    arguments = ["delphi", "export", str(study.path), "--weights", "importance", "--to", str(target)]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    exported = json.loads(target.read_text(encoding="utf-8"))["judgements"]["places"]
    assert "with weights by self-rated importance" in exported["assumptions"]
