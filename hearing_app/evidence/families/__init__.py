"""The families of systems: each module of this package declares one as ``FAMILY``, and is found by itself."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from hearing_app.evidence.family import Family, Metric
from hearing_app.evidence.manifest import Manifest


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
