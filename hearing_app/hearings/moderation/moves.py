"""The one table of moderation: from where a comment stands, who may take which step, why, and to what state.

A step that is not in the table cannot be taken by anybody. What the table says of people holds beside
``people.permissions``: that says which role may act at all. Reasons with fixed ids and a version of the rules
go into every event; a rule may hold a comment back and let a hold end, and never refuses anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hearing_app.errors import Conflict, NotFound
from hearing_app.hearings.comments.comment import COLUMNS, Comment
from hearing_app.hearings.vocabulary import Consent, Reason, Stand, State, Step, Who
from hearing_app.store.tables import comment, ledger, removal

# What a facilitator may give as a reason; the author's wish is the author's alone.
REASONS = tuple(reason for reason in Reason if reason.is_given)
_ANY = frozenset(REASONS)
# Words are taken out of a comment for what they do to somebody, or because the law says so.
_REDACTING = frozenset({Reason.PERSONAL_DATA, Reason.THREAT, Reason.ABUSE, Reason.LEGAL})
_SCREENING = frozenset({Reason.PERSONAL_DATA, Reason.AUTHORS_WISH})


@dataclass(frozen=True, slots=True)
class Move:
    """One cell: the state that follows, who may do it, and the reasons that fit; none means none is asked."""

    to: State
    who: Who
    reasons: frozenset[Reason] = frozenset()

    @property
    def needs_second(self) -> bool:
        """Whether it takes a person other than the one who acted before."""
        return self.who is Who.SECOND


def _table() -> Iterator[tuple[tuple[Stand, Step], Move]]:
    held, published, rejected, withdrawn = State.HELD, State.PUBLISHED, State.REJECTED, State.WITHDRAWN
    one, second = Who.FACILITATOR, Who.SECOND

    submitted = Stand.SUBMITTED
    yield (submitted, Step.SCREEN), Move(held, Who.RULE, _SCREENING)
    yield (submitted, Step.PUBLISH), Move(published, one)
    yield (submitted, Step.HOLD), Move(held, one, _ANY)
    yield (submitted, Step.REJECT), Move(rejected, one, _ANY)

    yield (Stand.HELD, Step.PUBLISH), Move(published, one)
    yield (Stand.HELD, Step.REJECT), Move(rejected, one, _ANY)
    yield (Stand.HELD_AGAIN, Step.PUBLISH), Move(published, one)
    # Readers have seen it: nobody makes it disappear alone, not by holding it back first either.
    yield (Stand.HELD_AGAIN, Step.PROPOSE_REMOVAL), Move(held, one, _ANY)
    yield (Stand.REMOVAL, Step.CONFIRM_REMOVAL), Move(rejected, second)
    yield (Stand.REMOVAL, Step.REFUSE_REMOVAL), Move(published, second)

    yield (Stand.PUBLISHED, Step.HOLD), Move(held, one, _ANY)
    # Whose time on hold was over is not held a second time by one person alone.
    for public in (Stand.PUBLISHED, Stand.RETURNED):
        yield (public, Step.PROPOSE_REMOVAL), Move(held, one, _ANY)

    # Its author did not want it published: it can be read and heard, or refused, but never shown.
    yield (Stand.KEPT, Step.REJECT), Move(rejected, one, _ANY)

    for stand, state in (
        *((submitted, State.SUBMITTED), (Stand.HELD, held), (Stand.HELD_AGAIN, held)),
        *((Stand.REMOVAL, held), (Stand.PUBLISHED, published), (Stand.RETURNED, published)),
    ):
        yield (stand, Step.REDACT), Move(state, one, _REDACTING)
        yield (stand, Step.LIFT), Move(state, one)
    for stand in (Stand.HELD, Stand.HELD_AGAIN, Stand.REMOVAL):
        yield (stand, Step.LAPSE), Move(published, Who.RULE)

    for stand, state, overturned in (
        (Stand.HELD, held, published),
        (Stand.HELD_AGAIN, held, published),
        (Stand.REJECTED, rejected, published),
        (Stand.REFUSED, rejected, held),
        # What is appealed against here is what was taken out of the words.
        (Stand.PUBLISHED, published, published),
        (Stand.RETURNED, published, published),
    ):
        yield (stand, Step.APPEAL), Move(state, Who.AUTHOR)
        yield (stand, Step.UPHOLD), Move(state, second)
        yield (stand, Step.OVERTURN), Move(overturned, second)
    for stand in Stand:
        if stand is not Stand.WITHDRAWN:
            yield (stand, Step.WITHDRAW), Move(withdrawn, Who.AUTHOR)


MOVES: dict[tuple[Stand, Step], Move] = dict(_table())


def steps_from(stand: Stand) -> frozenset[Step]:
    """Return every step that the table has from where a comment stands."""
    return frozenset(step for place, step in MOVES if place is stand)


def move_of(stand: Stand, step: Step) -> Move:
    """Return the cell of the table; raise ``Conflict`` where there is none, with what can be done instead."""
    if (move := MOVES.get((stand, step))) is not None:
        return move
    instead = ""
    if step in {Step.REJECT, Step.HOLD} and (stand, Step.PROPOSE_REMOVAL) in MOVES:
        instead = "Propose its removal: a second person decides on it."
    elif stand is Stand.REMOVAL:
        instead = "A second person confirms its removal, or refuses it."
    tried = step.label[:1].upper() + step.label[1:]
    raise Conflict(
        f"{tried} was tried. A comment that {stand.label} does not allow it.",
        next_step=instead,
    )


def stands_of(db: Connection, comments: Sequence[Comment]) -> dict[str, Stand]:
    """Return where each of these comments stands, by number: its state, and what was done before."""
    held = [one.comment_id for one in comments if one.state == State.HELD]
    subjects = [f"comment:{comment_id}" for comment_id in held]
    event = ledger.c
    was_public = select(event.subject).where(event.subject.in_(subjects), event.kind == "comment.published")
    before = set(db.execute(was_public).scalars()) if held else set()
    proposed = select(removal.c.comment_id).where(removal.c.comment_id.in_(held), removal.c.outcome == "")
    waiting = set(db.execute(proposed).scalars()) if held else set()
    return {
        one.comment_id: _stand(one, f"comment:{one.comment_id}" in before, one.comment_id in waiting)
        for one in comments
    }


def stand_of(db: Connection, written: Comment) -> Stand:
    """Return where a comment stands."""
    return stands_of(db, [written])[written.comment_id]


def comment_of(db: Connection, comment_id: str) -> Comment:
    """Return a comment as it stands now; raise ``NotFound``."""
    row = db.execute(select(*COLUMNS).where(comment.c.comment_id == comment_id)).first()
    if row is None:
        raise NotFound(f"There is no comment {comment_id}.")
    return Comment(**row._mapping)


def _stand(written: Comment, was_public: bool, removal_waits: bool) -> Stand:
    state, wished = State(written.state), Consent(written.consent).is_public
    if state is State.WITHDRAWN:
        return Stand.WITHDRAWN
    if not written.has_words:
        # They were erased because their period is over: there is nothing left to decide on.
        return Stand.EMPTY
    if state is State.REJECTED:
        return Stand.REJECTED if wished else Stand.REFUSED
    if not wished:
        return Stand.KEPT
    held = Stand.REMOVAL if removal_waits else Stand.HELD_AGAIN if was_public else Stand.HELD
    public = Stand.RETURNED if written.decided_by == "rule" else Stand.PUBLISHED
    return {State.HELD: held, State.PUBLISHED: public}.get(state, Stand.SUBMITTED)
