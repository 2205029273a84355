"""Calibration by score and group, against sums by hand, scikit-learn and simulated people."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from hearing_app.errors import Invalid
from hearing_app.evidence.calibration import (
    calibration_differences,
    expected_calibration_error,
    group_calibration_error,
    isotonic,
    outcome_by_score,
    standardised_difference,
)
from hearing_app.evidence.intervals import newcombe, wilson
from tests.evidence.histograms import compas, made, one_by_one, place, tables


@settings(max_examples=100, deadline=None)
@given(people=tables())
def test_the_share_at_each_score_is_what_counting_gives(people: Any) -> None:
    counted = made(people)
    found = outcome_by_score(counted)
    for g in range(3):
        outcome, score = one_by_one(counted, g)
        for s in range(5):
            at = outcome[score == s + 1]
            np.testing.assert_array_equal(found.value[g, s], at.mean() if len(at) else np.nan)
            limits = [found.low[g, s], found.high[g, s]]
            np.testing.assert_array_equal(limits, np.ravel(wilson(at.sum(), len(at))))


@settings(max_examples=60, deadline=None)
@given(people=tables(), reference=st.integers(0, 2), together=st.booleans())
def test_differences_at_each_score_are_newcombes(people: Any, reference: int, together: bool) -> None:
    value, low, high = calibration_differences(made(people), reference, together=together)
    n = people.sum(axis=1)
    for g in range(3):
        compared = sum(n[g, s] > 0 and n[reference, s] > 0 for s in range(5))
        z = {True: [0, 1.959964, 2.241403, 2.393980, 2.497705, 2.575829][compared], False: 1.959964}[together]
        for s in range(5):
            ours = [value[g, s], low[g, s], high[g, s]]
            if not (n[g, s] and n[reference, s]):
                assert np.isnan(ours).all()
                continue
            a, b = (people[g, 1, s], n[g, s]), (people[reference, 1, s], n[reference, s])
            expected = [a[0] / a[1] - b[0] / b[1], *np.ravel(newcombe(*a, *b, z))]
            assert ours == pytest.approx(expected, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(people=tables(), reference=st.integers(0, 2))
def test_the_standardised_difference_is_the_weighted_sum(people: Any, reference: int) -> None:
    found = standardised_difference(made(people), reference)
    n = people.sum(axis=1)
    for g in range(3):
        shared = [s for s in range(5) if n[g, s] and n[reference, s]]
        weight = {s: int(n[g, s] + n[reference, s]) for s in shared}
        total = sum(weight.values())
        if not total:
            assert np.isnan([found.value[g], found.low[g], found.high[g], found.apart[g]]).all()
            continue
        gaps = {s: people[g, 1, s] / n[g, s] - people[reference, 1, s] / n[reference, s] for s in shared}
        value = sum(weight[s] / total * gaps[s] for s in shared)
        assert found.value[g] == pytest.approx(value, abs=1e-12)
        apart = sum(weight[s] / total * abs(gaps[s]) for s in shared)
        assert found.apart[g] == pytest.approx(apart, abs=1e-12)
        # Each score's limits, put together by their weights.
        for end, limits, side in ((found.low[g], (0, 1), -1), (found.high[g], (1, 0), 1)):
            square = 0.0
            for s in shared:
                of = [wilson(people[at, 1, s], n[at, s]) for at in (g, reference)]
                own, theirs = (float(one[limit]) for one, limit in zip(of, limits, strict=True))
                square += (weight[s] / total) ** 2 * (
                    (own - people[g, 1, s] / n[g, s]) ** 2
                    + (theirs - people[reference, 1, s] / n[reference, s]) ** 2
                )
            assert end == pytest.approx(value + side * math.sqrt(square), abs=1e-12)
        assert found.left_out[g] == pytest.approx(1 - total / (n[g].sum() + n[reference].sum()), abs=1e-12)
        if len(shared) == 1:
            (s,) = shared
            expected = newcombe(people[g, 1, s], n[g, s], people[reference, 1, s], n[reference, s])
            assert [found.low[g], found.high[g]] == pytest.approx(np.ravel(expected), abs=1e-12)


def test_the_standardised_interval_holds_the_true_difference() -> None:
    rng = np.random.default_rng(5)
    sizes = np.array([[30, 25, 20, 10], [20, 20, 30, 40]])
    truth = np.array([[0.2, 0.3, 0.5, 0.7], [0.15, 0.3, 0.4, 0.7]])
    weights = sizes.sum(axis=0) / sizes.sum()
    true = float((weights * (truth[0] - truth[1])).sum())
    held = []
    for _ in range(1500):
        k = rng.binomial(sizes, truth)
        found = standardised_difference(made(np.stack([sizes - k, k], axis=1)), 1)
        held.append(found.low[0] <= true <= found.high[0])
    assert 0.93 < np.mean(held) < 0.97


@settings(max_examples=60, deadline=None)
@given(people=tables(), stated=st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_the_expected_calibration_error_is_the_mean_over_people(people: Any, stated: list[float]) -> None:
    counted = made(people)
    found = expected_calibration_error(counted, stated)
    for g in range(3):
        outcome, score = one_by_one(counted, g)
        distances = [abs(outcome[score == s].mean() - stated[s - 1]) for s in score.tolist()]
        chance = [chance_at(int((score == s).sum()), stated[s - 1]) for s in score.tolist()]
        if not len(score):
            assert math.isnan(found.value[g]) and math.isnan(found.by_chance[g])
            continue
        assert found.value[g] == pytest.approx(np.mean(distances), abs=1e-12)
        assert found.by_chance[g] == pytest.approx(np.mean(chance), abs=1e-9)
        assert found.people[g] == len(score)


def chance_at(n: int, p: float) -> float:
    """The mean distance of k / n from p, as the sum over every k."""
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) * abs(k / n - p) for k in range(n + 1))


@pytest.mark.parametrize("wrong", [[0.5], [0.1, 0.2, 0.3, 0.4, 1.1], [0.1, 0.2, 0.3, 0.4, math.nan]])
def test_probabilities_that_are_none_are_refused(wrong: list[float]) -> None:
    with pytest.raises(Invalid, match="each of the 5 scores"):
        expected_calibration_error(made(np.ones((1, 2, 5))), wrong)


@settings(max_examples=60, deadline=None)
@given(people=tables(), rising=st.booleans())
def test_the_group_calibration_error_is_against_everyone_with_the_score(people: Any, rising: bool) -> None:
    found = group_calibration_error(made(people), rising=rising)
    together = people.sum(axis=0)
    n = together.sum(axis=0)
    some = n > 0
    everyone = np.full(5, np.nan)
    everyone[some] = together[1][some] / n[some]
    if rising and some.any():
        smooth = IsotonicRegression().fit(np.flatnonzero(some), everyone[some], sample_weight=n[some])
        everyone[some] = smooth.predict(np.flatnonzero(some))
        np.testing.assert_allclose(isotonic(everyone, n), everyone, atol=1e-12)
    for g in range(3):
        size = people[g].sum()
        expected = sum(
            people[g, :, s].sum() / size * abs(people[g, 1, s] / people[g, :, s].sum() - everyone[s])
            for s in range(5)
            if people[g, :, s].sum()
        )
        assert found.value[g] == pytest.approx(expected if size else math.nan, abs=1e-9, nan_ok=True)


def test_one_group_alone_differs_from_nobody() -> None:
    found = group_calibration_error(made(np.array([[[5, 4, 3], [1, 2, 3]]])))
    assert found.value[0] == 0 and found.by_chance[0] > 0


def test_compas_goes_with_nearly_the_same_records_for_black_and_white_defendants() -> None:
    counted = compas()
    black, white = place(counted, "African-American"), place(counted, "Caucasian")
    found = standardised_difference(counted, white)
    assert found.value[white] == found.apart[white] == found.left_out[white] == 0
    assert abs(found.value[black]) < 0.05
    assert found.low[black] < found.value[black] < found.high[black]
