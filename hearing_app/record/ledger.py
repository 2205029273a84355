"""The append-only ledger: one event for every act that changes the public record.

An event is written in the transaction of the change that it describes: both are kept, or neither. What an
event says in words is committed to by a salted hash and stored beside the ledger, so it can be erased
without breaking the chain of hashes: SHA-256(salt || content) tells nothing once the salt is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, Row, delete, func, insert, select

from hearing_app.record.canonical import canonical_json
from hearing_app.record.merkle import leaf_hash, root
from hearing_app.store.tables import ledger, ledger_content


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger, as anyone may read it."""

    seq: int
    at: datetime
    kind: str
    subject: str
    actor: str
    commitment: bytes
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the whole ledger: how many events, and the RFC 6962 root over their leaf hashes."""

    size: int
    root: bytes


def append(
    db: Connection,
    *,
    actor: str,
    kind: str,
    subject: str,
    content: Mapping[str, object],
    at: datetime | None = None,
) -> Event:
    """Append one event inside the caller's writing transaction, and return it.

    ``kind`` is "noun.verb" ("comment.submitted"), ``subject`` "noun:id". Sequence numbers start at 0 and
    have no gaps: the caller holds the write lock (``store.engine.writing``), and the primary key refuses a
    second event with the same number.
    """
    when = at or datetime.now(UTC)
    if when.tzinfo is None:
        raise ValueError("a time without a zone cannot be recorded")
    when = when.astimezone(UTC)
    highest = db.execute(select(func.max(ledger.c.seq))).scalar_one_or_none()
    seq = 0 if highest is None else highest + 1
    salt = secrets.token_bytes(32)
    text = canonical_json(content)
    commitment = sha256(salt + text).digest()
    event = _with_leaf_hash(Event(seq, when, kind, subject, actor, commitment, b""))
    db.execute(insert(ledger).values(asdict(event)))
    db.execute(insert(ledger_content).values(seq=seq, salt=salt, content=text.decode()))
    return event


def erase_content(db: Connection, subject: str) -> int:
    """Erase words and salts of every event about ``subject``; return how many. The events stay."""
    about = select(ledger.c.seq).where(ledger.c.subject == subject)
    return db.execute(delete(ledger_content).where(ledger_content.c.seq.in_(about))).rowcount


def events(db: Connection, *, start: int = 0, limit: int = 1000) -> Iterator[Event]:
    """Yield up to ``limit`` events from number ``start`` on, in order."""
    rows = db.execute(select(ledger).where(ledger.c.seq >= start).order_by(ledger.c.seq).limit(limit))
    for row in rows:
        yield Event(**row._mapping)


def head(db: Connection) -> Head:
    """Return the ledger's size and root."""
    leaves = list(db.execute(select(ledger.c.leaf_hash).order_by(ledger.c.seq)).scalars())
    return Head(len(leaves), root(leaves))


def faults(db: Connection) -> list[str]:
    """Recompute every hash from the stored fields; return what does not fit, in words. Empty means sound."""
    found: list[str] = []
    kept = {row.seq: row for row in db.execute(select(ledger_content))}
    expected = 0
    try:
        for row in db.execute(select(ledger).order_by(ledger.c.seq)):
            event = Event(**row._mapping)
            if event.seq != expected:
                found.append(f"Events {expected} to {event.seq - 1} are missing.")
            expected = event.seq + 1
            found += _faults_of(event, kept.get(event.seq))
    except (TypeError, ValueError) as error:
        # SQLite stores whatever it is given: a time that is no time stops the reading of all that follows.
        found.append(f"Event {expected} or a later one was changed after it was written ({error}).")
    return found


def _faults_of(event: Event, content: Row[tuple[int, bytes, str]] | None) -> list[str]:
    found = []
    if not _holds(lambda: event == _with_leaf_hash(event)):
        found.append(f"Event {event.seq} was changed after it was written.")
    if content is not None and not _holds(
        lambda: sha256(content.salt + content.content.encode()).digest() == event.commitment
    ):
        found.append(f"The words of event {event.seq} are not those that were committed to.")
    return found


def _holds(check: Callable[[], bool]) -> bool:
    """Return what a check says; a value of another type than was written cannot even be hashed."""
    try:
        return check()
    except (AttributeError, TypeError, ValueError):
        return False


def _with_leaf_hash(event: Event) -> Event:
    entry = {
        "actor": event.actor,
        "at": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "commitment": event.commitment.hex(),
        "kind": event.kind,
        "seq": event.seq,
        "subject": event.subject,
    }
    return replace(event, leaf_hash=leaf_hash(canonical_json(entry)))
