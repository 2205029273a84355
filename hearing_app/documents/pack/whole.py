"""The hearing pack: one file with everything that a facilitator takes into the preparation of a hearing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from hearing_app.documents.pack.briefing import briefing_of
from hearing_app.documents.pack.bundle import write_bundle
from hearing_app.documents.pack.files import FORMS, Told, forms_in, nobody, write_table
from hearing_app.documents.pack.page import briefing_html
from hearing_app.documents.pack.staff import ALL, Choice, staff_tables
from hearing_app.documents.pack.tables import Table
from hearing_app.documents.pack.word import briefing_docx
from hearing_app.documents.pack.workbook import Workbook
from hearing_app.documents.pack.zipped import Zip, parts_of
from hearing_app.documents.render import render, rendered, stylesheet
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import Act, Actor, require

_READ_ME = """This pack holds words that are not public, and views and standings of single authors.
Keep it to those who prepare the hearing, and delete it afterwards. What may be handed on is
briefing.docx, briefing.html and open-data.zip.
"""
FILES = (
    *("briefing.docx", "briefing.html", "workbook.xlsx"),
    *("comments.csv", "comments.jsonl", "comments.parquet", "open-data.zip"),
)
"""The files of a pack beside its first page, in the order in which they are made."""


def write_pack(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    file: Path,
    *,
    base: str,
    checkpoint: str,
    choice: Choice = ALL,
    told: Told = nobody,
    at: datetime | None = None,
) -> None:
    """Write the pack of a hearing: briefing, workbook, comments in four forms, open data.

    ``base`` is the service's address, without a slash at its end; ``choice`` says which comments stand in the
    workbook and the comments' files. The briefing and the open data hold what is published. ``told`` hears
    the name of each of ``FILES`` when it is begun, and the rows of its tables. What is half-made stands in
    the folder of ``file`` meanwhile.
    """
    require(actor, Act.EXPORT_COMMENTS)
    when = (at or datetime.now(UTC)).astimezone(UTC)
    hearing = hearing_of(db, hearing_id)
    tables = staff_tables(db, actor, hearing, choice)
    with tempfile.TemporaryDirectory(dir=file.parent) as own, Zip(file, when) as archive:
        folder = Path(own)
        archive.add("READ-ME-FIRST.txt", [_READ_ME.encode()])
        told("briefing.docx", 0)
        brief = briefing_of(db, actor, hearing.id, at=when)
        archive.add("briefing.docx", [briefing_docx(brief)], is_pressed=True)
        told("briefing.html", 0)
        archive.add("briefing.html", [_alone(hearing.title, briefing_html(brief, base)).encode()])
        told("workbook.xlsx", 0)
        _write_workbook(tables, folder, when, told)
        for name in ("workbook.xlsx", *(f"comments.{ending}" for ending in FORMS)):
            if name != "workbook.xlsx":
                told(name, 0)
            pressed = not name.endswith((".csv", ".jsonl"))
            archive.add(name, parts_of(folder / name), is_pressed=pressed, then=(folder / name).unlink)
        told("open-data.zip", 0)
        bundle = folder / "open-data.zip"
        write_bundle(db, hearing, bundle, base=base, checkpoint=checkpoint, told=told, at=when)
        archive.add("open-data.zip", parts_of(bundle), is_pressed=True)


def _write_workbook(tables: Sequence[Table], folder: Path, when: datetime, told: Told) -> None:
    """Write the workbook, and in the same pass over the comments their other forms."""
    with Workbook(folder / "workbook.xlsx", tables, at=when) as book:
        for table in tables:
            with (
                book.sheet(table) as sheet,
                forms_in(folder, table, FORMS if table.name == "comments" else ()) as beside,
            ):
                write_table(table, [sheet, *beside], told)


def _alone(title: str, body: str) -> str:
    """Return a page that needs nothing beside it."""
    return render("alone", title=title, body=rendered(body), style=rendered(stylesheet()))
