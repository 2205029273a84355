"""What an answer to a comment can be, and by when it is due: the rules, all in one place.

=============================  ============================================================================
What waits                     Since when
=============================  ============================================================================
A question for the force       Its publication
What a facilitator marked      Its publication, or the day on which it was marked if that is later
=============================  ============================================================================

An answer is due at the end of a day on the calendar of the hearing's zone: so many days after the hearing is
over (comments are closed, and a sitting has ended), or after the moment above if that is later, as the
hearing says (``answer_within_days``). An agency that will find out names a later day itself,
once; on that day a final answer is due.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hearing_app.registry.vocabulary import Term

MOST_DAYS = 366
"""How far ahead an agency may promise: a promise for a far year would never be overdue."""
LONGEST_HEADING = 200
MOST_AT_ONCE = 500
"""Comments that one answer, or one mark, may be about."""


class AnswerKind(Term):
    """What an agency says to what it was asked."""

    ACCEPTED = "accepted", "Accepted"
    PARTLY = "accepted_in_part", "Accepted in part"
    NOT_ACCEPTED = "not_accepted", "Not accepted"
    WILL_FIND_OUT = "will_find_out", "Will find out"
    NOT_OURS = "not_ours", "Not ours to answer"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is owed."""
        return self is not AnswerKind.WILL_FIND_OUT

    @property
    def may_name_a_version(self) -> bool:
        """Whether it can say in which version of the entry something changed because of it."""
        return self in {AnswerKind.ACCEPTED, AnswerKind.PARTLY}


class AnswerState(Term):
    """How far a comment that waits for an answer has come."""

    WAITING = "waiting", "Waits for an answer"
    LOOKED_INTO = "looked_into", "Being looked into"
    ANSWERED = "answered", "Answered"


def due_after(since: datetime, closes_at: datetime, days: int, zone: str) -> datetime:
    """Return by when an answer is due: the last second of the day, on the calendar of ``zone``, in UTC.

    ``days`` whole days are counted from the day of ``since``, or of the hearing's close if that is later.
    """
    start = max(since.astimezone(UTC), closes_at.astimezone(UTC))
    return end_of_day(start.astimezone(ZoneInfo(zone)).date() + timedelta(days=days), zone)


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last second of a day in a zone, in UTC.

    One second before the next day begins, whatever the clocks do in that night: 23:59:59 may stand on the
    wall twice.
    """
    begins = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return begins.astimezone(UTC) - timedelta(seconds=1)


def days_between(first: date, last: date) -> int:
    """Return how many days lie from one day to another; 0 on the same day, and where the order is turned."""
    return max(0, (last - first).days)
