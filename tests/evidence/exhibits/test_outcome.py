"""The outcome test by hand, and which of the counts it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from hearing_app.errors import Invalid
from hearing_app.evidence.families.stops import INFRA_MARGINALITY

from .made import Cells, dataset, drawn, listed, measure, offered, plain

GROUPS = listed("group", "group", ["green", "grey", "none"])
STOPS: list[Cells] = [
    {"group": "green", "stops": 500, "frisked": 200, "searched": 100, "found": 60, "found_in_search": 30},
    {"group": "grey", "stops": 800, "frisked": 500, "searched": 400, "found": 56, "found_in_search": 40},
    {"group": "none", "stops": 0, "frisked": 0, "searched": 0, "found": 0, "found_in_search": 0},
]


def columns(*names: str) -> list[dict[str, object]]:
    return [GROUPS, *(measure(name) for name in names)]


def test_searches_beside_what_they_found(tmp_path: Path) -> None:
    everything = columns("stops", "frisked", "searched", "found", "found_in_search")
    catalogue, made = dataset(tmp_path, "stops", everything, STOPS)
    found = drawn(catalogue, made, "outcome-test", ("by", "group"))
    dots = {one.label: (one.x[0], one.y[0]) for one in found.series}
    assert dots == {"group green": (0.2, 0.3), "group grey": (0.5, 0.1)}
    low, high = confint_proportions_2indep(40, 400, 30, 100, method="newcomb", compare="diff")
    assert f"against group green: 20 points lower ({-100 * high:.0f} to {-100 * low:.0f})" in plain(found)
    assert INFRA_MARGINALITY in found.cautions
    # Nobody of the third group was stopped: it has a row that says so, and no dot.
    nobody = next(row for row in found.rows if row[0] == "group none")
    assert nobody[1:7] == (None,) * 6


def test_where_hits_are_known_for_stops_only_the_picture_says_so(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "stops", columns("stops", "frisked", "searched", "found"), STOPS)
    found = drawn(catalogue, made, "outcome-test", ("by", "group"))
    dots = {one.label: (one.x[0], one.y[0]) for one in found.series}
    assert dots == {"group green": (0.4, 0.12), "group grey": (0.625, 0.07)}
    assert "Hits are counted for each stop" in plain(found)


def test_it_is_offered_only_where_hits_are_counted(tmp_path: Path) -> None:
    made = dataset(tmp_path, "stops", columns("stops", "frisked"), STOPS)[1]
    assert "outcome-test" not in offered(made)


def test_a_selection_without_stops_is_refused(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "stops", columns("stops", "frisked", "searched", "found"), STOPS)
    with pytest.raises(Invalid):
        drawn(catalogue, made, "outcome-test", ("where", "group:none"))
