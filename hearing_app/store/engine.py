"""Opening the database, and the two ways in which it may be used: reading and writing.

SQLite runs in WAL mode with ``synchronous=FULL``: a commit returns after fsync, so what was acknowledged is
on disk. Every writing transaction opens with BEGIN IMMEDIATE. With the driver's default (a deferred BEGIN)
two writers can read the same highest sequence number and both add one to it; taken at BEGIN, the write lock
makes reading and writing one step.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from hearing_app.errors import Damaged

log = logging.getLogger(__name__)

BUSY_MILLISECONDS = 30_000
# Emptying the log holds the write lock while it waits for readers, so it may not wait for long.
ERASING_MILLISECONDS = 2_000
_WRITES = "hearing_writes"
_UNREADABLE = ("malformed", "not a database")
_UNAVAILABLE = ("disk", "full", "readonly", "unable to open", "locked", "in use")
_RESTORE = "Restore the newest backup that verifies, then start again."
_TRY_AGAIN = "Please try again in a few minutes; keep your words until you have a receipt."
# Any constant works: all writers of this application take the same lock, so writes go one after another.
_POSTGRES_WRITE_LOCK = 4_826_113


def open_engine(url: str) -> Engine:
    """Return an engine on ``url`` (SQLite or PostgreSQL) with the transaction rules of this module.

    Its errors do not quote what was written (``hide_parameters``): words must not end up in a server's log.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=16, max_overflow=16, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside one consistent snapshot; nothing that is done on it is kept."""
    with _protected(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection that holds the write lock; commit at the end, or keep nothing at all.

    Raises ``Damaged`` when the database cannot be written (full or read-only disk, damaged file).
    """
    with (
        _protected(),
        engine.connect() as connection,
        connection.execution_options(**{_WRITES: True}).begin(),
    ):
        yield connection


def check_integrity(engine: Engine) -> None:
    """Refuse to go on with a damaged SQLite file: raise ``Damaged`` with what SQLite found."""
    if engine.dialect.name != "sqlite":
        return
    with reading(engine) as db:
        found = [str(row[0]) for row in db.exec_driver_sql("PRAGMA quick_check(5)")]
    if found != ["ok"]:
        raise Damaged(
            f"The database is damaged: {'; '.join(found)}.",
            kept="The file was left as it is.",
            next_step=_RESTORE,
        )


def erase_freed_pages(engine: Engine) -> bool:
    """Rebuild SQLite's file and empty its log; return whether deleted words are in neither any more.

    ``secure_delete`` overwrites a row that is deleted, but when rows move between pages a copy can stay
    behind in the page that they left: of 1,700 withdrawals one still had its words in the file. VACUUM
    writes every page anew (0.2 s for 10,000 comments), and the log's old frames go with the truncation.
    What a reader or another writer keeps from being erased now goes with the next call, or when the last
    connection is closed. PostgreSQL vacuums by itself; nothing is done there.
    """
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return False
        raw.execute(f"PRAGMA busy_timeout={ERASING_MILLISECONDS}")
        try:
            raw.execute("VACUUM")
            blocked, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            log.warning("deleted words could not be erased from the file yet: %s", error)
            return False
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    if blocked:
        log.warning("deleted words are still in the database's log: a reader has it open")
    return not blocked


@contextmanager
def _protected() -> Iterator[None]:
    """Turn the driver's errors about a disk or a file into one that says what a person can do."""
    try:
        yield
    except IntegrityError:
        raise  # It speaks of a row, and may quote one: "full" in an address is no full disk.
    except (DatabaseError, NoConnectionFree) as error:
        reason = str(error.orig) if isinstance(error, DatabaseError) else "every connection is in use"
        if not any(word in reason.lower() for word in (*_UNREADABLE, *_UNAVAILABLE)):
            raise
        unreadable = any(word in reason.lower() for word in _UNREADABLE)
        raise Damaged(
            f"The record could not be read or written ({reason}).",
            kept="Nothing was half-written.",
            next_step=_RESTORE if unreadable else _TRY_AGAIN,
        ) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # None hands transactions to us: the driver would otherwise open its own, deferred ones.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_WRITE_LOCK})")
