"""The published dataset, its people one by one, and small datasets made to measure."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearing_app.evidence.datasets import Catalogue, Dataset

ROOT = Path(__file__).parents[2]
MakeDataset = Callable[..., Path]


@pytest.fixture(scope="session")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(ROOT / "datasets")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def compas(catalogue: Catalogue) -> Dataset:
    return catalogue.dataset("compas-broward")


@pytest.fixture(scope="session")
def people() -> list[dict[str, str]]:
    """One dictionary for each of the 7,214 people, as a slow oracle counts them."""
    with (ROOT / "datasets/compas-broward/counts.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) for _ in range(int(row["n"]))]


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "reference_compas.json").read_text())
    return found


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the published dataset, for a test to break."""
    folder = tmp_path / "compas-broward"
    shutil.copytree(ROOT / "datasets/compas-broward", folder)
    return folder


@pytest.fixture(scope="session")
def make_dataset(tmp_path_factory: pytest.TempPathFactory) -> MakeDataset:
    """Writes a folder of datasets with one dataset "made" from rows of (group, extra, score, outcome, n)."""

    def make(rows: Sequence[tuple[str, int, int, int, int]], maximum: int = 10) -> Path:
        top = tmp_path_factory.mktemp("datasets")
        folder = top / "made"
        folder.mkdir()
        lines = ["team,extra,points,late,number", *(",".join(map(str, row)) for row in rows)]
        (folder / "counts.csv").write_text("\n".join(lines) + "\n")
        (folder / "dataset.yaml").write_text(yaml.safe_dump(_manifest(rows, maximum), sort_keys=False))
        return top

    return make


def _manifest(rows: Sequence[tuple[str, int, int, int, int]], maximum: int) -> Mapping[str, Any]:
    teams = list(dict.fromkeys(row[0] for row in rows if row[4]))
    extras = list(dict.fromkeys(row[1] for row in rows if row[4]))
    total = sum(row[4] for row in rows)
    return {
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
        "period": {"first": 2019, "last": 2020, "label": "2019 and 2020"},
        "place": "Exampleton",
        "unit": {"of": "people", "label": "runners", "one": "runner"},
        "total": total,
        "columns": [
            {
                "name": "team",
                "role": "group",
                "type": "text",
                "label": "Team",
                "reference": teams[0],
                "values": [{"value": team, "label": f"{team} team", "before": team} for team in teams],
            },
            {
                "name": "extra",
                "role": "filter",
                "type": "integer",
                "label": "Extra",
                "values": [{"value": extra, "label": f"Extra {extra}"} for extra in extras],
            },
            {
                "name": "points",
                "role": "score",
                "label": "Points",
                "minimum": 1,
                "maximum": maximum,
                "threshold": min(5, maximum),
            },
            {
                "name": "late",
                "role": "outcome",
                "label": "Late",
                "positive": "were late",
                "negative": "were on time",
            },
            {"name": "number", "role": "count", "label": "Runners"},
        ],
        "decision": {
            "positive_when": "the score is at or above the threshold",
            "positive": "were scored {level}",
            "negative": "were not scored {level}",
        },
        "populations": [
            {"id": "all", "label": "All", "explanation": "Everyone.", "where": {}, "total": total}
        ],
        "limits": ["It is made up."],
    }
