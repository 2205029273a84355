"""Systems as data: current entries, filters, and every version."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import OPERATOR
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import document_version
from tests.api.problems import problem_of
from tests.shipped import SYSTEMS


def ids(client: TestClient, query: str = "") -> list[str]:
    answer = client.get(f"/api/v1/systems{query}")
    assert answer.status_code == 200
    return [system["id"] for system in answer.json()["systems"]]


def test_the_list_holds_every_system_with_what_a_list_needs(client: TestClient) -> None:
    answer = client.get("/api/v1/systems")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    listed = {system["id"]: system for system in answer.json()["systems"]}
    assert len(listed) == len(SYSTEMS)
    compas = listed["compas"]
    assert compas["agency"] == "broward-county"
    assert compas["datasets"] == ["compas-broward"]
    assert compas["compiled_by"] == "independent_compilation"
    assert compas["version"] == 1
    assert compas["functions"]
    assert compas["published_at"].endswith("+00:00")
    # What only old sources show is not called today's state.
    assert (compas["stage"], compas["last_seen"]) == ("operational_when_last_seen", "2016")
    london = listed["met-live-facial-recognition"]
    assert (london["stage"], london["last_seen"]) == ("operational", "2026-04-21")
    in_use = ids(client, "?stage=operational")
    assert "met-live-facial-recognition" in in_use
    assert "compas" not in in_use


def test_filters_narrow_the_list_and_repeat(client: TestClient) -> None:
    everything = ids(client)
    agency = ids(client, "?agency=broward-county")
    assert agency == ["compas"]
    assert set(ids(client, "?agency=broward-county&agency=china")) == {"compas", "gait-recognition"}
    listed = client.get("/api/v1/systems").json()["systems"]
    for name in ("function", "stage"):
        value = listed[0]["stage"] if name == "stage" else listed[0]["functions"][0]
        found = ids(client, f"?{name}={value}")
        fitting = [one["id"] for one in listed if value in (one["stage"], *one["functions"])]
        assert found == fitting
        assert 0 < len(found) < len(everything)
    assert ids(client, "?agency=nowhere") == []
    assert ids(client, "?agency=broward-county&stage=nothing") == []


def test_words_are_searched_for(client: TestClient) -> None:
    assert ids(client, "?q=compas")[0] == "compas"
    assert ids(client, "?q=zzzz") == []
    assert "anpr" in ids(client, "?q=license+plate")
    assert ids(client, "?q=anrp")[0] == "anpr"
    assert ids(client, "?q=SKELLEFTEA")[0] == "skelleftea-school-face-recognition"
    assert len(ids(client, "?q=")) == len(SYSTEMS)
    assert ids(client, f"?q={'x' * 5000}") == []


def test_a_system_is_given_whole(client: TestClient, house: Deployment) -> None:
    found = client.get("/api/v1/systems/compas").json()
    with reading(house.engine) as db:
        version = entry_of(db, "compas").version
    assert found["entry"] == version.document
    assert found["sha256"] == version.sha256
    assert found["actor"] == "compilation"
    assert found["ledger_event"] == version.seq
    assert found["entry"]["name"] == "COMPAS risk scores"


def test_an_older_version_stays_readable_beside_the_new_one(client: TestClient, house: Deployment) -> None:
    with writing(house.engine) as db:
        entry = entry_of(db, "compas").entry.model_copy(update={"name": "COMPAS, renamed"})
        publish_entry(db, OPERATOR, entry, note="Another name")
    history = client.get("/api/v1/systems/compas/versions").json()
    assert history["system"] == "compas"
    assert [(one["version"], one["note"]) for one in history["versions"]] == [
        (1, "First publication"),
        (2, "Another name"),
    ]
    first = client.get("/api/v1/systems/compas/versions/1")
    assert first.json()["entry"]["name"] == "COMPAS risk scores"
    assert "max-age" in first.headers["cache-control"]
    assert client.get("/api/v1/systems/compas").json()["entry"]["name"] == "COMPAS, renamed"
    assert client.get("/api/v1/systems/compas").headers["cache-control"] == "no-store"
    with reading(house.engine) as db:
        of_systems = select(document_version).where(document_version.c.kind == "system")
        assert len(db.execute(of_systems).all()) == len(SYSTEMS) + 1


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/systems/unknown",
        "/api/v1/systems/unknown/versions",
        "/api/v1/systems/unknown/versions/1",
        "/api/v1/systems/compas/versions/0",
        "/api/v1/systems/compas/versions/2",
        "/api/v1/systems/compas/versions/999999999",
        f"/api/v1/systems/compas/versions/{'9' * 5000}",
        "/api/v1/systems/compas/versions/one",
        "/api/v1/systems/compas/versions/-1",
        "/api/v1/systems/COMPAS",
        "/api/v1/systems/%00",
        "/api/v1/systems/%ff",
        "/api/v1/systems/compas%27%20OR%201=1",
        "/api/v1/",
        "/api/v1/nothing",
    ],
)
def test_what_is_not_there_is_a_problem_with_404(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_system_is_named(client: TestClient) -> None:
    assert "unknown-one" in problem_of(client.get("/api/v1/systems/unknown-one"), 404)["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_register_cannot_be_written_to(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/systems/compas", json={})
    problem_of(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_more_values_than_anybody_needs_are_refused_by_name(client: TestClient) -> None:
    many = "&".join(["agency=x"] * 20)
    assert client.get(f"/api/v1/systems?{many}").status_code == 200
    answer = client.get(f"/api/v1/systems?{many}&agency=y")
    assert (answer.status_code, [one["field"] for one in answer.json()["faults"]]) == (422, ["agency"])
