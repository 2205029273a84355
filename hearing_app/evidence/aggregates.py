"""Four measures that put all groups into one number, as fairlearn has them, and which two groups they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hearing_app.evidence.composed import Counts
from hearing_app.evidence.counts import Group
from hearing_app.evidence.extremes import Extreme, largest_difference, smallest_ratio
from hearing_app.evidence.intervals import rate
from hearing_app.evidence.rates import counts_of


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest difference, or the smallest ratio, of a rate between any two groups.

    ``value`` is NaN where the rate of any group is undefined, and ``undefined`` names those groups; then
    ``among_defined`` is the value of the others. ``higher`` and ``lower`` are the two groups, () where fewer
    than two have a rate. ``rate`` says which rate it is. ``low`` and ``high`` are the limits among those
    defined; they hold whichever two groups are truly farthest apart (``extremes``).
    """

    rate: str
    value: float
    low: float
    high: float
    among_defined: float
    higher: Group
    lower: Group
    undefined: tuple[Group, ...]


_PARITY, _ODDS = ("selection_rate",), ("false_positive_rate", "true_positive_rate")
AGGREGATES: Mapping[str, tuple[str, ...]] = {
    "demographic_parity_difference": _PARITY,
    "demographic_parity_ratio": _PARITY,
    "equalized_odds_difference": _ODDS,
    "equalized_odds_ratio": _ODDS,
}
"""The four, and the rates of which the one that is farther apart counts. A difference is 0 where all groups
are equal and 1 at most; a ratio is 1 where all groups are equal, and 0 where one group has none."""


def largest_gaps(groups: tuple[Group, ...], counts: Counts) -> dict[str, Largest]:
    """The four measures of ``AGGREGATES``: Hardt, Price and Srebro (2016); Agarwal et al. (2018).

    They equal fairlearn's wherever every group has a rate; of a group without people to count fairlearn says
    0.0, and this says undefined. They mislead with many groups: the more there are, the farther apart are the
    farthest by chance alone.
    """
    found = {}
    for name, rates in AGGREGATES.items():
        ratio = name.endswith("ratio")
        measure = smallest_ratio if ratio else largest_difference
        each = [_largest(groups, counts, one, measure, len(rates)) for one in rates]
        found[name] = _farther(each, -1 if ratio else 1)
    return found


def _largest(
    groups: tuple[Group, ...], counts: Counts, name: str, measure: Callable[..., Extreme], rates: int
) -> Largest:
    k, n = counts_of(counts, name)
    missing = np.isnan(rate(k, n))
    undefined = tuple(group for group, gone in zip(groups, missing, strict=True) if gone)
    there = [group for group, gone in zip(groups, missing, strict=True) if not gone]
    if len(there) < 2:
        return Largest(name, np.nan, np.nan, np.nan, np.nan, (), (), undefined)
    one = measure(k[~missing], n[~missing], rates)
    value, low, high = (float(part) for part in (one.value, one.low, one.high))
    pair = [there[int(at)] for at in (one.highest, one.lowest) if at >= 0] or [(), ()]
    return Largest(name, np.nan if undefined else value, low, high, value, pair[0], pair[1], undefined)


def _farther(found: Sequence[Largest], sign: int) -> Largest:
    """The one of several rates that is farther apart; undefined groups of any count for all."""
    known = [one for one in found if not np.isnan(one.among_defined)]
    worst = max(known or found, key=lambda one: sign * one.among_defined)
    return Largest(
        worst.rate,
        np.nan if any(np.isnan(one.value) for one in found) else worst.value,
        sign * max((sign * one.low for one in known), default=np.nan),
        sign * max((sign * one.high for one in known), default=np.nan),
        worst.among_defined,
        worst.higher,
        worst.lower,
        tuple(dict.fromkeys(group for one in found for group in one.undefined)),
    )
