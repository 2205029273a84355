"""Second readings: drawn by a seed that was fixed before, read blind, and how far the readers agree."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from sqlalchemy import Engine, update

from hearing_app.errors import Conflict, Forbidden, Invalid
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation import reviews
from hearing_app.hearings.moderation.kappa import agreement
from hearing_app.hearings.moderation.verify import faults
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import contents
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import review
from tests.hearings.conftest import Decide, Send

FAY, SAM = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "sam")
CHOICES = st.sampled_from(["published", "held", "rejected"])


@pytest.fixture
def decided(send: Send, move: Decide) -> list[str]:
    names = [send(concern=f"These are the words of number {n}.").comment_id for n in range(22)]
    for place, name in enumerate(names):
        move(
            name,
            State.REJECTED if place % 4 == 0 else State.PUBLISHED,
            reason_id="R5" if place % 4 == 0 else "",
        )
    # One who was never decided on, and one who is for the panel alone, are not drawn.
    send()
    send(consent="panel_only")
    return names


def test_a_sample_is_drawn_with_the_seed_whose_hash_stood_before(
    engine: Engine, hearing: Hearing, decided: list[str], now: datetime
) -> None:
    with writing(engine) as db:
        with pytest.raises(Conflict):
            reviews.draw(db, FAY, hearing.id, at=now)
        fixed = reviews.announce(db, FAY, hearing.id, at=now)
        assert fixed.seed == ""
        with pytest.raises(Conflict):
            reviews.announce(db, FAY, hearing.id, at=now)
        drawn = reviews.draw(db, SAM, hearing.id, at=now)
    assert sha256(drawn.seed.encode()).hexdigest() == fixed.seed_hash
    assert (drawn.decided, drawn.drawn, drawn.read) == (22, 20, 0)
    with reading(engine) as db:
        there = contents(db, subject=f"hearing:{hearing.id}")
        told = [kept.fields for event, kept in there if kept and event.kind.startswith("review.")]
        assert told == [
            {"round": 1, "seed_hash": fixed.seed_hash},
            {"round": 1, "seed": drawn.seed, "decided": 22, "drawn": 20},
        ]
        assert faults(db) == []


def test_the_second_reader_sees_nothing_of_what_was_decided(
    engine: Engine, *, hearing: Hearing, decided: list[str], receipt_key: bytes, now: datetime
) -> None:
    with writing(engine) as db:
        reviews.announce(db, FAY, hearing.id, at=now)
        reviews.draw(db, FAY, hearing.id, at=now)
        # Fay decided on all of them first.
        assert reviews.next_reading(db, FAY, hearing.id) is None
        first: list[str] = []
        while (one := reviews.next_reading(db, SAM, hearing.id)) is not None:
            assert one.comment_id in decided
            seen = (one.state, one.reason_id, one.reason_note, one.decided_by, one.rule_version)
            assert seen == ("submitted", "", "", "", "")
            assert one.state_at == one.submitted_at
            with pytest.raises(Forbidden):
                reviews.read(db, FAY, one.comment_id, State.PUBLISHED, at=now)
            with pytest.raises(Invalid):
                reviews.read(db, SAM, one.comment_id, State.REJECTED, at=now)
            reviews.read(db, SAM, one.comment_id, State.PUBLISHED, at=now)
            with pytest.raises(Conflict):
                reviews.read(db, SAM, one.comment_id, State.PUBLISHED, at=now)
            first.append(one.comment_id)
        assert len(first) == len(set(first)) == 20
        found = reviews.agreement_of(db, hearing.id)
        other = reviews.differences(db, FAY, hearing.id)
        assert (found.n, found.agreed) == (20, 20 - len(other))
        assert {one.first_state for one in other} == {"rejected"}
        assert found.kappa == pytest.approx(0)
        with pytest.raises(Forbidden):
            reviews.differences(db, Actor(Role.AUDITOR, "a"), hearing.id)
        assert faults(db) == []
        # A second draw takes what the first left.
        reviews.announce(db, FAY, hearing.id, at=now)
        assert reviews.draw(db, FAY, hearing.id, at=now).drawn == 2


def test_what_was_withdrawn_is_not_read_and_a_changed_reading_is_found(
    engine: Engine, *, hearing: Hearing, send: Send, move: Decide, receipt_key: bytes, now: datetime
) -> None:
    sent = [send() for _ in range(2)]
    for one in sent:
        move(one.comment_id, State.PUBLISHED)
    with writing(engine) as db:
        reviews.announce(db, FAY, hearing.id, at=now)
        reviews.draw(db, FAY, hearing.id, at=now)
    withdraw(engine, receipt_key, sent[0].code, at=now)
    with writing(engine) as db:
        assert reviews.agreement_of(db, hearing.id).kappa is None
        left = reviews.next_reading(db, SAM, hearing.id)
        assert left is not None
        assert left.comment_id == sent[1].comment_id
        reviews.read(db, SAM, left.comment_id, State.HELD, reason_id="R1", at=now)
        assert faults(db) == []
        db.execute(update(review).where(review.c.comment_id == left.comment_id).values(state="published"))
        assert any("second reading" in fault for fault in faults(db))


def test_a_sample_is_a_tenth_and_twenty_at_least_or_all() -> None:
    for many, size in ((0, 0), (1, 1), (20, 20), (21, 20), (200, 20), (201, 21), (1000, 100)):
        names = [f"C-{n}" for n in range(many)]
        drawn = reviews.sample("seed", names)
        assert (len(drawn), set(drawn) <= set(names)) == (size, True)
        assert drawn == reviews.sample("seed", names[::-1])


@given(st.lists(st.tuples(CHOICES, CHOICES), min_size=2, max_size=60))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    found = agreement(first, second)
    if len({*first, *second}) < 2:
        assert found.kappa is None
        return
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert found.kappa is not None
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.kappa <= found.high <= 1


def test_the_interval_is_about_that_of_a_bootstrap() -> None:
    random = np.random.default_rng(7)
    table = np.array([[60, 8, 3], [10, 25, 5], [4, 6, 29]])
    pairs = np.array([(i, j) for i in range(3) for j in range(3) for _ in range(table[i, j])])
    found = agreement([str(one) for one in pairs[:, 0]], [str(one) for one in pairs[:, 1]])
    drawn = [cohen_kappa_score(*pairs[random.integers(0, len(pairs), len(pairs))].T) for _ in range(400)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.03)
    assert found.high == pytest.approx(high, abs=0.03)


def test_kappa_is_not_defined_where_both_always_chose_the_same_and_modest_where_few_agree() -> None:
    assert agreement([], []).kappa is None
    assert agreement(["held"] * 9, ["held"] * 9).kappa is None
    perfect = agreement(["held", "published"] * 10, ["held", "published"] * 10)
    assert (perfect.kappa, perfect.high) == (1, 1)
    assert perfect.low is not None
    assert 0.6 < perfect.low < 0.7
