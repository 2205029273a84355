"""`hearing datasets count` and `sum`: a force makes its own counts, on its own machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from hearing_app.documents.words import plural
from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counting.apart import count_apart, leave_no_core
from hearing_app.evidence.counting.asking import read_asked
from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.control import Disclosure, Method, Plan, TimeStep
from hearing_app.evidence.counting.counting import is_twice, size_of
from hearing_app.evidence.counting.privacy import require_opendp
from hearing_app.evidence.counting.private import added, read_private, refuse_place, write_private
from hearing_app.evidence.counting.publication import files_of
from hearing_app.evidence.counting.rounding import secret_at
from hearing_app.evidence.counting.shape import axes_of
from hearing_app.evidence.counting.writing import refuse_existing, write_folder
from hearing_app.evidence.manifest import Manifest
from hearing_app.settings import Settings

_Prepared = tuple[dict[str, Any], Manifest, Plan, bytes]
F = TypeVar("F", bound=Callable[..., Any])
_PATH = click.Path(path_type=Path)
_KEPT = "Nothing was written."

_OPTIONS = (
    click.option("--manifest", type=_PATH, required=True, help="What the columns are, as a dataset.yaml."),
    click.option("--out", type=_PATH, required=True, help="Folder to write, named like the dataset's id."),
    click.option("--replace", is_flag=True, help="Replace the dataset in that folder."),
    click.option("--protection", type=click.Choice(get_args(Method)), help="How people are protected."),
    click.option("--minimum", type=int, help="No count under this is shown.  [default: 10]"),
    click.option("--base", type=int, help="Counts are rounded to multiples of this.  [default: 5]"),
    click.option("--epsilon", type=float, help="Differential privacy, for all tables together."),
    click.option("--table", "tables", multiple=True, help="Columns that readers may combine: race,sex."),
    click.option("--time", type=click.Choice(get_args(TimeStep)), help="Count periods no finer than this."),
    click.option("--thresholds", help="Count scores in bins that begin at these: 1,5,8."),
    click.option("--yes", is_flag=True, help="Do not ask before counts are written without protection."),
    click.option(
        "--secret", type=_PATH, help="Key of what is drawn, made if absent. Keep it; never publish it."
    ),
)


def _with_options(command: F) -> F:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("count")
@click.argument("rows", nargs=-1, required=True, type=_PATH)
@_with_options
@click.option("--private-out", type=_PATH, help="Keep unprotected counts here, to add months to later.")
@click.pass_obj
def datasets_count(
    settings: Settings, /, rows: tuple[Path, ...], private_out: Path | None, out: Path, **asked: Any
) -> None:
    """Count ROWS (CSV or Parquet, a row for each person), protect the counts, and write a dataset.

    The rows are read and never kept: only counts are written. docs/counting.md says how.
    """
    leave_no_core()
    if private_out is not None:
        refuse_place(private_out, _published(settings, out))
    data, manifest, plan, key = _prepared(settings, out, asked)
    with _bar(rows) as progress:
        counts = count_apart(rows, manifest, progress=progress)
    if private_out is not None:
        write_private(private_out, counts, axes_of(manifest), away_from=_published(settings, out))
        click.echo(f"Private counts, not to be published, are in {private_out}.", err=True)
    _publish(counts, (data, manifest, plan, key), out, asked)


@click.command("sum")
@click.argument("parts", nargs=-1, required=True, type=_PATH)
@_with_options
@click.option("--private-out", type=_PATH, help="Keep the sum here, to add to it later.")
@click.pass_obj
def datasets_sum(
    settings: Settings, /, parts: tuple[Path, ...], private_out: Path | None, out: Path, **asked: Any
) -> None:
    """Add private counts PARTS that `count --private-out` wrote, protect the sum, and write a dataset.

    Published counts are never added: what was withheld, rounded or made noisy would not add up.
    """
    published = _published(settings, out)
    if private_out is not None:
        refuse_place(private_out, published)
    data, manifest, plan, key = _prepared(settings, out, asked)
    axes = axes_of(manifest)
    if is_twice(parts):
        fault = Fault("", "", "A file stands there twice.", "Name each once: it would be counted twice.")
        raise Invalid("The counts cannot be added up.", [fault], kept=_KEPT)
    total = added([read_private(path, axes) for path in parts])
    if private_out is not None:
        write_private(private_out, total, axes, away_from=published)
        click.echo(f"Private counts, not to be published, are in {private_out}.", err=True)
    _publish(total, (data, manifest, plan, key), out, asked)


def _published(settings: Settings, out: Path) -> list[Path]:
    """The folders in which nothing private may lie."""
    return [out, settings.datasets, settings.registry]


def _prepared(settings: Settings, out: Path, asked: dict[str, Any]) -> _Prepared:
    """Read what is asked, and refuse what could not be written, before hours of counting."""
    changes: dict[str, Any] = {
        name: asked[name] for name in ("minimum", "base", "epsilon", "time") if asked[name] is not None
    }
    if asked["protection"]:
        changes["method"] = asked["protection"]
    if asked["tables"]:
        changes["tables"] = [table.split(",") if table else [] for table in asked["tables"]]
    if asked["thresholds"]:
        changes["thresholds"] = [_whole(text) for text in asked["thresholds"].split(",")]
    data, manifest, plan = read_asked(asked["manifest"], changes)
    refuse_existing(out, replace=asked["replace"])
    if out.resolve().name != manifest.id:
        fault = Fault(
            "dataset.yaml", "id", f"The id {manifest.id} is not the folder's name.", f"Name it {manifest.id}."
        )
        raise Invalid("The folder does not fit the dataset.", [fault], kept=_KEPT)
    if plan.method == "random rounding" and asked["secret"] is None:
        problem = "Random rounding needs a key that nobody else has."
        raise Invalid(
            problem, kept=_KEPT, next_step="Name a file: --secret rounding.key. It is made if absent."
        )
    if plan.method == "differential privacy":
        require_opendp()
    for folder in _published(settings, out) if asked["secret"] is not None else ():
        if asked["secret"].resolve().is_relative_to(folder.resolve()):
            problem = f"The key would lie in {folder}, which is published."
            raise Invalid(problem, kept=_KEPT, next_step="Name another place.")
    axes_of(manifest)
    if plan.method == "already public" and not asked["yes"]:
        _ask_whether_public(manifest)
    # Last, and before hours of counting: a key that cannot be made or read is told now.
    needed = plan.method in {"minimum cell", "random rounding"} and asked["secret"] is not None
    return data, manifest, plan, secret_at(asked["secret"]) if needed else b""


def _ask_whether_public(manifest: Manifest) -> None:
    """Let nobody choose by mistake what shows every small count; refuse where nobody can be asked."""
    click.echo(
        "Every combination is written as counted, those of one person too. That is right only where the same "
        f"rows are public already, at {manifest.origin.url}.",
        err=True,
    )
    if not sys.stdin.isatty():
        repair = "If they are public, add --yes. If not, choose another --protection."
        raise Invalid("Nobody is here to say that the rows are public.", kept=_KEPT, next_step=repair)
    click.confirm("Are they?", abort=True, err=True)


def _whole(text: str) -> int | str:
    # What is no number is left for the manifest's own check to refuse.
    return int(text) if text.strip().lstrip("-").isdecimal() else text


def _publish(counts: Counts, prepared: _Prepared, out: Path, asked: dict[str, Any]) -> None:
    data, manifest, plan, key = prepared
    files, disclosure = files_of(
        counts, data, manifest, plan, today=datetime.now(UTC).date(), key=key, say=_say
    )
    write_folder(out, files, replace=asked["replace"])
    click.echo(f"{plural(int(counts.sum()), 'row', 'rows')} counted into {out}.")
    for sentence in _told(disclosure):
        click.echo(sentence)


def _told(disclosure: Disclosure) -> Iterator[str]:
    yield disclosure.protection
    yield from disclosure.coarsened
    for table in disclosure.tables:
        name = " + ".join(table.columns) or "everyone"
        yield f"  {name}: {table.cells:,} cells, {table.cells_withheld:,} of them withheld."


def _say(sentence: str) -> None:
    if sys.stderr.isatty():
        click.echo(sentence, err=True)


@contextmanager
def _bar(files: Sequence[Path]) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error where somebody looks at it; nothing otherwise."""
    with click.progressbar(
        length=max(1, size_of(files)), label="Counting", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        yield bar.update
