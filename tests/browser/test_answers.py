"""A question, its answer, and its author who reads it: in a real browser, from the desk to the receipt."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from hearing_app.deployment import open_deployment
from hearing_app.hearings.comments.comment import submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import Hearing, Question, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION, PUBLIC, Actor, Role
from hearing_app.settings import Settings
from hearing_app.store.engine import writing
from tests.browser.conftest import OpenPage
from tests.browser.reading import staff
from tests.browser.test_journey import PASSWORD

pytestmark = pytest.mark.browser
TEXT = "A clerk checks ten of them every month and says in public what came of it."


@pytest.fixture
def asked(start_server: Callable[..., SimpleNamespace], tmp_path: Path) -> tuple[SimpleNamespace, str, str]:
    """A server of its own whose hearing has one published question; its receipt and its number."""
    house, now = open_deployment(Settings(data=tmp_path / "data")), datetime.now(UTC)
    made = Hearing(
        id="town-hall",
        title="A hearing in the town hall",
        summary="The council asks residents about scores.",
        convened_by="The council",
        demonstration=False,
        systems=("compas",),
        questions=(Question(id="use", text="Should the scores be used?"),),
        time_zone="Europe/London",
        opens_at=now - timedelta(days=5),
        closes_at=now + timedelta(days=5),
        what_happens_next="The council answers in public.",
    )
    draft = Draft(
        draft_id=secrets.token_hex(16),
        hearing_id=made.id,
        system_id="compas",
        system_version=1,
        comment_type="question",
        concern="Who checks the scores that judges are shown?",
    )
    with writing(house.engine) as db:
        publish_hearing(db, COMPILATION, made, note="For this test.")
        sent = submit(db, PUBLIC, house.key, draft)
        fay = Actor(Role.FACILITATOR, "fay")
        decide(db, fay, sent.comment_id, State.PUBLISHED, seen_state=State.SUBMITTED)
    house.close()
    return start_server(tmp_path), sent.code, sent.comment_id


def invitation(server: SimpleNamespace) -> str:
    """Return the address of an invitation for a publisher of the agency, made beside the running server."""
    return staff(server, "add", "publisher@example.org", "--role", "publisher", "--agency", "broward-county")


def test_a_question_is_answered_and_its_author_reads_it(
    asked: tuple[SimpleNamespace, str, str], open_page: OpenPage
) -> None:
    server, code, number = asked
    page: Page = open_page(f"{server.address}/hearing?id=town-hall")
    expect(page.get_by_text(re.compile("Waits for an answer of Broward County"))).to_be_visible()
    page.goto(invitation(server))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Staff desk")
    page.get_by_role("link", name="Answers: what waits for one, and writing it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answer what was asked")
    expect(page.get_by_text("1 comment waits for an answer")).to_be_visible()
    expect(page.get_by_text("Who checks the scores that judges are shown?")).to_be_visible()
    page.get_by_role("combobox", name=re.compile("^What is the answer")).click()
    page.get_by_role("option", name="Accepted", exact=True).click()
    page.get_by_label(re.compile("The answer, which everybody can read")).fill(TEXT)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="As everybody will read it")).to_be_visible()
    page.get_by_text(re.compile("It can be published")).click()
    page.get_by_role("button", name="Publish the answer").click()
    expect(page.get_by_text(re.compile("Everybody reads it now"))).to_be_visible()
    page.goto(f"{server.address}/record/hearings/town-hall#{number}")
    expect(page.get_by_text(TEXT).first).to_be_visible()
    page.goto(f"{server.address}/my-comment")
    page.get_by_label("Receipt").fill(code)
    page.get_by_role("button", name="Find it").click()
    expect(page.get_by_role("heading", name="What the agency says")).to_be_visible()
    expect(page.get_by_text(TEXT)).to_be_visible()
    feed = page.locator("a[href*='/follow/']").get_attribute("href")
    assert feed is not None
    told = page.request.get(feed)
    assert told.ok
    assert TEXT in told.text()
    assert "judges" not in told.text()
