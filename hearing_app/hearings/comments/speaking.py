"""Wishes to speak in a hearing: stated with a comment, changed or taken back with its receipt, private.

What somebody needs to take part (an interpreter, a step-free way) is read by facilitators alone. The ledger
says on which day a wish was stated and taken back, and commits to the rest in private. A changed wish leaves
nothing of the one before. Wishes go with the comment, and once the sitting is a while ago.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from hearing_app.errors import Conflict, Invalid, NotOpen
from hearing_app.hearings.comments.draft import Draft, check_draft
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of
from hearing_app.hearings.life.stages import Deed, is_possible, sign_up_closes
from hearing_app.hearings.vocabulary import Speaking, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.people.retention import Due
from hearing_app.record.before import Before
from hearing_app.record.ledger import append, erase_content, exactly
from hearing_app.store.engine import erase_freed_pages, writing
from hearing_app.store.tables import comment, ledger, speaking_wish

WISHED, TAKEN_BACK, ERASED = "speaking.wished", "speaking.withdrawn", "speaking.erased"
ERASING = (TAKEN_BACK, ERASED)
_SUBJECT = "speaking:"
# Who may still be given a place: the words of the others are not to be heard, or are gone.
_HEARD = (State.SUBMITTED, State.PUBLISHED, State.HELD)
FIELDS = ("speaking", "interpreter", "interpreter_language", "access_needs", "first_time")
"""The fields of a draft that make a wish."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an author asks for. ``first_time`` is ``None`` where it was not said."""

    how: str = Speaking.NO
    interpreter: bool = False
    interpreter_language: str = ""
    access_needs: str = ""
    first_time: bool | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to speak as it stands, with the moment at which it was stated."""

    comment_id: str
    how: str
    interpreter: bool
    interpreter_language: str
    access_needs: str
    first_time: bool | None
    at: datetime


_COLUMNS = [speaking_wish.c[name] for name in Wish.__dataclass_fields__]


def takes_wishes(hearing: Hearing, at: datetime | None = None) -> bool:
    """Return whether a wish to speak is taken at a moment: from the opening until sign-up closes."""
    now = (at or datetime.now(UTC)).astimezone(UTC)
    if hearing.cancelled is not None and now >= hearing.cancelled.at.astimezone(UTC):
        return False
    return hearing.window[0].astimezone(UTC) <= now < sign_up_closes(hearing).astimezone(UTC)


def asked_in(draft: Draft) -> Asked:
    """Return the wish that a draft holds."""
    return Asked(
        str(draft.speaking),
        draft.interpreter,
        draft.interpreter_language,
        draft.access_needs.strip(),
        draft.first_time,
    )


def state_wish(db: Connection, comment_id: str, asked: Asked, *, at: datetime) -> None:
    """Put a wish beside a comment that has none, with its ledger event, in the caller's transaction."""
    private = {**asdict(asked), "at": exactly(at)}
    event = append(
        db, actor="author", kind=WISHED, subject=_SUBJECT + comment_id, content={}, private=private, at=at
    )
    db.execute(insert(speaking_wish).values(**asdict(asked), comment_id=comment_id, at=at, seq=event.seq))
    _note(db, comment_id, asked.how)


def change(engine: Engine, comment_id: str, asked: Asked, *, at: datetime | None = None) -> Wish | None:
    """Replace an author's wish, or take it back, and return how it stands now.

    The caller has found the comment by its receipt, which was counted. Raises ``NotOpen`` once sign-up has
    closed, ``Invalid`` for a wish that does not fit, ``Conflict`` where the comment cannot be heard any more.
    What stood before leaves the record. A wish can be taken back at any time.
    """
    _check(asked)
    with writing(engine) as db:
        when = at or datetime.now(UTC)
        row = db.execute(select(comment).where(comment.c.comment_id == comment_id)).one()
        if asked.how != Speaking.NO:
            hearing = hearing_of(db, row.hearing_id)
            # Once the agenda is published, a wish would change what people go by.
            if not takes_wishes(hearing, when) or not is_possible(db, hearing, Deed.SIGN_UP, when):
                raise sign_up_is_over(kept="What you had asked for before stands as it was.")
            if row.state not in _HEARD or not (row.concern or row.value_seen or row.ask):
                raise Conflict(
                    "This comment cannot be heard any more, so no wish to speak was kept.",
                    next_step="Write a new comment while the hearing is open.",
                )
        had = wish_of(db, comment_id)
        if had is not None and Asked(*(getattr(had, name) for name in Asked.__dataclass_fields__)) == asked:
            return had
        take_back(db, comment_id, at=when)
        if asked.how != Speaking.NO:
            state_wish(db, comment_id, asked, at=when)
        stands = wish_of(db, comment_id)
    if had is not None:
        erase_freed_pages(engine)
    return stands


def sign_up_is_over(*, kept: str = "") -> NotOpen:
    """Return the refusal of a wish that comes too late, or too early."""
    return NotOpen(
        "Sign-up for speaking is not open now.",
        kept=kept,
        next_step="Without a wish to speak, your comment is taken while the hearing is open. You can ask "
        "the body that holds the hearing.",
    )


def wish_of(db: Connection, comment_id: str) -> Wish | None:
    """Return an author's own wish; nobody else's eyes. The caller has checked the receipt."""
    row = db.execute(select(*_COLUMNS).where(speaking_wish.c.comment_id == comment_id)).first()
    return Wish(**row._mapping) if row else None


def wishes(db: Connection, actor: Actor, hearing_id: str) -> list[Wish]:
    """Return the wishes of a hearing in the order in which they were stated, for facilitators.

    Those of comments that were not published, or were withdrawn, are not among them.
    """
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    query = (
        select(*_COLUMNS)
        .join(comment, comment.c.comment_id == speaking_wish.c.comment_id)
        .where(comment.c.hearing_id == hearing_id, comment.c.state.in_(_HEARD))
        .order_by(speaking_wish.c.at, speaking_wish.c.comment_id)
    )
    return [Wish(**row._mapping) for row in db.execute(query)]


def take_back(db: Connection, comment_id: str, *, at: datetime) -> bool:
    """Take a wish out of the record as its author asks; return whether there was one."""
    return _remove(db, comment_id, actor="author", kind=TAKEN_BACK, content={}, at=at)


def erase(db: Connection, comment_id: str, *, period: str, at: datetime) -> bool:
    """Erase a wish because its time is over; return whether there was one."""
    return _remove(db, comment_id, actor="operator", kind=ERASED, content={"period": period}, at=at)


def due(db: Connection, before: datetime) -> Due:
    """Return how many wishes are older than their period, and since when the oldest are due."""
    moments = sorted(moment for _, moment in _due(db, before))
    return Due(len(moments), moments[0] if moments else None)


def forget(db: Connection, before: datetime, *, at: datetime) -> int:
    """Erase the wishes of sittings that were over before a moment; return how many."""
    return sum(erase(db, comment_id, period="wishes", at=at) for comment_id, _ in list(_due(db, before)))


def erase_again(db: Connection, before: Before) -> int:
    """Erase in a restored record the wishes that were taken back since the backup; return how many."""
    query = select(ledger.c.kind, ledger.c.subject).where(ledger.c.kind.in_(ERASING))
    # A wish can be taken back and stated again: of the acts here as many are known as there are events.
    known = Counter((row.kind, row.subject) for row in db.execute(query))
    asked = [(one.kind, one.subject, one.at) for one in before.events if one.kind in ERASING]
    told = {(kind, subject) for kind, subject, _ in asked}
    asked += [
        (one.kind, one.comment_id, one.at)
        for one in before.noted
        if one.kind in ERASING and (one.kind, one.comment_id) not in told
    ]
    done = 0
    for kind, subject, at in asked:
        if known[kind, subject] > 0:
            known[kind, subject] -= 1
            continue
        comment_id = subject.removeprefix(_SUBJECT)
        if kind == TAKEN_BACK:
            done += take_back(db, comment_id, at=at)
        else:
            done += erase(db, comment_id, period="again", at=at)
    return done


def _due(db: Connection, before: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the comments with a wish whose sitting, or whose sign-up without one, was over by a moment."""
    for hearing in all_hearings(db):
        ends = max(hearing.window[1], sign_up_closes(hearing)).astimezone(UTC)
        if hearing.sitting is not None:
            ends = max(ends, hearing.sitting.ends_at.astimezone(UTC))
        if ends < before:
            query = select(speaking_wish.c.comment_id).join(
                comment, comment.c.comment_id == speaking_wish.c.comment_id
            )
            wanted = query.where(comment.c.hearing_id == hearing.id).order_by(speaking_wish.c.comment_id)
            yield from ((comment_id, ends) for comment_id in db.execute(wanted).scalars())


def _check(asked: Asked) -> None:
    """Refuse a wish that does not fit, by the same rules as that of a draft."""
    fields = dict(zip(FIELDS, asdict(asked).values(), strict=True))
    faults = [one for one in check_draft(Draft("", "", "", 0, **fields)) if one.field in FIELDS]
    if faults:
        raise Invalid("Nothing was changed.", faults, kept="What you had asked for before stands as it was.")


def _remove(
    db: Connection, comment_id: str, *, actor: str, kind: str, content: dict[str, str], at: datetime
) -> bool:
    gone = db.execute(delete(speaking_wish).where(speaking_wish.c.comment_id == comment_id)).rowcount
    if not gone:
        return False
    erase_content(db, _SUBJECT + comment_id)
    append(db, actor=actor, kind=kind, subject=_SUBJECT + comment_id, content=content, at=at)
    _note(db, comment_id, Speaking.NO)
    return True


def _note(db: Connection, comment_id: str, how: str) -> None:
    db.execute(update(comment).where(comment.c.comment_id == comment_id).values(speaking=how))
