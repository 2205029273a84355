from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from hearing_app.store import room
from hearing_app.store.engine import open_engine
from hearing_app.store.room import can_write


@pytest.fixture(autouse=True)
def _unknown() -> None:
    room._known.clear()


def test_a_record_that_can_be_written_says_so_and_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    assert can_write(engine, tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_is_noticed(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not can_write(engine, tmp_path)
    monkeypatch.undo()
    # Found at most every ten seconds, however often anybody asks.
    assert not can_write(engine, tmp_path)
    monkeypatch.setattr(room, "PROBE_SECONDS", 0.0)
    assert can_write(engine, tmp_path)


def test_a_file_that_takes_no_changes_is_noticed(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _file, _mode: False)
    assert not can_write(engine, tmp_path)


def test_a_server_that_takes_no_changes_is_noticed(
    make_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PROBE_SECONDS", 0.0)
    opened = open_engine(make_database())
    assert can_write(opened, tmp_path)
    event.listen(opened, "checkout", _read_only)
    assert not can_write(opened, tmp_path)
    opened.dispose()


def _read_only(connection: Any, _record: object, _proxy: object) -> None:
    connection.execute("SET default_transaction_read_only = on")
    connection.commit()
