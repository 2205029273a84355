"""What facilitators read while they prepare a hearing: faults at fields, what keeps it back, who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from hearing_app.documents.hearing_life import notice_in_words
from hearing_app.documents.hearing_page import hearing_page
from hearing_app.documents.render import render
from hearing_app.errors import Fault
from hearing_app.hearings.comments.lists import tally
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.announcing import Look
from hearing_app.hearings.life.drafts import Done, Draft
from hearing_app.hearings.life.filling import is_gap


def drafts_html(drafts: Sequence[Draft], reader: str) -> str:
    """Return the list of drafts that are being written."""
    return render("hearing_drafts", drafts=drafts, reader=reader)


def log_html(log: Sequence[Done], reader: str) -> str:
    """Return what was done with a draft, by whom and when."""
    return render("hearing_draft_log", log=log, reader=reader)


def at_field_html(faults: Sequence[Fault]) -> str:
    """Return what is wrong with one field; what is only not written yet is said quietly, "" for nothing."""
    shown = [(one, is_gap(one)) for one in faults]
    return render("hearing_field", faults=shown) if shown else ""


def look_html(look: Look, labels: Mapping[str, str]) -> str:
    """Return what keeps a draft back, what would change, and how much notice it gives."""
    notice = notice_in_words(look.notices, look.hearing) if look.hearing else ""
    faults = [(labels.get(one.field.partition(".")[0], ""), one) for one in look.faults]
    return render("hearing_look", look=look, faults=faults, notice=notice)


def preview_html(db: Connection, hearing: Hearing, names: Mapping[str, str]) -> str:
    """Return the page of a draft as the public will see it: made by the function of the public page."""
    return hearing_page(db, hearing, tally(db, hearing.id), names)
