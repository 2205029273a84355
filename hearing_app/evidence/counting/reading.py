"""Raw rows in batches, column by column, without ever holding more than a few megabytes of them."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from hearing_app.evidence.counting.files import LONGEST_LINE, RawFile
from hearing_app.evidence.counting.findings import Findings

# Rows at a time: one column of them stays in the processor's cache until it has been counted. Measured with
# seven columns: with four times as many, or whole row groups of 250,000, looking at the codes took six times
# as long, and reading them no less.
BATCH = 1 << 16
_BLOCK = 4 << 20
_AGAIN = "Export it again."


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that one thread reads: a row group of Parquet, or a whole CSV.

    ``first`` is the number of its first row in the file, from 1; ``size`` its bytes on disk; ``texts`` are
    the columns of a Parquet file that hold texts.
    """

    file: RawFile
    group: int
    first: int
    size: int
    texts: tuple[str, ...] = ()


class _Broken(Exception):
    """Why reading a file ended: the problem and the repair."""


def pieces_of(files: Sequence[RawFile], columns: Sequence[str]) -> list[Piece]:
    """The parts of the files, the largest first, so that the threads end together."""
    pieces = []
    for file in files:
        if file.kind == "csv":
            pieces.append(Piece(file, 0, 1, file.size))
            continue
        first, metadata = 1, file.metadata
        if metadata is None:
            raise ValueError("a Parquet file is looked at before it is read")
        schema = metadata.schema.to_arrow_schema()
        texts = tuple(name for name in columns if _is_text(schema.field(name).type))
        for group in range(metadata.num_row_groups):
            found = metadata.row_group(group)
            chunks = [found.column(index) for index in range(found.num_columns)]
            size = sum(c.total_compressed_size for c in chunks if c.path_in_schema in columns)
            pieces.append(Piece(file, group, first, size, texts))
            first += found.num_rows
    return sorted(pieces, key=lambda piece: -piece.size)


class Opened:
    """The Parquet file that one thread reads from, opened once for all of its row groups.

    To open it for each of them took a fiftieth of the time of counting.
    """

    def __init__(self) -> None:
        self._file: RawFile | None = None
        self._reader: pq.ParquetFile | None = None

    def reader(self, piece: Piece) -> pq.ParquetFile:
        """The piece's file. Raises what pyarrow raises where it cannot be opened."""
        if self._reader is None or self._file is not piece.file:
            self.close()
            # Texts come as codes into a short list, so that no text is built for any row.
            self._reader = pq.ParquetFile(
                piece.file.path, metadata=piece.file.metadata, read_dictionary=list(piece.texts)
            )
            self._file = piece.file
        return self._reader

    def close(self) -> None:
        """Close what is open."""
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def batches(
    piece: Piece,
    columns: Sequence[str],
    findings: Findings,
    progress: Callable[[int], None],
    opened: Opened,
    *,
    alone: bool = False,
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The piece's rows: the number of the first row of a batch, and the batch with ``columns`` in order.

    What is wrong with the file itself goes into ``findings`` and ends the piece. ``progress`` is told of
    bytes as they are read. ``opened`` is the thread's own. ``alone``: little else is read meanwhile, so that
    the columns of a Parquet file may be unpacked side by side.
    """
    try:
        if piece.file.kind == "parquet":
            yield from _parquet(piece, columns, progress, opened.reader(piece), alone=alone)
        else:
            yield from _csv(piece, columns, findings, progress)
    except _Broken as broken:
        findings.add(piece.file.path.name, "", *broken.args)
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        opened.close()
        # What pyarrow says can quote a row, so it is not passed on, nor chained.
        findings.add(piece.file.path.name, "", "It cannot be read to its end.", _AGAIN)


def _parquet(
    piece: Piece,
    columns: Sequence[str],
    progress: Callable[[int], None],
    reader: pq.ParquetFile,
    *,
    alone: bool,
) -> Iterator[tuple[int, pa.RecordBatch]]:
    names, row, told = list(columns), piece.first, 0
    groups = max(1, reader.metadata.row_group(piece.group).num_rows)
    for batch in reader.iter_batches(BATCH, [piece.group], names, use_threads=alone):
        yield row, batch.select(names)
        row += batch.num_rows
        now = piece.size * (row - piece.first) // groups
        progress(now - told)
        told = now
    if row - piece.first != groups and groups > 1:
        raise _Broken("It holds another number of rows than it says.", _AGAIN)


def _is_text(found: pa.DataType) -> bool:
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def _csv(
    piece: Piece, columns: Sequence[str], findings: Findings, progress: Callable[[int], None]
) -> Iterator[tuple[int, pa.RecordBatch]]:
    names, name = list(columns), piece.file.path.name
    ragged: list[int] = []

    def note(row: pa_csv.InvalidRow) -> str:
        # Its text is never looked at. Row 1 of pyarrow is the heading.
        ragged.append((row.number or 2) - 1)
        return "skip"

    with _Watched(piece.file.path, progress) as watched:
        reader = pa_csv.open_csv(
            watched,
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK, encoding="utf8"),
            parse_options=pa_csv.ParseOptions(invalid_row_handler=note, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                include_columns=names,
                column_types={column: pa.dictionary(pa.int32(), pa.string()) for column in names},
                strings_can_be_null=False,
            ),
        )
        row = read = 0
        for batch in reader:
            # Rows that were skipped before this batch shift the numbers of those after them.
            row = read + len(ragged) + 1
            yield row, batch
            read += batch.num_rows
    if ragged:
        problem = "A row has too few or too many values."
        findings.add(name, "", problem, "Give every row one value for each column.", ragged)
    watched.judge(read + len(ragged) + 1)


class _Watched:
    """A file that is read once, with an eye on what a CSV must not hold. pyarrow reads from it."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self._file = path.open("rb")
        self._progress = progress
        self._line = self._feeds = self._pairs = self._returns = 0
        self._last = b""
        self._decoder = getincrementaldecoder("utf-8")()

    def read(self, size: int = -1) -> bytes:
        """Read on; raises ``_Broken`` where the file is no text of lines."""
        content = self._file.read(size)
        self._progress(len(content))
        if b"\0" in content:
            raise _Broken("The file holds zero bytes, and is not text.", "Save it as UTF-8.")
        self._refuse_no_text(content)
        feeds, returns = content.count(b"\n"), content.count(b"\r")
        self._feeds += feeds
        if returns:
            self._returns += returns
            self._pairs += content.count(b"\r\n")
        # A pair that was cut by the end of what was read.
        self._pairs += self._last == b"\r" and content[:1] == b"\n"
        self._last = content[-1:] or self._last
        end = content.rfind(b"\n")
        self._line = self._line + len(content) if end < 0 else len(content) - end - 1
        if self._line > LONGEST_LINE:
            raise _Broken(f"A line is longer than {LONGEST_LINE:,} bytes.", "Save it with a row a line.")
        return content

    def _refuse_no_text(self, content: bytes) -> None:
        # Before pyarrow meets it: that prints a crooked row's bytes where it cannot read them.
        if content.isascii() and not self._decoder.getstate()[0]:
            return
        try:
            self._decoder.decode(content, final=not content)
        except UnicodeDecodeError:
            raise _Broken("It is not UTF-8 throughout.", "Save it as UTF-8.") from None

    def judge(self, rows: int) -> None:
        """Refuse mixed line ends, and values that run over lines, once all is read."""
        if self._returns != self._pairs or self._pairs not in {0, self._feeds}:
            raise _Broken("Its lines end in different ways.", "Save it with plain line feeds.")
        if rows != self._feeds + (self._last != b"\n"):
            raise _Broken("A value runs over more than one line.", "Take out quotes and line breaks.")

    @property
    def closed(self) -> bool:
        """Whether it is closed, as pyarrow asks."""
        return self._file.closed

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> _Watched:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
