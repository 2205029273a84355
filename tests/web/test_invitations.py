"""Open invitations on the desk of an administrator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.errors import NotFound
from hearing_app.people.accounts import invite, open_invitation
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import session
from tests.web.reader import Reader, SignIn, Visit


@pytest.fixture
def desk(visit: Visit, sign_in: SignIn, house: Deployment) -> Reader:
    sign_in(Role.ADMINISTRATOR, house)
    return visit("desk")


def made(house: Deployment, email: str) -> str:
    with writing(house.engine) as db:
        return invite(db, OPERATOR, email=email, role=Role.AUDITOR)


def cancelling(page: Reader) -> list[str]:
    return [one.label for one in page.at.button if one.label.startswith("Cancel")]


def test_an_invitation_that_was_just_made_is_listed_and_cancelled(desk: Reader, house: Deployment) -> None:
    assert "No invitation is open." in desk.text
    desk.type("invite_email", "ivy@board.example").press("Make an invitation link")
    token = desk.at.code[0].value.rpartition("/")[2]
    assert "ivy@board.example facilitator" in desk.text
    assert "administrator:" in desk.text
    [cancel] = cancelling(desk)
    desk.press(cancel)
    assert "The invitation is cancelled" in desk.text
    assert "No invitation is open." in desk.text
    with reading(house.engine) as db, pytest.raises(NotFound):
        open_invitation(db, token)


def test_one_that_was_used_meanwhile_is_refused_kindly(desk: Reader, house: Deployment) -> None:
    made(house, "ivy@board.example")
    desk.run()
    # A newer one takes its place while the page stands open.
    made(house, "ivy@board.example")
    desk.press(cancelling(desk)[0])
    assert "There is no open invitation with the number" in desk.text
    assert len(cancelling(desk)) == 1


def test_who_has_not_confirmed_lately_cancels_nothing(desk: Reader, house: Deployment) -> None:
    token = made(house, "ivy@board.example")
    desk.run()
    with writing(house.engine) as db:
        db.execute(update(session).values(confirmed_at=datetime.now(UTC) - timedelta(minutes=11)))
    desk.press(cancelling(desk)[0])
    assert "Please confirm that it is you" in desk.text
    assert "ivy@board.example" not in desk.text
    with reading(house.engine) as db:
        assert open_invitation(db, token).email == "ivy@board.example"


def test_a_facilitator_sees_none(visit: Visit, sign_in: SignIn, house: Deployment) -> None:
    made(house, "ivy@board.example")
    sign_in(Role.FACILITATOR, house)
    page = visit("desk")
    assert "Open invitations" not in page.text
    assert "ivy@board.example" not in page.text
