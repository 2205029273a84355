"""The area under the ROC curve and its interval, from counts of people by score."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hearing_app.evidence.intervals import Figure, Floats, Z


def area_under_curve(positives: NDArray[np.int64], negatives: NDArray[np.int64]) -> Figure:
    """(value, low, high) for every group, shape (groups,), from two arrays of shape (groups, scores).

    ``positives[g, s]`` people of group g with the outcome have the s-th lowest score, ``negatives[g, s]``
    without it. The value is the share of all pairs in which the person with the outcome scores higher; a
    tie counts half. NaN where one of the outcomes is absent.

    The interval is that of DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988), Comparing the areas
    under two or more correlated receiver operating characteristic curves: a nonparametric approach,
    Biometrics 44, 837-845, on the logit scale (Pepe, M. S. (2003), The statistical evaluation of medical
    tests for classification and prediction), so that it stays within 0 and 1. It needs two
    people of each outcome and some overlap: with none, at 0 or 1, the variance is 0 and says nothing of the
    uncertainty, so both limits are NaN.
    """
    wins = _below(negatives)  # of each positive against all negatives
    losses = _below(positives)
    m, n = positives.sum(axis=1).astype(np.float64), negatives.sum(axis=1).astype(np.float64)
    pairs = m * n
    won = (positives * wins).sum(axis=1)
    value = np.divide(won, pairs, out=np.full_like(pairs, np.nan), where=pairs > 0)

    with np.errstate(invalid="ignore", divide="ignore"):
        # DeLong's components: each person's share of won pairs, spread around the mean of the group.
        of_positives = wins / n[:, None] - value[:, None]
        of_negatives = 1 - losses / m[:, None] - value[:, None]
        variance = (positives * of_positives**2).sum(axis=1) / (m * (m - 1))
        variance += (negatives * of_negatives**2).sum(axis=1) / (n * (n - 1))
    return value, *_on_logit_scale(value, variance, (m > 1) & (n > 1))


def hanley_mcneil(area: ArrayLike, positives: ArrayLike, negatives: ArrayLike) -> tuple[Floats, Floats]:
    """The interval (low, high) of an area of which only the value and the two numbers of people are known.

    For published areas without counts: ``positives`` people with the outcome, ``negatives`` without. All
    arrays broadcast. Where counts are at hand, ``area_under_curve`` is better, since it takes the spread of
    the scores from them; this takes it from negative exponential distributions. Hanley, J. A. and McNeil, B.
    J. (1982), The meaning and use of the area under a receiver operating characteristic (ROC) curve,
    Radiology 143, 29-36; on the logit scale, like the other. NaN where one outcome has fewer than two people,
    or the area is 0, 1 or outside.
    """
    area, m, n = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (area, positives, negatives)))
    inside = np.where((area > 0) & (area < 1), area, np.nan)
    two_positives = inside / (2 - inside)  # both of two score above one without the outcome
    two_negatives = 2 * inside**2 / (1 + inside)  # one scores above both of two without it
    spread = inside * (1 - inside) + (m - 1) * (two_positives - inside**2)
    spread = spread + (n - 1) * (two_negatives - inside**2)
    variance = np.divide(spread, m * n, out=np.full_like(inside, np.nan), where=m * n > 0)
    return _on_logit_scale(inside, variance, (m > 1) & (n > 1))


def _on_logit_scale(value: Floats, variance: Floats, enough: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    known = enough & (value > 0) & (value < 1)
    inside = np.where(known, value, 0.5)
    logit = np.log(inside / (1 - inside))
    half = Z * np.sqrt(np.where(known, variance, 0)) / (inside * (1 - inside))
    with np.errstate(over="ignore"):  # A half so wide that the limit is 0.
        low = np.where(known, 1 / (1 + np.exp(half - logit)), np.nan)
        high = np.where(known, 1 / (1 + np.exp(-half - logit)), np.nan)
    return low, high


def _below(people: NDArray[np.int64]) -> Floats:
    """How many of ``people`` score below each score, those with the same score counted half."""
    result: Floats = np.cumsum(people, axis=1) - people / 2
    return result
