"""A record with a name, two publishers of one agency, one of another, and texts to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.people.permissions import Actor, Role
from hearing_app.registry.desk.acts import begin, submit
from hearing_app.registry.desk.drafts import Draft
from hearing_app.store.engine import writing
from tests.signers import RIVERTON, bind, own_entry

ADA = Actor(Role.PUBLISHER, "ada1", RIVERTON)
BEN = Actor(Role.PUBLISHER, "ben2", RIVERTON)
CLEO = Actor(Role.PUBLISHER, "cleo3", RIVERTON)
ELSEWHERE = Actor(Role.PUBLISHER, "eve4", "harbour-police")
NOTE = "The cameras are on the record now."
Begun = Callable[..., Draft]


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def record(engine: Engine) -> Engine:
    """A record that has its keys, and so a name."""
    bind(engine)
    return engine


def text(**changes: Any) -> dict[str, Any]:
    """Return what an author would write, with any field of the whole changed."""
    whole = own_entry(**changes)
    return {name: value for name, value in whole.items() if value not in (None, [], {})}


@pytest.fixture
def begun(record: Engine, now: datetime) -> Begun:
    """Begin a draft that is fit to publish, as Ada, with any field of the text changed."""

    def one(actor: Actor = ADA, **changes: Any) -> Draft:
        with writing(record) as db:
            return begin(db, actor, document=text(**changes), at=now)

    return one


@pytest.fixture
def submitted(record: Engine, begun: Begun, now: datetime) -> Begun:
    """Begin such a draft and submit it, as Ada."""

    def one(actor: Actor = ADA, **changes: Any) -> Draft:
        draft = begun(actor, **changes)
        with writing(record) as db:
            return submit(
                db,
                actor,
                draft.draft_id,
                revision=draft.revision,
                note=NOTE,
                dataset_ids=(),
                rules=(),
                at=now,
            )

    return one
