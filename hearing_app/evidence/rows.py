"""The rows of a dataset one by one: a deployment, a block group. For pictures that show each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from duckdb import ColumnExpression, ConstantExpression

from hearing_app.evidence.counts import Group
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.intervals import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a selection leaves of a dataset's rows, by the name of what each is about.

    ``numbers`` has one float64 array of shape (rows,) for each of the family's counts that the dataset
    states; an empty cell is NaN. Counts stay below 10**12, so every one of them is exact.
    """

    names: tuple[str, ...]
    numbers: Mapping[str, Floats]


def rows_of(catalogue: Catalogue, dataset: Dataset, where: Group = ()) -> Rows:
    """The rows of ``dataset`` with every value of ``where``, in the order of their names.

    Raises ``LookupError`` for a dataset whose rows are about nothing by name. Built from expressions and
    never from text, so that no value can be read as SQL.
    """
    manifest = dataset.manifest
    if manifest.record is None:
        raise LookupError("the rows of this dataset have no names")
    columns = [manifest.record.name, *(one.name for one in manifest.measures)]
    with catalogue.cursor() as cursor:
        chosen = cursor.table(dataset.table)
        for name, value in where:
            chosen = chosen.filter(ColumnExpression(name) == ConstantExpression(value))
        found = chosen.select(*(ColumnExpression(name) for name in columns)).fetchall()
    found.sort(key=lambda row: str(row[0]))
    cells = np.array([[np.nan if cell is None else cell for cell in row[1:]] for row in found], np.float64)
    cells = cells.reshape(len(found), len(manifest.measures))
    return Rows(
        tuple(str(row[0]) for row in found),
        {one.counts: cells[:, at] for at, one in enumerate(manifest.measures)},
    )
