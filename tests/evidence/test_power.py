"""What a table can show: against statsmodels, and against the power counted out case by case."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import power_proportions_2indep

from hearing_app.evidence.intervals import newcombe, wilson
from hearing_app.evidence.power import half_width, least_half_width, smallest_difference


def found_by_newcombe(n1: int, n2: int, p1: float, p2: float) -> float:
    """How often Newcombe's interval leaves out 0, over every table that can come about."""
    k1, k2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None]
    low, high = newcombe(k1, n1, k2, n2)
    chance = binom.pmf(k1, n1, p1) * binom.pmf(k2, n2, p2)
    return float(chance[(low > 0) | (high < 0)].sum())


@pytest.mark.parametrize(
    ("n1", "n2", "p"), [(18, 2454, 0.35), (637, 2454, 0.2), (50, 80, 0.5), (3000, 3000, 0.02)]
)
def test_the_power_there_is_four_fifths_by_statsmodels(n1: int, n2: int, p: float) -> None:
    under, over = (float(one) for one in smallest_difference(n1, n2, p))
    for difference in (-under, over):
        power = power_proportions_2indep(difference, p, n1, ratio=n2 / n1, return_results=False)
        assert power == pytest.approx(0.8, abs=1e-5)  # It adds the wrong direction, a few in a million.


@pytest.mark.parametrize(
    ("n1", "n2", "p"),
    [(18, 2454, 0.348), (8, 1488, 0.2345), (10, 10, 0.3), (30, 30, 0.3), (100, 100, 0.1), (32, 2454, 0.35)],
)
def test_counted_out_the_interval_finds_it_about_four_times_in_five(n1: int, n2: int, p: float) -> None:
    under, over = (float(one) for one in smallest_difference(n1, n2, p))
    assert 0.75 < found_by_newcombe(n1, n2, p + over, p) < 0.86
    if not math.isnan(under):
        assert 0.75 < found_by_newcombe(n1, n2, p - under, p) < 0.86


def test_eighteen_people_show_thirty_points_and_eight_show_forty_four() -> None:
    """18 Native American defendants of the published table beside 2,454 white ones; 8 beside 1,488."""
    under, over = smallest_difference([18, 8], [2454, 1488], [854 / 2454, 349 / 1488])
    assert over == pytest.approx([0.315, 0.436], abs=5e-4)
    assert under[0] == pytest.approx(0.273, abs=1e-3)
    assert math.isnan(under[1])  # The whole way down to 0 is not far enough.
    for sign in (-1, 1):
        assert found_by_newcombe(18, 2454, 0.348 + sign * 0.2, 0.348) < 0.5


def test_what_cannot_be_shown_is_not_a_number() -> None:
    under, over = smallest_difference([0, 5, 5, 5, 100], [5, 0, 3, 5, 100], [0.5, 0.5, 0.5, np.nan, 0])
    assert np.isnan(under).all()
    assert list(np.isnan(over)) == [True, True, True, True, False]


def test_more_people_or_less_certainty_show_smaller_differences() -> None:
    _, over = smallest_difference(np.array([10, 20, 50, 100, 1000]), 500, 0.3)
    assert (np.diff(over) < 0).all()
    assert float(smallest_difference(50, 500, 0.3, power=0.5)[1]) < over[2]


def test_half_widths() -> None:
    low, high = wilson(9, 18)
    assert half_width(18) == pytest.approx(float(high - low) / 2, abs=1e-15)
    assert float(half_width(18)) == pytest.approx(0.2097, abs=5e-5)
    widths = half_width(18, np.arange(19) / 18)
    assert float(least_half_width(18)) == pytest.approx(widths.min(), abs=1e-15)
    assert float(half_width(18)) == widths.max()
    assert np.isnan(half_width([0, 4])).tolist() == [True, False]
