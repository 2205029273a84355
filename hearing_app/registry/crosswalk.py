"""Where the sixty fields stand in other standards, and how many of them each standard has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hearing_app.registry.standard import StandardField, automatic_fields, fields

STANDARDS: Mapping[str, str] = {
    "atrs": "United Kingdom: Algorithmic Transparency Recording Standard 3.0",
    "nl": "Netherlands: Publication standard of the Algorithm Register 1.0",
    "eu": "European Union: AI Act, with its annexes",
    "aia": "Canada: Algorithmic Impact Assessment 1.0.1",
    "helsinki": "Helsinki and Amsterdam, those who followed them, and cities of the United States",
}
COUNTED = ("atrs", "nl", "eu", "aia")
"""The last column mixes several sources, so it is not counted."""
IN_TEXT = "in text"
OLDER = "†"
# Not a field there: part of another one's text, a note in the guidance, a way of working, or a proposal.
_NO_FIELD = ("in ", "guidance", "proposed", "e-mail workflow")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which of the sixty numbers a standard has.

    ``named`` are those that it names in any form: neither in an older version alone nor somewhere in running
    text. ``own`` are those of them that have a field there.
    """

    standard: str
    title: str
    named: tuple[int, ...]
    own: tuple[int, ...]


@cache
def numbers() -> Mapping[int, tuple[StandardField, ...]]:
    """Return, for each number from 1 to 60, the fields that hold it; an author's before the register's."""
    found: dict[int, tuple[StandardField, ...]] = {}
    for one in (*fields(), *automatic_fields()):
        for number in one.numbers:
            found[number] = (*found.get(number, ()), one)
    return dict(sorted(found.items()))


def places(number: int, standard: str) -> tuple[str, ...]:
    """Return the places of one number in another standard: its names and numbers there."""
    return tuple(place for one in numbers()[number] for place in one.places.get(number, {}).get(standard, ()))


def is_named(place: str) -> bool:
    """Return whether a place counts: not if it is in an older version alone, or in running text."""
    return not place.endswith(OLDER) and place != IN_TEXT


def is_own(place: str) -> bool:
    """Return whether a place is a field of the standard as it is now."""
    return is_named(place) and not place.startswith(_NO_FIELD)


@cache
def coverage() -> tuple[Coverage, ...]:
    """Return for each counted standard which of the sixty it has, computed from the fields themselves."""
    return tuple(
        Coverage(
            name,
            STANDARDS[name],
            tuple(number for number in numbers() if any(map(is_named, places(number, name)))),
            tuple(number for number in numbers() if any(map(is_own, places(number, name)))),
        )
        for name in COUNTED
    )
