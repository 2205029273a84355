from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound
from hearing_app.hearings.moderation.deciding import decide_many, personal_data_in
from hearing_app.hearings.moderation.moves import REASONS
from hearing_app.hearings.vocabulary import RULE_VERSION, Reason, State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import events, faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import ledger_content, ledger_private
from tests.hearings.conftest import Decide, Leave, Look, Send

FAY, BEN = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "ben")


def recorded(engine: Engine) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Return kind, actor and words of every event about a comment."""
    with reading(engine) as db:
        assert faults(db) == []
        words = {row.seq: json.loads(row.content) for row in db.execute(select(ledger_content))}
        for row in db.execute(select(ledger_private)):
            # The note is committed to apart, and never stands with the reason.
            assert not set(json.loads(row.content)) & set(words[row.seq])
            words[row.seq] |= json.loads(row.content)
            del words[row.seq]["private"]
        return [
            (event.kind, event.actor, words.get(event.seq))
            for event in events(db)
            if event.subject.startswith("comment:")
        ]


def test_a_decision_is_recorded_with_its_reason(
    engine: Engine, send: Send, look: Look, move: Decide, now: datetime
) -> None:
    receipt = send()
    later = now + timedelta(hours=1)
    held = move(receipt.comment_id, State.HELD, reason_id="R2", note="  A telephone number. ", at=later)
    assert (held.state, held.state_at, held.reason_id) == ("held", later, "R2")
    assert (held.reason_note, held.rule_version) == ("A telephone number.", RULE_VERSION)
    shown = move(
        receipt.comment_id, State.PUBLISHED, State.HELD, reason_id="R2", note="It is the police's own."
    )
    assert (shown.state, shown.reason_id, shown.reason_note) == ("published", "", "It is the police's own.")
    assert look(receipt.code) == shown
    assert (shown.concern, shown.submitted_at) == ("Who checks the pictures that are kept?", now)
    first, second = recorded(engine)[1:]
    assert first == (
        "comment.held",
        "facilitator:fay",
        {
            "due": "2026-06-04T23:00:00.000000Z",
            "from_state": "submitted",
            "note": "A telephone number.",
            "reason": "R2",
            "rule_version": RULE_VERSION,
        },
    )
    assert second == (
        "comment.published",
        "facilitator:fay",
        {"from_state": "held", "note": "It is the police's own.", "reason": "", "rule_version": RULE_VERSION},
    )


@pytest.mark.parametrize("to", [State.HELD, State.REJECTED])
def test_holding_and_rejecting_need_a_reason_from_the_list(
    engine: Engine, send: Send, move: Decide, to: State
) -> None:
    receipt = send()
    for reason in ("", "R0", "R9", "R10", "r1", "rude to the police", "\ud800"):
        with pytest.raises(Invalid) as caught:
            move(receipt.comment_id, to, reason_id=reason)
        assert [fault.field for fault in caught.value.faults] == ["reason_id"]
    assert len(recorded(engine)) == 1
    assert str(Reason.AUTHORS_WISH) not in REASONS
    assert len(REASONS) == 8


def test_every_reason_can_be_given_and_publishing_needs_none(send: Send, move: Decide) -> None:
    for reason in REASONS:
        named = {"authority": "The county court"} if reason is Reason.LEGAL else {}
        assert move(send().comment_id, State.REJECTED, reason_id=reason, **named).reason_id == reason
    assert move(send().comment_id, State.PUBLISHED).reason_id == ""


@pytest.mark.parametrize(
    ("note", "fits"), [("n" * 500, True), ("n" * 501, False), ("a\0", False), ("a\ud800", False)]
)
def test_a_note_has_its_limit_and_nothing_is_cut(
    engine: Engine, send: Send, move: Decide, note: str, fits: bool
) -> None:
    receipt = send()
    if fits:
        assert move(receipt.comment_id, State.HELD, note=note).reason_note == note
        return
    with pytest.raises(Invalid) as caught:
        move(receipt.comment_id, State.HELD, note=note)
    assert [fault.field for fault in caught.value.faults] == ["note"]
    assert len(recorded(engine)) == 1


def test_when_somebody_else_decided_in_between_nothing_is_done(
    engine: Engine, send: Send, look: Look, move: Decide
) -> None:
    receipt = send()
    move(receipt.comment_id, State.HELD, actor=Actor(Role.FACILITATOR, "ben"))
    with pytest.raises(Conflict, match="is held back for now since you opened it"):
        move(receipt.comment_id, State.REJECTED, State.SUBMITTED)
    assert look(receipt.code).decided_by == "facilitator:ben"
    assert [kind for kind, _, _ in recorded(engine)] == ["comment.submitted", "comment.held"]


def test_of_eight_decisions_at_once_one_counts(engine: Engine, send: Send, look: Look, move: Decide) -> None:
    receipt = send()

    def one(place: int) -> str:
        try:
            to = State.PUBLISHED if place % 2 else State.REJECTED
            return move(receipt.comment_id, to, actor=Actor(Role.FACILITATOR, f"f{place}")).decided_by
        except Conflict:
            return "too late"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(one, range(8)))
    assert outcomes.count("too late") == 7
    assert look(receipt.code).decided_by in outcomes
    assert len(recorded(engine)) == 2


def test_what_its_author_withdrew_meanwhile_is_not_decided_on(
    engine: Engine, send: Send, move: Decide, leave: Leave
) -> None:
    receipt = send()
    leave(receipt.code)
    with pytest.raises(Conflict, match="was withdrawn by its author since you opened it"):
        move(receipt.comment_id, State.PUBLISHED)
    assert [kind for kind, _, _ in recorded(engine)] == ["comment.submitted", "comment.withdrawn"]


@pytest.mark.parametrize("comment_id", ["C-2026-0000000", "", "' OR 1=1 --"])
def test_a_comment_that_is_not_there_is_not_found(engine: Engine, move: Decide, comment_id: str) -> None:
    with pytest.raises(NotFound):
        move(comment_id, State.PUBLISHED)
    assert recorded(engine) == []


@pytest.mark.parametrize("authority", ["", "  ", "x" * 121, "a\0"])
def test_a_legal_duty_names_who_says_so(engine: Engine, send: Send, move: Decide, authority: str) -> None:
    receipt = send()
    with pytest.raises(Invalid) as caught:
        move(receipt.comment_id, State.REJECTED, reason_id="R7", authority=authority)
    assert {fault.field for fault in caught.value.faults} == {"authority"}
    move(receipt.comment_id, State.REJECTED, reason_id="R7", authority=" The county court ")
    assert (recorded(engine)[-1][2] or {})["authority"] == "The county court"


def test_several_are_decided_at_once_each_whole_or_not_at_all(
    engine: Engine, send: Send, move: Decide, now: datetime
) -> None:
    first, second, third = (send().comment_id for _ in range(3))
    move(second, State.REJECTED, actor=BEN)
    count = len(recorded(engine))
    seen = dict.fromkeys((first, second, third, "C-2026-0000000"), State.SUBMITTED)
    with writing(engine) as db:
        done = decide_many(db, FAY, seen, State.HELD, reason_id="R1", note="Later.", at=now)
    assert [(one.comment_id, one.error is None) for one in done] == [
        (first, True),
        (second, False),
        (third, True),
        ("C-2026-0000000", False),
    ]
    assert [one.written.state for one in done if one.written] == ["held", "held"]
    assert isinstance(done[1].error, Conflict)
    assert isinstance(done[3].error, NotFound)
    assert len(recorded(engine)) == count + 2
    with writing(engine) as db:
        again = decide_many(db, FAY, {first: State.HELD}, State.REJECTED, at=now)
        assert isinstance(again[0].error, Invalid)
        for wrong in ({}, {f"C-{n}": State.HELD for n in range(101)}):
            with pytest.raises(Invalid):
                decide_many(db, FAY, wrong, State.HELD, reason_id="R1", at=now)
        with pytest.raises(Forbidden):
            decide_many(db, Actor(Role.PUBLISHER, "p"), {first: State.HELD}, State.PUBLISHED, at=now)
    assert len(recorded(engine)) == count + 2


def test_what_looks_like_personal_data_is_held_on_arrival_for_a_person(
    engine: Engine, send: Send, look: Look, move: Decide
) -> None:
    words = "Call Bob on 020 7946 0123."
    held = look(send(concern=words).code)
    assert (held.state, held.reason_id, held.decided_by) == ("held", "R2", "rule")
    private = look(send(concern=words, consent="panel_only").code)
    assert (private.state, private.reason_id, private.decided_by) == ("held", "R9", "rule")
    in_a_detail = look(send(target="other", target_detail=words).code)
    assert in_a_detail.reason_id == "R2"
    kinds = [(kind, actor, (said or {}).get("reason")) for kind, actor, said in recorded(engine)]
    assert kinds.count(("comment.held", "rule", "R2")) == 2
    # A person may publish it all the same: it may be the police's own number.
    assert move(held.comment_id, State.PUBLISHED, State.HELD).state == "published"


def test_a_number_with_hidden_signs_in_it_is_found_as_well(send: Send, look: Look) -> None:
    hidden = send(concern="Call me at 020\u200b 7946\u2060 0123 and tell me who looks at it.")
    assert personal_data_in(look(hidden.code)) == ["a telephone number"]
