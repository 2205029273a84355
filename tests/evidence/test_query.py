"""The query that a page shows is run in DuckDB on the published file, and gives what the audit gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.evidence.audit import audit
from hearing_app.evidence.checks import COUNTS
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.query import query_of
from hearing_app.evidence.selection import Selection, parse_selection
from tests.evidence.exhibits.made import dataset, listed, measure

DATASETS = sorted(path.parent.name for path in Path(__file__).parents[2].glob("datasets/*/counts.csv"))


def run(found: Dataset, selection: Selection, folder: Path) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What DuckDB answers in a folder that holds the published file and nothing else."""
    (folder / COUNTS).write_bytes(found.files[COUNTS])
    query = query_of(found.manifest, selection).replace(f"'{COUNTS}'", f"'{folder / COUNTS}'")
    with duckdb.connect(":memory:") as connection:
        cursor = connection.execute(query)
        names = [part[0] for part in cursor.description or ()]
        lines = cursor.fetchall()
    keys = len(selection.by)
    return {tuple(line[:keys]): dict(zip(names[keys:], line[keys:], strict=True)) for line in lines}


def check(catalogue: Catalogue, found: Dataset, selection: Selection, folder: Path) -> None:
    answer, ours = run(found, selection, folder), audit(catalogue, selection)
    groups: dict[tuple[Any, ...], Any]
    if not selection.by:
        groups = {(): ours.overall.counts}
    else:
        groups = {tuple(value for _, value in one.group): one.counts for one in ours.groups}
    assert set(answer) == set(groups)
    for key, counts in groups.items():
        # NULL where a cell is empty or what was counted differently would be added up: None there, too.
        assert answer[key] == dict(counts), key


@pytest.mark.parametrize("name", DATASETS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_it_gives_the_counts_of_the_audit(
    catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    found = catalogue.dataset(name)
    manifest = found.manifest
    columns = {column.name: column for column in manifest.selectable}
    by = data.draw(
        st.lists(st.sampled_from([one.name for one in manifest.comparable]), unique=True, max_size=2)
    )
    asked = [("by", ",".join(by))]
    for column in data.draw(st.lists(st.sampled_from(sorted(columns)), unique=True, max_size=2)):
        value = data.draw(st.sampled_from([one.value for one in columns[column].values]))
        asked.append(("where", f"{column}:{value}"))
    if manifest.scored:
        threshold = data.draw(st.integers(manifest.score.minimum, manifest.score.maximum))
        asked.append(("threshold", str(threshold)))
    check(catalogue, found, parse_selection(found, asked), tmp_path_factory.mktemp("query"))


HOSTILE = [
    "O'Brien",
    "'); DROP TABLE counts; --",
    'say "hello"',
    "a,b",
    "007",
    "7",
    "0.60",
    "true",
    "2024-01-01",
    "x OR 1=1",
]


def test_hostile_values_and_words_of_sql_stay_what_they_are(tmp_path: Path) -> None:
    columns = [listed("select", "group", HOSTILE), listed("order", "group", [1, 2]), measure("alerts")]
    columns.append(measure("false_alerts"))
    rows = [
        {"select": value, "order": order, "alerts": 10 * at + order, "false_alerts": at}
        for at, value in enumerate(HOSTILE, start=1)
        for order in (1, 2)
    ]
    quoted = [row | {"select": '"' + str(row["select"]).replace('"', '""') + '"'} for row in rows]
    catalogue, found = dataset(tmp_path, "identification", columns, quoted)
    for at, value in enumerate(HOSTILE, start=1):
        # A comma or a colon in a value is part of it: only the first colon parts the two.
        asked = [("by", "order"), ("where", f"select:{value}")]
        selection = parse_selection(found, asked)
        check(catalogue, found, selection, tmp_path)
        assert run(found, selection, tmp_path)[1,]["alerts"] == 10 * at + 1
    everything = parse_selection(found, [("by", "select,order")])
    check(catalogue, found, everything, tmp_path)
    assert len(run(found, everything, tmp_path)) == 2 * len(HOSTILE)
