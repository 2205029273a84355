"""Appeals, removals by two, and claims: who may, until when, and what of it others see."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotFound
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation import appeals, claims, removals
from hearing_app.hearings.moderation.appeals import decision_on, make
from hearing_app.hearings.moderation.lapses import keep_up
from hearing_app.hearings.moderation.verify import faults
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import contents
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import ledger_private
from tests.hearings.conftest import Decide, Look, Send

FAY, SAM = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "sam")
MINE = "My words name nobody. \u202e<script>alert(1)</script> =1+1"


def test_an_appeal_is_taken_until_the_end_of_the_thirtieth_day_and_once(
    engine: Engine, send: Send, move: Decide, receipt_key: bytes, now: datetime
) -> None:
    receipt = send()
    move(receipt.comment_id, State.REJECTED, reason_id="R1")
    # The end of 1 July in London.
    until = datetime(2026, 7, 1, 23, tzinfo=UTC)
    with pytest.raises(Conflict, match="is over"):
        make(engine, receipt_key, receipt.code, MINE, at=until)
    for words in ("", " \u200b ", "x" * 1001, "a\0", "a\ud800"):
        with pytest.raises(Invalid):
            make(engine, receipt_key, receipt.code, words, at=now)
    made = make(engine, receipt_key, receipt.code, MINE, at=until - timedelta(seconds=1))
    assert (made.number, made.words, made.outcome) == (1, MINE, "")
    with pytest.raises(Conflict, match="already"):
        make(engine, receipt_key, receipt.code, MINE, at=now)
    with pytest.raises(NotFound):
        make(engine, receipt_key, "1234-5678-9012-3456".replace("-", ""), MINE, at=now)
    with reading(engine) as db:
        *_, (event, content) = contents(db, subject=f"comment:{receipt.comment_id}")
        assert content is not None
        # The author's minute and words are nobody's.
        assert (event.kind, event.actor, event.at.hour) == ("comment.appealed", "author", 0)
        assert set(content.fields) == {"number", "decision", "private"}
        assert faults(db) == []


def test_who_had_a_part_in_the_decision_does_not_answer(
    engine: Engine, *, send: Send, move: Decide, look: Look, receipt_key: bytes, now: datetime
) -> None:
    receipt = send()
    move(receipt.comment_id, State.REJECTED, reason_id="R1")
    make(engine, receipt_key, receipt.code, MINE, at=now)
    with writing(engine) as db:
        for actor in (FAY, Actor(Role.ADMINISTRATOR, "a"), Actor(Role.PUBLISHER, "p")):
            with pytest.raises(Forbidden):
                appeals.overturn(db, actor, receipt.comment_id, note="Why", at=now)
        with pytest.raises(Invalid):
            appeals.overturn(db, SAM, receipt.comment_id, note=" ", at=now)
        appeals.overturn(db, SAM, receipt.comment_id, note="It is about the cameras.", at=now)
    found = look(receipt.code)
    assert (found.state, found.decided_by, found.reason_note) == (
        "published",
        "facilitator:sam",
        "It is about the cameras.",
    )
    with reading(engine) as db:
        assert appeals.count_by_outcome(db, found.hearing_id) == {"overturned": 1}
        assert faults(db) == []


def test_a_new_decision_settles_an_appeal_and_can_be_appealed_against_anew(
    engine: Engine,
    *,
    send: Send,
    move: Decide,
    look: Look,
    hearing: Hearing,
    receipt_key: bytes,
    now: datetime,
) -> None:
    receipt = send()
    move(receipt.comment_id, State.HELD, reason_id="R1")
    make(engine, receipt_key, receipt.code, MINE, at=now)
    move(receipt.comment_id, State.REJECTED, State.HELD, reason_id="R5")
    assert make(engine, receipt_key, receipt.code, MINE, at=now).number == 2
    with writing(engine) as db:
        appeals.uphold(db, SAM, receipt.comment_id, note="It is advertising.", at=now)
    with reading(engine) as db:
        assert appeals.count_by_outcome(db, hearing.id) == {"settled": 1, "upheld": 1}
        decision = decision_on(db, look(receipt.code), hearing)
        assert decision is not None
        assert decision.appealed
        assert faults(db) == []


def test_withdrawing_takes_an_appeal_with_it(
    engine: Engine, send: Send, move: Decide, receipt_key: bytes, now: datetime
) -> None:
    receipt = send()
    move(receipt.comment_id, State.REJECTED, reason_id="R1", note="About another town.")
    make(engine, receipt_key, receipt.code, "An unmistakable sentence.", at=now)
    withdraw(engine, receipt_key, receipt.code, at=now)
    with reading(engine) as db:
        [one] = appeals.appeals_of(db, [receipt.comment_id])[receipt.comment_id]
        assert (one.words, one.outcome) == ("", "ended")
        kept = [json.loads(row.content) for row in db.execute(select(ledger_private))]
        assert all("unmistakable" not in str(one) for one in kept)
        assert faults(db) == []
    with open(str(engine.url.database), "rb") as database:  # noqa: PTH123 - as bytes, whatever is in it
        assert b"unmistakable" not in database.read()


def test_one_person_alone_takes_nothing_down_that_was_public(
    engine: Engine, *, send: Send, move: Decide, look: Look, now: datetime
) -> None:
    receipt = send()
    name = receipt.comment_id
    move(name, State.PUBLISHED)
    with pytest.raises(Conflict, match="a second person decides"):
        move(name, State.REJECTED, State.PUBLISHED, reason_id="R3")
    # Nor by holding it back first.
    move(name, State.HELD, State.PUBLISHED, reason_id="R3")
    with pytest.raises(Conflict, match="a second person decides"):
        move(name, State.REJECTED, State.HELD, reason_id="R3")
    with writing(engine) as db:
        with pytest.raises(Invalid):
            removals.propose(db, FAY, name, seen_state=State.HELD, reason_id="R7", at=now)
        made = removals.propose(
            db, FAY, name, seen_state=State.HELD, reason_id="R7", authority="The county court", at=now
        )
        assert made.authority == "The county court"
        with pytest.raises(Forbidden, match="another person"):
            removals.confirm(db, FAY, name, at=now)
        with pytest.raises(HearingError):
            removals.propose(db, SAM, name, seen_state=State.HELD, reason_id="R3", at=now)
        assert removals.confirm(db, SAM, name, note="We saw the order.", at=now).state == "rejected"
        with pytest.raises(Conflict):
            removals.refuse(db, SAM, name, at=now)
    found = look(receipt.code)
    # Taken down is not erased: its author reads it, and can appeal to a third person.
    assert (found.reason_id, found.concern) == ("R7", "Who checks the pictures that are kept?")
    with reading(engine) as db:
        last = [
            content
            for event, content in contents(db, subject=f"comment:{name}")
            if event.kind == "comment.rejected"
        ]
        assert last[-1] is not None
        assert last[-1].fields["authority"] == "The county court"
        assert faults(db) == []


@pytest.mark.parametrize(("reason", "comes_back"), [("R4", True), ("R3", False), ("R2", False)])
def test_a_proposal_that_nobody_decides_on_lapses_unless_that_could_do_harm(
    engine: Engine, *, send: Send, move: Decide, look: Look, now: datetime, reason: str, comes_back: bool
) -> None:
    receipt = send()
    move(receipt.comment_id, State.PUBLISHED)
    with writing(engine) as db:
        removals.propose(db, FAY, receipt.comment_id, seen_state=State.PUBLISHED, reason_id=reason, at=now)
    assert look(receipt.code).state == "held"
    assert bool(keep_up(engine, at=now + timedelta(days=7))) is comes_back
    assert look(receipt.code).state == ("published" if comes_back else "held")
    with reading(engine) as db:
        [one] = removals.removals_of(db, [receipt.comment_id])
        assert one.outcome == ("lapsed" if comes_back else "")
        assert faults(db) == []
    if comes_back:
        # It is not held a second time by one person alone.
        with pytest.raises(Conflict):
            move(receipt.comment_id, State.HELD, State.PUBLISHED, reason_id="R4")


def test_an_appeal_against_a_removal_goes_to_a_third_person(
    engine: Engine, *, send: Send, move: Decide, receipt_key: bytes, now: datetime
) -> None:
    receipt = send()
    move(receipt.comment_id, State.PUBLISHED)
    with writing(engine) as db:
        removals.propose(db, FAY, receipt.comment_id, seen_state=State.PUBLISHED, reason_id="R4", at=now)
        removals.confirm(db, SAM, receipt.comment_id, at=now)
    make(engine, receipt_key, receipt.code, MINE, at=now)
    with writing(engine) as db:
        for actor in (FAY, SAM):
            with pytest.raises(Forbidden):
                appeals.overturn(db, actor, receipt.comment_id, note="Why", at=now)
        third = Actor(Role.FACILITATOR, "kim")
        assert appeals.overturn(db, third, receipt.comment_id, note="Why", at=now).state == "published"


def test_a_claim_shows_who_has_a_comment_open_and_keeps_nobody_from_deciding(
    engine: Engine, send: Send, move: Decide, now: datetime
) -> None:
    one, two = send().comment_id, send().comment_id
    minute = timedelta(minutes=1)
    with writing(engine) as db:
        assert claims.claim(db, FAY, [one], at=now) == {}
        seen = claims.claim(db, SAM, [one, two], at=now + minute)
        assert [(name, claim.actor, claim.since) for name, claim in seen.items()] == [
            (one, "facilitator:fay", now)
        ]
        assert claims.others(db, FAY, [one, two], at=now + minute) == {two}
        # Renewed by working on, over by itself after ten minutes.
        assert claims.claim(db, FAY, [one], at=now + 9 * minute) == {}
        assert set(claims.claim(db, SAM, [one], at=now + 18 * minute)) == {one}
        assert claims.claim(db, SAM, [one], at=now + 19 * minute) == {}
        assert set(claims.claim(db, FAY, [one], at=now + 20 * minute)) == {one}
        claims.let_go(db, SAM)
        assert claims.claim(db, FAY, [one, two], at=now + 20 * minute) == {}
        with pytest.raises(Forbidden):
            claims.claim(db, Actor(Role.ADMINISTRATOR, "a"), [one], at=now)
    assert move(one, State.PUBLISHED, actor=SAM).state == "published"
