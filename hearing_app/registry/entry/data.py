"""Group F: the data from which the system was made, and those on which it runs."""

from __future__ import annotations

from pydantic import Field, StrictBool

from hearing_app.registry.entry.decision import Count
from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, When, stated
from hearing_app.registry.text import Address, Line, Prose
from hearing_app.registry.vocabulary import Term


class DataRole(Term):
    """For what a set of data is used."""

    TRAIN = "train", "To train it"
    VALIDATE = "validate", "To choose between versions of it"
    TEST = "test", "To test it"
    OPERATE = "operate", "To run it"
    REFERENCE_LIST = "reference_list", "List with which it compares"


class PersonalData(Term):
    """How far data lead to a person."""

    NONE = "none", "No personal data"
    ANONYMISED = "anonymised", "Anonymised, so that nobody can be found again"
    PSEUDONYMISED = "pseudonymised", "Under a number in place of the name"
    IDENTIFIED = "identified", "With names or other identities"


class Attribute(Term):
    """A trait on which the law or this register forbids to treat people differently."""

    RACE = "race", "Race"
    ETHNICITY = "ethnicity", "Ethnicity"
    RELIGION = "religion", "Religion or belief"
    NATIONAL_ORIGIN = "national_origin", "National origin"
    MIGRATION_STATUS = "migration_status", "Migration status"
    CASTE = "caste", "Caste"
    SEX = "sex", "Sex"
    GENDER_IDENTITY = "gender_identity", "Gender identity"
    SEXUAL_ORIENTATION = "sexual_orientation", "Sexual orientation"
    AGE = "age", "Age"
    DISABILITY = "disability", "Disability"
    HEALTH = "health", "Health"
    POLITICAL_OPINION = "political_opinion", "Political opinion"
    UNION = "union", "Union membership"
    GENETIC = "genetic", "Genetic data"
    BIOMETRIC = "biometric", "Biometric data"
    POVERTY = "poverty", "Poverty"
    OTHER = "other", "Another trait"


class AttributeUse(Term):
    """What is done with a protected trait."""

    INPUT_FEATURE = "input_feature", "It goes into the result"
    OUTCOME_LABEL = "outcome_label", "It is what the system predicts or was taught to find"
    INFERRED = "inferred", "It is guessed from other data"
    AUDIT_ONLY = "audit_only", "Only to check whether groups are treated alike"
    STORED_NOT_USED = "stored_not_used", "Kept, and not used by the system"


class UsedData(Part):
    """A set of data that made the system or on which it runs."""

    name: Line
    role: DataRole = Field(title="For what")
    source: Line | None = Field(None, description="From where the data come.")
    collector: Line | None = Field(None, description="Who collected them.")
    period: Line | None = None
    records: Count | None = Field(None, description="How many records or images it holds.")
    modality: Line | None = Field(
        None, title="Kind of data", description="Such as text, pictures or a table."
    )
    licence: Line | None = None
    address: Address | None = None
    card: Address | None = Field(None, title="Data sheet")
    note: Prose | None = None
    sources: SourceIds = ()


class ProtectedAttribute(Part):
    """A protected trait and what is done with it."""

    attribute: Attribute
    use: AttributeUse = Field(title="What is done with it")
    why: Prose | None = None
    sources: SourceIds = ()


class ProxyReview(Part):
    """Whether anybody looked for other data that stand in for a protected trait."""

    done: StrictBool | None = Field(None, title="Has anybody looked")
    variables: tuple[Line, ...] = Field(
        (), title="Stand-ins found", description="What was found to stand in for a protected trait."
    )
    address: Address | None = None
    note: Prose | None = None
    sources: SourceIds = ()


class Retention(Part):
    """How long data are kept, and how one knows that they are deleted."""

    rule: Prose | None = None
    limit: Line | None = Field(None, title="Longest time", description="The longest time, such as 30 days.")
    deletion_evidence: Prose | None = Field(
        None, title="How deletion is shown", description="Who checks it, how, and when it was checked last."
    )
    sources: SourceIds = ()


class Sharing(Part):
    """Somebody who receives data, by name."""

    recipient: Line = Field(description="The body's or company's own name.")
    type: Line | None = Field(None, title="What they receive")
    legal_standard: Line | None = Field(None, title="On what legal ground")
    note: Prose | None = None
    sources: SourceIds = ()


class Data(Part):
    """The fields of group F."""

    data_used: tuple[UsedData, ...] = stated(
        40,
        Group.F,
        "Data behind it",
        "Each set of data: for what, from where, of which time, how many; lists it compares with among them.",
        example=[
            {
                "name": "List of stolen cars",
                "role": "reference_list",
                "source": "National vehicle register",
                "records": 48000,
            }
        ],
        why="A system repeats what its data hold.",
        atrs=["2.4.2.8", "2.4.2.9", "2.4.3.1 to 2.4.3.9"],
        nl=["source_data", "source_data_grouping"],
        eu=["IV-2(d)", "VIII-A6"],
        aia=["aboutDataSource3 to aboutDataSource8"],
        helsinki=["Data"],
        default=(),
    )
    personal_data_level: PersonalData | None = stated(
        41,
        Group.F,
        "Personal data",
        "How far the data lead to a person. Anonymised means that nobody can ever undo it.",
        example="identified",
        why="Your rights over data begin where they are about you.",
        atrs=["2.4.3.5"],
        nl=["in text"],
        eu=["Art 27"],
        aia=["aboutDataSource1", "aboutDataSource10"],
        helsinki=["identified, pseudonymised or none"],
        default=None,
    )
    protected_attributes: tuple[ProtectedAttribute, ...] = stated(
        42,
        Group.F,
        "Protected traits",
        "Each protected trait that it uses, guesses, predicts, keeps, or uses to check fairness.",
        example=[{"attribute": "age", "use": "input_feature", "why": "Young drivers are weighted higher."}],
        why="Predicting by race or religion is ruled out here; checking for it is welcome.",
        atrs=["2.4.3.5"],
        eu=["Art 4a", "Art 10", "LED 10", "LED 11"],
        aia=["aboutAlgorithm9", "aboutAlgorithm9A"],
        helsinki=["Use of protected attributes (Amsterdam)"],
        default=(),
    )
    proxy_review: ProxyReview | None = stated(
        43,
        Group.F,
        "Hidden stand-ins",
        "Whether anybody looked for data that stand in for a protected trait, and what was found.",
        example={"done": True, "variables": ["Postal district"], "note": "The district was taken out."},
        why="A postal district can say what nobody wrote down.",
        atrs=["2.4.3.5 (note)"],
        eu=["Art 10(2)(f)"],
        aia=["aboutAlgorithm11"],
        helsinki=["data_bias"],
        default=None,
    )
    retention: Retention | None = stated(
        44,
        Group.F,
        "How long data are kept",
        "The rule, the longest time, and how one knows that they are deleted.",
        example={"rule": "Reads that match nothing are deleted at once.", "limit": "30 days"},
        why="What is not deleted can be used for something else.",
        need=Need.CONDITIONAL,
        when=When.PERSONAL_DATA,
        atrs=["2.4.3.11"],
        aia=["Directive"],
        helsinki=["SIR 5.0 (Seattle)", "POST Act (New York)"],
        default=None,
    )
    sharing: tuple[Sharing, ...] = stated(
        45,
        Group.F,
        "Who receives data",
        "Every recipient by name, what they receive, and on what ground.",
        example=[{"recipient": "Harbour Police", "type": "Alerts", "legal_standard": "Agreement of 2024"}],
        why="Data move on, and the rules do not always move with them.",
        atrs=["2.4.3.10"],
        aia=["aboutDataSource14"],
        helsinki=["Oakland B", "POST Act of 2025 (New York)"],
        default=(),
    )
