"""The condition of a deployment: what whoever runs it should look at, found without changing anything.

Every finding says what was seen and, where it is not well, what to do. A ``problem`` is what can lose the
record, open it to others or keep the service from starting; what is to ``look`` at may be as it should be.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from hearing_app.errors import HearingError
from hearing_app.record.backup import made_here
from hearing_app.record.restore import set_aside
from hearing_app.secret_files import READABLE_BY_OTHERS, fault_of
from hearing_app.settings import Settings
from hearing_app.store.engine import check_integrity, open_engine, reading
from hearing_app.store.migrate import revision_of, revisions
from hearing_app.store.schema import check_own

# A day of comments takes a few megabytes; a copy while the file is rebuilt takes as much as the file itself.
LITTLE_ROOM_BYTES = 1_000_000_000
NO_ROOM_BYTES = 200_000_000
# A daily backup that was late once is no reason to be called; one that has stopped is.
LATE_BACKUP = timedelta(hours=26)
NO_BACKUP = timedelta(days=3)
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class State(StrEnum):
    """How bad it is."""

    GOOD = "good"
    LOOK = "look"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, in one sentence, and what to do where it is not well."""

    check: str
    state: State
    says: str
    do: str = ""


def findings(settings: Settings, *, backups: Path | None = None, at: datetime | None = None) -> list[Finding]:
    """Look at everything, in the order in which it matters; ``backups`` is the folder in which they are."""
    return [
        *key_findings(settings),
        *secret_findings(settings),
        *folder_findings(settings),
        *record_findings(settings),
        *_replaced(settings, at),
        _room(settings),
        _backups(backups, at or datetime.now(UTC)),
        *_surroundings(settings),
    ]


def key_findings(settings: Settings) -> list[Finding]:
    """Look at the key files: whether they are there, and readable by the service's user alone.

    That user is the owner of the data folder, so that root may ask as well.
    """
    folder = settings.data / "keys"
    if not (folder / "receipt.key").exists():
        if not _has_record(settings):
            return []
        return [
            Finding(
                "keys",
                State.PROBLEM,
                f"There is no {folder / 'receipt.key'}: without it no receipt is recognised.",
                "Restore the keys from your backup, to the same place.",
            )
        ]
    owner = settings.data.stat().st_uid
    files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    wrong = [found for file in files if (found := _of_secret("keys", file, owner))]
    return wrong or [Finding("keys", State.GOOD, "The key files can be read by the service alone.")]


def secret_findings(settings: Settings) -> list[Finding]:
    """Look at every file that a setting names as one with a secret."""
    files = {name: value for name, value in settings if name.endswith("_file") and isinstance(value, Path)}
    owner = settings.data.stat().st_uid if settings.data.is_dir() else None
    wrong = {name: _of_secret("secrets", file, owner) for name, file in files.items()}
    return [
        found or Finding("secrets", State.GOOD, f"The file of HEARING_{name.upper()} is the service's alone.")
        for name, found in wrong.items()
    ]


def folder_findings(settings: Settings) -> list[Finding]:
    """Look at whether other users of the machine can open the data folder or the keys' folder."""
    if os.name != "posix":
        return []
    present = [folder for folder in (settings.data, settings.data / "keys") if folder.is_dir()]
    opened = [folder for folder in present if stat.S_IMODE(folder.stat().st_mode) & READABLE_BY_OTHERS]
    if present and not opened:
        return [Finding("folders", State.GOOD, "The data folder can be opened by the service alone.")]
    return [
        Finding(
            "folders",
            State.LOOK,
            f"The folder {folder} can be opened by other users of this machine.",
            f"Run: chmod 700 {folder.resolve()}",
        )
        for folder in opened
    ]


def record_findings(settings: Settings) -> list[Finding]:
    """Look at the database: whether it can be opened, is sound, and has this version's schema."""
    if not _has_record(settings):
        says = f"There is no record in {settings.data} yet."
        return [Finding("record", State.LOOK, says, "The first start makes one; or name its folder: --data.")]
    try:
        engine = open_engine(settings.record_url)
        try:
            check_integrity(engine)
            with reading(engine) as db:
                check_own(db)
                present = revision_of(db)
        finally:
            engine.dispose()
    except HearingError as error:
        return [Finding("record", State.PROBLEM, error.what, error.next_step)]
    sound = Finding(
        "record", State.GOOD, "The database is sound. `hearing record verify` recomputes every hash as well."
    )
    return [sound, _schema(present)]


def _schema(present: str | None) -> Finding:
    known = revisions()
    if present == known[0]:
        return Finding("schema", State.GOOD, f"The database has this version's schema, {present}.")
    if present is None or present in known:
        return Finding(
            "schema",
            State.LOOK,
            f"The database has an older schema ({present or 'none'}; this version has {known[0]}).",
            "Make a backup; the next start brings it up to date.",
        )
    return Finding(
        "schema",
        State.PROBLEM,
        f"The database was written by a newer version of this application ({present}).",
        "Start the version that wrote it, or a newer one.",
    )


def _replaced(settings: Settings, at: datetime | None) -> Iterator[Finding]:
    """Look for records that restores have put aside: they hold words that were withdrawn since."""
    found = set_aside(settings.data, longest=timedelta(days=settings.backup_days), at=at)
    if found:
        is_late = any(is_due for _, _, is_due in found)
        says = "The record that a restore replaced is still there, with its words: " + ", ".join(
            str(folder) for folder, _, _ in found
        )
        do = "Remove it, or let its time pass: hearing retention run --carry-out"
        yield Finding("replaced", State.PROBLEM if is_late else State.LOOK, f"{says}.", do)


def _room(settings: Settings) -> Finding:
    folder = next(place for place in (settings.data, *settings.data.resolve().parents) if place.is_dir())
    free = shutil.disk_usage(folder).free
    says = f"There are {free / 1_000_000:,.0f} MB free for the data folder."
    if free >= LITTLE_ROOM_BYTES:
        return Finding("room", State.GOOD, says)
    state = State.PROBLEM if free < NO_ROOM_BYTES else State.LOOK
    return Finding("room", state, says, "Make room: on a full disk no comment is taken.")


def _backups(folder: Path | None, now: datetime) -> Finding:
    if folder is None:
        return Finding(
            "backups",
            State.LOOK,
            "No folder of backups was named, so their age is not known.",
            "Name it: hearing doctor --backups FOLDER",
        )
    found = made_here(folder)
    if not found:
        return Finding(
            "backups",
            State.PROBLEM,
            f"There is no backup in {folder}.",
            f"Make one every day: hearing backup --out {folder}",
        )
    _, newest = found[-1]
    age = now - newest.made_at
    says = f"The newest of {len(found)} backups is {age / timedelta(hours=1):,.0f} hours old."
    if age <= LATE_BACKUP:
        return Finding("backups", State.GOOD, says)
    state = State.PROBLEM if age > NO_BACKUP else State.LOOK
    return Finding("backups", state, says, "See why none was made since: one a day is meant.")


def _surroundings(settings: Settings) -> Iterator[Finding]:
    """What is set: encryption on the way, the second factor, checkpoints elsewhere, who runs the service."""
    with_tls = "Put a web server with TLS in front, and set HEARING_PUBLIC_URL=https://…"
    if settings.is_https:
        yield Finding("https", State.GOOD, f"Readers come over TLS, to {settings.address}.")
    elif settings.host in _LOOPBACK and not settings.public_url:
        yield Finding("https", State.LOOK, "Only this computer can reach the service, unencrypted.", with_tls)
    else:
        says = f"Readers come unencrypted, to {settings.address}: what they write can be read on its way."
        yield Finding("https", State.PROBLEM, says, with_tls)
    if settings.needs_second_factor:
        yield Finding("second factor", State.GOOD, "Staff with a password needs a second factor, too.")
    else:
        says = "A password alone opens the desk."
        yield Finding("second factor", State.LOOK, says, "Set HEARING_REQUIRE_SECOND_FACTOR=true")
    if settings.checkpoints:
        yield Finding("checkpoints", State.GOOD, f"Checkpoints are kept in {settings.checkpoints}.")
    else:
        says = "Checkpoints are kept beside the record: whoever rewrites it can rewrite them, too."
        yield Finding("checkpoints", State.LOOK, says, "Set HEARING_CHECKPOINTS to a file on another disk.")
    if settings.operator_name and settings.operator_contact:
        yield Finding("operator", State.GOOD, "The About page says who runs the service.")
    else:
        says = "The About page does not say who runs the service, or how to reach them."
        yield Finding("operator", State.LOOK, says, "Set HEARING_OPERATOR_NAME and HEARING_OPERATOR_CONTACT.")


def _of_secret(check: str, file: Path, owner: int | None) -> Finding | None:
    try:
        wrong = fault_of(file, file.stat(), owner=owner)
    except OSError as error:
        wrong = (f"The secret file {file} cannot be read ({error.strerror}).", "Put it back.")
    return Finding(check, State.PROBLEM, *wrong) if wrong else None


def _has_record(settings: Settings) -> bool:
    return settings.names_a_database or (settings.data / "hearing.sqlite").is_file()
