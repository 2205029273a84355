from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, QueuePool, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from hearing_app.errors import Damaged
from hearing_app.store import engine as store
from hearing_app.store.engine import (
    check_integrity,
    erase_freed_pages,
    erase_what_is_left,
    open_engine,
    reading,
    writing,
)
from hearing_app.store.tables import attempt, session

AT = datetime(2026, 6, 1, tzinfo=UTC)


def tries(engine: Engine) -> int:
    with reading(engine) as db:
        return db.execute(select(func.count()).select_from(attempt)).scalar_one()


def file_of(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def add_try(engine: Engine, key: str = "k") -> None:
    with writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key=key, at=AT))


def test_what_is_written_is_kept_and_what_is_done_while_reading_is_not(engine: Engine) -> None:
    add_try(engine)
    with reading(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="lost", at=AT))
    assert tries(engine) == 1


def test_an_error_keeps_nothing_of_a_transaction(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="k", at=AT))
        raise RuntimeError
    assert tries(engine) == 0


def test_a_reader_sees_one_snapshot_while_others_write(engine: Engine) -> None:
    count = select(func.count()).select_from(attempt)
    with reading(engine) as db:
        before = db.execute(count).scalar_one()
        add_try(engine)
        assert db.execute(count).scalar_one() == before
    assert tries(engine) == before + 1


def test_the_write_lock_is_taken_before_anything_is_read(engine: Engine) -> None:
    other = sqlite3.connect(file_of(engine), timeout=0, isolation_level=None)
    with writing(engine), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    with reading(engine):
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()


def test_every_connection_is_durable_and_checks_references(engine: Engine) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            db = stack.enter_context(reading(engine))
            values = {
                name: db.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
            }
            assert values == {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "secure_delete": 1,
                "busy_timeout": 30_000,
            }


def test_an_error_of_the_database_does_not_quote_what_was_written(engine: Engine) -> None:
    row = {"token_hash": "a secret word", "account_id": "nobody", "created_at": AT, "expires_at": AT}
    with pytest.raises(IntegrityError) as caught, writing(engine) as db:
        db.execute(insert(session).values(row))
    assert "a secret word" not in str(caught.value)


def test_a_refused_row_is_no_damage_whatever_its_words(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match="full"), writing(engine) as db:
        db.exec_driver_sql("CREATE TABLE t (a TEXT CHECK (a <> 'full'))")
        db.exec_driver_sql("INSERT INTO t VALUES ('full')")


def test_a_fault_of_ours_is_no_damage_either(engine: Engine) -> None:
    with pytest.raises(OperationalError, match="no such table"), reading(engine) as db:
        db.exec_driver_sql("SELECT * FROM nothing_here")


@pytest.mark.parametrize(
    ("pragma", "says"), [("query_only=ON", "readonly"), ("max_page_count=1", "database or disk is full")]
)
def test_a_disk_that_takes_nothing_more_is_said_so(engine: Engine, pragma: str, says: str) -> None:
    with pytest.raises(Damaged, match=says) as caught, writing(engine) as db:
        db.exec_driver_sql(f"PRAGMA {pragma}")
        for place in range(100):
            db.execute(insert(attempt).values(scope="s", key="k" * 64, at=AT + timedelta(seconds=place)))
    assert "try again" in caught.value.next_step
    engine.dispose()
    assert tries(engine) == 0


def test_when_every_connection_is_taken_the_next_is_told_to_wait(engine: Engine) -> None:
    assert isinstance(engine.pool, QueuePool)
    engine.pool._timeout = 0.01
    with ExitStack() as stack:
        for _ in range(32):
            stack.enter_context(reading(engine))
        with pytest.raises(Damaged, match="every connection is in use"), reading(engine):
            pytest.fail("there were only to be 32")


def test_times_are_stored_in_utc_and_need_a_zone(engine: Engine) -> None:
    noon_in_delhi = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="k", at=noon_in_delhi))
        read = db.execute(select(attempt.c.at)).scalar_one()
        stored = db.exec_driver_sql("SELECT at FROM attempt").scalar_one()
    assert read == noon_in_delhi
    assert read.tzinfo is UTC
    assert stored.startswith("2026-06-01 06:30:00")
    with pytest.raises(Exception, match="without a zone"), writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="k", at=datetime(2026, 6, 1)))


def test_a_sound_file_passes(engine: Engine) -> None:
    check_integrity(engine)


def _header(data: bytearray) -> None:
    data[:100] = b"\xa5" * 100


def _page_headers(data: bytearray) -> None:
    for page in range(4096, len(data), 4096):
        data[page : page + 40] = b"\xa5" * 40


def _half(data: bytearray) -> None:
    del data[len(data) // 2 :]


@pytest.mark.parametrize("damage", [_header, _page_headers, _half])
def test_a_damaged_file_is_refused(engine: Engine, damage: Callable[[bytearray], None]) -> None:
    for place in range(100):
        add_try(engine, f"{place:064d}")
    engine.dispose()
    path = file_of(engine)
    data = bytearray(path.read_bytes())
    damage(data)
    path.write_bytes(data)
    opened = open_engine(str(engine.url))
    with pytest.raises(Damaged) as caught:
        check_integrity(opened)
    opened.dispose()
    assert "Restore the newest backup" in caught.value.next_step
    assert path.read_bytes() == data


def test_deleted_words_are_in_no_file(engine: Engine) -> None:
    add_try(engine, "a word that was written")
    with writing(engine) as db:
        db.execute(attempt.delete())
    assert any(b"a word that was" in path.read_bytes() for path in file_of(engine).parent.iterdir())
    assert erase_freed_pages(engine)
    assert not any(b"a word that was" in path.read_bytes() for path in file_of(engine).parent.iterdir())
    with reading(engine) as db:
        assert db.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 30_000


def test_a_reader_delays_the_erasing_and_is_not_waited_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "ERASING_MILLISECONDS", 50)
    add_try(engine, "a word that was written")
    with caplog.at_level(logging.WARNING), reading(engine) as db:
        db.execute(select(attempt)).all()
        with writing(engine) as other:
            other.execute(attempt.delete())
        assert not erase_freed_pages(engine)
    assert "a reader has it open" in caplog.text
    assert any(b"a word that was" in path.read_bytes() for path in file_of(engine).parent.iterdir())
    # The server asks again every few seconds; once nothing is left, that costs nothing.
    erase_what_is_left(engine)
    assert not any(b"a word that was" in path.read_bytes() for path in file_of(engine).parent.iterdir())
    monkeypatch.setattr(store, "erase_freed_pages", lambda engine: pytest.fail("there is nothing to erase"))
    erase_what_is_left(engine)


def test_a_writer_delays_the_erasing_and_nothing_is_raised(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ERASING_MILLISECONDS", 50)
    with writing(engine):
        assert not erase_freed_pages(engine)
