"""From a selection to a histogram: how many people of each group have each outcome and score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from duckdb import (
    ColumnExpression,
    ConstantExpression,
    DuckDBPyConnection,
    FunctionExpression,
)
from numpy.typing import NDArray

from hearing_app.evidence.cube import Cube, Group, Protection
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.manifest import Manifest, ScoreColumn, Value

__all__ = [
    "MIXED",
    "UNSTATED",
    "WITHHELD",
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
    "with_everyone",
]


Parts: TypeAlias = Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of people, shape (groups, 2, scores): ``people[g, outcome, s]`` have the score ``scores[s]``.

    ``people`` is int64 and read-only, since it is shared between readers. ``groups`` holds only groups with
    people in them, in the manifest's order. ``scores`` are all possible scores, ascending; of protected
    counts those at which they were cut, each standing for itself and the scores up to the next one.

    ``withheld`` marks the counts, of the shape of ``people``, of which something is not shown: ``people``
    has then only what is. ``cells`` is the number of published counts that each was added up from, to which
    rounding or noise added ``variance`` each. Both are None where nothing was done to the counts.
    ``maximum`` is the highest possible score, where it is not the last one.
    """

    groups: tuple[Group, ...]
    scores: NDArray[np.int64]
    people: NDArray[np.int64]
    withheld: NDArray[np.bool_] | None = None
    cells: NDArray[np.int64] | None = None
    variance: float = 0.0
    maximum: int | None = None

    @property
    def above(self) -> int:
        """The threshold above the highest possible score, at which nobody is singled out."""
        return int(self.scores[-1] if self.maximum is None else self.maximum) + 1


MIXED = -1
"""A basis: rows of the group were counted in different ways."""
UNSTATED = -2
"""A basis: a row of the group does not state the count."""
WITHHELD = -3
"""A basis: part of the count is not shown, to protect people. The number beside it is then 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What was counted of every group: int64 arrays of shape (groups,), by the family's name for the count.

    ``basis`` has, for a count that was not counted in one way throughout, a code for each group: two groups
    with equal codes can be compared; ``MIXED``, ``UNSTATED`` and ``WITHHELD`` leave the group itself without
    a figure. ``histogram`` is there for people by score. ``cells`` is, where rounding or noise added
    ``variance`` to each published count, the number of those that each number was added up from.
    """

    groups: tuple[Group, ...]
    numbers: Mapping[str, NDArray[np.int64]]
    basis: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    histogram: Histogram | None = None
    cells: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    variance: float = 0.0

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
    return _cut(histogram, histogram.people, threshold)


def _cut(histogram: Histogram, people: NDArray[np.int64], threshold: int) -> dict[str, NDArray[np.int64]]:
    at = int(np.searchsorted(histogram.scores, threshold))
    high = people[:, :, at:].sum(axis=2)
    low = people[:, :, :at].sum(axis=2)
    tp, fp, tn, fn = high[:, 1], high[:, 0], low[:, 0], low[:, 1]
    return {"n": tp + fp + tn + fn, "tp": tp, "fp": fp, "tn": tn, "fn": fn}


def counted_people(histogram: Histogram, threshold: int) -> Counted:
    """People by score, counted at one threshold."""
    numbers, basis = confusion(histogram, threshold), dict[str, NDArray[np.int64]]()
    if histogram.withheld is not None and histogram.withheld.any():
        hidden = _cut(histogram, histogram.withheld.astype(np.int64), threshold)
        basis = {name: np.where(cells > 0, WITHHELD, 0) for name, cells in hidden.items()}
        # A part of the people must never be taken for all of them.
        numbers = {name: np.where(basis[name] < 0, 0, number) for name, number in numbers.items()}
    cells = _cut(histogram, histogram.cells, threshold) if histogram.cells is not None else {}
    return Counted(histogram.groups, numbers, basis, histogram, cells, histogram.variance)


def histogram(
    catalogue: Catalogue, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()
) -> Histogram:
    """The histogram of ``dataset``'s people with every value of ``where``, grouped by ``by``.

    From the release's array, without a query. Every threshold can be answered from the result. Protected
    counts come from the one table that answers; raises ``Invalid`` where there is none.
    """
    columns = (*by, *(name for name, _ in where))
    return histogram_of(catalogue.cube(dataset, columns), dataset.manifest.score, by, where)


def histogram_of(cube: Cube, score: ScoreColumn, by: tuple[str, ...] = (), where: Group = ()) -> Histogram:
    """The same from the array of people by score itself."""
    groups, people = cube.added_up(by, where)
    if cube.protection is not None:
        return _protected(groups, people, cube.protection)
    scores = np.arange(score.minimum, score.maximum + 1, dtype=np.int64)
    scores.setflags(write=False)
    return Histogram(groups, scores, people)


def _protected(groups: tuple[Group, ...], layers: NDArray[np.int64], how: Protection) -> Histogram:
    people, hidden, cells = np.moveaxis(layers, -1, 0)
    # Rounding and noise can leave nothing of a group; one that is withheld is there all the same.
    there = (people + hidden).any(axis=(1, 2))
    groups = tuple(group for group, is_there in zip(groups, there.tolist(), strict=True) if is_there)
    parts = [np.ascontiguousarray(part[there]) for part in (people, hidden > 0, cells)]
    scores = np.array(how.scores, dtype=np.int64)
    for part in (*parts, scores):
        part.setflags(write=False)
    hidden_there = parts[1].astype(np.bool_)
    return Histogram(groups, scores, parts[0], hidden_there, parts[2], how.variance, how.maximum)


def with_everyone(first: Histogram, everyone: Histogram) -> Histogram:
    """The groups of one histogram and then those of another, of the same scores and the same kind."""

    def both(one: NDArray[Any] | None, other: NDArray[Any] | None) -> Any:
        return None if one is None or other is None else np.concatenate([one, other])

    return Histogram(
        (*first.groups, *everyone.groups),
        first.scores,
        np.concatenate([first.people, everyone.people]),
        both(first.withheld, everyone.withheld),
        both(first.cells, everyone.cells),
        first.variance,
        first.maximum,
    )


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
