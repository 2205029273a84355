"""The counts of one release as a numpy array, which answers every selection without a query.

A data cube after Gray, J. and others (1997), Data Cube: A Relational Aggregation Operator, Data Mining and
Knowledge Discovery 1, 29-53: an axis for each column with listed values, and in each cell what is added up.
Where all combinations of values would be too many, the rows are kept instead, as whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hearing_app.evidence.manifest import ListedColumn, Manifest, OutcomeColumn, ScoreColumn, Value

Group: TypeAlias = tuple[tuple[str, Value], ...]
"""One group as (column, value) pairs, in the order of the selection's ``by``; () is everyone."""
Whole: TypeAlias = NDArray[np.int64]
Array: TypeAlias = NDArray[np.int64 | np.int32]
Rows: TypeAlias = Whole | slice

MOST_CELLS = 4_000_000
"""A release of no more cells is kept as an array with a place for each: 32 MB at most."""
MOST_KEPT = 2_000_000
"""Cells of tables already added up that a release keeps, 16 MB; when they would be more, it begins anew.

Measured: with 576,000 cells a table is added up in 0.1 to 0.3 ms, with 4 million in ten times that, and
found in 0.01 ms.
"""
# A float holds every whole number up to here, and bincount adds up in floats.
_EXACT = 2**53
_HALF = 32


@dataclass(frozen=True, slots=True)
class Protection:
    """How the counts of a protected table are to be read.

    ``scores`` are those at which it can be cut, ``maximum`` is the highest possible one. ``variance`` is what
    rounding or noise adds to each of its counts, 0 where there is none. The cube has three layers: people,
    withheld cells, and published cells.
    """

    scores: tuple[int, ...]
    maximum: int
    variance: float


@dataclass(frozen=True, slots=True)
class _Axis:
    values: tuple[Value, ...]
    places: Mapping[Value, int]


class Cube:
    """Everything that was counted in one release, to be added up along any of its listed columns.

    A cell holds counts of the shape ``inner``, whose last axis may be ``layers`` of different numbers.
    ``counted`` is an array of the shape (values of each column, ``inner``), or the rows that it would be made
    of. Any thread may ask: what is kept is read-only, and is exchanged as a whole.
    """

    def __init__(
        self,
        columns: Mapping[str, Sequence[Value]],
        inner: tuple[int, ...],
        counted: Array | Table,
        protection: Protection | None = None,
    ) -> None:
        self._axes = {
            name: _Axis(tuple(values), {value: place for place, value in enumerate(values)})
            for name, values in columns.items()
        }
        self.protection = protection
        self._inner = inner
        self._counted = counted
        self._kept: dict[frozenset[str], Whole] = {}

    @property
    def is_dense(self) -> bool:
        """Whether there is a place for each combination of values, and no row is kept."""
        return not isinstance(self._counted, Table)

    def forget(self) -> None:
        """Drop the tables already added up, as the benchmarks do to measure a first question."""
        self._kept = {}

    def added_up(
        self, by: tuple[str, ...], where: Group = (), also: tuple[str, ...] = ()
    ) -> tuple[tuple[Group, ...], Whole]:
        """What was counted of each group that is there, in the order of the listed values.

        The rows with every value of ``where``, grouped by ``by``, and within each group by the columns of
        ``also``, none of which is in ``by``: int64 of the shape (groups, values of each of ``also``,
        ``inner``), read-only. A column of ``also`` that is in ``where`` has the one value. A group is there
        when anything was counted of it.
        """
        chosen = dict(where)
        if isinstance(self._counted, Table):
            groups, sums = self._from_rows(self._counted, by, also, chosen)
        else:
            groups, sums = self._from_array(self._counted, by, also, chosen)
        there: NDArray[np.bool_] = np.any(sums, axis=tuple(range(1, sums.ndim)))
        if not there.all():
            groups = [group for group, is_there in zip(groups, there.tolist(), strict=True) if is_there]
            sums = sums[there]
        sums.setflags(write=False)
        return tuple(groups), sums

    def _from_array(
        self, whole: Array, by: tuple[str, ...], also: tuple[str, ...], chosen: Mapping[str, Value]
    ) -> tuple[list[Group], Whole]:
        columns = frozenset((*by, *also, *chosen))
        names = [name for name in self._axes if name in columns]
        part = self._table(whole, columns)[tuple(self._slice(name, chosen) for name in names)]
        # Columns that only select are of length 1 now, or 0 where the value does not occur.
        order = [names.index(name) for name in (*(n for n in names if n not in (*by, *also)), *by, *also)]
        part = part.transpose(*order, *range(len(names), part.ndim))
        outer = len(names) - len(also)
        # The number of groups is given: an empty array has no size to work it out from.
        sums = part.reshape(math.prod(part.shape[:outer]), *part.shape[outer:])
        pairs = (
            [(name, value) for value in self._axes[name].values[self._slice(name, chosen)]] for name in by
        )
        return (list(product(*pairs)) if len(sums) else []), sums

    def _slice(self, name: str, chosen: Mapping[str, Value]) -> slice:
        if name not in chosen:
            return slice(None)
        at = self._axes[name].places.get(chosen[name])
        return slice(0, 0) if at is None else slice(at, at + 1)

    def _table(self, whole: Array, columns: frozenset[str]) -> Whole:
        """The sums over all columns but these, whose axes stand in the manifest's order."""
        found = self._kept.get(columns)
        if found is not None:
            return found
        found = _summed(whole, [place for place, name in enumerate(self._axes) if name not in columns])
        found.setflags(write=False)
        kept = dict(self._kept)
        if sum(one.size for one in kept.values()) + found.size > MOST_KEPT:
            kept = {}
        if found.size <= MOST_KEPT:
            # A new dictionary each time: who reads meanwhile sees the old one or the new one.
            self._kept = {**kept, columns: found}
        return found

    def _from_rows(
        self, rows: Table, by: tuple[str, ...], also: tuple[str, ...], chosen: Mapping[str, Value]
    ) -> tuple[list[Group], Whole]:
        wanted = {name: self._axes[name].places.get(value, -1) for name, value in chosen.items()}
        selected = rows.selected(wanted)
        key, lines = rows.grouped({name: len(self._axes[name].values) for name in by}, selected)
        sizes = {name: len(self._axes[name].values) for name in also}
        sums = rows.added_up(key, len(lines), sizes, selected).reshape(
            len(lines), *sizes.values(), *self._inner
        )
        for place, name in enumerate(also, start=1):
            if name in chosen:
                axis: list[slice] = [slice(None)] * place
                sums = sums[(*axis, self._slice(name, chosen))]
        values = [self._axes[name].values for name in by]
        groups = [
            tuple((name, listed[at]) for name, listed, at in zip(by, values, line, strict=True))
            for line in lines.tolist()
        ]
        return groups, sums


class Table:
    """The rows of a release: ``codes`` has the place of each row's value among the listed ones, by column.

    Row r adds ``numbers[r]`` (shape (rows, layers)) to place ``cell[r]`` of ``cells`` within its cell; all
    arrays are int64.
    """

    def __init__(self, codes: Mapping[str, Whole], cell: Whole, cells: int, numbers: Whole) -> None:
        self._codes, self._cell, self._cells = codes, cell, cells
        self._layers = [np.ascontiguousarray(layer) for layer in numbers.T]
        # In Python's integers, which cannot overflow; no sum of some of the rows is larger.
        self.largest = max(sum(layer.tolist()) for layer in self._layers)
        if self.largest >= 2**63:
            raise ValueError("the counts add up to more than 64 bits hold")

    def selected(self, wanted: Mapping[str, int]) -> Rows:
        """The rows with all of the wanted places."""
        if not wanted:
            return slice(None)
        masks = [self._codes[name] == place for name, place in wanted.items()]
        return np.flatnonzero(np.logical_and.reduce(masks))

    def grouped(self, sizes: Mapping[str, int], rows: Rows) -> tuple[Whole, Whole]:
        """For each row the number of its group, and for each group the places of its values, in order."""
        key = np.zeros(len(self._cell[rows]), dtype=np.int64)
        lines, reach = np.zeros((1 if len(key) else 0, 0), dtype=np.int64), 1
        waiting: list[tuple[str, int]] = []
        for name, size in (*sizes.items(), ("", 0)):
            # Renumbered before the numbers could become more than can be counted at once.
            if waiting and (not name or reach * size > MOST_CELLS):
                there, key = _renumbered(key, reach)
                reach = len(there)
                places = np.unravel_index(there, (len(lines) or 1, *(length for _, length in waiting)))
                lines, waiting = np.column_stack([lines[places[0]], *places[1:]]), []
            if name:
                key, reach = key * size + self._codes[name][rows], reach * size
                waiting.append((name, size))
        return key, lines

    def added_up(self, key: Whole, number: int, sizes: Mapping[str, int], rows: Rows) -> Whole:
        """The sums of each of ``number`` groups by the columns of ``sizes``: (..., cells, layers)."""
        for name, size in sizes.items():
            key = key * size + self._codes[name][rows]
        length = number * math.prod(sizes.values()) * self._cells
        key = key * self._cells + self._cell[rows]
        return np.stack([self._bincount(key, layer[rows], length) for layer in self._layers], axis=-1)

    def _bincount(self, key: Whole, numbers: Whole, length: int) -> Whole:
        if self.largest < _EXACT:
            return np.bincount(key, numbers, length).astype(np.int64)
        # In two halves, neither of which can lose a digit with fewer than 2 to the 21 rows.
        low, high = (
            np.bincount(key, part, length).astype(np.int64)
            for part in (numbers & (2**_HALF - 1), numbers >> _HALF)
        )
        whole: Whole = low + (high << _HALF)
        return whole


def _renumbered(key: Whole, reach: int) -> tuple[Whole, Whole]:
    """The numbers that occur, all below ``reach``, in order; and for each of ``key`` its place among them."""
    if reach > MOST_CELLS:
        return np.unique(key, return_inverse=True)
    # Ten times as fast as sorting, for as long as a list of all numbers is short.
    occurs = np.bincount(key, minlength=1) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[key]


def _summed(whole: Array, over: Iterable[int]) -> Whole:
    # One axis after the other, the outermost first: each pass is over long, unbroken blocks. Measured up to
    # four times as fast as one sum over all of them.
    for done, axis in enumerate(over):
        whole = np.add.reduce(whole, axis=axis - done, dtype=whole.dtype)
    return whole.astype(np.int64)


def cube_of_rows(manifest: Manifest, rows: pa.Table, most_cells: int = MOST_CELLS) -> Cube:
    """The cube of a release, from its checked rows: a table with each of the manifest's columns by name.

    People by score have cells of the shape (2, scores). For any other release the cells have the shape
    (1 + 3 x measures,): the rows, then for each measure its sum, its empty cells and its stated ones.
    """
    columns = _columns(manifest)
    codes = {name: _codes(rows.column(name), values) for name, values in columns.items()}
    if manifest.scored:
        score = manifest.score
        inner: tuple[int, ...] = (2, score.maximum - score.minimum + 1)
        cell = _numbers(rows, manifest.outcome.name) * inner[1] + _numbers(rows, score.name) - score.minimum
        table = Table(codes, cell, math.prod(inner), _numbers(rows, manifest.count.name)[:, None])
    else:
        layers = [np.ones(len(rows), dtype=np.int64)]
        for measure in manifest.measures:
            empty = rows.column(measure.name).is_null().to_numpy().astype(np.int64)
            layers += [_numbers(rows, measure.name), empty, 1 - empty]
        inner = (len(layers),)
        table = Table(codes, np.zeros(len(rows), dtype=np.int64), 1, np.stack(layers, axis=1))
    sizes = {name: len(values) for name, values in columns.items()}
    if math.prod(sizes.values()) * math.prod(inner) > most_cells:
        return Cube(columns, inner, table)
    everything = table.added_up(np.zeros(len(rows), dtype=np.int64), 1, sizes, slice(None))
    return _dense(columns, inner, everything.reshape(*sizes.values(), *inner), table.largest)


def cube_of_counts(manifest: Manifest, counts: Whole) -> Cube:
    """The cube of people by score, from their counts: int64 with an axis for each column but the count.

    The axes stand in the order of the manifest's columns, the values in the manifest's order, as
    ``counting.counting.count_rows`` gives them.
    """
    axes = [c for c in manifest.columns if isinstance(c, ListedColumn | ScoreColumn | OutcomeColumn)]
    inner = [axes.index(manifest.outcome), axes.index(manifest.score)]
    outer = [place for place in range(len(axes)) if place not in inner]
    ordered = np.ascontiguousarray(counts.transpose(*outer, *inner))
    return _dense(_columns(manifest), ordered.shape[-2:], ordered, int(ordered.sum()))


def _dense(
    columns: Mapping[str, Sequence[Value]], inner: tuple[int, ...], whole: Whole, largest: int
) -> Cube:
    # Half the bytes are added up in half the time.
    kept: Array = whole.astype(np.int32) if largest < 2**31 else whole
    kept.setflags(write=False)
    return Cube(columns, inner, kept)


def _columns(manifest: Manifest) -> dict[str, list[Value]]:
    return {one.name: [listed.value for listed in one.values] for one in manifest.selectable}


def _numbers(rows: pa.Table, name: str) -> Whole:
    found: Whole = pc.fill_null(rows.column(name), 0).to_numpy().astype(np.int64)
    return found


def _codes(column: pa.ChunkedArray, values: Sequence[Value]) -> Whole:
    found: Whole = pc.index_in(column, value_set=pa.array(values, column.type)).to_numpy().astype(np.int64)
    return found
