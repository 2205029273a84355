"""The choices of the evidence page: every figure in every corner, the way back, and what a choice means."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hearing_app.evidence.families.risk_score import METRICS
from tests.web.reader import Visit, plain
from tests.web.test_evidence import OPENING

CORNERS: dict[str, dict[str, Any]] = {
    "nothing compared": {"by": ""},
    "small groups": {"by": "race,sex,age_cat", "where": ["race:Asian", "in_propublica_6172:1"]},
    "a small reference": {"by": "race", "reference": "race:Native American"},
    "undefined": {"by": "race", "threshold": "10", "where": "age_cat:Greater than 45"},
    "the lowest threshold": {"by": "race", "threshold": "1"},
    "the reference filtered out": {"by": "race", "where": "race:African-American"},
    "only the reference": {"by": "race", "where": "race:Caucasian"},
    "nobody": {"by": "race", "where": ["race:Native American", "sex:Female", "age_cat:Less than 25"]},
}


@pytest.mark.parametrize("metric", [metric.name for metric in METRICS])
@pytest.mark.parametrize("corner", CORNERS)
def test_every_metric_has_a_page_in_every_corner(visit: Visit, metric: str, corner: str) -> None:
    page = visit("evidence", metric=metric, **CORNERS[corner])
    assert page.title == "Evidence"
    assert "What these figures cannot tell" in page.text, "the page is whole"
    assert not page.at.info
    # The query that is shown has braces of its own.
    said = re.sub(r"types = \{[^}]*\}", "", page.text)
    for wrong in ("None", " nan", "{", "  ", " 1 points", " 0 times"):
        assert wrong not in said


def test_back_restores_the_population_at_once(visit: Visit) -> None:
    """The browser's way back changes the address and no widget: the address wins, however soon."""
    page = visit("evidence").choose("evidence_population", "propublica-6172")
    page.at.query_params = dict(OPENING)
    page.run()
    assert page.value("evidence_population") == "all"
    assert "Everyone 7 214" in page.text
    assert page.at.query_params == OPENING


def test_a_fast_slider_keeps_its_last_value(visit: Visit) -> None:
    """The next value comes from a browser that does not have the address of the value before yet."""
    page = visit("evidence").choose("evidence_threshold", 6)
    page.at.query_params = dict(OPENING)
    page.choose("evidence_threshold", 7)
    assert page.value("evidence_threshold") == 7
    assert page.at.query_params == OPENING | {"threshold": "7"}


def test_the_choices_say_what_they_mean(visit: Visit) -> None:
    page = visit("evidence")
    captions = [plain(one.value) for one in page.at.caption]
    assert captions == [
        "Singled out: scored at or above the threshold that you choose below.",
        "Scores: 1 to 4 low, 5 to 7 medium, 8 to 10 high.",
    ]
    assert "Choose a figure; the answer stands below, with how sure it is." in page.text
    [radio] = page.at.radio
    assert "who were all re-arrested." in plain(radio.proto.captions[2])


@pytest.mark.parametrize("metric", ["prevalence", "roc_auc"])
def test_a_figure_without_a_threshold_has_no_slider_to_move(visit: Visit, metric: str) -> None:
    page = visit("evidence", metric=metric)
    [slider] = page.at.slider
    assert slider.disabled
    assert page.at.caption[-1].value == "This figure does not depend on the threshold."
    assert "COMPAS risk score of 5 or higher" not in page.text
    assert page.at.query_params["threshold"] == "5", "it is kept for the next figure"


def test_a_population_that_changes_nothing_says_so(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_population", "corrected-window-6216")
    assert "These figures are the same as for “All 7,214”: the 998 people who are left out" in page.text
    page.choose("evidence_metric", "prevalence")
    assert "These figures are the same" not in page.text


def test_the_counts_can_be_taken(visit: Visit) -> None:
    page = visit("evidence")
    assert page.link("the counts (CSV)") == "/api/v1/datasets/compas-broward/counts.csv"
    assert page.link("their description") == "/api/v1/datasets/compas-broward/dataset.yaml"
