"""What leaves the statements and votes: words whose author took them back, and votes of who wants them gone.

``store.engine.erase_freed_pages`` must follow, once the change is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from hearing_app.record.before import Before
from hearing_app.record.ledger import append, erase_content, erase_private
from hearing_app.store.tables import ledger, statement, vote, voter

ERASED, LEFT = "statement.erased", "voter.withdrawn"
ERASING = (LEFT,)
_VOTER = "voter:"


def subject_of(hearing_id: str, number: int) -> str:
    """Return how the ledger names a statement."""
    return f"statement:{hearing_id}/{number}"


def forget_words_of(db: Connection, comment_id: str, *, at: datetime) -> int:
    """Erase the statements that rest on a comment, because its words leave the record; return how many.

    Their numbers and their votes stay: the counts of the others must not change.
    """
    query = select(statement.c.hearing_id, statement.c.number).where(
        statement.c.comment_id == comment_id, statement.c.text != ""
    )
    rows = db.execute(query).all()
    for row in rows:
        subject = subject_of(row.hearing_id, row.number)
        erase_content(db, subject)
        why = "The words it rests on left the record."
        event = append(db, actor="rule", kind=ERASED, subject=subject, content={"why": why}, at=at)
        db.execute(
            update(statement)
            .where(statement.c.hearing_id == row.hearing_id, statement.c.number == row.number)
            .values(
                text="",
                language="",
                taken_down_at=event.at,
                taken_down_why=why,
                taken_down_seq=event.seq,
            )
        )
    return len(rows)


def forget_votes_of(db: Connection, voter_id: str, *, at: datetime) -> None:
    """Erase a voter's votes, and what the ledger committed to of them in private; the fact stays."""
    subject = f"{_VOTER}{voter_id}"
    erase_private(db, subject)
    event = append(db, actor="author", kind=LEFT, subject=subject, content={}, at=at)
    db.execute(delete(vote).where(vote.c.voter_id == voter_id))
    db.execute(update(voter).where(voter.c.voter_id == voter_id).values(left_at=event.at))


def erase_again(db: Connection, before: Before) -> int:
    """Take back in a restored record the votes that were taken back since the backup; return of how many."""
    there = set(db.execute(select(voter.c.voter_id).where(voter.c.left_at.is_(None))).scalars())
    have = set(db.execute(select(ledger.c.subject).where(ledger.c.kind == LEFT)).scalars())
    done = 0
    for voter_id, at in _asked_before(before):
        if voter_id in there and f"{_VOTER}{voter_id}" not in have:
            there.discard(voter_id)
            forget_votes_of(db, voter_id, at=at)
            done += 1
    return done


def _asked_before(before: Before) -> Iterator[tuple[str, datetime]]:
    yield from ((one.subject.removeprefix(_VOTER), one.at) for one in before.events if one.kind == LEFT)
    # Noted under what it is about, of which a comment's number alone is shortened.
    yield from ((one.comment_id.removeprefix(_VOTER), one.at) for one in before.noted if one.kind == LEFT)
