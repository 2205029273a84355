"""Answering a condition from an entry: true, false or unknown, and on which answers that stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.in_words import in_words, shortened
from hearing_app.registry.rules.condition import Condition
from hearing_app.registry.rules.facts import OPEN_ENDED, fact, is_whole, item_in_words, value_of
from hearing_app.registry.rules.kleene import Truth, conjunction, disjunction, negation
from hearing_app.registry.standard import is_stated


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that an entry gives: where, under which words, and what it says."""

    field: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Open:
    """A question that an entry leaves open: where the answer would stand, and the question in words."""

    field: str
    question: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a condition holds, the answers on which that stands, and the questions that are open."""

    value: Truth
    because: tuple[Given, ...] = ()
    open: tuple[Open, ...] = ()


def answer(condition: Condition, entry: Entry) -> Finding:
    """Return what the entry answers to a condition."""
    if condition.all_ is not None:
        return every(answer(one, entry) for one in condition.all_)
    if condition.any_ is not None:
        return some(answer(one, entry) for one in condition.any_)
    if condition.not_ is not None:
        inner = answer(condition.not_, entry)
        return Finding(negation(inner.value), inner.because, inner.open)
    return _of_fact(condition, entry)


def every(findings: Iterable[Finding]) -> Finding:
    """Return what follows where all must hold: what is false decides; else what is open stays open."""
    found = list(findings)
    value = conjunction(one.value for one in found)
    return _gathered(value, [one for one in found if one.value is False] if value is False else found)


def some(findings: Iterable[Finding]) -> Finding:
    """Return what follows where one must hold: what is true decides; else what is open stays open."""
    found = list(findings)
    value = disjunction(one.value for one in found)
    # Beside a question that is open, an answer that is false decides nothing.
    deciding = [one for one in found if one.value is value]
    return _gathered(value, deciding)


def opposite(finding: Finding) -> Finding:
    """Return the same finding for the opposite."""
    return Finding(negation(finding.value), finding.because, finding.open)


def _gathered(value: Truth, findings: Sequence[Finding]) -> Finding:
    because = dict.fromkeys(given for one in findings for given in one.because)
    left = dict.fromkeys(question for one in findings for question in one.open)
    return Finding(value, tuple(because), tuple(left) if value is None else ())


def _of_fact(condition: Condition, entry: Entry) -> Finding:
    asked = fact(condition.fact or "")
    value = value_of(entry, asked.path)
    truth = _truth(condition, value, entry)
    if truth is False and condition.operator.startswith("includes") and entry.withholds(asked.root):
        # What a list does not hold may be the part of it that is withheld.
        truth = None
    if truth is None:
        return Finding(None, (), (Open(asked.field, asked.question),))
    said = _said(condition, value)
    return Finding(truth, (Given(asked.field, asked.label, said),))


def _truth(condition: Condition, value: object, entry: Entry) -> Truth:
    if value is None:
        return None
    found: Truth
    match condition.operator:
        case "is":
            found = value == condition.is_
        case "is_any_of":
            found = value in (condition.is_any_of or ())
        case "includes_any_of":
            found = disjunction(_includes(value, one) for one in condition.includes_any_of or ())
        case "includes_all_of":
            found = conjunction(_includes(value, one) for one in condition.includes_all_of or ())
        case "present":
            # What is absent or empty says nothing; that there is nothing, nobody has said.
            found = True if is_stated(value) else None
        case "at_least":
            found = isinstance(value, int | float) and value >= (condition.at_least or 0)
        case "some":
            found = disjunction(_fits(item, condition) for item in _items(value))
            if found is False and not is_whole(entry, condition.fact or ""):
                found = None
        case _:
            found = _is_before(condition, value, entry)
    return found


def _items(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _includes(value: object, wanted: str) -> Truth:
    items = _items(value)
    if wanted in items:
        return True
    return None if OPEN_ENDED & {str(item) for item in items} else False


def _fits(item: object, condition: Condition) -> Truth:
    return conjunction(
        _is_one_of(getattr(item, name), values) for name, values in (condition.some or {}).items()
    )


def _is_one_of(value: object, wanted: Sequence[str]) -> Truth:
    if value is None:
        return None
    if value in wanted:
        return True
    return None if str(value) in OPEN_ENDED else False


def _is_before(condition: Condition, value: object, entry: Entry) -> Truth:
    """Return whether a date lies so many days before another, whatever the missing parts of both are."""
    limit = condition.days_before
    other = value_of(entry, limit.fact) if limit else None
    if limit is None or not isinstance(other, PartialDate) or not isinstance(value, PartialDate):
        return None
    # Counted in days of the calendar's own count: none of them lies beyond its last year.
    if value.last_day.toordinal() + limit.days <= other.first_day.toordinal():
        return True
    return False if value.first_day.toordinal() + limit.days > other.last_day.toordinal() else None


def _said(condition: Condition, value: object) -> str:
    """Return the part of an answer that a condition turns on, in words."""
    items = _items(value)
    if condition.operator == "includes_any_of":
        items = tuple(one for one in items if one in (condition.includes_any_of or ())) or items
    if condition.operator == "some":
        items = tuple(one for one in items if _fits(one, condition)) or items
    if isinstance(value, tuple):
        words = [item_in_words(one) if isinstance(one, BaseModel) else in_words(one) for one in items]
        return "; ".join(words) or "None"
    return shortened(in_words(value)) if isinstance(value, BaseModel) else in_words(value)
