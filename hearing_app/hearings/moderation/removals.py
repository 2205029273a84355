"""Taking down what readers have seen: one person proposes it, another confirms it or refuses.

Meanwhile the comment is held from view, for the time that any hold may take. What was taken down is not
erased: its author can still read it and appeal, and its number, reason and rule stay on the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from hearing_app.errors import Forbidden
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.moderation.deciding import check_reason, check_seen, set_state
from hearing_app.hearings.moderation.holding import STAYS
from hearing_app.hearings.moderation.moves import comment_of, move_of, stand_of
from hearing_app.hearings.vocabulary import RULE_VERSION, Reason, State, Step
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import comment, comment_hold, removal

PROPOSED = "comment.removal_proposed"
CONFIRMED, REFUSED, LAPSED = "confirmed", "refused", "lapsed"


@dataclass(frozen=True, slots=True)
class Removal:
    """A proposal to take a comment down; ``outcome`` is empty while it is open.

    Else it is confirmed, refused, lapsed (nobody decided in time), or ended (its author took it back).
    """

    comment_id: str
    number: int
    reason_id: str
    authority: str
    note: str
    proposed_at: datetime
    proposed_by: str
    outcome: str
    decided_at: datetime | None
    decided_by: str | None


_COLUMNS = [column for column in removal.c if column.name in Removal.__dataclass_fields__]


def propose(
    db: Connection,
    actor: Actor,
    comment_id: str,
    *,
    seen_state: State,
    reason_id: str,
    note: str = "",
    authority: str = "",
    at: datetime | None = None,
) -> Removal:
    """Propose to take down what readers have seen; it is held from view until a second person has decided.

    Raises ``Conflict`` where the comment's state does not allow it, ``Invalid`` for a reason that does not
    fit. For a legal duty (R7) ``authority`` names the court or the body, in public.
    """
    require(actor, Act.REMOVE_PUBLISHED)
    when, written = at or datetime.now(UTC), comment_of(db, comment_id)
    check_seen(written, seen_state)
    move = move_of(stand_of(db, written), Step.PROPOSE_REMOVAL)
    check_reason(move, reason_id, note, authority)
    number = len(removals_of(db, [comment_id])) + 1
    named = {"authority": authority.strip()} if reason_id == Reason.LEGAL else {}
    event = append(
        db,
        actor=actor.name,
        kind=PROPOSED,
        subject=f"comment:{comment_id}",
        content={"number": number, "reason": reason_id, "rule_version": RULE_VERSION, **named},
        private={"note": note.strip()},
        at=when,
    )
    db.execute(
        insert(removal).values(
            comment_id=comment_id,
            number=number,
            reason_id=reason_id,
            authority=named.get("authority", ""),
            note=note.strip(),
            proposed_at=event.at,
            proposed_by=actor.name,
            seq=event.seq,
            outcome="",
        )
    )
    if written.state != State.HELD:
        set_state(
            db, written, actor=actor.name, to=move.to, reason_id=reason_id, note=note, more=named, at=when
        )
    elif reason_id in STAYS:
        db.execute(update(comment_hold).where(comment_hold.c.comment_id == comment_id).values(lapses=False))
    return removals_of(db, [comment_id])[-1]


def confirm(
    db: Connection, actor: Actor, comment_id: str, *, note: str = "", at: datetime | None = None
) -> Comment:
    """Take a comment down, as another person has proposed, for the reason that they gave."""
    return _decide(db, actor, comment_id, CONFIRMED, note=note, at=at)


def refuse(
    db: Connection, actor: Actor, comment_id: str, *, note: str = "", at: datetime | None = None
) -> Comment:
    """Let a comment stand that another person proposed to take down: it is public again at once."""
    return _decide(db, actor, comment_id, REFUSED, note=note, at=at)


def end_open(db: Connection, comment_id: str, *, outcome: str, actor: str, at: datetime) -> Removal | None:
    """Close the proposal that is open for a comment, if one is, with its event; return it as it was."""
    row = removal.c
    is_open = (row.comment_id == comment_id) & (row.outcome == "")
    found = db.execute(select(*_COLUMNS).where(is_open)).first()
    if found is None:
        return None
    event = append(
        db,
        actor=actor,
        kind=f"comment.removal_{outcome}",
        subject=f"comment:{comment_id}",
        content={"number": found.number, "rule_version": RULE_VERSION},
        private={},
        at=at,
    )
    decided = {"decided_at": event.at, "decided_by": actor, "decided_seq": event.seq}
    db.execute(update(removal).where(is_open).values(outcome=outcome, **decided))
    return Removal(**found._mapping)


def removals_of(db: Connection, comment_ids: Sequence[str]) -> list[Removal]:
    """Return every proposal to take one of these comments down, in the order in which they were made."""
    query = select(*_COLUMNS).where(removal.c.comment_id.in_(comment_ids))
    return [Removal(**row._mapping) for row in db.execute(query.order_by(removal.c.seq))]


def count_by_outcome(db: Connection, hearing_id: str) -> dict[str, int]:
    """Return how many removals were proposed in a hearing, by outcome; "" are open."""
    query = (
        select(removal.c.outcome, func.count())
        .join(comment, comment.c.comment_id == removal.c.comment_id)
        .where(comment.c.hearing_id == hearing_id)
        .group_by(removal.c.outcome)
    )
    return {row[0]: int(row[1]) for row in db.execute(query)}


def _decide(
    db: Connection, actor: Actor, comment_id: str, outcome: str, *, note: str, at: datetime | None
) -> Comment:
    require(actor, Act.REMOVE_PUBLISHED)
    when, written = at or datetime.now(UTC), comment_of(db, comment_id)
    confirmed = outcome == CONFIRMED
    step = Step.CONFIRM_REMOVAL if confirmed else Step.REFUSE_REMOVAL
    move = move_of(stand_of(db, written), step)
    check_reason(move, "", note)
    proposed = removals_of(db, [comment_id])[-1]
    if proposed.proposed_by == actor.name:
        raise Forbidden(
            "You proposed this removal, so another person decides on it.",
            next_step="Ask a colleague to open the comment.",
        )
    end_open(db, comment_id, outcome=outcome, actor=actor.name, at=when)
    named = {"authority": proposed.authority} if confirmed and proposed.authority else {}
    set_state(
        db,
        written,
        actor=actor.name,
        to=move.to,
        reason_id=proposed.reason_id if confirmed else "",
        note=note,
        more=named,
        at=when,
    )
    return comment_of(db, comment_id)
