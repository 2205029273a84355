"""A condition over an entry as data: lists of all and any, not, and questions to single facts.

In a rule's file::

    when:
      all:
        - {fact: functions, includes_any_of: [rbi_realtime]}
        - {fact: screening.public_space, is: true}
        - not: {fact: automation_level, is_any_of: [informs]}

Nothing in it is a program. What asks for a fact that an entry does not have, or for a value that the fact
cannot take, is refused when the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, model_validator

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.stated import Part
from hearing_app.registry.rules.facts import Fact, fact, kind_of
from hearing_app.registry.text import refuse
from hearing_app.registry.vocabulary import Term

Words = Annotated[tuple[StrictStr, ...], Field(min_length=1)]
DEEPEST = 8
"""Conditions within conditions. A rule that needs more cannot be read by people either."""
_SHAPES = ("all", "any", "not", "fact")
_OPERATORS = (
    *("is", "is_any_of", "includes_any_of", "includes_all_of", "present", "at_least", "some"),
    "days_before",
)


class DaysBefore(Part):
    """So many days at least before another date of the entry."""

    fact: StrictStr
    days: Annotated[int, Field(ge=0, strict=True)]


class Condition(Part):
    """One condition: ``all``, ``any``, ``not``, or a ``fact`` with one operator."""

    all_: tuple[Condition, ...] | None = Field(None, alias="all", min_length=1)
    any_: tuple[Condition, ...] | None = Field(None, alias="any", min_length=1)
    not_: Condition | None = Field(None, alias="not")
    fact: StrictStr | None = None
    is_: StrictBool | StrictStr | None = Field(None, alias="is")
    is_any_of: Words | None = None
    includes_any_of: Words | None = None
    includes_all_of: Words | None = None
    present: StrictBool | None = None
    at_least: StrictInt | None = None
    some: dict[str, Words] | None = Field(
        None, description="An item of the list whose fields have one of these values each."
    )
    days_before: DaysBefore | None = None

    @property
    def operator(self) -> str:
        """The name of the operator that is applied to the fact."""
        return next(name for name in _OPERATORS if self._given(name))

    def _given(self, name: str) -> bool:
        alias = {"all": "all_", "any": "any_", "not": "not_", "is": "is_"}.get(name, name)
        return getattr(self, alias) is not None

    def facts(self) -> Iterator[Fact]:
        """Give every fact that is asked for, in order; one may come more than once."""
        for inner in (*(self.all_ or ()), *(self.any_ or ()), *([self.not_] if self.not_ else [])):
            yield from inner.facts()
        if self.fact is not None:
            yield fact(self.fact)
        if self.days_before is not None:
            yield fact(self.days_before.fact)

    def depth(self) -> int:
        """Return how many conditions stand within each other."""
        inner = (*(self.all_ or ()), *(self.any_ or ()), *([self.not_] if self.not_ else []))
        return 1 + max((one.depth() for one in inner), default=0)

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        shapes = [name for name in _SHAPES if self._given(name)]
        operators = [name for name in _OPERATORS if self._given(name)]
        if len(shapes) != 1:
            raise refuse("A condition is one of all, any, not or fact.", "Keep exactly one of them here.")
        if shapes != ["fact"]:
            if operators:
                problem = f"“{operators[0]}” asks a fact, and there is none here."
                raise refuse(problem, "Write the fact beside it, in a condition of its own.")
            return self
        if len(operators) != 1:
            repair = f"Write exactly one of {', '.join(_OPERATORS)}."
            raise refuse("A fact is asked with one operator.", repair)
        self._asks_what_can_be_answered(operators[0])
        return self

    def _asks_what_can_be_answered(self, operator: str) -> None:
        asked = _known(self.fact or "")
        if operator == "present":
            if self.present is not True:
                problem = "What is absent is not known: “present: false” cannot be asked."
                raise refuse(problem, "Ask for what is there, with “present: true”.")
            return
        if operator not in _operators_of(asked):
            repair = f"Ask it with one of {', '.join(_operators_of(asked))}."
            raise refuse(f"“{asked.path}” cannot be asked with “{operator}”.", repair)
        if operator == "is":
            self._is_fits(asked)
        elif operator in {"is_any_of", "includes_any_of", "includes_all_of"}:
            _check_values(asked.path, asked.kind, getattr(self, operator))
        elif operator == "some":
            self._some_fits(asked)
        elif self.days_before is not None and _known(self.days_before.fact).kind is not PartialDate:
            raise refuse(f"“{self.days_before.fact}” is no date.", "Name a field that holds a date.")

    def _is_fits(self, asked: Fact) -> None:
        if asked.kind is bool and not isinstance(self.is_, bool):
            raise refuse(f"“{asked.path}” is answered true or false.", "Write true or false, without quotes.")
        if asked.kind is not bool:
            if not isinstance(self.is_, str):
                raise refuse(f"“{asked.path}” is not answered true or false.", "Write one of its values.")
            _check_values(asked.path, asked.kind, (self.is_,))

    def _some_fits(self, asked: Fact) -> None:
        fields = asked.kind.model_fields if issubclass(asked.kind, BaseModel) else {}
        for name, values in (self.some or {}).items():
            path = f"{asked.path}.{name}"
            if name not in fields:
                raise refuse(f"There is no field “{path}”.", f"Use one of {', '.join(fields)}.")
            kind, many, _ = kind_of(fields[name].annotation)
            if many or not issubclass(kind, str):
                # Compared with words, anything else would never fit: the rule would be silent for ever.
                worded = [one for one, info in fields.items() if _is_words(info.annotation)]
                repair = f"Use one of {', '.join(worded)}." if worded else "Ask it with “present: true”."
                raise refuse(f"“{path}” is not answered with a word.", repair)
            _check_values(path, kind, values)


def _is_words(annotation: object) -> bool:
    kind, many, _ = kind_of(annotation)
    return not many and issubclass(kind, str)


def _known(path: str) -> Fact:
    try:
        return fact(path)
    except KeyError:
        problem = f"An entry has no “{path}”."
        raise refuse(problem, "Write a field's path as in registry/schema/system.json.") from None


def _operators_of(asked: Fact) -> tuple[str, ...]:
    if asked.many:
        listed = issubclass(asked.kind, Term)
        return ("includes_any_of", "includes_all_of", "present") if listed else ("some", "present")
    if issubclass(asked.kind, Term):
        return ("is", "is_any_of", "present")
    if asked.kind is bool:
        return ("is", "present")
    if asked.kind in {int, float}:
        return ("at_least", "present")
    return ("days_before", "present") if asked.kind is PartialDate else ("present",)


def _check_values(path: str, kind: type, values: tuple[str, ...]) -> None:
    if not issubclass(kind, Term):
        return
    known = [str(one) for one in kind]
    for value in values:
        if value not in known:
            raise refuse(f"“{path}” cannot be “{value}”.", f"Use one of {', '.join(known)}.")
