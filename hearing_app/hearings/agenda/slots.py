"""Speaking slots of a hearing: how many there are, how long each is, and whose comment speaks in which.

A slot is one row of the database, found by its hearing and its number, so it holds one comment at most; that
no comment has two is a key of its own. A facilitator gives slots to published comments alone. A comment that
is published no more, because its author withdrew it or a facilitator took it down, loses its slot in the same
transaction (``leave``). Once an agenda is published, slots follow it (``arrange``) and are not changed by
themselves: what was published says who speaks when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import agenda_version, comment, slot

# Seattle's council gives each speaker three minutes; a day of eight hours has room for 160 of them.
MINUTES = 3
MOST_MINUTES = 60
MOST_SLOTS = 200
SET, BOOKED, FREED, LENGTH = "slots.set", "slot.booked", "slot.freed", "slot.length"
_NAMED = 8
# A longer text is no comment's number.
_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in the speaking order: its number from 1 on, its minutes, and the comment that has it."""

    number: int
    minutes: int
    comment_id: str | None

    @property
    def is_free(self) -> bool:
        """Whether no comment has it."""
        return self.comment_id is None


class SlotTaken(Conflict):
    """Another comment has the slot."""

    title = "This slot is taken"


def slots_of(db: Connection, hearing_id: str) -> list[Slot]:
    """Return a hearing's slots in their order; none where none were set."""
    query = select(slot.c.number, slot.c.minutes, slot.c.comment_id)
    rows = db.execute(query.where(slot.c.hearing_id == hearing_id).order_by(slot.c.number))
    return [Slot(**row._mapping) for row in rows]


def slots_by_comment(db: Connection, hearing_id: str) -> dict[str, int]:
    """Return the numbers of a hearing's booked slots, by the comments that have them."""
    return {one.comment_id: one.number for one in slots_of(db, hearing_id) if one.comment_id is not None}


def set_slots(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    number: int,
    minutes: int = MINUTES,
    *,
    at: datetime | None = None,
) -> list[Slot]:
    """Give a hearing so many slots of so many minutes each, with the ledger event, and return them.

    Slots that are there keep their comments and get the new length. What is so already changes nothing.
    Raises ``Invalid`` for numbers that do not fit, ``Conflict`` when a booked slot would go.
    """
    require(actor, Act.SET_SLOTS)
    hearing_of(db, hearing_id)
    _check_follow_no_agenda(db, hearing_id)
    _check_size(number, minutes)
    before = slots_of(db, hearing_id)
    highest = max((one.number for one in before if not one.is_free), default=0)
    if number < highest:
        raise Conflict(
            f"Slot {highest} is booked, so there cannot be fewer than {highest} slots.",
            next_step=f"Free slot {highest} first, or set {highest} or more.",
            heading="A booked slot would go",
        )
    if len(before) == number and all(one.minutes == minutes for one in before):
        return before
    _set(db, actor, hearing_id, number, minutes, at=at)
    return slots_of(db, hearing_id)


def arrange(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    wanted: Sequence[tuple[int, str | None]],
    *,
    at: datetime | None = None,
) -> list[Slot]:
    """Make a hearing's slots those of its agenda: the minutes of each and the comment that speaks in it.

    The publishing of an agenda calls it, in the same transaction. Every slot that changes has its event.
    Raises ``Invalid`` for numbers that do not fit, ``Conflict`` for a comment that cannot speak or has two
    places, ``NotFound`` for one that is not of this hearing; the transaction then has to be given up.
    """
    require(actor, Act.ARRANGE_AGENDA)
    _check_size(len(wanted), MINUTES)
    for minutes, _ in wanted:
        _check_size(len(wanted), minutes)
    before = {one.number: one for one in slots_of(db, hearing_id)}
    places = dict(enumerate(wanted, 1))
    for number, one in before.items():
        if one.comment_id is not None and (number not in places or places[number][1] != one.comment_id):
            _empty(db, one.comment_id)
            _say(db, actor.name, FREED, hearing_id, {"slot": number, "comment": one.comment_id}, at=at)
    if len(before) != len(wanted):
        _set(db, actor, hearing_id, len(wanted), MINUTES, at=at)
    for one in slots_of(db, hearing_id):
        minutes, comment_id = places[one.number]
        here = (slot.c.hearing_id == hearing_id) & (slot.c.number == one.number)
        if one.minutes != minutes:
            db.execute(update(slot).where(here).values(minutes=minutes))
            _say(db, actor.name, LENGTH, hearing_id, {"slot": one.number, "minutes": minutes}, at=at)
        if comment_id is not None and one.comment_id != comment_id:
            _check_may_speak(db, hearing_id, comment_id)
            try:
                db.execute(update(slot).where(here).values(comment_id=comment_id))
            except IntegrityError as error:
                # The key of the table has the last word: a comment has one slot at most.
                raise Conflict(
                    f"Comment {comment_id} would have two places.",
                    next_step="Take it out of one of them.",
                ) from error
            _say(db, actor.name, BOOKED, hearing_id, {"slot": one.number, "comment": comment_id}, at=at)
    return slots_of(db, hearing_id)


def _set(
    db: Connection, actor: Actor, hearing_id: str, number: int, minutes: int, *, at: datetime | None
) -> None:
    before = len(slots_of(db, hearing_id))
    here = slot.c.hearing_id == hearing_id
    db.execute(delete(slot).where(here, slot.c.number > number))
    db.execute(update(slot).where(here).values(minutes=minutes))
    if number > before:
        db.execute(
            insert(slot),
            [
                {"hearing_id": hearing_id, "number": place, "minutes": minutes}
                for place in range(before + 1, number + 1)
            ],
        )
    _say(db, actor.name, SET, hearing_id, {"slots": number, "minutes": minutes}, at=at)


def book(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    slot_number: int,
    comment_id: str,
    *,
    at: datetime | None = None,
) -> Slot:
    """Give a free slot to a published comment of the hearing, with the ledger event, and return it.

    Raises ``SlotTaken`` when another comment has it, ``Conflict`` when this comment has a slot or is not
    published, ``NotFound`` when there is no such hearing, slot or comment. Nothing is changed then.
    """
    require(actor, Act.BOOK_SLOTS)
    hearing_of(db, hearing_id)
    _check_follow_no_agenda(db, hearing_id)
    there = slots_of(db, hearing_id)
    found = _slot_in(there, slot_number)
    _check_may_speak(db, hearing_id, comment_id)
    own = db.execute(select(slot.c.number).where(slot.c.comment_id == comment_id)).scalar_one_or_none()
    if own is not None:
        raise Conflict(
            f"Comment {comment_id} has slot {own} already.",
            next_step="A comment speaks once." if own == slot_number else f"Free slot {own} first.",
        )
    # The row itself says whether it is free: what was read above is only needed for the words.
    booked = db.execute(
        update(slot)
        .where(slot.c.hearing_id == hearing_id, slot.c.number == slot_number, slot.c.comment_id.is_(None))
        .values(comment_id=comment_id)
    )
    if booked.rowcount != 1:
        raise SlotTaken(f"Slot {slot_number} is taken.", next_step=_which_are_free(there))
    _say(db, actor.name, BOOKED, hearing_id, {"slot": slot_number, "comment": comment_id}, at=at)
    return Slot(slot_number, found.minutes, comment_id)


def free(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    slot_number: int,
    comment_id: str,
    *,
    at: datetime | None = None,
) -> Slot:
    """Take a slot from the comment that has it, with the ledger event, and return it.

    ``comment_id`` is the comment that the facilitator saw in it: when another has it by now, nothing is done
    and ``Conflict`` says so.
    """
    require(actor, Act.BOOK_SLOTS)
    hearing_of(db, hearing_id)
    _check_follow_no_agenda(db, hearing_id)
    found = _slot_in(slots_of(db, hearing_id), slot_number)
    if found.comment_id is None:
        raise Conflict(f"Slot {slot_number} is free already.")
    if found.comment_id != comment_id:
        raise Conflict(
            f"Slot {slot_number} was given to another comment since you opened it.",
            next_step="Look at the speaking order again, and decide anew.",
        )
    _empty(db, comment_id)
    _say(db, actor.name, FREED, hearing_id, {"slot": slot_number, "comment": comment_id}, at=at)
    return Slot(slot_number, found.minutes, None)


def leave(db: Connection, comment_id: str, *, at: datetime) -> None:
    """Free the slot of a comment that is published no more, if it has one, with the ledger event.

    It follows by rule from what was done to the comment, and is called in the transaction that did it. The
    event says the day alone, as it can be an author's withdrawal that leads to it.
    """
    row = db.execute(select(slot.c.hearing_id, slot.c.number).where(slot.c.comment_id == comment_id)).first()
    if row is None:
        return
    _empty(db, comment_id)
    _say(db, "rule", FREED, row.hearing_id, {"slot": row.number, "comment": comment_id}, at=at)


def _check_follow_no_agenda(db: Connection, hearing_id: str) -> None:
    query = select(agenda_version.c.version).where(agenda_version.c.hearing_id == hearing_id).limit(1)
    if db.execute(query).first() is not None:
        raise Conflict(
            "The agenda of this hearing is published, and the slots follow it.",
            next_step="Change the agenda, and publish it again with the reason.",
            heading="The agenda says who speaks when",
        )


def _check_size(number: int, minutes: int) -> None:
    faults = []
    # A half slot, and True for one, would be stored as they are.
    if type(number) is not int or type(minutes) is not int:
        raise Invalid(
            "The slots were not set.", [Fault("", "number", "Both are whole numbers.", "Set them.")]
        )
    if not 0 <= number <= MOST_SLOTS:
        faults.append(Fault("", "number", f"{number} slots do not fit.", f"Set from 0 to {MOST_SLOTS}."))
    if not 1 <= minutes <= MOST_MINUTES:
        faults.append(
            Fault("", "minutes", f"{minutes} minutes do not fit.", f"Give each from 1 to {MOST_MINUTES}.")
        )
    if faults:
        raise Invalid("The slots were not set.", faults)


def _slot_in(there: Sequence[Slot], number: int) -> Slot:
    for one in there:
        if one.number == number:
            return one
    raise NotFound(
        f"This hearing has no slot {number}.",
        next_step=f"It has slots 1 to {len(there)}." if there else "Set its slots first.",
    )


def _check_may_speak(db: Connection, hearing_id: str, comment_id: str) -> None:
    row = db.execute(
        select(comment.c.state).where(comment.c.comment_id == comment_id, comment.c.hearing_id == hearing_id)
    ).first()
    if row is None:
        raise NotFound(
            f"This hearing has no comment {comment_id[:_LONGEST_NUMBER]}."
            if comment_id
            else "No comment was chosen.",
            next_step="Choose one of its published comments.",
        )
    if row.state != State.PUBLISHED:
        raise Conflict(
            f"Comment {comment_id} {State(row.state).label}, so it cannot be given a slot.",
            next_step="Choose a published comment.",
        )


def _which_are_free(there: Sequence[Slot]) -> str:
    """Return what else can be chosen, in words."""
    numbers = [str(one.number) for one in there if one.is_free]
    if not numbers:
        return "No slot is free: set more, or free one first."
    if len(numbers) == 1:
        return f"Choose another: slot {numbers[0]} is free."
    first, last = numbers[:-1], numbers[-1]
    if len(numbers) > _NAMED:
        first, last = numbers[:_NAMED], f"{len(numbers) - _NAMED} more"
    return f"Choose another: slots {', '.join(first)} and {last} are free."


def _empty(db: Connection, comment_id: str) -> None:
    db.execute(update(slot).where(slot.c.comment_id == comment_id).values(comment_id=None))


def _say(
    db: Connection, actor: str, kind: str, hearing_id: str, content: dict[str, object], *, at: datetime | None
) -> None:
    append(db, actor=actor, kind=kind, subject=f"hearing:{hearing_id}", content=content, at=at)
