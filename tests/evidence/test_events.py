"""Rates of events against scipy's distributions, and against what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, chi2, poisson

from hearing_app.evidence.events import (
    event_rate,
    rate_difference,
    rate_ratio,
    rate_ratio_conditional,
    rate_test,
)

events = st.integers(0, 2000)
exposures = st.floats(0.5, 1e6)


@settings(max_examples=200, deadline=None)
@given(k=events, exposure=exposures)
def test_the_limits_are_the_rates_that_leave_one_in_forty_on_each_side(k: int, exposure: float) -> None:
    value, low, high = (float(one) for one in event_rate(k, exposure))
    assert value == k / exposure
    assert poisson.cdf(k, high * exposure) == pytest.approx(0.025, rel=1e-6)
    assert low == 0 if k == 0 else poisson.sf(k - 1, low * exposure) == pytest.approx(0.025, rel=1e-6)
    # The same by chi-squared, as it is printed in most books.
    assert high == pytest.approx(chi2.ppf(0.975, 2 * (k + 1)) / 2 / exposure, rel=1e-9)


def test_known_figures() -> None:
    """Garwood's own table: ten events have limits of 4.795 and 18.390, none have 0 and 3.69."""
    _, low, high = event_rate([10, 0], 1)
    assert list(low) == pytest.approx([4.795, 0], abs=5e-4)
    assert list(high) == pytest.approx([18.390, 3.689], abs=5e-4)


@settings(max_examples=200, deadline=None)
@given(k1=events, e1=exposures, k2=st.integers(1, 2000), e2=exposures)
def test_difference_and_ratio_agree_on_whether_the_rates_differ(
    k1: int, e1: float, k2: int, e2: float
) -> None:
    low, high = (float(one) for one in rate_difference(k1, e1, k2, e2))
    least, most = (float(one) for one in rate_ratio(k1, e1, k2, e2))
    assert low <= k1 / e1 - k2 / e2 <= high
    assert least <= k1 / e1 / (k2 / e2) <= most < math.inf
    if min(abs(least - 1), abs(most - 1)) > 1e-9:
        assert (low > 0) == (least > 1)
        assert (high < 0) == (most < 1)


@settings(max_examples=100, deadline=None)
@given(k1=events, e1=exposures, k2=st.integers(1, 2000), e2=exposures)
def test_the_conditional_ratio_is_that_of_the_exact_binomial_test(
    k1: int, e1: float, k2: int, e2: float
) -> None:
    low, high = (float(one) for one in rate_ratio_conditional(k1, e1, k2, e2))
    share = binomtest(k1, k1 + k2).proportion_ci(0.95, "exact")
    assert low == pytest.approx(share.low / (1 - share.low) * e2 / e1, rel=1e-6)
    assert high == pytest.approx(share.high / (1 - share.high) * e2 / e1, rel=1e-6)


@settings(max_examples=200, deadline=None)
@given(k1=events, e1=exposures, k2=st.integers(1, 2000), e2=exposures)
def test_the_test_doubles_the_smaller_tail_and_agrees_with_the_interval(
    k1: int, e1: float, k2: int, e2: float
) -> None:
    p, share = float(rate_test(k1, e1, k2, e2)), e1 / (e1 + e2)
    tails = binom.cdf(k1, k1 + k2, share), binom.sf(k1 - 1, k1 + k2, share)
    assert p == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6, abs=1e-280)
    low, high = (float(one) for one in rate_ratio_conditional(k1, e1, k2, e2))
    if abs(p - 0.05) > 1e-9:
        assert (p < 0.05) == (low > 1 or high < 1)


def test_no_event_is_no_evidence_and_no_exposure_no_test() -> None:
    p = rate_test([0, 0, 5, 5], [3.0, 0, 2, 0], [0, 0, 0, 5], [4.0, 4, 2, 0])
    assert np.isnan(p).tolist() == [False, True, False, True]
    assert p[0] == 1
    assert p[2] == pytest.approx(2 / 2**5)


def test_what_is_undefined_is_not_a_number_and_warns_of_nothing() -> None:
    value, low, high = event_rate([0, 4], 0)
    assert np.isnan([value, low, high]).all()
    k1, e1 = np.array([3, 0, 3, 0, 3]), np.array([10.0, 10, 0, 10, 10])
    k2, e2 = np.array([0, 0, 5, 5, 5]), np.array([10.0, 10, 10, 10, 0])
    for interval in (rate_ratio, rate_ratio_conditional):
        low, high = interval(k1, e1, k2, e2)
        assert list(np.isnan(low)) == [True, True, True, False, True] == list(np.isnan(high))
        assert low[3] == 0 < high[3]
    low, high = rate_difference(k1, e1, k2, e2)
    assert list(np.isnan(low)) == [False, False, True, False, True] == list(np.isnan(high))
