"""What leaves the statements and votes: words whose author took them back, and votes of who wants them gone.

``store.engine.erase_freed_pages`` must follow, once the change is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, String, delete, select, type_coerce, update

from hearing_app.record.before import Before, moment_of
from hearing_app.record.ledger import append, day_of, erase_content, erase_private
from hearing_app.store.tables import statement, vote, voter

ERASED, TAKEN_BACK, TAKEN_DOWN = "statement.erased", "vote.withdrawn", "statement.taken_down"
ERASING = (TAKEN_BACK,)
HIDING = (ERASED, TAKEN_DOWN)
_VOTE = "vote:"
_AGAIN = "It was taken down before the record was restored from a backup."


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
        _forget(db, row.hearing_id, row.number, at=at)
    return len(rows)


def _forget(db: Connection, hearing_id: str, number: int, *, at: datetime) -> None:
    why = "The words it rests on left the record."
    erase_content(db, subject_of(hearing_id, number))
    here = (statement.c.hearing_id == hearing_id) & (statement.c.number == number)
    db.execute(update(statement).where(here).values(text="", language=""))
    _end(db, ERASED, subject_of(hearing_id, number), why, at=at)


def _end(db: Connection, kind: str, subject: str, why: str, *, at: datetime) -> None:
    """End the voting on a statement by rule, with its event."""
    event = append(db, actor="rule", kind=kind, subject=subject, content={"why": why}, at=at)
    hearing_id, _, number = subject.removeprefix("statement:").rpartition("/")
    here = (statement.c.hearing_id == hearing_id) & (statement.c.number == int(number))
    left = {"taken_down_at": event.at, "taken_down_why": why, "taken_down_seq": event.seq}
    db.execute(update(statement).where(here).values(left))


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


def take_down_again(db: Connection, before: Before, *, at: datetime | None = None) -> int:
    """Take down in a restored record the statements that were taken down since the backup; return how many.

    A number can stand for another statement, where this one was added after an earlier restore: then what
    was done before it was added does not count.
    """
    when, row = at or datetime.now(UTC), statement.c
    asked = [(one.kind, one.subject, one.at) for one in before.events if one.kind in HIDING]
    asked += [(one.kind, one.comment_id, one.at) for one in before.noted if one.kind in HIDING]
    if not before.whole:
        # The events may be lost where the rows are not.
        ended = select(
            row.hearing_id, row.number, row.text, type_coerce(row.taken_down_at, String).label("at")
        )
        for gone in before.rows(ended.where(row.taken_down_at.is_not(None))):
            kind = TAKEN_DOWN if gone.text else ERASED
            asked.append((kind, subject_of(gone.hearing_id, gone.number), moment_of(gone.at)))
    last: dict[tuple[str, str], datetime] = {}
    for kind, subject, moment in asked:
        last[kind, subject] = max(moment, last.get((kind, subject), moment))
    done = 0
    shown = select(row.hearing_id, row.number, row.added_at).where(row.taken_down_at.is_(None))
    for one in db.execute(shown.order_by(row.hearing_id, row.number)).all():
        subject, since = subject_of(one.hearing_id, one.number), day_of(one.added_at)
        counts = [kind for kind in HIDING if (kind, subject) in last and last[kind, subject] >= since]
        if ERASED in counts:
            _forget(db, one.hearing_id, one.number, at=when)
        elif counts:
            _end(db, TAKEN_DOWN, subject, _AGAIN, at=when)
        done += bool(counts)
    return done


def _asked_before(before: Before) -> Iterator[tuple[str, datetime]]:
    yield from ((one.subject.removeprefix(_VOTE), one.at) for one in before.events if one.kind == TAKEN_BACK)
    # Noted under what it is about, of which a comment's number alone is shortened.
    noted = (one for one in before.noted if one.kind == TAKEN_BACK)
    yield from ((one.comment_id.removeprefix(_VOTE), one.at) for one in noted)
