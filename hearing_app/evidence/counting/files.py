"""What a file of raw rows is, before anything in it is believed: its kind, its columns, its size."""

from __future__ import annotations

import csv
import io
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hearing_app.errors import Fault

LONGEST_LINE = 1_000_000
"""Bytes of one line of CSV. Rows of declared values are far shorter."""
LARGEST_CHUNK = 1 << 30
"""Bytes of one column in one row group, unpacked: it is held in memory at once."""
_MOST_COLUMNS = 1_000
# Twice what a column of one value in 16 million rows unpacks to; a bomb unpacks to far more.
_MOST_UNPACKED = 5_000
_SMALL_CHUNK = 64 << 20
_HEAD = 1 << 16

_KINDS = (
    (b"PAR1", "a Parquet file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
    (b"SQLite format 3\x00", "a database"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"\xef\xbb\xbf", "text with a byte order mark"),
    (b"ARROW1", "an Arrow file"),
)


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of rows that is what it says: its path, kind, columns in order, and size in bytes.

    ``rows`` and ``metadata`` (what a Parquet file says of its row groups, read once: of a file of 400 groups
    it takes 1.6 ms) are known for Parquet alone. ``columns`` are never shown: where a heading is missing,
    they are the values of a first person.
    """

    path: Path
    kind: str
    columns: tuple[str, ...]
    size: int
    rows: int | None = None
    metadata: pq.FileMetaData | None = None


class _Unfit(Exception):
    """Why a file cannot be counted: the problem and the repair."""


def look_at(path: Path) -> tuple[RawFile | None, list[Fault]]:
    """What the file is, or None and why it cannot be counted. No fault quotes what is in it."""
    try:
        return _look_at(path), []
    except _Unfit as error:
        return None, [Fault(path.name, "", *error.args)]


def _look_at(path: Path) -> RawFile:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe would block, and a link may lead to a file that nobody meant.
            raise _Unfit("This is not an ordinary file.", "Name the file itself.")
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, status.st_size - 4))
            tail = file.read(4)
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror or type(error).__name__})."
        raise _Unfit(problem, "Check that it exists and may be read.") from None
    if not head:
        raise _Unfit("The file is empty.", "Leave it out.")
    wanted = {".csv": "csv", ".parquet": "parquet"}.get(path.suffix.lower())
    if wanted is None:
        raise _Unfit("The name ends neither in .csv nor in .parquet.", "Export it as one.")
    found = next((kind for magic, kind in _KINDS if head.startswith(magic)), None)
    if wanted == "parquet":
        if found != "a Parquet file" or tail != b"PAR1":
            problem = f"It is not a whole Parquet file{f' but {found}' if found and tail else ''}."
            if found == "a Parquet file":
                problem = "It is a Parquet file that was cut off."
            raise _Unfit(problem, "Export it again.")
        # Whole, a path is never taken for an address: pyarrow reads "file:rows.parquet" as one.
        return _parquet(path.absolute(), status.st_size)
    if found is not None:
        raise _Unfit(f"It is {found}, and not CSV.", "Save it as CSV in UTF-8.")
    return _csv(path, head, status.st_size)


def faults_of_columns(name: str, columns: Sequence[str], declared: Sequence[str]) -> Iterator[Fault]:
    """Declared columns that are missing or stand there twice. Undeclared ones are told by their place."""
    times = Counter(columns)
    for column in declared:
        if times[column] == 0:
            yield Fault(name, column, "The column is missing.", "Export it, or take it out of the manifest.")
        elif times[column] > 1:
            yield Fault(name, column, f"The column stands there {times[column]} times.", "Keep one of them.")


def _parquet(path: Path, size: int) -> RawFile:
    try:
        file = pq.ParquetFile(path)
        metadata, schema = file.metadata, file.schema_arrow
        columns = tuple(schema.names)
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        # What pyarrow says can quote what it met, so it is not passed on.
        raise _Unfit("It is not a sound Parquet file.", "Export it again.") from None
    _refuse_many(columns)
    _refuse_bombs(metadata)
    return RawFile(path, "parquet", columns, size, metadata.num_rows, metadata)


def _refuse_many(columns: Sequence[str]) -> None:
    if len(columns) > _MOST_COLUMNS:
        raise _Unfit(f"It has {len(columns):,} columns.", "Export the declared ones only.")


def _refuse_bombs(metadata: pq.FileMetaData) -> None:
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for index in range(row_group.num_columns):
            chunk = row_group.column(index)
            unpacked, packed = chunk.total_uncompressed_size, max(1, chunk.total_compressed_size)
            if unpacked > LARGEST_CHUNK or (unpacked > _SMALL_CHUNK and unpacked > _MOST_UNPACKED * packed):
                problem = f"Row group {group + 1} unpacks to {unpacked:,} bytes in one column."
                raise _Unfit(problem, "Write it in row groups of about a million rows.")


def _csv(path: Path, head: bytes, size: int) -> RawFile:
    end = len(head)
    for sign in (b"\n", b"\r"):
        at = head.find(sign)
        end = min(end, at) if at >= 0 else end
    if b"\0" in head:
        # Letters with a zero byte between them are UTF-16 without its mark.
        raise _Unfit("The file holds zero bytes, and is not text.", "Save it as UTF-8.")
    if end == len(head) == _HEAD:
        raise _Unfit("The first line is far too long.", "Begin with the columns' names.")
    try:
        line = head[:end].decode()
        columns = next(csv.reader(io.StringIO(line), strict=True), [])
    except UnicodeDecodeError:
        raise _Unfit("The first line is not UTF-8.", "Save the file as UTF-8.") from None
    except csv.Error:
        raise _Unfit("The first line is not CSV.", "Begin with the columns' names.") from None
    if len(columns) == 1 and (";" in line or "\t" in line):
        problem = "The values are not separated by commas."
        raise _Unfit(problem, "Save it with commas between the values.")
    _refuse_many(columns)
    return RawFile(path, "csv", tuple(columns), size)
