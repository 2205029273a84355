"""Packs in the making: begun by a facilitator, told how far they are, stopped, fetched once, and forgotten.

A large pack takes longer than a page waits, so a thread makes it, and whoever opens the page anew finds it
again. One person has one pack of a hearing at a time, and one pack is made at a time: the others wait their
turn. It lies in a folder for the service's eyes alone, under another name until it is whole, and leaves the
disk once it was fetched, after half an hour, or as soon as somebody takes back words that may be in it.
"""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread

from sqlalchemy import Connection, Engine, select

from hearing_app.documents.pack.staff import ALL, Choice
from hearing_app.documents.pack.whole import FILES, write_pack
from hearing_app.errors import Conflict, HearingError, NotFound
from hearing_app.hearings.comments import speaking
from hearing_app.hearings.comments.choosing import how_many
from hearing_app.hearings.comments.erasure import ERASING
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.voting.erasing import ERASING as ERASING_VOTES
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import size_of
from hearing_app.registry.vocabulary import Term
from hearing_app.store.engine import reading
from hearing_app.store.files import Hold, held_alone, hold
from hearing_app.store.tables import ledger

log = logging.getLogger(__name__)
LASTS = timedelta(minutes=30)
_FOLDER = "packs"
_TAKES_BACK = (*ERASING, *speaking.ERASING, *ERASING_VOTES)
# How often who waits for a turn looks whether it was stopped meanwhile.
_LOOKS_SECONDS = 0.2


class Stage(Term):
    """How far a pack is."""

    WAITING = "waiting", "Waiting until another pack is made"
    WORKING = "working", "Being made"
    READY = "ready", "Ready"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Not made"
    FETCHED = "fetched", "Fetched"
    OVER = "over", "Removed after half an hour"
    OUTDATED = "outdated", "Removed, because somebody took words back"

    @property
    def goes_on(self) -> bool:
        """Whether it is still being made."""
        return self in {Stage.WAITING, Stage.WORKING}


@dataclass(frozen=True, slots=True)
class Making:
    """A pack at a moment, for the account ``made_for``; its choice takes so many ``comments``.

    ``begun`` are those of ``FILES`` that were begun, the last one being made; ``table`` and ``rows`` say how
    far that one is. ``event`` is the size of the record that it was read from, ``size`` is in bytes.
    """

    pack_id: str
    hearing_id: str
    made_for: str
    choice: Choice
    comments: int
    began_at: datetime
    file: Path
    stage: Stage = Stage.WAITING
    begun: tuple[str, ...] = ()
    table: str = ""
    rows: int = 0
    ended_at: datetime | None = None
    event: int = 0
    size: int = 0
    problem: HearingError | None = None
    stop: Event = field(default_factory=Event, repr=False, compare=False)

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop, and has not done so yet."""
        return self.stage.goes_on and self.stop.is_set()

    @property
    def removed_at(self) -> datetime | None:
        """When the file leaves the disk at the latest."""
        return self.ended_at + LASTS if self.ended_at and self.stage is Stage.READY else None


class _Stopped(Exception):
    """Ends the making of a pack in the middle."""


_lock, _turn = Lock(), Lock()
_packs: dict[str, Making] = {}
_folders: dict[Path, tuple[Path, Hold]] = {}


def begin(
    engine: Engine,
    actor: Actor,
    hearing_id: str,
    choice: Choice = ALL,
    *,
    data: Path,
    base: str,
    checkpoint: Callable[[Connection], str],
) -> Making:
    """Begin a pack, and return it; where the actor has one of this hearing in the making, return that one.

    ``data`` is the service's folder. A pack that the actor had before is removed. Raises ``NotFound`` for a
    hearing that is not there, ``ConfirmAgain``.
    """
    require(actor, Act.EXPORT_COMMENTS)
    with reading(engine) as db:
        hearing_of(db, hearing_id)
        comments = count_of(db, actor, hearing_id, choice)
    with _lock:
        before = _of(actor, hearing_id, data)
        if before is not None and before.stage.goes_on:
            return before
        if before is not None:
            before.file.unlink(missing_ok=True)
            del _packs[before.pack_id]
        pack_id = f"P-{secrets.token_hex(8)}"
        file = _own_folder(data) / f"{pack_id}.zip"
        made = Making(pack_id, hearing_id, actor.name, choice, comments, datetime.now(UTC), file)
        _packs[pack_id] = made
    # It ends with the process: what it leaves is removed at the next start.
    Thread(target=_make, args=(engine, actor, made, base, checkpoint), name=pack_id, daemon=True).start()
    return made


def count_of(db: Connection, actor: Actor, hearing_id: str, choice: Choice) -> int:
    """Return how many comments a choice takes."""
    return how_many(
        db,
        actor,
        hearing_id,
        states=choice.state,
        systems=choice.system,
        kinds=choice.kind,
        languages=choice.language,
        themes=choice.theme,
        since=choice.since,
        until=choice.until,
    )


def making_of(actor: Actor, hearing_id: str, data: Path) -> Making | None:
    """Return the actor's pack of a hearing, at whatever stage; ``None`` without one."""
    with _lock:
        return _of(actor, hearing_id, data)


def stop(actor: Actor, pack_id: str) -> None:
    """Stop a pack of the actor's own; one that is ready is removed."""
    made = _own(actor, pack_id)
    made.stop.set()
    if made.stage is Stage.READY:
        _remove(made, Stage.STOPPED)


def fetched(engine: Engine, actor: Actor, pack_id: str) -> Making:
    """Return a pack whose file may be sent to the actor, who made it.

    Raises ``ConfirmAgain``; ``NotFound`` also for a pack of somebody else's, ``Conflict`` for one that is not
    ready, or not any more.
    """
    require(actor, Act.EXPORT_COMMENTS)
    drop_outdated(engine)
    made = _own(actor, pack_id)
    if made.stage is not Stage.READY:
        raise Conflict(
            f"This pack cannot be fetched. It is at this stage: {made.stage.label}.",
            kept="Nothing of the hearing has changed.",
            next_step="Go back to the page of the pack, and make it anew if you need it.",
        )
    return made


def sent(made: Making) -> None:
    """Take a pack from the disk that was sent to its end."""
    _remove(made, Stage.FETCHED)


def drop_outdated(engine: Engine, *, at: datetime | None = None) -> None:
    """Remove the packs that are too old, and those from which somebody has taken words back since."""
    now = at or datetime.now(UTC)
    with _lock:
        ended = [one for one in _packs.values() if one.ended_at is not None]
    for one in ended:
        is_over = one.ended_at is not None and one.ended_at + LASTS <= now
        if one.stage is not Stage.READY:
            if is_over:
                with _lock:
                    _packs.pop(one.pack_id, None)
        elif is_over:
            _remove(one, Stage.OVER, at=now)
        elif _was_taken_back(engine, one.event):
            _remove(one, Stage.OUTDATED, at=now)


def clear(data: Path) -> None:
    """Remove what a service left of its packs that was killed; another one that runs keeps its own."""
    for folder in (data / _FOLDER).glob("*") if (data / _FOLDER).is_dir() else ():
        with suppress(Conflict), held_alone(folder):
            shutil.rmtree(folder, ignore_errors=True)


def end(data: Path) -> None:
    """Stop what is being made, and remove every pack of this service, which ends."""
    with _lock:
        own = _folders.pop(data, None)
        for one in [one for one in _packs.values() if own and one.file.parent == own[0]]:
            one.stop.set()
            del _packs[one.pack_id]
    if own:
        shutil.rmtree(own[0], ignore_errors=True)
        own[1].let_go()


def _make(
    engine: Engine, actor: Actor, made: Making, base: str, checkpoint: Callable[[Connection], str]
) -> None:
    """Make a pack, in a thread of its own, and note what came of it."""
    half = made.file.with_suffix(".part")

    def told(what: str, done: int) -> None:
        if made.stop.is_set():
            raise _Stopped
        if what in FILES:
            _change(made, lambda one: replace(one, begun=(*one.begun, what), table="", rows=0))
        else:
            _change(made, lambda one: replace(one, table=what, rows=done))

    try:
        for _ in _turns(made):
            _change(made, lambda one: replace(one, stage=Stage.WORKING))
            half.touch(mode=0o600, exist_ok=False)
            with reading(engine) as db:
                event = size_of(db)
                write_pack(
                    db,
                    actor,
                    made.hearing_id,
                    half,
                    base=base,
                    checkpoint=checkpoint(db),
                    choice=made.choice,
                    told=told,
                )
        told("", 0)  # The last moment at which it can be stopped.
        half.rename(made.file)
        size = made.file.stat().st_size
        _end(made, Stage.READY, event=event, size=size)
    except _Stopped:
        _end(made, Stage.STOPPED)
    except HearingError as error:
        _end(made, Stage.FAILED, problem=error)
    except Exception as error:
        log.exception("a pack could not be made")
        _end(made, Stage.FAILED, problem=_not_made(error))
    finally:
        half.unlink(missing_ok=True)


def _turns(made: Making) -> Iterator[None]:
    """Wait for the one turn, and have it until the end of the round."""
    while not _turn.acquire(timeout=_LOOKS_SECONDS):
        if made.stop.is_set():
            raise _Stopped
    try:
        yield
    finally:
        _turn.release()


def _not_made(error: Exception) -> HearingError:
    no_room = isinstance(error, OSError)
    return HearingError(
        "The disk of the service would not take the pack." if no_room else "The pack could not be made.",
        kept="Nothing of the hearing has changed, and nothing half-made is left.",
        next_step="Tell the people who run this service; a pack of fewer comments needs less room."
        if no_room
        else "Please try again; if it happens again, tell the people who run this service.",
    )


def _own_folder(data: Path) -> Path:
    """Return the folder of this process, which it holds as long as it lives."""
    if data not in _folders or not _folders[data][0].is_dir():
        folder = data / _FOLDER / secrets.token_hex(8)
        (data / _FOLDER).mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700)
        _folders[data] = (folder, hold(folder))
    return _folders[data][0]


def _of(actor: Actor, hearing_id: str, data: Path) -> Making | None:
    folder = _folders[data][0] if data in _folders else None
    mine = (one for one in _packs.values() if (one.made_for, one.hearing_id) == (actor.name, hearing_id))
    return next((one for one in mine if one.file.parent == folder), None)


def _own(actor: Actor, pack_id: str) -> Making:
    with _lock:
        made = _packs.get(pack_id)
    if made is None or made.made_for != actor.name:
        raise NotFound(
            "There is no such pack of yours.",
            kept="",
            next_step="Packs are removed half an hour after they were made: make it anew.",
        )
    return made


def _change(made: Making, change: Callable[[Making], Making]) -> None:
    with _lock:
        if made.pack_id in _packs:
            _packs[made.pack_id] = change(_packs[made.pack_id])


def _end(
    made: Making, stage: Stage, *, event: int = 0, size: int = 0, problem: HearingError | None = None
) -> None:
    now = datetime.now(UTC)
    _change(
        made,
        lambda one: replace(one, stage=stage, event=event, size=size, problem=problem, ended_at=now),
    )
    with _lock:
        is_known = made.pack_id in _packs
    if not is_known:
        made.file.unlink(missing_ok=True)


def _remove(made: Making, stage: Stage, *, at: datetime | None = None) -> None:
    made.file.unlink(missing_ok=True)
    now = at or datetime.now(UTC)
    _change(made, lambda one: replace(one, stage=stage, ended_at=now) if one.stage is Stage.READY else one)


def _was_taken_back(engine: Engine, event: int) -> bool:
    query = select(ledger.c.seq).where(ledger.c.seq >= event, ledger.c.kind.in_(_TAKES_BACK))
    with reading(engine) as db:
        return db.execute(query.limit(1)).first() is not None
