"""Raw rows in batches, column by column, without ever holding more than a few megabytes of them."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from pyarrow.fs import LocalFileSystem

from hearing_app.evidence.counting.files import LONGEST_LINE, RawFile
from hearing_app.evidence.counting.findings import Findings

# Rows at a time: one column of them stays in the processor's cache until it has been counted. Measured with
# seven columns: with half as many, counting took a twentieth longer, with twice as many no less.
BATCH = 1 << 17
# Batches that are unpacked before they are asked for: both cores are busy, and memory stays small.
_AHEAD = 4
# What is unpacked ahead is a whole row group: of so many bytes at most.
_MOST_AHEAD = 64 << 20
_CODE = 4
_BLOCK = 4 << 20
_AGAIN = "Export it again."


class _Broken(Exception):
    """Why reading a file ended: the problem and the repair."""


def batches(
    file: RawFile,
    columns: Sequence[str],
    findings: Findings,
    progress: Callable[[int], None],
    *,
    ahead: bool = True,
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The file's rows in order: the number of a batch's first row, from 1, and ``columns`` of the batch.

    What is wrong with the file itself goes into ``findings`` and ends it. ``progress`` is told of bytes as
    they are read. ``ahead``: the next rows of a Parquet file are unpacked meanwhile; not where only the first
    are wanted.
    """
    try:
        if file.kind == "parquet":
            yield from _parquet(file, columns, progress, ahead=ahead)
        else:
            yield from _csv(file, columns, findings, progress)
    except _Broken as broken:
        findings.add(file.path.name, "", *broken.args)
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        # What pyarrow says can quote a row, so it is not passed on, nor chained.
        findings.add(file.path.name, "", "It cannot be read to its end.", _AGAIN)


def _parquet(
    file: RawFile, columns: Sequence[str], progress: Callable[[int], None], *, ahead: bool
) -> Iterator[tuple[int, pa.RecordBatch]]:
    metadata = file.metadata
    if metadata is None:
        raise ValueError("a Parquet file is looked at before it is read")
    schema = metadata.schema.to_arrow_schema()
    # Texts come as codes into a short list, so that no text is built for any row.
    texts = [name for name in columns if _is_text(schema.field(name).type)]
    groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    sizes = (max(_CODE * len(columns) * group.num_rows, group.total_byte_size) for group in groups)
    source = _ahead if ahead and max(sizes, default=0) <= _MOST_AHEAD else _one_by_one
    rows, done, told = max(1, metadata.num_rows), 0, 0
    for batch in source(file, list(columns), texts):
        if not batch.num_rows:
            continue
        yield done + 1, batch
        done += batch.num_rows
        now = file.size * min(done, rows) // rows
        progress(now - told)
        told = now
    if done != metadata.num_rows:
        raise _Broken("It holds another number of rows than it says.", _AGAIN)


def _ahead(file: RawFile, columns: list[str], texts: list[str]) -> Iterator[pa.RecordBatch]:
    """Batches of rows that pyarrow's own threads unpack, row group by row group, before they are asked for.

    Measured with two cores: a seventh faster than two threads of ours with a row group each, which waited for
    one another and, with few row groups, for the last one.
    """
    # It loads pandas, which every command would wait for.
    import pyarrow.dataset as ds  # noqa: PLC0415 - see above

    form = ds.ParquetFileFormat(read_options=ds.ParquetReadOptions(dictionary_columns=texts))
    part = form.make_fragment(str(file.path), filesystem=LocalFileSystem())
    if not part.metadata.equals(file.metadata):
        raise _Broken("It changed while it was read.", _AGAIN)
    scanner = part.scanner(columns=columns, batch_size=BATCH, batch_readahead=_AHEAD, use_threads=True)
    yield from scanner.to_batches()


def _one_by_one(file: RawFile, columns: list[str], texts: list[str]) -> Iterator[pa.RecordBatch]:
    """Batches of rows that are unpacked when they are asked for, so that no row group is held whole."""
    with pq.ParquetFile(file.path, metadata=file.metadata, read_dictionary=texts) as reader:
        for batch in reader.iter_batches(BATCH, columns=columns, use_threads=True):
            yield batch.select(columns)


def _is_text(found: pa.DataType) -> bool:
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def _csv(
    file: RawFile, columns: Sequence[str], findings: Findings, progress: Callable[[int], None]
) -> Iterator[tuple[int, pa.RecordBatch]]:
    names, name = list(columns), file.path.name
    ragged: list[int] = []

    def note(row: pa_csv.InvalidRow) -> str:
        # Its text is never looked at. Row 1 of pyarrow is the heading.
        ragged.append((row.number or 2) - 1)
        return "skip"

    with _Watched(file.path, progress) as watched:
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
