"""The address of a comment's own feed: it is not the receipt, and nobody can find the receipt from it.

The address is the comment's number, which is not secret, and an HMAC under the server's key: over the key by
which the record finds the receipt, with a label of its own. From the address neither the receipt nor the key
can be computed; from a stolen database no address can. 160 bits cannot be guessed, and guesses are counted.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Engine, select

from hearing_app.errors import NotFound
from hearing_app.hearings.agenda.reading import agenda_of
from hearing_app.hearings.agenda.slots import BOOKED, FREED
from hearing_app.hearings.vocabulary import TAKEN_OUT, Reason, State
from hearing_app.people.permissions import OPERATOR
from hearing_app.people.throttle import Limit, by_network, hashed, tried
from hearing_app.record.ledger import contents
from hearing_app.record.receipts import lookup_key, read_receipt
from hearing_app.store.engine import reading
from hearing_app.store.tables import comment

FEED_GUESSES = Limit("feed", 20, 60)
FEED_READS = Limit("feed-read", 120, 15 * 60, "look-ups of this feed")
"""A reader asks every quarter of an hour; a hundred devices of one family may."""
_TOKEN = re.compile(r"(C-\d{4}-[0-9A-Z]{7})\.([0-9a-f]{40})")
_STATES = {f"comment.{state}": state for state in State}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a comment; ``at`` is a day where its author did it."""

    name: str
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A comment as its feed knows it: where it stands, and what happened to it, oldest first; no words."""

    comment_id: str
    hearing_id: str
    is_withdrawn: bool
    is_published: bool
    steps: tuple[Step, ...]


def token_for(key: bytes, comment_id: str, receipt: str) -> str:
    """Return what the address of a comment's feed ends with, for who shows its receipt."""
    return f"{comment_id}.{_mac(key, lookup_key(key, read_receipt(receipt)))}"


def followed(engine: Engine, key: bytes, token: str, address: str, *, at: datetime | None = None) -> Followed:
    """Return the comment of a feed's address to someone at a network address.

    Raises ``NotFound`` for an address that belongs to nothing, ``TooMany`` after many tries.
    """
    failing = by_network(FEED_GUESSES, key, address, about="feed ", at=at)
    always = [(FEED_READS, hashed(key, f"feed {token[:60]}", at=at))]
    with tried(engine, failing, always, at=at), reading(engine) as db:
        return _found(db, key, token)


def _found(db: Connection, key: bytes, token: str) -> Followed:
    read = _TOKEN.fullmatch(token)
    columns = (comment.c.comment_id, comment.c.hearing_id, comment.c.receipt_key, comment.c.state)
    row = db.execute(select(*columns).where(comment.c.comment_id == (read[1] if read else ""))).first()
    mac = _mac(key, row.receipt_key if row else "")
    if row is None or read is None or not hmac.compare_digest(mac, read[2]):
        raise NotFound("No feed has this address.", kept="", next_step="Copy it again from “My receipt”.")
    gone = row.state == State.WITHDRAWN
    steps = tuple(one for one in _steps(db, row.comment_id, row.hearing_id) if not gone or _is_the_end(one))
    return Followed(row.comment_id, row.hearing_id, gone, row.state == State.PUBLISHED, steps)


def _steps(db: Connection, comment_id: str, hearing_id: str) -> Iterator[Step]:
    """Yield what happened to a comment. The words of its author and notes to them are left out."""
    for event, content in contents(db, subject=f"comment:{comment_id}"):
        state, fields = _STATES.get(event.kind), content.fields if content else {}
        if state is None:
            continue
        reason = str(fields.get("reason", ""))
        why = f" Reason: {Reason(reason).label}." if reason in set(Reason) else ""
        said = "arrived" if state is State.SUBMITTED else state.label
        if state is State.WITHDRAWN and event.actor == OPERATOR.name:
            said = TAKEN_OUT
        yield Step(f"{event.seq}", event.at, f"Your comment {said}.{why}")
    for event, content in contents(db, subject=f"hearing:{hearing_id}"):
        if event.kind in {BOOKED, FREED} and content and content.fields.get("comment") == comment_id:
            number = content.fields.get("slot")
            gives = "was given" if event.kind == BOOKED else "has no longer"
            yield Step(f"{event.seq}", event.at, f"Your comment {gives} speaking slot {number}.")
    agenda = agenda_of(db, hearing_id)
    for item in agenda.items if agenda else ():
        speaks = {one.comment_id for one in item.slots if one.state == "speaks"}
        if agenda and comment_id in {*item.comment_ids, *speaks}:
            place = f"Your comment stands on the agenda: item {item.number}, “{item.title}”."
            yield Step(f"agenda:{agenda.version}:{item.number}", agenda.at, place)


def _is_the_end(one: Step) -> bool:
    return one.what.startswith(tuple(f"Your comment {how}" for how in (State.WITHDRAWN.label, TAKEN_OUT)))


def _mac(key: bytes, receipt_key: str) -> str:
    return hmac.new(key, f"feed:{receipt_key}".encode(), sha256).hexdigest()[:40]
