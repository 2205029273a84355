"""A hearing with a sitting, people who wish to speak in it, and a facilitator who arranges and runs it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine

from hearing_app.errors import HearingError
from hearing_app.hearings.agenda.arranging import begin, publish
from hearing_app.hearings.agenda.proposal import propose_anew
from hearing_app.hearings.comments.comment import Receipt, submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import Hearing, Question, Sitting, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION, PUBLIC, Actor, Role
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import reading, writing

FAY = Actor(Role.FACILITATOR, "fay")
KEY = bytes(range(32))
ID = "town-hall"
OPENS = datetime(2026, 5, 1, 9, tzinfo=UTC)
CLOSES = datetime(2026, 6, 1, 9, tzinfo=UTC)
SITS = datetime(2026, 6, 10, 18, tzinfo=UTC)
DURING, AFTER = OPENS + timedelta(days=3), CLOSES + timedelta(hours=1)
Act = Callable[..., Any]
# Each comes a minute after the one before, so that the order of arrival is known.
_MINUTES = count()


def announce(engine: Engine, *, with_systems: bool = True, **changes: Any) -> Hearing:
    """Publish a hearing on two systems that is open in May 2026 and sits for two hours on 10 June."""
    fields: dict[str, Any] = {
        "id": ID,
        "title": "A hearing in the town hall",
        "summary": "The council asks residents about two systems.",
        "convened_by": "The council",
        "demonstration": False,
        "systems": ("cameras", "scores"),
        "questions": (
            Question(id="cameras", text="Should the cameras be used?", system="cameras"),
            Question(id="scores", text="Should the scores be used?", system="scores"),
        ),
        "time_zone": "Europe/London",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "what_happens_next": "The council answers in public.",
        "sitting": Sitting(
            starts_at=SITS, ends_at=SITS + timedelta(hours=2), place="The town hall", speaking_minutes=30
        ),
    }
    made = Hearing.model_validate(fields | changes)
    with writing(engine) as db:
        for name in made.systems if with_systems else ():
            publish_version(
                db,
                actor="compilation",
                kind="system",
                document_id=name,
                document={"id": name, "name": name.capitalize()},
                note="The first version.",
                at=OPENS - timedelta(days=60),
            )
        publish_hearing(db, COMPILATION, made, note="Announced.", at=OPENS - timedelta(days=30))
    return made


def sign_up(engine: Engine, *, state: State = State.PUBLISHED, key: bytes = KEY, **changes: Any) -> Receipt:
    """Send a comment with a wish to speak, and let a facilitator publish it."""
    fields: dict[str, Any] = {
        "draft_id": secrets.token_hex(16),
        "hearing_id": ID,
        "system_id": "cameras",
        "system_version": 1,
        "concern": "Who checks the pictures that are kept?",
        "speaking": "in_person",
    }
    with writing(engine) as db:
        receipt = submit(
            db, PUBLIC, key, Draft(**(fields | changes)), at=DURING + timedelta(minutes=next(_MINUTES))
        )
        if state is not State.SUBMITTED:
            decide(db, FAY, receipt.comment_id, state, seen_state=State.SUBMITTED, at=CLOSES)
    return receipt


def act(engine: Engine, function: Act, *given: Any, **more: Any) -> Any:
    """Do one act of a facilitator on the hearing, in a transaction of its own, by default after its close."""
    with writing(engine) as db:
        return function(db, more.pop("actor", FAY), ID, *given, **({"at": AFTER} | more))


def arranged(engine: Engine, minutes: int = 60) -> None:
    """Let a facilitator ask for a proposal, and publish it as it is."""
    draft, _ = act(engine, propose_anew, act(engine, begin).revision, minutes)
    act(engine, publish, draft.revision, "")


def said(error: HearingError) -> str:
    """Return everything that a refusal says, with its faults."""
    return " ".join([str(error), *(str(one) for one in getattr(error, "faults", ()))])


def look(engine: Engine, function: Act, *given: Any, **more: Any) -> Any:
    """Read something in a transaction of its own."""
    with reading(engine) as db:
        return function(db, *given, **more)
