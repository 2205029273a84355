"""Taking out of the record what people told in requests: when they ask, when its time is over, and again.

What stays is which agency owed an answer about which system by which day, and the days and kinds of its
answers: for the figures. The event of an erasure commits to that in private, so it can still be checked.
``store.engine.erase_freed_pages`` must follow, once the change is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update

from hearing_app.errors import NotFound
from hearing_app.hearings.requests.asking import SUBJECT
from hearing_app.hearings.requests.reading import Request, request_by_receipt, request_of
from hearing_app.people.retention import Due
from hearing_app.record.before import Before
from hearing_app.record.ledger import append, erase_private, exactly
from hearing_app.store.engine import erase_freed_pages, writing
from hearing_app.store.tables import ledger, reply_draft, rights_answer, rights_request

WITHDRAWN, ERASED = "request.withdrawn", "request.private_erased"
ERASING = (WITHDRAWN, ERASED)
REQUESTS, UNANSWERED = "requests", "unanswered_requests"
KINDS = (REQUESTS, UNANSWERED)
"""What has a period of its own: requests that were answered, and those that never were."""


def withdraw(engine: Engine, key: bytes, receipt: str, *, at: datetime | None = None) -> Request:
    """Take back a request by its receipt: its words, and the answer's, leave at once. Twice changes nothing.

    Count the try before. Raises ``NotFound``.
    """
    with writing(engine) as db:
        found = request_by_receipt(db, key, receipt)
        if found is None:
            raise NotFound(
                "We found no request with these 16 digits.",
                kept="",
                next_step="Please compare them with your receipt, one by one.",
            )
        if found.has_words:
            _erase(db, found, WITHDRAWN, at or datetime.now(UTC))
        gone = request_of(db, found.request_id)
    erase_freed_pages(engine)
    return gone


def kept_until(one: Request, days: int, unanswered_days: int) -> datetime:
    """Return until when the words of a request are kept, as things stand: the periods are in days."""
    if one.replies:
        return one.replies[-1].at + timedelta(days=days)
    return one.lodged_at + timedelta(days=unanswered_days)


def due(db: Connection, kind: str, before: datetime) -> Due:
    """Return how many of a kind are older than their period, and since when the oldest are due."""
    moments = sorted(moment for _, moment in _found(db, kind, before))
    return Due(len(moments), moments[0] if moments else None)


def forget(db: Connection, kind: str, before: datetime, *, at: datetime) -> int:
    """Erase what was told in requests answered before a moment, or waiting since before; return how many.

    One that was never answered counts as overdue for ever: its words go, what was owed does not.
    """
    found = [request_id for request_id, _ in _found(db, kind, before)]
    for request_id in found:
        _erase(db, request_of(db, request_id), ERASED, at)
    return len(found)


def erase_again(db: Connection, before: Before) -> int:
    """Erase in a restored record what was erased in the one ``before`` since the backup; return how many."""
    known = set(db.execute(select(rights_request.c.request_id)).scalars())
    asked = [(one.kind, one.subject, one.at) for one in before.events if one.kind in ERASING]
    asked += [(one.kind, one.comment_id, one.at) for one in before.noted if one.kind in ERASING]
    have = set(db.execute(select(ledger.c.subject).where(ledger.c.kind.in_(ERASING))).scalars())
    done = 0
    for kind, subject, at in asked:
        if subject in have or subject.removeprefix(SUBJECT) not in known:
            continue
        have.add(subject)
        _erase(db, request_of(db, subject.removeprefix(SUBJECT)), kind, at)
        done += 1
    return done


def facts_of(one: Request) -> dict[str, Any]:
    """Return what of a request stays when its words are gone."""
    return {
        "kind": str(one.kind),
        "system_id": one.system_id,
        "system_version": one.system_version,
        "agency": one.agency,
        "days": one.days,
        "days_stated": one.days_stated,
        "due_at": exactly(one.due_at),
        "extended_at": exactly(one.extended_at) if one.extended_at else None,
        "extended_until": exactly(one.extended_until) if one.extended_until else None,
        "answers": [
            {"number": each.number, "kind": str(each.kind), "at": exactly(each.at)} for each in one.replies
        ],
    }


def _erase(db: Connection, one: Request, kind: str, when: datetime) -> None:
    subject = f"{SUBJECT}{one.request_id}"
    erase_private(db, subject)
    actor = "author" if kind == WITHDRAWN else "operator"
    event = append(db, actor=actor, kind=kind, subject=subject, content={}, private=facts_of(one), at=when)
    moment = "withdrawn_at" if kind == WITHDRAWN else "erased_at"
    gone = {"words": "", "around": "", "reach": "", "extension_reason": "", moment: event.at}
    db.execute(update(rights_request).where(rights_request.c.request_id == one.request_id).values(gone))
    answers = update(rights_answer).where(rights_answer.c.request_id == one.request_id)
    db.execute(answers.values(text="", office="", actor=""))
    # What a publisher was writing about it tells of it, too.
    db.execute(delete(reply_draft).where(reply_draft.c.request_id == one.request_id))


def _found(db: Connection, kind: str, before: datetime) -> Iterator[tuple[str, datetime]]:
    row = rights_request.c
    last = (
        select(rights_answer.c.request_id, func.max(rights_answer.c.at).label("at"))
        .group_by(rights_answer.c.request_id)
        .subquery()
    )
    moment: ColumnElement[datetime] = last.c.at if kind == REQUESTS else row.lodged_at
    query = select(row.request_id, moment.label("moment")).select_from(
        rights_request.outerjoin(last, last.c.request_id == row.request_id)
    )
    of_kind = last.c.at.is_not(None) if kind == REQUESTS else last.c.at.is_(None)
    stands = row.withdrawn_at.is_(None) & row.erased_at.is_(None)
    for found in db.execute(query.where(of_kind, stands, moment < before).order_by(row.request_id)):
        yield found.request_id, found.moment
