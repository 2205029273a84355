"""Words taken out of a comment: readers see “[name removed]” in their place; reasons and counts are public.

A stretch is counted in code points of the text as it is stored. What stood there is for facilitators and for
the author, who may appeal; it is in no page, feed, export or proof that others see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.screening import kinds_found
from hearing_app.hearings.moderation.holding import lapses
from hearing_app.hearings.moderation.moves import comment_of, move_of, stand_of
from hearing_app.hearings.vocabulary import RULE_VERSION, Redacted, State, Step
from hearing_app.hearings.voting.erasing import forget_words_of
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import comment, comment_hold, redaction
from hearing_app.voices.signs import length, unstorable

FIELDS = ("concern", "value_seen", "ask", "target_detail")
LONGEST_NOTE = 500
REDACTED, LIFTED = "comment.redacted", "comment.redaction_lifted"


@dataclass(frozen=True, slots=True)
class Redaction:
    """One stretch of a comment's words, from ``start`` up to ``stop``, that readers do not see."""

    comment_id: str
    number: int
    field: str
    start: int
    stop: int
    kind: str
    reason_id: str
    note: str
    at: datetime
    actor: str
    seq: int
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_note: str | None

    @property
    def is_in_force(self) -> bool:
        """Whether readers see the mark, and not the words."""
        return self.lifted_at is None

    @property
    def mark(self) -> str:
        """What stands in place of the words."""
        return f"[{Redacted(self.kind).label} removed]"


_COLUMNS = [column for column in redaction.c if column.name in Redaction.__dataclass_fields__]


def redact(
    db: Connection,
    actor: Actor,
    comment_id: str,
    *,
    field: str,
    start: int,
    stop: int,
    kind: str,
    reason_id: str,
    seen_state: State,
    note: str = "",
    at: datetime | None = None,
) -> Redaction:
    """Take the stretch from ``start`` up to ``stop`` (code points) of a field out of what readers see.

    Raises ``Invalid`` for a stretch that is empty, lies outside of the words or touches another one that is
    in force, and for a reason that does not fit; ``Conflict`` where the comment's state does not allow it.
    """
    require(actor, Act.REDACT_COMMENTS)
    when, written = at or datetime.now(UTC), comment_of(db, comment_id)
    _check_seen(written, seen_state)
    move = move_of(stand_of(db, written), Step.REDACT)
    there = redactions_of(db, [comment_id]).get(comment_id, [])
    faults = _faults(written, there, field, start, stop)
    if kind not in set(Redacted):
        faults.append(Fault("", "kind", "Say what it is that you take out.", ""))
    if reason_id not in {str(reason) for reason in move.reasons}:
        faults.append(Fault("", "reason_id", "Choose a reason first.", ""))
    faults += note_faults(note)
    if faults:
        raise Invalid("Nothing was taken out.", faults)
    number = max((one.number for one in there), default=0) + 1
    event = append(
        db,
        actor=actor.name,
        kind=REDACTED,
        subject=f"comment:{comment_id}",
        content={"number": number, "kind": kind, "reason": reason_id, "rule_version": RULE_VERSION},
        private={"field": field, "start": start, "stop": stop, "note": note.strip()},
        at=when,
    )
    values = {"comment_id": comment_id, "number": number, "field": field, "start": start, "stop": stop}
    why = {"kind": kind, "reason_id": reason_id, "note": note.strip()}
    db.execute(insert(redaction).values(**values, **why, at=event.at, actor=actor.name, seq=event.seq))
    # A statement that was made of these words would still say them.
    forget_words_of(db, comment_id, at=when, holding=getattr(written, field)[start:stop])
    _hold_anew(db, written)
    return redactions_of(db, [comment_id])[comment_id][-1]


def lift(
    db: Connection, actor: Actor, comment_id: str, number: int, *, note: str, at: datetime | None = None
) -> Redaction:
    """Let readers see again what a redaction took out; ``note`` says why, for the author and facilitators.

    Raises ``NotFound``, ``Conflict`` when it was lifted before, ``Invalid`` without a reason.
    """
    require(actor, Act.REDACT_COMMENTS)
    when, written = at or datetime.now(UTC), comment_of(db, comment_id)
    move_of(stand_of(db, written), Step.LIFT)
    one = next(
        (one for one in redactions_of(db, [comment_id]).get(comment_id, []) if one.number == number), None
    )
    if one is None:
        raise NotFound(f"Comment {comment_id} has no redaction {number}.")
    if not one.is_in_force:
        raise Conflict(f"Redaction {number} of comment {comment_id} was lifted before.")
    faults = note_faults(note)
    if not note.strip():
        faults.append(Fault("", "note", "Say why the words come back.", ""))
    if faults:
        raise Invalid("The words were not put back.", faults)
    put_back(db, actor, one, note=note.strip(), at=when)
    _hold_anew(db, written)
    return redactions_of(db, [comment_id])[comment_id][number - 1]


def put_back(db: Connection, actor: Actor, one: Redaction, *, note: str, at: datetime) -> None:
    """Lift one redaction that is in force, with its event; the caller has checked who asks for it."""
    event = append(
        db,
        actor=actor.name,
        kind=LIFTED,
        subject=f"comment:{one.comment_id}",
        content={"number": one.number, "kind": one.kind, "rule_version": RULE_VERSION},
        private={"note": note},
        at=at,
    )
    db.execute(
        update(redaction)
        .where(redaction.c.comment_id == one.comment_id, redaction.c.number == one.number)
        .values(lifted_at=event.at, lifted_by=actor.name, lifted_note=note, lifted_seq=event.seq)
    )


def redactions_of(db: Connection, comment_ids: Sequence[str]) -> dict[str, list[Redaction]]:
    """Return every redaction of these comments, in the order in which they were made, by comment."""
    query = select(*_COLUMNS).where(redaction.c.comment_id.in_(comment_ids))
    found: dict[str, list[Redaction]] = defaultdict(list)
    for row in db.execute(query.order_by(redaction.c.comment_id, redaction.c.number)):
        found[row.comment_id].append(Redaction(**row._mapping))
    return dict(found)


def as_published(db: Connection, comments: Sequence[Comment]) -> list[Comment]:
    """Return these comments as readers may see them: with a mark where something was taken out."""
    there = redactions_of(db, [one.comment_id for one in comments])
    return [without(one, there[one.comment_id]) if one.comment_id in there else one for one in comments]


def without(written: Comment, redactions: Iterable[Redaction]) -> Comment:
    """Return a comment with a mark in place of each stretch that is taken out."""
    texts = {field: getattr(written, field) for field in FIELDS}
    # From the end, so that what comes before keeps its place.
    for one in sorted(redactions, key=lambda one: one.start, reverse=True):
        if one.is_in_force:
            text = texts[one.field]
            texts[one.field] = text[: one.start] + one.mark + text[one.stop :]
    return replace(written, **texts)


def is_redacted() -> ColumnElement[bool]:
    """Return the condition that words of a comment are taken out now."""
    return comment.c.comment_id.in_(select(redaction.c.comment_id).where(redaction.c.lifted_at.is_(None)))


def place_of(text: str, words: str, turn: int = 1) -> tuple[int, int]:
    """Return where the words stand in a text for the ``turn``-th time, counted from 1, in code points.

    Raises ``Invalid`` where they do not: it is how a person who cannot count code points names a stretch.
    """
    start = -1
    for _ in range(turn):
        start = text.find(words, start + 1) if words else -1
        if start < 0:
            break
    if start < 0 or turn < 1:
        raise Invalid(
            "Nothing was taken out.",
            [Fault("", "words", "These words do not stand there.", "Copy them from the comment.")],
        )
    return start, start + len(words)


def count_by_kind(db: Connection, hearing_id: str) -> dict[str, int]:
    """Return how many redactions are in force in a hearing's comments, by kind."""
    query = (
        select(redaction.c.kind, func.count())
        .join(comment, comment.c.comment_id == redaction.c.comment_id)
        .where(comment.c.hearing_id == hearing_id, redaction.c.lifted_at.is_(None))
        .group_by(redaction.c.kind)
        .order_by(redaction.c.kind)
    )
    return {row[0]: int(row[1]) for row in db.execute(query)}


def note_faults(note: str, name: str = "note") -> list[Fault]:
    """Return what is wrong with a note: it is refused, never cut."""
    faults = []
    if length(note) > LONGEST_NOTE:
        faults.append(Fault("", name, f"The note has {length(note)} characters.", f"{LONGEST_NOTE} fit."))
    if unstorable(note):
        faults.append(Fault("", name, "The note holds a sign that cannot be stored.", "Type it again."))
    return faults


def _check_seen(written: Comment, seen_state: State) -> None:
    if written.state != seen_state:
        raise Conflict(
            f"Comment {written.comment_id} {State(written.state).label} since you opened it.",
            next_step="Read it again and decide anew.",
        )


def _faults(written: Comment, there: list[Redaction], field: str, start: int, stop: int) -> list[Fault]:
    if field not in FIELDS:
        return [Fault("", "field", f"“{field[:20]}” is no field of the words.", f"Use: {', '.join(FIELDS)}.")]
    if (
        type(start) is not int
        or type(stop) is not int
        or not 0 <= start < stop <= len(getattr(written, field))
    ):
        return [Fault("", "start", "The stretch is empty, or does not lie in the words.", "Mark it again.")]
    if not getattr(written, field)[start:stop].strip():
        return [Fault("", "start", "There are no words in this stretch.", "Mark it again.")]
    if any(one.is_in_force and one.field == field and start < one.stop and one.start < stop for one in there):
        return [Fault("", "start", "A part of it is taken out already.", "Lift that first.")]
    return []


def _hold_anew(db: Connection, written: Comment) -> None:
    """Decide anew whether its hold may end by rule, now that readers would see other words."""
    kinds = kinds_found(words_for_readers(db, written))
    may_lapse = lapses(written.reason_id, kinds)
    db.execute(
        update(comment_hold).where(comment_hold.c.comment_id == written.comment_id).values(lapses=may_lapse)
    )


def words_for_readers(db: Connection, written: Comment) -> str:
    """Return the words of a comment as readers would see them, each field on lines of its own."""
    [one] = as_published(db, [written])
    return "\n".join(getattr(one, field) for field in FIELDS)
