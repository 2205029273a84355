"""A system's page is short, and what is folded in it opens for who follows a link to it or prints it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import OpenPage, Service
from tests.browser.reading import settled

pytestmark = pytest.mark.browser
HEIGHT = "Math.max(...[...document.querySelectorAll('main, [data-testid=stMain]')].map(e => e.scrollHeight))"
SEEN = "id => { const e = document.getElementById(id); return !!e && e.checkVisibility(); }"


@pytest.mark.parametrize("address", ["/record/systems/compas", "/system?id=compas"])
def test_on_a_phone_the_page_is_short_and_begins_with_the_answers(
    service: Service, open_page: OpenPage, address: str
) -> None:
    page = open_page(service.address + address, width=390, height=844)
    if not address.startswith("/record"):
        settled(page)
    # It was about 26,000 pixels long while every section stood open.
    assert page.evaluate(HEIGHT) < 8_000
    for words in ("In use?", "Who runs it", "Who answers", "Does it work?", "What you can do"):
        place = page.locator("dl.glance dt", has_text=words).bounding_box()
        assert place is not None and place["y"] < 2 * 844, words


@pytest.mark.parametrize("address", ["/record/systems/compas", "/system?id=compas"])
def test_a_link_opens_what_it_leads_to(service: Service, open_page: OpenPage, address: str) -> None:
    page = open_page(service.address + address, width=390, height=844)
    if not address.startswith("/record"):
        settled(page)
    for place in ("field-purpose", "source-1"):
        assert not page.evaluate(SEEN, place)
        page.evaluate("id => { location.hash = id; }", place)
        page.wait_for_function(SEEN, arg=place)
    # Every field that the page states can be reached so, and none is lost.
    ids = page.evaluate("[...document.querySelectorAll('[id^=field-]')].map(e => e.id)")
    assert len(ids) == len(set(ids)) > 50


def test_without_javascript_a_section_opens_too(service: Service, chromium: Browser) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{service.address}/record/systems/compas#field-purpose")
        assert page.locator("#field-purpose").is_visible()
        assert not page.locator("#source-1").is_visible()
        page.locator("a[href='#source-1']").first.click()
        assert page.locator("#source-1").is_visible()


@pytest.mark.parametrize("width", [320, 390])
def test_the_table_of_the_standard_does_not_scroll_sideways(
    service: Service, open_page: OpenPage, width: int
) -> None:
    page = open_page(f"{service.address}/record/standard", width=width, height=844)
    tables = page.evaluate("[...document.querySelectorAll('table')].map(e => [e.scrollWidth, e.clientWidth])")
    assert tables and all(inner <= outer <= width for inner, outer in tables)
    assert page.evaluate("document.querySelectorAll('.scroll').length") == 0


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/record/standard", 8_000),
        ("/record/prohibited-uses", 8_000),
        ("/record/compare?system=compas&system=hart", 6_000),
    ],
)
def test_the_long_pages_are_short_on_a_phone(
    service: Service, open_page: OpenPage, address: str, most: int
) -> None:
    page = open_page(service.address + address, width=390, height=844)
    assert page.evaluate(HEIGHT) < most


def test_printing_shows_what_is_folded(service: Service, open_page: OpenPage) -> None:
    page = open_page(f"{service.address}/record/systems/compas", width=390, height=844)
    short = page.evaluate(HEIGHT)
    page.emulate_media(media="print")
    assert page.evaluate(HEIGHT) > 3 * short
