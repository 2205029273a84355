"""How the tables of a lattice hang together: which unknown numbers an attacker has, and what adds up to what.

Every table holds score and outcome, so people with another score or outcome never enter the same sum: the
tables fall apart into blocks, one for each score and outcome, all of the same geometry.

What all tables of a block say together is a statement about the joint table of all their columns, which may
be far too large. It need not be written out: where the columns form a decomposable graph, numbers for its
cliques that agree wherever cliques overlap can always be glued to one joint table, in real numbers and in
whole ones (Dobra and Fienberg, 2000, PNAS 97(22)). Edges are added until the graph is decomposable, so
nothing is lost: these bounds are those of the joint table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hearing_app.errors import Fault, Invalid

Columns = tuple[int, ...]
"""Positions of listed axes, ascending: the columns of one table."""

MOST_UNKNOWNS = 20_000
"""Unknown numbers in one block; with more, the attack would take hours."""


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """The linear algebra of one block.

    ``cliques`` are sets of columns; the unknowns are their cells, one clique after the other. ``cells`` has
    the shape (cells of all tables, unknowns): each row adds up one cell of a table. ``agree`` has rows that
    must be 0: the difference of two cliques where they overlap. ``equal`` holds both for variables that are
    the unknowns and then the cells. ``starts`` are the first cells of the tables, and the number of all.
    """

    shape: tuple[int, ...]
    tables: tuple[Columns, ...]
    cliques: tuple[Columns, ...]
    cells: sparse.csr_matrix
    agree: sparse.csr_matrix
    equal: sparse.csr_matrix
    starts: tuple[int, ...]

    def unknowns(self, block: NDArray[np.int64]) -> NDArray[np.int64]:
        """The true values of the unknowns, of a block of counts of ``shape``."""
        return np.concatenate([margin(block, clique).ravel() for clique in self.cliques])

    def cell_values(self, block: NDArray[np.int64]) -> NDArray[np.int64]:
        """The true values of the cells of all tables."""
        return np.concatenate([margin(block, table).ravel() for table in self.tables])


def margin(block: NDArray[np.int64], columns: Columns) -> NDArray[np.int64]:
    """The block added up over every axis but ``columns``."""
    found: NDArray[np.int64] = block.sum(axis=tuple(a for a in range(block.ndim) if a not in columns))
    return np.asarray(found)


def geometry_of(shape: Sequence[int], tables: Sequence[Columns]) -> Geometry:
    """The geometry of blocks of ``shape``. Raises ``Invalid`` where it has too many unknowns."""
    shape = tuple(shape)
    cliques = _cliques(shape, tables)
    sizes = [prod(shape[axis] for axis in clique) for clique in cliques]
    if sum(sizes) > MOST_UNKNOWNS:
        problem = f"The tables together have {sum(sizes):,} unknown numbers; {MOST_UNKNOWNS:,} can be tried."
        repair = "Ask for fewer tables, or list fewer values in their columns."
        raise Invalid(
            "The tables cannot be protected together.",
            [Fault("dataset.yaml", "disclosure.tables", problem, repair)],
            kept="Nothing was written.",
        )
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    number = int(offsets[-1])

    def part(which: int, columns: Columns) -> sparse.csr_matrix:
        """Rows that add up the cells of ``columns`` from the unknowns of one clique."""
        clique = cliques[which]
        places = np.indices([shape[axis] for axis in clique]).reshape(len(clique), -1)
        target = np.zeros(sizes[which], dtype=np.int64)
        for axis in columns:
            target = target * shape[axis] + places[clique.index(axis)]
        rows = prod(shape[axis] for axis in columns)
        unknowns = offsets[which] + np.arange(sizes[which])
        return sparse.csr_matrix((np.ones(len(target)), (target, unknowns)), shape=(rows, number))

    rows = []
    for table in tables:
        holder = next(i for i, clique in enumerate(cliques) if set(table) <= set(clique))
        rows.append(part(holder, table))
    agree = [part(one, shared) - part(two, shared) for one, two, shared in _tree(cliques)]
    starts = np.concatenate([[0], np.cumsum([matrix.shape[0] for matrix in rows])])
    cells = sparse.csr_matrix(sparse.vstack(rows))
    alike = sparse.csr_matrix(sparse.vstack(agree) if agree else sparse.csr_matrix((0, number)))
    sums = sparse.hstack([cells, -sparse.identity(cells.shape[0])])
    overlaps = sparse.hstack([alike, sparse.csr_matrix((alike.shape[0], cells.shape[0]))])
    return Geometry(
        shape,
        tuple(tables),
        cliques,
        cells,
        alike,
        sparse.csr_matrix(sparse.vstack([sums, overlaps])),
        tuple(int(start) for start in starts),
    )


def _cliques(shape: tuple[int, ...], tables: Iterable[Columns]) -> tuple[Columns, ...]:
    """The largest cliques of the columns' graph, after edges were added to make it decomposable.

    Columns leave one by one, each time the one whose leaving adds the fewest cells (least fill).
    """
    near: dict[int, set[int]] = {}
    for table in tables:
        for axis in table:
            near.setdefault(axis, set()).update(set(table) - {axis})
    found: list[set[int]] = [set()]
    while near:
        axis = min(near, key=lambda a: (prod(shape[n] for n in near[a]), a))
        around = near.pop(axis)
        found.append({axis, *around})
        for one, two in combinations(around, 2):
            near[one].add(two)
            near[two].add(one)
        for one in around:
            near[one].discard(axis)
    largest = [
        c for i, c in enumerate(found) if not any(c < o or (c == o and i > j) for j, o in enumerate(found))
    ]
    return tuple(sorted(tuple(sorted(clique)) for clique in largest))


def _tree(cliques: Sequence[Columns]) -> list[tuple[int, int, Columns]]:
    """A junction tree: pairs of cliques and what they share, the largest overlaps first (Kruskal)."""
    pairs = [
        (one, two, tuple(sorted(set(cliques[one]) & set(cliques[two]))))
        for one, two in combinations(range(len(cliques)), 2)
    ]
    tree, group = [], list(range(len(cliques)))
    for one, two, shared in sorted(pairs, key=lambda pair: -len(pair[2])):
        if group[one] != group[two]:
            tree.append((one, two, shared))
            old, new = group[two], group[one]
            group = [new if g == old else g for g in group]
    return tree
