"""How each agency answers requests, in figures that give no single request away.

The ledger tells anyone on which days some request was lodged, put off, answered or taken back. A figure that
counted one late answer, or one that was put off, would say to which agency that request went. So four rules
hold, and are said beside the figures. A request is counted when it is over: answered, or past its day; what
was taken back before is not counted. Of an agency's requests full tens are counted, in the order in which
they were over, and a ten never changes afterwards. Figures are made when a month begins. In a ten, a count
under three is not told apart from none, whichever of the two it is. What was asked, and about which system,
is not counted in public.

The ledger also tells how many requests there are in all. What is left when every published ten is taken away
is spread over all agencies, 0 to 9 at each: how many are one agency's can be told only where nothing is
left, where nine are left at every one, or where there is one agency alone (a test tries every case).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from sqlalchemy import Connection

from hearing_app.hearings.answers.figures import quartiles
from hearing_app.hearings.requests.reading import Request, requests_where
from hearing_app.store.tables import rights_request

FEWEST = 10
"""Requests of an agency that are over from which on its figures are shown; the step in which they grow."""
SMALLEST = 3
"""A count under this is shown as a range from none on."""
FEWEST_FOR_A_MEDIAN = 20


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """How one agency answered: of ``counted`` requests so many in time, as a range where one count is small.

    ``median_weeks`` says within how many begun weeks half were answered, where what was not answered by its
    day counts as having taken at least so long; ``None`` where half were not, or under twenty are counted.
    """

    agency: str
    counted: int
    in_time_at_least: int
    in_time_at_most: int
    median_weeks: int | None


@dataclass(frozen=True, slots=True)
class _Over:
    """A request that is over: when, after how many days, and whether it was answered by its day."""

    at: datetime
    number: str
    days: int
    in_time: bool


def counted_until(at: datetime | None = None) -> datetime:
    """Return the moment up to which figures are counted: when the present month began, in UTC."""
    now = (at or datetime.now(UTC)).astimezone(UTC)
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def figures_by_agency(db: Connection, *, at: datetime | None = None) -> list[RequestFigures]:
    """Return the figures of every agency of whose requests ten or more are over, by its id."""
    until = counted_until(at)
    found: dict[str, list[_Over]] = {}
    for one in requests_where(db, rights_request.c.lodged_at < until):
        over = _over(one, until)
        if over is not None:
            found.setdefault(one.agency, []).append(over)
    figures = []
    for agency, all_over in sorted(found.items()):
        in_order = sorted(all_over, key=lambda over: (over.at, over.number))
        if tens := in_order[: len(in_order) // FEWEST * FEWEST]:
            figures.append(_figures(agency, tens))
    return figures


def _over(one: Request, until: datetime) -> _Over | None:
    """Return how a request ended before a moment; ``None`` while it is not over, or where it was taken back.

    Nothing that happens after its day changes it: a late answer is not in time, whenever it comes.
    """
    was_put_off = one.extended_at is not None and one.extended_at < until
    due = one.due_by if was_put_off else one.due_at
    reply = next((each.at for each in one.replies), None)
    in_time = reply is not None and reply <= due
    over = reply if reply is not None and in_time else due
    if over >= until or (one.withdrawn_at is not None and one.withdrawn_at < over):
        return None
    return _Over(over, one.request_id, (over - one.lodged_at).days, in_time)


def _figures(agency: str, tens: Sequence[_Over]) -> RequestFigures:
    counted = len(tens)
    # Each ten for itself: of a range over all, the figures of two months would tell what the last ten hides.
    ranges = [_in_time(tens[start : start + FEWEST]) for start in range(0, counted, FEWEST)]
    least, most = (sum(ends) for ends in zip(*ranges, strict=True))
    answered = [one.days for one in tens if one.in_time]
    median = quartiles(answered, [one.days for one in tens if not one.in_time]).median
    weeks = None if median is None or counted < FEWEST_FOR_A_MEDIAN else max(1, ceil(median / 7))
    return RequestFigures(agency, counted, least, most, weeks)


def _in_time(ten: Sequence[_Over]) -> tuple[int, int]:
    """Return how many of one ten were answered in time, at least and at most."""
    in_time = sum(one.in_time for one in ten)
    if in_time < SMALLEST:
        return 0, SMALLEST - 1
    if len(ten) - in_time < SMALLEST:
        return len(ten) - SMALLEST + 1, len(ten)
    return in_time, in_time
