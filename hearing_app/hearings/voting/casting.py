"""Casting votes: one person votes under 16 digits that only they have, and may change or take back each vote.

No account, no cookie: the digits are an HMAC of a number that the browser draws, as a comment's receipt is.
The ledger commits to each vote in private, and says in public only that a vote was cast on a day: each one
under a name of its own, so that nobody can tell which belong together.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, insert, select

from hearing_app.errors import Conflict, Fault, Invalid, NotFound, NotOpen
from hearing_app.hearings.hearing import Phase, hearing_of
from hearing_app.hearings.voting.erasing import forget_votes_of
from hearing_app.hearings.voting.statements import statement_of
from hearing_app.people.throttle import Counted, Limit, Sender, check, hashed, record_try, spend, tried
from hearing_app.record.ledger import append
from hearing_app.record.receipts import lookup_key, read_receipt, receipt_of
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.tables import vote, voter
from hearing_app.voices.vote_table import AGREE, DISAGREE, PASS

CAST = "vote.cast"
# Somebody who reads each statement needs some seconds for it.
VOTES = Limit("vote", 150, 10 * 60, "votes with these digits")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Ballot:
    """Who votes: the digits they keep, the name that the record gives them, and their votes by statement."""

    code: str
    voter_id: str
    hearing_id: str
    votes: Mapping[int, int]
    has_left: bool


def voting_code(key: bytes, hearing_id: str, draft_id: str) -> str:
    """Return the digits of somebody whose browser drew ``draft_id``; for each hearing others."""
    return receipt_of(key, f"votes:{hearing_id}:{draft_id}")


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote: in which hearing, under which digits, on which statement; 1 agree, 0 pass, -1 disagree.

    ``is_new`` says that the digits were made just now, by ``voting_code``.
    """

    hearing_id: str
    code: str
    statement: int
    vote: int
    is_new: bool = False


def cast(
    db: Connection, key: bytes, sent: Vote, *, by: Sender | None = None, at: datetime | None = None
) -> Ballot:
    """Put a vote on the record; the last one on a statement counts.

    A first vote under new digits is counted against what the sender's network may send (``by``). Raises
    ``NotFound`` for digits that nobody has, ``NotOpen``, ``Conflict`` for a statement that was taken down,
    ``Invalid`` for what is no vote, ``TooMany``.
    """
    when = at or datetime.now(UTC)
    hearing_id, code, number, given = sent.hearing_id, sent.code, sent.statement, sent.vote
    if given not in (AGREE, PASS, DISAGREE):
        raise Invalid("The vote was not counted.", [Fault("", "vote", "This is no vote.", "Use 1, 0 or -1.")])
    phase = hearing_of(db, hearing_id).phase(when)
    if phase is not Phase.OPEN:
        says = "has not opened yet" if phase is Phase.ANNOUNCED else "has closed"
        raise NotOpen(f"This hearing {says}, so no votes are taken now.", kept="Your earlier votes stay.")
    if not statement_of(db, hearing_id, number).is_shown:
        raise Conflict("This statement was taken down.", kept="Your other votes stay.")
    ballot = _ballot(db, key, hearing_id, code)
    if ballot is None and not sent.is_new:
        raise _unknown()
    if ballot is not None and ballot.has_left:
        raise Conflict("The votes of these digits were taken back.", next_step="Begin anew to vote again.")
    if ballot is None:
        if by is not None:
            spend(db, _of_voters(by), what="Your vote", at=when)
        voter_id = _new_id(db, voter.c.voter_id, "V")
        db.execute(
            insert(voter).values(
                voter_id=voter_id, hearing_id=hearing_id, receipt_key=lookup_key(key, code), left_at=None
            )
        )
        ballot = Ballot(code, voter_id, hearing_id, {}, False)
    if ballot.votes.get(number) == given:
        return ballot
    counted = hashed(key, f"voter {ballot.voter_id}", at=when)
    check(db, VOTES, counted, at=when)
    record_try(db, VOTES, counted, at=when)
    vote_id = _new_id(db, vote.c.vote_id, "B")
    event = append(
        db,
        actor="public",
        kind=CAST,
        subject=f"vote:{vote_id}",
        content={"hearing": hearing_id},
        private={"voter": ballot.voter_id, "statement": number, "vote": given},
        at=when,
    )
    db.execute(
        insert(vote).values(
            seq=event.seq,
            vote_id=vote_id,
            hearing_id=hearing_id,
            voter_id=ballot.voter_id,
            statement=number,
            vote=given,
            at=event.at,
        )
    )
    return replace(ballot, votes={**ballot.votes, number: given})


def ballot_by_code(
    engine: Engine,
    key: bytes,
    hearing_id: str,
    typed: str,
    guesses: Counted = (),
    *,
    at: datetime | None = None,
) -> Ballot:
    """Return the ballot of digits that somebody typed; ``guesses`` is what a wrong try counts against.

    Raises ``Invalid`` for what are no 16 digits, ``NotFound`` when nobody has them here, ``TooMany``.
    """
    code = read_receipt(typed)
    with tried(engine, guesses, (), at=at), reading(engine) as db:
        if (found := _ballot(db, key, hearing_id, code)) is None:
            raise _unknown()
    return found


def take_back(
    engine: Engine, key: bytes, hearing_id: str, code: str, *, at: datetime | None = None
) -> Ballot:
    """Take all votes of somebody out of the record; twice changes nothing.

    Once a hearing has closed its counts stand, and are made again without these votes; the page says so.
    """
    with writing(engine) as db:
        when = at or datetime.now(UTC)
        found = _ballot(db, key, hearing_id, code)
        if found is None:
            raise _unknown()
        if not found.has_left:
            forget_votes_of(db, found.voter_id, at=when)
    erase_freed_pages(engine)
    return replace(found, votes={}, has_left=True)


def _ballot(db: Connection, key: bytes, hearing_id: str, code: str) -> Ballot | None:
    row = db.execute(
        select(voter).where(voter.c.receipt_key == lookup_key(key, code), voter.c.hearing_id == hearing_id)
    ).first()
    if row is None:
        return None
    query = select(vote.c.statement, vote.c.vote).where(vote.c.voter_id == row.voter_id).order_by(vote.c.seq)
    votes = {one.statement: one.vote for one in db.execute(query)}
    return Ballot(code, row.voter_id, hearing_id, votes, row.left_at is not None)


def _unknown() -> NotFound:
    return NotFound(
        "Nobody voted in this hearing with these 16 digits.",
        kept="",
        next_step="Compare them with those you kept, or begin anew.",
        heading="No votes belong to these digits",
    )


def _of_voters(by: Sender) -> Sender:
    """Return the same sender, counted as one who begins to vote: apart from the comments it sends."""

    def own(limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
        return tuple(replace(one, scope="voter", what="voters from your network") for one in limits)

    return Sender(by.key, own(by.limits), tuple((key, own(limits)) for key, limits in by.wider))


def _new_id(db: Connection, column: ColumnElement[str], letter: str) -> str:
    while True:
        found = f"{letter}-{''.join(secrets.choice(_LETTERS) for _ in range(12))}"
        if not db.execute(select(column).where(column == found)).first():
            return found
