"""How each agency answers requests, in figures that give no single request away.

Three rules hold, and are said beside the figures. They are made once a month, of what stood when the month
began: no figure moves with one request. Of an agency's requests full tens are counted, the oldest first, and
fewer than ten not at all: what is left over waits for the next ten. What was asked, and about which system,
is not counted in public.

The ledger tells anyone how many requests there are in all. What is left when every published ten is taken
away is spread over all agencies, 0 to 9 at each: how many are one agency's can be told only where nothing is
left, where nine are left at every one, or where there is one agency alone (a test tries every case).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from hearing_app.hearings.answers.figures import Quartiles, quartiles
from hearing_app.hearings.requests.reading import Request, requests_where
from hearing_app.store.tables import rights_request

FEWEST = 10
"""Requests to an agency from which on its figures are shown; the step in which they grow, too."""


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """How one agency answered: ``lodged`` is the sum of the five counts, ``put_off`` a part of them.

    ``days`` counts what waits, or was taken back before its answer, as having taken at least so long.
    """

    agency: str
    lodged: int
    in_time: int
    late: int
    waiting: int
    overdue: int
    withdrawn: int
    put_off: int
    days: Quartiles


def counted_until(at: datetime | None = None) -> datetime:
    """Return the moment up to which figures are counted: when the present month began, in UTC."""
    now = (at or datetime.now(UTC)).astimezone(UTC)
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def figures_by_agency(db: Connection, *, at: datetime | None = None) -> list[RequestFigures]:
    """Return the figures of every agency that was asked ten times or more, by its id."""
    until = counted_until(at)
    asked: dict[str, list[Request]] = {}
    for one in requests_where(db, rights_request.c.lodged_at < until):
        asked.setdefault(one.agency, []).append(one)
    return [
        _figures(agency, found[:tens], until)
        for agency, found in sorted(asked.items())
        if (tens := len(found) // FEWEST * FEWEST)
    ]


def _figures(agency: str, found: Sequence[Request], until: datetime) -> RequestFigures:
    """Return the figures as they stood at a moment: what came after it is not known yet."""
    counts = dict.fromkeys(("in_time", "late", "waiting", "overdue", "withdrawn"), 0)
    answered, open_ = [], []
    for one in found:
        reply = next((each.at for each in one.replies if each.at < until), None)
        taken_back = one.withdrawn_at is not None and one.withdrawn_at < until
        # Withdrawn before an answer, it stopped waiting on that day.
        over = one.withdrawn_at if taken_back and one.withdrawn_at is not None else until
        due = _due_by(one, until)
        if reply is not None:
            answered.append((reply - one.lodged_at).days)
            counts["late" if reply > due else "in_time"] += 1
            continue
        open_.append((over - one.lodged_at).days)
        counts["withdrawn" if taken_back else "overdue" if until > due else "waiting"] += 1
    put_off = sum(one.extended_at is not None and one.extended_at < until for one in found)
    return RequestFigures(agency, len(found), **counts, put_off=put_off, days=quartiles(answered, open_))


def _due_by(one: Request, until: datetime) -> datetime:
    """Return by when an answer was due, as far as it was known at a moment."""
    was_put_off = one.extended_at is not None and one.extended_at < until
    return one.due_by if was_put_off else one.due_at
