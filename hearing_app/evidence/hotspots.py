"""How well predicted places hold the crimes: capture rate, PAI and PEI, from counts and areas of places.

All functions take arrays of shape (places,) and give one number; what is undefined is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hearing_app.evidence.intervals import Floats


def captured(crimes: ArrayLike, predictions: ArrayLike, area: ArrayLike, share: float) -> float:
    """The share of the crimes in those places, ``share`` of the whole area, that have most predictions for
    it.

    A place that lies across the limit counts in part, and places with equally many predictions for their area
    count alike, whichever comes first. NaN where there is no crime or no area.
    """
    crimes, predictions, area = _places(crimes, predictions, area)
    return _top(crimes, predictions, area, share)


def pai(crimes: ArrayLike, predictions: ArrayLike, area: ArrayLike, share: float) -> float:
    """The predictive accuracy index: the share of crimes captured, divided by the share of area it took.

    1 is what drawing places by lot gives on average. Chainey, S., Tompson, L. and Uhlig, S. (2008), The
    utility of hotspot mapping for predicting spatial patterns of crime, Security Journal 21, 4-28. The
    smaller the area, the larger it can be: compare it at one area only. NaN for no area, and where there is
    no crime.
    """
    return captured(crimes, predictions, area, share) / share if share > 0 else float("nan")


def pei(crimes: ArrayLike, predictions: ArrayLike, area: ArrayLike, share: float) -> float:
    """The predictive efficiency index: PAI divided by the best that any choice of that area could reach, 0
    to 1.

    Hunt, J. M. (2016), Do crime hot spots move? Exploring the effects of the modifiable areal unit problem
    and modifiable temporal unit problem on crime hot spot stability, dissertation, American University. The
    best choice takes the places with most crimes for their area, which nobody knows beforehand.
    """
    crimes, predictions, area = _places(crimes, predictions, area)
    best = _top(crimes, crimes, area, share)
    return _top(crimes, predictions, area, share) / best if best > 0 else float("nan")


def _places(*given: ArrayLike) -> tuple[Floats, Floats, Floats]:
    crimes, predictions, area = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in given))
    if crimes.ndim != 1:
        raise ValueError("one number for each place")
    if (crimes < 0).any() or (predictions < 0).any() or (area <= 0).any():
        raise ValueError("crimes and predictions are 0 or more, and every place has an area")
    return crimes, predictions, area


def _top(amount: Floats, by: Floats, area: Floats, share: float) -> float:
    """The share of ``amount`` in the densest places by ``by``; equal densities share the area between
    them."""
    if not 0 <= share <= 1:
        raise ValueError("a share is 0 to 1")
    if not amount.sum() > 0:
        return float("nan")
    density = by / area
    left, taken = share * area.sum(), 0.0
    for level in np.unique(density)[::-1]:
        equal = density == level
        part = min(left / area[equal].sum(), 1.0)
        taken += part * amount[equal].sum()
        left -= part * area[equal].sum()
        if left <= 0:
            break
    return float(taken / amount.sum())
