"""Intervals for rates of published counts that carry noise or rounding for the protection of people.

The published figure is off by the noise as well as by chance, and an interval that knows only of chance is
too narrow. What follows is for counts published as they came out of the noise: a negative count stays
negative. Where they were set to 0 first, small counts are too large on average and no interval mends it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from hearing_app.evidence.intervals import Figure, Floats, Z, rate

_TAIL = (math.log(20) / (Z * math.sqrt(2))) ** 2
# Geometric noise exceeds 1.96 of its standard deviations 6 times in 100 and not 5. A variance of 1.17 times
# its own makes the normal's 97.5 % point that of the noise; without it, intervals hold 94.1 times in 100.


def geometric_noise(scale: float) -> float:
    """The variance to allow for two-sided geometric noise, whose chance falls as ``exp(-|x| / scale)``.

    Ghosh, A., Roughgarden, T. and Sundararajan, M. (2012), Universally utility-maximizing privacy mechanisms,
    SIAM Journal on Computing 41, 1673-1693; also "discrete Laplace". Where each person is counted in one cell
    of one table, ``scale`` is 1 / epsilon.
    """
    if not scale > 0:
        raise ValueError("a scale is over 0")
    kept = math.exp(-1 / scale)
    return _TAIL * 2 * kept / (1 - kept) ** 2


def nearest_rounding(base: int = 5) -> float:
    """The variance to allow for rounding to the nearest multiple of an odd ``base``: errors of -2 to 2 for 5.

    One and a half times that of errors which are all equally likely: the error hangs on the count, and
    with the plain variance intervals for ten people hold 93.5 times in 100.
    """
    if base < 1 or base % 2 == 0:
        raise ValueError("the base is odd, or a half would be rounded to one side")
    return (base**2 - 1) / 8


def random_rounding(base: int = 5) -> float:
    """The variance to allow for unbiased random rounding: up with a chance that leaves the mean as it was.

    Errors of -4 to 4 for 5, those near 0 more often. Hundepool, A. and others (2012), Statistical disclosure
    control, Wiley.
    """
    if base < 1:
        raise ValueError("the base is 1 or more")
    return (base**2 - 1) / 6


def noisy_rate(
    k: ArrayLike, rest: ArrayLike, variance: float, cells_k: ArrayLike = 1, cells_rest: ArrayLike = 1
) -> Figure:
    """The rate ``k / (k + rest)`` and its 95 % interval (value, low, high), within 0 and 1; arrays broadcast.

    ``k`` people with and ``rest`` without the event, as published; each is the sum of ``cells_k`` and
    ``cells_rest`` published cells, each with noise of its own for which ``variance`` is allowed. With a
    variance of 0 it is Wilson's interval. For differences and ratios, hand the result to
    ``intervals.mover_difference`` and ``intervals.mover_ratio``.

    Wilson's argument with Fieller's linear form (Fieller, E. C. (1954), Some problems in interval
    estimation, Journal of the Royal Statistical Society B 16, 175-185): the interval holds all p for which
    ``k - p n`` lies within Z standard deviations of 0, its variance being that of the sample, n p (1 - p),
    plus that of the noise, (1 - p)^2 of ``k`` and p^2 of ``rest``. The measured coverage is in
    docs/uncertainty.md.

    A rate outside 0 and 1 is set to the nearer. Where the published counts add up to nothing or less, there
    is no rate and all three are NaN. Where the noise is as large as the number of people the interval is all
    of 0 to 1.
    """
    if variance < 0:
        raise ValueError("a variance is 0 or more")
    k, rest, cells_k, cells_rest = np.broadcast_arrays(
        *(np.asarray(one, dtype=np.float64) for one in (k, rest, cells_k, cells_rest))
    )
    n = k + rest
    some = np.where(n > 0, n, np.nan)
    in_k, in_rest = variance * cells_k, variance * cells_rest
    # (k - p n)^2 <= Z^2 (n p (1 - p) + in_k (1 - p)^2 + in_rest p^2), as a p^2 - 2 b p + c <= 0.
    a = some**2 + Z**2 * (some - in_k - in_rest)
    b = some * k + Z**2 * (some / 2 - in_k)
    c = k**2 - Z**2 * in_k
    inside = b**2 - a * c
    bounded = (a > 0) & (inside >= 0)
    root = np.sqrt(np.where(bounded, inside, 0.0))
    divisor = np.where(bounded, a, 1.0)
    low = np.clip(np.where(bounded, (b - root) / divisor, 0.0), 0.0, 1.0)
    high = np.clip(np.where(bounded, (b + root) / divisor, 1.0), 0.0, 1.0)
    value: Floats = np.clip(rate(k, n), 0.0, 1.0)
    # Where there is no rate it is NaN, and so are the smaller and the larger of it and a limit.
    return value, np.minimum(low, value), np.maximum(high, value)
