"""What commands share: the folders that they take, whether there is a record, how faults are printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from hearing_app.documents.words import plural
from hearing_app.errors import Fault, NotFound
from hearing_app.settings import Settings

FOLDER = click.Path(file_okay=False, path_type=Path)


def has_record(settings: Settings) -> bool:
    """Return whether there is a record in the folder, or at the database's address, that is set."""
    return settings.names_a_database or (settings.data / "hearing.sqlite").exists()


def require_record(settings: Settings) -> None:
    """Refuse where nothing is recorded yet: a new, empty record would verify, and export, without a word."""
    if not has_record(settings):
        raise NotFound(
            f"There is no record in {settings.data}.", next_step="Name its folder: hearing --data FOLDER …"
        )


def write_whole(out: Path, parts: Iterable[bytes]) -> None:
    """Write a file beside its place and move it there: a broken-off one never looks like a whole one."""
    # Its name is drawn at random, so that nobody who shares the folder can lay a link there first.
    with NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as partial:
        for part in parts:
            partial.write(part)
        partial.flush()
        os.fsync(partial.fileno())
    Path(partial.name).replace(out)


def report(
    faults: Iterable[Fault],
    notes: Iterable[Fault],
    sound: str,
    form: str,
    *,
    advice: Sequence[Fault] | None = None,
) -> None:
    """Print faults, and notes that are none, as text or JSON, and exit with 1 where there are faults.

    ``advice`` is whole in the JSON; the text says how much of it there is, and where it is listed.
    """
    faults, notes = list(faults), list(notes)
    if form == "json":
        lists = [("faults", faults), ("differences", notes)]
        lists += [("advice", list(advice))] if advice is not None else []
        shown = {
            name: [{slot: getattr(fault, slot) for slot in fault.__slots__} for fault in listed]
            for name, listed in lists
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        for fault in (*faults, *notes):
            click.echo(str(fault))
        if advice and not faults:
            click.echo(f"{len(advice)} pieces of advice, which keep nothing back: hearing registry lint")
        click.echo(f"{plural(len(faults), 'fault')}." if faults else sound)
    sys.exit(1 if faults else 0)
