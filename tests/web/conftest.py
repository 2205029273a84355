"""A house of its own for each test, and readers who open its pages."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from streamlit.runtime.context import ContextProxy

from hearing_app import deployment
from hearing_app.deployment import Deployment, open_deployment
from hearing_app.hearings.comments.comment import Comment, Receipt, comment_by_receipt, submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import Hearing, Question, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.accounts import Account
from hearing_app.people.cookie import session_cookie
from hearing_app.people.permissions import COMPILATION, PUBLIC, Actor, Role
from hearing_app.people.sessions import start_session
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.web.reader import OPEN_HEARING, Announce, Decided, Reader, Send, SignIn, Stored, Visit


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder as the first start with the published register leaves it."""
    data = tmp_path_factory.mktemp("first") / "data"
    open_deployment(Settings(data=data)).close()
    return data


@pytest.fixture
def house(first_start: Path, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment with the published register and datasets, which the pages of this test use."""
    data = tmp_path / "data"
    shutil.copytree(first_start, data)
    yield from _used(Settings(data=data))


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment that has published nothing: no system, no hearing, no dataset."""
    for name in ("registry/systems", "registry/hearings", "datasets"):
        (tmp_path / name).mkdir(parents=True)
    yield from _used(
        Settings(data=tmp_path / "data", registry=tmp_path / "registry", datasets=tmp_path / "datasets")
    )


def _used(settings: Settings) -> Iterator[Deployment]:
    opened, before = open_deployment(settings), list(deployment._in_use)
    deployment.use(opened)
    yield opened
    deployment._in_use[:] = before
    opened.close()


@pytest.fixture
def cookies(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The cookies of this test's browser; AppTest has neither cookies nor a network address."""
    jar: dict[str, str] = {}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: jar))
    monkeypatch.setattr(ContextProxy, "ip_address", property(lambda self: "203.0.113.9"))
    return jar


@pytest.fixture
def visit(house: Deployment, cookies: dict[str, str]) -> Visit:
    """Open a page of the full house in a new session."""
    return lambda page, /, **query: Reader(house).open(page, **query)


@pytest.fixture
def visit_empty(empty_house: Deployment, cookies: dict[str, str]) -> Visit:
    """Open a page of the empty house in a new session."""
    return lambda page, /, **query: Reader(empty_house).open(page, **query)


@pytest.fixture
def sign_in(cookies: dict[str, str]) -> SignIn:
    """Give this test's browser the session of a new member of staff; their password is nobody's."""

    def as_role(role: Role, house: Deployment) -> Account:
        member = Account(secrets.token_hex(6), f"{role}@example.org", role, "")
        with writing(house.engine) as db:
            db.execute(
                insert(account).values(
                    account_id=member.account_id,
                    email=f"{member.account_id}@example.org",
                    role=role,
                    agency="",
                    password_hash="!",
                    created_at=datetime.now(UTC),
                    disabled=False,
                )
            )
            cookies[session_cookie(house.settings.is_https)] = start_session(db, member)
        return member

    return as_role


@pytest.fixture
def send(house: Deployment) -> Send:
    """Put a comment on the record of the open hearing, with any field changed."""

    def one(**changes: Any) -> Receipt:
        fields: dict[str, Any] = {
            "draft_id": secrets.token_hex(16),
            "hearing_id": OPEN_HEARING,
            "system_id": "compas",
            "system_version": 1,
            "concern": "Who checks the scores that judges are shown?",
        }
        with writing(house.engine) as db:
            return submit(db, PUBLIC, house.key, Draft(**(fields | changes)))

    return one


@pytest.fixture
def stored(house: Deployment) -> Stored:
    """Return the comment of a receipt as it stands in the record."""

    def of(code: str) -> Comment:
        with reading(house.engine) as db:
            return comment_by_receipt(db, house.key, code)

    return of


@pytest.fixture
def announce(house: Deployment) -> Announce:
    """Publish a hearing on COMPAS whose window opens and closes so many days from now."""

    def one(opens: float, closes: float, **changes: Any) -> Hearing:
        now = datetime.now(UTC)
        fields: dict[str, Any] = {
            "id": "town-hall",
            "title": "A hearing in the town hall",
            "summary": "The council asks residents about scores.",
            "convened_by": "The council",
            "demonstration": False,
            "systems": ("compas",),
            "questions": (Question(id="use", text="Should the scores be used?"),),
            "time_zone": "Europe/London",
            "opens_at": now + timedelta(days=opens),
            "closes_at": now + timedelta(days=closes),
            "what_happens_next": "The council answers in public.",
        }
        made = Hearing.model_validate(fields | changes)
        with writing(house.engine) as db:
            publish_hearing(db, COMPILATION, made, note="For this test.")
        return made

    return one


@pytest.fixture
def decided(house: Deployment) -> Decided:
    """Let a facilitator who is not at this browser decide on a comment."""

    def one(comment_id: str, to: State, seen: State = State.SUBMITTED, reason: str = "") -> Comment:
        with writing(house.engine) as db:
            return decide(
                db,
                Actor(Role.FACILITATOR, "another"),
                comment_id,
                to,
                seen_state=seen,
                reason_id=reason or ("" if to is State.PUBLISHED else "R2"),
            )

    return one
