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

from hearing_app.evidence.counts import MIXED, UNSTATED, Counted, Group, in_order, in_time
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.manifest import Manifest, MeasureColumn, Value


def tally(catalogue: Catalogue, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()) -> Counted:
    """The sums of ``dataset``'s measures over the rows with every value of ``where``, grouped by ``by``.

    One query; asked again, it comes from memory.
    """
    key = (dataset.version, by, where)
    found = catalogue.kept(key)
    if not isinstance(found, Counted):
        with catalogue.cursor() as cursor, in_time(cursor):
            found = count_rows(cursor, dataset, by, where)
        catalogue.keep(key, found)
    return found


def count_rows(
    cursor: DuckDBPyConnection, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()
) -> Counted:
    """The query behind ``tally``: for each measure its sum, its empty cells, and in which ways it was counted.

    Built from expressions and never from text, so that no value can be read as SQL.
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
    groups = [group for group in in_order(manifest, by, lines) if by or any(lines[group])]
    return _counted(
        manifest, tuple(tuple(zip(by, g, strict=True)) for g in groups), [lines[g] for g in groups]
    )


def _of_measure(manifest: Manifest, measure: MeasureColumn) -> list[Expression]:
    """The sum, the number of empty cells, then the least and the greatest value of each column kept apart."""
    column = ColumnExpression(measure.name)
    empty = CaseExpression(column.isnull(), ConstantExpression(1)).otherwise(ConstantExpression(0))
    asked = [FunctionExpression("sum", column), FunctionExpression("sum", empty)]
    for name in _apart(manifest, measure):
        stated = CaseExpression(column.isnotnull(), ColumnExpression(name))
        asked += [FunctionExpression("min", stated), FunctionExpression("max", stated)]
    return asked


def _apart(manifest: Manifest, measure: MeasureColumn) -> list[str]:
    return [one.column for one in manifest.apart if not one.counts or measure.counts in one.counts]


def _counted(manifest: Manifest, groups: tuple[Group, ...], lines: list[Any]) -> Counted:
    numbers: dict[str, NDArray[np.int64]] = {}
    basis: dict[str, NDArray[np.int64]] = {}
    start = 0
    codes: dict[tuple[Value, ...], int] = {}
    for measure in manifest.measures:
        apart = _apart(manifest, measure)
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
