"""The values of one column of raw rows, turned into places among the manifest's values, or refused."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hearing_app.evidence.counting.findings import Findings
from hearing_app.evidence.counting.personal import is_near_unique, kinds_of_values
from hearing_app.evidence.counting.shape import Axis, shape_of

Counts: TypeAlias = NDArray[np.int64]
"""One number for each combination of values; the axes are those of ``shape.axes_of``."""

Coded: TypeAlias = tuple[Counts, NDArray[np.integer[Any]]]
"""A table of parts of a combination's place, and for each row the place in it, which is never outside of it.

A part is 0 or more, and below 0 for a value that is not listed.
"""

_SAMPLE = 5_000
# Whole numbers of a column are looked up in a table of its range, which stays short.
_WIDEST_RANGE = 100_000


class Column:
    """Turns the values of one column into their part of a combination's place; unlisted ones are below 0.

    It remembers the list of texts that it met last, and belongs to one thread.
    """

    def __init__(self, axis: Axis, stride: int, size: int) -> None:
        self.axis = axis
        self._unlisted = -size
        self._texts = pa.array([str(value) for value in axis.values], pa.string())
        # One entry more at the end: what is not found there reads as unlisted.
        self._parts = np.array(
            [*(stride * place for place in range(len(axis.values))), -size], dtype=np.int64
        )
        self._known: tuple[pa.Array, Counts] | None = None
        self._numbers: Counts | None = None
        numbers = [value for value in axis.values if isinstance(value, int)]
        if len(numbers) == len(axis.values) and max(numbers) - min(numbers) < _WIDEST_RANGE:
            self._lowest = min(numbers)
            self._numbers = np.full(max(numbers) - min(numbers) + 2, -size, dtype=np.int64)
            for place, value in enumerate(numbers):
                self._numbers[value - self._lowest] = stride * place

    def codes(self, column: pa.Array) -> Coded:
        """A table of parts, and for each row the place in it, which is never outside of it."""
        kind = column.type
        if pa.types.is_dictionary(kind):
            known, codes = self._parts_of(column.dictionary), column.indices
            if codes.null_count:
                codes, known = pc.fill_null(codes, len(known)), np.append(known, self._unlisted)
            return _within(known, codes.to_numpy(zero_copy_only=False))
        if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
            if self._numbers is not None:
                return self._of_numbers(column, self._numbers)
            return self._of_texts(column.cast(pa.string()))
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return self._of_texts(column)
        if self._numbers is not None and pa.types.is_floating(kind):
            whole = pc.equal(pc.floor(column), column)
            narrow = pc.and_(whole, pc.less(pc.abs(column), 2.0**52))
            return self._of_numbers(pc.cast(pc.if_else(narrow, column, None), pa.int64()), self._numbers)
        return np.array([self._unlisted]), np.zeros(len(column), dtype=np.int8)

    def _of_texts(self, texts: pa.Array) -> Coded:
        found = pc.fill_null(pc.index_in(texts, value_set=self._texts.cast(texts.type)), len(self._texts))
        return self._parts, found.to_numpy(zero_copy_only=False)

    def _parts_of(self, texts: pa.Array) -> Counts:
        # A row group has one list of texts and many batches; to look a list up takes 40 microseconds.
        if self._known is None or not texts.equals(self._known[0]):
            parts, codes = self._of_texts(texts)
            self._known = texts, parts.take(codes)
        return self._known[1]

    def _of_numbers(self, column: pa.Array, parts: Counts) -> Coded:
        last = len(parts) - 1
        if pa.types.is_uint64(column.type):
            most = pa.scalar(2**62, pa.uint64())
            column = pc.min_element_wise(column, most, skip_nulls=False).cast(pa.int64())
        if column.null_count:
            column = pc.fill_null(column.cast(pa.int64()), self._lowest + last)
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        values: NDArray[np.integer[Any]] = column.to_numpy(zero_copy_only=False)
        if len(values) and values.min() >= self._lowest and values.max() < self._lowest + last:
            return parts[:-1], _less(values, self._lowest)
        values = values.astype(np.int64) - self._lowest
        # Out of range reads the last entry, which is unlisted.
        values[(values < 0) | (values > last)] = last
        return parts, values

    def explain(self, column: pa.Array, file: str, first: int, findings: Findings) -> None:
        """Note which rows are unlisted and of what kind their values are."""
        parts, codes = self.codes(column)
        wrong = np.flatnonzero(parts.take(codes) < 0)
        if not len(wrong):
            return
        name = self.axis.name
        column.validate(full=True)
        values = column.take(pa.array(wrong))
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        empty = pc.fill_null(pc.equal(values.cast(pa.string()), ""), True) if _is_plain(values.type) else None
        if empty is None:
            problem = f"The column holds {_kind_of(column.type)}, which is not counted."
            findings.add(file, name, problem, "Export it as text or whole numbers.", wrong + first)
            return
        is_empty = empty.to_numpy(zero_copy_only=False)
        if is_empty.any():
            repair = "List a value for what is not known, and write it."
            findings.add(file, name, "The value is empty.", repair, wrong[is_empty] + first)
        if is_empty.all():
            return
        rest = values.filter(pc.invert(empty)).cast(pa.string())
        sample = rest.slice(0, _SAMPLE).to_pylist()
        kinds = list(kinds_of_values(sample))
        if is_near_unique(len(set(sample)), len(sample)):
            kinds.append("a mark of single people")
        repair = "Correct the rows, or list the value in the manifest where it is one of a group."
        if self.axis.name in sample:
            kinds.append("the heading again")
        looks = f" Some look like {', '.join(kinds)}." if kinds else ""
        problem = f"The value is not listed in the manifest.{looks}"
        findings.add(file, name, problem, repair, wrong[~is_empty] + first)


def _less(values: NDArray[np.integer[Any]], lowest: int) -> NDArray[np.integer[Any]]:
    """``values - lowest``, none of which is below 0, in as few bits as they came in where those are 8."""
    if values.dtype == np.int8 and -128 <= lowest <= 127:
        # What wraps around within a byte is right again without a sign.
        byte: NDArray[np.uint8] = np.subtract(values, np.int8(lowest)).view(np.uint8)
        return byte
    less: NDArray[np.int64] = values.astype(np.int64) - lowest
    return less


def _within(parts: Counts, codes: NDArray[np.integer[Any]]) -> Coded:
    # In a damaged file a code can lead outside. Looked at here, once, numpy need not look at each. Without
    # its sign a number below 0 is among the largest, so that one look is enough.
    if len(codes) and codes.view(f"u{codes.itemsize}").max() >= len(parts):
        raise IndexError("A code stands for no value.")
    return parts, codes


def _is_plain(kind: pa.DataType) -> bool:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating)
    return any(is_kind(kind) for is_kind in (*kinds, pa.types.is_boolean))


def _kind_of(kind: pa.DataType) -> str:
    """The kind of a type, without its details: the names of fields or a time zone could be personal."""
    if pa.types.is_nested(kind):
        return "structures or lists"
    if pa.types.is_temporal(kind):
        return "dates, times or moments"
    if pa.types.is_decimal(kind):
        return "decimal numbers"
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "bytes"
    return "values of another kind"


def columns_of(axes: tuple[Axis, ...]) -> list[Column]:
    """A column for each axis, whose parts add up to a place among all combinations."""
    shape = shape_of(axes)
    size = int(np.prod(shape))
    strides = [int(np.prod(shape[place + 1 :])) for place in range(len(shape))]
    return [Column(axis, stride, size) for axis, stride in zip(axes, strides, strict=True)]
