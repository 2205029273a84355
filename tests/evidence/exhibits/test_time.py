"""The figure period by period, and its test, against scipy and statsmodels and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, chi2_contingency

from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue, Dataset

from .made import Cells, dataset, drawn, listed, measure, offered, plain

YEARS = [2020, 2021, 2022, 2023]
COLUMNS = [
    listed("year", "time", YEARS),
    listed("team", "group", ["red", "blue"]),
    listed("table", "filter", ["new", "old"]),
    *(measure(name) for name in ("alerts", "false_alerts", "faces")),
]
RED = [(200, 20), (150, 18), (220, 60), (90, 30)]
BLUE = [(80, 8), (70, 6), (60, 7), (75, 8)]


def rows() -> list[Cells]:
    found: list[Cells] = [
        {"year": year, "team": team, "table": "new", "alerts": n, "false_alerts": k, "faces": 1000 * n}
        for team, counts in (("red", RED), ("blue", BLUE))
        for year, (n, k) in zip(YEARS, counts, strict=True)
    ]
    old: Cells = {
        "year": 2020, "team": "blue", "table": "old", "alerts": 9, "false_alerts": 8, "faces": 100,
    }  # fmt: skip
    return [*found, old]


NEW = ("where", "table:new")


def _scored(folder: Path, years: dict[int, list[int]]) -> tuple[Catalogue, Dataset]:
    """People by score in each year, half of them with the outcome."""
    columns = [
        listed("year", "time", list(years)),
        listed("team", "group", ["red"]),
        {"name": "points", "role": "score", "label": "Points", "minimum": 1, "maximum": 4, "threshold": 3},
        {"name": "late", "role": "outcome", "label": "Late", "positive": "were late", "negative": "were not"},
        {"name": "n", "role": "count", "label": "People"},
    ]
    cells: list[Cells] = [
        {"year": year, "team": "red", "points": at, "late": late, "n": (number + late) // 2}
        for year, numbers in years.items()
        for at, number in enumerate(numbers, start=1)
        for late in (0, 1)
    ]
    decision = {
        "positive_when": "the score is at or above the threshold",
        "positive": "were scored {level}",
        "negative": "were scored {below}",
    }
    return dataset(folder, "risk_score", columns, cells, decision=decision)


def test_the_test_is_that_of_scipy(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows())
    found = drawn(catalogue, made, "over-time", ("by", "team"), NEW)
    said = plain(found)
    for team, counts in (("red", RED), ("blue", BLUE)):
        table = [[k for _, k in counts], [n - k for n, k in counts]]
        p = chi2_contingency(table, correction=False).pvalue
        shown = "under 0.001" if p < 0.001 else f"= {p:.3f}"
        assert f"(p {shown}; steady" in next(
            sentence for sentence in found.sentences if sentence.startswith(f"team {team}")
        )
    assert "team red: the share was not the same in all periods" in said
    assert "team blue: the differences between periods are no larger than chance explains" in said


def test_values_intervals_and_limits_of_one_group(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows())
    found = drawn(catalogue, made, "over-time", NEW, ("where", "team:red"))
    figures, low, high = found.series
    assert figures.y == pytest.approx([k / n for n, k in RED])
    share = sum(k for _, k in RED) / sum(n for n, _ in RED)
    assert low.y == pytest.approx([max(binom.ppf(0.00135, n, share), 0) / n for n, _ in RED])
    assert high.y == pytest.approx([binom.ppf(0.99865, n, share) / n for n, _ in RED])
    assert [row[-2:] for row in found.rows] == list(zip(low.y, high.y, strict=True))


def test_a_time_that_is_selected_is_drawn_whole(tmp_path: Path) -> None:
    """One period says nothing of change: the choice of a year is set aside, other conditions are not."""
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows())
    chosen = drawn(catalogue, made, "over-time", NEW, ("where", "year:2022"))
    assert chosen.series[0].y == drawn(catalogue, made, "over-time", NEW).series[0].y
    assert len(chosen.series[0].x) == 4


def test_periods_counted_in_two_ways_are_not_tested_together(tmp_path: Path) -> None:
    changed = [{**row, "table": "old" if row["year"] == 2020 else "new"} for row in rows()[:8]]
    apart = [{"column": "table", "reason": "The old table counts in another way."}]
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, changed, apart)
    found = drawn(catalogue, made, "over-time")
    assert "not all counted in the same way" in plain(found) and "(p " not in plain(found)
    assert "The old table counts in another way." in found.cautions
    # Each period still has its own figure, and no limits are drawn across them.
    assert None not in found.series[0].y and len(found.series) == 1


def test_a_period_that_mixes_two_ways_is_a_gap(tmp_path: Path) -> None:
    apart = [{"column": "table", "reason": "The old table counts in another way."}]
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows(), apart)
    found = drawn(catalogue, made, "over-time", ("by", "team"))
    blue = next(one for one in found.series if one.label == "team blue")
    assert blue.y[0] is None and None not in blue.y[1:]


def test_events_for_each_unit_are_shown_and_not_tested_as_shares(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows())
    found = drawn(catalogue, made, "over-time", NEW, metric="false_positive_identification_rate")
    totals = [(n + m, k + j) for (n, k), (m, j) in zip(RED, BLUE, strict=True)]
    assert found.series[0].y == pytest.approx([100_000 * k / (1000 * n) for n, k in totals])
    assert "the test is for shares" in plain(found)


def test_it_needs_periods_and_refuses_what_leaves_nothing(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows())
    assert "over-time" in offered(made)
    with pytest.raises(Invalid):
        drawn(catalogue, made, "over-time", ("where", "table:old"), ("where", "team:red"))
    (tmp_path / "timeless").mkdir()
    timeless = [
        {name: row[name] for name in ("team", "table", "alerts", "false_alerts", "faces")}
        for row in rows()[:1]
    ]
    columns = [
        listed("team", "group", ["red"]),
        listed("table", "filter", ["new"]),
        *COLUMNS[3:],
    ]
    other = dataset(tmp_path / "timeless", "identification", columns, timeless)[1]
    assert "over-time" not in offered(other)


def test_scores_that_moved_are_said_to_have_moved(tmp_path: Path) -> None:
    """The index against a sum by hand, through the picture of a dataset of scores by year."""
    before, after, same = [40, 30, 20, 10], [10, 20, 30, 40], [78, 62, 41, 19]
    b, a = np.array(before) / 100, np.array(after) / 100
    expected = float(((a - b) * np.log(a / b)).sum())
    catalogue, made = _scored(tmp_path, {2020: before, 2021: after, 2022: same})
    found = drawn(catalogue, made, "stability")
    assert [row[0] for row in found.rows] == ["year 2021", "year 2022"]
    assert found.rows[0][1] == pytest.approx(expected)
    assert found.rows[0][4] == 100
    assert "Since year 2020, scores moved by more than chance explains in: year 2021." in plain(found)


def test_a_score_that_one_period_lacks_leaves_the_index_undefined(tmp_path: Path) -> None:
    catalogue, made = _scored(tmp_path, {2020: [40, 30, 20, 10], 2021: [40, 30, 30, 0]})
    found = drawn(catalogue, made, "stability")
    assert found.rows[0][1] is None
    assert "No figure for year 2021" in plain(found)
