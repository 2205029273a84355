"""The one door out of numpy: figures of all groups as Python's numbers, with None for what is undefined.

Several metrics go through together: it takes a third of the time that one after another takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from hearing_app.evidence.comparisons import Comparisons
from hearing_app.evidence.cube import Group
from hearing_app.evidence.disparity import Compared
from hearing_app.evidence.family import Kind, Measured, Metric
from hearing_app.evidence.intervals import Figure
from hearing_app.evidence.metrics import SMALL, reason

Figures: TypeAlias = tuple[list[Any], ...]
"""What the ``Estimate``s of all groups are made of: a list for each of its parts, in its order."""
Numbers: TypeAlias = list[list[float | None]]
"""A figure of all groups: a list for the values, one for the low and one for the high limits."""


def figures_of(found: Sequence[tuple[Metric, Measured]]) -> list[Figures]:
    """Each metric's figures with the numbers of people behind them, and why some are not told."""
    numbers = _numbers([(one.value, one.low, one.high) for _, one in found])
    sizes, counts = (np.array(part) for part in ([one.n for _, one in found], [one.k for _, one in found]))
    # Events for each unit are as uncertain as they are few, however many units there are.
    few = np.array([one.k if metric.kind is Kind.EVENTS else one.n for metric, one in found])
    parts = (counts.tolist(), sizes.tolist(), ((sizes > 0) & (few < SMALL)).tolist())
    return [
        (*shown, _counts(metric, one, k), n, small, _reasons(one))
        for (metric, one), shown, k, n, small in zip(found, numbers, *parts, strict=True)
    ]


def comparisons_of(
    groups: Sequence[Group], found: Sequence[tuple[Metric, Compared]], left_out: Sequence[int]
) -> list[Comparisons]:
    """Each metric's comparisons of ``groups``.

    ``left_out`` are the places of those who are compared with nobody: the last one first.
    """
    with_ratio = [metric.kind is not Kind.FIGURE for metric, _ in found]
    figures = [one.difference for _, one in found]
    figures += [one.ratio for (_, one), has_ratio in zip(found, with_ratio, strict=True) if has_ratio]
    numbers, smalls = _numbers(figures), [list(one.small) for _, one in found]
    for place in left_out:
        for figure in numbers:
            for column in figure:
                del column[place]
        for small in smalls:
            del small[place]
    gaps, times = numbers[: len(found)], iter(numbers[len(found) :])
    # What has no ratio had none to convert.
    nothing: Numbers = [[None] * len(groups)] * 3
    return [
        Comparisons(groups, [*gap, *(next(times) if has_ratio else nothing)], small)
        for gap, has_ratio, small in zip(gaps, with_ratio, smalls, strict=True)
    ]


def _counts(metric: Metric, found: Measured, counts: list[int | None]) -> list[int | None]:
    if metric.kind is Kind.FIGURE:
        return [None] * len(counts)
    if found.basis is None:
        return counts
    return [None if why == "withheld" else count for why, count in zip(_reasons(found), counts, strict=True)]


def _reasons(found: Measured) -> list[str]:
    if found.basis is None:
        return [""] * len(found.n)
    return [reason(code) for code in found.basis.tolist()]


def _numbers(figures: Sequence[Figure]) -> list[Numbers]:
    """Several figures of a length: neither NaN nor infinity passes."""
    together = np.array(figures)
    numbers: list[Numbers] = together.tolist()
    known = np.isfinite(together)
    if not known.all():
        for figure, part, group in np.argwhere(~known).tolist():
            numbers[figure][part][group] = None
    return numbers
