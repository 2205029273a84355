"""Withholding cells: the small ones, and as many others as it takes that no small one can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from hearing_app.evidence.counting.attack import Knowledge, range_of
from hearing_app.evidence.counting.geometry import Geometry

_NEAR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The tables of one score and outcome: the true cells, and which of them are withheld."""

    geometry: Geometry
    unknowns: NDArray[np.int64]
    cells: NDArray[np.int64]
    withheld: NDArray[np.bool_]

    @property
    def known(self) -> Knowledge:
        """What everybody knows once the rest is published."""
        exact = self.cells.astype(np.float64)
        return Knowledge(np.where(self.withheld, 0.0, exact), np.where(self.withheld, np.inf, exact))


class CannotProtect(Exception):
    """No choice of cells protects this one; the tables must be made coarser."""


def protected_block(
    geometry: Geometry,
    counts: NDArray[np.int64],
    minimum: int,
    complete: Sequence[int],
    weights: NDArray[np.float64] | None = None,
) -> Block:
    """Choose the cells of one block to withhold; ``complete`` are the tables that may withhold none.

    Withheld first are all cells under ``minimum``, 0 among them: a 0 beside a number says of everybody in
    that number that they have, or have not, the outcome. Then, for each that is open to attack, the cells
    through which the least number of people can be moved so that it can be 0 and can be ``minimum``
    (Kelly, Golden and Assad, 1992, Networks 22; Fischetti and Salazar, 2001, Management Science 47). A sum of
    withheld cells is at least as large as the largest that any of them can be, so none that is under
    ``minimum`` can be known exactly either. A cell withheld only for the sake of others keeps a range of at
    least half of ``minimum``.

    ``weights`` has a factor for each cell, by which its people count (``drawn_weights``). Without it all are
    alike; then somebody who runs this program on every split of a known sum could see which one it was.

    Raises ``CannotProtect`` where that is impossible.
    """
    unknowns, cells = geometry.unknowns(counts), geometry.cell_values(counts)
    withheld = cells < minimum
    fixed = np.zeros(len(cells), dtype=bool)
    for table in complete:
        fixed[geometry.starts[table] : geometry.starts[table + 1]] = True
    if (withheld & fixed).any():
        raise CannotProtect
    block = Block(geometry, unknowns, cells, withheld)
    waiting = list(np.flatnonzero(withheld))
    while waiting:
        cell = int(waiting.pop(0))
        before = withheld.copy()
        for target in _targets(block, cell, minimum):
            withheld |= _moved(block, cell, target, fixed, weights)
        waiting.extend(np.flatnonzero(withheld & ~before))
    return block


def drawn_weights(cells: int, seed: bytes) -> NDArray[np.float64]:
    """Factors for ``cells`` cells, from a seed that readers do not have.

    The square root of an exponential draw: of several cells that would each do, one of c people is then taken
    with a chance in proportion to 1 / (c + 1)**2. The small ones are likely, and none is impossible, so that
    what was chosen rules out no way to split the people among the withheld cells (a minimality attack: Wong
    and others, 2007, VLDB). It does make some ways more likely than others.
    """
    draw = np.random.default_rng(int.from_bytes(seed, "big"))
    return np.sqrt(draw.exponential(size=cells))


def exposed(block: Block, minimum: int, *, whole: bool = False) -> list[int]:
    """The withheld cells that the attack narrows below what is promised. An empty list is the proof."""
    return [
        int(cell)
        for cell in np.flatnonzero(block.withheld)
        if not _is_safe(
            *range_of(block.geometry, block.known, int(cell), whole=whole), block.cells[cell], minimum
        )
    ]


def _is_safe(low: float, high: float, value: int, minimum: int) -> bool:
    if value < minimum:
        return low <= 0 and high >= minimum
    return high - low >= minimum / 2


def _targets(block: Block, cell: int, minimum: int) -> list[int]:
    """By how much the cell must be able to change, where the attack shows that it cannot; else nothing."""
    low, high = range_of(block.geometry, block.known, cell)
    value = int(block.cells[cell])
    if _is_safe(low, high, value, minimum):
        return []
    if value >= minimum:
        return [(minimum + 1) // 2]
    return [
        change for change, enough in ((-value, low <= 0), (minimum - value, high >= minimum)) if not enough
    ]


def _moved(
    block: Block,
    cell: int,
    target: int,
    fixed: NDArray[np.bool_],
    weights: NDArray[np.float64] | None,
) -> NDArray[np.bool_]:
    """The cells to withhold so that ``cell`` can change by ``target``, with the fewest people lost.

    One linear program: change the unknowns so that the cell changes by that much, cells that stay published
    by nothing, and pay for each change of a cell that is not yet withheld its people times
    its weight.
    """
    geometry, withheld = block.geometry, block.withheld
    rows, number = geometry.cells.shape
    # Variables: changes of unknowns, of cells upward, of cells downward.
    sums = sparse.hstack([geometry.cells, -sparse.identity(rows), sparse.identity(rows)])
    agree = sparse.hstack([geometry.agree, sparse.csr_matrix((geometry.agree.shape[0], 2 * rows))])
    up = np.where(fixed, 0.0, np.inf)
    down = up.copy()
    up[cell], down[cell] = max(target, 0), max(-target, 0)
    least = np.concatenate([-block.unknowns.astype(np.float64), np.zeros(2 * rows)])
    least[number + cell], least[number + rows + cell] = up[cell], down[cell]
    most = np.concatenate([np.full(number, np.inf), up, down])
    cost = np.where(withheld, 0.0, (block.cells + 1.0) * (1.0 if weights is None else weights))
    cost[cell] = 0.0
    found = linprog(
        np.concatenate([np.zeros(number), cost, cost]),
        A_eq=sparse.csr_matrix(sparse.vstack([sums, agree])),
        b_eq=np.zeros(rows + geometry.agree.shape[0]),
        bounds=np.column_stack([least, most]),
        method="highs",
    )
    if found.status != 0:
        raise CannotProtect
    change = geometry.cells @ found.x[:number]
    moved: NDArray[np.bool_] = np.abs(change) > _NEAR
    return moved
