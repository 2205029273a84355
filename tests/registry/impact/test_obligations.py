"""What a level asks for, and what an entry shows of it."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.registry.entry import Entry
from hearing_app.registry.impact.obligations import Shown, asked_at, obligations
from hearing_app.registry.standard import field

AUDIT = {
    "auditor": "City auditor",
    "independence": "independent",
    "finding": "It keeps its limits.",
    "sources": ["report"],
}
DONE = {"title": "A review", "status": "done", "address": "https://www.example.org/review"}


def shown(data: dict[str, Any], level: int, **changes: Any) -> dict[str, Shown | None]:
    return {one.obligation.id: one.shown for one in asked_at(level, Entry.model_validate(data | changes))}


def test_more_is_asked_for_at_higher_levels() -> None:
    at = {level: {one.obligation.id: one.words for one in asked_at(level)} for level in (1, 2, 3, 4)}
    assert set(at[1]) == {"notice", "explanation", "training", "approval"}
    assert set(at[2]) == set(at[1]) | {"peer-review", "equality"}
    assert set(at[3]) == set(at[4]) == {one.id for one in obligations()}
    assert at[1]["notice"] == at[2]["notice"] != at[3]["notice"] == at[4]["notice"]
    assert at[1]["explanation"] != at[2]["explanation"] == at[4]["explanation"]
    assert at[2]["peer-review"] == at[3]["peer-review"] != at[4]["peer-review"]
    assert at[2]["training"] != at[3]["training"] == at[4]["training"]
    assert len({at[level]["approval"] for level in (2, 3, 4)}) == 3
    for one in obligations():
        for name in one.fields:
            field(name)


def test_an_entry_that_says_nothing_shows_nothing_and_denies_nothing(data: dict[str, Any]) -> None:
    for level in (1, 2, 3, 4):
        assert set(shown(data, level).values()) == {Shown.NOT_SHOWN}


@pytest.mark.parametrize(
    ("obligation", "level", "changes", "said"),
    [
        ("notice", 1, {"notice": {"told": True}}, Shown.SHOWN),
        ("notice", 1, {"notice": {"told": False}}, Shown.CONTRARY),
        ("notice", 1, {"notice": {"when": "Before"}}, Shown.NOT_SHOWN),
        ("notice", 3, {"notice": {"told": True}}, Shown.NOT_SHOWN),
        (
            "notice",
            3,
            {"notice": {"told": True}, "explanation_route": {"what_is_given": "The time."}},
            Shown.SHOWN,
        ),
        ("explanation", 1, {"explanation_route": {"note": "Ask the desk."}}, Shown.SHOWN),
        ("explanation", 2, {"explanation_route": {"note": "Ask the desk."}}, Shown.NOT_SHOWN),
        ("explanation", 2, {"explanation_route": {"what_is_given": "The time."}}, Shown.SHOWN),
        ("peer-review", 3, {"audits": [AUDIT]}, Shown.SHOWN),
        ("peer-review", 4, {"audits": [AUDIT]}, Shown.NOT_SHOWN),
        ("peer-review", 4, {"audits": [AUDIT, AUDIT]}, Shown.SHOWN),
        ("peer-review", 3, {"audits": [AUDIT | {"independence": "internal"}]}, Shown.NOT_SHOWN),
        ("peer-review", 2, {"assessments": [DONE | {"type": "oversight_review"}]}, Shown.SHOWN),
        ("peer-review", 2, {"assessments": [DONE | {"type": "dpia"}]}, Shown.NOT_SHOWN),
        ("equality", 2, {"assessments": [DONE | {"type": "equality_ia"}]}, Shown.SHOWN),
        (
            "equality",
            2,
            {"assessments": [{"type": "equality_ia", "title": "x", "status": "not_done"}]},
            Shown.CONTRARY,
        ),
        ("training", 3, {"operator_training": "Two days, each year."}, Shown.SHOWN),
        ("human", 3, {"automation_level": "fully_automated"}, Shown.CONTRARY),
        ("human", 3, {"automation_level": "recommends"}, Shown.NOT_SHOWN),
        (
            "human",
            3,
            {
                "automation_level": "recommends",
                "human_review": {"before_effect": True, "can_override": True},
            },
            Shown.SHOWN,
        ),
        (
            "human",
            3,
            {
                "automation_level": "default_unless_overridden",
                "human_review": {"before_effect": True, "can_override": True},
            },
            Shown.NOT_SHOWN,
        ),
        ("human", 3, {"human_review": {"before_effect": False}}, Shown.CONTRARY),
        ("approval", 3, {"authorisations": [{"type": "internal", "body": "Chief"}]}, Shown.SHOWN),
        ("approval", 4, {"authorisations": [{"type": "internal", "body": "Chief"}]}, Shown.NOT_SHOWN),
        ("approval", 4, {"authorisations": [{"type": "council_vote", "body": "Council"}]}, Shown.SHOWN),
        (
            "approval",
            3,
            {"authorisations": [{"type": "council_vote", "body": "Council", "expiry": "2023"}]},
            Shown.NOT_SHOWN,
        ),
    ],
)
def test_the_fields_of_the_entry_show_it(
    data: dict[str, Any], obligation: str, level: int, changes: dict[str, Any], said: Shown
) -> None:
    assert shown(data, level, **changes)[obligation] is said
