"""Comments that are held back for now: until when at most, and what happens then.

Three working days after the day of the hold it is over: then the comment is published by rule. Where that
itself could do harm it stays held, and stands in public by its number, its reason and the days it is overdue,
until a person has decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, or_, select

from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.life.working_days import is_working_day
from hearing_app.hearings.vocabulary import RULE_VERSION, Consent, Reason, State
from hearing_app.record.ledger import append, exactly
from hearing_app.store.tables import comment, comment_hold

WORKING_DAYS = 3
DATED = "comment.hold_dated"
# Of these, publishing without a person's look could do what the hold is there to prevent.
STAYS = frozenset({Reason.PERSONAL_DATA, Reason.THREAT, Reason.LEGAL, Reason.AUTHORS_WISH, Reason.RESTORED})


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when a comment is held at most, and whether it is then published by rule."""

    comment_id: str
    due_at: datetime
    lapses: bool

    def days_overdue(self, hearing: Hearing, at: datetime) -> int:
        """Return the working days that have begun since it was due; 0 while it is not."""
        if at < self.due_at:
            return 0
        zone = ZoneInfo(hearing.time_zone)
        day, today = self.due_at.astimezone(zone).date(), at.astimezone(zone).date()
        days = ((today - day).days + 1) if today >= day else 0
        return sum(is_working_day(hearing, day + timedelta(days=step)) for step in range(days)) or 1


def due_at(hearing: Hearing, since: datetime) -> datetime:
    """Return the moment, in UTC, at which a hold since a moment is over: the end of the third working day.

    The day of the hold itself is not counted, and days are those of the hearing's own zone. Monday to Friday
    are working days, but for the public holidays that the hearing names.
    """
    zone = ZoneInfo(hearing.time_zone)
    day, left = since.astimezone(zone).date(), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(hearing, day)
    return _midnight(day + timedelta(days=1), zone)


def lapses(reason_id: str, kinds: Sequence[str]) -> bool:
    """Return whether a hold for a reason ends by rule; ``kinds`` is what readers would see."""
    return reason_id not in STAYS and not kinds


def begin(
    db: Connection, hearing: Hearing, comment_id: str, *, seq: int, since: datetime, may_lapse: bool
) -> None:
    """Write down until when a comment is held that the event ``seq`` held back."""
    end(db, comment_id)
    due = due_at(hearing, since)
    db.execute(insert(comment_hold).values(comment_id=comment_id, due_at=due, lapses=may_lapse, seq=seq))


def hold_on_arrival(
    db: Connection, hearing: Hearing, comment_id: str, reason: Reason, *, at: datetime
) -> None:
    """Put it on the record that a rule holds back a comment that has just arrived, as ``screening`` said."""
    ends = {} if reason is Reason.AUTHORS_WISH else {"due": exactly(due_at(hearing, at))}
    event = append(
        db,
        actor="rule",
        kind="comment.held",
        subject=f"comment:{comment_id}",
        content={
            "from_state": State.SUBMITTED,
            "reason": str(reason),
            "rule_version": RULE_VERSION,
            **ends,
        },
        private={"note": ""},
        at=at,
    )
    if ends:
        begin(db, hearing, comment_id, seq=event.seq, since=at, may_lapse=False)


def date_holds(db: Connection, *, at: datetime | None = None) -> list[str]:
    """Say until when comments are held that were held before holds had an end; return their numbers.

    It is what anybody would be told who was held today. The hold then ends as every other one does.
    """
    when, row = at or datetime.now(UTC), comment.c
    query = (
        select(row.comment_id, row.hearing_id, row.reason_id)
        .outerjoin(comment_hold, comment_hold.c.comment_id == row.comment_id)
        .where(
            row.state == State.HELD,
            row.reason_id != Reason.AUTHORS_WISH,
            row.consent.in_([one for one in Consent if one.is_public]),
            comment_hold.c.comment_id.is_(None),
            # Their words can be gone, because their period is over.
            or_(row.concern != "", row.value_seen != "", row.ask != ""),
        )
    )
    found = db.execute(query.order_by(row.comment_id)).all()
    for one in found:
        hearing = hearing_of(db, one.hearing_id)
        event = append(
            db,
            actor="rule",
            kind=DATED,
            subject=f"comment:{one.comment_id}",
            content={"due": exactly(due_at(hearing, when)), "rule_version": RULE_VERSION},
            private={},
            at=when,
        )
        # Whether its words may be shown is looked at when its time is over (``lapses.lapse``).
        may_lapse = one.reason_id not in STAYS
        begin(db, hearing, one.comment_id, seq=event.seq, since=when, may_lapse=may_lapse)
    return [one.comment_id for one in found]


def end(db: Connection, comment_id: str) -> None:
    """Forget until when a comment was held: it is so no more."""
    db.execute(delete(comment_hold).where(comment_hold.c.comment_id == comment_id))


def holds_of(db: Connection, comment_ids: Sequence[str]) -> dict[str, Hold]:
    """Return the holds of those of these comments that are held, by number."""
    row = comment_hold.c
    query = select(row.comment_id, row.due_at, row.lapses).where(row.comment_id.in_(comment_ids))
    return {one.comment_id: Hold(**one._mapping) for one in db.execute(query)}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
