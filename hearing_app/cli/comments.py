"""`hearing comments`: comments of a hearing, to take away."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hearing_app.cli.parts import require_record, write_whole
from hearing_app.deployment import open_deployment
from hearing_app.documents.exports import FORMATS, write_export
from hearing_app.hearings.agenda.slots import slots_by_comment
from hearing_app.hearings.comments.lists import comments_for_export
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import OPERATOR
from hearing_app.settings import Settings
from hearing_app.store.engine import reading


@click.group()
def comments() -> None:
    """Comments of a hearing."""


@comments.command("export")
@click.argument("hearing")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Without it, standard output.")
@click.pass_obj
def comments_export(settings: Settings, hearing: str, form: str, out: Path | None) -> None:
    """Export every comment of a hearing, for its facilitators; the server may be running."""
    require_record(settings)
    deployment = open_deployment(settings)
    with reading(deployment.engine) as db:
        hearing_of(db, hearing)
        written = list(comments_for_export(db, OPERATOR, hearing))
        slots = slots_by_comment(db, hearing)
        checkpoint = deployment.checkpoint(db)
    deployment.close()
    content = write_export(written, form, checkpoint, slots)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        write_whole(out, [content])
        click.echo(f"{len(written)} comments written to {out}.")
