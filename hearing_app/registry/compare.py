"""Two to four systems side by side: every field of the standard, and where they say something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from hearing_app.errors import Fault, Invalid
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.stated import Group
from hearing_app.registry.in_words import in_words, title_of
from hearing_app.registry.standard import StandardField, Told, fields, told
from hearing_app.registry.vocabulary import Term

FEWEST, MOST = 2, 4
# The names stand above the columns; sources have numbers of their own in each entry.
_ABOVE = frozenset({"id", "name", "sources"})


class Likeness(Term):
    """What a row shows."""

    SAME = "same", "The same"
    DIFFERENT = "different", "They differ"
    SOME = "some", "Not all state it"
    NONE = "none", "None states it"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one system says in a field: whether it does, and the lines of the value."""

    told: Told
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One field, with a cell for each system."""

    field: StandardField
    cells: tuple[Cell, ...]
    likeness: Likeness


def compare(entries: Sequence[Entry], *, only_differences: bool = False) -> dict[Group, tuple[Row, ...]]:
    """Return the rows of each group of the standard; a group without rows is absent.

    Raises ``Invalid`` unless there are two to four systems, each once.
    """
    check([entry.id for entry in entries])
    rows = [_row(one, entries) for one in fields() if one.name not in _ABOVE]
    kept = [
        row
        for row in rows
        if row.likeness is not Likeness.NONE or (row.field.is_important and not only_differences)
    ]
    if only_differences:
        kept = [row for row in kept if row.likeness is not Likeness.SAME]
    by_group = {group: tuple(row for row in kept if row.field.group is group) for group in Group}
    return {group: found for group, found in by_group.items() if found}


def check(ids: Sequence[str]) -> None:
    """Raise ``Invalid`` unless two to four systems are named, each once."""
    problem = ""
    if len(set(ids)) < len(ids):
        problem = "A system is named twice."
    elif not FEWEST <= len(ids) <= MOST:
        problem = f"{len(ids)} systems are named."
    if problem:
        repair = f"Name {FEWEST} to {MOST} systems, each once."
        raise Invalid("Nothing was compared.", [Fault("", "system", problem, repair)], kept="")


def _row(one: StandardField, entries: Sequence[Entry]) -> Row:
    cells = tuple(Cell(told(one, entry), tuple(lines_of(getattr(entry, one.name)))) for entry in entries)
    stated = [cell for cell in cells if cell.told is Told.STATED]
    if not stated:
        likeness = Likeness.NONE if len({cell.told for cell in cells}) == 1 else Likeness.SOME
    elif len(stated) < len(cells):
        likeness = Likeness.SOME
    else:
        values = [_bare(getattr(entry, one.name)) for entry in entries]
        likeness = Likeness.SAME if all(value == values[0] for value in values) else Likeness.DIFFERENT
    return Row(one, cells, likeness)


def _bare(value: object) -> Any:
    """Return a value without the sources on which it rests: two may say the same on different grounds."""
    if isinstance(value, BaseModel):
        names = type(value).model_fields
        return {name: _bare(getattr(value, name)) for name in names if name != "sources"}
    if isinstance(value, (tuple, list)):
        return [_bare(one) for one in value]
    return value


def lines_of(value: object) -> Iterator[str]:
    """Yield the lines of a value in words: one for each item of a list, or each stated field of a part."""
    if isinstance(value, (tuple, list)):
        for one in value:
            yield "; ".join(_parts(one)) if isinstance(one, BaseModel) else in_words(one)
    elif isinstance(value, BaseModel):
        yield from _parts(value)
    elif isinstance(value, Mapping):
        yield f"{len(value)} answers"
    elif words := in_words(value):
        yield words


def _parts(part: BaseModel) -> Iterator[str]:
    for name in type(part).model_fields:
        if name == "sources":
            continue
        words = "; ".join(lines_of(getattr(part, name)))
        if words:
            yield f"{title_of(type(part), name)}: {words}"
