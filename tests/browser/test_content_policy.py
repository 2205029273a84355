"""The content policy holds and hides nothing: what breaks it does not run, and documents need no script."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage, Service
from tests.browser.reading import Heard, settled

pytestmark = pytest.mark.browser


def test_a_broken_policy_would_be_heard(service: Service, open_page: OpenPage) -> None:
    """That no page breaks it is heard where each page is visited once: in ``test_accessibility``."""
    heard = Heard()
    page = open_page(f"{service.address}/record", before=heard.begin)
    assert (heard.errors, heard.broken_policy, heard.refused) == ([], [], [])
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        "'<img src=/nothing-here><button onclick=\"window.caught = 1\">x</button>')"
    )
    page.get_by_role("button", name="x").click()
    page.wait_for_load_state("networkidle")
    assert heard.broken_policy != []
    assert heard.refused == [f"{service.address}/nothing-here"]


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
