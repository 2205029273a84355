from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Never

import pytest
from sqlalchemy import Engine, func, select

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotFound, TooMany
from hearing_app.people import accounts
from hearing_app.people.accounts import (
    Account,
    Invitation,
    accept_invitation,
    authenticate,
    invite,
    invite_first_administrator,
    open_invitation,
)
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.people.throttle import SIGN_INS
from hearing_app.record.ledger import events, faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, attempt, invitation, ledger_content

from .conftest import MakeAccount

SECRET = b"s" * 32
EMAIL = "fay@board.example"


def invited(
    engine: Engine, at: datetime, email: str = EMAIL, role: Role = Role.FACILITATOR, agency: str = ""
) -> str:
    with writing(engine) as db:
        return invite(db, OPERATOR, email=email, role=role, agency=agency, at=at)


def first_administrator(engine: Engine, at: datetime) -> str | None:
    with writing(engine) as db:
        return invite_first_administrator(db, at=at)


def seen(engine: Engine, token: str, at: datetime) -> Invitation:
    with reading(engine) as db:
        return open_invitation(db, token, at=at)


def sign_in(engine: Engine, at: datetime, **changes: Any) -> Account:
    fields = {"email": EMAIL, "password": "not the password", "address": "203.0.113.7"}
    return authenticate(engine, SECRET, **(fields | changes), at=at)


def count(engine: Engine, table: Any) -> int:
    with reading(engine) as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def test_an_invitation_becomes_an_account_once(engine: Engine, now: datetime, password: str) -> None:
    token = invited(engine, now, email=" Fay@Board.example ", role=Role.PUBLISHER, agency="met")
    assert seen(engine, token, now) == Invitation(EMAIL, Role.PUBLISHER, "met")
    made = accept_invitation(engine, token, email="other@board.example", password=password, at=now)
    assert (made.email, made.role, made.agency) == (EMAIL, Role.PUBLISHER, "met")
    assert made.actor == Actor(Role.PUBLISHER, made.account_id, "met")
    with pytest.raises(NotFound):
        accept_invitation(engine, token, email="second@board.example", password=password, at=now)
    assert count(engine, account) == 1
    with reading(engine) as db:
        (event,) = events(db)
        content = db.execute(select(ledger_content.c.content)).scalar_one()
        hashes = [*db.execute(select(invitation.c.token_hash)).scalars()]
        stored = db.execute(select(account.c.password_hash)).scalar_one()
        assert faults(db) == []
    assert (event.kind, event.actor) == ("account.created", f"publisher:{made.account_id}")
    assert EMAIL not in content + event.subject
    assert token not in hashes
    assert stored.startswith("$argon2id$")


def test_of_two_who_use_one_link_at_once_one_has_an_account(
    engine: Engine, now: datetime, password: str
) -> None:
    token = first_administrator(engine, now)
    assert token

    def accept(name: str) -> str:
        try:
            return accept_invitation(
                engine, token, email=f"{name}@b.example", password=password, at=now
            ).email
        except NotFound:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(accept, ["ann", "ben"]))
    assert outcomes.count("refused") == 1
    assert count(engine, account) == 1


def test_an_invitation_lasts_three_days(engine: Engine, now: datetime) -> None:
    token = invited(engine, now)
    seen(engine, token, now + timedelta(days=3, seconds=-1))
    with pytest.raises(NotFound, match="does not work any more"):
        seen(engine, token, now + timedelta(days=3))
    with pytest.raises(NotFound):
        seen(engine, token + "x", now)
    with pytest.raises(NotFound):
        seen(engine, "", now)


def test_a_newer_invitation_replaces_the_older_one(engine: Engine, now: datetime) -> None:
    mistaken = invited(engine, now, role=Role.ADMINISTRATOR)
    other = invited(engine, now, email="other@board.example")
    right = invited(engine, now, role=Role.AUDITOR)
    with pytest.raises(NotFound):
        seen(engine, mistaken, now)
    assert seen(engine, right, now).role is Role.AUDITOR
    assert seen(engine, other, now).email == "other@board.example"


def test_the_link_of_the_first_administrator_is_the_newest_one(
    engine: Engine, now: datetime, password: str
) -> None:
    older, newer = first_administrator(engine, now), first_administrator(engine, now)
    by_name = invited(engine, now)
    assert older
    assert newer
    with pytest.raises(NotFound):
        seen(engine, older, now)
    assert seen(engine, newer, now) == Invitation("", Role.ADMINISTRATOR, "")
    with pytest.raises(Invalid) as caught:
        accept_invitation(engine, newer, email="nobody", password=password, at=now)
    assert [fault.field for fault in caught.value.faults] == ["email"]
    made = accept_invitation(engine, newer, email="Ann@Board.example", password=password, at=now)
    assert (made.email, made.role) == ("ann@board.example", Role.ADMINISTRATOR)
    assert first_administrator(engine, now) is None
    assert seen(engine, by_name, now).email == EMAIL


def test_once_there_is_an_account_the_first_administrators_link_is_dead(
    engine: Engine, now: datetime, password: str
) -> None:
    printed = first_administrator(engine, now)
    assert printed
    accept_invitation(engine, invited(engine, now), email="", password=password, at=now)
    with pytest.raises(NotFound):
        seen(engine, printed, now)


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.COMPILATION, Role.OPERATOR])
def test_nobody_is_invited_to_a_role_without_an_account(engine: Engine, now: datetime, role: Role) -> None:
    with pytest.raises(Invalid) as caught:
        invited(engine, now, role=role)
    assert [fault.field for fault in caught.value.faults] == ["role"]


@pytest.mark.parametrize(
    "email",
    ["nobody", "@b.example", "a@b", "a@b.c", "a b@c.example", "a@b@c.example", "a@" + "b" * 250 + ".de"],
)
def test_what_is_no_address_is_refused_with_every_other_fault(
    engine: Engine, now: datetime, email: str
) -> None:
    with pytest.raises(Invalid) as caught:
        invited(engine, now, email=email, role=Role.PUBLISHER)
    assert [fault.field for fault in caught.value.faults] == ["email", "agency"]
    assert count(engine, invitation) == 0


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.OPERATOR)])
def test_only_administrators_and_the_operator_invite(engine: Engine, now: datetime, role: Role) -> None:
    with pytest.raises(Forbidden), writing(engine) as db:
        invite(db, Actor(role, "ab12"), email=EMAIL, role=Role.AUDITOR, at=now)
    with writing(engine) as db:
        assert invite(db, Actor(Role.ADMINISTRATOR, "ab12"), email=EMAIL, role=Role.AUDITOR, at=now)


def test_who_has_an_account_is_not_invited_again(engine: Engine, now: datetime, member: MakeAccount) -> None:
    token = invited(engine, now)
    member()
    with pytest.raises(Conflict):
        invited(engine, now, email=EMAIL.upper())
    with pytest.raises(Conflict):
        accept_invitation(engine, token, email="", password="four other words here", at=now)
    assert count(engine, account) == 1


def test_a_password_that_does_not_fit_uses_no_invitation_up(engine: Engine, now: datetime) -> None:
    token = invited(engine, now)
    with pytest.raises(Invalid, match="password cannot be used"):
        accept_invitation(engine, token, email="", password="short", at=now)
    assert seen(engine, token, now).email == EMAIL


def scopes(engine: Engine) -> Counter[str]:
    with reading(engine) as db:
        return Counter(db.execute(select(attempt.c.scope)).scalars())


def test_the_right_password_signs_in_and_takes_its_try_back(
    engine: Engine, now: datetime, member: MakeAccount, password: str
) -> None:
    fay = member()
    for _ in range(7):
        assert sign_in(engine, now, email=" FAY@board.example", password=password) == fay
    assert scopes(engine) == {SIGN_INS.scope: 7}


def test_right_passwords_have_a_limit_too(
    engine: Engine, now: datetime, member: MakeAccount, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fay, eve = member(), member("eve@board.example")
    # Hashing sixty times would take ten seconds.
    monkeypatch.setattr(accounts, "password_fits", lambda _stored, given: given == password)
    for _ in range(20):
        sign_in(engine, now, password=password)
    with pytest.raises(TooMany, match="20 sign-ins to this account") as caught:
        sign_in(engine, now, password=password)
    assert caught.value.retry_after == 900
    assert sign_in(engine, now, password=password, address="203.0.113.8") == fay
    assert sign_in(engine, now, email=eve.email, password=password) == eve
    assert sign_in(engine, now + timedelta(minutes=15), password=password) == fay


@pytest.mark.parametrize(
    "email", ["a\0b@x.org", "fay@board.example\0", "fay@board\x7f.example", "\ud800@x.org"]
)
def test_what_no_address_has_is_refused_before_the_database_is_asked(
    engine: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    token = invited(engine, now, email="")

    def ask(_engine: Engine) -> Never:
        raise AssertionError("the database was asked")

    with pytest.raises(Invalid, match="was not made"):
        accept_invitation(engine, token, email=email, password="four words and a comma, here", at=now)
    monkeypatch.setattr(accounts, "reading", ask)
    with pytest.raises(Invalid, match="do not belong together"):
        sign_in(engine, now, email=email)


def test_a_line_with_many_networks_guesses_as_one_with_a_few(
    engine: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "password_fits", lambda _stored, _given: False)

    def guesses(networks: list[str]) -> int:
        made = 0
        for network in networks:
            for _ in range(6):
                try:
                    sign_in(engine, now, address=f"{network}::1")
                except TooMany:
                    break
                except Invalid:
                    made += 1
        return made

    assert guesses([f"2001:db8:0:a{place:x}" for place in range(8)]) == 4 * 5
    # Another /56 of the same /48, and so on: 16 times five in all, before the account's own limit.
    assert guesses([f"2001:db8:0:{place:x}01" for place in range(1, 32)]) == 16 * 5 - 4 * 5
    assert guesses(["2001:db8:1:a0"]) == 5


def test_a_wrong_account_and_a_wrong_password_are_told_alike(
    engine: Engine, now: datetime, member: MakeAccount, password: str
) -> None:
    member()
    member("gone@board.example", disabled=True)
    told = []
    for email, tried in ((EMAIL, "not it"), ("nobody@b.example", password), ("gone@board.example", password)):
        with pytest.raises(Invalid) as caught:
            sign_in(engine, now, email=email, password=tried)
        told.append((str(caught.value), caught.value.faults, type(caught.value)))
    assert len(set(told)) == 1
    with reading(engine) as db:
        kept = str(db.execute(select(attempt)).all())
    assert EMAIL not in kept
    assert "203.0.113.7" not in kept


def test_five_failures_make_a_network_wait_and_no_other(
    engine: Engine, now: datetime, member: MakeAccount, password: str
) -> None:
    member()
    for place in range(5):
        with pytest.raises(Invalid):
            sign_in(engine, now, address=f"2001:db8:1:2::{place}")
    with pytest.raises(TooMany):
        sign_in(engine, now, password=password, address="2001:db8:1:2:ffff::1")
    # A stranger who fails on purpose does not lock the member of staff out elsewhere.
    assert sign_in(engine, now, password=password, address="2001:db8:1:3::1").email == EMAIL
    later = now + timedelta(minutes=15)
    assert sign_in(engine, later, password=password, address="2001:db8:1:2::1").email == EMAIL


def test_a_hundred_failures_from_everywhere_make_an_account_wait(
    engine: Engine, now: datetime, member: MakeAccount, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    member()
    with monkeypatch.context() as quick:
        quick.setattr("hearing_app.people.accounts.password_fits", lambda stored, password: False)
        for place in range(100):
            with pytest.raises(Invalid):
                sign_in(engine, now, address=f"203.0.113.{place}")
    with pytest.raises(TooMany):
        sign_in(engine, now, password=password, address="198.51.100.1")


def test_thirty_failures_make_an_address_wait_whatever_account(
    engine: Engine, now: datetime, member: MakeAccount, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    member()
    # The hash is not what is asked about here, and thirty of them take eight seconds.
    with monkeypatch.context() as quick:
        quick.setattr("hearing_app.people.accounts.password_fits", lambda stored, password: False)
        for place in range(30):
            with pytest.raises(Invalid):
                sign_in(engine, now, email=f"guess{place}@b.example")
    with pytest.raises(TooMany):
        sign_in(engine, now, password=password)
    assert sign_in(engine, now, password=password, address="203.0.113.8").email == EMAIL


def test_fifty_guesses_at_once_get_no_more_tries_than_the_limit(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    member()

    def guess(place: int) -> type[HearingError]:
        try:
            sign_in(engine, now, password=f"guess number {place}", address=f"2001:db8::{place}")
        except HearingError as refusal:
            return type(refusal)
        pytest.fail("a guess was right")

    with ThreadPoolExecutor(50) as pool:
        assert Counter(pool.map(guess, range(50))) == {Invalid: 5, TooMany: 45}


def test_a_password_of_a_megabyte_is_a_wrong_password(
    engine: Engine, now: datetime, member: MakeAccount, password: str
) -> None:
    member()
    with pytest.raises(Invalid):
        sign_in(engine, now, password=password + "x" * 1_000_000)


def test_no_account_can_be_used_from_the_public_role(engine: Engine, now: datetime) -> None:
    with pytest.raises(Forbidden), writing(engine) as db:
        invite(db, PUBLIC, email="", role=Role.ADMINISTRATOR, at=now)
    assert count(engine, invitation) == 0
