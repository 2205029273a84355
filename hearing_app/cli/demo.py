"""`hearing demo`: a made-up hearing to rehearse with, and taking it out again."""

from __future__ import annotations

import json

import click

from hearing_app.cli.parts import require_record
from hearing_app.deployment import open_deployment
from hearing_app.documents.words import plural
from hearing_app.hearings.demonstration.filling import SYSTEM, fill
from hearing_app.hearings.demonstration.generator import COMMENTS, SEED, comments, labels
from hearing_app.hearings.demonstration.removing import remove
from hearing_app.settings import Settings


@click.command()
@click.option("--remove", "taking_out", is_flag=True, help="Take the rehearsal out again.")
@click.option("--labels", "shows_labels", is_flag=True, help="Print what is known of each comment, as JSON.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32),
    default=SEED,
    show_default=True,
    help="Another one, other comments.",
)
@click.option(
    "--comments",
    "number",
    type=click.IntRange(20, 2000),
    default=COMMENTS,
    show_default=True,
    help="How many.",
)
@click.option("--system", default=SYSTEM, show_default=True, help="The system that is heard.")
@click.pass_obj
def demo(
    settings: Settings, *, taking_out: bool, shows_labels: bool, seed: int, number: int, system: str
) -> None:
    """Fill a hearing on live facial recognition with made-up comments, votes and answers, to rehearse with.

    Everything in it is marked as made up. The server may be running. One command takes it out again.
    """
    if shows_labels:
        click.echo(json.dumps(labels(comments(number, seed=seed)), indent=1))
        return
    require_record(settings)
    house = open_deployment(settings)
    try:
        if taking_out:
            gone = remove(house.engine, house.key)
            click.echo(
                f"Made up and taken out: {plural(gone.comments, 'comment')}, and the votes of "
                f"{plural(gone.voters, 'voter')}.\nSent by people and taken out: "
                f"{plural(gone.own_comments, 'comment')}, and the votes of "
                f"{plural(gone.own_voters, 'voter')}. Their receipts say that the rehearsal is over.\n"
                "The record still says that there was a rehearsal."
            )
            return
        found = fill(house.engine, house.key, seed=seed, number=number, system=system, told=_tell)
    finally:
        house.close()
    click.echo(
        f"The rehearsal is on the page /hearing?id={found.hearing_id}: {plural(found.comments, 'comment')}, "
        f"{found.decided} of them read, {plural(found.votes, 'vote')}, {plural(found.answers, 'answer')}.\n"
        f"Take it out with: hearing --data {settings.data} demo --remove"
    )


def _tell(what: str, done: int) -> None:
    click.echo(f"{what}: {done}", err=True)
