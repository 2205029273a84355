"""Signing in, in a real browser: with a code and without JavaScript, and at a real provider."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Service
from tests.browser.reading import settled, staff
from tests.browser.test_accessibility import findings
from tests.browser.test_journey import invited

pytestmark = pytest.mark.browser

PASSWORD = "a lantern in the reading room"
CLIENT, SECRET = "hearing", "a secret of the client, in a file"
OpenOne = Callable[..., Page]


@pytest.fixture
def open_one(chromium: Browser) -> Iterator[OpenOne]:
    """Open a browser of its own at an address; ``scripts`` says whether it runs any."""
    contexts = []

    def one(address: str, *, width: int = 1280, scripts: bool = True) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        return page

    yield one
    for context in contexts:
        context.close()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC) + steps * timedelta(seconds=30))


def test_a_second_step_without_javascript(
    start_server: Callable[..., Service], tmp_path: Path, open_one: OpenOne
) -> None:
    service = start_server(tmp_path / "codes", HEARING_REQUIRE_SECOND_FACTOR="true")
    page = open_one(service.invitation, width=390, scripts=False)
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    # Nothing else opens before the second step is set up.
    heading(page, "Your account")
    expect(page.get_by_text("Before you can work here, set up a second step")).to_be_visible()
    page.get_by_role("link", name="Set up the second step").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    assert page.get_by_role("img").bounding_box()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Turn the second step on").click()
    expect(page.get_by_text("This code does not fit")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret, -1))
    page.get_by_role("button", name="Turn the second step on").click()
    heading(page, "Your recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.goto(f"{service.address}/sign-out")
    page.get_by_role("button", name="Sign out").click()

    def sign_in() -> None:
        page.goto(f"{service.address}/sign-in")
        page.get_by_label("E-mail address").fill("ada@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        heading(page, "Sign in: your code")

    sign_in()
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk")
    sign_in()
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Sign in with a recovery code").click()
    page.wait_for_url("**/desk")
    page.goto(f"{service.address}/confirm?next=/account")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm with my password").click()
    heading(page, "Your account")
    expect(page.get_by_text("9 unused recovery codes")).to_be_visible()

    # The same pages, with scripts for the reader that examines them.
    wide = open_one(f"{service.address}/sign-in")
    kept = next(one["value"] for one in page.context.cookies() if one["name"] == "hearing_session")
    wide.context.add_cookies([{"name": "hearing_session", "value": kept, "url": service.address}])
    for path in ("/account", "/confirm", "/sign-in", "/sign-out", "/reset/unknown"):
        for width in (1280, 390):
            wide.set_viewport_size({"width": width, "height": 900})
            wide.goto(service.address + path)
            assert findings(wide) == [], path
            assert wide.evaluate("document.documentElement.scrollWidth") <= width, path
    wide.goto(f"{service.address}/desk")
    settled(wide)
    expect(wide.get_by_role("heading", name="Members of staff")).to_be_visible()
    assert findings(wide) == []


def test_the_forms_of_the_second_step_can_be_read_by_everyone(
    start_server: Callable[..., Service], tmp_path: Path, open_one: OpenOne
) -> None:
    service = start_server(tmp_path / "forms")
    page = open_one(service.address + invited(service, "fay@example.org", "facilitator"), width=390)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url("**/desk")
    page.goto(f"{service.address}/account/second-step")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    field = page.get_by_label("Code")
    assert (field.get_attribute("autocomplete"), field.get_attribute("inputmode")) == (
        "one-time-code",
        "numeric",
    )
    secret = page.locator(".secret").inner_text().replace(" ", "")
    field.fill(code_of(secret))
    page.get_by_role("button", name="Turn the second step on").click()
    heading(page, "Your recovery codes")
    assert findings(page) == []
    page.context.clear_cookies()
    page.goto(f"{service.address}/sign-in")
    page.get_by_label("E-mail address").fill("fay@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    heading(page, "Sign in: your code")
    assert findings(page) == []
    link = staff(service, "reset", "fay@example.org", "--second-factor")
    page.goto(link)
    assert findings(page) == []
    page.get_by_label("New password").fill("another lantern in the reading room")
    page.get_by_role("button", name="Set my new password").click()
    expect(page.get_by_text("Your second step was removed.")).to_be_visible()
    assert findings(page) == []


@pytest.fixture
def city_login() -> Iterator[str]:
    """A real provider of OpenID Connect in a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Its own dependency warns when it is imported, so it is not imported here.
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while True:
        assert process.poll() is None, "the provider did not start"
        assert time.monotonic() < end, "the provider did not answer"
        try:
            httpx2.get(f"{address}/.well-known/openid-configuration").raise_for_status()
            break
        except httpx2.HTTPError:
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(15)


def at_the_provider(page: Page, city_login: str, subject: str) -> None:
    """Sign in there as somebody, and come back."""
    page.wait_for_url(f"{city_login}/**")
    page.locator("input[name=sub]").fill(subject)
    page.locator("button", has_text=re.compile("authorize", re.IGNORECASE)).last.click()


def test_signing_in_at_a_real_provider(
    start_server: Callable[..., Service], tmp_path: Path, open_one: OpenOne, city_login: str
) -> None:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text(SECRET)
    service = start_server(
        tmp_path / "provider",
        HEARING_OIDC_ISSUER=city_login,
        HEARING_OIDC_NAME="City login",
        HEARING_OIDC_CLIENT_ID=CLIENT,
        HEARING_OIDC_CLIENT_SECRET_FILE=str(secret),
    )
    ada = open_one(service.invitation)
    assert findings(ada) == []
    ada.locator("#provider-email").fill("ada@example.org")
    ada.get_by_role("button", name="Accept with City login").click()
    at_the_provider(ada, city_login, "ada")
    heading(ada, "Staff desk")

    fay = open_one(service.address + invited(service, "fay@example.org", "facilitator"))
    asked: list[str] = []
    fay.on("request", lambda request: asked.append(request.url))
    fay.get_by_role("button", name="Accept with City login").click()
    at_the_provider(fay, city_login, "fay")
    heading(fay, "Facilitator desk")
    [way] = {url for url in asked if url.startswith(f"{city_login}/oauth2/authorize")}
    query = dict(parse_qsl(urlsplit(way).query))
    assert (query["code_challenge_method"], query["scope"]) == ("S256", "openid")
    [back] = {url for url in asked if "/sign-in/provider/return" in url}
    # The same return again, in the same browser and in another one.
    for page in (fay, open_one(back)):
        page.goto(back)
        expect(
            page.get_by_text("This return from the provider did not begin in this browser")
        ).to_be_visible()
        assert findings(page) == []

    eve = open_one(f"{service.address}/sign-in", width=390)
    assert findings(eve) == []
    eve.get_by_role("button", name="Sign in with City login").click()
    at_the_provider(eve, city_login, "eve")
    expect(eve.get_by_text("no account of this service belongs to you there")).to_be_visible()
    eve.goto(f"{service.address}/desk")
    expect(eve.get_by_text("This page is for members of staff.")).to_be_visible()

    # Somebody else at the provider cannot confirm in another's place.
    fay.goto(f"{service.address}/confirm")
    fay.get_by_role("button", name="Sign in again with City login").click()
    at_the_provider(fay, city_login, "ada")
    expect(fay.get_by_text("Nothing was confirmed.")).to_be_visible()
    fay.goto(f"{service.address}/confirm")
    fay.get_by_role("button", name="Sign in again with City login").click()
    at_the_provider(fay, city_login, "fay")
    settled(fay)
    heading(fay, "Facilitator desk")

    # The page is open over its websocket; the next act after the account was disabled finds nobody.
    staff(service, "disable", "fay@example.org")
    fay.get_by_text("Held back").first.click()
    expect(fay.get_by_text("This page is for members of staff.")).to_be_visible()
    fay.goto(f"{service.address}/sign-in")
    fay.get_by_role("button", name="Sign in with City login").click()
    at_the_provider(fay, city_login, "fay")
    expect(fay.get_by_text("no account of this service belongs to you there")).to_be_visible()
    log = service.err.read_text()
    assert "refused: a sign-in at the provider to facilitator:" in log
    assert "example.org" not in log
    assert SECRET not in log
