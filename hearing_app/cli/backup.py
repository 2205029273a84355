"""`hearing backup`: a verified copy of the record, while the service runs; and the trial of one."""

from __future__ import annotations

import re
import tempfile
from datetime import timedelta
from pathlib import Path

import click

from hearing_app.cli.parts import FOLDER, require_record
from hearing_app.deployment import carry_over, faults_of_copy, open_deployment
from hearing_app.documents.words import plural
from hearing_app.errors import Invalid
from hearing_app.record.backup import PARTIAL, Keep, made_here, make_backup, newest, outdated, remove
from hearing_app.record.restore import Allowed, restore
from hearing_app.settings import Settings


class _KeepOption(click.ParamType[Keep]):
    name = "DAYS/WEEKS/MONTHS"

    def convert(self, value: object, _param: click.Parameter | None, _ctx: click.Context | None) -> Keep:
        """Read three numbers."""
        if isinstance(value, Keep):
            return value
        found = re.fullmatch(r"(\d{1,3})/(\d{1,3})/(\d{1,3})", str(value))
        if found is None:
            self.fail(f"“{value}” is not of the form 7/4/12.")
        return Keep(*map(int, found.groups()))


@click.command()
@click.option("--out", type=FOLDER, help="Folder in which the backup gets a folder of its own.")
@click.option("--with-keys", is_flag=True, help="Copy the keys, too. Keep such a backup like the keys.")
@click.option(
    "--keep", type=_KeepOption(), help="Then remove backups of this command but so many.  [e.g. 7/4/12]"
)
@click.option(
    "--check", "trial", type=FOLDER, help="Restore the newest backup of this folder on trial instead."
)
@click.option("--unsigned", is_flag=True, help="With --check: one from before backups were signed.")
@click.pass_obj
def backup(
    settings: Settings,
    *,
    out: Path | None,
    with_keys: bool,
    keep: Keep | None,
    trial: Path | None,
    unsigned: bool,
) -> None:
    """Make a verified backup of the record while the service runs, or try out the newest one."""
    if (out is None) == (trial is None):
        raise Invalid("Nothing was done.", next_step="Give --out FOLDER to make a backup, or --check FOLDER.")
    if trial is not None:
        _try_out(settings, trial, unsigned=unsigned)
    elif out is not None:
        _make(settings, out, with_keys=with_keys, keep=keep)


def _make(settings: Settings, out: Path, *, with_keys: bool, keep: Keep | None) -> None:
    if settings.names_a_database:
        raise Invalid(
            "The record is in PostgreSQL, whose own program makes its backups.",
            next_step="Run pg_dump, and keep the folder keys/ with it: docs/running.md says how.",
        )
    require_record(settings)
    house = open_deployment(settings)
    try:
        folder, manifest = make_backup(
            house.engine,
            out,
            check=faults_of_copy,
            keys=settings.data / "keys" if with_keys else None,
            signer=house.signer,
        )
    finally:
        house.close()
    click.echo(f"{folder}: {plural(manifest.size, 'event')}, root {manifest.root}. It verifies.")
    if with_keys:
        click.echo(
            "The keys are in it: whoever has this backup can read every receipt. Keep it like the keys."
        )
    else:
        click.echo(
            f"The keys are not in it. Keep a copy of {settings.data / 'keys'} elsewhere, or --with-keys."
        )
    longest = timedelta(days=settings.backup_days)
    for old in outdated(made_here(out), keep or Keep(999, 999, 999), longest=longest):
        remove(old)
        click.echo(f"Removed: {old}")


def _try_out(settings: Settings, trial: Path, *, unsigned: bool) -> None:
    """Restore the newest backup into a folder that is removed again."""
    folder = newest(trial)
    # Beside the backup: the words in it are no safer anywhere else.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=PARTIAL) as name:
        done = restore(
            folder,
            Path(name) / "data",
            replace=False,
            checkpoints=settings.checkpoints_file,
            check=faults_of_copy,
            carry_over=carry_over,
            keys=settings.data / "keys",
            allowed=Allowed(unsigned=unsigned),
            trial=True,
        )
    manifest = done.manifest
    click.echo(
        f"{folder} can be restored: {plural(manifest.size, 'event')} up to {manifest.made_at:%Y-%m-%d %H:%M} "
        f"UTC, root {manifest.root}. Every hash and every row fits."
    )
    click.echo(
        f"The key of {done.name} signed it."
        if manifest.signature
        else "It is not signed: whoever could write to it could change what is in it."
    )
    if not done.is_known:
        click.echo("No key or kept checkpoint was there to tell whether that is the record you serve.")
    if not done.has_keys:
        click.echo("There were no keys to hold against it, in the backup or in the data folder.")
