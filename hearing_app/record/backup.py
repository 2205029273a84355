"""Backups: one folder each, whole or not at all, that says what is in it and was verified when it was made.

A folder is named by the moment in UTC of its copy, ``2026-11-23T084512Z``, and holds ``hearing.sqlite``,
``MANIFEST.json`` and, where they were asked for, the ``keys/``.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine

from hearing_app import __version__
from hearing_app.errors import Damaged, Invalid, NotFound
from hearing_app.record.canonical import canonical_json
from hearing_app.record.checkpoint import Signer, read_checkpoint
from hearing_app.record.ledger import head
from hearing_app.secret_files import read_private
from hearing_app.store.engine import reading
from hearing_app.store.files import copy_database, copy_file, digest, open_copy, row_counts, sync, write_whole
from hearing_app.store.migrate import revision_of

FORMAT = "hearing-backup/1"
DATABASE, MANIFEST, KEYS = "hearing.sqlite", "MANIFEST.json", "keys"
_NAME = "%Y-%m-%dT%H%M%SZ"
# A folder of this beginning was left by a backup that was broken off.
PARTIAL = ".hearing-backup-"
# How often backups are made, and old ones removed.
_EVERY = timedelta(days=1)
_OTHER = "Use another backup: `hearing backup --check FOLDER` says whether one verifies."

_KINDS = {
    **dict.fromkeys(("version", "schema", "root", "signature"), str),
    **{"size": int, "counts": dict, "files": dict, "checkpoint": str | None},
}

Check = Callable[[Engine], list[str]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    ``files`` maps each file to its SHA-256, ``counts`` each table to its rows, ``schema`` is its migration.
    ``checkpoint`` is the record's signed checkpoint over exactly ``size`` events, and ``signature`` that of
    the record's key over everything else here (Ed25519, 128 hexadecimal digits); both are missing in backups
    of earlier versions.
    """

    made_at: datetime
    version: str
    schema: str
    size: int
    root: str
    counts: dict[str, int]
    files: dict[str, str]
    checkpoint: str | None
    signature: str = ""

    @property
    def signed_text(self) -> bytes:
        """What is signed: this in one exact form, behind a name that no other signed text begins with."""
        return f"{FORMAT}\n".encode() + canonical_json(_as_said(self, but="signature"))

    @property
    def has_keys(self) -> bool:
        """Whether the keys are in the backup."""
        return any(name.startswith(f"{KEYS}/") for name in self.files)


def make_backup(
    engine: Engine,
    out: Path,
    *,
    check: Check,
    keys: Path | None = None,
    signer: Signer | None = None,
    at: datetime | None = None,
) -> tuple[Path, Manifest]:
    """Copy the record into a new folder in ``out`` while others go on, verify it, and return both.

    ``check`` returns every fault of an open record; ``keys`` is the folder of keys to copy with it, and
    ``signer`` signs it: a backup that is not signed is restored only where somebody vouches for it. Raises
    ``Damaged`` when what was copied does not verify; then no folder is made.
    """
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_partial(out)
    partial = out / f"{PARTIAL}{secrets.token_hex(8)}"
    partial.mkdir(mode=0o700)
    try:
        # The moment of the copy: whatever was withdrawn before it is not in it.
        when = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
        copy_database(engine, partial / DATABASE)
        files = {DATABASE: digest(partial / DATABASE)}
        if keys is not None:
            files |= _copy_keys(keys, partial / KEYS)
        copied = open_copy(partial / DATABASE)
        try:
            faults = check(copied)
            if faults:
                raise Damaged(
                    f"The record was copied and does not verify: {faults[0]}",
                    kept="No backup was made of it; every earlier one is as it was.",
                    next_step="Run `hearing record verify`, and restore the newest backup that verifies.",
                )
            with reading(copied) as db:
                now, schema = head(db), revision_of(db) or ""
            counts = row_counts(copied)
        finally:
            copied.dispose()
        manifest = Manifest(
            made_at=when,
            version=__version__,
            schema=schema,
            size=now.size,
            root=now.root.hex(),
            counts=counts,
            files=files,
            checkpoint=signer.checkpoint(now) if signer else None,
        )
        if signer:
            manifest = replace(manifest, signature=signer.private_key.sign(manifest.signed_text).hex())
        write_whole(partial / MANIFEST, _as_text(manifest))
        folder = _free_name(out, when)
        partial.rename(folder)
        sync(out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return folder, manifest


def read_manifest(folder: Path) -> Manifest:
    """Return what a backup says of itself; raise ``Invalid`` where the folder is none."""
    try:
        given: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if given.pop("format") != FORMAT:
            raise ValueError(FORMAT)
        manifest = Manifest(**given | {"made_at": datetime.fromisoformat(given["made_at"])})
        if not all(isinstance(getattr(manifest, name), kind) for name, kind in _KINDS.items()):
            raise TypeError(MANIFEST)
        return manifest
    except (OSError, ValueError, KeyError, TypeError):
        raise Invalid(
            f"{folder} is no whole backup: its {MANIFEST} is missing or cannot be read.", next_step=_OTHER
        ) from None


def faults_of_signature(manifest: Manifest, public_key: bytes) -> list[str]:
    """Return why a backup is not what the record with this key signed; empty when it is."""
    try:
        signature = bytes.fromhex(manifest.signature)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, manifest.signed_text)
    except (InvalidSignature, ValueError):
        return ["Its signature is not that of its record: something in it was changed after it was made."]
    try:
        named = read_checkpoint(manifest.checkpoint or "", public_key)
    except Invalid as error:
        return [error.what]
    if (named.size, named.root.hex()) != (manifest.size, manifest.root):
        return ["Its checkpoint names another state of the ledger."]
    return []


def made_here(out: Path) -> list[tuple[Path, Manifest]]:
    """Return the whole backups in a folder, the oldest first; anything else in it is not looked at."""
    found = []
    for folder in out.iterdir() if out.is_dir() else ():
        try:
            datetime.strptime(folder.name[:18], _NAME)
            found.append((folder, read_manifest(folder)))
        except (ValueError, Invalid):
            continue
    # After the clock was set back, the record's size still tells which is the newer one.
    return sorted(found, key=lambda one: (one[1].size, one[1].made_at, one[0].name))


def newest(out: Path) -> Path:
    """Return the newest backup in a folder, or the folder itself where it is one."""
    if (out / MANIFEST).is_file():
        return out
    found = made_here(out)
    if not found:
        raise NotFound(f"There is no backup in {out}.", next_step="Make one: hearing backup --out FOLDER")
    return found[-1][0]


@dataclass(frozen=True, slots=True)
class Keep:
    """How many backups stay: the newest one of each of so many days, weeks and months that have one."""

    days: int = 7
    weeks: int = 4
    months: int = 12


def outdated(
    found: list[tuple[Path, Manifest]], keep: Keep, *, longest: timedelta, at: datetime | None = None
) -> list[Path]:
    """Return which of the backups, oldest first, are to go: the newest one never.

    None gets older than ``longest``, whatever ``keep`` says, where this is asked every day: by then, pages
    say, withdrawn words are gone from backups, too.
    """
    if not found:
        return []
    now = at or datetime.now(UTC)
    stays = {found[-1][0]}
    for many, period in ((keep.days, "%Y-%m-%d"), (keep.weeks, "%G-%V"), (keep.months, "%Y-%m")):
        newest_of = {manifest.made_at.strftime(period): folder for folder, manifest in found}
        stays |= {newest_of[one] for one in sorted(newest_of)[len(newest_of) - min(many, len(newest_of)) :]}
    return [
        folder
        for folder, manifest in found
        if folder != found[-1][0] and (folder not in stays or now - manifest.made_at >= longest - _EVERY)
    ]


def remove(folder: Path) -> None:
    """Remove a backup: first its manifest, so that what is left of it is never taken for a whole one."""
    (folder / MANIFEST).unlink()
    shutil.rmtree(folder)
    sync(folder.parent)


def _copy_keys(keys: Path, target: Path) -> dict[str, str]:
    target.mkdir(mode=0o700)
    copied = {}
    for file in sorted(keys.iterdir()):
        if file.is_file() and not file.name.startswith("."):
            read_private(file, kept="No backup was made.")
            copied[f"{KEYS}/{file.name}"] = copy_file(file, target / file.name)
    sync(target)
    return copied


def _as_said(manifest: Manifest, *, but: str = "") -> dict[str, Any]:
    said = {"format": FORMAT} | asdict(manifest) | {"made_at": manifest.made_at.isoformat()}
    return {name: value for name, value in said.items() if name != but}


def _as_text(manifest: Manifest) -> str:
    return json.dumps(_as_said(manifest), indent=1, ensure_ascii=False) + "\n"


def _free_name(out: Path, when: datetime) -> Path:
    """Return the folder of a moment, with a number where there is one of that second already."""
    name = when.strftime(_NAME)
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next(out / one for one in names if not (out / one).exists())


def _remove_partial(out: Path) -> None:
    """Remove what a backup left that was broken off a day ago or longer; a newer one may still be at work."""
    for left in out.glob(f"{PARTIAL}*"):
        if left.stat().st_mtime < (datetime.now(UTC) - timedelta(days=1)).timestamp():
            shutil.rmtree(left, ignore_errors=True)
