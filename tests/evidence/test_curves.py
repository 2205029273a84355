"""Curves over all thresholds, against scikit-learn on people one by one."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import precision_recall_curve, roc_curve

from hearing_app.evidence.counts import confusion
from hearing_app.evidence.curves import (
    expected_cost,
    lower_envelopes,
    precision_recall,
    roc,
    score_shares,
    sweep,
    upper_hull,
)
from hearing_app.evidence.intervals import wilson
from hearing_app.evidence.rates import RATES
from tests.evidence.histograms import compas, made, one_by_one, tables


@settings(max_examples=100, deadline=None)
@given(people=tables())
def test_every_threshold_has_the_counts_of_that_threshold_alone(people: Any) -> None:
    found = sweep(made(people))
    assert found.thresholds.tolist() == [1, 2, 3, 4, 5, 6]
    for place, threshold in enumerate(found.thresholds.tolist()):
        alone = confusion(made(people), threshold)
        for cell in ("tp", "fp", "tn", "fn"):
            np.testing.assert_array_equal(getattr(found, cell)[:, place], alone[cell])
        np.testing.assert_array_equal(found.errors[:, place], alone["fp"] + alone["fn"])
        np.testing.assert_array_equal(found.selected[:, place], alone["fp"] + alone["tp"])
        for name, (above, below) in RATES.items():
            k, n = (np.sum([alone[cell] for cell in cells], axis=0) for cells in (above, below))
            one = found.rate(name)
            for g in range(3):
                expected = k[g] / n[g] if n[g] else np.nan
                np.testing.assert_array_equal(one.value[g, place], expected)
            np.testing.assert_array_equal([one.low[:, place], one.high[:, place]], wilson(k, n))


def test_the_roc_curve_is_that_of_scikit_learn() -> None:
    counted = compas()
    found = roc(counted)
    for g in range(len(counted.groups)):
        fpr, tpr, thresholds = roc_curve(*one_by_one(counted, g), drop_intermediate=False)
        # It lists only the scores that somebody has, and calls the end above all of them infinite.
        held = [0, *(found.thresholds.tolist().index(t) for t in thresholds[1:])]
        np.testing.assert_allclose(found.x.value[g, held], fpr, rtol=0, atol=1e-15)
        np.testing.assert_allclose(found.y.value[g, held], tpr, rtol=0, atol=1e-15)
        others = sorted(set(range(11)) - set(held))
        for place in others:  # nobody has that score, so the point is the one before
            assert found.x.value[g, place] == found.x.value[g, place - 1]
    assert (found.x.value[:, 0] == 0).all() and (found.y.value[:, -1] == 1).all()
    assert found.thresholds.tolist() == list(range(11, 0, -1))


def test_a_group_of_one_outcome_has_half_a_roc_curve_as_in_scikit_learn() -> None:
    counted = made(np.array([[[1, 2, 0, 3, 1], [0, 0, 0, 0, 0]]]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        _, tpr, _ = roc_curve(*one_by_one(counted, 0), drop_intermediate=False)
    found = roc(counted)
    assert np.isnan(tpr).all() and np.isnan([found.y.value, found.y.low, found.y.high]).all()
    assert found.x.value[0, -1] == 1
    assert lower_envelopes(counted) == (None,)


def test_precision_and_recall_are_those_of_scikit_learn_where_anybody_is_singled_out() -> None:
    counted = compas(("sex",))
    found = precision_recall(counted)
    for g in range(2):
        precision, recall, _ = precision_recall_curve(*one_by_one(counted, g))
        np.testing.assert_allclose(found.y.value[g, 1:], precision[-2::-1], rtol=0, atol=1e-15)
        np.testing.assert_allclose(found.x.value[g, 1:], recall[-2::-1], rtol=0, atol=1e-15)
        # scikit-learn says 1 where nobody is singled out.
        assert precision[-1] == 1 and np.isnan(found.y.value[g, 0])


@settings(max_examples=50, deadline=None)
@given(people=tables(), outcome=st.sampled_from([None, 0, 1]))
def test_shares_of_scores_add_up_and_carry_intervals(people: Any, outcome: int | None) -> None:
    found = score_shares(made(people), outcome)
    for g in range(3):
        chosen = people[g].sum(axis=0) if outcome is None else people[g, outcome]
        if not chosen.sum():
            assert np.isnan([found.value[g], found.low[g], found.high[g]]).all()
            continue
        assert found.value[g].sum() == pytest.approx(1)
        np.testing.assert_array_equal(found.value[g], chosen / chosen.sum())
        assert (found.low[g] <= found.value[g]).all() and (found.value[g] <= found.high[g]).all()


@settings(max_examples=100, deadline=None)
@given(people=tables(), at=st.floats(0, 1))
def test_the_lower_envelope_is_the_lowest_cost_of_all_thresholds(people: Any, at: float) -> None:
    counted = made(people)
    costs = np.stack([expected_cost(counted, threshold, [at])[0][:, 0] for threshold in range(1, 7)])
    for g, envelope in enumerate(lower_envelopes(counted)):
        if envelope is None:
            assert not people[g].sum(axis=1).all()
            continue
        assert np.interp(at, envelope.x, envelope.cost) == pytest.approx(costs[:, g].min(), abs=1e-12)
        assert (envelope.x[0], envelope.x[-1]) == (0, 1) and (np.diff(envelope.x) > 0).all()
        assert len(envelope.thresholds) == len(envelope.x) - 1
        stretch = min(int(np.searchsorted(envelope.x, at, side="right")), len(envelope.x) - 1) - 1
        best = envelope.thresholds[stretch]
        assert costs[best - 1, g] == pytest.approx(costs[:, g].min(), abs=1e-12)


def test_an_expected_cost_at_its_ends_is_a_rate_with_its_interval() -> None:
    counted = made(np.array([[[40, 30, 20], [10, 20, 30]]]))
    value, low, high = expected_cost(counted, 2, [0, 0.5, 1])
    np.testing.assert_allclose([low[0, 0], high[0, 0]], np.ravel(wilson(50, 90)), atol=1e-15)
    np.testing.assert_allclose([low[0, 2], high[0, 2]], np.ravel(wilson(10, 60)), atol=1e-15)
    assert value[0].tolist() == pytest.approx([50 / 90, (50 / 90 + 10 / 60) / 2, 10 / 60])
    # Two independent rates added: narrower than the worst of both limits.
    assert high[0, 1] - low[0, 1] < ((high - low)[0, 0] + (high - low)[0, 2]) / 2


@settings(max_examples=200, deadline=None)
@given(points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_the_hull_lies_over_every_point_and_turns_only_downward(points: list[tuple[int, int]]) -> None:
    x, y = (np.array(part, dtype=np.int64) for part in zip(*points, strict=True))
    hull = upper_hull(x, y)
    over = np.interp(x, x[hull], y[hull])
    assert (over >= y - 1e-12).all()
    slopes = np.diff(y[hull]) / np.diff(x[hull])
    assert (np.diff(slopes) < 0).all()
    assert (x[hull[0]], x[hull[-1]]) == (x.min(), x.max())
