"""What administrators do with accounts: each change ends what it must at once and stands on the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hearing_app.errors import Conflict, HearingError, Invalid, NotFound
from hearing_app.people import staff
from hearing_app.people.accounts import Account, authenticate
from hearing_app.people.permissions import OPERATOR, Actor, Role
from hearing_app.people.second_factor import begin_second_factor, has_second_factor
from hearing_app.people.sessions import account_of_session, start_session
from hearing_app.record.ledger import faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, ledger, ledger_content, password_reset, second_factor

from .conftest import MakeAccount

ADMIN = Actor(Role.ADMINISTRATOR, "ada")
NEW = "another sentence of five words"


def events(engine: Engine) -> list[tuple[str, str, str, dict[str, Any]]]:
    with reading(engine) as db:
        rows = db.execute(
            select(ledger.c.kind, ledger.c.subject, ledger.c.actor, ledger_content.c.content)
            .join(ledger_content, ledger_content.c.seq == ledger.c.seq)
            .order_by(ledger.c.seq)
        ).all()
        assert faults(db) == []
        assert "@" not in str(rows)
    return [(row.kind, row.subject, row.actor, json.loads(row.content)) for row in rows]


def do(engine: Engine, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    with writing(engine) as db:
        return act(db, *given, **named)


def session_of(engine: Engine, member: Account, at: datetime) -> str:
    return str(do(engine, start_session, member, second_step=True, at=at))


def is_in(engine: Engine, token: str, at: datetime) -> bool:
    with reading(engine) as db:
        return account_of_session(db, token, at=at) is not None


def signs_in(engine: Engine, member: Account, password: str, at: datetime) -> bool:
    try:
        authenticate(engine, b"s" * 32, email=member.email, password=password, address="203.0.113.7", at=at)
    except HearingError:
        return False
    return True


def test_a_disabled_account_is_out_at_once_and_comes_back_signed_out(
    engine: Engine, now: datetime, member: MakeAccount, password: str
) -> None:
    fay = member()
    token = session_of(engine, fay, now)
    do(engine, staff.disable, ADMIN, fay.account_id, at=now)
    do(engine, staff.disable, ADMIN, fay.account_id, at=now)
    assert not is_in(engine, token, now)
    assert not signs_in(engine, fay, password, now)
    do(engine, staff.enable, ADMIN, fay.account_id, at=now)
    do(engine, staff.enable, ADMIN, fay.account_id, at=now)
    assert not is_in(engine, token, now)
    assert signs_in(engine, fay, password, now)
    about, who = f"account:{fay.account_id}", {"role": "facilitator", "agency": ""}
    assert events(engine) == [
        ("account.disabled", about, "administrator:ada", who),
        ("account.enabled", about, "administrator:ada", who),
    ]


def test_another_role_counts_at_once_and_signs_out(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay = member()
    token = session_of(engine, fay, now)
    do(engine, staff.change_role, ADMIN, fay.account_id, Role.FACILITATOR, at=now)
    assert is_in(engine, token, now)
    do(engine, staff.change_role, ADMIN, fay.account_id, Role.PUBLISHER, agency="met", at=now)
    assert not is_in(engine, token, now)
    with reading(engine) as db:
        row = db.execute(select(account.c.role, account.c.agency)).one()
    assert tuple(row) == ("publisher", "met")
    assert [(one[0], one[3]) for one in events(engine)] == [
        ("account.role_changed", {"role": "publisher", "agency": "met"})
    ]


@pytest.mark.parametrize(
    ("role", "agency", "fields"),
    [
        (Role.PUBLISHER, "", ["agency"]),
        (Role.AUDITOR, "met", ["agency"]),
        (Role.OPERATOR, "", ["role"]),
        (Role.PUBLIC, "met", ["role", "agency"]),
        (Role.PUBLISHER, "x" * 81, ["agency"]),
    ],
)
def test_a_role_that_does_not_fit_is_refused(
    engine: Engine, member: MakeAccount, role: Role, agency: str, fields: list[str]
) -> None:
    fay = member()
    with pytest.raises(Invalid) as caught:
        do(engine, staff.change_role, ADMIN, fay.account_id, role, agency=agency)
    assert [fault.field for fault in caught.value.faults] == fields
    assert events(engine) == []


@pytest.mark.parametrize(
    "act",
    [
        staff.disable,
        staff.enable,
        staff.end_all_sessions,
        staff.offer_reset,
        lambda db, actor, name: staff.change_role(db, actor, name, Role.AUDITOR),
    ],
)
def test_nobody_changes_their_own_account_or_one_that_is_not_there(
    engine: Engine, member: MakeAccount, act: Callable[..., Any]
) -> None:
    ada = member("ada@board.example", Role.ADMINISTRATOR)
    with pytest.raises(Conflict, match="your own account"):
        do(engine, act, ada.actor, ada.account_id)
    with pytest.raises(NotFound):
        do(engine, act, ADMIN, "nobody")
    assert events(engine) == []


def test_the_list_says_how_each_signs_in(engine: Engine, now: datetime, member: MakeAccount) -> None:
    fay, _ = member(), member("bea@board.example", Role.AUDITOR, disabled=True)
    do(engine, begin_second_factor, b"k" * 32, fay, "token", at=now)
    assert [one.signs_in for one in do(engine, staff.list_staff, ADMIN)] == ["password", "password"]
    with writing(engine) as db:
        db.execute(second_factor.update().values(confirmed_at=now))
    listed = do(engine, staff.list_staff, OPERATOR)
    assert [(one.account.email, one.disabled, one.signs_in) for one in listed] == [
        ("bea@board.example", True, "password"),
        ("fay@board.example", False, "password and code"),
    ]
    assert do(engine, staff.find_staff, OPERATOR, " FAY@board.example").account == fay
    with pytest.raises(NotFound):
        do(engine, staff.find_staff, OPERATOR, "nobody@board.example")


@pytest.mark.parametrize("removes", [True, False])
def test_a_reset_sets_a_new_password_once_and_signs_out(
    engine: Engine, now: datetime, member: MakeAccount, password: str, removes: bool
) -> None:
    fay = member()
    do(engine, begin_second_factor, b"k" * 32, fay, "token", at=now)
    with writing(engine) as db:
        db.execute(second_factor.update().values(confirmed_at=now))
    open_one = session_of(engine, fay, now)
    token = do(engine, staff.offer_reset, ADMIN, fay.account_id, removes_second_factor=removes, at=now)
    with reading(engine) as db:
        assert token not in str(db.execute(select(password_reset)).all())
        assert staff.open_reset(db, token, at=now).removes_second_factor is removes
    # Until the link is used, nothing has changed.
    assert is_in(engine, open_one, now)
    assert signs_in(engine, fay, password, now)
    with pytest.raises(Invalid):
        staff.use_reset(engine, token, password="short", at=now)
    staff.use_reset(engine, token, password=NEW, at=now)
    assert not is_in(engine, open_one, now)
    assert not signs_in(engine, fay, password, now)
    assert signs_in(engine, fay, NEW, now)
    with reading(engine) as db:
        assert has_second_factor(db, fay.account_id) is not removes
    with pytest.raises(NotFound):
        staff.use_reset(engine, token, password="yet another sentence here", at=now)
    fate = "removed" if removes else "kept"
    about, who = f"account:{fay.account_id}", {"role": "facilitator", "agency": "", "second_factor": fate}
    assert events(engine) == [
        ("account.reset_offered", about, "administrator:ada", who),
        ("account.reset", about, fay.actor.name, who),
    ]


def test_a_reset_lasts_a_day_and_the_newest_one_counts(
    engine: Engine, now: datetime, member: MakeAccount
) -> None:
    fay, other = member(), member("other@board.example")
    older = do(engine, staff.offer_reset, ADMIN, fay.account_id, at=now)
    newer = do(engine, staff.offer_reset, ADMIN, fay.account_id, at=now)
    elsewhere = do(engine, staff.offer_reset, ADMIN, other.account_id, at=now)
    nearly = now + timedelta(hours=24, seconds=-1)
    with reading(engine) as db:
        staff.open_reset(db, newer, at=nearly)
        staff.open_reset(db, elsewhere, at=nearly)
        for token, at in ((older, now), (newer, now + timedelta(hours=24)), ("", now), ("x", now)):
            with pytest.raises(NotFound, match="does not work any more"):
                staff.open_reset(db, token, at=at)


def test_a_disabled_account_is_not_reset(engine: Engine, now: datetime, member: MakeAccount) -> None:
    fay = member()
    token = do(engine, staff.offer_reset, ADMIN, fay.account_id, at=now)
    do(engine, staff.disable, ADMIN, fay.account_id, at=now)
    with pytest.raises(Conflict, match="disabled"):
        do(engine, staff.offer_reset, ADMIN, fay.account_id, at=now)
    do(engine, staff.enable, ADMIN, fay.account_id, at=now)
    # Disabling has ended the link for good.
    with pytest.raises(NotFound):
        staff.use_reset(engine, token, password=NEW, at=now)


def test_signing_somebody_out_everywhere(engine: Engine, now: datetime, member: MakeAccount) -> None:
    fay = member()
    tokens = [session_of(engine, fay, now) for _ in range(3)]
    assert do(engine, staff.end_all_sessions, ADMIN, fay.account_id, at=now) == 3
    assert not any(is_in(engine, token, now) for token in tokens)


def test_when_the_key_is_lost_everybody_begins_anew(
    engine: Engine, now: datetime, member: MakeAccount, password: str
) -> None:
    fay, bea = member(), member("bea@board.example", Role.AUDITOR)
    do(engine, begin_second_factor, b"k" * 32, fay, "token", at=now)
    with writing(engine) as db:
        db.execute(second_factor.update().values(confirmed_at=now))
    hers, others = session_of(engine, fay, now), session_of(engine, bea, now)
    assert do(engine, staff.forget_every_second_factor, OPERATOR, at=now) == 1
    with reading(engine) as db:
        assert not has_second_factor(db, fay.account_id)
    assert not is_in(engine, hers, now)
    assert is_in(engine, others, now)
    assert signs_in(engine, fay, password, now)
    assert [one[:3] for one in events(engine)] == [
        ("account.second_factor_removed", f"account:{fay.account_id}", "operator")
    ]
    assert do(engine, staff.forget_every_second_factor, OPERATOR, at=now) == 0
