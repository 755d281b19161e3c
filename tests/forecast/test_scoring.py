import math
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from innosi.forecast.answers.importing import import_answers
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.examples import copy_example
from innosi.forecast.outcomes import load_outcomes
from innosi.forecast.scoring import score_probabilities, score_quantities
from innosi.forecast.statistics.scores import brier_score, crps, log_score, right_side
from innosi.forecast.store.answers import load_answers
from innosi.forecast.study import load_study
from innosi.models.distributions import Constant, Empirical, Normal, Uniform
from innosi.models.errors import AnswerError, InputFaults


def test_always_a_half_scores_a_quarter_and_ln_2():
    assert brier_score([0.5, 0.5], [0, 1]) == 0.25
    assert log_score([0.5, 0.5], [0, 1]) == pytest.approx(math.log(2))
    assert right_side([0.5, 0.5], [0, 1]) == 0.5


def test_a_certainty_that_was_wrong_costs_much_and_not_infinitely_much():
    assert log_score([1.0], [0]) == pytest.approx(-math.log(0.001))


@pytest.mark.parametrize(("mean", "spread", "outcome"), [(0, 1, 0), (0, 1, 2), (3, 2, -4), (3, 2, 30)])
def test_the_crps_of_a_normal_is_its_closed_form(mean, spread, outcome):
    # Gneiting & Raftery (2007), JASA 102(477), equation 21.
    z = (outcome - mean) / spread
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    expected = spread * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / math.sqrt(math.pi))
    assert crps(Normal(mean, spread), outcome) == pytest.approx(expected, rel=1e-8)


@given(st.floats(-100, 100), st.floats(-100, 100))
def test_the_crps_of_a_number_is_its_distance(value, outcome):
    assert crps(Constant(value), outcome) == pytest.approx(abs(value - outcome), abs=1e-9)


def test_the_crps_of_a_uniform_is_its_closed_form():
    # ∫ (F(x) − 1[x ≥ y])² dx for the uniform on 0 … 1: y³/3 + (1 − y)³/3.
    assert crps(Uniform(0, 1), 0.3) == pytest.approx(0.3**3 / 3 + 0.7**3 / 3, rel=1e-8)
    assert crps(Empirical((0.0, 1.0)), 0.3) == pytest.approx(0.3**3 / 3 + 0.7**3 / 3, rel=1e-8)
    assert crps(Uniform(0, 1), 2.0) == pytest.approx(4 / 3, rel=1e-8)


@pytest.fixture(scope="module")
def replicats(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replicats")
    copy_example("replicats", folder)
    study = load_study(folder / "study.yaml")
    import_answers(study, folder / "answers.csv")
    return study, load_answers(study), load_outcomes(study, folder / "outcomes.csv")


def test_a_real_panel_scores_what_its_published_aggregates_score(replicats):
    scores = {(each.round, each.aggregation): each for each in score_probabilities(*replicats)}
    # From aggreCAT's published confidence scores and outcomes, by mean((cs − outcome)²).
    expected = {"mean": "ArMean", "beta_transformed_mean": "BetaArMean", "mean_log_odds": "LOArMean"}
    lines = (files("innosi.examples") / "replicats" / "outcomes.csv").read_text(encoding="utf-8").split()[1:]
    outcomes = {paper: float(outcome) for paper, outcome in (line.split(",") for line in lines)}
    for ours, theirs in expected.items():
        published = published_scores(theirs)
        brier = np.mean([(published[paper] - outcomes[paper]) ** 2 for paper in outcomes])
        assert scores[2, ours].brier == pytest.approx(brier, abs=1e-12)
        assert scores[2, ours].n == 25


def published_scores(method):
    from pathlib import Path

    text = (Path(__file__).parent / "data" / "aggrecat_confidence_scores.csv").read_text(encoding="utf-8")
    rows = (line.split(",") for line in text.split()[1:])
    return {paper: float(score) for name, paper, score, _ in rows if name == method}


def test_the_yardstick_is_the_mean_over_panellists(replicats):
    study, answers, outcomes = replicats
    one_by_one = next(
        each
        for each in score_probabilities(study, answers, outcomes)
        if (each.round, each.aggregation) == (1, "panellists, one by one")
    )
    squares = [(answer.values[1] - outcomes[answer.question]) ** 2 for answer in answers.in_round(1)]
    assert one_by_one.n == 625
    assert one_by_one.brier == pytest.approx(np.mean(squares))


def test_quantities_are_scored_by_crps_and_coverage(study):
    rows = {"p01": (10, 20, 30), "p02": (15, 25, 40)}
    answers = Answers.of(Answer(1, who, "places", tuple(map(float, row))) for who, row in rows.items())
    scores = {each.method: each for each in score_quantities(study, answers, {"places": 12.0})}
    assert set(scores) == {"linear_pool", "vincent", "empirical"}
    assert scores["linear_pool"].is_within
    assert scores["linear_pool"].share_within == 0.5
    assert scores["empirical"].low > 12


def test_points_have_no_intervals_of_their_own_to_score(folder):
    (folder / "points.yaml").write_text(
        "title: t\nquestions: {q: {text: x, type: quantity}}", encoding="utf-8"
    )
    answers = Answers.of([Answer(1, "a", "q", (1.0,)), Answer(1, "b", "q", (3.0,))])
    (score,) = score_quantities(load_study(folder / "points.yaml"), answers, {"q": 2.0})
    assert math.isnan(score.share_within)
    assert score.method == "empirical"


def test_open_questions_are_left_out(study, write):
    path = write("question,outcome\nchance,1\ncost,\nplaces,12\n")
    assert load_outcomes(study, path) == {"chance": 1.0, "places": 12.0}


def test_all_wrong_outcomes_are_told_at_once(study, write):
    path = write("question,outcome\nchance,0.5\nchanse,1\ncost,much\nplaces,1\nplaces,2\n")
    with pytest.raises(InputFaults, match="4 faults") as raised:
        load_outcomes(study, path)
    assert [fault.line for fault in raised.value.faults] == [2, 3, 4, 6]


def test_outcomes_need_their_columns(study, write):
    with pytest.raises(AnswerError, match="no column 'outcome'"):
        load_outcomes(study, write("question,result\nchance,1\n"))
    assert load_outcomes(study, write("question,result\nchance,1\n"), {"outcome": "result"}) == {
        "chance": 1.0
    }
    with pytest.raises(AnswerError, match="holds no outcome"):
        load_outcomes(study, write("question,outcome\nchance,\n"))
