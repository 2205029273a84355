"""The speaking order: set, booked and freed on the desk, and read on the hearing's page."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.deployment import Deployment
from hearing_app.hearings.agenda.slots import book, free, set_slots, slots_of
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.people.sessions import end_session
from hearing_app.store.engine import reading, writing
from tests.web.reader import OPEN_HEARING, Announce, Decided, Reader, Send, SignIn, Visit

ANOTHER = Actor(Role.FACILITATOR, "another")
KEY = f"slots_{OPEN_HEARING}"
BOOK, FREE, SET = "Give this slot to this comment", "Free this slot", "Set the slots"


@pytest.fixture
def facilitator(visit: Visit, sign_in: SignIn, house: Deployment) -> str:
    """Sign a facilitator in, and return how the ledger names them."""
    return sign_in(Role.FACILITATOR, house).actor.name


@pytest.fixture
def speaking(send: Send, decided: Decided) -> list[str]:
    """Two published comments, one with a name."""
    sent = [send(display_name="Ada Field", consent="text_and_name"), send(display_name="Ben Stone")]
    for one in sent:
        decided(one.comment_id, State.PUBLISHED)
    return [one.comment_id for one in sent]


def meanwhile(house: Deployment, act: Any, *given: Any) -> None:
    """Let another facilitator do something on the same hearing."""
    with writing(house.engine) as db:
        act(db, ANOTHER, OPEN_HEARING, *given)


def booked(house: Deployment) -> dict[int, str | None]:
    with reading(house.engine) as db:
        return {one.number: one.comment_id for one in slots_of(db, OPEN_HEARING)}


def shut(page: Reader) -> list[str]:
    """The buttons about slots that cannot be pressed."""
    return [one.label for one in page.at.button if one.disabled and str(one.key).startswith("slots_")]


def setting(page: Reader, number: int, minutes: int) -> Reader:
    page.at.number_input(key=f"{KEY}_number").set_value(number)
    page.at.number_input(key=f"{KEY}_minutes").set_value(minutes)
    return page.press(SET)


@pytest.mark.usefixtures("facilitator")
def test_a_facilitator_sets_books_and_frees_and_everyone_reads_it(
    visit: Visit, house: Deployment, speaking: list[str]
) -> None:
    page = visit("desk")
    assert "No speaking slots are set." in page.text
    assert (page.value(f"{KEY}_number"), page.value(f"{KEY}_minutes")) == (0, 3)
    assert "Speaking order" not in visit("hearing", id=OPEN_HEARING).text
    page = setting(page, 2, 4)
    assert "The slots are set." in page.text
    assert "2 slots; each is for one published comment" in page.text
    page.choose(f"{KEY}_empty", 2).choose(f"{KEY}_comment", speaking[0]).press(BOOK)
    assert f"Comment {speaking[0]} speaks in slot 2." in page.text
    assert booked(house) == {1: None, 2: speaking[0]}
    assert "Slot Minutes Who speaks 1 4 free 2 4 Ada Field · " in page.text
    # What is given is offered no more.
    page.choose(f"{KEY}_comment", speaking[1]).press(BOOK)
    assert booked(house) == {1: speaking[1], 2: speaking[0]}
    assert BOOK not in [one.label for one in page.at.button]
    public = visit("hearing", id=OPEN_HEARING)
    assert (
        "Speaking order 2 slots; each is for one published comment Slot Minutes Who speaks "
        f"1 4 No name given · {speaking[1]} 2 4 Ada Field · {speaking[0]}"
    ) in public.text
    assert public.link(speaking[0]) == f"/record/hearings/{OPEN_HEARING}#{speaking[0]}"
    page.choose(f"{KEY}_taken", 2).press(FREE)
    assert "Slot 2 is free." in page.text
    assert booked(house) == {1: speaking[1], 2: None}


@pytest.mark.usefixtures("facilitator")
def test_a_slot_that_was_taken_meanwhile_is_refused_and_the_free_ones_are_named(
    visit: Visit, house: Deployment, speaking: list[str]
) -> None:
    meanwhile(house, set_slots, 2)
    page = visit("desk").choose(f"{KEY}_empty", 1).choose(f"{KEY}_comment", speaking[1])
    meanwhile(house, book, 1, speaking[0])
    page.press(BOOK)
    assert "Slot 1 is taken. Nothing was changed. Choose another: slot 2 is free." in page.text
    assert booked(house) == {1: speaking[0], 2: None}
    assert "1 3 Ada Field" in page.text


@pytest.mark.usefixtures("facilitator")
def test_a_slot_is_not_freed_of_a_comment_that_was_not_seen(
    visit: Visit, house: Deployment, speaking: list[str]
) -> None:
    meanwhile(house, set_slots, 1)
    meanwhile(house, book, 1, speaking[0])
    page = visit("desk").choose(f"{KEY}_taken", 1)
    meanwhile(house, free, 1, speaking[0])
    meanwhile(house, book, 1, speaking[1])
    page.press(FREE)
    assert "Slot 1 was given to another comment since you opened it." in page.text
    assert booked(house) == {1: speaking[1]}


@pytest.mark.usefixtures("facilitator")
def test_what_does_not_fit_is_said(visit: Visit, house: Deployment, speaking: list[str]) -> None:
    meanwhile(house, set_slots, 3)
    page = visit("desk")
    meanwhile(house, book, 3, speaking[0])
    setting(page, 2, 3)
    assert "Slot 3 is booked, so there cannot be fewer than 3 slots." in page.text
    assert len(booked(house)) == 3


@pytest.mark.usefixtures("facilitator")
def test_a_second_press_reaches_nothing_else(visit: Visit, house: Deployment, speaking: list[str]) -> None:
    meanwhile(house, set_slots, 3)
    page = visit("desk")
    assert shut(page) == [BOOK]
    page.choose(f"{KEY}_comment", speaking[0])
    assert shut(page) == []
    page.press(BOOK)
    assert shut(page) == [BOOK, FREE]
    page.choose(f"{KEY}_comment", speaking[1]).press(BOOK).choose(f"{KEY}_taken", 2).press(FREE)
    assert page.value(f"{KEY}_taken") == 0
    assert shut(page) == [BOOK, FREE]
    assert booked(house) == {1: speaking[0], 2: None, 3: None}


@pytest.mark.usefixtures("facilitator")
def test_a_comment_that_is_held_back_on_the_desk_leaves_the_order(
    visit: Visit, house: Deployment, speaking: list[str]
) -> None:
    meanwhile(house, set_slots, 1)
    meanwhile(house, book, 1, speaking[0])
    page = visit("desk").choose("desk_state", "published")
    page.choose(f"desk_{speaking[0]}_reason", "R2").press("Hold comment 1 for review")
    assert booked(house) == {1: None}
    assert "1 3 free" in page.text
    assert "1 3 free" in visit("hearing", id=OPEN_HEARING).text


@pytest.mark.usefixtures("facilitator")
def test_without_another_published_comment_there_is_nothing_to_book(visit: Visit, house: Deployment) -> None:
    meanwhile(house, set_slots, 1)
    page = visit("desk")
    assert "No other published comment could have a slot." in page.text
    assert [one.label for one in page.at.button if one.label in {BOOK, FREE, SET}] == [SET]


@pytest.mark.usefixtures("facilitator")
def test_each_hearing_has_its_own_slots(visit: Visit, announce: Announce, house: Deployment) -> None:
    announce(-1, 5)
    meanwhile(house, set_slots, 4)
    page = visit("desk").choose("desk_hearing", "town-hall")
    assert "No speaking slots are set." in page.text
    assert page.value("slots_town-hall_number") == 0


def test_a_session_that_ended_books_nothing(
    *,
    visit: Visit,
    sign_in: SignIn,
    house: Deployment,
    cookies: dict[str, str],
    speaking: list[str],
) -> None:
    sign_in(Role.FACILITATOR, house)
    meanwhile(house, set_slots, 1)
    page = visit("desk").choose(f"{KEY}_comment", speaking[0])
    with writing(house.engine) as db:
        end_session(db, next(iter(cookies.values())))
    page.press(BOOK)
    assert booked(house) == {1: None}


def test_a_withdrawn_comment_leaves_the_order(
    visit: Visit, house: Deployment, send: Send, decided: Decided
) -> None:
    made = send(display_name="Zoë", consent="text_and_name")
    decided(made.comment_id, State.PUBLISHED)
    meanwhile(house, set_slots, 1)
    meanwhile(house, book, 1, made.comment_id)
    assert "1 3 Zoë" in visit("hearing", id=OPEN_HEARING).text
    withdraw(house.engine, house.key, made.code)
    page = visit("hearing", id=OPEN_HEARING)
    assert "1 3 free" in page.text
    assert made.comment_id not in page.bodies
    assert "Zoë" not in page.bodies
