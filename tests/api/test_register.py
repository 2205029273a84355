"""The register as a whole: pages of a list, filters and counts, systems side by side, coverage."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from io import StringIO

import pytest
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment, use
from hearing_app.registry.facets import FACETS
from hearing_app.registry.register import register_of
from hearing_app.store.engine import reading
from tests.api.problems import problem_of


def test_the_parts_of_the_list_are_the_whole_list(client: TestClient) -> None:
    whole = client.get("/api/v1/systems").json()
    assert whole["next"] is None
    assert whole["total"] == len(whole["systems"])
    found, address = [], "/api/v1/systems?limit=4&compare=later"
    while address:
        part = client.get(address).json()
        assert part["total"] == whole["total"]
        found += part["systems"]
        address = part["next"]
    assert found == whole["systems"]


def test_words_are_said_where_they_stand(client: TestClient) -> None:
    [first, *_] = client.get("/api/v1/systems?q=geolitica").json()["systems"]
    assert first["id"] == "predpol"
    assert first["found_in"]["field"] == "aliases"
    assert "Geolitica" in first["found_in"]["text"]
    assert "found_in" not in client.get("/api/v1/systems").json()["systems"][0]


def test_every_filter_is_counted_as_it_filters(client: TestClient) -> None:
    facets = client.get("/api/v1/systems?facets=true").json()["facets"]
    assert list(facets) == [facet.name for facet in FACETS]
    for name, choices in facets.items():
        choice = choices[-1]
        answer = client.get("/api/v1/systems", params={name: choice["value"]}).json()
        assert (answer["total"], choice["label"] != "") == (choice["count"], True), name


def test_the_filter_by_a_rule_shows_what_the_rule_touches(client: TestClient) -> None:
    """The data of the rules and the filter of the register say the same, and so does each entry alone."""
    chosen = {one["value"]: one for one in client.get("/api/v1/systems?facets=true").json()["facets"]["rule"]}
    rules = client.get("/api/v1/rules").json()["rules"]
    unclear: set[str] = set()
    concerned: set[str] = set()
    for one in rules:
        id, parts = one["rule"]["id"], one["systems"]
        touched = {name for part in parts for name in part["touched"]}
        unclear |= {name for part in parts for name in part["cannot_tell"]}
        concerned |= touched
        found = client.get("/api/v1/systems", params={"rule": id}).json()["systems"]
        assert {system["id"] for system in found} == touched
        assert (id in chosen) == bool(touched)
        if touched:
            assert chosen[id] == {
                "value": id,
                "label": f"{id}: {one['rule']['title']}",
                "count": len(touched),
            }
    assert concerned
    found = client.get("/api/v1/systems?rule=cannot_tell").json()["systems"]
    assert {system["id"] for system in found} == unclear
    every = {system["id"] for system in client.get("/api/v1/systems").json()["systems"]}
    none = client.get("/api/v1/systems?rule=none").json()["systems"]
    assert {system["id"] for system in none} == every - unclear - concerned


def test_a_rule_that_changes_changes_the_filter(client: TestClient, house: Deployment) -> None:
    before = client.get("/api/v1/systems?rule=R-20").json()["total"]
    registry = house.settings.data / "registry"
    shutil.copytree(house.settings.registry / "rules", registry / "rules")
    use(replace(house, settings=house.settings.model_copy(update={"registry": registry})))
    assert client.get("/api/v1/systems?rule=R-20").json()["total"] == before
    (registry / "rules" / "R-20.yaml").unlink()
    assert client.get("/api/v1/systems?rule=R-20").json()["total"] == 0
    facets = client.get("/api/v1/systems?facets=true").json()["facets"]["rule"]
    assert "R-20" not in {one["value"] for one in facets}
    (registry / "rules" / "R-21.yaml").write_text("a: [", encoding="utf-8")
    answer = client.get("/api/v1/systems?facets=true").json()
    assert answer["facets"]["rule"] == []
    assert answer["total"] > 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("after=nothing", "after"),
        ("facets=x", "facets"),
    ],
)
def test_what_the_list_does_not_take_is_refused_by_name(client: TestClient, query: str, field: str) -> None:
    problem = problem_of(client.get(f"/api/v1/systems?{query}"), 422)
    assert [one["field"] for one in problem["faults"]] == [field]


def test_systems_stand_side_by_side(client: TestClient) -> None:
    query = "system=compas&system=predpol&system=chicago-ssl"
    found = client.get(f"/api/v1/compare?{query}").json()
    assert [one["id"] for one in found["systems"]] == ["compas", "predpol", "chicago-ssl"]
    rows = {row["field"]: row for row in found["rows"]}
    assert rows["purpose"]["likeness"] == "different"
    entry = client.get("/api/v1/systems/predpol").json()["entry"]
    assert rows["purpose"]["values"][1]["value"] == entry["purpose"]
    fewer = client.get(f"/api/v1/compare?{query}&only=differences").json()["rows"]
    assert {row["likeness"] for row in fewer} <= {"different", "some"}
    page = client.get(f"/record/compare?{query}&only=differences")
    assert page.status_code == 200
    assert "≠" in page.text
    assert "/record/compare?system=compas&amp;system=predpol&amp;only=differences" in page.text


@pytest.mark.parametrize("query", ["", "?system=compas"])
def test_with_fewer_than_two_the_page_says_what_to_do(client: TestClient, query: str) -> None:
    assert "Choose" in client.get(f"/record/compare{query}").text
    problem_of(client.get(f"/api/v1/compare{query}"), 422)


def test_more_than_four_and_unknown_ones_are_refused(client: TestClient, house: Deployment) -> None:
    with reading(house.engine) as db:
        five = "&".join(f"system={one.id}" for one in register_of(db).ordered[:5])
    for page in ("/api/v1/compare", "/record/compare"):
        assert client.get(f"{page}?{five}").status_code == 422
        assert client.get(f"{page}?system=compas&system=nothing").status_code == 404
    problem_of(client.get("/api/v1/compare?system=compas&system=compas"), 422)
    problem_of(client.get("/api/v1/compare?system=compas&system=predpol&only=nothing"), 422)


def test_coverage_is_the_same_in_every_form(client: TestClient) -> None:
    data = client.get("/api/v1/coverage").json()["agencies"]
    rows = list(csv.DictReader(StringIO(client.get("/api/v1/coverage.csv").content.decode("utf-8-sig"))))
    assert [row["agency"] for row in rows] == [one["agency"] for one in data]
    for row, one in zip(rows, data, strict=True):
        for name, value in row.items():
            assert value == ("" if one[name] is None else str(one[name])), name
    assert sum(one["published"] for one in data) == client.get("/api/v1/systems").json()["total"]
    page = client.get("/record/coverage").text
    missing = [known for one in data for known in one["known_but_unregistered"]]
    assert missing
    for one in missing:
        assert one["name"] in page
        assert (one["known_from"]["address"] or one["known_from"]["title"]) in page


def test_the_index_leads_on_from_page_to_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearing_app.api.pages.LISTED", 7)
    first = client.get("/record").text
    assert "1 to 7 of " in first
    after = first.split("/record?after=")[1].split('"')[0]
    second = client.get(f"/record?after={after}").text
    assert "8 to " in second
    assert "The ones before" in second
