"""Conditions as data: what an entry cannot be asked is refused with the place and the repair."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from hearing_app.registry.faults import faults_of
from hearing_app.registry.rules.answering import answer
from hearing_app.registry.rules.condition import Condition
from hearing_app.registry.rules.rule import Rule

from .entries import RULES, entry_in


def faults(data: object) -> dict[str, tuple[str, str]]:
    with pytest.raises(ValidationError) as error:
        Condition.model_validate(data)
    return {fault.field: (fault.problem, fault.repair) for fault in faults_of(error.value)}


@pytest.mark.parametrize(
    ("data", "problem", "repair"),
    [
        ({}, "A condition is one of all, any, not or fact.", "exactly one"),
        ({"all": [{"fact": "functions", "present": True}], "fact": "id"}, "one of all, any", "exactly one"),
        ({"fact": "functions"}, "asked with one operator", "includes_any_of"),
        ({"fact": "functions", "present": True, "is": "anpr"}, "one operator", "exactly one"),
        ({"not": {"fact": "id", "present": True}, "is": True}, "“is” asks a fact", "beside it"),
        ({"fact": "colour", "present": True}, "no “colour”", "schema"),
        ({"fact": "screening.colour", "is": True}, "no “screening.colour”", "schema"),
        ({"fact": "functions.0", "is": "anpr"}, "no “functions.0”", "schema"),
        ({"fact": "id.x", "present": True}, "no “id.x”", "schema"),
        ({"fact": "functions", "present": False}, "What is absent is not known", "present: true"),
        ({"fact": "functions", "is": "anpr"}, "cannot be asked with “is”", "includes_any_of"),
        ({"fact": "functions", "includes_any_of": ["anrp"]}, "cannot be “anrp”", "anpr"),
        ({"fact": "screening.public_space", "is": "true"}, "answered true or false", "without quotes"),
        ({"fact": "automation_level", "is": True}, "not answered true or false", "values"),
        ({"fact": "automation_level", "is": "alone"}, "cannot be “alone”", "informs"),
        ({"fact": "automation_level", "at_least": 3}, "cannot be asked with “at_least”", "is_any_of"),
        ({"fact": "protected_attributes", "some": {"trait": ["race"]}}, "no field", "attribute"),
        ({"fact": "protected_attributes", "some": {"use": ["audit"]}}, "cannot be “audit”", "audit_only"),
        # Compared with a word, true or a list never fits: such a rule would never say anything.
        ({"fact": "people_affected", "some": {"minors": ["true"]}}, "not answered with a word", "Use one of"),
        ({"fact": "audits", "some": {"sources": ["report"]}}, "not answered with a word", "independence"),
        (
            {"fact": "screening.policy_published_on", "days_before": {"fact": "name", "days": 1}},
            "“name” is no date",
            "a date",
        ),
        ({"fact": "purpose", "is": "x"}, "cannot be asked with “is”", "present"),
    ],
)
def test_what_cannot_be_asked_is_refused(data: dict[str, Any], problem: str, repair: str) -> None:
    ((said, mend),) = faults(data).values()
    assert problem in said
    assert repair in mend


def test_all_faults_come_at_once_with_their_places() -> None:
    data = {"all": [{"fact": "colour", "present": True}, {"not": {"fact": "id", "is": True}}, {"eval": "1"}]}
    assert set(faults(data)) == {"all.0", "all.1.not", "all.2.eval"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"needs": [], "effect": "gate"}, "A gate asks for evidence"),
        ({"effect": "block"}, "Only a gate asks for evidence"),
        ({"evidence_fields": ["functions"]}, "not those that the conditions ask"),
        ({"evidence_fields": ["functions", "proxy_review", "colour"]}, "no field “colour”"),
        ({"certainty": "copy"}, "Only a rule of this register is its own"),
        ({"layer": "law"}, "Only a rule of this register is its own"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(change: dict[str, Any], problem: str) -> None:
    data = RULES["R-21"].model_dump(mode="json", by_alias=True, exclude_none=True) | change
    with pytest.raises(ValidationError) as error:
        Rule.model_validate(data)
    (fault,) = faults_of(error.value)
    assert problem in fault.problem
    assert fault.repair


def test_a_condition_may_not_be_a_labyrinth() -> None:
    deep: dict[str, Any] = {"fact": "functions", "present": True}
    for _ in range(8):
        deep = {"not": deep}
    data = RULES["R-20"].model_dump(mode="json", by_alias=True, exclude_none=True)
    data |= {"when": deep, "remarks": [], "evidence_fields": ["functions"]}
    with pytest.raises(ValidationError, match="deep"):
        Rule.model_validate(data)


def truth(data: dict[str, Any], **fields: Any) -> bool | None:
    return answer(Condition.model_validate(data), entry_in("", **fields)).value


def test_an_empty_list_is_open_and_a_stated_none_is_an_answer() -> None:
    asked = {"fact": "screening.fria_parts", "includes_any_of": ["harms"]}
    assert truth(asked) is None
    assert truth(asked, screening={"fria_parts": []}) is False
    assert truth(asked, screening={"fria_parts": ["harms"]}) is True
    assert truth({"fact": "output_use.consequences", "includes_any_of": ["fine"]}) is None
    # Who withholds something says so.
    assert truth({"fact": "withheld", "some": {"field": ["outputs"]}}) is False


def test_several_together_may_hide_the_one_that_is_asked_for() -> None:
    asked = {"fact": "method_family", "includes_any_of": ["generative"]}
    assert truth(asked, method_family=["hybrid"]) is None
    assert truth(asked, method_family=["rules"]) is False
    assert truth(asked, method_family=["hybrid", "generative"]) is True


def test_all_of_a_list() -> None:
    asked = {"fact": "functions", "includes_all_of": ["anpr", "search"]}
    assert truth(asked, functions=["anpr", "search"]) is True
    assert truth(asked, functions=["anpr"]) is False
    assert truth(asked, functions=["anpr", "other"]) is None


def test_at_least_so_many() -> None:
    asked = {"fact": "screening.experts_in_review", "at_least": 2}
    assert [truth(asked, screening={"experts_in_review": n}) for n in (1, 2, 3)] == [False, True, True]
    assert truth(asked) is None


@pytest.mark.parametrize(
    ("published", "since", "since_is", "expected"),
    [
        ("2026-03-03", "2026-06-01", "exact", True),
        ("2026-03-04", "2026-06-01", "exact", False),
        ("2026-03", "2026-06-01", "exact", None),
        ("2026-02", "2026-06", "exact", True),
        ("2025", "2026-06", "exact", True),
        ("2027", "2026-06", "exact", False),
        ("2020-01-01", "2026-06-01", "latest_possible", None),
    ],
)
def test_days_before_is_told_only_where_the_dates_are_exact_enough(
    published: str, since: str, since_is: str, expected: bool | None
) -> None:
    asked = {"fact": "screening.policy_published_on", "days_before": {"fact": "in_use_since", "days": 90}}
    stage = {"stage": "operational", "since": since, "since_is": since_is, "sources": ["report"]}
    compiled = {"by": "deployer", "as_of": "2028", "statement": "Made for a test."}
    fields = {"lifecycle": {"stages": [stage]}, "compiled": compiled}
    assert truth(asked, screening={"policy_published_on": published}, **fields) is expected
