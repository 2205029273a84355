"""What a rule can ask of an entry: a path to one of its fields, or something worked out from several.

A path follows the model ("screening.public_space"), so a rule can ask for nothing that an entry cannot say.
What is absent is unknown. So is an empty list, for nobody said that there is nothing to list; and so is what
may hide behind a "something else" in a closed list, or behind a list that is withheld in part.
"""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hearing_app.registry.entry import Entry
from hearing_app.registry.in_words import name_of
from hearing_app.registry.rules.worked_out import WORKED_OUT
from hearing_app.registry.vocabulary import CompiledBy, Term

OPEN_ENDED = frozenset({"other", "hybrid"})
"""Values that name no kind of their own: what else they hold is not told."""
_TOLD_WHOLE = frozenset({"functions", "withheld", "rule_replies", "users"})
"""Lists of which an empty one says that there is nothing: whoever withholds something lists it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that can be asked: its path, its words, and what kind of value answers it.

    ``kind`` is the type of the value, or of each item where ``many``; ``none_is_said`` means that an empty
    list is an answer. ``field`` is where an author writes the answer.
    """

    path: str
    field: str
    label: str
    question: str
    kind: type
    many: bool = False
    none_is_said: bool = False

    @property
    def root(self) -> str:
        """The name of the entry's field that holds the answer."""
        return self.field.partition(".")[0]


@cache
def fact(path: str) -> Fact:
    """Return the fact at a path; raise ``KeyError`` where an entry has none."""
    if path in WORKED_OUT:
        one = WORKED_OUT[path]
        return Fact(path, one.field, one.label, one.question, one.kind)
    model: type = Entry
    label = whole = ""
    info: FieldInfo | None = None
    kind: type = Entry
    many = optional = False
    for step in path.split("."):
        if many or not issubclass(model, BaseModel) or step not in model.model_fields:
            raise KeyError(path)
        info = model.model_fields[step]
        kind, many, optional = kind_of(info.annotation)
        # A part's field without a title of its own is named together with what it is a part of.
        own = info.title or f"{label}: {step.replace('_', ' ')}"
        label, whole = own, f"{whole}: {own}" if whole and info.title else own
        model = kind
    described = (info.description if info else None) or ""
    question = described if described.endswith("?") else f"What belongs under “{whole}”?"
    none_is_said = many and (optional or path in _TOLD_WHOLE)
    return Fact(path, path, label, question, kind, many=many, none_is_said=none_is_said)


def value_of(entry: Entry, path: str) -> Any:
    """Return what an entry says at a path, ``None`` where it says nothing.

    A list comes as a tuple; an empty one only where that is an answer.
    """
    if path in WORKED_OUT:
        return WORKED_OUT[path].read(entry)
    value: Any = entry
    for step in path.split("."):
        if value is None:
            return None
        value = getattr(value, step)
    if value != ():
        return value
    if entry.withholds(fact(path).root):
        return None
    said = fact(path).none_is_said or (path == "protected_attributes" and said_none(entry))
    return () if said else None


def said_none(entry: Entry) -> bool:
    """Return whether the entry says in so many words that no protected trait goes into a result."""
    return entry.screening.uses_protected_traits is False


def is_whole(entry: Entry, path: str) -> bool:
    """Return whether what a list of parts does not hold is not there.

    A body lists what it has, unless it withholds something of it. Who compiled an entry from sources lists
    what these say: there may be more.
    """
    if entry.withholds(fact(path).root):
        return False
    return entry.compiled.by is CompiledBy.DEPLOYER or path in _TOLD_WHOLE


def item_in_words(item: BaseModel) -> str:
    """Return an item of a list by its terms, and why: "Race: It goes into the result. A paper said so."."""
    parts = [getattr(item, name) for name in type(item).model_fields]
    said = ": ".join(part.label for part in parts if isinstance(part, Term)) or name_of(item)
    # Who says so, and on what ground, belongs to an answer on which a rule stands.
    why = getattr(item, "why", None)
    return f"{said}. {why}" if why else said


def kind_of(annotation: Any) -> tuple[type, bool, bool]:
    """Return the type of a field's value or items, whether it is a list, and whether it may be absent."""
    optional = many = False
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation = arguments[0]
        elif origin in {typing.Union, types.UnionType}:
            optional = True
            (annotation,) = [one for one in arguments if one is not type(None)]
        elif origin is tuple:
            many, annotation = True, arguments[0]
        elif origin is dict:
            return dict, many, optional
        else:
            kind: type = annotation
            return kind, many, optional
