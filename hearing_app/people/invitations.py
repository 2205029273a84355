"""Open invitations: which doors stand open, for whom and until when, and shutting one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from hearing_app.errors import NotFound
from hearing_app.people.permissions import Act, Actor, Role, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import invitation

# So many signs of the hash of its token name an invitation. They open nothing.
_NUMBER = 12


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that nobody has used yet. ``email`` is empty where whoever has the link may choose it."""

    number: str
    email: str
    role: Role
    agency: str
    invited_by: str
    expires_at: datetime


def open_invitations(db: Connection, actor: Actor, *, at: datetime | None = None) -> list[OpenInvitation]:
    """Return every invitation that still works, the one that ends first at the top."""
    require(actor, Act.INVITE_STAFF)
    table = invitation.c
    rows = db.execute(select(invitation).where(_is_open(at)).order_by(table.expires_at, table.token_hash))
    return [
        OpenInvitation(
            row.token_hash[:_NUMBER], row.email, Role(row.role), row.agency, row.invited_by, row.expires_at
        )
        for row in rows
    ]


def cancel_invitation(db: Connection, actor: Actor, number: str, *, at: datetime | None = None) -> None:
    """Cancel an open invitation: its link works no more, and the record says so, with role and agency alone.

    Raises ``NotFound`` when no open invitation has this number: it was used, or cancelled, in between.
    """
    require(actor, Act.INVITE_STAFF)
    found = [one for one in open_invitations(db, actor, at=at) if one.number == number.strip().lower()]
    if not found:
        raise NotFound(
            f"There is no open invitation with the number {number[:_NUMBER]}.",
            kept="Nothing was cancelled.",
            next_step="Look at the list again: it may have been used. An account can be disabled.",
        )
    [one] = found
    db.execute(delete(invitation).where(_is_open(at), invitation.c.token_hash.startswith(one.number)))
    append(
        db,
        actor=actor.name,
        kind="invitation.cancelled",
        subject=f"invitation:{one.number}",
        content={"role": one.role, "agency": one.agency},
        at=at,
    )


def _is_open(at: datetime | None) -> ColumnElement[bool]:
    return invitation.c.used_at.is_(None) & (invitation.c.expires_at > (at or datetime.now(UTC)))
