"""What a family of systems is: its counts, its metrics, and the words that they are told in.

A risk score, a face recognition and a stop are asked other questions. A family is one module of
``evidence.families`` that answers them with data and functions; everything else (intervals, comparisons,
pages, files, the API) is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.intervals import Floats

if TYPE_CHECKING:
    from hearing_app.evidence.counts import Counted
    from hearing_app.evidence.exhibit import ExhibitKind

Numbers = Mapping[str, NDArray[np.int64]]


class Kind(Enum):
    """What sort of number a metric is; it decides the interval, the comparison and how it is written."""

    SHARE = "share"
    """Some of those counted: 0 to 1, shown in per cent. Wilson, Newcombe, MOVER-R."""
    EVENTS = "events"
    """Events for each unit of something else (predictions per 1,000 residents). Garwood, Poisson."""
    FIGURE = "figure"
    """Any other number with an interval of its own. Compared by differences alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One metric for every group; all arrays have the shape (groups,).

    ``value``, ``low`` and ``high`` are float64, NaN where undefined. ``n`` (int64) is the number of people
    or events that the value rests on: a rate's denominator, and for the area under the curve the smaller of
    the two outcomes' numbers. ``k`` is a rate's numerator. ``basis`` says where two groups' figures were
    made in another way and cannot be compared: -1 where a group's own rows were, -2 where a row does not
    state what is needed.
    """

    value: Floats
    low: Floats
    high: Floats
    k: NDArray[np.int64]
    n: NDArray[np.int64]
    basis: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """One number that a family's datasets may state.

    ``noun`` is the plural of what it counts in sentences ("alerts"); ``event`` words it as the end of a
    sentence ("were false"), which a dataset's own column may say better.
    """

    name: str
    noun: str
    event: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: how it is computed, what it says in words, and when it misleads.

    ``choice`` is its name in a list of choices, short enough for a phone; its places are {positive} and
    {negative} for the outcome's short words.

    ``numerator`` and ``denominator`` name the counts that are added up; both are empty for a metric that
    ``compute`` makes. ``among`` and ``event`` make the sentence "Of 100 defendants {among}, about 45
    {event}"; their places are {positive} and {negative} for the outcome, {decided} and {undecided} for the
    decision, and the name of a count for its event. ``noun`` is what the denominator counts ("alerts");
    empty, it is the dataset's own unit. ``per`` is by how many units an ``EVENTS`` metric is told.
    ``lowest`` and ``highest`` bound a ``FIGURE`` where it has bounds. ``pairs``: it is told in pairs of
    people of whom one is ahead. ``at_once`` gives what ``compute`` does, for several metrics by their names.
    """

    name: str
    label: str
    choice: str
    question: str
    formula: str
    zero: str
    one: str
    misleads: str
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    among: str = ""
    event: str = ""
    noun: str = ""
    kind: Kind = Kind.SHARE
    per: int = 1
    compute: Callable[[Counted], Measured] | None = None
    at_once: Callable[[Counted], Mapping[str, Measured]] | None = None
    needs: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    pairs: bool = False

    @property
    def plain(self) -> bool:
        """Whether its sentences just name the number, instead of telling it by people."""
        return not self.is_rate and not self.pairs

    @property
    def is_rate(self) -> bool:
        """Whether it is a number of people (or events) divided by the number of those they are among."""
        return self.kind is Kind.SHARE

    @property
    def counts(self) -> tuple[str, ...]:
        """Every count that it needs."""
        return tuple(dict.fromkeys((*self.numerator, *self.denominator, *self.needs)))

    @property
    def uses_threshold(self) -> bool:
        """Whether it changes with the threshold: not if it takes people above and below it alike."""
        if self.compute is not None:
            return bool(self.needs)
        return any(
            ("tp" in cells) != ("fn" in cells) or ("fp" in cells) != ("tn" in cells)
            for cells in (self.numerator, self.denominator)
        )

    @property
    def at_lowest(self) -> float | None:
        """Its value at the lowest threshold where that is so by definition: nobody is below it; else None."""
        above, people = ({"tp", "fp"}.intersection(cells) for cells in (self.numerator, self.denominator))
        if not people or (above and above != people):
            return None
        return 1.0 if above else 0.0


@dataclass(frozen=True, slots=True)
class Family:
    """Everything that is particular to one kind of system.

    ``scored``: its datasets are people by score and outcome, and a threshold is chosen; otherwise they are
    rows of ``counts``, of which each dataset states some. ``size`` are the counts that say how large a group
    is, the first that a dataset states. ``cautions`` stand with every figure.
    """

    id: str
    label: str
    summary: str
    counts: tuple[Count, ...]
    metrics: tuple[Metric, ...]
    opening: tuple[str, ...]
    size: tuple[str, ...]
    scored: bool = False
    cautions: tuple[str, ...] = ()
    exhibits: tuple[ExhibitKind, ...] = field(default=())

    def count(self, name: str) -> Count | None:
        """The count of that name."""
        return next((one for one in self.counts if one.name == name), None)
