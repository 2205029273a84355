"""What leaves the statements and votes: words whose author took them back, and votes of who wants them gone.

``store.engine.erase_freed_pages`` must follow, once the change is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from hearing_app.record.before import Before
from hearing_app.record.ledger import append, day_of, erase_content, erase_private
from hearing_app.store.tables import statement, vote, voter

ERASED, TAKEN_BACK = "statement.erased", "vote.withdrawn"
ERASING = (TAKEN_BACK,)
_VOTE = "vote:"


def subject_of(hearing_id: str, number: int) -> str:
    """Return how the ledger names a statement."""
    return f"statement:{hearing_id}/{number}"


def forget_words_of(db: Connection, comment_id: str, *, at: datetime, holding: str = "") -> int:
    """Erase the statements that rest on a comment, because its words leave the readers; return how many.

    ``holding`` takes those alone that hold these words, or are said to be in its author's own words. Their
    numbers and their votes stay: the counts of the others must not change.
    """
    query = select(
        statement.c.hearing_id, statement.c.number, statement.c.text, statement.c.in_own_words
    ).where(statement.c.comment_id == comment_id, statement.c.text != "")
    sought = _folded(holding)
    rows = [
        row
        for row in db.execute(query)
        if not sought or row.in_own_words or sought in _folded(row.text) or _folded(row.text) in sought
    ]
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


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def forget_votes_of(db: Connection, voter_id: str, *, at: datetime) -> None:
    """Erase a voter's votes, and what the ledger committed to of them in private; the fact stays."""
    for vote_id in db.execute(select(vote.c.vote_id).where(vote.c.voter_id == voter_id)).scalars().all():
        erase_private(db, f"{_VOTE}{vote_id}")
        append(db, actor="author", kind=TAKEN_BACK, subject=f"{_VOTE}{vote_id}", content={}, at=at)
    db.execute(delete(vote).where(vote.c.voter_id == voter_id))
    db.execute(update(voter).where(voter.c.voter_id == voter_id).values(left_at=day_of(at)))


def erase_again(db: Connection, before: Before) -> int:
    """Take back in a restored record the votes that were taken back since the backup; return of how many."""
    voters = {row.vote_id: row.voter_id for row in db.execute(select(vote.c.vote_id, vote.c.voter_id))}
    done: set[str] = set()
    for vote_id, at in _asked_before(before):
        voter_id = voters.get(vote_id)
        if voter_id is not None and voter_id not in done:
            done.add(voter_id)
            forget_votes_of(db, voter_id, at=at)
    return len(done)


def _asked_before(before: Before) -> Iterator[tuple[str, datetime]]:
    yield from ((one.subject.removeprefix(_VOTE), one.at) for one in before.events if one.kind == TAKEN_BACK)
    # Noted under what it is about, of which a comment's number alone is shortened.
    noted = (one for one in before.noted if one.kind == TAKEN_BACK)
    yield from ((one.comment_id.removeprefix(_VOTE), one.at) for one in noted)
