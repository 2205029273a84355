"""How unequally something is spread: predictions over places, errors over groups.

They describe and carry no interval of their own: few events always look concentrated. The last axis of every
array holds the places or groups; the axes before it are kept. What is undefined is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hearing_app.evidence.intervals import Floats, rate


@dataclass(frozen=True, slots=True, eq=False)
class Differentials:
    """One error rate over all groups, summed up; arrays of shape (...).

    ``highest`` and ``lowest`` are the indices of the groups with those rates (the first of equal
    ones), -1 where a rate is undefined. ``spread`` is the highest minus the lowest; ``max_min`` and
    ``max_mean`` divide the highest by the lowest and by the geometric mean of all, and are undefined where
    any group's rate is 0; ``gini`` is undefined where all are 0, or of a single group.
    """

    highest: NDArray[np.int64]
    lowest: NDArray[np.int64]
    spread: Floats
    max_min: Floats
    max_mean: Floats
    gini: Floats


def lorenz(amounts: ArrayLike, weights: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """The Lorenz curve: (share of the weight, share of the amount), both of shape (..., places + 1).

    From (0, 0) to (1, 1), beginning with the places that have least for their weight (their residents, their
    area; 1 each by default). A place with an amount and no weight is the last: the curve ends upright.
    Lorenz, M. O. (1905), Methods of measuring the concentration of wealth, Publications of the American
    Statistical Association 9, 209-219. NaN where the sum of either is 0. Raises ``ValueError`` for a
    negative amount or weight.
    """
    amounts, weights, order = _ascending(amounts, weights)
    return _shares(np.take_along_axis(weights, order, -1)), _shares(np.take_along_axis(amounts, order, -1))


def gini(amounts: ArrayLike, weights: ArrayLike | None = None, *, corrected: bool = False) -> Floats:
    """The Gini coefficient, shape (...): 0 where all have the same for their weight, nearer 1 the less so.

    Twice the area between the Lorenz curve and the diagonal: Gini, C. (1914), Sulla misura della
    concentrazione e della variabilita dei caratteri. ``corrected`` multiplies it by places / (places - 1),
    so that everything in one of few equal places gives 1 (Deltas, G. (2003), The small-sample bias of the
    Gini coefficient, Review of Economics and Statistics 85, 226-234); it is meant for equal weights. NaN
    where the sum of either is 0.
    """
    along, up = lorenz(amounts, weights)
    area = (np.diff(along, axis=-1) * (up[..., 1:] + up[..., :-1])).sum(axis=-1)
    result: Floats = 1 - area
    if corrected:
        places = along.shape[-1] - 1
        result = result * places / (places - 1) if places > 1 else np.full_like(result, np.nan)
    return result


def top_share(amounts: ArrayLike, share: float, weights: ArrayLike | None = None) -> Floats:
    """The share of the amount in that ``share`` of the weight which has most for its weight, shape (...).

    "The 5 % of blocks with most predictions hold 40 % of all": ``share`` 0.05; with residents as weights, the
    5 % of residents. A place that lies across the limit counts in part. NaN where the sum of either is 0.
    """
    if not 0 <= share <= 1:
        raise ValueError("a share is 0 to 1")
    amounts, weights, order = _ascending(amounts, weights)
    most = order[..., ::-1]
    have, weigh = np.take_along_axis(amounts, most, -1), np.take_along_axis(weights, most, -1)
    before = np.cumsum(weigh, axis=-1) - weigh
    left = share * weights.sum(axis=-1, keepdims=True) - before
    # A place of no weight is in as a whole as soon as the limit lies beyond it.
    part = np.divide(left, weigh, out=(left > 0).astype(np.float64), where=weigh > 0)
    total = np.where(weights.sum(axis=-1) > 0, amounts.sum(axis=-1), 0)
    return rate((have * np.clip(part, 0, 1)).sum(axis=-1), total)


def differentials(rates: ArrayLike) -> Differentials:
    """The summaries of one error rate (false matches, or false non-matches) over groups, from (..., groups).

    The ratio to the geometric mean: Grother, P. (2022), Face recognition vendor test part 8: summarizing
    demographic differentials, NIST IR 8429 (draft), where the ratio to the lowest is found to break down near
    0. Both belong to what ISO/IEC 19795-10:2024 asks to be reported with its uncertainty: show every group's
    rate and interval beside them. A group of unknown rate leaves all undefined and is never passed over.
    """
    rates = _groups(rates)
    unknown = np.isnan(rates).any(axis=-1)
    highest, lowest = rates.max(axis=-1), rates.min(axis=-1)
    positive = lowest > 0
    logarithms = np.log(np.where(positive[..., None], rates, 1.0)).mean(axis=-1)
    mean = np.where(positive, np.exp(logarithms), 0.0)
    return Differentials(
        highest=np.where(unknown, -1, rates.argmax(axis=-1)),
        lowest=np.where(unknown, -1, rates.argmin(axis=-1)),
        spread=highest - lowest,
        max_min=rate(highest, lowest),
        max_mean=rate(highest, mean),
        gini=gini(rates, corrected=True),
    )


def discrepancy_rate(false_matches: ArrayLike, false_non_matches: ArrayLike, alpha: float = 0.5) -> Floats:
    """The "fairness discrepancy rate" ``1 - (alpha A + (1 - alpha) B)``, (..., groups) to (...).

    A is the largest difference between any two groups in false matches, B in false non-matches: 1 means no
    difference. De Freitas Pereira, T. and Marcel, S. (2022), Fairness in biometrics: a figure of merit to
    assess biometric verification systems, IEEE Transactions on Biometrics, Behavior, and Identity Science 4,
    19-29. False matches are usually thousands of times rarer than false non-matches, so with any common
    ``alpha`` it tells next to nothing of them (Howard and others 2022).
    """
    _weight(alpha)
    a, b = (np.ptp(_groups(one), axis=-1) for one in (false_matches, false_non_matches))
    result: Floats = 1 - (alpha * a + (1 - alpha) * b)
    return result


def garbe(false_matches: ArrayLike, false_non_matches: ArrayLike, alpha: float = 0.5) -> Floats:
    """ "GARBE": ``alpha G(false matches) + (1 - alpha) G(false non-matches)``, (..., groups) to (...).

    G is the Gini coefficient with the correction n / (n - 1); 0 means no difference. Howard, J. J., Laird, E.
    J., Sirotin, Y. B., Rubin, R. E., Tipton, J. L. and Vemury, A. R. (2022), Evaluating proposed fairness
    models for face recognition algorithms, arXiv 2203.05051. Undefined where all rates of a kind are 0.
    """
    _weight(alpha)
    of_matches, of_non_matches = (
        gini(_groups(one), corrected=True) for one in (false_matches, false_non_matches)
    )
    return alpha * of_matches + (1 - alpha) * of_non_matches


def _ascending(amounts: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, NDArray[np.intp]]:
    given = np.asarray(amounts, dtype=np.float64)
    weighed = np.ones_like(given) if weights is None else np.asarray(weights, dtype=np.float64)
    given, weighed = np.broadcast_arrays(given, weighed)
    if given.ndim == 0:
        raise ValueError("the last axis holds the places")
    if (given < 0).any() or (weighed < 0).any():
        raise ValueError("amounts and weights are 0 or more")
    # An amount without weight comes last; without both, anywhere.
    density = np.divide(given, weighed, out=np.where(given > 0, np.inf, 0.0), where=weighed > 0)
    return given, weighed, np.argsort(density, axis=-1, kind="stable")


def _shares(ordered: Floats) -> Floats:
    zero = np.zeros((*ordered.shape[:-1], 1))
    sums = np.concatenate([zero, np.cumsum(ordered, axis=-1)], axis=-1)
    return rate(sums, sums[..., -1:])


def _groups(rates: ArrayLike) -> Floats:
    known = np.asarray(rates, dtype=np.float64)
    if known.ndim == 0 or known.shape[-1] == 0:
        raise ValueError("the last axis holds the groups, one at least")
    return known


def _weight(alpha: float) -> None:
    if not 0 <= alpha <= 1:
        raise ValueError("alpha is 0 to 1")
