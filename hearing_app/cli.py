"""The command line: `hearing --help` lists every command."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import click
from pydantic import BaseModel, ValidationError

from hearing_app import __version__
from hearing_app.deployment import open_deployment, publish_register, register_faults, served_address
from hearing_app.documents.audit_files import audit_csv, audit_text
from hearing_app.documents.exports import FORMATS, write_export
from hearing_app.documents.words import plural
from hearing_app.errors import Fault, HearingError, Invalid, NotFound
from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue, check_datasets
from hearing_app.evidence.selection import parse_selection
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of
from hearing_app.hearings.lists import comments_for_export
from hearing_app.people.accounts import invite
from hearing_app.people.permissions import OPERATOR, STAFF_ROLES, Role
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.record.ledger import head
from hearing_app.registry.entry import Entry
from hearing_app.registry.faults import faults_of
from hearing_app.registry.files import read_entries
from hearing_app.registry.published import all_entries, differences
from hearing_app.registry.schema import write_schemas
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing

FOLDER = click.Path(file_okay=False, path_type=Path)


class Commands(click.Group):
    """Turns every refusal into one paragraph on standard error and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a reader never meets a traceback for something that can be named."""
        try:
            return super().invoke(ctx)
        except HearingError as error:
            click.echo(str(error), err=True)
            for fault in getattr(error, "faults", ()):
                click.echo(f"  {fault}", err=True)
            ctx.exit(1)
        except OSError as error:
            # A reader that went away, as in `hearing ... | head`, is click's to handle.
            if error.errno == errno.EPIPE:
                raise
            where = f" ({error.filename})" if error.filename else ""
            click.echo(f"A file or folder cannot be used{where}: {error.strerror or error}.", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--data", type=FOLDER, help="Folder of the database and the keys.  [default: data]")
@click.option("--registry", type=FOLDER, help="Folder of the register's files.")
@click.option("--datasets", type=FOLDER, help="Folder of the published counts.")
@click.pass_context
def main(ctx: click.Context, data: Path | None, registry: Path | None, datasets: Path | None) -> None:
    """Public hearings on the algorithms that police use."""
    # Words that only facilitators may read lie in the files that are written: nobody else's to open.
    os.umask(0o077)
    given = {"data": data, "registry": registry, "datasets": datasets}
    try:
        settings = Settings()
    except ValidationError as error:
        faults = [
            replace(fault, field=f"HEARING_{fault.field.upper()}", repair="Correct or unset this variable.")
            for fault in faults_of(error)
        ]
        raise Invalid("The settings cannot be used.", faults, kept="") from None
    ctx.obj = settings.model_copy(update={name: value for name, value in given.items() if value is not None})


@main.command()
@click.option("--host", help="Address on which to listen.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes any free one.  [default: 8600]")
@click.option("--data", type=FOLDER, help="Folder of the database and the keys.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, data: Path | None) -> None:
    """Serve the app; print its address once it answers."""
    # Streamlit takes a second to import, and only this command needs it.
    from hearing_app.server import run  # noqa: PLC0415 - see above

    given = {"host": host, "port": port, "data": data}
    run(settings.model_copy(update={name: value for name, value in given.items() if value is not None}))


@main.group()
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
    if _has_record(settings):
        deployment = open_deployment(settings)
        with reading(deployment.engine) as db:
            notes = differences(db, read_entries(settings.registry)[0])
        deployment.close()
    entries, _ = read_entries(settings.registry)
    _report(faults, notes, f"{len(entries)} entries are fit to publish.", form)


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


@main.group()
def datasets() -> None:
    """The published counts."""


@datasets.command("check")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def datasets_check(settings: Settings, form: str) -> None:
    """Prove that every dataset's counts fit its manifest; name every fault."""
    faults = check_datasets(settings.datasets)
    served = len(Catalogue(settings.datasets).ids())
    _report(
        faults, [], f"{plural(served, 'dataset fits its manifest', 'datasets fit their manifests')}.", form
    )


@main.command()
@click.argument("dataset")
@click.option("--by", default="", help="Columns to compare, with commas: race,sex.")
@click.option("--threshold", help="Scores at or above it count as a positive prediction.")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="Keep only this value; can be repeated.")
@click.option("--reference", multiple=True, metavar="COLUMN=VALUE", help="Compare with this group.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table")
@click.pass_obj
def metrics(  # noqa: PLR0917 - click hands the options over by name
    settings: Settings,
    dataset: str,
    by: str,
    threshold: str | None,
    where: tuple[str, ...],
    reference: tuple[str, ...],
    form: str,
) -> None:
    """Compute every metric of a dataset from its counts."""
    catalogue = Catalogue(settings.datasets)
    asked = [("by", by)] if by else []
    asked += [("threshold", threshold)] if threshold is not None else []
    asked += [("where", _pair(text)) for text in where]
    asked += [("reference", _pair(text)) for text in reference]
    found = audit(catalogue, parse_selection(catalogue.dataset(dataset), asked))
    if form == "json":
        click.echo(json.dumps(found.as_document(), ensure_ascii=False, allow_nan=False))
    else:
        click.echo(audit_csv(found) if form == "csv" else audit_text(found), nl=form != "csv")


@main.group()
def comments() -> None:
    """Comments of a hearing."""


@comments.command("export")
@click.argument("hearing")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Without it, standard output.")
@click.pass_obj
def comments_export(settings: Settings, hearing: str, form: str, out: Path | None) -> None:
    """Export every comment of a hearing, for its facilitators; the server may be running."""
    _require_record(settings)
    deployment = open_deployment(settings)
    with reading(deployment.engine) as db:
        hearing_of(db, hearing)
        written = list(comments_for_export(db, OPERATOR, hearing))
    deployment.close()
    content = write_export(written, form)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        # Written beside it and moved into place: a broken-off export never looks like a whole one.
        # Its name is drawn at random, so that nobody who shares the folder can lay a link there first.
        with NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as partial:
            partial.write(content)
        Path(partial.name).replace(out)
        click.echo(f"{len(written)} comments written to {out}.")


@main.group()
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


@main.group()
def record() -> None:
    """The public record."""


@record.command("verify")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def record_verify(settings: Settings, form: str) -> None:
    """Recompute every hash of the ledger, and say what does not fit."""
    _require_record(settings)
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


def _has_record(settings: Settings) -> bool:
    return bool(settings.database_url) or (settings.data / "hearing.sqlite").exists()


def _require_record(settings: Settings) -> None:
    """Refuse where nothing is recorded yet: a new, empty record would verify, and export, without a word."""
    if not _has_record(settings):
        raise NotFound(
            f"There is no record in {settings.data}.", next_step="Name its folder: hearing --data FOLDER …"
        )


def _pair(text: str) -> str:
    name, mark, value = text.partition("=")
    return f"{name}:{value}" if mark else text


def _report(faults: Iterable[Fault], notes: Iterable[Fault], sound: str, form: str) -> None:
    faults, notes = list(faults), list(notes)
    if form == "json":
        shown = {
            name: [{slot: getattr(fault, slot) for slot in fault.__slots__} for fault in listed]
            for name, listed in (("faults", faults), ("differences", notes))
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        for fault in (*faults, *notes):
            click.echo(str(fault))
        click.echo(f"{len(faults)} faults." if faults else sound)
    sys.exit(1 if faults else 0)
