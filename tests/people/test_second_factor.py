"""The second step: codes of an app and recovery codes, each once, slowly, and from an encrypted secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine, select, update

from hearing_app.errors import ConfirmAgain, Conflict, Damaged, Forbidden, HearingError, Invalid, TooMany
from hearing_app.people.accounts import Account
from hearing_app.people.second_factor import (
    begin_second_factor,
    check_code,
    finish_second_factor,
    has_second_factor,
    load_factor_key,
    new_recovery_codes,
    recovery_codes_left,
    remove_second_factor,
    setup_address,
    with_code,
)
from hearing_app.people.sessions import end_session, present, start_session, whose_session
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import attempt, recovery_code, second_factor

from .conftest import MakeAccount

KEY, SECRET = b"k" * 32, b"s" * 32
HERE = "203.0.113.7"
STEP = timedelta(seconds=30)
Enrol = Callable[..., tuple[Account, pyotp.TOTP, list[str]]]


def give(engine: Engine, member: Account, code: str, at: datetime, address: str = HERE) -> None:
    check_code(engine, KEY, SECRET, member, code, address=address, at=at)


@pytest.fixture
def enrolled(engine: Engine, now: datetime, member: MakeAccount) -> Enrol:
    """Give an account a second factor; return it, its app, and the recovery codes."""

    def make(email: str = "fay@board.example") -> tuple[Account, pyotp.TOTP, list[str]]:
        fay = member(email)
        earlier = now - timedelta(hours=1)
        with writing(engine) as db:
            token = start_session(db, fay, at=earlier)
            app = pyotp.TOTP(begin_second_factor(db, KEY, fay, token, at=earlier))
        codes = finish_second_factor(
            engine, KEY, SECRET, fay, app.at(earlier), session=token, address=HERE, at=earlier
        )
        return fay, app, codes

    return make


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, for SHA-1: its eight digits end in our six.
    app = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert app.at(seconds) == code


def test_a_code_confirms_it_before_it_is_in_use(engine: Engine, now: datetime, member: MakeAccount) -> None:
    fay = member()
    with writing(engine) as db:
        token = start_session(db, fay, at=now)
        app = pyotp.TOTP(begin_second_factor(db, KEY, fay, token, at=now))
        assert begin_second_factor(db, KEY, fay, token, at=now) == app.secret
        assert not has_second_factor(db, fay.account_id)
    with pytest.raises(Invalid):
        give(engine, fay, app.at(now), now)
    with pytest.raises(Invalid):
        finish_second_factor(engine, KEY, SECRET, fay, "000000", session=token, address=HERE, at=now)
    codes = finish_second_factor(engine, KEY, SECRET, fay, app.at(now), session=token, address=HERE, at=now)
    assert len(set(codes)) == 10
    with reading(engine) as db:
        assert has_second_factor(db, fay.account_id)
        assert recovery_codes_left(db, fay.account_id) == 10
        with pytest.raises(Conflict):
            begin_second_factor(db, KEY, fay, token, at=now)
    # The code that put it in use is used up.
    with pytest.raises(Invalid):
        give(engine, fay, app.at(now), now)


def test_neither_the_secret_nor_a_code_can_be_read_from_the_database(engine: Engine, enrolled: Enrol) -> None:
    _, app, codes = enrolled()
    with reading(engine) as db:
        stored = db.execute(select(second_factor.c.secret)).scalar_one()
        hashes = str(db.execute(select(recovery_code)).all())
    assert app.secret.encode() not in stored
    assert not any(code in hashes or code.replace("-", "") in hashes for code in codes)


def test_a_secret_moved_to_another_account_opens_nothing(
    engine: Engine, now: datetime, enrolled: Enrol
) -> None:
    (fay, app, _), (eve, _, _) = enrolled(), enrolled("eve@board.example")
    with writing(engine) as db:
        stored = select(second_factor.c.secret).where(second_factor.c.account_id == fay.account_id)
        db.execute(
            update(second_factor)
            .where(second_factor.c.account_id == eve.account_id)
            .values(secret=db.execute(stored).scalar_one())
        )
    with pytest.raises(InvalidTag):
        give(engine, eve, app.at(now), now)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_clocks_may_differ_by_one_step(engine: Engine, now: datetime, enrolled: Enrol, steps: int) -> None:
    fay, app, _ = enrolled()
    give(engine, fay, app.at(now + steps * STEP), now)


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_and_by_no_more(engine: Engine, now: datetime, enrolled: Enrol, steps: int) -> None:
    fay, app, _ = enrolled()
    with pytest.raises(Invalid):
        give(engine, fay, app.at(now + steps * STEP), now)


def test_a_code_works_once_and_none_before_it_afterwards(
    engine: Engine, now: datetime, enrolled: Enrol
) -> None:
    fay, app, _ = enrolled()
    give(engine, fay, f" {app.at(now)[:3]} {app.at(now)[3:]} ", now)
    for code in (app.at(now), app.at(now + -1 * STEP)):
        with pytest.raises(Invalid):
            give(engine, fay, code, now)
    give(engine, fay, app.at(now + 1 * STEP), now)


def test_of_twenty_who_send_one_code_at_once_one_gets_in(
    engine: Engine, now: datetime, enrolled: Enrol
) -> None:
    fay, app, _ = enrolled()

    def send(place: int) -> str:
        try:
            give(engine, fay, app.at(now), now, address=f"198.51.100.{place}")
        except HearingError as refusal:
            return type(refusal).__name__
        return "in"

    with ThreadPoolExecutor(20) as pool:
        assert Counter(pool.map(send, range(20)))["in"] == 1


def test_each_recovery_code_works_once(engine: Engine, now: datetime, enrolled: Enrol) -> None:
    fay, _, codes = enrolled()
    give(engine, fay, codes[0], now)
    give(engine, fay, f"  {codes[1].upper().replace('-', ' ')} ", now)
    for used in codes[:2]:
        with pytest.raises(Invalid):
            give(engine, fay, used, now)
    with reading(engine) as db:
        assert recovery_codes_left(db, fay.account_id) == 8
    for no_code in ("", "000000", codes[0]):
        with pytest.raises(Invalid):
            new_recovery_codes(engine, KEY, SECRET, fay, no_code, address=HERE, at=now)
    fresh = new_recovery_codes(engine, KEY, SECRET, fay, codes[2], address="198.51.100.2", at=now)
    with reading(engine) as db:
        assert recovery_codes_left(db, fay.account_id) == 10
    with pytest.raises(Invalid):
        give(engine, fay, codes[5], now + timedelta(minutes=20))
    give(engine, fay, fresh[5], now + timedelta(minutes=20))


def test_another_persons_codes_fit_nobody_else(engine: Engine, now: datetime, enrolled: Enrol) -> None:
    (fay, _, _), (_, app, codes) = enrolled(), enrolled("eve@board.example")
    for code in (app.at(now), codes[0]):
        with pytest.raises(Invalid):
            give(engine, fay, code, now)


@pytest.mark.parametrize("code", ["", "0", "000000", "é" * 6, "٠١٢٣٤٥", "x" * 100_000, "1" * 6 + "\0"])
def test_what_is_no_code_is_refused(engine: Engine, now: datetime, enrolled: Enrol, code: str) -> None:
    fay, _, _ = enrolled()
    with pytest.raises(Invalid):
        give(engine, fay, code, now)


def test_five_wrong_codes_make_a_network_wait_and_no_other(
    engine: Engine, now: datetime, enrolled: Enrol, caplog: pytest.LogCaptureFixture
) -> None:
    fay, app, _ = enrolled()
    for _ in range(5):
        with pytest.raises(Invalid):
            give(engine, fay, "000000", now)
    caplog.clear()
    with pytest.raises(TooMany):
        give(engine, fay, app.at(now), now)
    assert [one.getMessage() for one in caplog.records] == [
        f"refused: {fay.actor.name} must wait after codes that did not fit"
    ]
    give(engine, fay, app.at(now), now, address="198.51.100.1")
    later = now + timedelta(minutes=15)
    give(engine, fay, app.at(later), later)


def test_twenty_wrong_codes_from_everywhere_make_an_account_wait(
    engine: Engine, now: datetime, enrolled: Enrol
) -> None:
    fay, app, _ = enrolled()
    for place in range(20):
        with pytest.raises(Invalid):
            give(engine, fay, "000000", now, address=f"203.0.113.{place}")
    with pytest.raises(TooMany):
        give(engine, fay, app.at(now), now, address="198.51.100.1")


def test_a_right_code_takes_its_try_back_and_a_wrong_one_is_logged_without_it(
    engine: Engine, now: datetime, enrolled: Enrol, caplog: pytest.LogCaptureFixture
) -> None:
    fay, app, _ = enrolled()
    give(engine, fay, app.at(now), now)
    with reading(engine) as db:
        assert db.execute(select(attempt)).all() == []
    caplog.clear()
    with pytest.raises(Invalid):
        give(engine, fay, "135791", now)
    assert [one.getMessage() for one in caplog.records] == [
        f"refused: a code for {fay.actor.name} does not fit"
    ]


def test_what_changes_it_must_be_confirmed(engine: Engine, now: datetime, enrolled: Enrol) -> None:
    fay, app, _ = enrolled()
    stale = replace(fay, fresh=False)
    with writing(engine) as db, pytest.raises(ConfirmAgain):
        begin_second_factor(db, KEY, stale, "token", at=now)
    with pytest.raises(ConfirmAgain):
        finish_second_factor(engine, KEY, SECRET, stale, app.at(now), session="token", address=HERE, at=now)
    with pytest.raises(ConfirmAgain):
        new_recovery_codes(engine, KEY, SECRET, stale, app.at(now), address=HERE, at=now)
    with pytest.raises(ConfirmAgain):
        turn_off(engine, stale, app.at(now), now)
    # None of them has used the code up.
    give(engine, fay, app.at(now), now)


def turn_off(engine: Engine, member: Account, code: str, at: datetime, *, must_stay: bool = False) -> None:
    remove_second_factor(engine, KEY, SECRET, member, code, must_stay=must_stay, address=HERE, at=at)


def test_it_is_turned_off_with_a_code_of_it_and_not_without(
    engine: Engine, now: datetime, enrolled: Enrol
) -> None:
    fay, app, codes = enrolled()
    with pytest.raises(Forbidden):
        turn_off(engine, fay, app.at(now), now, must_stay=True)
    for no_code in ("", "000000"):
        with pytest.raises(Invalid):
            turn_off(engine, fay, no_code, now)
    with reading(engine) as db:
        assert has_second_factor(db, fay.account_id)
        assert recovery_codes_left(db, fay.account_id) == 10
    turn_off(engine, fay, codes[0], now)
    with reading(engine) as db:
        assert not has_second_factor(db, fay.account_id)
        assert recovery_codes_left(db, fay.account_id) == 0
    with pytest.raises(Conflict):
        new_recovery_codes(engine, KEY, SECRET, fay, app.at(now), address=HERE, at=now)
    with pytest.raises(Conflict):
        turn_off(engine, fay, app.at(now), now)


def test_setting_it_up_ends_every_other_session_and_marks_this_one(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    with writing(engine) as db:
        others = [
            start_session(db, fay, at=now),
            start_session(db, fay, second_step=True, at=now),
            start_session(db, fay, awaits_code=True, at=now),
        ]
        mine = start_session(db, fay, at=now)
        app = pyotp.TOTP(begin_second_factor(db, KEY, fay, mine, at=now))
    assert whose_session(engine, mine, needs_second_factor=True, at=now) is None
    finish_second_factor(engine, KEY, SECRET, fay, app.at(now), session=mine, address=HERE, at=now)
    assert whose_session(engine, mine, needs_second_factor=True, at=now) == fay
    with reading(engine) as db:
        for token in others:
            assert present(db, token, at=now) is None
            assert present(db, token, awaits_code=True, at=now) is None


def test_the_secret_is_shown_in_the_session_that_sets_it_up_and_fits_in_no_other(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    with writing(engine) as db:
        mine, theirs = start_session(db, fay, at=now), start_session(db, fay, at=now)
        known = pyotp.TOTP(begin_second_factor(db, KEY, fay, theirs, at=now))
        app = pyotp.TOTP(begin_second_factor(db, KEY, fay, mine, at=now))
    assert app.secret != known.secret
    for code, token in ((known.at(now), mine), (known.at(now), theirs), (app.at(now), theirs)):
        with pytest.raises(Invalid):
            finish_second_factor(engine, KEY, SECRET, fay, code, session=token, address=HERE, at=now)
    finish_second_factor(engine, KEY, SECRET, fay, app.at(now), session=mine, address=HERE, at=now)


def test_a_session_that_is_over_puts_none_in_use(engine: Engine, now: datetime, member: MakeAccount) -> None:
    fay = member()
    with writing(engine) as db:
        mine = start_session(db, fay, at=now)
        app = pyotp.TOTP(begin_second_factor(db, KEY, fay, mine, at=now))
        end_session(db, mine, at=now)
    with pytest.raises(Conflict):
        finish_second_factor(engine, KEY, SECRET, fay, app.at(now), session=mine, address=HERE, at=now)
    with reading(engine) as db:
        assert not has_second_factor(db, fay.account_id)


def test_what_a_code_allows_and_its_use_happen_together(
    engine: Engine, now: datetime, enrolled: Enrol
) -> None:
    fay, app, _ = enrolled()

    def refuse(_db: object) -> None:
        raise Conflict("It has changed.")

    with pytest.raises(Conflict):
        with_code(engine, KEY, SECRET, fay, app.at(now), then=refuse, address=HERE, at=now)
    give(engine, fay, app.at(now), now)


def test_an_app_reads_whose_account_it_is(member: MakeAccount) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    address = setup_address(secret, member())
    assert address == f"otpauth://totp/Hearing:fay%40board.example?secret={secret}&issuer=Hearing"


def test_the_key_is_made_once_and_missed_only_where_it_is_needed(
    engine: Engine, now: datetime, member: MakeAccount, tmp_path: Path
) -> None:
    file = tmp_path / "keys" / "second-factor.key"
    with reading(engine) as db:
        key = load_factor_key(db, file)
        assert load_factor_key(db, file) == key
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    fay = member()
    with writing(engine) as db:
        # Nobody has one yet: a new key is as good.
        begin_second_factor(db, load_factor_key(db, file), fay, "a session", at=now)
    kept = file.read_bytes()
    file.unlink()
    with reading(engine) as db, pytest.raises(Damaged, match="missing") as caught:
        load_factor_key(db, file)
    assert "receipt" not in str(caught.value)
    assert not file.exists()
    file.write_bytes(b"o" * 32)
    file.chmod(0o600)
    with reading(engine) as db, pytest.raises(Damaged, match="not the one"):
        load_factor_key(db, file)
    file.write_bytes(kept)
    with reading(engine) as db:
        assert load_factor_key(db, file) == kept
    file.chmod(0o640)
    with reading(engine) as db, pytest.raises(Damaged, match="other users"):
        load_factor_key(db, file)
