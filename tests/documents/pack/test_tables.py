"""What is taken from a hearing: the forms say the same, counts add up, private things stay private."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.documents.exports import as_typed
from hearing_app.documents.pack.bundle import write_bundle
from hearing_app.documents.pack.files import forms_in, write_table
from hearing_app.documents.pack.staff import Choice, choice_of, comments_table, staff_tables
from hearing_app.documents.pack.tables import Table, public_tables
from hearing_app.documents.pack.whole import FILES, write_pack
from hearing_app.documents.pack.workbook import Workbook
from hearing_app.documents.text import visible
from hearing_app.errors import Forbidden, Invalid
from hearing_app.hearings.comments.lists import published_comments, tally
from hearing_app.hearings.demonstration.filling import HEARING, REHEARSAL, fill
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment
from tests.hostile import PAYLOADS


@pytest.fixture
def filled(house: Deployment) -> Deployment:
    fill(house.engine, house.key, number=40, voters=2)
    return house


def _written(folder: Path, table: Table) -> tuple[bytes, bytes, Path]:
    """The CSV, the JSON Lines and the Parquet file of a table."""
    with forms_in(folder, table) as forms:
        write_table(table, forms)
    csv_file, jsonl, parquet = (folder / f"{table.name}.{ending}" for ending in ("csv", "jsonl", "parquet"))
    return csv_file.read_bytes(), jsonl.read_bytes(), parquet


def _write_workbook(tables: list[Table], file: Path) -> None:
    with Workbook(file, tables, at=datetime(2026, 11, 23, tzinfo=UTC)) as book:
        for table in tables:
            with book.sheet(table) as form:
                write_table(table, [form])


def _csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_forms_of_a_table_say_the_same_and_all_that_is_public(filled: Deployment, tmp_path: Path) -> None:
    with reading(filled.engine) as db:
        hearing = hearing_of(db, HEARING)
        public = {one.comment_id: one for one in published_comments(db, HEARING)}
        for table in public_tables(db, hearing):
            written, said, parquet = _written(tmp_path, table)
            lines = [json.loads(line) for line in said.splitlines()]
            columns, cells = pq.read_table(parquet).to_pylist(), _csv(written)
            assert len(lines) == len(columns) == len(cells) == len(list(table.rows()))
            for line, row, cell in zip(lines, columns, cells, strict=True):
                assert line.keys() == row.keys() == cell.keys()
                for column in table.columns:
                    if column.kind == "text":
                        assert line[column.name] == row[column.name]
                        assert as_typed(cell[column.name]) == visible(line[column.name])
            if table.name == "comments":
                assert {line["comment_id"] for line in lines} == set(public)
                assert all(line["concern"] == public[line["comment_id"]].concern for line in lines)
                private = {"stance", "standing", "reason_note", "submitted_at", "receipt_key", "speaking"}
                assert not private & {column.name for column in table.columns}
            if table.name == "votes":
                assert lines == []


def test_the_workbook_counts_as_the_hearing_does(filled: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "w.xlsx"
    with reading(filled.engine) as db:
        counts = tally(db, HEARING)
        _write_workbook(staff_tables(db, REHEARSAL, hearing_of(db, HEARING)), file)
    book = load_workbook(file)
    rows = list(book["comments"].iter_rows(values_only=True))
    assert len(rows) - 1 == counts.received
    states = [row[rows[0].index("state")] for row in rows[1:]]
    assert (states.count("published"), states.count("held")) == (counts.published, counts.held)
    assert {"moderation_log", "requests", "themes", "statements", "votes", "answers", "columns"} <= set(
        book.sheetnames
    )
    assert sum(1 for _ in book["moderation_log"].iter_rows()) > counts.received


def test_a_choice_takes_what_it_names(filled: Deployment, tmp_path: Path) -> None:
    with reading(filled.engine) as db:
        hearing = hearing_of(db, HEARING)

        def taken(choice: Choice) -> list[dict[str, str]]:
            return _csv(_written(tmp_path, comments_table(db, REHEARSAL, hearing, choice))[0])

        everyone = taken(Choice())
        held = taken(choice_of([("state", "held"), ("state", "submitted")]))
        assert {row["state"] for row in held} == {"held", "submitted"}
        assert len(held) + len(taken(choice_of([("state", "published")]))) == len(everyone)
        theme = json.loads(next(row["themes"] for row in everyone if row["themes"] != "[]"))[0]
        assert all(theme in json.loads(row["themes"]) for row in taken(choice_of([("theme", theme)])))
        assert taken(choice_of([("until", "2020-01-01")])) == []
        assert len(taken(choice_of([("since", "2020-01-01"), ("system", hearing.systems[0])]))) == len(
            everyone
        )
        small = comments_table(
            db, REHEARSAL, hearing, choice_of([("column", "state"), ("column", "comment_id")])
        )
        assert [column.name for column in small.columns] == ["state", "comment_id"]
        assert all(len(row) == 2 for row in small.rows())


def test_what_is_no_filter_is_named_with_all_others() -> None:
    with pytest.raises(Invalid) as error:
        choice_of([("state", "gone"), ("colour", "red"), ("since", "yesterday"), ("kind", "concern")])
    assert [fault.field for fault in error.value.faults] == ["state", "colour", "since"]
    with pytest.raises(Invalid) as error:
        choice_of([("column", "receipt_key")])
    assert [fault.field for fault in error.value.faults] == ["column"]


def test_the_bundle_proves_itself_and_is_the_same_twice(filled: Deployment, tmp_path: Path) -> None:
    with reading(filled.engine) as db:
        hearing = hearing_of(db, HEARING)
        at = hearing.window[0]
        for name in ("a.zip", "b.zip"):
            write_bundle(
                db, hearing, tmp_path / name, base="https://example.org", checkpoint="signed\n", at=at
            )
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        lines = archive.read("SHA256SUMS").decode().splitlines()
        sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        names = set(archive.namelist())
        assert set(sums) == names - {"SHA256SUMS"}
        for name, digest in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        told = json.loads(archive.read("dictionary.json"))
        for table, columns in told.items():
            head = archive.read(f"data/{table}.csv").decode("utf-8-sig").splitlines()[0]
            assert head.split(",") == [column["column"] for column in columns]
            assert all(column["meaning"] for column in columns)
        assert not [name for name in names if name.startswith("polis/")]
        assert archive.read("checkpoint.txt") == b"signed\n"
        assert b"made up" in archive.read("README.md")


def test_no_formula_fires_and_text_survives_the_round_trip(filled: Deployment, tmp_path: Path) -> None:
    texts = [payload for payload in PAYLOADS if "\0" not in payload][:400]
    with writing(filled.engine) as db:
        ids = [one.comment_id for one in published_comments(db, HEARING)]
        for number, comment_id in enumerate(ids):
            said = " ".join(texts[number :: len(ids)])
            db.execute(
                update(comment).where(comment.c.comment_id == comment_id).values(concern=said, ask="=1+1")
            )
        hearing = hearing_of(db, HEARING)
        public = {one.comment_id: one for one in published_comments(db, HEARING)}
        tables = staff_tables(db, REHEARSAL, hearing)
        _write_workbook(tables, tmp_path / "w.xlsx")
        lines = [json.loads(line) for line in _written(tmp_path, tables[0])[1].splitlines()]
        db.rollback()
    for line in lines:
        if line["comment_id"] in public:
            assert line["concern"] == public[line["comment_id"]].concern
    for sheet in load_workbook(tmp_path / "w.xlsx"):
        for row in sheet.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f" or cell.hyperlink]


def test_only_facilitators_take_the_pack(filled: Deployment, tmp_path: Path) -> None:
    for actor in (PUBLIC, Actor(Role.AUDITOR, "a"), Actor(Role.PUBLISHER, "p", "met")):
        with reading(filled.engine) as db, pytest.raises(Forbidden):
            write_pack(db, actor, HEARING, tmp_path / "p.zip", base="", checkpoint="")
    assert not (tmp_path / "p.zip").exists()
    with reading(filled.engine) as db:
        write_pack(db, REHEARSAL, HEARING, tmp_path / "p.zip", base="https://example.org", checkpoint="x")
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert set(archive.namelist()) == {
            "READ-ME-FIRST.txt", "briefing.docx", "briefing.html", "workbook.xlsx", "comments.csv",
            "comments.jsonl", "comments.parquet", "open-data.zip",
        }  # fmt: skip
        page = archive.read("briefing.html").decode()
    assert 'href="https://example.org/record/hearings/' in page
    assert "<script" not in page


def test_all_forms_of_the_pack_hold_the_same_rows_and_tell_how_far_they_are(
    filled: Deployment, tmp_path: Path
) -> None:
    """Every table is read once for all of its forms, and its rows are told as they are written."""
    told: list[tuple[str, int]] = []
    with reading(filled.engine) as db:
        hearing, counts = hearing_of(db, HEARING), tally(db, HEARING)
        write_pack(
            db,
            REHEARSAL,
            HEARING,
            tmp_path / "p.zip",
            base="",
            checkpoint="x",
            at=hearing.window[0],
            told=lambda what, done: told.append((what, done)),
        )
    assert [what for what, _ in told if what in FILES] == list(FILES)
    # Once for the facilitators, once for everyone.
    assert [done for what, done in told if what == "comments"] == [counts.received, counts.published]
    assert {one.name for one in tmp_path.iterdir()} == {"data", "p.zip"}
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        archive.extractall(tmp_path)
    rows = list(load_workbook(tmp_path / "workbook.xlsx")["comments"].values)
    written = _csv((tmp_path / "comments.csv").read_bytes())
    lines = [json.loads(line) for line in (tmp_path / "comments.jsonl").read_text("utf-8").splitlines()]
    columns = pq.read_table(tmp_path / "comments.parquet").to_pylist()
    assert len(rows) - 1 == len(written) == len(lines) == len(columns) == counts.received
    for row, cell, line, column in zip(rows[1:], written, lines, columns, strict=True):
        sheet = dict(zip(rows[0], row, strict=True))
        assert sheet["comment_id"] == cell["comment_id"] == line["comment_id"] == column["comment_id"]
        assert (sheet["concern"] or "") == visible(line["concern"])
        assert column["concern"] == line["concern"]
        assert sheet["system_version"] == line["system_version"] == column["system_version"]
        # Excel keeps a moment as days; a second of it stays.
        assert abs((sheet["submitted_at"].replace(tzinfo=UTC) - column["submitted_at"]).total_seconds()) < 1
        assert datetime.fromisoformat(line["submitted_at"]) == column["submitted_at"]
        assert sheet["has_words"] is line["has_words"] is column["has_words"]


def test_who_stops_the_pack_leaves_nothing_half_made_behind(filled: Deployment, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def told(what: str, _done: int) -> None:
        if what == "comments":
            raise Stopped

    with reading(filled.engine) as db, pytest.raises(Stopped):
        write_pack(db, REHEARSAL, HEARING, tmp_path / "p.zip", base="", checkpoint="", told=told)
    assert {one.name for one in tmp_path.iterdir()} == {"data", "p.zip"}
