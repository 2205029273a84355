"""What a facilitator decides on a comment: publishing, holding, refusing; one of them, or several at once.

What may be done from where is in ``moves``; this is the one place that moves a comment from state to state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, update

from hearing_app.errors import Conflict, Fault, HearingError, Invalid
from hearing_app.hearings.agenda.slots import leave
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.screening import kinds_found
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation import holding
from hearing_app.hearings.moderation.moves import Move, comment_of, move_of, stand_of, stands_of, steps_from
from hearing_app.hearings.moderation.redactions import FIELDS, note_faults, words_for_readers
from hearing_app.hearings.release import release_opinions
from hearing_app.hearings.vocabulary import RULE_VERSION, Reason, State, Step
from hearing_app.hearings.voting.erasing import forget_words_of
from hearing_app.people.permissions import Act, Actor, may, require
from hearing_app.record.ledger import Event, append, exactly
from hearing_app.store.tables import appeal, comment
from hearing_app.voices.signs import length, unstorable

LONGEST_AUTHORITY = 120
MOST_AT_ONCE = 100
_STEPS = {State.PUBLISHED: Step.PUBLISH, State.HELD: Step.HOLD, State.REJECTED: Step.REJECT}
_STATES = {step: state for state, step in _STEPS.items()}


def moves(db: Connection, written: Comment) -> frozenset[State]:
    """Return the states to which one facilitator alone may move this comment now."""
    return frozenset(_STATES[step] for step in steps_from(stand_of(db, written)) if step in _STATES)


def steps_open_to(db: Connection, actor: Actor, comments: Sequence[Comment]) -> dict[str, frozenset[Step]]:
    """Return the steps that the table gives a member of staff for each comment, by number."""
    allowed = {step for step, act in ACTS.items() if may(actor, act)}
    stands = stands_of(db, comments)
    return {one.comment_id: steps_from(stands[one.comment_id]) & allowed for one in comments}


ACTS: dict[Step, Act] = {
    **dict.fromkeys((Step.PUBLISH, Step.HOLD, Step.REJECT), Act.MODERATE_COMMENTS),
    **dict.fromkeys((Step.REDACT, Step.LIFT), Act.REDACT_COMMENTS),
    **dict.fromkeys((Step.PROPOSE_REMOVAL, Step.CONFIRM_REMOVAL, Step.REFUSE_REMOVAL), Act.REMOVE_PUBLISHED),
    **dict.fromkeys((Step.UPHOLD, Step.OVERTURN), Act.DECIDE_APPEALS),
}
"""What a member of staff must be allowed for each step; the others are the author's, or a rule's."""


def personal_data_in(written: Comment) -> list[str]:
    """Return what its words seem to hold of personal data, by kind: such a comment needs a second look."""
    return kinds_found("\n".join(getattr(written, field) for field in FIELDS))


def decide(
    db: Connection,
    actor: Actor,
    comment_id: str,
    to: State,
    *,
    seen_state: State,
    reason_id: str = "",
    note: str = "",
    authority: str = "",
    at: datetime | None = None,
) -> Comment:
    """Publish, hold or reject a comment, with its ledger event, and return it as it stands now.

    ``seen_state`` is the state that the facilitator saw: when another has decided in between, nothing is
    done and ``Conflict`` says so. Holding and rejecting need a reason from the list; for a legal duty (R7)
    ``authority`` names the court or the body that says so, and is public. What readers have seen is rejected
    by ``removals`` alone.
    """
    require(actor, Act.MODERATE_COMMENTS)
    when, written = at or datetime.now(UTC), comment_of(db, comment_id)
    check_seen(written, seen_state)
    if to not in _STEPS:
        raise Conflict(f"A comment that {State(written.state).label} cannot be set to “{to}”.")
    move = move_of(stand_of(db, written), _STEPS[to])
    check_reason(move, reason_id, note, authority)
    set_state(
        db,
        written,
        actor=actor.name,
        to=move.to,
        reason_id=reason_id if move.reasons else "",
        note=note,
        more={"authority": authority.strip()} if move.reasons and reason_id == Reason.LEGAL else {},
        at=when,
    )
    return comment_of(db, comment_id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several comments: it as it stands now, or why nothing was done to it."""

    comment_id: str
    written: Comment | None
    error: HearingError | None


def decide_many(
    db: Connection,
    actor: Actor,
    seen: Mapping[str, State],
    to: State,
    *,
    reason_id: str = "",
    note: str = "",
    authority: str = "",
    at: datetime | None = None,
) -> list[Outcome]:
    """Take one decision on several comments, ``seen`` in these states, and return what became of each.

    Each is done whole, with its own event, or not at all, and none because of another. Raises ``Invalid``
    for none or more than ``MOST_AT_ONCE``.
    """
    require(actor, Act.MODERATE_COMMENTS)
    if not 0 < len(seen) <= MOST_AT_ONCE:
        problem = "Choose comments first." if not seen else f"{len(seen)} comments are chosen."
        raise Invalid("Nothing was decided.", [Fault("", "seen", problem, f"Up to {MOST_AT_ONCE} fit.")])
    when, outcomes = at or datetime.now(UTC), []
    for comment_id, state in seen.items():
        try:
            # Whatever speaks against it is said before anything is written.
            done = decide(
                db,
                actor,
                comment_id,
                to,
                seen_state=state,
                reason_id=reason_id,
                note=note,
                authority=authority,
                at=when,
            )
            outcomes.append(Outcome(comment_id, done, None))
        except HearingError as error:
            outcomes.append(Outcome(comment_id, None, error))
    return outcomes


def set_state(
    db: Connection,
    written: Comment,
    *,
    actor: str,
    to: State,
    at: datetime,
    reason_id: str = "",
    note: str = "",
    more: Mapping[str, Any] | None = None,
) -> Event:
    """Move a comment to a state, with its event and everything that follows from it by rule.

    The caller has looked at the table. ``more`` goes into the event's public part. An appeal that is open is
    settled by any new decision on the comment; its author may appeal against that.
    """
    hearing = hearing_of(db, written.hearing_id)
    if written.state == State.PUBLISHED and to is not State.PUBLISHED:
        # What was made of its words may not say what readers see no more.
        forget_words_of(db, written.comment_id, at=at)
    release_opinions(db, hearing, at=at)
    content = {"from_state": written.state, "reason": reason_id, "rule_version": RULE_VERSION, **(more or {})}
    ends = to is State.HELD and reason_id != Reason.AUTHORS_WISH
    if ends:
        content["due"] = exactly(holding.due_at(hearing, at))
    event = append(
        db,
        actor=actor,
        kind=f"comment.{to}",
        subject=f"comment:{written.comment_id}",
        content=content,
        # The note is for the author's eyes.
        private={"note": note.strip()},
        at=at,
    )
    db.execute(
        update(comment)
        .where(comment.c.comment_id == written.comment_id)
        .values(
            state=to,
            state_at=at,
            reason_id=reason_id,
            reason_note=note.strip(),
            rule_version=RULE_VERSION,
            decided_by=actor,
        )
    )
    if ends:
        may_lapse = holding.lapses(reason_id, kinds_found(words_for_readers(db, written)))
        holding.begin(db, hearing, written.comment_id, seq=event.seq, since=at, may_lapse=may_lapse)
    else:
        holding.end(db, written.comment_id)
    if to is not State.PUBLISHED:
        leave(db, written.comment_id, at=at)
    _settle(db, written.comment_id, actor, at)
    return event


def _settle(db: Connection, comment_id: str, actor: str, at: datetime) -> None:
    is_open = (appeal.c.comment_id == comment_id) & (appeal.c.outcome == "")
    for row in db.execute(appeal.select().where(is_open)).all():
        event = append(
            db,
            actor=actor,
            kind="comment.appeal_settled",
            subject=f"comment:{comment_id}",
            content={"number": row.number},
            at=at,
            private={},
        )
        db.execute(
            update(appeal)
            .where(is_open, appeal.c.number == row.number)
            .values(outcome="settled", decided_at=event.at, decided_by=actor, decided_seq=event.seq)
        )


def check_seen(written: Comment, seen_state: State) -> None:
    """Raise ``Conflict`` when a comment's state is another one than a facilitator saw."""
    if written.state != seen_state:
        raise Conflict(
            f"Comment {written.comment_id} {State(written.state).label} since you opened it.",
            next_step="Read it again and decide anew.",
        )


def check_reason(move: Move, reason_id: str, note: str, authority: str = "") -> None:
    """Raise ``Invalid`` unless the reason fits the move, and what goes with it can be kept."""
    faults = []
    if move.reasons and reason_id not in {str(reason) for reason in move.reasons}:
        faults.append(Fault("", "reason_id", "Choose a reason first.", ""))
    faults += note_faults(note)
    if move.reasons and reason_id == Reason.LEGAL and not authority.strip():
        problem = "Name the court or the body whose order it is."
        faults.append(
            Fault("", "authority", problem, "Its name is public, as an office and not as a person.")
        )
    if length(authority) > LONGEST_AUTHORITY or unstorable(authority):
        faults.append(Fault("", "authority", "This name cannot be kept.", f"{LONGEST_AUTHORITY} signs fit."))
    if faults:
        raise Invalid("Nothing was decided.", faults)
