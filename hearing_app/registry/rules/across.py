"""What the rules say about a whole register: for each part of each rule, the entries that it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import cast

from hearing_app.registry.entry import Entry
from hearing_app.registry.rules.results import Applies, Outcome, Result, results_of
from hearing_app.registry.rules.rule import Effect, Rule, RulePart


@dataclass(frozen=True, slots=True)
class Across:
    """One part of a rule beside every entry of a register.

    ``touched`` are those that it touches; ``ruled_out`` those of them whose use it rules out today;
    ``not_shown`` those that do not show what a gate asks for; ``unknown`` those of which it cannot tell.
    Entries of other places, and uses that had ended before it applied, are in none of them.
    """

    part: RulePart
    touched: tuple[Entry, ...]
    ruled_out: tuple[Entry, ...]
    not_shown: tuple[Entry, ...]
    unknown: tuple[Entry, ...]


class _Same:
    """Something by its identity: to compare two entries would cost more than to look at one anew."""

    __slots__ = ("one",)

    def __init__(self, one: object) -> None:
        self.one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.one is other.one

    def __hash__(self) -> int:
        return id(self.one)


def across(
    entries: Sequence[Entry], rules: tuple[Rule, ...], *, on: date | None = None
) -> tuple[tuple[Rule, tuple[Across, ...]], ...]:
    """Return every rule with what each of its parts says about the entries, on a day (today if none).

    What was found of an entry is kept for as long as the same entry and the same rules are asked about.
    """
    day = on or datetime.now(UTC).date()
    found = [(entry, _results(_Same(entry), _Same(rules), day)) for entry in entries]
    whole, place = [], 0
    for rule in rules:
        parts = []
        for part in rule.parts:
            parts.append(_across(part, [(entry, results[place]) for entry, results in found]))
            place += 1
        whole.append((rule, tuple(parts)))
    return tuple(whole)


@lru_cache(maxsize=1024)
def _results(entry: _Same, rules: _Same, day: date) -> tuple[Result, ...]:
    # What is kept holds the entry and the rules, so that nothing else can come to have their identity.
    return results_of(cast(Entry, entry.one), cast(tuple[Rule, ...], rules.one), on=day)


def _across(part: RulePart, results: Sequence[tuple[Entry, Result]]) -> Across:
    reached = [(entry, one) for entry, one in results if one.applies in {Applies.NOW, Applies.LATER}]
    touched = [(entry, one) for entry, one in reached if one.outcome is Outcome.TOUCHED]
    is_gate = part.effect is Effect.GATE
    return Across(
        part,
        touched=tuple(entry for entry, _ in touched),
        ruled_out=tuple(entry for entry, one in touched if one.rules_out),
        not_shown=tuple(entry for entry, one in touched if is_gate and not one.is_met),
        unknown=tuple(entry for entry, one in reached if one.outcome is Outcome.UNKNOWN),
    )
