"""The choices of the evidence page where there is more than one dataset, and the figures of a link."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from hearing_app import deployment
from hearing_app.deployment import Deployment, open_deployment
from hearing_app.evidence.datasets import Catalogue
from hearing_app.settings import PROJECT, Settings
from hearing_app.web.parts.seen import seen_figures
from tests.web.reader import Reader

COPY = "A second dataset, *with* [signs]"


@pytest.fixture
def two(house: Deployment, tmp_path: Path) -> Iterator[Deployment]:
    """A house with two datasets; in the second a score from 7 on counts."""
    datasets = tmp_path / "datasets"
    for name in ("compas-broward", "second"):
        shutil.copytree(PROJECT / "datasets" / "compas-broward", datasets / name)
    manifest = datasets / "second" / "dataset.yaml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("id:"):
            lines[number] = "id: second"
        elif line.startswith("title:"):
            lines[number] = f"title: '{COPY}'"
        elif line == "    threshold: 5":
            lines[number] = "    threshold: 8"
    manifest.write_text("\n".join(lines), encoding="utf-8")
    opened = open_deployment(Settings(data=house.settings.data, datasets=datasets))
    assert opened.catalogue.ids() == ("compas-broward", "second")
    deployment.use(opened)
    yield opened
    opened.close()


@pytest.fixture
def page(two: Deployment, cookies: dict[str, str]) -> Reader:
    return Reader(two).open("evidence")


def test_the_first_dataset_opens(page: Reader) -> None:
    assert page.value("evidence_dataset") == "compas-broward"
    assert COPY in page.text, "names in a list are shown as they are"


def test_another_dataset_opens_as_from_a_link(page: Reader, two: Deployment) -> None:
    page.choose("evidence_by", ["sex"]).choose("evidence_threshold", 3)
    page.choose("evidence_metric", "accuracy").choose("evidence_dataset", "second")
    assert page.at.query_params == {
        "dataset": "second",
        "by": "race",
        "threshold": "8",
        "reference": "race:Caucasian",
        "metric": "false_positive_rate",
    }
    assert "about 16 (14 to 18) were scored high" in page.text
    assert page.text == Reader(two).open("evidence", dataset="second").text


def test_the_choices_on_the_second_dataset_work_and_the_way_back(page: Reader) -> None:
    page.choose("evidence_dataset", "second").choose("evidence_threshold", 5)
    assert page.at.query_params["dataset"] == "second"
    assert page.at.query_params["threshold"] == "5"
    page.choose("evidence_dataset", "compas-broward")
    assert page.at.query_params["dataset"] == "compas-broward"
    assert page.value("evidence_threshold") == 5


@pytest.mark.usefixtures("cookies")
def test_an_unknown_dataset_gives_way_to_the_first_and_a_choice_still_works(two: Deployment) -> None:
    page = Reader(two).open("evidence", dataset="third", threshold="7")
    assert "There is no dataset “third”, so the page shows another one." in page.text
    assert page.value("evidence_dataset") == "compas-broward"
    page.choose("evidence_dataset", "second")
    assert page.at.query_params["dataset"] == "second"
    assert "There is no dataset “third”" not in page.text


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(PROJECT / "datasets")
    yield opened
    opened.close()


def test_figures_are_read_from_the_query_and_computed_here(catalogue: Catalogue) -> None:
    query = urlencode({"dataset": "compas-broward", "by": "race", "metric": "accuracy", "figures": "forged"})
    assert seen_figures(catalogue, query)[0] is None
    pinned, why = seen_figures(catalogue, query.replace("&figures=forged", ""))
    assert why == ""
    assert pinned is not None
    assert [one["label"] for one in pinned["figures"]][:3] == ["Everyone", "Black", "White"]


def test_no_query_is_no_figures_and_no_complaint(catalogue: Catalogue) -> None:
    assert seen_figures(catalogue, "") == (None, "")


@pytest.mark.parametrize(
    "query", ["?", "metric", "dataset=compas-broward", "a=1&" * 60, "metric=accuracy&dataset=%00"]
)
def test_what_cannot_be_read_is_said(catalogue: Catalogue, query: str) -> None:
    pinned, why = seen_figures(catalogue, query)
    assert pinned is None
    assert why.endswith("so your comment does not carry them.")
