"""Who may do what: one table, checked by every function that acts, whatever button led to it.

Some acts can do harm that cannot be undone: for those the person must have shown within the last minutes that
it is still them at the screen. An actor carries that fact (``fresh``), and ``require`` looks at it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from hearing_app.errors import ConfirmAgain, Forbidden

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
    REDACT_COMMENTS = "take words out of comments, or put them back"
    REMOVE_PUBLISHED = "propose or decide on the removal of published comments"
    DECIDE_APPEALS = "decide on appeals of authors"
    REVIEW_DECISIONS = "read comments a second time without seeing what was decided"
    EXPORT_COMMENTS = "export all comments of a hearing"
    SET_SLOTS = "set how many may speak in a hearing, and for how long"
    BOOK_SLOTS = "give a slot to a comment, or free it"
    ENTER_CARDS = "print paper cards, and enter what was written on them"
    CONFIRM_IDENTITY = "confirm what was seen of who wrote a comment"
    PREPARE_HEARINGS = "prepare, announce and follow up hearings"
    ARRANGE_AGENDA = "arrange the agenda of a hearing"
    RUN_ROOM = "run the room of a hearing and take its minutes"
    CHOOSE_STATEMENTS = "choose the statements on which people vote"
    SORT_COMMENTS = "sort comments by theme"
    INVITE_STAFF = "invite members of staff"
    MANAGE_STAFF = "see and change accounts of staff"
    PUBLISH_DOCUMENTS = "publish entries and hearings"
    PUBLISH_SIGNED = "publish what an agency has signed"
    REGISTER_KEYS = "register and revoke keys of agencies"
    CARRY_OUT_RETENTION = "erase what is older than its period"
    WRITE_DRAFTS = "write drafts of entries for an agency"
    APPROVE_DRAFTS = "approve a draft that a colleague wrote"
    READ_DESK_LOG = "read what was done at the publishing desk"
    CLAIM_ENTRIES = "claim an entry, or contest a statement in it, for an agency"
    ANSWER_CORRECTIONS = "answer what was reported or contested in entries"
    CARRY_OUT_AUDITS = "plan audits and state their findings"
    ANSWER_AUDITS = "answer the findings of audits for an agency"
    ASK_FOR_ANSWERS = "mark comments that an agency has to answer"
    WRITE_ANSWERS = "write answers to comments"
    ANSWER_COMMENTS = "publish an answer to comments for an agency"
    ENTER_ANSWERS = "enter an answer that an agency gave on paper"
    ANSWER_REQUESTS = "read and answer what people ask an agency about themselves"


ALLOWED: dict[Act, frozenset[Role]] = {
    Act.READ_UNPUBLISHED_COMMENTS: frozenset({Role.FACILITATOR, Role.OPERATOR}),
    Act.MODERATE_COMMENTS: frozenset({Role.FACILITATOR}),
    # In each, who acted before decides, too: a second person is another one.
    Act.REDACT_COMMENTS: frozenset({Role.FACILITATOR}),
    Act.REMOVE_PUBLISHED: frozenset({Role.FACILITATOR}),
    Act.DECIDE_APPEALS: frozenset({Role.FACILITATOR}),
    Act.REVIEW_DECISIONS: frozenset({Role.FACILITATOR}),
    Act.EXPORT_COMMENTS: frozenset({Role.FACILITATOR, Role.OPERATOR}),
    Act.SET_SLOTS: frozenset({Role.FACILITATOR}),
    Act.BOOK_SLOTS: frozenset({Role.FACILITATOR}),
    Act.ENTER_CARDS: frozenset({Role.FACILITATOR}),
    Act.CONFIRM_IDENTITY: frozenset({Role.FACILITATOR}),
    Act.PREPARE_HEARINGS: frozenset({Role.FACILITATOR}),
    Act.ARRANGE_AGENDA: frozenset({Role.FACILITATOR}),
    Act.RUN_ROOM: frozenset({Role.FACILITATOR}),
    Act.CHOOSE_STATEMENTS: frozenset({Role.FACILITATOR}),
    Act.SORT_COMMENTS: frozenset({Role.FACILITATOR}),
    Act.INVITE_STAFF: frozenset({Role.ADMINISTRATOR, Role.OPERATOR}),
    Act.MANAGE_STAFF: frozenset({Role.ADMINISTRATOR, Role.OPERATOR}),
    Act.PUBLISH_DOCUMENTS: frozenset({Role.COMPILATION, Role.OPERATOR}),
    Act.PUBLISH_SIGNED: frozenset({Role.PUBLISHER, Role.OPERATOR}),
    Act.REGISTER_KEYS: frozenset({Role.ADMINISTRATOR, Role.OPERATOR}),
    Act.CARRY_OUT_RETENTION: frozenset({Role.OPERATOR}),
    # Nobody approves but a publisher: an administrator runs the service, and has no say in what it says.
    Act.WRITE_DRAFTS: frozenset({Role.PUBLISHER}),
    Act.APPROVE_DRAFTS: frozenset({Role.PUBLISHER}),
    Act.READ_DESK_LOG: frozenset({Role.PUBLISHER, Role.AUDITOR}),
    # Whose entry it is decides, too: the body answers for its own, the register's keepers for the others.
    Act.CLAIM_ENTRIES: frozenset({Role.PUBLISHER}),
    Act.ANSWER_CORRECTIONS: frozenset({Role.FACILITATOR, Role.PUBLISHER}),
    # Whose system it is decides, too: no auditor of the agency's own, no publisher of another agency.
    Act.CARRY_OUT_AUDITS: frozenset({Role.AUDITOR}),
    Act.ANSWER_AUDITS: frozenset({Role.PUBLISHER}),
    # Whose system it is decides, too; on paper answers only an agency that has nobody here.
    Act.ASK_FOR_ANSWERS: frozenset({Role.FACILITATOR}),
    Act.WRITE_ANSWERS: frozenset({Role.FACILITATOR, Role.PUBLISHER}),
    Act.ANSWER_COMMENTS: frozenset({Role.PUBLISHER}),
    Act.ENTER_ANSWERS: frozenset({Role.FACILITATOR}),
    # Of the agency that is asked, and nobody else: neither facilitators nor the operator read them.
    Act.ANSWER_REQUESTS: frozenset({Role.PUBLISHER}),
}

# What opens unpublished words to a file, gives somebody power, or puts words on the record for ever: it is
# confirmed again (``require``).
SENSITIVE = frozenset(
    {
        Act.EXPORT_COMMENTS,
        Act.INVITE_STAFF,
        Act.MANAGE_STAFF,
        Act.REGISTER_KEYS,
        Act.APPROVE_DRAFTS,
        Act.ANSWER_COMMENTS,
        Act.ENTER_ANSWERS,
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. ``account_id`` and ``agency`` are empty where there is no account.

    ``fresh`` says that the person has shown lately that it is them. The operator's shell needs no such proof;
    who comes with a session has what the session says (``people.sessions.account_of_session``).
    """

    role: Role
    account_id: str = ""
    agency: str = ""
    fresh: bool = True

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
    """Raise ``Forbidden``, and log it, unless the actor's role allows the act.

    A sensitive act also needs a fresh actor: ``ConfirmAgain`` says how to become one.
    """
    if not may(actor, act):
        log.warning("refused: %s may not %s", actor.name, act)
        allowed = " or ".join(sorted(role for role in ALLOWED[act] if role in STAFF_ROLES))
        raise Forbidden(
            f"Only a member of staff in the role {allowed or 'of the operator'} can {act}.",
            next_step="Sign in with such an account, or ask an administrator for an invitation.",
        )
    if act in SENSITIVE:
        require_fresh(actor, act)


def require_fresh(actor: Actor, what: str) -> None:
    """Raise ``ConfirmAgain``, and log it, unless the person has shown lately that it is them.

    ``what`` completes "To ...": it is the act for which the proof is asked.
    """
    if not actor.fresh:
        log.warning("refused: %s must confirm again to %s", actor.name, what)
        raise ConfirmAgain(f"To {what}, please confirm first that it is you.")
