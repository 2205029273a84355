"""Differences and ratios of every group against the reference group, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.counts import WITHHELD
from hearing_app.evidence.events import rate_difference, rate_ratio
from hearing_app.evidence.family import Kind, Measured, Metric
from hearing_app.evidence.intervals import Figure, Floats, mover_difference, mover_ratio, rate
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.when_asked import WhenAsked


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One metric of every group against the reference group; all arrays have the shape (groups,).

    ``difference`` is the group's value minus the reference's, ``ratio`` the group's divided by the
    reference's; each as (value, low, high), NaN where undefined. ``small`` is true where either of the two
    rests on fewer than 30 people.
    """

    difference: Figure
    ratio: Figure
    small: tuple[bool, ...]


def compare(
    measured: Mapping[str, Measured], metrics: Mapping[str, Metric], reference: int | None
) -> Mapping[str, Compared]:
    """Every metric of every group against the group at index ``reference``, by the metric's name.

    Rates: Newcombe's interval for the difference, MOVER-R for the ratio. Events for each unit: MOVER on the
    exact limits for the difference, MOVER-R on them for the ratio. Any other figure: MOVER on the two
    intervals for the difference, since different groups are different people; it has no ratio, since 0 need
    not be its zero. A reference group that is absent (None) leaves everything undefined, and so does one that
    was counted in another way. A metric is compared when it is first asked for; all rates at once, and
    figures that are computed at once.
    """
    together: dict[object, dict[str, Compared]] = {}

    def make(name: str) -> Compared:
        if reference is None:
            groups = len(measured[name].value)
            nothing = (np.full(groups, np.nan),) * 3
            return Compared(nothing, nothing, (False,) * groups)
        kind, at_once = metrics[name].kind, metrics[name].at_once
        if kind is Kind.EVENTS:
            return _compare_events(metrics[name], measured[name], reference)
        if kind is Kind.FIGURE and at_once is None:
            return _compare_together({name: measured[name]}, reference, kind)[name]
        if (kind, at_once) not in together:
            alike = [one for one in measured if (metrics[one].kind, metrics[one].at_once) == (kind, at_once)]
            found = _compare_together({one: measured[one] for one in alike}, reference, kind)
            together[kind, at_once] = found
        return together[kind, at_once][name]

    return WhenAsked(measured, lambda names: [make(name) for name in names])


def _compare_together(measured: Mapping[str, Measured], reference: int, kind: Kind) -> dict[str, Compared]:
    """Shares, or figures: several at once take little more time than one."""
    found = measured.values()
    value, low, high = (
        np.array(part) for part in zip(*((one.value, one.low, one.high) for one in found), strict=True)
    )
    n = np.array([one.n for one in found])
    at = (slice(None), slice(reference, reference + 1))
    own, theirs = (value, low, high), (value[at], low[at], high[at])
    # Newcombe's interval and MOVER-R are MOVER on the two Wilson intervals, which are there already.
    gap = (value - value[at], *mover_difference(own, theirs))
    if kind is Kind.SHARE:
        times = (_ratio(value, value[at]), *mover_ratio(own, theirs))
    else:
        # 0 need not be its zero: there is nothing to divide by.
        times = (np.full(value.shape, np.nan),) * 3
    small = (n < SMALL) | (n[at] < SMALL)
    return {
        name: Compared(
            _alike(one, reference, (gap[0][row], gap[1][row], gap[2][row])),
            _alike(one, reference, (times[0][row], times[1][row], times[2][row])),
            _told_small(small[row], one, reference),
        )
        for row, (name, one) in enumerate(measured.items())
    }


def _compare_events(metric: Metric, found: Measured, reference: int) -> Compared:
    at = slice(reference, reference + 1)
    difference = found.value - found.value[at]
    counts = (found.k, found.n, found.k[at], found.n[at])
    low, high = rate_difference(*counts)
    gap = (difference, metric.per * low, metric.per * high)
    times = (_ratio(found.value, found.value[at]), *rate_ratio(*counts))
    # What is rare counts as small by its events, not by the residents that it is told by.
    small = _told_small((found.k < SMALL) | (found.k[at] < SMALL), found, reference)
    return Compared(_alike(found, reference, gap), _alike(found, reference, times), small)


def _told_small(small: NDArray[np.bool_], found: Measured, reference: int) -> tuple[bool, ...]:
    if found.basis is not None:
        # What is not shown is neither large nor small.
        small = small & (found.basis != WITHHELD) & (found.basis[reference] != WITHHELD)
    return tuple(small.tolist())


def _alike(found: Measured, reference: int, figure: Figure) -> Figure:
    """The figure where both groups were counted in the same way, NaN elsewhere."""
    if found.basis is None:
        return figure
    alike = (found.basis >= 0) & (found.basis == found.basis[reference])
    value, low, high = (np.where(alike, number, np.nan) for number in figure)
    return value, low, high


def _ratio(value: Floats, reference: Floats) -> Floats:
    # A reference of 0 leaves no ratio, whatever the group's own rate is.
    return np.where(reference > 0, rate(value, np.where(reference > 0, reference, 0)), np.nan)
