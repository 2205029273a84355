"""`hearing record`: the public record."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from hearing_app.cli.parts import require_record, write_whole
from hearing_app.deployment import open_deployment, record_faults
from hearing_app.documents.words import plural
from hearing_app.errors import Invalid
from hearing_app.hearings.disclosure import public_contents
from hearing_app.record.bundle import LONGEST_LINE, bundle_lines, verify_bundle
from hearing_app.record.checkpoint import read_checkpoint
from hearing_app.record.kept import faults_against
from hearing_app.record.ledger import head, size_of
from hearing_app.settings import Settings
from hearing_app.store.engine import reading


@click.group()
def record() -> None:
    """The public record."""


@record.command("verify")
@click.argument("bundle", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An older checkpoint that you kept; can be repeated.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def record_verify(settings: Settings, bundle: Path | None, checkpoints: tuple[Path, ...], form: str) -> None:
    """Recompute every hash of the record, or of a BUNDLE, and say what does not fit."""
    older = [_checkpoint_in(path) for path in checkpoints]
    if bundle is not None:
        with bundle.open("rb") as file:
            found = verify_bundle(iter(lambda: file.readline(LONGEST_LINE + 1), b""), older)
        size, root, faults = found.events, found.root, list(found.faults)
        about = f"the bundle holds together, and the texts in it fit ({found.contents}). "
        about += f"It is signed by key {found.public_key.hex()}: compare it with one that you got elsewhere."
    else:
        require_record(settings)
        house = open_deployment(settings)
        with reading(house.engine) as db:
            faults, now = record_faults(house, db), head(db)
            faults += faults_against(db, [read_checkpoint(text, house.signer.public_key) for text in older])
        house.close()
        size, root, about = now.size, now.root, "every hash and every row of the record fits."
    if form == "json":
        click.echo(json.dumps({"size": size, "root": root.hex(), "faults": faults}, ensure_ascii=False))
    else:
        click.echo("\n".join(faults or [f"{plural(size, 'event')}: {about} Root {root.hex()}"]))
    sys.exit(1 if faults else 0)


@record.command("bundle")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@click.pass_obj
def record_bundle(settings: Settings, out: Path) -> None:
    """Write the record as one file that anyone can check, with its signed checkpoint."""
    require_record(settings)
    house = open_deployment(settings)
    with reading(house.engine) as db:
        write_whole(out, bundle_lines(db, house.signer, public_contents(db)))
        size = size_of(db)
    house.close()
    click.echo(f"{plural(size, 'event')} written to {out}.")


@record.command("checkpoint")
@click.pass_obj
def record_checkpoint(settings: Settings) -> None:
    """Print the signed checkpoint of the record as it is now. Keep it where this machine cannot change it."""
    require_record(settings)
    house = open_deployment(settings)
    with reading(house.engine) as db:
        click.echo(house.checkpoint(db), nl=False)
    house.close()


def _checkpoint_in(path: Path) -> str:
    """Return a checkpoint as it was kept, copied from a page or not; raise ``Invalid`` for a part of one."""
    # What is copied from a page often lacks the last line feed, and means the same.
    text = path.read_text(encoding="utf-8", errors="replace").strip() + "\n"
    if len(text.split("\n")) != 6:
        raise Invalid(
            f"{path} is not a whole checkpoint. The record was not judged by it.",
            kept="",
            next_step="Copy all five lines, from “hearing-record-…” to the one with the dash.",
        )
    return text
