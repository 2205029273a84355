"""`hearing staff`: accounts of staff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from hearing_app.cli.parts import require_record
from hearing_app.deployment import Deployment, open_deployment, served_address
from hearing_app.documents.text import one_line
from hearing_app.documents.words import moment, plural
from hearing_app.people import staff as accounts
from hearing_app.people.accounts import Account, invite
from hearing_app.people.invitations import cancel_invitation, open_invitations
from hearing_app.people.permissions import OPERATOR, STAFF_ROLES, Role
from hearing_app.registry.offices import agency_for
from hearing_app.settings import Settings
from hearing_app.store.engine import open_engine, reading, writing

_ROLE = click.Choice([str(role) for role in STAFF_ROLES])


@click.group()
def staff() -> None:
    """Accounts of staff."""


@staff.command("add")
@click.argument("email")
@click.option("--role", type=_ROLE, required=True)
@click.option("--agency", default="", help="The agency that a publisher speaks for: its id, or its name.")
@click.option("--new-agency", is_flag=True, help="The agency has no entry in the register yet.")
@click.pass_obj
def staff_add(settings: Settings, email: str, role: str, agency: str, *, new_agency: bool) -> None:
    """Invite a member of staff: print a link that works once, for three days."""
    deployment = open_deployment(settings)
    with writing(deployment.engine) as db:
        meant = agency_for(db, agency, is_new=new_agency)
        token = invite(db, OPERATOR, email=email, role=Role(role), agency=meant)
    deployment.close()
    click.echo(f"{served_address(settings)}/invitation/{token}")


@staff.command("list")
@click.pass_obj
def staff_list(settings: Settings) -> None:
    """List every account: address, role, how it signs in, whether it is disabled."""
    with _record(settings) as house, reading(house.engine) as db:
        members = accounts.list_staff(db, OPERATOR)
    for one in members:
        agency = f" of {one_line(one.account.agency)}" if one.account.agency else ""
        state = ", disabled" if one.disabled else ""
        click.echo(f"{one.account.email}: {one.account.role}{agency}, {one.signs_in}{state}")
    click.echo(f"{plural(len(members), 'account')}.")


@staff.command("invitations")
@click.option(
    "--cancel", "number", help="Cancel the open invitation with this number: its link works no more."
)
@click.pass_obj
def staff_invitations(settings: Settings, number: str | None) -> None:
    """List every open invitation: number, for whom, role, until when; or cancel one."""
    with _record(settings) as house:
        if number is not None:
            with writing(house.engine) as db:
                cancel_invitation(db, OPERATOR, number)
            click.echo("The invitation is cancelled.")
            return
        with reading(house.engine) as db:
            listed = open_invitations(db, OPERATOR)
    for one in listed:
        agency = f" of {one_line(one.agency)}" if one.agency else ""
        whose = one.email or "whoever has the link"
        click.echo(f"{one.number}: {whose}, {one.role}{agency}, until {moment(one.expires_at)}")
    click.echo(f"{plural(len(listed), 'open invitation')}.")


@staff.command("disable")
@click.argument("email")
@click.pass_obj
def staff_disable(settings: Settings, email: str) -> None:
    """Disable an account: its sessions end at once, and it cannot sign in."""
    with _record(settings) as house, writing(house.engine) as db:
        accounts.disable(db, OPERATOR, accounts.find_staff(db, OPERATOR, email).account.account_id)
    click.echo("The account is disabled, and signed out everywhere.")


@staff.command("enable")
@click.argument("email")
@click.pass_obj
def staff_enable(settings: Settings, email: str) -> None:
    """Open an account again that was disabled."""
    with _record(settings) as house, writing(house.engine) as db:
        accounts.enable(db, OPERATOR, accounts.find_staff(db, OPERATOR, email).account.account_id)
    click.echo("The account can sign in.")


@staff.command("change")
@click.argument("email")
@click.option("--role", type=_ROLE, required=True)
@click.option("--agency", default="", help="The agency that a publisher speaks for: its id, or its name.")
@click.option("--new-agency", is_flag=True, help="The agency has no entry in the register yet.")
@click.pass_obj
def staff_change(settings: Settings, email: str, role: str, agency: str, *, new_agency: bool) -> None:
    """Give an account another role; it signs in anew."""
    with _record(settings) as house, writing(house.engine) as db:
        account_id = accounts.find_staff(db, OPERATOR, email).account.account_id
        meant = agency_for(db, agency, is_new=new_agency)
        accounts.change_role(db, OPERATOR, account_id, Role(role), agency=meant)
    click.echo(f"The account's role is {role}.")


@staff.command("reset")
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Also remove the second factor, as for a lost phone.")
@click.pass_obj
def staff_reset(settings: Settings, email: str, second_factor: bool) -> None:
    """Print a link with which a person sets a new password, once, within 24 hours."""
    with _record(settings) as house, writing(house.engine) as db:
        member: Account = accounts.find_staff(db, OPERATOR, email).account
        token = accounts.offer_reset(db, OPERATOR, member.account_id, removes_second_factor=second_factor)
    click.echo(f"{served_address(settings)}/reset/{token}")


@staff.command("forget-second-factors")
@click.confirmation_option(prompt="Remove the second factor of everybody?")
@click.pass_obj
def staff_forget_second_factors(settings: Settings) -> None:
    """Remove everybody's second factor, when the file keys/second-factor.key is lost for good."""
    require_record(settings)
    # The deployment does not open without that key.
    engine = open_engine(settings.record_url)
    try:
        with writing(engine) as db:
            removed = accounts.forget_every_second_factor(db, OPERATOR)
    finally:
        engine.dispose()
    click.echo(f"Removed: {plural(removed, 'second factor')}. Each person sets up a new one.")


@contextmanager
def _record(settings: Settings) -> Iterator[Deployment]:
    require_record(settings)
    house = open_deployment(settings)
    try:
        yield house
    finally:
        house.close()
