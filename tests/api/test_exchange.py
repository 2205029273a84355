"""The register to take away over HTTP: every file is there, says what it is, and unknown names are not."""

from __future__ import annotations

import csv
import io
from xml.etree.ElementTree import Element, fromstring

import pytest
from sqlalchemy import RowMapping
from starlette.testclient import TestClient

from hearing_app.api import feeds
from hearing_app.deployment import Deployment
from hearing_app.documents.exchange import FILES
from hearing_app.people.permissions import OPERATOR
from hearing_app.record import versions
from hearing_app.registry.published import all_entries, entry_of, publish_entry
from hearing_app.store.engine import reading, writing

from .problems import problem_of

ATOM = "{http://www.w3.org/2005/Atom}"


def test_each_file_is_given_as_what_it_is(client: TestClient, house: Deployment) -> None:
    index = client.get("/api/v1/systems/hart/exports").json()
    assert [one["file"] for one in index["files"]] == list(FILES)
    for one in index["files"]:
        name = one["file"]
        answer = client.get(one["address"].removeprefix(house.settings.address))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == one["media_type"] == FILES[name].media_type
        assert answer.headers["content-disposition"] == f'attachment; filename="hart-{name}"'
        assert answer.headers["record-checkpoint"]
        assert b"hart" in answer.content or b"Harm" in answer.content


def test_what_a_file_cannot_hold_stands_on_a_page_of_its_own(client: TestClient) -> None:
    page = client.get("/record/systems/hart").text
    assert 'href="/record/systems/hart/exports"' in page
    assert "What nl.json cannot hold" not in page
    assert "What nl.json cannot hold" in client.get("/record/systems/hart/exports").text
    assert client.get("/record/systems/nothing/exports").status_code == 404


def test_what_is_not_there_is_said_to_be_not_there(client: TestClient) -> None:
    for path in (
        "/api/v1/systems/hart/exports/nothing",
        "/api/v1/systems/nothing/exports",
        "/api/v1/systems/nothing/exports/nl.json",
        "/api/v1/systems/nothing/feed.atom",
        "/api/v1/agencies/nothing/feed.atom",
        "/api/v1/functions/nothing/feed.atom",
    ):
        problem_of(client.get(path), 404)


def test_the_whole_register_in_one_file_of_each_kind(client: TestClient, house: Deployment) -> None:
    with reading(house.engine) as db:
        ids = {one.entry.id for one in all_entries(db)}
    table = client.get("/api/v1/systems.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert {row["entry_id"] for row in rows} == ids
    for row in rows[:3]:
        path = row["permalink"].removeprefix(house.settings.address)
        assert client.get(path).status_code == 200
    whole = client.get("/api/v1/systems.json").json()["systems"]
    assert {one["entry_id"] for one in whole} == ids
    assert {one["sha256"] for one in whole} == {row["sha256"] for row in rows}
    catalogue = client.get("/api/v1/catalogue.jsonld")
    assert catalogue.headers["content-type"] == "application/ld+json"
    assert len(catalogue.json()["dcat:dataset"]) == len(ids)


def feed_of(client: TestClient, place: str) -> Element:
    answer = client.get(f"/api/v1/{place}/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    return fromstring(answer.content)  # noqa: S314 - our own feed


def texts(element: Element, name: str) -> list[str]:
    return [one.text or "" for one in element.iter(f"{ATOM}{name}")]


def test_a_feed_tells_each_version_with_its_note_and_what_changed(
    client: TestClient, house: Deployment
) -> None:
    with writing(house.engine) as db:
        entry = entry_of(db, "hart").entry.model_copy(update={"name": "HART, renamed"})
        publish_entry(db, OPERATOR, entry, note="Another name & sign")
    feed = feed_of(client, "systems/hart")
    entries = feed.findall(f"{ATOM}entry")
    assert texts(feed, "summary") == ["Another name & sign", "First publication"]
    assert texts(entries[0], "title") == ["HART, renamed, version 2"]
    ids = texts(feed, "id")
    assert len(set(ids)) == 3
    assert all(one.startswith("urn:hearing:") for one in ids)
    assert texts(feed, "updated")[0] == max(texts(feed, "updated"))
    for link in feed.iter(f"{ATOM}link"):
        path = link.attrib["href"].removeprefix(house.settings.address)
        if path != "/register":
            assert client.get(path).status_code == 200, path
    related = [link.attrib["rel"] for link in entries[0].findall(f"{ATOM}link")]
    assert related == ["alternate", "related"]


def test_feeds_of_an_agency_and_of_a_kind_hold_their_own_alone(client: TestClient, house: Deployment) -> None:
    with reading(house.engine) as db:
        entries = [one.entry for one in all_entries(db)]
    agency, function = entries[0].deployer.agency, entries[0].functions[0]
    mine = {one.id for one in entries if one.deployer.agency == agency}
    alike = {one.id for one in entries if function in one.functions}
    for place, expected in ((f"agencies/{agency}", mine), (f"functions/{function}", alike)):
        told = feed_of(client, place).findall(f"{ATOM}entry")
        assert {texts(one, "id")[0].split(":")[-2] for one in told} == expected
    assert feed_of(client, "functions/coding_assistant").findall(f"{ATOM}entry") == []


def test_a_long_history_is_told_from_its_end_and_read_no_further(
    client: TestClient, house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many entries and versions there are, a feed reads those that it tells."""
    with writing(house.engine) as db:
        for number in range(2, 6):
            for name in ("hart", "compas"):
                entry = entry_of(db, name).entry.model_copy(update={"name": f"{name} {number}"})
                publish_entry(db, OPERATOR, entry, note=f"{name} {number}")
        agency = entry.deployer.agency
    expected = texts(feed_of(client, f"agencies/{agency}"), "summary")
    assert expected[0] == "compas 5"
    read: list[RowMapping] = []
    original = versions._version

    def noted(row: RowMapping) -> versions.Version:
        read.append(row)
        return original(row)

    monkeypatch.setattr(versions, "_version", noted)
    monkeypatch.setattr(feeds, "MOST", 3)
    assert texts(feed_of(client, f"agencies/{agency}"), "summary") == expected[:3]
    assert len([row for row in read if row["kind"] == "system"]) == 3
    read.clear()
    assert texts(feed_of(client, "systems/hart"), "summary") == ["hart 5", "hart 4", "hart 3"]
    assert [row["version"] for row in read if row["document_id"] == "hart"] == [5, 5, 4, 3]


def test_the_last_versions_of_many_documents_are_found(house: Deployment) -> None:
    with writing(house.engine) as db:
        entry = entry_of(db, "hart").entry.model_copy(update={"name": "HART, renamed"})
        publish_entry(db, OPERATOR, entry)
        every = [one for id in ("hart", "compas") for one in versions.versions_of(db, "system", id)]
        every.sort(key=lambda one: one.seq, reverse=True)
        ids = {"compas", "hart", *(f"none-{number}" for number in range(1_200))}
        assert versions.last_versions(db, "system", ids, 50) == every
        assert versions.last_versions(db, "system", ids, 2) == every[:2]
        assert versions.last_versions(db, "system", [], 50) == []
        assert versions.last_versions(db, "hearing", ids, 50) == []


def test_the_ids_do_not_change_with_the_address(client: TestClient, house: Deployment) -> None:
    before = texts(feed_of(client, "systems/hart"), "id")
    moved = house.settings.model_copy(update={"public_url": "https://elsewhere.example.org"})
    object.__setattr__(house, "settings", moved)
    assert texts(feed_of(client, "systems/hart"), "id") == before


def test_a_permanent_page_names_its_feed_in_its_head(client: TestClient) -> None:
    assert (
        'type="application/atom+xml" href="/api/v1/systems/hart/feed.atom"'
        in client.get("/record/systems/hart").text
    )
    assert 'type="application/atom+xml" href="/feed.atom"' in client.get("/record").text
    assert "Take it with you" in client.get("/record/systems/hart").text
