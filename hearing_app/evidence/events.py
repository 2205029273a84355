"""Rates of events per exposure, with 95 % intervals: predictions per 1,000 residents, alerts per deployment.

The events are no part of the exposure, and one resident or deployment can bring several: such a rate can
exceed 1, and an interval for a share of people would be wrong. Events are taken to come one by one and
independently (a Poisson process). Where they come in bursts, one patrol's twenty stops, the true uncertainty
is larger. The exposure is taken as known exactly. All functions take arrays of any shapes that broadcast;
what is undefined is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammaincinv

from hearing_app.evidence.intervals import (
    Figure,
    Floats,
    clopper_pearson,
    mover_difference,
    mover_ratio,
    rate,
)


def event_rate(k: ArrayLike, exposure: ArrayLike, level: float = 0.95) -> Figure:
    """``k / exposure`` and its exact interval (value, low, high); NaN where the exposure is 0.

    Garwood, F. (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442. It holds the
    true rate at least as often as ``level`` says, whatever that rate is.
    """
    k, exposure = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(exposure, np.float64))
    tail = (1 - level) / 2
    # The gamma distribution has no shape 0; no events have a low limit of 0 by definition.
    fewest = np.where(k > 0, gammaincinv(np.maximum(k, 1), tail), 0.0)
    most = gammaincinv(k + 1, 1 - tail)
    return rate(k, exposure), rate(fewest, exposure), rate(most, exposure)


def rate_difference(
    k1: ArrayLike, exposure1: ArrayLike, k2: ArrayLike, exposure2: ArrayLike
) -> tuple[Floats, Floats]:
    """The interval (low, high) of ``k1/exposure1 - k2/exposure2``: MOVER on Garwood's limits.

    Li, H.-Q., Tang, M.-L. and Wong, W.-K. (2014), Confidence intervals for ratio of two Poisson rates using
    the method of variance estimates recovery, Computational Statistics 29, 869-889, use the same limits for
    the ratio; the difference follows Zou and Donner (2008), see ``intervals.mover_difference``.
    """
    return mover_difference(event_rate(k1, exposure1), event_rate(k2, exposure2))


def rate_ratio(
    k1: ArrayLike, exposure1: ArrayLike, k2: ArrayLike, exposure2: ArrayLike
) -> tuple[Floats, Floats]:
    """The interval (low, high) of ``(k1/exposure1) / (k2/exposure2)``: MOVER-R on Garwood's limits.

    Li, Tang and Wong (2014), as above. It leaves 1 out exactly where ``rate_difference`` leaves 0 out, so
    that a table cannot say both "they differ" and "they may be equal"; the conditional interval can. Its
    measured coverage is as good (docs/uncertainty.md). NaN where the second count or an exposure is 0.
    """
    return mover_ratio(event_rate(k1, exposure1), event_rate(k2, exposure2))


def rate_ratio_conditional(
    k1: ArrayLike, exposure1: ArrayLike, k2: ArrayLike, exposure2: ArrayLike
) -> tuple[Floats, Floats]:
    """The same ratio's exact interval, given the number of all events: at least 95 % whatever the rates.

    Given ``k1 + k2`` events, ``k1`` is a share of them, and its Clopper-Pearson limits become limits of the
    ratio: Przyborowski, J. and Wilenski, H. (1940), Homogeneity of results in testing samples from Poisson
    series, Biometrika 31, 313-323. Wilson's limits for that share were measured too and rejected: 81 % in
    the worst case. NaN where the second count or an exposure is 0.
    """
    given = np.asarray(k2, np.float64)
    low, high = clopper_pearson(k1, np.add(k1, given))
    exposures = np.where(given > 0, rate(exposure2, exposure1), np.nan)
    exposures = np.where(exposures > 0, exposures, np.nan)
    with np.errstate(divide="ignore"):  # The high share is 1 only where the second count is 0.
        return low / (1 - low) * exposures, high / (1 - high) * exposures


def rate_test(k1: ArrayLike, exposure1: ArrayLike, k2: ArrayLike, exposure2: ArrayLike) -> Floats:
    """The two-sided p-value that both come from one rate of events, for ``multiplicity.adjusted``.

    The exact conditional test of Przyborowski and Wilenski (1940), as above: twice the smaller tail, so that
    it is under 0.05 exactly where ``rate_ratio_conditional`` leaves 1 out. Without any event p is 1; NaN
    where an exposure is 0.
    """
    k1, exposure1, k2, exposure2 = np.broadcast_arrays(
        *(np.asarray(one, dtype=np.float64) for one in (k1, exposure1, k2, exposure2))
    )
    both = (exposure1 > 0) & (exposure2 > 0)
    share = np.where(both, rate(exposure1, exposure1 + exposure2), np.nan)
    # A binomial tail is an incomplete beta integral, except for the tail that holds everything.
    as_many = np.where(k1 > 0, betainc(np.maximum(k1, 1), k2 + 1, share), 1.0)
    as_few = np.where(k2 > 0, betainc(np.maximum(k2, 1), k1 + 1, 1 - share), 1.0)
    return np.where(both, np.minimum(2 * np.minimum(as_many, as_few), 1.0), np.nan)
