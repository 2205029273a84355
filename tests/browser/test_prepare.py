"""A hearing from a facilitator's draft to its public page, its calendar, and a change with a reason."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from hearing_app.deployment import open_deployment
from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.settings import Settings
from hearing_app.store.engine import writing
from tests.browser.conftest import OpenPage
from tests.browser.reading import settled
from tests.browser.test_accessibility import findings

pytestmark = pytest.mark.browser
EMAIL, PASSWORD = "fay@example.org", secrets.token_urlsafe(20)
TODAY = datetime.now(UTC).date()
OPENS, CLOSES = (TODAY + timedelta(days=days) for days in (30, 60))
LONDON = ZoneInfo("Europe/London")
QUESTION = "Should judges see these scores?"
ANNOUNCED = "Risk scores and face recognition, a demonstration hearing"


@pytest.fixture
def service(
    start_server: Callable[..., SimpleNamespace], published_data: Path, tmp_path: Path
) -> SimpleNamespace:
    """A server of its own with the shipped register and one facilitator, who has a password."""
    data = shutil.copytree(published_data, tmp_path / "data")
    house = open_deployment(Settings(data=data))
    with writing(house.engine) as db:
        token = invite(db, OPERATOR, email=EMAIL, role=Role.FACILITATOR)
    accept_invitation(house.engine, token, email=EMAIL, password=PASSWORD)
    house.close()
    return start_server(tmp_path)


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk")


def field(page: Page, label: str) -> Locator:
    """Return the field with a label, whatever its hint says."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}\b"))


def write(page: Page, label: str, text: str) -> None:
    field(page, label).fill(text)
    field(page, label).press("Tab")


def choose(page: Page, label: str, option: str) -> None:
    chooser = page.get_by_role("combobox", name=re.compile(rf"^{re.escape(label)}"))
    chooser.click()
    chooser.press_sequentially(option)
    page.get_by_role("option", name=option).click()


def said_at(page: Page, label: str) -> Locator:
    """Return what is said below a field: the fault that stands next after it, before the next field."""
    below = "xpath=ancestor::*[@data-testid='stTextInput']/following::li[ancestor::ul[@class='desk-faults']]"
    return field(page, label).locator(below).first


def begin(page: Page) -> None:
    settled(page)
    page.get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_url(re.compile("draft="))


def readable(page: Page) -> None:
    """Everybody can read the page, on a wide screen and on a phone, and nothing is wider than either."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def days_in(calendar: bytes) -> dict[str, date]:
    """Return the days of a calendar's events in London, by the words before the title."""
    return {
        str(one["summary"]).partition(":")[0]: one.decoded("dtstart").astimezone(LONDON).date()
        for one in Calendar.from_ical(calendar).walk("VEVENT")
    }


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def fill_in(desk: Page) -> None:
    """Fill the form in as fast as it goes, closing before it opens."""
    write(desk, "Title", "Scores in court")
    write(desk, "What it is about", "The council asks residents what they think of risk scores.")
    write(desk, "Held by", "The city council")
    choose(desk, "What is heard", "COMPAS risk scores")
    desk.keyboard.press("Escape")
    expect(desk.get_by_text(re.compile(r"^COMPAS risk scores: heard in version \d"))).to_be_visible()
    write(desk, "Question 1", QUESTION)
    write(desk, "Comments open: day", CLOSES.isoformat())
    write(desk, "Comments close: day", OPENS.isoformat())
    write(desk, "What happens next", "The council decides in spring.")


def test_a_hearing_from_its_draft_to_its_public_page(service: SimpleNamespace, open_page: OpenPage) -> None:
    desk = open_page(f"{service.address}/sign-in")
    sign_in(desk)
    desk.goto(f"{service.address}/prepare")
    begin(desk)
    fill_in(desk)

    # What is wrong stands at its field, and it keeps the hearing from being announced.
    expect(said_at(desk, "Comments close: day")).to_contain_text("opens")
    expect(desk.get_by_role("heading", name="What keeps it from being announced (1)")).to_be_visible()
    readable(desk)
    desk.get_by_role("button", name="Announce this hearing").click()
    expect(desk.get_by_text("The hearing was not announced.")).to_be_visible()
    # The closing day first: with both on one day nothing keeps the hearing back, and the second would still
    # be on its way.
    write(desk, "Comments close: day", CLOSES.isoformat())
    write(desk, "Comments open: day", OPENS.isoformat())
    expect(desk.get_by_text("Nothing keeps it from being announced.")).to_be_visible()
    # What was typed is saved: another opening of the draft shows it.
    desk.reload()
    settled(desk)
    expect(field(desk, "Comments close: day")).to_have_value(CLOSES.isoformat())

    desk.get_by_text("Show the page as the public will see it").click()
    expect(desk.get_by_role("heading", name="What you are asked")).to_be_visible()
    expect(desk.get_by_text(QUESTION, exact=True)).to_be_visible()
    readable(desk)
    public = open_page(f"{service.address}/record/hearings/scores-in-court")
    expect(public.get_by_text("Scores in court")).to_have_count(0)
    desk.get_by_role("button", name="Announce this hearing").click()
    expect(desk.get_by_role("link", name="Its page")).to_be_visible()

    desk.get_by_role("link", name="Its page").click()
    expect(desk).to_have_url(f"{service.address}/hearing?id=scores-in-court")
    public.reload()
    for page in (desk, public):
        expect(page.get_by_role("heading", level=1)).to_have_text("Scores in court")
        expect(page.get_by_text(QUESTION)).to_be_visible()
        expect(page.get_by_text(f"{in_words(OPENS)} at 09:00").first).to_be_visible()
        expect(page.get_by_text(f"{in_words(CLOSES)} at 23:59").first).to_be_visible()
    dates = public.get_by_role("link", name="Put the dates into your calendar").get_attribute("href")
    calendar = f"{service.address}{dates}"
    assert days_in(public.request.get(calendar).body())["Comments close"] == CLOSES
    readable(public)


def test_a_change_of_an_announced_hearing_says_why(service: SimpleNamespace, open_page: OpenPage) -> None:
    desk = open_page(f"{service.address}/sign-in")
    sign_in(desk)
    desk.goto(f"{service.address}/prepare")
    settled(desk)
    choose(desk, "Of which hearing", f"A change to: {ANNOUNCED}")
    begin(desk)
    settled(desk)
    write(desk, "Held by", "The city council and the ombudsperson")

    # Without a reason it is refused, and what is typed while the refusal goes away is not lost.
    desk.get_by_role("button", name="Publish this change").click()
    refused = desk.get_by_text("The hearing was not announced.")
    expect(refused).to_be_visible()
    write(desk, "What changed, and why", "The ombudsperson takes part.")
    field(desk, "Contact").fill("Room 12 of the town hall")
    expect(refused).to_have_count(0)
    field(desk, "Contact").press("Tab")
    expect(desk.get_by_role("heading", name="What changes")).to_be_visible()
    expect(desk.get_by_text("Nothing keeps it from being announced.")).to_be_visible()
    readable(desk)
    desk.reload()
    settled(desk)
    expect(field(desk, "Contact")).to_have_value("Room 12 of the town hall")
    desk.get_by_role("button", name="Publish this change").click()
    expect(desk.get_by_role("link", name="Its page")).to_be_visible()

    public = open_page(f"{service.address}/record/hearings/demonstration-risk-scores")
    public.get_by_text(re.compile("^What was changed since it was announced")).click()
    for words in ("The city council and the ombudsperson", "The ombudsperson takes part."):
        expect(public.get_by_text(words).first).to_be_visible()
    readable(public)
