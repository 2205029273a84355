"""Protected counts as data: every file, why something is withheld, refusals that say what is possible."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment, use
from hearing_app.evidence.datasets import Catalogue
from tests.api.problems import fields_of
from tests.evidence.protected_made import PLANS, PROTECTED, write


@pytest.fixture(params=PLANS)
def method(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def served(house: Deployment, client: TestClient, tmp_path: Path, method: str) -> Iterator[TestClient]:
    folder = tmp_path / "protected"
    folder.mkdir()
    catalogue = Catalogue(write(folder, method))
    use(replace(house, catalogue=catalogue))
    yield client
    use(house)
    catalogue.close()


def test_every_file_is_listed_and_given_byte_for_byte(
    served: TestClient, tmp_path: Path, method: str
) -> None:
    whole = served.get("/api/v1/datasets/made").json()
    contents = [served.get(one["url"]) for one in whole["files"]]
    for one, answer in zip(whole["files"], contents, strict=True):
        assert answer.status_code == 200
        assert answer.content == (tmp_path / "protected/made" / one["name"]).read_bytes()
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        assert answer.headers["content-type"].startswith(("text/csv", "application/yaml"))
        assert "/" not in answer.headers["content-disposition"]
    together = hashlib.sha256(b"".join(one.content for one in contents)).hexdigest()
    assert whole["version"] == f"sha256:{together}"
    assert f"cat {' '.join(one['name'] for one in whole['files'])} | sha256sum" in whole["version_is"]
    assert (len(contents) > 2) == (method in PROTECTED)


def test_a_table_that_is_not_there_is_not_found(served: TestClient) -> None:
    for name in ("nothing", "..%2Fcounts", "team%00"):
        assert served.get(f"/api/v1/datasets/made/tables/{name}.csv").status_code == 404


@pytest.mark.parametrize("method", ["minimum cell"], indirect=True)
def test_what_is_withheld_is_null_with_its_reason(served: TestClient) -> None:
    answer = served.get("/api/v1/datasets/made/metrics?by=team&threshold=2").json()
    withheld = [one for one in answer["groups"] if None in one["counts"].values()]
    assert withheld
    for group in withheld:
        assert group["counts"]["n"] is None
        one = group["metrics"]["accuracy"]
        assert one == {"value": None, "low": None, "high": None, "n": None, "reason": "withheld"}
        assert group["metrics"]["roc_auc"]["reason"] == "withheld"
    assert None not in answer["overall"]["counts"].values()


@pytest.mark.parametrize("method", ["merged scores"], indirect=True)
def test_a_refusal_names_what_is_possible(served: TestClient) -> None:
    answer = served.get("/api/v1/datasets/made/metrics?by=team,month&threshold=4&where=area:North")
    assert answer.status_code == 422
    assert fields_of(answer) == ["threshold", "by", "where"]
    assert "Possible are: area; team; month." in answer.text
    assert "Possible are: 1, 2, 3." in answer.text
