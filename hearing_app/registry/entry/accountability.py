"""Group B: who runs the system, who supplies it, who answers for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, When, stated
from hearing_app.registry.text import EMAIL, PHONE, Address, Line, Post, Prose, Slug
from hearing_app.registry.vocabulary import AgencyKind, Term

Place = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z0-9]+)*$", max_length=60)]


class ProcurementRoute(Term):
    """How the system was acquired."""

    OPEN = "open", "Open tender"
    RESTRICTED = "restricted", "Restricted tender"
    NEGOTIATED = "negotiated", "Negotiated with chosen suppliers"
    FRAMEWORK_CALLOFF = "framework_calloff", "Called off from a framework contract"
    DPS_CALLOFF = "dps_calloff", "Called off from a dynamic purchasing system"
    PILOT_FREE_TRIAL = "pilot_free_trial", "Free trial"
    GRANT = "grant", "Paid from a grant"
    IN_HOUSE = "in_house", "Built in house"
    DONATION = "donation", "Donated"
    OTHER = "other", "Another way"


class Deployer(Part):
    """The body that runs the system."""

    agency: Slug = Field(description="The agency's id, and the name of the entry's folder.")
    name: Line
    kind: AgencyKind
    country: Line
    places: tuple[Place, ...] = Field(
        (),
        title="Places whose law applies",
        description="Short codes from the state to the city, such as us-ca and us-ca-oakland: local rules "
        "are applied by them. The country and the European Union need not be given.",
    )
    note: Prose | None = None
    sources: SourceIds = ()


class Supplier(Part):
    """A company or institute that makes or sells the system or a part of it."""

    name: Line
    role: Line | None = None
    company_number: Line | None = Field(None, description="Its number in a public register of companies.")
    data_access: Prose | None = Field(
        None,
        title="Access to data",
        description="What data the supplier sees or keeps, and on what terms.",
    )
    note: Prose | None = None
    sources: SourceIds = ()


class Procurement(Part):
    """How the system was acquired, for how much, and who paid."""

    route: ProcurementRoute | None = None
    value: Line | None = Field(None, description="The amount with its currency and what it covers.")
    start: PartialDate | None = None
    end: PartialDate | None = None
    funding_source: Line | None = Field(None, title="Paid from")
    note: Prose | None = None
    sources: SourceIds = ()


class TradeSecretClaim(Part):
    """What a supplier claims as a secret: it names the field that the claim covers."""

    field: Line = Field(description="The field of this entry that the claim covers, such as tech_docs.")
    claim: Prose
    sources: SourceIds = ()


class SupplierDisclosure(Part):
    """What the contract says about openness."""

    transparency_clause: StrictBool | None = Field(
        None,
        title="Duty to disclose",
        description="Whether the contract obliges the supplier to disclose.",
    )
    note: Prose | None = None
    trade_secret_claims: tuple[TradeSecretClaim, ...] = ()
    sources: SourceIds = ()


class Contact(Part):
    """Where anybody can ask about the system: a mailbox or page of the body, never one person's."""

    name: Line
    address: Address | None = None
    email: Annotated[Line, Field(pattern=EMAIL)] | None = None
    phone: Annotated[Line, Field(pattern=PHONE)] | None = None
    post: Line | None = Field(None, description="The postal address, on one line.")


class Accountability(Part):
    """The fields of group B."""

    deployer: Deployer = stated(
        9,
        Group.B,
        "Who runs it",
        "The body that uses the system. Its id stays the same in every entry and export.",
        example={
            "agency": "riverton-police",
            "name": "Riverton Police",
            "kind": "police",
            "country": "Freedonia",
        },
        why="It is the body that owes you an answer.",
        need=Need.DRAFT,
        atrs=["2.1.1", "organisation type"],
        nl=["organization"],
        eu=["VIII-C1"],
        aia=["projectDetailsDepartment"],
        helsinki=["organization"],
    )
    users: tuple[Line, ...] = stated(
        None,
        Group.B,
        "Who else uses it",
        "Other bodies that use it or receive its results.",
        example=["Harbour Police"],
        why="What one body finds may reach another.",
        need=Need.OPTIONAL,
        default=(),
    )
    unit: Line | None = stated(
        10,
        Group.B,
        "Unit",
        "The department or team that works with it.",
        example="Traffic division",
        why="You know whom to ask for.",
        atrs=["2.1.2"],
        nl=["department†"],
        aia=["projectDetailsBranch"],
        helsinki=["department"],
        default=None,
    )
    accountable_role: Post | None = stated(
        11,
        Group.B,
        "Accountable post",
        "The post that answers for the system, never a person's name.",
        example="Assistant Chief Constable",
        why="If nobody answers for it, nobody mends it.",
        atrs=["2.1.3"],
        nl=["competent_authority†"],
        aia=["ADMresponsible"],
        helsinki=["manager (hidden)"],
        default=None,
    )
    contact: Contact | None = stated(
        12,
        Group.B,
        "Where to ask",
        "A mailbox or page of the body, and a way without the internet: a telephone number or an address.",
        example={"name": "Information desk", "email": "records@example.org", "phone": "+44 20 7946 0000"},
        why="You can ask without knowing anybody.",
        atrs=["1.4"],
        nl=["contact_email"],
        eu=["VIII-C1"],
        helsinki=["e-mail, phone"],
        default=None,
    )
    suppliers: tuple[Supplier, ...] = stated(
        13,
        Group.B,
        "Who supplies it",
        "Every company or institute that makes, sells or runs a part, with what it sees of the data.",
        example=[{"name": "Example Systems Ltd", "role": "Maker of the software"}],
        why="A supplier's other customers and faults are known to the public elsewhere.",
        need=Need.CONDITIONAL,
        when=When.SUPPLIED,
        atrs=["2.1.4", "2.1.4.1", "2.1.4.2", "2.1.4.3", "2.1.4.5"],
        nl=["provider"],
        eu=["VIII-A1", "VIII-A3"],
        aia=["aboutSystem3", "aboutSystem4"],
        helsinki=["Leverancier", "contract reference"],
        default=(),
    )
    procurement: Procurement | None = stated(
        14,
        Group.B,
        "How it was bought",
        "The route, the value, the dates of the contract and where the money comes from.",
        example={"route": "framework_calloff", "value": "£210,000 over three years"},
        why="It is public money, and a free trial can bind as a purchase does.",
        need=Need.CONDITIONAL,
        when=When.SUPPLIED,
        atrs=["2.1.4.4"],
        aia=["aboutSystem5"],
        helsinki=["Financial information (Seattle)", "fiscal impact (CCOPS)"],
        default=None,
    )
    supplier_disclosure: SupplierDisclosure | None = stated(
        15,
        Group.B,
        "What the contract says about openness",
        "Whether the supplier must disclose, and which fields it claims as trade secrets.",
        example={"transparency_clause": True, "note": "The supplier answers questions of auditors."},
        why="A secret of a company is one thing, silence about a person's treatment another.",
        need=Need.CONDITIONAL,
        when=When.SUPPLIED,
        atrs=["guidance only"],
        eu=["IV-2(a)"],
        aia=["aboutAlgorithm1"],
        helsinki=["clause for contracts, asked for (Algoritmekader 597)"],
        default=None,
    )
