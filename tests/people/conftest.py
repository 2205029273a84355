"""Accounts without the quarter of a second that each password costs: one hash is made and shared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine, insert

from hearing_app.people.accounts import Account
from hearing_app.people.passwords import hash_password
from hearing_app.people.permissions import Role
from hearing_app.store.engine import writing
from hearing_app.store.tables import account

PASSWORD = "four words and a comma, here"
MakeAccount = Callable[..., Account]


@pytest.fixture(scope="session")
def password() -> str:
    return PASSWORD


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def member(engine: Engine, password_hash: str, now: datetime) -> MakeAccount:
    """Make a member of staff, with the shared password."""

    def make(
        email: str = "fay@board.example", role: Role = Role.FACILITATOR, *, disabled: bool = False
    ) -> Account:
        made = Account(email.replace("@", ".")[:32], email, role, "")
        with writing(engine) as db:
            db.execute(
                insert(account).values(
                    account_id=made.account_id,
                    email=email,
                    role=role,
                    agency="",
                    password_hash=password_hash,
                    created_at=now,
                    disabled=disabled,
                )
            )
        return made

    return make
