"""The Atom feed is well formed whatever a title holds, and each entry leads to its document."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

from starlette.testclient import TestClient

from hearing_app.deployment import Deployment, use
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.versions import publish_version
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.store.engine import writing
from tests.shipped import HEARINGS, SYSTEMS

ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(client: TestClient) -> Element:
    answer = client.get("/feed.atom")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return fromstring(answer.content)  # noqa: S314 - our own feed


def text_of(element: Element, name: str) -> str:
    found = element.find(f"{ATOM}{name}")
    assert found is not None
    return found.text or ""


def test_the_feed_has_an_entry_for_each_document(client: TestClient) -> None:
    feed = feed_of(client)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(SYSTEMS) + len(HEARINGS)
    for name in ("id", "title", "updated"):
        assert text_of(feed, name)
        assert all(text_of(entry, name) for entry in entries)
    assert len({text_of(entry, "id") for entry in entries}) == len(entries)
    assert text_of(feed, "updated") == max(text_of(entry, "updated") for entry in entries)


def test_every_entry_leads_to_a_page(client: TestClient, house: Deployment) -> None:
    for entry in feed_of(client).findall(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link")
        assert link is not None
        address = link.get("href", "")
        assert address.startswith(f"{house.settings.address}/record/")
        assert client.get(address.removeprefix(house.settings.address)).status_code == 200


def test_the_newest_stands_first_under_its_own_number(client: TestClient, house: Deployment) -> None:
    with writing(house.engine) as db:
        entry = entry_of(db, "compas").entry.model_copy(update={"name": "COMPAS, renamed"})
        publish_entry(db, OPERATOR, entry, note="Another name")
    first = feed_of(client).findall(f"{ATOM}entry")[0]
    assert text_of(first, "title") == "COMPAS, renamed"
    assert text_of(first, "id").endswith("/record/systems/compas#version-2")
    assert text_of(first, "summary").startswith("Version 2: Another name. ")


def test_no_sign_breaks_the_feed(client: TestClient, house: Deployment) -> None:
    hostile = "</title><script>\x00\x01\x1b\u202e\ufffe\uffff & ]]> \u2028"
    settings = house.settings.model_copy(update={"operator_name": hostile})
    use(replace(house, settings=settings))
    with writing(house.engine) as db:
        publish_version(
            db,
            actor="operator",
            kind="system",
            document_id="hostile",
            document={"name": hostile, "summary": hostile},
            note=hostile,
        )
    feed = feed_of(client)
    entry = feed.findall(f"{ATOM}entry")[0]
    assert text_of(entry, "title") == "</title><script> & ]]>"
    assert text_of(entry, "summary").startswith("Version 1: </title><script> & ]]>")
