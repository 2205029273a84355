from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine

from hearing_app.errors import Damaged
from hearing_app.record.keys import bind_key, is_bound, load_key
from hearing_app.record.ledger import events, faults
from hearing_app.store.engine import reading, writing


def test_a_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "receipt.key"
    key = load_key(path)
    assert len(key) == 32
    assert key == path.read_bytes() == load_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["receipt.key"]


def test_two_keys_differ(tmp_path: Path) -> None:
    assert load_key(tmp_path / "one") != load_key(tmp_path / "two")


def test_those_that_start_at_the_same_moment_have_the_same_key(tmp_path: Path) -> None:
    for turn in range(40):
        path = tmp_path / str(turn) / "receipt.key"
        together = Barrier(8)

        def start(_: int, path: Path = path, together: Barrier = together) -> bytes:
            together.wait()
            return load_key(path)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(start, range(8)))) == 1
        assert [entry.name for entry in path.parent.iterdir()] == ["receipt.key"]


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_size_is_refused_and_left_as_it_is(tmp_path: Path, size: int) -> None:
    path = tmp_path / "receipt.key"
    path.write_bytes(b"k" * size)
    path.chmod(0o600)
    with pytest.raises(Damaged, match="does not hold 32 bytes"):
        load_key(path)
    assert path.read_bytes() == b"k" * size


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o777])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "receipt.key"
    load_key(path)
    path.chmod(mode)
    with pytest.raises(Damaged, match="chmod 600"):
        load_key(path)


def test_a_record_takes_no_other_key_than_its_first(engine: Engine) -> None:
    with reading(engine) as db:
        assert not is_bound(db)
    for _ in range(2):
        with writing(engine) as db:
            bind_key(db, b"k" * 32)
    with reading(engine) as db:
        assert is_bound(db)
        assert [event.kind for event in events(db)] == ["key.bound"]
        assert (b"k" * 32).hex() not in str(list(events(db)))
        assert faults(db) == []
    with writing(engine) as db, pytest.raises(Damaged, match="not the one that this record began with"):
        bind_key(db, b"x" * 32)


def test_a_missing_key_is_not_made_anew_where_it_was_needed(tmp_path: Path) -> None:
    path = tmp_path / "receipt.key"
    with pytest.raises(Damaged, match="is missing"):
        load_key(path, may_create=False)
    assert not path.exists()
