"""A workbook (XLSX) written row by row, a sheet for each table: ECMA-376 Office Open XML, part 1, chapter 18.

A hearing with 100,000 comments has 5.6 million cells. The package that writes the smaller exports took half
of the time of a whole pack (profiled at 5,000 comments). What is needed of the format is little: texts,
numbers, moments and flags in typed cells. No cell holds a formula or a link, and the same rows give the same
bytes.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from hearing_app.documents.pack.files import Batch, Form, each
from hearing_app.documents.pack.tables import TEXT, Cell, Column, Table
from hearing_app.documents.pack.zipped import entry

# A sheet of Excel has room for 1,048,576 rows and 32,767 signs in a cell.
MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767
_WIDE = frozenset({"concern", "text"})
# Days are counted from here; the day that the year 1900 did not have is long before any moment of a hearing.
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=UTC)
# Excel reads "_x0041_" in a text as the sign with that number: an underscore in front of it is written so.
_NUMBERED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The formats of cells by their place: ordinary, bold, a moment.
_BOLD, _MOMENT = 1, 2
_STYLES = (
    f"{_HEAD}<styleSheet {_MAIN}>"
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
MEANINGS = "columns"
_MEANINGS = tuple(Column(name, TEXT, "") for name in ("table", "column", "kind", "meaning"))


class Workbook:
    """A workbook in the making: its first sheet says what each column means, then come the tables in order.

    A text is cut where it is longer than a cell can be, and says so; the other forms hold it whole.
    """

    def __init__(self, file: Path, tables: Sequence[Table], *, at: datetime) -> None:
        self._at, self._begun = at, 0
        self._sheets = [MEANINGS, *(table.name for table in tables)]
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        for name, text in _parts(self._sheets):
            with self._part(name) as written:
                written.write(text.encode())
        meanings = [
            (table.name, column.name, column.kind, column.meaning)
            for table in tables
            for column in table.columns
        ]
        whole = Table(MEANINGS, "", _MEANINGS, lambda: iter(meanings))
        with self.sheet(whole, widths=(16, 22, 10, 90)) as form:
            if meanings:
                form(Batch(whole, meanings, 1))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    @contextmanager
    def sheet(self, table: Table, *, widths: Sequence[int] = ()) -> Iterator[Form]:
        """Give the form of the next sheet, which has to be that of this table."""
        if self._sheets[self._begun] != table.name:
            raise ValueError(f"the next sheet is {self._sheets[self._begun]}, not {table.name}")
        self._begun += 1
        names = [column.name for column in table.columns]
        letters = [_letters(place) for place in range(len(names))]
        wide = widths or [60 if name in _WIDE else 18 for name in names]
        with self._part(f"xl/worksheets/sheet{self._begun}.xml") as written:
            written.write(_before(wide).encode())
            head = [_text(name, _BOLD) for name in names]
            written.write(_row(1, letters, head).encode())

            left_out = 0

            def take(batch: Batch) -> None:
                nonlocal left_out
                columns = [
                    each(kind, column, _cell)
                    for kind, column in zip(batch.kinds, batch.for_people, strict=True)
                ]
                every = list(zip(*columns, strict=True))
                # The head is the first row of the sheet; the last one says what finds no place.
                rows = every[: max(0, MOST_ROWS - batch.first)]
                left_out += len(every) - len(rows)
                text = "".join(_row(line, letters, row) for line, row in enumerate(rows, batch.first + 1))
                written.write(text.encode())

            yield take
            if left_out:
                said = _text(f"[{left_out} more rows find no place in a sheet]")
                written.write(_row(MOST_ROWS + 1, letters[:1], [said]).encode())
            written.write(b"</sheetData></worksheet>")

    @contextmanager
    def _part(self, name: str) -> Iterator[IO[bytes]]:
        with self._archive.open(entry(name, self._at), "w", force_zip64=True) as written:
            yield written


def _parts(sheets: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the parts that say what the workbook is made of, what the file is first."""
    numbered = list(enumerate(sheets, 1))
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number, _ in numbered
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{kinds}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in numbered
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
    )
    places = [("worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered]
    yield "xl/_rels/workbook.xml.rels", _relations([*places, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(places: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{place}"/>'
        for number, (kind, place) in enumerate(places, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _before(widths: Sequence[int]) -> str:
    """Return the beginning of a sheet: the first row and the first column stay in sight."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    return (
        f'{_HEAD}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">'
        '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
    )


def _row(line: int, letters: Sequence[str], cells: Sequence[str]) -> str:
    """Return a row; a cell that is empty is left out."""
    there = [f'<c r="{letter}{line}"{cell}' for letter, cell in zip(letters, cells, strict=True) if cell]
    return f'<row r="{line}">{"".join(there)}</row>'


def _cell(cell: Cell) -> str:
    """Return a cell from its kind on, whatever its place is."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, bool):
        return f' t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, datetime):
        days = (cell.astimezone(UTC) - _FIRST_DAY).total_seconds() / 86_400
        return f' s="{_MOMENT}"><v>{days:.11f}</v></c>'
    if not math.isfinite(cell):
        raise ValueError("a workbook has no cell for what is no number")
    return f"><v>{cell!r}</v></c>"


def _text(text: str, style: int = 0) -> str:
    if not text:
        return ""
    if len(text) > LONGEST_CELL:
        mark = f" [cut after {LONGEST_CELL - 60} of {len(text)} signs; the CSV holds all]"
        text = text[: LONGEST_CELL - 60] + mark
    kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    format_ = f' s="{style}"' if style else ""
    said = _NUMBERED.sub("_x005F_", escape(text, quote=False))
    return f'{format_} t="inlineStr"><is><t{kept}>{said}</t></is></c>'


def _letters(place: int) -> str:
    """Return the letters of a column, counted from 0: A to Z, then AA and on."""
    return (_letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
