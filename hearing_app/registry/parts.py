"""The parts of an entry: who runs the system, what goes in and comes out, what is said, and by whom."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.state import since_words
from hearing_app.registry.text import EMAIL, PHONE, Address, Line, Prose, Slug
from hearing_app.registry.vocabulary import (
    AgencyKind,
    AssessmentStatus,
    AssessmentType,
    CompiledBy,
    LifecycleStage,
    SinceIs,
    SourceKind,
    Verdict,
)


class Part(BaseModel):
    """What all parts share: unknown fields are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


SourceIds = tuple[Slug, ...]
SomeSources = Annotated[
    SourceIds, Field(min_length=1, description="The ids of the sources that show it; at least one.")
]


class Compiled(Part):
    """Who wrote this entry, and up to which day it is meant to be right."""

    by: CompiledBy
    as_of: PartialDate = Field(description="The day on which the entry was last brought up to date.")
    statement: Prose = Field(description="One or two sentences that every page of the entry shows.")


class Stage(Part):
    """One stage of the system's life, with its dates as exact as the sources give them."""

    stage: LifecycleStage
    since: PartialDate
    since_is: SinceIs = Field(
        SinceIs.EXACT,
        description="latest_possible where `since` is only the date of the oldest source, so that the stage "
        "began then or earlier.",
    )
    until: PartialDate | None = Field(None, description="Absent while the stage lasts.")
    note: Prose | None = None
    sources: SomeSources

    @property
    def since_words(self) -> str:
        """When it began: "2018", or "2018 or earlier"."""
        return since_words(self.since, self.since_is)


class Lifecycle(Part):
    """The stages in order, the last one still open, and how fresh that knowledge is."""

    stages: tuple[Stage, ...] = Field(min_length=1)
    last_seen: PartialDate | None = Field(
        None, description="The date of the newest source that shows the present stage."
    )
    note: Prose | None = None


class Deployer(Part):
    """The body that runs the system."""

    agency: Slug = Field(description="The agency's id, and the name of the entry's folder.")
    name: Line
    kind: AgencyKind
    country: Line
    note: Prose | None = None
    sources: SourceIds = ()


class Supplier(Part):
    """A company or institute that makes or sells the system or a part of it."""

    name: Line
    role: Line | None = None
    note: Prose | None = None
    sources: SourceIds = ()


class Contact(Part):
    """Where anybody can ask about the system: a mailbox or page of the body, never one person's."""

    name: Line
    address: Address | None = None
    email: Annotated[Line, Field(pattern=EMAIL)] | None = None
    phone: Annotated[Line, Field(pattern=PHONE)] | None = None
    post: Line | None = Field(None, description="The postal address, on one line.")


class HumanReview(Part):
    """What people check before or after the system has an effect. What is not known is left out."""

    who: Line | None = None
    before_effect: StrictBool | None = None
    second_person: StrictBool | None = None
    can_override: StrictBool | None = None
    note: Prose | None = None
    sources: SourceIds = ()


class AffectedGroup(Part):
    """People whom the system touches, and how."""

    group: Line
    how: Prose


class Input(Part):
    """Something that the system takes in."""

    name: Line
    note: Prose | None = None


class Output(Part):
    """Something that the system gives out, with the threshold that decides."""

    form: Line
    threshold: Line | None = None
    who_sees: Line | None = None
    note: Prose | None = None


class LegalBasis(Part):
    """A law, code or policy on which the use rests or by which it is bound."""

    title: Line
    provision: Line | None = None
    as_of: PartialDate | None = None
    address: Address | None = None
    note: Prose | None = None
    sources: SourceIds = ()


class Ruling(Part):
    """What a court or an authority decided about the system."""

    title: Line = Field(description="The official title or number of the decision.")
    body: Line
    date: PartialDate
    outcome: Prose
    sources: SomeSources


class Assessment(Part):
    """An assessment, test or review of the system."""

    type: AssessmentType
    title: Line
    status: AssessmentStatus
    by: Line | None = None
    date: PartialDate | None = None
    summary: Prose | None = None
    sources: SourceIds = ()


class Risk(Part):
    """Something that may go wrong or has gone wrong, and for whom."""

    title: Line
    who: Line | None = None
    note: Prose
    mitigation: Prose | None = None
    sources: SourceIds = ()


class Rights(Part):
    """What a person can do: learn of the use, get an explanation, challenge the result."""

    notice: Prose | None = None
    explanation: Prose | None = None
    challenge: Prose | None = None
    sources: SourceIds = ()


class Measurement(Part):
    """Something that was counted or tested about the system, by whom, and what limits the figure."""

    text: Prose
    by: Line
    period: Line | None = None
    computed: StrictBool = Field(
        description="Whether the figure was computed here from published counts; false if it was published."
    )
    limits: Prose | None = None
    sources: SomeSources


class Claim(Part):
    """What somebody says about the system, and what the published evidence says about that."""

    id: Slug
    text: Prose = Field(description="The claim, in the words of this entry.")
    who: Line = Field(description="Who says it: a body, a company, a publication; never a private person.")
    said: PartialDate | None = None
    figure: Line | None = Field(None, description="The figure claimed, such as “30 %”.")
    about: Line = Field(description="What the figure or statement is about.")
    verdict: Verdict
    finding: Prose = Field(description="What the evidence says, and why the verdict follows.")
    sources: SomeSources


class Headline(Part):
    """The one figure that matters most, as a sentence, and the dataset in which to explore it."""

    text: Prose
    dataset: Slug | None = None
    sources: SomeSources


class Source(Part):
    """A published source. Its address is absent where only copies on unrelated sites were found."""

    id: Slug
    title: Line
    publisher: Line
    address: Address | None = None
    date: PartialDate | None = Field(None, description="When it was published; absent if it bears no date.")
    read_on: PartialDate | None = Field(None, description="When it was read for this entry, if recorded.")
    kind: SourceKind
    note: Prose | None = None
