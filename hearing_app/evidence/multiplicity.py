"""How many of many differences between groups survive, once it is counted how many were looked at.

Of twenty comparisons of groups that do not differ, about one falls under p = 0.05 by chance. All functions
are of arrays; what is undefined is NaN and counts as no comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc

from hearing_app.evidence.intervals import Floats, rate


@dataclass(frozen=True, slots=True)
class Survivors:
    """Of ``compared`` comparisons, ``alone`` have p at or under the level each on its own, ``together`` after
    the adjustment for their number; ``by_chance`` would be expected alone if no group differed.
    """

    compared: int
    alone: int
    together: int
    by_chance: float


def score_test(k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike) -> Floats:
    """The two-sided p-value that ``k1/n1`` and ``k2/n2`` come from the same rate; shapes that broadcast.

    The score test, which is Pearson's chi-squared test of the 2 x 2 table without continuity correction:
    Pearson, K. (1900), On the criterion ..., Philosophical Magazine 50, 157-175; Fleiss, J. L., Levin, B.
    and Paik, M. C. (2003), Statistical methods for rates and proportions, 3rd edition, chapter 3. It and
    Newcombe's interval agree nearly always on whether two rates differ; the interval is what pages show.

    NaN where either has no people. Where nobody or everybody has the event in both, p is 1: no other table
    has these totals. Below about five expected events it is approximate.
    """
    k1, n1, k2, n2 = (np.asarray(one, dtype=np.float64) for one in (k1, n1, k2, n2))
    pooled = rate(k1 + k2, n1 + n2)
    # 1 / n where there are people, NaN elsewhere.
    variance = pooled * (1 - pooled) * (rate(1.0, n1) + rate(1.0, n2))
    square = np.divide(
        (rate(k1, n1) - rate(k2, n2)) ** 2, variance, out=np.zeros_like(variance), where=variance != 0
    )
    p: Floats = erfc(np.sqrt(square / 2))
    return p


def against_reference(k: ArrayLike, n: ArrayLike, reference: int) -> Floats:
    """The p-value of every group against the group at index ``reference``, shape (..., groups).

    NaN for the reference itself, which is no comparison.
    """
    k, n = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    p = score_test(k, n, k[..., reference, None], n[..., reference, None])
    p[..., reference] = np.nan
    return p


def adjusted(p: ArrayLike) -> Floats:
    """The p-values along the last axis adjusted for their number; NaN stays NaN and is not counted.

    Benjamini, Y. and Hochberg, Y. (1995), Controlling the false discovery rate: a practical and powerful
    approach to multiple testing, Journal of the Royal Statistical Society B 57, 289-300. Of the differences
    found at 0.05, one in twenty is expected to be due to chance. Proven for independent comparisons;
    groups that share a reference are positively dependent, for which Benjamini, Y. and Yekutieli, D. (2001),
    Annals of Statistics 29, 1165-1188, prove it for one-sided tests.
    """
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, axis=-1)  # NaN comes last.
    ordered = np.take_along_axis(p, order, axis=-1)
    number = np.sum(~np.isnan(p), axis=-1, keepdims=True)
    scaled = ordered * number / np.arange(1, p.shape[-1] + 1)
    # The smallest of all later ones, from the end; fmin passes over NaN, which is put back below.
    least = np.minimum(np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1], 1.0)
    result = np.empty_like(p)
    np.put_along_axis(result, order, np.where(np.isnan(ordered), np.nan, least), axis=-1)
    return result


def survivors(p: ArrayLike, level: float = 0.05) -> Survivors:
    """How many of the comparisons, all of ``p`` whatever its shape, are at or under ``level``."""
    p = np.asarray(p, dtype=np.float64).ravel()
    compared = int(np.sum(~np.isnan(p)))
    alone, together = int(np.sum(p <= level)), int(np.sum(adjusted(p) <= level))
    return Survivors(compared, alone, together, level * compared)
