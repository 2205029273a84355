"""Requests as documents: what stands over the form, the receipt, one request with its letter, the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hearing_app.documents.render import render, rendered
from hearing_app.hearings.answers.answering import has_staff
from hearing_app.hearings.comments.erasure import gone_from_backups
from hearing_app.hearings.requests.asking import RequestReceipt, days_of, due_after
from hearing_app.hearings.requests.erasing import REQUESTS, UNANSWERED, kept_until
from hearing_app.hearings.requests.reading import Request, request_of
from hearing_app.hearings.requests.statistics import (
    FEWEST,
    FEWEST_FOR_A_MEDIAN,
    counted_until,
    figures_by_agency,
)
from hearing_app.hearings.retention import periods
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of, names_of_agencies

LABELS = {
    "kind": "What do you ask?",
    "words": "What happened?",
    "around": "When was it, roughly? (optional)",
    "reach": "How can the agency write to you? (optional)",
}
"""What the fields of the form are called, at both doors."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days what was told is kept: after the answer, without any answer, and in backups."""

    days: int
    unanswered_days: int
    backup_days: int


def kept_by(retention: Mapping[str, int], backup_days: int) -> Kept:
    """Return for how long requests are kept here, with the operator's own periods."""
    days = {one.kind: one.days for one in periods(retention)}
    return Kept(days[REQUESTS], days[UNANSWERED], backup_days)


def request_intro_html(db: Connection, entry: Entry, kept: Kept, *, at: datetime | None = None) -> str:
    """Return what a person reads before typing: who reads it, until when it is kept, by when one answers."""
    now = at or datetime.now(UTC)
    days, stated = days_of(entry)
    due = due_after(entry, now.astimezone(UTC).date())
    return render(
        "request_intro",
        entry=entry,
        staffed=has_staff(db, entry.deployer.agency),
        days=days,
        stated=stated,
        due=due,
        kept=kept,
        until=_after(due, kept.days),
        at_most=now + timedelta(days=kept.unanswered_days),
        contact=_contact_html(entry),
    )


def request_receipt_html(db: Connection, receipt: RequestReceipt, kept: Kept) -> str:
    """Return the receipt of a request, which is shown once, with the same words as a letter."""
    found = request_of(db, receipt.request_id)
    entry = entry_of(db, found.system_id, found.system_version).entry
    staffed = has_staff(db, found.agency)
    return render(
        "request_receipt",
        receipt=receipt,
        found=found,
        entry=entry,
        staffed=staffed,
        kept=kept,
        until=_after(receipt.due_at, kept.days),
        letter=_letter_html(found, entry),
    )


def request_status_html(
    db: Connection, found: Request, kept: Kept, *, of_agency: bool = False, at: datetime | None = None
) -> str:
    """Return where a request stands, with all of its words: for who holds its receipt, or answers it."""
    now = at or datetime.now(UTC)
    entry = entry_of(db, found.system_id, found.system_version).entry
    gone = found.withdrawn_at or found.erased_at
    return render(
        "request_status",
        found=found,
        entry=entry,
        at=now,
        of_agency=of_agency,
        staffed=has_staff(db, found.agency),
        kept=kept,
        until=kept_until(found, kept.days, kept.unanswered_days),
        gone_at=gone_from_backups(gone, kept.backup_days) if gone else None,
        letter=_letter_html(found, entry),
        contact=_contact_html(entry),
    )


def rights_html(db: Connection, *, at: datetime | None = None) -> str:
    """Return how fast each agency answers requests, for agencies that were asked often enough."""
    found = figures_by_agency(db, at=at)
    names, until = names_of_agencies(db), counted_until(at)
    return render(
        "rights",
        found=found,
        names=names,
        until=until,
        fewest=FEWEST,
        fewest_for_a_median=FEWEST_FOR_A_MEDIAN,
    )


def rights_data(db: Connection, *, at: datetime | None = None) -> dict[str, Any]:
    """Return the same figures for programs."""
    names = names_of_agencies(db)
    return {
        "counted_until": counted_until(at).isoformat(),
        "fewest": FEWEST,
        "agencies": [
            {
                "agency": one.agency,
                "name": names.get(one.agency),
                "counted": one.counted,
                "in_time_at_least": one.in_time_at_least,
                "in_time_at_most": one.in_time_at_most,
                "median_weeks": one.median_weeks,
            }
            for one in figures_by_agency(db, at=at)
        ],
    }


def waiting_words(found: Sequence[Request], at: datetime | None = None) -> str:
    """Return how many requests wait for an answer, and how many of them are overdue."""
    return render("requests_waiting", found=found, at=at or datetime.now(UTC))


def _contact_html(entry: Entry) -> Any:
    return rendered(render("request_contact", entry=entry))


def _letter_html(found: Request, entry: Entry) -> Any:
    return rendered(render("request_letter", found=found, entry=entry)) if found.has_words else ""


def _after(moment: datetime, days: int) -> datetime:
    """Return a moment so many days later; the last one that there is, where it would lie beyond it."""
    last = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
    return moment + timedelta(days=days) if (last - moment).days > days else last
