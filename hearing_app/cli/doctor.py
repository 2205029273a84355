"""`hearing doctor`: the condition of a deployment, for whoever runs it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from hearing_app.cli.parts import FOLDER
from hearing_app.condition import State, findings
from hearing_app.documents.words import plural
from hearing_app.settings import Settings


@click.command()
@click.option("--backups", type=FOLDER, help="Folder in which backups are kept, to see the newest one's age.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def doctor(settings: Settings, backups: Path | None, form: str) -> None:
    """Look at keys, folders, record, room and settings; change nothing; exit with 1 on a problem."""
    found = findings(settings, backups=backups)
    problems = [finding for finding in found if finding.state is State.PROBLEM]
    if form == "json":
        shown = {"problems": len(problems), "findings": [asdict(finding) for finding in found]}
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        for finding in found:
            line = f"{finding.state:8}{finding.check}: {finding.says} {finding.do}"
            click.echo(line.rstrip())
        click.echo(f"{plural(len(problems), 'problem')}." if problems else "No problem was found.")
    sys.exit(1 if problems else 0)
