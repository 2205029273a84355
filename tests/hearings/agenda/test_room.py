"""The room: one has the floor at a time, the clock is the server's, and everything is on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound, NotOpen
from hearing_app.hearings.agenda.room import (
    Room,
    add_time,
    end,
    go_on,
    pause,
    room_of,
    signal,
    start,
    turns_of,
)
from hearing_app.hearings.agenda.verify import faults
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.ledger import contents
from hearing_app.store import tables
from hearing_app.store.engine import reading, writing
from tests.hearings.agendas import ID, KEY, SITS, act, announce, arranged, look, sign_up


def room(engine: Engine) -> Room:
    found: Room = look(engine, room_of, ID)
    return found


def later(seconds: float) -> dict[str, object]:
    return {"at": SITS + timedelta(seconds=seconds)}


def test_before_an_agenda_there_is_no_room(engine: Engine) -> None:
    announce(engine)
    assert look(engine, room_of, ID) is None


def test_the_floor_goes_from_one_to_the_next_with_the_seconds_spoken(engine: Engine) -> None:
    announce(engine)
    one, two = (sign_up(engine).comment_id for _ in range(2))
    arranged(engine)
    before = room(engine)
    assert (before.turn, before.heard) == (None, 0)
    assert [(step.title, step.slot, step.seconds) for step in before.coming[:4]] == [
        ("Opening", None, 300),
        ("Statement of the force", None, 900),
        ("Cameras: The system as a whole", 1, 180),
        ("Cameras: The system as a whole", 2, 180),
    ]
    act(engine, start, 1, None, seen=0, **later(0))
    item = before.coming[2].item_id
    act(engine, start, item, one, seen=1, **later(290))
    now = room(engine)
    assert now.turn is not None
    assert now.item is not None
    assert (now.turn.number, now.turn.comment_id, now.item.id) == (2, one, item)
    # What was passed over comes last.
    assert [step.comment_id or step.title for step in now.coming] == [
        two, "Break", "Closing, and what happens next", "Statement of the force",
    ]  # fmt: skip
    act(engine, end, 2, **later(400))
    assert room(engine).turn is None
    assert [turn.spoken_seconds for turn in look(engine, turns_of, ID)] == [290, 110]
    assert look(engine, faults) == []


def test_the_clock_stands_still_and_is_set_forward_by_the_stored_moments_alone(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    act(engine, start, 1, None, seen=0, **later(0))

    def left(seconds: float) -> int:
        turn = room(engine).turn
        assert turn is not None
        return turn.left(SITS + timedelta(seconds=seconds))

    assert [left(0), left(0.4), left(299.9), left(300), left(330)] == [300, 300, 1, 0, -30]
    act(engine, pause, 1, **later(100))
    assert left(5000) == 200
    act(engine, go_on, 1, **later(160))
    assert left(161) == 199
    act(engine, add_time, 60, 1, **later(170))
    assert left(170) == 250
    act(engine, end, 1, **later(420))
    assert look(engine, turns_of, ID)[0].spoken_seconds == 360
    assert look(engine, faults) == []
    with reading(engine) as db:
        kinds = [event.kind for event, _ in contents(db) if event.kind.startswith("hearing.")][-5:]
    assert kinds == [
        "hearing.item_started", "hearing.item_paused", "hearing.item_resumed", "hearing.time_added",
        "hearing.item_ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "says"), [(31, ""), (30, "soon"), (11, "soon"), (10, "very_soon"), (1, "very_soon"), (0, "over")]
)
def test_the_signal_changes_at_thirty_at_ten_and_when_it_is_over(left: int, says: str) -> None:
    assert signal(left) == says


def test_who_saw_an_older_screen_changes_nothing(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    act(engine, start, 1, None, seen=0, **later(0))
    for function, given in ((pause, (9,)), (go_on, (9,)), (end, (9,)), (add_time, (60, 9))):
        with pytest.raises(Conflict, match="moved on"):
            act(engine, function, *given, **later(1))
    with pytest.raises(Conflict, match="moved on"):
        act(engine, start, 2, None, seen=0, **later(1))
    with pytest.raises(Conflict, match="running already"):
        act(engine, go_on, 1, **later(1))
    act(engine, pause, 1, **later(1))
    with pytest.raises(Conflict, match="stands still already"):
        act(engine, pause, 1, **later(2))
    with pytest.raises(Invalid):
        act(engine, add_time, -301, 1, **later(2))
    with pytest.raises(NotFound):
        act(engine, start, 1, "C-2026-0000000", seen=1, **later(2))


def test_the_key_holds_one_open_turn(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    act(engine, start, 1, None, seen=0, **later(0))
    with writing(engine) as db:
        row = dict(db.execute(select(tables.room_turn)).one()._mapping)
        with pytest.raises(IntegrityError):
            db.execute(insert(tables.room_turn).values(row | {"number": 2}))


def test_it_opens_with_the_sitting_and_for_facilitators(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    with pytest.raises(NotOpen):
        act(engine, start, 1, None, seen=0, **later(-60))
    with pytest.raises(Forbidden):
        act(engine, start, 1, None, seen=0, actor=PUBLIC, **later(0))


def test_who_withdraws_is_not_called_any_more(engine: Engine) -> None:
    announce(engine)
    gone, stays = sign_up(engine), sign_up(engine)
    arranged(engine)
    withdraw(engine, KEY, gone.code, at=SITS)
    assert [step.comment_id for step in room(engine).coming if step.comment_id] == [stays.comment_id]


def test_a_turn_that_was_changed_or_taken_away_is_a_fault(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    act(engine, start, 1, None, seen=0, **later(0))
    act(engine, end, 1, **later(60))
    with writing(engine) as db:
        db.execute(update(tables.room_turn).values(spoken_seconds=61))
        assert "turn 1 of its room is not as the ledger says" in " ".join(faults(db))
        db.execute(delete(tables.room_turn))
        assert "turn 1 of its room is gone" in " ".join(faults(db))
