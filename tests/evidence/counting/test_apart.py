"""Counting in another process: the same counts and refusals, and a breakdown there is a refusal here."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from hearing_app.errors import HearingError, Invalid
from hearing_app.evidence.counting import apart
from hearing_app.evidence.counting.apart import count_apart
from tests.evidence.counting import made

BREAKS_DOWN = "import os; os.abort()"
FAILS = (
    "import sys; from multiprocessing.connection import Connection; ours = Connection(int(sys.argv[1])); "
    "ours.recv(); ours.send(('failed', 'RecursionError'))"
)


def test_the_counts_and_the_refusals_are_the_same(tmp_path: Path) -> None:
    rows = made.random_rows(2_000)
    path = made.write_parquet(tmp_path / "rows.parquet", rows, group=300)
    told: list[int] = []
    found = count_apart([path], made.manifest(), progress=told.append)
    assert (found == made.counted(rows)).all()
    assert sum(told) > 0
    wrong = made.write_csv(tmp_path / "wrong.csv", [("Nobody", "North", "2023-01", 1, 0)])
    with pytest.raises(Invalid) as refused:
        count_apart([path, wrong], made.manifest())
    assert [str(fault) for fault in refused.value.faults] == [
        "wrong.csv: team: The value is not listed in the manifest. Row 1. Correct the rows, or list the "
        "value in the manifest where it is one of a group."
    ]


@pytest.mark.parametrize(
    ("program", "kind", "told"),
    [(BREAKS_DOWN, Invalid, "The rows cannot be counted."), (FAILS, HearingError, "RecursionError")],
)
def test_a_breakdown_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, kind: type[HearingError], told: str
) -> None:
    monkeypatch.setattr(apart, "_PROGRAM", program)
    with pytest.raises(kind, match=told) as refused:
        count_apart([tmp_path / "rows.csv"], made.manifest())
    assert refused.value.kept == "Nothing was written."


def test_a_damaged_footer_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    """One wrong byte in the footer of a Parquet file, at places all over it: the command never breaks."""
    path = made.write_parquet(tmp_path / "rows.parquet", made.random_rows(50))
    sound = path.read_bytes()
    length = int.from_bytes(sound[-8:-4], "little")
    for place in range(len(sound) - 8 - length, len(sound) - 8, max(1, length // 6)):
        content = bytearray(sound)
        content[place] ^= 0x15
        path.write_bytes(content)
        try:
            count_apart([path], made.manifest())
        except Invalid as refused:
            assert "Nothing was written." in str(refused)


def test_it_does_not_matter_what_this_program_was_started_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that ran before leaves itself behind as the main module."""
    main = ModuleType("__main__")
    main.__file__ = str(tmp_path / "page.py")
    (tmp_path / "page.py").write_text("raise SystemExit(1)")
    monkeypatch.setitem(sys.modules, "__main__", main)
    rows = made.random_rows(20)
    path = made.write_parquet(tmp_path / "rows.parquet", rows)
    assert (count_apart([path], made.manifest()) == made.counted(rows)).all()
