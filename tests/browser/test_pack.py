"""The hearing pack in a real browser: made from the desk, found again after a reload, fetched once."""

from __future__ import annotations

import secrets
import zipfile
from types import SimpleNamespace

from playwright.sync_api import expect

from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.people.sessions import start_session
from hearing_app.store.engine import open_engine, writing
from tests.browser.conftest import OpenPage

HEARING = "demonstration-risk-scores"


def _facilitator(service: SimpleNamespace) -> str:
    engine = open_engine(f"sqlite:///{service.data / 'hearing.sqlite'}")
    with writing(engine) as db:
        token = invite(db, OPERATOR, email="packs@example.org", role=Role.FACILITATOR)
    member = accept_invitation(engine, token, email="", password=secrets.token_urlsafe(20))
    with writing(engine) as db:
        session = start_session(db, member)
    engine.dispose()
    return session


def test_a_pack_is_made_found_again_and_fetched_once(service: SimpleNamespace, open_page: OpenPage) -> None:
    page = open_page(f"{service.address}/healthz")
    session = _facilitator(service)
    page.context.add_cookies([{"name": "hearing_session", "value": session, "url": service.address}])
    page.goto(f"{service.address}/pack?hearing={HEARING}")
    expect(page.get_by_text("This takes ")).to_be_visible()
    page.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_text("Your pack is ready.")).to_be_visible(timeout=60_000)
    page.reload()
    fetch = page.get_by_role("link", name="Fetch the pack")
    expect(fetch).to_be_visible()
    with page.expect_download() as downloaded:
        fetch.click()
    assert downloaded.value.suggested_filename == f"{HEARING}-pack.zip"
    with zipfile.ZipFile(downloaded.value.path()) as archive:
        assert archive.testzip() is None
        assert "workbook.xlsx" in archive.namelist()
    # The page notices by itself, and nothing is left on the disk of the service.
    expect(page.get_by_text("You have fetched this pack.")).to_be_visible()
    assert [one for one in (service.data / "packs").rglob("*") if one.is_file()] == []
