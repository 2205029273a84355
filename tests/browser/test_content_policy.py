"""The content policy holds and hides nothing: no page breaks it, and no page needs more than it allows."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage, Service
from tests.browser.reading import PUBLIC, settled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["home", "evidence", "system", "comment"])
def test_no_page_breaks_the_policy(service: Service, open_page: OpenPage, name: str) -> None:
    page = open_page(f"{service.address}/record")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(service.address + PUBLIC[name])
    settled(page)
    assert [text for text in said if "Content Security Policy" in text] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_asks_for_nothing_that_is_not_there(service: Service, open_page: OpenPage, name: str) -> None:
    """Below each page Streamlit's front end would also look for the beginning of the service."""
    page = open_page(f"{service.address}/record")
    refused: list[str] = []
    said: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(service.address + PUBLIC[name])
    settled(page)
    assert refused == []
    assert said == []


def test_a_script_that_was_smuggled_in_does_not_run(service: Service, open_page: OpenPage) -> None:
    page = open_page(service.address)
    settled(page)
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.caught = 1\">')"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.caught === undefined")


def test_the_documents_can_be_read_without_scripts(service: Service, open_page: OpenPage) -> None:
    page = open_page(f"{service.address}/record")
    plain = page.context.browser.new_context(java_script_enabled=False) if page.context.browser else None
    assert plain is not None
    reader = plain.new_page()
    reader.goto(service.address)
    reader.get_by_role("link", name="Every document can be read without it.").click()
    reader.get_by_role("link", name="COMPAS risk scores").click()
    assert "About 45 of 100" in reader.locator("main").inner_text()
    plain.close()
