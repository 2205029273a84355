"""`hearing record`: the public record."""

from __future__ import annotations

import json
import sys

import click

from hearing_app.cli.parts import require_record
from hearing_app.deployment import open_deployment
from hearing_app.documents.words import plural
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.record.ledger import head
from hearing_app.settings import Settings
from hearing_app.store.engine import reading


@click.group()
def record() -> None:
    """The public record."""


@record.command("verify")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def record_verify(settings: Settings, form: str) -> None:
    """Recompute every hash of the ledger, and say what does not fit."""
    require_record(settings)
    deployment = open_deployment(settings)
    with reading(deployment.engine) as db:
        found, now = ledger_faults(db), head(db)
    deployment.close()
    if form == "json":
        click.echo(json.dumps({"size": now.size, "root": now.root.hex(), "faults": found}))
    else:
        sound = f"{plural(now.size, 'event')}: every hash of the ledger fits. Root {now.root.hex()}"
        click.echo("\n".join(found or [sound]))
    sys.exit(1 if found else 0)
