"""The files that are written: they say what they are, fit each other, and state what was done."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hearing_app.errors import Invalid
from hearing_app.evidence.checks import check_dataset
from hearing_app.evidence.counting.asking import parse_asked, read_asked
from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.control import Disclosure
from hearing_app.evidence.counting.counting import count_rows
from hearing_app.evidence.counting.publication import files_of
from hearing_app.evidence.counting.tables import refuse_many
from hearing_app.evidence.counting.writing import write_folder
from hearing_app.evidence.manifest import Manifest
from hearing_app.registry.reading import parse
from tests.evidence.counting import made

TODAY = date(2026, 11, 23)
POPULATIONS = [
    {"id": "all", "label": "All", "explanation": "Everyone.", "where": {}},
    {"id": "north", "label": "North", "explanation": "The north.", "where": {"area": "North"}},
]
PLANS: dict[str, dict[str, Any]] = {
    "already public": {"method": "already public"},
    "minimum cell": {},
    "coarse": {"minimum": 40, "tables": [["team"], ["month"]]},
    "random rounding": {"method": "random rounding"},
    "differential privacy": {"method": "differential privacy", "epsilon": 5, "tables": [["team"]]},
}


def published(counts: Counts, plan: dict[str, Any]) -> tuple[dict[str, bytes], Disclosure]:
    data, manifest, asked = made.asked(disclosure=plan, populations=POPULATIONS)
    return files_of(counts, data, manifest, asked, today=TODAY, key=b"k" * 32)


def written_manifest(files: dict[str, bytes]) -> tuple[Manifest, Disclosure]:
    found, faults = parse(files["dataset.yaml"])
    assert faults == [] and isinstance(found, dict)
    disclosure = Disclosure.model_validate(found.pop("disclosure"))
    return Manifest.model_validate(found), disclosure


@pytest.fixture(scope="module")
def counts() -> Counts:
    return made.counted(made.random_rows(6_000))


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_files_are_those_that_the_manifest_names(counts: Counts, plan: dict[str, Any]) -> None:
    """Each file has its header, a row for every combination of the manifest's values, and as many withheld
    cells as the manifest says; totals are those of the tables."""
    files, told = published(counts, plan)
    manifest, disclosure = written_manifest(files)
    assert disclosure.files == told.files == tuple(name for name in files if name != "dataset.yaml")
    assert disclosure.date == "2026-11-23"
    listed = {column.name: [str(v.value) for v in column.values] for column in manifest.selectable}
    sums = {}
    for table in disclosure.tables:
        rows = list(csv.reader(io.StringIO(files[table.file].decode())))
        assert rows[0] == [*table.columns, "points", "late", "people"]
        assert len({tuple(row[:-1]) for row in rows[1:]}) == len(rows) - 1 == table.cells
        for place, name in enumerate(table.columns):
            assert list(dict.fromkeys(row[place] for row in rows[1:])) == listed[name]
        assert {int(row[-3]) for row in rows[1:]} == set(disclosure.thresholds)
        assert sum(row[-1] == "" for row in rows[1:]) == table.cells_withheld
        assert not any(row[-1] == "0" for row in rows[1:]) or disclosure.method != "minimum cell"
        sums[table.columns] = rows[1:]
    if disclosure.tables:
        everyone = sum(int(row[-1]) for row in sums[()])
        assert disclosure.tables[0].columns == ()
        assert manifest.total == manifest.populations[0].total == everyone
        north = sum(int(row[-1]) for row in sums["area",] if row[0] == "North")
        assert manifest.populations[1].total == north
    if disclosure.method in {"already public", "minimum cell"}:
        assert manifest.total == 6_000
        assert manifest.populations[1].total == counts[:, 0].sum()


def test_what_is_already_public_fits_its_manifest(counts: Counts, tmp_path: Path) -> None:
    """One file with every combination that occurs; values that never occur are taken out."""
    counts = counts.copy()
    counts[2] = 0
    files, _ = published(counts, {"method": "already public"})
    rows = list(csv.reader(io.StringIO(files["counts.csv"].decode())))
    assert len(rows) - 1 == (counts > 0).sum()
    assert sum(int(row[-1]) for row in rows[1:]) == counts.sum()
    manifest, _ = written_manifest(files)
    assert [v.value for v in manifest.groups[0].values] == ["Red", "Blue"]


def test_the_published_dataset_is_counted_again(people: list[dict[str, str]], tmp_path: Path) -> None:
    """Its 7,214 people one by one, counted as already public, give its own counts, totals and populations."""
    folder = Path(__file__).parents[3] / "datasets/compas-broward"
    names = [name for name in people[0] if name != "n"]
    rows = made.write_csv(tmp_path / "rows.csv", [[one[name] for name in names] for one in people], names)
    data, manifest, plan = read_asked(folder / "dataset.yaml", {"method": "already public"})
    files, _ = files_of(count_rows([rows], manifest), data, manifest, plan, today=TODAY)
    assert sorted(files["counts.csv"].splitlines()) == sorted(
        (folder / "counts.csv").read_bytes().splitlines()
    )
    again, _ = written_manifest(files)
    assert again == manifest


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_dataset_passes_the_check(counts: Counts, plan: dict[str, Any], tmp_path: Path) -> None:
    """`hearing datasets check` finds nothing wrong with what was written."""
    if "disclosure" not in Manifest.model_fields:
        pytest.skip("the manifest has no field for the disclosure control yet")
    files, _ = published(counts, plan)
    write_folder(tmp_path / "made", files)
    assert [str(fault) for fault in check_dataset(tmp_path / "made")] == []


def test_what_was_taken_together_is_said_and_labelled() -> None:
    """Few Blue runners and fewer Green ones: bins and one merged team, each said."""
    counts = np.zeros((3, 2, 4, 4, 2), dtype=np.int64)
    for place, number in enumerate((20, 2, 0)):
        counts[place] = number
    counts[2, 0, 0] = 2
    files, disclosure = published(counts, {"tables": [["team"]], "thresholds": [2, 3]})
    manifest, _ = written_manifest(files)
    assert disclosure.thresholds == (1, 2)
    assert [v.label for v in manifest.groups[0].values] == ["Red label", "Blue label or Green label"]
    assert disclosure.coarsened == (
        "Scores are counted in bins that begin at 1, 2.",
        "Team: Blue label, Green label are counted together.",
    )
    # A column that is in no table is not described: nobody can select by it.
    assert manifest.column("month") is None and manifest.column("area") is not None


def test_quarters_are_labelled() -> None:
    counts = np.full((3, 2, 4, 4, 2), 50)
    files, _ = published(counts, {"tables": [["team"], ["month"]], "time": "quarter"})
    manifest, _ = written_manifest(files)
    column = manifest.column("month")
    assert column is not None
    assert [(v.value, v.label) for v in column.values] == [
        ("2023-Q1", "January to March 2023"),
        ("2023-Q2", "April to June 2023"),
    ]


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"method": "none"}, "disclosure.method"),
        ({"minimum": 2}, "disclosure.minimum"),
        ({"minimum": "10"}, "disclosure.minimum"),
        ({"epsilon": 0}, "disclosure.epsilon"),
        ({"method": "differential privacy"}, "needs an epsilon"),
        ({"thresholds": [9, 2]}, "9 is no possible score"),
        ({"thresholds": [3]}, "shown first, 2, is not among them"),
        ({"method": "already public", "tables": [["team"]]}, "written as it is"),
        ({"colour": "red"}, "disclosure.colour"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan: dict[str, Any], told: str) -> None:
    with pytest.raises(Invalid) as refused:
        made.asked(disclosure=plan)
    assert told in "\n".join(map(str, refused.value.faults))


def test_a_manifest_needs_no_totals_and_the_command_line_wins() -> None:
    _, manifest, plan = parse_asked(
        made.text_of(made.data(disclosure={"minimum": 20})), changes={"minimum": 30}
    )
    assert manifest.populations[0].id == "all"
    assert (plan.method, plan.minimum) == ("minimum cell", 30)


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.yaml").write_text("- a\n")
    (tmp_path / "broken.yaml").write_text("a: [\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "text.yaml")
    for name in ("text.yaml", "broken.yaml", "link.yaml", "absent.yaml"):
        with pytest.raises(Invalid, match="Nothing was written"):
            read_asked(tmp_path / name)


def test_rounded_to_nobody_is_refused() -> None:
    """One person, rounded to 0 under some key: a dataset of nobody would not fit its manifest."""
    data, manifest, plan = made.asked(disclosure={"method": "random rounding", "tables": [["team"]]})
    one = np.zeros((3, 2, 4, 4, 2), dtype=np.int64)
    one.flat[0] = 1
    refused = 0
    for seed in range(6):
        try:
            files_of(one, data, manifest, plan, today=TODAY, key=seed.to_bytes(32, "big"))
        except Invalid as error:
            refused += 1
            assert "rounded to 0" in error.faults[0].problem
    assert refused


def test_nothing_withheld_claims_no_attack() -> None:
    _, told = published(np.full((3, 2, 4, 4, 2), 50), {})
    assert sum(table.cells_withheld for table in told.tables) == 0
    assert "nothing had to be withheld" in told.protection and "attacked" not in told.protection


def test_only_few_tables_are_rounded() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_many([(), *((f"group_{n}",) for n in range(10))])
    assert "11 tables; 10" in refused.value.faults[0].problem
    refuse_many([(), *((f"group_{n}",) for n in range(9))])
