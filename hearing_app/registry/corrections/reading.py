"""Corrections as anybody may read them: what was said, what was answered, and what is still owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.errors import NotFound
from hearing_app.record.receipts import lookup_key, read_receipt
from hearing_app.registry.corrections.vocabulary import Kind, Outcome, Standing
from hearing_app.store.tables import correction, correction_answer

ANSWER_DAYS = 28
"""Days within which everything is answered, unless the answer says until when it is looked into."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``version`` is that of the entry in which something was changed, ``until`` a promise."""

    number: int
    outcome: Outcome
    text: str
    version: int | None
    until: datetime | None
    shows_words: bool
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says is wrong in an entry, with its answers. ``words`` are empty once they are gone."""

    correction_id: str
    kind: Kind
    system_id: str
    system_version: int
    field: str
    agency: str
    words: str
    source: str
    received_at: datetime
    withdrawn_at: datetime | None
    answers: tuple[Answer, ...]

    @property
    def standing(self) -> Standing:
        """How far it has come."""
        if self.withdrawn_at is not None:
            return Standing.WITHDRAWN
        if not self.answers:
            return Standing.WAITING
        return Standing.ANSWERED if self.answers[-1].outcome.is_final else Standing.LOOKED_INTO

    @property
    def is_open(self) -> bool:
        """Whether an answer is owed."""
        return self.standing in {Standing.WAITING, Standing.LOOKED_INTO}

    @property
    def due_at(self) -> datetime:
        """By when it is to be answered: 28 days after it came, or as long as the last answer says.

        The last second of that day, in UTC: on its day it is still due, and overdue on the next one.
        """
        until = self.answers[-1].until if self.answers else None
        return until or end_of_day(self.received_at + timedelta(days=ANSWER_DAYS))

    def is_overdue(self, at: datetime | None = None) -> bool:
        """Whether an answer is owed, and its day is over."""
        return self.is_open and (at or datetime.now(UTC)) > self.due_at

    @property
    def public_words(self) -> str:
        """The words that anybody may read: a body's own, and of others those that an answer shows."""
        is_public = self.kind.is_of_a_body or (bool(self.answers) and self.answers[-1].shows_words)
        return self.words if is_public else ""


def end_of_day(moment: datetime) -> datetime:
    """Return the last second of the day in which a moment lies, in UTC."""
    return datetime.combine(moment.astimezone(UTC).date(), time(23, 59, 59), tzinfo=UTC)


def corrections_of(db: Connection, system_id: str) -> list[Correction]:
    """Return everything that was said about one system's entry, the newest first."""
    rows = db.execute(select(correction).where(correction.c.system_id == system_id))
    return _read(db, rows)


def open_corrections(db: Connection) -> list[Correction]:
    """Return what is not answered yet, about all entries, the oldest due day first."""
    found = [one for one in _read(db, db.execute(select(correction))) if one.is_open]
    return sorted(found, key=lambda one: (one.due_at, one.correction_id))


def correction_of(db: Connection, correction_id: str) -> Correction:
    """Return one by its number; raise ``NotFound`` where there is none."""
    rows = db.execute(select(correction).where(correction.c.correction_id == correction_id[:20]))
    found = _read(db, rows)
    if not found:
        raise NotFound(
            f"There is no correction “{correction_id[:20]}”.", kept="", next_step="Look at the entry's list."
        )
    return found[0]


def correction_by_receipt(db: Connection, key: bytes, receipt: str) -> Correction | None:
    """Return what belongs to a receipt, or ``None``. For a stranger's guess, count the try first."""
    wanted = lookup_key(key, read_receipt(receipt))
    found = _read(db, db.execute(select(correction).where(correction.c.receipt_key == wanted)))
    return found[0] if found else None


def _read(db: Connection, rows: Iterable[Row[Any]]) -> list[Correction]:
    listed = list(rows)
    answers: dict[str, list[Answer]] = defaultdict(list)
    if listed:
        query = select(correction_answer).order_by(
            correction_answer.c.correction_id, correction_answer.c.number
        )
        ids = {row.correction_id for row in listed}
        if len(ids) < _MOST_NAMED:
            query = query.where(correction_answer.c.correction_id.in_(ids))
        for one in db.execute(query):
            answers[one.correction_id].append(
                Answer(
                    one.number,
                    Outcome(one.outcome),
                    one.text,
                    one.version,
                    one.until,
                    one.shows_words,
                    one.at,
                    one.actor,
                )
            )
    found = [
        Correction(
            row.correction_id,
            Kind(row.kind),
            row.system_id,
            row.system_version,
            row.field,
            row.agency,
            row.words,
            row.source,
            row.received_at,
            row.withdrawn_at,
            tuple(answers[row.correction_id]),
        )
        for row in listed
    ]
    return sorted(found, key=lambda one: (one.received_at, one.correction_id), reverse=True)


# A statement takes no more parameters than the database allows.
_MOST_NAMED = 500
