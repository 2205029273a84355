"""Figures that are made when somebody asks for them: a page shows one metric of many."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class WhenAsked(Mapping[str, T]):
    """A mapping of fixed names whose values are made when they are first asked for, and kept.

    ``make`` is given names and returns their values in that order: one name where one is asked for, and by
    ``items`` all that are not made yet, which may take little more. Two threads that ask at once may both
    make a value, which must be the same then; one of the two is kept.
    """

    __slots__ = ("_made", "_make", "_names")

    def __init__(self, names: Iterable[str], make: Callable[[Sequence[str]], Sequence[T]]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        found = self._made.get(name)
        if found is None:
            if name not in self._names:
                raise KeyError(name)
            found = self._made.setdefault(name, *self._make([name]))
        return found

    def items(self) -> ItemsView[str, T]:
        """All names with their values, made at once."""
        missing = [name for name in self._names if name not in self._made]
        for name, value in zip(missing, self._make(missing), strict=True) if missing else ():
            self._made.setdefault(name, value)
        return super().items()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __repr__(self) -> str:
        return repr(dict(self))
