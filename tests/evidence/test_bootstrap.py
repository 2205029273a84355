"""Resampling: against every possible draw of a tiny table, and against fairlearn on single people."""

from __future__ import annotations

from itertools import product
from math import factorial, prod

import fairlearn.metrics
import numpy as np
import pytest
from numpy.typing import NDArray

from hearing_app.evidence.bootstrap import difference, interval, ratio, resample
from hearing_app.evidence.intervals import rate, wilson


def every_draw(table: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], float]]:
    """All tables of as many people with their chances, from the definition of the multinomial."""
    people, chances = int(table.sum()), table.ravel() / table.sum()
    draws = []
    for cells in product(range(people + 1), repeat=table.size):
        if sum(cells) == people:
            ways = factorial(people) / prod(factorial(cell) for cell in cells)
            chance = ways * prod(float(c) ** cell for c, cell in zip(chances, cells, strict=True))
            draws.append((np.array(cells).reshape(table.shape), chance))
    return draws


def test_a_tiny_table_gives_the_distribution_of_all_its_draws() -> None:
    table = np.array([[2, 2], [1, 3]])
    exact = every_draw(table)
    assert sum(chance for _, chance in exact) == pytest.approx(1)
    measure = difference((0,), (0, 1))
    values = [(float(measure(draw[None])[0]), chance) for draw, chance in exact]
    undefined = sum(chance for value, chance in values if np.isnan(value))
    found = interval(table, measure, draws=40_000)
    assert float(found.undefined) / 40_000 == pytest.approx(undefined, abs=0.002)
    drawn = measure(resample(table, 40_000))
    for value in {round(value, 9) for value, _ in values if not np.isnan(value)}:
        exactly = sum(chance for other, chance in values if abs(other - value) < 1e-9)
        assert np.mean(np.abs(drawn - value) < 1e-9) == pytest.approx(exactly, abs=0.01)
    # The limits are points of the exact distribution that leave about one in forty on each side.
    below = sum(chance for value, chance in values if value < found.low - 1e-9) / (1 - undefined)
    above = sum(chance for value, chance in values if value > found.high + 1e-9) / (1 - undefined)
    assert below <= 0.03
    assert above <= 0.03
    assert found.value == 0.25


def test_it_is_that_of_fairlearn_on_people_one_by_one() -> None:
    rng = np.random.default_rng(8)
    table = np.stack([rng.multinomial(500, (0.45, 0.55)), rng.multinomial(400, (0.25, 0.75))])
    group = np.repeat(["a", "b"], table.sum(axis=1))
    chosen = np.concatenate([np.repeat([1, 0], row) for row in table])
    frame = fairlearn.metrics.MetricFrame(
        metrics=fairlearn.metrics.selection_rate,
        y_true=chosen,
        y_pred=chosen,
        sensitive_features=group,
        n_boot=300,
        ci_quantiles=[0.025, 0.975],
        random_state=3,
    )
    for measure, expected in (
        (difference((0,), (0, 1)), frame.difference_ci()),
        (ratio((0,), (0, 1)), frame.ratio_ci()),
    ):
        found = interval(table, measure)
        assert found.undefined == 0
        width = float(found.high - found.low)
        assert [float(found.low), float(found.high)] == pytest.approx(expected, abs=0.2 * width)


def test_people_are_drawn_and_not_cells() -> None:
    """The interval of one rate is about Wilson's, however many cells the people are told apart in."""
    table = np.array([[40] * 10 + [60] * 10])
    found = interval(table, lambda counts: counts[..., :10].sum(axis=(1, 2)) / counts.sum(axis=(1, 2)))
    low, high = wilson(400, 1000)
    assert [float(found.low), float(found.high)] == pytest.approx([float(low), float(high)], abs=0.004)
    assert (resample(table, 50).sum(axis=(1, 2)) == 1000).all()


def test_the_same_table_has_the_same_interval_and_any_shape_of_measure() -> None:
    table = np.array([[30, 70], [20, 30], [5, 5]])

    def rates(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        return rate(counts[..., 0], counts.sum(axis=-1))

    first, second = interval(table, rates), interval(table, rates)
    assert np.array_equal(first.low, second.low)
    assert first.low.shape == first.high.shape == first.undefined.shape == (3,)
    assert ((first.low < first.value) & (first.value < first.high)).all()
    assert not np.array_equal(first.low, interval(table, rates, seed=1).low)


def test_what_is_undefined_in_the_table_or_in_a_draw_is_said() -> None:
    lone = interval([[5, 5], [1, 0]], difference((0,), (0, 1)))
    assert 0.3 < float(lone.undefined) / lone.draws < 0.4  # About 1/e: the one person is not drawn.
    assert not np.isnan([lone.value, lone.low, lone.high]).any()
    empty = interval([[5, 5], [0, 0]], difference((0,), (0, 1)))
    assert np.isnan([empty.value, empty.low, empty.high]).all()
    assert empty.undefined == empty.draws
    # Nobody has the event, so there is no ratio.
    assert np.isnan(interval([[0, 5], [0, 4]], ratio((0,), (0, 1))).low)
    nobody = interval([[0, 0]], difference((0,), (0, 1)))
    assert np.isnan(nobody.high) and nobody.undefined == nobody.draws
    with pytest.raises(ValueError, match="0 or more"):
        resample([[3, -1]])


def test_a_measure_undefined_in_the_table_has_no_interval_even_if_draws_have() -> None:
    def odd(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(counts[:, 0, 0] == 5, np.nan, counts[:, 0, 0].astype(np.float64))

    found = interval([[5, 5]], odd)
    assert np.isnan([found.value, found.low, found.high]).all()
    assert 0 < found.undefined < found.draws
