"""Tests of many differences against scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from statsmodels.stats.multitest import multipletests

from hearing_app.evidence.intervals import newcombe
from hearing_app.evidence.multiplicity import adjusted, against_reference, score_test, survivors

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
chances = st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(one=counts, other=counts)
def test_the_score_test_is_the_chi_squared_test_without_correction(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    table = np.array([[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]])
    assume((table.sum(axis=0) > 0).all())
    p = float(score_test(*one, *other))
    assert p == pytest.approx(chi2_contingency(table, correction=False).pvalue, rel=1e-9, abs=1e-300)


def test_it_agrees_with_the_interval_that_pages_show() -> None:
    rng = np.random.default_rng(4)
    n1, n2 = rng.integers(10, 400, (2, 5000))
    k1, k2 = rng.binomial(n1, 0.3), rng.binomial(n2, 0.4)
    low, high = newcombe(k1, n1, k2, n2)
    assert np.mean(((low > 0) | (high < 0)) == (score_test(k1, n1, k2, n2) < 0.05)) > 0.98


def test_nobody_is_undefined_and_no_variation_is_no_evidence() -> None:
    p = score_test([0, 3, 0, 5], [0, 9, 7, 5], [3, 0, 0, 8], [9, 0, 12, 8])
    assert list(np.isnan(p)) == [True, True, False, False]
    assert list(p[2:]) == [1, 1]


def test_every_group_against_the_reference_and_the_reference_against_nobody() -> None:
    k, n = np.array([[805, 349, 2, 0], [5, 5, 5, 5]]), np.array([[1795, 1488, 23, 0], [9, 10, 11, 12]])
    p = against_reference(k, n, 1)
    assert list(np.isnan(p[0])) == [False, True, False, True]
    assert p[0, 0] == score_test(805, 1795, 349, 1488)
    assert p[1, 3] == score_test(5, 12, 5, 10)


@settings(max_examples=300, deadline=None)
@given(p=chances)
def test_adjusted_is_that_of_statsmodels_among_the_defined(p: list[float]) -> None:
    found = adjusted(p)
    known = ~np.isnan(p)
    assert np.isnan(found[~known]).all()
    if known.any():
        expected = multipletests(np.array(p)[known], method="fdr_bh")[1]
        assert found[known] == pytest.approx(expected, rel=1e-12)


def test_each_row_is_adjusted_on_its_own() -> None:
    p = np.random.default_rng(1).random((5, 7))
    p[2] = np.nan
    p[3, 4] = np.nan
    for row, found in zip(p, adjusted(p), strict=True):
        assert np.array_equal(found, adjusted(row), equal_nan=True)


def test_how_many_survive() -> None:
    # By hand: 0.01 * 4 / 1 = 0.04; 0.04 * 4 / 2 = 0.08; 0.03 before it, so 0.03 * 4 / 2 = 0.06; 0.5.
    found = survivors([[0.01, 0.03], [0.5, np.nan], [0.04, np.nan]])
    assert (found.compared, found.alone, found.together) == (4, 3, 1)
    assert found.by_chance == pytest.approx(0.2)
    none = survivors([np.nan, np.nan])
    assert (none.compared, none.alone, none.together, none.by_chance) == (0, 0, 0, 0)


def test_where_no_group_differs_few_tables_have_a_survivor() -> None:
    rng = np.random.default_rng(2)
    n = np.array([400, 300, 200, 100, 80, 60, 50, 40])
    p = against_reference(rng.binomial(n, 0.3, (4000, 8)), n, 0)
    assert np.mean((p <= 0.05).any(axis=1)) > 0.2
    assert np.mean((adjusted(p) <= 0.05).any(axis=1)) < 0.055
