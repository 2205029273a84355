"""Differences and ratios of every group against the reference group, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hearing_app.evidence.intervals import Figure, Floats, mover_difference, mover_r, newcombe, rate
from hearing_app.evidence.metrics import BY_NAME, SMALL, Measured


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


def compare(measured: dict[str, Measured], reference: int | None) -> dict[str, Compared]:
    """Every metric of every group against the group at index ``reference``, by the metric's name.

    Rates: Newcombe's interval for the difference, MOVER-R for the ratio. Area under the curve: MOVER on the
    two intervals for the difference, since different groups are different people; it has no ratio, since
    0.5 and not 0 is its zero. A reference group that is absent (None) leaves everything undefined.
    """
    return {name: _compare(name, found, reference) for name, found in measured.items()}


def _compare(name: str, found: Measured, reference: int | None) -> Compared:
    groups = len(found.value)
    nothing = (np.full(groups, np.nan),) * 3
    if reference is None:
        return Compared(nothing, nothing, (False,) * groups)
    at = slice(reference, reference + 1)
    small = tuple(bool(n < SMALL or found.n[reference] < SMALL) for n in found.n)
    difference = found.value - found.value[at]
    if not BY_NAME[name].is_rate:
        own = (found.value, found.low, found.high)
        limits = mover_difference(own, (found.value[at], found.low[at], found.high[at]))
        return Compared((difference, *limits), nothing, small)
    counts = (found.k, found.n, found.k[at], found.n[at])
    return Compared(
        (difference, *newcombe(*counts)),
        (_ratio(found.value, found.value[at]), *mover_r(*counts)),
        small,
    )


def _ratio(value: Floats, reference: Floats) -> Floats:
    # A reference of 0 leaves no ratio, whatever the group's own rate is.
    return np.where(reference > 0, rate(value, np.where(reference > 0, reference, 0)), np.nan)
