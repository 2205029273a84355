"""Counts with noise: against Wilson without it, and against what the intervals promise with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hearing_app.evidence.intervals import Z, mover_difference, wilson
from hearing_app.evidence.noise import geometric_noise, nearest_rounding, noisy_rate, random_rounding

Counts = NDArray[np.int64]


def geometric(scale: float) -> Callable[[Any, Counts], Counts]:
    def add(rng: Any, counts: Counts) -> Counts:
        stop = 1 - np.exp(-1 / scale)
        noisy: Counts = counts + rng.geometric(stop, counts.shape) - rng.geometric(stop, counts.shape)
        return noisy

    return add


def nearest(_: Any, counts: Counts) -> Counts:
    return 5 * ((counts + 2) // 5)


def at_random(rng: Any, counts: Counts) -> Counts:
    rest = counts % 5
    rounded: Counts = counts - rest + 5 * (rng.random(counts.shape) < rest / 5)
    return rounded


def test_without_noise_it_is_wilsons() -> None:
    k, rest = np.array([0, 3, 9, 805, 0]), np.array([7, 6, 0, 990, 0])
    value, low, high = noisy_rate(k, rest, 0)
    expected = wilson(k, k + rest)
    assert low == pytest.approx(expected[0], abs=1e-12, nan_ok=True)
    assert high == pytest.approx(expected[1], abs=1e-12, nan_ok=True)
    assert np.isnan([value[4], low[4], high[4]]).all()


@pytest.mark.parametrize(
    ("noise", "variance"),
    [
        *((geometric(scale), geometric_noise(scale)) for scale in (1.0, 2.0, 5.0, 10.0, 20.0)),
        (nearest, nearest_rounding(5)),
        (at_random, random_rounding(5)),
    ],
)
@pytest.mark.parametrize("people", [10, 30, 100, 300])
def test_they_hold_the_rate_as_often_as_they_say_over_all_rates(
    noise: Callable[[Any, Counts], Counts], variance: float, people: int
) -> None:
    rng = np.random.default_rng(people)
    p = np.repeat(np.linspace(0.01, 0.99, 99), 300)
    k = rng.binomial(people, p)
    value, low, high = noisy_rate(noise(rng, k), noise(rng, people - k), variance)
    known = ~np.isnan(value)
    assert np.mean(((low <= p) & (p <= high))[known]) > 0.945
    assert (low[known] <= value[known]).all() and (value[known] <= high[known]).all()


def test_an_interval_that_knows_nothing_of_the_noise_breaks_its_promise() -> None:
    rng = np.random.default_rng(1)
    p = np.repeat(np.linspace(0.01, 0.99, 99), 300)
    k = rng.binomial(100, p)
    noisy, rest = (np.maximum(geometric(5.0)(rng, one), 0) for one in (k, 100 - k))
    low, high = wilson(noisy, noisy + rest)
    assert np.mean((low <= p) & (p <= high)) < 0.8


def test_the_limits_solve_the_equation_they_are_taken_from() -> None:
    k, rest, variance = 40.0, 70.0, 9.0
    _, low, high = (float(one) for one in noisy_rate(k, rest, variance, cells_k=2, cells_rest=3))
    for p in (low, high):
        spread = 110 * p * (1 - p) + 18 * (1 - p) ** 2 + 27 * p**2
        assert (k - p * 110) ** 2 == pytest.approx(Z**2 * spread)


def test_counts_that_noise_made_negative_or_empty() -> None:
    value, low, high = noisy_rate([-3, 4, -5, 8], [40, -1, 2, -8], geometric_noise(2.0))
    assert (value[0], low[0], value[1], high[1]) == (0, 0, 1, 1)
    assert 0 < high[0] < 0.5
    assert np.isnan([value[2:], low[2:], high[2:]]).all()
    # More noise than people: nothing is known.
    assert tuple(float(one) for one in noisy_rate(2, 1, geometric_noise(20.0))[1:]) == (0, 1)


def test_variances_are_those_of_the_noise_and_somewhat_more() -> None:
    rng = np.random.default_rng(0)
    many = np.full(200_000, 1000)
    assert 1.1 < geometric_noise(3.0) / np.var(geometric(3.0)(rng, many)) < 1.25
    counts = rng.integers(100, 200, 200_000)
    assert random_rounding() == pytest.approx(np.var(at_random(rng, counts) - counts), rel=0.02)
    assert nearest_rounding() == pytest.approx(1.5 * np.var(nearest(rng, counts) - counts), rel=0.02)
    with pytest.raises(ValueError, match="scale"):
        geometric_noise(0)
    with pytest.raises(ValueError, match="odd"):
        nearest_rounding(4)
    with pytest.raises(ValueError, match="base"):
        random_rounding(0)
    with pytest.raises(ValueError, match="variance"):
        noisy_rate(1, 1, -1)


def test_the_difference_of_two_noisy_rates_is_wider_than_of_two_exact_ones() -> None:
    noisy = mover_difference(noisy_rate(40, 60, 9.0), noisy_rate(20, 80, 9.0))
    exact = mover_difference(noisy_rate(40, 60, 0), noisy_rate(20, 80, 0))
    assert noisy[0] < exact[0] < exact[1] < noisy[1]
