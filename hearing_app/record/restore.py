"""Putting a backup in the place of the record: verified before, whole or not at all, and nothing thrown away.

What is put in place is made ready in a folder within the data folder, for that may be a mount of its own. One
small file, written whole, then says that it holds; from there on the exchange is only carried out, by whoever
comes next if need be (``finish``). Killed before, the old record stands; killed after, the new one does.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from hearing_app.errors import Conflict, Damaged, HearingError
from hearing_app.record.backup import DATABASE, KEYS, Manifest, read_manifest
from hearing_app.record.checkpoint import Signer
from hearing_app.record.kept import faults_against, kept_checkpoints
from hearing_app.record.keys import bind_key, bind_signer, is_bound, load_key, signer_of_record
from hearing_app.record.ledger import Head, append, head, size_of
from hearing_app.store.engine import check_integrity, erase_freed_pages, open_engine, reading, writing
from hearing_app.store.files import copy_file, held_alone, row_counts, sync, write_whole
from hearing_app.store.migrate import migrate
from hearing_app.store.tables import ledger

PENDING = "RESTORING.json"
_STAGED = ".restoring-"
# SQLite's own files beside a database are nothing without it, and poison beside another.
_BESIDE = (f"{DATABASE}-wal", f"{DATABASE}-shm")
_REFUSED = "Nothing was put in place; what was there stays."
_OTHER = "Use another backup: `hearing backup --check FOLDER` says whether one verifies."

CarryOver = Callable[[Connection, Connection], int]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place. ``lost`` events of the record before are not in it; ``None``: unknown.

    ``carried_over`` withdrawals that came after the backup were made again in it; ``aside`` is the folder in
    which the record before was kept.
    """

    manifest: Manifest
    has_keys: bool
    lost: int | None
    carried_over: int
    aside: Path | None


def restore(
    backup: Path,
    data: Path,
    *,
    replace: bool,
    checkpoints: Path,
    check: Callable[[Engine], list[str]],
    carry_over: CarryOver,
    keys: Path | None = None,
    at: datetime | None = None,
) -> Restored:
    """Verify a backup whole and put it into the data folder; ``replace`` allows that a record is there.

    ``check`` returns every fault of an open record, ``carry_over`` makes in the first record what authors
    withdrew in the second, ``keys`` is where the keys are if not in the backup or in ``data``. Raises
    ``Damaged`` when anything does not verify, ``Conflict`` when a record is there or is in use.
    """
    when = (at or datetime.now(UTC)).astimezone(UTC)
    manifest = read_manifest(backup)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held_alone(data):
        finish(data)
        present = data / DATABASE
        if present.exists() and not replace:
            raise Conflict(
                f"There is a record in {data}.",
                next_step="To put the backup in its place, add --replace: the present one is kept aside.",
            )
        _remove_staged(data)
        staged = data / f"{_STAGED}{secrets.token_hex(8)}"
        staged.mkdir(mode=0o700)
        try:
            _copy(backup, manifest, staged)
            new = open_engine(f"sqlite:///{(staged / DATABASE).resolve()}")
            try:
                _verify(new, manifest, check)
                has_keys = _check_keys(new, staged / KEYS, data / KEYS, keys)
                kept = _kept(new, checkpoints)
                lost, carried_over = _compare(new, present, kept, carry_over)
                with writing(new) as db:
                    contradicted = bool(faults_against(db, kept))
                    append(
                        db,
                        actor="operator",
                        kind="record.restored",
                        subject="record:restored",
                        content={
                            "backup_of": manifest.made_at.isoformat(),
                            "size": manifest.size,
                            "root": manifest.root,
                            "events_lost": "unknown" if lost is None else lost,
                            "withdrawn_again": carried_over,
                        },
                        at=when,
                    )
                erase_freed_pages(new)
            finally:
                # The last connection writes the log into the file, and removes it.
                new.dispose()
            sync(staged / DATABASE)
            sync(staged)
            was_there = present.exists()
            aside = _agree(data, staged, when, contradicted=checkpoints if contradicted else None)
        except BaseException:
            if not (data / PENDING).exists():
                shutil.rmtree(staged, ignore_errors=True)
            raise
        finish(data)
    return Restored(manifest, has_keys, lost, carried_over, aside if was_there else None)


def finish(data: Path) -> None:
    """Carry out a restore that was agreed on and broken off; do nothing where there is none.

    The caller holds the folder alone. Each step can be done again.
    """
    pending = data / PENDING
    if not pending.is_file():
        return
    agreed = json.loads(pending.read_text(encoding="utf-8"))
    staged, aside = data / agreed["staged"], data / agreed["aside"]
    aside.mkdir(mode=0o700, exist_ok=True)
    if (staged / DATABASE).exists():
        for name in (*_BESIDE, DATABASE):
            _move(data / name, aside / name)
        _move(staged / DATABASE, data / DATABASE)
    if (staged / KEYS).exists():
        _move(data / KEYS, aside / KEYS)
        _move(staged / KEYS, data / KEYS)
    if outside := agreed["checkpoints"]:
        # They name a record that is not served any more; the new one begins with its own.
        _move(Path(outside), Path(f"{outside}.{agreed['aside']}"))
    sync(data)
    shutil.rmtree(staged, ignore_errors=True)
    if not any(aside.iterdir()):
        aside.rmdir()
    pending.unlink()
    sync(data)


def is_pending(data: Path) -> bool:
    """Return whether a restore was agreed on and not carried out yet."""
    return (data / PENDING).is_file()


def _copy(backup: Path, manifest: Manifest, staged: Path) -> None:
    """Copy the files of a backup, and compare what was copied with what was written."""
    wrong = [] if DATABASE in manifest.files else [f"{DATABASE} is not in it."]
    for name, expected in manifest.files.items():
        target = staged / name
        if not (backup / name).is_file() or target.resolve().parent not in {
            staged.resolve(),
            staged.resolve() / KEYS,
        }:
            wrong.append(f"{name} is missing.")
            continue
        target.parent.mkdir(mode=0o700, exist_ok=True)
        if copy_file(backup / name, target) != expected:
            wrong.append(f"{name} is not the file that was written: its SHA-256 differs.")
    if wrong:
        raise Damaged(f"The backup is damaged. {' '.join(wrong)}", kept=_REFUSED, next_step=_OTHER)


def _verify(new: Engine, manifest: Manifest, check: Callable[[Engine], list[str]]) -> None:
    """Hold the copy against everything that the backup says, and against itself."""
    found = []
    counts = row_counts(new)
    if counts != manifest.counts:
        names = sorted(counts | manifest.counts)
        differing = ", ".join(name for name in names if counts.get(name) != manifest.counts.get(name))
        found.append(f"The numbers of rows are not those that were written: {differing}.")
    migrate(new)
    found += check(new)
    if not found:
        with reading(new) as db:
            size, root = size_of(db), head(db).root.hex()
        if (size, root) != (manifest.size, manifest.root):
            found.append(f"It holds {size} events with the root {root}, and says otherwise.")
    if found:
        raise Damaged(f"The backup does not verify. {found[0]}", kept=_REFUSED, next_step=_OTHER)


def _check_keys(new: Engine, *folders: Path | None) -> bool:
    """Prove that the keys that will be in place are those of this record; return whether there are any.

    The first of the folders that is there counts: that of the backup, that of the data folder, another.
    Keys from elsewhere are put among what is made ready.
    """
    staged = folders[0]
    folder = next((one for one in folders if one and (one / "receipt.key").is_file()), None)
    if folder is None or staged is None:
        return False
    with writing(new) as db:
        if is_bound(db):
            bind_key(db, load_key(folder / "receipt.key", may_create=False))
        if signer_of_record(db) is not None:
            bind_signer(db, Signer.of(load_key(folder / "checkpoint.key", may_create=False)).public_key)
    if folder is folders[-1]:
        staged.mkdir(mode=0o700)
        for file in sorted(folder.iterdir()):
            if file.is_file() and not file.name.startswith("."):
                copy_file(file, staged / file.name)
    return True


def _kept(new: Engine, checkpoints: Path) -> list[Head]:
    """Return the states of this record that were kept outside of it."""
    with reading(new) as db:
        public_key = signer_of_record(db)
    return kept_checkpoints(checkpoints, public_key) if public_key else []


def _compare(new: Engine, present: Path, kept: list[Head], carry_over: CarryOver) -> tuple[int | None, int]:
    """Return how many events of the present record the new one has not, and carry withdrawals over."""
    with reading(new) as db:
        size = size_of(db)
    at_least = max((one.size - size for one in kept if one.size > size), default=0)
    if not present.exists():
        return at_least, 0
    # Only read: whatever is wrong with it is to be kept as it is.
    old = open_engine(f"sqlite:///file:{present.resolve()}?mode=ro&uri=true")
    try:
        check_integrity(old)
        with reading(old) as before:
            with reading(new) as db:
                lost = _missing(db, before)
            with writing(new) as db:
                return max(lost, at_least), carry_over(db, before)
    except (HearingError, SQLAlchemyError, ValueError, TypeError):
        return None, 0
    finally:
        old.dispose()


def _missing(db: Connection, before: Connection) -> int:
    """Return how many events stand in the record before, from the first that is not in the new one."""
    leaves = select(ledger.c.leaf_hash).order_by(ledger.c.seq)
    new, old = (list(one.execute(leaves).scalars()) for one in (db, before))
    shorter = min(len(new), len(old))
    return len(old) - next((place for place in range(shorter) if new[place] != old[place]), shorter)


def _agree(data: Path, staged: Path, when: datetime, *, contradicted: Path | None) -> Path:
    """Write down what is to be exchanged, with a file of checkpoints that names another record.

    From here on it will be. Returns the folder in which what is replaced will be kept.
    """
    name = when.strftime("replaced-%Y-%m-%dT%H%M%SZ")
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    aside = next(data / one for one in names if not (data / one).exists())
    agreed = {
        "staged": staged.name,
        "aside": aside.name,
        "checkpoints": str(contradicted.resolve()) if contradicted else "",
    }
    write_whole(data / PENDING, json.dumps(agreed))
    return aside


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)


def _remove_staged(data: Path) -> None:
    """Remove what was made ready by a restore that was broken off before it held."""
    for left in data.glob(f"{_STAGED}*"):
        shutil.rmtree(left, ignore_errors=True)
