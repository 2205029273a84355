"""The answer to a selection: counts, metrics, differences and ratios, as one document or as rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hearing_app.evidence.counts import Counted, Group, Histogram, counted_people, histogram
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.disparity import Compared, compare
from hearing_app.evidence.families import family_of, metrics_of
from hearing_app.evidence.family import Family, Kind, Measured, Metric
from hearing_app.evidence.intervals import Figure, Floats
from hearing_app.evidence.manifest import Manifest, Value
from hearing_app.evidence.metrics import SMALL, measure, reason
from hearing_app.evidence.selection import Selection
from hearing_app.evidence.tally import tally

Row: TypeAlias = dict[str, Value | float | None]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric of one group. ``n`` is the number of people it rests on, ``count`` a rate's numerator.

    ``small``: there are people (or events), but fewer than 30: too few to compare. ``reason`` says why a
    value is undefined where that is not for want of people: "mixed" (its rows were counted in different
    ways) or "unstated" (a row does not state what is needed).
    """

    value: float | None
    low: float | None
    high: float | None
    count: int | None
    n: int
    small: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group (or everyone, for ``group`` ()): its counts and every metric by name.

    ``size`` is how large it is, in the family's measure of that: people, stops, alerts.
    """

    group: Group
    size: int
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
    def family(self) -> Family:
        """The family of the dataset."""
        return family_of(self.manifest)

    def metric(self, name: str) -> Metric:
        """The metric of that name; raises ``KeyError`` for one that the dataset's counts do not allow."""
        return metrics_of(self.manifest)[name]

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
        if self.selection.threshold is None or self.selection.threshold != self.manifest.score.minimum:
            return None
        return self.metric(metric).at_lowest

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
    metrics = metrics_of(dataset.manifest)
    everyone, counted = _count(catalogue, dataset, selection)
    overall = _results(dataset.manifest, everyone, measure(everyone, metrics.values()))[0]
    groups: tuple[GroupResult, ...] = ()
    disparity: dict[str, tuple[Comparison, ...]] = dict.fromkeys(metrics, ())
    if selection.by:
        measured = measure(counted, metrics.values())
        groups = _results(dataset.manifest, counted, measured)
        places = {group: index for index, group in enumerate(counted.groups)}
        compared = compare(measured, metrics, places.get(selection.reference))
        at = places.get(selection.reference)
        disparity = {name: _comparisons(counted.groups, found, at) for name, found in compared.items()}
    return Audit(dataset.manifest, dataset.version, selection, overall, groups, disparity)


def _count(catalogue: Catalogue, dataset: Dataset, selection: Selection) -> tuple[Counted, Counted]:
    """What was counted of everyone together, and of each group."""
    if selection.threshold is None:
        counted = tally(catalogue, dataset, selection.by, selection.where)
        if not selection.by:
            return counted, counted
        return tally(catalogue, dataset, (), selection.where), counted
    people = histogram(catalogue, dataset, selection.by, selection.where)
    # Everyone is the sum of the groups: every row belongs to exactly one.
    together = Histogram(((),), people.scores, people.people.sum(axis=0, keepdims=True))
    return counted_people(together, selection.threshold), counted_people(people, selection.threshold)


def _results(
    manifest: Manifest, counted: Counted, measured: Mapping[str, Measured]
) -> tuple[GroupResult, ...]:
    counts = {name: numbers.tolist() for name, numbers in counted.numbers.items()}
    known = metrics_of(manifest)
    estimates = {name: _estimates(known[name], found) for name, found in measured.items()}
    size = next(name for name in (*family_of(manifest).size, *counts) if name in counts)
    return tuple(
        GroupResult(
            group,
            counts[size][g],
            {name: numbers[g] for name, numbers in counts.items()},
            {name: found[g] for name, found in estimates.items()},
        )
        for g, group in enumerate(counted.groups)
    )


def _estimates(metric: Metric, found: Measured) -> list[Estimate]:
    figure = metric.kind is Kind.FIGURE
    counts: list[int] | list[None] = [None] * len(found.n) if figure else found.k.tolist()
    figures = (_numbers(found.value), _numbers(found.low), _numbers(found.high))
    sizes = found.n.tolist()
    # Events for each unit are as uncertain as they are few, however many units there are.
    few = counts if metric.kind is Kind.EVENTS else sizes
    small = [n > 0 and (one or 0) < SMALL for n, one in zip(sizes, few, strict=True)]
    why = [""] * len(sizes) if found.basis is None else [reason(code) for code in found.basis.tolist()]
    return [
        Estimate(*one, *rest)
        for one, rest in zip(
            zip(*figures, counts, sizes, strict=True), zip(small, why, strict=True), strict=True
        )
    ]


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
        part: dict[str, Any] = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        part["n"] = estimate.n
        metrics[name] = part
        if estimate.small:
            part["small"] = True
        if estimate.reason:
            part["reason"] = estimate.reason
    return {"counts": dict(one.counts), "metrics": metrics}


def _limits(interval: Interval) -> dict[str, float | None]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}
