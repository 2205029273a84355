"""The routes on a plain application, a house with the shipped register behind them, and people who call."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.api.answers import on_hearing_error, on_http_error
from hearing_app.deployment import Deployment, use
from hearing_app.errors import HearingError
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Actor, Role
from hearing_app.people.sessions import start_session
from hearing_app.store.engine import writing
from hearing_app.store.tables import account

OPEN_HEARING = "demonstration-risk-scores"
CLOSED_HEARING = "demonstration-predictive-policing"
FACILITATOR = Actor(Role.FACILITATOR, "fay")
Post = Callable[..., Response]


@pytest.fixture
def app() -> Starlette:
    handlers: dict[Any, Any] = {HearingError: on_hearing_error, HTTPException: on_http_error}
    return Starlette(routes=ROUTES, exception_handlers=handlers)


@pytest.fixture
def client(house: Deployment, app: Starlette) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://hearing.test", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def secure_client(house: Deployment, app: Starlette) -> Iterator[TestClient]:
    """The same house behind a proxy that readers reach over TLS."""
    settings = house.settings.model_copy(
        update={"public_url": "https://hearing.test", "require_second_factor": False}
    )
    use(replace(house, settings=settings))
    with TestClient(app, base_url="https://hearing.test", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def body() -> Callable[..., dict[str, Any]]:
    """Make the body of a comment that can be sent, with any field changed."""

    def make(**changes: Any) -> dict[str, Any]:
        return {
            "draft_id": secrets.token_hex(16),
            "system_id": "compas",
            "system_version": 1,
            "concern": "Who checks the scores that the judges are given?",
        } | changes

    return make


@pytest.fixture
def post(client: TestClient, body: Callable[..., dict[str, Any]]) -> Post:
    """Send a comment to the open hearing."""

    def send(hearing: str = OPEN_HEARING, **changes: Any) -> Response:
        return client.post(f"/api/v1/hearings/{hearing}/comments", json=body(**changes))

    return send


@pytest.fixture
def published(house: Deployment, post: Post) -> Callable[..., str]:
    """Send a comment and publish it; return its number."""

    def send(**changes: Any) -> str:
        comment_id = str(post(**changes).json()["comment_id"])
        with writing(house.engine) as db:
            decide(db, FACILITATOR, comment_id, State.PUBLISHED, seen_state=State.SUBMITTED)
        return comment_id

    return send


@pytest.fixture
def session_of(house: Deployment) -> Callable[[Role], str]:
    """Make an account in a role, without the quarter of a second of a password, and begin its session."""

    def begin(role: Role) -> str:
        member = Account(secrets.token_hex(6), f"{role}@board.example", role, "")
        with writing(house.engine) as db:
            db.execute(
                insert(account).values(
                    account_id=member.account_id,
                    email=member.email,
                    role=role,
                    agency="",
                    password_hash="none",
                    created_at=datetime.now(UTC),
                    disabled=False,
                )
            )
            return start_session(db, member)

    return begin
