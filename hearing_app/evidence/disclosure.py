"""Counts of people that may be shown in public: none under ten, and none that gives another away."""

from __future__ import annotations

from collections.abc import Mapping

BASE = 5
"""Counts are rounded to the nearest multiple of this."""
_MARGIN = BASE // 2
# How far the hidden counts must stay, together, from the most that they could add up to. With less, a
# total near that most pins them: 9, 9 and 9 are the only three counts under ten that add up to 27. Every
# table of up to four categories and small counts was tried: 5 leaves each hidden count from 1 to 9 at
# least two possible values (three from 2 upward), 4 does not.
_ROOM = 5


def publishable(counts: Mapping[str, int], minimum: int = 10) -> dict[str, int | None]:
    """The counts as they may stand beside their exact, public total; None is "not shown".

    The 10-5 rule: a count under ``minimum`` is withheld, any other is rounded to the nearest 5. If only one
    were withheld, or if the total pinned those withheld, the smallest of the others is withheld with them,
    until no withheld count can be worked out. When to stop is decided from what the public sees anyway, so
    that stopping tells nothing.

    0 is withheld like 1 to 9. Were it shown, "not shown" would say that somebody is there: that somebody who
    commented works for the police, or was stopped. The price: a choice that nobody took can hide another.

    It protects one publication. Two of them, one comment apart, can show by a change in rounding what that
    comment said: publish once (``hearings.release``). With a single category the total is the count, and no
    rule can protect it.

    Raises ``ValueError`` for a negative count or a ``minimum`` under 5. The method, a
    threshold with rounding and complementary suppression, is described in Hundepool, A. and others (2012),
    Statistical Disclosure Control, Wiley.
    """
    if minimum < BASE or any(count < 0 for count in counts.values()):
        raise ValueError("counts are 0 or more, and the minimum is 5 or more")
    names = list(counts)
    withheld = {name for name in names if counts[name] < minimum}
    if withheld:
        total = sum(counts.values())
        # The smallest first; of equal ones the first listed.
        others = sorted((name for name in names if name not in withheld), key=lambda name: counts[name])
        while others and not _protected(len(withheld), [_rounded(counts[n]) for n in others], total, minimum):
            withheld.add(others.pop(0))
    return {name: None if name in withheld else _rounded(counts[name]) for name in names}


def _rounded(count: int) -> int:
    return BASE * ((count + _MARGIN) // BASE)


def _protected(withheld: int, shown: list[int], total: int, minimum: int) -> bool:
    """Whether ``withheld`` counts stay open to someone who sees the total and the rounded others."""
    if withheld < 2:
        return False
    # The least that the withheld counts can add up to, and the most: each is under the minimum, or was
    # withheld as the smallest of the others and so is no larger than any that is shown.
    least = total - sum(count + _MARGIN for count in shown)
    smallest = min(shown) + _MARGIN
    most = [(minimum - 1) * (withheld - larger) + smallest * larger for larger in range(withheld)]
    return not any(0 <= bound - least < _ROOM for bound in most)
