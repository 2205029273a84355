"""Every part of every rule: touched, not touched, cannot tell; and each fact that it asks matters."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from hearing_app.registry.rules.results import Applies, Outcome, Result, touched
from hearing_app.registry.rules.rule import Effect, Rule

from .cases import CASES, Changes
from .entries import LATE, RULES, entry_in, merged, result_of

PARTS = [(id, number) for id, rule in RULES.items() for number in range(len(rule.parts))]
GATES = [key for key in CASES if RULES[key[0]].parts[key[1]].effect is Effect.GATE]
EXCEPTED = [key for key in CASES if RULES[key[0]].parts[key[1]].exceptions]


def seen(key: tuple[str, int], *changes: Changes) -> Result:
    case = CASES[key]
    return result_of(entry_in(case.place, **merged(*changes)), RULES[key[0]], key[1])


def test_there_are_29_rules() -> None:
    assert sorted(RULES) == sorted([*(f"R-{number:02}" for number in range(1, 29)), "R-02b"])


def test_every_part_of_every_rule_has_its_three_cases() -> None:
    assert set(CASES) == set(PARTS)


@pytest.mark.parametrize("key", PARTS, ids=str)
def test_it_is_touched_not_touched_and_open(key: tuple[str, int]) -> None:
    case = CASES[key]
    positive, negative, unknown = (
        seen(key, changes) for changes in (case.touched, case.not_touched, case.unknown)
    )
    assert [one.applies for one in (positive, negative, unknown)] == [Applies.NOW] * 3
    assert (positive.outcome, bool(positive.answers), positive.open) == (Outcome.TOUCHED, True, ())
    assert (negative.outcome, negative.open) == (Outcome.NOT_TOUCHED, ())
    assert (unknown.outcome, bool(unknown.open)) == (Outcome.UNKNOWN, True)


@pytest.mark.parametrize("key", PARTS, ids=str)
def test_turning_the_fact_that_decides_turns_the_outcome(key: tuple[str, int]) -> None:
    case = CASES[key]
    assert seen(key, case.touched, case.flip).outcome is Outcome.NOT_TOUCHED


def leaves(condition: dict[str, Any], at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each question to a fact stands in a condition."""
    if "fact" in condition:
        yield at
    for name in ("all", "any"):
        for index, inner in enumerate(condition.get(name, ())):
            yield from leaves(inner, (*at, name, index))
    if "not" in condition:
        yield from leaves(condition["not"], (*at, "not"))


def turned(condition: dict[str, Any], at: tuple[Any, ...]) -> dict[str, Any]:
    """The same condition with the opposite of one question."""
    if not at:
        return {"not": condition}
    copy = deepcopy(condition)
    place: Any = copy
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = {"not": place[at[-1]]}
    return copy


@pytest.mark.parametrize("key", PARTS, ids=str)
def test_no_question_of_a_rule_could_be_turned_unseen(key: tuple[str, int]) -> None:
    case, rule = CASES[key], RULES[key[0]]
    entries = [
        entry_in(case.place, **merged(changes))
        for changes in (case.touched, case.not_touched, case.unknown, merged(case.touched, case.flip))
    ]
    part = rule.parts[key[1]]
    before = [touched(part, entry).value for entry in entries]
    data = rule.model_dump(mode="json", by_alias=True, exclude_none=True)
    where = data if key[1] == 0 else data["also"][key[1] - 1]
    whole = where["when"]
    for at in leaves(whole):
        where["when"] = turned(whole, at)
        other = Rule.model_validate(data).parts[key[1]]
        assert [touched(other, entry).value for entry in entries] != before, at


@pytest.mark.parametrize("key", GATES, ids=str)
def test_a_gate_names_what_is_missing_until_all_of_it_is_shown(key: tuple[str, int]) -> None:
    case, part = CASES[key], RULES[key[0]].parts[key[1]]
    bare = seen(key, case.touched)
    assert [one.words for one in bare.missing] == [need.words for need in part.needs]
    assert bare.stands_against_use
    assert all(one.field for one in bare.missing)
    full = seen(key, case.touched, case.shown)
    assert (full.outcome, full.missing, full.is_met) == (Outcome.TOUCHED, (), True)
    assert not full.stands_against_use
    # Each piece of evidence is asked for: without it, something is missing again.
    for name, value in case.shown.items():
        pieces = (
            [{name: {k: v for k, v in value.items() if k != one}} for one in value]
            if (isinstance(value, dict))
            else [{}]
        )
        for piece in pieces:
            rest = {k: v for k, v in case.shown.items() if k != name}
            assert seen(key, case.touched, rest, piece).missing, (name, piece)


@pytest.mark.parametrize("key", EXCEPTED, ids=str)
def test_an_exception_lifts_the_rule_and_is_named(key: tuple[str, int]) -> None:
    case, part = CASES[key], RULES[key[0]].parts[key[1]]
    lifted = seen(key, case.touched, case.excepted)
    assert lifted.outcome is Outcome.NOT_TOUCHED
    assert lifted.exceptions == tuple(one.words for one in part.exceptions)


@pytest.mark.parametrize("key", PARTS, ids=str)
def test_a_rule_of_a_place_reaches_nobody_elsewhere(key: tuple[str, int]) -> None:
    case, rule = CASES[key], RULES[key[0]]
    entry = entry_in("cn" if case.place != "cn" else "eu", **merged(case.touched))
    found = result_of(entry, rule, key[1])
    assert (found.applies is Applies.ELSEWHERE) == bool(rule.jurisdiction)


@pytest.mark.parametrize("key", [key for key in PARTS if RULES[key[0]].parts[key[1]].in_force_from], ids=str)
def test_a_rule_applies_from_its_day(key: tuple[str, int]) -> None:
    case, rule = CASES[key], RULES[key[0]]
    start = rule.parts[key[1]].in_force_from
    assert start is not None
    entry = entry_in(case.place, **merged(case.touched))
    before = result_of(entry, rule, key[1], on=date.fromordinal(start.first_day.toordinal() - 1))
    assert (before.applies, before.stands_against_use) == (Applies.LATER, False)
    assert result_of(entry, rule, key[1], on=start.first_day).applies is Applies.NOW


def test_a_use_that_ended_before_a_rule_is_not_reached_by_it() -> None:
    case = CASES["R-01", 0]
    ended = entry_in("eu", **merged(case.touched))
    stages = [
        {"stage": "operational", "since": "2019", "until": "2024", "sources": ["report"]},
        {"stage": "retired", "since": "2024", "sources": ["report"]},
    ]
    early = entry_in("eu", **merged(case.touched), lifecycle={"stages": stages})
    assert result_of(ended, RULES["R-01"]).applies is Applies.NOW
    assert result_of(early, RULES["R-01"], on=LATE).applies is Applies.ENDED
    # A year alone may still reach into the time of the rule.
    stages[1]["since"] = stages[0]["until"] = "2025"
    late = entry_in("eu", **merged(case.touched), lifecycle={"stages": stages})
    assert result_of(late, RULES["R-01"], on=LATE).applies is Applies.NOW


def test_the_days_of_the_laws() -> None:
    days = {(id, number): RULES[id].parts[number].in_force_from for id, number in PARTS}
    assert days["R-02b", 0] == "2026-12-02"
    assert {days[f"R-{number:02}", 0] for number in range(1, 10)} == {"2025-02-02"}
    assert {days[f"R-{number}", 0] for number in range(10, 17)} == {"2027-12-02"}
    assert {days[key] for key in [("R-04", 1), ("R-06", 1), ("R-07", 1), ("R-09", 1)]} == {"2027-12-02"}
    assert days["R-25", 0] == "2021"
