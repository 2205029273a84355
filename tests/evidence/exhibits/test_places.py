"""Pictures of places against slow recounting by hand."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from hearing_app.errors import Invalid

from .made import Cells, dataset, drawn, listed, measure, offered, plain, record

COLUMNS = [
    record("block"),
    listed("side", "group", ["north", "south"]),
    *(measure(name) for name in ("predictions", "residents", "white", "black")),
]
ROWS: list[Cells] = [
    {
        "block": f"B{place:02}",
        "side": "north" if place < 9 else "south",
        "predictions": (place * place * 7) % 83 if place != 4 else 0,
        "residents": 0 if place == 19 else 100 + 37 * place % 211,
        "white": 0 if place == 19 else 5 + place,
        "black": 0 if place == 19 else 60 - 3 * place,
    }
    for place in range(20)
]


def column(name: str, rows: list[Cells] = ROWS) -> list[int]:
    return [int(row[name] or 0) for row in rows]


def test_concentration_by_hand(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "place", COLUMNS, ROWS)
    found = drawn(catalogue, made, "concentration")
    ordered = sorted(column("predictions"))
    (curve,) = found.series
    assert curve.x == pytest.approx([place / 20 for place in range(21)])
    assert curve.y == pytest.approx([sum(ordered[:place]) / sum(ordered) for place in range(21)])
    # The 10 % of 20 places are the two with most; 5 % is one.
    told = [float(one) for one in re.findall(r"have ([\d.]+) % \(", plain(found))]
    shares = [100 * sum(ordered[-most:]) / sum(ordered) for most in (1, 2)]
    assert told == pytest.approx(shares, abs=0.5)
    none = sum(one == 0 for one in ordered)
    assert f"{none} of 20 blocks have none" in plain(found)
    # The mean difference of all pairs, divided by twice the mean.
    gini = np.mean([[abs(a - b) for a in ordered] for b in ordered]) / (2 * np.mean(ordered))
    assert f"The Gini coefficient is {gini:.2f} (" in plain(found)
    # The table begins with the place that has most, and holds them all.
    assert found.rows[0][1] == ordered[-1] and len(found.rows) == 20


def test_exposure_by_hand_and_the_same_twice(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "place", COLUMNS, ROWS)
    found = drawn(catalogue, made, "exposure")
    expected = {}
    for group in ("white", "black"):
        rates = [
            1000 * int(row["predictions"] or 0) / int(row["residents"] or 1)
            for row in ROWS
            for _ in range(int(row[group] or 0))
        ]
        expected[group] = sum(rates) / len(rates)
    values = {row[0]: row for row in found.rows}
    for group, value in expected.items():
        row = values[f"{group.capitalize()} counted"]
        assert row[1] == pytest.approx(value)
        assert isinstance(row[2], float) and isinstance(row[3], float) and row[2] < value < row[3]
        assert row[7] == sum(column(group))
    assert values["Black counted"][4] == pytest.approx(expected["black"] / expected["white"])
    assert values["White counted"][4:7] == (None, None, None)
    # What fell where nobody lives is said, and the interval is the same whenever it is asked.
    assert f"{ROWS[19]['predictions']} predictions fell where nobody lives" in plain(found)
    assert drawn(catalogue, made, "exposure") == found


def test_fifths_by_hand(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "place", COLUMNS, ROWS)
    found = drawn(catalogue, made, "fifths")
    lived_in = [row for row in ROWS if row["residents"]]
    ordered = sorted(lived_in, key=lambda row: int(row["black"] or 0) / int(row["residents"] or 1))
    parts = [ordered[:4], ordered[4:8], ordered[8:12], ordered[12:16], ordered[16:]]
    series = next(one for one in found.series if one.label == "Black counted")
    assert series.y == pytest.approx(
        [1000 * sum(column("predictions", part)) / sum(column("residents", part)) for part in parts]
    )
    assert [row[-1] for row in found.rows if row[0] == "Black counted"] == [4, 4, 4, 4, 3]
    for value, low, high in zip(series.y, series.low, series.high, strict=True):
        assert value is not None and low is not None and high is not None and low <= value <= high


def test_a_condition_leaves_the_other_places_out(tmp_path: Path) -> None:
    catalogue, made = dataset(tmp_path, "place", COLUMNS, ROWS)
    found = drawn(catalogue, made, "concentration", ("where", "side:north"))
    assert {str(row[0]) for row in found.rows} == {f"B{place:02}" for place in range(9)}


def test_what_cannot_be_drawn_says_why(tmp_path: Path) -> None:
    rows = [{**row, "predictions": 0 if row["side"] == "north" else row["predictions"]} for row in ROWS]
    catalogue, made = dataset(tmp_path, "place", COLUMNS, rows)
    for kind in ("concentration", "exposure", "fifths"):
        with pytest.raises(Invalid, match="nothing to draw") as refused:
            drawn(catalogue, made, kind, ("where", "side:north"))
        assert "no prediction" in refused.value.faults[0].problem


def test_a_place_that_does_not_state_its_residents_is_not_taken_for_empty(tmp_path: Path) -> None:
    columns = [*COLUMNS[:3], measure("residents", blank="Nobody counted them."), *COLUMNS[4:]]
    rows = [{**row, "residents": None if row["block"] == "B03" else row["residents"]} for row in ROWS]
    catalogue, made = dataset(tmp_path, "place", columns, rows)
    with pytest.raises(Invalid) as refused:
        drawn(catalogue, made, "exposure")
    assert "residents" in refused.value.faults[0].problem
    # The other half of the places can still be shown.
    assert drawn(catalogue, made, "exposure", ("where", "side:south")).rows


def test_crimes_caught_where_the_area_is_known(tmp_path: Path) -> None:
    columns = [record("block"), *(measure(name) for name in ("predictions", "crimes", "area", "residents"))]
    rows: list[Cells] = [
        {"block": name, "predictions": p, "crimes": c, "area": a, "residents": 50}
        for name, p, c, a in [("A", 40, 6, 5), ("B", 10, 1, 5), ("C", 5, 9, 40), ("D", 0, 4, 50)]
    ]
    catalogue, made = dataset(tmp_path, "place", columns, rows)
    assert "hit-curve" in offered(made)
    found = drawn(catalogue, made, "hit-curve")
    at = {row[0]: row for row in found.rows}
    # 5 % of the area is A alone: 6 of 20 crimes, 6 times its share, and no choice could do better.
    assert at[0.05][1:] == pytest.approx((0.3, 6.0, 1.0))
    assert at[0.1][1:3] == pytest.approx((7 / 20, 3.5))
    # The best 10 % would be A and an eighth of C: 6 + 9 / 8, more than B's 1.
    assert at[0.1][3] == pytest.approx(7 / (6 + 9 / 8))
    assert at[1.0][1:] == pytest.approx((1.0, 1.0, 1.0))
    assert "6.0 times as many" in plain(found)


def test_pictures_are_offered_only_where_their_counts_are(tmp_path: Path) -> None:
    without_area = dataset(tmp_path, "place", COLUMNS, ROWS)[1]
    assert {"concentration", "exposure", "fifths"} <= offered(without_area)
    assert "hit-curve" not in offered(without_area)
    (tmp_path / "other").mkdir()
    columns = [listed("kind", "group", ["theft", "fire"]), measure("predictions"), measure("matched")]
    rows: list[Cells] = [
        {"kind": "theft", "predictions": 9, "matched": 1},
        {"kind": "fire", "predictions": 5, "matched": 0},
    ]
    by_kind = dataset(tmp_path / "other", "place", columns, rows)[1]
    assert not {"concentration", "exposure", "fifths", "hit-curve"} & offered(by_kind)
