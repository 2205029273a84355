"""`hearing restore`: a backup put into the place of the record, once all of it has been verified."""

from __future__ import annotations

from pathlib import Path

import click

from hearing_app.cli.parts import FOLDER
from hearing_app.deployment import carry_over, faults_of_copy
from hearing_app.documents.words import plural
from hearing_app.errors import Invalid
from hearing_app.record.restore import Allowed, Restored
from hearing_app.record.restore import restore as put_back
from hearing_app.settings import Settings


@click.command()
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--data", type=FOLDER, help="Folder of the database and the keys.")
@click.option(
    "--replace", is_flag=True, help="Put it in the place of the record that is there; that one is kept."
)
@click.option(
    "--keys", type=FOLDER, help="Folder of the keys, if they are neither in the backup nor in place."
)
@click.option("--unsigned", is_flag=True, help="Take a backup from before backups were signed.")
@click.option(
    "--even-if-rewritten", is_flag=True, help="Take one that a key or a kept checkpoint contradicts."
)
@click.option(
    "--unknown-withdrawals", is_flag=True, help="Restore although it is not known what was withdrawn since."
)
@click.pass_obj
def restore(
    settings: Settings,
    *,
    backup: Path,
    data: Path | None,
    replace: bool,
    keys: Path | None,
    unsigned: bool,
    even_if_rewritten: bool,
    unknown_withdrawals: bool,
) -> None:
    """Restore a BACKUP, with the service stopped; nothing is put in place before all of it verifies."""
    if settings.names_a_database:
        raise Invalid(
            "The record is in PostgreSQL, whose own program restores it.",
            next_step="Use pg_restore: docs/running.md says how.",
        )
    if data is not None:
        settings = settings.model_copy(update={"data": data})
    done = put_back(
        backup,
        settings.data,
        replace=replace,
        checkpoints=settings.checkpoints_file,
        check=faults_of_copy,
        carry_over=carry_over,
        keys=keys,
        allowed=Allowed(unsigned, even_if_rewritten, unknown_withdrawals),
    )
    click.echo("\n".join(_said(settings, done)))


def _said(settings: Settings, done: Restored) -> list[str]:
    manifest = done.manifest
    said = [
        f"Restored into {settings.data}: {plural(manifest.size, 'event')} up to "
        f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, root {manifest.root}."
    ]
    if done.lost is None:
        said.append(
            "The record that was there could not be read: how much of it is missing now is not known."
        )
    elif done.lost:
        lost = plural(done.lost, "event of the record before is", "events of the record before are")
        said.append(f"{lost} not in it.")
    else:
        said.append("Nothing that is known of is missing.")
    if done.carried.erased:
        again = plural(done.carried.erased, "comment was", "comments were")
        said.append(f"{again} erased after this backup, and erased again in it.")
    said += done.carried.said
    said += _not_known(done)
    said.append(
        "Every session is ended, and open invitations and links for a new password are deleted: `hearing "
        "staff add` makes new ones. Passwords and second factors are those of the backup."
    )
    if done.aside:
        said.append(
            f"The record before is kept in {done.aside}, with its words. Remove it once it is not needed; "
            f"`hearing retention run --carry-out` does after {plural(settings.backup_days, 'day')}."
        )
    if not done.has_keys:
        said.append(f"The keys are not there. Put them into {settings.data / 'keys'} before you start.")
    said.append("The ledger says that it was restored. Run `hearing retention run` next.")
    return said


def _not_known(done: Restored) -> list[str]:
    said = []
    if not done.manifest.signature:
        said.append(
            "NOT KNOWN: who wrote this backup. It is not signed, so accounts, passwords and words in it may "
            "be somebody else's. Look at every account: hearing staff list"
        )
    if not done.is_known:
        said.append(
            "NOT KNOWN: whether this is the record that was served. No key and no kept checkpoint was here "
            f"to compare with. Its name is {done.name or 'missing'}: ask readers who kept a checkpoint."
        )
    if not done.knows_withdrawals:
        said.append(
            "NOT KNOWN: what authors withdrew after this backup. Their words may be shown again until they "
            "ask once more."
        )
    said += [f"RESTORED ALTHOUGH: {one}" for one in done.contradicted]
    return said
