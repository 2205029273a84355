"""Saying that a hearing was held, and what came of the answers to it: acts that the public reads.

Both are events about the hearing and nothing else: what the timeline shows is what the ledger says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.life.stages import FOLLOWED_UP, HEARD, Deed, require_possible
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append, contents
from hearing_app.registry.text import INVISIBLE

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Note:
    """What was said at one of these acts: on which day it happened, and a note that everybody can read."""

    kind: str
    at: datetime
    on: date
    text: str


def mark_heard(
    db: Connection, actor: Actor, hearing_id: str, *, on: date, note: str = "", at: datetime | None = None
) -> None:
    """Say that a hearing was held on a day, with a note where something should be known about it.

    Raises ``NotOpen`` before it sits, and once it is said; ``Invalid`` for a day that does not fit.
    """
    require(actor, Act.PREPARE_HEARINGS)
    when = at or datetime.now(UTC)
    hearing = hearing_of(db, hearing_id)
    require_possible(db, hearing, Deed.MARK_HEARD, when)
    sits = hearing.sitting
    earliest = sits.starts_at if sits else hearing.window[1]
    said = _checked(hearing, on, note, earliest=earliest, when=when)
    _append(db, actor, hearing, HEARD, said, at=when)


def follow_up(
    db: Connection, actor: Actor, hearing_id: str, *, on: date, note: str, at: datetime | None = None
) -> None:
    """Say what came of the answers: what was done, changed or stopped since. It can be said again later.

    Raises ``NotOpen`` while a comment waits for an answer; ``Invalid`` for a day or a note that does not fit.
    """
    require(actor, Act.PREPARE_HEARINGS)
    when = at or datetime.now(UTC)
    hearing = hearing_of(db, hearing_id)
    require_possible(db, hearing, Deed.FOLLOW_UP, when)
    said = _checked(hearing, on, note, earliest=hearing.window[1], when=when, needs_note=True)
    _append(db, actor, hearing, FOLLOWED_UP, said, at=when)


def notes_of(db: Connection, hearing_id: str) -> list[Note]:
    """Return what was said when a hearing was held, and at each follow-up, in order."""
    return [
        Note(
            event.kind,
            event.at,
            date.fromisoformat(content.fields["on"]),
            str(content.fields.get("note", "")),
        )
        for event, content in contents(db, subject=f"hearing:{hearing_id}")
        if event.kind in {HEARD, FOLLOWED_UP} and content is not None
    ]


def _checked(
    hearing: Hearing, on: date, note: str, *, earliest: datetime, when: datetime, needs_note: bool = False
) -> dict[str, str]:
    """Return a day and a note as they go into the event; raise ``Invalid`` with every fault."""
    zone = ZoneInfo(hearing.time_zone)
    faults = []
    if not earliest.astimezone(zone).date() <= on <= when.astimezone(zone).date():
        repair = f"Give a day from {earliest.astimezone(zone).date()} to today."
        faults.append(Fault("", "on", "This day does not fit.", repair))
    if needs_note and not note.strip():
        faults.append(
            Fault("", "note", "The note is missing.", "Say what came of it, in a sentence or more.")
        )
    if len(note) > LONGEST_NOTE:
        problem = f"The note has {len(note):,} characters."
        faults.append(Fault("", "note", problem, f"Use at most {LONGEST_NOTE:,}."))
    if found := INVISIBLE.search(note):
        problem = f"It holds a character that readers cannot see (U+{ord(found.group()):04X})."
        faults.append(Fault("", "note", problem, "Type the words again instead of pasting them."))
    if faults:
        raise Invalid("Nothing was noted.", faults, kept="What you typed is still on this page.")
    return {"on": on.isoformat(), "note": note.strip()}


def _append(
    db: Connection, actor: Actor, hearing: Hearing, kind: str, said: dict[str, str], *, at: datetime
) -> None:
    append(db, actor=actor.name, kind=kind, subject=f"hearing:{hearing.id}", content=said, at=at)
