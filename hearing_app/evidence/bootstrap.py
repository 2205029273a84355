"""Intervals for composed measures by resampling people, from counts.

People are drawn anew from the table, each with the chance of its cell; never cells, which would make
intervals up to 19 times too wide. Draws are from a fixed seed, so that the same table always has the same
interval. For one rate, a difference or a ratio of two, and for the largest difference and the smallest ratio
of many (``extremes``) there are formulas that keep their promise better: resampling is for what has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hearing_app.evidence.intervals import Floats, rate

SEED = 20_260_101
"""Any number would do; it is fixed so that a figure can be made again."""
DRAWS = 2000
Measure = Callable[[NDArray[np.int64]], Floats]
"""From counts of shape (draws, groups, cells) to an array of shape (draws, ...), NaN where undefined."""


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """A measure and its 95 % interval, arrays of the measure's shape (...).

    ``undefined`` says in how many of the ``draws`` it had no value: the interval speaks of the others only,
    and where they are many it should not be shown.
    """

    value: Floats
    low: Floats
    high: Floats
    undefined: NDArray[np.int64]
    draws: int


def resample(counts: ArrayLike, draws: int = DRAWS, seed: int = SEED) -> NDArray[np.int64]:
    """As many people as in ``counts`` (groups, cells), drawn anew among all cells: (draws, groups, cells).

    The size of each group varies too, as it does when people are sampled without regard to group. Efron, B.
    (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7, 1-26; on counts it is a
    multinomial distribution. Raises ``ValueError`` for negative counts.
    """
    table = np.asarray(counts, dtype=np.int64)
    if (table < 0).any():
        raise ValueError("counts are 0 or more")
    people = int(table.sum())
    if people == 0:
        return np.zeros((draws, *table.shape), dtype=np.int64)
    chances = table.ravel() / people
    drawn = np.random.default_rng(seed).multinomial(people, chances, size=draws)
    return drawn.reshape(draws, *table.shape)


def interval(counts: ArrayLike, measure: Measure, draws: int = DRAWS, seed: int = SEED) -> Resampled:
    """The ``measure`` of ``counts`` (groups, cells), with its percentile interval.

    Efron, B. and Tibshirani, R. J. (1993), An introduction to the bootstrap, chapter 13. Of the percentile,
    the basic and the bias-corrected and accelerated interval it has the best worst case for measures that are
    smooth in the counts. For the largest or smallest of several groups none of them can be trusted: where all
    are alike, the percentile interval never holds the truth (docs/uncertainty.md). ``extremes`` is for those.
    Where the measure of the table itself is undefined, so is the interval, even if draws have a value.
    """
    table = np.asarray(counts, dtype=np.int64)
    value = np.asarray(measure(table[None]), dtype=np.float64)[0]
    drawn = np.sort(np.asarray(measure(resample(table, draws, seed)), dtype=np.float64), axis=0)
    undefined = np.isnan(drawn).sum(axis=0)
    low, high = (_quantile(drawn, draws - undefined, share) for share in (0.025, 0.975))
    nothing = np.isnan(value)
    return Resampled(value, np.where(nothing, np.nan, low), np.where(nothing, np.nan, high), undefined, draws)


def difference(of: tuple[int, ...], among: tuple[int, ...]) -> Measure:
    """The measure "highest rate of any group minus lowest": cells ``of`` divided by cells ``among``.

    ``extremes.largest_difference`` has the same value and the better interval. Undefined in a draw that
    leaves one group without a denominator.
    """

    def measure(counts: NDArray[np.int64]) -> Floats:
        rates = _rates(counts, of, among)
        result: Floats = rates.max(axis=-1) - rates.min(axis=-1)
        return result

    return measure


def ratio(of: tuple[int, ...], among: tuple[int, ...]) -> Measure:
    """The measure "lowest rate of any group divided by the highest"; undefined where the highest is 0."""

    def measure(counts: NDArray[np.int64]) -> Floats:
        rates = _rates(counts, of, among)
        return rate(rates.min(axis=-1), rates.max(axis=-1))

    return measure


def _rates(counts: NDArray[np.int64], of: tuple[int, ...], among: tuple[int, ...]) -> Floats:
    return rate(counts[..., list(of)].sum(axis=-1), counts[..., list(among)].sum(axis=-1))


def _quantile(ordered: Floats, defined: NDArray[np.int64], share: float) -> Floats:
    """A quantile of the first ``defined`` of the ordered draws, with linear interpolation; NaN of none."""
    place = share * np.maximum(defined - 1, 0)
    before = np.floor(place).astype(np.int64)
    after = np.minimum(before + 1, np.maximum(defined - 1, 0))
    first = np.take_along_axis(ordered, before[None], axis=0)[0]
    second = np.take_along_axis(ordered, after[None], axis=0)[0]
    result: Floats = first + (place - before) * (second - first)
    return result
