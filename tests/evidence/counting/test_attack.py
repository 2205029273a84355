"""The attack finds exactly what can be known: against all tables of whole numbers, and one big program."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from hearing_app.errors import Invalid
from hearing_app.evidence.counting.attack import Knowledge, range_of
from hearing_app.evidence.counting.geometry import Columns, Geometry, geometry_of, margin

Counts = NDArray[np.int64]
LATTICES: tuple[tuple[Columns, ...], ...] = (
    ((), (0,), (1,)),
    ((), (0,), (0, 1)),
    ((), (0, 1), (1, 2)),
    ((), (0, 1), (1, 2), (0, 2)),
    ((), (0, 1), (1, 2), (2, 3), (0, 3)),
    ((), (0,), (1,), (2,), (0, 2), (1, 3)),
)


def knowledge(geometry: Geometry, block: Counts, withheld: NDArray[np.bool_], slack: int = 0) -> Knowledge:
    exact = geometry.cell_values(block).astype(float)
    return Knowledge(
        np.where(withheld, 0, np.maximum(0, exact - slack)), np.where(withheld, np.inf, exact + slack)
    )


def of_the_joint_table(
    shape: Sequence[int], tables: Sequence[Columns], known: Knowledge, cell: int
) -> tuple[float, float]:
    """The second formulation: every combination of all columns is an unknown, every table a sum of them."""
    rows = []
    for table in tables:
        for place in product(*(range(shape[axis]) for axis in table)):
            chosen = np.zeros(shape)
            index: list[int | slice] = [slice(None)] * len(shape)
            for axis, value in zip(table, place, strict=True):
                index[axis] = value
            chosen[tuple(index)] = 1
            rows.append(chosen.ravel())
    matrix = np.array(rows)
    bounded = np.isfinite(known.high)
    above, below = matrix[bounded], -matrix
    ends = []
    for sign in (1, -1):
        found = linprog(
            sign * matrix[cell],
            A_ub=np.vstack([above, below]),
            b_ub=np.concatenate([known.high[bounded], -known.low]),
            bounds=(0, None),
            method="highs",
        )
        ends.append(sign * found.fun)
    return ends[0], ends[1]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_cliques_tell_what_the_joint_table_tells(data: st.DataObject) -> None:
    """Random lattices, cycles among them: the same range as with every combination written out."""
    tables = data.draw(st.sampled_from(LATTICES))
    width = 1 + max(axis for table in tables for axis in table)
    shape = tuple(data.draw(st.lists(st.integers(2, 3), min_size=width, max_size=width)))
    size = int(np.prod(shape))
    block = np.array(data.draw(st.lists(st.integers(0, 12), min_size=size, max_size=size))).reshape(shape)
    geometry = geometry_of(shape, tables)
    cells = geometry.starts[-1]
    withheld = np.array(data.draw(st.lists(st.booleans(), min_size=cells, max_size=cells)))
    withheld[0] = False
    known = knowledge(geometry, block, withheld, slack=data.draw(st.sampled_from((0, 4))))
    for cell in np.flatnonzero(withheld)[:3]:
        low, high = range_of(geometry, known, int(cell))
        joint_low, joint_high = of_the_joint_table(shape, tables, known, int(cell))
        assert low == np.ceil(joint_low - 1e-6)
        assert high == np.floor(joint_high + 1e-6)


def every_table(total: int, cells: int) -> list[tuple[int, ...]]:
    """Every way to place ``total`` people into ``cells``."""
    if cells == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in every_table(total - first, cells - 1)]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_whole_numbers_are_tried_one_by_one(data: st.DataObject) -> None:
    """On small tables the range in whole numbers is that of all tables that fit, counted out; linear
    programming alone never says less than that is possible."""
    shape, tables = (2, 3), ((), (0,), (1,), (0, 1))
    block = np.array(data.draw(st.lists(st.integers(0, 2), min_size=6, max_size=6))).reshape(shape)
    geometry = geometry_of(shape, tables)
    cells = geometry.starts[-1]
    withheld = np.array([False, *data.draw(st.lists(st.booleans(), min_size=cells - 1, max_size=cells - 1))])
    known = knowledge(geometry, block, withheld)
    possible = []
    for table in every_table(int(block.sum()), 6):
        values = geometry.cell_values(np.array(table).reshape(shape))
        if ((values >= known.low) & (values <= known.high)).all():
            possible.append(values)
    found = np.array(possible)
    for cell in np.flatnonzero(withheld):
        low, high = range_of(geometry, known, int(cell), whole=True)
        assert (low, high) == (found[:, cell].min(), found[:, cell].max())
        outer_low, outer_high = range_of(geometry, known, int(cell))
        assert outer_low <= low and high <= outer_high


def test_a_single_withheld_cell_is_found_exactly() -> None:
    """The attack that everybody can do by hand: the total less the others."""
    block = np.array([[3, 20], [30, 40]])
    geometry = geometry_of((2, 2), ((0, 1), (0,), (1,)))
    withheld = geometry.cell_values(block) == 3
    assert range_of(geometry, knowledge(geometry, block, withheld), 0) == (3, 3)


def test_a_margin_is_the_sum_over_the_other_columns() -> None:
    block = np.arange(12).reshape(2, 2, 3)
    assert margin(block, (0, 2)).tolist() == block.sum(axis=1).tolist()
    assert margin(block, ()).tolist() == 66


def test_tables_that_are_too_large_to_try_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        geometry_of((100, 100, 100), ((0, 1), (1, 2), (0, 2)))
    assert "1,000,000 unknown numbers" in str(refused.value.faults[0])
