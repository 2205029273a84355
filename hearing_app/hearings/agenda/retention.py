"""What of agendas and minutes the public never read, and how it goes: drafts, and notes never published.

What was decided stays, with what was said about it: it is public from the moment it was decided. That notes
were erased unpublished is an event of its own, so that nobody can let minutes lapse unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from hearing_app.hearings.agenda.minutes import NOTES_ERASED, OWNED
from hearing_app.hearings.answers.reading import end_of
from hearing_app.hearings.hearing import Hearing, all_hearings
from hearing_app.people.retention import Due
from hearing_app.record.ledger import append, erase_private_at
from hearing_app.store.tables import agenda_draft, minute, minutes_release


def drafts_due(db: Connection, before: datetime) -> Due:
    """Return how many drafts of agendas are older than their period, and since when the oldest are due."""
    return _counted([moment for _, moment in _drafts(db, before)])


def forget_drafts(db: Connection, before: datetime) -> int:
    """Delete the drafts of agendas whose hearings were over before a moment; return how many."""
    found = [hearing_id for hearing_id, _ in _drafts(db, before)]
    return db.execute(delete(agenda_draft).where(agenda_draft.c.hearing_id.in_(found))).rowcount


def notes_due(db: Connection, before: datetime) -> Due:
    """Return how many hearings have unpublished notes older than their period, and since when."""
    return _counted([moment for _, _, moment in _notes(db, before)])


def forget_notes(db: Connection, before: datetime, *, at: datetime) -> int:
    """Erase the words of notes in minutes that were never published; return of how many hearings.

    The notes keep their numbers. ``store.engine.erase_freed_pages`` must follow.
    """
    found = list(_notes(db, before))
    for hearing, numbers, _ in found:
        here = (minute.c.hearing_id == hearing.id) & minute.c.number.in_(numbers)
        erase_private_at(db, list(db.execute(select(minute.c.seq).where(here)).scalars()))
        db.execute(update(minute).where(here).values(text="", owner="", comment_ids=[]))
        append(
            db,
            actor="operator",
            kind=NOTES_ERASED,
            subject=f"hearing:{hearing.id}",
            content={"period": "unpublished_minutes", "entries": numbers},
            at=at,
        )
    return len(found)


def _drafts(db: Connection, before: datetime) -> Iterator[tuple[str, datetime]]:
    saved = {row.hearing_id: row.saved_at for row in db.execute(select(agenda_draft))}
    for hearing in all_hearings(db):
        if hearing.id in saved:
            moment = max(end_of(hearing).astimezone(UTC), saved[hearing.id])
            if moment < before:
                yield hearing.id, moment


def _notes(db: Connection, before: datetime) -> Iterator[tuple[Hearing, list[int], datetime]]:
    """Yield the hearings with notes that are due, with the notes' numbers and the moment that counts."""
    published = set(db.execute(select(minutes_release.c.hearing_id)).scalars())
    for hearing in all_hearings(db):
        ends = end_of(hearing).astimezone(UTC)
        if hearing.id in published or ends >= before:
            continue
        rows = list(
            db.execute(select(minute).where(minute.c.hearing_id == hearing.id).order_by(minute.c.number))
        )
        decided = {row.number for row in rows if row.kind in OWNED}
        hidden = [row for row in rows if row.number not in decided and row.about not in decided]
        numbers = [row.number for row in hidden if row.text]
        moment = max([ends, *(row.at for row in hidden)])
        if numbers and moment < before:
            yield hearing, numbers, moment


def _counted(moments: list[datetime]) -> Due:
    return Due(len(moments), min(moments, default=None))
