"""`hearing registry lint` and `hearing registry publish FILE`: one entry, checked and handed on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from hearing_app.cli.parts import report, require_record
from hearing_app.deployment import open_deployment
from hearing_app.errors import Fault, Invalid
from hearing_app.people.permissions import OPERATOR
from hearing_app.registry.check import check_entry
from hearing_app.registry.desk.acts import hand_in
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_documents, read_file, validate
from hearing_app.registry.linter import as_fault, lint
from hearing_app.registry.published import all_entries, publish_entry
from hearing_app.registry.signed import speaks_for
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("lint")
@click.argument("file", type=FILE, required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def registry_lint(settings: Settings, file: Path | None, form: str) -> None:
    """Say what a careful reader would ask about the entry in FILE, or about every entry of the register.

    It is advice: contradictions, gaps, what has gone stale. Only faults, which keep an entry from being
    published, make it end with 1.
    """
    if file is None:
        documents, faults = read_documents(settings.registry, "systems", Entry)
    else:
        data, faults = read_file(file, str(file))
        read, wrong = (None, []) if faults else validate(data, Entry, str(file))
        documents, faults = [(str(file), read)] if read else [], [*faults, *wrong]
    found = [fault for name, entry in documents for fault in advice_on(entry, name)]
    sound = f"{len(found)} pieces of advice on {len(documents)} entries." if found else "Nothing to say."
    report(faults, found, sound, form)


def advice_on(entry: Entry, file: str, today: date | None = None) -> list[Fault]:
    """Return the advice on an entry, in the form in which reports print it."""
    return [as_fault(finding, file) for finding in lint(entry, today or datetime.now(UTC).date())]


def publish_file(settings: Settings, file: Path, note: str) -> None:
    """Publish the entry in a file, or hand it to its agency's desk where the agency speaks in it.

    The advice on it is printed to standard error, and keeps nothing back.
    """
    require_record(settings)
    data, faults = read_file(file, str(file))
    entry, wrong = (None, []) if faults else validate(data, Entry, str(file))
    if entry is None:
        raise Invalid("Nothing was published: the entry has faults.", [*faults, *wrong])
    for one in advice_on(entry, str(file)):
        click.echo(f"Advice: {one}", err=True)
    house = open_deployment(settings)
    try:
        with reading(house.engine) as db:
            known = [one.entry for one in all_entries(db)]
        if found := check_entry(data, known, house.catalogue.ids()):
            raise Invalid("Nothing was published: the entry has faults.", found)
        agency = speaks_for("system", entry.model_dump(mode="json"))
        with writing(house.engine) as db:
            if agency:
                draft = hand_in(
                    db, OPERATOR, entry, note=note, dataset_ids=house.catalogue.ids(), rules=house.rules
                )
                said = (
                    f"Handed in as draft {draft.draft_id}: a publisher of {agency} approves it at "
                    "/publish, or returns it. What the agency has signed is published at once: --signed"
                )
            else:
                version = publish_entry(db, OPERATOR, entry, note=note, rules=house.rules)
                said = f"system:{version.document_id} version {version.version}"
    finally:
        house.close()
    click.echo(said)
