"""What may be done with a draft: one table of states and acts, and who of an agency may do each.

Whoever wrote a text does not approve it. The author, everyone who ever changed it and whoever submitted it
are its writers; any other publisher of the same agency is a second person.
"""

from __future__ import annotations

from enum import StrEnum

from hearing_app.people.permissions import Act
from hearing_app.registry.vocabulary import Term


class DraftState(Term):
    """How far a draft has come."""

    DRAFTED = "drafted", "Being written"
    SUBMITTED = "submitted", "Waits for a second person"
    RETURNED = "returned", "Returned with remarks"
    PUBLISHED = "published", "Published"
    DISCARDED = "discarded", "Discarded"


class DeskAct(Term):
    """What is done with a draft, as the desk's log names it."""

    BEGIN = "begin", "began it"
    SAVE = "save", "saved it"
    MOVE_ON = "move_on", "took the newest version as its base"
    SUBMIT = "submit", "submitted it"
    TAKE_BACK = "take_back", "took it back"
    RETURN = "return", "returned it with remarks"
    APPROVE = "approve", "approved it, and it was published"
    DISCARD = "discard", "discarded it"


WRITING = (DeskAct.BEGIN, DeskAct.SAVE, DeskAct.MOVE_ON, DeskAct.SUBMIT)
"""The acts by which somebody has a hand in a text, also where another changed it after them."""


class Who(StrEnum):
    """Which publishers of the draft's agency may do an act."""

    ANYONE = "anyone"
    WRITER = "writer"
    SECOND = "second person"


MOVES: dict[tuple[DraftState, DeskAct], DraftState] = {
    (DraftState.DRAFTED, DeskAct.SAVE): DraftState.DRAFTED,
    (DraftState.DRAFTED, DeskAct.MOVE_ON): DraftState.DRAFTED,
    (DraftState.DRAFTED, DeskAct.SUBMIT): DraftState.SUBMITTED,
    (DraftState.DRAFTED, DeskAct.DISCARD): DraftState.DISCARDED,
    (DraftState.SUBMITTED, DeskAct.TAKE_BACK): DraftState.DRAFTED,
    (DraftState.SUBMITTED, DeskAct.RETURN): DraftState.RETURNED,
    (DraftState.SUBMITTED, DeskAct.APPROVE): DraftState.PUBLISHED,
    # What was returned keeps that state, and its remarks, until it is submitted again.
    (DraftState.RETURNED, DeskAct.SAVE): DraftState.RETURNED,
    (DraftState.RETURNED, DeskAct.MOVE_ON): DraftState.RETURNED,
    (DraftState.RETURNED, DeskAct.SUBMIT): DraftState.SUBMITTED,
    (DraftState.RETURNED, DeskAct.DISCARD): DraftState.DISCARDED,
}
"""The state that follows; what is not here cannot be done."""

NEEDS: dict[DeskAct, tuple[Act, Who]] = {
    DeskAct.SAVE: (Act.WRITE_DRAFTS, Who.ANYONE),
    DeskAct.MOVE_ON: (Act.WRITE_DRAFTS, Who.ANYONE),
    DeskAct.SUBMIT: (Act.WRITE_DRAFTS, Who.ANYONE),
    DeskAct.DISCARD: (Act.WRITE_DRAFTS, Who.ANYONE),
    DeskAct.TAKE_BACK: (Act.WRITE_DRAFTS, Who.WRITER),
    DeskAct.RETURN: (Act.WRITE_DRAFTS, Who.SECOND),
    DeskAct.APPROVE: (Act.APPROVE_DRAFTS, Who.SECOND),
}
"""Which office an act needs, and whether the one who holds it must or must not be a writer of the draft."""
