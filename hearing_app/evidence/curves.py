"""What a score does at every threshold at once, for every group: rates, ROC, precision, costs.

Every array ends with one threshold more than there are scores: the one above the highest score, at which
nobody is singled out. All of it is running sums over one histogram, so that no threshold needs a query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hearing_app.errors import Invalid
from hearing_app.evidence.counts import Group, Histogram
from hearing_app.evidence.family import Measured
from hearing_app.evidence.intervals import Figure, Floats
from hearing_app.evidence.rates import counts_of, share

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """The four counts of every group at every threshold: int64 arrays of shape (groups, scores + 1).

    ``thresholds`` ascend: every score, then one above the highest, at which nobody is singled out.
    """

    groups: tuple[Group, ...]
    thresholds: Whole
    tp: Whole
    fp: Whole
    tn: Whole
    fn: Whole

    @property
    def errors(self) -> Whole:
        """How many people the score does not fit: false positives and false negatives."""
        total: Whole = self.fp + self.fn
        return total

    @property
    def selected(self) -> Whole:
        """How many people have a score at or above the threshold."""
        total: Whole = self.tp + self.fp
        return total

    def counts(self, name: str) -> tuple[Whole, Whole]:
        """Numerator and denominator of one of ``rates.RATES``; raises ``KeyError`` for any other name."""
        return counts_of({"tp": self.tp, "fp": self.fp, "tn": self.tn, "fn": self.fn}, name)

    def rate(self, name: str) -> Measured:
        """One of ``rates.RATES`` at every threshold, with its interval."""
        return share(*self.counts(name))

    def places(self, thresholds: int | Sequence[int]) -> Whole:
        """Where each group's threshold stands among all; one for all groups, or one for each.

        Raises ``Invalid`` for a threshold that is none, or where there is not one for each group.
        """
        groups, first, last = len(self.groups), int(self.thresholds[0]), int(self.thresholds[-1])
        wanted = np.asarray(thresholds)
        wanted = wanted if wanted.ndim else np.full(groups, wanted)
        if wanted.shape != (groups,) or ((wanted < first) | (wanted > last)).any():
            raise Invalid(
                f"A threshold is a whole number from {first} to {last}, either one for all groups or one for "
                f"each of the {groups}.",
                next_step="Please choose others.",
            )
        found: Whole = np.searchsorted(self.thresholds, wanted).astype(np.int64)
        return found


def sweep(histogram: Histogram) -> Sweep:
    """The counts of every group at every threshold, in one pass over the histogram."""
    people = histogram.people
    high = np.zeros((people.shape[0], 2, people.shape[2] + 1), dtype=np.int64)
    high[:, :, :-1] = np.cumsum(people[:, :, ::-1], axis=2)[:, :, ::-1]
    low = high[:, :, :1] - high
    thresholds = np.append(histogram.scores, histogram.above)
    return Sweep(histogram.groups, thresholds, high[:, 1], high[:, 0], low[:, 0], low[:, 1])


def score_shares(histogram: Histogram, outcome: int | None = None) -> Measured:
    """How each group's people are spread over the scores; shape (groups, scores).

    ``outcome`` 1 or 0 counts only people with or without the recorded outcome. The shares of a group add up
    to 1; a group without such people has none. Each interval is for its own score, not for all together.
    """
    people = histogram.people.sum(axis=1) if outcome is None else histogram.people[:, outcome]
    return share(people, np.broadcast_to(people.sum(axis=1, keepdims=True), people.shape))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One curve for each group: ``x`` and ``y`` have the shape (groups, scores + 1).

    ``thresholds`` descend, from the one above the highest score to the lowest score, as a curve is drawn.
    """

    groups: tuple[Group, ...]
    thresholds: Whole
    x: Measured
    y: Measured


def roc(histogram: Histogram) -> Curve:
    """False positive rate (x) and true positive rate (y) at every possible threshold.

    From (0, 0), where nobody is singled out, to (1, 1). A group without people of one outcome has no such
    rate, and NaN for it. It misleads where one threshold is in use: groups on one curve can stand far apart
    on it. Fawcett, T. (2006), An introduction to ROC analysis, Pattern Recognition Letters 27, 861-874.
    """
    return _curve(histogram, "false_positive_rate", "true_positive_rate")


def precision_recall(histogram: Histogram) -> Curve:
    """True positive rate (x, recall) and positive predictive value (y, precision) at every threshold.

    Where nobody is singled out there is no precision: NaN, where scikit-learn says 1. Precision depends on
    how common the outcome is, so that groups' curves differ with their prevalence alone. Davis, J. and
    Goadrich, M. (2006), The relationship between precision-recall and ROC curves, ICML, 233-240.
    """
    return _curve(histogram, "true_positive_rate", "positive_predictive_value")


def expected_cost(histogram: Histogram, threshold: int, at: ArrayLike) -> Figure:
    """The normalised expected cost at one threshold, as (value, low, high) of shape (groups, points).

    ``at`` is the probability cost function, 0 to 1: the weight of the people with the outcome, which is
    p c1 / (p c1 + (1 - p) c0) for prevalence p, the cost c1 of a miss and c0 of a false positive. The cost is
    ``at`` x false negative rate + (1 - ``at``) x false positive rate: 0 is no mistakes, 1 all mistakes.
    Drummond, C. and Holte, R. C. (2006), Cost curves, Machine Learning 65, 95-130. The interval is MOVER
    on the two rates' Wilson limits, since they are of different people (Zou and Donner 2008).

    It misleads where the two costs cannot be put on one scale.
    """
    weight = np.asarray(at, dtype=np.float64)
    counts = sweep(histogram)
    place = int(counts.places(threshold)[0])
    missed, wrongly = counts.rate("false_negative_rate"), counts.rate("false_positive_rate")
    first, second = (
        tuple(share * part[:, place, None] for part in (found.value, found.low, found.high))
        for found, share in ((missed, weight), (wrongly, 1 - weight))
    )
    value = first[0] + second[0]
    low = value - np.hypot(first[0] - first[1], second[0] - second[1])
    high = value + np.hypot(first[2] - first[0], second[2] - second[0])
    # A rate of which nothing is counted costs nothing at the end where its weight is 0, and is still unknown.
    return value, np.maximum(low, 0), np.minimum(high, 1)


@dataclass(frozen=True, slots=True, eq=False)
class LowerEnvelope:
    """The lowest cost that any threshold reaches, for one group: straight between its corners.

    ``x`` (ascending, from 0 to 1) and ``cost`` are float64 of shape (corners,). ``thresholds`` has, for
    each of the corners - 1 stretches, the threshold that costs least there.
    """

    group: Group
    x: Floats
    cost: Floats
    thresholds: tuple[int, ...]


def lower_envelopes(histogram: Histogram) -> tuple[LowerEnvelope | None, ...]:
    """The lower envelope of every group's cost lines; None for a group that lacks one of the outcomes.

    A line belongs to a corner of the upper hull of the ROC points (Drummond and Holte 2006), so that the
    hull gives every corner exactly, in O(scores) for each group.
    """
    counts = sweep(histogram)
    found: list[LowerEnvelope | None] = []
    for g, group in enumerate(histogram.groups):
        negatives, positives = int(counts.fp[g, 0]), int(counts.tp[g, 0])
        if not negatives or not positives:
            found.append(None)
            continue
        hull = upper_hull(counts.fp[g], counts.tp[g])
        if len(hull) > 1 and counts.tp[g, hull[-1]] == counts.tp[g, hull[-2]]:
            hull.pop()  # It is no better at any cost, and would only repeat the corner at 1.
        fpr, fnr = counts.fp[g, hull] / negatives, counts.fn[g, hull] / positives
        rise, fall = np.diff(fpr), -np.diff(fnr)
        x = np.concatenate(([0.0], rise / (rise + fall), [1.0]))
        places = np.minimum(np.arange(len(x)), len(hull) - 1)
        found.append(
            LowerEnvelope(
                group,
                x,
                x * fnr[places] + (1 - x) * fpr[places],
                tuple(int(counts.thresholds[place]) for place in hull),
            )
        )
    return tuple(found)


def upper_hull(x: Whole, y: Whole) -> list[int]:
    """The indices of the corners of the upper convex hull of the points, from the lowest x to the highest.

    Andrew, A. M. (1979), Another efficient algorithm for convex hulls in two dimensions, Information
    Processing Letters 9, 216-219, in whole numbers, so that nothing is rounded. Points on a straight
    stretch are left out. Of points with one x, the highest counts.
    """
    hull: list[tuple[int, int, int]] = []
    for i in np.lexsort((-y, x)).tolist():
        point = (int(x[i]), int(y[i]), i)
        if hull and hull[-1][0] == point[0]:
            continue
        while len(hull) > 1 and _turns_left(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return [i for _, _, i in hull]


def _turns_left(a: tuple[int, int, int], b: tuple[int, int, int], c: tuple[int, int, int]) -> bool:
    """Whether b lies on or under the line from a to c."""
    return (b[0] - a[0]) * (c[1] - a[1]) >= (b[1] - a[1]) * (c[0] - a[0])


def _curve(histogram: Histogram, x: str, y: str) -> Curve:
    counts = sweep(histogram)
    across, up = (_reversed(counts.rate(name)) for name in (x, y))
    return Curve(histogram.groups, counts.thresholds[::-1], across, up)


def _reversed(found: Measured) -> Measured:
    turn = (slice(None), slice(None, None, -1))
    return Measured(found.value[turn], found.low[turn], found.high[turn], found.k[turn], found.n[turn])
