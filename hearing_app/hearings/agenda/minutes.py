"""Minutes: what was said and done in a hearing, noted against its items, and what was decided.

An entry is never changed: what is wrong in it is put right by a further entry. Notes are public once the
minutes are published; decisions and conditions at once, as they were announced in the room. Each of those has
an office that owns it and a day by which it is due; until somebody says that it is done, the public sees when
it is overdue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, func, insert, select

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.agenda.reading import published_numbers, require_agenda
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.life.stages import Deed, require_possible
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.canonical import canonical_json
from hearing_app.record.ledger import append, exactly
from hearing_app.registry.text import Post
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import minute, minutes_release
from hearing_app.voices.signs import is_blank, length, unstorable

NOTED, PUBLISHED = "minutes.noted", "minutes.published"
NOTES_ERASED = "minutes.private_erased"
LONGEST = 2000
_OWNER = TypeAdapter(Post)


class EntryKind(Term):
    """What an entry of the minutes is."""

    NOTE = "note", "Note"
    CORRECTION = "correction", "Correction"
    DECISION = "decision", "Decision"
    CONDITION = "condition", "Condition"
    DONE = "done", "Done"


OWNED = (EntryKind.DECISION, EntryKind.CONDITION)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``about`` is the number of the one that it corrects, or says is done."""

    number: int
    kind: str
    item_id: int | None
    about: int | None
    text: str
    owner: str
    due_on: date | None
    comment_ids: tuple[str, ...]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes as a reader may see them; ``published_at`` is ``None`` while they are being written."""

    entries: tuple[Entry, ...]
    published_at: datetime | None
    sha256: str

    def of_item(self, item_id: int | None) -> list[Entry]:
        """Return the entries about one item, in the order in which they were made."""
        return [one for one in self.entries if one.item_id == item_id]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision or condition, with what became of it. ``corrections`` are texts, oldest first."""

    number: int
    kind: str
    text: str
    owner: str
    due: date
    item_id: int | None
    comment_ids: tuple[str, ...]
    at: datetime
    corrections: tuple[str, ...] = ()
    done_at: datetime | None = None
    done: str = ""

    def is_overdue(self, today: date) -> bool:
        """Return whether its day is over and nobody has said that it is done."""
        return self.done_at is None and today > self.due


def note(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    item_id: int | None,
    text: str,
    *,
    at: datetime | None = None,
) -> Entry:
    """Take a note against an item, or about the hearing as a whole where ``item_id`` is ``None``."""
    hearing = _may_write(db, actor, hearing_id, at)
    _check_item(db, hearing_id, item_id)
    _check_text(text)
    return _append(db, actor, hearing, _new(EntryKind.NOTE, item_id, text), at)


def correct(
    db: Connection, actor: Actor, hearing_id: str, number: int, text: str, *, at: datetime | None = None
) -> Entry:
    """Put an entry right by a further one; the first stays as it was."""
    require(actor, Act.RUN_ROOM)
    hearing, wrong = hearing_of(db, hearing_id), _entry(db, hearing_id, number)
    _check_text(text)
    new = replace(_new(EntryKind.CORRECTION, wrong.item_id, text), about=number)
    return _append(db, actor, hearing, new, at)


def decide(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    item_id: int | None,
    *,
    kind: str,
    text: str,
    owner: str,
    due_on: date | None,
    comment_ids: Sequence[str] = (),
    at: datetime | None = None,
) -> Entry:
    """Record a decision or a condition: what, which office owns it, until when, on which comments it rests.

    Raises ``Invalid`` with every fault: an owner is an office, never a person.
    """
    hearing = _may_write(db, actor, hearing_id, at)
    _check_item(db, hearing_id, item_id)
    faults = _faults_of_text(text)
    if kind not in OWNED:
        faults.append(Fault("", "kind", "It is a decision or a condition.", "Choose one."))
    try:
        owner = _OWNER.validate_python(owner)
    except ValidationError:
        problem = "The owner is an office, such as “Chief Constable”."
        faults.append(
            Fault("", "owner", problem, "Write the office that carries it out, and no person's name.")
        )
    if due_on is None or due_on < _today(hearing, at):
        faults.append(Fault("", "due_on", "The day by which it is due is missing or over.", "Choose a day."))
    unknown = set(comment_ids) - published_numbers(db, hearing_id, comment_ids)
    faults += [
        Fault("", "comment_ids", f"Comment {one} is not published in this hearing.", "Leave it out.")
        for one in sorted(unknown)
    ]
    if faults:
        raise Invalid("Nothing was recorded.", faults)
    rests_on = tuple(dict.fromkeys(comment_ids))
    new = replace(_new(EntryKind(kind), item_id, text), owner=owner, due_on=due_on, comment_ids=rests_on)
    return _append(db, actor, hearing, new, at)


def settle(
    db: Connection, actor: Actor, hearing_id: str, number: int, text: str, *, at: datetime | None = None
) -> Entry:
    """Say that a decision or condition was carried out, and how; only once."""
    require(actor, Act.RUN_ROOM)
    hearing, decided = hearing_of(db, hearing_id), _entry(db, hearing_id, number)
    if decided.kind not in OWNED:
        raise Conflict(f"Entry {number} is no decision and no condition.")
    if any(one.kind == EntryKind.DONE and one.about == number for one in _entries(db, hearing_id)):
        raise Conflict(
            f"Entry {number} is done already.", next_step="Correct what was said of it, if it is wrong."
        )
    _check_text(text)
    new = replace(_new(EntryKind.DONE, decided.item_id, text), about=number)
    return _append(db, actor, hearing, new, at)


def publish_minutes(db: Connection, actor: Actor, hearing_id: str, *, at: datetime | None = None) -> Minutes:
    """Publish the minutes as they stand; the event commits to all of them. What follows is public at once."""
    require(actor, Act.RUN_ROOM)
    hearing_of(db, hearing_id)
    now, entries = at or datetime.now(UTC), _entries(db, hearing_id)
    if _release(db, hearing_id) is not None:
        raise Conflict("The minutes are published already.", next_step="Add an entry, or correct one.")
    if not entries:
        raise Conflict("There are no minutes yet.", next_step="Take a note first.")
    digest = digest_of(entries)
    content: dict[str, object] = {"entries": len(entries), "sha256": digest}
    subject = f"hearing:{hearing_id}"
    event = append(db, actor=actor.name, kind=PUBLISHED, subject=subject, content=content, at=now)
    db.execute(
        insert(minutes_release).values(
            hearing_id=hearing_id,
            entries=len(entries),
            sha256=digest,
            at=now,
            actor=actor.name,
            seq=event.seq,
        )
    )
    return minutes_of(db, hearing_id)


def minutes_of(db: Connection, hearing_id: str) -> Minutes:
    """Return what everyone may read: all entries once they are published, before that what was decided."""
    released, entries = _release(db, hearing_id), _entries(db, hearing_id)
    if released is not None:
        return Minutes(tuple(entries), released.at, released.sha256)
    decided, roots = {one.number for one in entries if one.kind in OWNED}, _roots(entries)
    public = [one for one in entries if roots[one.number] in decided]
    return Minutes(tuple(public), None, "")


def _roots(entries: Sequence[Entry]) -> dict[int, int]:
    """Return by its number what each entry is about in the end: also a correction of what was carried out."""
    roots: dict[int, int] = {}
    for one in entries:
        roots[one.number] = roots.get(one.about, one.about) if one.about else one.number
    return roots


def minutes_for_office(db: Connection, actor: Actor, hearing_id: str) -> Minutes:
    """Return the minutes as they are being written, for those who write them."""
    require(actor, Act.RUN_ROOM)
    released = _release(db, hearing_id)
    entries = tuple(_entries(db, hearing_id))
    return Minutes(entries, released.at if released else None, released.sha256 if released else "")


def decisions_of(db: Connection, hearing_id: str) -> list[Decision]:
    """Return a hearing's decisions and conditions in the order in which they were made."""
    entries = _entries(db, hearing_id)
    roots, found = _roots(entries), []
    for one in entries:
        if one.kind not in OWNED or one.due_on is None:
            continue
        about = [other for other in entries if roots[other.number] == one.number and other is not one]
        done = next((other for other in about if other.kind == EntryKind.DONE), None)
        found.append(
            Decision(
                one.number,
                one.kind,
                one.text,
                one.owner,
                one.due_on,
                one.item_id,
                one.comment_ids,
                one.at,
                tuple(other.text for other in about if other.kind == EntryKind.CORRECTION),
                done.at if done else None,
                done.text if done else "",
            )
        )
    return found


def today_of(hearing: Hearing, at: datetime | None = None) -> date:
    """Return which day it is in the hearing's zone: what is due by a day is overdue once that day is over."""
    return _today(hearing, at)


def digest_of(entries: Sequence[Entry]) -> str:
    """Return the SHA-256 that the publication of minutes commits to: of their canonical JSON."""
    return sha256(canonical_json({"entries": [as_data(one) for one in entries]})).hexdigest()


def as_data(one: Entry) -> dict[str, Any]:
    """Return an entry as data; who wrote it is named by office alone."""
    return {
        "number": one.number,
        "kind": one.kind,
        "item": one.item_id,
        "about": one.about,
        "text": one.text,
        "owner": one.owner,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "comments": list(one.comment_ids),
        "at": exactly(one.at),
        "by": one.actor.partition(":")[0],
    }


def parts_of(one: Entry) -> tuple[dict[str, object], dict[str, object] | None]:
    """Return what an entry's event says in public, and what in private: of notes the words are."""
    told: dict[str, object] = {
        "number": one.number,
        "kind": one.kind,
        "item": one.item_id,
        "about": one.about,
    }
    words: dict[str, object] = {
        "text": one.text,
        "owner": one.owner,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "comments": list(one.comment_ids),
    }
    return ({**told, **words}, None) if one.kind in OWNED else (told, words)


def entry_of(row: Any) -> Entry:
    """Return a row as an entry."""
    fields = {name: getattr(row, name) for name in Entry.__dataclass_fields__}
    return Entry(**fields | {"comment_ids": tuple(row.comment_ids)})


def _may_write(db: Connection, actor: Actor, hearing_id: str, at: datetime | None) -> Hearing:
    require(actor, Act.RUN_ROOM)
    hearing = hearing_of(db, hearing_id)
    require_possible(db, hearing, Deed.TAKE_MINUTES, at)
    return hearing


def _append(db: Connection, actor: Actor, hearing: Hearing, new: Entry, at: datetime | None) -> Entry:
    number = 1 + int(
        db.execute(
            select(func.coalesce(func.max(minute.c.number), 0)).where(minute.c.hearing_id == hearing.id)
        ).scalar_one()
    )
    entry = replace(new, number=number, at=at or datetime.now(UTC), actor=actor.name)
    content, private = parts_of(entry)
    event = append(
        db,
        actor=actor.name,
        kind=NOTED,
        subject=f"hearing:{hearing.id}",
        content=content,
        private=private,
        at=entry.at,
    )
    row = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    row["comment_ids"] = list(entry.comment_ids)
    db.execute(insert(minute).values(hearing_id=hearing.id, seq=event.seq, **row))
    return entry


def _new(kind: str, item_id: int | None, text: str) -> Entry:
    return Entry(0, str(kind), item_id, None, text.strip(), "", None, (), datetime.now(UTC), "")


def _entries(db: Connection, hearing_id: str) -> list[Entry]:
    query = select(minute).where(minute.c.hearing_id == hearing_id).order_by(minute.c.number)
    return [entry_of(row) for row in db.execute(query)]


def _entry(db: Connection, hearing_id: str, number: int) -> Entry:
    for one in _entries(db, hearing_id):
        if one.number == number:
            return one
    raise NotFound(f"The minutes have no entry {number}.", next_step="Look at them again.")


def _release(db: Connection, hearing_id: str) -> Any:
    return db.execute(select(minutes_release).where(minutes_release.c.hearing_id == hearing_id)).first()


def _today(hearing: Hearing, at: datetime | None) -> date:
    return (at or datetime.now(UTC)).astimezone(ZoneInfo(hearing.time_zone)).date()


def _check_item(db: Connection, hearing_id: str, item_id: int | None) -> None:
    if item_id is not None and item_id not in {one.id for one in require_agenda(db, hearing_id).items}:
        raise NotFound("This item is not on the agenda any more.", next_step="Choose another item.")


def _check_text(text: str) -> None:
    if faults := _faults_of_text(text):
        raise Invalid("Nothing was recorded.", faults)


def _faults_of_text(text: str) -> list[Fault]:
    faults = []
    if is_blank(text):
        faults.append(Fault("", "text", "Nothing is written yet.", "Write what happened."))
    if length(text) > LONGEST:
        over = length(text) - LONGEST
        faults.append(
            Fault(
                "", "text", f"It has {length(text):,} characters; {LONGEST:,} fit.", f"Shorten it by {over}."
            )
        )
    if unstorable(text):
        faults.append(Fault("", "text", "It holds a sign that cannot be stored.", "Type it again."))
    return faults
