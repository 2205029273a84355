"""What is known of a record outside its backup: keys, kept checkpoints, the record that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from hearing_app.errors import Conflict, HearingError
from hearing_app.record.before import Before
from hearing_app.record.checkpoint import Signer
from hearing_app.record.kept import faults_against, faults_against_kept, kept_checkpoints
from hearing_app.record.keys import load_key, signer_of_record
from hearing_app.record.ledger import Head, size_of
from hearing_app.record.superseded import go_on_elsewhere, in_force
from hearing_app.store.engine import check_integrity, reading
from hearing_app.store.tables import ledger

_SIGNER_SUBJECT = "checkpoint-key:"


@dataclass(slots=True)
class Known:
    """What is known of a record outside its backup: keys, checkpoints that were kept, and what they deny."""

    public_key: bytes | None
    file: Path
    states: list[Head]
    against: list[str]
    is_known: bool
    in_the_way: bool


def known_of(new: Engine, folders: list[Path], checkpoints: Path) -> Known:
    """Compare a backup's record with the keys in ``folders``, and with the checkpoints that were kept."""
    with reading(new) as db:
        public_key, size = signer_of_record(db), size_of(db)
        if public_key is None:
            return Known(None, checkpoints, [], [], is_known=False, in_the_way=False)
        file = in_force(checkpoints, public_key)
        states = kept_checkpoints(file, public_key)
        denied = faults_against(db, states)
        # That its end is missing is what a restore is about; a different beginning is not.
        against = faults_against(db, [one for one in states if one.size <= size])
        of_others = faults_against_kept(db, file, public_key)[: -len(denied) or None]
    present = [one / "checkpoint.key" for one in folders if (one / "checkpoint.key").is_file()]
    others = [one for one in present if Signer.of(load_key(one, may_create=False)).public_key != public_key]
    against += [f"{one} is the key of another record." for one in others]
    return Known(
        public_key,
        file,
        states,
        against + of_others,
        is_known=bool(present or states),
        in_the_way=bool(denied or of_others),
    )


def holds(old: Engine | None, check: Callable[[Engine], list[str]], states: list[Head]) -> bool:
    """Return whether every hash and row of the record before is as it was written, and nothing denies it."""
    if old is None:
        return True
    try:
        if check(old):
            return False
        with reading(old) as db:
            return not faults_against(db, states)
    except (HearingError, SQLAlchemyError, ValueError, TypeError):
        return False


def other_key(public_key: bytes | None, before: Before) -> list[str]:
    """Return that the record before is another one, by the key that its ledger names."""
    named = [one.subject.removeprefix(_SIGNER_SUBJECT) for one in before.events if _names_key(one.subject)]
    if public_key is None or not named or named[0] == public_key.hex():
        return []
    return ["The record that is there names another key."]


def _names_key(subject: str) -> bool:
    return subject.startswith(_SIGNER_SUBJECT)


def line_for(new: Engine, known: Known, folder: Path | None, when: datetime, size: int) -> str | None:
    """Return the line that says where checkpoints go on, if those that were kept name what is gone now."""
    if not known.in_the_way:
        return None
    if folder is None:
        raise Conflict(
            f"The checkpoints in {known.file} name more than this backup has, and the key is not there with "
            "which the record can say that it was restored.",
            kept="Nothing was put in place; what was there stays.",
            next_step="Name the folder of the keys: --keys FOLDER",
        )
    signer = Signer.of(load_key(folder / "checkpoint.key", may_create=False))
    with reading(new) as db:
        still_hold = [one for one in known.states if not faults_against(db, [one])]
    # A state that is longer than the backup cannot hold, also where as many events were added to it by now.
    return go_on_elsewhere(known.file, signer, [one for one in still_hold if one.size <= size], when, size)


def lost_events(new: Engine, old: Engine | None, kept: list[Head]) -> int | None:
    """Return how many events of the present record the new one has not; ``None`` where it is not known."""
    with reading(new) as db:
        size = size_of(db)
    at_least = max((one.size - size for one in kept if one.size > size), default=0)
    if old is None:
        return at_least
    try:
        check_integrity(old)
        with reading(old) as before, reading(new) as db:
            return max(_missing(db, before), at_least)
    except (HearingError, SQLAlchemyError, ValueError, TypeError):
        return None


def _missing(db: Connection, before: Connection) -> int:
    """Return how many events stand in the record before, from the first that is not in the new one."""
    leaves = select(ledger.c.leaf_hash).order_by(ledger.c.seq)
    new, old = (list(one.execute(leaves).scalars()) for one in (db, before))
    shorter = min(len(new), len(old))
    return len(old) - next((place for place in range(shorter) if new[place] != old[place]), shorter)
