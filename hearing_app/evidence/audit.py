"""The answer to a selection: counts, metrics, differences and ratios, as one document or as rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hearing_app.evidence.counts import Group, Histogram, histogram
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.disparity import Compared, compare
from hearing_app.evidence.intervals import Figure, Floats
from hearing_app.evidence.manifest import Manifest, Value
from hearing_app.evidence.metrics import BY_NAME, METRICS, SMALL, Measured, confusion, measure
from hearing_app.evidence.selection import Selection

Row: TypeAlias = dict[str, Value | float | None]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric of one group. ``n`` is the number of people it rests on, ``count`` a rate's numerator."""

    value: float | None
    low: float | None
    high: float | None
    count: int | None
    n: int

    @property
    def small(self) -> bool:
        """Whether there are people, but fewer than 30: too few to compare."""
        return 0 < self.n < SMALL


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group (or everyone, for ``group`` ()): its counts and every metric by name."""

    group: Group
    counts: Mapping[str, int]
    metrics: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric of one group against the reference group; ``small`` where either is too small."""

    group: Group
    difference: Interval
    ratio: Interval
    small: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """Every figure for one selection.

    ``groups`` stand in the manifest's order and hold only groups with people. ``disparity`` has, for each
    metric, one comparison for each group but the reference; all undefined where the reference is absent.
    """

    manifest: Manifest
    version: str
    selection: Selection
    overall: GroupResult
    groups: tuple[GroupResult, ...]
    disparity: Mapping[str, tuple[Comparison, ...]]

    @property
    def reference(self) -> GroupResult | None:
        """The group that the others are compared with; None where it has no people or ``by`` is empty."""
        if not self.selection.by:
            return None
        return self.result(self.selection.reference)

    def result(self, group: Group) -> GroupResult | None:
        """The result of one group, or None where it has no people."""
        return next((one for one in self.groups if one.group == group), None)

    def comparison(self, metric: str, group: Group) -> Comparison | None:
        """How one group's metric compares with the reference's; None for the reference itself."""
        return next((one for one in self.disparity[metric] if one.group == group), None)

    def by_definition(self, metric: str) -> float | None:
        """The value that a metric must have at this threshold, whoever is counted; None where it is free.

        At the lowest threshold everybody's score is at or above it. An interval would say nothing then.
        """
        at_lowest = self.selection.threshold == self.manifest.score.minimum
        return BY_NAME[metric].at_lowest if at_lowest else None

    def as_document(self) -> dict[str, Any]:
        """The object that the API and the command line give; ready for JSON, keys in a fixed order."""
        return {
            "dataset": self.selection.dataset,
            "version": self.version,
            "by": list(self.selection.by),
            "threshold": self.selection.threshold,
            "where": dict(self.selection.where),
            "reference": dict(self.selection.reference),
            "overall": _part(self.overall),
            "groups": [{"group": dict(one.group), **_part(one)} for one in self.groups],
            "disparity": {
                name: [
                    {
                        "group": dict(one.group),
                        "difference": _limits(one.difference),
                        "ratio": _limits(one.ratio),
                    }
                    for one in comparisons
                ]
                for name, comparisons in self.disparity.items()
            },
        }

    def as_rows(self) -> list[Row]:
        """One flat row for each metric of everyone and of each group, for CSV: no rounding, no formatting.

        ``part`` is "overall" or "group"; ``small`` and ``reference`` are 1 or 0; undefined is None.
        """
        rows = []
        for part, one in [("overall", self.overall), *(("group", group) for group in self.groups)]:
            values = dict(one.group)
            for name, estimate in one.metrics.items():
                compared = self.comparison(name, one.group) if part == "group" else None
                row: Row = {
                    "dataset": self.selection.dataset,
                    "version": self.version,
                    "threshold": self.selection.threshold,
                    "where": " ".join(f"{column}:{value}" for column, value in self.selection.where),
                    "part": part,
                    **{column: values.get(column) for column in self.selection.by},
                    "metric": name,
                    "value": estimate.value,
                    "low": estimate.low,
                    "high": estimate.high,
                    "count": estimate.count,
                    "n": estimate.n,
                    "small": int(estimate.small),
                    "reference": int(part == "group" and one is self.reference),
                }
                for what in ("difference", "ratio"):
                    interval = getattr(compared, what) if compared else Interval(None, None, None)
                    row |= {what: interval.value, f"{what}_low": interval.low, f"{what}_high": interval.high}
                rows.append(row)
        return rows


def audit(catalogue: Catalogue, selection: Selection) -> Audit:
    """Answer a selection from the dataset's counts.

    Raises ``NotFound`` for a dataset that is not served. The selection comes from ``parse_selection``,
    ``read_selection`` or ``opening_selection``, so it fits the dataset.
    """
    dataset = catalogue.dataset(selection.dataset)
    counted = histogram(catalogue, dataset, selection.by, selection.where)
    # Everyone is the sum of the groups: every row belongs to exactly one.
    together = counted.people.sum(axis=0, keepdims=True)
    everyone = Histogram(((),), counted.scores, together)
    overall = _results(everyone, selection.threshold, measure(everyone, selection.threshold))[0]
    groups: tuple[GroupResult, ...] = ()
    disparity: dict[str, tuple[Comparison, ...]] = {metric.name: () for metric in METRICS}
    if selection.by:
        measured = measure(counted, selection.threshold)
        groups = _results(counted, selection.threshold, measured)
        places = {group: index for index, group in enumerate(counted.groups)}
        at = places.get(selection.reference)
        disparity = {
            name: _comparisons(counted.groups, found, at) for name, found in compare(measured, at).items()
        }
    return Audit(dataset.manifest, dataset.version, selection, overall, groups, disparity)


def _results(counted: Histogram, threshold: int, measured: Mapping[str, Measured]) -> tuple[GroupResult, ...]:
    counts = {name: numbers.tolist() for name, numbers in confusion(counted, threshold).items()}
    estimates = {name: _estimates(name, found) for name, found in measured.items()}
    return tuple(
        GroupResult(
            group,
            {name: numbers[g] for name, numbers in counts.items()},
            {name: found[g] for name, found in estimates.items()},
        )
        for g, group in enumerate(counted.groups)
    )


def _estimates(name: str, found: Measured) -> list[Estimate]:
    counts = found.k.tolist() if BY_NAME[name].is_rate else [None] * len(found.n)
    figures = (_numbers(found.value), _numbers(found.low), _numbers(found.high))
    return [Estimate(*one) for one in zip(*figures, counts, found.n.tolist(), strict=True)]


def _comparisons(groups: tuple[Group, ...], found: Compared, reference: int | None) -> tuple[Comparison, ...]:
    differences, ratios = _intervals(found.difference), _intervals(found.ratio)
    every = zip(groups, differences, ratios, found.small, strict=True)
    return tuple(Comparison(*one) for g, one in enumerate(every) if g != reference)


def _intervals(figure: Figure) -> list[Interval]:
    return [Interval(*one) for one in zip(*map(_numbers, figure), strict=True)]


def _numbers(array: Floats) -> list[float | None]:
    """The one door out of numpy: neither NaN nor infinity passes."""
    return [number if math.isfinite(number) else None for number in array.tolist()]


def _part(one: GroupResult) -> dict[str, Any]:
    metrics = {}
    for name, estimate in one.metrics.items():
        metrics[name] = {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}
        if estimate.small:
            metrics[name]["small"] = True
    return {"counts": dict(one.counts), "metrics": metrics}


def _limits(interval: Interval) -> dict[str, float | None]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}
