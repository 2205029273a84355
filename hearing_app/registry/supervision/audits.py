"""Audits as they stand: read from their statements, which are never changed, each time they are looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Row, select, true

from hearing_app.errors import NotFound
from hearing_app.people.permissions import Role
from hearing_app.registry.entry.stated import Part
from hearing_app.registry.supervision.moves import MOVES
from hearing_app.registry.supervision.vocabulary import Standing, State, Step
from hearing_app.registry.supervision.words import (
    WORDS,
    Corrected,
    Found,
    Planned,
    Postponed,
    Remedied,
    Replied,
    Reported,
    Returned,
)
from hearing_app.registry.supervision.words import Done as SaidDone
from hearing_app.store.tables import audit_statement

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an audit; ``corrections`` are those made to it later, oldest first."""

    number: int
    step: Step
    said: Part
    at: datetime
    actor: str
    seq: int
    corrections: tuple[Statement, ...] = ()

    @property
    def day(self) -> date:
        """The day on which it was said, in UTC."""
        return self.at.astimezone(UTC).date()

    @property
    def by_force(self) -> bool:
        """Whether the audited body said it."""
        return self.actor.split(":")[0] == Role.PUBLISHER

    def words(self, model: type[P]) -> P:
        """Return what it says, as the model of its step."""
        if not isinstance(self.said, model):
            raise TypeError(f"{self.step} does not say {model.__name__}")
        return self.said


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is to be done about a finding. ``done`` is the last word that it is, unless that was returned."""

    number: int
    stated: Statement
    done: Statement | None = None
    returned: tuple[Statement, ...] = ()

    @property
    def words(self) -> Remedied:
        """What is to be done, by which post, until when."""
        return self.stated.words(Remedied)

    def standing(self, today: date) -> Standing:
        """Return whether it is done, due or overdue."""
        return standing(self.words.due, today, done=self.done is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with what the body replied, and the remedies that follow from it."""

    number: int
    stated: Statement
    replies: tuple[Statement, ...] = ()
    remedies: tuple[Remedy, ...] = ()

    @property
    def words(self) -> Found:
        """What was found, about what, and until when a reply is due."""
        return self.stated.words(Found)

    def standing(self, today: date) -> Standing:
        """Return where the body's reply stands."""
        return standing(self.words.reply_due, today, done=bool(self.replies))


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit as its statements make it. ``revision`` is their number: whoever adds one names it."""

    audit_id: str
    state: State
    due: date
    findings: tuple[Finding, ...]
    statements: tuple[Statement, ...] = field(repr=False)

    @property
    def revision(self) -> int:
        """How many statements there are."""
        return len(self.statements)

    @property
    def plan(self) -> Planned:
        """What was announced."""
        return self.statements[0].words(Planned)

    @property
    def system_id(self) -> str:
        """The system that is audited."""
        return self.plan.system

    @property
    def remedies(self) -> list[Remedy]:
        """Every remedy, by its number."""
        found = [remedy for finding in self.findings for remedy in finding.remedies]
        return sorted(found, key=lambda one: one.number)

    @property
    def report(self) -> Reported | None:
        """What was reported, if anything was."""
        said = [one.said for one in self.statements if one.step is Step.REPORTED]
        return cast(Reported, said[0]) if said else None

    def standing(self, today: date) -> Standing:
        """Return where its report stands; one that was cancelled is due no more."""
        return standing(self.due, today, done=not self.state.is_before_report)


def standing(due: date, today: date, *, done: bool) -> Standing:
    """Return where a duty with a day stands: on its day it is still due, on the next one overdue."""
    if done:
        return Standing.DONE
    return Standing.OVERDUE if today > due else Standing.DUE


def fold(audit_id: str, statements: Sequence[Statement]) -> Audit:
    """Return the audit that these statements, in their order, make."""
    plan = statements[0].words(Planned)
    state, due = State.PLANNED, plan.due
    corrected: dict[int, list[Statement]] = {}
    for one in statements:
        state = MOVES[one.step].to or state
        if isinstance(one.said, Postponed):
            due = one.said.due
        if isinstance(one.said, Corrected):
            corrected.setdefault(one.said.of, []).append(one)
    whole = [replace(one, corrections=tuple(corrected.get(one.number, ()))) for one in statements]
    return Audit(audit_id, state, due, tuple(_findings(whole)), tuple(whole))


def _findings(statements: Sequence[Statement]) -> Iterable[Finding]:
    remedies = _remedies(statements)
    stated = [one for one in statements if one.step is Step.FINDING]
    for number, one in enumerate(stated, 1):
        yield Finding(
            number,
            one,
            tuple(r for r in statements if isinstance(r.said, Replied) and r.said.finding == number),
            tuple(r for r in remedies if r.words.finding == number),
        )


def _remedies(statements: Sequence[Statement]) -> list[Remedy]:
    found: list[Remedy] = []
    for one in statements:
        if one.step is Step.REMEDY:
            found.append(Remedy(len(found) + 1, one))
        elif isinstance(one.said, SaidDone):
            place = one.said.remedy - 1
            found[place] = replace(found[place], done=one)
        elif isinstance(one.said, Returned):
            place = one.said.remedy - 1
            found[place] = replace(found[place], done=None, returned=(*found[place].returned, one))
    return found


def audit_of(db: Connection, audit_id: str) -> Audit:
    """Return an audit; raise ``NotFound`` when there is none."""
    found = find_audit(db, audit_id)
    if found is None:
        raise NotFound(
            f"There is no audit “{audit_id[:40]}”.",
            kept="",
            next_step="Look for it on the page “Supervision”.",
        )
    return found


def find_audit(db: Connection, audit_id: str) -> Audit | None:
    """Return an audit, or ``None`` when there is none."""
    found = _read(db, audit_statement.c.audit_id == audit_id)
    return found[0] if found else None


def audits_of(db: Connection, system_id: str) -> list[Audit]:
    """Return every audit of a system, the one that was planned first first."""
    return _read(db, audit_statement.c.system_id == system_id)


def all_audits(db: Connection) -> list[Audit]:
    """Return every audit, the one that was planned first first."""
    return _read(db, true())


def _read(db: Connection, which: ColumnElement[bool]) -> list[Audit]:
    columns = audit_statement.c
    rows = db.execute(select(audit_statement).where(which).order_by(columns.audit_id, columns.number))
    found = [
        fold(audit_id, [_statement(row) for row in its])
        for audit_id, its in groupby(rows, key=lambda row: str(row.audit_id))
    ]
    return sorted(found, key=lambda one: one.statements[0].seq)


def _statement(row: Row[Any]) -> Statement:
    step = Step(row.step)
    return Statement(row.number, step, _read_said(step, row.said), row.at, row.actor, row.seq)


@lru_cache(maxsize=4096)
def _read_said(step: Step, text: str) -> Part:
    # Statements never change, so one that was read is not read again.
    return WORDS[step].model_validate(json.loads(text))
