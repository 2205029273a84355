"""A file goes from a browser to its comment through a real server, and a bomb takes nothing down."""

from __future__ import annotations

import secrets
from types import SimpleNamespace

import httpx2
import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import OpenPage
from tests.hearings import strange_files

pytestmark = pytest.mark.browser
HEARING = "demonstration-risk-scores"


def test_a_file_is_added_refused_and_removed_without_a_script(
    service: SimpleNamespace, open_page: OpenPage
) -> None:
    sent = httpx2.post(
        f"{service.address}/api/v1/hearings/{HEARING}/comments",
        json={
            "draft_id": secrets.token_hex(16),
            "system_id": "compas",
            "system_version": 1,
            "concern": "Who looks at the signs in the street?",
        },
        timeout=60,
    ).json()
    page = open_page(f"{service.address}/my-comment/files", width=390)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url))

    def send(name: str, content: bytes) -> None:
        page.get_by_label("Receipt: 16 digits").fill(sent["receipt"])
        page.get_by_label("What it shows").fill("The sign at the corner")
        file = FilePayload(name=name, mimeType="image/png", buffer=content)
        page.get_by_label("File: PDF").set_input_files(file)
        page.get_by_role("button", name="Send this file").click()

    send("<img src=x onerror=alert(1)>.jpg", strange_files.jpeg())
    expect(page.get_by_role("status")).to_contain_text(f"{sent['comment_id']}-1.jpg")
    expect(page.get_by_text("This file waits to be looked at")).to_be_visible()
    for content in (strange_files.png_bomb(), strange_files.pdf_bomb(), b"<svg onload=alert(1)>"):
        send("innocent.png", content)
        expect(page.get_by_role("alert")).to_be_visible()
    assert httpx2.get(f"{service.address}/healthz", timeout=60).status_code == 200
    page.get_by_label("To see or remove files").fill(sent["receipt"])
    page.get_by_role("button", name="Show my files").click()
    page.get_by_role("button", name="Remove file 1 for good").click()
    expect(page.get_by_role("status")).to_contain_text("The file was removed.")
    digits = sent["receipt"].replace(" ", "")
    assert not any(digits in url.replace("%20", "").replace("+", "") for url in told)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
