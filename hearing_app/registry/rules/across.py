"""What the rules say about a whole register: for each part of each rule, the entries that it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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


def across(
    entries: Sequence[Entry], rules: Iterable[Rule], *, on: date | None = None
) -> tuple[tuple[Rule, tuple[Across, ...]], ...]:
    """Return every rule with what each of its parts says about the entries, on a day (today if none)."""
    return tuple((rule, _parts(entries, rule, on)) for rule in rules)


def _parts(entries: Sequence[Entry], rule: Rule, on: date | None) -> tuple[Across, ...]:
    by_entry: Mapping[str, tuple[Result, ...]] = {
        entry.id: results_of(entry, [rule], on=on) for entry in entries
    }
    found = []
    for number, part in enumerate(rule.parts):
        reached = [(entry, by_entry[entry.id][number]) for entry in entries]
        reached = [(entry, one) for entry, one in reached if one.applies in {Applies.NOW, Applies.LATER}]
        touched = [(entry, one) for entry, one in reached if one.outcome is Outcome.TOUCHED]
        found.append(
            Across(
                part,
                tuple(entry for entry, _ in touched),
                tuple(entry for entry, one in touched if one.rules_out),
                tuple(entry for entry, one in touched if part.effect is Effect.GATE and not one.is_met),
                tuple(entry for entry, one in reached if one.outcome is Outcome.UNKNOWN),
            )
        )
    return tuple(found)
