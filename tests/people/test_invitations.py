"""Open invitations are seen and shut: by administrators, and by the operator on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from hearing_app.cli import main
from hearing_app.deployment import Deployment
from hearing_app.errors import Forbidden, NotFound
from hearing_app.people.accounts import accept_invitation, invite, open_invitation
from hearing_app.people.invitations import OpenInvitation, cancel_invitation, open_invitations
from hearing_app.people.permissions import OPERATOR, Actor, Role
from hearing_app.record.ledger import contents, faults
from hearing_app.store.engine import reading, writing

ADMINISTRATOR = Actor(Role.ADMINISTRATOR, "ab12")


def invited(engine: Engine, email: str, at: datetime, role: Role = Role.AUDITOR, agency: str = "") -> str:
    with writing(engine) as db:
        return invite(db, ADMINISTRATOR, email=email, role=role, agency=agency, at=at)


def listed(engine: Engine, at: datetime) -> list[OpenInvitation]:
    with reading(engine) as db:
        return open_invitations(db, ADMINISTRATOR, at=at)


def number_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()[:12]


def test_what_is_open_is_listed_and_nothing_else(engine: Engine, now: datetime, password: str) -> None:
    earlier = now - timedelta(days=1)
    used = invited(engine, "used@board.example", earlier)
    accept_invitation(engine, used, email="", password=password, at=now)
    invited(engine, "late@board.example", now - timedelta(days=3))
    invited(engine, "twice@board.example", earlier)
    second = invited(engine, "twice@board.example", now, Role.PUBLISHER, "met")
    first = invited(engine, "ivy@board.example", earlier)
    by = "administrator:ab12"
    assert listed(engine, now) == [
        OpenInvitation(
            number_of(first), "ivy@board.example", Role.AUDITOR, "", by, earlier + timedelta(days=3)
        ),
        OpenInvitation(
            number_of(second), "twice@board.example", Role.PUBLISHER, "met", by, now + timedelta(days=3)
        ),
    ]
    # At the moment at which it ends it works no more.
    assert [one.email for one in listed(engine, earlier + timedelta(days=3))] == ["twice@board.example"]


def test_a_cancelled_link_is_refused_and_the_others_stay(
    engine: Engine, now: datetime, password: str
) -> None:
    wrong, right = (invited(engine, f"{name}@board.example", now) for name in ("ivy", "bea"))
    with writing(engine) as db:
        cancel_invitation(db, ADMINISTRATOR, f" {number_of(wrong).upper()} ", at=now)
    assert [one.email for one in listed(engine, now)] == ["bea@board.example"]
    with pytest.raises(NotFound, match="cancelled"):
        accept_invitation(engine, wrong, email="ivy@board.example", password=password, at=now)
    assert accept_invitation(engine, right, email="", password=password, at=now).email == "bea@board.example"
    with reading(engine) as db:
        event, content = next(one for one in contents(db) if one[0].kind == "invitation.cancelled")
        assert faults(db) == []
    assert (event.actor, event.subject) == ("administrator:ab12", f"invitation:{number_of(wrong)}")
    assert content is not None
    assert content.fields == {"role": "auditor", "agency": ""}
    with writing(engine) as db, pytest.raises(NotFound, match="no open invitation"):
        cancel_invitation(db, ADMINISTRATOR, number_of(wrong), at=now)


@pytest.mark.parametrize("number", ["", "%", "_" * 12, "0" * 11])
def test_a_number_that_is_none_cancels_nothing(engine: Engine, now: datetime, number: str) -> None:
    token = invited(engine, "ivy@board.example", now)
    with writing(engine) as db, pytest.raises(NotFound):
        cancel_invitation(db, ADMINISTRATOR, number, at=now)
    with reading(engine) as db:
        assert open_invitation(db, token, at=now).email == "ivy@board.example"


def test_who_may_not_invite_sees_and_cancels_none(engine: Engine, now: datetime) -> None:
    token = invited(engine, "ivy@board.example", now)
    facilitator = Actor(Role.FACILITATOR, "cd34")
    with writing(engine) as db:
        with pytest.raises(Forbidden):
            open_invitations(db, facilitator, at=now)
        with pytest.raises(Forbidden):
            cancel_invitation(db, facilitator, number_of(token), at=now)
    assert len(listed(engine, now)) == 1


def test_the_operator_lists_and_cancels_on_the_command_line(house: Deployment) -> None:
    with writing(house.engine) as db:
        token = invite(db, OPERATOR, email="ivy@board.example", role=Role.PUBLISHER, agency="met")
    said = staff(house.settings.data, "invitations")
    assert said.startswith(f"{number_of(token)}: ivy@board.example, publisher of met, until ")
    assert said.endswith("1 open invitation.\n")
    assert token not in said
    done = staff(house.settings.data, "invitations", "--cancel", number_of(token))
    assert done == "The invitation is cancelled.\n"
    assert staff(house.settings.data, "invitations") == "0 open invitations.\n"
    again = CliRunner().invoke(
        main, ["--data", str(house.settings.data), "staff", "invitations", "--cancel", "x"]
    )
    assert again.exit_code == 1
    assert "no open invitation" in again.stderr


def staff(data: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["--data", str(data), "staff", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout
