"""A real Chromium; without one the tests are skipped aloud, or fail where HEARING_BROWSER=required."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
MISSING = (
    "There is no Chromium. Install it (Debian: apt-get install chromium), or name one: "
    "HEARING_CHROMIUM=/path/to/chromium"
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = os.environ.get("HEARING_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None or not Path(found).exists():
        if os.environ.get("HEARING_BROWSER") == "required":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]
Service = SimpleNamespace


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open a page in a browser of its own; requests that leave the host are collected and fail the test.

    What must hear the page from its first byte on is given as ``before``.
    """
    contexts: list[BrowserContext] = []
    left: list[str] = []

    def open_one(
        address: str, *, width: int = 1280, height: int = 900, before: Callable[[Page], None] | None = None
    ) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        own = address.split("/", 3)[2]

        def watch(url: str) -> None:
            if not url.startswith(("data:", "blob:")) and url.split("/", 3)[2] != own:
                left.append(url)

        page.on("request", lambda request: watch(request.url))
        page.on("websocket", lambda socket: watch(socket.url))
        page.on("dialog", lambda dialog: left.append(f"dialog: {dialog.message}"))
        if before:
            before(page)
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert left == []
