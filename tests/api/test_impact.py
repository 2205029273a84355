"""A system's impact level as data and as a page to print."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import COMPILATION
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.store.engine import reading, writing
from tests.registry.impact.answering import FACE_SEARCH


@pytest.fixture
def answered(house: Deployment) -> Entry:
    """The face search of London, with answers to the questionnaire."""
    with reading(house.engine) as db:
        entry = entry_of(db, "met-live-facial-recognition").entry
    impact = {
        "instrument_version": "1.0.1",
        "phase": "implementation",
        "answered_by": "A student's exercise",
        "answers": FACE_SEARCH,
    }
    made = Entry.model_validate(entry.model_dump(mode="json") | {"impact": impact})
    with writing(house.engine) as db:
        publish_entry(db, COMPILATION, made, note="Answers, for this test.")
    return made


def data(client: TestClient, system: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/systems/{system}/impact")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_floor_is_given_where_nothing_is_answered(client: TestClient) -> None:
    found = data(client, "met-live-facial-recognition")
    assert (found["level"], found["highest_level"], found["is_lower_bound"]) == (3, 4, True)
    assert (found["score"], found["open_questions"], found["moves"]) == (None, None, [])
    assert {"identification"} <= {one["id"] for one in found["floors"]}
    human = next(one for one in found["obligations"] if one["id"] == "human")
    assert human["fields"] == ["automation_level", "human_review"]
    # What is not known is null, and not the lowest level.
    assert data(client, "predpol")["level"] is None


@pytest.mark.usefixtures("answered")
def test_answers_give_points_with_what_is_still_possible(client: TestClient) -> None:
    found = data(client, "met-live-facial-recognition")
    assert found["version"] == 2
    assert found["score"]["raw"] == {"given": 96, "lowest": 96, "highest": 96}
    assert found["score"]["mit"] == {"given": 0, "lowest": 0, "highest": 77}
    assert found["score"]["adjusted"] == {"given": 96, "lowest": 82, "highest": 96}
    assert found["score"]["level_adjusted"] == {"given": 3, "lowest": 2, "highest": 3}
    assert (found["level"], found["highest_level"], found["is_lower_bound"]) == (3, 3, False)
    page = client.get("/record/systems/met-live-facial-recognition/impact").text
    assert "Level III" in page
    assert "82 to 96" in page
    assert "All answers" in page


def test_a_system_that_is_not_there_has_no_level(client: TestClient) -> None:
    for path in ("/api/v1/systems/nothing/impact", "/record/systems/nothing/impact"):
        assert client.get(path).status_code == 404
