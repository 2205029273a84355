"""Taking words out of the record: when their author withdraws them, when their time is over, and again.

Each way says so with an event of its own, and leaves the ledger whole: it commits to salted hashes, and what
goes are words and salts. ``store.engine.erase_freed_pages`` must follow, once the change is committed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.release import release_opinions
from hearing_app.hearings.vocabulary import CommentType, Consent, State, Target
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import append, contents, erase_content, erase_private
from hearing_app.store.tables import comment, document_version, ledger, ledger_content

WITHDRAWN, ERASED, PRIVATE_ERASED = "comment.withdrawn", "comment.erased", "comment.private_erased"

# It is emptied now, and was not in the first version of the program.
_LEFT_BY_WITHDRAWING = ("", "2026-11")
_REASON = ("reason_id", "rule_version")
_LEFT = {"target": Target, "comment_type": CommentType, "consent": Consent}

_NO_ANSWERS: dict[str, Any] = {"stance": "", "standing": [], "reason_note": ""}
_NO_WORDS: dict[str, Any] = {
    **_NO_ANSWERS,
    **dict.fromkeys(("concern", "value_seen", "ask", "display_name"), ""),
    **dict.fromkeys(("language_declared", "language_detected", "language_detector"), ""),
    "language_confidence": None,
    "evidence": [],
    "pinned": None,
}


def take_back(db: Connection, comment_id: str, *, at: datetime) -> None:
    """Withdraw a comment as its author asked: words and answers go, its number and the fact stay."""
    row = _keep_counts(db, comment_id, at=at)
    erase_content(db, _subject(comment_id))
    append(
        db,
        actor="author",
        kind=WITHDRAWN,
        subject=_subject(comment_id),
        content={"from_state": row.state},
        at=at,
    )
    left = {"state": State.WITHDRAWN, "state_at": at, "decided_by": "author"}
    _set(db, comment_id, {**_NO_WORDS, **dict.fromkeys(_REASON, ""), **left})


def erase_words(db: Connection, comment_id: str, *, period: str, at: datetime) -> None:
    """Erase a comment's words and answers because their period is over; state and reason stay as they are."""
    row = _keep_counts(db, comment_id, at=at)
    erase_content(db, _subject(comment_id))
    _say(db, ERASED, row, period, at)
    _set(db, comment_id, _NO_WORDS)


def erase_answers(db: Connection, comment_id: str, *, period: str, at: datetime) -> None:
    """Erase a view, a standing, a note, and a name that is not shown; what the public reads stays."""
    row = _keep_counts(db, comment_id, at=at)
    erase_private(db, _subject(comment_id))
    # Before there were private parts, the answers stood with the words: then both leave the ledger.
    first = next((kept for _, kept in contents(db, subject=_subject(comment_id))), None)
    in_the_open = first is not None and "stance" in first.fields
    if in_the_open:
        erase_content(db, _subject(comment_id))
    _say(db, ERASED if in_the_open else PRIVATE_ERASED, row, period, at)
    nameless = {} if row.consent == Consent.TEXT_AND_NAME else {"display_name": ""}
    _set(db, comment_id, {**_NO_ANSWERS, **nameless})


def gone_from_backups(at: datetime, backup_days: int) -> datetime:
    """Return the moment by which words that were erased ``at`` are gone from every backup, too.

    The last backup that can hold them was made just before; none is kept for longer than ``backup_days``.
    """
    return at + timedelta(days=backup_days)


def erase_again(db: Connection, before: Connection) -> int:
    """Erase in a restored record what was erased in the one ``before`` since the backup; return how many.

    A backup is older than what was asked for after it was made: nobody has to ask twice.
    """
    have = {
        (event.kind, event.subject)
        for event in db.execute(select(ledger).where(ledger.c.kind.in_((WITHDRAWN, ERASED, PRIVATE_ERASED))))
    }
    here = set(db.execute(select(comment.c.comment_id)).scalars())
    asked = before.execute(
        select(ledger).where(ledger.c.kind.in_((WITHDRAWN, ERASED, PRIVATE_ERASED))).order_by(ledger.c.seq)
    ).all()
    done = 0
    for event in asked:
        comment_id = event.subject.removeprefix("comment:")
        if (event.kind, event.subject) in have or comment_id not in here:
            continue
        if event.kind == WITHDRAWN:
            take_back(db, comment_id, at=event.at)
        else:
            erase = erase_words if event.kind == ERASED else erase_answers
            erase(db, comment_id, period="again", at=event.at)
        done += 1
    return done


@unreadable_is_a_fault("What is left of erased comments")
def faults(db: Connection) -> list[str]:
    """Return the erased comments of which something else is left than can have been.

    What the ledger committed to at first is gone. It still tells their numbers, times and states, and the
    reason where words went because of their period. Their choices are from short lists.
    """
    version = document_version.c
    query = select(version.document_id, version.version).where(version.kind == "system")
    systems = {(row.document_id, row.version) for row in db.execute(query)}
    why: dict[str, dict[str, Any]] = {
        subject: json.loads(content)
        for subject, content in db.execute(
            select(ledger.c.subject, ledger_content.c.content)
            .join(ledger_content, ledger_content.c.seq == ledger.c.seq)
            .where(ledger.c.kind == ERASED)
            .order_by(ledger.c.seq)
        )
    }
    return [
        f"Comment {row.comment_id}: what is left of it is not what was left."
        for row in db.execute(select(comment).where(comment.c.stance == ""))
        if (row.system_id, row.system_version) not in systems
        or any(getattr(row, name) not in set(vocabulary) for name, vocabulary in _LEFT.items())
        or not _has_reason(row, why.get(_subject(row.comment_id), {}))
    ]


def _has_reason(row: Row[Any], said: Mapping[str, Any]) -> bool:
    if row.state == State.WITHDRAWN:
        return not row.reason_id and row.rule_version in _LEFT_BY_WITHDRAWING
    return all(said[name] == getattr(row, name) for name in _REASON if name in said)


def _keep_counts(db: Connection, comment_id: str, *, at: datetime) -> Row[Any]:
    """Keep the counts of views as the public sees them, before an answer goes; return the comment's row."""
    row = db.execute(select(comment).where(comment.c.comment_id == comment_id)).one()
    release_opinions(db, hearing_of(db, row.hearing_id), at=at)
    return row


def _say(db: Connection, kind: str, row: Row[Any], period: str, at: datetime) -> None:
    """Append the event; where the words of a decision leave the ledger, its reason is committed to again."""
    reason = {name: getattr(row, name) for name in _REASON} if kind == ERASED else {}
    append(
        db,
        actor="operator",
        kind=kind,
        subject=_subject(row.comment_id),
        content={"period": period, **reason},
        at=at,
    )


def _set(db: Connection, comment_id: str, values: dict[str, Any]) -> None:
    db.execute(update(comment).where(comment.c.comment_id == comment_id).values(values))


def _subject(comment_id: str) -> str:
    return f"comment:{comment_id}"
