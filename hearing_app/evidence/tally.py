"""From a selection to sums: what was counted of every group, for families that do not score people."""

from __future__ import annotations

from typing import Any

import numpy as np
from duckdb import (
    CaseExpression,
    ColumnExpression,
    ConstantExpression,
    DuckDBPyConnection,
    Expression,
    FunctionExpression,
)
from numpy.typing import NDArray

from hearing_app.evidence.counts import MIXED, UNSTATED, Counted, Group, in_order
from hearing_app.evidence.cube import Cube
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.manifest import Manifest, MeasureColumn, Value


def tally(catalogue: Catalogue, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()) -> Counted:
    """The sums of ``dataset``'s measures over the rows with every value of ``where``, grouped by ``by``.

    From the release's array, without a query. Without ``by`` everyone is one group, even where no row is.
    """
    return tally_of(catalogue.cube(dataset), dataset.manifest, by, where)


def tally_of(cube: Cube, manifest: Manifest, by: tuple[str, ...] = (), where: Group = ()) -> Counted:
    """The same from the array of the measures itself."""
    kept_apart = dict.fromkeys(name for one in manifest.measures for name in columns_apart(manifest, one))
    also = tuple(name for name in kept_apart if name not in by)
    groups, spread = cube.added_up(by, where, also)
    if not by and not groups:
        groups, spread = ((),), np.zeros((1, *spread.shape[1:]), dtype=np.int64)
    sums = spread.sum(axis=tuple(range(1, spread.ndim - 1)))
    numbers: dict[str, NDArray[np.int64]] = {}
    basis: dict[str, NDArray[np.int64]] = {}
    for place, measure in enumerate(manifest.measures):
        total, empty, stated = 1 + 3 * place, 2 + 3 * place, 3 + 3 * place
        numbers[measure.counts] = _fixed(sums[:, total].copy())
        apart, unstated = columns_apart(manifest, measure), sums[:, empty] > 0
        if not apart and not unstated.any():
            continue
        codes, mixed = np.zeros(len(groups), dtype=np.int64), np.zeros(len(groups), dtype=np.bool_)
        for name in apart:
            listed = [
                one.value for column in manifest.selectable if column.name == name for one in column.values
            ]
            if name in by:
                own = np.array([listed.index(dict(group)[name]) for group in groups], dtype=np.int64)
            else:
                others = tuple(axis for axis, other in enumerate(also, start=1) if other != name)
                values = (spread[..., stated] > 0).any(axis=others)
                own, mixed = values.argmax(axis=1), mixed | (values.sum(axis=1) > 1)
            codes = codes * len(listed) + own
        basis[measure.counts] = _fixed(np.where(unstated, UNSTATED, np.where(mixed, MIXED, codes)))
    return Counted(groups, numbers, basis)


def _fixed(array: NDArray[np.int64]) -> NDArray[np.int64]:
    array.setflags(write=False)
    return array


def count_rows(
    cursor: DuckDBPyConnection, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()
) -> Counted:
    """The same as ``tally`` by a query: for each measure its sum, its empty cells, and how it was counted.

    Slower by far, and the other way of counting that the array is checked against; its codes for how it was
    counted are other numbers. Built from expressions and never from text: no value can be read as SQL.
    """
    manifest = dataset.manifest
    rows = cursor.table(dataset.table)
    for name, value in where:
        rows = rows.filter(ColumnExpression(name) == ConstantExpression(value))
    asked: list[Expression] = [ColumnExpression(name) for name in by]
    for measure in manifest.measures:
        asked += _of_measure(manifest, measure)
    # Python's integers cannot overflow.
    found = rows.aggregate(asked, ", ".join(by)).fetchall() if by else rows.aggregate(asked).fetchall()
    lines = {tuple(line[: len(by)]): line[len(by) :] for line in found}
    groups = in_order(manifest, by, lines)
    return _counted(
        manifest, tuple(tuple(zip(by, g, strict=True)) for g in groups), [lines[g] for g in groups]
    )


def _of_measure(manifest: Manifest, measure: MeasureColumn) -> list[Expression]:
    """The sum, the number of empty cells, then the least and the greatest value of each column kept apart."""
    column = ColumnExpression(measure.name)
    empty = CaseExpression(column.isnull(), ConstantExpression(1)).otherwise(ConstantExpression(0))
    asked = [FunctionExpression("sum", column), FunctionExpression("sum", empty)]
    for name in columns_apart(manifest, measure):
        stated = CaseExpression(column.isnotnull(), ColumnExpression(name))
        asked += [FunctionExpression("min", stated), FunctionExpression("max", stated)]
    return asked


def columns_apart(manifest: Manifest, measure: MeasureColumn) -> list[str]:
    """The columns over whose values a measure must not be added up: it was counted in different ways."""
    return [one.column for one in manifest.apart if not one.counts or measure.counts in one.counts]


def _counted(manifest: Manifest, groups: tuple[Group, ...], lines: list[Any]) -> Counted:
    numbers: dict[str, NDArray[np.int64]] = {}
    basis: dict[str, NDArray[np.int64]] = {}
    start = 0
    codes: dict[tuple[Value, ...], int] = {}
    for measure in manifest.measures:
        apart = columns_apart(manifest, measure)
        end = start + 2 + 2 * len(apart)
        parts = [line[start:end] for line in lines]
        start = end
        sums = np.array([part[0] or 0 for part in parts], dtype=np.int64)
        sums.setflags(write=False)
        numbers[measure.counts] = sums
        ways = [_way(part, codes) for part in parts]
        if apart or min(ways, default=0) < 0:
            basis[measure.counts] = np.array(ways, dtype=np.int64)
    return Counted(groups, numbers, basis)


def _way(part: Any, codes: dict[tuple[Value, ...], int]) -> int:
    """The code of the way in which one group's measure was counted; the same way has the same code."""
    _, empty, *ends = part
    if empty:
        return UNSTATED
    least, greatest = tuple(ends[::2]), tuple(ends[1::2])
    return codes.setdefault(least, len(codes)) if least == greatest else MIXED
