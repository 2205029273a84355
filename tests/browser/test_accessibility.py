"""Every page, visited once: whether everyone can read it, and whether it asks for nothing beyond its policy.

No serious or critical finding of axe, one heading, nothing wider than the screen; no page breaks the content
policy, and none needs more than it allows.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, Service
from tests.browser.reading import PLAIN, PUBLIC, Heard, settled

pytestmark = pytest.mark.browser


def findings(page: Page) -> list[str]:
    """Return what axe calls serious or critical, each with the place where it stands."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def cut_off(page: Page) -> list[str]:
    """Return what of a document stands out of a screen of 320 pixels."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.doc *')].filter(e => !e.closest('.scroll') && "
        "e.getBoundingClientRect().right > 321 && e.getBoundingClientRect().width > 0)"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    return found


@pytest.mark.parametrize("name", [*PUBLIC, *PLAIN])
def test_a_page_can_be_read_by_everyone(service: Service, open_page: OpenPage, name: str) -> None:
    """On a phone, on a very small one where it is then turned, and when the same page is made wide.

    All the while it breaks no policy and asks for nothing that is not there: below each page Streamlit's
    front end would also look for the beginning of the service.
    """
    heard = Heard()
    page = open_page(service.address + (PUBLIC | PLAIN)[name], width=390, before=heard.begin)
    if name in PUBLIC:
        settled(page)
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.title() != ""
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if name in PUBLIC:
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert cut_off(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.get_by_role("heading", level=1).count() == 1
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert heard.broken_policy == [], "the page breaks the content policy"
    if name in PUBLIC:
        assert heard.refused == [], "the page asks for what is not there"
        assert heard.errors == []


def test_axe_would_find_something(service: Service, open_page: OpenPage) -> None:
    page = open_page(service.address + "/record")
    page.evaluate("document.querySelector('h1').innerHTML += '<img src=\"data:,\"><button></button>'")
    assert len(findings(page)) >= 2


def test_what_is_cut_off_would_be_found(service: Service, open_page: OpenPage) -> None:
    page = open_page(service.address, width=320)
    settled(page)
    page.evaluate("document.querySelector('.doc').innerHTML += '<p style=\"width: 400px\">x</p>'")
    assert len(cut_off(page)) >= 1


def test_on_a_phone_the_pages_are_plain_links_that_cover_nothing(
    service: Service, open_page: OpenPage
) -> None:
    page = open_page(service.address, width=390, height=844)
    settled(page)
    assert not page.get_by_test_id("stHeader").is_visible()
    page.get_by_role("link", name="Register", exact=True).click()
    page.wait_for_selector("h1:has-text('Register')")
    settled(page)
    top = page.get_by_role("heading", level=1).bounding_box()
    assert top is not None
    seen = "([x, y]) => document.elementFromPoint(x, y).closest('h1') !== null"
    assert page.evaluate(seen, [top["x"] + 20, top["y"] + top["height"] / 2])
    wide = open_page(service.address, width=1280)
    settled(wide)
    assert wide.get_by_test_id("stHeader").is_visible()
    assert wide.locator(".st-key-phone_nav").is_hidden()
