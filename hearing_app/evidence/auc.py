"""The area under the ROC curve and its interval, from counts of people by score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
        known = (m > 1) & (n > 1) & (value > 0) & (value < 1)
        logit = np.log(value / (1 - value))
        half = Z * np.sqrt(variance) / (value * (1 - value))
        low = np.where(known, 1 / (1 + np.exp(half - logit)), np.nan)
        high = np.where(known, 1 / (1 + np.exp(-half - logit)), np.nan)
    return value, low, high


def _below(people: NDArray[np.int64]) -> Floats:
    """How many of ``people`` score below each score, those with the same score counted half."""
    result: Floats = np.cumsum(people, axis=1) - people / 2
    return result
