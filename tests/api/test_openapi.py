"""The description of the data interface describes every address that there is, and none that there is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import meta
from starlette.routing import Route
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.api.comments import _Sent
from hearing_app.api.openapi import description
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import CommentType, Consent, Stance, Standing, Target
from hearing_app.registry.entry import Entry

from .conftest import OPEN_HEARING
from .problems import problem_of

WHERE = (
    "hearing_app/api/openapi.yaml describes every route below /api/v1, /healthz and /feed.atom: under "
    "`paths`, with each answer and refusal, and what it is made of under `components`. Schemas of pydantic "
    "models are added in hearing_app/api/openapi.py."
)
Operation = tuple[str, str]


def routed() -> set[Operation]:
    """(method, path) of each route, with the parameters as OpenAPI writes them; HEAD goes with GET."""
    return {
        (method, re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path))
        for route in ROUTES
        if isinstance(route, Route) and route.path.startswith(("/api/v1/", "/healthz", "/feed.atom"))
        for method in (route.methods or set()) - {"HEAD"}
    }


def described() -> dict[Operation, dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in description()["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def test_every_route_is_described() -> None:
    missing = sorted(routed() - set(described()))
    assert not missing, f"Not described yet: {missing}. {WHERE}"


def test_nothing_is_described_that_is_not_there() -> None:
    left_over = sorted(set(described()) - routed())
    assert not left_over, f"Described, but there is no such route: {left_over}. {WHERE}"


def everything(part: Any) -> Iterator[Any]:
    yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from everything(inner)


def test_every_reference_leads_somewhere_and_everything_is_referred_to() -> None:
    components = description()["components"]
    there = {f"#/components/{kind}/{name}" for kind, named in components.items() for name in named}
    used = {part["$ref"] for part in everything(description()) if isinstance(part, dict) and "$ref" in part}
    assert used - there == set()
    assert there - used == set(), f"Described for nothing. {WHERE}"


@pytest.mark.parametrize("name", sorted(description()["components"]["schemas"]))
def test_every_schema_is_one(name: str) -> None:
    schema = description()["components"]["schemas"][name]
    meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_every_operation_says_who_it_is_and_how_it_refuses() -> None:
    names = [operation["operationId"] for operation in described().values()]
    assert len(set(names)) == len(names)
    for (_, path), operation in described().items():
        assert operation["summary"]
        refusals = {status: part for status, part in operation["responses"].items() if status >= "400"}
        assert "503" in refusals or path == "/api/v1/openapi.json"
        if "{" in path:
            assert "404" in refusals
        for part in refusals.values():
            whole = (
                description()["components"]["responses"][part["$ref"].split("/")[-1]]
                if "$ref" in part
                else part
            )
            assert whole["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


def test_what_models_read_is_described_by_them() -> None:
    schemas = description()["components"]["schemas"]
    assert set(schemas["Entry"]["properties"]) == set(Entry.model_fields)
    shown = set(Hearing.model_fields) - {"open_for_days"} | {"phase", "stage"}
    assert set(schemas["Hearing"]["properties"]) == shown
    assert set(schemas["Comment"]["properties"]) == set(_Sent.model_fields)
    for vocabulary in (Target, CommentType, Stance, Consent, Standing):
        assert schemas[vocabulary.__name__]["enum"] == [str(term) for term in vocabulary]


def test_it_is_served_as_it_is(client: TestClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(description()))
    assert answer.json()["openapi"].startswith("3.1.")


def test_the_example_of_a_comment_is_taken(client: TestClient) -> None:
    path = "/api/v1/hearings/{hearing_id}/comments"
    body = description()["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    answer = client.post(path.replace("{hearing_id}", OPEN_HEARING), json=body["example"])
    assert answer.status_code == 201, answer.text


def test_a_wrong_method_is_told_every_right_one(client: TestClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = client.request(method, f"/api/v1/hearings/{OPEN_HEARING}/comments")
        problem_of(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD, POST"
    assert client.post("/api/v1/systems").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/healthz", "/feed.atom"])
def test_programs_are_refused_in_their_own_language(client: TestClient, path: str) -> None:
    problem_of(client.post(path), 405)
