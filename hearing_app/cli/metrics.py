"""`hearing metrics`: every metric of a dataset, from its counts."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from hearing_app.documents.audit_files import audit_csv, audit_text
from hearing_app.documents.exhibits import exhibit_csv, exhibit_document, exhibit_text
from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.exhibit import Question
from hearing_app.evidence.families import draw_exhibit
from hearing_app.evidence.second_opinion import SecondOpinion, second_opinion
from hearing_app.evidence.selection import parse_selection
from hearing_app.settings import Settings


@click.command()
@click.argument("dataset")
@click.option("--by", default="", help="Columns to compare, with commas: race,sex.")
@click.option("--threshold", help="Scores at or above it count as a positive prediction.")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="Keep only this value; can be repeated.")
@click.option("--reference", multiple=True, metavar="COLUMN=VALUE", help="Compare with this group.")
@click.option(
    "--exhibit", metavar="NAME", help="A further picture as numbers: roc, calibration, what-if, ..."
)
@click.option("--metric", help="The metric that the picture is about.")
@click.option(
    "--cut", multiple=True, metavar="[COLUMN=VALUE:]N", help="Another threshold that a picture tries."
)
@click.option("--verify", is_flag=True, help="Compute every figure again with fairlearn and scikit-learn.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table")
@click.pass_obj
def metrics(
    settings: Settings,
    *,
    dataset: str,
    by: str,
    threshold: str | None,
    where: tuple[str, ...],
    reference: tuple[str, ...],
    exhibit: str | None,
    metric: str | None,
    cut: tuple[str, ...],
    verify: bool,
    form: str,
) -> None:
    """Compute every metric of a dataset from its counts; or one further picture of them."""
    catalogue = Catalogue(settings.datasets)
    asked = [("by", by)] if by else []
    asked += [("threshold", threshold)] if threshold is not None else []
    asked += [("where", _pair(text)) for text in where]
    asked += [("reference", _pair(text)) for text in reference]
    selection = parse_selection(catalogue.dataset(dataset), asked)
    if exhibit is not None:
        chosen = catalogue.dataset(dataset)
        _show_exhibit(
            Question(catalogue, chosen, selection, metric or "", tuple(map(_pair, cut))), exhibit, form
        )
        return
    found = audit(catalogue, selection)
    if verify:
        _verify(second_opinion(catalogue, found), form)
        return
    if form == "json":
        click.echo(json.dumps(found.as_document(), ensure_ascii=False, allow_nan=False))
    else:
        click.echo(audit_csv(found) if form == "csv" else audit_text(found), nl=form != "csv")


def _show_exhibit(question: Question, name: str, form: str) -> None:
    drawn = draw_exhibit(question, name)
    if form == "json":
        click.echo(json.dumps(exhibit_document(drawn), ensure_ascii=False, allow_nan=False))
    else:
        click.echo(exhibit_csv(drawn) if form == "csv" else exhibit_text(drawn), nl=form != "csv")


def _verify(opinion: SecondOpinion, form: str) -> None:
    programs = ", ".join(f"{name} {version}" for name, version in opinion.programs.items())
    if form == "json":
        figures = [asdict(one) | {"group": dict(one.group)} for one in opinion.figures]
        answer = {
            "agree": opinion.agree,
            "largest_difference": opinion.largest,
            "alone": opinion.alone,
            "figures": figures,
            "programs": dict(opinion.programs),
        }
        click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(f"{len(opinion.figures)} figures, computed again with {programs}.")
        click.echo(f"Largest difference: {opinion.largest:.2g}. Not defined: {opinion.undefined}.")
        if opinion.alone:
            click.echo(f"{opinion.alone} are given here where the others find nobody to count.")
        click.echo("They agree." if opinion.agree else "They differ by more than rounding.")
    if not opinion.agree:
        raise SystemExit(1)


def _pair(text: str) -> str:
    name, mark, value = text.partition("=")
    return f"{name}:{value}" if mark else text
