"""Logic with three values: true, false, and unknown (``None``), after Kleene."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def negation(value: Truth) -> Truth:
    """Return the opposite; of the unknown, the unknown."""
    return None if value is None else not value


def conjunction(values: Iterable[Truth]) -> Truth:
    """Return whether all are true: one that is false decides, else one that is unknown. True of none."""
    found = set(values)
    return False if False in found else None if None in found else True


def disjunction(values: Iterable[Truth]) -> Truth:
    """Return whether any is true: one that is true decides, else one that is unknown. False of none."""
    found = set(values)
    return True if True in found else None if None in found else False
