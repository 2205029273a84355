"""The dates of hearings as a calendar (RFC 5545) that other programs read, with the rules of their zones.

Each date has a name that stays (UID) and a number that grows with every version of the hearing (SEQUENCE): a
calendar that has taken a date once moves it, and does not show it twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from hearing_app.documents.text import isolated
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.local_time import moments_of
from hearing_app.hearings.life.stages import answers_due, sign_up_closes

_MARGIN = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Dated:
    """A hearing as it is published: the number of its version, and when that was published."""

    hearing: Hearing
    version: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class _Date:
    what: str
    title: str
    starts: datetime
    ends: datetime | None = None
    place: str = ""
    more: str = ""


def calendar_of(hearings: Sequence[Dated], *, title: str, record: str, address: str) -> bytes:
    """Return the calendar of some hearings; ``record`` names the record, ``address`` the service."""
    calendar = Calendar()
    calendar.add("prodid", "-//hearing_app//hearings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", isolated(title))
    moments: list[datetime] = []
    for one in hearings:
        for date in _dates(one.hearing):
            calendar.add_component(_event(one, date, record, address))
            moments.append(date.starts)
    if moments:
        # The rules of each zone over the time that is needed: others would have to guess at them.
        calendar.add_missing_timezones(
            first_date=(min(moments) - _MARGIN).date(), last_date=(max(moments) + _MARGIN).date()
        )
    return bytes(calendar.to_ical())


def _dates(hearing: Hearing) -> Iterator[_Date]:
    yield _Date("closes", "Comments close", hearing.window[1])
    sits = hearing.sitting
    if sits is not None:
        if hearing.sign_up_closes_at is not None:
            yield _Date("sign-up", "Sign-up to speak ends", sign_up_closes(hearing))
        yield _Date("sits", "Hearing", sits.starts_at, sits.ends_at, sits.place, sits.online or "")
    if not hearing.demonstration:
        yield _Date("answers", "Answers are due", answers_due(hearing))


def _event(one: Dated, date: _Date, record: str, address: str) -> Event:
    hearing = one.hearing
    page = f"{address}/record/hearings/{hearing.id}"
    event = Event()
    event.add("uid", f"{hearing.id}.{date.what}@{record}")
    event.add("sequence", one.version - 1)
    event.add("dtstamp", one.published_at)
    event.add("last-modified", one.published_at)
    event.add("dtstart", _local(date.starts, hearing.time_zone))
    if date.ends is not None:
        event.add("dtend", _local(date.ends, hearing.time_zone))
    event.add("summary", f"{date.title}: {isolated(hearing.title)}")
    if date.place:
        event.add("location", isolated(date.place))
    said = [isolated(date.more), isolated(hearing.summary), page]
    event.add("description", "\n".join(part for part in said if part))
    event.add("url", page)
    event.add("status", "CANCELLED" if hearing.cancelled else "CONFIRMED")
    return event


def _local(at: datetime, zone: str) -> datetime:
    """Return a moment in its zone, or in UTC where a clock there shows this time twice."""
    local = at.astimezone(ZoneInfo(zone))
    shown = moments_of(local.date(), local.time(), zone)
    return local if len(shown) == 1 else shown[local.fold]
