"""Agendas, lotteries, rooms and minutes against the ledger: each row says what its events said, both ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, select

from hearing_app.hearings.agenda import lottery, minutes, room
from hearing_app.hearings.agenda import reading as agenda
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import PRIVATE, Content, Event, contents, head, private_contents
from hearing_app.store import tables

KINDS = frozenset(
    {
        *(lottery.COMMITTED, lottery.SEED, lottery.CLOSED, agenda.PUBLISHED),
        *(room.STARTED, room.PAUSED, room.RESUMED, room.ADDED, room.ENDED),
        *(minutes.NOTED, minutes.PUBLISHED, minutes.NOTES_ERASED),
    }
)
_Told = tuple[Event, dict[str, Any]]
_Tables = (tables.lottery, tables.agenda_version, tables.room_turn, tables.minute, tables.minutes_release)


@unreadable_is_a_fault("The agendas")
def faults(db: Connection) -> list[str]:
    """Return every difference between the rows and the events about them, in words; empty means none."""
    told: dict[str, list[_Told]] = defaultdict(list)
    for event, content in contents(db):
        if event.kind in KINDS:
            told[event.subject.removeprefix("hearing:")].append((event, content.fields if content else {}))
    private = private_contents(db)
    known = {*told, *(row for table in _Tables for row in db.execute(select(table.c.hearing_id)).scalars())}
    found = []
    for hearing_id in sorted(known):
        acts = told[hearing_id]
        wrong = [
            *_of_lottery(db, hearing_id, acts),
            *_of_versions(db, hearing_id, acts),
            *_of_turns(db, hearing_id, acts),
            *_of_minutes(db, hearing_id, acts, private),
        ]
        found += [f"Hearing {hearing_id}: {one}" for one in wrong]
    return found


def _rows(db: Connection, table: Table, hearing_id: str) -> list[Any]:
    key = [column for column in table.primary_key if column.name != "hearing_id"]
    return list(db.execute(select(table).where(table.c.hearing_id == hearing_id).order_by(*key)))


def _some(acts: list[_Told], *kinds: str) -> list[_Told]:
    return [one for one in acts if one[0].kind in kinds]


def _of_lottery(db: Connection, hearing_id: str, acts: list[_Told]) -> Iterator[str]:
    committed, closed, seeds = (
        _some(acts, kind) for kind in (lottery.COMMITTED, lottery.CLOSED, lottery.SEED)
    )
    rows = _rows(db, tables.lottery, hearing_id)
    if max(len(committed), len(seeds), len(closed)) > 1 or len(rows) != len(committed):
        yield "its lottery is not the one that the ledger tells of."
        return
    for row in rows:
        said = (committed[0][1]["commitment"], committed[0][0].at)
        if (row.commitment.hex(), row.committed_at) != said or sha256(row.seed).digest() != row.commitment:
            yield "the seed of its lottery is not the one that was committed to."
        shown = (seeds[0][1]["seed"], seeds[0][0].at) if seeds else None
        if shown != ((row.seed.hex(), row.published_at) if row.published_at else None):
            yield "the seed of its lottery was published otherwise than its row says."
        if seeds and (not closed or seeds[0][0].seq < closed[0][0].seq):
            yield "the seed of its lottery was public before sign-up had closed."
        ending = (closed[0][0].seq, closed[0][1]["root"]) if closed else None
        if ending != ((row.closed_seq, row.root.hex()) if row.root else None):
            yield "its lottery was closed otherwise than its row says."
        for event, content in closed:
            before = head(db, size=event.seq)
            if (content["size"], content["root"]) != (before.size, before.root.hex()):
                yield "its lottery was closed with a root that the ledger never had."


def _of_versions(db: Connection, hearing_id: str, acts: list[_Told]) -> Iterator[str]:
    events = _some(acts, agenda.PUBLISHED)
    rows = _rows(db, tables.agenda_version, hearing_id)
    if len(rows) != len(events):
        yield f"its agenda has {len(rows)} versions, and the ledger {len(events)}."
        return
    for row, (event, content) in zip(rows, events, strict=True):
        stands = {"version": row.version, "sha256": row.sha256, "note": row.note}
        fits = stands == content and (row.at, row.actor, row.seq) == (event.at, event.actor, event.seq)
        if not fits or sha256(row.document.encode()).hexdigest() != row.sha256:
            yield f"version {row.version} of its agenda is not the one that was published."


def _of_turns(db: Connection, hearing_id: str, acts: list[_Told]) -> Iterator[str]:
    """Do what was done in the room once more, and compare."""
    made: dict[int, dict[str, Any]] = {}
    for event, told in _some(acts, room.STARTED, room.PAUSED, room.RESUMED, room.ADDED, room.ENDED):
        number = told["turn"]
        if event.kind == room.STARTED:
            made[number] = {
                **{"number": number, "item_id": told["item"], "slot": told["slot"]},
                **{"comment_id": told["comment"], "seconds": told["seconds"], "started_at": event.at},
                **{"paused_at": None, "paused_seconds": 0, "ended_at": None, "spoken_seconds": None},
                "is_open": True,
            }
        elif number not in made:
            yield f"turn {number} was changed, and never started."
        elif event.kind == room.PAUSED:
            made[number]["paused_at"] = event.at
        elif event.kind == room.RESUMED:
            made[number] |= {"paused_at": None, "paused_seconds": told["paused_seconds"]}
        elif event.kind == room.ADDED:
            made[number]["seconds"] += told["seconds"]
        else:
            made[number] |= {
                "ended_at": event.at,
                "spoken_seconds": told["spoken_seconds"],
                "is_open": None,
            }
    for row in _rows(db, tables.room_turn, hearing_id):
        stands = {name: value for name, value in row._mapping.items() if name != "hearing_id"}
        if made.pop(row.number, None) != stands:
            yield f"turn {row.number} of its room is not as the ledger says."
    yield from (f"turn {number} of its room is gone." for number in made)


def _of_minutes(
    db: Connection, hearing_id: str, acts: list[_Told], private: dict[int, Content]
) -> Iterator[str]:
    events = _some(acts, minutes.NOTED)
    rows = _rows(db, tables.minute, hearing_id)
    if len(rows) != len(events):
        yield f"its minutes have {len(rows)} entries, and the ledger {len(events)}."
        return
    erased = {one for _, told in _some(acts, minutes.NOTES_ERASED) for one in told["entries"]}
    for row, (event, content) in zip(rows, events, strict=True):
        said = {name: value for name, value in content.items() if name != PRIVATE}
        hidden = private[event.seq].fields if event.seq in private else None
        stands, words = minutes.parts_of(minutes.entry_of(row))
        if row.number in erased:
            # Nothing is left of it but that it was there.
            fits = (said, hidden) == (stands, None) and not any((words or {"kind": row.kind}).values())
        else:
            fits = (said, hidden) == (stands, words)
        if not fits or (row.at, row.actor, row.seq) != (event.at, event.actor, event.seq):
            yield f"entry {row.number} of its minutes is not the one that was made."
    published = _some(acts, minutes.PUBLISHED)
    releases = _rows(db, tables.minutes_release, hearing_id)
    if len(releases) != len(published):
        yield "its minutes were published otherwise than the ledger says."
        return
    for row, (event, content) in zip(releases, published, strict=True):
        stands = {"entries": row.entries, "sha256": row.sha256}
        then = [minutes.entry_of(one) for one in rows[: row.entries]]
        fits = stands == content and (row.at, row.actor, row.seq) == (event.at, event.actor, event.seq)
        if not fits or minutes.digest_of(then) != row.sha256:
            yield "its minutes are not those that were published."
