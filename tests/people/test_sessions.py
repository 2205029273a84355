from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from hearing_app.errors import Conflict, Damaged
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Role
from hearing_app.people.sessions import (
    account_of_session,
    confirm_session,
    end_session,
    end_sessions,
    pass_second_step,
    present,
    sessions_of,
    start_session,
    whose_session,
)
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, second_factor, session

from .conftest import MakeAccount


def start(engine: Engine, member: Account, at: datetime) -> str:
    with writing(engine) as db:
        return start_session(db, member, at=at)


def end(engine: Engine, token: str, at: datetime) -> None:
    with writing(engine) as db:
        end_session(db, token, at=at)


def whose(engine: Engine, token: str, at: datetime) -> Account | None:
    with reading(engine) as db:
        return account_of_session(db, token, at=at)


def test_a_session_says_who_it_is_until_it_expires(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    token = start(engine, fay, now)
    assert whose(engine, token, now) == fay
    for half_hours in range(1, 24):
        assert whose_session(engine, token, at=now + timedelta(minutes=30 * half_hours))
    last = whose(engine, token, now + timedelta(hours=12, seconds=-1))
    assert last == replace(fay, fresh=False)
    assert whose(engine, token, now + timedelta(hours=12)) is None
    assert whose(engine, token + "x", now) is None
    assert whose(engine, "", now) is None


def test_the_token_is_not_in_the_database(engine: Engine, now: datetime, member: MakeAccount) -> None:
    token = start(engine, member(), now)
    assert len(token) >= 43
    with reading(engine) as db:
        assert token not in str(db.execute(select(session)).all())


def test_an_ended_session_stops_at_once_and_others_go_on(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    one, other = start(engine, fay, now), start(engine, fay, now)
    end(engine, one, now)
    end(engine, one, now + timedelta(hours=1))
    end(engine, "unknown", now)
    assert whose(engine, one, now) is None
    assert whose(engine, other, now) == fay
    with reading(engine) as db:
        ended = db.execute(select(session.c.revoked_at).where(session.c.revoked_at.is_not(None))).scalars()
        assert list(ended) == [now]


def test_a_disabled_account_and_a_changed_role_count_from_the_next_look(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    token = start(engine, member(), now)
    with writing(engine) as db:
        db.execute(update(account).values(role=Role.AUDITOR))
    found = whose(engine, token, now)
    assert found
    assert found.role is Role.AUDITOR
    with writing(engine) as db:
        db.execute(update(account).values(disabled=True))
    assert whose(engine, token, now) is None


def test_sessions_that_expired_a_day_ago_are_forgotten(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    start(engine, fay, now)
    for hours, kept in ((36, 2), (36.1, 2), (72.2, 1)):
        start(engine, fay, now + timedelta(hours=hours))
        with reading(engine) as db:
            assert db.execute(select(func.count()).select_from(session)).scalar_one() == kept


def seen_at(engine: Engine) -> datetime:
    with reading(engine) as db:
        found: datetime = db.execute(select(session.c.seen_at)).scalar_one()
    return found


def test_a_session_that_is_not_used_for_an_hour_is_over(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    token = start(engine, member(), now)
    assert whose_session(engine, token, at=now + timedelta(minutes=59))
    assert whose_session(engine, token, at=now + timedelta(minutes=59 + 59))
    assert whose_session(engine, token, at=now + timedelta(minutes=59 + 59 + 60)) is None
    assert whose(engine, token, now + timedelta(minutes=59 + 59 + 60)) is None


def test_reading_writes_at_most_every_five_minutes(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    token = start(engine, member(), now)
    for seconds in range(0, 300, 30):
        assert whose_session(engine, token, at=now + timedelta(seconds=seconds))
    assert seen_at(engine) == now
    assert whose_session(engine, token, at=now + timedelta(minutes=5))
    assert seen_at(engine) == now + timedelta(minutes=5)


def test_a_record_that_cannot_be_written_keeps_nobody_from_reading(
    engine: Engine,
    now: datetime,
    member: MakeAccount,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fay = member()
    token = start(engine, fay, now)

    def full(engine: Engine) -> None:
        raise Damaged("The disk is full.")

    monkeypatch.setattr("hearing_app.people.sessions.writing", full)
    assert whose_session(engine, token, at=now + timedelta(minutes=6)) == fay
    assert "could not be noted: The disk is full." in caplog.text


def test_a_proof_is_fresh_for_ten_minutes_and_can_be_given_again(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    token = start(engine, member(), now)

    def is_fresh(minutes: float) -> bool:
        found = whose(engine, token, now + timedelta(minutes=minutes))
        assert found
        assert found.actor.fresh is found.fresh
        return found.fresh

    assert [is_fresh(minutes) for minutes in (0, 9.99, 10, 30)] == [True, True, False, False]
    # The clock was set back: a proof of the future is none.
    assert not is_fresh(-1)
    with writing(engine) as db:
        confirm_session(db, token, at=now + timedelta(minutes=30))
    assert [is_fresh(minutes) for minutes in (30, 39.9, 40)] == [True, True, False]


def test_who_was_not_confirmed_at_sign_in_is_not_fresh(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    with writing(engine) as db:
        token = start_session(db, fay, confirmed=False, at=now)
    found = whose(engine, token, now)
    assert found
    assert not found.fresh


def test_between_password_and_code_there_is_no_session(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    with writing(engine) as db:
        token = start_session(db, fay, awaits_code=True, at=now)
    assert whose(engine, token, now) is None
    assert whose_session(engine, token, at=now) is None
    with reading(engine) as db:
        assert present(db, token, at=now) is None
        assert sessions_of(db, fay.account_id, at=now) == []
        waiting = present(db, token, awaits_code=True, at=now)
        assert waiting
        assert not waiting.account.fresh
        assert present(db, token, awaits_code=True, at=now + timedelta(minutes=10)) is None
    whole = start(engine, fay, now)
    with reading(engine) as db:
        assert present(db, whole, awaits_code=True, at=now) is None


def test_where_a_second_factor_is_needed_nobody_works_without_one(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    token = start(engine, fay, now)
    assert whose_session(engine, token, needs_second_factor=True, at=now) is None
    row = {"account_id": fay.account_id, "secret": b"x", "created_at": now, "last_step": 0}
    with writing(engine) as db:
        db.execute(second_factor.insert().values(row | {"confirmed_at": None}))
    assert whose_session(engine, token, needs_second_factor=True, at=now) is None
    with writing(engine) as db:
        db.execute(update(second_factor).values(confirmed_at=now))
        with_code = start_session(db, fay, second_step=True, at=now)
    # Nor does a session that was opened with the password alone, once there is one.
    for needs in (True, False):
        assert whose_session(engine, token, needs_second_factor=needs, at=now) is None
        assert whose_session(engine, with_code, needs_second_factor=needs, at=now) == fay
    with reading(engine) as db:
        assert present(db, token, at=now) is None
        assert account_of_session(db, token, at=now) is None


def test_who_signs_in_at_the_provider_has_shown_the_second_step_there(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    with writing(engine) as db:
        db.execute(update(account).values(password_hash=""))
        token = start_session(db, fay, second_step=True, at=now)
        without = start_session(db, fay, at=now)
    assert whose_session(engine, token, needs_second_factor=True, at=now) == fay
    assert whose_session(engine, without, needs_second_factor=True, at=now) is None


def test_a_sign_in_begins_nothing_once_the_account_was_changed(
    engine: Engine, now: datetime, member: MakeAccount, password_hash: str
) -> None:
    fay = replace(member(), checked=password_hash)
    start(engine, fay, now)
    for change in ({"disabled": True}, {"disabled": False, "password_hash": "another"}):
        with writing(engine) as db:
            db.execute(update(account).values(change))
        with pytest.raises(Conflict, match="changed while you were signing in"):
            start(engine, fay, now)
    with reading(engine) as db:
        assert db.execute(select(func.count()).select_from(session)).scalar_one() == 1


@pytest.mark.parametrize("change", ["ended", "disabled", "expired"])
def test_a_sign_in_that_waits_for_its_code_is_over_with_the_account(
    engine: Engine, now: datetime, member: MakeAccount, change: str
) -> None:
    fay = member()
    with writing(engine) as db:
        token = start_session(db, fay, awaits_code=True, at=now)
        if change == "ended":
            end_sessions(db, fay.account_id, at=now)
        if change == "disabled":
            db.execute(update(account).values(disabled=True))
    late = now + timedelta(minutes=10 if change == "expired" else 1)
    with pytest.raises(Conflict), writing(engine) as db:
        pass_second_step(db, token, at=late)


def test_a_code_makes_a_session_of_it_once(engine: Engine, now: datetime, member: MakeAccount) -> None:
    fay = member()
    with writing(engine) as db:
        token = start_session(db, fay, awaits_code=True, at=now)
        opened = pass_second_step(db, token, at=now)
    assert opened != token
    assert whose(engine, opened, now) == fay
    with pytest.raises(Conflict), writing(engine) as db:
        pass_second_step(db, token, at=now)


def test_all_other_sessions_of_an_account_end_at_once(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay, other = member(), member("other@board.example")
    first, second, third = (start(engine, fay, now + timedelta(minutes=place)) for place in range(3))
    elsewhere = start(engine, other, now)
    late = now + timedelta(minutes=3)
    with reading(engine) as db:
        listed = sessions_of(db, fay.account_id, this=second, at=late)
    assert [(one.began_at - now, one.is_this) for one in listed] == [
        (timedelta(minutes=2), False),
        (timedelta(minutes=1), True),
        (timedelta(0), False),
    ]
    with writing(engine) as db:
        assert end_sessions(db, fay.account_id, but=second, at=late) == 2
    assert [bool(whose(engine, token, late)) for token in (first, second, third, elsewhere)] == [
        False,
        True,
        False,
        True,
    ]
    with writing(engine) as db:
        assert end_sessions(db, fay.account_id, at=late) == 1
    assert whose(engine, second, late) is None
