"""`hearing metrics`: every metric of a dataset, from its counts."""

from __future__ import annotations

import json

import click

from hearing_app.documents.audit_files import audit_csv, audit_text
from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.selection import parse_selection
from hearing_app.settings import Settings


@click.command()
@click.argument("dataset")
@click.option("--by", default="", help="Columns to compare, with commas: race,sex.")
@click.option("--threshold", help="Scores at or above it count as a positive prediction.")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="Keep only this value; can be repeated.")
@click.option("--reference", multiple=True, metavar="COLUMN=VALUE", help="Compare with this group.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table")
@click.pass_obj
def metrics(  # noqa: PLR0917 - click hands the options over by name
    settings: Settings,
    dataset: str,
    by: str,
    threshold: str | None,
    where: tuple[str, ...],
    reference: tuple[str, ...],
    form: str,
) -> None:
    """Compute every metric of a dataset from its counts."""
    catalogue = Catalogue(settings.datasets)
    asked = [("by", by)] if by else []
    asked += [("threshold", threshold)] if threshold is not None else []
    asked += [("where", _pair(text)) for text in where]
    asked += [("reference", _pair(text)) for text in reference]
    found = audit(catalogue, parse_selection(catalogue.dataset(dataset), asked))
    if form == "json":
        click.echo(json.dumps(found.as_document(), ensure_ascii=False, allow_nan=False))
    else:
        click.echo(audit_csv(found) if form == "csv" else audit_text(found), nl=form != "csv")


def _pair(text: str) -> str:
    name, mark, value = text.partition("=")
    return f"{name}:{value}" if mark else text
