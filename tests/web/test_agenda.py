"""The agenda on the facilitators' page, and the room with its minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hearing_app.deployment import Deployment
from hearing_app.hearings.agenda.minutes import decisions_of, minutes_of
from hearing_app.hearings.agenda.reading import agenda_of
from hearing_app.hearings.agenda.room import room_of
from hearing_app.hearings.hearing import Hearing, Sitting, publish_hearing
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION, Role
from hearing_app.store.engine import reading, writing
from tests.web.reader import Announce, Decided, Send, SignIn, Visit

ID = "town-hall"


def read(house: Deployment, function: Any) -> Any:
    with reading(house.engine) as db:
        return function(db, ID)


@pytest.fixture
def closed(house: Deployment, announce: Announce, send: Send, decided: Decided) -> Hearing:
    """A hearing that has closed, with two people who wish to speak, and that sits now."""
    now = datetime.now(UTC)
    hearing = announce(-20, 1)
    for name in ("Ada Field", "Ben Stone"):
        sent = send(
            hearing_id=ID,
            speaking="in_person",
            display_name=name,
            consent="text_and_name" if name == "Ada Field" else "text_only",
        )
        decided(sent.comment_id, State.PUBLISHED)
    starts = now - timedelta(minutes=30)
    sitting = Sitting(starts_at=starts, ends_at=now + timedelta(hours=2), place="Hall", speaking_minutes=30)
    over = hearing.model_copy(update={"closes_at": now - timedelta(seconds=1), "sitting": sitting})
    with writing(house.engine) as db:
        publish_hearing(db, COMPILATION, over, note="It closes earlier.")
    return over


@pytest.mark.usefixtures("closed")
def test_an_agenda_is_not_published_by_who_chose_another_hearing_just_before(
    house: Deployment, visit: Visit, sign_in: SignIn
) -> None:
    """Pressed before the page could follow the choice."""
    sign_in(Role.FACILITATOR, house)
    page = visit("agenda", hearing=ID).press("Begin the agenda").press("Propose it")
    page.set("agenda_hearing", "demonstration-risk-scores").press("Publish the agenda")
    assert "Another hearing was chosen just before." in page.text and "Nothing was changed." in page.text
    page.choose("agenda_hearing", ID)
    assert "Publish the agenda" in [one.label for one in page.at.button]
    page.press("Publish the agenda")
    assert read(house, agenda_of).version == 1


@pytest.mark.usefixtures("closed")
def test_an_agenda_is_proposed_changed_and_published_and_the_room_run(
    house: Deployment, visit: Visit, sign_in: SignIn
) -> None:
    sign_in(Role.FACILITATOR, house)
    page = visit("agenda", hearing=ID).press("Begin the agenda")
    page.press("Propose it")
    assert "Ada Field" in page.text
    page.at.text_input(key="agenda_new_title").set_value("Questions to the force")
    page.press("Add it").press("Publish the agenda")
    agenda = read(house, agenda_of)
    assert agenda.items[-1].title == "Questions to the force"
    assert sum(len(item.slots) for item in agenda.items) == 2
    page.press("Move down")
    assert "order of the items changed" in page.text
    page.press("Publish the agenda")
    assert "Say why it changes" in page.text
    assert read(house, agenda_of).version == 1

    room = visit("room", hearing=ID)
    assert "has not begun yet" in room.text
    room.press("Next").press("Next").press("Next")
    turn = read(house, room_of).turn
    assert turn.comment_id in room.text
    assert room.at.selectbox(key="minutes_item").value == turn.item_id
    room.at.text_area(key="minutes_text").set_value("They asked who keeps the pictures.")
    room.press("Take this note")
    assert room.at.text_area(key="minutes_text").value == ""
    room.at.text_area(key="minutes_decided").set_value("Pictures are deleted.")
    room.at.text_input(key="minutes_owner").set_value("Jane Doe")
    room.press("Record it")
    assert "The owner is an office" in room.text
    assert room.at.text_area(key="minutes_decided").value == "Pictures are deleted."
    room.at.text_input(key="minutes_owner").set_value("Chief Constable")
    room.at.date_input(key="minutes_due").set_value((datetime.now(UTC) + timedelta(days=9)).date())
    room.press("Record it").choose("minutes_sure", True).press("Publish the minutes")
    assert [one.owner for one in read(house, decisions_of)] == ["Chief Constable"]
    assert len(read(house, minutes_of).entries) == 2


def test_readers_see_the_room_and_the_agenda_without_what_drives_them(
    house: Deployment, closed: Hearing, visit: Visit, sign_in: SignIn, cookies: dict[str, str]
) -> None:
    sign_in(Role.FACILITATOR, house)
    visit("agenda", hearing=ID).press("Begin the agenda").press("Propose it").press("Publish the agenda")
    cookies.clear()
    room = visit("room", hearing=ID)
    assert not room.at.button
    assert "Ada Field" in room.text
    assert "Ben Stone" not in room.text
    page = visit("hearing", id=ID)
    assert "Agenda" in page.text
    assert "Ben Stone" not in page.text
    refused = visit("agenda", hearing=ID)
    assert "Only a member of staff" in refused.text
    assert not refused.at.button
