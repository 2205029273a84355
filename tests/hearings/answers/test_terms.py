"""By when an answer is due: compared with a walk over the clock, through nights in which clocks change."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hearing_app.hearings.answers.terms import AnswerKind, days_between, due_after, end_of_day

# Clocks that change at midnight in both directions, by half an hour, by a whole day, and never.
ZONES = (
    *("Europe/London", "America/Havana", "America/Sao_Paulo", "America/Asuncion", "Asia/Beirut"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC", "America/New_York"),
)


def last_second(day: date, zone: str) -> datetime:
    """Walk over the seconds, coarse first, and return the last one that the zone's clock puts on a day."""
    here = ZoneInfo(zone)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=20)
    end = at + timedelta(hours=80)
    for step in (timedelta(minutes=30), timedelta(minutes=1), timedelta(seconds=1)):
        moments = []
        while at <= end:
            moments.append(at)
            at += step
        last = max(one for one in moments if one.astimezone(here).date() <= day)
        at, end = last, last + step
    return last


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_ends_when_the_clock_of_the_zone_says_so(zone: str) -> None:
    dice = random.Random(zone)
    days = [date(2017, 1, 1) + timedelta(days=dice.randrange(2900)) for _ in range(12)]
    # The nights of changes: Brazil 2018, Paraguay 2018, Cuba 2019, Lebanon 2019, Samoa's missing day, London.
    days += [date(2018, 11, 3), date(2018, 3, 24), date(2019, 3, 9), date(2019, 11, 2), date(2019, 10, 26)]
    days += [date(2011, 12, 29), date(2026, 3, 28), date(2026, 10, 24), date(2026, 10, 25)]
    for day in days:
        assert end_of_day(day, zone) == last_second(day, zone), day


def test_days_are_counted_on_the_calendar_from_the_later_moment() -> None:
    closed = datetime(2026, 3, 27, 23, 59, tzinfo=UTC)
    # Two days on, summer time has begun: the day ends an hour earlier in UTC.
    assert due_after(datetime(2026, 3, 1, tzinfo=UTC), closed, 2, "Europe/London") == datetime(
        2026, 3, 29, 22, 59, 59, tzinfo=UTC
    )
    # Published after the close: counted from there. At 23:30 UTC it is the next day in Kathmandu.
    late = datetime(2026, 4, 10, 23, 30, tzinfo=UTC)
    assert due_after(late, closed, 1, "Asia/Kathmandu").astimezone(ZoneInfo("Asia/Kathmandu")).date() == date(
        2026, 4, 12
    )


def test_no_more_days_ever_mean_an_earlier_end() -> None:
    dice, closed = random.Random(4), datetime(2026, 5, 1, tzinfo=UTC)
    for _ in range(200):
        since = closed + timedelta(minutes=dice.randrange(-500_000, 500_000))
        days, zone = dice.randrange(1, 365), dice.choice(ZONES)
        due = due_after(since, closed, days, zone)
        assert due > max(since, closed) + timedelta(days=days - 1)
        assert due_after(since + timedelta(minutes=1), closed, days, zone) >= due
        assert due_after(since, closed, days + 1, zone) > due


def test_turned_round_no_days_lie_between() -> None:
    assert days_between(date(2026, 5, 2), date(2026, 5, 1)) == 0
    assert days_between(date(2026, 5, 1), date(2026, 6, 1)) == 31


def test_what_is_final_and_what_may_name_a_version() -> None:
    assert {str(one) for one in AnswerKind if not one.is_final} == {"will_find_out"}
    assert {str(one) for one in AnswerKind if one.may_name_a_version} == {"accepted", "accepted_in_part"}
