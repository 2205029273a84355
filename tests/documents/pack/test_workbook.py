"""The workbook: two other programs read what was written, and the same rows give the same bytes."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hearing_app.documents.pack import workbook
from hearing_app.documents.pack.files import write_table
from hearing_app.documents.pack.tables import FLAG, INTEGER, MOMENT, NUMBER, TEXT, Cell, Column, Table
from hearing_app.documents.pack.workbook import LONGEST_CELL, Workbook
from hearing_app.documents.text import visible

AT = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)
KINDS = (TEXT, INTEGER, NUMBER, FLAG, MOMENT)
COLUMNS = tuple(Column(f"a {kind}", kind, f"What <{kind}> & co. mean.") for kind in KINDS)


def _write(file: Path, rows: list[tuple[Cell, ...]]) -> Path:
    table = Table("rows", "One row.", COLUMNS, lambda: iter(rows))
    with Workbook(file, [table], at=AT) as book, book.sheet(table) as form:
        write_table(table, [form])
    return file


def test_every_kind_of_cell_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows: list[tuple[Cell, ...]] = [
        ("  two lines\nand <b>&amp; a tab\t ", 7, 0.1, True, AT),
        ("=1+1", -3, 1e-9, False, AT + timedelta(microseconds=499_000)),
        ("many", 10**15, 12.5, None, None),
        ("", None, None, None, datetime(1970, 1, 1, tzinfo=UTC)),
    ]
    file = _write(tmp_path / "w.xlsx", rows)
    book = load_workbook(file)
    assert book.sheetnames == ["columns", "rows"]
    meanings = list(book["columns"].values)
    assert meanings[0] == ("table", "column", "kind", "meaning")
    assert meanings[1:] == [("rows", one.name, one.kind, one.meaning) for one in COLUMNS]
    sheet = book["rows"]
    assert sheet.freeze_panes == "B2"
    for row, read in zip(rows, list(sheet.iter_rows(min_row=2)), strict=True):
        text, integer, number, flag, moment = read
        assert (text.value or "") == row[0]
        assert text.data_type != "f"
        assert (integer.value, number.value, flag.value) == row[1:4]
        if row[4] is None:
            assert moment.value is None
        else:
            assert isinstance(row[4], datetime)
            assert moment.is_date
            assert abs(moment.value.replace(tzinfo=UTC) - row[4]) < timedelta(milliseconds=2)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_text_is_read_as_people_see_it(tmp_path: Path, texts: list[str]) -> None:
    file = _write(tmp_path / "w.xlsx", [(text, 1, None, None, None) for text in texts])
    # A program has to read "_x005F_" as an underscore; this one does not.
    read = [
        (row[0].value or "").replace("_x005F_", "_")
        for row in load_workbook(file)["rows"].iter_rows(min_row=2)
    ]
    assert read == [visible(text) for text in texts]


def test_a_text_that_no_cell_holds_is_cut_and_says_so(tmp_path: Path) -> None:
    long = "word " * 10_000
    file = _write(tmp_path / "w.xlsx", [(long, 1, 1.0, True, AT)])
    [read] = [row[0].value for row in load_workbook(file)["rows"].iter_rows(min_row=2)]
    assert len(read) <= LONGEST_CELL
    assert read.endswith("of 50000 signs; the CSV holds all]")


def test_rows_beyond_the_last_one_of_a_sheet_are_said_to_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    file = _write(tmp_path / "w.xlsx", [(f"row {number}", number, None, None, None) for number in range(5)])
    book = load_workbook(file)
    assert [row[0] for row in book["rows"].iter_rows(min_row=2, values_only=True)] == [
        "row 0",
        "row 1",
        "[3 more rows find no place in a sheet]",
    ]


def test_a_number_that_is_none_has_no_cell(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no number"):
        _write(tmp_path / "w.xlsx", [("", 1, float("nan"), None, None)])


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows: list[tuple[Cell, ...]] = [("one", 1, 1.5, True, AT)]
    assert _write(tmp_path / "a.xlsx", rows).read_bytes() == _write(tmp_path / "b.xlsx", rows).read_bytes()


def test_sheets_come_in_the_order_that_was_said(tmp_path: Path) -> None:
    tables = [Table(name, "", COLUMNS, lambda: iter(())) for name in ("one", "two")]
    with (
        Workbook(tmp_path / "w.xlsx", tables, at=AT) as book,
        pytest.raises(ValueError, match="one, not two"),
        book.sheet(tables[1]),
    ):
        pass


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_workbook(tmp_path: Path) -> None:
    file = _write(tmp_path / "w.xlsx", [("=1+1", 7, 0.5, True, AT), ("a & _x0041_", 8, None, None, None)])
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/own", "--headless", "--convert-to"]
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    subprocess.run([*command, form, "--outdir", str(tmp_path), str(file)], check=True, capture_output=True)
    [read] = tmp_path.glob("w*.csv")
    rows = list(csv.reader(read.read_text("utf-8").splitlines()))
    assert rows[1] == ["=1+1", "7", "0.5", "TRUE", "2026-11-23 12:00:01"]
    assert rows[2][:2] == ["a & _x0041_", "8"]
