"""Lots between thresholds, against fairlearn's ThresholdOptimizer and against whole thresholds."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fairlearn.postprocessing import ThresholdOptimizer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator

from hearing_app.evidence.curves import sweep
from hearing_app.evidence.drawing_lots import MEASURES, Drawn, equalise_by_lot
from hearing_app.evidence.trade_off import frontier
from tests.evidence.histograms import compas, made, one_by_one, place, tables

GRID = 1000
CONSTRAINTS = {
    "selection_rate": "demographic_parity",
    "false_positive_rate": "false_positive_rate_parity",
    "true_positive_rate": "true_positive_rate_parity",
    "false_negative_rate": "false_negative_rate_parity",
    "equalized_odds": "equalized_odds",
}


class Score(BaseEstimator):  # type: ignore[misc]  # scikit-learn states no types
    """An "estimator" whose prediction is the score itself."""

    def fit(self, x: Any, y: Any) -> Score:
        self.is_fitted_ = True
        return self

    def predict(self, x: Any) -> Any:
        return np.asarray(x)[:, 0]


def fairlearns(counted: Any, measure: str) -> tuple[float, np.ndarray[Any, Any]]:
    """Expected accuracy of fairlearn's answer, and the chance to be singled out of shape (groups, scores)."""
    rows = [one_by_one(counted, g) for g in range(len(counted.groups))]
    outcome, score = (np.concatenate(part) for part in zip(*rows, strict=True))
    group = np.repeat(np.arange(len(rows)), [len(one) for one, _ in rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ThresholdOptimizer(
            estimator=Score(),
            constraints=CONSTRAINTS[measure],
            objective="accuracy_score",
            grid_size=GRID,
            predict_method="predict",
        ).fit(pd.DataFrame({"score": score}), outcome, sensitive_features=group)
        # One row a group and score is enough: the counts weigh them.
        scores = np.tile(counted.scores, len(rows))
        groups = np.repeat(np.arange(len(rows)), len(counted.scores))
        chance = found._pmf_predict(pd.DataFrame({"score": scores}), sensitive_features=groups)[:, 1]
    chance = chance.reshape(len(rows), -1)
    right = (counted.people[:, 1] * chance + counted.people[:, 0] * (1 - chance)).sum()
    return float(right / counted.people.sum()), chance


def values(counted: Any, drawn: Drawn, rates: tuple[str, ...]) -> Any:
    """The expected rates of every group, shape (rates, groups)."""
    counts = sweep(counted)
    found = []
    for name in rates:
        k, n = counts.counts(name)
        at = [[(counts.thresholds.tolist().index(t), share) for t, share in lots] for lots in drawn.lots]
        found.append([sum(share * k[g, p] for p, share in lots) / n[g, 0] for g, lots in enumerate(at)])
    return np.array(found)


def rates_of(measure: str) -> tuple[str, ...]:
    return ("false_positive_rate", "true_positive_rate") if measure == "equalized_odds" else (measure,)


@pytest.mark.parametrize("measure", sorted(CONSTRAINTS))
def test_the_fewest_errors_are_those_of_fairlearn_or_fewer(measure: str) -> None:
    counted = compas()
    names = ("African-American", "Caucasian", "Hispanic", "Other")
    counted = made(counted.people[[place(counted, name) for name in names]])
    drawn = equalise_by_lot(counted, measure)
    accuracy, chance = fairlearns(counted, measure)
    ours = 1 - drawn.errors / counted.people.sum()
    # fairlearn looks at 1,001 points, we at every corner: never worse, and at most one step better.
    assert accuracy - 1e-9 <= ours <= accuracy + 2 / GRID
    # Both have made the rates equal.
    for row, name in zip(values(counted, drawn, rates_of(measure)), rates_of(measure), strict=True):
        assert np.ptp(row) < 1e-9
        kind = {"false_positive_rate": [0], "selection_rate": [0, 1]}.get(name, [1])
        people = counted.people[:, kind].sum(axis=1)
        assert np.ptp((people * chance).sum(axis=1) / people.sum(axis=1)) < 1e-9


@settings(max_examples=100, deadline=None)
@given(people=tables(3, 4, 9), measure=st.sampled_from(MEASURES))
def test_lots_make_the_measure_equal_and_no_whole_thresholds_do_better(people: Any, measure: str) -> None:
    counted = made(people + 1)
    drawn = equalise_by_lot(counted, measure)
    rates = values(counted, drawn, rates_of(measure))
    np.testing.assert_allclose(rates, np.array(drawn.value)[:, None] * np.ones(3), atol=1e-9)
    for lots in drawn.lots:
        assert sum(share for _, share in lots) == pytest.approx(1)
        assert all(0 < share <= 1 + 1e-12 for _, share in lots)
    assert drawn.undefined == ()
    for one in frontier(counted, measure):
        if one.gap < 1e-12:
            assert drawn.errors <= one.errors + 1e-9


@settings(max_examples=40, deadline=None)
@given(people=tables(2, 3, 9), measure=st.sampled_from(["false_positive_rate", "selection_rate"]))
def test_no_lots_on_a_fine_grid_do_better(people: Any, measure: str) -> None:
    """Brute force: each group's fewest errors at a value, by all mixtures of two thresholds."""
    counted = made(people + 1)
    counts = sweep(counted)
    k, n = counts.counts(measure)
    at = np.linspace(0, 1, 101)
    total = np.zeros(101)
    for g in range(2):
        x, errors = k[g] / n[g, 0], counts.errors[g]
        best = np.full(101, np.inf)
        for a in range(len(x)):
            for b in range(len(x)):
                if x[a] < x[b]:
                    share = (at - x[a]) / (x[b] - x[a])
                    inside = (share >= 0) & (share <= 1)
                    mixed = np.where(inside, errors[a] + share * (errors[b] - errors[a]), np.inf)
                    best = np.minimum(best, mixed)
        total += best
    assert equalise_by_lot(counted, measure).errors <= total.min() + 1e-9


def reachable(counted: Any, at: Any) -> tuple[Any, Any, Any]:
    """Negatives, positives and the highest true positive rate of each group at each false positive rate."""
    counts = sweep(counted)
    negatives, positives = counts.fp[:, 0], counts.tp[:, 0]
    tops = []
    for g in range(len(counted.groups)):
        x, y = counts.fp[g] / negatives[g], counts.tp[g] / positives[g]
        top = np.full(len(at), -np.inf)
        for a in range(len(x)):
            for b in range(len(x)):
                if x[a] < x[b]:
                    share = (at - x[a]) / (x[b] - x[a])
                    top = np.maximum(
                        top, np.where((share >= 0) & (share <= 1), y[a] + share * (y[b] - y[a]), -np.inf)
                    )
        tops.append(top)
    return negatives, positives, np.stack(tops)


# Curves that cross between their corners: the first is better at the top, the second at the bottom.
CROSSING = np.array([[[60, 38, 2], [1, 59, 40]], [[30, 40, 30], [1, 4, 95]]])


@settings(max_examples=40, deadline=None)
@given(people=tables(2, 3, 30) | st.just(CROSSING))
@example(people=CROSSING)
def test_equal_odds_are_the_best_point_that_both_groups_reach(people: Any) -> None:
    counted = made(people + 1)
    at = np.linspace(0, 1, 2001)
    negatives, positives, tops = reachable(counted, at)
    errors = negatives.sum() * at + positives.sum() * (1 - tops.min(axis=0))
    found = equalise_by_lot(counted, "equalized_odds").errors
    assert found <= errors.min() + 1e-9
    # A step of the grid is worth no more than this.
    assert found >= errors.min() - counted.people.sum() * 40 / 2000


def test_where_two_curves_cross_the_crossing_is_found() -> None:
    drawn = equalise_by_lot(made(CROSSING), "equalized_odds")
    _, _, tops = reachable(made(CROSSING), np.array([drawn.value[0]]))
    assert tops[0, 0] == pytest.approx(tops[1, 0], abs=1e-9)
    corners = {k / n for k, n in ((2, 100), (40, 100), (30, 100), (70, 100), (0, 1), (1, 1))}
    assert min(abs(drawn.value[0] - corner) for corner in corners) > 1e-3


def test_a_group_without_the_people_to_count_is_named() -> None:
    people = np.array([[[9, 4, 1], [2, 5, 8]], [[7, 3, 2], [1, 4, 9]], [[3, 0, 0], [0, 0, 0]]])
    drawn = equalise_by_lot(made(people), "equalized_odds")
    assert drawn.undefined == (made(people).groups[2],)
    assert drawn.lots[2] == ((2, 1.0),)
    alone = equalise_by_lot(made(people[2:]), "true_positive_rate")
    assert np.isnan(alone.value).all() and alone.errors == 0


def test_a_predictive_value_is_not_offered() -> None:
    with pytest.raises(KeyError):
        equalise_by_lot(compas(), "positive_predictive_value")
