"""Statements and votes against the ledger: each row as it was committed to, and none came or went unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.voting.casting import CAST
from hearing_app.hearings.voting.erasing import ERASED, TAKEN_BACK, TAKEN_DOWN, subject_of
from hearing_app.hearings.voting.statements import ADDED
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import Content, Event, contents, private_contents
from hearing_app.store.tables import statement, vote, voter

_Told = list[tuple[Event, Content | None]]


@unreadable_is_a_fault("The statements and votes")
def faults(db: Connection) -> list[str]:
    """Return every difference between statements and votes and the events about them; empty means none."""
    told: dict[str, _Told] = defaultdict(list)
    for event, content in contents(db):
        if event.kind in {ADDED, TAKEN_DOWN, ERASED, CAST, TAKEN_BACK}:
            told[event.subject].append((event, content))
    private = private_contents(db)
    found = []
    for row in db.execute(select(statement).order_by(statement.c.hearing_id, statement.c.number)):
        subject = subject_of(row.hearing_id, row.number)
        found += [f"Statement {subject[10:]}: {one}" for one in _of_statement(row, told.pop(subject, []))]
    for row in db.execute(select(vote, voter.c.left_at).outerjoin(voter).order_by(vote.c.seq)):
        wrong = _of_vote(row, told.pop(f"vote:{row.vote_id}", []), private)
        found += [f"Vote {row.vote_id}: {one}" for one in wrong]
    gone = {subject for subject, events in told.items() if events[-1][0].kind != TAKEN_BACK}
    return [*found, *(f"{one} is in the ledger, and has no row." for one in sorted(gone))]


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


def _of_vote(row: Row[Any], told: _Told, private: dict[int, Content]) -> Iterator[str]:
    if len(told) != 1 or told[0][0].kind != CAST:
        yield "it was taken back, or never cast, as the ledger says."
        return
    [(event, content)] = told
    if row.left_at is not None:
        yield "its voter has taken all votes back."
    kept = private.get(event.seq)
    said = {**(content.fields if content else {}), **(kept.fields if kept else {})}
    stands = {
        "hearing": row.hearing_id, "voter": row.voter_id, "statement": row.statement, "vote": row.vote
    }  # fmt: skip
    if any(said.get(name) != value for name, value in stands.items()):
        yield "it is not as it was cast."
    if (row.seq, row.at) != (event.seq, event.at):
        yield "it was cast at another time."
