"""Group C: what the system is for, and on what law its use rests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.identity import SomeSources
from hearing_app.registry.entry.screening import Screening
from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, When, stated
from hearing_app.registry.text import Address, Line, Prose
from hearing_app.registry.vocabulary import PolicingFunction, Term


class AiActRole(Term):
    """The body's role under the AI Act."""

    PROVIDER = "provider", "Provider"
    DEPLOYER = "deployer", "Deployer"
    BOTH = "both", "Provider and deployer"


class AnnexIII(Term):
    """The points of Annex III of the AI Act that concern police work."""

    BIOMETRIC_IDENTIFICATION = "1a", "1(a) Remote biometric identification"
    BIOMETRIC_CATEGORISATION = "1b", "1(b) Biometric categorisation"
    EMOTION = "1c", "1(c) Emotion recognition"
    EMERGENCY_CALLS = "5d", "5(d) Emergency calls and dispatch"
    VICTIM_RISK = "6a", "6(a) Risk of becoming a victim"
    POLYGRAPH = "6b", "6(b) Polygraphs and similar tools"
    EVIDENCE = "6c", "6(c) Reliability of evidence"
    OFFENDING_RISK = "6d", "6(d) Risk of offending or reoffending"
    PROFILING = "6e", "6(e) Profiling in investigations"


class AuthorisationType(Term):
    """Who allowed the use."""

    COUNCIL_VOTE = "council_vote", "Vote of a council"
    JUDICIAL = "judicial", "Judge"
    INDEPENDENT_AUTHORITY = "independent_authority", "Independent authority"
    ETHICS_PANEL = "ethics_panel", "Ethics panel"
    REGULATOR_CONSULTATION = "regulator_consultation", "Consultation of the regulator"
    INTERNAL = "internal", "The body itself"


class SuccessTest(Part):
    """What would show that the system is worth its cost, fixed beforehand."""

    indicator: Line = Field(title="What is counted", description="What is counted.")
    baseline: Line | None = Field(None, title="Before the system", description="Its value before the system.")
    target: Line | None = Field(None, title="Aimed at", description="The value that would be a success.")
    review_date: PartialDate | None = Field(None, title="Looked at")
    set_on: PartialDate | None = Field(None, title="Fixed on", description="When this was fixed.")
    result: Prose | None = Field(None, title="What was found", description="What was found at the review.")
    sources: SourceIds = ()


class Justification(Part):
    """Three questions, each with its own answer."""

    necessity: Prose | None = Field(None, description="Why the aim cannot be reached without it.")
    proportionality: Prose | None = Field(
        None, description="Why the gain is worth what it costs people in their rights."
    )
    subsidiarity: Prose | None = Field(None, description="Why no milder means will do.")
    sources: SourceIds = ()


class LegalBasis(Part):
    """A law, code or policy on which the use rests or by which it is bound."""

    title: Line
    provision: Line | None = None
    as_of: PartialDate | None = Field(None, description="The day on which the text was looked at.")
    address: Address | None = None
    note: Prose | None = Field(None, description="What it says, in plain words.")
    sources: SourceIds = ()


class AiAct(Part):
    """The body's own classification under the EU's AI Act."""

    role: AiActRole | None = None
    annex_iii: tuple[AnnexIII, ...] = Field((), title="Points of Annex III")
    exemption_claimed: StrictBool | None = Field(
        None,
        title="Exemption claimed",
        description="Whether the body claims under Article 6(3) that it is not high-risk.",
    )
    profiling: StrictBool | None = Field(None, description="Whether it profiles natural persons.")
    note: Prose | None = None
    sources: SourceIds = ()


class Authorisation(Part):
    """A permission or vote, by whom and until when."""

    type: AuthorisationType
    body: Line
    date: PartialDate | None = None
    expiry: PartialDate | None = None
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


class RuleReply(Part):
    """What the body says to a rule that its entry touches."""

    rule: Annotated[str, Field(pattern=r"^R-[0-9]{2}[a-z]?$", description="The rule's number, such as R-20.")]
    argument: Prose = Field(description="Why the body holds that the rule does not stand against the use.")
    said: PartialDate | None = None
    sources: SourceIds = ()


class Purpose(Part):
    """The fields of group C."""

    functions: tuple[PolicingFunction, ...] = stated(
        16,
        Group.C,
        "Kind of police work",
        "Every kind that applies. The rules on prohibited uses are chosen by it.",
        example=["anpr"],
        why="You can find every system of a kind, and compare.",
        need=Need.DRAFT,
        atrs=["0.4", "0.5", "0.6"],
        nl=["category"],
        eu=["Annex III 1", "Annex III 6"],
        aia=["aboutSystem1", "decisionSector1"],
        helsinki=["domain", "type"],
        min_length=1,
    )
    purpose: Prose = stated(
        17,
        Group.C,
        "What it is for",
        "The problem that it is meant to solve, and how.",
        example="To find stolen cars on their way out of the city.",
        why="Only by its purpose can one say whether it works.",
        need=Need.DRAFT,
        atrs=["2.2.1", "2.2.2"],
        nl=["goal"],
        eu=["VIII-A5", "IV-1(a)"],
        aia=["businessDrivers3"],
        helsinki=["goal"],
    )
    not_for: tuple[Prose, ...] = stated(
        18,
        Group.C,
        "What it is not for",
        "Uses that are ruled out; by whom is said in each.",
        example=["Following the movements of people who are not on a list."],
        why="A use that was ruled out in public is harder to begin in silence.",
        atrs=["2.2.2"],
        eu=["IV-3(b)"],
        aia=["businessDrivers7"],
        default=(),
    )
    success_test: SuccessTest | None = stated(
        19,
        Group.C,
        "What would show that it works",
        "What is counted, its value before, the value aimed at, and when it is looked at.",
        example={
            "indicator": "Stolen cars found within a week",
            "baseline": "31 of 100 in 2023",
            "target": "45 of 100",
            "review_date": "2026-06",
        },
        why="Without a measure fixed beforehand anything can be called a success.",
        atrs=["2.2.3"],
        nl=["in goal"],
        aia=["businessDrivers6B", "businessDrivers6C", "businessDrivers6D"],
        default=None,
    )
    previous_process: Prose | None = stated(
        20,
        Group.C,
        "How it was done before",
        "What people did before the system, and how well.",
        example="Officers at the roadside typed plates into a handheld device.",
        why="A fault is judged against what it replaces.",
        atrs=["2.2.4"],
        default=None,
    )
    alternatives_considered: tuple[Prose, ...] = stated(
        21,
        Group.C,
        "What else was considered",
        "Other ways, among them ways without a machine, and why they were not taken.",
        example=["More patrols at the four roads: refused because of cost."],
        why="It shows whether anybody asked if it is needed.",
        atrs=["2.2.5"],
        nl=["in proportionality"],
        aia=["businessDrivers9", "businessDrivers10"],
        helsinki=["alternatives (0.3.1)"],
        default=(),
    )
    justification: Justification | None = stated(
        22,
        Group.C,
        "Why it is needed, worth it, and the mildest means",
        "Three separate answers: necessity, proportionality, subsidiarity.",
        example={"necessity": "Cars leave the city within an hour of the theft."},
        why="These are the questions that a court asks.",
        nl=["proportionality"],
        eu=["Art 27(1)"],
        aia=["businessDrivers8"],
        helsinki=["proportionality"],
        default=None,
    )
    legal_basis: tuple[LegalBasis, ...] = stated(
        23,
        Group.C,
        "Legal basis",
        "Each law, code or policy with its provision, a link, and the day on which you looked at it.",
        example=[
            {
                "title": "Road Traffic Act 1988",
                "provision": "s. 163",
                "as_of": "2026-01-15",
                "address": "https://www.legislation.gov.uk/ukpga/1988/52/section/163",
            }
        ],
        why="Police may do only what a law allows.",
        nl=["lawful_basis", "lawful_basis_grouping"],
        eu=["Annex III chapeau"],
        aia=["projectAuthority1", "projectAuthority2"],
        helsinki=["lawful_basis", "Publieke taak"],
        default=(),
    )
    ai_act: AiAct | None = stated(
        24,
        Group.C,
        "Class under the EU's AI Act",
        "The body's role, the points of Annex III that apply, and whether an exemption is claimed.",
        example={"role": "deployer", "annex_iii": ["1a"], "exemption_claimed": False, "profiling": False},
        why="The class decides which duties bind the body.",
        need=Need.CONDITIONAL,
        when=When.IN_EU,
        nl=["publication_category"],
        eu=["Art 6", "Art 49"],
        helsinki=["risk_category"],
        default=None,
    )
    authorisations: tuple[Authorisation, ...] = stated(
        25,
        Group.C,
        "Who allowed it",
        "Votes, permits and advice, each with body, date and end.",
        example=[{"type": "council_vote", "body": "Riverton City Council", "date": "2025-02-11"}],
        why="You can see who said yes, and when it must be asked again.",
        need=Need.CONDITIONAL,
        when=When.IN_USE,
        eu=["Art 5(3)", "Art 26(10)"],
        aia=["approval by level"],
        helsinki=["council approval (CCOPS)"],
        default=(),
    )
    rulings: tuple[Ruling, ...] = stated(
        None,
        Group.C,
        "What courts and authorities decided",
        "Decisions about this system, with date and outcome.",
        example=[
            {
                "title": "Case 12/34",
                "body": "High Court",
                "date": "2025-05-02",
                "outcome": "The use was unlawful for want of limits.",
                "sources": ["report"],
            }
        ],
        why="A court may have answered your question already.",
        need=Need.OPTIONAL,
        default=(),
    )
    screening: Screening = stated(
        None,
        Group.C,
        "Questions of the rules",
        "Yes or no, as far as you know; leave out what you do not. The rules on prohibited uses read these.",
        example={"public_space": True, "uses_logged": True},
        why="You can see which answer a rule stands on.",
        default_factory=Screening,
    )
    rule_replies: tuple[RuleReply, ...] = stated(
        None,
        Group.C,
        "The body's argument against a rule",
        "For a rule on prohibited or restricted uses that this entry touches: what the body says to it.",
        example=[{"rule": "R-21", "argument": "The review of stand-ins is under way until June."}],
        why="You can read both sides.",
        need=Need.OPTIONAL,
        default=(),
    )
