"""The room: who or what has the floor, since when, and who comes next.

What runs is one row; every screen reads it and computes the time left from the moment that is stored, by the
server's clock. So two screens agree, and one that is opened anew knows what the others know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from sqlalchemy import Connection, func, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.agenda.reading import Agenda, AgendaItem, agenda_of, require_agenda
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.life.stages import Deed, require_possible
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import room_turn

STARTED, PAUSED, RESUMED = "hearing.item_started", "hearing.item_paused", "hearing.item_resumed"
ADDED, ENDED = "hearing.time_added", "hearing.item_ended"
SOON, VERY_SOON = 30, 10
"""Seconds before the end at which the screen changes."""
MOST_SECONDS = 8 * 3600


@dataclass(frozen=True, slots=True)
class Step:
    """Something that gets the floor: an item as such (``comment_id`` is ``None``), or a speaker in it."""

    item_id: int
    number: int
    title: str
    kind: str
    slot: int | None
    comment_id: str | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that was started. ``seconds`` are those it was given, with what was added since."""

    number: int
    item_id: int
    slot: int | None
    comment_id: str | None
    seconds: int
    started_at: datetime
    paused_at: datetime | None
    paused_seconds: int
    ended_at: datetime | None
    spoken_seconds: int | None

    @property
    def is_paused(self) -> bool:
        """Whether its clock stands still."""
        return self.paused_at is not None

    def elapsed(self, at: datetime) -> float:
        """Return the seconds for which its clock has run at a moment."""
        until = self.ended_at or self.paused_at or at
        return max(0.0, (until - self.started_at).total_seconds() - self.paused_seconds)

    def left(self, at: datetime) -> int:
        """Return the whole seconds that are left; below 0 when it is over."""
        # Rounded up: a turn of three minutes begins at 3:00, and at 0:00 it is over.
        return ceil(self.seconds - self.elapsed(at))


@dataclass(frozen=True, slots=True)
class Room:
    """The room of a hearing as every screen shows it. ``coming`` are all steps that were not yet heard."""

    agenda: Agenda
    turn: Turn | None
    item: AgendaItem | None
    coming: tuple[Step, ...]
    heard: int


def signal(left: int) -> str:
    """Return what a screen says beside the clock: "" or the name of the signal."""
    if left <= 0:
        return "over"
    if left <= VERY_SOON:
        return "very_soon"
    return "soon" if left <= SOON else ""


def steps_of(agenda: Agenda) -> list[Step]:
    """Return everything that gets the floor, in order; slots that are free or were left are none."""
    found = []
    for item in agenda.items:
        named = (item.id, item.number, item.title, item.kind)
        if item.minutes or not item.slots:
            found.append(Step(*named, None, None, item.minutes * 60))
        found += [
            Step(*named, one.number, one.comment_id, one.minutes * 60)
            for one in item.slots
            if one.state == "speaks"
        ]
    return found


def turns_of(db: Connection, hearing_id: str) -> list[Turn]:
    """Return every turn of a hearing, in the order in which they were started."""
    columns = [room_turn.c[name] for name in Turn.__dataclass_fields__]
    query = select(*columns).where(room_turn.c.hearing_id == hearing_id).order_by(room_turn.c.number)
    return [Turn(**row._mapping) for row in db.execute(query)]


def room_of(db: Connection, hearing_id: str) -> Room | None:
    """Return a hearing's room as it is now; ``None`` before an agenda was published."""
    agenda = agenda_of(db, hearing_id)
    if agenda is None:
        return None
    turns = turns_of(db, hearing_id)
    turn = next((one for one in turns if one.ended_at is None), None)
    begun = {(one.item_id, one.comment_id) for one in turns}
    steps = steps_of(agenda)
    item = next((one for one in agenda.items if turn and one.id == turn.item_id), None)
    coming = [one for one in steps if (one.item_id, one.comment_id) not in begun]
    # What comes next stands behind what runs; what was passed over before it, at the end.
    if turn is not None:
        places = {(one.item_id, one.comment_id): place for place, one in enumerate(steps)}
        now = places.get((turn.item_id, turn.comment_id), -1)
        coming.sort(key=lambda one: places[one.item_id, one.comment_id] < now)
    return Room(agenda, turn, item, tuple(coming), sum(one.ended_at is not None for one in turns))


def start(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    item_id: int,
    comment_id: str | None,
    *,
    seen: int,
    at: datetime | None = None,
) -> Turn:
    """Give the floor to a step; what has it ends first. ``seen`` is the turn that was on the screen, or 0."""
    require(actor, Act.RUN_ROOM)
    now = at or datetime.now(UTC)
    require_possible(db, hearing_of(db, hearing_id), Deed.TAKE_MINUTES, now)
    agenda = require_agenda(db, hearing_id)
    step = next(
        (one for one in steps_of(agenda) if (one.item_id, one.comment_id) == (item_id, comment_id)), None
    )
    if step is None:
        raise NotFound("This is not on the agenda any more.", next_step="Choose what comes next.")
    open_turn = _open(db, hearing_id)
    if seen != (open_turn.number if open_turn else 0):
        raise _moved_on()
    if open_turn:
        _end(db, actor, hearing_id, open_turn, now)
    number = 1 + int(
        db.execute(
            select(func.coalesce(func.max(room_turn.c.number), 0)).where(room_turn.c.hearing_id == hearing_id)
        ).scalar_one()
    )
    turn = Turn(number, item_id, step.slot, comment_id, step.seconds, now, None, 0, None, None)
    row = {name: getattr(turn, name) for name in Turn.__dataclass_fields__}
    # The key refuses a second turn that is open.
    db.execute(insert(room_turn).values(hearing_id=hearing_id, is_open=True, **row))
    content: dict[str, object] = {
        "turn": number,
        "item": item_id,
        "slot": step.slot,
        "comment": comment_id,
        "seconds": step.seconds,
    }
    _say(db, actor, STARTED, hearing_id, content, at=now)
    return turn


def pause(db: Connection, actor: Actor, hearing_id: str, seen: int, *, at: datetime | None = None) -> Turn:
    """Stop the clock of what has the floor."""
    now, turn = _running(db, actor, hearing_id, seen, at)
    if turn.is_paused:
        raise Conflict("The clock stands still already.")
    _set(db, hearing_id, turn, paused_at=now)
    _say(db, actor, PAUSED, hearing_id, {"turn": turn.number}, at=now)
    return _running(db, actor, hearing_id, seen, at)[1]


def go_on(db: Connection, actor: Actor, hearing_id: str, seen: int, *, at: datetime | None = None) -> Turn:
    """Let the clock run again."""
    now, turn = _running(db, actor, hearing_id, seen, at)
    if turn.paused_at is None:
        raise Conflict("The clock is running already.")
    paused = turn.paused_seconds + round((now - turn.paused_at).total_seconds())
    _set(db, hearing_id, turn, paused_at=None, paused_seconds=paused)
    _say(db, actor, RESUMED, hearing_id, {"turn": turn.number, "paused_seconds": paused}, at=now)
    return _running(db, actor, hearing_id, seen, at)[1]


def add_time(
    db: Connection, actor: Actor, hearing_id: str, seconds: int, seen: int, *, at: datetime | None = None
) -> Turn:
    """Give what has the floor so many seconds more, or fewer where it is negative; the record says so."""
    now, turn = _running(db, actor, hearing_id, seen, at)
    after = turn.seconds + seconds
    if not 0 <= after <= MOST_SECONDS:
        raise Invalid(
            "The time was not changed.",
            [Fault("", "seconds", f"It would be {after} seconds.", f"It can be 0 to {MOST_SECONDS}.")],
        )
    _set(db, hearing_id, turn, seconds=after)
    _say(db, actor, ADDED, hearing_id, {"turn": turn.number, "seconds": seconds}, at=now)
    return _running(db, actor, hearing_id, seen, at)[1]


def end(db: Connection, actor: Actor, hearing_id: str, seen: int, *, at: datetime | None = None) -> None:
    """End what has the floor, with the seconds for which its clock ran."""
    now, turn = _running(db, actor, hearing_id, seen, at)
    _end(db, actor, hearing_id, turn, now)


def _end(db: Connection, actor: Actor, hearing_id: str, turn: Turn, now: datetime) -> None:
    spoken = round(turn.elapsed(now))
    _set(db, hearing_id, turn, ended_at=now, spoken_seconds=spoken, is_open=None)
    _say(db, actor, ENDED, hearing_id, {"turn": turn.number, "spoken_seconds": spoken}, at=now)


def _open(db: Connection, hearing_id: str) -> Turn | None:
    return next((one for one in turns_of(db, hearing_id) if one.ended_at is None), None)


def _running(
    db: Connection, actor: Actor, hearing_id: str, seen: int, at: datetime | None
) -> tuple[datetime, Turn]:
    require(actor, Act.RUN_ROOM)
    turn = _open(db, hearing_id)
    if turn is None or turn.number != seen:
        raise _moved_on()
    return at or datetime.now(UTC), turn


def _moved_on() -> Conflict:
    return Conflict(
        "The room has moved on since you looked.",
        next_step="Look at what has the floor now, and press again.",
    )


def _set(db: Connection, hearing_id: str, turn: Turn, **values: object) -> None:
    here = (room_turn.c.hearing_id == hearing_id) & (room_turn.c.number == turn.number)
    db.execute(update(room_turn).where(here).values(values))


def _say(
    db: Connection, actor: Actor, kind: str, hearing_id: str, content: dict[str, object], *, at: datetime
) -> None:
    append(db, actor=actor.name, kind=kind, subject=f"hearing:{hearing_id}", content=content, at=at)
