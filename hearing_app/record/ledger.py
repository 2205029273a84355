"""The append-only ledger: one event for every act that changes the public record.

An event is written in the transaction of the change that it describes: both are kept, or neither. What an
event says in words is committed to by a salted hash and stored beside the ledger, so it can be erased
without breaking the tree of hashes: SHA-256(salt || content) tells nothing once the salt is gone. What of it
is never to be public has a salted hash of its own within the content, so the rest can be shown without it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, select

from hearing_app.errors import Damaged
from hearing_app.record.canonical import canonical_json
from hearing_app.record.merkle import EMPTY_ROOT, Node, completed_nodes, leaf_hash, node_hash, range_root
from hearing_app.store.tables import ledger, ledger_content, ledger_node, ledger_private

PRIVATE = "private"

# People without an office: who comments, who withdraws, and the rules that follow at once from either.
WITHOUT_OFFICE = frozenset({"public", "author", "rule"})


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

    @property
    def entry(self) -> dict[str, str | int]:
        """The six fields that are hashed, as they stand in a bundle or a proof."""
        return {
            "actor": self.actor,
            "at": exactly(self.at),
            "commitment": self.commitment.hex(),
            "kind": self.kind,
            "seq": self.seq,
            "subject": self.subject,
        }


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
    private: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> Event:
    """Append one event inside the caller's writing transaction, and return it.

    ``kind`` is "noun.verb" ("comment.submitted"), ``subject`` "noun:id". ``content`` may become public,
    ``private`` never; the event commits to both. Of what people without an office do, the event says the day
    alone: with the minute, who watches a network could tell whose connection sent which comment. Sequence
    numbers start at 0 and have no gaps: the caller holds the write lock (``store.engine.writing``), and the
    primary key refuses a second event with the same number.
    """
    when = at or datetime.now(UTC)
    if when.tzinfo is None:
        raise ValueError("a time without a zone cannot be recorded")
    when = day_of(when) if actor in WITHOUT_OFFICE else when.astimezone(UTC)
    seq = size_of(db)
    kept_private = _Sealed(private) if private is not None else None
    if PRIVATE in content:
        raise ValueError("the name of the private part is taken by the content")
    commits = {PRIVATE: kept_private.commitment.hex()} if kept_private else {}
    kept = _Sealed({**content, **commits})
    event = _with_leaf_hash(Event(seq, when, kind, subject, actor, kept.commitment, b""))
    db.execute(insert(ledger).values(asdict(event)))
    db.execute(insert(ledger_content).values(seq=seq, salt=kept.salt, content=kept.text))
    if kept_private:
        db.execute(insert(ledger_private).values(seq=seq, salt=kept_private.salt, content=kept_private.text))
    node = node_reader(db)
    for level, place in completed_nodes(seq):
        made = node_hash(node(level - 1, 2 * place), node(level - 1, 2 * place + 1))
        db.execute(insert(ledger_node).values(level=level, place=place, hash=made))
    return event


def day_of(at: datetime) -> datetime:
    """Return the first moment, in UTC, of the day in which a moment lies."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def exactly(at: datetime) -> str:
    """Return a moment as events write it: in UTC, with six digits after the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Sealed:
    """A content as it is stored, with a new salt, and what commits to both."""

    def __init__(self, content: Mapping[str, object]) -> None:
        self.salt = secrets.token_bytes(32)
        self.text = canonical_json(content).decode()
        self.commitment = _seal(self.salt, self.text)


def erase_content(db: Connection, subject: str) -> int:
    """Erase words and salts of every event about ``subject``; return how many. The events stay."""
    erase_private(db, subject)
    about = select(ledger.c.seq).where(ledger.c.subject == subject)
    return db.execute(delete(ledger_content).where(ledger_content.c.seq.in_(about))).rowcount


def erase_private(db: Connection, subject: str) -> int:
    """Erase what events about ``subject`` committed to in private; return of how many. The rest stays."""
    about = select(ledger.c.seq).where(ledger.c.subject == subject)
    return db.execute(delete(ledger_private).where(ledger_private.c.seq.in_(about))).rowcount


def erase_private_at(db: Connection, numbers: Sequence[int]) -> int:
    """Erase what the events of these numbers committed to in private; return of how many. The rest stays."""
    return db.execute(delete(ledger_private).where(ledger_private.c.seq.in_(numbers))).rowcount


def events(db: Connection, *, start: int = 0, limit: int = 1000) -> Iterator[Event]:
    """Yield up to ``limit`` events from number ``start`` on, in order."""
    rows = db.execute(select(ledger).where(ledger.c.seq >= start).order_by(ledger.c.seq).limit(limit))
    for row in rows:
        yield Event(**row._mapping)


@dataclass(frozen=True)
class Content:
    """What an event committed to, as it is stored: commitment = SHA-256(salt || text)."""

    salt: bytes
    text: str

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The fields of the content, read once: a check of the whole record asks for each several times."""
        found: dict[str, Any] = json.loads(self.text)
        return found


def contents(db: Connection, *, subject: str | None = None) -> Iterator[tuple[Event, Content | None]]:
    """Yield every event, or every one about a subject, in order, with its content unless that was erased."""
    query = (
        select(ledger, *_content_columns(ledger_content, "kept"))
        .outerjoin(ledger_content, ledger_content.c.seq == ledger.c.seq)
        .order_by(ledger.c.seq)
    )
    if subject is not None:
        query = query.where(ledger.c.subject == subject)
    # Whoever stops before the end lets go of the rows: a server's cursor would stay open.
    with db.execute(query, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            there = row.kept_content is not None
            yield _event(row), Content(row.kept_salt, row.kept_content) if there else None


def private_contents(db: Connection) -> dict[int, Content]:
    """Return every private part by its event's number: never for anyone's eyes, only to compare with."""
    return {row.seq: Content(row.salt, row.content) for row in db.execute(select(ledger_private))}


def node_reader(db: Connection) -> Node:
    """Return a function that reads one node of the tree: of level 0 a leaf hash, above it a kept node."""

    @cache
    def node(level: int, place: int) -> bytes:
        if level == 0:
            query = select(ledger.c.leaf_hash).where(ledger.c.seq == place)
        else:
            query = select(ledger_node.c.hash).where(
                ledger_node.c.level == level, ledger_node.c.place == place
            )
        found = db.execute(query).scalar_one_or_none()
        if found is None:
            raise Damaged(
                f"The record is not whole: node {place} of level {level} of its tree is missing.",
                kept="The database was left as it is.",
                next_step="Run `hearing record verify`, and restore the newest backup that verifies.",
            )
        return bytes(found)

    return node


def size_of(db: Connection) -> int:
    """Return how many events the ledger holds."""
    highest = db.execute(select(func.max(ledger.c.seq))).scalar_one_or_none()
    return 0 if highest is None else int(highest) + 1


def head(db: Connection, *, size: int | None = None) -> Head:
    """Return the ledger's size and root, now or as they were at an earlier ``size``."""
    size = size_of(db) if size is None else size
    return Head(size, range_root(node_reader(db), 0, size) if size else EMPTY_ROOT)


def faults(db: Connection) -> list[str]:
    """Recompute every hash from the stored fields; return what does not fit, in words. Empty means sound."""
    found: list[str] = []
    leaves: list[bytes] = []
    missing: list[_Missing] = []
    erased: dict[tuple[str, bool], int] = {}
    expected = 0
    query = (
        select(
            ledger, *_content_columns(ledger_content, "public"), *_content_columns(ledger_private, PRIVATE)
        )
        .outerjoin(ledger_content, ledger_content.c.seq == ledger.c.seq)
        .outerjoin(ledger_private, ledger_private.c.seq == ledger.c.seq)
        .order_by(ledger.c.seq)
    )
    try:
        for row in db.execute(query, execution_options={"yield_per": 1000}):
            event = _event(row)
            if event.seq != expected:
                found.append(f"Events {expected} to {event.seq - 1} are missing.")
            expected = event.seq + 1
            leaves.append(event.leaf_hash)
            found += _faults_of(event, row)
            if row.public_content is None or _lacks_private(row):
                missing.append(_Missing(event.seq, event.subject, row.public_content is not None))
            if (verb := event.kind.partition(".")[2]) in _ERASING:
                erased[event.subject, verb == "private_erased"] = event.seq
    except (TypeError, ValueError) as error:
        # SQLite stores whatever it is given: a time that is no time stops the reading of all that follows.
        found.append(f"Event {expected} or a later one was changed after it was written ({error}).")
        return found
    found += [
        f"What event {one.seq} committed to is gone, and no event says that it was erased."
        for one in missing
        # An event that says so does not excuse itself: it commits to what is left.
        if one.seq
        >= max(erased.get((one.subject, False), -1), erased.get((one.subject, one.private_alone), -1))
    ]
    return found or _faults_of_nodes(db, leaves) or _orphans(db)


# The verbs of the events that say why contents of the same subject, before them, are gone: all, or only the
# private part.
_ERASING = ("withdrawn", "erased", "private_erased")


@dataclass(frozen=True, slots=True)
class _Missing:
    seq: int
    subject: str
    private_alone: bool


def _lacks_private(row: Row[Any]) -> bool:
    return (
        row.private_content is None
        and row.public_content is not None
        and _holds(lambda: PRIVATE in json.loads(row.public_content))
    )


def _orphans(db: Connection) -> list[str]:
    """Return the contents that belong to no event: words could lie there that nothing commits to."""
    return [
        f"A content stands at number {seq}, where there is no event."
        for table in (ledger_content, ledger_private)
        for seq in db.execute(
            select(table.c.seq).where(table.c.seq.not_in(select(ledger.c.seq))).limit(5)
        ).scalars()
    ]


def _event(row: Row[Any]) -> Event:
    return Event(**{name: getattr(row, name) for name in Event.__dataclass_fields__})


def _content_columns(table: Table, name: str) -> list[ColumnElement[Any]]:
    return [table.c.salt.label(f"{name}_salt"), table.c.content.label(f"{name}_content")]


def _faults_of(event: Event, row: Row[Any]) -> list[str]:
    found = []
    if not _holds(lambda: event == _with_leaf_hash(event)):
        found.append(f"Event {event.seq} was changed after it was written.")
    if row.public_content is None:
        if row.private_content is not None:
            found.append(f"The words of event {event.seq} are gone, but not what it holds in private.")
        return found
    if not _holds(lambda: _seal(row.public_salt, row.public_content) == event.commitment):
        return [*found, f"The words of event {event.seq} are not those that were committed to."]
    if row.private_content is not None and not _holds(
        lambda: _seal(row.private_salt, row.private_content).hex() == json.loads(row.public_content)[PRIVATE]
    ):
        found.append(f"What event {event.seq} holds in private is not what was committed to.")
    return found


def _faults_of_nodes(db: Connection, leaves: list[bytes]) -> list[str]:
    """Compare every kept node with the one that its leaves give."""
    query = select(ledger_node).order_by(ledger_node.c.level, ledger_node.c.place)
    kept = [(row.level, row.place, row.hash) for row in db.execute(query)]
    right, level, below = [], 0, leaves
    while len(below) > 1:
        below = [node_hash(left, other) for left, other in zip(below[::2], below[1::2], strict=False)]
        level += 1
        right += [(level, place, made) for place, made in enumerate(below)]
    return [] if kept == right else ["The kept nodes of the tree are not those that its events give."]


def _seal(salt: bytes, content: str) -> bytes:
    return sha256(salt + content.encode()).digest()


def _holds(check: Callable[[], bool]) -> bool:
    """Return what a check says; a value of another type than was written cannot even be hashed."""
    try:
        return check()
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _with_leaf_hash(event: Event) -> Event:
    return replace(event, leaf_hash=leaf_hash(canonical_json(event.entry)))
