"""The largest difference and the smallest ratio of a rate between any two groups, and which two they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.composed import Counts
from hearing_app.evidence.counts import Group
from hearing_app.evidence.curves import RATES
from hearing_app.evidence.intervals import Floats, mover_r, newcombe, rate


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest difference, or the smallest ratio, of a rate between any two groups.

    ``value`` is NaN where the rate of any group is undefined, and ``undefined`` names those groups; then
    ``among_defined`` is the value of the others. ``higher`` and ``lower`` are the two groups, () where fewer
    than two have a rate. ``rate`` says which rate it is.

    ``low`` and ``high`` hold whichever two groups are truly farthest apart (among those defined): each pair
    has its interval at 1 - 0.05 / pairs (Dunn, O. J. (1961), Multiple comparisons among means, JASA 56,
    52-64), so that choosing the farthest pair after the fact does no harm.
    """

    rate: str
    value: float
    low: float
    high: float
    among_defined: float
    higher: Group
    lower: Group
    undefined: tuple[Group, ...]


AGGREGATES = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equalized_odds_difference",
    "equalized_odds_ratio",
)
"""The four of ``largest_gaps``. A difference is 0 where all groups are equal and 1 at most; a ratio is 1
where all groups are equal, and 0 where one group has none."""


def largest_gaps(groups: tuple[Group, ...], counts: Counts) -> dict[str, Largest]:
    """The four measures of ``AGGREGATES``: Hardt, Price and Srebro (2016); Agarwal et al. (2018).

    Demographic parity is about the selection rate; equalized odds about the true and the false positive
    rate, of which the one that is farther apart counts. They equal fairlearn's wherever every group has a
    rate; of a group without people to count fairlearn says 0.0, and this says undefined.

    They mislead with many groups: the more there are, the farther apart are the farthest by chance alone.
    """
    odds = ("false_positive_rate", "true_positive_rate")
    differences = [largest_difference(groups, counts, name, rates=2) for name in odds]
    ratios = [smallest_ratio(groups, counts, name, rates=2) for name in odds]
    return {
        "demographic_parity_difference": largest_difference(groups, counts, "selection_rate"),
        "demographic_parity_ratio": smallest_ratio(groups, counts, "selection_rate"),
        "equalized_odds_difference": _farther(differences, max, 1),
        "equalized_odds_ratio": _farther(ratios, min, -1),
    }


def largest_difference(groups: tuple[Group, ...], counts: Counts, name: str, *, rates: int = 1) -> Largest:
    """The largest difference of one of ``curves.RATES`` between two groups; ``rates`` widens the interval.

    ``rates`` is the number of rates among which the largest will be chosen.
    """
    k, n = _counted(counts, name)
    one, other, z = _pairs(n > 0, rates)
    low, high = newcombe(k[one], n[one], k[other], n[other], z)
    turned = np.concatenate((low, -high)), np.concatenate((high, -low))
    limits = (max(0.0, float(turned[0].max())), float(turned[1].max())) if len(one) else (np.nan, np.nan)
    return _largest(groups, name, rate(k, n), lambda highest, lowest: highest - lowest, limits)


def smallest_ratio(groups: tuple[Group, ...], counts: Counts, name: str, *, rates: int = 1) -> Largest:
    """The smallest ratio of one of ``curves.RATES`` between two groups; NaN where all rates are 0."""
    k, n = _counted(counts, name)
    one, other, z = _pairs(n > 0, rates)
    above, below = [*one, *other], [*other, *one]  # a ratio has no sign to turn: both ways round
    low, high = mover_r(k[above], n[above], k[below], n[below], z)
    known = ~np.isnan(low)
    limits = (np.nan, np.nan)
    if known.any():
        # A ratio without an upper limit is no limit for the smallest either, which is at most 1.
        limits = float(low[known].min()), min(1.0, float(np.nan_to_num(high[known], nan=np.inf).min()))
    return _largest(
        groups, name, rate(k, n), lambda highest, lowest: lowest / highest if highest else np.nan, limits
    )


def _counted(counts: Counts, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    above, below = (
        sum((counts[cell] for cell in cells), np.zeros_like(counts["tp"])) for cells in RATES[name]
    )
    return above, below


def _pairs(defined: NDArray[np.bool_], rates: int) -> tuple[list[int], list[int], float]:
    """The indices of every two groups that have a rate, and the normal point for all their intervals."""
    pairs = list(combinations(np.flatnonzero(defined).tolist(), 2))
    z = NormalDist().inv_cdf(1 - 0.025 / max(1, len(pairs) * rates))
    return [a for a, _ in pairs], [b for _, b in pairs], z


def _largest(
    groups: tuple[Group, ...],
    name: str,
    values: Floats,
    measure: Callable[[float, float], float],
    limits: tuple[float, float],
) -> Largest:
    missing = np.isnan(values)
    undefined = tuple(group for group, gone in zip(groups, missing, strict=True) if gone)
    if (~missing).sum() < 2:
        return Largest(name, np.nan, np.nan, np.nan, np.nan, (), (), undefined)
    highest, lowest = int(np.nanargmax(values)), int(np.nanargmin(values))
    among = float(measure(float(values[highest]), float(values[lowest])))
    value = np.nan if undefined else among
    return Largest(name, value, *limits, among, groups[highest], groups[lowest], undefined)


def _farther(found: list[Largest], choose: Callable[..., Largest], sign: int) -> Largest:
    """The one of several rates that is farther apart; undefined groups of either count for both."""
    never = -sign * np.inf
    worst = choose(found, key=lambda one: never if np.isnan(one.among_defined) else one.among_defined)
    known = [one for one in found if not np.isnan(one.low)]
    return replace(
        worst,
        value=np.nan if any(np.isnan(one.value) for one in found) else worst.value,
        low=sign * max((sign * one.low for one in known), default=np.nan),
        high=sign * max((sign * one.high for one in known), default=np.nan),
        undefined=tuple(dict.fromkeys(group for one in found for group in one.undefined)),
    )
