"""What the public is told of a hearing's moderation: counts, waiting, what is overdue, how steady it is.

Everything is counted from the record at one moment. What could say something about single authors comes from
the counts that were made once, at the close (``rates``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, case, select

from hearing_app.evidence.intervals import wilson
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.working_days import is_working_day
from hearing_app.hearings.moderation import appeals, redactions, removals
from hearing_app.hearings.moderation.holding import Hold, due_at
from hearing_app.hearings.moderation.kappa import Agreement
from hearing_app.hearings.moderation.rates import Rate, Rates
from hearing_app.hearings.moderation.reviews import Round, agreement_of, rounds_of
from hearing_app.hearings.release import shown_rates
from hearing_app.hearings.vocabulary import Reason, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.store.tables import comment, comment_hold, ledger, ledger_content, ledger_private

_DECIDING = tuple(f"comment.{state}" for state in (State.PUBLISHED, State.HELD, State.REJECTED))

_ROW_BY_ROW = {"yield_per": 500}
# Their contents hold words, or what is left of them.
_WITH_WORDS = ("comment.submitted", "comment.withdrawn", "comment.erased", "comment.private_erased")


@dataclass(frozen=True, slots=True)
class Overdue:
    """A comment that is held after its time: its number, the reason, and for how many working days."""

    comment_id: str
    reason_id: str
    due_at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as the public may know it: the event, what was decided, why, by which rules."""

    seq: int
    at: datetime
    comment_id: str
    act: str
    by: str
    reason_id: str
    rule_version: str
    authority: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A hearing's moderation in numbers, at one moment. Times are in working days; ``None`` is not known."""

    received: int
    waiting: int
    waiting_overdue: int
    published: int
    held: int
    rejected: int
    withdrawn: int
    rejection: Rate
    decided: int
    by_reason: dict[str, dict[str, int]]
    median_days: float | None
    overdue: list[Overdue]
    lapsed: int
    redactions: dict[str, int]
    appeals: dict[str, int]
    removals: dict[str, int]
    rounds: list[Round]
    agreement: Agreement
    rates: Rates | None


def figures_of(db: Connection, hearing: Hearing, *, at: datetime | None = None) -> Figures:
    """Return the figures of a hearing's moderation as they are at a moment."""
    now = at or datetime.now(UTC)
    row = comment.c
    states = Counter(db.execute(select(row.state).where(row.hearing_id == hearing.id)).scalars().all())
    decisions = decisions_of(db, hearing.id)
    decided = states[State.PUBLISHED] + states[State.REJECTED]
    rejected = states[State.REJECTED]
    low, high = wilson(rejected, decided)
    share = Rate(rejected / decided, float(low), float(high)) if decided else Rate(None, None, None)
    waiting = [
        due_at(hearing, since)
        for since in db.execute(
            select(row.submitted_at).where(row.hearing_id == hearing.id, row.state == State.SUBMITTED)
        ).scalars()
    ]
    return Figures(
        received=sum(states.values()),
        waiting=states[State.SUBMITTED],
        waiting_overdue=sum(due <= now for due in waiting),
        published=states[State.PUBLISHED],
        held=states[State.HELD],
        rejected=rejected,
        withdrawn=states[State.WITHDRAWN],
        rejection=share,
        decided=decided,
        by_reason=_by_reason(decisions),
        median_days=_median_days(db, hearing, decisions),
        overdue=overdue_of(db, hearing, at=now),
        lapsed=sum(one.by == "rule" and one.act == State.PUBLISHED for one in decisions),
        redactions=redactions.count_by_kind(db, hearing.id),
        appeals=appeals.count_by_outcome(db, hearing.id),
        removals=removals.count_by_outcome(db, hearing.id),
        rounds=rounds_of(db, hearing.id),
        agreement=agreement_of(db, hearing.id),
        rates=shown_rates(db, hearing, at=now),
    )


def overdue_of(db: Connection, hearing: Hearing, *, at: datetime) -> list[Overdue]:
    """Return what is held after its time and waits for a person, the longest overdue first."""
    row = comment.c
    query = (
        select(row.comment_id, row.reason_id, comment_hold.c.due_at, comment_hold.c.lapses)
        .join(comment_hold, comment_hold.c.comment_id == row.comment_id)
        .where(row.hearing_id == hearing.id, row.state == State.HELD, comment_hold.c.due_at <= at)
        .order_by(comment_hold.c.due_at, row.comment_id)
    )
    return [
        Overdue(
            one.comment_id,
            one.reason_id,
            one.due_at,
            Hold(one.comment_id, one.due_at, one.lapses).days_overdue(hearing, at),
        )
        for one in db.execute(query)
    ]


def decisions_of(db: Connection, hearing_id: str) -> list[Decision]:
    """Return every decision on a hearing's comments in the order of the record, as the public may know it."""
    return list(each_decision(db, hearing_id))


def each_decision(db: Connection, hearing_id: str) -> Iterator[Decision]:
    """Yield the same, read row by row: for an export."""
    query = _events(hearing_id).where(ledger.c.kind.in_(_DECIDING))
    for event in db.execute(query, execution_options=_ROW_BY_ROW):
        said = json.loads(event.content) if event.content else {}
        yield Decision(
            event.seq,
            event.at,
            event.comment_id,
            event.kind.removeprefix("comment."),
            event.actor.partition(":")[0],
            said.get("reason", ""),
            said.get("rule_version", ""),
            said.get("authority", ""),
        )


def _events(hearing_id: str) -> Select[Any]:
    """Return the query for every event about a hearing's comments, with what is left of its content."""
    row = comment.c
    return (
        select(ledger, row.comment_id, ledger_content.c.content)
        .join(comment, ledger.c.subject == "comment:" + row.comment_id)
        .outerjoin(ledger_content, ledger_content.c.seq == ledger.c.seq)
        .where(row.hearing_id == hearing_id)
        .order_by(ledger.c.seq)
    )


LOG_COLUMNS = (
    *("event", "at", "comment_id", "act", "by", "state_before", "reason_id", "note", "rule_version"),
    *("authority", "details"),
)


def log_of(db: Connection, actor: Actor, hearing_id: str) -> list[tuple[str | int, ...]]:
    """Return the log of a hearing's moderation for facilitators, one row an event, as ``LOG_COLUMNS`` says.

    Notes are in it, where they were not erased; an author's words, and what was taken out of them, are not.
    """
    return list(each_logged(db, actor, hearing_id))


def each_logged(db: Connection, actor: Actor, hearing_id: str) -> Iterator[tuple[str | int, ...]]:
    """Return the same, read row by row: for an export. Refuses at the call, not at the first row."""
    require(actor, Act.EXPORT_COMMENTS)
    private = ledger_private.c
    # What holds words is not even read.
    note = case((ledger.c.kind.in_(_WITH_WORDS), None), else_=private.content).label("private")
    query = _events(hearing_id).outerjoin(ledger_private, private.seq == ledger.c.seq).add_columns(note)
    return map(_logged, db.execute(query, execution_options=_ROW_BY_ROW))


def _logged(event: Row[Any]) -> tuple[str | int, ...]:
    words = event.kind in _WITH_WORDS
    details = json.loads(event.content) if event.content and not words else {}
    note = json.loads(event.private).get("note", "") if event.private else ""
    return (
        event.seq,
        event.at.isoformat(),
        event.comment_id,
        event.kind.removeprefix("comment."),
        event.actor,
        str(details.get("from_state", "")),
        str(details.get("reason", "")),
        str(note),
        str(details.get("rule_version", "")),
        str(details.get("authority", "")),
        "; ".join(
            f"{name}={details[name]}"
            for name in ("number", "kind", "decision", "round", "because", "due")
            if name in details
        ),
    )


def _by_reason(decisions: list[Decision]) -> dict[str, dict[str, int]]:
    """Return for each reason how often a comment was held, and how often refused, because of it."""
    found: dict[str, dict[str, int]] = {
        str(reason): {str(State.HELD): 0, str(State.REJECTED): 0} for reason in Reason
    }
    for one in decisions:
        if one.reason_id in found and one.act in found[one.reason_id]:
            found[one.reason_id][one.act] += 1
    return found


def _median_days(db: Connection, hearing: Hearing, decisions: list[Decision]) -> float | None:
    """Return the median of the working days from arrival to a facilitator's first decision; days begun count.

    Of comments that were withdrawn before anybody decided there is none.
    """
    first: dict[str, datetime] = {}
    for one in decisions:
        if one.by == "facilitator":
            first.setdefault(one.comment_id, one.at)
    arrived = {
        one.comment_id: one.submitted_at
        for one in db.execute(
            select(comment.c.comment_id, comment.c.submitted_at).where(comment.c.hearing_id == hearing.id)
        )
    }
    waits = [_working_days(hearing, arrived[name], then) for name, then in first.items()]
    return float(median(waits)) if waits else None


def _working_days(hearing: Hearing, since: datetime, until: datetime) -> int:
    """Return how many working days begin after one moment, up to another, in the hearing's own zone."""
    zone = ZoneInfo(hearing.time_zone)
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    days = 0
    while day < last:
        day += timedelta(days=1)
        days += is_working_day(hearing, day)
    return days
