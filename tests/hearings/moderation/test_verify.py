"""The rows of moderation against the ledger: whoever changes one alone is found out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from hearing_app.deployment import faults_of_copy
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation import appeals, removals, reviews
from hearing_app.hearings.moderation.redactions import redact
from hearing_app.hearings.moderation.verify import faults
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import reading, writing
from tests.hearings.conftest import Decide, Leave, Send

FAY, SAM = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "sam")


@pytest.fixture
def record(
    engine: Engine,
    *,
    send: Send,
    move: Decide,
    leave: Leave,
    hearing: Hearing,
    receipt_key: bytes,
    now: datetime,
) -> None:
    """One comment that is held, one redacted, one appealed, one removed, one withdrawn, and a draw."""
    held, redacted, appealed, removed, gone = (send() for _ in range(5))
    move(held.comment_id, State.HELD, reason_id="R3")
    for one in (redacted, removed, gone):
        move(one.comment_id, State.PUBLISHED)
    move(appealed.comment_id, State.REJECTED, reason_id="R1")
    appeals.make(engine, receipt_key, appealed.code, "It is on topic.", at=now)
    with writing(engine) as db:
        for one in (redacted, gone):
            redact(
                db,
                FAY,
                one.comment_id,
                field="concern",
                start=0,
                stop=3,
                kind="name",
                reason_id="R2",
                seen_state=State.PUBLISHED,
                at=now,
            )
        appeals.uphold(db, SAM, appealed.comment_id, note="It is not.", at=now)
        removals.propose(db, FAY, removed.comment_id, seen_state=State.PUBLISHED, reason_id="R4", at=now)
        removals.confirm(db, SAM, removed.comment_id, at=now)
        reviews.announce(db, FAY, hearing.id, at=now)
        reviews.draw(db, FAY, hearing.id, at=now)
    leave(gone.code)
    # The hearing closes, and the first decision after it keeps the public counts.
    waiting = send()
    move(waiting.comment_id, State.HELD, reason_id="R1", at=hearing.window[1] + timedelta(hours=1))


@pytest.mark.usefixtures("record")
def test_a_record_that_nobody_touched_has_no_fault(engine: Engine) -> None:
    assert faults_of_copy(engine) == []


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE comment_hold SET due_at = '2030-01-01 00:00:00.000000'", "another moment than was promised"),
        ("UPDATE comment_hold SET lapses = 1", "may not end by itself"),
        ("DELETE FROM comment_hold", "the end of its hold is gone"),
        ("UPDATE comment SET state = 'submitted' WHERE reason_id = 'R3'", "is not held"),
        ("UPDATE redaction SET stop = 2", "not the one that was made"),
        ("UPDATE redaction SET reason_id = 'R4'", "not the one that was made"),
        ("UPDATE redaction SET actor = 'facilitator:x'", "not the one that was made"),
        ("UPDATE redaction SET lifted_at = at, lifted_by = actor", "was not lifted"),
        ("DELETE FROM redaction", "the ledger has 1"),
        ("UPDATE appeal SET words = 'Never mind.'", "appeal 1 is not the one"),
        ("UPDATE appeal SET outcome = 'overturned'", "did not end as its row says"),
        ("UPDATE appeal SET decided_by = 'facilitator:fay'", "decided by somebody else"),
        ("UPDATE appeal SET outcome = '', decided_seq = NULL", "is in the ledger alone"),
        ("DELETE FROM appeal", "its rows have 0 appeals"),
        ("UPDATE removal SET reason_id = 'R7'", "removal 1 is not the one"),
        ("UPDATE removal SET outcome = 'refused'", "did not end as its row says"),
        ("DELETE FROM removal", "its rows have 0 removals"),
        ("UPDATE review_round SET seed = 'chosen'", "whose hash was announced"),
        ("UPDATE review_round SET decided = 9", "not the sample that was drawn"),
        ("DELETE FROM review WHERE first_state = 'rejected'", "not the sample that was drawn"),
        ("UPDATE review SET first_state = 'held'", "its first decision is not"),
        ("UPDATE moderation_release SET rejected = 0", "not those that were released"),
        ("DELETE FROM moderation_release", "that were released are gone"),
    ],
)
def test_a_row_that_was_changed_alone_is_named(engine: Engine, statement: str, says: str) -> None:
    with writing(engine) as db:
        assert db.exec_driver_sql(statement).rowcount >= 1
    with reading(engine) as db:
        found = faults(db)
    assert any(says in one for one in found), found
