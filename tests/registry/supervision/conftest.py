"""A record with one published entry, an auditor, and the publisher of the audited body."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.people.permissions import COMPILATION, Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.stated import Part
from hearing_app.registry.published import publish_entry
from hearing_app.registry.supervision.acting import plan, say
from hearing_app.registry.supervision.audits import Audit, audit_of
from hearing_app.registry.supervision.vocabulary import Step
from hearing_app.registry.supervision.words import Planned, read_words
from hearing_app.store.engine import reading, writing

AUDITOR = Actor(Role.AUDITOR, "au01")
FORCE = Actor(Role.PUBLISHER, "pu01", "riverton-police")
SYSTEM = "bus-lane-cameras"
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PLAN: dict[str, Any] = {
    "system": SYSTEM,
    "version": 1,
    "title": "Are the readings right?",
    "scope": "Readings of one week, compared by hand.",
    "body": "City Auditor of Riverton",
    "independence": "independent",
    "statement": "We are paid by the council and not by the police.",
    "due": date(2026, 6, 30),
}
WORDS: dict[Step, dict[str, Any]] = {
    Step.BEGUN: {},
    Step.POSTPONED: {"due": date(2026, 9, 1), "reason": "The data came late."},
    Step.FINDING: {
        "about": "field:purpose",
        "version": 1,
        "severity": "major",
        "text": "Readings at night are wrong more often.",
        "reply_due": date(2026, 4, 30),
    },
    Step.REPLY: {"finding": 1, "text": "We agree, and look into it."},
    Step.REMEDY: {
        "finding": 1,
        "what": "Switch it off at night.",
        "by": "Head of Traffic Division",
        "due": date(2026, 5, 31),
    },
    Step.DONE: {"remedy": 1, "day": date(2026, 3, 2), "evidence": "The log of the week shows it."},
    Step.RETURNED: {"remedy": 1, "reason": "The log shows three nights with readings."},
    Step.REPORTED: {"summary": "Most readings are right."},
    Step.CORRECTION: {"of": 1, "text": "The title should read: Are the readings right at night?"},
    Step.CLOSED: {"note": "All is done."},
    Step.CANCELLED: {"reason": "The system was taken out of use."},
}


def words(step: Step, **changes: Any) -> Part:
    return read_words(step, WORDS[step] | changes)


@pytest.fixture
def published(engine: Engine, data: dict[str, Any]) -> Engine:
    """The record with the entry's first version."""
    with writing(engine) as db:
        publish_entry(
            db, COMPILATION, Entry.model_validate(data), note="First", at=START - timedelta(days=30)
        )
    return engine


class Acting:
    """Takes steps in audits, one a minute, as the side that the step belongs to."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.at = START

    def plan(
        self, *, actor: Actor = AUDITOR, draft: str = "", at: datetime | None = None, **changes: Any
    ) -> Audit:
        planned = read_words(Step.PLANNED, PLAN | changes)
        assert isinstance(planned, Planned)
        with writing(self.engine) as db:
            return plan(db, actor, planned, draft_id=draft or new_draft_id(), at=at or self.at)

    def take(
        self,
        audit: Audit,
        step: Step,
        /,
        *,
        actor: Actor | None = None,
        seen: int = 0,
        at: Any = None,
        **changes: Any,
    ) -> Audit:
        self.at += timedelta(minutes=1)
        side = FORCE if step in {Step.REPLY, Step.DONE} else AUDITOR
        with writing(self.engine) as db:
            now = audit_of(db, audit.audit_id)
            return say(
                db,
                actor or side,
                audit.audit_id,
                words(step, **changes),
                seen=seen or now.revision,
                at=at or self.at,
            )

    def through(self, *steps: Step) -> Audit:
        """Plan an audit and take these steps in it."""
        audit = self.plan()
        for step in steps:
            audit = self.take(audit, step)
        return audit

    def read(self, audit: Audit) -> Audit:
        with reading(self.engine) as db:
            return audit_of(db, audit.audit_id)


@pytest.fixture
def acting(published: Engine) -> Acting:
    return Acting(published)


MakeActing = Callable[..., Acting]
