"""The further pictures on the page: each of each dataset, their address, and what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hearing_app.deployment import Deployment
from hearing_app.evidence.families import exhibits_of, metrics_of
from hearing_app.settings import PROJECT
from tests.web.reader import HOSTILE, Reader, Visit

DATASETS = sorted(path.parent.name for path in Path(PROJECT).glob("datasets/*/counts.csv"))
WHAT_IF = {"dataset": "compas-broward", "picture": "what-if"}


def charts(page: Reader) -> dict[str, dict[str, Any]]:
    """Return the page's charts by what a reader hears in their place."""
    found = [one for one in page.at if getattr(one, "type", "") == "plotly_chart"]
    return {one.proto.alt: json.loads(one.proto.spec) for one in found}


def cuts_of(page: Reader) -> list[str]:
    asked = page.at.query_params.get("cut", [])
    return [asked] if isinstance(asked, str) else list(asked)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_picture_of_every_dataset_is_shown(visit: Visit, house: Deployment, dataset: str) -> None:
    kinds = exhibits_of(house.catalogue.dataset(dataset).manifest)
    page = visit("evidence", dataset=dataset)
    assert "picture" not in page.at.query_params
    for name in kinds:
        page.choose("evidence_picture", name)
        assert page.at.query_params["picture"] == name
        assert "The numbers of this picture" in page.text
        assert f"/api/v1/datasets/{dataset}/exhibits/{name}?" in page.link("the numbers as CSV")
        for alternative in charts(page):
            assert any(sign.isdigit() for sign in alternative), "the text alternative has no number"
        again = visit("evidence", **page.at.query_params)
        assert again.at.query_params == page.at.query_params
        assert list(charts(again)) == list(charts(page))
    if kinds:
        page.choose("evidence_picture", "none")
        assert "picture" not in page.at.query_params


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_dataset_without_groups_of_people_and_one_with_compared_by_nothing(
    visit: Visit, house: Deployment, dataset: str
) -> None:
    for name in exhibits_of(house.catalogue.dataset(dataset).manifest):
        page = visit("evidence", dataset=dataset, picture=name, by="")
        assert page.at.query_params["by"] == ""
        assert "The numbers of this picture" in page.text or page.at.info


def test_an_address_with_thresholds_shows_exactly_those(visit: Visit) -> None:
    page = visit("evidence", **WHAT_IF, cut=["8", "race:Caucasian:6"])
    assert page.value("evidence_cut") == 8
    assert page.value("evidence_cut_each") is True
    assert page.value("evidence_cut_(('race', 'Caucasian'),)") == 6
    assert page.value("evidence_cut_(('race', 'African-American'),)") == 8
    assert cuts_of(page) == ["8", "race:Caucasian:6"]
    assert not page.at.info
    assert "521 who were not re-arrested within two years and 628 who were" in page.text
    assert "With a threshold for each group instead of 5" in page.text
    assert "&cut=8&cut=race:Caucasian:6" in page.link("the numbers as CSV")


def test_a_slider_changes_the_address_and_the_finding(visit: Visit) -> None:
    page = visit("evidence", **WHAT_IF)
    assert cuts_of(page) == ["8"]
    page.choose("evidence_cut", 3)
    assert cuts_of(page) == ["3"]
    assert "With the threshold 3 instead of 5" in page.text
    assert " more defendants would be singled out" in page.text
    again = visit("evidence", **page.at.query_params)
    assert again.value("evidence_cut") == 3
    page.at.toggle(key="evidence_cut_each").set_value(True)
    page.run().choose("evidence_cut_(('race', 'Hispanic'),)", 9)
    assert cuts_of(page) == ["3", "race:Hispanic:9"]
    assert visit("evidence", **page.at.query_params).text == page.text


def test_going_back_brings_the_thresholds_back(visit: Visit) -> None:
    page = visit("evidence", **WHAT_IF, cut="7")
    before = dict(page.at.query_params)
    page.choose("evidence_cut", 4)
    assert cuts_of(page) == ["4"]
    page.at.query_params = before
    page.run()
    assert page.value("evidence_cut") == 7
    assert cuts_of(page) == ["7"]
    assert "With the threshold 7 instead of 5" in page.text


def test_the_thresholds_of_a_picture_leave_the_address_with_it(visit: Visit) -> None:
    page = visit("evidence", **WHAT_IF, cut="7").choose("evidence_picture", "roc")
    assert "cut" not in page.at.query_params
    page = page.choose("evidence_dataset", "met-lfr")
    assert "picture" not in page.at.query_params


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_does_not_fit_is_said_and_left_out(visit: Visit, hostile: str) -> None:
    page = visit("evidence", **WHAT_IF, cut=["8", hostile, f"race:{hostile}:5"])
    assert cuts_of(page) == ["8"]
    assert any("It was left out." in one.value for one in page.at.info)
    page = visit("evidence", picture=hostile)
    assert "There is no picture" in page.text
    assert "picture" not in page.at.query_params


def test_a_picture_of_another_family_is_said_not_to_be_there(visit: Visit) -> None:
    page = visit("evidence", dataset="nypd-stops", picture="roc")
    assert "There is no picture “roc” of this dataset" in page.text


def test_a_reference_without_people_says_what_to_do(visit: Visit) -> None:
    query = {"by": "race", "where": "race:Asian", "reference": "race:Caucasian"}
    for picture in ("definitions", "gaps"):
        page = visit("evidence", dataset="compas-broward", picture=picture, **query)
        assert "There is nothing to compare. There are no two groups to compare." in page.text
        assert "The numbers of this picture" not in page.text


def test_a_figure_that_a_picture_does_not_know_is_replaced_by_one_that_it_does(visit: Visit) -> None:
    page = visit("evidence", dataset="compas-broward", picture="trade-off", metric="roc_auc")
    assert "The largest difference in false positive rate is 36.2 points" in page.text


def test_the_numbers_can_be_checked_by_other_programs(visit: Visit) -> None:
    for dataset in DATASETS:
        page = visit("evidence", dataset=dataset).press("Check these numbers")
        assert "The figures agree." in page.text
        assert "computed a second time from the published file, by fairlearn" in page.text
        assert "Every figure, computed twice" in page.text


def test_the_query_behind_the_figures_is_shown(visit: Visit) -> None:
    text = visit("evidence").text
    assert "The query behind it (SQL)" in text
    assert "FROM read_csv('counts.csv'" in text
    assert 'GROUP BY "race"' in text


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "compas-broward"])
def test_a_choice_on_a_page_without_thresholds_is_kept(visit: Visit, house: Deployment, dataset: str) -> None:
    manifest = house.catalogue.dataset(dataset).manifest
    page = visit("evidence", dataset=dataset)
    last = list(metrics_of(manifest))[-1]
    page.choose("evidence_metric", last)
    assert page.value("evidence_metric") == page.at.query_params["metric"] == last
    page.choose("evidence_by", [])
    assert page.at.query_params["by"] == ""
    assert page.value("evidence_metric") == last


def test_a_picture_that_cannot_show_the_chosen_figure_says_which_it_shows(visit: Visit) -> None:
    page = visit("evidence", dataset="compas-broward", metric="roc_auc", picture="trade-off")
    [said] = [one.value for one in page.at.info]
    assert said.startswith("This picture cannot show “")
    assert "It shows “False positive rate” instead." in said
    # The page stays with its figure; the picture's files are about what the picture shows.
    assert page.at.query_params["metric"] in ("roc_auc", ["roc_auc"])
    assert "metric=false_positive_rate" in page.link("the numbers as CSV")
    same = visit("evidence", dataset="compas-broward", metric="accuracy", picture="trade-off")
    assert not same.at.info and "metric=accuracy" in same.link("the numbers as CSV")
