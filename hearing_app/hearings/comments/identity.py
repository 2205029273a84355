"""What facilitators saw of who wrote a comment: that it was an organisation, or somebody in person.

Nobody has to show anything, and nothing is decided by it. What was seen is one of a few choices: no name, no
number of a paper, no copy is taken down anywhere. A confirmation can be undone, with a reason, and goes with
the comment's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.vocabulary import IdentityBasis, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import comment, comment_identity

CONFIRMED, UNDONE = "identity.confirmed", "identity.undone"
_KEPT = "Nothing was changed."


class Seen(Term):
    """What a facilitator saw."""

    RECEIPT_SHOWN = "receipt_shown", "Somebody showed the receipt of this comment"
    WRITTEN_THERE = "written_there", "Somebody wrote it, or had it typed, at our table"
    OFFICIAL_LETTER = "official_letter", "A signed letter on the organisation's paper says that it is theirs"
    CALLED_BACK = "called_back", "We called a number that the organisation publishes, and they said so"
    AUTHORITY_SHOWN = "authority_shown", "Somebody showed that they speak for the organisation"

    @property
    def basis(self) -> IdentityBasis:
        """What it confirms."""
        in_person = {Seen.RECEIPT_SHOWN, Seen.WRITTEN_THERE}
        return IdentityBasis.IN_PERSON if self in in_person else IdentityBasis.ORGANISATION

    @property
    def confirms(self) -> str:
        """The same in words: "an organisation"."""
        return "an organisation" if self.basis is IdentityBasis.ORGANISATION else "in person"


class WhyUndone(Term):
    """Why a confirmation was undone."""

    WRONG_COMMENT = "wrong_comment", "It was meant for another comment"
    DOES_NOT_SHOW_IT = "does_not_show_it", "What was seen does not show it"
    AUTHORS_WISH = "authors_wish", "Its author wishes so"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was confirmed of a comment's author, from what, when, and by which member of staff."""

    comment_id: str
    basis: IdentityBasis
    seen: Seen
    at: datetime
    actor: str


def confirm(
    db: Connection, actor: Actor, comment_id: str, seen: str, *, at: datetime | None = None
) -> Confirmed:
    """Confirm what was seen of a comment's author, with the ledger event. The same again changes nothing.

    Raises ``Invalid`` for what is no choice, ``NotFound``, and ``Conflict`` where the words are gone or
    something else was confirmed: that is undone first.
    """
    require(actor, Act.CONFIRM_IDENTITY)
    when = at or datetime.now(UTC)
    if seen not in list(Seen):
        repair = f"Choose one of: {', '.join(Seen)}."
        raise Invalid("Nothing was confirmed.", [Fault("", "seen", "Say what you saw.", repair)], kept="")
    row = db.execute(select(comment).where(comment.c.comment_id == comment_id)).first()
    if row is None:
        raise NotFound(f"There is no comment {comment_id[:20]}.")
    if row.state == State.WITHDRAWN or not any((row.concern, row.value_seen, row.ask)):
        raise Conflict("This comment has no words any more.", kept=_KEPT)
    if (there := confirmed_of(db, [comment_id]).get(comment_id)) is not None:
        if there.seen == seen:
            return there
        raise Conflict(
            f"Something is confirmed of it: {there.seen.label}.", kept=_KEPT, next_step="Undo that first."
        )
    basis = str(Seen(seen).basis)
    told = {"basis": basis, "seen": str(seen)}
    event = append(
        db, actor=actor.name, kind=CONFIRMED, subject=f"comment:{comment_id}", content=told, at=when
    )
    made = {"comment_id": comment_id, **told, "at": event.at, "actor": actor.name, "seq": event.seq}
    db.execute(insert(comment_identity).values(made))
    return confirmed_of(db, [comment_id])[comment_id]


def undo(db: Connection, actor: Actor, comment_id: str, reason: str, *, at: datetime | None = None) -> None:
    """Undo what was confirmed of a comment's author, for one of ``WhyUndone``, with the ledger event."""
    require(actor, Act.CONFIRM_IDENTITY)
    if reason not in list(WhyUndone):
        repair = f"Choose one of: {', '.join(WhyUndone)}."
        raise Invalid("Nothing was undone.", [Fault("", "reason", "Say why.", repair)], kept="")
    if comment_id not in confirmed_of(db, [comment_id]):
        raise Conflict("Nothing is confirmed of this comment's author.", kept=_KEPT)
    append(
        db,
        actor=actor.name,
        kind=UNDONE,
        subject=f"comment:{comment_id}",
        content={"reason": str(reason)},
        at=at or datetime.now(UTC),
    )
    remove_all(db, comment_id)


def confirmed_of(db: Connection, comment_ids: Iterable[str]) -> dict[str, Confirmed]:
    """Return what was confirmed of comments' authors, by number; the caller knows that they may be read."""
    row = comment_identity.c
    query = select(comment_identity).where(row.comment_id.in_(list(comment_ids)))
    return {
        one.comment_id: Confirmed(one.comment_id, IdentityBasis(one.basis), Seen(one.seen), one.at, one.actor)
        for one in db.execute(query.order_by(row.comment_id))
    }


def remove_all(db: Connection, comment_id: str) -> None:
    """Delete what was confirmed, because the comment's words go, or because it was undone."""
    db.execute(delete(comment_identity).where(comment_identity.c.comment_id == comment_id))
