"""Files that are not what they say, or that cost more than they are worth, are refused at once."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.counting.counting import count_rows
from hearing_app.evidence.counting.files import look_at
from tests.evidence.counting import made
from tests.soon import soon

HEADER = "team,area,month,points,late\n"
TEXT = f"{HEADER}Red,North,2023-01,1,0\n"


def parquet_bytes() -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table({"team": ["Red"]}), written)
    return written.getvalue()


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("rows.csv", TEXT)
    return written.getvalue()


def bomb() -> bytes:
    """A Parquet file of some kilobytes with one column that unpacks to 100 MB."""
    written = io.BytesIO()
    table = pa.table({"team": pa.array(["x" * 100_000_000])})
    pq.write_table(table, written, compression="zstd", use_dictionary=False, write_statistics=False)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("rows.csv", lambda: b"", "The file is empty."),
        ("rows.txt", TEXT.encode, "ends neither in .csv nor in .parquet"),
        ("rows", TEXT.encode, "ends neither in .csv nor in .parquet"),
        ("rows.csv", parquet_bytes, "It is a Parquet file, and not CSV."),
        ("rows.parquet", TEXT.encode, "not a whole Parquet file"),
        ("rows.parquet", lambda: parquet_bytes()[:-20], "cut off"),
        ("rows.parquet", lambda: parquet_bytes()[:20] + parquet_bytes()[-4:], "not a sound Parquet file"),
        ("rows.parquet", lambda: b"PAR1PAR1", "not a sound Parquet file"),
        ("rows.csv", lambda: gzip.compress(TEXT.encode()), "a gzip archive"),
        ("rows.parquet", lambda: gzip.compress(TEXT.encode()), "a gzip archive"),
        ("rows.csv", lambda: bz2.compress(TEXT.encode()), "a bzip2 archive"),
        ("rows.csv", lambda: lzma.compress(TEXT.encode()), "an xz archive"),
        ("rows.csv", zipped, "a zip archive or a spreadsheet"),
        ("rows.csv", lambda: TEXT.encode("utf-8-sig"), "byte order mark"),
        ("rows.csv", lambda: TEXT.encode("utf-16"), "UTF-16"),
        ("rows.csv", lambda: TEXT.encode("utf-16-le"), "zero bytes"),
        ("rows.csv", lambda: b"a" * 3_000_000, "The first line is far too long."),
        ("rows.csv", lambda: TEXT.replace(",", ";").encode(), "not separated by commas"),
        ("rows.csv", lambda: b'"team,area\n', "not CSV"),
        ("rows.csv", lambda: b"\xff\xe9,area\n", "not UTF-8"),
        ("rows.csv", lambda: ",".join(map(str, range(3000))).encode() + b"\n1\n", "3,000 columns"),
        ("rows.parquet", bomb, "unpacks to 100,"),
    ],
)
def test_a_file_is_what_it_says_or_refused(
    tmp_path: Path, name: str, content: Callable[[], bytes], told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content())
    with soon():
        found, faults = look_at(path)
    assert found is None
    assert told in " ".join(map(str, faults))


def test_links_pipes_folders_and_absent_files_are_refused(tmp_path: Path) -> None:
    made.write_csv(tmp_path / "rows.csv", [])
    (tmp_path / "link.csv").symlink_to(tmp_path / "rows.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    with soon():
        for name in ("link.csv", "pipe.csv", "folder.csv"):
            assert "not an ordinary file" in str(look_at(tmp_path / name)[1][0])
        assert "cannot be read" in str(look_at(tmp_path / "absent.csv")[1][0])


@pytest.mark.parametrize(
    "body",
    [
        lambda: "x" * 30_000_000,
        lambda: "," * 30_000_000,
        lambda: '"' * 30_000_000,
        lambda: '"' + "Red,North,2023-01,1,0\n" * 500_000,
        lambda: "\n" * 2_000_000,
        lambda: "\r" * 2_000_000,
        lambda: "".join(f"{i}x,North,2023-01,1,0\n" for i in range(500_000)),
        lambda: "".join(f"Red,{i}\n" for i in range(200_000)),
    ],
)
def test_a_csv_that_is_made_to_cost_is_refused_soon(tmp_path: Path, body: Callable[[], str]) -> None:
    """Endless lines, endless quotes, half a million different values: refused, in bounded time and words."""
    path = tmp_path / "rows.csv"
    path.write_text(HEADER + body())
    with soon(), pytest.raises(Invalid) as refused:
        count_rows([path], made.manifest())
    assert 0 < len(refused.value.faults) < 20
    assert len(str(refused.value.faults)) < 5_000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), parquet=st.booleans(), framed=st.booleans())
def test_no_bytes_break_it(tmp_path: Path, content: bytes, parquet: bool, framed: bool) -> None:
    """Whatever a file holds, there is a count or a refusal that names the file."""
    path = tmp_path / ("rows.parquet" if parquet else "rows.csv")
    if framed:
        content = b"PAR1" + content + b"PAR1" if parquet else HEADER.encode() + content
    path.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        count_rows([path], made.manifest())
    assert all(path.name in str(fault) or "no rows" in str(fault) for fault in refused.value.faults)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_damaged_parquet_file_is_counted_or_refused(tmp_path: Path, place: int, flip: int) -> None:
    """One wrong byte among the rows: the counts of some rows, or a refusal; never an error of another kind.

    Not in the footer: there pyarrow can end the process, which writes nothing either.
    """
    path = made.write_parquet(tmp_path / "rows.parquet", made.random_rows(200))
    content = bytearray(path.read_bytes())
    rows = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[place % rows] ^= flip
    path.write_bytes(content)
    try:
        count_rows([path], made.manifest())
    except Invalid as refused:
        assert "Nothing was written." in str(refused)
