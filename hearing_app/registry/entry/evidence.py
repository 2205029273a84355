"""Group H: what was measured, by whom, and what is claimed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.decision import Count
from hearing_app.registry.entry.identity import SomeSources
from hearing_app.registry.entry.stated import Group, Need, Part, When, stated
from hearing_app.registry.text import Address, Line, Prose, Slug
from hearing_app.registry.vocabulary import Term, Verdict

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Provenance(Term):
    """Who stands behind a figure."""

    SELF_REPORTED = "self_reported", "Reported by the body itself"
    VENDOR = "vendor", "Reported by the supplier"
    INDEPENDENT = "independent", "Measured by others"
    RECOMPUTED_HERE = "recomputed_here", "Computed here from published counts"


class Independence(Term):
    """How far an auditor stands from the body."""

    INTERNAL = "internal", "Part of the body"
    COMMISSIONED = "commissioned", "Paid and chosen by the body"
    INDEPENDENT = "independent", "Independent of the body and the supplier"
    REGULATOR = "regulator", "Court, regulator or public audit office"


class MetricRun(Part):
    """Figures that anybody can recompute: which dataset, in which release, of which time and version."""

    dataset: Slug
    dataset_hash: Sha256 | None = Field(None, description="SHA-256 of the release, without “sha256:”.")
    code_hash: Sha256 | None = Field(None, description="SHA-256 of the program that counted.")
    run: Line | None = Field(None, title="Run", description="The number or address of the run.")
    window: Line | None = Field(None, title="Period", description="The time that the data are of.")
    system_version: Line | None = None


class Measurement(Part):
    """Something that was counted or tested about the system, by whom, and what limits the figure."""

    text: Prose
    by: Line
    origin: Provenance | None = Field(None, title="Who stands behind it")
    period: Line | None = None
    date: PartialDate | None = None
    metric: Line | None = Field(None, description="The measure's name, such as false_positive_rate.")
    value: float | None = None
    low: float | None = Field(None, description="Lower end of its 95 % interval.")
    high: float | None = Field(None, description="Upper end of its 95 % interval.")
    n: Count | None = Field(None, description="Of how many.")
    threshold: Line | None = None
    dataset: Slug | None = Field(None, description="The dataset from which a reader can recompute it.")
    computed: StrictBool = Field(
        description="Whether the figure was computed here from published counts; false if it was published."
    )
    limits: Prose | None = None
    sources: SomeSources


class SubgroupClaim(Part):
    """One figure for one group of people."""

    attribute: Line
    group: Line
    metric: Line
    value: float | None = Field(None, description="Absent where it is suppressed.")
    low: float | None = None
    high: float | None = None
    n: Count | None = None
    suppressed: StrictBool = Field(
        False, description="Whether the body withholds it because few are counted."
    )
    by: Line
    origin: Provenance
    period: Line | None = None
    dataset: Slug | None = None
    sources: SomeSources


class PublishedAudit(Part):
    """An audit that was published, with the body's reply beside it."""

    auditor: Line
    independence: Independence | None = None
    scope: Line | None = None
    date: PartialDate | None = None
    finding: Prose
    response: Prose | None = Field(None, title="The body's reply")
    address: Address | None = None
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


class Evidence(Part):
    """The fields of group H."""

    headline: Headline | None = stated(
        None,
        Group.H,
        "The figure that matters most",
        "One sentence with the figure that matters most to the people concerned.",
        example={
            "text": "In 2025 it pointed at 840 cars; 610 were stolen.",
            "sources": ["report"],
        },
        why="You have the main thing at once.",
        need=Need.OPTIONAL,
        default=None,
    )
    datasets: tuple[Slug, ...] = stated(
        None,
        Group.H,
        "Datasets to explore",
        "Ids of the datasets of this register in which a reader can check the figures.",
        example=["riverton-plates"],
        why="You need not believe a figure that you can compute.",
        need=Need.OPTIONAL,
        default=(),
    )
    metric_runs: tuple[MetricRun, ...] = stated(
        50,
        Group.H,
        "Figures that can be recomputed",
        "For each run: the dataset and the hash of its release, the time it covers, the system's version.",
        example=[{"dataset": "riverton-plates", "window": "2025", "system_version": "Matcher 4.2"}],
        why="A figure without its data is a claim.",
        need=Need.CONDITIONAL,
        when=When.IN_USE_ON_PEOPLE,
        eu=["IV-2(g)"],
        default=(),
    )
    measurements: tuple[Measurement, ...] = stated(
        51,
        Group.H,
        "What was measured",
        "Each figure with who measured it, when, of how many, its interval, and what limits it.",
        example=[
            {
                "text": "Of 1,000 plates read by hand 979 were read rightly by the system.",
                "by": "Riverton University",
                "origin": "independent",
                "metric": "accuracy",
                "value": 0.979,
                "n": 1000,
                "computed": False,
                "sources": ["report"],
            }
        ],
        why="You can see what is known, and how surely.",
        atrs=["2.4.2.7"],
        nl=["performance_standard†"],
        eu=["IV-3", "IV-4"],
        aia=["impact18"],
        helsinki=["Prestatie"],
        default=(),
    )
    subgroup_claims: tuple[SubgroupClaim, ...] = stated(
        52,
        Group.H,
        "Figures by group",
        "The same measure for each group of people, with how many; a withheld one is named, too.",
        example=[
            {
                "attribute": "District",
                "group": "Harbour",
                "metric": "false_positive_rate",
                "value": 0.03,
                "n": 420,
                "by": "Riverton University",
                "origin": "independent",
                "sources": ["report"],
            }
        ],
        why="A good average can hide whom it fails.",
        need=Need.CONDITIONAL,
        when=When.PEOPLE_SCORED,
        atrs=["2.4.2.7 (note)"],
        eu=["IV-3(a)", "Art 13(3)(b)"],
        aia=["impact18", "impact19I"],
        helsinki=["Non-discrimination"],
        default=(),
    )
    claims: tuple[Claim, ...] = stated(
        None,
        Group.H,
        "What is claimed",
        "What somebody says about the system, and what the published evidence says about that.",
        example=[
            {
                "id": "fewer-thefts",
                "text": "Thefts fell by a third.",
                "who": "Riverton Police",
                "about": "Car thefts in the city",
                "verdict": "unknown",
                "finding": "No count of the year before was published.",
                "sources": ["report"],
            }
        ],
        why="You can tell a claim from what supports it.",
        need=Need.OPTIONAL,
        default=(),
    )
    audits: tuple[PublishedAudit, ...] = stated(
        53,
        Group.H,
        "Audits",
        "Each published audit: by whom, how independent, what was found, and the body's reply.",
        example=[
            {
                "auditor": "City Auditor",
                "independence": "independent",
                "finding": "The list of stolen cars was out of date.",
                "response": "It is renewed each night since May.",
                "sources": ["report"],
            }
        ],
        why="Somebody else than the body should have looked.",
        need=Need.OPTIONAL,
        aia=["peer review (levels II to IV)"],
        helsinki=["Auditor (hidden)"],
        default=(),
    )
    gaps: tuple[Prose, ...] = stated(
        None,
        Group.H,
        "What is not known",
        "What was looked for and not found, or cannot be known.",
        example=["How many plates were read wrongly is not counted."],
        why="What nobody counts cannot be judged.",
        need=Need.OPTIONAL,
        default=(),
    )
