"""Nothing vanishes in moderation: after every act, allowed or not, the states add up to the receipts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from hearing_app.errors import HearingError
from hearing_app.hearings.comments import lists
from hearing_app.hearings.comments.comment import Receipt, withdraw
from hearing_app.hearings.comments.lists import Tally, tally
from hearing_app.hearings.comments.verify import faults
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import reading, writing
from tests.conftest import Send
from tests.scale import scale

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Measure = Callable[[str, float | int | str], None]


def of_model(states: dict[str, str]) -> Tally:
    counts = Counter(states.values())
    return Tally(
        received=len(states),
        waiting=counts[State.SUBMITTED],
        published=counts[State.PUBLISHED],
        held=counts[State.HELD],
        rejected=counts[State.REJECTED],
        withdrawn=counts[State.WITHDRAWN],
    )


@pytest.mark.promise("T4")
def test_the_states_add_up_to_the_receipts_after_every_act(
    engine: Engine,
    send: Send,
    receipt_key: bytes,
    measure: Measure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Random acts by every role on random comments; what is refused changes nothing."""
    # Rebuilding the file after each withdrawal has a test of its own, and takes most of the time here.
    monkeypatch.setattr("hearing_app.hearings.comments.comment.erase_freed_pages", lambda _engine: True)
    chance, acts, refused = random.Random(20261103), scale(300, 10_000), 0
    receipts: list[Receipt] = []
    states: dict[str, str] = {}
    for number in range(acts):
        at = AT + timedelta(seconds=number)
        if len(receipts) < 5 or chance.random() < 0.1:
            made = send(consent=chance.choice([*Consent]), display_name="A. Name", at=at)
            receipts.append(made)
            states[made.comment_id] = made.state
        elif chance.random() < 0.05:
            one = chance.choice(receipts)
            withdraw(engine, receipt_key, one.code, at=at)
            states[one.comment_id] = State.WITHDRAWN
        else:
            one, to = chance.choice(receipts), chance.choice([*State])
            try:
                with writing(engine) as db:
                    decide(
                        db,
                        Actor(chance.choice([Role.FACILITATOR] * 4 + [*Role]), "ab12"),
                        one.comment_id,
                        to,
                        seen_state=chance.choice([State(states[one.comment_id])] * 4 + [*State]),
                        reason_id=chance.choice(["R2", "R2", "R3", "", "R99"]),
                        at=at,
                    )
                states[one.comment_id] = to
            except HearingError:
                refused += 1
        with reading(engine) as db:
            counted = tally(db, "live-recognition")
        assert counted == of_model(states)
        assert counted.received == len(receipts)
        assert counted.received == sum(
            (counted.waiting, counted.published, counted.held, counted.rejected, counted.withdrawn)
        )
    with reading(engine) as db:
        assert faults(db) == []
        assert len(lists.published_comments(db, "live-recognition")) == counted.published
    assert 0 < refused < acts
    measure("acts", acts)
    measure("acts refused", refused)
