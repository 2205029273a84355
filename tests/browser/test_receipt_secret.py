"""A receipt stays with its author: it is in no address, no referrer, no log, and not in the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.reading import settled

pytestmark = [pytest.mark.browser, pytest.mark.promise("S5")]

WORDS = "Who reads the list of people that the cameras look for, and how does a name come off it?"
Measure = Callable[[str, float | int | str], None]


def send(page: Page) -> str:
    """Write and send a comment; return its receipt."""
    page.get_by_text("A question for the force").click()
    page.get_by_text("The system as a whole").first.click()
    page.get_by_label(re.compile("What you want to say")).fill(WORDS)
    page.get_by_role("button", name="Check before sending").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your comment", timeout=20_000)
    page.get_by_role("button", name="Send my comment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your receipt", timeout=20_000)
    return page.locator(".receipt .code").first.inner_text()


def look_up(page: Page, receipt: str) -> None:
    """Type a receipt under My receipt."""
    page.get_by_label("Receipt").fill(receipt)
    page.get_by_role("button", name="Find it").click()


def everything_told(request: Request) -> str:
    """What a request carries that others may keep: its address and its headers."""
    return "\n".join([request.url, *(f"{name}: {value}" for name, value in request.headers.items())])


def test_sixteen_digits_stay_with_their_author(
    start_server: Callable[..., SimpleNamespace], tmp_path: Path, open_page: OpenPage, measure: Measure
) -> None:
    service = start_server(tmp_path / "receipt")
    page = open_page(f"{service.address}/about")
    told: list[str] = []
    page.on("request", lambda request: told.append(everything_told(request)))
    page.on("websocket", lambda line: told.append(line.url))
    page.on("framenavigated", lambda frame: told.append(frame.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{service.address}/comment?hearing=demonstration-risk-scores&system=compas")
    settled(page)
    receipt = send(page)
    digits = receipt.replace(" ", "")
    assert re.fullmatch(r"\d{16}", digits)

    page.get_by_role("link", name=re.compile("Follow or withdraw it")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My receipt", timeout=20_000)
    look_up(page, receipt)
    expect(page.locator(".comment .words")).to_contain_text(WORDS, timeout=20_000)
    page.goto(f"{service.address}/my-comment")
    settled(page)
    look_up(page, digits)
    expect(page.locator(".comment .words")).to_contain_text(WORDS, timeout=20_000)
    page.get_by_text("Yes, remove my words for good").click()
    page.get_by_role("button", name="Withdraw my words").click()
    expect(page.get_by_text("was withdrawn by its author")).to_be_visible(timeout=20_000)
    for path in ("/record", "/feed.atom", "/api/v1/record/events"):
        page.goto(service.address + path)
    stored = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    kept = [str(cookie) for cookie in page.context.cookies()]

    forms = (
        receipt,
        digits,
        receipt.replace(" ", "%20"),
        receipt.replace(" ", "+"),
        receipt.replace(" ", "-"),
    )
    assert len(told) > 20
    for text in (*told, *kept, stored):
        assert not any(form in text for form in forms), text
    service.process.terminate()
    service.process.wait(30)
    files = [path for path in (tmp_path / "receipt").rglob("*") if path.is_file()]
    assert {"out", "err", "hearing.sqlite"} <= {path.name for path in files}
    for file in files:
        content = file.read_bytes()
        assert not any(form.encode() in content for form in forms), file
    measure("addresses and headers looked at", len(told))
    measure("files looked at", len(files))


def test_the_sixth_wrong_guess_of_a_minute_is_refused(
    start_server: Callable[..., SimpleNamespace], tmp_path: Path, open_page: OpenPage
) -> None:
    service = start_server(tmp_path / "guesses")
    page = open_page(f"{service.address}/my-comment")
    settled(page)
    for number in range(7):
        look_up(page, f"{1000 + number} 2222 3333 4444")
        refused = page.locator(".errors")
        expect(refused).to_contain_text(
            "wait" if number >= 5 else "no comment", ignore_case=True, timeout=20_000
        )
        settled(page)
