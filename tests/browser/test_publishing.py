"""One entry, from a publisher's file to the public page, past a second person, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Service
from tests.browser.reading import settled, staff
from tests.browser.test_accessibility import findings
from tests.signers import own_entry

pytestmark = pytest.mark.browser

PASSWORD = "a lantern in the reading room"
SUMMARY = "Cameras note each car in a bus lane."
PLANNED = {"stages": [{"stage": "proposed", "since": "2026", "sources": ["report"]}]}


def publisher(service: Service, open_page: OpenPage, name: str) -> Page:
    """Invite a publisher with the command line, and let them make their account."""
    role = ["--role", "publisher", "--agency", "riverton-police", "--new-agency"]
    page = open_page(staff(service, "add", f"{name}@example.org", *role))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Staff desk")
    return page


def open_draft(page: Page, service: Service, name: str) -> None:
    page.goto(f"{service.address}/publish")
    settled(page)
    page.get_by_role("link", name=name).click()
    settled(page)
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()


def submit(page: Page) -> None:
    page.get_by_text("Check and submit").click()
    expect(page.get_by_text("What keeps it from being published")).to_be_visible()
    note = page.get_by_label(re.compile("What changed, and why"))
    note.fill("The cameras are on the record now.")
    note.blur()
    page.get_by_role("button", name="Submit to a second person").click()
    expect(page.get_by_text("Submitted.")).to_be_visible()


def test_an_entry_from_the_file_to_the_public_page(
    start_server: Callable[..., Service], tmp_path: Path, open_page: OpenPage
) -> None:
    service = start_server(tmp_path / "desk")
    ada, ben = publisher(service, open_page, "ada"), publisher(service, open_page, "ben")
    entry = {
        name: value for name, value in own_entry(lifecycle=PLANNED).items() if value not in (None, [], {})
    }
    file = tmp_path / "entry.yaml"
    file.write_text(yaml.safe_dump({**entry, "name": "TODO", "summary": "TBC"}), encoding="utf-8")
    ada.goto(f"{service.address}/desk/entries/upload")
    ada.get_by_label("File").set_input_files(file)
    ada.get_by_role("button", name="Begin a draft with this file").click()
    settled(ada)
    expect(ada.get_by_text("It still holds the placeholder “TODO”.").first).to_be_visible()
    assert findings(ada) == []
    ada.get_by_label("Name", exact=True).fill("Bus lane cameras")
    ada.get_by_label("Name", exact=True).press("Tab")
    ada.get_by_label(re.compile("^Summary")).fill(SUMMARY)
    ada.get_by_role("button", name="Save and go on").click()
    expect(ada.get_by_role("heading", name=re.compile("^Accountable post"))).to_be_visible()
    submit(ada)

    open_draft(ben, service, "Bus lane cameras")
    expect(ben.get_by_text("What changes")).to_be_visible()
    ben.get_by_label(re.compile("^Remark")).fill("Say who looks at the pictures.")
    ben.get_by_label(re.compile("^Remark")).blur()
    ben.get_by_role("button", name="Return it with the remarks").click()
    expect(ben.get_by_text("Returned.", exact=False).first).to_be_visible()

    open_draft(ada, service, "Bus lane cameras")
    expect(ada.get_by_text("Say who looks at the pictures.")).to_be_visible()
    ada.get_by_label(re.compile("^Summary")).fill(f"{SUMMARY} An officer looks at each picture.")
    ada.get_by_label(re.compile("^Summary")).press("Tab")
    expect(ada.get_by_role("status").first).to_be_hidden()
    submit(ada)

    open_draft(ben, service, "Bus lane cameras")
    ben.get_by_text("Show the page as the public will see it").click()
    expect(ben.get_by_text("Written by the body that deploys the system.")).to_be_visible()
    ben.set_viewport_size({"width": 390, "height": 844})
    assert ben.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(ben) == []
    ben.get_by_role("button", name="Approve and publish").click()
    expect(ben.get_by_text("Approved and published.", exact=False)).to_be_visible()

    public = open_page(f"{service.address}/record/systems/bus-lane-cameras/1")
    expect(public.get_by_text("An officer looks at each picture.", exact=False).first).to_be_visible()
