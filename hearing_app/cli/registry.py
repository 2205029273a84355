"""`hearing registry`: the register's files, and what of them is published."""

from __future__ import annotations

from pathlib import Path

import click
from pydantic import BaseModel

from hearing_app.cli.parts import FOLDER, has_record, report
from hearing_app.deployment import open_deployment, publish_register, register_faults
from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.datasets import Catalogue
from hearing_app.hearings.hearing import Hearing, all_hearings
from hearing_app.people.permissions import OPERATOR
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.published import all_entries, differences
from hearing_app.registry.schema import write_schemas
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing


@click.group()
def registry() -> None:
    """The register's files, and what of them is published."""


@registry.command("check")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def registry_check(settings: Settings, form: str) -> None:
    """Name every fault in the register's files, and where they differ from what is published."""
    catalogue = Catalogue(settings.datasets)
    faults = register_faults(settings, catalogue)
    notes: list[Fault] = []
    # The files can be checked before anything was ever published.
    if has_record(settings):
        deployment = open_deployment(settings)
        with reading(deployment.engine) as db:
            notes = differences(db, read_entries(settings.registry)[0])
        deployment.close()
    entries, _ = read_entries(settings.registry)
    report(faults, notes, f"{len(entries)} entries are fit to publish.", form)


@registry.command("publish")
@click.option("--note", default="Published from the register's files", help="What changed, for the history.")
@click.pass_obj
def registry_publish(settings: Settings, note: str) -> None:
    """Publish every entry and hearing whose file says something new."""
    deployment = open_deployment(settings)
    faults = register_faults(settings, deployment.catalogue)
    if faults:
        raise Invalid("Nothing was published: the files have faults.", faults)
    with writing(deployment.engine) as db:
        new = publish_register(db, OPERATOR, settings, note=note)
    deployment.close()
    click.echo("\n".join(new) if new else "Nothing new: the files say what is published.")


@registry.command("export")
@click.option("--out", type=FOLDER, required=True, help="Folder for the files; existing ones are replaced.")
@click.pass_obj
def registry_export(settings: Settings, out: Path) -> None:
    """Write every published entry and hearing as a YAML file: a register of its own."""
    import yaml  # noqa: PLC0415 - only this command writes YAML

    deployment = open_deployment(settings)
    with reading(deployment.engine) as db:
        entries = [one.entry for one in all_entries(db)]
        hearings = all_hearings(db)
    deployment.close()
    documents: list[tuple[str, BaseModel]] = [
        *((f"systems/{entry.deployer.agency}/{entry.id}.yaml", entry) for entry in entries),
        *((f"hearings/{hearing.id}.yaml", hearing) for hearing in hearings),
    ]
    for file, document in documents:
        path = out / file
        path.parent.mkdir(parents=True, exist_ok=True)
        fields = document.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        text = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=100)
        path.write_text(text, encoding="utf-8")
    click.echo(f"{len(entries)} entries and {len(hearings)} hearings written to {out}.")


@registry.command("schema")
@click.pass_obj
def registry_schema(settings: Settings) -> None:
    """Write the JSON Schemas of the register's documents anew from their models."""
    for path in write_schemas(settings.registry / "schema", {"system": Entry, "hearing": Hearing}):
        click.echo(str(path))
