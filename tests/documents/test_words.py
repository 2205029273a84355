"""Dates, times and counts as a reader meets them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hearing_app.documents.words import day, days_left, moment, number, plural, zone_name

LONDON = ZoneInfo("Europe/London")


def test_a_day_is_written_in_full() -> None:
    assert day(date(2018, 9, 1)) == "1 September 2018"
    assert [day(date(2026, month, 28)).split()[1] for month in (1, 5, 12)] == ["January", "May", "December"]


def test_a_moment_is_read_in_the_zone_that_it_carries() -> None:
    at = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert moment(at) == "30 June 2026 at 23:30 (UTC)"
    assert moment(at.astimezone(LONDON), "Europe/London") == "1 July 2026 at 00:30 (London time)"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "UTC"),
        ("Europe/London", "London time"),
        ("America/Los_Angeles", "Los Angeles time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
    ],
)
def test_a_zone_is_named_after_its_city(zone: str, shown: str) -> None:
    assert zone_name(zone) == shown


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (timedelta(hours=1), "closes today"),
        (timedelta(hours=13), "1 day left"),
        (timedelta(days=1, hours=13), "2 days left"),
        (timedelta(days=60), "60 days left"),
        (-timedelta(days=3), "closes today"),
    ],
)
def test_days_are_counted_on_the_calendar(left: timedelta, shown: str) -> None:
    now = datetime(2026, 6, 1, 12, 0, tzinfo=LONDON)
    assert days_left(now + left, now) == shown


def test_days_are_counted_in_the_zone_of_the_hearing() -> None:
    # 23:30 UTC is already the next day in London's summer.
    closes = datetime(2026, 6, 2, 12, 0, tzinfo=LONDON)
    assert days_left(closes, datetime(2026, 6, 1, 23, 30, tzinfo=UTC)) == "closes today"
    assert days_left(closes, datetime(2026, 6, 1, 22, 30, tzinfo=UTC)) == "1 day left"


def test_counts_have_narrow_spaces_that_do_not_break() -> None:
    assert [number(count) for count in (0, 999, 1203, 7214000)] == [
        "0",
        "999",
        "1\u202f203",
        "7\u202f214\u202f000",
    ]


def test_one_and_many() -> None:
    assert [plural(count, "comment") for count in (0, 1, 2)] == ["0 comments", "1 comment", "2 comments"]
    assert plural(2, "entry", "entries") == "2 entries"
    assert plural(1, "entry", "entries") == "1 entry"
    assert plural(1200, "person", "people") == "1\u202f200 people"
