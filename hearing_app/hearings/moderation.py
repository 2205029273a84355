"""What a facilitator decides on a comment: one table of moves, and one function that makes them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.comment import COLUMNS, Comment
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.release import release_opinions
from hearing_app.hearings.slots import leave
from hearing_app.hearings.vocabulary import RULE_VERSION, Consent, Reason, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import comment
from hearing_app.voices.personal_data import find
from hearing_app.voices.signs import length, shown, unstorable

LONGEST_NOTE = 500

# From each state, the states to which a facilitator may move a comment. Every state stands here.
# Published words can be held back (a telephone number was overlooked), never rejected by one person alone.
MOVES: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset({State.PUBLISHED, State.HELD, State.REJECTED}),
    State.HELD: frozenset({State.PUBLISHED, State.REJECTED}),
    State.PUBLISHED: frozenset({State.HELD}),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

# What a facilitator may give as a reason; the author's wish is the author's alone.
REASONS = tuple(reason for reason in Reason if reason is not Reason.AUTHORS_WISH)


def moves(written: Comment, *, stood: State | None = None) -> frozenset[State]:
    """Return the states to which a facilitator may move this comment now, or could when it ``stood`` so."""
    allowed = MOVES[stood or State(written.state)]
    if not written.has_words:
        # They were erased because their period is over: there is nothing left to decide on.
        return frozenset()
    if Consent(written.consent).is_public:
        return allowed
    # Its author did not want it published: it can be read and heard, or rejected, but never shown.
    return allowed - {State.PUBLISHED}


def personal_data_in(written: Comment) -> list[str]:
    """Return what its words seem to hold of personal data, by kind: such a comment needs a second look."""
    words = "\n".join((written.concern, written.value_seen, written.ask))
    # A sign that nobody sees does not keep a number from being read, nor from being found.
    return sorted({finding.kind for finding in find(shown(words))})


def decide(
    db: Connection,
    actor: Actor,
    comment_id: str,
    to: State,
    *,
    seen_state: State,
    reason_id: str = "",
    note: str = "",
    at: datetime | None = None,
) -> Comment:
    """Publish, hold or reject a comment, with its ledger event, and return it as it stands now.

    ``seen_state`` is the state that the facilitator saw: when another has decided in between, nothing is
    done and ``Conflict`` says so. Holding and rejecting need a reason from the list.
    """
    require(actor, Act.MODERATE_COMMENTS)
    when = at or datetime.now(UTC)
    row = db.execute(select(*COLUMNS).where(comment.c.comment_id == comment_id)).first()
    if row is None:
        raise NotFound(f"There is no comment {comment_id}.")
    written = Comment(**row._mapping)
    if written.state != seen_state:
        raise Conflict(
            f"Comment {comment_id} {State(written.state).label} since you opened it.",
            next_step="Read it again and decide anew.",
        )
    if to not in moves(written):
        raise Conflict(f"A comment that {State(written.state).label} cannot be set to “{to}”.")
    _check_reason(to, reason_id, note)
    release_opinions(db, hearing_of(db, written.hearing_id), at=when)
    reason = reason_id if to is not State.PUBLISHED else ""
    append(
        db,
        actor=actor.name,
        kind=f"comment.{to}",
        subject=f"comment:{comment_id}",
        content={"from_state": written.state, "reason": reason, "rule_version": RULE_VERSION},
        # The note is for the author's eyes.
        private={"note": note.strip()},
        at=when,
    )
    db.execute(
        update(comment)
        .where(comment.c.comment_id == comment_id)
        .values(
            state=to,
            state_at=when,
            reason_id=reason,
            reason_note=note.strip(),
            rule_version=RULE_VERSION,
            decided_by=actor.name,
        )
    )
    if to is not State.PUBLISHED:
        leave(db, comment_id, at=when)
    return Comment(**db.execute(select(*COLUMNS).where(comment.c.comment_id == comment_id)).one()._mapping)


def _check_reason(to: State, reason_id: str, note: str) -> None:
    faults = []
    if to is not State.PUBLISHED and reason_id not in {str(reason) for reason in REASONS}:
        faults.append(Fault("", "reason_id", "Choose a reason first.", ""))
    if length(note) > LONGEST_NOTE:
        faults.append(Fault("", "note", f"The note has {length(note)} characters.", f"{LONGEST_NOTE} fit."))
    if unstorable(note):
        faults.append(Fault("", "note", "The note holds a sign that cannot be stored.", "Type it again."))
    if faults:
        raise Invalid("Nothing was decided.", faults)
