"""What the rules say about a whole register: for each part of each rule, the entries that it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from hearing_app.registry.entry import Entry
from hearing_app.registry.listed import Listed
from hearing_app.registry.register import Register
from hearing_app.registry.rules.marks import DENIED, TOUCHED, UNKNOWN, UNMET, marks_of
from hearing_app.registry.rules.rule import Effect, Rule, RulePart

E = TypeVar("E")
Whole = tuple[tuple[Rule, tuple["Across[E]", ...]], ...]


@dataclass(frozen=True, slots=True)
class Across(Generic[E]):
    """One part of a rule beside every entry of a register.

    ``touched`` are those that it touches; ``ruled_out`` those of them whose use it rules out today;
    ``not_shown`` those that do not show what a gate asks for; ``unknown`` those of which it cannot tell.
    Entries of other places, and uses that had ended before it applied, are in none of them.
    """

    part: RulePart
    touched: tuple[E, ...]
    ruled_out: tuple[E, ...]
    not_shown: tuple[E, ...]
    unknown: tuple[E, ...]


class _Same:
    """Something by its identity: to compare two entries would cost more than to look at one anew."""

    __slots__ = ("one",)

    def __init__(self, one: object) -> None:
        self.one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.one is other.one

    def __hash__(self) -> int:
        return id(self.one)


def across(entries: Sequence[Entry], rules: tuple[Rule, ...], *, on: date | None = None) -> Whole[Entry]:
    """Return every rule with what each of its parts says about the entries, on a day (today if none).

    What was found of an entry is kept for as long as the same entry and the same rules are asked about.
    """
    same = _Same(rules)
    return _across(entries, [_marks(_Same(entry), same) for entry in entries], rules, on)


def across_register(register: Register, *, on: date | None = None) -> Whole[Listed]:
    """Return the same of a register, in its order, beside the rules with which it was listed.

    What was found is kept while nothing is published and the day lasts.
    """
    return _across_register(register, on or datetime.now(UTC).date())


@lru_cache(maxsize=2)
def _across_register(register: Register, day: date) -> Whole[Listed]:
    return _across(register.ordered, [one.marks for one in register.ordered], register.rules, day)


@lru_cache(maxsize=1024)
def _marks(entry: _Same, rules: _Same) -> bytes:
    # What is kept holds the entry and the rules, so that nothing else can come to have their identity.
    return marks_of(cast(Entry, entry.one), cast(tuple[Rule, ...], rules.one))


def _across(
    entries: Sequence[E], marks: Sequence[bytes], rules: tuple[Rule, ...], on: date | None
) -> Whole[E]:
    day = on or datetime.now(UTC).date()
    parts = [part for rule in rules for part in rule.parts]
    # One row for each entry, one column for each part.
    table = np.frombuffer(b"".join(marks), np.uint8).reshape(len(entries), len(parts))
    found = iter([_of_part(entries, part, table[:, place], day) for place, part in enumerate(parts)])
    return tuple((rule, tuple(next(found) for _ in rule.parts)) for rule in rules)


def _of_part(entries: Sequence[E], part: RulePart, marks: NDArray[np.uint8], day: date) -> Across[E]:
    def those(rows: NDArray[np.bool_]) -> tuple[E, ...]:
        return tuple(entries[row] for row in np.flatnonzero(rows).tolist())

    touched = (marks & TOUCHED) != 0
    blocks = part.effect is Effect.BLOCK
    denied = (marks & DENIED) != 0 if part.blocks_if_unmet else np.zeros_like(touched)
    return Across(
        part,
        touched=those(touched),
        # The same as ``Result.rules_out``.
        ruled_out=those(touched & (blocks | denied)) if part.applies_on(day) else (),
        not_shown=those(touched & ((marks & UNMET) != 0)) if part.effect is Effect.GATE else (),
        unknown=those((marks & UNKNOWN) != 0),
    )
