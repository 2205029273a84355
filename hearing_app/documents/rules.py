"""The rules on prohibited and restricted uses as a page, and what they say about one system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from hearing_app.documents.render import render, rendered
from hearing_app.errors import Unavailable
from hearing_app.registry.entry import Entry
from hearing_app.registry.register import Register
from hearing_app.registry.rules.across import across_register
from hearing_app.registry.rules.answering import Open
from hearing_app.registry.rules.reading import rules_of
from hearing_app.registry.rules.results import Applies, Outcome, Result, results_of
from hearing_app.registry.rules.rule import Effect, Layer, Rule
from hearing_app.registry.vocabulary import CompiledBy

# What stands first on a system's page: what rules a use out, before what asks for something.
_ORDER = {Effect.BLOCK: 0, Effect.GATE: 1, Effect.HIGH: 2, Effect.WARN: 3}


@dataclass(frozen=True, slots=True)
class _Groups:
    """The results for one entry in the order of the page; what is left is only counted, by rules."""

    touched: Sequence[Result]
    unknown: Sequence[Result]
    later: Sequence[Result]
    noted: Sequence[Result]
    questions: Mapping[Open, Sequence[str]]
    not_touched: int
    elsewhere: int
    ended: int


def rules_html(entry: Entry, rules: Sequence[Rule], *, on: date | None = None) -> str:
    """Return the section "Is it allowed? What the rules say" of a system's page, without its heading.

    What is touched stands first, then, folded, what cannot be told with the questions that are open, and what
    applies from a later day; what is not touched is counted. ``on`` is the day (UTC today if none).
    """
    day = on or datetime.now(UTC).date()
    results = results_of(entry, rules, on=day)
    return render(
        "rules_of_system",
        entry=entry,
        groups=_groups(results),
        ruled_out=rendered(ruled_out_html(results)),
        number=len(rules),
        own=entry.compiled.by is CompiledBy.DEPLOYER,
        day=day,
    )


def ruled_out_html(results: Sequence[Result]) -> str:
    """Return the notice that a rule rules out what the entry says; empty where none that applies does."""
    found = [one for one in results if one.rules_out]
    return render("ruled_out", results=found) if found else ""


def ruled_out_notice_html(entry: Entry, registry: Path, *, on: date | None = None) -> str:
    """Return that notice by the rules of a register's folder; empty where these cannot be read."""
    try:
        return ruled_out_html(results_of(entry, rules_of(registry), on=on))
    except Unavailable:
        return ""


def rules_section_html(entry: Entry, registry: Path, *, on: date | None = None) -> str:
    """Return the same section by the rules of a register's folder.

    Where these cannot be read it says so: a fault in a rule's file takes no entry from its readers.
    """
    try:
        rules = rules_of(registry)
    except Unavailable:
        return render("rules_unreadable")
    return rules_html(entry, rules, on=on)


MOST_SHOWN = 50
"""Entries in one list of the page; a filter of the register has all that are touched, the data the others."""


def prohibited_uses_html(register: Register, *, on: date | None = None) -> str:
    """Return the page of all rules by layer, each with the entries that it touches or cannot judge.

    The rules are those beside which the register was listed. A page is kept while nothing is published.
    """
    return _prohibited_uses_html(register, on or datetime.now(UTC).date())


@lru_cache(maxsize=2)
def _prohibited_uses_html(register: Register, day: date) -> str:
    found, rules = across_register(register, on=day), register.rules
    layers = [(layer, [one for one in found if one[0].layer is layer]) for layer in Layer]
    return render(
        "prohibited_uses",
        layers=[(layer, listed) for layer, listed in layers if listed],
        ruled_out=[(rule, entry) for rule, parts in found for one in parts for entry in one.ruled_out],
        number=len(rules),
        entries=len(register),
        most=MOST_SHOWN,
        day=day,
    )


def _first_what_rules_out(one: Result) -> tuple[bool, int, bool, str]:
    return (not one.rules_out, _ORDER[one.part.effect], one.is_met, one.rule.id)


def _groups(results: Sequence[Result]) -> _Groups:
    now = [one for one in results if one.applies is Applies.NOW]
    touched = [one for one in now if one.outcome is Outcome.TOUCHED]
    unknown = [one for one in now if one.outcome is Outcome.UNKNOWN]
    later = [
        one
        for one in results
        if one.applies is Applies.LATER and one.outcome in {Outcome.TOUCHED, Outcome.UNKNOWN}
    ]
    noted = [
        one
        for one in now
        if one.outcome is Outcome.NOT_TOUCHED and (one.exceptions or one.remarks or one.reply)
    ]
    questions: dict[Open, list[str]] = {}
    for one in unknown:
        for question in one.open:
            listed = questions.setdefault(question, [])
            listed += [one.rule.id] if one.rule.id not in listed else []
    shown = {one.rule.id for one in (*touched, *unknown, *later)}
    left = {one.rule.id: one.applies for one in reversed(results) if one.rule.id not in shown}
    return _Groups(
        touched=sorted(touched, key=_first_what_rules_out),
        unknown=sorted(unknown, key=lambda one: (_ORDER[one.part.effect], one.rule.id)),
        later=sorted(later, key=lambda one: (one.part.in_force_from or "", one.rule.id)),
        noted=noted,
        questions=questions,
        not_touched=sum(one in {Applies.NOW, Applies.LATER} for one in left.values()),
        elsewhere=sum(one is Applies.ELSEWHERE for one in left.values()),
        ended=sum(one is Applies.ENDED for one in left.values()),
    )
