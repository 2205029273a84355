"""From a selection to a histogram: how many people of each group have each outcome and score."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from threading import Timer

import numpy as np
from duckdb import (
    ColumnExpression,
    ConstantExpression,
    DuckDBPyConnection,
    FunctionExpression,
    InterruptException,
)
from numpy.typing import NDArray

from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.manifest import Manifest, Value
from hearing_app.store.patience import seconds_allowed, took_too_long

Group = tuple[tuple[str, Value], ...]
"""One group as (column, value) pairs, in the order of the selection's ``by``; () is everyone."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of people, shape (groups, 2, scores): ``people[g, outcome, s]`` have the score ``scores[s]``.

    ``people`` is int64 and read-only, since it is shared between readers. ``groups`` holds only groups with
    people in them, in the manifest's order. ``scores`` are all possible scores, ascending.
    """

    groups: tuple[Group, ...]
    scores: NDArray[np.int64]
    people: NDArray[np.int64]


def histogram(
    catalogue: Catalogue, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()
) -> Histogram:
    """The histogram of ``dataset``'s people with every value of ``where``, grouped by ``by``.

    One query; asked again, it comes from memory. Every threshold can be answered from the result.
    """
    key = (dataset.version, by, where)
    found = catalogue.kept(key)
    if found is None:
        with catalogue.cursor() as cursor, _in_time(cursor):
            found = count_people(cursor, dataset, by, where)
        catalogue.keep(key, found)
    return found


def count_people(
    cursor: DuckDBPyConnection, dataset: Dataset, by: tuple[str, ...] = (), where: Group = ()
) -> Histogram:
    """The query behind ``histogram``: filter the rows, add up the counts of equal values.

    Built from expressions and never from text, so that no value can be read as SQL.
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
    present = [group for group in _in_order(manifest, by) if table.get(group, _NOBODY).any()]
    stacked = np.array([table[group] for group in present], dtype=np.int64).reshape(-1, 2, len(scores))
    stacked.setflags(write=False)
    scores.setflags(write=False)
    return Histogram(tuple(tuple(zip(by, group, strict=True)) for group in present), scores, stacked)


_NOBODY = np.zeros(0, dtype=np.int64)


@contextmanager
def _in_time(cursor: DuckDBPyConnection) -> Iterator[None]:
    """Break the query off when it takes longer than a reader may; raise ``TookTooLong`` then."""
    seconds = seconds_allowed()
    if seconds is None:
        yield
        return
    watch = Timer(seconds, cursor.interrupt)
    watch.daemon = True
    watch.start()
    try:
        yield
    except InterruptException:
        raise took_too_long() from None
    finally:
        watch.cancel()


def _in_order(manifest: Manifest, by: tuple[str, ...]) -> list[tuple[Value, ...]]:
    columns = {column.name: column for column in manifest.groups}
    return list(product(*(tuple(listed.value for listed in columns[name].values) for name in by)))
