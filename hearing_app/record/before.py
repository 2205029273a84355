"""The record that a restore replaces, read as far as it can be read: it may be damaged, or tampered with.

What was taken away or closed after the backup was made stands only here. So every question is asked in
several ways, and a page that cannot be read costs what is on it, not what is on the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, String, select, type_coerce
from sqlalchemy.exc import SQLAlchemyError

from hearing_app.record.erased import Erased
from hearing_app.store.tables import ledger, ledger_content

# What SQLite, its driver and a value of another type than was written raise.
_UNREADABLE = (SQLAlchemyError, OSError, ValueError, TypeError, OverflowError)
# A damaged page can name a number that was never reached.
_MOST_EVENTS = 10_000_000


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the record before; ``content`` is ``None`` where it cannot be read or was erased."""

    seq: int
    at: datetime
    kind: str
    subject: str
    content: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What was carried over: how many comments were erased again, and all else in sentences."""

    erased: int = 0
    said: tuple[str, ...] = ()


class Before:
    """The record before, and what was noted outside of it.

    ``holds`` says that every hash and row of it was checked: else it is believed where it closes something,
    and not where it opens something. ``whole`` says that every event of its ledger was read.
    """

    def __init__(self, old: Engine | None, noted: list[Erased], *, holds: bool) -> None:
        self.noted = noted
        self.holds = holds
        self.whole = old is None
        self._old = old
        self.events: list[Told] = [] if old is None else self._events(old)

    def rows(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """Yield the rows of a question as far as they can be read; none where there was no record."""
        if self._old is None:
            return
        try:
            with self._old.connect() as db:
                found = db.execute(query)
                while (row := found.fetchone()) is not None:
                    yield row
        except _UNREADABLE:
            return

    def about(self, noun: str) -> list[Told]:
        """Return the events whose kind begins with a noun, with their contents."""
        return [self._with_content(one) for one in self.events if one.kind.startswith(f"{noun}.")]

    def _events(self, old: Engine) -> list[Told]:
        row = ledger.c
        query = select(row.seq, type_coerce(row.at, String).label("at"), row.kind, row.subject)
        found: dict[int, Told] = {}
        for order in (row.seq, row.seq.desc()):
            for one in self.rows(query.order_by(order)):
                if (told := _told(one)) is not None:
                    found[told.seq] = told
        # The index on subjects lies on other pages than the table, and knows the numbers as well.
        numbers = {one.seq for one in self.rows(select(row.subject, row.seq).order_by(row.subject))}
        numbers |= found.keys()
        end = max((one for one in numbers if isinstance(one, int) and one < _MOST_EVENTS), default=-1) + 1
        missing = [number for number in range(end) if number not in found]
        if missing:
            try:
                with old.connect() as db:
                    for number in missing:
                        try:
                            single = db.execute(query.where(row.seq == number)).fetchone()
                        except _UNREADABLE:
                            continue
                        if single is not None and (told := _told(single)) is not None:
                            found[told.seq] = told
            except _UNREADABLE:
                pass
        self.whole = bool(found) and all(number in found for number in range(end))
        return [found[number] for number in sorted(found)]

    def _with_content(self, told: Told) -> Told:
        query = select(ledger_content.c.content).where(ledger_content.c.seq == told.seq)
        for one in self.rows(query):
            try:
                content = json.loads(one.content)
            except (TypeError, ValueError):
                continue
            if isinstance(content, dict):
                return Told(told.seq, told.at, told.kind, told.subject, content)
        return told


def _told(row: Row[Any]) -> Told | None:
    if not isinstance(row.seq, int) or not isinstance(row.kind, str) or not isinstance(row.subject, str):
        return None
    return Told(row.seq, moment_of(row.at), row.kind, row.subject, None)


def moment_of(text: object) -> datetime:
    """Return the moment that a stored text names, or now where it names none."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
    except ValueError:
        return datetime.now(UTC)
