"""One threshold for each group: how equal a measure can be made, and what that costs in mistakes.

Nothing here proposes a setting. In many places the law forbids another threshold for another group; the
figures show what a choice of one measure would ask of the others. They are fitted to the people counted, so
that new people would be a little less equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import Invalid
from hearing_app.evidence.counts import Group, Histogram
from hearing_app.evidence.curves import Sweep, Whole, sweep
from hearing_app.evidence.intervals import Floats, rate

MEASURES: Mapping[str, tuple[str, ...]] = {
    "selection_rate": ("selection_rate",),
    "false_positive_rate": ("false_positive_rate",),
    "false_negative_rate": ("false_negative_rate",),
    "true_positive_rate": ("true_positive_rate",),
    "positive_predictive_value": ("positive_predictive_value",),
    "negative_predictive_value": ("negative_predictive_value",),
    "accuracy": ("accuracy",),
    "equalized_odds": ("false_positive_rate", "true_positive_rate"),
}
"""What can be made equal, and the rates of which the one that is farther apart counts."""

MOST_COMBINATIONS = 4_000_000
"""Combinations of thresholds that are tried one by one before the question is refused: about a second."""

MOST_STEPS = 200_000_000
"""Steps of the sweep over one measure before the question is refused: about a second."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One threshold for each group, and what comes of it.

    ``gap`` is the largest difference of the measure between any two groups, NaN where fewer than two have a
    value. ``undefined`` names the groups without one: they count for ``errors`` and ``selected`` alone.
    """

    thresholds: tuple[int, ...]
    gap: float
    errors: int
    selected: int
    undefined: tuple[Group, ...]


def setting(histogram: Histogram, measure: str, thresholds: Sequence[int]) -> Setting:
    """What comes of these thresholds, one for each group.

    Raises ``KeyError`` for an unknown measure, ``Invalid`` for thresholds that are none.
    """
    counts = sweep(histogram)
    return _setting(counts, measure, counts.places(thresholds).tolist())


def frontier(histogram: Histogram, measure: str) -> tuple[Setting, ...]:
    """Every setting than which none is both as equal and with as few errors: gap up, errors down.

    The first has the smallest gap, the last the fewest errors. Of settings with one gap and one number of
    errors, the one with lower thresholds (in the order of the groups) is given. A threshold at which the
    measure is undefined (a predictive value where nobody is singled out) is not used; a group for which
    it never is defined takes the threshold with the fewest errors, and is named.

    One measure: a sweep over every window of its values, O(v^2 groups) for v values in all, which is exact
    because errors add up over groups. Equalized odds: every combination of thresholds is tried, in
    parts. Raises ``Invalid`` where that is more than ``MOST_COMBINATIONS`` (6 groups of 10 scores are 1.8
    million), or the sweep more than ``MOST_STEPS``.
    """
    counts = sweep(histogram)
    options = _options(counts, measure)
    several = len(MEASURES[measure]) > 1
    found = _tried(options, Bounds()) if several else _swept(options)
    return tuple(_setting(counts, measure, places) for places in found)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a setting may cost; None where there is no bound. Both ends are allowed."""

    most_errors: int | None = None
    fewest_selected: int | None = None
    most_selected: int | None = None

    @property
    def on_selection(self) -> bool:
        """Whether the number of people singled out is bounded."""
        return self.fewest_selected is not None or self.most_selected is not None


def equalise(histogram: Histogram, measure: str, bounds: Bounds | None = None) -> Setting | None:
    """The thresholds with the smallest gap within the bounds; of those, the ones with the fewest errors.

    None where no setting is within the bounds. Without bounds most measures are equal where everybody or
    nobody is singled out, so a bound should be given: the errors, or the selection, of today's threshold.
    Bounds on the selection are met by trying every combination, and refused (``Invalid``) where that is
    too many.
    """
    allowed = bounds or Bounds()
    if not allowed.on_selection:
        most = allowed.most_errors
        within = (one for one in frontier(histogram, measure) if most is None or one.errors <= most)
        return next(within, None)
    counts = sweep(histogram)
    found = _tried(_options(counts, measure), allowed)
    return _setting(counts, measure, found[0]) if found else None


@dataclass(frozen=True, slots=True, eq=False)
class _Options:
    """The thresholds that a group may take: ``values`` has the shape (rates, options).

    ``counted`` is false for a group whose measure is never defined.
    """

    places: Whole
    values: Floats
    errors: Whole
    selected: Whole
    counted: bool


def _options(counts: Sweep, measure: str) -> list[_Options]:
    errors, selected = counts.errors, counts.selected
    values = np.stack([rate(*counts.counts(name)) for name in MEASURES[measure]], axis=1)
    found = []
    for g in range(len(counts.groups)):
        # A score that nobody has makes no new threshold: the same people are singled out.
        differs = np.append(True, np.diff(selected[g]) != 0)
        defined = ~np.isnan(values[g]).any(axis=0)
        kept = np.flatnonzero(differs & defined if defined.any() else differs)
        found.append(
            _Options(kept, values[g][:, kept], errors[g, kept], selected[g, kept], bool(defined.any()))
        )
    return found


def _swept(options: list[_Options]) -> list[list[int]]:
    """The frontier of one measure, as places of thresholds."""
    counted = [one for one in options if one.counted]
    size = sum(len(one.places) for one in counted)
    if size**2 * len(counted) > MOST_STEPS:
        raise _too_many()
    if not counted:
        return [[int(one.places[one.errors.argmin()]) for one in options]]
    value = np.concatenate([one.values[0] for one in counted])
    order = np.argsort(value, kind="stable")
    value = value[order]
    # For each group the errors of its option at each value, and infinity where the value is another group's.
    errors = np.full((len(counted), size), np.inf)
    group = np.repeat(np.arange(len(counted)), [len(one.places) for one in counted])[order]
    errors[group, np.arange(size)] = np.concatenate([one.errors for one in counted])[order]
    points = []
    for start in np.flatnonzero(np.append(True, np.diff(value) > 0)).tolist():
        least = np.minimum.accumulate(errors[:, start:], axis=1).sum(axis=0)
        fewer = np.flatnonzero(np.append(np.isfinite(least[:1]), least[1:] < least[:-1]))
        if not len(fewer):
            # No window from here on has an option of every group.
            break
        gaps = np.round(value[start:][fewer] - value[start], 12)
        starts = np.full(len(fewer), value[start])
        points.append(np.stack([gaps, least[fewer], starts, value[start:][fewer]]))
    gap, total, low, high = np.concatenate(points, axis=1)
    best = _undominated(gap, total)
    return [_cheapest(options, low[i], high[i]) for i in best.tolist()]


def _cheapest(options: list[_Options], low: float, high: float) -> list[int]:
    """For each group the threshold with the fewest errors whose value lies in the window."""
    chosen = []
    for one in options:
        inside = (one.values[0] >= low) & (one.values[0] <= high) | (not one.counted)
        errors = np.where(inside, one.errors, np.iinfo(np.int64).max)
        chosen.append(int(one.places[errors.argmin()]))
    return chosen


def _tried(options: list[_Options], bounds: Bounds) -> list[list[int]]:
    """The frontier within bounds from every combination: one part for each option of the first group."""
    sizes = tuple(len(one.places) for one in options)
    if prod(sizes) > MOST_COMBINATIONS:
        raise _too_many()
    figures, places = [], []
    for first in range(sizes[0]):
        low = high = _values(options[0])[:, first : first + 1]
        errors, selected = options[0].errors[first : first + 1], options[0].selected[first : first + 1]
        for one in options[1:]:
            errors = np.add.outer(errors, one.errors).ravel()
            selected = np.add.outer(selected, one.selected).ravel()
            low, high = _outer(np.fmin, low, _values(one)), _outer(np.fmax, high, _values(one))
        gap = np.round(np.nan_to_num(high - low), 12).max(axis=0)
        within = np.flatnonzero(_within(errors, selected, bounds))
        best = within[_undominated(gap[within], errors[within])]
        figures.append(np.stack([gap[best], errors[best]]))
        places.append(best + first * len(errors))
    gap, total = np.concatenate(figures, axis=1)
    chosen = np.concatenate(places)[_undominated(gap, total)]
    by_group = zip(options, np.unravel_index(chosen, sizes), strict=True)
    found: list[list[int]] = np.stack([one.places[at] for one, at in by_group], axis=1).tolist()
    return found


def _values(one: _Options) -> Floats:
    """The values of a group's options; NaN throughout for a group that has none, which fmin passes over."""
    return one.values if one.counted else np.full_like(one.values, np.nan)


def _outer(choose: np.ufunc, found: Floats, values: Floats) -> Floats:
    """The lower or the higher of each combination so far and each option, for every rate."""
    return np.stack([choose.outer(a, b).ravel() for a, b in zip(found, values, strict=True)])


def _within(errors: Whole, selected: Whole, bounds: Bounds) -> NDArray[np.bool_]:
    inside = np.ones(len(errors), dtype=bool)
    if bounds.most_errors is not None:
        inside &= errors <= bounds.most_errors
    if bounds.fewest_selected is not None:
        inside &= selected >= bounds.fewest_selected
    if bounds.most_selected is not None:
        inside &= selected <= bounds.most_selected
    return inside


def _undominated(gap: Floats, total: NDArray[np.float64] | Whole) -> NDArray[np.intp]:
    """The indices of the points than which none has both a gap and a total as small, by rising gap."""
    order = np.lexsort((total, gap))
    falling = np.minimum.accumulate(total[order])
    least: NDArray[np.intp] = order[np.append(True, falling[1:] < falling[:-1])[: len(order)]]
    return least


def _setting(counts: Sweep, measure: str, places: Sequence[int]) -> Setting:
    every = np.arange(len(counts.groups))
    gaps, missing = [], np.zeros(len(every), dtype=bool)
    for name in MEASURES[measure]:
        k, n = counts.counts(name)
        missing |= np.isnan(rate(k[every, places], n[every, places]))
    for name in MEASURES[measure]:
        k, n = counts.counts(name)
        values = rate(k[every, places], n[every, places])[~missing]
        gaps.append(float(values.max() - values.min()) if len(values) > 1 else np.nan)
    return Setting(
        tuple(counts.thresholds[list(places)].tolist()),
        max(gaps),
        int(counts.errors[every, places].sum()),
        int(counts.selected[every, places].sum()),
        tuple(group for group, gone in zip(counts.groups, missing, strict=True) if gone),
    )


def _too_many() -> Invalid:
    return Invalid(
        "There are too many combinations of thresholds to try them all.",
        next_step="Please compare fewer groups, or choose another measure.",
    )
