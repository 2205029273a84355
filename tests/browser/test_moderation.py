"""The desk with the keyboard alone: one comment is published, and typing decides nothing."""

from __future__ import annotations

import secrets
from types import SimpleNamespace

import httpx2
from playwright.sync_api import expect

from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.people.sessions import start_session
from hearing_app.store.engine import open_engine, writing
from tests.browser.conftest import OpenPage

HEARING = "demonstration-risk-scores"


def facilitator(service: SimpleNamespace) -> str:
    """Make a facilitator, and return the token of their session."""
    engine = open_engine(f"sqlite:///{service.data / 'hearing.sqlite'}")
    with writing(engine) as db:
        token = invite(db, OPERATOR, email="keys@example.org", role=Role.FACILITATOR)
    member = accept_invitation(engine, token, email="", password=secrets.token_urlsafe(20))
    with writing(engine) as db:
        session = start_session(db, member)
    engine.dispose()
    return session


def test_comments_are_decided_with_the_keyboard_alone(service: SimpleNamespace, open_page: OpenPage) -> None:
    for words in ("Who looks at the scores of young people?", "Who pays for the scores, and to whom?"):
        body = {
            "draft_id": secrets.token_hex(16),
            "system_id": "compas",
            "system_version": 1,
            "concern": words,
        }
        sent = httpx2.post(f"{service.address}/api/v1/hearings/{HEARING}/comments", json=body)
        assert sent.status_code in {200, 201}
    page = open_page(f"{service.address}/healthz")
    session = facilitator(service)
    page.context.add_cookies([{"name": "hearing_session", "value": session, "url": service.address}])
    page.goto(f"{service.address}/desk")
    publish = page.get_by_role("button", name="Publish C-")
    expect(publish.first).to_be_enabled()
    page.wait_for_selector(".foot")
    # What is typed into a field is text, letters that are keys elsewhere as well.
    panel = page.locator("summary").filter(has_text="Comment 1: hold it, or do not publish it")
    panel.focus()
    page.keyboard.press("Enter")
    note = page.locator("textarea[aria-label^='Note for the author']").nth(1)
    expect(note).to_be_visible()
    note.focus()
    page.keyboard.type("PHN phn")
    page.keyboard.press("Tab")
    expect(publish.first).to_be_enabled()
    page.keyboard.press("Alt+Shift+P")
    expect(publish.first).to_be_disabled()
    # The keys have moved on to it.
    expect(publish.nth(1)).to_contain_text("Shift")
    # The keys act on the first that is not decided now. Without a reason nothing is refused.
    page.keyboard.press("Alt+Shift+N")
    expect(page.get_by_text("Nothing was decided.").first).to_be_attached()
    expect(publish.nth(1)).to_be_enabled()
