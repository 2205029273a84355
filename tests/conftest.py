"""A migrated record of its own for each test, a hearing that is open at ``NOW``, and comments for it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.hearings.comment import Receipt, submit
from hearing_app.hearings.draft import Draft
from hearing_app.hearings.hearing import Hearing, Question
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import open_engine, writing
from hearing_app.store.migrate import migrate

MakeDraft = Callable[..., Draft]
Send = Callable[..., Receipt]


@pytest.fixture(scope="session")
def now() -> datetime:
    """A moment at which the hearing is open."""
    return datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def receipt_key() -> bytes:
    return bytes(range(32))


@pytest.fixture(scope="session")
def empty_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the migrations leave it; made once, copied for each test."""
    path = tmp_path_factory.mktemp("record") / "hearing.sqlite"
    made = open_engine(f"sqlite:///{path}")
    migrate(made)
    made.dispose()
    return path


@pytest.fixture
def engine(empty_record: Path, tmp_path: Path) -> Iterator[Engine]:
    path = shutil.copy(empty_record, tmp_path / "hearing.sqlite")
    opened = open_engine(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture
def hearing(engine: Engine, now: datetime) -> Hearing:
    """A published hearing on one published system, open from January to December 2026."""
    announced = Hearing(
        id="live-recognition",
        title="Live facial recognition in the high street",
        summary="The board hears what residents think of the cameras in the high street.",
        convened_by="The police and crime board",
        demonstration=True,
        systems=("street-cameras",),
        questions=(Question(id="use", text="Should it be used?"),),
        time_zone="Europe/London",
        opens_at=datetime(2026, 1, 1, tzinfo=UTC),
        closes_at=datetime(2026, 12, 1, tzinfo=UTC),
        what_happens_next="The board reads every comment and answers in public.",
    )
    with writing(engine) as db:
        for kind, name, document in (
            ("system", "street-cameras", {"id": "street-cameras", "name": "Street cameras"}),
            ("hearing", announced.id, announced.model_dump(mode="json")),
        ):
            publish_version(
                db,
                actor="compilation",
                kind=kind,
                document_id=name,
                document=document,
                note="The first version.",
                at=now.replace(month=1),
            )
    return announced


@pytest.fixture
def draft(hearing: Hearing) -> MakeDraft:
    """Make a draft that can be sent, with any field changed."""

    def make(**changes: Any) -> Draft:
        fields: dict[str, Any] = {
            "draft_id": secrets.token_hex(16),
            "hearing_id": hearing.id,
            "system_id": hearing.systems[0],
            "system_version": 1,
            "concern": "Who checks the pictures that are kept?",
        }
        return Draft(**(fields | changes))

    return make


@pytest.fixture
def send(engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime) -> Send:
    """Submit such a draft in a transaction of its own, at ``now`` unless ``at`` is given."""

    def submit_one(*, at: datetime | None = None, **changes: Any) -> Receipt:
        with writing(engine) as db:
            return submit(db, PUBLIC, receipt_key, draft(**changes), at=at or now)

    return submit_one
