"""Group J: what is withheld and why, when the entry is looked at again, and on what it rests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.stated import Group, Need, Part, SourceIds, stated
from hearing_app.registry.text import Address, Line, Post, Prose, Slug
from hearing_app.registry.vocabulary import SourceKind, Term

FieldName = Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=40)]


class Ground(Term):
    """Why a field is withheld."""

    OPERATIONAL_GAMING = "operational_gaming", "People could evade the system if they knew"
    ONGOING_INVESTIGATION = "ongoing_investigation", "An investigation is going on"
    SECURITY = "security", "The safety of the system or of people"
    PERSONAL_DATA = "personal_data", "It would tell something about a person"
    SUPPLIER_IP = "supplier_ip", "A supplier's trade secret"
    COURT_ORDER = "court_order", "A court forbids it"
    NATIONAL_SECURITY = "national_security", "National security"


class Withheld(Part):
    """A field that is not published: on what ground, who approved, until when, and who has the full text."""

    field: FieldName = Field(description="The name of the field of this entry that is withheld.")
    ground: Ground
    explanation: Prose = Field(description="Why, as far as it can be said.")
    approver_role: Post = Field(title="Approved by", description="The post that approved it, never a name.")
    review_date: PartialDate = Field(title="Looked at again by")
    full_copy_with: Line = Field(title="The full text is with")
    sources: SourceIds = ()


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


class Publication(Part):
    """The fields of group J that an author fills in. The register adds the others (see ``automatic``)."""

    withheld: tuple[Withheld, ...] = stated(
        57,
        Group.J,
        "What is withheld",
        "Each withheld field with ground, explanation, approving post, day of review, and who has the text.",
        example=[
            {
                "field": "outputs",
                "ground": "operational_gaming",
                "explanation": "The threshold would tell how to evade the camera.",
                "approver_role": "Assistant Chief Constable",
                "review_date": "2027-01-31",
                "full_copy_with": "Police Complaints Authority",
            }
        ],
        why="A gap with a reason, a name of an office and a date can be challenged.",
        need=Need.OPTIONAL,
        atrs=["guidance only"],
        nl=["proposed, never built"],
        eu=["Art 49(4)", "Art 78"],
        helsinki=["user story AR021"],
        default=(),
    )
    next_review: PartialDate | None = stated(
        58,
        Group.J,
        "Looked at again by",
        "The day by which this entry is brought up to date. The register adds who published it, and when.",
        example="2027-03-01",
        why="An entry that nobody looks at goes stale.",
        atrs=["e-mail workflow"],
        nl=["state of publication", "revision_date†"],
        eu=["VIII (kept up to date)"],
        helsinki=["revision_date"],
        default=None,
    )
    sources: tuple[Source, ...] = stated(
        None,
        Group.J,
        "Sources",
        "Each published source with title, publisher, address and date. Parts of the entry name them by id.",
        example=[
            {
                "id": "report",
                "title": "Yearly report on plate readers",
                "publisher": "Riverton Police",
                "address": "https://www.example.org/report",
                "date": "2026-02-01",
                "kind": "official",
            }
        ],
        why="You can read for yourself.",
        need=Need.DRAFT,
        min_length=1,
    )
