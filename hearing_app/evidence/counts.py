"""From a selection to a histogram: how many people of each group have each outcome and score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from duckdb import (
    ColumnExpression,
    ConstantExpression,
    DuckDBPyConnection,
    FunctionExpression,
)
from numpy.typing import NDArray

from hearing_app.evidence.cube import Cube, Group
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.manifest import Manifest, ScoreColumn, Value

__all__ = [
    "MIXED",
    "UNSTATED",
    "Counted",
    "Group",
    "Histogram",
    "confusion",
    "count_people",
    "counted_people",
    "histogram",
    "histogram_of",
    "in_order",
    "joined",
]


Parts: TypeAlias = Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of people, shape (groups, 2, scores): ``people[g, outcome, s]`` have the score ``scores[s]``.

    ``people`` is int64 and read-only, since it is shared between readers. ``groups`` holds only groups with
    people in them, in the manifest's order. ``scores`` are all possible scores, ascending.
    """

    groups: tuple[Group, ...]
    scores: NDArray[np.int64]
    people: NDArray[np.int64]


MIXED = -1
"""A basis: rows of the group were counted in different ways."""
UNSTATED = -2
"""A basis: a row of the group does not state the count."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What was counted of every group: int64 arrays of shape (groups,), by the family's name for the count.

    ``basis`` has, for a count that was not counted in one way throughout, a code for each group: two groups
    with equal codes can be compared; ``MIXED`` and ``UNSTATED`` leave the group itself without a figure.
    ``histogram`` is there for people by score.
    """

    groups: tuple[Group, ...]
    numbers: Mapping[str, NDArray[np.int64]]
    basis: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    histogram: Histogram | None = None

    @property
    def scored(self) -> Histogram:
        """The histogram of a dataset of people by score; raises ``LookupError`` for any other."""
        if self.histogram is None:
            raise LookupError("this dataset does not count people by score")
        return self.histogram

    def total(self, names: Iterable[str]) -> NDArray[np.int64]:
        """The sum of the named counts of every group."""
        there = [self.numbers[name] for name in names]
        return sum(there[1:], there[0]) if there else np.zeros(len(self.groups), dtype=np.int64)

    def basis_of(self, names: Iterable[str]) -> NDArray[np.int64] | None:
        """One code a group for several counts together; None where all were counted in one way."""
        codes = [self.basis[name] for name in names if name in self.basis]
        if not codes:
            return None
        together = np.stack(codes)
        worst = together.min(axis=0)
        if len(codes) > 1:
            # Equal where all of the codes are, and else different.
            together = np.unique(together, axis=1, return_inverse=True)[1].reshape(1, -1)
        whole: NDArray[np.int64] = np.where(worst < 0, worst, together[0])
        return whole


def joined(first: Counted, second: Counted) -> Counted:
    """The groups of both, one after the other, of two questions about the same counts and the same rows."""

    def both(one: Parts, other: Parts) -> Parts:
        return {name: np.concatenate([one[name], other[name]]) for name in one}

    numbers, basis = both(first.numbers, second.numbers), both(first.basis, second.basis)
    return Counted((*first.groups, *second.groups), numbers, basis)


def confusion(histogram: Histogram, threshold: int) -> dict[str, NDArray[np.int64]]:
    """The counts n, tp, fp, tn and fn of every group: int64 arrays of shape (groups,).

    A score at or above ``threshold`` is a positive prediction.
    """
    at = int(np.searchsorted(histogram.scores, threshold))
    high = histogram.people[:, :, at:].sum(axis=2)
    low = histogram.people[:, :, :at].sum(axis=2)
    tp, fp, tn, fn = high[:, 1], high[:, 0], low[:, 0], low[:, 1]
    return {"n": tp + fp + tn + fn, "tp": tp, "fp": fp, "tn": tn, "fn": fn}


def counted_people(histogram: Histogram, threshold: int) -> Counted:
    """People by score, counted at one threshold."""
    return Counted(histogram.groups, confusion(histogram, threshold), histogram=histogram)


def histogram(
    catalogue: Catalogue, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()
) -> Histogram:
    """The histogram of ``dataset``'s people with every value of ``where``, grouped by ``by``.

    From the release's array, without a query. Every threshold can be answered from the result.
    """
    return histogram_of(catalogue.cube(dataset), dataset.manifest.score, by, where)


def histogram_of(cube: Cube, score: ScoreColumn, by: tuple[str, ...] = (), where: Group = ()) -> Histogram:
    """The same from the array of people by score itself."""
    groups, people = cube.added_up(by, where)
    scores = np.arange(score.minimum, score.maximum + 1, dtype=np.int64)
    scores.setflags(write=False)
    return Histogram(groups, scores, people)


def count_people(
    cursor: DuckDBPyConnection, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()
) -> Histogram:
    """The same as ``histogram`` by a query: filter the rows, add up the counts of equal values.

    Slower by far, and the other way of counting that the array is checked against. Built from expressions
    and never from text, so that no value can be read as SQL.
    """
    manifest = dataset.manifest
    score, outcome, count = manifest.score, manifest.outcome, manifest.count
    rows = cursor.table(dataset.table)
    for name, value in where:
        rows = rows.filter(ColumnExpression(name) == ConstantExpression(value))
    people = FunctionExpression("sum", ColumnExpression(count.name))
    names = (*by, outcome.name, score.name)
    # Grouped by every expression that is not a sum; fetched as Python's integers, which cannot overflow.
    found = rows.aggregate([*(ColumnExpression(name) for name in names), people]).fetchall()

    scores = np.arange(score.minimum, score.maximum + 1, dtype=np.int64)
    table: dict[tuple[Value, ...], NDArray[np.int64]] = {}
    for *values, result, points, number in found:
        cells = table.setdefault(tuple(values), np.zeros((2, len(scores)), dtype=np.int64))
        cells[result, points - score.minimum] = number
    present = in_order(manifest, by, [group for group, cells in table.items() if cells.any()])
    stacked = np.array([table[group] for group in present], dtype=np.int64).reshape(-1, 2, len(scores))
    stacked.setflags(write=False)
    scores.setflags(write=False)
    return Histogram(tuple(tuple(zip(by, group, strict=True)) for group in present), scores, stacked)


def in_order(
    manifest: Manifest, by: tuple[str, ...], there: Iterable[tuple[Value, ...]]
) -> list[tuple[Value, ...]]:
    """The groups that are ``there``, in the order in which the manifest lists their values."""
    columns = {column.name: column for column in manifest.comparable}
    places = [{one.value: at for at, one in enumerate(columns[name].values)} for name in by]
    return sorted(there, key=lambda group: [place[value] for place, value in zip(places, group, strict=True)])
