"""The largest difference and the smallest ratio between any two groups, with intervals that keep their word.

Which two groups lie furthest apart is itself a matter of chance: the largest of many differences is too large
on average, and resampling repeats that error. Where all groups have the same rate, no bootstrap interval of
the largest difference ever holds the truth, 0 (measured: docs/uncertainty.md). So the limits come from all
pairs of groups. Shapes are (..., groups) in and (...) out. If one group's rate is undefined, so is all of it:
a group without people is left out by whoever asks, aloud, and never here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from hearing_app.evidence.intervals import Floats, Z, mover_r, newcombe, rate, ratio_low, wilson


@dataclass(frozen=True, slots=True, eq=False)
class Extreme:
    """A measure of the two groups furthest apart, with its 95 % interval; all arrays of shape (...).

    ``highest`` and ``lowest`` are the indices of the two groups (the first of equal ones), -1 where the
    measure is undefined; ``value``, ``low`` and ``high`` are NaN there.
    """

    value: Floats
    low: Floats
    high: Floats
    highest: NDArray[np.int64]
    lowest: NDArray[np.int64]


def largest_difference(k: ArrayLike, n: ArrayLike, rates: int = 1) -> Extreme:
    """The highest rate minus the lowest, of ``k`` of ``n`` people in each group.

    ``rates`` is the number of rates among which the one farthest apart will be chosen, whose low limits then
    count among all of theirs.

    The high limit is the highest of Newcombe's 97.5 % limits over all pairs: it is at least the limit of the
    pair that truly lies furthest apart, whichever that is, and needs no correction. The low limit is the
    highest of all low limits, each at 2.5 % divided by the number of ordered pairs, after Bonferroni (Dunn,
    O. J. (1961), Multiple comparisons among means, Journal of the American Statistical Association 56,
    52-64), and never under 0. Groups with the same rate are thus said to differ 1 time in 40 at most.
    """
    k, n = _counts(k, n)
    values = rate(k, n)
    first, second, corrected = _pairs(k.shape[-1], rates)
    pairs = k[..., first], n[..., first], k[..., second], n[..., second]
    low = newcombe(*pairs, z=corrected)[0].max(axis=-1, initial=0.0)
    high = newcombe(*pairs)[1].max(axis=-1, initial=0.0)
    return _extreme(values, values.max(axis=-1) - values.min(axis=-1), low, high)


def smallest_ratio(k: ArrayLike, n: ArrayLike, rates: int = 1) -> Extreme:
    """The lowest rate divided by the highest, 0 to 1; undefined where the highest rate is 0.

    The limits are those of MOVER-R over all pairs, as in ``largest_difference`` with the sides exchanged:
    the lowest of all low limits, and the lowest of all high limits after Bonferroni, never over 1.
    """
    k, n = _counts(k, n)
    values = rate(k, n)
    first, second, corrected = _pairs(k.shape[-1], rates)
    pairs = k[..., first], n[..., first], k[..., second], n[..., second]
    figures = [(rate(k, n), *wilson(k, n)) for k, n in (pairs[:2], pairs[2:])]
    low = ratio_low(figures[0], figures[1]).min(axis=-1, initial=1.0)
    # A pair without a high limit, its second rate being 0, cannot bound the smallest ratio from above.
    high = np.fmin(mover_r(*pairs, z=corrected)[1], 1.0).min(axis=-1, initial=1.0)
    top = values.max(axis=-1)
    value = np.where(top > 0, rate(values.min(axis=-1), np.where(top > 0, top, 0)), np.nan)
    return _extreme(values, value, low, high)


def _counts(k: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    k, n = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    if k.ndim == 0 or k.shape[-1] == 0:
        raise ValueError("the last axis holds the groups, one at least")
    return k, n


def _pairs(groups: int, rates: int) -> tuple[NDArray[np.intp], NDArray[np.intp], float]:
    """Every ordered pair of two groups, and the normal point at 2.5 % divided by how many all are."""
    first, second = np.nonzero(~np.eye(groups, dtype=bool))
    corrected = float(ndtri(1 - 0.025 / (len(first) * rates))) if len(first) else Z
    return first, second, corrected


def _extreme(rates: Floats, value: Floats, low: Floats, high: Floats) -> Extreme:
    undefined = np.isnan(value)
    low, high = np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)
    highest = np.where(undefined, -1, rates.argmax(axis=-1))
    lowest = np.where(undefined, -1, rates.argmin(axis=-1))
    return Extreme(value, low, high, highest, lowest)
