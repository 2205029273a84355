"""The command line: `hearing --help` lists every command; each noun has its module."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from pydantic_settings import SettingsError

from hearing_app import __version__
from hearing_app.cli.backup import backup
from hearing_app.cli.comments import comments
from hearing_app.cli.datasets import datasets
from hearing_app.cli.demo import demo
from hearing_app.cli.doctor import doctor
from hearing_app.cli.init import init
from hearing_app.cli.keys import keys
from hearing_app.cli.metrics import metrics
from hearing_app.cli.pack import pack
from hearing_app.cli.parts import FOLDER
from hearing_app.cli.record import record
from hearing_app.cli.registry import registry
from hearing_app.cli.restore import restore
from hearing_app.cli.retention import retention
from hearing_app.cli.serve import serve
from hearing_app.cli.staff import staff
from hearing_app.errors import Fault, HearingError, Invalid
from hearing_app.registry.faults import faults_of
from hearing_app.settings import Settings


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
    except SettingsError as error:
        # What is given as JSON is parsed before it is checked; the message names the setting, not its value.
        name = str(error).split('"')[1].upper()
        repair = 'Write it as JSON, such as {"rejected": 90}, or unset it.'
        fault = Fault("", f"HEARING_{name}", "This cannot be read.", repair)
        raise Invalid("The settings cannot be used.", [fault], kept="") from None
    ctx.obj = settings.model_copy(update={name: value for name, value in given.items() if value is not None})


COMMANDS = (
    *(init, serve, registry, keys, datasets, metrics, comments, staff, record, doctor),
    *(backup, restore, retention, pack, demo),
)
for command in COMMANDS:
    main.add_command(command)
