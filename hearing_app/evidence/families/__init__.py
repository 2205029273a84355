"""The families of systems: each module of this package declares one as ``FAMILY``, and is found by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from hearing_app.errors import Fault, Invalid, NotFound
from hearing_app.evidence.exhibit import Exhibit, ExhibitKind, Question
from hearing_app.evidence.family import Family, Metric
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.protected import cautions_of

if TYPE_CHECKING:
    from hearing_app.evidence.datasets import Catalogue

NO_EXHIBIT = "none"
"""What an address says of a page without a further picture."""


@cache
def families() -> dict[str, Family]:
    """Every family by its id, in the order of the modules' names."""
    # The modules are read when they are first asked for: they build on everything else in this package.
    found = [import_module(f"{__name__}.{one.name}").FAMILY for one in iter_modules(__path__)]
    return {one.id: one for one in found}


def family_of(manifest: Manifest) -> Family:
    """The family of a dataset that was checked."""
    return families()[manifest.family]


def metrics_of(manifest: Manifest) -> dict[str, Metric]:
    """The metrics that a dataset's counts allow, by name, in the order in which they are shown."""
    family, stated = family_of(manifest), {column.counts for column in manifest.measures}
    return {one.name: one for one in family.metrics if family.scored or stated.issuperset(one.counts)}


def opening_metric(manifest: Manifest) -> str:
    """The metric that a page on this dataset opens with."""
    there = metrics_of(manifest)
    return next(name for name in (*family_of(manifest).opening, *there) if name in there)


def in_reading_order(catalogue: Catalogue) -> tuple[str, ...]:
    """The ids of the datasets as a page lists them: people by score first, of whom most can be asked."""
    return tuple(sorted(catalogue.ids(), key=lambda name: not catalogue.dataset(name).manifest.scored))


def draw_exhibit(question: Question, name: str) -> Exhibit:
    """The further picture of that name, about the question's metric or the one that a page opens with.

    Raises ``NotFound`` for a picture that the dataset does not offer, ``Invalid`` for an unknown metric, and
    whatever the picture itself refuses.
    """
    manifest = question.dataset.manifest
    kinds, metrics = exhibits_of(manifest), metrics_of(manifest)
    if name not in kinds:
        there = ", ".join(kinds) or "none"
        raise NotFound("This dataset has no such picture.", kept="", next_step=f"Its pictures are: {there}.")
    metric = question.metric or opening_metric(manifest)
    if metric not in metrics:
        problem = f"“{metric[:60]}” is no metric."
        fault = Fault("", "metric", problem, f"Use one of: {', '.join(metrics)}.")
        raise Invalid("The picture cannot be drawn.", [fault], kept="")
    possible = tuple(one for one in kinds[name].metrics if one in metrics)
    if possible and metric not in possible:
        problem = f"This picture cannot show “{metric}”."
        fault = Fault("", "metric", problem, f"Use one of: {', '.join(possible)}.")
        raise Invalid("The picture cannot be drawn.", [fault], kept="")
    drawn = kinds[name].draw(replace(question, metric=metric))
    return replace(drawn, cautions=(*drawn.cautions, *cautions_of(manifest)))


def shown_instead(manifest: Manifest, kind: ExhibitKind, metric: str) -> tuple[str, str]:
    """The metric that a page's picture shows where another is chosen, and a sentence that says so.

    The metric itself and "" where the picture can show it.
    """
    metrics = metrics_of(manifest)
    possible = [one for one in kind.metrics if one in metrics]
    if not possible or metric in possible:
        return metric, ""
    first = possible[0]
    there, shown = metrics[metric].label, metrics[first].label
    return first, f"This picture cannot show “{there}”. It shows “{shown}” instead."


def exhibit_asked(manifest: Manifest, pairs: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The further picture that an address asks for, and what of that does not fit; each "" where nothing.

    A page calls it ``picture``, the API and the command line ``exhibit``; an address may say either.
    """
    names = list(dict.fromkeys(value for name, value in pairs if name in {"picture", "exhibit"} and value))
    there = exhibits_of(manifest)
    found = next((name for name in names if name in there), "")
    unfit = [name for name in names if name not in (*there, NO_EXHIBIT)]
    if unfit:
        offered = f"It offers: {', '.join(there)}." if there else "It offers none."
        shown = f"“{there[found].label}” is shown" if found else "none is shown"
        return found, f"There is no picture “{unfit[0][:60]}” of this dataset, so {shown}. {offered}"
    if len(names) > 1 and found:
        return found, f"The address names {len(names)} pictures, and “{there[found].label}” is shown."
    return found, ""


def exhibits_of(manifest: Manifest) -> dict[str, ExhibitKind]:
    """The further pictures that a dataset offers, by id, in the family's order."""
    return {one.id: one for one in family_of(manifest).exhibits if one.offered(manifest)}
