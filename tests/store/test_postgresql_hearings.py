"""Hearings on PostgreSQL, from the first comment to answers and requests: the record holds, as on SQLite."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from hearing_app.deployment import Deployment, record_faults, row_faults
from hearing_app.hearings.agenda.reading import agenda_of
from hearing_app.hearings.comments.erasure import erase_answers
from hearing_app.hearings.comments.lists import published_comments
from hearing_app.hearings.demonstration.filling import HEARING, fill
from hearing_app.hearings.moderation import removals
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.moderation.lapses import keep_up
from hearing_app.hearings.moderation.redactions import lift, redact
from hearing_app.hearings.requests.answering import Replying, reply
from hearing_app.hearings.requests.asking import Asking, lodge
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import OPERATOR, Actor, Role
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import publish_entry
from hearing_app.store.engine import reading, writing
from tests.hearings.agendas import ID, KEY, announce, arranged, sign_up
from tests.signers import bind, own_entry

FAY, SAM = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "sam")
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_rehearsal_is_filled_and_moderated(postgresql_house: Deployment) -> None:
    house = postgresql_house
    found = fill(house.engine, house.key, number=60, voters=9)
    assert found.answers and found.votes
    with reading(house.engine) as db:
        first, second, third, fourth = [one.comment_id for one in published_comments(db, HEARING)][:4]
    seen = State.PUBLISHED
    with writing(house.engine) as db:
        redact(
            db, FAY, first, field="concern", start=0, stop=5, kind="name", reason_id="R2", seen_state=seen
        )  # fmt: skip
        lift(db, FAY, first, 1, note="It is the name of a street.")
        removals.propose(db, FAY, second, reason_id="R4", seen_state=seen)
        removals.confirm(db, SAM, second)
        decide(db, FAY, third, State.HELD, reason_id="R1", seen_state=seen)
        erase_answers(db, fourth, period="answers", at=datetime.now(UTC))
    assert keep_up(house.engine, at=datetime(2100, 1, 1, tzinfo=UTC)) == [third]
    with reading(house.engine) as db:
        assert record_faults(house, db) == []


def test_an_agenda_is_published_and_a_request_answered(postgresql_engine: Engine) -> None:
    engine = postgresql_engine
    announce(engine)
    for _ in range(3):
        sign_up(engine)
    arranged(engine)
    bind(engine)
    force = Actor(Role.PUBLISHER, "8", "riverton-police")
    words = "I was stopped by the cameras and told that I had been matched."
    with writing(engine) as db:
        entry = own_entry() | {"id": "street-cameras", "explanation_route": {"days": 10}}
        publish_entry(db, OPERATOR, Entry.model_validate(entry), note="Ours.", at=AT)
        asking = Asking(new_draft_id(), "review", "street-cameras", 1, words, "in June", "a@riverton.example")
        sent = lodge(db, KEY, asking, at=AT)
        reply(db, force, sent.request_id, Replying("explained", "It was searched by hand."), seen=0, at=AT)
    with reading(engine) as db:
        assert agenda_of(db, ID) is not None
        assert ledger_faults(db) == []
        assert row_faults(db) == []
