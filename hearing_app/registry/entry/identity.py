"""Group A: what the system is called, and how far it has come."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, When, stated
from hearing_app.registry.state import since_words
from hearing_app.registry.text import Language, Line, Prose, Slug
from hearing_app.registry.vocabulary import CompiledBy, LifecycleStage, SinceIs, Term

SomeSources = Annotated[
    SourceIds, Field(min_length=1, description="The ids of the sources that show it; at least one.")
]


class RetirementReason(Term):
    """Why a system was given up."""

    SUPERSEDED = "superseded", "Replaced by another system"
    NO_DEMONSTRABLE_VALUE = "no_demonstrable_value", "Its use could not be shown"
    UNLAWFUL = "unlawful", "Found or held to be unlawful"
    BIAS_FOUND = "bias_found", "Found to treat groups of people differently"
    ACCURACY_FAILED = "accuracy_failed", "Found not to be accurate enough"
    COST = "cost", "Too expensive"
    CONTRACT_END = "contract_end", "The contract ended"
    PUBLIC_OBJECTION = "public_objection", "The public objected"
    OTHER = "other", "Another reason"


class Rendering(Term):
    """Who made a translation."""

    HUMAN = "human", "Translated by a person"
    MACHINE = "machine", "Translated by a machine"


class ExternalId(Part):
    """The system's number or name in another register."""

    kept_in: Line = Field(title="Register", description="Whose register it is.")
    id: Line = Field(title="Number there")


class Translation(Part):
    """The entry's name and summary in another language."""

    lang: Language = Field(title="Language")
    made_by: Rendering = Field(title="Made by")
    name: Annotated[Line, Field(max_length=100)]
    summary: Annotated[Prose, Field(max_length=600)]


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


class Retirement(Part):
    """Why a system was given up, what was found, and what became of its data."""

    reason: RetirementReason
    finding: Prose | None = Field(None, description="What an evaluation, audit or court found.")
    data_fate: Prose | None = Field(
        None,
        title="What became of the data",
        description="Kept until when and where, or destroyed, and who checked.",
    )
    sources: SourceIds = ()


class SystemVersion(Part):
    """The version of the system, or of a model in it, and since when it is in use."""

    name: Line
    since: PartialDate | None = None
    until: PartialDate | None = None
    note: Prose | None = None
    sources: SourceIds = ()


class Identity(Part):
    """The fields of group A."""

    id: Slug = stated(
        1,
        Group.A,
        "Lasting name",
        "The entry's name in addresses and exports, and of its file. It never changes.",
        example="riverton-plate-readers",
        why="A link that you keep today still leads here in ten years.",
        need=Need.DRAFT,
        atrs=["0.1"],
        nl=["lars", "source_id"],
        eu=["VIII-A4"],
        aia=["projectAIAnumber"],
        helsinki=["uuid"],
    )
    external_ids: tuple[ExternalId, ...] = stated(
        None,
        Group.A,
        "In other registers",
        "The numbers under which other registers keep the same system.",
        example=[{"kept_in": "Algoritmeregister", "id": "81228922"}],
        why="You can compare what is said there with what is said here.",
        need=Need.OPTIONAL,
        nl=["lars"],
        default=(),
    )
    name: Annotated[Line, Field(max_length=100)] = stated(
        2,
        Group.A,
        "Name",
        "What it does, in at most 100 characters. The product's name can stand under other names.",
        example="Reading number plates at the city's edge",
        why="A plain name tells you what it is without knowing the product.",
        need=Need.DRAFT,
        atrs=["1.1"],
        nl=["name"],
        eu=["VIII-A4"],
        aia=["projectDetailsTitle"],
        helsinki=["Naam"],
    )
    aliases: tuple[Line, ...] = stated(
        None,
        Group.A,
        "Other names",
        "Names of products, earlier names and short forms under which people look for it.",
        example=["ANPR", "Plate readers"],
        why="The same system is often known by its product's name.",
        need=Need.OPTIONAL,
        default=(),
    )
    summary: Annotated[Prose, Field(max_length=400)] = stated(
        3,
        Group.A,
        "Summary",
        "What it is and does, in at most 400 characters. Write as you would speak to a neighbour.",
        example="Cameras at four roads read the plate of each car and compare it with a list of stolen cars.",
        why="One minute of reading must be enough to know whether it concerns you.",
        atrs=["0.15", "1.2"],
        nl=["description_short"],
        eu=["VIII-A5"],
        aia=["projectDetailsDescription"],
        helsinki=["150 characters"],
    )
    lang: Language = stated(
        4,
        Group.A,
        "Language",
        "The language in which the entry is written, as a tag such as en or pt-BR.",
        example="en",
        why="A screen reader speaks it rightly, and a translation is told from the original.",
        nl=["lang"],
        aia=["English and French"],
        helsinki=["lang"],
    )
    translations: tuple[Translation, ...] = stated(
        None,
        Group.A,
        "Translations",
        "Name and summary in other languages, and whether a person or a machine translated them.",
        example=[
            {
                "lang": "nl",
                "made_by": "human",
                "name": "Kentekens lezen",
                "summary": "Camera's lezen kentekens.",
            }
        ],
        why="You can find it by a word of your own language.",
        need=Need.OPTIONAL,
        default=(),
    )
    compiled: Compiled = stated(
        None,
        Group.A,
        "Who wrote this entry",
        "Whether the body that uses the system wrote it, and up to which day it is meant to be right.",
        example={
            "by": "deployer",
            "as_of": "2026-03-01",
            "statement": "This entry is published by Riverton Police.",
        },
        why="What a body says of itself is read differently from what others compiled about it.",
        need=Need.DRAFT,
    )
    is_police_system: StrictBool = stated(
        None,
        Group.A,
        "Is it a police system?",
        "False for a system that is kept here as a precedent from another field.",
        example=True,
        why="Schools, courts and companies use what police use, too.",
        need=Need.DRAFT,
    )
    scope_note: Prose | None = stated(
        None,
        Group.A,
        "Why it is kept here",
        "Needed where it is not a police system.",
        example="It is kept as a precedent: the first fine for face recognition in a school.",
        why="It says why you find it among police systems.",
        need=Need.OPTIONAL,
        default=None,
    )
    lifecycle: Lifecycle = stated(
        (5, 6),
        Group.A,
        "Stages",
        "How far it has come today, and every stage before, each with its dates. The last one has no end.",
        example={"stages": [{"stage": "operational", "since": "2024-05", "sources": ["report"]}]},
        why="Before it is in use, your word can change most.",
        need=Need.DRAFT,
        atrs=["0.13", "1.x phase"],
        nl=["status"],
        eu=["VIII-A7"],
        aia=["projectDetailsPhase"],
        helsinki=["status"],
        second={"atrs": ["0.10†"], "nl": ["begin_date", "end_date"], "eu": ["VIII-A7"]},
    )
    retirement: Retirement | None = stated(
        7,
        Group.A,
        "Why it was given up",
        "The reason, what was found, and what became of the data.",
        example={
            "reason": "no_demonstrable_value",
            "finding": "No success criteria had been set.",
            "data_fate": "Kept for five years, then destroyed.",
        },
        why="What failed once is proposed again elsewhere; the reasons should be known there.",
        need=Need.CONDITIONAL,
        when=When.RETIRED,
        nl=["in text"],
        eu=["VIII-A7"],
        helsinki=["rollback (0.3.1)"],
        default=None,
    )
    system_versions: tuple[SystemVersion, ...] = stated(
        8,
        Group.A,
        "Versions in use",
        "The version of the system and of each model in it, with the days on which they changed.",
        example=[{"name": "Matcher 4.2", "since": "2025-11"}],
        why="A test of one version says little about the next.",
        atrs=["2.4.2.2"],
        eu=["IV-1(a)", "IV-6"],
        aia=["fairness (version of each decision)"],
        helsinki=["standard only"],
        default=(),
    )
