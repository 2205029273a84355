"""The hearing pack: one file with everything that a facilitator takes into the preparation of a hearing."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from hearing_app.documents.pack.briefing import briefing_of
from hearing_app.documents.pack.bundle import write_bundle
from hearing_app.documents.pack.files import (
    Told,
    csv_of,
    jsonl_of,
    nobody,
    write_parquet,
    write_workbook,
)
from hearing_app.documents.pack.page import briefing_html
from hearing_app.documents.pack.staff import ALL, Choice, comments_table, staff_tables
from hearing_app.documents.pack.word import briefing_docx
from hearing_app.documents.render import render, rendered, stylesheet
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import Act, Actor, require

_READ_ME = """This pack holds words that are not public, and views and standings of single authors.
Keep it to those who prepare the hearing, and delete it afterwards. What may be handed on is
briefing.docx, briefing.html and open-data.zip.
"""


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
    workbook and the comments' files. The briefing and the open data hold what is published.
    """
    require(actor, Act.EXPORT_COMMENTS)
    when = at or datetime.now(UTC)
    hearing = hearing_of(db, hearing_id)
    comments = comments_table(db, actor, hearing, choice)
    brief = briefing_of(db, actor, hearing.id, at=when)
    with tempfile.TemporaryDirectory() as own, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        folder = Path(own)
        archive.writestr("READ-ME-FIRST.txt", _READ_ME)
        archive.writestr("briefing.docx", briefing_docx(brief))
        archive.writestr("briefing.html", _alone(hearing.title, briefing_html(brief, base)))
        write_workbook(staff_tables(db, actor, hearing, choice), folder / "workbook.xlsx", told)
        archive.write(folder / "workbook.xlsx", "workbook.xlsx")
        for name, parts in (("csv", csv_of(comments, told)), ("jsonl", jsonl_of(comments))):
            with archive.open(f"comments.{name}", "w", force_zip64=True) as written:
                for part in parts:
                    written.write(part)
        write_parquet(comments, folder / "comments.parquet")
        archive.write(folder / "comments.parquet", "comments.parquet")
        write_bundle(
            db, hearing, folder / "open-data.zip", base=base, checkpoint=checkpoint, told=told, at=when
        )
        # It is pressed already.
        archive.write(folder / "open-data.zip", "open-data.zip", zipfile.ZIP_STORED)


def _alone(title: str, body: str) -> str:
    """Return a page that needs nothing beside it."""
    return render("alone", title=title, body=rendered(body), style=rendered(stylesheet()))
