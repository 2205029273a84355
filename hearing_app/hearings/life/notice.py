"""The notice of a hearing: how long before it opens, and before it sits, the public is told.

Days are counted on the calendar of the hearing's own zone. A date that is moved back keeps the notice that
was given; one that is moved forward is announced anew. Shorter notice is possible with a ground alone, which
stands on the hearing's page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hearing_app.errors import Fault
from hearing_app.hearings.hearing import Hearing

History = Sequence[tuple[datetime, Hearing]]
"""What was published when, oldest first; what is about to be published stands last."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of one date: since when it was known, what it is, and the days between."""

    what: str
    announced_at: datetime
    moment: datetime
    days: int
    needed: int

    @property
    def is_short(self) -> bool:
        """Whether fewer days lie between than are needed."""
        return self.days < self.needed


def _opening(hearing: Hearing) -> datetime | None:
    return hearing.window[0]


def _sitting(hearing: Hearing) -> datetime | None:
    return hearing.sitting.starts_at if hearing.sitting else None


DATES: dict[str, Callable[[Hearing], datetime | None]] = {"opens": _opening, "sits": _sitting}


def notices(history: History) -> list[Notice]:
    """Return the notice of each date of the hearing as it stands last in the history."""
    if not history:
        return []
    now = history[-1][1]
    found = []
    for what, date_of in DATES.items():
        moment = date_of(now)
        if moment is None:
            continue
        announced = _known_since(history, date_of, moment)
        days = (_day(moment, now) - _day(announced, now)).days
        found.append(Notice(what, announced, moment, days, now.notice_days))
    return found


def notice_faults(history: History) -> list[Fault]:
    """Return the dates of which too little notice is given without a ground; a demonstration needs none.

    Dates that a version before gave already, and that are as they were, were judged then.
    """
    now = history[-1][1]
    if now.demonstration or now.notice_ground:
        return []
    before = history[-2][1] if len(history) > 1 else None
    return [
        Fault(
            "",
            one.what,
            f"It would be announced {one.days} {'day' if one.days == 1 else 'days'} before; "
            f"{one.needed} are needed.",
            "Choose a later day, or say below why the notice is shorter.",
        )
        for one in notices(history)
        if one.is_short and (before is None or _utc(DATES[one.what](before)) != _utc(one.moment))
    ]


def _known_since(
    history: History, date_of: Callable[[Hearing], datetime | None], moment: datetime
) -> datetime:
    """Return since when nobody could take it for later: from the version after the last that said so."""
    since = history[-1][0]
    for published, hearing in reversed(history):
        then = date_of(hearing)
        if then is None or then.astimezone(UTC) > moment.astimezone(UTC):
            break
        since = published
    return since


def _utc(at: datetime | None) -> datetime | None:
    # Two times of one zone are compared by the clock on the wall, which shows an hour in October twice.
    return at.astimezone(UTC) if at is not None else None


def _day(at: datetime, hearing: Hearing) -> date:
    return at.astimezone(ZoneInfo(hearing.time_zone)).date()
