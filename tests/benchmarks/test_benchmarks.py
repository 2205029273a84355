"""The benchmarks run, in small, and what they compare agrees; no time is asserted here."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import audit, building, interaction, intervals, picture, readers, report, synthetic
from benchmarks.timing import Figure, Part, Target, side_by_side, within_budget
from hearing_app.evidence.counting.counting import count_rows

PEOPLE = 3_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


def test_the_people_are_the_same_every_time_and_fill_the_columns(folder: Path) -> None:
    path = synthetic.write(folder / "some.parquet", PEOPLE)
    again = synthetic.write(folder / "again.parquet", PEOPLE)
    assert path.read_bytes() == again.read_bytes()
    counts = count_rows([path], synthetic.manifest())
    assert counts.shape == (6, 2, 4, 50, 12, 10, 2) == synthetic.counts(10).shape
    assert counts.sum() == PEOPLE
    drawn = synthetic.counts(1_000_000)
    assert drawn.sum() == 1_000_000
    # Both ways of making people give about the same shares.
    for axis in range(7):
        others = tuple(place for place in range(7) if place != axis)
        np.testing.assert_allclose(counts.sum(others) / PEOPLE, drawn.sum(others) / 1_000_000, atol=0.03)


def test_every_tool_gives_the_same_audit(folder: Path) -> None:
    part = audit.measure(folder, PEOPLE, 1, budget=0.001)
    names = [one.what.split(",")[0] for one in part.figures]
    assert names == ["ours", "ours", "DuckDB", "polars", "pandas", "fairlearn MetricFrame"]
    assert all(one.value > 0 for one in part.figures)


def test_a_tool_that_differs_is_noticed(folder: Path) -> None:
    path = synthetic.write(folder / "few.parquet", 500)
    mine = audit.rates_of_ours(audit.ours_from_rows(path))
    other = {by: dict(groups) for by, groups in audit.rates_of_duckdb(audit.with_duckdb(path)).items()}
    assert audit.difference(mine, other) <= 1e-12
    first = next(iter(other["race",]))
    other["race",][first] = (*other["race",][first][:6], 0.123)
    assert audit.difference(mine, other) > 1e-3
    other["race",][first] = (*other["race",][first][:6], float("nan"))
    with pytest.raises(SystemExit, match="undefined"):
        audit.difference(mine, other)
    del other["race",][first]
    with pytest.raises(SystemExit, match="groups"):
        audit.difference(mine, other)


def test_readers_are_measured_alone_and_together() -> None:
    parts = interaction.measure(6, (1, 3), million=20_000)
    assert [part.title for part in parts] == [
        "One change of threshold, group or filter",
        "Many readers at once",
        "A hundred times the people",
    ]
    assert [one.runs for one in parts[1].figures] == [6, 18, 6, 18]


def test_readers_over_the_wire_are_measured_from_a_process_beside() -> None:
    part = readers.measure(3, (1, 2))
    assert [one.runs for one in part.figures] == [3, 6]
    assert [one.bound for one in part.targets] == [2.0]
    assert all(0 < one.value < 60_000 for one in part.figures)


def test_counting_is_measured_with_its_memory(folder: Path) -> None:
    part = building.measure(folder, PEOPLE, 1)
    memory = next(one for one in part.figures if "most memory" in one.what)
    assert 0.01 < memory.value < 2


def test_intervals_and_areas_agree_with_the_others(folder: Path) -> None:
    part = intervals.measure_areas(folder, PEOPLE, 1)
    assert next(one for one in part.targets if "difference" in one.claim).is_met
    found = intervals.measure_intervals(folder, PEOPLE, 20, 1)
    assert [one.claim for one in found.targets][1].endswith("(not measured)")


def test_the_report_says_what_was_met_and_what_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AEQUITAS_PYTHON", raising=False)
    part = Part(
        "A whole audit of 1,000 people",
        "Some words.",
        (Figure("ours", 0.002, "s", 5, "alone"),),
        (
            Target("as fast", 3.2, 2, True),
            Target("as small", 3.2, 2, False, "GB"),
            Target("exact", 0.0, 1e-15, False, ""),
        ),
        {"ours": 0.002, "theirs & others": 20.0},
    )
    text = report.page([part], "2020-01-01 00:00 UTC", [0.1, 0.2])
    assert "| as fast | 3.2 x | at least 2 x | met |" in text
    assert "| as small | 3.2 GB | at most 2 GB | **not met** |" in text
    assert "| against Aequitas, from Parquet | not measured |" in text
    assert "Some words. Load of the machine: 0.2." in text
    assert "| ours | 0.002 s | 5 | alone |" in text
    # A stranger learns the machine's size, and no path or name of it.
    assert not re.search(r"/(home|root|work|tmp)/", text)
    report.write([part], text, folder)
    drawn = (folder / "pictures/benchmark-audit-1000.svg").read_text()
    assert "theirs &amp; others" in drawn and drawn == picture.svg(
        "A whole audit of 1,000 people: time taken", part.bars or {}
    )
    assert (folder / "benchmarks.md").read_text() == text


def test_the_whole_run_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        "--rows",
        "2000",
        "--runs",
        "1",
        "--fairlearn",
        "0",
        "--asked",
        "2",
        "--draws",
        "20",
        "--docs",
        str(tmp_path),
    ]
    monkeypatch.setattr(sys, "argv", ["report", *asked])
    said: list[Any] = []
    report.main(said.append)
    assert len(said) == 1 + 3 + 1 + 1 + 1 + 1
    assert (tmp_path / "benchmarks.md").read_text().startswith("# How fast it is")
    assert (tmp_path / "pictures/benchmark-audit-2000.svg").exists()


def test_times_are_medians_taken_in_rounds() -> None:
    order: list[str] = []
    found = side_by_side({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b"] * 3 and set(found) == {"a", "b"}
    # Once in any case, and never again when the time is over.
    assert within_budget(lambda: "x", 5, 0.0)[1:] == (1, "x")
    assert within_budget(lambda: "x", 5, 60.0)[1:] == (5, "x")
