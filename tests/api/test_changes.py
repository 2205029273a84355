"""What changed between versions, as data and as a plain page, and what the register adds to an entry."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import COMPILATION
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.store.engine import writing
from tests.api.problems import problem_of
from tests.documents.reading import assert_inert

ADDRESS = "/api/v1/systems/compas"


@pytest.fixture
def two_versions(house: Deployment) -> None:
    with writing(house.engine) as db:
        entry = entry_of(db, "compas").entry
        changed = entry.model_copy(update={"purpose": entry.purpose + " It is advice.", "unit": "Desk"})
        publish_entry(db, COMPILATION, changed, note="The unit is named.")


@pytest.mark.usefixtures("two_versions")
def test_the_changes_are_data(client: TestClient) -> None:
    found = client.get(f"{ADDRESS}/changes?from=1&to=2")
    assert found.status_code == 200
    told = found.json()
    assert (told["system"], told["from"]["version"], told["to"]["version"]) == ("compas", 1, 2)
    assert told["to"]["note"] == "The unit is named."
    assert [one["field"] for one in told["changes"]] == ["unit", "purpose"]
    assert told["changes"][0]["after"] == "Desk"
    assert client.get(f"{ADDRESS}/changes").json() == told
    back = client.get(f"{ADDRESS}/changes?from=2&to=1").json()
    assert [one["kind"] for one in back["changes"]] == ["removed", "changed"]


@pytest.mark.usefixtures("two_versions")
def test_the_changes_are_a_page_without_javascript(client: TestClient) -> None:
    answer = client.get("/record/systems/compas/changes?from=1&to=2")
    assert answer.status_code == 200
    page = assert_inert(answer.text.partition("<main")[2].partition(">")[2].partition("</main>")[0])
    assert "What changed: COMPAS risk scores" in page.text
    assert "added: Desk" in page.text
    entry = client.get("/record/systems/compas").text
    assert "/record/systems/compas/changes" in entry
    # The demonstration hearing opened with the first version.
    assert "What changed since the hearing" in entry
    assert "What changed since then" in entry


def test_what_is_no_version_is_a_problem_and_a_page(client: TestClient) -> None:
    problem = problem_of(client.get(f"{ADDRESS}/changes?from=1&to=7"), 422)
    assert [fault["field"] for fault in problem["faults"]] == ["to"]
    assert client.get("/record/systems/compas/changes?from=x").status_code == 422
    assert client.get("/record/systems/nothing/changes").status_code == 404
    assert client.get("/api/v1/systems/nothing/changes").status_code == 404


def test_an_entry_comes_with_what_the_register_adds(client: TestClient) -> None:
    found = client.get(ADDRESS).json()
    added = found["automatic"]
    assert added["publication"]["version"] == found["version"] == 1
    assert added["integrity"] == {
        "sha256": found["sha256"],
        "previous_sha256": None,
        "event": found["ledger_event"],
    }
    assert [one["id"] for one in added["hearings"]] == ["demonstration-risk-scores"]
    # A version never changes, and hearings do: they are not part of it.
    assert "automatic" not in client.get(f"{ADDRESS}/versions/1").json()


def test_the_standard_is_a_page(client: TestClient) -> None:
    answer = client.get("/record/standard")
    assert answer.status_code == 200
    assert "17. What it is for" in answer.text
