"""`hearing retention`: how long each kind of record is kept, and carrying it out."""

from __future__ import annotations

from datetime import timedelta

import click

from hearing_app.cli.parts import require_record
from hearing_app.deployment import open_deployment
from hearing_app.documents.words import day, plural
from hearing_app.hearings.retention import carry_out, periods, what_is_due
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.restore import remove_aside, set_aside
from hearing_app.settings import Settings
from hearing_app.store.engine import reading


@click.group()
def retention() -> None:
    """How long each kind of record is kept."""


@retention.command("run")
@click.option("--carry-out", "really", is_flag=True, help="Erase what is due; without it, it is only listed.")
@click.pass_obj
def retention_run(settings: Settings, really: bool) -> None:
    """List what is older than its period, or erase it; the server may be running."""
    in_force = periods(settings.retention)
    require_record(settings)
    house = open_deployment(settings)
    try:
        with reading(house.engine) as db:
            found = what_is_due(db, OPERATOR, in_force)
        done = carry_out(house.engine, OPERATOR, in_force) if really else None
        replaced = set_aside(settings.data, longest=timedelta(days=settings.backup_days))
        for folder, _, is_due in replaced:
            if really and is_due:
                remove_aside(folder)
    finally:
        house.close()
    for period, due in found:
        oldest = f", the oldest since {day(due.oldest)}" if due.oldest else ""
        click.echo(f"{period.kind}: {due.count}{oldest}. {period.what}: {plural(period.days, 'day')}.")
    for folder, moment, is_due in replaced:
        state = ("removed" if really else "due to be removed") if is_due else "not due yet"
        click.echo(f"{folder}, a record that was replaced on {day(moment)}, with its words: {state}.")
    if done is None:
        click.echo("Nothing was changed. To erase what is due: hearing retention run --carry-out")
    else:
        click.echo(f"Erased: {sum(done.values())}. Backups hold it for {settings.backup_days} days at most.")
