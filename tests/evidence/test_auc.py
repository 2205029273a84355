"""The area under the curve against all pairs of people, and its interval against DeLong's definition."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hearing_app.evidence.auc import area_under_curve


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
