"""Releases of a dataset: an address made from another one is never answered silently."""

from __future__ import annotations

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.datasets import Dataset
from hearing_app.evidence.selection import Parameters

NAME = "release"
_LENGTH = 12


def short_release(version: str) -> str:
    """A release as an address names it: the first twelve digits of its hash."""
    return version.removeprefix("sha256:")[:_LENGTH]


def other_release(dataset: Dataset, params: Parameters) -> str:
    """A sentence where the parameters name another release than the one that is served; else ""."""
    named = [value for name, value in params if name == NAME]
    here = short_release(dataset.version)
    if not named or all(value == here for value in named):
        return ""
    return (
        f"The address was made from another release of these data ({named[0][:_LENGTH]}). The figures here "
        f"are from the present one ({here}), so they can differ from those that were meant."
    )


def require_release(dataset: Dataset, params: Parameters) -> None:
    """Raise ``Invalid`` where the parameters name another release than the one that is served."""
    if other_release(dataset, params):
        here = short_release(dataset.version)
        problem = f"The data have a new release, {here}."
        fault = Fault("", NAME, problem, "Look at the new figures, or leave the release out.")
        raise Invalid("The figures are no longer those of this address.", [fault], kept="")
