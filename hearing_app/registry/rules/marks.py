"""What the rules say about an entry, in one byte for each of their parts: enough to list and count thousands.

A mark says nothing of the day: whether a part applies today is asked when the marks are read.
"""

from __future__ import annotations

from collections.abc import Sequence

from hearing_app.registry.entry import Entry
from hearing_app.registry.facets import CANNOT_TELL, NO_RULE, Values
from hearing_app.registry.rules.results import Applies, Outcome, Result, results_of
from hearing_app.registry.rules.rule import Rule

TOUCHED, UNKNOWN, UNMET, DENIED = 1, 2, 4, 8
"""It is touched; it cannot be told; evidence for a gate is not shown; the entry says that there is none."""


def marks_of(entry: Entry, rules: Sequence[Rule]) -> bytes:
    """Return a byte for each part of each rule, in their order; 0 where the part does not concern the entry.

    Rules of other places, and uses that had ended before a part applied, are not concerned.
    """
    return bytes(_mark(one) for one in results_of(entry, rules))


def _mark(result: Result) -> int:
    if result.applies not in {Applies.NOW, Applies.LATER}:
        return 0
    mark = {Outcome.TOUCHED: TOUCHED, Outcome.UNKNOWN: UNKNOWN, Outcome.NOT_TOUCHED: 0}[result.outcome]
    if result.missing:
        mark |= UNMET
    return mark | DENIED if any(one.denied for one in result.missing) else mark


def touched_rules(marks: bytes, rules: Sequence[Rule]) -> Values:
    """Return the rules that an entry touches, as a filter has them: today, or from the day a rule applies.

    That a rule cannot be told is a choice of its own, and so is that none is touched and all could be told.
    """
    places = iter(marks)
    found = [(rule, [next(places) for _ in rule.parts]) for rule in rules]
    touched = [
        (rule.id, f"{rule.id}: {rule.title}") for rule, own in found if any(one & TOUCHED for one in own)
    ]
    if any(one & UNKNOWN for _, own in found for one in own):
        touched.append(CANNOT_TELL)
    return tuple(touched) or ((NO_RULE,) if found else ())
