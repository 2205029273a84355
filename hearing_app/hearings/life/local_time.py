"""A day and a time as a clock on the wall shows them, and the moments at which it does.

Once a year a clock passes over an hour, or half of one, and once it shows one twice. A hearing does not open
at a time that never comes, nor at one of which nobody can say which of the two is meant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_OF_DAY = time(23, 59)
_MINUTE = timedelta(minutes=1)


def moments_of(day: date, clock: time, zone: str) -> tuple[datetime, ...]:
    """Return the moments, in UTC and in order, at which a clock in the zone shows this time on this day.

    One as a rule; none where the clock passes over it, two where it is set back.
    """
    here = ZoneInfo(zone)
    local = datetime.combine(day, clock.replace(tzinfo=None))
    found = {local.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1)}
    # In a gap both folds give moments at which the clock shows something else.
    return tuple(sorted(one for one in found if one.astimezone(here).replace(tzinfo=None, fold=0) == local))


def next_shown(day: date, clock: time, zone: str) -> datetime:
    """Return the first local time from this one on, in steps of a minute, that a clock shows exactly once."""
    local = datetime.combine(day, clock.replace(tzinfo=None))
    while len(found := moments_of(local.date(), local.time(), zone)) != 1:
        local += _MINUTE
    return found[0].astimezone(ZoneInfo(zone))


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last minute of a day, in UTC: 23:59 there, the second one where the clock shows it twice."""
    if found := moments_of(day, LAST_OF_DAY, zone):
        return found[-1]
    # A whole day was passed over, as in Samoa on 30 December 2011: it ends as it begins.
    return datetime.combine(day, LAST_OF_DAY, ZoneInfo(zone)).astimezone(UTC)


def offset(at: datetime) -> str:
    """Return how far the clock of a moment's zone is from UTC: "UTC+01:00", "UTC-04:00", "UTC"."""
    shift = at.utcoffset()
    if not shift:
        return "UTC"
    minutes = round(shift.total_seconds() / 60)
    return f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def said(at: datetime, zone: str) -> str:
    """Return a moment in words, with its zone and how far that is from UTC: for refusals and lists."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y} at {local:%H:%M} ({zone}, {offset(local)})"
