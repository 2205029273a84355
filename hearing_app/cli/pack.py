"""`hearing pack`: everything of one hearing in a file, for its facilitators or for everyone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from hearing_app.cli.parts import require_record
from hearing_app.deployment import open_deployment
from hearing_app.documents.pack.bundle import write_bundle
from hearing_app.documents.pack.staff import choice_of
from hearing_app.documents.pack.whole import write_pack
from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import OPERATOR
from hearing_app.settings import Settings
from hearing_app.store.engine import reading


@click.command()
@click.argument("hearing")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The ZIP file to write."
)
@click.option("--open", "is_open", is_flag=True, help="The open data alone, which anyone may have.")
@click.option(
    "--where",
    multiple=True,
    metavar="NAME=VALUE",
    help="state, system, kind, language, theme, since, until or column; may repeat.",
)
@click.pass_obj
def pack(settings: Settings, hearing: str, out: Path, *, is_open: bool, where: tuple[str, ...]) -> None:
    """Write the pack of a hearing: briefing, workbook, comments, open data. The server may be running."""
    require_record(settings)
    pairs = [tuple(one.split("=", 1)) for one in where]
    if wrong := [one for one, pair in zip(where, pairs, strict=True) if len(pair) != 2]:
        fault = Fault("", "--where", f"“{wrong[0][:40]}” has no value.", "Write it as state=published.")
        raise Invalid("Nothing was exported.", [fault], kept="")
    choice = choice_of([(name, value) for name, value in pairs])
    house = open_deployment(settings)
    # Beside its place, so that a file that is there is replaced in one step, or not at all.
    half = out.with_name(f".{out.name}.part")
    try:
        with reading(house.engine) as db:
            found = hearing_of(db, hearing)
            base, checkpoint = settings.public_url.rstrip("/"), house.checkpoint(db)
            if is_open:
                write_bundle(db, found, half, base=base, checkpoint=checkpoint, told=_tell)
            else:
                write_pack(
                    db, OPERATOR, hearing, half, base=base, checkpoint=checkpoint, choice=choice, told=_tell
                )
        half.replace(out)
    finally:
        with suppress(OSError):
            half.unlink()
        house.close()
    click.echo(f"Written to {out}: {out.stat().st_size:,} bytes.")


def _tell(what: str, done: int) -> None:
    click.echo(f"{what}: {done:,}" if done else what, err=True)
