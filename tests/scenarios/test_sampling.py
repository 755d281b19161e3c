import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.scenarios.sampling.streams import uniforms

SNAPSHOT = [0.5447233103273708, 0.6868151164341316, 0.6482573169000876]


@given(st.integers(0, 2**31), st.integers(0, 10_000), st.integers(1, 50), st.integers(1, 50))
def test_any_chunk_holds_the_numbers_of_the_whole(seed, start, first, second):
    whole = uniforms(seed, "outcomes.housing.quantity", start, start + first + second)
    parts = [
        uniforms(seed, "outcomes.housing.quantity", start, start + first),
        uniforms(seed, "outcomes.housing.quantity", start + first, start + first + second),
    ]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_numbers_are_uniform_within_the_open_interval():
    numbers = uniforms(0, "x", 0, 200_000)
    assert numbers.min() > 0
    assert numbers.max() < 1
    counts = np.histogram(numbers, bins=100, range=(0, 1))[0]
    chi_squared = np.sum((counts - 2000) ** 2 / 2000)
    assert 50 < chi_squared < 160  # 99 degrees of freedom: mean 99, standard deviation 14


def test_inputs_and_seeds_are_independent():
    numbers = [uniforms(seed, name, 0, 50_000) for seed in (0, 1) for name in ("x", "y")]
    correlations = np.corrcoef(numbers)[np.triu_indices(4, 1)]
    assert np.all(np.abs(correlations) < 0.02)


def test_zero_is_a_seed():
    assert not np.array_equal(uniforms(0, "x", 0, 4), uniforms(1, "x", 0, 4))


def test_the_numbers_stay_the_same_from_release_to_release():
    # Philox 4×64 keyed by BLAKE2b of seed and name: a snapshot, so that old results can be reproduced.
    assert uniforms(649189, "outcomes.housing.quantity", 0, 3) == pytest.approx(SNAPSHOT, rel=1e-15)
