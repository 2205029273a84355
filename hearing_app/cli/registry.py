"""`hearing registry`: the register's files, and what of them is published."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import click
import yaml
from pydantic import BaseModel

from hearing_app.cli.entries import advice_on, publish_file, registry_lint
from hearing_app.cli.exchange import FORM, export_one, registry_import
from hearing_app.cli.impact import impact
from hearing_app.cli.keys import FILE, made, read_json, read_key
from hearing_app.cli.parts import has_record, report, require_record
from hearing_app.deployment import open_deployment, publish_register, register_faults
from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.datasets import Catalogue
from hearing_app.hearings.hearing import Hearing, all_hearings
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.canonical import canonical_json
from hearing_app.record.signatures import Publication, SignedPublication, key_id_of, name_of_record, sign
from hearing_app.record.versions import versions_of
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_documents, read_entries, read_file, validate, yaml_files
from hearing_app.registry.published import all_entries, differences, publish_signed_entry
from hearing_app.registry.rules.hindrances import hindrances
from hearing_app.registry.rules.reading import read_rules, rule_files, shipped_rules
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.schema import write_schemas
from hearing_app.registry.signed import SignedDocument, check_own_words
from hearing_app.registry.unregistered import FOLDER as UNREGISTERED
from hearing_app.registry.unregistered import Unregistered
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing


@click.group()
def registry() -> None:
    """The register's files, and what of them is published."""


registry.add_command(impact)
registry.add_command(registry_import)
registry.add_command(registry_lint)


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
    entries, _ = read_documents(settings.registry, "systems", Entry)
    advice = [fault for file, entry in entries for fault in advice_on(entry, file)]
    report(faults, notes, f"{len(entries)} entries are fit to publish.", form, advice=advice)


@registry.command("publish")
@click.option("--note", default="Published from the register's files", help="What changed, for the history.")
@click.option("--signed", type=FILE, help="Publish this one entry instead, which its agency signed.")
@click.argument("file", type=FILE, required=False)
@click.pass_obj
def registry_publish(settings: Settings, note: str, signed: Path | None, file: Path | None) -> None:
    """Publish every entry and hearing whose file says something new; or the entry in FILE alone.

    What an agency says itself is handed to its desk, where one of its publishers approves it or returns it.
    """
    if signed is not None:
        if file is not None:
            raise Invalid("Name one file: the entry, or with --signed the one that its agency signed.")
        _publish_signed(settings, read_json(signed, SignedDocument))
        return
    if file is not None:
        publish_file(settings, file, note)
        return
    deployment = open_deployment(settings)
    faults = register_faults(settings, deployment.catalogue)
    if faults:
        raise Invalid("Nothing was published: the files have faults.", faults)
    with writing(deployment.engine) as db:
        new = publish_register(db, OPERATOR, settings, note=note)
    deployment.close()
    click.echo("\n".join(new) if new else "Nothing new: the files say what is published.")


def _publish_signed(settings: Settings, given: SignedDocument) -> None:
    require_record(settings)
    house = open_deployment(settings)
    with writing(house.engine) as db:
        version = publish_signed_entry(
            db,
            given.document,
            given.signature,
            dataset_ids=house.catalogue.ids(),
            actor=OPERATOR,
            rules=house.rules,
        )
    house.close()
    click.echo(f"system:{version.document_id} version {version.version}")


@registry.command("statement")
@click.argument("system")
@click.pass_obj
def registry_statement(settings: Settings, system: str) -> None:
    """Print the record's name and the versions of SYSTEM: what `registry sign --against` needs to know."""
    require_record(settings)
    house = open_deployment(settings)
    with reading(house.engine) as db:
        history = versions_of(db, "system", system)
        state = {
            "system": system,
            "record": name_of_record(db),
            "versions": [{"version": one.version, "sha256": one.sha256} for one in history],
        }
    house.close()
    click.echo(json.dumps(state, indent=1))


@registry.command("sign")
@click.argument("entry", type=FILE)
@click.option("--key", type=FILE, required=True, help="The agency's private key.")
@click.option("--note", required=True, help="What changed, in one sentence, for the history.")
@click.option(
    "--against", type=FILE, help="The answer of /api/v1/systems/ID/versions, or of `registry statement ID`."
)
@click.option("--record", help="The record's name; without --against.")
@click.option("--version", type=int, default=1, show_default=True, help="The next version's number.")
@click.option("--previous", default="", help="The SHA-256 of the version before; empty for the first.")
@click.pass_obj
def registry_sign(
    settings: Settings,
    *,
    entry: Path,
    key: Path,
    note: str,
    against: Path | None,
    record: str | None,
    version: int,
    previous: str,
) -> None:
    """Sign an ENTRY on the agency's own machine, and print what is sent to publish it.

    What publishing will refuse is said on standard error, while the entry can still be changed: what the
    rules on prohibited uses hold against it, and a day that is still to come.
    """
    data, faults = read_file(entry, str(entry))
    read, wrong = (None, []) if faults else validate(data, Entry, str(entry))
    if read is None:
        raise Invalid("Nothing was signed: the entry has faults.", [*faults, *wrong])
    place = {"record": record or "", "version": version, "previous": previous}
    if against is not None:
        place = _next_place(against)
    private_key, document = read_key(key), read.model_dump(mode="json")
    check_own_words("system", document, note, kept="Nothing was signed.")
    for one in _refused_later(settings, read, str(entry)):
        click.echo(f"Publishing will refuse this: {one}", err=True)
    statement = made(
        Publication,
        **place,
        agency=read.deployer.agency,
        kind="system",
        document_id=read.id,
        sha256=sha256(canonical_json(document)).hexdigest(),
        note=note,
    )
    signed = SignedPublication(
        key_id=key_id_of(private_key.public_key().public_bytes_raw()),
        statement=statement,
        signature=sign(private_key, statement),
    )
    click.echo(SignedDocument(document=document, signature=signed).model_dump_json(indent=1))


def _refused_later(settings: Settings, entry: Entry, file: str) -> list[Fault]:
    """Return what stands against publishing an entry, by the register's rules or the packaged ones."""
    rules, faults = read_rules(settings.registry)
    return hindrances(entry, shipped_rules() if faults or not rules else rules, file=file)


def _next_place(against: Path) -> dict[str, object]:
    """Return the record's name, the next version's number and the hash before it, from a list of versions."""
    try:
        state = json.loads(against.read_bytes())
        newest = max(state["versions"], key=lambda one: int(one["version"]), default=None)
        return {
            "record": state["record"],
            "version": newest["version"] + 1 if newest else 1,
            "previous": newest["sha256"] if newest else "",
        }
    except (KeyError, TypeError, ValueError):
        raise Invalid(f"The file {against} is no list of versions.", kept="Nothing was signed.") from None


@registry.command("export")
@click.argument("system", required=False)
@click.option("--as", "form", type=FORM, help="Write SYSTEM alone, in the form of another standard.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder for the files, or the file of one system; existing ones are replaced.",
)
@click.pass_obj
def registry_export(settings: Settings, system: str | None, form: str | None, out: Path) -> None:
    """Write every published entry and hearing as a YAML file: a register of its own.

    With --as, write the entry of one SYSTEM as another standard has it, and say what that cannot hold.
    """
    if form is not None:
        export_one(settings, system, form, out)
        return
    if system is not None or out.is_file():
        raise Invalid("A whole register goes into a folder.", next_step="For one system, give --as as well.")
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
    # The rules that apply here go along, since a register without a folder of them has the packaged ones; and
    # what is known to have no entry.
    beside, _ = yaml_files(settings.registry, UNREGISTERED) if _names_unregistered(settings) else ([], [])
    texts = [*rule_files(settings.registry)[0], *((file, path.read_bytes()) for file, path in beside)]
    for file, raw in texts:
        path = out / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    click.echo(f"{len(entries)} entries and {len(hearings)} hearings written to {out}.")


def _names_unregistered(settings: Settings) -> bool:
    return (settings.registry / UNREGISTERED).is_dir()


@registry.command("schema")
@click.pass_obj
def registry_schema(settings: Settings) -> None:
    """Write the JSON Schemas of the register's documents anew from their models."""
    models: dict[str, type[BaseModel]] = {
        "system": Entry,
        "hearing": Hearing,
        "rule": Rule,
        "unregistered": Unregistered,
    }
    for path in write_schemas(settings.registry / "schema", models):
        click.echo(str(path))
