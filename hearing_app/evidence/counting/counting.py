"""From raw rows to counts: how many rows have each combination of the manifest's values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
import pyarrow as pa

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counting.columns import Column, Counts, columns_of
from hearing_app.evidence.counting.combining import Combinations
from hearing_app.evidence.counting.files import RawFile, faults_of_columns, look_at
from hearing_app.evidence.counting.findings import Findings
from hearing_app.evidence.counting.personal import (
    faults_of_manifest,
    is_near_unique,
    kind_of_name,
    kinds_of_values,
)
from hearing_app.evidence.counting.reading import batches
from hearing_app.evidence.counting.shape import Axis, axes_of, shape_of
from hearing_app.evidence.manifest import Manifest

THREADS = 2
_SAMPLE = 5_000
_NOTHING_WRITTEN = "Nothing was written."


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
    say. A fault names file, column, row and kind, and never quotes a value. ``threads``: files at a time;
    pyarrow unpacks Parquet in threads of its own besides.
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
    rows = int(counts.sum())
    if not faults and not rows:
        faults.append(Fault("", "", "There are no rows.", "Name the files that hold them."))
    faults += _near_unique(axes, counts, rows)
    if faults:
        raise Invalid("The rows cannot be counted.", faults, kept=_NOTHING_WRITTEN)
    return counts


def _near_unique(axes: Sequence[Axis], counts: Counts, rows: int) -> Iterator[Fault]:
    """Declared columns in which nearly every row has a value of its own."""
    for place, axis in enumerate(axes):
        if not is_near_unique(len(axis.values), rows):
            # It cannot have more different values than are listed.
            continue
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
    for _, batch in batches(raw, [column], quiet, _no_progress, ahead=False):
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
    waiting: SimpleQueue[RawFile] = SimpleQueue()
    for file in sorted(files, key=lambda file: -file.size):
        waiting.put(file)
    size = int(np.prod(shape_of(axes)))

    def work(_: int) -> Counts:
        counts = np.zeros(size, dtype=np.int64)
        columns, combinations = columns_of(axes), Combinations(counts)
        while True:
            try:
                file = waiting.get_nowait()
            except Empty:
                combinations.close()
                return counts
            _count_file(file, columns, combinations, findings, progress)

    number = min(threads, len(files))
    if number < 2:
        return work(0).reshape(shape_of(axes))
    with ThreadPoolExecutor(number) as pool:
        total, *others = pool.map(work, range(number))
    for part in others:
        total += part
    return total.reshape(shape_of(axes))


def _count_file(
    file: RawFile,
    columns: Sequence[Column],
    combinations: Combinations,
    findings: Findings,
    progress: Callable[[int], None],
) -> None:
    names = [column.axis.name for column in columns]
    try:
        for first, batch in batches(file, names, findings, progress):
            coded = [column.codes(values) for column, values in zip(columns, batch.columns, strict=True)]
            if not combinations.add(coded, batch.num_rows):
                for column, values in zip(columns, batch.columns, strict=True):
                    column.explain(values, file.path.name, first, findings)
    except (pa.ArrowException, IndexError, ValueError, OverflowError, MemoryError):
        # A damaged file that passed for a sound one until now. What the error says could quote it.
        findings.add(file.path.name, "", "It is damaged.", "Export it again.")
