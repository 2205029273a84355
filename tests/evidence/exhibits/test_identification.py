"""Pictures of alerts: the funnel against the binomial distribution, differentials by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue, Dataset

from .made import Cells, dataset, drawn, listed, measure, offered, plain, record

COLUMNS = [
    record("deployment"),
    listed("table", "filter", ["new", "old"]),
    listed("year", "time", [2023, 2024]),
    *(measure(name) for name in ("alerts", "false_alerts", "deployments")),
]
APART = [{"column": "table", "reason": "The old table counts in another way."}]


def rows() -> list[Cells]:
    found: list[Cells] = [
        {
            "deployment": f"Day {day}",
            "table": "new",
            "year": 2023 + day % 2,
            "alerts": day % 7,
            "false_alerts": 0,
            "deployments": 1,
        }
        for day in range(30)
    ]
    found[9] = {**found[9], "alerts": 6, "false_alerts": 4}
    found[10] = {**found[10], "alerts": 40, "false_alerts": 2}
    return [*found, {**found[0], "deployment": "Long ago", "table": "old", "alerts": 8, "false_alerts": 7}]


def test_the_funnel_by_the_binomial_distribution(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows(), APART)
    found = drawn(catalogue, made, "funnel", ("where", "table:new"))
    counted = [row for row in rows() if row["table"] == "new" and row["alerts"]]
    alerts = sum(int(row["alerts"] or 0) for row in counted)
    share = 6 / alerts
    assert f"Of {alerts} alerts, 6 were false" in plain(found)
    for row, drawn_row in zip(
        sorted(counted, key=lambda one: str(one["deployment"])), found.rows, strict=True
    ):
        n, k = int(row["alerts"] or 0), int(row["false_alerts"] or 0)
        low, high = (binom.ppf(tail, n, share) / n for tail in (0.00135, 0.99865))
        assert drawn_row[:3] == (row["deployment"], n, k) and drawn_row[3] == pytest.approx(k / n)
        assert drawn_row[4:6] == pytest.approx((max(low, 0), high))
        assert drawn_row[6] == ("above" if k / n > high else "below" if k / n < low else "within")
    above = [row[0] for row in found.rows if row[6] == "above"]
    assert above == ["Day 9"] and "1 of 25 deployments lie above" in plain(found)
    # Days 0, 7, 14, 21 and 28 had no alert, and so no share.
    assert "5 deployments without an alert" in plain(found)


def test_rows_counted_in_two_ways_are_not_put_in_one_funnel(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "identification", COLUMNS, rows(), APART)
    with pytest.raises(Invalid) as refused:
        drawn(catalogue, made, "funnel")
    assert "The old table counts in another way." in refused.value.faults[0].problem


def test_a_deployment_that_does_not_state_its_false_alerts_is_left_out(tmp_path: Path) -> None:
    columns = [*COLUMNS[:4], measure("false_alerts", blank="Not said."), COLUMNS[5]]
    changed = [
        {**row, "false_alerts": None if row["deployment"] == "Day 10" else row["false_alerts"]}
        for row in rows()
    ]
    catalogue, made = dataset(tmp_path, "identification", columns, changed, APART)
    found = drawn(catalogue, made, "funnel", ("where", "table:new"))
    assert "Day 10" not in {row[0] for row in found.rows}
    assert "4 were false" in plain(found)


def face_test(tmp_path: Path, counts: dict[str, tuple[int, int, int, int]]) -> tuple[Catalogue, Dataset]:
    columns = [
        listed("origin", "group", list(counts)),
        *(measure(name) for name in ("impostor", "impostor_matched", "genuine", "genuine_rejected")),
    ]
    cells: list[Cells] = [
        {
            "origin": group,
            "impostor": one[0],
            "impostor_matched": one[1],
            "genuine": one[2],
            "genuine_rejected": one[3],
        }
        for group, one in counts.items()
    ]
    return dataset(tmp_path, "identification", columns, cells)


def test_differentials_by_hand(tmp_path: Path) -> None:
    counts = {"a": (100_000, 10, 5000, 50), "b": (80_000, 80, 4000, 60), "c": (90_000, 36, 4500, 45)}
    catalogue, made = face_test(tmp_path, counts)
    assert "differentials" in offered(made) and "funnel" not in offered(made)
    found = drawn(catalogue, made, "differentials", ("by", "origin"))
    rates = np.array([1e-4, 1e-3, 4e-4])
    geometric = math.prod(rates) ** (1 / 3)
    # The corrected Gini coefficient of three groups: the mean difference of the three pairs by the mean.
    pairs = (abs(rates[0] - rates[1]) + abs(rates[0] - rates[2]) + abs(rates[1] - rates[2])) / 3
    gini = pairs / (2 * rates.mean())
    said = plain(found)
    assert "highest for origin b" in said and "lowest for origin a" in said
    assert f"{10:.1f} times the second" in said
    assert f"{1e-3 / geometric:.1f} times the geometric mean" in said
    assert f"Gini coefficient is {gini:.2f}" in said
    misses = np.array([0.01, 0.015, 0.01])
    other = (0.005 + 0 + 0.005) / 3 / (2 * misses.mean())
    assert f"GARBE, both kinds of error at equal weight: {(gini + other) / 2:.2f}" in said
    assert [row[2] for row in found.rows[:3]] == pytest.approx(rates)


def test_no_ratio_is_given_where_a_group_had_no_error(tmp_path: Path) -> None:
    counts = {"a": (100_000, 0, 5000, 50), "b": (80_000, 80, 4000, 60)}
    catalogue, made = face_test(tmp_path, counts)
    said = plain(drawn(catalogue, made, "differentials", ("by", "origin")))
    assert "With a rate of 0 there is no ratio." in said and "inf" not in said


def test_a_group_that_was_not_tested_leaves_the_measure_undefined(tmp_path: Path) -> None:
    counts = {"a": (0, 0, 5000, 50), "b": (80_000, 80, 4000, 60), "c": (10, 1, 100, 2)}
    catalogue, made = face_test(tmp_path, counts)
    said = plain(drawn(catalogue, made, "differentials", ("by", "origin")))
    assert "no measure, since there is no figure for origin a" in said


def test_one_group_has_no_differential(tmp_path: Path) -> None:
    counts = {"a": (1000, 1, 5000, 50), "b": (80_000, 80, 4000, 60)}
    catalogue, made = face_test(tmp_path, counts)
    with pytest.raises(Invalid):
        drawn(catalogue, made, "differentials")
