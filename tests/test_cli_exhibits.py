"""Pictures and the second opinion on the command line: the same numbers, and exit codes for scripts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.cli import main
from hearing_app.deployment import Deployment
from hearing_app.evidence import other_programs
from hearing_app.evidence.audit import Audit
from hearing_app.evidence.family import Metric
from tests.conftest import ROOT

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        given = ("--data", str(tmp_path / "data"), "--datasets", str(ROOT / "datasets"))
        result = CliRunner().invoke(main, [*given, *arguments])
        assert "Traceback" not in result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def api(house: Deployment) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=ROUTES)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "arguments", "query"),
    [
        ("roc", ("--by", "race"), "by=race"),
        (
            "what-if",
            ("--by", "race", "--cut", "8", "--cut", "race=Caucasian:6"),
            "by=race&cut=8&cut=race:Caucasian:6",
        ),
        ("trade-off", ("--by", "sex", "--metric", "accuracy"), "by=sex&metric=accuracy"),
    ],
)
def test_a_picture_is_the_same_object_and_file_as_the_interface_gives(
    run: Run, api: TestClient, name: str, arguments: tuple[str, ...], query: str
) -> None:
    result = run("metrics", "compas-broward", *arguments, "--exhibit", name, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    answer = api.get(f"/api/v1/datasets/compas-broward/exhibits/{name}?{query}").json()
    assert found == {key: answer[key] for key in found}
    table = run("metrics", "compas-broward", *arguments, "--exhibit", name, "--format", "csv")
    assert (
        table.stdout_bytes
        == api.get(f"/api/v1/datasets/compas-broward/exhibits/{name}?{query}&format=csv").content
    )
    assert len(list(csv.reader(io.StringIO(table.stdout_bytes.decode("utf-8-sig"), newline="")))) > 2


def test_a_picture_can_be_read_in_a_terminal(run: Run) -> None:
    text = run("metrics", "compas-broward", "--by", "race", "--exhibit", "what-if", "--cut", "8").stdout
    assert "521 who were not re-arrested within two years and 628 who were" in text
    assert "No longer singled out: not re-arrested" in text


def test_what_is_not_there_is_refused_with_what_is(run: Run) -> None:
    result = run("metrics", "compas-broward", "--exhibit", "pie")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Its pictures are: what-if, definitions, gaps, roc" in result.stderr
    result = run("metrics", "compas-broward", "--exhibit", "definitions")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There are no two groups to compare." in result.stderr
    result = run("metrics", "compas-broward", "--by", "race", "--exhibit", "what-if", "--cut", "99")
    assert result.exit_code == 1
    assert "Give a whole number from 1 to 11." in result.stderr


@pytest.mark.parametrize("dataset", sorted(path.parent.name for path in ROOT.glob("datasets/*/counts.csv")))
def test_the_second_opinion_agrees_and_says_by_whom(run: Run, dataset: str) -> None:
    result = run("metrics", dataset, "--verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "fairlearn" in result.stdout
    assert result.stdout.endswith("They agree.\n")


def test_the_second_opinion_as_an_object(run: Run) -> None:
    result = run("metrics", "compas-broward", "--by", "race", "--verify", "--format", "json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["agree"], found["alone"]) == (0, True, 0)
    assert found["largest_difference"] <= 1e-12
    rate = next(
        one
        for one in found["figures"]
        if one["metric"] == "false_positive_rate" and one["group"] == {"race": "African-American"}
    )
    assert rate["ours"] == 805 / 1795
    assert rate["by"] == "fairlearn"
    assert set(found["programs"]) == {"fairlearn", "scikit-learn"}


def test_a_difference_is_an_exit_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = other_programs.computed

    def off(found: Audit, metric: Metric, rows: other_programs.Rows) -> tuple[float | None, str]:
        value, by = honest(found, metric, rows)
        return (value + 0.25 if value is not None and metric.name == "accuracy" else value), by

    monkeypatch.setattr(other_programs, "computed", off)
    result = run("metrics", "compas-broward", "--verify")
    assert result.exit_code == 1
    assert "They differ by more than rounding." in result.stdout
    found = json.loads(run("metrics", "compas-broward", "--verify", "--format", "json").stdout)
    assert found["agree"] is False
    assert found["largest_difference"] == pytest.approx(0.25)
