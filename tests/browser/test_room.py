"""The room on two screens at once: what a facilitator does on one is what the other shows."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from hearing_app.deployment import Deployment, open_deployment
from hearing_app.hearings.agenda import arranging, proposal
from hearing_app.hearings.comments.comment import submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import Hearing, Question, Sitting, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import COMPILATION, OPERATOR, PUBLIC, Actor, Role
from hearing_app.people.sessions import start_session
from hearing_app.settings import Settings
from hearing_app.store.engine import writing
from tests.browser.conftest import OpenPage
from tests.browser.reading import settled

pytestmark = pytest.mark.browser
FAY = Actor(Role.FACILITATOR, "fay")
WORDS = "Who checks the pictures that are kept at night?"


@pytest.fixture(scope="module")
def sitting(
    start_server: Callable[..., SimpleNamespace],
    published_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SimpleNamespace]:
    """A server with a hearing that sits now, its agenda published; ``token`` is a facilitator's session."""
    folder = tmp_path_factory.mktemp("room")
    data = shutil.copytree(published_data, folder / "data")
    house = open_deployment(Settings(data=data, comments_in_ten_minutes=99, comments_a_day=99))
    token = prepared(house)
    house.close()
    service = start_server(folder)
    yield SimpleNamespace(address=service.address, token=token)


def prepared(house: Deployment) -> str:
    now = datetime.now(UTC)
    hearing = Hearing(
        id="town-hall",
        title="A hearing in the town hall",
        summary="The council asks residents about scores.",
        convened_by="The council",
        demonstration=True,
        systems=("compas",),
        questions=(Question(id="use", text="Should the scores be used?"),),
        time_zone="Europe/London",
        opens_at=now - timedelta(days=20),
        closes_at=now - timedelta(days=2),
        what_happens_next="The council answers in public.",
        sitting=Sitting(
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=3),
            place="The town hall",
            speaking_minutes=30,
        ),
    )
    before = now - timedelta(days=3)
    with writing(house.engine) as db:
        publish_hearing(db, COMPILATION, hearing, note="Announced.", at=now - timedelta(days=30))
    for name in ("Ada Field", "Ben Stone"):
        draft = Draft(
            secrets.token_hex(16),
            hearing.id,
            "compas",
            1,
            concern=WORDS,
            speaking="in_person",
            display_name=name,
            consent="text_and_name" if name == "Ada Field" else "text_only",
        )
        with writing(house.engine) as db:
            sent = submit(db, PUBLIC, house.key, draft, at=before)
            decide(db, FAY, sent.comment_id, State.PUBLISHED, seen_state=State(sent.state), at=before)
    with writing(house.engine) as db:
        seen = arranging.begin(db, FAY, hearing.id).revision
        made, _ = proposal.propose_anew(db, FAY, hearing.id, seen, 60, fixed=())
        arranging.publish(db, FAY, hearing.id, made.revision, "", at=now - timedelta(hours=2))
        invited = invite(db, OPERATOR, email="fay@example.org", role=Role.FACILITATOR)
    password = secrets.token_urlsafe(20)
    member = accept_invitation(house.engine, invited, email="fay@example.org", password=password)
    with writing(house.engine) as db:
        return start_session(db, member)


def seconds_on(page: Page) -> int:
    found = re.fullmatch(r"(−?)(\d+):(\d\d)", page.locator(".room-clock .time").inner_text())
    assert found is not None
    return (-1 if found[1] else 1) * (60 * int(found[2]) + int(found[3]))


def now_in(address: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx2.get(f"{address}/api/v1/hearings/town-hall/room", timeout=30).json()
    return told


def test_two_screens_show_the_same_and_a_reload_keeps_the_clock(
    sitting: SimpleNamespace, open_page: OpenPage
) -> None:
    room = f"{sitting.address}/room?hearing=town-hall"
    wall = open_page(room, width=1920, height=1080)
    desk = open_page(f"{sitting.address}/healthz")
    desk.context.add_cookies([{"name": "hearing_session", "value": sitting.token, "url": sitting.address}])
    desk.goto(room)
    for page in (wall, desk):
        settled(page)
        expect(page.locator(".room h2")).to_have_text("The hearing has not begun yet")
    assert wall.get_by_role("button", name="Next").count() == 0

    desk.get_by_role("button", name="Next").click()
    for page in (wall, desk):
        expect(page.locator(".room-speaker")).to_contain_text(re.compile("Ada Field|No name given"))
        expect(page.locator(".comment").first).to_contain_text(WORDS)
    assert "Ben Stone" not in wall.content()
    first = now_in(sitting.address)["floor"]
    assert wall.locator(".room-speaker").inner_text().endswith(first["comment_id"])

    wall.reload()
    settled(wall)
    # Read between two looks at the clock, what is shown lies between them; a screen is made anew each second,
    # and one that a busy machine has not reached yet is older, never younger.
    started = datetime.fromisoformat(first["started_at"])
    shown = seconds_on(wall)
    least = first["seconds"] - (datetime.now(UTC) - started).total_seconds()
    assert least - 1 <= shown < first["seconds"]

    desk.get_by_role("button", name="Pause").click()
    for page in (wall, desk):
        expect(page.locator(".room-word")).to_have_text("Paused")
    # Who writes into a field does not press the buttons that the same keys press.
    desk.get_by_label("Note", exact=True).press_sequentially("nemp")
    expect(desk.get_by_label("Note", exact=True)).to_have_value("nemp")
    assert now_in(sitting.address)["floor"]["comment_id"] == first["comment_id"]
    assert now_in(sitting.address)["floor"]["paused"] is True

    desk.locator(".room").click()
    desk.keyboard.press("n")
    for page in (wall, desk):
        expect(page.locator(".room-speaker")).not_to_contain_text(first["comment_id"])
    assert now_in(sitting.address)["floor"]["comment_id"] != first["comment_id"]

    for width in (1920, 390):
        wall.set_viewport_size({"width": width, "height": 900})
        assert wall.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        wall.locator(".room-clock .time").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 60
    )
