from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, func, select

from hearing_app.errors import TooMany
from hearing_app.people.throttle import (
    RECEIPT_BY_ADDRESS,
    SIGN_IN_BY_ACCOUNT,
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_BOTH,
    Limit,
    check,
    hashed,
    network_of,
    record_try,
    take_back,
)
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import attempt

THREE = Limit("test", 3, 60)


def allowed(engine: Engine, at: datetime, *, key: str = "k", limit: Limit = THREE) -> bool:
    with reading(engine) as db:
        try:
            check(db, limit, key, at=at)
        except TooMany:
            return False
    return True


def fail(engine: Engine, at: datetime, *, key: str = "k", limit: Limit = THREE) -> int:
    with writing(engine) as db:
        return record_try(db, limit, key, at=at)


def test_the_limits_are_those_that_are_promised() -> None:
    assert (RECEIPT_BY_ADDRESS.tries, RECEIPT_BY_ADDRESS.seconds) == (5, 60)
    assert (SIGN_IN_BY_BOTH.tries, SIGN_IN_BY_BOTH.seconds) == (5, 900)
    assert (SIGN_IN_BY_ACCOUNT.tries, SIGN_IN_BY_ACCOUNT.seconds) == (100, 900)
    assert (SIGN_IN_BY_ADDRESS.tries, SIGN_IN_BY_ADDRESS.seconds) == (30, 900)
    every = (RECEIPT_BY_ADDRESS, SIGN_IN_BY_BOTH, SIGN_IN_BY_ACCOUNT, SIGN_IN_BY_ADDRESS)
    assert len({limit.scope for limit in every}) == len(every)


def test_after_the_last_try_the_next_waits_until_the_oldest_is_over(engine: Engine, now: datetime) -> None:
    for second in (0, 10, 20):
        assert allowed(engine, now + timedelta(seconds=second))
        fail(engine, now + timedelta(seconds=second))
    assert not allowed(engine, now + timedelta(seconds=21))
    assert not allowed(engine, now + timedelta(seconds=59.9))
    assert allowed(engine, now + timedelta(seconds=60))
    fail(engine, now + timedelta(seconds=60))
    assert not allowed(engine, now + timedelta(seconds=61))
    assert allowed(engine, now + timedelta(seconds=70))


def test_keys_and_kinds_are_counted_apart(engine: Engine, now: datetime) -> None:
    for _ in range(3):
        fail(engine, now)
    assert not allowed(engine, now)
    assert allowed(engine, now, key="other")
    assert allowed(engine, now, limit=Limit("other", 3, 60))


def test_a_try_that_turned_out_right_is_taken_back(engine: Engine, now: datetime) -> None:
    tries = [fail(engine, now) for _ in range(3)]
    assert len(set(tries)) == 3
    with writing(engine) as db:
        take_back(db, [tries[1]])
    assert allowed(engine, now)
    fail(engine, now)
    assert not allowed(engine, now)


def test_what_is_older_than_a_day_is_forgotten(engine: Engine, now: datetime) -> None:
    fail(engine, now)
    fail(engine, now + timedelta(hours=24))
    fail(engine, now + timedelta(hours=24, seconds=1), key="other")
    with reading(engine) as db:
        assert db.execute(select(func.count()).select_from(attempt)).scalar_one() == 2


@pytest.mark.parametrize(
    ("seconds", "says"), [(0, "in 60 seconds"), (59, "in 1 second"), (59.9, "in 1 second")]
)
def test_the_refusal_says_how_long_to_wait(engine: Engine, now: datetime, seconds: float, says: str) -> None:
    for _ in range(3):
        fail(engine, now)
    with reading(engine) as db, pytest.raises(TooMany) as caught:
        check(db, THREE, "k", at=now + timedelta(seconds=seconds))
    assert caught.value.next_step == f"Please try again {says}."


def test_long_waits_are_told_in_minutes_rounded_up(engine: Engine, now: datetime) -> None:
    for _ in range(5):
        fail(engine, now, limit=SIGN_IN_BY_BOTH)
    with reading(engine) as db, pytest.raises(TooMany, match="in 15 minutes"):
        check(db, SIGN_IN_BY_BOTH, "k", at=now + timedelta(seconds=30))


def test_what_is_counted_cannot_be_read_and_changes_every_day(now: datetime) -> None:
    secret = b"s" * 32
    one = hashed(secret, "203.0.113.7", at=now)
    assert "203.0.113.7" not in one
    assert one == hashed(secret, "203.0.113.7", at=now + timedelta(hours=11))
    assert one != hashed(secret, "203.0.113.8", at=now)
    assert one != hashed(b"t" * 32, "203.0.113.7", at=now)
    assert one != hashed(secret, "203.0.113.7", at=now + timedelta(days=1))
    # The day is the same day for everyone, whatever zone the moment is given in.
    assert one == hashed(secret, "203.0.113.7", at=now.astimezone(timezone(timedelta(hours=14))))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("local", "local"),
        ("", ""),
    ],
)
def test_a_household_has_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_clock_that_was_set_back_lengthens_no_wait(engine: Engine, now: datetime) -> None:
    for _ in range(3):
        fail(engine, now + timedelta(hours=1))
    assert allowed(engine, now)
