"""Change between periods against scipy, and against people one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency, norm
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.multitest import multipletests

from hearing_app.evidence.drift import control, homogeneity, periods_apart, stability_index, trend
from hearing_app.evidence.multiplicity import score_test

periods = st.lists(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=8
)


def varied(counted: list[tuple[int, int]]) -> bool:
    return 0 < sum(k for k, _ in counted) < sum(n for _, n in counted)


@settings(max_examples=200, deadline=None)
@given(counted=periods)
def test_homogeneity_is_the_chi_squared_test(counted: list[tuple[int, int]]) -> None:
    assume(varied(counted))
    k, n = np.array(counted).T
    expected = chi2_contingency(np.stack([k, n - k]), correction=False)
    found = homogeneity(k, n)
    assert float(found.chi_squared) == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert float(found.p) == pytest.approx(expected.pvalue, rel=1e-7, abs=1e-12)
    assert float(found.least_expected) == pytest.approx(expected.expected_freq.min())


@settings(max_examples=200, deadline=None)
@given(counted=periods)
def test_trend_is_the_correlation_of_people_with_time(counted: list[tuple[int, int]]) -> None:
    """Cochran and Armitage's z is the root of n times the correlation of event and period over all people."""
    assume(varied(counted))
    k, n = np.array(counted).T
    when = np.repeat(np.arange(len(n)), n)
    event = np.concatenate([np.repeat([1, 0], (k, n - k)) for k, n in counted])
    z, p = (float(one) for one in trend(k, n))
    r = float(np.corrcoef(when, event)[0, 1])
    assert z == pytest.approx(r * math.sqrt(len(when)), rel=1e-8, abs=1e-8)
    assert p == pytest.approx(2 * norm.sf(abs(z)), rel=1e-9)


def test_trend_beside_statsmodels_and_at_times_of_its_own() -> None:
    k, n = np.array([20, 22, 35, 41]), np.array([100, 90, 110, 95])
    theirs = Table(np.stack([n - k, k], axis=1), shift_zeros=False).test_ordinal_association(
        row_scores=np.array([0, 1, 2, 5])
    )
    z, _ = trend(k, n, times=[0, 1, 2, 5])
    # Theirs takes both totals as given, which divides by people less one.
    assert float(z) * math.sqrt((n.sum() - 1) / n.sum()) == pytest.approx(theirs.zscore, rel=1e-9)
    assert float(z) > 0 > float(trend(k[::-1], n[::-1])[0])


def test_periods_of_nobody_count_in_no_test() -> None:
    k, n = np.array([[20, 0, 22, 35]] * 2), np.array([[100, 0, 90, 110]] * 2)
    found = homogeneity(k, n)
    assert list(found.periods) == [3, 3]
    assert found.p[0] == homogeneity([20, 22, 35], [100, 90, 110]).p
    assert trend(k, n)[0][0] == pytest.approx(float(trend([20, 22, 35], [100, 90, 110], times=[0, 2, 3])[0]))
    apart = periods_apart(k, n)
    assert list(np.isnan(apart[0])) == [False, True, False, False]
    one = homogeneity([3, 0], [9, 0]), trend([3, 0], [9, 0]), periods_apart([3, 0], [9, 0])
    assert np.isnan([one[0].p, one[0].chi_squared, one[0].least_expected, *one[1], *one[2]]).all()
    none = homogeneity([0, 0], [0, 0]), control([0, 0], [0, 0])
    assert np.isnan([none[0].p, none[1].centre, *none[1].side, *none[1].low]).all()
    assert np.isnan(trend([3, 4], [9, 9], times=[1, 1])[0])


def test_no_variation_is_no_evidence() -> None:
    for k in ([0, 0, 0], [9, 8, 7]):
        assert homogeneity(k, [9, 8, 7]).p == 1
        z, p = trend(k, [9, 8, 7])
        assert (float(z), float(p)) == (0, 1)
        assert list(control(k, [9, 8, 7]).side) == [0, 0, 0]


@settings(max_examples=200, deadline=None)
@given(counted=periods, centre=st.floats(0, 1))
def test_control_limits_are_quantiles_of_the_binomial(counted: list[tuple[int, int]], centre: float) -> None:
    k, n = np.array(counted).T
    found = control(k, n, centre=centre)
    least, most = binom.ppf(0.00135, n, centre), binom.ppf(1 - 0.00135, n, centre)
    if 1e-12 < centre < 1 - 1e-12:
        assert found.low * n == pytest.approx(least)
        assert found.high * n == pytest.approx(most)
    for count, people, side in zip(k, n, found.side, strict=True):
        too_few = binom.cdf(count, people, centre) < 0.00135
        too_many = binom.sf(count - 1, people, centre) < 0.00135 * (1 - 1e-9)
        assert side == (-1 if too_few else 1 if too_many else 0)


def test_one_period_far_off_is_marked_and_survives_the_adjustment() -> None:
    k, n = np.array([[30, 28, 33, 70, 31]]), np.array([[100] * 5])
    assert control(k, n, centre=[0.3]).side.tolist() == [[0, 0, 0, 1, 0]]
    assert control(k, n).centre[0] == pytest.approx(192 / 500)
    plain = score_test(k, n, k.sum() - k, n.sum() - n)[0]
    assert periods_apart(k, n)[0] == pytest.approx(multipletests(plain, method="fdr_bh")[1])
    assert periods_apart(k, n)[0].argmin() == 3


def test_stability_by_hand_and_where_it_is_undefined() -> None:
    found = stability_index([[50, 50], [50, 50], [0, 0], [10, 0]], [[25, 75], [100, 0], [5, 5], [10, 0]])
    by_hand = (0.25 - 0.5) * math.log(0.25 / 0.5) + (0.75 - 0.5) * math.log(0.75 / 0.5)
    assert found.value[0] == pytest.approx(by_hand)
    assert list(np.isnan(found.value)) == [False, True, True, False]
    assert (found.value[3], found.by_chance[3], found.limit[3]) == (0, 0, 0)
    assert found.by_chance[0] == pytest.approx(1 * (1 / 100 + 1 / 100))
    # The other way round it is the same.
    assert stability_index([25, 75], [50, 50]).value == pytest.approx(by_hand)


def test_unchanged_scores_exceed_the_limit_one_time_in_twenty() -> None:
    rng, shares = np.random.default_rng(6), np.full(10, 0.1)
    found = stability_index(rng.multinomial(800, shares, 5000), rng.multinomial(500, shares, 5000))
    assert np.mean(found.value > found.limit) == pytest.approx(0.05, abs=0.012)
    assert np.mean(found.value) == pytest.approx(float(found.by_chance[0]), rel=0.05)
