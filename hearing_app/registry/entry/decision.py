"""Group D: what follows from the system, for whom, and which person looks first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, When, stated
from hearing_app.registry.text import Line, Prose
from hearing_app.registry.vocabulary import AutomationLevel, Consequence, Term

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, strict=True)]


class Reversibility(Term):
    """Whether what it does can be undone, on Canada's scale."""

    REVERSIBLE = "reversible", "Reversible"
    LIKELY_REVERSIBLE = "likely_reversible", "Likely reversible"
    DIFFICULT = "difficult", "Difficult to reverse"
    IRREVERSIBLE = "irreversible", "Irreversible"


class Duration(Term):
    """How long what it does lasts, on Canada's scale."""

    BRIEF = "brief", "Brief"
    MONTHS = "months", "Some months"
    YEARS = "years", "Some years"
    PERPETUAL = "perpetual", "For ever"


class OutputUse(Part):
    """What may follow from an output, and whether it is enough by itself."""

    consequences: tuple[Consequence, ...] = Field((), description="What may follow for people.")
    sole_basis: StrictBool | None = Field(
        None, title="Enough by itself", description="Whether an output alone is enough to act on."
    )
    corroboration_required: StrictBool | None = Field(
        None, title="Needs a second ground", description="Whether something else must confirm it first."
    )
    note: Prose | None = None
    sources: SourceIds = ()


class HumanReview(Part):
    """What people check before or after the system has an effect. What is not known is left out."""

    who: Line | None = None
    before_effect: StrictBool | None = None
    second_person: StrictBool | None = None
    can_override: StrictBool | None = None
    override_rate: Share | None = Field(
        None,
        title="Share of results decided against",
        description="The share of results that people decided against, from 0 to 1.",
    )
    minutes_per_case: Annotated[float, Field(gt=0)] | None = Field(
        None, title="Minutes for each check", description="How long a check takes, in minutes."
    )
    note: Prose | None = None
    sources: SourceIds = ()


class AffectedGroup(Part):
    """People whom the system touches, and how."""

    group: Line
    how: Prose
    minors: StrictBool | None = Field(
        None, title="Children among them", description="Whether there are children among them."
    )


class Scale(Part):
    """How often it is used and on how many people, in one period."""

    period: Line = Field(description="The time that the counts are of.")
    uses: Count | None = Field(None, title="Times used", description="How often it was used.")
    people_scored: Count | None = Field(
        None, title="People scored or scanned", description="How many people it scored or scanned."
    )
    flagged: Count | None = Field(None, title="Pointed at", description="How many it pointed at.")
    acted_on: Count | None = Field(None, title="Acted on", description="How often something was done.")
    note: Prose | None = None
    sources: SourceIds = ()


class ImpactShape(Part):
    """Whether what it does to a person can be undone, and how long it lasts."""

    reversible: Reversibility | None = Field(None, title="Can it be undone")
    duration: Duration | None = Field(None, title="How long it lasts")
    note: Prose | None = None
    sources: SourceIds = ()


class Decision(Part):
    """The fields of group D."""

    decision_supported: Prose | None = stated(
        26,
        Group.D,
        "The decision it serves",
        "What is decided with its help, by whom, and at which step.",
        example="Whether officers stop a car that passes.",
        why="You know when it may touch you.",
        atrs=["2.3.1"],
        nl=["decision_making_process†"],
        eu=["Art 27(1)(a)"],
        aia=["decisionSector3", "impact31"],
        helsinki=["decision_making_process"],
        default=None,
    )
    automation_level: AutomationLevel | None = stated(
        27,
        Group.D,
        "Does a machine decide?",
        "How much of the decision the machine takes.",
        example="recommends",
        why="A decision by a machine alone needs a law that allows it.",
        need=Need.DRAFT,
        atrs=["in 2.3.1"],
        nl=["in human_intervention"],
        eu=["IV-3(c)"],
        aia=["impact30"],
        helsinki=["descriptive to prescriptive"],
        default=None,
    )
    output_use: OutputUse | None = stated(
        28,
        Group.D,
        "What may follow",
        "Everything that may follow for people, and whether an output alone is enough.",
        example={"consequences": ["stop_or_search"], "sole_basis": False, "corroboration_required": True},
        why="You can see what a false result may cost you.",
        atrs=["2.3.1", "2.3.2"],
        eu=["Art 26(10)"],
        aia=["impact3"],
        default=None,
    )
    human_review: HumanReview | None = stated(
        29,
        Group.D,
        "Who checks the result",
        "Who looks, when, whether they can decide otherwise, how often they do, and how long they have.",
        example={
            "who": "Two officers, apart from each other",
            "before_effect": True,
            "can_override": True,
            "override_rate": 0.12,
        },
        why="A check that never disagrees is no check.",
        atrs=["2.3.4"],
        nl=["human_intervention"],
        eu=["Art 14", "IV-3(c)"],
        aia=["fairness4", "fairness22", "Directive (levels III and IV)"],
        helsinki=["human_intervention"],
        default=None,
    )
    people_affected: tuple[AffectedGroup, ...] = stated(
        30,
        Group.D,
        "Whom it touches",
        "Each group of people, how it is touched, and whether there are children among them.",
        example=[
            {"group": "Everyone who drives past", "how": "The plate is read and compared.", "minors": False}
        ],
        why="You can see whether you are meant.",
        nl=["impact†"],
        eu=["Art 27(1)(c)"],
        aia=["riskProfile2", "riskProfile3", "impact23"],
        helsinki=["impact"],
        default=(),
    )
    scale: tuple[Scale, ...] = stated(
        31,
        Group.D,
        "How often, on how many",
        "For each period: uses, people scored, people pointed at, and how often something was done.",
        example=[{"period": "2025", "uses": 365, "people_scored": 1200000, "flagged": 840, "acted_on": 610}],
        why="A small share of errors is many people where many are scanned.",
        atrs=["2.3.3"],
        eu=["Art 27(1)(b)"],
        aia=["impact26"],
        helsinki=["annual report (Oakland)"],
        default=(),
    )
    geography: tuple[Line, ...] = stated(
        32,
        Group.D,
        "Where",
        "The areas in which it is used.",
        example=["Riverton, all districts"],
        why="You can see whether it is used where you live.",
        atrs=["0.14"],
        nl=["area†"],
        eu=["VIII-A10"],
        helsinki=["area", "by police area (Oakland)"],
        default=(),
    )
    impact_shape: ImpactShape | None = stated(
        33,
        Group.D,
        "Can it be undone?",
        "Whether the effect on a person can be undone, and how long it lasts.",
        example={"reversible": "likely_reversible", "duration": "brief"},
        why="What cannot be undone needs the better check.",
        aia=["impact6", "impact7"],
        helsinki=["rollback"],
        default=None,
    )
    operator_training: Prose | None = stated(
        34,
        Group.D,
        "Training of those who use it",
        "Who is trained, in what, and how often.",
        example="Two days before the first use, half a day each year, with cases of wrong results.",
        why="Who trusts a machine too much does not check it.",
        need=Need.CONDITIONAL,
        when=When.HIGH_IMPACT,
        atrs=["2.3.5"],
        eu=["Art 26(2)"],
        aia=["training obligation"],
        default=None,
    )
