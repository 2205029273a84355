"""Dates, times and counts as a reader meets them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(moment: date) -> str:
    """Return a day in full: "11 September 2018". A moment is read in the zone that it carries."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def moment(at: datetime, zone: str = "UTC") -> str:
    """Return a moment with its zone: "11 September 2018 at 23:59 (London time)"."""
    return f"{day(at)} at {at:%H:%M} ({zone_name(zone)})"


def zone_name(zone: str) -> str:
    """Return a zone as people call it: "London time" for "Europe/London"."""
    return zone if zone == "UTC" else f"{zone.rsplit('/', 1)[-1].replace('_', ' ')} time"


def days_left(closes: datetime, now: datetime | None = None) -> str:
    """Return how long a window is still open: "12 days left", "closes today"."""
    here = (now or datetime.now(UTC)).astimezone(closes.tzinfo)
    left = (closes.date() - here.date()).days
    if left <= 0:
        return "closes today"
    return "1 day left" if left == 1 else f"{left} days left"


def number(count: int) -> str:
    """Return a count with narrow no-break spaces between thousands: "1 203"."""
    return f"{count:,}".replace(",", "\u202f")


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 comment" or "3 comments"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def measure(name: str) -> str:
    """Return the name of a measure in words: "false_positive_rate" as "False positive rate".

    Only what is a name of a program is changed; what somebody wrote as words stays as it is.
    """
    return name.replace("_", " ").capitalize() if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", name) else name
