"""Fifty who book at once: a slot is given once, on both databases, and either would refuse a second time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from hearing_app.errors import HearingError
from hearing_app.hearings.agenda.slots import SlotTaken, book, free, set_slots, slots_of
from hearing_app.hearings.comments.verify import faults as row_faults
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import events, faults
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.tables import comment, slot
from tests.many import add_comments
from tests.scale import scale

PEOPLE = 50
FAY = Actor(Role.FACILITATOR, "fay")
Measure = Callable[[str, float | int | str], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, empty_record: Path, tmp_path: Path) -> Iterator[Engine]:
    """Both kinds of record, one after the other."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgresql_engine")
        return
    made = open_engine(f"sqlite:///{shutil.copy(empty_record, tmp_path / 'hearing.sqlite')}")
    yield made
    made.dispose()


@pytest.fixture
def speakers(engine: Engine, hearing: Hearing, receipt_key: bytes, now: datetime) -> list[str]:
    """Fifty published comments."""
    add_comments(engine, receipt_key, PEOPLE, at=now, hearing_id=hearing.id)
    with writing(engine) as db:
        found = sorted(db.execute(select(comment.c.comment_id)).scalars())
        for one in found:
            decide(db, FAY, one, State.PUBLISHED, seen_state=State.SUBMITTED, at=now)
    return found


def all_at_once(engine: Engine, hearing_id: str, wanted: list[tuple[int, str]]) -> list[HearingError | None]:
    """Let each of many facilitators, with a connection of their own, give one slot to one comment."""
    start = Barrier(len(wanted))
    own = [open_engine(engine.url.render_as_string(hide_password=False)) for _ in wanted]

    def one(place: int) -> HearingError | None:
        number, comment_id = wanted[place]
        # Connected before the start, so that nothing but the booking is left to do.
        with reading(own[place]) as db:
            slots_of(db, hearing_id)
        start.wait(60)
        try:
            with writing(own[place]) as db:
                book(db, Actor(Role.FACILITATOR, f"f{place}"), hearing_id, number, comment_id)
        except HearingError as refused:
            return refused
        return None

    with ThreadPoolExecutor(len(wanted)) as pool:
        outcomes = list(pool.map(one, range(len(wanted))))
    for each in own:
        each.dispose()
    return outcomes


def is_sound(engine: Engine) -> bool:
    with reading(engine) as db:
        return faults(db) == row_faults(db) == []


@pytest.mark.promise("R7")
def test_of_fifty_who_book_one_slot_one_has_it_and_the_others_are_told(
    engine: Engine, hearing: Hearing, speakers: list[str], measure: Measure
) -> None:
    rounds = scale(1, 20)
    for _ in range(rounds):
        with writing(engine) as db:
            set_slots(db, FAY, hearing.id, 3)
        outcomes = all_at_once(engine, hearing.id, [(2, one) for one in speakers])
        [winner] = [place for place, refused in enumerate(outcomes) if refused is None]
        told = [refused for refused in outcomes if refused is not None]
        assert {type(refused) for refused in told} == {SlotTaken}
        assert {str(refused) for refused in told} == {
            "Slot 2 is taken. Nothing was changed. Choose another: slots 1 and 3 are free."
        }
        with reading(engine) as db:
            assert [one.comment_id for one in slots_of(db, hearing.id)] == [None, speakers[winner], None]
            *_, last = events(db, limit=10_000)
            assert (last.kind, last.actor) == ("slot.booked", f"facilitator:f{winner}")
        with writing(engine) as db:
            free(db, FAY, hearing.id, 2, speakers[winner])
    with reading(engine) as db:
        assert Counter(one.kind for one in events(db, limit=10_000))["slot.booked"] == rounds
    assert is_sound(engine)
    measure("threads", len(outcomes))
    measure("rounds", rounds)
    measure("won", len(outcomes) - len(told))
    measure("told", len(told))


@pytest.mark.promise("R7")
def test_fifty_comments_get_fifty_slots(
    engine: Engine, hearing: Hearing, speakers: list[str], measure: Measure
) -> None:
    rounds = scale(1, 20)
    for _ in range(rounds):
        with writing(engine) as db:
            set_slots(db, FAY, hearing.id, PEOPLE)
        outcomes = all_at_once(engine, hearing.id, list(enumerate(speakers, 1)))
        assert outcomes == [None] * PEOPLE
        with reading(engine) as db:
            assert [one.comment_id for one in slots_of(db, hearing.id)] == speakers
        with writing(engine) as db:
            for place, one in enumerate(speakers, 1):
                free(db, FAY, hearing.id, place, one)
    assert is_sound(engine)
    measure("slots given at once", outcomes.count(None))


def test_of_one_comment_in_many_slots_one_counts(
    engine: Engine, hearing: Hearing, speakers: list[str]
) -> None:
    with writing(engine) as db:
        set_slots(db, FAY, hearing.id, 16)
    outcomes = all_at_once(engine, hearing.id, [(place, speakers[0]) for place in range(1, 17)])
    assert outcomes.count(None) == 1
    assert all("already" in str(refused) for refused in outcomes if refused)
    with reading(engine) as db:
        assert [one.comment_id for one in slots_of(db, hearing.id)].count(speakers[0]) == 1
    assert is_sound(engine)


def test_the_database_itself_refuses_a_second_booking(
    engine: Engine, hearing: Hearing, speakers: list[str]
) -> None:
    """Whatever the code does: two rows of one slot, one comment twice, a comment that is not there."""
    one = {"hearing_id": hearing.id, "number": 1, "minutes": 3, "comment_id": speakers[0]}
    with writing(engine) as db:
        db.execute(insert(slot), [one, one | {"number": 2, "comment_id": None}])
    for wrong in (
        one | {"comment_id": speakers[1]},
        one | {"number": 3},
        one | {"hearing_id": "another", "number": 3},
        one | {"number": 3, "comment_id": "C-2026-0000000"},
        one | {"number": 0, "comment_id": None},
        one | {"number": 3, "minutes": 0, "comment_id": None},
    ):
        with pytest.raises(IntegrityError), writing(engine) as db:
            db.execute(insert(slot).values(wrong))
    with pytest.raises(IntegrityError), writing(engine) as db:
        db.execute(update(slot).where(slot.c.number == 2).values(comment_id=speakers[0]))
    with reading(engine) as db:
        assert [tuple(row) for row in db.execute(select(slot).order_by(slot.c.number))] == [
            (hearing.id, 1, 3, speakers[0]),
            (hearing.id, 2, 3, None),
        ]
