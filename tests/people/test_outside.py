"""Who is who at the provider: our own table decides, by issuer and subject alone."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotFound
from hearing_app.people import staff
from hearing_app.people.accounts import authenticate, invite, invite_first_administrator, open_invitation
from hearing_app.people.outside import accept_at_provider, account_of_identity, has_identity, use_return
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, outside_return

ISSUER = "https://id.example.org"
EMAIL = "fay@board.example"


def invited(engine: Engine, at: datetime, email: str = EMAIL) -> str:
    with writing(engine) as db:
        return invite(db, OPERATOR, email=email, role=Role.FACILITATOR, at=at)


def test_an_invitation_binds_a_person_at_the_provider(engine: Engine, now: datetime) -> None:
    made = accept_at_provider(
        engine, invited(engine, now), issuer=ISSUER, subject="fay", email="x@y.org", at=now
    )
    assert (made.email, made.role) == (EMAIL, Role.FACILITATOR)
    with reading(engine) as db:
        assert account_of_identity(db, ISSUER, "fay") == made
        assert has_identity(db, made.account_id)
        assert [one.signs_in for one in staff.list_staff(db, OPERATOR)] == ["provider"]
    for password in ("", "!", "four words and a comma, here"):
        with pytest.raises(Invalid):
            authenticate(engine, b"s" * 32, email=EMAIL, password=password, address="203.0.113.7", at=now)


@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        (ISSUER, "Fay"),
        (ISSUER, "fay "),
        (ISSUER + "/", "fay"),
        ("https://other.example", "fay"),
        (ISSUER, EMAIL),
    ],
)
def test_nobody_else_is_that_person(
    engine: Engine, now: datetime, issuer: str, subject: str, caplog: pytest.LogCaptureFixture
) -> None:
    accept_at_provider(engine, invited(engine, now), issuer=ISSUER, subject="fay", at=now)
    with reading(engine) as db, pytest.raises(Forbidden, match="no account of this service"):
        account_of_identity(db, issuer, subject)
    assert [one.getMessage() for one in caplog.records] == [
        "refused: a sign-in at the provider to an unknown person"
    ]


def test_a_disabled_account_is_refused_as_if_there_were_none(
    engine: Engine, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    made = accept_at_provider(engine, invited(engine, now), issuer=ISSUER, subject="fay", at=now)
    with writing(engine) as db:
        db.execute(update(account).values(disabled=True))
    with reading(engine) as db, pytest.raises(Forbidden, match="no account of this service"):
        account_of_identity(db, ISSUER, "fay")
    assert f"facilitator:{made.account_id}, disabled" in caplog.text


def test_one_person_has_one_account(engine: Engine, now: datetime) -> None:
    accept_at_provider(engine, invited(engine, now), issuer=ISSUER, subject="fay", at=now)
    second = invited(engine, now, "second@board.example")
    with pytest.raises(Conflict, match="account here already"):
        accept_at_provider(engine, second, issuer=ISSUER, subject="fay", at=now)
    with reading(engine) as db:
        # The invitation is not lost by it.
        assert open_invitation(db, second, at=now).email == "second@board.example"


def test_of_two_who_accept_one_invitation_at_once_one_has_an_account(engine: Engine, now: datetime) -> None:
    token = invited(engine, now)

    def accept(subject: str) -> str:
        try:
            return accept_at_provider(engine, token, issuer=ISSUER, subject=subject, at=now).email
        except HearingError as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(2) as pool:
        assert Counter(pool.map(accept, ["ann", "ben"])) == {EMAIL: 1, "NotFound": 1}


def test_the_first_administrator_names_an_address(engine: Engine, now: datetime) -> None:
    with writing(engine) as db:
        token = invite_first_administrator(db, at=now)
    assert token
    with pytest.raises(Invalid):
        accept_at_provider(engine, token, issuer=ISSUER, subject="ada", at=now)
    made = accept_at_provider(engine, token, issuer=ISSUER, subject="ada", email="Ada@b.example", at=now)
    assert (made.email, made.role) == ("ada@b.example", Role.ADMINISTRATOR)
    with pytest.raises(NotFound):
        accept_at_provider(engine, token, issuer=ISSUER, subject="eve", email="eve@b.example", at=now)


def test_its_password_is_not_reset_here(engine: Engine, now: datetime) -> None:
    made = accept_at_provider(engine, invited(engine, now), issuer=ISSUER, subject="fay", at=now)
    with writing(engine) as db, pytest.raises(Conflict, match="signs in at the provider"):
        staff.offer_reset(db, OPERATOR, made.account_id, at=now)


def test_a_return_is_used_once_and_forgotten_later(engine: Engine, now: datetime) -> None:
    with writing(engine) as db:
        use_return(db, "a state", at=now)
    with writing(engine) as db, pytest.raises(Forbidden, match="used before"):
        use_return(db, "a state", at=now + timedelta(minutes=19))
    with writing(engine) as db:
        use_return(db, "another", at=now + timedelta(minutes=21))
        rows = db.execute(select(outside_return)).all()
    assert len(rows) == 1
    assert "another" not in str(rows)
