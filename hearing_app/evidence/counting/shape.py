"""The shape of a dataset's counts: an axis for each column that describes people, a place for each value."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.manifest import (
    CountColumn,
    ListedColumn,
    Manifest,
    OutcomeColumn,
    ScoreColumn,
    Value,
)

MOST_CELLS = 4_000_000
"""Combinations of values at most: 32 MB for each thread that counts."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One column that describes people: its name, and its values in the manifest's order.

    ``listed`` is true for groups, filters, times and decisions: a table of the lattice holds some of them.
    Score and outcome are in every table.
    """

    name: str
    values: tuple[Value, ...]
    listed: bool


def axes_of(manifest: Manifest) -> tuple[Axis, ...]:
    """The axes of the manifest's counts, in the order of its columns.

    Raises ``Invalid`` where rows of people cannot be counted into it: a column that is no list, score or
    outcome, no single count column, or more than ``MOST_CELLS`` combinations.
    """
    faults = list(_faults(manifest))
    if faults:
        raise Invalid("Rows cannot be counted for this manifest.", faults, kept="Nothing was written.")
    return tuple(_axes(manifest))


def shape_of(axes: tuple[Axis, ...]) -> tuple[int, ...]:
    """How many values each axis has."""
    return tuple(len(axis.values) for axis in axes)


def _axes(manifest: Manifest) -> Iterator[Axis]:
    for column in manifest.columns:
        if isinstance(column, ListedColumn):
            yield Axis(column.name, tuple(listed.value for listed in column.values), True)
        elif isinstance(column, ScoreColumn):
            yield Axis(column.name, tuple(range(column.minimum, column.maximum + 1)), False)
        elif isinstance(column, OutcomeColumn):
            yield Axis(column.name, (0, 1), False)


def _faults(manifest: Manifest) -> Iterator[Fault]:
    roles = [column.role for column in manifest.columns]
    for role in ("score", "outcome"):
        if roles.count(role) != 1:
            yield Fault(
                "dataset.yaml", "columns", f"There is no single {role} column.", "People are counted by it."
            )
    counted = [column for column in manifest.columns if isinstance(column, CountColumn)]
    if len(counted) != 1:
        yield Fault("dataset.yaml", "columns", "There is no single count column.", "Give it the role count.")
    for index, column in enumerate(manifest.columns):
        if not isinstance(column, ListedColumn | ScoreColumn | OutcomeColumn | CountColumn):
            problem = f"Rows of people cannot be counted into a column of the role {column.role}."
            yield Fault("dataset.yaml", f"columns.{index}.role", problem, "Leave the column out.")
    cells = math.prod(shape_of(tuple(_axes(manifest))))
    if cells > MOST_CELLS:
        problem = f"The columns have {cells:,} combinations of values; {MOST_CELLS:,} can be counted."
        repair = "Leave a column out, or list fewer values: quarters for months, areas for districts."
        yield Fault("dataset.yaml", "columns", problem, repair)
