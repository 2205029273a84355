"""Group G: what the system may do to people, and what has gone wrong."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, stated
from hearing_app.registry.impact.instrument import Phase
from hearing_app.registry.text import Address, Line, Prose
from hearing_app.registry.vocabulary import AssessmentStatus, AssessmentType, Term

QuestionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$", max_length=60)]
OptionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", max_length=60)]


class Severity(Term):
    """How much a harm would weigh, on Canada's scale."""

    LITTLE = "little", "Little"
    MODERATE = "moderate", "Moderate"
    HIGH = "high", "High"
    VERY_HIGH = "very_high", "Very high"


class Likelihood(Term):
    """How likely a harm is."""

    RARE = "rare", "Rare"
    POSSIBLE = "possible", "Possible"
    LIKELY = "likely", "Likely"
    HAPPENED = "happened", "It has happened"


class Assessment(Part):
    """An assessment, test or review of the system."""

    type: AssessmentType
    title: Line
    status: AssessmentStatus
    by: Line | None = None
    date: PartialDate | None = None
    address: Address | None = None
    summary: Prose | None = None
    reason_if_none: Prose | None = Field(None, title="If none, why")
    sources: SourceIds = ()


class ImpactAnswers(Part):
    """Answers to the questionnaire from which the impact level is computed, and by whom they were given."""

    instrument_version: Line = Field(
        title="Version of the questionnaire",
        description="The version of the questionnaire, such as 1.0.1.",
    )
    phase: Phase
    answered_by: Line
    answers: dict[QuestionId, tuple[OptionId, ...]] = Field(
        default_factory=dict, description="For each question the chosen options; what is left out is open."
    )
    note: Prose | None = None
    sources: SourceIds = ()


class Risk(Part):
    """Something that may go wrong or has gone wrong, and for whom."""

    title: Line
    who: Line | None = Field(None, title="Whom it touches")
    note: Prose
    severity: Severity | None = None
    likelihood: Likelihood | None = None
    mitigation: Prose | None = Field(None, title="What is or can be done about it")
    residual: Prose | None = Field(None, title="What risk is left")
    owner: Line | None = Field(None, title="Watched over by", description="The post that watches over it.")
    sources: SourceIds = ()


class Incident(Part):
    """Something that went wrong, what it did, and how it was mended."""

    date: PartialDate
    kind: Line
    effect: Prose
    fix: Prose | None = Field(None, title="What was done about it")
    sources: SourceIds = ()


class Impact(Part):
    """The fields of group G."""

    assessments: tuple[Assessment, ...] = stated(
        46,
        Group.G,
        "Assessments and reviews",
        "Each assessment with its state and link; where there is none, why.",
        example=[{"type": "dpia", "title": "Data protection impact assessment", "status": "done"}],
        why="You can see whether anybody asked what it does to people, before it was used.",
        atrs=["2.5.1"],
        nl=["impacttoetsen_grouping", "impacttoetsen"],
        eu=["VIII-C4", "VIII-C5", "Art 27"],
        aia=["privacy1"],
        helsinki=["DPIA_url", "AIA_url"],
        default=(),
    )
    impact: ImpactAnswers | None = stated(
        47,
        Group.G,
        "Impact level",
        "The answers to the questionnaire. The register computes the level, before and after safeguards.",
        example={
            "instrument_version": "1.0.1",
            "phase": "implementation",
            "answered_by": "Riverton Police, data office",
            "answers": {},
        },
        why="The level decides which duties are fitting, and you can see what moves it.",
        aia=["the whole tool"],
        default=None,
    )
    risks: tuple[Risk, ...] = stated(
        48,
        Group.G,
        "Known risks",
        "Each risk: for whom, how heavy, how likely, what is done, what is left, and who watches it.",
        example=[{"title": "Misread plates", "note": "Dirt can change a letter.", "severity": "moderate"}],
        why="A risk that is named can be watched.",
        atrs=["2.5.2"],
        nl=["risks"],
        eu=["IV-5", "Art 27(1)(d)"],
        aia=["riskProfile (all)", "impact (all)"],
        helsinki=["list of risks"],
        default=(),
    )
    incidents: tuple[Incident, ...] = stated(
        49,
        Group.G,
        "What went wrong",
        "Each incident with its date, its effect, and what was done.",
        example=[{"date": "2025-08-02", "kind": "Wrong stop", "effect": "A family was held for an hour."}],
        why="What happened once may happen again.",
        need=Need.OPTIONAL,
        eu=["Art 26(5)", "Art 73"],
        aia=["Directive"],
        helsinki=["Oakland F, G"],
        default=(),
    )
