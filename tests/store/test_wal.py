"""Changes that SQLite's log lost: told from those that were never finished."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from hearing_app.errors import Damaged
from hearing_app.store.engine import check_integrity, erase_freed_pages, open_engine, reading, writing
from hearing_app.store.tables import attempt
from hearing_app.store.wal import changes_lost

AT = datetime(2026, 6, 1, tzinfo=UTC)
CHANGES = 12
HEADER, FRAME = 32, 24 + 4096


@pytest.fixture
def left(engine: Engine, tmp_path: Path) -> Path:
    """A database whose process died after a dozen changes, which are in its log alone."""
    erase_freed_pages(engine)
    with reading(engine) as db:
        db.execute(select(attempt)).all()
        for number in range(CHANGES):
            with writing(engine) as other:
                other.execute(insert(attempt).values(scope="s", key=f"{number:064d}", at=AT))
        folder = tmp_path / "left"
        folder.mkdir()
        for end in ("", "-wal"):
            shutil.copy(tmp_path / f"hearing.sqlite{end}", folder / f"hearing.sqlite{end}")
    return folder / "hearing.sqlite"


def log_of(database: Path) -> Path:
    return database.with_name("hearing.sqlite-wal")


def commits_of(log: Path) -> list[int]:
    """The places in the file of the frames that end a change."""
    data = log.read_bytes()
    return [
        place
        for place in range(HEADER, len(data), FRAME)
        if int.from_bytes(data[place + 4 : place + 8], "big")
    ]


def flip(log: Path, place: int) -> None:
    data = bytearray(log.read_bytes())
    data[place] ^= 1
    log.write_bytes(data)


def tries_in(database: Path) -> int:
    opened = open_engine(f"sqlite:///{database}")
    with reading(opened) as db:
        count = len(db.execute(select(attempt)).all())
    opened.dispose()
    return count


def test_a_sound_log_has_lost_nothing(left: Path) -> None:
    assert len(commits_of(log_of(left))) == CHANGES
    assert changes_lost(left) == 0
    assert tries_in(left) == CHANGES


@pytest.mark.parametrize("part", [0, 4, 8, 16, 24, 24 + 4095])
def test_one_bit_within_is_found_wherever_it_is(left: Path, part: int) -> None:
    """SQLite alone opens it without a word, and with fewer rows."""
    log = log_of(left)
    flip(log, commits_of(log)[2] + part)
    lost = changes_lost(left)
    assert lost >= CHANGES - 4
    opened = open_engine(f"sqlite:///{left}")
    before = log.read_bytes()
    with pytest.raises(Damaged, match="its log lost"):
        check_integrity(opened)
    assert log.read_bytes() == before
    opened.dispose()
    assert tries_in(left) < CHANGES


@pytest.mark.parametrize("place", [0, 8, 16, 24])
def test_a_damaged_head_of_the_log_is_found(left: Path, place: int) -> None:
    flip(log_of(left), place)
    # A page size that is none, or of another log, hides where its frames are; all else is found.
    assert changes_lost(left) == CHANGES


def test_a_last_change_that_was_torn_is_no_damage(left: Path) -> None:
    """A power cut may tear what was not acknowledged yet."""
    log = log_of(left)
    flip(log, commits_of(log)[-1] + 100)
    assert changes_lost(left) == 0
    assert tries_in(left) == CHANGES - 1


@pytest.mark.parametrize("size", [0, 31, 40, HEADER + 10, HEADER + FRAME, HEADER + FRAME + 500])
def test_a_log_that_was_cut_off_is_for_kept_checkpoints_to_find(left: Path, size: int) -> None:
    with log_of(left).open("r+b") as log:
        log.truncate(size)
    assert changes_lost(left) == 0


def test_where_there_is_no_log_nothing_was_lost(tmp_path: Path) -> None:
    assert changes_lost(tmp_path / "hearing.sqlite") == 0
    (tmp_path / "hearing.sqlite-wal").touch()
    assert changes_lost(tmp_path / "hearing.sqlite") == 0


def test_a_log_that_was_written_over_is_damage(left: Path) -> None:
    log_of(left).write_bytes(b"\xa5" * 50_000)
    assert changes_lost(left)


def test_frames_of_an_earlier_round_are_not_missed(engine: Engine, tmp_path: Path) -> None:
    """A log is used again from its beginning: what stands behind its end is old."""
    for number in range(CHANGES):
        with writing(engine) as db:
            db.execute(insert(attempt).values(scope="s", key=f"{number:064d}", at=AT))
    with engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)").all()
    with writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="x" * 64, at=AT))
    assert changes_lost(tmp_path / "hearing.sqlite") == 0
