"""The pictures as data: every one that a dataset lists, and refusals that say what is possible."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from hearing_app.api.openapi import description
from tests.api.problems import fields_of, problem_of

URL = "/api/v1/datasets/compas-broward/exhibits"


def ask(client: TestClient, name: str, *params: tuple[str, str]) -> dict[str, Any]:
    answer = client.get(f"{URL}/{name}?{urlencode(params)}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_picture_that_is_listed_can_be_had_as_promised(client: TestClient) -> None:
    for one in client.get("/api/v1/datasets").json()["datasets"]:
        whole = client.get(f"/api/v1/datasets/{one['id']}").json()
        by = next((c["name"] for c in whole["manifest"]["columns"] if c["role"] in {"group", "time"}), "")
        # As the page opens: the first population, by the first column.
        first = whole["manifest"]["populations"][0]["where"]
        query = urlencode([("by", by), *(("where", f"{key}:{value}") for key, value in first.items())])
        for listed in whole["exhibits"]:
            answer = client.get(f"{listed['url']}?{query}")
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert found["dataset"] == one["id"]
            assert found["exhibit"] == listed["id"]
            assert found["version"] == whole["version"]
            assert found["title"] and found["sentences"]
            assert {len(row) for row in found["rows"]} <= {len(found["columns"])}
            table = client.get(f"{listed['url']}?{query}&format=csv")
            assert table.headers["content-type"] == "text/csv; charset=utf-8"
            assert f"{one['id']}-{listed['id']}-" in table.headers["content-disposition"]
            rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
            assert len(rows) == 1 + len(found["rows"])


def test_thresholds_that_are_tried_are_those_of_the_address(client: TestClient) -> None:
    found = ask(client, "what-if", ("by", "race"), ("cut", "8"), ("cut", "race:Caucasian:6"))
    rows = {row[0]: dict(zip(found["columns"], row, strict=True)) for row in found["rows"]}
    assert (rows["Black"]["tried"], rows["White"]["tried"]) == (8, 6)
    assert rows["Black"]["No longer singled out: not re-arrested"] == 521
    assert rows["Black"]["No longer singled out: re-arrested"] == 628


def test_the_address_of_a_page_can_be_passed_on_as_it_is(client: TestClient) -> None:
    page = (("dataset", "compas-broward"), ("by", "race"), ("picture", "roc"), ("metric", "accuracy"))
    assert ask(client, "roc", *page) == ask(client, "roc", ("by", "race"))


def test_undefined_is_null(client: TestClient) -> None:
    found = ask(client, "precision", ("by", "race"))
    up = found["columns"].index("up")
    nobody = [row for row in found["rows"] if row[1] == 11]
    assert [row[up] for row in nobody] == [None] * 6


def test_a_picture_that_is_not_there_is_a_404_that_names_those_that_are(client: TestClient) -> None:
    for name in ("nothing", "funnel", "x" * 200):
        problem = problem_of(client.get(f"{URL}/{name}"), 404)
        assert "what-if, definitions, gaps, roc" in problem["detail"]
    problem_of(client.get("/api/v1/datasets/unknown/exhibits/roc"), 404)
    empty = next(
        one["id"]
        for one in client.get("/api/v1/datasets").json()["datasets"]
        if "roc" not in client.get(f"/api/v1/datasets/{one['id']}").text
    )
    problem_of(client.get(f"/api/v1/datasets/{empty}/exhibits/roc"), 404)


@pytest.mark.parametrize(
    ("name", "query", "fields"),
    [
        ("roc", "by=colour", ["by"]),
        ("roc", "threshold=99", ["threshold"]),
        ("roc", "metric=guilt", ["metric"]),
        ("roc", "format=xlsx", ["format"]),
        ("roc", "where=race:Martian", ["where"]),
        ("roc", "nonsense=1", ["nonsense"]),
        ("definitions", "", ["by"]),
        ("gaps", "by=race&where=race:Asian", ["by"]),
        ("trade-off", "", ["by"]),
        ("what-if", "by=race&cut=99&cut=race:Martian:5", ["cut", "cut"]),
        ("what-if", "by=race&" + "&".join(["cut=5"] * 30), ["cut"]),
        ("roc", "by=race&release=0000000000", ["release"]),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(
    client: TestClient, name: str, query: str, fields: list[str]
) -> None:
    answer = client.get(f"{URL}/{name}?{query}")
    assert fields_of(answer) == fields


def test_a_dataset_that_is_not_about_scores_has_no_thresholds_to_try(client: TestClient) -> None:
    answer = client.get("/api/v1/datasets/nypd-stops/exhibits/outcome-test?by=race_code&threshold=5")
    assert fields_of(answer) == ["threshold"]


def test_the_description_fits_what_is_given(client: TestClient) -> None:
    whole = description()
    schema = {"$ref": "#/components/schemas/Exhibit", "components": whole["components"]}
    for name in ("roc", "what-if", "gaps", "definitions"):
        validator_for(schema).validate(ask(client, name, ("by", "race")))


def test_a_figure_that_a_picture_cannot_show_is_refused(client: TestClient) -> None:
    answer = client.get(f"{URL}/trade-off?by=race&metric=roc_auc")
    assert answer.status_code == 422
    assert "false_positive_rate" in answer.text
    assert "false positive rate" in ask(client, "trade-off", ("by", "race"))["title"]
