"""Counting raw rows: as a slow count of the same rows gives, whatever the files, and never a value told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.counting import counting, reading
from hearing_app.evidence.counting.counting import count_rows, size_of
from hearing_app.evidence.counting.files import look_at
from tests.evidence.counting import made
from tests.evidence.counting.made import AREAS, MONTHS, NAMES, SCORES, TEAMS, Row

CANARY = "Zbigniew Canaryworth"
rows = st.lists(
    st.tuples(
        st.sampled_from(TEAMS),
        st.sampled_from(AREAS),
        st.sampled_from(MONTHS),
        st.integers(1, SCORES),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=60,
)


def faults_of(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return "\n".join(str(fault) for fault in refused.value.faults)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=rows, order=st.permutations(range(len(NAMES))), group=st.integers(1, 20))
def test_any_rows_are_counted_as_they_are(
    tmp_path: Path, found: list[Row], order: list[int], group: int
) -> None:
    """CSV and Parquet, in any order of columns and in row groups of any size, give what a Counter gives."""
    swapped = [tuple(row[i] for i in order) for row in found]
    csv = made.write_csv(tmp_path / "rows.csv", swapped, [NAMES[i] for i in order])
    parquet = made.write_parquet(tmp_path / "rows.parquet", found, group=group)
    expected = Counter(found)
    for files in ([csv], [parquet], [csv, parquet]):
        counts = count_rows(files, made.manifest())
        for place in np.ndindex(counts.shape):
            row = (TEAMS[place[0]], AREAS[place[1]], MONTHS[place[2]], place[3] + 1, place[4])
            assert counts[place] == len(files) * expected[row]


def test_the_counts_are_those_of_pandas(tmp_path: Path) -> None:
    """A file of many row groups, read ahead, gives the same as a group-by in pandas."""
    found = made.random_rows(20_000)
    path = made.write_parquet(tmp_path / "rows.parquet", found, group=777)
    counts = count_rows([path], made.manifest(), threads=3)
    frame = pd.DataFrame(found, columns=list(NAMES)).groupby(list(NAMES)).size()
    for (team, area, month, points, late), number in frame.items():
        place = (TEAMS.index(team), AREAS.index(area), MONTHS.index(month), points - 1, late)
        assert counts[place] == number
    assert counts.sum() == 20_000


@pytest.mark.parametrize(
    ("points", "late"),
    [
        (pa.array([1, 4], pa.int64()), pa.array([True, False])),
        (pa.array([1, 4], pa.uint64()), pa.array([1, 0], pa.int32())),
        (pa.array([1.0, 4.0]), pa.array([1.0, 0.0], pa.float32())),
        (pa.array(["1", "4"]), pa.array(["1", "0"], pa.large_string())),
        (pa.array(["1", "4"]).dictionary_encode(), pa.array([1, 0], pa.uint8())),
    ],
)
def test_numbers_are_counted_however_parquet_holds_them(
    tmp_path: Path, points: pa.Array, late: pa.Array
) -> None:
    texts = {"team": ["Red", "Blue"], "area": ["North", "South"], "month": ["2023-01", "2023-02"]}
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({**texts, "points": points, "late": late}), path)
    counts = count_rows([path], made.manifest())
    assert counts[0, 0, 0, 0, 1] == counts[1, 1, 1, 3, 0] == 1
    assert counts.sum() == 2


@pytest.mark.parametrize(
    "points",
    [
        pa.array([0, 5, -1, 127, -128, None], pa.int8()),
        pa.array([0, 5, 2**62, -(2**62), 10**18, None], pa.int64()),
        pa.array([0, 2**64 - 1, 2**63, 5, 6, None], pa.uint64()),
        pa.array([0.5, 1.5, float("nan"), float("inf"), 1e300, None]),
        pa.array(["01", "+1", "1.0", " 1", "", None]),
        pa.array([1, 2, 3, 4, 5, 6], pa.timestamp("s")),
    ],
)
def test_no_number_outside_the_list_is_counted(tmp_path: Path, points: pa.Array) -> None:
    """Numbers at the ends of their type, fractions, empty ones: all are refused, none is wrapped around."""
    texts = {"team": ["Red"] * 6, "area": ["North"] * 6, "month": ["2023-01"] * 6, "late": [0] * 6}
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({**texts, "points": points}), path)
    with pytest.raises(Invalid) as refused:
        count_rows([path], made.manifest())
    told = faults_of(refused)
    for row in range(1, 6):
        assert str(row) in told
    assert "points" in told


def test_every_fault_is_named_at_once_and_no_value(tmp_path: Path) -> None:
    """Two files with a fault of each kind: file, column, row and kind are told, and no value of any row."""
    good = ("Red", "North", "2023-01", 1, 0)
    wrong = [
        (CANARY, "North", "2023-01", 1, 0),
        ("Red", "", "2023-01", 99, 0),
        ("Red", "North", "x@y.org", 1, 0),
    ]
    made.write_csv(tmp_path / "a.csv", [good, *wrong])
    made.write_csv(
        tmp_path / "b.csv",
        [(*good, f"{CANARY} {i}", f"0161 496 0{i:03}") for i in range(80)],
        [*NAMES, "full_name", "contact"],
    )
    (tmp_path / "c.csv").write_text(f"team,area,month,points\nRed,North,2023-01,1\n{CANARY}\n")
    with pytest.raises(Invalid) as refused:
        count_rows([tmp_path / name for name in ("a.csv", "b.csv", "c.csv")], made.manifest())
    told = faults_of(refused)
    assert "a.csv: team: The value is not listed in the manifest. Row 2." in told
    assert "a.csv: area: The value is empty. Row 3." in told
    assert "a.csv: points: The value is not listed in the manifest. Row 3." in told
    assert "an e-mail address" in told and "Row 4." in told
    assert "Column 6 is not named in the manifest. It looks like a name" in told
    assert "Column 7 is not named in the manifest. It looks like a telephone number" in told
    assert "c.csv: late: The column is missing." in told
    assert "Canary" not in f"{told}{refused.value!r}" and "0161" not in told and "x@y" not in told
    # Nothing that quotes a row hangs on the refusal either.
    assert refused.value.__cause__ is None


def test_a_file_without_a_heading_does_not_give_its_first_person_away(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(f"{CANARY},North,2023-01,1,0\nRed,North,2023-01,1,0\n")
    with pytest.raises(Invalid) as refused:
        count_rows([tmp_path / "rows.csv"], made.manifest())
    assert "Canary" not in faults_of(refused) and "2023" not in faults_of(refused)
    assert "Column 1 is not named in the manifest." in faults_of(refused)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Red,North,2023-01,1,0\nRed,North,2023-01,1\n", "too few or too many values. Row 2."),
        ("Red,North,2023-01,1,0,7\n", "too few or too many values. Row 1."),
        ("Red,North,2023-01,1,0\n\nRed,North,2023-01,1,0\n", "The value is empty. Row 2."),
        ("Red,North,2023-01,1,0\nteam,area,month,points,late\n", "the heading again"),
        ("Red,North,2023-01,1,0\r\nRed,North,2023-01,1,0\n", "lines end in different ways"),
        ("Red,North,2023-01,1,0\rRed,North,2023-01,1,0\n", "lines end in different ways"),
        ("Red,North,2023-01,1,0\nRed\0,North,2023-01,1,0\n", "zero bytes"),
        ('Red,North,2023-01,1,0\n"Red\n",North,2023-01,1,0\n', "rows.csv"),
        ('Red,North,2023-01,1,"0\nRed,North,2023-01,1,0\n', "rows.csv"),
        ("Red,North,2023-01,1,0\nR\xe9d,North,2023-01,1,0\n", "rows.csv"),
    ],
)
def test_a_crooked_csv_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "rows.csv").write_bytes(f"team,area,month,points,late\n{text}".encode("latin-1"))
    with pytest.raises(Invalid) as refused:
        count_rows([tmp_path / "rows.csv"], made.manifest())
    assert told in faults_of(refused)
    assert "Red" not in faults_of(refused)


def test_windows_line_ends_and_quotes_are_read(tmp_path: Path) -> None:
    (tmp_path / "rows.CSV").write_bytes(
        b'team,"area",month,points,late\r\n"Red",North,2023-01,1,"0"\r\nRed,North,2023-01,1,0'
    )
    assert count_rows([tmp_path / "rows.CSV"], made.manifest())[0, 0, 0, 0, 0] == 2


def test_more_rows_than_one_batch_keep_their_numbers(tmp_path: Path) -> None:
    """A wrong row far down in a file of many batches is told by its own number."""
    found: list[tuple[object, ...]] = [("Red", "North", "2023-01", 1, 0)] * 400_000
    found[399_000] = ("Red", "North", "2023-01", 1, 7)
    found[5] = ("Red",)
    made.write_csv(tmp_path / "rows.csv", found)
    with pytest.raises(Invalid) as refused:
        count_rows([tmp_path / "rows.csv"], made.manifest())
    assert "late: The value is not listed in the manifest. Row 399,001." in faults_of(refused)
    assert "Row 6." in faults_of(refused)


def test_a_row_group_too_large_to_be_unpacked_ahead_is_read_bit_by_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways count the same, and tell a wrong row by its number."""
    found = made.random_rows(3_000) * 100
    path = made.write_parquet(tmp_path / "rows.parquet", found, group=140_000)
    ahead = count_rows([path], made.manifest())
    found[299_000] = ("Red", "North", "2023-01", 1, 7)
    wrong = made.write_parquet(tmp_path / "wrong.parquet", found, group=140_000)
    told = []
    for most in (64 << 20, 0):
        monkeypatch.setattr(reading, "_MOST_AHEAD", most)
        with pytest.raises(Invalid) as refused:
            count_rows([wrong], made.manifest())
        told.append(faults_of(refused))
    assert "late: The value is not listed in the manifest. Row 299,001." in told[0]
    assert told[0] == told[1]
    assert (count_rows([path], made.manifest()) == ahead).all() and ahead.sum() == 300_000


def test_a_file_that_changes_after_it_was_looked_at_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.write_parquet(tmp_path / "rows.parquet", made.random_rows(2_000), group=500)

    def look_and_change(path: Path) -> object:
        seen = look_at(path)
        made.write_parquet(path, made.random_rows(3_000), group=500)
        return seen

    monkeypatch.setattr(counting, "look_at", look_and_change)
    with pytest.raises(Invalid) as refused:
        count_rows([path], made.manifest())
    assert faults_of(refused) == "rows.parquet: It changed while it was read. Export it again."


@pytest.mark.parametrize("name", ["file:rows.parquet", "s3 rows?.parquet", "a%20#b.parquet", "_rows.parquet"])
def test_a_name_is_a_name_and_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    made.write_parquet(tmp_path / name, made.random_rows(50))
    assert count_rows([Path(name)], made.manifest()).sum() == 50


def test_progress_adds_up_to_the_files(tmp_path: Path) -> None:
    found = made.random_rows(5_000)
    files = [
        made.write_csv(tmp_path / "a.csv", found),
        made.write_parquet(tmp_path / "b.parquet", found, group=500),
    ]
    told: list[int] = []
    count_rows(files, made.manifest(), progress=told.append)
    assert min(told) >= 0
    assert files[0].stat().st_size < sum(told) <= size_of(files)


def test_a_listed_column_with_nearly_a_value_for_each_row_is_refused(tmp_path: Path) -> None:
    """Sixty rows over forty areas: an area says who somebody is, listed or not."""
    areas = [f"Area {number}" for number in range(40)]
    rows = [("Red", areas[number % 40], "2023-01", 1, 0) for number in range(60)]
    with pytest.raises(Invalid) as refused:
        count_rows([made.write_csv(tmp_path / "rows.csv", rows)], made.manifest(areas=areas))
    assert faults_of(refused).startswith("area: Nearly every row has a value of its own.")
    rows = [("Red", areas[number % 40], "2023-01", 1, 0) for number in range(100)]
    counts = count_rows([made.write_csv(tmp_path / "rows.csv", rows)], made.manifest(areas=areas))
    assert counts.sum() == 100


def test_a_file_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    path = made.write_csv(tmp_path / "rows.csv", made.random_rows(10))
    with pytest.raises(Invalid) as refused:
        count_rows([path, tmp_path / "." / "rows.csv"], made.manifest())
    assert "A file stands there twice." in faults_of(refused)


def test_no_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        count_rows([made.write_csv(tmp_path / "rows.csv", [])], made.manifest())
    assert "There are no rows." in faults_of(refused)


def test_a_file_under_a_second_name_is_refused(tmp_path: Path) -> None:
    """A hard link is the same file, and would count everybody twice."""
    path = made.write_csv(tmp_path / "rows.csv", made.random_rows(3))
    (tmp_path / "again.csv").hardlink_to(path)
    with pytest.raises(Invalid) as refused:
        count_rows([path, tmp_path / "again.csv"], made.manifest())
    assert any("twice" in fault.problem for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (pa.struct([("Quixotina", pa.string())]), "structures or lists"),
        (pa.timestamp("us", tz="America/Quixote"), "dates, times or moments"),
    ],
)
def test_a_type_is_told_by_its_kind_alone(tmp_path: Path, kind: pa.DataType, told: str) -> None:
    rows = pa.table(
        {"team": pa.nulls(1, kind), "area": ["North"], "month": ["2023-01"], "points": [1], "late": [0]}
    )
    pq.write_table(rows, tmp_path / "rows.parquet")
    with pytest.raises(Invalid) as refused:
        count_rows([tmp_path / "rows.parquet"], made.manifest())
    said = str(refused.value.faults)
    assert told in said and "Quixot" not in said
