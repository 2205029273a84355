"""Inequality: against every pair of places, and against the figures of the papers' own definitions."""

from __future__ import annotations

from itertools import combinations
from statistics import geometric_mean

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hearing_app.evidence.inequality import (
    differentials,
    discrepancy_rate,
    garbe,
    gini,
    lorenz,
    top_share,
)

places = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(counted=places)
def test_gini_is_the_mean_difference_of_all_pairs_of_residents(counted: list[tuple[int, int]]) -> None:
    """Half the mean difference between any two units of weight, over the mean."""
    assume(any(amount for amount, _ in counted))
    rates = np.concatenate([np.full(weight, amount / weight) for amount, weight in counted])
    expected = np.abs(rates[:, None] - rates[None]).mean() / 2 / rates.mean()
    amounts, weights = zip(*counted, strict=True)
    assert float(gini(amounts, weights)) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(counted=places, share=st.floats(0, 1))
def test_the_top_share_is_read_off_the_lorenz_curve(counted: list[tuple[int, int]], share: float) -> None:
    assume(any(amount for amount, _ in counted))
    amounts, weights = zip(*counted, strict=True)
    along, up = lorenz(amounts, weights)
    assert (along[0], up[0], along[-1], up[-1]) == (0, 0, 1, 1)
    assert (np.diff(along) > 0).all()
    # Convex: no place has less for its weight than the one before it.
    assert (np.diff(np.diff(up) / np.diff(along)) > -1e-9).all()
    expected = 1 - np.interp(1 - share, along, up)
    assert float(top_share(amounts, share, weights)) == pytest.approx(expected, abs=1e-9)


def test_by_hand() -> None:
    # One of four has all: uncorrected 3/4, corrected 1.
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([0, 0, 0, 8], corrected=True) == 1
    assert gini([3, 3, 3]) == pytest.approx(0, abs=1e-15)
    assert gini([2, 4], [1, 2]) == pytest.approx(0, abs=1e-15)  # twice the residents, twice the amount
    assert top_share([1, 1, 8], 1 / 3) == pytest.approx(0.8)
    assert top_share([1, 1, 8], 0.5) == pytest.approx(0.85)  # half of the second place, too
    assert top_share([6, 2, 2], 0.25, weights=[1, 1, 2]) == pytest.approx(0.6)


def test_a_place_without_residents_comes_first_and_the_curve_ends_upright() -> None:
    along, up = lorenz([5, 5], [0, 10])
    assert (along.tolist(), up.tolist()) == ([0, 1, 1], [0, 0.5, 1])
    assert top_share([5, 5], 0.01, [0, 10]) == pytest.approx(0.505)
    assert top_share([5, 5], 0, [0, 10]) == 0


def test_what_is_undefined_and_what_is_refused() -> None:
    nothing = [gini([[0, 0], [1, 3]]), top_share([[0, 0], [1, 3]], 0.5), gini([0, 0], [0, 0])]
    assert np.isnan(nothing[0]).tolist() == [True, False] == np.isnan(nothing[1]).tolist()
    assert np.isnan([gini([1, 2], [0, 0]), top_share([1, 2], 0.5, [0, 0]), gini([np.nan, 1])]).all()
    assert np.isnan(nothing[2]) and np.isnan(gini([3], corrected=True))
    for refused in (lambda: gini([-1, 2]), lambda: lorenz([1], [-1]), lambda: top_share([1], 1.5)):
        with pytest.raises(ValueError, match="0"):
            refused()


rates = st.lists(st.floats(1e-6, 1), min_size=2, max_size=8)


@settings(max_examples=200, deadline=None)
@given(of_groups=rates)
def test_summaries_of_an_error_rate_over_groups(of_groups: list[float]) -> None:
    found = differentials(of_groups)
    pairs = list(combinations(of_groups, 2))
    assert float(found.spread) == max(abs(a - b) for a, b in pairs)
    assert float(found.max_min) == pytest.approx(max(max(a / b, b / a) for a, b in pairs))
    assert float(found.max_mean) == pytest.approx(max(of_groups) / geometric_mean(of_groups))
    assert of_groups[int(found.highest)] == max(of_groups)
    assert of_groups[int(found.lowest)] == min(of_groups)
    # Howard and others 2022: n / (n - 1) times the sum of all differences over 2 n^2 times the mean.
    n, mean = len(of_groups), sum(of_groups) / len(of_groups)
    of_all = sum(abs(a - b) for a in of_groups for b in of_groups)
    expected = n / (n - 1) * of_all / (2 * n**2 * mean)
    assert float(found.gini) == pytest.approx(expected, abs=1e-9)


def test_one_rate_of_zero_leaves_no_ratio_and_one_unknown_rate_nothing_at_all() -> None:
    found = differentials(np.array([[0.1, 0.0, 0.3], [0.1, np.nan, 0.3], [0, 0, 0], [0.1, 0.2, 0.4]]))
    assert np.isnan(found.max_min).tolist() == [True, True, True, False] == np.isnan(found.max_mean).tolist()
    assert np.isnan(found.spread).tolist() == [False, True, False, False]
    assert np.isnan(found.gini).tolist() == [False, True, True, False]
    assert (found.highest.tolist(), found.lowest.tolist()) == ([2, -1, 0, 2], [1, -1, 0, 0])


def test_two_error_rates_in_one_figure() -> None:
    matches, others = np.array([[1e-5, 3e-5], [0, 0]]), np.array([[0.02, 0.05], [0.02, 0.05]])
    assert discrepancy_rate(matches, others, alpha=0.25) == pytest.approx(
        [1 - (0.25 * 2e-5 + 0.75 * 0.03), 1 - 0.75 * 0.03]
    )
    # Two groups: the corrected coefficient is the difference over the sum.
    expected = 0.5 * (2 / 4) + 0.5 * (0.03 / 0.07)
    assert garbe(matches, others)[0] == pytest.approx(expected)
    assert np.isnan(garbe(matches, others)[1])
    assert np.isnan(discrepancy_rate([np.nan, 0.1], [0.1, 0.1]))
    with pytest.raises(ValueError, match="alpha"):
        garbe(matches, others, alpha=2)
