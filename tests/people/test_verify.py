from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine, delete, insert, update

from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.people.staff import change_role, disable, enable
from hearing_app.people.verify import faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, session


@pytest.fixture
def members(engine: Engine, now: datetime) -> list[str]:
    """Two accounts: a publisher that was an auditor before, a facilitator that was closed for a time."""
    made = []
    for name, role in (("pat", Role.AUDITOR), ("fay", Role.FACILITATOR)):
        with writing(engine) as db:
            token = invite(db, OPERATOR, email=f"{name}@board.example", role=role, at=now)
        password = "a sentence of some words"
        made.append(accept_invitation(engine, token, email="", password=password, at=now).account_id)
    with writing(engine) as db:
        change_role(db, OPERATOR, made[0], Role.PUBLISHER, agency="met", at=now)
        disable(db, OPERATOR, made[1], at=now)
        enable(db, OPERATOR, made[1], at=now)
    return made


def found(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return faults(db)


def test_accounts_that_nobody_touched_have_no_fault(engine: Engine, members: list[str]) -> None:
    assert found(engine) == []


@pytest.mark.parametrize(
    "values", [{"role": "administrator"}, {"agency": "elsewhere"}, {"disabled": True}, {"role": "nothing"}]
)
def test_an_office_that_was_taken_is_named(
    engine: Engine, members: list[str], values: dict[str, object]
) -> None:
    with writing(engine) as db:
        db.execute(update(account).where(account.c.account_id == members[0]).values(values))
    assert found(engine) == [f"Account {members[0]}: it does not hold the office that the ledger says."]


def test_an_account_that_nobody_made_or_that_is_gone_is_named(engine: Engine, members: list[str]) -> None:
    with writing(engine) as db:
        db.execute(delete(session))
        db.execute(delete(account).where(account.c.account_id == members[0]))
        row = {"account_id": "mallory", "email": "m@evil.example", "role": "administrator", "agency": ""}
        made = db.execute(account.select()).first()
        assert made is not None
        db.execute(insert(account).values(made._asdict() | row))
    assert found(engine) == [
        "Account mallory: the ledger has no event of its beginning.",
        f"Account {members[0]} is in the ledger, but not among the accounts.",
    ]


def test_a_closed_account_may_be_gone(engine: Engine, members: list[str], now: datetime) -> None:
    with writing(engine) as db:
        disable(db, OPERATOR, members[1], at=now)
        db.execute(delete(session))
        db.execute(delete(account).where(account.c.account_id == members[1]))
    assert found(engine) == []
