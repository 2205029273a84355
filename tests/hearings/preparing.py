"""A form that can be announced, and a register of one system behind it: what the tests of preparing share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from hearing_app.hearings.life.announcing import announce
from hearing_app.hearings.life.drafts import begin, save
from hearing_app.hearings.life.filling import BLANK, Form
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.versions import Version, publish_version
from hearing_app.store.engine import writing

FAY, FINN = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "finn")
LONDON = ZoneInfo("Europe/London")
# A Monday in summer: the clocks go back on 25 October 2026.
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SYSTEM = "street-cameras"


def in_days(days: int) -> str:
    """Return a day so many days after ``NOW``."""
    return (NOW.date() + timedelta(days=days)).isoformat()


def form(**changes: Any) -> Form:
    """Return a form that is complete: announced at ``NOW``, open from day 20 to 40, sitting on day 50."""
    filled: Form = {
        **BLANK,
        "title": "Cameras in the high street",
        "summary": "The board hears what residents think of the cameras.",
        "convened_by": "The police and crime board",
        "what_happens_next": "The board answers in public.",
        "systems": [{"id": SYSTEM, "version": 1}],
        "questions": [{"id": "q1", "text": "Should they be used?", "system": ""}],
        "opens_day": in_days(20),
        "closes_day": in_days(40),
        "sits": True,
        "sits_day": in_days(50),
        "place": "Town hall, room 1",
    }
    return filled | changes


def publish_system(engine: Engine, name: str = SYSTEM, text: str = "Street cameras") -> None:
    """Publish a version of a system's entry, as far as a list of names needs it."""
    with writing(engine) as db:
        publish_version(
            db,
            actor="compilation",
            kind="system",
            document_id=name,
            document={"id": name, "name": text},
            note="",
            at=NOW - timedelta(days=100),
        )


def announced(
    engine: Engine, *, at: datetime = NOW, hearing_id: str = "", reason: str = "", **changes: Any
) -> Version:
    """Write a draft and announce it; with ``hearing_id``, a change to that hearing."""
    with writing(engine) as db:
        draft = begin(db, FAY, hearing_id=hearing_id, at=at)
        filled = {**draft.form, **changes} if hearing_id else form(**changes)
        draft = save(db, FAY, draft.draft_id, filled, revision=draft.revision, reason=reason, at=at)
        return announce(db, FAY, draft.draft_id, revision=draft.revision, at=at)
