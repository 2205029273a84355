"""One comment, from the first page to the facilitator's export, in a real browser."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Service
from tests.browser.reading import settled, staff

pytestmark = pytest.mark.browser

WORDS = "People who were not re-arrested were scored as high risk. Who checks this, and how often?"
PASSWORD = "a lantern in the reading room"


def invited(service: Service, email: str, role: str) -> str:
    """Return the path of an invitation, made by the command line beside the running server."""
    link = staff(service, "add", email, "--role", role)
    assert link.startswith(f"{service.address}/invitation/")
    return link.removeprefix(service.address)


def find_evidence(page: Page) -> None:
    """From the first page by the register to the evidence on COMPAS."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("What algorithms do the police use")
    page.get_by_role("link", name="Register", exact=True).first.click()
    page.get_by_label("Search", exact=True).fill("recidivism")
    page.get_by_label("Search", exact=True).press("Enter")
    page.get_by_role("link", name="COMPAS risk scores").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("COMPAS risk scores")
    expect(page.get_by_text("This entry is an independent compilation")).to_be_visible()
    page.get_by_role("link", name="Explore its figures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evidence")


def move_threshold(page: Page) -> None:
    """The finding follows the slider: 45 against 23 at five and more, 16 against 5 at eight and more."""
    finding = page.locator(".lead").first
    expect(finding).to_contain_text("about 45 (43 to 47) were scored medium or high")
    expect(finding).to_contain_text("of 100 White defendants, about 23")
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    expect(finding).to_contain_text("about 16 (14 to 18) were scored high")
    expect(finding).to_contain_text("of 100 White defendants, about 5")
    expect(page.get_by_role("cell", name=re.compile("284 of"))).to_be_visible()
    page.wait_for_url(re.compile("threshold=8"))


def write_comment(page: Page) -> str:
    """Comment on what is seen, check it, send it; return the receipt."""
    page.get_by_role("link", name="Comment on what I see").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your comment")
    expect(page.get_by_text("Your comment will carry the figures that you saw")).to_be_visible()
    expect(page.get_by_role("radio", name="A figure in the evidence")).to_be_checked()
    page.get_by_text("A question for the force").click()
    page.get_by_label(re.compile("What you want to say")).fill(WORDS)
    page.get_by_role("button", name="Check before sending").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your comment")
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("button", name="Send my comment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your receipt")
    receipt = page.locator(".receipt .code").first.inner_text()
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", receipt)
    assert receipt.replace(" ", "") not in page.url.replace("%20", "")
    return receipt


def publish(page: Page, service: Service) -> Path:
    """Sign in as a facilitator, publish the comment, download the export."""
    page.goto(service.address + invited(service, "facilitator@example.org", "facilitator"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Facilitator desk")
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Publish C-")).click()
    expect(page.get_by_text(re.compile("Comment C-.* is published"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^CSV")).click()
    return Path(download.value.path())


def test_a_comment_from_the_first_page_to_the_export(
    start_server: Callable[..., Service], tmp_path: Path, open_page: OpenPage
) -> None:
    # A server of its own: it gets an account, and others look at the link of one that has none.
    service = start_server(tmp_path / "walk")
    author = open_page(service.address)
    find_evidence(author)
    move_threshold(author)
    receipt = write_comment(author)

    visitor = open_page(f"{service.address}/hearing?id=demonstration-risk-scores")
    settled(visitor)
    expect(visitor.get_by_text(WORDS)).to_have_count(0)

    exported = publish(open_page(service.address), service)
    with exported.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["concern"] == WORDS]
    assert [row["state"] for row in rows] == ["published"]
    assert "threshold=8" in rows[0]["pinned_selection"]
    assert rows[0]["language"] == "en"

    visitor.reload()
    settled(visitor)
    expect(visitor.get_by_text(WORDS)).to_be_visible()
    expect(visitor.get_by_text("Written about these figures")).to_contain_text("about 16 (14 to 18)")

    author.goto(f"{service.address}/my-comment")
    author.get_by_label("Receipt").fill(receipt)
    author.get_by_role("button", name="Find it").click()
    expect(author.get_by_text("is published.")).to_be_visible()
    author.get_by_text("Yes, remove my words for good").click()
    author.get_by_role("button", name="Withdraw my words").click()
    expect(author.get_by_text("was withdrawn by its author")).to_be_visible()
    visitor.reload()
    settled(visitor)
    expect(visitor.get_by_text(WORDS)).to_have_count(0)


def test_the_first_administrator_comes_by_the_printed_link(
    start_server: Callable[..., Service], tmp_path: Path, open_page: OpenPage
) -> None:
    # A server of its own: the link works only while there is no account at all.
    service = start_server(tmp_path / "first")
    page = open_page(service.invitation)
    expect(page.get_by_text("You are invited as administrator")).to_be_visible()
    page.get_by_label("E-mail address").fill("administrator@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make my account").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your invitation"
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Staff desk")
    page.get_by_label("E-mail address").fill("auditor@example.org")
    page.get_by_role("button", name="Make an invitation link").click()
    expect(page.get_by_text(f"{service.address}/invitation/")).to_be_visible()
    page.get_by_role("link", name="sign out").click()
    page.get_by_role("button", name="Sign out").click()
    settled(page)
    page.goto(f"{service.address}/desk")
    expect(page.get_by_text("This page is for members of staff.")).to_be_visible()
