"""Speaking slots: one comment in each, one slot for a comment, and only for what is published."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from hearing_app.errors import Conflict, HearingError, Invalid, NotFound
from hearing_app.hearings.agenda.slots import (
    MOST_MINUTES,
    MOST_SLOTS,
    Slot,
    SlotTaken,
    book,
    free,
    set_slots,
    slots_by_comment,
    slots_of,
)
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.comments.erasure import erase_again
from hearing_app.hearings.comments.lists import speaking_order, without_slot
from hearing_app.hearings.comments.verify import faults
from hearing_app.hearings.hearing import Hearing, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import OPERATOR, Actor, Role
from hearing_app.record import ledger
from hearing_app.record.before import Before
from hearing_app.record.erased import Erased
from hearing_app.record.receipts import receipt_of
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.tables import comment
from tests.hearings.conftest import Decide, Leave, Send
from tests.many import add_comments, draft_id_of

FAY = Actor(Role.FACILITATOR, "fay")
ID = "live-recognition"
Act = Callable[..., Any]


@pytest.fixture
def act(engine: Engine, hearing: Hearing, now: datetime) -> Act:
    """Do one act of a facilitator on the slots of the hearing, in a transaction of its own."""

    def one(function: Act, *given: Any, **more: Any) -> Any:
        with writing(engine) as db:
            return function(db, FAY, more.pop("hearing_id", hearing.id), *given, at=now, **more)

    return one


@pytest.fixture
def published(send: Send, move: Decide) -> Callable[..., str]:
    """Send a comment that a facilitator publishes, and return its number."""

    def one(**changes: Any) -> str:
        comment_id = send(**changes).comment_id
        move(comment_id, State.PUBLISHED)
        return comment_id

    return one


def told(engine: Engine) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, actor and content of every event about slots; the record is sound."""
    with reading(engine) as db:
        assert ledger.faults(db) == []
        assert faults(db) == []
        return [
            (event.kind, event.actor, content.fields if content else {})
            for event, content in ledger.contents(db, subject=f"hearing:{ID}")
            if event.kind.startswith("slot")
        ]


def there(engine: Engine) -> list[tuple[int, int, str | None]]:
    with reading(engine) as db:
        return [(one.number, one.minutes, one.comment_id) for one in slots_of(db, ID)]


def test_a_hearing_has_no_slots_until_they_are_set(engine: Engine, act: Act) -> None:
    assert there(engine) == []
    with pytest.raises(NotFound, match=r"has no slot 1\..* Set its slots first"):
        act(book, 1, "C-2026-0000000")
    assert act(set_slots, 2) == [Slot(1, 3, None), Slot(2, 3, None)]
    assert there(engine) == [(1, 3, None), (2, 3, None)]
    assert told(engine) == [("slots.set", "facilitator:fay", {"slots": 2, "minutes": 3})]


def test_a_slot_is_booked_and_freed_with_its_events(engine: Engine, act: Act, published: Act) -> None:
    one, two = published(), published()
    act(set_slots, 3, 5)
    assert act(book, 2, one) == Slot(2, 5, one)
    assert there(engine) == [(1, 5, None), (2, 5, one), (3, 5, None)]
    with reading(engine) as db:
        assert slots_by_comment(db, ID) == {one: 2}
        assert without_slot(db, ID) == [two]
    assert act(free, 2, one) == Slot(2, 5, None)
    assert there(engine) == [(1, 5, None), (2, 5, None), (3, 5, None)]
    content = {"slot": 2, "comment": one}
    assert told(engine)[1:] == [
        ("slot.booked", "facilitator:fay", content),
        ("slot.freed", "facilitator:fay", content),
    ]


@pytest.mark.parametrize(
    ("number", "taken", "says"),
    [
        (1, [1], "No slot is free: set more, or free one first."),
        (2, [1], "Choose another: slot 2 is free."),
        (4, [3], "Choose another: slots 1, 2 and 4 are free."),
        (9, [9], "Choose another: slots 1, 2, 3, 4, 5, 6, 7 and 8 are free."),
        (14, [4], "Choose another: slots 1, 2, 3, 5, 6, 7, 8, 9 and 5 more are free."),
    ],
)
def test_a_taken_slot_is_refused_and_the_free_ones_are_named(
    *, engine: Engine, act: Act, published: Act, number: int, taken: list[int], says: str
) -> None:
    act(set_slots, number)
    for place in taken:
        act(book, place, published(display_name="Ada Field", consent="text_and_name"))
    before = there(engine)
    with pytest.raises(SlotTaken) as refused:
        act(book, taken[0], published())
    assert str(refused.value) == f"Slot {taken[0]} is taken. Nothing was changed. {says}"
    assert (refused.value.status, refused.value.title) == (409, "This slot is taken")
    assert there(engine) == before
    assert len(told(engine)) == 1 + len(taken)


def test_a_comment_has_one_slot_at_most(engine: Engine, act: Act, published: Act) -> None:
    one = published()
    act(set_slots, 2)
    act(book, 1, one)
    with pytest.raises(Conflict, match=f"Comment {one} has slot 1 already.* Free slot 1 first"):
        act(book, 2, one)
    with pytest.raises(Conflict, match=f"Comment {one} has slot 1 already.* A comment speaks once"):
        act(book, 1, one)
    assert there(engine) == [(1, 3, one), (2, 3, None)]
    assert len(told(engine)) == 2


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.SUBMITTED, "is waiting to be read"),
        (State.HELD, "is held back for now"),
        (State.REJECTED, "was not published"),
        (State.WITHDRAWN, "was withdrawn by its author"),
    ],
)
def test_only_what_is_published_speaks(
    engine: Engine, act: Act, send: Send, move: Decide, leave: Leave, *, state: State, says: str
) -> None:
    act(set_slots, 1)
    receipt = send()
    if state is State.WITHDRAWN:
        leave(receipt.code)
    elif state is not State.SUBMITTED:
        move(receipt.comment_id, state)
    with pytest.raises(Conflict, match=f"{says}.*, so it cannot be given a slot"):
        act(book, 1, receipt.comment_id)
    assert there(engine) == [(1, 3, None)]


def test_a_comment_that_was_not_to_be_published_does_not_speak(act: Act, send: Send) -> None:
    act(set_slots, 1)
    for consent in (Consent.FACILITATORS_ONLY, Consent.PANEL_ONLY):
        with pytest.raises(Conflict, match="is held back for now, so"):
            act(book, 1, send(consent=consent).comment_id)


def test_only_a_comment_of_the_hearing_speaks_in_it(
    engine: Engine, hearing: Hearing, act: Act, published: Act, now: datetime
) -> None:
    elsewhere = hearing.model_copy(update={"id": "another"})
    with writing(engine) as db:
        publish_hearing(db, OPERATOR, elsewhere, note="Another one.", at=now)
    act(set_slots, 1)
    act(set_slots, 1, hearing_id="another")
    one = published()
    with pytest.raises(NotFound, match="No comment was chosen"):
        act(book, 1, "")
    for comment_id in (one, "C-2026-0000000", "' OR 1=1 --", "x" * 10_000):
        with pytest.raises(NotFound, match="This hearing has no comment") as refused:
            act(book, 1, comment_id, hearing_id="another")
        assert len(str(refused.value)) < 200
    act(book, 1, one)
    with pytest.raises(NotFound, match="no hearing “nowhere”"):
        act(set_slots, 1, hearing_id="nowhere")


@pytest.mark.parametrize("place", [0, -1, 3, 2**63, 10**30])
def test_a_slot_that_is_not_there_is_not_found(engine: Engine, act: Act, published: Act, place: int) -> None:
    act(set_slots, 2)
    one = published()
    for function in (book, free):
        with pytest.raises(NotFound, match="It has slots 1 to 2"):
            act(function, place, one)
    assert len(told(engine)) == 1


def test_who_frees_a_slot_frees_it_of_the_comment_that_they_saw(
    engine: Engine, act: Act, published: Act
) -> None:
    one, two = published(), published()
    act(set_slots, 1)
    act(book, 1, one)
    act(free, 1, one)
    with pytest.raises(Conflict, match="Slot 1 is free already"):
        act(free, 1, one)
    act(book, 1, two)
    with pytest.raises(Conflict, match="was given to another comment since you opened it"):
        act(free, 1, one)
    assert there(engine) == [(1, 3, two)]


@pytest.mark.parametrize(
    ("number", "minutes", "fields"),
    [
        (-1, 3, ["number"]),
        (MOST_SLOTS + 1, 3, ["number"]),
        (10**30, 3, ["number"]),
        (1, 0, ["minutes"]),
        (1, MOST_MINUTES + 1, ["minutes"]),
        (-1, 0, ["number", "minutes"]),
    ],
)
def test_numbers_that_do_not_fit_are_refused_all_at_once(
    engine: Engine, act: Act, number: int, minutes: int, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        act(set_slots, number, minutes)
    assert [one.field for one in refused.value.faults] == fields
    assert told(engine) == []


def test_the_limits_themselves_fit(engine: Engine, act: Act) -> None:
    act(set_slots, MOST_SLOTS, MOST_MINUTES)
    act(set_slots, 1, 1)
    act(set_slots, 0)
    assert there(engine) == []
    assert len(told(engine)) == 3


def test_what_is_so_already_makes_no_event(engine: Engine, act: Act) -> None:
    for _ in range(2):
        act(set_slots, 2, 4)
    assert len(told(engine)) == 1


def test_booked_slots_are_not_set_away_and_keep_their_comments(
    engine: Engine, act: Act, published: Act
) -> None:
    one = published()
    act(set_slots, 5)
    act(book, 3, one)
    with pytest.raises(Conflict, match="Slot 3 is booked, so there cannot be fewer than 3 slots") as refused:
        act(set_slots, 2)
    assert refused.value.heading == "A booked slot would go"
    act(set_slots, 3, 10)
    assert there(engine) == [(1, 10, None), (2, 10, None), (3, 10, one)]
    act(set_slots, 4, 2)
    assert there(engine) == [(1, 2, None), (2, 2, None), (3, 2, one), (4, 2, None)]


def test_a_comment_that_is_withdrawn_loses_its_slot_at_once(
    engine: Engine, act: Act, send: Send, move: Decide, leave: Leave
) -> None:
    receipt = send()
    move(receipt.comment_id, State.PUBLISHED)
    act(set_slots, 1)
    act(book, 1, receipt.comment_id)
    leave(receipt.code)
    assert there(engine) == [(1, 3, None)]
    with reading(engine) as db:
        last, by_rule = list(ledger.events(db))[-2:]
    assert (last.kind, by_rule.kind, by_rule.actor) == ("comment.withdrawn", "slot.freed", "rule")
    # What an author does is told by the day alone, and so is what follows from it.
    assert last.at == by_rule.at == datetime(2026, 6, 1, tzinfo=UTC)
    assert told(engine)[-1][2] == {"slot": 1, "comment": receipt.comment_id}


def test_a_comment_that_is_taken_down_loses_its_slot_at_once(
    engine: Engine, act: Act, published: Act, move: Decide
) -> None:
    one, two = published(), published()
    act(set_slots, 2)
    act(book, 1, one)
    act(book, 2, two)
    move(one, State.HELD, State.PUBLISHED)
    assert there(engine) == [(1, 3, None), (2, 3, two)]
    assert told(engine)[-1] == ("slot.freed", "rule", {"slot": 1, "comment": one})
    # Published again, it has to be given one anew.
    move(one, State.PUBLISHED, State.HELD)
    assert there(engine) == [(1, 3, None), (2, 3, two)]
    act(book, 1, one)
    assert there(engine) == [(1, 3, one), (2, 3, two)]


def test_a_withdrawal_that_is_broken_off_keeps_the_slot(
    engine: Engine, act: Act, published: Act, move: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = published()
    act(set_slots, 1)
    act(book, 1, one)
    monkeypatch.setattr("hearing_app.hearings.agenda.slots._say", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        move(one, State.HELD, State.PUBLISHED)
    assert there(engine) == [(1, 3, one)]
    with reading(engine) as db:
        assert db.execute(select(comment.c.state)).scalar_one() == "published"
    assert len(told(engine)) == 2


def test_what_is_withdrawn_again_after_a_restore_loses_its_slot(
    engine: Engine, act: Act, published: Act, now: datetime
) -> None:
    one = published()
    act(set_slots, 1)
    act(book, 1, one)
    with writing(engine) as db:
        erase_again(db, Before(None, [Erased("comment.withdrawn", one, now)], holds=False))
    assert there(engine) == [(1, 3, None)]
    assert told(engine)[-1][:2] == ("slot.freed", "rule")


def test_the_speaking_order_shows_names_by_consent_alone(engine: Engine, act: Act, published: Act) -> None:
    named = published(display_name="Ada Field", consent="text_and_name")
    nameless = published(display_name="Ben Stone", consent="text_only")
    act(set_slots, 3)
    act(book, 3, named)
    act(book, 1, nameless)
    with reading(engine) as db:
        shown = [(one.number, who and who.public_name) for one, who in speaking_order(db, ID)]
        assert shown == [(1, "No name given"), (2, None), (3, "Ada Field")]
        assert without_slot(db, ID) == []


def test_those_without_a_slot_stand_in_the_order_of_arrival(
    engine: Engine, act: Act, send: Send, move: Decide, now: datetime
) -> None:
    sent = [send(at=now + timedelta(minutes=minute)).comment_id for minute in (3, 1, 2, 0)]
    for one in sent[:3]:
        move(one, State.PUBLISHED, at=now + timedelta(hours=1))
    act(set_slots, 1)
    with reading(engine) as db:
        assert without_slot(db, ID) == [sent[1], sent[2], sent[0]]


KEY = bytes(range(32))
COMMENTS = 4


class Booking(RuleBasedStateMachine):
    """Any acts in any order, compared with a dictionary; what is refused changes nothing."""

    empty_record: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        file = shutil.copy(self.empty_record, self.folder / "hearing.sqlite")
        self.engine = open_engine(f"sqlite:///{file}")
        self.at = datetime(2026, 6, 1, 12, tzinfo=UTC)
        opening = Hearing.model_validate(
            {
                "id": ID, "title": "Cameras", "summary": "The board hears residents.",
                "convened_by": "The board", "demonstration": True, "systems": ["street-cameras"],
                "questions": [{"id": "use", "text": "Should they be used?"}], "time_zone": "Europe/London",
                "opens_at": self.at - timedelta(days=9), "closes_at": self.at + timedelta(days=9),
                "what_happens_next": "The board answers.",
            }
        )  # fmt: skip
        with writing(self.engine) as db:
            publish_hearing(db, OPERATOR, opening, note="For this test.", at=self.at)
        add_comments(self.engine, KEY, COMMENTS, at=self.at)
        with reading(self.engine) as db:
            self.comments = sorted(db.execute(select(comment.c.comment_id)).scalars())
        self.states: dict[str, State] = dict.fromkeys(self.comments, State.SUBMITTED)
        self.slots: dict[int, str | None] = {}

    def teardown(self) -> None:
        with reading(self.engine) as db:
            assert ledger.faults(db) == []
            assert faults(db) == []
        self.engine.dispose()
        shutil.rmtree(self.folder)

    def done(self, function: Act, *given: Any) -> bool:
        try:
            with writing(self.engine) as db:
                function(db, FAY, *given, at=self.at)
        except HearingError:
            return False
        return True

    def gone(self, comment_id: str) -> None:
        self.slots = {place: None if one == comment_id else one for place, one in self.slots.items()}

    @rule(number=st.integers(0, 4))
    def sets(self, number: int) -> None:
        may = all(one is None for place, one in self.slots.items() if place > number)
        assert self.done(set_slots, ID, number) is may
        if may:
            self.slots = {place: self.slots.get(place) for place in range(1, number + 1)}

    @rule(place=st.integers(0, 5), which=st.integers(0, COMMENTS - 1))
    def books(self, place: int, which: int) -> None:
        one = self.comments[which]
        may = (
            place in self.slots
            and self.slots[place] is None
            and one not in self.slots.values()
            and self.states[one] is State.PUBLISHED
        )
        assert self.done(book, ID, place, one) is may
        if may:
            self.slots[place] = one

    @rule(place=st.integers(0, 5), which=st.integers(0, COMMENTS - 1))
    def frees(self, place: int, which: int) -> None:
        one = self.comments[which]
        may = self.slots.get(place) == one
        assert self.done(free, ID, place, one) is may
        if may:
            self.slots[place] = None

    @rule(which=st.integers(0, COMMENTS - 1), to=st.sampled_from([State.PUBLISHED, State.HELD]))
    def decides(self, which: int, to: State) -> None:
        one = self.comments[which]
        state = self.states[one]
        may = state is not State.WITHDRAWN and state is not to
        with writing(self.engine) as db:
            if not may:
                return
            reason = "" if to is State.PUBLISHED else "R2"
            decide(db, FAY, one, to, seen_state=state, reason_id=reason, at=self.at)
        self.states[one] = to
        if to is State.HELD:
            self.gone(one)

    @rule(which=st.integers(0, COMMENTS - 1))
    def withdraws(self, which: int) -> None:
        withdraw(self.engine, KEY, receipt_of(KEY, draft_id_of(which)), at=self.at)
        self.states[self.comments[which]] = State.WITHDRAWN
        self.gone(self.comments[which])

    @invariant()
    def is_as_the_model(self) -> None:
        with reading(self.engine) as db:
            assert {one.number: one.comment_id for one in slots_of(db, ID)} == self.slots
            assert faults(db) == []
            free_to_speak = {one for one, state in self.states.items() if state is State.PUBLISHED}
            assert set(without_slot(db, ID)) == free_to_speak - set(self.slots.values())


def test_whatever_is_done_in_whatever_order_the_slots_are_as_a_dictionary_says(
    empty_record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hearing_app.hearings.comments.comment.erase_freed_pages", lambda _engine: True)
    Booking.empty_record = empty_record
    run_state_machine_as_test(
        Booking,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[*HealthCheck]
        ),
    )
