"""An attack on the published files alone, written apart from the program's own."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from scipy.optimize import linprog

from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.control import Plan
from hearing_app.evidence.counting.publication import files_of
from hearing_app.evidence.counting.writing import write_folder
from hearing_app.evidence.manifest import Manifest
from tests.evidence.counting import made

POPULATIONS = [
    {"id": "all", "label": "All", "explanation": "Everyone.", "where": {}},
    {"id": "north", "label": "North", "explanation": "The north.", "where": {"area": "North"}},
]
PLANS: Sequence[list[list[str]]] = (
    [["team"], ["month"]],
    [["team", "area"], ["month"]],
    [["team", "area"], ["team", "month"]],
    [["team", "area"], ["team", "month"], ["area", "month"]],
)


TEAMS = ("Red", "Blue", "Green", "Amber", "Grey")


def people(seed: int) -> Counts:
    """Some ten thousand runners, of whom few are Green and very few Amber or Grey."""
    draw = np.random.default_rng(seed)
    teams = np.array([200, 150, 4, 0.5, 0.4]).reshape(5, 1, 1, 1, 1)
    found: Counts = draw.poisson(teams * np.ones((5, 2, 4, 4, 2)))
    return found


def asked(tables: list[list[str]]) -> tuple[dict[str, Any], Manifest, Plan]:
    return made.asked(teams=TEAMS, disclosure={"tables": tables}, populations=POPULATIONS)


class Published:
    """What stands in a folder: sums of the joint table that are known, and those that are withheld."""

    def __init__(self, folder: Path) -> None:
        said = yaml.safe_load((folder / "dataset.yaml").read_text())
        lists = {c["name"]: [str(v["value"]) for v in c["values"]] for c in said["columns"] if "values" in c}
        lists["points"] = [str(score) for score in said["disclosure"]["thresholds"]]
        lists["late"] = ["0", "1"]
        self.names = [*lists]
        self.joint = [dict(zip(lists, place, strict=True)) for place in product(*lists.values())]
        self.rows: list[NDArray[np.float64]] = []
        self.known: list[float] = []
        self.withheld: list[NDArray[np.float64]] = []
        for path in [folder / "counts.csv", *sorted((folder / "tables").glob("*.csv"))]:
            with path.open(newline="") as file:
                for row in csv.DictReader(file):
                    number = row.pop("people")
                    if number:
                        self.know(row, float(number))
                    else:
                        self.withheld.append(self.sum_over(row))
        for population in said["populations"]:
            self.know(population["where"], population["total"])
        self.know({}, said["total"])

    def sum_over(self, where: dict[str, str]) -> NDArray[np.float64]:
        return np.array([float(all(one[n] == v for n, v in where.items())) for one in self.joint])

    def know(self, where: dict[str, str], number: float) -> None:
        self.rows.append(self.sum_over(where))
        self.known.append(number)

    def range_of(self, wanted: NDArray[np.float64]) -> tuple[float, float]:
        matrix, known = np.array(self.rows), np.array(self.known)
        ends = [
            sign * linprog(sign * wanted, A_eq=matrix, b_eq=known, bounds=(0, None), method="highs").fun
            for sign in (1, -1)
        ]
        return ends[0], ends[1]


@pytest.mark.parametrize("tables", PLANS, ids=str)
def test_nobody_with_the_files_alone_can_work_out_a_withheld_count(
    tmp_path: Path, tables: list[list[str]]
) -> None:
    """Every withheld count, in every table, keeps a range of at least half of ten; nearly all keep 0 to 9."""
    data, manifest, plan = asked(tables)
    files, told = files_of(people(seed=3), data, manifest, plan, today=date(2026, 1, 1))
    write_folder(tmp_path / "made", files)
    found = Published(tmp_path / "made")
    assert len(found.withheld) > 10
    assert len(found.withheld) == sum(table.cells_withheld for table in told.tables)
    ranges = [found.range_of(cell) for cell in found.withheld]
    assert all(high - low > 5 - 1e-6 for low, high in ranges)
    # Those that were under ten are open from 0 to 9; the others were withheld for their sake.
    open_to_nine = sum(low < 1e-6 and high > 9 - 1e-6 for low, high in ranges)
    assert open_to_nine >= len(ranges) / 2


def test_the_attack_finds_a_cell_that_was_put_back(tmp_path: Path) -> None:
    """It can win: publish one withheld count after all, and others can be worked out better than before."""
    data, manifest, plan = asked([["team"], ["month"]])
    counts = people(seed=3)
    files, _ = files_of(counts, data, manifest, plan, today=date(2026, 1, 1))
    write_folder(tmp_path / "made", files)
    found = Published(tmp_path / "made")
    assert found.withheld
    before = [high - low for low, high in map(found.range_of, found.withheld)]
    low, high = found.range_of(found.withheld[0])
    found.rows.append(found.withheld[0])
    found.known.append((low + high) / 2)
    after = [high - low for low, high in map(found.range_of, found.withheld)]
    assert max(after) <= max(before)
    assert sum(after) < sum(before) - 5
