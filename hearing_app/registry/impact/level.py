"""The impact level of a system: from its answers, before and after safeguards, and never below its floors.

Obligations go by the higher of the two levels, since safeguards that are claimed do not make the decision
weigh less. Some systems are at least at level III whatever is answered: ``floors.yaml``. So a level can be
known from below before any question is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from hearing_app.registry.entry import Entry
from hearing_app.registry.impact.instrument import VERSIONS
from hearing_app.registry.impact.scoring import Score, score
from hearing_app.registry.vocabulary import PolicingFunction

HIGHEST = 4
NAMES = {1: "I", 2: "II", 3: "III", 4: "IV"}
"""How a level is written."""


class Floor(BaseModel):
    """One least level: the field on which it rests, the values that set it, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    field: str
    level: int
    words: str
    why: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImpactLevel:
    """What is known of a system's level.

    ``score`` is ``None`` where the questionnaire is not answered. ``floors`` are those that hold,
    ``unknown_floors`` those of which the entry does not tell. ``level`` is the lowest level that is still
    possible, ``None`` where all four are; ``highest`` the highest that is.
    """

    score: Score | None
    floors: tuple[Floor, ...]
    unknown_floors: tuple[Floor, ...]
    level: int | None
    highest: int

    @property
    def is_lower_bound(self) -> bool:
        """Whether a higher level is still possible: "at least III"."""
        return self.level is not None and self.highest > self.level

    @property
    def is_settled(self) -> bool:
        """Whether only one level is possible."""
        return self.level == self.highest

    @property
    def floor(self) -> int | None:
        """The highest floor that holds."""
        return max((one.level for one in self.floors), default=None)

    @property
    def open_questions(self) -> int | None:
        """How many questions that are asked are not answered; ``None`` where none was answered."""
        return None if self.score is None else len(self.score.open)


@cache
def floors() -> tuple[Floor, ...]:
    """Return every floor of the police profile."""
    text = (Path(__file__).parent / "floors.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Floor, ...]).validate_python(yaml.safe_load(text))


def impact_of(entry: Entry) -> ImpactLevel:
    """Return what is known of the entry's level."""
    answered = entry.impact
    found = None
    if answered is not None and answered.instrument_version in VERSIONS:
        found = score(answered.answers, answered.phase, answered.instrument_version)
    return level_from(
        found,
        [one for one in floors() if _holds(one, entry)],
        [one for one in floors() if _holds(one, entry) is None],
    )


def level_from(found: Score | None, holding: Sequence[Floor], unknown: Sequence[Floor] = ()) -> ImpactLevel:
    """Return the level that a score and floors come to; without an entry, floors are not asked."""
    least = [one.level for one in holding]
    most = least + [one.level for one in unknown]
    if found is None:
        highest = HIGHEST
    else:
        least.append(max(found.lowest.level_raw, found.lowest.level_adjusted))
        highest = max(found.highest.level_raw, found.highest.level_adjusted, *most)
    lowest = max(least, default=1)
    level = None if (lowest, highest) == (1, HIGHEST) else lowest
    return ImpactLevel(found, tuple(holding), tuple(unknown), level, highest)


def is_at_least(entry: Entry, level: int) -> bool | None:
    """Return whether the level is this one or higher; ``None`` where both are still possible."""
    found = impact_of(entry)
    if found.level is not None and found.level >= level:
        return True
    return False if found.highest < level else None


def level_of(entry: Entry) -> int | None:
    """Return the level, 1 to 4, as far as it decides what is asked for.

    A settled level is given as it is; of "at least III", 3 is given. Where it may still be below III or not,
    and where nothing is known, ``None``. Ask ``is_at_least`` for a single threshold.
    """
    found = impact_of(entry)
    return found.level if found.is_settled or (found.level or 0) >= 3 else None


def _functions(floor: Floor, entry: Entry) -> bool | None:
    if any(function in floor.values for function in entry.functions):
        return True
    return None if PolicingFunction.OTHER in entry.functions or entry.withholds("functions") else False


def _minors(_floor: Floor, entry: Entry) -> bool | None:
    said = [group.minors for group in entry.people_affected]
    if True in said:
        return True
    return None if None in said or not said or entry.withholds("people_affected") else False


def _consequences(floor: Floor, entry: Entry) -> bool | None:
    if entry.output_use is None or not entry.output_use.consequences:
        return None
    found = any(one in floor.values for one in entry.output_use.consequences)
    return None if not found and entry.withholds("output_use") else found


_READ: Mapping[str, Callable[[Floor, Entry], bool | None]] = {
    "functions": _functions,
    "people_affected": _minors,
    "output_use": _consequences,
}


def _holds(floor: Floor, entry: Entry) -> bool | None:
    return _READ[floor.field](floor, entry)
