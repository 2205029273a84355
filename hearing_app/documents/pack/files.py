"""Tables as files: CSV and XLSX for spreadsheets, JSON Lines and Parquet for programs, row by row.

In CSV and XLSX no text acts as a formula (``exports.safe_cell``); JSON Lines and Parquet hold every sign as
it is published. A hundred thousand comments never stand in memory together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from hearing_app.documents.exports import csv_rows
from hearing_app.documents.pack.tables import FLAG, INTEGER, MOMENT, NUMBER, TEXT, Cell, Table
from hearing_app.documents.text import visible

_BATCH = 2_000
# A sheet of Excel has room for 1,048,576 rows and 32,767 signs in a cell.
MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767
_ARROW = {
    TEXT: pa.string(),
    INTEGER: pa.int64(),
    NUMBER: pa.float64(),
    FLAG: pa.bool_(),
    MOMENT: pa.timestamp("us", tz="UTC"),
}
Told = Callable[[str, int], None]


def nobody(_what: str, _done: int) -> None:
    """Hear how far a long piece of work is, and say nothing."""


def csv_of(table: Table, told: Told = nobody) -> Iterator[bytes]:
    """Yield a table as RFC 4180 CSV with a byte order mark, some rows at a time."""
    yield b"\xef\xbb\xbf" + csv_rows([[column.name for column in table.columns]])
    for done, rows in _batches(table):
        yield csv_rows([_for_people(cell) for cell in row] for row in rows)
        told(table.name, done)


def jsonl_of(table: Table, told: Told = nobody) -> Iterator[bytes]:
    """Yield a table as JSON Lines: every text exactly as it is published, moments as ISO 8601 in UTC."""
    names = [column.name for column in table.columns]
    for done, rows in _batches(table):
        lines = (
            json.dumps(dict(zip(names, map(_as_json, row), strict=True)), ensure_ascii=False, allow_nan=False)
            for row in rows
        )
        yield "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
        told(table.name, done)


def write_parquet(table: Table, file: Path, told: Told = nobody) -> None:
    """Write a table as a Parquet file with typed columns; each column's meaning is in its metadata."""
    schema = pa.schema(
        [
            pa.field(column.name, _ARROW[column.kind], metadata={"meaning": column.meaning})
            for column in table.columns
        ],
        metadata={"table": table.name, "row": table.row},
    )
    with pq.ParquetWriter(file, schema, compression="zstd") as written:
        for done, rows in _batches(table):
            columns = [
                pa.array([row[place] for row in rows], type=field.type) for place, field in enumerate(schema)
            ]
            written.write_batch(pa.record_batch(columns, schema=schema))
            told(table.name, done)


def write_workbook(tables: Iterable[Table], file: Path, told: Told = nobody) -> None:
    """Write tables as sheets of one workbook, with a sheet that says what each column means.

    Cells are typed: a text is never a formula or a link. A text that is longer than a cell can be is cut
    there and says so; the other forms hold it whole.
    """
    tables = list(tables)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd hh:mm:ss",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(str(file), options) as book:
        bold = book.add_format({"bold": True})
        meanings = book.add_worksheet("columns")
        for place, width in enumerate((16, 22, 10, 90)):
            meanings.set_column(place, place, width)
        _line(meanings, 0, ("table", "column", "kind", "meaning"), bold)
        line = 1
        for table in tables:
            for column in table.columns:
                _line(meanings, line, (table.name, column.name, column.kind, column.meaning))
                line += 1
        for table in tables:
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 1)
            for place, column in enumerate(table.columns):
                sheet.set_column(place, place, 60 if column.name in {"concern", "text"} else 18)
            _line(sheet, 0, [column.name for column in table.columns], bold)
            for done, rows in _batches(table):
                for row_number, row in enumerate(rows, done - len(rows) + 1):
                    if row_number <= MOST_ROWS:
                        _line(sheet, row_number, row)
                told(table.name, done)


def _line(sheet: Worksheet, line: int, row: Sequence[Cell], form: object = None) -> None:
    for place, cell in enumerate(row):
        if cell is None:
            continue
        if isinstance(cell, bool):
            sheet.write_boolean(line, place, cell, form)
        elif isinstance(cell, str):
            sheet.write_string(line, place, _fitting(visible(cell)), form)
        elif isinstance(cell, datetime):
            sheet.write_datetime(line, place, cell.astimezone(UTC))
        else:
            sheet.write_number(line, place, cell, form)


def _fitting(text: str) -> str:
    if len(text) <= LONGEST_CELL:
        return text
    mark = f" [cut after {LONGEST_CELL - 60} of {len(text)} signs; the CSV holds all]"
    return text[: LONGEST_CELL - 60] + mark


def _batches(table: Table) -> Iterator[tuple[int, list[Sequence[Cell]]]]:
    """Yield the rows some at a time, with how many there were so far."""
    rows, done = table.rows(), 0
    while part := list(islice(rows, _BATCH)):
        done += len(part)
        yield done, part


def _for_people(cell: Cell) -> str | int | float | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return str(_as_json(cell))
    return visible(cell) if isinstance(cell, str) else cell


def _as_json(cell: Cell) -> str | int | float | None:
    return cell.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(cell, datetime) else cell
