"""Files and folders that are there whole or not at all, on disk when a function returns, and held by one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, MetaData, Table, func, inspect, select

from hearing_app.errors import Conflict, HearingError, Invalid
from hearing_app.store.engine import open_engine, reading

_PIECE = 1 << 20
_NEW, _OURS = os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600


def copy_database(engine: Engine, target: Path) -> None:
    """Write a copy of an SQLite database as it stands now to the new file ``target``; others go on writing.

    VACUUM INTO reads one snapshot and writes only what is in it: SQLite's backup interface would copy free
    pages as they are, with what deleted words they hold, and begin anew whenever somebody writes.
    Raises ``HearingError`` when there is no room for the copy.
    """
    with reading(engine) as db:
        raw = db.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise Invalid("Only a database of SQLite is copied as a file.", next_step="Use pg_dump.")
        db.rollback()
        # Made beforehand, for the service's eyes alone; VACUUM INTO takes a file that is empty.
        os.close(os.open(target, _NEW, _OURS))
        try:
            raw.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.OperationalError as error:
            raise HearingError(
                f"The copy could not be written ({error}).",
                kept="The record and every earlier backup are as they were.",
                next_step="Make room on that disk, and try again.",
            ) from error
    sync(target)


def open_copy(file: Path) -> Engine:
    """Open a copy that nobody writes to, also on a disk that takes no changes; no file appears beside it."""
    return open_engine(f"sqlite:///file:{file.resolve()}?mode=ro&immutable=1&uri=true")


def row_counts(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has, whatever schema it is."""
    with reading(engine) as db:
        names = inspect(db).get_table_names()
        tables = [Table(name, MetaData(), autoload_with=db, resolve_fks=False) for name in sorted(names)]
        count = [(table.name, select(func.count()).select_from(table)) for table in tables]
        return {name: db.execute(query).scalar_one() for name, query in count}


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    found = sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def copy_file(source: Path, target: Path) -> str:
    """Copy a file for the service's eyes alone, put it on disk, and return the SHA-256 of what was copied."""
    found = sha256()
    descriptor = os.open(target, _NEW, _OURS)
    with source.open("rb") as opened, os.fdopen(descriptor, "wb") as written:
        while piece := opened.read(_PIECE):
            found.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    return found.hexdigest()


def write_whole(file: Path, text: str) -> None:
    """Write a file that is there with all of its text, on disk, or not at all."""
    fresh = file.with_name(f".{file.name}.fresh")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, _NEW, _OURS), "wb") as written:
        written.write(text.encode())
        written.flush()
        os.fsync(written.fileno())
    fresh.replace(file)
    sync(file.parent)


def append_line(file: Path, line: str) -> None:
    """Add a line to a file, on disk when this returns; nothing that stands in it is touched."""
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as added:
        # A line that was cut off when the power failed must not swallow the next one.
        end = added.seek(0, os.SEEK_END)
        torn = end > 0 and os.pread(added.fileno(), 1, end - 1) != b"\n"
        added.write(b"\n" * torn + f"{line}\n".encode())
        added.flush()
        os.fsync(added.fileno())
    sync(file.parent)


def sync(path: Path) -> None:
    """Return once a file's bytes, or a folder's names, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Hold:
    """A hold on a folder; the system lets go of it when the process dies."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def let_go(self) -> None:
        """End the hold; ending it twice does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def hold(folder: Path, *, alone: bool = False) -> Hold:
    """Hold a data folder: with others, or ``alone`` while its files are exchanged.

    A server that went on writing to a file that a restore had moved away would acknowledge what nobody finds
    again. Raises ``Conflict`` when somebody else's hold stands against it. Only POSIX has such locks.
    """
    if os.name != "posix":
        return Hold(None)
    import fcntl  # noqa: PLC0415 - POSIX alone has it

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise Conflict(
            f"The service, or another command, is using {folder}."
            if alone
            else f"A backup is being restored into {folder}.",
            next_step="Stop it first, then try again." if alone else "Wait until that has ended.",
        ) from None
    return Hold(descriptor)


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """Hold a folder alone for a while."""
    held = hold(folder, alone=True)
    try:
        yield
    finally:
        held.let_go()
