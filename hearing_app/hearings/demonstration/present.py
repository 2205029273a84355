"""Which rehearsals a record holds, which of them stands, and which of its comments and votes were made up.

What is made up is sent under drafts that follow from the server's key, so it can be told apart later from
what people wrote, with no mark in the record. Without the key nobody finds a receipt of either.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from sqlalchemy import Connection, func, select

from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.announcing import may_be_cancelled
from hearing_app.hearings.life.stages import stage
from hearing_app.hearings.vocabulary import State
from hearing_app.hearings.voting.casting import voting_code
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.receipts import lookup_key, receipt_of
from hearing_app.record.versions import latest_version
from hearing_app.store.tables import comment, voter

HEARING = "rehearsal-live-facial-recognition"
REHEARSAL = Actor(Role.FACILITATOR, "rehearsal")
THERE = comment.c.state != State.WITHDRAWN, voter.c.left_at.is_(None)


def rehearsals(db: Connection) -> list[Hearing]:
    """Return every rehearsal of the record, in order: the second has the number 2 in its address."""
    found: list[Hearing] = []
    while (version := latest_version(db, "hearing", address_of(len(found) + 1))) is not None:
        found.append(Hearing.model_validate(version.document))
    return found


def address_of(number: int) -> str:
    """Return the name in the address of the first, second, … rehearsal."""
    return HEARING if number == 1 else f"{HEARING}-{number}"


def is_over(db: Connection, hearing: Hearing) -> bool:
    """Return whether a rehearsal was taken out whole: closed, and nothing that was sent is left in it."""
    if hearing.cancelled is None and may_be_cancelled(stage(db, hearing)):
        return False
    comments, voters = THERE
    left = (
        select(comment.c.comment_id).where(comment.c.hearing_id == hearing.id, comments).limit(1),
        select(voter.c.voter_id).where(voter.c.hearing_id == hearing.id, voters).limit(1),
    )
    return all(db.execute(one).first() is None for one in left)


def comment_draft(key: bytes, hearing_id: str, number: int) -> str:
    """Return under which draft the made-up comment of this number is sent, counted from 0."""
    return _draft(key, hearing_id, "comment", number)


def voter_draft(key: bytes, hearing_id: str, number: int) -> str:
    """Return under which draft the made-up voter of this number votes, counted from 0."""
    return _draft(key, hearing_id, "voter", number)


def made_up(db: Connection, key: bytes, hearing_id: str) -> frozenset[str]:
    """Return the keys by which the record knows what was made up; there are no more than there are rows."""
    rows = [
        db.execute(select(func.count()).where(table.c.hearing_id == hearing_id)).scalar_one()
        for table in (comment, voter)
    ]
    receipts = [receipt_of(key, comment_draft(key, hearing_id, number)) for number in range(rows[0])]
    codes = [voting_code(key, hearing_id, voter_draft(key, hearing_id, number)) for number in range(rows[1])]
    return frozenset(lookup_key(key, digits) for digits in (*receipts, *codes))


def _draft(key: bytes, hearing_id: str, what: str, number: int) -> str:
    return hmac.new(key, f"rehearsal:{hearing_id}:{what}:{number}".encode(), sha256).hexdigest()[:32]
