"""An answer that is still being written: kept for its writer alone, one for each hearing.

It is no part of the record, so the ledger says nothing of it. It goes when the answer is published, when its
writer throws it away, with the account, and when it was left lying for longer than its period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.answers.answering import Answering
from hearing_app.hearings.comments.draft import Link
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.people.retention import Due
from hearing_app.record.canonical import canonical_json
from hearing_app.store.tables import answer_draft

LARGEST = 50_000
"""Bytes of a draft; a whole answer has some 12,000."""


def keep(
    db: Connection, actor: Actor, hearing_id: str, given: Answering, *, at: datetime | None = None
) -> None:
    """Keep what somebody has written so far, in the place of what they kept before. It need not be complete.

    Raises ``Invalid`` for what is far too long to become an answer.
    """
    require(actor, Act.WRITE_ANSWERS)
    hearing_of(db, hearing_id)
    content: dict[str, Any] = {
        **asdict(given),
        "comment_ids": list(given.comment_ids),
        "evidence": [asdict(one) for one in given.evidence],
        "find_out_by": given.find_out_by.isoformat() if given.find_out_by else None,
        "received_on": given.received_on.isoformat() if given.received_on else None,
    }
    try:
        size = len(canonical_json(content))
    except ValueError:
        size = LARGEST + 1
    if size > LARGEST:
        repair = "An answer has 2,000 characters at most."
        raise Invalid("Your draft was not kept.", [Fault("", "text", "It is too long.", repair)], kept="")
    _drop(db, actor, hearing_id)
    row = {"account_id": actor.account_id, "hearing_id": hearing_id, "content": content}
    db.execute(insert(answer_draft).values(**row, saved_at=at or datetime.now(UTC)))


def kept(db: Connection, actor: Actor, hearing_id: str) -> Answering | None:
    """Return what this person has written so far for a hearing, or ``None``."""
    require(actor, Act.WRITE_ANSWERS)
    query = select(answer_draft.c.content).where(
        answer_draft.c.account_id == actor.account_id, answer_draft.c.hearing_id == hearing_id
    )
    content = db.execute(query).scalar_one_or_none()
    return None if content is None else _read(content)


def drop(db: Connection, actor: Actor, hearing_id: str) -> None:
    """Throw away what this person has written so far for a hearing."""
    require(actor, Act.WRITE_ANSWERS)
    _drop(db, actor, hearing_id)


def due(db: Connection, before: datetime) -> Due:
    """Return how many drafts were saved last before a moment, and when the first of them was."""
    query = select(func.count(), func.min(answer_draft.c.saved_at)).where(answer_draft.c.saved_at < before)
    count, oldest = db.execute(query).one()
    return Due(int(count), oldest)


def forget(db: Connection, before: datetime) -> int:
    """Delete the drafts that were saved last before a moment; return how many."""
    return db.execute(delete(answer_draft).where(answer_draft.c.saved_at < before)).rowcount


def _drop(db: Connection, actor: Actor, hearing_id: str) -> None:
    db.execute(
        delete(answer_draft).where(
            answer_draft.c.account_id == actor.account_id, answer_draft.c.hearing_id == hearing_id
        )
    )


def _read(content: Mapping[str, Any]) -> Answering:
    return Answering(
        **{name: content[name] for name in ("kind", "text", "version", "whose")},
        find_out_by=_day(content["find_out_by"]),
        received_on=_day(content["received_on"]),
        comment_ids=tuple(content["comment_ids"]),
        evidence=tuple(Link(**one) for one in content["evidence"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
