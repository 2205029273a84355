"""Working days of a hearing: Monday to Friday, without the public holidays of the place that it names."""

from __future__ import annotations

from datetime import date
from functools import cache

from holidays import country_holidays

from hearing_app.hearings.hearing import Hearing


def is_working_day(hearing: Hearing, day: date) -> bool:
    """Return whether a day, in the hearing's own zone, is a working day there."""
    return day.weekday() < 5 and not (hearing.holidays and _is_holiday(hearing.holidays, day))


@cache
def _is_holiday(place: str, day: date) -> bool:
    country, _, part = place.partition("-")
    return day in country_holidays(country, subdiv=part or None, years=day.year)
