"""The permanent pages: whole documents without a script, for every reader and printer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from httpx2 import Response
from sqlalchemy import update
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import OPERATOR
from hearing_app.registry.published import all_entries, entry_of, publish_entry
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment
from tests.api.conftest import CLOSED_HEARING, OPEN_HEARING
from tests.documents.reading import Page, read
from tests.shipped import HEARINGS, SYSTEMS


def page_of(answer: Response, status: int = 200) -> Page:
    """Check what every page must have, and return it."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>")
    page = read(answer.text.replace("<!DOCTYPE html>", "", 1))
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("script") == []
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert [meta["name"] for meta in page.all("meta") if "name" in meta] == ["viewport"]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [1 for _, attributes in page.elements if "style" in attributes]
    for element, attributes in page.elements:
        loaded = attributes.get("src", "") if element == "img" else ""
        loaded = loaded or (attributes["href"] if element == "link" else "")
        assert loaded.startswith(("/", "data:image/svg+xml,")) or not loaded
    return page


@pytest.mark.parametrize(
    "path", ["/record", "/sign-in", "/sign-out", f"/record/hearings/{OPEN_HEARING}", "/record/systems/compas"]
)
def test_every_page_is_whole_without_a_script(client: TestClient, path: str) -> None:
    page_of(client.get(path))


@pytest.mark.parametrize("path", ["/record", "/my-comment/files", "/sign-in"])
def test_the_menu_of_plain_pages_leads_where_that_of_the_app_does(client: TestClient, path: str) -> None:
    menu = page_of(client.get(path)).text.partition("About")[0]
    for words in ("Home", "The record", "Register", "Evidence", "Hearings", "My receipt"):
        assert words in menu
    links = [link["href"] for link in page_of(client.get(path)).all("a")]
    assert {"/evidence", "/my-comment"} <= set(links)


def test_every_document_of_the_index_can_be_read(client: TestClient) -> None:
    index = page_of(client.get("/record"))
    links = [link["href"] for link in index.all("a") if link["href"].startswith("/record/")]
    # The hearings, the systems, and what is not of one of them.
    assert {link for link in links if link.startswith("/record/systems/")} == {
        f"/record/systems/{name}" for name in SYSTEMS
    }
    assert {f"/record/hearings/{name}" for name in HEARINGS} <= set(links)
    for link in links:
        page_of(client.get(link))
    assert re.search(r"\d+ events", index.text)


def test_every_entry_says_that_it_is_an_independent_compilation(
    client: TestClient, house: Deployment
) -> None:
    with reading(house.engine) as db:
        entries = [one.entry for one in all_entries(db)]
    for entry in entries:
        page = page_of(client.get(f"/record/systems/{entry.id}"))
        assert "independent compilation" in page.text.lower()
        assert page.text.count(entry.name) >= 1


def test_a_systems_page_shows_its_figures_and_hearings(client: TestClient) -> None:
    page = page_of(client.get("/record/systems/compas"))
    assert "About 45 of 100" in page.text
    assert "About 23 of 100" in page.text
    assert "a demonstration hearing" in page.text
    assert "Explore the figures yourself: COMPAS risk scores and re-arrest within two years" in page.text


def test_an_older_version_is_shown_under_its_number(client: TestClient, house: Deployment) -> None:
    with writing(house.engine) as db:
        entry = entry_of(db, "compas").entry.model_copy(update={"name": "COMPAS, renamed"})
        publish_entry(db, OPERATOR, entry, note="Another name")
    assert "COMPAS, renamed" in page_of(client.get("/record/systems/compas")).text
    first = page_of(client.get("/record/systems/compas/1"))
    assert "COMPAS risk scores (version 1)" in first.text
    assert "renamed" not in first.text.split("This entry:")[0]


def test_a_hearings_page_shows_what_was_said(client: TestClient, published: Callable[..., str]) -> None:
    published(concern="<script>alert(1)</script> and more words.", stance="oppose")
    page = page_of(client.get(f"/record/hearings/{OPEN_HEARING}"))
    assert "<script>alert(1)</script> and more words." in page.text
    assert "Open for comments until" in page.text
    assert "Against its use" not in page.text
    closed = page_of(client.get(f"/record/hearings/{CLOSED_HEARING}"))
    assert "Closed." in closed.text
    assert "No comment has been published yet." in closed.text


@pytest.mark.parametrize(
    "path",
    [
        "/record/systems/unknown",
        "/record/systems/compas/2",
        f"/record/systems/compas/{'9' * 5000}",
        "/record/hearings/unknown",
        "/record/nothing",
        "/nothing",
        "/record/systems/<script>alert(1)</script>",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(client: TestClient, path: str) -> None:
    page = page_of(client.get(path), 404)
    assert "There is nothing at this address" in page.text


def test_a_method_that_is_not_offered_is_refused(client: TestClient) -> None:
    answer = client.delete("/record")
    page_of(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_the_stylesheet_and_the_favicon_may_be_kept(client: TestClient) -> None:
    style = client.get("/record/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "@import" not in style.text
    assert "url(" not in style.text.replace("url(data:", "")
    for path in ("/favicon.svg", "/favicon.png"):
        assert client.get(path).headers["content-type"] == "image/svg+xml"
        assert "max-age=86400" in client.get(path).headers["cache-control"]


def test_search_engines_are_kept_from_staff_pages_and_receipts(client: TestClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    for path in ("/sign-in", "/invitation/", "/desk", "/my-comment", "/_stcore/"):
        assert f"Disallow: {path}" in lines
    assert "Disallow: /" not in lines


def test_a_comments_day_is_that_of_the_hearings_zone(
    client: TestClient, house: Deployment, published: Callable[..., str]
) -> None:
    number = published()
    # Half past eleven in the evening by UTC is half past midnight of the next day in a London summer.
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    with writing(house.engine) as db:
        db.execute(update(comment).where(comment.c.comment_id == number).values(submitted_at=late))
    page = page_of(client.get(f"/record/hearings/{OPEN_HEARING}"))
    assert "2 July 2026" in page.text
    assert "1 July 2026" not in page.text
