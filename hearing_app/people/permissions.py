"""Who may do what: one table, checked by every function that acts, whatever button led to it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from hearing_app.errors import Forbidden

log = logging.getLogger(__name__)


class Role(StrEnum):
    """What an actor is. The last two have no account: the program itself, and its operator's shell."""

    PUBLIC = "public"
    FACILITATOR = "facilitator"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    COMPILATION = "compilation"
    OPERATOR = "operator"


STAFF_ROLES = (Role.FACILITATOR, Role.PUBLISHER, Role.AUDITOR, Role.ADMINISTRATOR)


class Act(StrEnum):
    """Everything that is not open to everyone."""

    READ_UNPUBLISHED_COMMENTS = "read comments that are not published"
    MODERATE_COMMENTS = "publish, hold or reject comments"
    EXPORT_COMMENTS = "export all comments of a hearing"
    INVITE_STAFF = "invite members of staff"
    PUBLISH_DOCUMENTS = "publish entries and hearings"


ALLOWED: dict[Act, frozenset[Role]] = {
    Act.READ_UNPUBLISHED_COMMENTS: frozenset({Role.FACILITATOR, Role.OPERATOR}),
    Act.MODERATE_COMMENTS: frozenset({Role.FACILITATOR}),
    Act.EXPORT_COMMENTS: frozenset({Role.FACILITATOR, Role.OPERATOR}),
    Act.INVITE_STAFF: frozenset({Role.ADMINISTRATOR, Role.OPERATOR}),
    Act.PUBLISH_DOCUMENTS: frozenset({Role.COMPILATION, Role.OPERATOR}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. ``account_id`` and ``agency`` are empty where there is no account."""

    role: Role
    account_id: str = ""
    agency: str = ""

    @property
    def name(self) -> str:
        """How the ledger names the actor: a role, and for staff a number that is nobody's name."""
        return f"{self.role}:{self.account_id}" if self.account_id else str(self.role)


PUBLIC = Actor(Role.PUBLIC)
COMPILATION = Actor(Role.COMPILATION)
OPERATOR = Actor(Role.OPERATOR)


def may(actor: Actor, act: Act) -> bool:
    """Return whether the actor's role allows the act."""
    return actor.role in ALLOWED[act]


def require(actor: Actor, act: Act) -> None:
    """Raise ``Forbidden``, and log it, unless the actor's role allows the act."""
    if may(actor, act):
        return
    log.warning("refused: %s may not %s", actor.name, act)
    allowed = " or ".join(sorted(role for role in ALLOWED[act] if role in STAFF_ROLES))
    raise Forbidden(
        f"Only a member of staff in the role {allowed or 'of the operator'} can {act}.",
        next_step="Sign in with such an account, or ask an administrator for an invitation.",
    )
