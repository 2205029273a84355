"""Group I: what a person can do."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, When, stated
from hearing_app.registry.text import Address, Line, Prose


class Notice(Part):
    """Whether people are told, when and how; and if not, why not."""

    told: StrictBool | None = Field(
        None, title="Are people told", description="Whether people learn that it is used on them."
    )
    when: Line | None = None
    how: Prose | None = None
    if_not_why: Prose | None = Field(None, title="If not, why")
    sources: SourceIds = ()


class ExplanationRoute(Part):
    """How to ask for an explanation, and what one gets."""

    request_form: Address | None = Field(None, title="Where to ask")
    days: Annotated[int, Field(gt=0, strict=True)] | None = Field(
        None, title="Days until an answer", description="Within how many days the answer comes."
    )
    what_is_given: Prose | None = Field(None, title="What one is told")
    note: Prose | None = None
    sources: SourceIds = ()


class ChallengeRoute(Part):
    """How to have a person look again, to complain, to appeal; and who oversees the body."""

    human_review: Prose | None = Field(None, title="A person looks again")
    complaint: Prose | None = None
    appeal: Prose | None = None
    oversight_body: Line | None = Field(None, title="Who oversees the body")
    note: Prose | None = None
    sources: SourceIds = ()


class Rights(Part):
    """The fields of group I."""

    notice: Notice | None = stated(
        54,
        Group.I,
        "Be told",
        "Whether people are told that it is used on them, when, how; if not, why not.",
        example={"told": True, "when": "Before the place", "how": "By signs at each road."},
        why="Who does not know cannot object.",
        need=Need.CONDITIONAL,
        when=When.PEOPLE_SCORED,
        eu=["Art 26(11)", "LED 13"],
        aia=["Notice obligation"],
        default=None,
    )
    explanation_route: ExplanationRoute | None = stated(
        55,
        Group.I,
        "Get an explanation",
        "Where to ask, within how many days one is answered, and what is told.",
        example={
            "request_form": "https://www.example.org/ask",
            "days": 30,
            "what_is_given": "The time, the place, the list, and who checked.",
        },
        why="You have a right to know why.",
        need=Need.CONDITIONAL,
        when=When.PEOPLE_SCORED,
        eu=["Art 86"],
        aia=["Explanation (levels I to IV)", "fairness10"],
        default=None,
    )
    challenge_route: ChallengeRoute | None = stated(
        56,
        Group.I,
        "Challenge a result",
        "How a person looks again, where to complain and appeal, and which body oversees the police.",
        example={
            "human_review": "Write to the information desk; an officer of another unit looks again.",
            "oversight_body": "Police Complaints Authority",
        },
        why="A fault that cannot be challenged stays.",
        need=Need.CONDITIONAL,
        when=When.PEOPLE_SCORED,
        atrs=["2.3.6"],
        nl=["objection_procedure†"],
        eu=["Art 27(1)(f)", "Art 85"],
        aia=["fairness13"],
        helsinki=["objection_procedure"],
        default=None,
    )
