"""Scores without outcomes: a family of one file, found by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from hearing_app.evidence.audit import audit
from hearing_app.evidence.families import families, metrics_of
from hearing_app.evidence.families.score_distribution import NO_OUTCOME
from hearing_app.evidence.glossary import metrics_page
from hearing_app.evidence.selection import parse_selection
from hearing_app.evidence.sentences import largest_finding

from .exhibits.made import Cells, dataset, listed, measure

COLUMNS = [
    listed("team", "group", ["red", "blue"]),
    measure("people"),
    measure("at_lower", event="scored 250 or more"),
    measure("at_upper", event="scored 400 or more"),
]
ROWS: list[Cells] = [
    {"team": "red", "people": 400, "at_lower": 300, "at_upper": 8},
    {"team": "blue", "people": 200, "at_lower": 90, "at_upper": 0},
]


def test_shares_reach_the_cut_offs_that_are_stated(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "score_distribution", COLUMNS, ROWS)
    assert list(metrics_of(made.manifest)) == ["reached_lower", "reached_upper"]
    found = audit(catalogue, parse_selection(made, [("by", "team")]))
    red, blue = (one.metrics for one in found.groups)
    assert (red["reached_lower"].value, blue["reached_lower"].value) == (0.75, 0.45)
    assert (red["reached_upper"].value, blue["reached_upper"].value) == (0.02, 0.0)
    low, high = proportion_confint(300, 400, method="wilson")
    assert (red["reached_lower"].low, red["reached_lower"].high) == pytest.approx((low, high))
    assert [one.size for one in found.groups] == [400, 200]
    text = largest_finding(found, "reached_lower").text
    assert "scored 250 or more" in text


def test_it_says_that_no_outcome_was_published() -> None:
    family = families()["score_distribution"]
    assert NO_OUTCOME in family.cautions
    assert not family.scored
    assert family.label in metrics_page()
