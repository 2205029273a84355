"""The attack on a set of tables: how narrowly somebody with all of them can know a number that is not there.

Linear programming, the strongest attack there is on tables of counts: the least and the most that each cell
can be when everything that was published is true and no count is below 0 (Hundepool and others, 2012,
Statistical Disclosure Control, chapter 4). Solved by HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from hearing_app.evidence.counting.geometry import Geometry

Floats = NDArray[np.float64]

# What HiGHS calls 0; counts are whole numbers, so that anything nearer to one than this is that one.
_NEAR = 1e-6


# Seconds for one end of one range, which takes milliseconds. What takes longer counts as not proven.
_LONGEST = 60.0


class Unsolved(Exception):
    """HiGHS gave no answer: the tables are then not proven, and not published."""


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What is known of each cell of all tables of one block: it lies from ``low`` to ``high``.

    A published count has both alike; a rounded one lies within the base; a withheld one from 0 to infinity.
    """

    low: Floats
    high: Floats

    @property
    def open(self) -> NDArray[np.intp]:
        """The cells that are not known exactly."""
        return np.flatnonzero(self.low < self.high)


def range_of(geometry: Geometry, known: Knowledge, cell: int, *, whole: bool = False) -> tuple[float, float]:
    """The least and the most that one cell can be, as whole numbers; infinity where nothing bounds it.

    In real numbers the range is an outer bound of what whole numbers allow. With ``whole`` every unknown
    must be a whole number, as counts are: then both ends are values that the cell can have.

    Raises ``Unsolved`` where HiGHS finds no answer.
    """
    rows, number = geometry.cells.shape
    # The cells are variables of their own, so that what is known of them is their bounds.
    bounds = np.vstack(
        [
            np.column_stack([np.zeros(number), np.full(number, np.inf)]),
            np.column_stack([known.low, known.high]),
        ]
    )
    aim = np.zeros(number + rows)
    ends = []
    for sign in (1.0, -1.0):
        aim[number + cell] = sign
        found = linprog(
            aim,
            A_eq=geometry.equal,
            b_eq=np.zeros(geometry.equal.shape[0]),
            bounds=bounds,
            method="highs",
            integrality=np.ones(number + rows) if whole else None,
            # By default HiGHS stops at an answer that may be one part in 10,000 off.
            options={"time_limit": _LONGEST, "mip_rel_gap": 0.0} if whole else {"time_limit": _LONGEST},
        )
        if found.status == _UNBOUNDED:
            ends.append(np.inf)
        elif found.status == _SOLVED:
            ends.append(sign * found.fun)
        else:
            raise Unsolved(found.message)
    low, high = ends
    return float(np.ceil(low - _NEAR)), float(np.floor(high + _NEAR)) if np.isfinite(high) else np.inf


_SOLVED, _UNBOUNDED = 0, 3
