"""What a table of so many people could show at all, before anyone looks for it.

"No difference was found" says little where few people were counted. All functions take arrays of any shapes
that broadcast; what is undefined is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from hearing_app.evidence.intervals import Floats, Z, wilson

_HALVINGS = 60
# Of an interval no longer than 1: far below the precision of a float.


def smallest_difference(
    n: ArrayLike, n_reference: ArrayLike, p_reference: ArrayLike, power: float = 0.8
) -> tuple[Floats, Floats]:
    """How far under and over the reference group's rate a group's rate must lie to be found: (under, over).

    Both are differences, 0 to 1: if the true rate of a group of ``n`` people is ``over`` above
    ``p_reference``, a two-sided test at 5 % against the ``n_reference`` people of the reference group finds
    it with the chance ``power``. NaN where no rate down to 0 or up to 1 would be found, or where a group has
    nobody.

    The score test's normal approximation for groups of different sizes: Fleiss, J. L., Levin, B. and Paik,
    M. C. (2003), Statistical methods for rates and proportions, 3rd edition, chapter 4, without continuity
    correction, as in Casagrande, J. T., Pike, M. C. and Smith, P. G. (1978), Biometrics 34, 483-486. Counted
    out exactly, such a difference is found 75 to 85 times in 100 (docs/uncertainty.md).
    """
    n1, n2, p2 = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (n, n_reference, p_reference)))
    people = np.where((n1 > 0) & (n2 > 0), n1, np.nan)
    z_power = float(ndtri(power))
    return _needed(people, n2, p2, -1, z_power), _needed(people, n2, p2, 1, z_power)


def half_width(n: ArrayLike, p: ArrayLike = 0.5) -> Floats:
    """Half the width of Wilson's 95 % interval of a rate of ``p`` of ``n`` people; NaN for nobody.

    Widest at a half, ``Z / (2 sqrt(n + Z**2))``, and narrowest at 0 and 1, see ``least_half_width``.
    """
    n, p = np.broadcast_arrays(np.asarray(n, dtype=np.float64), np.asarray(p, dtype=np.float64))
    low, high = wilson(n * p, n)
    return (high - low) / 2


def least_half_width(n: ArrayLike) -> Floats:
    """The smallest half-width that ``n`` people allow, whatever is seen: ``Z**2 / (2 (n + Z**2))``."""
    return half_width(n, 0.0)


def _needed(n1: Floats, n2: Floats, p2: Floats, sign: int, z_power: float) -> Floats:
    """The smallest difference in one direction, by halving.

    Both standard errors are concave functions of the difference, so what is left of it after them is convex;
    it is negative at 0 and therefore crosses zero once at most.
    """

    def left(difference: Floats) -> Floats:
        p1 = np.clip(p2 + sign * difference, 0.0, 1.0)
        pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
        of_none = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        of_some = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        result: Floats = difference - Z * of_none - z_power * of_some
        return result

    with np.errstate(divide="ignore", invalid="ignore"):
        end = np.where(np.isnan(n1), np.nan, 1 - p2 if sign > 0 else p2)
        low, high = np.zeros_like(end), end
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            found = left(middle) >= 0
            low, high = np.where(found, low, middle), np.where(found, middle, high)
        return np.where((end > 0) & (left(end) >= 0), high, np.nan)
