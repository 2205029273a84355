"""Tables as files: CSV for spreadsheets, JSON Lines and Parquet for programs, all in one pass over the rows.

The rows are read once, some at a time, and every form takes them as they come: a hundred thousand comments
never stand in memory together, nor are they read once for each form. In CSV (and in ``workbook``) no text
acts as a formula; JSON Lines and Parquet hold every sign as it is published.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from hearing_app.documents.exports import safe_cell
from hearing_app.documents.pack.tables import FLAG, INTEGER, MOMENT, NUMBER, TEXT, Cell, Table
from hearing_app.documents.text import visible

_BATCH = 2_000
FORMS = ("csv", "jsonl", "parquet")
_ARROW = {
    TEXT: pa.string(),
    INTEGER: pa.int64(),
    NUMBER: pa.float64(),
    FLAG: pa.bool_(),
    MOMENT: pa.timestamp("us", tz="UTC"),
}
Told = Callable[[str, int], None]
T = TypeVar("T")


def nobody(_what: str, _done: int) -> None:
    """Hear how far a long piece of work is, and say nothing."""


class Batch:
    """Some rows of a table, by columns: as they are, and as people read them, made once for all.

    ``first`` is the number of its first row, counted from 1.
    """

    def __init__(self, table: Table, rows: Sequence[Sequence[Cell]], first: int) -> None:
        self.first = first
        self.kinds = [column.kind for column in table.columns]
        self.columns: list[Sequence[Cell]] = list(zip(*rows, strict=True))
        self._visible: list[Sequence[Cell]] | None = None

    @property
    def for_people(self) -> list[Sequence[Cell]]:
        """The columns without the signs that hide or turn something; what is no text stays as it is."""
        if self._visible is None:
            self._visible = [
                each(kind, column, _as_read) if kind == TEXT else column
                for kind, column in zip(self.kinds, self.columns, strict=True)
            ]
        return self._visible


Form = Callable[[Batch], None]


def write_table(table: Table, forms: Iterable[Form], told: Told = nobody) -> None:
    """Read the rows of a table once, and give them to every form."""
    takers, rows, done = list(forms), table.rows(), 0
    while part := list(islice(rows, _BATCH)):
        batch = Batch(table, part, done + 1)
        for taker in takers:
            taker(batch)
        done += len(part)
        told(table.name, done)


def each(kind: str, column: Sequence[Cell], made: Callable[[Cell], T]) -> list[T]:
    """Return what is made of each cell of a column, once for texts and moments that are the same."""
    if kind not in {TEXT, MOMENT}:
        # Python takes 1, 1.0 and True for the same, and no form does.
        return [made(cell) for cell in column]
    known = {cell: made(cell) for cell in set(column)}
    return [known[cell] for cell in column]


@contextmanager
def forms_in(folder: Path, table: Table, endings: Sequence[str] = FORMS) -> Iterator[list[Form]]:
    """Give the forms of a table that write "comments.csv" and the like into a folder, and end them."""
    with ExitStack() as ending:
        yield [
            ending.enter_context(_FORM_OF[name](table, folder / f"{table.name}.{name}")) for name in endings
        ]


@contextmanager
def csv_form(table: Table, file: Path) -> Iterator[Form]:
    """Give a form that writes RFC 4180 CSV with a byte order mark."""

    def take(batch: Batch) -> None:
        columns = [
            each(kind, column, _for_sheet) for kind, column in zip(batch.kinds, batch.for_people, strict=True)
        ]
        written.write(_csv(zip(*columns, strict=True)))

    with file.open("wb") as written:
        written.write(b"\xef\xbb\xbf" + _csv([[column.name for column in table.columns]]))
        yield take


@contextmanager
def jsonl_form(table: Table, file: Path) -> Iterator[Form]:
    """Give a form that writes JSON Lines: every text exactly as it is, moments as ISO 8601 in UTC."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    line = "{" + ", ".join(f"{encode(column.name)}: %s" for column in table.columns) + "}\n"

    def take(batch: Batch) -> None:
        columns = [
            each(kind, column, lambda cell: encode(_as_json(cell)))
            for kind, column in zip(batch.kinds, batch.columns, strict=True)
        ]
        lines = "".join(line % cells for cells in zip(*columns, strict=True))
        written.write(lines.encode("utf-8", "surrogatepass"))

    with file.open("wb") as written:
        yield take


@contextmanager
def parquet_form(table: Table, file: Path) -> Iterator[Form]:
    """Give a form that writes Parquet with typed columns; each column's meaning is in its metadata."""
    schema = pa.schema(
        [
            pa.field(column.name, _ARROW[column.kind], metadata={"meaning": column.meaning})
            for column in table.columns
        ],
        metadata={"table": table.name, "row": table.row},
    )
    with pq.ParquetWriter(file, schema, compression="zstd") as written:

        def take(batch: Batch) -> None:
            columns = [
                pa.array(column, type=field.type) for column, field in zip(batch.columns, schema, strict=True)
            ]
            written.write_batch(pa.record_batch(columns, schema=schema))

        yield take


_FORM_OF = dict(zip(FORMS, (csv_form, jsonl_form, parquet_form), strict=True))


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _as_read(cell: Cell) -> Cell:
    # Most words are plain: nothing in printable ASCII is hidden, and looking for it takes most of the time.
    if type(cell) is str and cell.isascii() and cell.isprintable():
        return cell
    return visible(cell) if isinstance(cell, str) else cell


def _for_sheet(cell: Cell) -> str | int | float | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    # A line that begins with a letter or a digit, and holds no separator, is no formula in any spreadsheet.
    if type(cell) is str and cell[:1].isalnum() and cell.isascii() and cell.isprintable() and ";" not in cell:
        return cell
    return safe_cell(_as_json(cell))


def _as_json(cell: Cell) -> str | int | float | None:
    return cell.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(cell, datetime) else cell
