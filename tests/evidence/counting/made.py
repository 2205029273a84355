"""People made up for the tests of counting: a manifest of few columns, rows, and files of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from hearing_app.evidence.counting.asking import parse_asked
from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.control import Plan
from hearing_app.evidence.manifest import Manifest

Row = tuple[str, str, str, int, int]
NAMES = ("team", "area", "month", "points", "late")
TEAMS = ("Red", "Blue", "Green")
AREAS = ("North", "South")
MONTHS = ("2023-01", "2023-02", "2023-03", "2023-04")
SCORES = 4


def listed(values: Iterable[str]) -> list[dict[str, str]]:
    return [{"value": value, "label": f"{value} label"} for value in values]


def data(
    *,
    teams: Sequence[str] = TEAMS,
    areas: Sequence[str] = AREAS,
    months: Sequence[str] = MONTHS,
    scores: int = SCORES,
    disclosure: Mapping[str, Any] | None = None,
    populations: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """A manifest as a force writes it: no totals."""
    made: dict[str, Any] = {
        "id": "made",
        "title": "Made to measure",
        "summary": "People of no place.",
        "system": "example",
        "family": "risk_score",
        "origin": {
            "publisher": "The tests",
            "year": 2020,
            "url": "https://www.example.org/",
            "prepared": "Written down.",
        },
        "licence": {"name": "None needed", "statement": "Anybody may use it."},
        "citation": "The tests.",
        "period": {"first": 2023, "last": 2023, "label": "2023"},
        "place": "Exampleton",
        "unit": {"of": "people", "label": "runners", "one": "runner"},
        "columns": [
            {
                "name": "team",
                "role": "group",
                "type": "text",
                "label": "Team",
                "reference": teams[0],
                "values": listed(teams),
            },
            {"name": "area", "role": "filter", "type": "text", "label": "Area", "values": listed(areas)},
            {"name": "month", "role": "time", "type": "text", "label": "Month", "values": listed(months)},
            {
                "name": "points",
                "role": "score",
                "label": "Points",
                "minimum": 1,
                "maximum": scores,
                "threshold": 2,
            },
            {
                "name": "late",
                "role": "outcome",
                "label": "Late",
                "positive": "were late",
                "negative": "were on time",
            },
            {"name": "people", "role": "count", "label": "Runners"},
        ],
        "decision": {
            "positive_when": "the score is at or above the threshold",
            "positive": "were scored {level}",
            "negative": "were scored {below}",
        },
        "limits": ["It is made up."],
    }
    if disclosure is not None:
        made["disclosure"] = dict(disclosure)
    if populations is not None:
        made["populations"] = [dict(one) for one in populations]
    return made


def text_of(made: Mapping[str, Any]) -> bytes:
    return yaml.safe_dump(dict(made), sort_keys=False).encode()


def asked(**changes: Any) -> tuple[dict[str, Any], Manifest, Plan]:
    return parse_asked(text_of(data(**changes)))


def manifest(**changes: Any) -> Manifest:
    return asked(**changes)[1]


def write_csv(path: Path, rows: Iterable[Sequence[object]], names: Sequence[str] = NAMES) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    return path


def write_parquet(
    path: Path, rows: Sequence[Row], names: Sequence[str] = NAMES, group: int = 1_000_000
) -> Path:
    columns = list(zip(*rows, strict=True))
    kinds = (pa.string(), pa.string(), pa.string(), pa.int8(), pa.int8())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), path, row_group_size=group)
    return path


def random_rows(number: int, seed: int = 1) -> list[Row]:
    draw = np.random.default_rng(seed)
    return [
        (
            TEAMS[draw.choice(3, p=(0.6, 0.3, 0.1))],
            AREAS[draw.integers(2)],
            MONTHS[draw.integers(4)],
            int(draw.integers(1, SCORES + 1)),
            int(draw.integers(2)),
        )
        for _ in range(number)
    ]


def counted(rows: Iterable[Row]) -> Counts:
    """The counts of rows, one row at a time: the slow oracle."""
    counts = np.zeros((len(TEAMS), len(AREAS), len(MONTHS), SCORES, 2), dtype=np.int64)
    for team, area, month, points, late in rows:
        counts[TEAMS.index(team), AREAS.index(area), MONTHS.index(month), points - 1, late] += 1
    return counts
