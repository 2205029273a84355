"""What the register itself adds to an entry: its publication, its place in the ledger, its hearings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hearing_app.registry.entry.stated import Group, Need, Part, stated


class PublicationState(Part):
    """Who published this version and when, and what was said to have changed."""

    version: int
    published_at: str
    published_by: str = Field(description="The role and number of the actor, as the ledger names it.")
    change_note: str


class Integrity(Part):
    """What anybody needs to check that this version is the one that was published."""

    sha256: str
    previous_sha256: str | None
    event: int = Field(description="The number of its event in the ledger.")


class HearingLink(Part):
    """A hearing in which the system is talked about."""

    id: str
    title: str
    phase: str
    comments: int
    address: str


class Automatic(Part):
    """The fields that no author fills in."""

    publication: PublicationState = stated(
        58,
        Group.J,
        "Publication",
        "Version, day, and who published it. Filled in by the register.",
        example={
            "version": 3,
            "published_at": "2026-03-02T10:00:00Z",
            "published_by": "publisher:12",
            "change_note": "The threshold was raised.",
        },
        why="You know which text you read.",
        need=Need.AUTOMATIC,
    )
    integrity: Integrity = stated(
        59,
        Group.J,
        "Integrity",
        "The hashes of this version and the one before, and the number in the ledger.",
        example={"sha256": "0" * 64, "previous_sha256": None, "event": 17},
        why="Nobody can change it in silence.",
        need=Need.AUTOMATIC,
    )
    hearings: Annotated[tuple[HearingLink, ...], Field()] = stated(
        60,
        Group.K,
        "Hearings",
        "The hearings in which this system is talked about, with how many comments are public.",
        example=[
            {
                "id": "plates",
                "title": "Plate readers",
                "phase": "open",
                "comments": 12,
                "address": "/hearing?id=plates",
            }
        ],
        why="You can speak, and read what others said.",
        need=Need.AUTOMATIC,
        aia=["consultation"],
        helsinki=["SIR appendices B to I (Seattle)"],
        default=(),
    )
