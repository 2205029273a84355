"""Datasets that are made to cost more than they are worth are refused at once, whatever their size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.evidence.checks import check_dataset
from tests.soon import soon

MB = 1_000_000
HEADER = b"race,sex,age_cat,decile_score,two_year_recid,in_propublica_6172,screened_after_2014_04_01,n\n"
ROW = b"African-American,Female,25 - 45,1,0,0,0,3\n"


def filled(unit: bytes, size: int = 9 * MB, before: bytes = HEADER) -> bytes:
    return before + unit * ((size - len(before)) // len(unit))


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a line of 100 MB": (lambda: filled(b"x", 100 * MB), "larger than 10,000,000 bytes"),
    "rows of 100 MB": (lambda: filled(ROW, 100 * MB), "larger than 10,000,000 bytes"),
    "one long value": (lambda: filled(b"x"), "is not CSV (field larger"),
    "one open quotation mark": (lambda: filled(b"x\n", 300_000, HEADER + b'"'), "is not CSV"),
    "nothing but quotation marks": (lambda: filled(b'"'), "is not CSV"),
    "nine million values in a line": (lambda: filled(b","), "too few or too many values"),
    "nine million columns": (lambda: filled(b",", before=b""), "The first line names 9,000,001 columns"),
    "a million names": (lambda: b",".join(b"c%d" % n for n in range(MB)), "names 1,000,000 columns"),
    "too many rows": (lambda: filled(ROW), "more than 200,000 lines"),
    "too many lines": (lambda: filled(b"\n"), "more than 200,000 lines"),
    "too many returns": (lambda: filled(b"\r"), "more than 200,000 lines"),
    "nothing but zeros": (lambda: filled(b"\0"), "holds a zero byte"),
    "no text": (lambda: filled(b"\xff"), "is not UTF-8"),
    "a packed file": (lambda: b"\x1f\x8b\x08\x01" + b"\1" * 1000, "is not UTF-8"),
    "a workbook": (lambda: b"PK\x03\x04" + b"\0" * 1000, "holds a zero byte"),
}


@pytest.mark.promise("S8b")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_among_counts_is_refused_at_once(
    broken: Path, measure: Callable[[str, float], None], *, name: str
) -> None:
    make, words = BOMBS[name]
    (broken / "counts.csv").write_bytes(make())
    with soon() as used:
        found = check_dataset(broken)
    measure("seconds of processor time", used[0])
    assert any(words in str(fault) for fault in found)
    # However much is wrong, the answer is one that a person can read.
    assert len(found) < 100
    assert all(len(str(fault)) < 2_000 for fault in found)


@pytest.mark.promise("S8b")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchor or alias"),
        (b"[" * 200_000, "deeper than 20 levels"),
        (b"a: " + b"x" * MB, "larger than 262,144 bytes"),
        (b"id: a\n---\nid: b\n" * 1000, "not valid YAML"),
        (b"id: !!python/name:os.system\n", "a tag (!)"),
        (b"[" + b"a," * 100_000 + b"]", "more than 10,000 fields and values"),
    ],
)
def test_a_bomb_in_a_manifest_is_refused_at_once(broken: Path, content: bytes, words: str) -> None:
    (broken / "dataset.yaml").write_bytes(content)
    with soon():
        found = check_dataset(broken)
    assert any(words in str(fault) for fault in found), found[:3]


@pytest.mark.promise("H2")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(
        st.lists(st.text(alphabet='0123459,"- aF\t;=é٣\u202e\ufeff', max_size=8), max_size=10), max_size=6
    ),
    end=st.sampled_from(["\n", "", "\r\n", '"', ",", "\0"]),
)
def test_no_rows_make_it_raise_and_the_same_rows_give_the_same_faults(
    broken: Path, rows: list[list[str]], end: str
) -> None:
    text = "\n".join(",".join(row) for row in rows) + end
    (broken / "counts.csv").write_bytes(HEADER + ROW + text.encode())
    found = check_dataset(broken)
    assert found == check_dataset(broken)
    assert all(fault.problem and fault.repair for fault in found)
