"""From raw rows to counts: how many rows have each combination of the manifest's values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counting.files import RawFile, faults_of_columns, look_at
from hearing_app.evidence.counting.findings import Findings
from hearing_app.evidence.counting.personal import (
    faults_of_manifest,
    is_near_unique,
    kind_of_name,
    kinds_of_values,
)
from hearing_app.evidence.counting.reading import Piece, batches, pieces_of
from hearing_app.evidence.counting.shape import Axis, axes_of, shape_of
from hearing_app.evidence.manifest import Manifest

Counts = NDArray[np.int64]
"""One number for each combination of values; the axes are those of ``shape.axes_of``."""

THREADS = 2
_SAMPLE = 5_000
_NOTHING_WRITTEN = "Nothing was written."
# Rows at a time that are looked up and counted.
_SLICE = 1 << 16
# Whole numbers of a column are looked up in a table of its range, which stays short.
_WIDEST_RANGE = 100_000


def _no_progress(size: int) -> None:
    pass


def count_rows(
    files: Sequence[Path],
    manifest: Manifest,
    *,
    threads: int = THREADS,
    progress: Callable[[int], None] = _no_progress,
) -> Counts:
    """Count the rows of all files, as int64 of the shape ``shape_of(axes_of(manifest))``.

    The files are CSV or Parquet with one row for each person or event and the manifest's columns, all but
    the count. They are streamed: memory does not grow with their size. ``progress`` is called with numbers
    of bytes, from several threads.

    Raises ``Invalid`` with every fault of every file: columns that the manifest does not name, or that are
    missing; values that it does not list; signs of data about single people; files that are not what they
    say. A fault names file, column, row and kind, and never quotes a value.
    """
    axes = axes_of(manifest)
    findings = Findings()
    faults = list(faults_of_manifest(manifest))
    names = [axis.name for axis in axes]
    sound = []
    if is_twice(files):
        faults.append(
            Fault("", "", "A file stands there twice.", "Name each once: it would be counted twice.")
        )
    for path in files:
        raw, wrong = look_at(path)
        faults += wrong
        if raw is None:
            continue
        missing = list(faults_of_columns(path.name, raw.columns, names))
        faults += missing
        if not missing:
            sound.append(raw)
        _undeclared(raw, names, findings)
    try:
        counts = _count(sound, axes, findings, threads, progress)
    except (pa.ArrowException, OSError):
        # A file that changes while it is read; what pyarrow says could quote it.
        raise Invalid("A file changed while it was read.", kept=_NOTHING_WRITTEN) from None
    faults += findings.faults()
    if not faults and not counts.any():
        faults.append(Fault("", "", "There are no rows.", "Name the files that hold them."))
    faults += _near_unique(axes, counts)
    if faults:
        raise Invalid("The rows cannot be counted.", faults, kept=_NOTHING_WRITTEN)
    return counts


def _near_unique(axes: Sequence[Axis], counts: Counts) -> Iterator[Fault]:
    """Declared columns in which nearly every row has a value of its own."""
    rows = int(counts.sum())
    for place, axis in enumerate(axes):
        others = tuple(other for other in range(counts.ndim) if other != place)
        if axis.listed and is_near_unique(int((counts.sum(axis=others) > 0).sum()), rows):
            problem = "Nearly every row has a value of its own."
            yield Fault("", axis.name, problem, "Leave the column out, or list broader values.")


def is_twice(files: Sequence[Path]) -> bool:
    """Whether two of the files are one, under whatever names: links to it, or the same name again."""
    known = [path.stat() for path in files if path.exists()]
    places = {path.resolve() for path in files}
    return len(places) < len(files) or len({(s.st_dev, s.st_ino) for s in known}) < len(known)


def size_of(files: Sequence[Path]) -> int:
    """The bytes of the files that can be asked for their size, for a progress bar."""
    return sum(path.lstat().st_size for path in files if path.is_file())


def _undeclared(raw: RawFile, names: Sequence[str], findings: Findings) -> None:
    """Name the columns that the manifest does not: by their place, and by what they look like."""
    for place, column in enumerate(raw.columns, start=1):
        if column in names:
            continue
        kinds = [kind] if (kind := kind_of_name(column)) else []
        kinds += [kind for kind in _kinds_in(raw, column) if kind not in kinds]
        looks = f" It looks like {', '.join(kinds)}." if kinds else ""
        problem = f"Column {place} is not named in the manifest.{looks}"
        # Its heading is not quoted: where the heading line is missing, it is a person's own value.
        findings.add(raw.path.name, "", problem, "Export the declared columns only.")


def _kinds_in(raw: RawFile, column: str) -> list[str]:
    """What the first rows of an undeclared column look like."""
    if raw.columns.count(column) != 1:
        return []
    quiet = Findings()
    for piece in pieces_of([raw], [column])[:1]:
        for _, batch in batches(piece, [column], quiet, _no_progress):
            found = batch.column(0).slice(0, _SAMPLE)
            if pa.types.is_nested(found.type):
                return ["free text"]
            texts = [str(value) for value in found.to_pylist() if value is not None]
            near = ["a mark of single people"] if is_near_unique(len(set(texts)), len(texts)) else []
            return [*kinds_of_values(texts), *near]
    return []


def _count(
    files: Sequence[RawFile],
    axes: tuple[Axis, ...],
    findings: Findings,
    threads: int,
    progress: Callable[[int], None],
) -> Counts:
    waiting: SimpleQueue[Piece] = SimpleQueue()
    pieces = pieces_of(files, [axis.name for axis in axes])
    for piece in pieces:
        waiting.put(piece)
    readers = _readers(axes)
    size = int(np.prod(shape_of(axes)))

    def work(_: int) -> Counts:
        counts = np.zeros(size, dtype=np.int64)
        while True:
            try:
                piece = waiting.get_nowait()
            except Empty:
                return counts
            _count_piece(piece, readers, counts, findings, progress)

    number = max(1, min(threads, len(pieces)))
    with ThreadPoolExecutor(number) as pool:
        total, *others = pool.map(work, range(number))
    for part in others:
        total += part
    return total.reshape(shape_of(axes))


def _count_piece(
    piece: Piece,
    readers: Sequence[_Reader],
    counts: Counts,
    findings: Findings,
    progress: Callable[[int], None],
) -> None:
    names = [reader.axis.name for reader in readers]
    # Written into again and again, and short enough to stay in the processor's cache: with new arrays of a
    # batch's length it took twice as long.
    place, more = (np.empty(_SLICE, dtype=np.int64) for _ in range(2))
    try:
        for first, batch in batches(piece, names, findings, progress):
            columns = [reader.codes(column) for reader, column in zip(readers, batch.columns, strict=True)]
            unlisted = False
            for start in range(0, batch.num_rows, _SLICE):
                end = min(start + _SLICE, batch.num_rows)
                found, part = place[: end - start], more[: end - start]
                found[:] = 0
                for parts, codes in columns:
                    found += parts.take(codes[start:end], out=part, mode="clip")
                if found.min() < 0:
                    unlisted = True
                    found = found[found >= 0]
                np.add.at(counts, found, 1)
            if unlisted:
                for reader, column in zip(readers, batch.columns, strict=True):
                    reader.explain(column, piece.file.path.name, first, findings)
    except (pa.ArrowException, IndexError, ValueError, OverflowError, MemoryError):
        # A damaged file that passed for a sound one until now. What the error says could quote it.
        findings.add(piece.file.path.name, "", "It is damaged.", "Export it again.")


class _Reader:
    """Turns the values of one column into their part of a combination's place; unlisted ones are below 0."""

    def __init__(self, axis: Axis, stride: int, size: int) -> None:
        self.axis = axis
        self._unlisted = -size
        self._texts = pa.array([str(value) for value in axis.values], pa.string())
        # One entry more at the end: what is not found there reads as unlisted.
        self._parts = np.array(
            [*(stride * place for place in range(len(axis.values))), -size], dtype=np.int64
        )
        self._numbers: Counts | None = None
        numbers = [value for value in axis.values if isinstance(value, int)]
        if len(numbers) == len(axis.values) and max(numbers) - min(numbers) < _WIDEST_RANGE:
            self._lowest = min(numbers)
            self._numbers = np.full(max(numbers) - min(numbers) + 2, -size, dtype=np.int64)
            for place, value in enumerate(numbers):
                self._numbers[value - self._lowest] = stride * place

    def codes(self, column: pa.Array) -> tuple[Counts, NDArray[np.integer[Any]]]:
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

    def _of_texts(self, texts: pa.Array) -> tuple[Counts, NDArray[np.integer[Any]]]:
        found = pc.fill_null(pc.index_in(texts, value_set=self._texts.cast(texts.type)), len(self._texts))
        return self._parts, found.to_numpy(zero_copy_only=False)

    def _parts_of(self, texts: pa.Array) -> Counts:
        parts, codes = self._of_texts(texts)
        known: Counts = parts.take(codes)
        return known

    def _of_numbers(self, column: pa.Array, parts: Counts) -> tuple[Counts, NDArray[np.integer[Any]]]:
        last = len(parts) - 1
        if pa.types.is_uint64(column.type):
            most = pa.scalar(2**62, pa.uint64())
            column = pc.min_element_wise(column, most, skip_nulls=False).cast(pa.int64())
        if column.null_count:
            column = pc.fill_null(column.cast(pa.int64()), self._lowest + last)
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        values: Counts = column.to_numpy(zero_copy_only=False)
        if values.dtype == np.int8:
            # All that a byte can hold, looked up once: the short way for most scores and outcomes.
            all_bytes = np.arange(-128, 128) - self._lowest
            table = parts[np.where((all_bytes < 0) | (all_bytes > last), last, all_bytes)]
            return np.roll(table, -128), values.view(np.uint8)
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


def _within(parts: Counts, codes: NDArray[np.integer[Any]]) -> tuple[Counts, NDArray[np.integer[Any]]]:
    # In a damaged file a code can lead outside. Looked at here, once, numpy need not look at each.
    if len(codes) and (codes.min() < 0 or codes.max() >= len(parts)):
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


def _readers(axes: tuple[Axis, ...]) -> list[_Reader]:
    shape = shape_of(axes)
    size = int(np.prod(shape))
    strides = [int(np.prod(shape[place + 1 :])) for place in range(len(shape))]
    return [_Reader(axis, stride, size) for axis, stride in zip(axes, strides, strict=True)]
