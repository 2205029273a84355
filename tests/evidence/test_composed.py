"""Composed measures against scikit-learn, on counts as weights, and what their intervals promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from hearing_app.evidence.composed import COMPOSED, composed, conditional_use_accuracy
from hearing_app.evidence.intervals import wilson

CELLS = (("tp", 1, 1), ("fp", 0, 1), ("tn", 0, 0), ("fn", 1, 0))
cells = st.integers(0, 3000)


def counted(*rows: tuple[int, int, int, int]) -> dict[str, Any]:
    """Counts from one (tp, fp, tn, fn) for each group."""
    return {cell: np.array([row[i] for row in rows]) for i, (cell, _, _) in enumerate(CELLS)}


def weighted(one: tuple[int, int, int, int]) -> dict[str, Any]:
    return {
        "y_true": [truth for _, truth, _ in CELLS],
        "y_pred": [said for _, _, said in CELLS],
        "sample_weight": list(one),
    }


@settings(max_examples=300, deadline=None)
@given(one=st.tuples(cells, cells, cells, cells))
def test_composed_measures_are_those_of_scikit_learn(one: tuple[int, int, int, int]) -> None:
    tp, fp, tn, fn = one
    found = {name: [float(part[0]) for part in figure] for name, figure in composed(counted(one)).items()}
    for value, low, high in found.values():
        assert math.isnan(low) or (low <= value + 1e-12 and not high < value - 1e-12)
    if tp + fp + fn:
        assert found["f1"][0] == pytest.approx(sk.f1_score(**weighted(one), zero_division=0), abs=1e-12)
    if tp + fn and tn + fp:
        expected = sk.balanced_accuracy_score(**weighted(one))
        assert found["balanced_accuracy"][0] == pytest.approx(expected, abs=1e-12)
    if (tp + fp) and (tp + fn) and (tn + fp) and (tn + fn):
        expected = sk.matthews_corrcoef(**weighted(one))
        assert found["matthews_correlation"][0] == pytest.approx(expected, abs=1e-12)
    if tp + fn and tn + fp and fp and tn:
        ratios = sk.class_likelihood_ratios(**weighted(one))
        names = ("positive_likelihood_ratio", "negative_likelihood_ratio")
        for name, expected in zip(names, ratios, strict=True):
            assert found[name][0] == pytest.approx(expected, rel=1e-12)
    if fp:
        assert found["misses_per_false_positive"][0] == pytest.approx(fn / fp, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "one", "theirs"),
    [
        ("f1", (0, 0, 9, 0), lambda w: sk.f1_score(**w, zero_division=0)),
        ("matthews_correlation", (0, 0, 9, 4), lambda w: sk.matthews_corrcoef(**w)),
    ],
)
def test_nobody_to_divide_by_is_undefined_where_scikit_learn_says_zero(
    name: str, one: Any, theirs: Any
) -> None:
    assert theirs(weighted(one)) == 0
    assert np.isnan(composed(counted(one))[name]).all()


def test_each_measure_is_undefined_without_its_people() -> None:
    nobody = composed(counted((0, 0, 0, 0)))
    assert list(nobody) == [one.name for one in COMPOSED]
    assert all(np.isnan(figure).all() for figure in nobody.values())
    no_false = composed(counted((5, 0, 5, 5)))
    assert np.isnan(no_false["positive_likelihood_ratio"]).all()
    assert np.isnan(no_false["misses_per_false_positive"]).all()
    assert np.isnan(composed(counted((5, 5, 0, 5)))["negative_likelihood_ratio"]).all()
    assert np.isnan(composed(counted((5, 0, 0, 5)))["balanced_accuracy"]).all()


def test_a_perfect_score_has_a_matthews_coefficient_and_no_limits() -> None:
    value, low, high = composed(counted((5, 0, 5, 0)))["matthews_correlation"]
    assert value[0] == 1 and np.isnan(low[0]) and np.isnan(high[0])


def test_the_matthews_variance_is_that_of_bishop_fienberg_and_holland() -> None:
    """Discrete Multivariate Analysis (1975), section 11.3: the variance of phi, in another form."""
    tp, fp, tn, fn = 1369, 805, 990, 532
    n = tp + fp + tn + fn
    phi, low, high = (float(x[0]) for x in composed(counted((tp, fp, tn, fn)))["matthews_correlation"])
    row, column = ((tp + fp) / n, (tn + fn) / n), ((tp + fn) / n, (tn + fp) / n)
    spread = math.sqrt(row[0] * row[1] * column[0] * column[1])
    variance = (
        1
        - phi**2
        + phi * (1 + phi**2 / 2) * (row[0] - row[1]) * (column[0] - column[1]) / spread
        - 0.75
        * phi**2
        * (
            (row[0] - row[1]) ** 2 / (row[0] * row[1])
            + (column[0] - column[1]) ** 2 / (column[0] * column[1])
        )
    ) / n
    half = 1.959963984540054 * math.sqrt(variance) / (1 - phi**2)
    assert [low, high] == pytest.approx(
        [math.tanh(math.atanh(phi) - half), math.tanh(math.atanh(phi) + half)]
    )


@pytest.mark.parametrize("shares", [(0.3, 0.2, 0.4, 0.1), (0.1, 0.2, 0.65, 0.05)])
def test_the_intervals_hold_the_true_value_about_95_times_in_100(shares: tuple[float, ...]) -> None:
    drawn = np.random.default_rng(7).multinomial(80, shares, 4000)
    sample = composed({cell: drawn[:, i] for i, (cell, _, _) in enumerate(CELLS)})
    million = tuple(round(share * 10**6) for share in shares)
    for name, truth in composed(counted(million)).items():  # type: ignore[arg-type]  # four counts
        _, low, high = sample[name]
        seen = ~np.isnan(low)
        held = (low <= truth[0][0]) & (truth[0][0] <= np.nan_to_num(high, nan=np.inf))
        assert 0.925 < held[seen].mean() < 0.985, name


def test_conditional_use_accuracy_is_two_rates() -> None:
    (ppv, low, _), (npv, _, high) = conditional_use_accuracy(counted((30, 10, 45, 5)))
    assert (ppv[0], npv[0]) == (0.75, 0.9)
    assert low[0] == wilson(30, 40)[0] and high[0] == wilson(45, 50)[1]


def test_every_measure_says_what_it_is() -> None:
    for one in COMPOSED:
        for text in (one.label, one.question, one.formula, one.zero, one.one, one.misleads, one.source):
            assert text
        assert not {"bias", "fair"} & set(f"{one.question} {one.misleads}".lower().split())


def test_the_limits_of_balanced_accuracy_put_the_two_rates_together() -> None:
    (low1, high1), (low2, high2) = (tuple(map(float, wilson(k, n))) for k, n in ((30, 40), (45, 60)))
    value, low, high = (float(x[0]) for x in composed(counted((30, 15, 45, 10)))["balanced_accuracy"])
    assert value == 0.75
    assert low == pytest.approx(0.75 - math.hypot(0.75 - low1, 0.75 - low2) / 2, abs=1e-12)
    assert high == pytest.approx(0.75 + math.hypot(high1 - 0.75, high2 - 0.75) / 2, abs=1e-12)


def test_the_limits_of_f1_and_of_the_mistakes_are_those_of_a_share_in_another_unit() -> None:
    found = composed(counted((30, 15, 45, 10)))
    low, high = (float(x) for x in wilson(30, 55))
    assert [float(x[0]) for x in found["f1"][1:]] == pytest.approx([2 * x / (1 + x) for x in (low, high)])
    low, high = (float(x) for x in wilson(10, 25))
    expected = [x / (1 - x) for x in (low, high)]
    assert [float(x[0]) for x in found["misses_per_false_positive"][1:]] == pytest.approx(expected)
