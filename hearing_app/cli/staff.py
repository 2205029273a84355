"""`hearing staff`: accounts of staff."""

from __future__ import annotations

import click

from hearing_app.deployment import open_deployment, served_address
from hearing_app.people.accounts import invite
from hearing_app.people.permissions import OPERATOR, STAFF_ROLES, Role
from hearing_app.settings import Settings
from hearing_app.store.engine import writing


@click.group()
def staff() -> None:
    """Accounts of staff."""


@staff.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([str(role) for role in STAFF_ROLES]), required=True)
@click.option("--agency", default="", help="The agency that a publisher speaks for.")
@click.pass_obj
def staff_add(settings: Settings, email: str, role: str, agency: str) -> None:
    """Invite a member of staff: print a link that works once, for three days."""
    deployment = open_deployment(settings)
    with writing(deployment.engine) as db:
        token = invite(db, OPERATOR, email=email, role=Role(role), agency=agency)
    deployment.close()
    click.echo(f"{served_address(settings)}/invitation/{token}")
