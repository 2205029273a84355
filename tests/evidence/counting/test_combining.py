"""Rows counted by codes of their own give what a plain loop over the rows gives."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from hearing_app.evidence.counting import combining
from hearing_app.evidence.counting.columns import Coded, Counts
from hearing_app.evidence.counting.combining import Combinations

SHAPE = (3, 2, 4)
STRIDES = (8, 4, 1)
UNLISTED = -24


def coded(values: NDArray[np.int64], listed: list[int], stride: int, kind: type[np.integer]) -> Coded:
    """A column whose list of values is ``listed``: places of the axis, -1 for one that is not listed."""
    parts = np.array([UNLISTED if place < 0 else stride * place for place in listed], dtype=np.int64)
    return parts, values.astype(kind)


def by_hand(columns: list[Coded], rows: int) -> Counts:
    counts = np.zeros(24, dtype=np.int64)
    for row in range(rows):
        place = sum(int(parts[codes[row]]) for parts, codes in columns)
        if place >= 0:
            counts[place] += 1
    return counts


@pytest.mark.parametrize("slice_of", [7, 1 << 16])
@pytest.mark.parametrize(
    ("lists", "all_listed"),
    [
        (([0, 1, 2], [0, 1], [0, 1, 2, 3]), True),
        # In another order, in part, and twice the same: as row groups of a file have them.
        (([2, 0], [1], [3, 3, 1]), True),
        (([2, 0], [1, -1], [3, 3, 1]), False),
        # Evenly spaced, from the middle and backwards: added as one block.
        (([2, 0], [1, 0], [3, 2, 1]), True),
        # No two alike, and unevenly spaced: added place by place.
        (([1], [0], [3, 0, 1]), True),
    ],
)
def test_rows_are_counted_by_codes_of_their_own_as_by_hand(
    monkeypatch: pytest.MonkeyPatch, lists: tuple[list[int], ...], all_listed: bool, slice_of: int
) -> None:
    monkeypatch.setattr(combining, "_SLICE", slice_of)
    draw, rows = np.random.default_rng(5), 200
    kinds: tuple[type[np.integer], ...] = (np.int32, np.int64, np.uint8)
    counts, expected = np.zeros(24, dtype=np.int64), np.zeros(24, dtype=np.int64)
    combinations = Combinations(counts)
    # Two batches of one list, then one of another, then the first again.
    for turn in (lists, lists, ([1], [0, 1], [0]), lists):
        columns = [
            coded(draw.integers(0, len(listed), rows), listed, stride, kind)
            for listed, stride, kind in zip(turn, STRIDES, kinds, strict=True)
        ]
        assert combinations.add(columns, rows) == (all_listed or turn is not lists)
        expected += by_hand(columns, rows)
    combinations.close()
    np.testing.assert_array_equal(counts, expected)
    combinations.close()
    np.testing.assert_array_equal(counts, expected)


def test_few_rows_of_many_combinations_are_looked_up_one_by_one() -> None:
    """To begin a table of 24 places for one row would cost more than the row: it is counted all the same."""
    counts = np.zeros(24, dtype=np.int64)
    combinations = Combinations(counts)
    full = [np.arange(length, dtype=np.int64) * stride for length, stride in zip(SHAPE, STRIDES, strict=True)]
    for place in product(*map(range, SHAPE)):
        one = [(parts, np.array([at])) for parts, at in zip(full, place, strict=True)]
        assert combinations.add(one, 1)
    combinations.close()
    np.testing.assert_array_equal(counts, np.ones(24))


def test_a_block_is_added_where_its_values_lie_and_nowhere_else() -> None:
    """One row of each of its combinations: every place of the block has one, and no other place any."""
    lists = ([2, 0], [1], [3, 1, 2])
    counts = np.full(24, 10, dtype=np.int64)
    combinations = Combinations(counts)
    rows = list(product(*(range(len(listed)) for listed in lists)))
    columns = [
        coded(np.array([row[at] for row in rows]), listed, stride, np.int32)
        for at, (listed, stride) in enumerate(zip(lists, STRIDES, strict=True))
    ]
    assert combinations.add(columns, len(rows))
    combinations.close()
    expected = np.full(SHAPE, 10)
    expected[np.ix_(*lists)] += 1
    np.testing.assert_array_equal(counts.reshape(SHAPE), expected)
