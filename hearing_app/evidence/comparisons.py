"""One metric of several groups against the reference group, as a page and a document read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, overload

from hearing_app.evidence.cube import Group


class Interval(NamedTuple):
    """A figure with its 95 % interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


class Comparison(NamedTuple):
    """One metric of one group against the reference group; ``small`` where either is too small."""

    group: Group
    difference: Interval
    ratio: Interval
    small: bool


class Comparisons(Sequence[Comparison]):
    """One metric of several groups against the reference: numbers side by side, objects as they are read.

    ``numbers`` are the value and the limits of the difference, then those of the ratio, of every group. To
    make the 752 objects of 16 metrics and 47 groups took longer than everything before.
    """

    __slots__ = ("groups", "numbers", "small")

    def __init__(
        self, groups: Sequence[Group], numbers: Sequence[list[float | None]], small: Sequence[bool]
    ) -> None:
        self.groups, self.numbers, self.small = groups, numbers, small

    @overload
    def __getitem__(self, at: int) -> Comparison: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Comparison, ...]: ...

    def __getitem__(self, at: int | slice) -> Comparison | tuple[Comparison, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        numbers = [column[at] for column in self.numbers]
        return Comparison(self.groups[at], Interval(*numbers[:3]), Interval(*numbers[3:]), self.small[at])

    def __len__(self) -> int:
        return len(self.groups)

    def __repr__(self) -> str:
        return repr(list(self))


NOTHING_COMPARED = Comparisons((), [[] for _ in range(6)], ())
