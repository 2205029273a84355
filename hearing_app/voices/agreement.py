"""What groups of voters agree on, and what sets each apart, from counts of votes alone.

The formulas are those of Pol.is; one is added to every count, so that a statement that few have seen is not
taken for unanimous. z is compared with 1.2816: a rate above one half, or above that of everybody else, that
would come about by chance in at most one of ten statements like it. With many statements some pass by
chance: what is listed is where to look, not a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearing_app.voices.opinion_groups import Groups

SIGNIFICANT = 1.2816
MOST_LISTED = 5
_Counts = NDArray[np.int64]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement that says what a group thinks more than the others do: its number, and which way.

    ``count`` of ``seen`` members voted so; ``ratio`` is their rate over everybody else's.
    """

    statement: int
    agrees: bool
    count: int
    seen: int
    ratio: float


def rate(count: _Counts, seen: _Counts) -> _Floats:
    """Return (count + 1) / (seen + 2)."""
    found: _Floats = (count + 1) / (seen + 2)
    return found


def z_of_rate(count: _Counts, seen: _Counts) -> _Floats:
    """Return how far a rate lies above one half, in standard errors."""
    found: _Floats = 2 * np.sqrt(seen + 1) * ((count + 1) / (seen + 1) - 0.5)
    return found


def z_of_two_rates(count: _Counts, seen: _Counts, other: _Counts, other_seen: _Counts) -> _Floats:
    """Return how far a rate lies above another, in pooled standard errors; 0 where all of both voted so."""
    first, second = (count + 1) / (seen + 1), (other + 1) / (other_seen + 1)
    pooled = (count + other + 2) / (seen + other_seen + 2)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / (seen + 1) + 1 / (other_seen + 1)))
    z: _Floats = np.divide(first - second, spread, out=np.zeros(len(first)), where=spread > 0)
    return z


def counts_by_group(groups: Groups) -> list[_Counts]:
    """Return agree, disagree and pass by statement, one table of shape (statements, 3) a group."""
    return [groups.table.counts(groups.members(group)) for group in range(groups.number)]


def group_informed_consensus(groups: Groups, *, agree: bool = True) -> _Floats:
    """Return, for each statement, the product over the groups of their rates of agreement (or disagreement).

    It is high only where every group agrees: a large group cannot outvote a small one. Without groups there
    is nothing to be informed by, and it is undefined (NaN).
    """
    found = counts_by_group(groups)
    if not found:
        return np.full(len(groups.table.statements), np.nan)
    column = 0 if agree else 1
    product: _Floats = np.prod([rate(one[:, column], one.sum(axis=1)) for one in found], axis=0)
    return product


def representative(groups: Groups, listed: frozenset[int]) -> list[list[Representative]]:
    """Return up to five statements a group that set it apart, of those ``listed``: the ones that are shown.

    Agreements come first. A group for which no statement is sure enough gets the one that comes nearest.
    """
    counts = counts_by_group(groups)
    if len(counts) < 2:
        return [[] for _ in counts]
    whole = np.sum(counts, axis=0)
    return [_of_group(groups, own, whole - own, listed) for own in counts]


def _of_group(groups: Groups, own: _Counts, rest: _Counts, listed: frozenset[int]) -> list[Representative]:
    seen, rest_seen = own.sum(axis=1), rest.sum(axis=1)
    scored: list[tuple[bool, float, Representative]] = []
    ways = []
    for column in (0, 1):
        count, other = own[:, column], rest[:, column]
        ratio = rate(count, seen) / rate(other, rest_seen)
        z = z_of_rate(count, seen)
        apart = z_of_two_rates(count, seen, other, rest_seen)
        ways.append((count, ratio, z, apart, ratio * apart * rate(count, seen) * z))
    for place, statement in enumerate(groups.table.statements):
        if statement not in listed or not seen[place]:
            continue
        # Of the two ways, the one in which the group stands out more.
        column = 0 if ways[0][3][place] >= ways[1][3][place] else 1
        count, ratio, z, apart, score = ways[column]
        is_sure = bool(z[place] > SIGNIFICANT and apart[place] > SIGNIFICANT)
        one = Representative(statement, column == 0, int(count[place]), int(seen[place]), float(ratio[place]))
        scored.append((is_sure, float(score[place] if is_sure else apart[place]), one))
    sure = sorted((one for one in scored if one[0]), key=lambda one: (-one[1], one[2].statement))
    if not sure:
        nearest = sorted(scored, key=lambda one: (-one[1], one[2].statement))[:1]
        return [one for _, _, one in nearest]
    best_agree = [one for _, _, one in sure if one.agrees][:1]
    others = [one for _, _, one in sure if one not in best_agree]
    chosen = [*best_agree, *others][:MOST_LISTED]
    return sorted(chosen, key=lambda one: not one.agrees)


def consensus(
    counts: _Counts, statements: Sequence[int], listed: frozenset[int], *, agree: bool = True
) -> list[int]:
    """Return up to five statements with which all who voted agree (or disagree) most surely.

    ``counts`` are those of every voter (agree, disagree, pass); ``listed`` are the statements that are shown.
    """
    count, seen = counts[:, 0 if agree else 1], counts.sum(axis=1)
    share, z = rate(count, seen), z_of_rate(count, seen)
    sure = [
        (-(share[place] * z[place]), statement)
        for place, statement in enumerate(statements)
        if statement in listed and seen[place] and share[place] > 0.5 and z[place] > SIGNIFICANT
    ]
    return [statement for _, statement in sorted(sure)[:MOST_LISTED]]
