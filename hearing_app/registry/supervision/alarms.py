"""What is due soon or overdue, over the whole register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from hearing_app.people.permissions import Act, Actor, may
from hearing_app.registry.entry import Entry
from hearing_app.registry.register import Register, register_of
from hearing_app.registry.supervision.audits import Audit, all_audits
from hearing_app.registry.supervision.dated import DatedEntry, dated_entries
from hearing_app.registry.supervision.timeline import Moment, expected
from hearing_app.registry.supervision.vocabulary import Standing

SOON_DAYS = 60
"""From how many days before its day on a date is shown among what is due soon."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A date of a system that is near or over. ``days`` are those left; below 0 it is overdue."""

    system_id: str
    system: str
    agency: str
    deployer: str
    moment: Moment
    days: int

    @property
    def is_overdue(self) -> bool:
        """Whether its day is over."""
        return self.moment.standing is Standing.OVERDUE


def alarms(db: Connection, today: date, *, agency: str = "") -> list[Alarm]:
    """Return what is due within 60 days or overdue, longest overdue first; of one agency if it is given."""
    audits: dict[str, list[Audit]] = {}
    for one in all_audits(db):
        audits.setdefault(one.system_id, []).append(one)
    known = _without_audits(db, today)
    alone = [one for id, own in known.alarms.items() if id not in audits for one in own]
    found = alarms_of([known.entries[id] for id in audits if id in known.entries], audits, today)
    return sorted((one for one in (*alone, *found) if agency in {"", one.agency}), key=_longest_overdue_first)


@dataclass(frozen=True, slots=True)
class _Known:
    """What of every entry of a register is due on a day, as far as no audit adds to it."""

    register: Register
    today: date
    entries: Mapping[str, DatedEntry]
    alarms: Mapping[str, Sequence[Alarm]]


_known: list[_Known] = []


def _without_audits(db: Connection, today: date) -> _Known:
    """Return it; what was found is kept while nothing is published and the day lasts."""
    register = register_of(db)
    for one in _known[:]:
        if one.register is register and one.today == today:
            return one
    entries = {entry.id: entry for entry in dated_entries(db)}
    found = {id: tuple(alarms_of([entry], {}, today)) for id, entry in entries.items()}
    known = _Known(register, today, entries, found)
    _known[:] = [known]
    return known


def alarms_for(db: Connection, actor: Actor, today: date) -> list[Alarm]:
    """Return the alarms that concern an actor: an auditor all, a publisher those of the own agency."""
    if may(actor, Act.CARRY_OUT_AUDITS):
        return alarms(db, today)
    if may(actor, Act.ANSWER_AUDITS) and actor.agency:
        return alarms(db, today, agency=actor.agency)
    return []


def alarms_of(
    entries: Sequence[Entry | DatedEntry],
    audits: Mapping[str, Sequence[Audit]],
    today: date,
    *,
    agency: str = "",
) -> list[Alarm]:
    """Return the alarms of these entries, with their audits by the system's id."""
    found = []
    for entry in entries:
        if agency and entry.deployer.agency != agency:
            continue
        for moment in expected(entry, audits.get(entry.id, ()), today):
            if moment.day is None or moment.standing not in {Standing.DUE, Standing.OVERDUE}:
                continue
            days = (moment.day.last_day - today).days
            if days <= SOON_DAYS:
                place = entry.deployer
                found.append(Alarm(entry.id, entry.name, place.agency, place.name, moment, days))
    return sorted(found, key=_longest_overdue_first)


def _longest_overdue_first(alarm: Alarm) -> tuple[int, str, str]:
    return alarm.days, alarm.system.casefold(), alarm.moment.kind
