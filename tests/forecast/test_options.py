"""What a panel says of options, against published values and independent computation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.options import option_findings
from innosi.forecast.statistics.pairwise import consistency_ratios, group_priorities, priorities
from innosi.models.errors import AnswerError

OPTIONS = {"a": "Option A", "b": "Option B", "c": "Option C"}


def answers_to(type_, rows, **about):
    question = Question("q", "What?", type_, options=OPTIONS, **about)
    answers = Answers.of(Answer(1, f"p{i:02d}", "q", tuple(row)) for i, row in enumerate(rows))
    return answers.to(question, 1)


def test_priorities_of_a_published_comparison():
    """Teknomo's tutorial on AHP (apple, banana, cherry), by exact eigenvectors: λ = 3.0649, CR = 5.6 %."""
    assert priorities([[1 / 3, 5, 7]])[0] == pytest.approx([0.2790, 0.6491, 0.0719], abs=5e-5)
    assert consistency_ratios([[1 / 3, 5, 7]])[0] == pytest.approx((3.0649 - 3) / 2 / 0.58, abs=1e-4)


@given(st.lists(st.floats(0.1, 1), min_size=4, max_size=4))
def test_comparisons_without_contradiction_give_the_weights_back(weights):
    pairs = [weights[i] / weights[j] for i in range(4) for j in range(i + 1, 4)]
    assert priorities([pairs])[0] == pytest.approx(np.array(weights) / sum(weights), rel=1e-6)
    assert consistency_ratios([pairs])[0] == pytest.approx(0, abs=1e-9)


def test_the_principal_eigenvector_is_numpys():
    pairs = np.random.default_rng(2).choice([1 / 9, 1 / 5, 1 / 3, 1, 3, 5, 9], (6, 6))
    for row, found in zip(pairs, priorities(pairs), strict=True):
        matrix = np.ones((4, 4))
        matrix[np.triu_indices(4, 1)] = row
        matrix[np.tril_indices(4, -1)] = (1 / matrix.T)[np.tril_indices(4, -1)]
        values, vectors = np.linalg.eig(matrix)
        principal = np.abs(vectors[:, np.argmax(values.real)].real)
        assert found == pytest.approx(principal / principal.sum(), rel=1e-8)


@given(st.lists(st.lists(st.sampled_from([1 / 9, 1 / 3, 1, 2, 7]), min_size=6, max_size=6), min_size=2))
def test_who_repeats_comparisons_has_the_same_priorities_to_the_last_bit(rows):
    assert all(
        (priorities([row])[0] == found).all() for row, found in zip(rows, priorities(rows), strict=True)
    )


def test_two_options_cannot_contradict_and_pairs_must_be_whole():
    assert math.isnan(consistency_ratios([[3.0]])[0])
    with pytest.raises(AnswerError, match="2 comparisons are not those of all pairs"):
        priorities([[1, 2]])
    assert math.isnan(group_priorities(np.zeros((0, 3))).consistency_ratio)


def test_a_panel_of_opposites_is_undecided():
    together = group_priorities([[3, 5, 2], [1 / 3, 1 / 5, 1 / 2]])
    assert together.weights == pytest.approx([1 / 3] * 3)


def test_pairs_are_shown_with_their_contradictions():
    found = option_findings(answers_to("pairwise", [(3, 5, 2), (2, 4, 2), (9, 1 / 9, 9), (3, 4, 1)]))
    assert [each.name for each in found.options] == ["a", "b", "c"]
    assert sum(each.value for each in found.options) == pytest.approx(1)
    assert all(each.low < each.value < each.high for each in found.options)
    assert found.statements[1] == "1 of 4 panellists contradict themselves more than that"


def test_a_ranking_shows_the_first_choice_first_with_its_agreement():
    found = option_findings(answers_to("ranking", [(2, 1, 3), (2, 1, 3), (1, 2, 3), (2, 1, 3)]))
    assert [(each.title, each.value) for each in found.options] == [
        ("Option B", 1.25),
        ("Option A", 1.75),
        ("Option C", 3),
    ]
    assert found.statements[0].startswith("the rankings agree to 0.812")
    assert "by permutation p = " in found.statements[0]


def test_a_choice_shows_shares_with_wilsons_interval():
    found = option_findings(answers_to("choice", [(0,), (1,), (1,), (1,)]))
    first = found.options[0]
    assert (first.name, first.value) == ("b", 0.75)
    assert (first.low, first.high) == pytest.approx((0.3006, 0.9544), abs=5e-5)


def test_cochrans_q_of_two_options_is_mcnemars():
    """For two options Q is McNemar's χ² = (b − c)² / (b + c): here 8 against 2 who chose one of the two."""
    question = Question("q", "What?", "multiple_choice", options={"a": "A", "b": "B"})
    rows = [(1, 0)] * 8 + [(0, 1)] * 2 + [(1, 1)] * 5
    answers = Answers.of(Answer(1, f"p{i:02d}", "q", row) for i, row in enumerate(rows))
    found = option_findings(answers.to(question, 1))
    assert "Cochran's Q = 3.6, p = 0.058" in found.statements[0]
    assert found.options[0].value == pytest.approx(13 / 15)


def test_cochrans_q_cannot_be_told_of_all_or_nothing():
    found = option_findings(answers_to("multiple_choice", [(1, 1, 1), (0, 0, 0)]))
    assert "cannot be told" in found.statements[0]


def test_points_are_shown_as_means():
    found = option_findings(answers_to("allocation", [(50, 30, 20), (40, 40, 20), (60, 20, 20)]))
    assert [each.value for each in found.options] == pytest.approx([50, 30, 20])
    assert math.isnan(found.options[2].low)  # all gave 20


def test_nothing_is_said_of_questions_without_options_or_answers():
    assert option_findings(answers_to("ranking", [])) is None
    rating = Question("q", "What?", "rating", scale=(1, 5))
    assert option_findings(Answers.of([Answer(1, "p", "q", (3,))]).to(rating, 1)) is None
