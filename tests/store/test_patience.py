"""A question that takes too long is broken off; writing and what nobody waits for are not."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from hearing_app.errors import TookTooLong
from hearing_app.store.engine import erase_freed_pages, open_engine, reading, writing
from hearing_app.store.patience import seconds_allowed, within

COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT max(i) FROM n"
ENDLESS, LONG = text(COUNTED.format(2_000_000_000)), text(COUNTED.format(300_000))


def test_a_question_without_end_is_broken_off_and_the_next_one_is_not(engine: Engine) -> None:
    began = time.monotonic()
    with pytest.raises(TookTooLong, match="Nothing was changed or lost"), within(0.2), reading(engine) as db:
        db.execute(ENDLESS)
    # Generous for a busy machine; without the limit it would be an hour.
    assert time.monotonic() - began < 30
    with within(20), reading(engine) as db:
        assert db.execute(text("SELECT 1")).scalar() == 1
    assert seconds_allowed() is None


def test_what_nobody_waits_for_takes_as_long_as_it_needs(engine: Engine) -> None:
    with reading(engine) as db:
        assert db.execute(LONG).scalar() == 300_000


def test_writing_is_never_broken_off(engine: Engine) -> None:
    with within(0.000_001):
        with writing(engine) as db:
            assert db.execute(LONG).scalar() == 300_000
        assert erase_freed_pages(engine)


def test_postgresql_breaks_off_as_well(make_database: Callable[[], str]) -> None:
    engine = open_engine(make_database())
    with pytest.raises(TookTooLong), within(0.2), reading(engine) as db:
        db.execute(text("SELECT pg_sleep(60)"))
    # The limit was that transaction's.
    with reading(engine) as db:
        assert db.execute(text("SELECT current_setting('statement_timeout')")).scalar() == "0"
        db.execute(text("SELECT pg_sleep(0.4)"))
    engine.dispose()
