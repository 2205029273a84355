"""Private counts add up exactly, stay private, and nothing else passes for them."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Conflict, Invalid
from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.counting import count_rows
from hearing_app.evidence.counting.private import added, read_private, write_private
from hearing_app.evidence.counting.shape import axes_of
from hearing_app.evidence.manifest import LARGEST_TOTAL
from tests.evidence.counting import made

AXES = axes_of(made.manifest())


def written(path: Path, counts: Counts) -> Path:
    write_private(path, counts, AXES, away_from=[])
    return path


def test_two_halves_added_are_the_whole(tmp_path: Path) -> None:
    """Count a file, count another, add the private counts: exactly what counting both together gives."""
    rows = made.random_rows(5_000)
    one = made.write_parquet(tmp_path / "one.parquet", rows[:1_234])
    two = made.write_csv(tmp_path / "two.csv", rows[1_234:])
    manifest = made.manifest()
    parts = [
        read_private(written(tmp_path / f"{name}.private.parquet", count_rows([file], manifest)), AXES)
        for name, file in (("one", one), ("two", two))
    ]
    assert (added(parts) == count_rows([one, two], manifest)).all()
    assert (added(parts) == made.counted(rows)).all()


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**6), min_size=4, max_size=4), min_size=3, max_size=3))
def test_the_order_of_adding_does_not_matter(values: list[list[int]]) -> None:
    one, two, three = (np.array(part, dtype=np.int64) for part in values)
    whole = added([one, two, three])
    assert (added([added([one, two]), three]) == whole).all()
    assert (added([one, added([two, three])]) == whole).all()
    assert (added([three, one, two]) == whole).all()
    assert whole.tolist() == [sum(column) for column in zip(*values, strict=True)]


def test_too_many_to_add_exactly_are_refused() -> None:
    with pytest.raises(Invalid, match="more than 1,000,000,000,000"):
        added([np.array([LARGEST_TOTAL]), np.array([1])])


def test_only_the_owner_reads_it_and_it_says_what_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / "a.private.parquet", made.counted(made.random_rows(50)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"PRIVATE" in path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]
    path.chmod(0o644)
    with pytest.raises(Invalid) as refused:
        read_private(path, AXES)
    assert "Others can read" in str(refused.value.faults[0])


def test_it_is_never_written_where_it_could_be_published_or_over_another(tmp_path: Path) -> None:
    counts = made.counted(made.random_rows(50))
    with pytest.raises(Conflict, match="ends in"):
        written(tmp_path / "counts.parquet", counts)
    with pytest.raises(Conflict, match="is published"):
        write_private(tmp_path / "a.private.parquet", counts, AXES, away_from=[tmp_path])
    (tmp_path / "made").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "made")
    with pytest.raises(Conflict, match="is published"):
        write_private(tmp_path / "link/a.private.parquet", counts, AXES, away_from=[tmp_path / "made"])
    path = written(tmp_path / "a.private.parquet", counts)
    before = path.read_bytes()
    with pytest.raises(Conflict, match="already"):
        written(path, counts)
    assert path.read_bytes() == before


def test_counts_of_other_columns_are_refused(tmp_path: Path) -> None:
    """The same columns with their values in another order would add people to the wrong groups."""
    path = written(tmp_path / "a.private.parquet", made.counted(made.random_rows(50)))
    others = axes_of(made.manifest(areas=("South", "North")))
    with pytest.raises(Invalid) as refused:
        read_private(path, others)
    assert "not those of the manifest" in str(refused.value.faults[0])


def test_what_is_no_private_file_or_was_changed_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.private.parquet", made.counted(made.random_rows(50)))
    table = pq.read_table(path)
    changed = {
        "doubled": table.set_column(1, "people", pa.array(np.array(table["people"]) * 2)),
        "unmarked": table.replace_schema_metadata({}),
        "other": pa.table({"a": [1]}),
    }
    for name, found in changed.items():
        other = tmp_path / f"{name}.private.parquet"
        pq.write_table(found, other)
        other.chmod(0o600)
        with pytest.raises(Invalid):
            read_private(other, AXES)
    text = tmp_path / "text.private.parquet"
    text.write_text("not at all")
    text.chmod(0o600)
    (tmp_path / "link.private.parquet").symlink_to(path)
    for other in (text, tmp_path / "link.private.parquet", tmp_path, tmp_path / "absent.private.parquet"):
        with pytest.raises(Invalid):
            read_private(other, AXES)
