"""Facilitators, and what they do in a transaction of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.hearings.comments.comment import Comment, Receipt, comment_by_receipt, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import reading, writing
from tests.hearings.answered import Asked

Decide = Callable[..., Comment]
Look = Callable[[str], Comment]
Leave = Callable[..., Comment]
MakeDraft = Callable[..., Draft]
Send = Callable[..., Receipt]


@pytest.fixture(scope="session")
def facilitator() -> Actor:
    return Actor(Role.FACILITATOR, "fay")


@pytest.fixture
def look(engine: Engine, receipt_key: bytes) -> Look:
    """Return the comment of a receipt as it stands now."""

    def by_receipt(code: str) -> Comment:
        with reading(engine) as db:
            return comment_by_receipt(db, receipt_key, code)

    return by_receipt


@pytest.fixture
def leave(engine: Engine, receipt_key: bytes, now: datetime) -> Leave:
    """Withdraw the comment of a receipt."""

    def by_receipt(code: str, at: datetime | None = None) -> Comment:
        return withdraw(engine, receipt_key, code, at=at or now)

    return by_receipt


@pytest.fixture
def move(engine: Engine, facilitator: Actor, now: datetime) -> Decide:
    """Decide on a comment, as a facilitator who has just read it, with a reason where one is needed."""

    def one(comment_id: str, to: State, seen_state: State = State.SUBMITTED, **more: Any) -> Comment:
        fields = {"reason_id": "" if to is State.PUBLISHED else "R2", "at": now, "actor": facilitator}
        with writing(engine) as db:
            return decide(db, comment_id=comment_id, to=to, seen_state=seen_state, **(fields | more))

    return one


@pytest.fixture
def asked(engine: Engine, hearing: Hearing, send: Send, now: datetime) -> Asked:
    """The hearing, on a system that the agency “met” deploys."""
    made = Asked(engine, hearing, now, send)
    made.change_entry()
    return made
