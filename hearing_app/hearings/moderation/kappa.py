"""How far two readers agree beyond what chance would give: Cohen's kappa, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from hearing_app.evidence.intervals import Z, wilson


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two readers on ``n`` cases: the share on which they agree, and kappa with its 95 per cent interval.

    Kappa is 1 where they always agree, 0 where they agree as often as chance alone would let them, and
    ``None`` where it is not defined: nobody has read anything twice, or both always chose the same one.
    """

    n: int
    agreed: int
    kappa: float | None
    low: float | None
    high: float | None


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Return how far two readers agree, who chose one of some categories for each of the same cases.

    The large-sample standard error is that of Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969), Large
    sample standard errors of kappa and weighted kappa, Psychological Bulletin 72, 323-327. It is 0 where they
    agree on every case, which says too much of a few: then the lower end comes from Wilson's interval of the
    share on which they agree, with chance as it was found. It misleads where nearly all cases are of one
    kind: kappa is then low although the readers seldom differ, so the share stands beside it.
    """
    pairs = list(zip(first, second, strict=True))
    n, agreed = len(pairs), sum(one == other for one, other in pairs)
    names = sorted({name for pair in pairs for name in pair})
    if n == 0 or len(names) < 2:
        return Agreement(n, agreed, None, None, None)
    place = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for one, other in pairs:
        table[place[one], place[other]] += 1
    table /= n
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    by_chance, seen = float(rows @ columns), float(np.trace(table))
    if by_chance == 1:
        return Agreement(n, agreed, None, None, None)
    kappa = (seen - by_chance) / (1 - by_chance)
    alike = np.diag(table) * (1 - (rows + columns) * (1 - kappa)) ** 2
    apart = table * (columns[:, None] + rows[None, :]) ** 2
    np.fill_diagonal(apart, 0)
    spread = alike.sum() + (1 - kappa) ** 2 * apart.sum() - (kappa - by_chance * (1 - kappa)) ** 2
    error = sqrt(max(0.0, float(spread)) / n) / (1 - by_chance)
    low, high = kappa - Z * error, kappa + Z * error
    if agreed == n:
        low = (float(wilson(agreed, n)[0]) - by_chance) / (1 - by_chance)
    return Agreement(n, agreed, kappa, max(-1.0, low), min(1.0, high))
