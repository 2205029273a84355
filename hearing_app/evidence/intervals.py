"""95 % intervals for rates, differences and ratios, from counts alone.

They say how far a figure could lie from the one seen if the people counted were a sample of many more like
them. They do not cover a wrong or one-sided record. All functions take arrays of any shapes that broadcast;
what is undefined is NaN, never 0.

They are chosen for small groups: with ten people and a true rate of 2 %, Wilson's interval holds the true
rate 98 times in 100, the textbook interval (rate plus or minus 1.96 standard errors) 18 times.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

Floats = NDArray[np.float64]
Figure = tuple[Floats, Floats, Floats]
"""(value, low, high)."""
Z = NormalDist().inv_cdf(0.975)
"""The 97.5 % point of the normal distribution, for intervals of 95 %."""


def rate(k: ArrayLike, n: ArrayLike) -> Floats:
    """``k / n``, and NaN where ``n`` is 0."""
    k, n = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    result: Floats = np.divide(k, n, out=np.full(k.shape, np.nan), where=n > 0)
    return result


def wilson(k: ArrayLike, n: ArrayLike, z: float = Z) -> tuple[Floats, Floats]:
    """The score interval for a rate of ``k`` of ``n`` people: (low, high), within 0 and 1.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22, 209-212. No continuity correction. ``z`` is the point of the
    normal distribution that leaves half of the allowed error above it.
    """
    _, low, high = rate_with_limits(k, n, z)
    return low, high


def rate_with_limits(k: ArrayLike, n: ArrayLike, z: float = Z) -> Figure:
    """``rate`` and ``wilson`` at once: (value, low, high)."""
    k, n = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    some = np.where(n > 0, n, np.nan)
    p = k / some
    share, whole = z**2 / some, 1 + z**2 / some
    middle = (p + share / 2) / whole
    half = z * np.sqrt(p * (1 - p) / some + share / some / 4) / whole
    # Exactly 0 and 1 at the ends, where rounding would leave 1e-17 or miss 1; nobody has no ends.
    low = np.where((k == 0) & (n > 0), 0.0, middle - half)
    high = np.where((k == n) & (n > 0), 1.0, middle + half)
    return p, low, high


def clopper_pearson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """The exact interval for a rate of ``k`` of ``n``: (low, high), within 0 and 1.

    Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in the case
    of the binomial, Biometrika 26, 404-413. It holds the true rate at least as often as ``level`` says
    whatever that rate is, and pays with width: for pages Wilson's is used.
    """
    k, n = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    tail = (1 - level) / 2
    # The beta distribution has no first or second number 0; those two limits are 0 and 1 by definition.
    low = np.where(k > 0, betaincinv(np.maximum(k, 1), n - np.maximum(k, 1) + 1, tail), 0.0)
    high = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def mover_difference(first: Figure, second: Figure) -> tuple[Floats, Floats]:
    """The interval for the difference of two independent figures, from (value, low, high) of each ("MOVER").

    Zou, G. Y. and Donner, A. (2008), Construction of confidence limits about effect measures: a general
    approach, Statistics in Medicine 27, 1693-1702.
    """
    (a, low_a, high_a), (b, low_b, high_b) = first, second
    low: Floats = a - b - np.sqrt((a - low_a) ** 2 + (high_b - b) ** 2)
    high: Floats = a - b + np.sqrt((high_a - a) ** 2 + (b - low_b) ** 2)
    return low, high


def mover_ratio(first: Figure, second: Figure) -> tuple[Floats, Floats]:
    """The interval for the ratio of two independent figures, 0 or more, from (value, low, high) of each.

    "MOVER-R": Donner, A. and Zou, G. Y. (2012), Closed-form confidence intervals for functions of the normal
    mean and standard deviation, Statistical Methods in Medical Research 21, 347-359. Where the second figure
    is 0 or undefined, or the first undefined, there is no ratio and both limits are NaN; where the second's
    low limit is 0 the ratio has no upper limit, and that one is NaN.

    The published lower limit divides by ``high2 (2 p2 - high2)``, which is 0 where the second interval
    reaches twice its figure. It is multiplied out here, so that such small counts have their limit too.
    """
    (p1, low1, high1), (p2, low2, high2) = first, second
    p2 = np.where(p2 > 0, p2, np.nan)
    product, below = p1 * p2, low2 * (2 * p2 - low2)
    # The root is of a number that cannot be negative, since x (2p - x) is at most p squared.
    outer = np.sqrt(np.maximum(product**2 - below * (high1 * (2 * p1 - high1)), 0))
    # What is undefined in a figure is so in its limits and in the product.
    high: Floats = (product + outer) / np.where(below > 0, below, np.nan)
    low = ratio_low((p1, low1, high1), (p2, low2, high2))
    return np.where(np.isnan(product), np.nan, low), np.where(np.isnan(product), np.nan, high)


def ratio_low(first: Figure, second: Figure) -> Floats:
    """The low limit of ``mover_ratio`` on its own: it exists where the second figure is 0, too."""
    (p1, low1, _), (p2, _, high2) = first, second
    product = p1 * p2
    inner = np.sqrt(np.maximum(product**2 - low1 * high2 * (2 * p1 - low1) * (2 * p2 - high2), 0))
    total = product + inner
    low: Floats = np.divide(low1 * (2 * p1 - low1), total, out=np.zeros_like(total), where=total != 0)
    return low


def newcombe(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, z: float = Z
) -> tuple[Floats, Floats]:
    """The interval for the difference of two rates, ``k1/n1 - k2/n2``: (low, high), within -1 and 1.

    Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17, 873-890, method 10: hybrid score, no continuity correction.
    """
    return mover_difference((rate(k1, n1), *wilson(k1, n1, z)), (rate(k2, n2), *wilson(k2, n2, z)))


def mover_r(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, z: float = Z
) -> tuple[Floats, Floats]:
    """The interval for the ratio of two rates, ``(k1/n1) / (k2/n2)``: MOVER-R on Wilson limits."""
    return mover_ratio((rate(k1, n1), *wilson(k1, n1, z)), (rate(k2, n2), *wilson(k2, n2, z)))
