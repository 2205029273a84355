"""Comments to take away: CSV and XLSX for people, JSON Lines for programs.

In CSV and XLSX no text can act as a formula. In CSV, text that a spreadsheet would take for one gets a
leading apostrophe (OWASP ASVS 5.0, 1.2.10); numbers are never touched. XLSX cells are typed as text. Both
leave out the signs that hide or reverse something, as the pages do. JSON Lines holds every field exactly as
it was typed.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain, repeat
from types import MappingProxyType

import xlsxwriter

from hearing_app.documents.text import visible
from hearing_app.hearings.comments.comment import Comment
from hearing_app.record.checkpoint import in_one_line

FORMATS = ("csv", "xlsx", "jsonl")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
# What a spreadsheet may read as the start of a formula; full-width and small forms are compared as their
# ordinary ones, and the mathematical minus (U+2212) as a hyphen.
_FORMULA = frozenset("=+-@|%\u2212")
_ACTS_AT_ONCE = frozenset("\t\r\0")

_SEPARATORS = re.compile(r"([;\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029])")

Cell = str | int | float | None
# The record's signed checkpoint stands once, beside the first comment: it is about the file, not about one.
_CHECKPOINT = "record_checkpoint"
# The number of the slot in which a comment speaks; empty where it has none.
_SLOT = "slot"

COLUMNS = (
    "comment_id",
    "hearing_id",
    "system_id",
    "system_version",
    "state",
    "reason_id",
    "reason_note",
    "submitted_at",
    "state_at",
    "target",
    "target_detail",
    "comment_type",
    "concern",
    "value_seen",
    "ask",
    "stance",
    "standing",
    "display_name",
    "consent",
    "identity_basis",
    "speaking",
    "language",
    "language_declared",
    "language_detected",
    "language_detector",
    "language_confidence",
    "evidence",
    "pinned_selection",
    "pinned_data",
    "pinned_finding",
    _SLOT,
    _CHECKPOINT,
)


def write_export(
    comments: Iterable[Comment],
    form: str,
    checkpoint: str = "",
    slots: Mapping[str, int] = MappingProxyType({}),
) -> bytes:
    """Return the comments as one file in ``form`` ("csv", "xlsx" or "jsonl"), in the order given.

    ``checkpoint`` is that of the record from which they were read; it stands beside the first comment.
    ``slots`` gives the slots in which comments speak, by the comments' numbers.
    """
    signed = chain([checkpoint], repeat(""))
    if form == "jsonl":
        documents = (
            _document(one) | {_SLOT: slots.get(one.comment_id)} | ({_CHECKPOINT: text} if text else {})
            for one, text in zip(comments, signed, strict=False)
        )
        return b"".join(
            json.dumps(document, ensure_ascii=False, allow_nan=False).encode() + b"\n"
            for document in documents
        )
    rows = [
        [*_row(one), slots.get(one.comment_id), in_one_line(text) if text else ""]
        for one, text in zip(comments, signed, strict=False)
    ]
    return _csv(rows) if form == "csv" else _xlsx(rows)


def safe_cell(value: Cell) -> Cell:
    """Return a cell for CSV: text that looks like a formula begins with an apostrophe.

    Where a spreadsheet's own separator is a semicolon or a tab, as in much of Europe, quotes do not hold a
    cell together, and what follows a separator or a line break becomes the start of a cell of its own: so
    every such part is looked at.
    """
    if not isinstance(value, str):
        return value
    parts = _SEPARATORS.split(value)
    # Separators were captured, so they stand at the odd places and stay as they are.
    safe = "".join(part if place % 2 else _harmless(part) for place, part in enumerate(parts))
    return "'" + safe if value[:1] in _ACTS_AT_ONCE else safe


def _harmless(text: str) -> str:
    # Where a part begins with a quote, a program may take it, doubled as it is in the file, for an empty text
    # before what follows.
    seen = next((sign for sign in text if sign != '"' and unicodedata.category(sign)[0] not in "CZ"), "")
    return "'" + text if unicodedata.normalize("NFKC", seen)[:1] in _FORMULA else text


def as_typed(cell: str) -> str:
    """Return a cell of CSV as it was before ``safe_cell``: without the apostrophes that it put there.

    A text that was typed with such an apostrophe loses it, too: the two cannot be told apart.
    """
    whole = cell[1:] if cell[:1] == "'" and cell[1:2] in _ACTS_AT_ONCE else cell
    parts = _SEPARATORS.split(whole)
    return "".join(
        part[1:] if not place % 2 and part[:1] == "'" and _harmless(part[1:]) == part else part
        for place, part in enumerate(parts)
    )


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return an RFC 4180 file with a byte order mark, which spreadsheets need to read UTF-8."""
    return b"\xef\xbb\xbf" + csv_rows([columns]) + csv_rows(rows)


def csv_rows(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows of such a file, without what stands at its beginning."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    return csv_bytes(COLUMNS, rows)


def _xlsx(rows: Iterable[Sequence[Cell]]) -> bytes:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("Comments")
        sheet.freeze_panes(1, 1)
        heading, body = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        widths = {"concern": 60, "value_seen": 40, "ask": 40, "evidence": 40, "pinned_finding": 40}
        for place, name in enumerate(COLUMNS):
            sheet.set_column(place, place, widths.get(name, 18))
            sheet.write_string(0, place, name, heading)
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, value, body)
                elif value is not None:
                    sheet.write_number(line, place, value, body)
    return file.getvalue()


def _row(one: Comment) -> list[Cell]:
    pinned = one.pinned or {}
    special: dict[str, Cell] = {
        "submitted_at": _time(one.submitted_at),
        "state_at": _time(one.state_at),
        "standing": "; ".join(one.standing),
        "language": one.language,
        "evidence": "\n".join(" ".join(filter(None, (e["title"], e["url"]))) for e in one.evidence),
        "pinned_selection": pinned.get("query", ""),
        "pinned_data": pinned.get("version", ""),
        "pinned_finding": pinned.get("sentence", ""),
    }
    cells: list[Cell] = [special[name] if name in special else getattr(one, name) for name in COLUMNS[:-2]]
    return [visible(cell) if isinstance(cell, str) else cell for cell in cells]


def _document(one: Comment) -> dict[str, object]:
    return asdict(one) | {
        "language": one.language,
        "submitted_at": _time(one.submitted_at),
        "state_at": _time(one.state_at),
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
