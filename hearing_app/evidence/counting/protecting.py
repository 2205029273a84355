"""From private counts to what may be published: protected, tried by the attack, as fine as that allows."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counting.attack import Unsolved, range_of
from hearing_app.evidence.counting.coarsening import Coding, coded, codings, finer_periods
from hearing_app.evidence.counting.control import MOST_LOST, Plan
from hearing_app.evidence.counting.geometry import Columns, Geometry, geometry_of
from hearing_app.evidence.counting.privacy import noised, require_opendp
from hearing_app.evidence.counting.rounding import known_of, rounded
from hearing_app.evidence.counting.shape import Axis
from hearing_app.evidence.counting.suppression import (
    CannotProtect,
    drawn_weights,
    exposed,
    protected_block,
)
from hearing_app.evidence.counting.tables import Names, populations_of, refuse_many, tables_of
from hearing_app.evidence.manifest import Manifest

Counts = NDArray[np.int64]
_KEPT = "Nothing was written."


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """Tables that may be published.

    ``counts[i]`` belongs to ``tables[i]``: its axes are those of the table's columns, then score and
    outcome in the manifest's order. Where ``withheld[i]`` is true the count may not be shown. ``lost`` are
    the people in withheld cells of each table.
    """

    coding: Coding
    tables: tuple[Names, ...]
    counts: tuple[Counts, ...]
    withheld: tuple[NDArray[np.bool_], ...]
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Lattice:
    """Counts with the listed axes first, and the tables as positions among them."""

    counts: Counts
    listed: int
    tables: tuple[Columns, ...]
    complete: tuple[int, ...]

    @property
    def blocks(self) -> Counts:
        """Shape (blocks, listed axes...): one block for each score and outcome."""
        flat = self.counts.reshape(*self.counts.shape[: self.listed], -1)
        return np.moveaxis(flat, -1, 0)

    def table(self, which: int) -> Counts:
        """One table: its columns, then score and outcome."""
        own = self.tables[which]
        gone = tuple(axis for axis in range(self.listed) if axis not in own)
        found: Counts = self.counts.sum(axis=gone)
        return np.asarray(found)


def protect(
    counts: Counts,
    manifest: Manifest,
    axes: Sequence[Axis],
    plan: Plan,
    *,
    key: bytes = b"",
    say: Callable[[str], None] = lambda sentence: None,
) -> Protected:
    """Protect counts as the plan asks: ``minimum cell``, ``random rounding`` or ``differential privacy``.

    The finest coding that can be protected is taken; with differential privacy only the plan's own, since
    what was chosen after a look at the people would tell of them. ``key`` is the secret of the rounding, and
    of the choice among cells that could be withheld; without one that choice is drawn anew each time.

    Raises ``Invalid`` where even the coarsest coding cannot be protected, naming what to change.
    """
    tables = tables_of(manifest, plan)
    kept = {name for table in populations_of(manifest) for name in table}
    free = frozenset(name for table in tables for name in table if name not in kept)
    if plan.method == "differential privacy":
        require_opendp()
    if plan.method == "random rounding":
        refuse_many(tables)
    key = key or os.urandom(32)

    def tried(coding: Coding) -> Protected:
        say(_tried(coding, axes))
        lattice = _lattice(coded(counts, coding), axes, tables, manifest)
        if plan.method == "minimum cell":
            return _withheld(lattice, tables, plan, coding, hmac.digest(key, manifest.id.encode(), "sha256"))
        if plan.method == "random rounding":
            names = {axis.name: _names(axis, own) for axis, own in zip(axes, coding.parts, strict=True)}
            rest = [axis.name for axis in axes if not axis.listed]
            of_tables = [[names[name] for name in (*table, *rest)] for table in tables]
            found = [
                rounded(lattice.table(which), plan.base, key, manifest.id, own)
                for which, own in enumerate(of_tables)
            ]
            return _rounded(lattice, tables, plan, coding, found)
        return _noised(lattice, tables, plan, coding)

    found, why = _first(codings(manifest, axes, counts, plan, free), tried)
    if found is None:
        fault = Fault("", "", why, "Publish fewer tables, columns or populations, or count a longer period.")
        raise Invalid("Even the coarsest counts cannot be protected.", [fault], kept=_KEPT)
    finer, _ = _first(finer_periods(manifest, axes, found.coding, plan, free), tried)
    return finer or found


def _first(tries: Iterable[Coding], tried: Callable[[Coding], Protected]) -> tuple[Protected | None, str]:
    """The first coding that can be protected, or None and why the last could not."""
    why = ""
    for coding in tries:
        try:
            return tried(coding), ""
        except (_NotYet, Unsolved) as error:
            why = str(error)
    return None, why


class _NotYet(Exception):
    """Why counts of this coding cannot be published."""


def _lattice(counts: Counts, axes: Sequence[Axis], tables: Sequence[Names], manifest: Manifest) -> _Lattice:
    order = [i for i, axis in enumerate(axes) if axis.listed] + [
        i for i, axis in enumerate(axes) if not axis.listed
    ]
    listed = [axis.name for axis in axes if axis.listed]
    whole = {(), *(tuple(sorted(names)) for names in populations_of(manifest))}
    return _Lattice(
        counts.transpose(order),
        len(listed),
        tuple(tuple(listed.index(name) for name in table) for table in tables),
        tuple(i for i, table in enumerate(tables) if tuple(sorted(table)) in whole),
    )


def _names(axis: Axis, parts: Sequence[Sequence[int]]) -> list[str]:
    """A name for each part of an axis that says its column and values, whatever other parts there are."""
    return [json.dumps([axis.name, *(axis.values[place] for place in part)]) for part in parts]


def _withheld(
    lattice: _Lattice, tables: tuple[Names, ...], plan: Plan, coding: Coding, secret: bytes
) -> Protected:
    total = int(lattice.counts.sum())
    for which, table in enumerate(tables):
        small = lattice.table(which) < plan.minimum
        if which in lattice.complete and small.any():
            raise _NotYet(
                f"{_name(table)} may withhold nothing, and {int(small.sum())} of its {small.size} cells hold "
                f"fewer than {plan.minimum} people."
            )
        _refuse_loss(table, int(lattice.table(which)[small].sum()), total)
    geometry = geometry_of(lattice.counts.shape[: lattice.listed], lattice.tables)
    lost = np.zeros(len(tables), dtype=np.int64)
    blocks = []
    for number, counts in enumerate(lattice.blocks):
        weights = drawn_weights(geometry.starts[-1], hmac.digest(secret, str(number).encode(), "sha256"))
        try:
            block = protected_block(geometry, counts, plan.minimum, lattice.complete, weights)
        except CannotProtect:
            raise _NotYet("Some small cells can be worked out, whatever else is withheld.") from None
        blocks.append(block)
        lost += np.add.reduceat(np.where(block.withheld, block.cells, 0), geometry.starts[:-1])
        for table, people in zip(tables, lost, strict=True):
            _refuse_loss(table, int(people), total)
    for block in blocks:
        # The proof, independent of how the cells were chosen: with real numbers, and with whole ones.
        for whole in (False, True):
            if exposed(block, plan.minimum, whole=whole):
                raise _NotYet("Some withheld cells can still be worked out too narrowly.")
    marks = [
        _of_table(lattice, geometry, which, [b.withheld for b in blocks]) for which in range(len(tables))
    ]
    return Protected(
        coding,
        tables,
        tuple(lattice.table(which) for which in range(len(tables))),
        tuple(marks),
        tuple(int(people) for people in lost),
    )


def _rounded(
    lattice: _Lattice, tables: tuple[Names, ...], plan: Plan, coding: Coding, found: Sequence[Counts]
) -> Protected:
    geometry = geometry_of(lattice.counts.shape[: lattice.listed], lattice.tables)
    flat = [
        counts.reshape(*counts.shape[: len(lattice.tables[which])], -1) for which, counts in enumerate(found)
    ]
    for number, counts in enumerate(lattice.blocks):
        shown = np.concatenate([table[..., number].ravel() for table in flat])
        known, true = known_of(shown, plan.base), geometry.cell_values(counts)
        for cell in np.flatnonzero(true < plan.minimum):
            low, high = range_of(geometry, known, int(cell))
            if high - low + 1 < plan.base:
                raise _NotYet(f"Some rounded counts can be worked out to fewer than {plan.base} values.")
    return Protected(coding, tables, tuple(found), _all_shown(found), (0,) * len(tables))


def _noised(lattice: _Lattice, tables: tuple[Names, ...], plan: Plan, coding: Coding) -> Protected:
    if plan.epsilon is None:
        problem = "Differential privacy needs an epsilon."
        fault = Fault("", "epsilon", problem, "State it: 1 protects well, 10 hardly at all.")
        raise Invalid("The counts cannot be protected.", [fault], kept=_KEPT)
    each = plan.epsilon / len(tables)
    noisy = [noised(lattice.table(which), each) for which in range(len(tables))]
    # A count below 0 is no count: readers' rates and intervals need numbers of people. It is done after the
    # noise and looks at nothing else, so the privacy stays; sums of many small cells come out a little high.
    found = [np.maximum(0, counts) for counts in noisy]
    return Protected(coding, tables, tuple(found), _all_shown(found), (0,) * len(tables))


def _all_shown(found: Sequence[Counts]) -> tuple[NDArray[np.bool_], ...]:
    return tuple(np.zeros(counts.shape, dtype=bool) for counts in found)


def _of_table(
    lattice: _Lattice, geometry: Geometry, which: int, blocks: Sequence[NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """The blocks' marks of one table, put together in the table's own shape."""
    start, end = geometry.starts[which], geometry.starts[which + 1]
    shape = lattice.table(which).shape
    return np.stack([block[start:end] for block in blocks], axis=-1).reshape(shape)


def _refuse_loss(table: Names, people: int, total: int) -> None:
    if people > MOST_LOST * total:
        share = 100 * people / total
        raise _NotYet(
            f"{_name(table)} would withhold {share:.1f} % of the people; {100 * MOST_LOST:.0f} % is the most."
        )


def _name(table: Names) -> str:
    return f"The table of {' and '.join(table)}" if table else "The table of everyone"


def _tried(coding: Coding, axes: Sequence[Axis]) -> str:
    parts = [f"{len(own)} {axis.name}" for axis, own in zip(axes, coding.parts, strict=True)]
    return f"Trying: {', '.join(parts)}."
