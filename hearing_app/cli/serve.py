"""`hearing serve`: run the service."""

from __future__ import annotations

from pathlib import Path

import click

from hearing_app.cli.parts import FOLDER
from hearing_app.settings import Settings


@click.command()
@click.option("--host", help="Address on which to listen.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes any free one.  [default: 8600]")
@click.option("--data", type=FOLDER, help="Folder of the database and the keys.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, data: Path | None) -> None:
    """Serve the app; print its address once it answers."""
    from hearing_app.server import run  # noqa: PLC0415 - Streamlit takes a second to load, for this command alone

    given = {"host": host, "port": port, "data": data}
    run(settings.model_copy(update={name: value for name, value in given.items() if value is not None}))
