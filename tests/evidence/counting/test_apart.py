"""Counting in another process: the same counts and refusals, and a breakdown there is a refusal here."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from hearing_app.errors import HearingError, Invalid
from hearing_app.evidence.counting import apart
from hearing_app.evidence.counting.apart import count_apart
from tests.evidence.counting import made


def breaks_down(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGABRT)


def fails(ours: object, *_: object) -> None:
    ours.send(("failed", "RecursionError"))  # type: ignore[attr-defined]  # a connection


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
    ("work", "kind", "told"),
    [(breaks_down, Invalid, "The rows cannot be counted."), (fails, HearingError, "RecursionError")],
)
def test_a_breakdown_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: object, kind: type[HearingError], told: str
) -> None:
    monkeypatch.setattr(apart, "_work", work)
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
