"""Statements and votes against the ledger: each row as it was committed to, and none came or went unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.voting.casting import CAST
from hearing_app.hearings.voting.erasing import ERASED, LEFT, subject_of
from hearing_app.hearings.voting.statements import ADDED, TAKEN_DOWN
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import Content, Event, contents, private_contents
from hearing_app.store.tables import statement, vote, voter

_Told = list[tuple[Event, Content | None]]


@unreadable_is_a_fault("The statements and votes")
def faults(db: Connection) -> list[str]:
    """Return every difference between statements and votes and the events about them; empty means none."""
    told: dict[str, _Told] = defaultdict(list)
    for event, content in contents(db):
        if event.kind in {ADDED, TAKEN_DOWN, ERASED, CAST, LEFT}:
            told[event.subject].append((event, content))
    private = private_contents(db)
    found = []
    for row in db.execute(select(statement).order_by(statement.c.hearing_id, statement.c.number)):
        subject = subject_of(row.hearing_id, row.number)
        found += [f"Statement {subject[10:]}: {one}" for one in _of_statement(row, told.pop(subject, []))]
    votes: dict[str, list[Row[Any]]] = defaultdict(list)
    for one in db.execute(select(vote).order_by(vote.c.seq)):
        votes[one.voter_id].append(one)
    for row in db.execute(select(voter).order_by(voter.c.voter_id)):
        events = told.pop(f"voter:{row.voter_id}", [])
        wrong = _of_voter(row, votes.pop(row.voter_id, []), events, private)
        found += [f"Voter {row.voter_id}: {one}" for one in wrong]
    return [*found, *(f"{gone} is in the ledger, and has no row." for gone in sorted({*told, *votes}))]


def _of_statement(row: Row[Any], told: _Told) -> Iterator[str]:
    if not told or told[0][0].kind != ADDED:
        yield "the ledger has no event of it."
        return
    event, content = told[0]
    if (row.added_at, row.added_by, row.seq) != (event.at, event.actor, event.seq):
        yield "it was added at another time, or by another one."
    kinds = [one.kind for one, _ in told]
    if ERASED in kinds:
        if row.text or row.language:
            yield "it has again the words that were erased."
    elif content is None:
        yield "what was committed to of it is gone."
    elif wrong := [name for name, value in content.fields.items() if getattr(row, name, None) != value]:
        yield f"its row differs from what was committed to: {', '.join(wrong)}."
    last, why = told[-1]
    if len(told) == 1:
        if row.taken_down_at or row.taken_down_why or row.taken_down_seq:
            yield "it is taken down, and no event says so."
    elif (row.taken_down_at, row.taken_down_seq) != (last.at, last.seq) or (
        why is not None and row.taken_down_why != why.fields["why"]
    ):
        yield "it was taken down in another way than the ledger says."


def _of_voter(
    row: Row[Any], votes: list[Row[Any]], told: _Told, private: dict[int, Content]
) -> Iterator[str]:
    left = [event for event, _ in told if event.kind == LEFT]
    if row.left_at != (left[0].at if left else None) or len(left) > 1:
        yield "its row says another thing about taking its votes back than the ledger."
    if left:
        if votes:
            yield "it has again votes that were taken back."
        return
    if [event.seq for event, _ in told] != [one.seq for one in votes]:
        yield "its votes are not those of the ledger."
        return
    for one, (event, content) in zip(votes, told, strict=True):
        kept = private.get(event.seq)
        said = {**(content.fields if content else {}), **(kept.fields if kept else {})}
        stands = {"hearing": one.hearing_id, "statement": one.statement, "vote": one.vote}
        if any(said.get(name) != value for name, value in stands.items()) or one.at != event.at:
            yield f"vote {one.seq} is not as it was cast."
