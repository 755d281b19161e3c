import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from innosi.models.errors import InnosiError
from innosi.scenarios.sampling.designs import LatinHypercube, MonteCarlo, Sobol, _scrambled_sobol, design_of
from innosi.scenarios.sampling.streams import uniforms

NAMES = ("outcomes.home.quantity", "outcomes.home.deadweight", "discount_rate")


def _filled(design, start, n):
    out = np.empty((len(design.names), n))
    design.fill(start, out)
    return out


def test_the_compiled_random_numbers_are_the_plain_ones_bit_for_bit():
    drawn = _filled(MonteCarlo(7, NAMES), 8, 1001)
    for row, name in zip(drawn, NAMES, strict=True):
        np.testing.assert_array_equal(row, uniforms(7, name, 8, 1009))


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
@settings(max_examples=15)
@given(data=st.data())
def test_any_stretch_of_draws_can_be_had_without_those_before_it(sampling, data):
    design = design_of(sampling, 3, NAMES, 9000)
    whole = _filled(design, 0, 9000)
    start = 4 * data.draw(st.integers(0, 2000))
    n = data.draw(st.integers(1, 9000 - start))
    np.testing.assert_array_equal(_filled(design, start, n), whole[:, start : start + n])


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_numbers_lie_within_the_open_interval_evenly(sampling):
    drawn = _filled(design_of(sampling, 0, NAMES, 65_536), 0, 65_536)
    assert drawn.min() > 0
    assert drawn.max() < 1
    assert drawn.mean(axis=1) == pytest.approx(0.5, abs=0.005)
    assert np.all(np.abs(np.corrcoef(drawn)[np.triu_indices(3, 1)]) < 0.02)


@pytest.mark.parametrize("n", [1, 2, 3, 100, 1000, 4096])
def test_a_latin_hypercube_has_one_draw_in_every_stratum(n):
    drawn = _filled(LatinHypercube(5, NAMES, n), 0, n)
    for row in drawn:
        assert sorted(np.floor(row * n).astype(int)) == list(range(n))


def test_strata_are_in_another_order_for_every_number():
    drawn = _filled(LatinHypercube(5, NAMES, 1000), 0, 1000)
    assert not np.array_equal(np.argsort(drawn[0]), np.argsort(drawn[1]))


def test_a_sobol_sequence_is_scipys():
    directions, shift = _scrambled_sobol(3, 11, 0)
    words = np.random.default_rng([int(word) for word in _words(11)])
    expected = qmc.Sobol(3, scramble=True, bits=52, seed=words).random(256)
    order = np.argsort(np.argsort(np.array(NAMES, dtype=object)))
    drawn = _filled(Sobol(11, NAMES), 0, 256)  # the first 256 draws are of the first replicate
    np.testing.assert_allclose(drawn, expected.T[order], atol=2**-52)
    assert directions.shape == (3, 52)
    assert shift.shape == (3,)


def _words(seed):
    from innosi.scenarios.sampling.streams import stream_keys

    return stream_keys(seed, ["sobol\n0"])[0]


def test_the_replicates_of_a_sobol_sequence_are_scrambled_apart():
    drawn = _filled(Sobol(0, NAMES), 0, 4096).reshape(3, 16, 256)
    assert len({tuple(part) for part in drawn[0]}) == 16


def test_a_sobol_sequence_integrates_better_than_chance():
    true = 1 / 8
    errors = {}
    for design in (MonteCarlo(1, NAMES), Sobol(1, NAMES)):
        drawn = _filled(design, 0, 65_536)
        errors[type(design)] = abs(np.mean(np.prod(drawn, axis=0)) - true)
    assert errors[Sobol] < 1e-5


def test_more_numbers_than_a_sobol_sequence_has_dimensions_are_refused():
    names = tuple(f"n{i}" for i in range(21_202))
    with pytest.raises(InnosiError, match="more than a Sobol sequence has dimensions"):
        Sobol(0, names).fill(0, np.empty((len(names), 4)))
