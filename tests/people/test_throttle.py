from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, func, select

from hearing_app.errors import TooMany, Unavailable
from hearing_app.people import throttle
from hearing_app.people.throttle import (
    RECEIPT_BY_ADDRESS,
    RECEIPT_BY_CODE,
    SIGN_IN_BY_ACCOUNT,
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_BOTH,
    SIGN_INS,
    Limit,
    Memory,
    by_network,
    check,
    forget,
    hashed,
    network_of,
    record_try,
    sender,
    spend,
    take_back,
    tried,
    wider_networks,
)
from hearing_app.settings import Settings
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.tables import attempt, daily_salt

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
    assert (RECEIPT_BY_CODE.tries, RECEIPT_BY_CODE.seconds) == (60, 900)
    assert (SIGN_INS.tries, SIGN_INS.seconds) == (20, 900)
    every = (
        RECEIPT_BY_ADDRESS, RECEIPT_BY_CODE, SIGN_IN_BY_BOTH, SIGN_IN_BY_ACCOUNT, SIGN_IN_BY_ADDRESS,
        SIGN_INS,
    )  # fmt: skip
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


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("2001:db8:1:2a3:4::5", [("2001:db8:1:200::/56", 4), ("2001:db8:1::/48", 16)]),
        ("203.0.113.7", []),
        ("::ffff:203.0.113.7", []),
        ("::1", []),
        ("local", []),
        ("", []),
        ("not/64", []),
        ("2001:db8::1/64", []),
    ],
)
def test_a_line_has_larger_networks(address: str, networks: list[tuple[str, int]]) -> None:
    assert wider_networks(address) == networks
    limits = by_network(THREE, b"s" * 32, address)
    assert [limit.tries for limit, _ in limits] == [3, *(3 * times for _, times in networks)]
    assert len({key for _, key in limits}) == len(limits)


def test_a_line_sends_no_more_comments_by_changing_its_network(engine: Engine, now: datetime) -> None:
    settings = Settings(comments_in_ten_minutes=2, comments_a_day=8)

    def sent(networks: list[str], settings: Settings = settings) -> int:
        made = 0
        for network in networks:
            for _ in range(3):
                try:
                    with writing(engine) as db:
                        spend(db, sender(settings, b"s" * 32, f"{network}::1", at=now), at=now)
                    made += 1
                except TooMany as refusal:
                    assert "comments from your network" in refusal.what
        return made

    assert sent(["2001:db8:0:a0"]) == 2
    assert sent([f"2001:db8:0:a{place:x}" for place in range(1, 16)]) == 3 * 2
    assert sent([f"2001:db8:0:{place:x}01" for place in range(1, 32)]) == 12 * 2
    assert sent(["2001:db8:0:ff00"]) == 0
    assert sent(["2001:db8:1:a0"]) == 2
    # A library among them is not held up by its neighbours' budget.
    library = settings.model_copy(update={"trusted_networks": "2001:db8:0:77::/64"})
    assert sent(["2001:db8:0:77"], library) == 3


def test_a_clock_that_was_set_back_lengthens_no_wait(engine: Engine, now: datetime) -> None:
    for _ in range(3):
        fail(engine, now + timedelta(hours=1))
    assert allowed(engine, now)


def stored(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return list(db.execute(select(attempt.c.key).order_by(attempt.c.attempt_id)).scalars())


def salts(engine: Engine) -> dict[str, bytes]:
    with reading(engine) as db:
        return {row.day: row.salt for row in db.execute(select(daily_salt))}


def test_the_salt_of_a_day_is_gone_when_the_day_is_over(engine: Engine, now: datetime) -> None:
    key = hashed(b"s" * 32, "203.0.113.7", at=now)
    fail(engine, now, key=key)
    (first,) = stored(engine)
    assert first != key
    assert list(salts(engine)) == [f"{now:%Y-%m-%d}"]
    old = salts(engine)[f"{now:%Y-%m-%d}"]
    tomorrow = now + timedelta(days=1)
    # The very same key: even with the server's own key, the days cannot be linked.
    fail(engine, tomorrow, key=key)
    (second,) = stored(engine)
    assert second != first
    assert list(salts(engine)) == [f"{tomorrow:%Y-%m-%d}"]
    assert salts(engine)[f"{tomorrow:%Y-%m-%d}"] != old


def test_a_day_on_which_nobody_comes_is_forgotten_too(engine: Engine, now: datetime) -> None:
    fail(engine, now)
    with writing(engine) as db:
        assert not forget(db, at=now + timedelta(hours=11))
    assert stored(engine)
    with writing(engine) as db:
        assert forget(db, at=now + timedelta(hours=13))
    assert stored(engine) == []
    assert salts(engine) == {}


def test_a_salt_is_in_no_file_once_it_is_forgotten(engine: Engine, now: datetime) -> None:
    fail(engine, now)
    (salt,) = salts(engine).values()
    folder = Path(str(engine.url.database)).parent

    def is_there() -> bool:
        return any(salt in path.read_bytes() for path in folder.glob("hearing.sqlite*"))

    assert is_there()
    with writing(engine) as db:
        forget(db, at=now + timedelta(days=1))
    assert erase_freed_pages(engine)
    assert not is_there()


@pytest.mark.parametrize(
    ("address", "public_url", "soon", "a_day"),
    [
        ("203.0.113.7", "", 10, 40),
        ("203.0.113.7", "https://hearing.example", 10, 40),
        ("198.51.100.9", "", 200, 800),
        ("2001:db8:1::5", "", 200, 800),
        ("2001:db8:2::5", "", 10, 40),
        ("127.0.0.1", "", 10, 40),
        ("::1", "", 10, 40),
        ("local", "", 10, 40),
        # A proxy that does not say who stands behind it: everybody at once.
        ("127.0.0.1", "https://hearing.example", 200, 800),
        ("not an address", "", 10, 40),
    ],
)
def test_a_library_may_send_more(address: str, public_url: str, soon: int, a_day: int) -> None:
    settings = Settings(trusted_networks="198.51.100.0/24, 2001:db8:1::/48", public_url=public_url)
    by = sender(settings, b"s" * 32, address)
    assert [(limit.tries, limit.seconds) for limit in by.limits] == [(soon, 600), (a_day, 86_400)]
    assert address not in by.key


@pytest.mark.parametrize("text", ["library", "203.0.113.0/33", "203.0.113.7;", "203.0.113.7 198.51.100.9"])
def test_a_network_that_is_none_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match=r"203\.0\.113\.0/24"):
        Settings(trusted_networks=text)


def test_the_machine_itself_has_one_name(now: datetime) -> None:
    names = {
        network_of(address) for address in ("127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1", "local")
    }
    assert names == {"local"}


def test_what_a_network_may_send_counts_for_ten_minutes_and_for_the_day(
    engine: Engine, now: datetime
) -> None:
    by = sender(Settings(comments_in_ten_minutes=2, comments_a_day=3), b"s" * 32, "203.0.113.7", at=now)

    def send(minutes: float) -> TooMany | None:
        try:
            with writing(engine) as db:
                spend(db, by, at=now + timedelta(minutes=minutes))
        except TooMany as refusal:
            return refusal
        return None

    assert send(0) is None
    assert send(1) is None
    refused = send(2)
    assert refused is not None
    assert (refused.retry_after, refused.status) == (480, 429)
    assert "There were 2 comments from your network" in refused.what
    assert "your words are still here" in refused.kept
    assert "in 8 minutes" in refused.next_step
    assert send(10) is None
    refused = send(20.5)
    assert refused is not None
    assert "in 24 hours" in refused.next_step
    assert refused.retry_after == 24 * 3600 - 20.5 * 60


class Wrong(Exception):
    pass


def test_a_try_is_counted_before_it_is_made_and_taken_back_when_it_was_right(
    engine: Engine, now: datetime
) -> None:
    always = Limit("always", 5, 60, "look-ups")
    for _ in range(5):
        with tried(engine, [(THREE, "k")], [(always, "c")], at=now):
            assert stored(engine)
    with pytest.raises(TooMany, match="5 look-ups"), tried(engine, [(THREE, "k")], [(always, "c")], at=now):
        raise AssertionError("not reached")
    for _ in range(3):
        with pytest.raises(Wrong), tried(engine, [(THREE, "k")], at=now):
            raise Wrong
    with pytest.raises(TooMany), tried(engine, [(THREE, "k")], at=now):
        raise AssertionError("not reached")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_engine: Engine) -> None:
        raise Unavailable("The record could not be read or written (database or disk is full).")

    monkeypatch.setattr(throttle, "writing", refuse)
    monkeypatch.setattr(throttle, "_in_memory", Memory())


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_tries_are_counted_in_memory(engine: Engine, now: datetime) -> None:
    for _ in range(20):
        with tried(engine, [(THREE, "k")], at=now):
            pass
    for _ in range(3):
        with pytest.raises(Wrong), tried(engine, [(THREE, "k")], at=now):
            raise Wrong
    with pytest.raises(TooMany, match="in 60 seconds"), tried(engine, [(THREE, "k")], at=now):
        raise AssertionError("not reached")
    with tried(engine, [(THREE, "k")], at=now + timedelta(seconds=60)):
        pass


def test_the_memory_is_bounded_and_never_lets_everybody_through(now: datetime) -> None:
    memory = Memory(most=10)

    def guess(key: str, at: datetime = now) -> bool:
        try:
            with memory.tried([(THREE, key)], (), at=at):
                raise Wrong
        except TooMany:
            return False
        except Wrong:
            return True

    passed = sum(guess(f"network {number}") for number in range(1000))
    # Ten of their own, and three for all who came later.
    assert passed == 10 + 3
    assert len(memory._made) <= 11
    assert guess("network 5")
    assert guess("another", at=now + timedelta(days=2))
