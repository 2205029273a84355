from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound
from hearing_app.hearings.moderation import REASONS, moves, personal_data_in
from hearing_app.hearings.vocabulary import RULE_VERSION, Reason, State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import events, faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment, ledger_content, ledger_private

from .conftest import Decide, Leave, Look, Send

# Written from what the hearing's rules say, not from the code: from each state, to which a facilitator may
# move a comment, when its author consented to publication and when not.
MOVES = {
    "submitted": ({"published", "held", "rejected"}, {"held", "rejected"}),
    "held": ({"published", "rejected"}, {"rejected"}),
    "published": ({"held"}, {"held"}),
    "rejected": (set[str](), set[str]()),
    "withdrawn": (set[str](), set[str]()),
}
# Of all roles, one decides on comments.
MAY_DECIDE = {"facilitator"}
CELLS = [(role, seen, to, public) for role, seen, to, public in product(Role, State, State, (True, False))]


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


def put(engine: Engine, state: State) -> None:
    """Set the state of every comment behind the rules' back."""
    with writing(engine) as db:
        db.execute(update(comment).values(state=state))


def test_the_table_is_whole() -> None:
    assert set(MOVES) == {str(state) for state in State}
    assert len(CELLS) == 7 * 5 * 5 * 2


def test_every_cell_of_role_state_and_move_is_as_the_table_says(
    engine: Engine, send: Send, look: Look, move: Decide, caplog: pytest.LogCaptureFixture
) -> None:
    codes = {True: send().code, False: send(consent="panel_only").code}
    for role, seen, to, public in CELLS:
        put(engine, seen)
        before = look(codes[public])
        count = len(recorded(engine))
        actor = Actor(role, "fay")
        caplog.clear()
        cell = f"{role}: {seen} to {to}, {public}"
        if role not in MAY_DECIDE:
            with caplog.at_level(logging.WARNING), pytest.raises(Forbidden):
                move(before.comment_id, to, seen, actor=actor)
            assert f"{role}:fay may not publish, hold or reject comments" in caplog.text, cell
        elif str(to) not in MOVES[seen][0 if public else 1]:
            with pytest.raises(Conflict):
                move(before.comment_id, to, seen, actor=actor)
        else:
            after = move(before.comment_id, to, seen, actor=actor)
            assert (after.state, after.decided_by) == (to, "facilitator:fay"), cell
            assert look(codes[public]) == after
            assert len(recorded(engine)) == count + 1, cell
            continue
        assert look(codes[public]) == before, cell
        assert len(recorded(engine)) == count, cell


def test_the_moves_that_are_offered_are_those_that_are_made(engine: Engine, send: Send, look: Look) -> None:
    codes = (send().code, send(consent="facilitators_only").code)
    for state, expected in MOVES.items():
        put(engine, State(state))
        for code, allowed in zip(codes, expected, strict=True):
            assert {str(to) for to in moves(look(code))} == allowed


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
        assert move(send().comment_id, State.REJECTED, reason_id=reason).reason_id == reason
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


def test_a_number_with_hidden_signs_in_it_is_found_as_well(send: Send, look: Look) -> None:
    hidden = send(concern="Call me at 020\u200b 7946\u2060 0123 and tell me who looks at it.")
    assert personal_data_in(look(hidden.code)) == ["a telephone number"]
