"""Differences and ratios of every group against the reference group, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hearing_app.evidence.events import rate_difference, rate_ratio
from hearing_app.evidence.family import Kind, Measured, Metric
from hearing_app.evidence.intervals import Figure, Floats, mover_difference, mover_r, newcombe, rate
from hearing_app.evidence.metrics import SMALL


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
) -> dict[str, Compared]:
    """Every metric of every group against the group at index ``reference``, by the metric's name.

    Rates: Newcombe's interval for the difference, MOVER-R for the ratio. Events for each unit: MOVER on the
    exact limits for the difference, MOVER-R on them for the ratio. Any other figure: MOVER on the two
    intervals for the difference, since different groups are different people; it has no ratio, since 0 need
    not be its zero. A reference group that is absent (None) leaves everything undefined, and so does one that
    was counted in another way.
    """
    return {name: _compare(metrics[name], found, reference) for name, found in measured.items()}


def _compare(metric: Metric, found: Measured, reference: int | None) -> Compared:
    groups = len(found.value)
    nothing = (np.full(groups, np.nan),) * 3
    if reference is None:
        return Compared(nothing, nothing, (False,) * groups)
    at = slice(reference, reference + 1)
    small = tuple(bool(n < SMALL or found.n[reference] < SMALL) for n in found.n)
    counts = (found.k, found.n, found.k[at], found.n[at])
    difference = found.value - found.value[at]
    if metric.kind is Kind.FIGURE:
        own = (found.value, found.low, found.high)
        limits = mover_difference(own, (found.value[at], found.low[at], found.high[at]))
        return Compared(_alike(found, reference, (difference, *limits)), nothing, small)
    ratio = _ratio(found.value, found.value[at])
    if metric.kind is Kind.EVENTS:
        low, high = rate_difference(*counts)
        gap, times = (difference, metric.per * low, metric.per * high), (ratio, *rate_ratio(*counts))
        # What is rare counts as small by its events, not by the residents that it is told by.
        small = tuple(bool(k < SMALL or found.k[reference] < SMALL) for k in found.k)
    else:
        gap, times = (difference, *newcombe(*counts)), (ratio, *mover_r(*counts))
    return Compared(_alike(found, reference, gap), _alike(found, reference, times), small)


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
