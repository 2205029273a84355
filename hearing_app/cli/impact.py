"""`hearing registry impact`: the impact level of a published system, or of an entry's file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hearing_app.cli.parts import require_record
from hearing_app.deployment import open_deployment
from hearing_app.documents.impact import impact_document, impact_text
from hearing_app.errors import Invalid
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_file, validate
from hearing_app.registry.published import entry_of
from hearing_app.settings import Settings
from hearing_app.store.engine import reading


@click.command()
@click.argument("system")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def impact(settings: Settings, system: str, form: str) -> None:
    """Give the impact level of SYSTEM: a published system's id, or an entry's YAML file."""
    entry = _from_file(Path(system)) if system.endswith((".yaml", ".yml")) else _published(settings, system)
    if form == "json":
        click.echo(json.dumps(impact_document(entry), ensure_ascii=False))
    else:
        click.echo(impact_text(entry))


def _published(settings: Settings, system: str) -> Entry:
    require_record(settings)
    house = open_deployment(settings)
    try:
        with reading(house.engine) as db:
            return entry_of(db, system).entry
    finally:
        house.close()


def _from_file(path: Path) -> Entry:
    data, faults = read_file(path, str(path))
    entry, wrong = (None, []) if faults else validate(data, Entry, str(path))
    if entry is None:
        raise Invalid("The level cannot be told: the entry has faults.", [*faults, *wrong], kept="")
    return entry
