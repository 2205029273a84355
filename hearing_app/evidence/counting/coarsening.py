"""Making counts coarser, a step at a time, always in one order: periods, scores, then small groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.counting.control import Plan, TimeStep
from hearing_app.evidence.counting.shape import Axis
from hearing_app.evidence.manifest import (
    FilterColumn,
    GroupColumn,
    Manifest,
    TimeColumn,
    Value,
)

MERGED = "merged"
"""The value of a category that was merged from small ones."""
_TIME_STEPS: tuple[TimeStep, ...] = ("as counted", "month", "quarter", "year")
_PERIOD = re.compile(r"(\d{4})-?(?:Q([1-4])|(\d{2})(?:-?(\d{2}))?)?")
_MANY_SCORES = 20
_BINS = 10

Part = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coding:
    """How the values of each axis are taken together: for each axis, parts of the places of its values.

    ``time`` is the step of the periods, ``thresholds`` the lowest scores of the bins, ``merged`` the values
    that were merged, for each column.
    """

    parts: tuple[tuple[Part, ...], ...]
    time: TimeStep = "as counted"
    thresholds: tuple[int, ...] = ()
    merged: tuple[tuple[str, tuple[Value, ...]], ...] = ()


def coded(counts: NDArray[np.int64], coding: Coding) -> NDArray[np.int64]:
    """The counts with the values of each axis taken together."""
    for axis, parts in enumerate(coding.parts):
        if len(parts) != counts.shape[axis]:
            counts = np.stack([counts.take(part, axis=axis).sum(axis=axis) for part in parts], axis=axis)
    return counts


def codings(
    manifest: Manifest,
    axes: Sequence[Axis],
    counts: NDArray[np.int64],
    plan: Plan,
    free: frozenset[str],
) -> Iterator[Coding]:
    """The codings from the finest to the coarsest, beginning with what the plan asks for.

    Of the listed columns only those in ``free`` are made coarser: columns of tables, but none that named
    populations select by. The step of small groups merges, over all columns, the category with the fewest
    people with the next smallest of its column, never with the reference.
    """
    coding = _begin(manifest, axes, plan, free)
    yield coding
    for step in _TIME_STEPS[_TIME_STEPS.index(coding.time) + 1 :]:
        coarser = _with_time(manifest, axes, coding, step, free)
        if coarser.parts != coding.parts:
            coding = coarser
            yield coding
    for thresholds in _thresholds(manifest, coding.thresholds):
        coding = _with_thresholds(manifest, axes, coding, thresholds)
        yield coding
    while (merged := _with_merged(manifest, axes, coding, counts, free)) is not None:
        coding = merged
        yield coding


def finer_periods(
    manifest: Manifest, axes: Sequence[Axis], coding: Coding, plan: Plan, free: frozenset[str]
) -> Iterator[Coding]:
    """The same coding with finer periods, the finest first: those that were coarsened for nothing.

    Periods are coarsened first. Where that did not help, and scores or groups had to be, they can go back.
    """
    begun = _begin(manifest, axes, plan, free)
    parts = tuple(
        first if isinstance(manifest.column(axis.name), TimeColumn) else own
        for axis, first, own in zip(axes, begun.parts, coding.parts, strict=True)
    )
    finest = replace(coding, parts=parts, time=begun.time)
    tried = coding.parts
    for step in _TIME_STEPS[_TIME_STEPS.index(begun.time) :]:
        finer = _with_time(manifest, axes, finest, step, free)
        if finer.parts == coding.parts:
            return
        if finer.parts != tried:
            tried = finer.parts
            yield finer


def _begin(manifest: Manifest, axes: Sequence[Axis], plan: Plan, free: frozenset[str]) -> Coding:
    parts = tuple(tuple((place,) for place in range(len(axis.values))) for axis in axes)
    coding = Coding(parts, thresholds=tuple(range(manifest.score.minimum, manifest.score.maximum + 1)))
    coding = _with_time(manifest, axes, coding, plan.time, free)
    if plan.thresholds:
        coding = _with_thresholds(manifest, axes, coding, plan.thresholds)
    return coding


def period_at(value: Value, step: TimeStep) -> str | None:
    """The month, quarter or year of a period such as 2023-07-31, 2023-07, 202307, 2023-Q3 or 2023."""
    found = _PERIOD.fullmatch(str(value))
    if found is None:
        return None
    year, quarter, month, _ = found.groups()
    if step == "year":
        return year
    if step == "month":
        return f"{year}-{month}" if month else None
    if month and 1 <= int(month) <= 12:
        quarter = str((int(month) + 2) // 3)
    return f"{year}-Q{quarter}" if quarter else None


def _with_time(
    manifest: Manifest, axes: Sequence[Axis], coding: Coding, step: TimeStep, free: frozenset[str]
) -> Coding:
    if step == "as counted":
        return coding
    parts = list(coding.parts)
    for place, axis in enumerate(axes):
        if axis.name not in free or not isinstance(manifest.column(axis.name), TimeColumn):
            continue
        periods = [period_at(value, step) for value in axis.values]
        named = [period for period in dict.fromkeys(periods) if period is not None]
        if None not in periods:
            parts[place] = tuple(tuple(i for i, p in enumerate(periods) if p == name) for name in named)
    return coding if tuple(parts) == coding.parts else replace(coding, parts=tuple(parts), time=step)


def _thresholds(manifest: Manifest, now: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Ever fewer places to cut the scores: ten bins, those that the source words, the one shown first."""
    score = manifest.score
    worded = {score.threshold, *(level.threshold for level in score.levels)}
    width = -(-(score.maximum - score.minimum + 1) // _BINS)
    bins = set(range(score.minimum, score.maximum + 1, width)) | worded
    for wanted in (bins, worded, {score.threshold}):
        found = tuple(sorted({score.minimum, *wanted} & set(now)))
        if len(found) < len(now) and (wanted is not bins or len(now) > _MANY_SCORES):
            now = found
            yield found


def _with_thresholds(
    manifest: Manifest, axes: Sequence[Axis], coding: Coding, thresholds: Sequence[int]
) -> Coding:
    score = manifest.score
    edges = sorted({score.minimum, *thresholds})
    ends = [*edges[1:], score.maximum + 1]
    bins = tuple(
        tuple(range(low - score.minimum, end - score.minimum)) for low, end in zip(edges, ends, strict=True)
    )
    parts = tuple(
        bins if axis.name == score.name else own for axis, own in zip(axes, coding.parts, strict=True)
    )
    return replace(coding, parts=parts, thresholds=tuple(edges))


def _with_merged(
    manifest: Manifest, axes: Sequence[Axis], coding: Coding, counts: NDArray[np.int64], free: frozenset[str]
) -> Coding | None:
    best: tuple[int, int, Part, Part] | None = None
    for place, axis in enumerate(axes):
        column = manifest.column(axis.name)
        if (
            axis.name not in free
            or not isinstance(column, GroupColumn | FilterColumn)
            or column.type != "text"
        ):
            continue
        reference = axis.values.index(column.reference) if isinstance(column, GroupColumn) else None
        people = counts.sum(axis=tuple(other for other in range(counts.ndim) if other != place))
        small = [part for part in coding.parts[place] if reference not in part]
        small.sort(key=lambda part: (int(people[list(part)].sum()), part))
        if len(small) < 2 or len(coding.parts[place]) < 3:
            continue
        already = next((part for part in small if len(part) > 1), None)
        one = next(part for part in small if part != already)
        other = already or small[1]
        size = int(people[list(one)].sum())
        if best is None or size < best[0]:
            best = size, place, one, other
    if best is None:
        return None
    _, place, one, other = best
    joined = tuple(sorted((*one, *other)))
    own = tuple(sorted([*(part for part in coding.parts[place] if part not in (one, other)), joined]))
    parts = tuple(own if i == place else part for i, part in enumerate(coding.parts))
    values = tuple(axes[place].values[i] for i in joined)
    merged = (*(pair for pair in coding.merged if pair[0] != axes[place].name), (axes[place].name, values))
    return replace(coding, parts=parts, merged=merged)
