"""`hearing datasets`: the published counts."""

from __future__ import annotations

import click

from hearing_app.cli.counting import datasets_count, datasets_sum
from hearing_app.cli.parts import report
from hearing_app.documents.words import plural
from hearing_app.evidence.datasets import Catalogue, check_datasets
from hearing_app.settings import Settings


@click.group()
def datasets() -> None:
    """The published counts."""


@datasets.command("check")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def datasets_check(settings: Settings, form: str) -> None:
    """Prove that every dataset's counts fit its manifest; name every fault."""
    faults = check_datasets(settings.datasets)
    served = len(Catalogue(settings.datasets).ids())
    report(
        faults, [], f"{plural(served, 'dataset fits its manifest', 'datasets fit their manifests')}.", form
    )


datasets.add_command(datasets_count)
datasets.add_command(datasets_sum)
