import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.scenarios.sampling.streams import GOLDEN, _mixed, uniforms

SNAPSHOT = [0.9914884972340358, 0.2801436779245631, 0.4390836834254018]


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
    # SplitMix64, keyed by BLAKE2b of seed and name: a snapshot, so that old results can be reproduced.
    assert uniforms(649189, "outcomes.housing.quantity", 0, 3) == pytest.approx(SNAPSHOT, rel=1e-15)


def test_the_mixing_is_that_of_splitmix64():
    # Outputs of SplitMix64 from seed 1234567, as published beside the xoshiro generators (Vigna)
    counters = np.arange(1, 6, dtype=np.uint64)
    words = _mixed(counters * np.uint64(GOLDEN) + np.uint64(1234567))
    assert words.tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_every_bit_of_draw_seed_and_name_changes_half_of_the_bits():
    def bits(seed, name, draw):
        word = int(uniforms(seed, name, draw, draw + 1)[0] * 2**52)
        return np.array([word >> i & 1 for i in range(52)])

    flips = [bits(0, "x", 1 << i) != bits(0, "x", 0) for i in range(30)]
    flips += [bits(1 << i, "x", 0) != bits(0, "x", 0) for i in range(30)]
    assert 0.45 < np.mean(flips) < 0.55


def test_neighbouring_draws_know_nothing_of_each_other():
    numbers = uniforms(3, "x", 0, 200_000)
    for lag in (1, 2, 3, 4, 16, 1024):
        assert abs(np.corrcoef(numbers[lag:], numbers[:-lag])[0, 1]) < 0.01
    pairs = np.histogram2d(numbers[:-1:2], numbers[1::2], bins=32, range=[(0, 1), (0, 1)])[0]
    chi_squared = np.sum((pairs - pairs.mean()) ** 2 / pairs.mean())
    assert 850 < chi_squared < 1200  # 1,023 degrees of freedom: standard deviation 45
