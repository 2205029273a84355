"""No text of a hearing pack is a formula: hostile words in every column that takes words, read by others."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, func, insert, select, update

from hearing_app.deployment import Deployment
from hearing_app.documents.pack.bundle import write_bundle
from hearing_app.documents.pack.whole import write_pack
from hearing_app.documents.pack.workbook import LONGEST_CELL
from hearing_app.documents.polis import read_conversation
from hearing_app.documents.text import visible
from hearing_app.hearings.agenda.reading import Arrangement, Item, ItemKind
from hearing_app.hearings.demonstration.filling import HEARING, REHEARSAL, fill
from hearing_app.hearings.hearing import hearing_of
from hearing_app.registry.text import Line
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import (
    agenda_version,
    comment,
    hearing_answer,
    ledger,
    ledger_content,
    ledger_private,
    minute,
    statement,
    theme,
    theme_comment,
)
from tests.hostile import PAYLOADS
from tests.hostile_formulas import FORMULAS, READERS, Save, starts_a_formula

pytestmark = pytest.mark.promise("S2")
Measure = Callable[[str, float | int | str], None]
Cells = list[list[str]]

# Beside what other tables are tried with: long ones, many parts, quotes that end a cell, what hides a sign.
MORE = (
    "=" + "A1+" * 9_000 + "1",
    "=1+1;" * 40,
    "words " * 6_000 + "\n=1+1",
    'a";=1+1;"b',
    'a"\n"=1+1',
    '";=1+1',
    "'=1+1",
    "''=1+1",
    '"=1+1"',
    "\u2066=1+1\u2069",
    "\u2060=1+1",
    "\u00ad=1+1",
    "\u200e\u200f=1+1",
    "\u2028=1+1",
    "\u2029=1+1",
    "a\x0b=1+1",
    "a\x0c=1+1",
    "a\x85=1+1",
    "a\u2028=1+1",
    "=cmd|' /C calc'!'A1'",
    "+DDE(\"cmd\";\"/C calc\";\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\uff1dHYPERLINK(\"https://beacon.example/\")",
    "of:=SUM([.A1])",
    "https://beacon.example/p",
    "2026-11-23",
    "1e5",
    "TRUE",
    "_x003D_1+1",
)  # fmt: skip
# A text cell of a database has no place for the sign that ends it.
TEXTS = tuple(dict.fromkeys(text for text in (*FORMULAS, *MORE, *PAYLOADS) if "\0" not in text))
WORDS = ("concern", "value_seen", "ask", "target_detail")
# LibreOffice loses a sign of a text of several lines about here when it reads a CSV, and cuts the rest later.
MOST_GIVEN_BACK = 16_000
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


def _text(place: int) -> str:
    return TEXTS[place % len(TEXTS)]


def _fill_with_texts(db: Connection, like: str) -> None:
    """Put every text into every column that takes words, past everything that would refuse it there.

    Comments are made ``like`` one that is published; each text has one of its own, a theme and a statement.
    """
    row = db.execute(select(comment).where(comment.c.comment_id == like)).one()._asdict()
    seq = db.execute(select(func.min(ledger.c.seq))).scalar_one()
    at, ids = row["submitted_at"], [f"C-2026-{9_000_000 + place}" for place in range(len(TEXTS))]
    comments, themes, statements, minutes = [], [], [], []
    for place, comment_id in enumerate(ids):
        # Every column has another text in the same row: what follows one does not begin as it does.
        said = {name: _text(place + step) for step, name in enumerate(WORDS)}
        comments.append(
            row
            | said
            | {
                **{"comment_id": comment_id, "receipt_key": f"{place:064d}", "consent": "text_and_name"},
                **{
                    "display_name": _text(place + 5),
                    "reason_note": _text(place + 6),
                    "standing": [_text(place)],
                },
                "evidence": [{"url": "https://example.org/", "title": _text(place + 7)}],
                "pinned": {name: _text(place + 8) for name in ("query", "version", "sentence")},
                "submitted_at": at + timedelta(seconds=place),
            }
        )
        own = {"hearing_id": HEARING, "number": 1_000 + place, "seq": seq}
        themes.append(own | {"name": _text(place), "made_at": at})
        statements.append(
            own
            | {"text": _text(place), "language": "en", "comment_id": comment_id, "in_own_words": True}
            | {"added_at": at, "added_by": "facilitator:x"}
        )
        minutes.append(
            own
            | {"kind": "decision", "text": _text(place), "owner": _text(place + 1), "comment_ids": []}
            | {"due_on": date(2026, 11, 23), "at": at, "actor": "facilitator:x"}
        )
    for table, rows in ((comment, comments), (theme, themes), (statement, statements), (minute, minutes)):
        db.execute(insert(table), rows)
    members = [
        {"hearing_id": HEARING, "number": one["number"], "comment_id": comment_id, "seq": seq}
        for one, comment_id in zip(themes, ids, strict=True)
    ]
    db.execute(insert(theme_comment), members)
    _fill_the_rest(db, seq, at)


def _fill_the_rest(db: Connection, seq: int, at: datetime) -> None:
    """Put texts into the answers, the agenda, and the events that a moderation log is made of."""
    for place, answer_id in enumerate(db.execute(select(hearing_answer.c.answer_id)).scalars().all()):
        of_it = hearing_answer.c.answer_id == answer_id
        db.execute(update(hearing_answer).where(of_it).values(text=_text(place), agency=_text(place)[:80]))
    items = [
        Item(id=number, title=title, kind=ItemKind.OTHER, minutes=5)
        for number, title in enumerate(_lines(), 1)
    ]
    document = Arrangement(items=tuple(items)).model_dump_json()
    version = {"version": 1, "document": document, "sha256": "0" * 64, "note": "", "actor": "facilitator:x"}
    db.execute(insert(agenda_version).values(hearing_id=HEARING, at=at, seq=seq, **version))
    decided = select(ledger.c.seq).where(ledger.c.kind == "comment.published")
    for place, event in enumerate(db.execute(decided).scalars().all()):
        content = json.dumps(
            {"authority": _text(place), "reason": _text(place + 1), "because": _text(place + 2)}
        )
        of_content, of_note = ledger_content.c.seq == event, ledger_private.c.seq == event
        db.execute(update(ledger_content).where(of_content).values(content=content))
        note = json.dumps({"note": _text(place + 3)})
        if db.execute(update(ledger_private).where(of_note).values(content=note)).rowcount == 0:
            db.execute(insert(ledger_private).values(seq=event, salt=b"0" * 32, content=note))


def _lines() -> Iterator[str]:
    """Yield some of the texts that an item of an agenda may have for its title."""
    line = TypeAdapter[str](Line)

    def fits(text: str) -> bool:
        try:
            return line.validate_python(text) == text
        except ValidationError:
            return False

    return islice(filter(fits, TEXTS), 50)


@pytest.fixture
def pack(house: Deployment, tmp_path: Path) -> Path:
    """A folder with the files of a pack, and in "open" the open data once the hearing has closed."""
    fill(house.engine, house.key, number=20, voters=40)
    with writing(house.engine) as db:
        like = select(comment.c.comment_id).where(comment.c.state == "published").limit(1)
        _fill_with_texts(db, db.execute(like).scalar_one())
    folder = tmp_path / "pack"
    with reading(house.engine) as db:
        write_pack(db, REHEARSAL, HEARING, tmp_path / "p.zip", base="", checkpoint="x")
        now = datetime.now(UTC)
        closed = hearing_of(db, HEARING).model_copy(
            update={
                "title": FORMULAS[0],
                **{"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)},
            }
        )
        write_bundle(db, closed, tmp_path / "b.zip", base="", checkpoint="x")
    for name, into in (("p.zip", folder), ("b.zip", folder / "open")):
        with zipfile.ZipFile(tmp_path / name) as archive:
            archive.extractall(into)
    return folder


def _tables(pack: Path) -> list[Path]:
    found = [pack / "comments.csv", *sorted((pack / "open").glob("*/*.csv"))]
    # The public tables, those of Pol.is, and the facilitators' comments.
    assert len(found) > 10
    return found


def _read(file: Path, separator: str = ",") -> Cells:
    return list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline=""), delimiter=separator))


def _without_guards(text: str) -> str:
    return text.replace("'", "")


def test_there_are_five_hundred() -> None:
    assert len(TEXTS) >= 500


@pytest.fixture(autouse=True)
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(10_000_000)
    yield
    csv.field_size_limit(before)


def test_no_cell_of_a_pack_is_a_formula_and_all_forms_hold_the_same_rows(
    pack: Path, measure: Measure
) -> None:
    read = 0
    for file in _tables(pack):
        for separator in ",;\t":
            cells = [cell for row in _read(file, separator) for cell in row]
            fires = [cell for cell in cells if starts_a_formula(cell) and not NUMBER.fullmatch(cell)]
            assert fires[:5] == [], f"{file.name} with {separator!r}"
            read += len(cells)
        if file.with_suffix(".jsonl").exists():
            lines = [
                json.loads(line) for line in file.with_suffix(".jsonl").read_text("utf-8").split("\n")[:-1]
            ]
            parquet = pq.read_table(file.with_suffix(".parquet"))
            assert len(_read(file)) - 1 == len(lines) == parquet.num_rows, file.name
    lines = [json.loads(line) for line in (pack / "comments.jsonl").read_text("utf-8").split("\n")[:-1]]
    book = openpyxl.load_workbook(pack / "workbook.xlsx")
    head, *rows = _read(pack / "comments.csv")
    sheet = list(book["comments"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(lines) == len(sheet) == len(TEXTS) + 20
    for name in WORDS:
        column = [line[name] for line in lines if line["comment_id"].startswith("C-2026-9000")]
        assert set(column) <= set(TEXTS)
        place = head.index(name)
        for line, row, cells in zip(lines, rows, sheet, strict=True):
            seen = visible(line[name])
            assert _without_guards(row[place]) == _without_guards(seen)
            if len(seen) <= LONGEST_CELL:
                assert (cells[place] or "").replace("_x005F_", "_") == seen
    kinds = {
        cell.data_type for one in book for row in one.iter_rows() for cell in row if cell.value is not None
    }
    assert "f" not in kinds
    assert not [cell for one in book for row in one.iter_rows() for cell in row if cell.hyperlink]
    _check_polis(pack)
    measure("hostile texts in a pack", len(TEXTS))
    measure("cells of a pack in CSV", read)


def _check_polis(pack: Path) -> None:
    files = {file.name: file.read_text("utf-8") for file in (pack / "open" / "polis").iterdir()}
    found = read_conversation(files)
    assert found.topic == FORMULAS[0]
    said = [found.statements[1_000 + place] for place in range(len(TEXTS))]
    # An apostrophe that somebody wrote before such a sign cannot be told from one that the file put there.
    seen = [(visible(text), one) for text, one in zip(TEXTS, said, strict=True)]
    assert [text for text, one in seen if text != one and "'" not in text] == []


def test_libreoffice_finds_no_formula_in_a_pack(
    soffice: Save, pack: Path, tmp_path: Path, measure: Measure
) -> None:
    seen = compared = 0
    found = []
    for number, reader in enumerate(READERS):
        # Each file is saved by its name alone, so that no two of them may have the same.
        folder = tmp_path / f"reader-{number}"
        folder.mkdir()
        tables = {folder / f"{number}-{file.parent.name}-{file.name}": file for file in _tables(pack)}
        for copy, file in tables.items():
            shutil.copyfile(file, copy)
        for saved, file in zip(soffice(tables, reader), tables.values(), strict=True):
            sheet = openpyxl.load_workbook(saved).active
            every = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
            seen += len(every)
            found += [
                f"{saved.name} {cell.value}" for cell in every if cell.data_type == "f" or cell.hyperlink
            ]
            if number == 0:
                rows = _read(file)
                assert sheet.max_row == len(rows), file
                for row, cells in zip(rows, sheet.iter_rows(values_only=True), strict=True):
                    for said, cell in zip(row, cells, strict=True):
                        if isinstance(cell, str) and cell != said:
                            assert _same(said, cell), (file.name, said[:80], cell[:80])
                        compared += isinstance(cell, str)
    [saved] = soffice([pack / "workbook.xlsx"], "")
    book, again = openpyxl.load_workbook(pack / "workbook.xlsx"), openpyxl.load_workbook(saved)
    assert book.sheetnames == again.sheetnames
    for name in book.sheetnames:
        assert book[name].max_row == again[name].max_row
        for row, others in zip(book[name].iter_rows(), again[name].iter_rows(), strict=True):
            for cell, other in zip(row, others, strict=True):
                seen += other.value is not None
                # LibreOffice has no flags: it saves each as the formula that gives it.
                is_flag = isinstance(cell.value, bool) and other.value == f"={str(cell.value).upper()}()"
                if (other.data_type == "f" and not is_flag) or other.hyperlink:
                    found.append(f"{name} {other.value}")
                if isinstance(cell.value, str):
                    assert _same(cell.value, str(other.value)), (name, cell.coordinate)
                    compared += 1
    assert found[:5] == []
    assert compared > 10 * len(TEXTS)
    measure("cells of a pack that LibreOffice read", seen)
    measure("texts of a pack that LibreOffice gave back", compared)


def _same(said: str, cell: str) -> bool:
    """Whether a cell holds a text as it was written; of long ones, as much as comes back."""
    said, cell = said.replace("_x005F_", "_"), cell.replace("_x005F_", "_")
    if len(said) > MOST_GIVEN_BACK:
        return said[:MOST_GIVEN_BACK] == cell[:MOST_GIVEN_BACK]
    return said == cell
