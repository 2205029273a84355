"""The words with fixed meanings in an entry, each with the label that a neighbour reads.

Every list is closed: an entry uses one of these values or leaves the field out. A value is what YAML,
the API and the address of a page carry; its label is what a page prints.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A value from a closed list. ``label`` is its plain-language name."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make the value with its label. The default lets a value alone look its member up."""
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        return term


class LifecycleStage(Term):
    """How far the system has come, from the first plan to the end of use."""

    PROPOSED = "proposed", "Proposed"
    DESIGN = "design", "Being designed"
    DEVELOPMENT = "development", "Being built"
    PILOT_SHADOW = "pilot_shadow", "On trial, without effect on anyone"
    PILOT_LIVE = "pilot_live", "On trial, with real effects"
    OPERATIONAL = "operational", "In use"
    SUSPENDED = "suspended", "Paused"
    RETIRED = "retired", "No longer in use"
    CANCELLED = "cancelled", "Stopped before it was used"

    @property
    def is_over(self) -> bool:
        """Whether the system is out of use for good."""
        return self in {LifecycleStage.RETIRED, LifecycleStage.CANCELLED}


class SinceIs(Term):
    """How the date on which a stage began is meant."""

    EXACT = "exact", "It began then"
    LATEST_POSSIBLE = "latest_possible", "It began then or earlier"


class PolicingFunction(Term):
    """What kind of police work the system serves. An entry may serve several."""

    PLACE_FORECASTING = "place_forecasting", "Forecasting where crime may be reported"
    PERSON_OFFENDING_RISK = "person_offending_risk", "Scoring the risk that a person offends"
    PERSON_VICTIM_RISK = "person_victim_risk", "Scoring the risk that a person becomes a victim"
    PROFILING_IN_INVESTIGATION = "profiling_in_investigation", "Profiling people in an investigation"
    RBI_REALTIME = "rbi_realtime", "Recognising people in public as they pass"
    RBI_POST = "rbi_post", "Recognising people in recorded images"
    BIOMETRIC_VERIFICATION = "biometric_verification", "Checking that a person is who they say"
    BIOMETRIC_CATEGORISATION = "biometric_categorisation", "Sorting people by their body or face"
    EMOTION_INFERENCE = "emotion_inference", "Guessing what people feel"
    DECEPTION_DETECTION = "deception_detection", "Guessing whether a person lies"
    EVIDENCE_RELIABILITY = "evidence_reliability", "Judging how reliable evidence is"
    EMERGENCY_CALL_TRIAGE = "emergency_call_triage", "Sorting emergency calls by urgency"
    DIGITAL_EVIDENCE_TRIAGE = "digital_evidence_triage", "Sorting seized digital material"
    OBJECT_VIDEO_ANALYTICS = "object_video_analytics", "Finding things and movements in video"
    ANPR = "anpr", "Reading number plates"
    TEXT_THREAT_DETECTION = "text_threat_detection", "Finding threats in written messages"
    NETWORK_LINK_ANALYSIS = "network_link_analysis", "Mapping links between people"
    CASE_SOLVABILITY = "case_solvability", "Estimating whether a case can be solved"
    CUSTODY_BAIL_SUPPORT = "custody_bail_support", "Supporting decisions on custody and bail"
    CRIME_REPORT_INTAKE = "crime_report_intake", "Taking reports of crime"
    SCHEDULING = "scheduling", "Planning shifts and staff"
    TRAFFIC_ENFORCEMENT = "traffic_enforcement", "Enforcing traffic rules"
    STAFF_INTEGRITY = "staff_integrity", "Watching over the conduct of staff"
    PUBLIC_CHATBOT = "public_chatbot", "Answering the public by chatbot"
    DRAFTING_GENAI = "drafting_genai", "Drafting texts with generative AI"
    REDACTION = "redaction", "Blacking out personal details"
    SEARCH = "search", "Searching documents and records"
    CODING_ASSISTANT = "coding_assistant", "Helping staff to write software"
    OTHER = "other", "Something else: see what it is for"


class AutomationLevel(Term):
    """How much of the decision the machine takes."""

    INFORMS = "informs", "It informs; a person decides"
    RANKS_OR_PRIORITISES = "ranks_or_prioritises", "It ranks or puts first; a person decides"
    RECOMMENDS = "recommends", "It recommends an action; a person decides"
    DEFAULT_UNLESS_OVERRIDDEN = "default_unless_overridden", "Its result stands unless a person changes it"
    FULLY_AUTOMATED = "fully_automated", "It decides; no person is asked"


class Consequence(Term):
    """What may follow for people from an output of the system."""

    STOP_OR_SEARCH = "stop_or_search", "Being stopped or searched"
    ARREST = "arrest", "Arrest"
    DETENTION_BAIL = "detention_bail", "Being held, or released on bail"
    SURVEILLANCE = "surveillance", "Being watched or followed"
    HOME_VISIT = "home_visit", "A visit at home"
    PATROL_DEPLOYMENT = "patrol_deployment", "More or fewer patrols in an area"
    CHARGE_OR_DISPOSAL = "charge_or_disposal", "A charge, a sentence or another outcome of a case"
    WATCHLIST_ENTRY = "watchlist_entry", "A place on a watchlist"
    CASE_CLOSED = "case_closed", "A case being closed"
    VICTIM_SUPPORT = "victim_support", "Help for a victim"
    FINE = "fine", "A fine or penalty"
    PUBLIC_DISPLAY = "public_display", "Your picture shown in public"
    SERVICE_ONLY = "service_only", "A record or a service, with no action against anyone"
    NONE_ON_PEOPLE = "none_on_people", "Nothing that touches people"


class Verdict(Term):
    """What the published evidence says about a claim, in one word; the claim's finding gives the reasons."""

    SUPPORTED = "supported", "Supported"
    DISPUTED = "disputed", "Disputed"
    NOT_SUBSTANTIATED = "not_substantiated", "Not substantiated"
    UNKNOWN = "unknown", "Unknown"


class AgencyKind(Term):
    """What kind of body deploys the system."""

    POLICE = "police", "Police"
    POLICE_OF_A_COUNTRY = "police_of_a_country", "Several police bodies of one country"
    COURT = "court", "Courts, jails and probation"
    LOCAL_GOVERNMENT = "local_government", "Local government"
    NATIONAL_GOVERNMENT = "national_government", "National government"
    PRIVATE_OPERATOR = "private_operator", "Private company"
    OTHER = "other", "Another body"


class CompiledBy(Term):
    """Who wrote the entry."""

    INDEPENDENT_COMPILATION = "independent_compilation", "Independent compilation"
    DEPLOYER = "deployer", "The body that deploys the system"


class AssessmentType(Term):
    """What kind of assessment or review was made."""

    DPIA = "dpia", "Data protection impact assessment"
    FRIA = "fria", "Fundamental rights impact assessment"
    EQUALITY_IA = "equality_ia", "Equality impact assessment"
    AIA = "aia", "Algorithmic impact assessment"
    HUMAN_RIGHTS_IA = "human_rights_ia", "Human rights impact assessment"
    SURVEILLANCE_IR = "surveillance_ir", "Surveillance impact report"
    PIPIA = "pipia", "Personal information protection impact assessment"
    ETHICS_REVIEW = "ethics_review", "Ethics review"
    SECURITY = "security", "Security assessment"
    OVERSIGHT_REVIEW = "oversight_review", "Review by an oversight body"
    ACCURACY_TEST = "accuracy_test", "Test of accuracy"
    OTHER = "other", "Another assessment"


class AssessmentStatus(Term):
    """How far an assessment has come."""

    DONE = "done", "Done"
    IN_PROGRESS = "in_progress", "In progress"
    NOT_REQUIRED = "not_required", "Not required"
    NOT_DONE = "not_done", "Not done"


class SourceKind(Term):
    """Who speaks in a source."""

    OFFICIAL = "official", "Public body"
    COURT = "court", "Court or data protection authority"
    ACADEMIC = "academic", "Research"
    PRESS = "press", "Press"
    VENDOR = "vendor", "Company that sells or runs the system"
    CAMPAIGN = "campaign", "Campaign or interest group"
    REFERENCE = "reference", "Reference work or law firm's note"
