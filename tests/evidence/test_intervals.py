"""The intervals against statsmodels, against their definitions, and against what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from hearing_app.evidence.intervals import Z, mover_r, newcombe, wilson

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=300, deadline=None)
@given(one=counts)
def test_wilson_is_that_of_statsmodels(one: tuple[int, int]) -> None:
    low, high = wilson(*one)
    expected = proportion_confint(*one, method="wilson")
    assert (float(low), float(high)) == pytest.approx(expected, rel=0, abs=1e-12)
    assert 0 <= low <= one[0] / one[1] <= high <= 1


@settings(max_examples=300, deadline=None)
@given(one=counts, other=counts)
def test_newcombe_is_that_of_statsmodels(one: tuple[int, int], other: tuple[int, int]) -> None:
    low, high = newcombe(*one, *other)
    expected = confint_proportions_2indep(*one, *other, compare="diff", method="newcomb")
    assert (float(low), float(high)) == pytest.approx(expected, rel=0, abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(one=counts, other=counts)
def test_the_ratio_is_where_the_interval_of_the_difference_touches_zero(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """MOVER-R solves p1 - r p2 = 0 for the MOVER limits of p1 - r p2; here by searching for the root."""
    assume(other[0] > 0)
    p1, p2 = one[0] / one[1], other[0] / other[1]
    (l1, u1), (l2, u2) = (tuple(map(float, wilson(*counted))) for counted in (one, other))
    low, high = map(float, mover_r(*one, *other))

    def lower(r: float) -> float:
        return p1 - r * p2 - math.hypot(p1 - l1, r * (u2 - p2))

    def upper(r: float) -> float:
        return p1 - r * p2 + math.hypot(u1 - p1, r * (p2 - l2))

    assert high == pytest.approx(brentq(upper, 0, 1e9, xtol=1e-15, rtol=1e-14), rel=1e-7)
    expected = brentq(lower, 0, 1e9, xtol=1e-15, rtol=1e-14) if one[0] else 0.0
    assert low == pytest.approx(expected, rel=1e-7, abs=1e-12)
    assert 0 <= low <= p1 / p2 <= high < math.inf


@settings(max_examples=200, deadline=None)
@given(one=counts, other=counts)
def test_difference_and_ratio_agree_on_whether_the_rates_differ(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    assume(other[0] > 0)
    (low, high), (least, most) = newcombe(*one, *other), mover_r(*one, *other)
    assume(min(abs(low), abs(high), abs(least - 1), abs(most - 1)) > 1e-9)
    assert (low > 0) == (least > 1)
    assert (high < 0) == (most < 1)


def test_what_is_undefined_is_not_a_number_and_warns_of_nothing() -> None:
    # Nobody; nobody beside somebody; a reference of none; small counts where the published form divides by 0.
    k1, n1 = np.array([0, 3, 3, 0, 1, 0]), np.array([0, 9, 9, 5, 10, 5])
    k2, n2 = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 8, 8, 2, 2])
    low, high = wilson(k1, n1)
    assert np.isnan([low[0], high[0]]).all() and not np.isnan(low[1:]).any()
    low, high = newcombe(k1, n1, k2, n2)
    assert list(np.isnan(low)) == [True, True, False, False, False, False] == list(np.isnan(high))
    low, high = mover_r(k1, n1, k2, n2)
    assert list(np.isnan(low)) == [True, True, True, True, False, False] == list(np.isnan(high))
    assert np.isfinite(high[4:]).all() and low[5] == 0


def test_known_figures() -> None:
    """805 of 1,795 against 349 of 1,488."""
    assert [float(x) for x in wilson(805, 1795)] == pytest.approx([0.42559496162893107, 0.4715610667176223])
    assert float(Z) == pytest.approx(1.959963984540054, abs=1e-15)
    # Newcombe 1998, table II, row a: 56 of 70 and 48 of 80, method 10.
    assert [float(x) for x in newcombe(56, 70, 48, 80)] == pytest.approx([0.0524, 0.3339], abs=5e-5)


def test_wilson_keeps_its_promise_where_the_textbook_interval_breaks_it() -> None:
    n, p = 10, 0.02
    k = np.arange(n + 1)
    chance = binom.pmf(k, n, p)
    low, high = wilson(k, n)
    half = Z * np.sqrt(k / n * (1 - k / n) / n)
    assert chance[(low <= p) & (p <= high)].sum() == pytest.approx(0.98, abs=0.01)
    assert chance[(k / n - half <= p) & (p <= k / n + half)].sum() == pytest.approx(0.18, abs=0.01)
