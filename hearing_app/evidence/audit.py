"""The answer to a selection: counts, metrics, differences and ratios, as one document or as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from hearing_app.evidence.comparisons import NOTHING_COMPARED, Comparison, Comparisons, Interval
from hearing_app.evidence.counts import (
    Counted,
    Group,
    Histogram,
    counted_people,
    histogram_of,
    joined,
    with_everyone,
)
from hearing_app.evidence.cube import Cube
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.disparity import compare
from hearing_app.evidence.families import family_of, metrics_of
from hearing_app.evidence.family import Family, Metric
from hearing_app.evidence.manifest import Manifest, Value
from hearing_app.evidence.metrics import measure
from hearing_app.evidence.out_of_numpy import Figures, comparisons_of, figures_of
from hearing_app.evidence.selection import Selection
from hearing_app.evidence.tally import tally_of
from hearing_app.evidence.when_asked import WhenAsked

Row: TypeAlias = dict[str, Value | float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric of one group. ``n`` is the number of people it rests on, ``count`` a rate's numerator.

    ``small``: there are people (or events), but fewer than 30: too few to compare. ``reason`` says why a
    value is undefined where that is not for want of people: "mixed" (its rows were counted in different
    ways), "unstated" (a row does not state what is needed) or "withheld" (some of its counts are not shown).
    """

    value: float | None
    low: float | None
    high: float | None
    count: int | None
    n: int
    small: bool = False
    reason: str = ""

    @property
    def shown_n(self) -> int | None:
        """``n``; None where some of it is not shown, was never stated, or was counted in different ways."""
        return None if self.reason else self.n


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group (or everyone, for ``group`` ()): its counts and every metric by name.

    ``size`` is how large it is, in the family's measure of that: people, stops, alerts. None is a number of
    which some is not shown, to protect people.
    """

    group: Group
    size: int | None
    counts: Mapping[str, int | None]
    metrics: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Audit:
    """Every figure for one selection.

    ``groups`` stand in the manifest's order and hold only groups with people. ``disparity`` has, for each
    metric, one comparison for each group but the reference; all undefined where the reference is absent.
    ``figures`` has what each metric's estimates are made of, for all groups in order and last for everyone.
    """

    manifest: Manifest
    version: str
    selection: Selection
    overall: GroupResult
    groups: tuple[GroupResult, ...]
    disparity: Mapping[str, Comparisons]
    figures: Mapping[str, Figures] = field(repr=False)

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

    @property
    def by_size(self) -> tuple[GroupResult, ...]:
        """The groups as charts and tables show them: the largest first, equal ones in the manifest's order.

        A size of which some is not shown counts as the smallest.
        """
        return tuple(sorted(self.groups, key=lambda one: one.size or 0, reverse=True))

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
        parts = [
            {"counts": dict(one.counts), "metrics": dict[str, Any]()} for one in (*self.groups, self.overall)
        ]
        for name, figures in self.figures.items():
            for part, one in zip(parts, zip(*figures, strict=True), strict=True):
                part["metrics"][name] = _document(one)
        *groups, overall = parts
        named = [dict(one.group) for one in self.groups]
        return {
            "dataset": self.selection.dataset,
            "version": self.version,
            "by": list(self.selection.by),
            "threshold": self.selection.threshold,
            "where": dict(self.selection.where),
            "reference": dict(self.selection.reference),
            "overall": overall,
            "groups": [{"group": group, **part} for group, part in zip(named, groups, strict=True)],
            "disparity": {name: _of_comparisons(found) for name, found in self.disparity.items()},
        }

    def as_rows(self) -> list[Row]:
        """One flat row for each metric of everyone and of each group, for CSV: no rounding, no formatting.

        ``part`` is "overall" or "group"; ``small`` and ``reference`` are 1 or 0; undefined is None.
        """
        rows, reference = [], self.reference
        by_group = {name: {one.group: one for one in found} for name, found in self.disparity.items()}
        for part, one in [("overall", self.overall), *(("group", group) for group in self.groups)]:
            values = dict(one.group)
            for name, estimate in one.metrics.items():
                compared = by_group[name].get(one.group) if part == "group" else None
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
                    "n": estimate.shown_n,
                    "small": int(estimate.small),
                    "reference": int(part == "group" and one is reference),
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
    where = [name for name, _ in selection.where]
    cube, whole = (catalogue.cube(dataset, columns) for columns in ((*selection.by, *where), where))
    return audit_of(cube, dataset.manifest, dataset.version, selection, whole)


def audit_of(
    cube: Cube, manifest: Manifest, version: str, selection: Selection, whole: Cube | None = None
) -> Audit:
    """The same from the array of counts itself; ``version`` is the release that it stands for.

    ``whole`` is the array for everyone together, where that is another one: of protected counts, one with
    fewer columns withholds less.

    A metric's figures and comparisons are computed when they are first asked for.
    """
    metrics = metrics_of(manifest)
    counted = _count(cube, manifest, selection, whole or cube)
    measured = measure(counted, metrics.values())
    figures = WhenAsked(
        metrics, lambda names: figures_of([(metrics[name], measured[name]) for name in names])
    )
    *groups, overall = _results(manifest, counted, figures)
    if not selection.by:
        return Audit(
            manifest, version, selection, overall, (), dict.fromkeys(metrics, NOTHING_COMPARED), figures
        )
    at = next((place for place, one in enumerate(groups) if one.group == selection.reference), None)
    compared = compare(measured, metrics, at)
    # Everyone together stands behind the groups, and is compared with nobody.
    left_out = [place for place in (len(groups), at) if place is not None]
    names = [one.group for place, one in enumerate(groups) if place != at]

    def comparisons_when(wanted: Sequence[str]) -> list[Comparisons]:
        return comparisons_of(names, [(metrics[name], compared[name]) for name in wanted], left_out)

    disparity = WhenAsked(metrics, comparisons_when)
    return Audit(manifest, version, selection, overall, tuple(groups), disparity, figures)


def _count(cube: Cube, manifest: Manifest, selection: Selection, whole: Cube) -> Counted:
    """What was counted of each group, and last of everyone together: measured in one go."""
    by, where = selection.by, selection.where
    if selection.threshold is None:
        everyone = tally_of(cube, manifest, (), where)
        return joined(tally_of(cube, manifest, by, where), everyone) if by else everyone
    people = histogram_of(cube, manifest.score, by, where)
    if cube.protection is not None:
        every = histogram_of(whole, manifest.score, (), where)
        # Noise can leave nobody, and everyone is there all the same.
        every = every if every.groups else _nobody(every)
        return counted_people(with_everyone(people, every) if by else every, selection.threshold)
    # Everyone is the sum of the groups: every row belongs to exactly one.
    together = people.people.sum(axis=0, keepdims=True)
    groups = people.groups if by else ()
    each = people.people if by else people.people[:0]
    everybody = Histogram((*groups, ()), people.scores, np.concatenate([each, together]))
    return counted_people(everybody, selection.threshold)


def _nobody(like: Histogram) -> Histogram:
    nothing = np.zeros((1, *like.people.shape[1:]), dtype=np.int64)
    return replace(
        like, groups=((),), people=nothing, withheld=nothing.astype(np.bool_), cells=np.zeros_like(nothing)
    )


def _results(manifest: Manifest, counted: Counted, figures: Mapping[str, Figures]) -> list[GroupResult]:
    names = tuple(counted.numbers)
    lines = zip(*(_shown(counted, name) for name in names), strict=True)
    size = next(names.index(name) for name in (*family_of(manifest).size, *names) if name in names)
    return [
        GroupResult(group, line[size], dict(zip(names, line, strict=True)), _OfGroup(figures, place))
        for place, (group, line) in enumerate(zip(counted.groups, lines, strict=True))
    ]


def _shown(counted: Counted, name: str) -> list[int | None]:
    numbers: list[int | None] = counted.numbers[name].tolist()
    if name not in counted.basis:
        return numbers
    codes = counted.basis[name].tolist()
    # Withheld, never stated, or counted in different ways: no sum stands for the group.
    return [None if code < 0 else one for one, code in zip(numbers, codes, strict=True)]


class _OfGroup(Mapping[str, Estimate]):
    """One group's estimates, out of the figures of all groups."""

    __slots__ = ("_figures", "_place")

    def __init__(self, figures: Mapping[str, Figures], place: int) -> None:
        self._figures, self._place = figures, place

    def __getitem__(self, name: str) -> Estimate:
        return Estimate(*(part[self._place] for part in self._figures[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __repr__(self) -> str:
        return repr(dict(self))


def _document(figures: tuple[Any, ...]) -> dict[str, Any]:
    value, low, high, _, n, small, why = figures
    shown = None if why else n
    part: dict[str, Any] = {"value": value, "low": low, "high": high, "n": shown}
    if small:
        part["small"] = True
    if why:
        part["reason"] = why
    return part


def _of_comparisons(found: Comparisons) -> list[dict[str, Any]]:
    return [
        {
            "group": dict(group),
            "difference": {"value": gap, "low": gap_low, "high": gap_high},
            "ratio": {"value": times, "low": times_low, "high": times_high},
            **({"small": True} if small else {}),
        }
        for group, gap, gap_low, gap_high, times, times_low, times_high, small in zip(
            found.groups, *found.numbers, found.small, strict=True
        )
    ]
