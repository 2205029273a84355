"""No text of a table is a formula: 500 of them, read as a spreadsheet reads them, and by a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hearing_app.documents.audit_files import audit_csv
from hearing_app.documents.exports import COLUMNS, csv_bytes, write_export
from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.selection import parse_selection
from hearing_app.hearings.comments.comment import Comment
from tests.hostile import PAYLOADS
from tests.hostile_formulas import FORMULAS, READERS, Save, starts_a_formula
from tests.hostile_register import write_house
from tests.scale import scale

pytestmark = pytest.mark.promise("S2")
MakeComment = Callable[..., Comment]
Measure = Callable[[str, float | int | str], None]

TEXTS = ("concern", "value_seen", "ask", "display_name", "reason_note", "language_declared")


def test_there_are_five_hundred() -> None:
    assert len(set(FORMULAS)) >= 500


@pytest.fixture
def comments(written: MakeComment) -> list[Comment]:
    return [
        written(
            **dict.fromkeys(TEXTS, formula),
            evidence=[{"url": "https://example.org/", "title": formula}],
            pinned={"query": formula, "version": formula, "sentence": formula},
            system_version=-7,
            language_confidence=-0.25,
        )
        for formula in FORMULAS
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay(
    comments: list[Comment], measure: Measure, separator: str
) -> None:
    text = write_export(comments, "csv").decode("utf-8-sig")
    # With another separator than its own, a file falls apart at every line: each part is a cell then.
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    cells = [cell for row in rows[1:] for cell in row]
    numbers = {"-7", "-0.25"}
    assert [cell for cell in cells if starts_a_formula(cell) and cell not in numbers][:5] == []
    if separator == ",":
        assert {row[COLUMNS.index("system_version")] for row in rows[1:]} == {"-7"}
        assert {row[COLUMNS.index("language_confidence")] for row in rows[1:]} == {"-0.25"}
        measure("formulas in CSV", len(rows) - 1)


def test_every_text_of_an_xlsx_is_typed_as_text(comments: list[Comment], measure: Measure) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_export(comments, "xlsx")))["Comments"]
    kinds = {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}
    for name in ("system_version", "language_confidence"):
        column = [row[COLUMNS.index(name)].value for row in sheet.iter_rows(min_row=2)]
        assert set(column) == {-7 if name == "system_version" else -0.25}
    measure("formulas in XLSX", sheet.max_row - 1)


def test_the_machines_file_gives_every_text_back_exactly(comments: list[Comment]) -> None:
    lines = write_export(comments, "jsonl").decode().split("\n")[:-1]
    read: list[dict[str, Any]] = [json.loads(line) for line in lines]
    for name in TEXTS:
        assert [one[name] for one in read] == FORMULAS
    assert [one["evidence"][0]["title"] for one in read] == FORMULAS


def test_no_value_of_an_audit_is_a_formula(tmp_path: Path) -> None:
    write_house(tmp_path, PAYLOADS, scale(2, 12), values=FORMULAS)
    catalogue = Catalogue(tmp_path / "datasets")
    try:
        for name in catalogue.ids():
            dataset = catalogue.dataset(name)
            found = audit(catalogue, parse_selection(dataset, [("by", "kind")]))
            rows = list(csv.DictReader(io.StringIO(audit_csv(found).decode("utf-8-sig"), newline="")))
            texts = [row[column] for row in rows for column in ("kind", "metric", "dataset")]
            assert [text for text in texts if starts_a_formula(text)] == []
            assert len(texts) > 20
            # A difference below zero is a number and stays one.
            assert all(float(row["difference"]) <= 1 for row in rows if row["difference"])
    finally:
        catalogue.close()


@pytest.mark.parametrize(
    ("form", "reader"),
    [*(("csv", reader) for reader in READERS), ("xlsx", "")],
)
def test_libreoffice_finds_no_formula(  # noqa: PLR0917 - fixtures
    comments: list[Comment],
    soffice: Save,
    tmp_path: Path,
    measure: Measure,
    form: str,
    reader: str,
) -> None:
    file = tmp_path / f"comments-{form}.{form}"
    file.write_bytes(write_export(comments, form))
    [saved] = soffice([file], reader)
    sheet = openpyxl.load_workbook(saved).active
    found = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert found == []
    assert sheet.max_row > len(FORMULAS)
    measure(f"cells that LibreOffice read in {form}", sheet.max_row * sheet.max_column)


def test_libreoffice_would_find_a_formula(soffice: Save, tmp_path: Path) -> None:
    file = tmp_path / "formula.csv"
    file.write_text("a\n=1+1\n")
    [saved] = soffice([file], READERS[0])
    sheet = openpyxl.load_workbook(saved).active
    assert [cell.data_type for row in sheet.iter_rows() for cell in row] == ["s", "f"]


def test_a_cell_that_is_text_already_is_not_touched() -> None:
    assert csv_bytes(["a"], [["1.5"], [-1.5]]).decode("utf-8-sig") == "a\r\n1.5\r\n-1.5\r\n"
