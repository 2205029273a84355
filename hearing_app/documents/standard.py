"""The standard as a page: every field of an entry, what it is for, and where it stands in other standards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from hearing_app.documents.render import render
from hearing_app.registry.crosswalk import COUNTED, STANDARDS, coverage, numbers
from hearing_app.registry.entry.stated import Group
from hearing_app.registry.in_words import in_words
from hearing_app.registry.standard import StandardField, automatic_fields, example_of, fields


@cache
def standard_html() -> str:
    """Return the page of the standard; it is the same for every reader, until the software changes."""
    by_group: dict[Group, list[StandardField]] = {group: [] for group in Group}
    for one in (*fields(), *automatic_fields()):
        by_group[one.group].append(one)
    every = [*fields(), *automatic_fields()]
    return render(
        "standard",
        groups=by_group,
        standards=STANDARDS,
        coverage=coverage(),
        numbered=len(numbers()),
        beyond=sum(not one.numbers for one in every),
        uncounted=[name for name in STANDARDS if name not in COUNTED],
        examples={one.name: in_words(example_of(one.name)) for one in every},
        places=_places,
    )


def _places(one: StandardField) -> Mapping[str, str]:
    """Return, for each standard that has the field, its places there, with the number where there are two."""
    found = {}
    for standard in STANDARDS:
        each = {number: ", ".join(there.get(standard, ())) for number, there in one.places.items()}
        told = {number: words for number, words in each.items() if words}
        if len(one.places) > 1:
            found[standard] = "; ".join(f"{number}: {words}" for number, words in told.items())
        else:
            # What this register asks beyond the sixty may have a place elsewhere, too.
            found[standard] = ", ".join(one.standards.get(standard, ()))
    return {standard: words for standard, words in found.items() if words}
