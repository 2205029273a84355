"""Making a measure exactly equal between groups, where lots are drawn between thresholds.

With whole thresholds a measure can be made more equal, seldom equal. It can be made equal if lots decide for
each person which of several thresholds counts. That is what the literature on equal error rates computes
(Hardt, Price and Srebro 2016), and it shows the fewest mistakes that equality costs. Two people with the same
score and the same group are then treated differently by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.counts import Group, Histogram
from hearing_app.evidence.curves import Sweep, Whole, sweep, upper_hull
from hearing_app.evidence.intervals import Floats

Lots = tuple[tuple[int, float], ...]
"""Thresholds with the share of people for whom each counts; the shares add up to 1."""

MEASURES: tuple[str, ...] = (
    "selection_rate",
    "false_positive_rate",
    "false_negative_rate",
    "true_positive_rate",
    "accuracy",
    "equalized_odds",
)
"""What lots can make equal here: all of ``trade_off.MEASURES`` but predictive values, whose denominator is
itself a matter of chance then."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is expected when lots are drawn; the measure is equal for all groups in ``lots``.

    ``value`` is the measure in every group (for equalized odds the false and then the true positive rate).
    ``errors`` and ``selected`` are expected numbers of people. ``undefined`` names the groups that lack
    the people to count: they take the threshold with the fewest errors.
    """

    groups: tuple[Group, ...]
    lots: tuple[Lots, ...]
    value: tuple[float, ...]
    errors: float
    selected: float
    undefined: tuple[Group, ...]


def equalise_by_lot(histogram: Histogram, measure: str) -> Drawn:
    """The lots between thresholds that make the measure equal with the fewest expected errors.

    Exact: errors against the measure are a straight line between the corners of each group's hull, and so is
    their sum, so that the least lies at a corner of one group (or, for equalized odds, where two hulls
    cross). O(scores x groups^2). Raises ``KeyError`` for a measure that is not in ``MEASURES``.
    """
    if measure not in MEASURES:
        raise KeyError(measure)
    counts = sweep(histogram)
    rates = ("false_positive_rate", "true_positive_rate") if measure == "equalized_odds" else (measure,)
    defined = np.all([counts.counts(name)[1][:, 0] > 0 for name in rates], axis=0)
    some = np.flatnonzero(defined).tolist()
    if not some:
        found: dict[int, Lots] = {}
        value: tuple[float, ...] = (np.nan,) * len(rates)
    elif measure == "equalized_odds":
        value, found = _odds(counts, some)
    else:
        value, found = _one(counts, measure, some)
    best = counts.thresholds[counts.errors.argmin(axis=1)].tolist()
    lots = tuple(found.get(g, ((best[g], 1.0),)) for g in range(len(counts.groups)))
    undefined = tuple(group for group, has in zip(counts.groups, defined, strict=True) if not has)
    errors, selected = (_expected(counts, people, lots) for people in (counts.errors, counts.selected))
    return Drawn(counts.groups, lots, value, errors, selected, undefined)


@dataclass(frozen=True, slots=True, eq=False)
class _Hull:
    """The corners of one group's hull: ``x`` ascending (the measure), ``y`` (people it fits, or a rate)."""

    x: Floats
    y: Floats
    places: list[int]

    def mix(self, x: float) -> dict[int, float]:
        """The one or two corners between which ``x`` lies, by place, with their shares."""
        if len(self.x) == 1:
            return {self.places[0]: 1.0}
        right = int(np.clip(np.searchsorted(self.x, x), 1, len(self.x) - 1))
        share = float((x - self.x[right - 1]) / (self.x[right] - self.x[right - 1]))
        return {self.places[right - 1]: 1 - share, self.places[right]: share}


def _hull(x: Whole, of: int, y: Whole, y_of: int) -> _Hull:
    places = upper_hull(x, y)
    return _Hull(x[places] / of, y[places] / y_of, places)


def _one(counts: Sweep, measure: str, some: list[int]) -> tuple[tuple[float, ...], dict[int, Lots]]:
    k, n = counts.counts(measure)
    right = counts.tp + counts.tn
    hulls = {g: _hull(k[g], int(n[g, 0]), right[g], 1) for g in some}
    # All groups can only meet where each of them can be.
    low, high = max(one.x[0] for one in hulls.values()), min(one.x[-1] for one in hulls.values())
    at = np.unique(np.concatenate([one.x for one in hulls.values()]))
    at = at[(at >= low) & (at <= high)]
    total = np.sum([np.interp(at, one.x, one.y) for one in hulls.values()], axis=0)
    x = float(at[np.round(total, 9).argmax()])
    return (x,), {g: _lots(counts, one.mix(x)) for g, one in hulls.items()}


def _odds(counts: Sweep, some: list[int]) -> tuple[tuple[float, ...], dict[int, Lots]]:
    negatives, positives = counts.fp[:, 0], counts.tp[:, 0]
    hulls = {g: _hull(counts.fp[g], int(negatives[g]), counts.tp[g], int(positives[g])) for g in some}
    at = np.unique(np.concatenate([one.x for one in hulls.values()]))
    curves = [np.interp(at, one.x, one.y) for one in hulls.values()]
    crossings = [_crossings(at, a - b) for a, b in combinations(curves, 2)]
    at = np.unique(np.concatenate([at, *crossings]))
    # What every group can reach: the lowest of all curves.
    reach = np.min([np.interp(at, one.x, one.y) for one in hulls.values()], axis=0)
    right = negatives[some].sum() * (1 - at) + positives[some].sum() * reach
    best = int(np.round(right, 9).argmax())
    x, y = float(at[best]), float(reach[best])
    nobody, everybody = len(counts.thresholds) - 1, 0
    found = {}
    for g, one in hulls.items():
        top = float(np.interp(x, one.x, one.y))
        # A group whose curve is higher comes down towards the diagonal: everybody or nobody, by lot.
        down = (top - y) / (top - x) if top > x else 0.0
        shares = {place: (1 - down) * share for place, share in one.mix(x).items()}
        for place, share in ((everybody, x), (nobody, 1 - x)):
            shares[place] = shares.get(place, 0.0) + down * share
        found[g] = _lots(counts, shares)
    return (x, y), found


def _crossings(at: Floats, difference: Floats) -> Floats:
    """Where a line through the points changes its sign between two of them."""
    one, other = difference[:-1], difference[1:]
    changes = one * other < 0
    share = one[changes] / (one[changes] - other[changes])
    crossed: Floats = at[:-1][changes] + share * np.diff(at)[changes]
    return crossed


def _lots(counts: Sweep, shares: dict[int, float]) -> Lots:
    return tuple(
        (int(counts.thresholds[place]), share) for place, share in sorted(shares.items()) if share > 1e-12
    )


def _expected(counts: Sweep, people: NDArray[np.int64], lots: tuple[Lots, ...]) -> float:
    places = {int(threshold): place for place, threshold in enumerate(counts.thresholds)}
    return float(sum(share * people[g, places[at]] for g, one in enumerate(lots) for at, share in one))
