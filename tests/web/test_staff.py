"""The accounts of staff on the desk: for administrators who have shown lately that it is them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hearing_app.deployment import Deployment
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Role
from hearing_app.people.sessions import end_sessions
from hearing_app.people.staff import open_reset
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, session
from tests.web.reader import Reader, SignIn, Visit


@pytest.fixture
def fay(sign_in: SignIn, house: Deployment) -> Account:
    """A facilitator with an open session elsewhere; whoever signs in next has this browser."""
    member = sign_in(Role.FACILITATOR, house)
    with writing(house.engine) as db:
        db.execute(update(account).values(email="fay@board.example"))
    return member


@pytest.fixture
def desk(visit: Visit, sign_in: SignIn, house: Deployment, fay: Account) -> Reader:
    """The desk of an administrator."""
    sign_in(Role.ADMINISTRATOR, house)
    return visit("desk")


def state_of(house: Deployment, member: Account) -> tuple[str, str, bool, int]:
    """Return an account's role, agency, whether it is disabled, and how many sessions are open."""
    with reading(house.engine) as db:
        row = db.execute(select(account).where(account.c.account_id == member.account_id)).one()
        mine = session.c.account_id == member.account_id
        open_ones = db.execute(select(session).where(mine, session.c.revoked_at.is_(None))).all()
    return row.role, row.agency, row.disabled, len(open_ones)


def test_every_account_is_listed(desk: Reader, fay: Account) -> None:
    assert "Members of staff" in desk.text
    assert f"fay@board.example facilitator password can sign in {fay.account_id}" in desk.text
    assert "(you) administrator" in desk.text


def test_an_account_is_disabled_at_once_and_enabled(desk: Reader, house: Deployment, fay: Account) -> None:
    assert state_of(house, fay) == ("facilitator", "", False, 1)
    [disable] = [one.label for one in desk.at.button if one.label.startswith("Disable")]
    desk.press(disable)
    assert "signed out everywhere" in desk.text
    assert state_of(house, fay) == ("facilitator", "", True, 0)
    assert "password disabled" in desk.text
    [enable] = [one.label for one in desk.at.button if one.label.startswith("Enable")]
    desk.press(enable)
    assert state_of(house, fay) == ("facilitator", "", False, 0)


def test_signing_somebody_out(desk: Reader, house: Deployment, fay: Account) -> None:
    desk.press("Sign them out everywhere")
    assert state_of(house, fay) == ("facilitator", "", False, 0)


@pytest.mark.parametrize("act", ["Sign them out everywhere", "Make a reset link", "Change the role"])
def test_whoever_is_chosen_is_meant_however_fast(
    visit: Visit, sign_in: SignIn, house: Deployment, act: str
) -> None:
    """Pressed before the page could follow the choice; what was not on the page yet is not done."""
    members = [sign_in(Role.FACILITATOR, house), sign_in(Role.AUDITOR, house)]
    sign_in(Role.ADMINISTRATOR, house)
    desk = visit("desk")
    before = {one.account_id: state_of(house, one) for one in members}
    [other] = [one for one in members if one.account_id != desk.value("staff_chosen")]
    [shown] = [one for one in members if one is not other]
    desk.set("staff_chosen", other.account_id).press(act)
    assert state_of(house, shown) == before[shown.account_id]
    if act == "Make a reset link":
        [link] = [one.value for one in desk.at.code]
        with reading(house.engine) as db:
            assert open_reset(db, link.rpartition("/")[2]).account.account_id == other.account_id
    else:
        is_out = act == "Sign them out everywhere"
        assert (state_of(house, other)[3] == 0) == is_out
        assert state_of(house, other)[:3] == before[other.account_id][:3]


@pytest.mark.parametrize("removes", [True, False])
def test_a_reset_link_is_shown_once(desk: Reader, house: Deployment, fay: Account, removes: bool) -> None:
    if removes:
        desk.choose("staff_factor", True)
    desk.press("Make a reset link")
    [link] = [one.value for one in desk.at.code]
    token = re.fullmatch(rf"{re.escape(house.settings.address)}/reset/(\S{{40,}})", link)
    assert token
    with reading(house.engine) as db:
        found = open_reset(db, token[1])
    assert (found.account.account_id, found.removes_second_factor) == (fay.account_id, removes)
    desk.run()
    assert not desk.at.code


def test_a_role_is_changed(desk: Reader, house: Deployment, fay: Account) -> None:
    desk.choose(f"staff_role_{fay.account_id}", "publisher").press("Change the role")
    assert "A publisher, and nobody else, speaks for one agency." in desk.text
    assert state_of(house, fay) == ("facilitator", "", False, 1)
    desk.choose(f"staff_agency_{fay.account_id}", "metropolitan-police").press("Change the role")
    assert state_of(house, fay) == ("publisher", "metropolitan-police", False, 0)


def test_an_agency_without_an_entry_is_said_to_be_new(desk: Reader, house: Deployment, fay: Account) -> None:
    key = f"staff_agency_{fay.account_id}"
    desk.choose(f"staff_role_{fay.account_id}", "publisher").choose(key, "a new one")
    desk.type(f"{key}_new", "Riverton Police").press("Change the role")
    assert "“Riverton Police” is no agency's id." in desk.text
    assert state_of(house, fay) == ("facilitator", "", False, 1)
    desk.type(f"{key}_new", "riverton-police").press("Change the role")
    assert state_of(house, fay) == ("publisher", "riverton-police", False, 0)


def test_who_has_not_confirmed_lately_is_asked_before_anything_is_typed(
    desk: Reader, house: Deployment, fay: Account
) -> None:
    with writing(house.engine) as db:
        db.execute(update(session).values(confirmed_at=datetime.now(UTC) - timedelta(minutes=11)))
    desk.press("Sign them out everywhere")
    assert state_of(house, fay) == ("facilitator", "", False, 1)
    assert "Please confirm that it is you" in desk.text
    assert desk.link("Confirm that it is you") == "/confirm"
    assert "fay@board.example" not in desk.text
    assert not desk.at.text_input
    with writing(house.engine) as db:
        db.execute(update(session).values(confirmed_at=datetime.now(UTC)))
    assert "fay@board.example" in desk.run().text


def test_an_administrator_who_was_signed_out_changes_nothing(
    desk: Reader, house: Deployment, fay: Account
) -> None:
    with reading(house.engine) as db:
        [own] = db.execute(select(account.c.account_id).where(account.c.role == "administrator")).scalars()
    with writing(house.engine) as db:
        end_sessions(db, own)
    desk.press("Sign them out everywhere")
    assert state_of(house, fay) == ("facilitator", "", False, 1)
    assert "This page is for members of staff." in desk.text
    assert "fay@board.example" not in desk.text


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.PUBLISHER, Role.AUDITOR])
def test_no_other_role_sees_the_accounts(
    visit: Visit, sign_in: SignIn, house: Deployment, fay: Account, role: Role
) -> None:
    sign_in(role, house)
    page = visit("desk")
    assert "Members of staff" not in page.text
    assert "fay@board.example" not in page.text


def test_where_a_second_step_is_needed_a_page_knows_nobody_without_one(
    visit: Visit, sign_in: SignIn, house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(Role.FACILITATOR, house)
    with writing(house.engine) as db:
        db.execute(update(account).values(password_hash="a hash"))
    assert "This page is for members of staff." not in visit("desk").text
    monkeypatch.setattr(type(house.settings), "needs_second_factor", True)
    assert "This page is for members of staff." in visit("desk").text
