"""What another threshold would change: counted people, never a forecast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hearing_app.evidence.counts import Group, Histogram, counted_people
from hearing_app.evidence.curves import Whole, sweep
from hearing_app.evidence.format import people, percent
from hearing_app.evidence.intervals import Figure
from hearing_app.evidence.metrics import share_of
from hearing_app.evidence.rates import RATES

Figures = tuple[float | None, float | None, float | None]
"""A value and its limits, None where undefined."""
ASSUMPTION = (
    "This counts the same people with the same scores and the same records. It does not say what people, "
    "police or courts would have done under another threshold."
)


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """What a move of the threshold does to every group; int64 arrays of shape (groups,).

    ``before`` and ``after`` are the thresholds. Of the people without the recorded outcome, ``spared`` are no
    longer singled out and ``newly_false`` newly are; of the people with it, ``missed`` are no longer
    singled out and ``found`` newly are. ``people`` is everybody. In one group a move goes one way, so that
    either the first of each two is 0 or the second.
    """

    groups: tuple[Group, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    people: Whole
    selected_before: Whole
    selected_after: Whole
    spared: Whole
    newly_false: Whole
    missed: Whole
    found: Whole

    @property
    def more_errors(self) -> Whole:
        """How many more people the score does not fit after the move than before; fewer where negative."""
        more: Whole = self.newly_false + self.missed - self.spared - self.found
        return more

    def together(self) -> Moved:
        """All groups in sum."""
        return self._sum(slice(None))

    def of(self, group: Group) -> Moved:
        """One group; raises ``LookupError`` where it has no people."""
        if group not in self.groups:
            raise LookupError(f"{group} is not among the groups")
        return self._sum([self.groups.index(group)])

    def _sum(self, which: slice | list[int]) -> Moved:
        arrays = (
            self.people,
            self.selected_before,
            self.selected_after,
            self.spared,
            self.newly_false,
            self.missed,
            self.found,
        )
        return Moved(*(int(array[which].sum()) for array in arrays))


@dataclass(frozen=True, slots=True)
class Moved:
    """The numbers of ``Move`` for one group, or for all in sum."""

    people: int
    selected_before: int
    selected_after: int
    spared: int
    newly_false: int
    missed: int
    found: int


def move(histogram: Histogram, before: int | Sequence[int], after: int | Sequence[int]) -> Move:
    """What changes when the threshold moves; each side is one threshold for all, or one for each group.

    A threshold of one above the highest score singles out nobody. Raises ``Invalid`` for a threshold outside
    of the scores, or where there is not one for each group.
    """
    counts = sweep(histogram)
    first, second = counts.places(before), counts.places(after)
    every = np.arange(len(histogram.groups))
    wrongly = counts.fp[every, second] - counts.fp[every, first]
    rightly = counts.tp[every, second] - counts.tp[every, first]
    return Move(
        histogram.groups,
        tuple(counts.thresholds[first].tolist()),
        tuple(counts.thresholds[second].tolist()),
        counts.tp[:, 0] + counts.fp[:, 0],
        counts.selected[every, first],
        counts.selected[every, second],
        np.maximum(-wrongly, 0),
        np.maximum(wrongly, 0),
        np.maximum(-rightly, 0),
        np.maximum(rightly, 0),
    )


def rates_at(histogram: Histogram, thresholds: Sequence[int], name: str) -> Figure:
    """One of ``RATES`` of every group at the group's own threshold, with its interval: (value, low, high).

    NaN where nobody is there to count, or where some of the counts are withheld.
    """
    found = np.full((3, len(histogram.groups)), np.nan)
    for threshold in set(thresholds):
        own = np.array([one == threshold for one in thresholds])
        at = np.array(share_of(counted_people(histogram, threshold), *RATES[name]))
        found[:, own] = at[:, own]
    return found[0], found[1], found[2]


def rate_sentence(
    wrongly: tuple[Figures, Figures], missed: tuple[Figures, Figures], name: str, positive: str, negative: str
) -> str:
    """How often the score is wrong about one group before and after a move, with intervals, in words.

    ``wrongly`` and ``missed`` are (value, low, high) of the false positive and the false negative rate before
    and after, None where undefined. ``name``, ``positive`` and ``negative`` as in ``move_sentence``.
    """
    parts: list[str] = []
    for (before, after), who, what in (
        (wrongly, negative, "singled out"),
        (missed, positive, "missed"),
    ):
        of = f"Of {name} who {who}" if not parts else f"of those who {who}"
        if before[0] is None:
            parts.append(f"{of} there are none to count")
        else:
            parts.append(f"{of}, {percent(*before)} are {what} now and {percent(*after)} would be")
    return f"{'; '.join(parts)}."


def move_sentence(moved: Moved, name: str, positive: str, negative: str) -> str:
    """What a move does, in words for one group or for all.

    ``name`` is the plural ("Black defendants"), ``positive`` and ``negative`` the outcome in the past tense
    ("were re-arrested within two years"). A move that changes nobody says so.
    """
    away, to = moved.spared + moved.missed, moved.newly_false + moved.found
    if not away and not to:
        return f"The same {name} would be singled out: {people(moved.selected_before)}."
    parts = []
    if away:
        parts.append(
            f"{people(away)} {name} would no longer be singled out: {people(moved.spared)} who {negative} "
            f"and {people(moved.missed)} who {positive}."
        )
    if to:
        parts.append(
            f"{people(to)} {name} more would be singled out: {people(moved.newly_false)} who {negative} and "
            f"{people(moved.found)} who {positive}."
        )
    return " ".join(parts)


def move_sentences(
    moved: Move, name: Callable[[Group], str], positive: str, negative: str
) -> tuple[str, ...]:
    """One sentence for each group in order; ``name`` gives a group's plural. See ``move_sentence``."""
    return tuple(move_sentence(moved.of(group), name(group), positive, negative) for group in moved.groups)
