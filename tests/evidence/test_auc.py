"""The area under the curve against all pairs of people, and its interval against DeLong's definition."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from hearing_app.evidence.auc import area_under_curve, hanley_mcneil


def slow(positives: list[int], negatives: list[int]) -> tuple[float, float]:
    """The area and DeLong's variance, person by person."""
    high = [score for score, n in enumerate(positives) for _ in range(n)]
    low = [score for score, n in enumerate(negatives) for _ in range(n)]

    def won(x: int, y: int) -> float:
        return 1.0 if x > y else 0.5 if x == y else 0.0

    of_high = [sum(won(x, y) for y in low) / len(low) for x in high]
    of_low = [sum(won(x, y) for x in high) / len(high) for y in low]
    variance = float(np.var(of_high, ddof=1)) / len(high) + float(np.var(of_low, ddof=1)) / len(low)
    return sum(of_high) / len(of_high), variance


tables = arrays(np.int64, (2, 5), elements=st.integers(0, 6))


@settings(max_examples=150, deadline=None)
@given(people=tables.filter(lambda people: bool((people.sum(axis=1) > 1).all())))
def test_area_and_interval_are_those_of_the_definition(people: Any) -> None:
    value, low, high = (float(one[0]) for one in area_under_curve(people[None, 0], people[None, 1]))
    area, variance = slow(people[0].tolist(), people[1].tolist())
    assert value == pytest.approx(area, abs=1e-12)
    if 0 < area < 1:
        logit, error = math.log(area / (1 - area)), math.sqrt(variance) / (area * (1 - area))
        for limit, sign in ((low, -1), (high, 1)):
            expected = 1 / (1 + math.exp(-(logit + sign * 1.959963984540054 * error)))
            assert limit == pytest.approx(expected, abs=1e-9)
    else:
        assert math.isnan(low) and math.isnan(high)


def test_a_tie_counts_half_and_an_absent_outcome_leaves_it_undefined() -> None:
    one, none = np.array([[0, 1]]), np.array([[0, 0]])
    assert area_under_curve(one, one)[0][0] == 0.5
    assert math.isnan(area_under_curve(one, none)[0][0])
    assert math.isnan(area_under_curve(none, one)[0][0])


def test_the_interval_holds_the_true_area_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(20)
    above, below = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.2, 0.1])
    true = sum(a * (below[:i].sum() + below[i] / 2) for i, a in enumerate(above))
    positives, negatives = rng.multinomial(60, above, 4000), rng.multinomial(80, below, 4000)
    _, low, high = area_under_curve(positives, negatives)
    assert 0.94 < float(np.mean((low <= true) & (true <= high))) < 0.96


def test_the_area_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(7)
    positives, negatives = rng.integers(0, 400, (2, 20, 10))
    value, _, _ = area_under_curve(positives, negatives)
    score, outcome = np.tile(np.arange(10), 2), np.repeat([1, 0], 10)
    for area, above, below in zip(value, positives, negatives, strict=True):
        expected = roc_auc_score(outcome, score, sample_weight=np.concatenate([above, below]))
        assert area == pytest.approx(expected, rel=0, abs=1e-15)


def test_hanley_and_mcneil_by_hand() -> None:
    """An area of 0.8 of 5 and 10 people: 2/3 of pairs of the one kind win twice, 32/45 of the other."""
    low, high = (float(one) for one in hanley_mcneil(0.8, 5, 10))
    width = math.log(high / (1 - high)) - math.log(low / (1 - low))
    by_hand = math.sqrt((0.8 * 0.2 + 4 * (2 / 3 - 0.64) + 9 * (32 / 45 - 0.64)) / 50)
    assert width / 2 / 1.959963984540054 * 0.8 * 0.2 == pytest.approx(by_hand, rel=1e-12)
    assert low < 0.8 < high


def test_hanley_and_mcneil_is_exact_for_the_spread_it_assumes() -> None:
    """Their variance, by drawing people whose scores are negative exponential, as the formula takes them."""
    rng, m, n, ratio = np.random.default_rng(9), 40, 60, 3.0
    area = ratio / (1 + ratio)
    above, below = rng.exponential(ratio, (4000, m, 1)), rng.exponential(1, (4000, 1, n))
    drawn = np.array([np.mean(x > y) for x, y in zip(above, below, strict=True)])
    low, high = (float(one) for one in hanley_mcneil(area, m, n))
    width = math.log(high / (1 - high)) - math.log(low / (1 - low))
    error = width / 2 / 1.959963984540054 * area * (1 - area)
    assert error == pytest.approx(float(np.std(drawn)), rel=0.04)


def test_the_two_intervals_of_an_area_lie_close_and_are_undefined_alike() -> None:
    rng = np.random.default_rng(12)
    positives = rng.multinomial(300, (0.1, 0.2, 0.3, 0.4), 50)
    negatives = rng.multinomial(300, (0.4, 0.3, 0.2, 0.1), 50)
    value, low, high = area_under_curve(positives, negatives)
    others = hanley_mcneil(value, 300, 300)
    assert others[0] == pytest.approx(low, abs=0.012)
    assert others[1] == pytest.approx(high, abs=0.012)
    undefined = hanley_mcneil([0, 1, 0.5, 0.5, np.nan, 1.2], [9, 9, 1, 9, 9, 9], [9, 9, 9, 0, 9, 9])
    assert np.isnan(undefined).all()
