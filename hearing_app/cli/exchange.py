"""`hearing registry export --as …` and `hearing registry import`: one entry as another standard has it."""

from __future__ import annotations

from pathlib import Path

import click
import yaml

from hearing_app.cli.parts import require_record, write_whole
from hearing_app.deployment import open_deployment, served_address
from hearing_app.documents.exchange import FILES, NAMES, about, exported, taken, unplaced_lines
from hearing_app.errors import Invalid
from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import Import
from hearing_app.registry.exchange.taking import LARGEST
from hearing_app.registry.files import validate
from hearing_app.registry.published import entry_of
from hearing_app.settings import Settings
from hearing_app.store.engine import reading

FORM = click.Choice(sorted(NAMES))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def export_one(settings: Settings, system: str | None, form: str, out: Path) -> None:
    """Write a system's published entry as a file of another standard, and say what that cannot hold."""
    if not system:
        raise Invalid("No system was named.", next_step="Write its id: hearing registry export --as nl ID …")
    if out.is_dir():
        raise Invalid(f"{out} is a folder.", next_step="Give --out the name of a file.")
    require_record(settings)
    house = open_deployment(settings)
    with reading(house.engine) as db:
        published = entry_of(db, system)
    house.close()
    file = FILES[NAMES[form]]
    made = exported(file, published.entry, about(published, served_address(settings)))
    write_whole(out, [made.document])
    click.echo(f"{published.entry.name}, version {published.version.version}: written to {out}.")
    for caveat in made.caveats:
        click.echo(f"Note: {caveat}")
    _list("That form asks for, and the entry does not state:", made.missing)
    _list("It cannot hold:", [f"{lost.field}: {lost.why}" for lost in made.not_held])


@click.command("import")
@click.option("--from", "form", type=FORM, required=True, help="The form in which the file is.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file for the draft.")
@click.argument("file", type=FILE)
def registry_import(form: str, out: Path | None, file: Path) -> None:
    """Make a draft of an entry from a FILE of another standard; nothing is published.

    The draft goes to --out, or is printed. What could not be placed stands in it as comments.
    """
    if out is not None and out.exists():
        raise Invalid(f"There is a file {out} already.", next_step="Give the draft another name.")
    with file.open("rb") as opened:
        found = taken(FILES[NAMES[form]], opened.read(LARGEST + 1))
    text = _draft(found, form)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    click.echo(f"{len(found.draft)} fields were taken over, and written to {out}.")
    _list("Could not be placed:", unplaced_lines(found.unplaced))
    _list("Before it can be published:", [str(fault) for fault in validate(found.draft, Entry, "")[1]])


def _draft(found: Import, form: str) -> str:
    order = {name: place for place, name in enumerate(Entry.model_fields)}
    fields = dict(sorted(found.draft.items(), key=lambda one: order.get(one[0], len(order))))
    comments = [f"A draft, made from {NAMES[form]}. Sources are missing, and what is not known."]
    if found.unplaced:
        comments += ["", "Could not be placed:", *unplaced_lines(found.unplaced)]
    head = "".join(f"# {line}".rstrip() + "\n" for line in comments)
    return f"{head}{yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=100)}"


def _list(heading: str, lines: list[str] | tuple[str, ...]) -> None:
    if lines:
        click.echo(heading)
        for line in lines:
            click.echo(f"  {line}")
