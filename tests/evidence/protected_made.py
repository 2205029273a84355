"""Protected datasets made by the real command's own functions from invented rows: one for each method."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.lattice import table_for
from hearing_app.evidence.counting.publication import files_of
from hearing_app.evidence.counting.writing import write_folder
from hearing_app.evidence.datasets import Dataset
from tests.evidence.counting import made

POPULATIONS = [
    {"id": "all", "label": "All", "explanation": "Everyone.", "where": {}},
    {"id": "north", "label": "North", "explanation": "The north.", "where": {"area": "North"}},
]
TABLES = [["team"], ["team", "area"], ["team", "month"]]
PLANS: dict[str, dict[str, Any]] = {
    "already public": {"method": "already public"},
    "minimum cell": {"method": "minimum cell", "minimum": 10, "tables": TABLES},
    "random rounding": {"method": "random rounding", "tables": TABLES},
    "differential privacy": {"method": "differential privacy", "epsilon": 5, "tables": [["team"]]},
    "merged scores": {
        "method": "random rounding",
        "tables": [["team"], ["month"]],
        "thresholds": [2, 3],
    },
}
PROTECTED = [name for name in PLANS if name != "already public"]


def counts() -> Counts:
    """Some 60,000 runners. Few are Green or Blue and late with one point: some of those are withheld."""
    found = 10 * made.counted(made.random_rows(6_000))
    found[2, :, :, 0, 1] = 0
    found[1, :, :, 0, 1] = 25
    found[2, 0, 0, 0, 1] = 5
    found[2, 1, 1, 0, 1] = 3
    return np.ascontiguousarray(found)


def write(top: Path, method: str) -> Path:
    """The folder of datasets, with the one dataset "made"."""
    data, manifest, plan = made.asked(disclosure=PLANS[method], populations=POPULATIONS)
    files, _ = files_of(counts(), data, manifest, plan, today=date(2026, 11, 23), key=b"k" * 32)
    write_folder(top / "made", files)
    return top


def cells(rows: list[dict[str, str]], wanted: Mapping[str, object]) -> list[dict[str, str]]:
    """The rows of a published file with the wanted values."""
    return [row for row in rows if all(row[name] == str(value) for name, value in wanted.items())]


def rows_of(dataset: Dataset, by: tuple[str, ...], where: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of the published file that answers."""
    assert dataset.manifest.disclosure is not None
    table = table_for(dataset.manifest.disclosure, by, where)
    return list(csv.DictReader(io.StringIO(dataset.files[table.file].decode())))
