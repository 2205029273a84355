"""Comparisons: against whom, with which interval, and when there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from hearing_app.evidence import disparity, metrics
from hearing_app.evidence.counts import Histogram, counted_people
from hearing_app.evidence.disparity import Compared
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.family import Measured
from hearing_app.evidence.intervals import mover_r, newcombe

PEOPLE = np.array(
    [
        [[40, 30, 20], [10, 20, 30]],
        [[50, 20, 10], [20, 20, 20]],
        [[3, 0, 1], [0, 2, 1]],
        [[9, 9, 0], [0, 0, 0]],
    ]
)
RATES = [metric for metric in METRICS if metric.is_rate]
BY_NAME = {metric.name: metric for metric in METRICS}
HISTOGRAM = Histogram(tuple((("team", name),) for name in "abcd"), np.arange(1, 4), PEOPLE.astype(np.int64))


def measure(counted: Histogram, threshold: int) -> Mapping[str, Measured]:
    return metrics.measure(counted_people(counted, threshold), METRICS)


def compare(measured: Mapping[str, Measured], reference: int | None) -> Mapping[str, Compared]:
    return disparity.compare(measured, BY_NAME, reference)


def test_rates_are_compared_with_newcombe_and_mover_r() -> None:
    measured = measure(HISTOGRAM, 2)
    compared = compare(measured, 1)
    for metric in RATES:
        one, found = measured[metric.name], compared[metric.name]
        for g in range(4):
            expected = newcombe(one.k[g], one.n[g], one.k[1], one.n[1])
            np.testing.assert_array_equal([x[g] for x in found.difference[1:]], expected)
            expected = mover_r(one.k[g], one.n[g], one.k[1], one.n[1])
            np.testing.assert_array_equal([x[g] for x in found.ratio[1:]], expected)
            np.testing.assert_array_equal(found.difference[0][g], one.value[g] - one.value[1])
            np.testing.assert_array_equal(found.ratio[0][g], one.value[g] / one.value[1])


def test_areas_have_a_difference_and_no_ratio() -> None:
    measured = measure(HISTOGRAM, 2)
    area, found = measured["roc_auc"], compare(measured, 1)["roc_auc"]
    value, low, high = (float(x[0]) for x in found.difference)
    assert value == area.value[0] - area.value[1]
    assert low == value - math.hypot(area.value[0] - area.low[0], area.high[1] - area.value[1])
    assert high == value + math.hypot(area.high[0] - area.value[0], area.value[1] - area.low[1])
    assert np.isnan(found.ratio).all()
    # Nobody of the last group has the outcome.
    assert math.isnan(found.difference[0][3])


def test_a_reference_of_zero_leaves_a_difference_and_no_ratio() -> None:
    found = compare(measure(HISTOGRAM, 3), 3)["false_positive_rate"]
    assert found.difference[0][0] == 20 / 90
    assert np.isnan(found.ratio).all()


def test_small_is_marked_on_either_side() -> None:
    measured = measure(HISTOGRAM, 2)
    assert compare(measured, 1)["accuracy"].small == (False, False, True, True)
    assert compare(measured, 2)["accuracy"].small == (True, True, True, True)


def test_without_the_reference_group_nothing_is_defined() -> None:
    for found in compare(measure(HISTOGRAM, 2), None).values():
        assert np.isnan(found.difference).all() and np.isnan(found.ratio).all()
