"""Local times against a clock that is looked at every minute: what comes once, twice, or never."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from hearing_app.hearings.life.local_time import end_of_day, moments_of, next_shown, offset, said

# The days on which the clocks change, and a day on which nothing does.
DAYS = {
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 1)),
    # By half an hour alone.
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4), date(2026, 6, 1)),
    # Never; a quarter of an hour off the others.
    "Asia/Kathmandu": (date(2026, 3, 29), date(2026, 10, 25)),
    # At midnight.
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 12, 31)),
}
CASES = [(zone, day) for zone, days in DAYS.items() for day in days]


@cache
def looked_at(zone: str, day: date) -> dict[tuple[int, int], tuple[datetime, ...]]:
    """Look at a clock in the zone at every minute of three days; note when it shows a time of this day."""
    start = datetime.combine(day, time(), UTC) - timedelta(hours=30)
    seen: dict[tuple[int, int], tuple[datetime, ...]] = {}
    for minute in range(84 * 60):
        moment = start + timedelta(minutes=minute)
        local = moment.astimezone(ZoneInfo(zone))
        if local.date() == day:
            key = (local.hour, local.minute)
            seen[key] = (*seen.get(key, ()), moment)
    return seen


@pytest.mark.parametrize(("zone", "day"), CASES)
def test_every_minute_of_a_day_is_found_as_often_as_a_clock_shows_it(zone: str, day: date) -> None:
    seen = looked_at(zone, day)
    for hour in range(24):
        for minute in range(60):
            assert moments_of(day, time(hour, minute), zone) == seen.get((hour, minute), ()), (hour, minute)


def test_the_days_hold_what_they_are_here_for() -> None:
    counts = {case: {len(found) for found in looked_at(*case).values()} for case in CASES}
    shown = {case: sum(map(len, looked_at(*case).values())) for case in CASES}
    assert 2 in counts["Europe/London", date(2026, 10, 25)]
    assert shown["Europe/London", date(2026, 3, 29)] == 23 * 60
    assert shown["Australia/Lord_Howe", date(2026, 4, 5)] == 24 * 60 + 30
    assert shown["Pacific/Apia", date(2011, 12, 30)] == 0


@pytest.mark.parametrize(
    ("zone", "day", "clock", "then"),
    [
        ("Europe/London", date(2026, 3, 29), time(1, 30), "2026-03-29T02:00:00+01:00"),
        ("Europe/London", date(2026, 10, 25), time(1, 0), "2026-10-25T02:00:00+00:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "2026-10-04T02:30:00+11:00"),
        ("Asia/Kathmandu", date(2026, 3, 29), time(2, 30), "2026-03-29T02:30:00+05:45"),
    ],
)
def test_the_next_time_that_a_clock_shows_once(zone: str, day: date, clock: time, then: str) -> None:
    assert next_shown(day, clock, zone).isoformat() == then


@pytest.mark.parametrize(("zone", "day"), CASES)
def test_a_day_ends_in_its_last_minute(zone: str, day: date) -> None:
    last = max((found[-1] for found in looked_at(zone, day).values()), default=None)
    if last is not None:
        assert end_of_day(day, zone) == last


def test_a_moment_is_said_with_its_zone_and_its_offset() -> None:
    at = datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert said(at, "Europe/London") == "29 March 2026 at 13:00 (Europe/London, UTC+01:00)"
    assert said(at, "UTC") == "29 March 2026 at 12:00 (UTC, UTC)"
    assert offset(at.astimezone(ZoneInfo("Asia/Kathmandu"))) == "UTC+05:45"
    assert offset(at.astimezone(ZoneInfo("America/New_York"))) == "UTC-04:00"
