"""The standard: every field of an entry as the model defines it, whether it is needed, and if it is told.

Nothing here lists a field: all is read from the model (``registry.entry``), so that form, page,
documentation, comparison with other standards and exports cannot differ from what is validated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.automatic import Automatic
from hearing_app.registry.entry.publication import Withheld
from hearing_app.registry.entry.stated import Group, Need, When
from hearing_app.registry.needs import holds
from hearing_app.registry.vocabulary import Term


class Told(Term):
    """What an entry says in one field."""

    STATED = "stated", "Stated"
    WITHHELD = "withheld", "Withheld, with a reason"
    NOT_STATED = "not_stated", "Not stated"
    NOT_NEEDED = "not_needed", "Not needed here"


@dataclass(frozen=True, slots=True)
class StandardField:
    """One field: its name in files and exports, and all that is said about it.

    ``numbers`` are its places among the sixty; empty for what this register asks beyond them.
    ``standards`` gives, for "atrs", "nl", "eu", "aia" and "helsinki", the names and numbers there; ``places``
    gives the same for each of its numbers.
    """

    name: str
    numbers: tuple[int, ...]
    group: Group
    title: str
    description: str
    example: object
    why: str
    need: Need
    when: When
    standards: Mapping[str, tuple[str, ...]]
    places: Mapping[int, Mapping[str, tuple[str, ...]]]

    @property
    def needed_if(self) -> str:
        """When it must be stated, in words: "Needed if it uses personal data"."""
        if self.need is Need.CONDITIONAL:
            return f"Needed if {self.when.label}"
        return "Not needed, but welcome" if self.need is Need.OPTIONAL else self.need.label

    @property
    def is_important(self) -> bool:
        """Whether a page shows it even where it is empty."""
        return self.need in {Need.DRAFT, Need.PUBLISH, Need.CONDITIONAL}


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which of the fields that are needed for one system are stated, withheld, or not stated."""

    stated: tuple[StandardField, ...]
    withheld: tuple[StandardField, ...]
    not_stated: tuple[StandardField, ...]

    @property
    def needed(self) -> int:
        """How many fields are needed."""
        return len(self.stated) + len(self.withheld) + len(self.not_stated)

    @property
    def share(self) -> float | None:
        """The share of the needed fields that is stated, from 0 to 1."""
        return len(self.stated) / self.needed if self.needed else None


@cache
def fields() -> tuple[StandardField, ...]:
    """Return every field that an author fills in, in the order of the groups."""
    return _fields_of(Entry)


@cache
def automatic_fields() -> tuple[StandardField, ...]:
    """Return the fields that the register fills in."""
    return _fields_of(Automatic)


def field(name: str) -> StandardField:
    """Return the field of this name; raise ``KeyError`` where there is none."""
    return {one.name: one for one in fields()}[name]


@cache
def example_of(name: str) -> object:
    """Return the example of a field as the field reads it; raise ``ValidationError`` if it does not fit."""
    one = {**Entry.model_fields, **Automatic.model_fields}[name]
    return TypeAdapter(one.rebuild_annotation()).validate_python((one.examples or [None])[0])


def is_needed(one: StandardField, entry: Entry) -> bool | None:
    """Return whether this entry needs the field; ``None`` where the entry does not tell the condition."""
    if one.need in {Need.OPTIONAL, Need.AUTOMATIC}:
        return False
    return True if one.need in {Need.DRAFT, Need.PUBLISH} else holds(one.when, entry)


def is_stated(value: object) -> bool:
    """Return whether a value says something: a part whose fields are all absent does not."""
    if isinstance(value, BaseModel):
        names = type(value).model_fields
        return any(is_stated(getattr(value, name)) for name in names if name != "sources")
    if isinstance(value, (tuple, list, dict, str)):
        return bool(value)
    return value is not None


def told(one: StandardField, entry: Entry) -> Told:
    """Return what the entry says in the field."""
    if is_stated(getattr(entry, one.name)):
        return Told.STATED
    if withheld(one, entry):
        return Told.WITHHELD
    return Told.NOT_NEEDED if is_needed(one, entry) is False else Told.NOT_STATED


def withheld(one: StandardField, entry: Entry) -> Withheld | None:
    """Return why the field is withheld, or ``None`` where it is not."""
    return next((why for why in entry.withheld if why.field == one.name), None)


def completeness(entry: Entry) -> Completeness:
    """Return which needed fields are stated. What is withheld in part and stated in part is stated."""
    states = [(one, told(one, entry)) for one in fields() if is_needed(one, entry) is not False]
    return Completeness(
        stated=tuple(one for one, state in states if state is Told.STATED),
        withheld=tuple(one for one, state in states if state is Told.WITHHELD),
        not_stated=tuple(one for one, state in states if state is Told.NOT_STATED),
    )


def _fields_of(model: type[BaseModel]) -> tuple[StandardField, ...]:
    found = []
    for name, info in model.model_fields.items():
        extra = cast("dict[str, Any]", info.json_schema_extra)
        found.append(
            StandardField(
                name=name,
                numbers=tuple(extra["numbers"]),
                group=Group(extra["group"]),
                title=info.title or name,
                description=info.description or "",
                example=(info.examples or [None])[0],
                why=extra["why"],
                need=Need(extra["need"]),
                when=When(extra["when"]),
                standards=_places(extra["standards"]),
                places={
                    number: _places(extra.get("places", {}).get(str(number), extra["standards"]))
                    for number in extra["numbers"]
                },
            )
        )
    return tuple(found)


def _places(written: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {other: tuple(places) for other, places in written.items()}
