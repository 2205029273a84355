"""Taking the words of a report out of the record: when its author asks, when their time is over, and again.

Its number, what it is about and the answers stay. ``store.engine.erase_freed_pages`` must follow, once the
change is committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select, update

from hearing_app.errors import Conflict, NotFound
from hearing_app.people.retention import Due
from hearing_app.record.before import Before
from hearing_app.record.ledger import append, erase_private
from hearing_app.registry.corrections.reading import (
    Correction,
    correction_by_receipt,
    correction_of,
)
from hearing_app.store.engine import erase_freed_pages, writing
from hearing_app.store.tables import correction, correction_answer, ledger

WITHDRAWN, ERASED = "correction.withdrawn", "correction.private_erased"
ERASING = (WITHDRAWN, ERASED)
REPORTS, UNANSWERED = "reports", "unanswered_reports"
KINDS = (REPORTS, UNANSWERED)
"""What has a period of its own: words that an answer does not show, and words that nobody answered."""
_SUBJECT = "correction:"
_GONE = {"words": "", "source": ""}


def withdraw(engine: Engine, key: bytes, receipt: str, *, at: datetime | None = None) -> Correction:
    """Take back a report by its receipt: its words leave the record at once. Twice changes nothing.

    A body's claim, or what it contests, stays: a body speaks in public. Count the try before.
    """
    with writing(engine) as db:
        when = at or datetime.now(UTC)
        found = correction_by_receipt(db, key, receipt)
        if found is None:
            raise NotFound(
                "We found no report with these 16 digits.",
                kept="",
                next_step="Please compare them with your receipt, one by one.",
            )
        if found.kind.is_of_a_body:
            raise Conflict(
                "What a body says about its entry stays on the record.",
                kept="",
                next_step="Say what is right now in a new statement.",
            )
        if found.withdrawn_at is None:
            _take_back(db, found.correction_id, when)
        gone = correction_of(db, found.correction_id)
    erase_freed_pages(engine)
    return gone


def due(db: Connection, kind: str, before: datetime) -> Due:
    """Return how many words of a kind are older than its period, and since when the oldest are due."""
    moments = sorted(moment for _, moment in _WHICH[kind](db, before))
    return Due(len(moments), moments[0] if moments else None)


def forget(db: Connection, kind: str, before: datetime, *, at: datetime) -> int:
    """Erase words that nobody may read: answered before a moment, or left without an answer since then.

    A report that was never answered stays open, and overdue: its words go, what is owed does not. Returns
    how many.
    """
    found = [correction_id for correction_id, _ in _WHICH[kind](db, before)]
    for correction_id in found:
        _erase(db, correction_id, at, kind)
    return len(found)


def erase_again(db: Connection, before: Before) -> int:
    """Erase in a restored record what was erased in the one ``before`` since the backup; return how many."""
    query = select(ledger.c.kind, ledger.c.subject).where(ledger.c.kind.in_(ERASING))
    have = {(event.kind, event.subject) for event in db.execute(query)}
    known = set(db.execute(select(correction.c.correction_id)).scalars())
    done = 0
    for kind, subject, at in _asked_before(before):
        correction_id = subject.removeprefix(_SUBJECT)
        if (kind, subject) in have or correction_id not in known:
            continue
        have.add((kind, subject))
        if kind == WITHDRAWN:
            _take_back(db, correction_id, at)
        else:
            _erase(db, correction_id, at)
        done += 1
    return done


def _asked_before(before: Before) -> Iterator[tuple[str, str, datetime]]:
    yield from ((one.kind, one.subject, one.at) for one in before.events if one.kind in ERASING)
    yield from ((one.kind, one.comment_id, one.at) for one in before.noted if one.kind in ERASING)


def _take_back(db: Connection, correction_id: str, when: datetime) -> None:
    subject = f"{_SUBJECT}{correction_id}"
    erase_private(db, subject)
    event = append(db, actor="author", kind=WITHDRAWN, subject=subject, content={}, at=when)
    _set(db, correction_id, {**_GONE, "withdrawn_at": event.at})


def _erase(db: Connection, correction_id: str, when: datetime, period: str = REPORTS) -> None:
    subject = f"{_SUBJECT}{correction_id}"
    erase_private(db, subject)
    append(db, actor="operator", kind=ERASED, subject=subject, content={"period": period}, at=when)
    _set(db, correction_id, _GONE)


def _set(db: Connection, correction_id: str, values: Mapping[str, object]) -> None:
    db.execute(update(correction).where(correction.c.correction_id == correction_id).values(values))


def _unanswered(db: Connection, before: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield reports with words that wait for an answer since before a moment, and when they last moved."""
    query = select(correction.c.correction_id).where(
        correction.c.agency == "", correction.c.words != "", correction.c.received_at < before
    )
    for correction_id in db.execute(query.order_by(correction.c.correction_id)).scalars():
        found = correction_of(db, correction_id)
        moment = found.answers[-1].at if found.answers else found.received_at
        shown = bool(found.answers) and found.answers[-1].shows_words
        if found.is_open and not shown and moment < before:
            yield correction_id, moment


def _due(db: Connection, before: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield reports with words that no answer shows, answered for good before a moment, and that moment."""
    query = select(correction.c.correction_id).join(correction_answer)
    of_people = query.where(
        correction.c.agency == "", correction.c.words != "", correction_answer.c.at < before
    )
    for correction_id in db.execute(of_people.distinct().order_by(correction.c.correction_id)).scalars():
        found = correction_of(db, correction_id)
        last = found.answers[-1]
        if not found.is_open and not last.shows_words and last.at < before:
            yield correction_id, last.at


_WHICH = {REPORTS: _due, UNANSWERED: _unanswered}
