"""Datasets as data: the metrics keep to their contract, meet the reference, and refuse what does not fit."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from hearing_app.evidence.families.risk_score import METRICS
from tests.api.problems import fields_of, problem_of

ROOT = Path(__file__).parents[2]
METRICS_URL = "/api/v1/datasets/compas-broward/metrics"
REFERENCE = json.loads((ROOT / "tests/evidence/reference_compas.json").read_text())
NAMES = {
    "accuracy": "accuracy",
    "selection_rate": "selection_rate",
    "prevalence": "prevalence",
    "fpr": "false_positive_rate",
    "fnr": "false_negative_rate",
    "tpr": "true_positive_rate",
    "tnr": "true_negative_rate",
    "ppv": "positive_predictive_value",
    "npv": "negative_predictive_value",
    "auc": "roc_auc",
}
KEYS = ["dataset", "version", "by", "threshold", "where", "reference", "overall", "groups", "disparity"]


def ask(client: TestClient, *params: tuple[str, str]) -> dict[str, Any]:
    answer = client.get(f"{METRICS_URL}?{urlencode(params)}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def check_estimate(estimate: dict[str, Any]) -> None:
    assert {"value", "low", "high", "n"} <= set(estimate) <= {"value", "low", "high", "n", "small"}
    if estimate["n"] == 0:
        assert estimate == {"value": None, "low": None, "high": None, "n": 0}
    else:
        assert ("small" in estimate) == (estimate["n"] < 30)


def check_contract(found: dict[str, Any]) -> None:
    """The object has exactly the fields that are promised, with values of the promised types."""
    assert list(found) == KEYS
    assert found["version"].startswith("sha256:")
    assert len(found["version"]) == 7 + 64
    assert isinstance(found["threshold"], int)
    names = [metric.name for metric in METRICS]
    for part in (found["overall"], *found["groups"]):
        assert list(part["counts"]) == ["n", "tp", "fp", "tn", "fn"]
        assert part["counts"]["n"] == sum(part["counts"][name] for name in ("tp", "fp", "tn", "fn"))
        assert list(part["metrics"]) == names
        for estimate in part["metrics"].values():
            check_estimate(estimate)
    assert list(found["overall"]) == ["counts", "metrics"]
    assert list(found["disparity"]) == names
    for group in found["groups"]:
        assert list(group) == ["group", "counts", "metrics"]
        assert list(group["group"]) == found["by"]
    for comparisons in found["disparity"].values():
        for one in comparisons:
            assert list(one)[:3] == ["group", "difference", "ratio"]
            assert set(one) <= {"group", "difference", "ratio", "small"}
            assert list(one["difference"]) == list(one["ratio"]) == ["value", "low", "high"]


def test_the_metrics_are_the_object_of_the_contract(client: TestClient) -> None:
    found = ask(client, ("by", "race"), ("threshold", "5"))
    check_contract(found)
    assert found["dataset"] == "compas-broward"
    assert (found["by"], found["threshold"]) == (["race"], 5)
    assert (found["where"], found["reference"]) == ({}, {"race": "Caucasian"})
    black = next(one for one in found["groups"] if one["group"] == {"race": "African-American"})
    assert black["counts"] == {"n": 3696, "tp": 1369, "fp": 805, "tn": 990, "fn": 532}
    rate = black["metrics"]["false_positive_rate"]
    assert rate["value"] == 805 / 1795
    assert rate["n"] == 1795
    assert rate["low"] < rate["value"] < rate["high"]
    compared = found["disparity"]["false_positive_rate"]
    assert {"race": "Caucasian"} not in [one["group"] for one in compared]
    assert len(compared) == len(found["groups"]) - 1


@pytest.mark.parametrize(("threshold", "level"), [(5, "medium_or_high"), (8, "high")])
@pytest.mark.parametrize("by", ["race", "sex"])
def test_the_published_figures_are_met(client: TestClient, threshold: int, level: str, by: str) -> None:
    reference = REFERENCE["general_7214"]["metrics"][level]
    found = ask(client, ("by", by), ("threshold", str(threshold)))
    parts = {"ALL": found["overall"]}
    parts |= {f"{by}={one['group'][by]}": one for one in found["groups"]}
    assert set(parts) == {"ALL", *(name for name in reference if name.startswith(f"{by}="))}
    for name, part in parts.items():
        expected = reference[name]
        assert part["counts"] == {count: expected[count] for count in ("n", "tp", "fp", "tn", "fn")}
        for short, metric in NAMES.items():
            value = part["metrics"][metric]["value"]
            if expected[short] is None:
                assert value is None
            else:
                assert value == pytest.approx(expected[short], abs=1e-12)


def test_groups_cross_and_filters_repeat(client: TestClient) -> None:
    found = ask(client, ("by", "race,sex"), ("reference", "race:Hispanic"), ("reference", "sex:Female"))
    check_contract(found)
    assert found["reference"] == {"race": "Hispanic", "sex": "Female"}
    assert {tuple(one["group"]) for one in found["groups"]} == {("race", "sex")}
    assert sum(one["counts"]["n"] for one in found["groups"]) == 7214
    narrow = ask(client, ("by", "race"), ("where", "sex:Female"), ("where", "age_cat:25 - 45"))
    assert narrow["where"] == {"age_cat": "25 - 45", "sex": "Female"}
    assert 0 < narrow["overall"]["counts"]["n"] < 7214


def test_values_take_the_type_of_their_column(client: TestClient) -> None:
    manifest = client.get("/api/v1/datasets/compas-broward").json()["manifest"]
    column = next(one for one in manifest["columns"] if one["role"] == "filter" and one["type"] == "integer")
    value = column["values"][0]["value"]
    found = ask(client, ("where", f"{column['name']}:{value}"))
    assert found["where"] == {column["name"]: value}
    assert isinstance(found["where"][column["name"]], int)


def test_what_is_undefined_is_null_and_never_zero(client: TestClient) -> None:
    found = ask(client, ("by", "race"), ("threshold", "1"))
    for part in (found["overall"], *found["groups"]):
        undefined = part["metrics"]["negative_predictive_value"]
        assert undefined == {"value": None, "low": None, "high": None, "n": 0}


def test_without_parameters_everyone_is_counted_together(client: TestClient) -> None:
    found = ask(client)
    check_contract(found)
    assert (found["by"], found["groups"], found["threshold"]) == ([], [], 5)
    assert found["overall"]["counts"]["n"] == 7214


def test_the_csv_holds_the_same_figures(client: TestClient) -> None:
    answer = client.get(f"{METRICS_URL}?by=race&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    found = ask(client, ("by", "race"))
    name = f"compas-broward-{found['version'].removeprefix('sha256:')[:12]}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == (1 + len(found["groups"])) * len(METRICS)
    for group in found["groups"]:
        for metric, estimate in group["metrics"].items():
            row = next(r for r in rows if (r["race"], r["metric"]) == (group["group"]["race"], metric))
            assert (float(row["value"]) if row["value"] else None) == estimate["value"]
            assert int(row["n"]) == estimate["n"]


def test_the_address_of_a_page_can_be_passed_on(client: TestClient) -> None:
    query = (("dataset", "compas-broward"), ("by", "race"), ("threshold", "8"), ("metric", "accuracy"))
    assert ask(client, *query) == ask(client, ("by", "race"), ("threshold", "8"))


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("by=colour", ["by"]),
        ("by=race,race", ["by"]),
        ("by=race,", ["by"]),
        ("by=race&by=sex", ["by"]),
        ("threshold=0", ["threshold"]),
        ("threshold=11", ["threshold"]),
        ("threshold=five", ["threshold"]),
        ("threshold=5.5", ["threshold"]),
        ("threshold=05", ["threshold"]),
        ("threshold=%C2%B2", ["threshold"]),
        ("threshold=", ["threshold"]),
        (f"threshold={'9' * 5000}", ["threshold"]),
        ("threshold=5&threshold=6", ["threshold"]),
        ("where=sex", ["where"]),
        ("where=sex:", ["where"]),
        ("where=sex:None", ["where"]),
        ("where=colour:red", ["where"]),
        ("where=sex:Female&where=sex:Male", ["where"]),
        ("where=sex:Female'%20OR%201=1", ["where"]),
        ("reference=race:Caucasian", ["reference"]),
        ("by=race&reference=race:Nobody", ["reference"]),
        ("by=race&reference=sex:Male", ["reference"]),
        ("group=race", ["group"]),
        ("by=race&%00=1", ["\0"]),
        ("format=xlsx", ["format"]),
        ("format=", ["format"]),
        (
            "by=colour&threshold=99&where=x:1&where=sex&reference=race:Q&colour=red&format=xml",
            ["by", "threshold", "where", "where", "reference", "colour", "format"],
        ),
    ],
)
def test_every_parameter_that_does_not_fit_is_named(
    client: TestClient, query: str, fields: list[str]
) -> None:
    assert fields_of(client.get(f"{METRICS_URL}?{query}")) == fields


def test_a_refusal_says_what_is_possible(client: TestClient) -> None:
    faults = problem_of(client.get(f"{METRICS_URL}?by=colour&where=sex:None"), 422)["faults"]
    assert "race" in faults[0]["repair"]
    assert "Female, Male" in faults[1]["repair"] or "Male, Female" in faults[1]["repair"]


def test_the_list_and_the_manifest(client: TestClient) -> None:
    listed = client.get("/api/v1/datasets").json()["datasets"]
    assert [one["id"] for one in listed] == [
        "chicago-ssl",
        "compas-broward",
        "met-lfr",
        "nypd-stops",
        "predpol-los-angeles",
        "predpol-plainfield",
        "predpol-plainfield-places",
    ]
    # A set to compare with is about no system of the register.
    assert {one["id"] for one in listed if one["system"] is None} == {"nypd-stops"}
    listed = [one for one in listed if one["system"] == "compas"]
    whole = client.get("/api/v1/datasets/compas-broward").json()
    assert whole["version"] == listed[0]["version"] == ask(client)["version"]
    assert whole["manifest"]["limits"]
    assert whole["manifest"]["licence"]["name"]


@pytest.mark.parametrize("name", ["counts.csv", "dataset.yaml"])
def test_a_dataset_can_be_taken_byte_for_byte(client: TestClient, name: str) -> None:
    answer = client.get(f"/api/v1/datasets/compas-broward/{name}")
    assert answer.status_code == 200
    assert answer.content == (ROOT / "datasets/compas-broward" / name).read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-type"].split(";")[0] in {"text/csv", "application/yaml"}
    whole = client.get("/api/v1/datasets/compas-broward").json()
    [described] = [one for one in whole["files"] if one["name"] == name]
    assert described["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert described["bytes"] == len(answer.content)
    assert client.get(described["url"]).content == answer.content


def test_the_version_is_the_hash_of_both_files_in_their_order(client: TestClient) -> None:
    whole = client.get("/api/v1/datasets/compas-broward").json()
    both = b"".join(client.get(one["url"]).content for one in whole["files"])
    assert whole["version"] == f"sha256:{hashlib.sha256(both).hexdigest()}"
    assert "cat dataset.yaml counts.csv | sha256sum" in whole["version_is"]


@pytest.mark.parametrize(
    "path",
    ["unknown/counts.csv", "compas-broward/README.md", "compas-broward/..%2fREADME.md", "x/y/counts.csv"],
)
def test_no_other_file_can_be_asked_for(client: TestClient, path: str) -> None:
    assert client.get(f"/api/v1/datasets/{path}").status_code == 404


@pytest.mark.parametrize("path", ["unknown", "unknown/metrics", "..%2fcompas-broward", "%00/metrics"])
def test_an_unknown_dataset_is_a_problem_with_404(client: TestClient, path: str) -> None:
    assert client.get(f"/api/v1/datasets/{path}").status_code == 404
    if "%" not in path:
        assert "compas-broward" in problem_of(client.get(f"/api/v1/datasets/{path}"), 404)["detail"]


def test_a_name_of_another_dataset_in_the_path_never_leaves_the_folder(client: TestClient) -> None:
    for path in ("../registry", "....//", "%2e%2e", "compas-broward/../.."):
        assert client.get(f"/api/v1/datasets/{path}/metrics").status_code == 404
