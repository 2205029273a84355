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
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from hearing_app.errors import Conflict, Damaged
from hearing_app.record.backup import DATABASE, KEYS, Manifest, faults_of_signature, read_manifest
from hearing_app.record.before import Before, Carried
from hearing_app.record.checkpoint import Signer, origin_of
from hearing_app.record.erased import FILE as NOTED
from hearing_app.record.erased import read_erased
from hearing_app.record.keys import bind_key, bind_signer, is_bound, load_key, signer_of_record
from hearing_app.record.known import holds, known_of, line_for, lost_events, other_key
from hearing_app.record.ledger import append, head, size_of
from hearing_app.store.engine import erase_freed_pages, open_engine, reading, writing
from hearing_app.store.files import append_line, copy_file, held_alone, row_counts, sync, write_whole
from hearing_app.store.migrate import migrate

PENDING = "RESTORING.json"
_STAGED, _ASIDE = ".restoring-", "replaced-%Y-%m-%dT%H%M%SZ"
# SQLite's own files beside a database are nothing without it, and poison beside another.
_BESIDE = (f"{DATABASE}-wal", f"{DATABASE}-shm")
_REFUSED = "Nothing was put in place; what was there stays."
_OTHER = "Use another backup: `hearing backup --check FOLDER` says whether one verifies."

CarryOver = Callable[[Connection, Before], Carried]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What whoever restores has said that they know: each is refused unless it is said.

    ``unsigned``: no key signed this backup. ``rewritten``: a key, or a checkpoint that was kept, says that it
    is another record. ``unknown_withdrawals``: what was withdrawn since cannot be read anywhere.
    """

    unsigned: bool = False
    rewritten: bool = False
    unknown_withdrawals: bool = False


NOTHING = Allowed()


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place. ``lost`` events of the record before are not in it; ``None``: unknown.

    ``carried`` is what came after the backup and was done again in it; ``aside`` is the folder in which the
    record before was kept. ``name`` is the record's; ``is_known`` says that a key, or a checkpoint, that does
    not come with the backup confirms it. ``contradicted`` says what was allowed to contradict it.
    """

    manifest: Manifest
    has_keys: bool
    lost: int | None
    carried: Carried
    aside: Path | None
    name: str = ""
    is_known: bool = False
    knows_withdrawals: bool = True
    contradicted: tuple[str, ...] = ()


def restore(
    backup: Path,
    data: Path,
    *,
    replace: bool,
    checkpoints: Path,
    check: Callable[[Engine], list[str]],
    carry_over: CarryOver,
    keys: Path | None = None,
    allowed: Allowed = NOTHING,
    trial: bool = False,
    at: datetime | None = None,
) -> Restored:
    """Verify a backup whole and put it into the data folder; ``replace`` allows that a record is there.

    ``check`` returns every fault of an open record, ``carry_over`` does in the first record what was taken
    away or closed in the second, ``keys`` is where the keys are if not in the backup or in ``data``. On
    ``trial`` nothing but ``data`` is changed. Raises ``Damaged`` when anything does not verify, ``Conflict``
    when a record is there or is in use, or when what is known contradicts the backup.
    """
    when = (at or datetime.now(UTC)).astimezone(UTC)
    manifest = read_manifest(backup)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held_alone(data):
        finish(data)
        present = data / DATABASE
        was_there = present.exists()
        if was_there and not replace:
            raise Conflict(
                f"There is a record in {data}.",
                next_step="To put the backup in its place, add --replace: the present one is kept aside.",
            )
        remove_staged(data)
        staged = data / f"{_STAGED}{secrets.token_hex(8)}"
        staged.mkdir(mode=0o700)
        try:
            _copy(backup, manifest, staged)
            new = open_engine(f"sqlite:///{(staged / DATABASE).resolve()}")
            old = open_engine(f"sqlite:///file:{present.resolve()}?mode=ro&uri=true") if was_there else None
            try:
                _verify(new, manifest, check, allowed)
                folder = _check_keys(new, staged / KEYS, data / KEYS, keys)
                known = known_of(new, [one for one in (data / KEYS, keys) if one], checkpoints)
                noted, all_noted = read_erased(data / NOTED)
                before = Before(old, noted, holds=holds(old, check, known.states))
                known.against += other_key(known.public_key, before)
                if known.against and not allowed.rewritten:
                    raise Conflict(
                        f"This backup is not of the record that was served here. {' '.join(known.against)}",
                        kept=_REFUSED,
                        next_step="Use another backup. If you know why, and want this one nevertheless: "
                        "--even-if-rewritten. Readers who kept checkpoints will notice.",
                    )
                knows = before.whole or all_noted
                if was_there and not knows and not allowed.unknown_withdrawals:
                    raise Damaged(
                        f"The record that is there cannot be read whole, nor {NOTED} beside it: what authors "
                        "withdrew after this backup could come back.",
                        kept=_REFUSED,
                        next_step=f"Put a copy of {NOTED} there; or restore without: --unknown-withdrawals",
                    )
                lost = lost_events(new, old, known.states)
                with writing(new) as db:
                    carried = carry_over(db, before)
                    append(
                        db,
                        actor="operator",
                        kind="record.restored",
                        subject="record:restored",
                        content={
                            "backup_of": manifest.made_at.isoformat(),
                            "size": manifest.size,
                            "root": manifest.root,
                            "signed": bool(manifest.signature),
                            "events_lost": "unknown" if lost is None else lost,
                            "withdrawn_again": carried.erased,
                            "carried_over": list(carried.said),
                            "although": known.against,
                        },
                        at=when,
                    )
                erase_freed_pages(new)
                line = None if trial else line_for(new, known, folder, when, manifest.size)
            finally:
                # The last connection writes the log into the file, and removes it.
                new.dispose()
                if old is not None:
                    old.dispose()
            sync(staged / DATABASE)
            sync(staged)
            aside = _agree(data, staged, when, checkpoints=known.file, line=line)
        except BaseException:
            if not (data / PENDING).exists():
                shutil.rmtree(staged, ignore_errors=True)
            raise
        finish(data)
    return Restored(
        manifest,
        folder is not None,
        lost,
        carried,
        aside if was_there else None,
        origin_of(known.public_key) if known.public_key else "",
        known.is_known,
        knows and (was_there or bool(noted)),
        tuple(known.against),
    )


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
    if line := agreed.get("line"):
        # Perhaps on another disk, in a file that can only be added to: it is neither moved nor changed.
        outside = Path(agreed["checkpoints"])
        try:
            if not outside.is_file() or line.encode() not in outside.read_bytes().splitlines():
                append_line(outside, line)
        except OSError as error:
            raise Conflict(
                f"A restore is carried out but for one line in {outside} ({error.strerror}).",
                kept="The restored record is in its place.",
                next_step="Let the service's user add lines to that file, then start again.",
            ) from error
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


def _verify(new: Engine, manifest: Manifest, check: Callable[[Engine], list[str]], allowed: Allowed) -> None:
    """Hold the copy against everything that the backup says, and against itself."""
    found = _of_signature(new, manifest, allowed)
    counts = row_counts(new)
    if counts != manifest.counts:
        names = sorted(counts | manifest.counts)
        differing = ", ".join(name for name in names if counts.get(name) != manifest.counts.get(name))
        found.append(f"The numbers of rows are not those that were written: {differing}.")
    if not found:
        migrate(new)
        found = check(new)
    if not found:
        with reading(new) as db:
            size, root = size_of(db), head(db).root.hex()
        if (size, root) != (manifest.size, manifest.root):
            found.append(f"It holds {size} events with the root {root}, and says otherwise.")
    if found:
        raise Damaged(f"The backup does not verify. {found[0]}", kept=_REFUSED, next_step=_OTHER)


def _of_signature(new: Engine, manifest: Manifest, allowed: Allowed) -> list[str]:
    """Return what is wrong with the backup's signature, by the key that its own ledger names."""
    if not manifest.signature:
        if allowed.unsigned:
            return []
        raise Damaged(
            "This backup is not signed: whoever could write to it could change what is in it.",
            kept=_REFUSED,
            next_step="Use a newer one. One that was made before backups were signed: --unsigned, if you "
            "know that nobody else could write to it.",
        )
    try:
        with reading(new) as db:
            public_key = signer_of_record(db)
    except (SQLAlchemyError, ValueError):
        public_key = None
    if public_key is None:
        return ["It is signed, and its ledger names no key that signs."]
    return faults_of_signature(manifest, public_key)


def _check_keys(new: Engine, *folders: Path | None) -> Path | None:
    """Prove that the keys that will be in place are those of this record; return where they are now, if any.

    The first of the folders that is there counts: that of the backup, that of the data folder, another.
    Keys from elsewhere are put among what is made ready.
    """
    staged = folders[0]
    folder = next((one for one in folders if one and (one / "receipt.key").is_file()), None)
    if folder is None or staged is None:
        return None
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
    return folder


def _agree(data: Path, staged: Path, when: datetime, *, checkpoints: Path, line: str | None) -> Path:
    """Write down what is to be exchanged, with the line that is to be added to the kept checkpoints.

    From here on it will be. Returns the folder in which what is replaced will be kept.
    """
    name = when.strftime(_ASIDE)
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    aside = next(data / one for one in names if not (data / one).exists())
    agreed = {
        "staged": staged.name,
        "aside": aside.name,
        "checkpoints": str(checkpoints.resolve()),
        "line": line or "",
    }
    write_whole(data / PENDING, json.dumps(agreed))
    return aside


def set_aside(
    data: Path, *, longest: timedelta, at: datetime | None = None
) -> list[tuple[Path, datetime, bool]]:
    """Return the records that restores replaced, when that was, and whether that is longer ago than allowed.

    They hold words that were withdrawn since, as a backup does, and may be kept for as long as one.
    """
    now, found = at or datetime.now(UTC), []
    for folder in data.glob("replaced-*"):
        try:
            moment = datetime.strptime(folder.name[: len("replaced-2026-11-23T084512Z")], _ASIDE)
        except ValueError:
            continue
        when = moment.replace(tzinfo=UTC)
        found.append((folder, when, now - when >= longest))
    return sorted(found, key=lambda one: (one[1], one[0].name))


def remove_aside(folder: Path) -> None:
    """Remove a record that was replaced, for good."""
    shutil.rmtree(folder)
    sync(folder.parent)


def remove_staged(data: Path) -> None:
    """Remove what was made ready by a restore that was broken off before it held; the folder is held."""
    if is_pending(data):
        return
    for left in data.glob(f"{_STAGED}*"):
        shutil.rmtree(left, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)
