from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select, update

from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Role
from hearing_app.people.sessions import account_of_session, end_session, start_session
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, session

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
    assert whose(engine, token, now + timedelta(hours=12, seconds=-1)) == fay
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
