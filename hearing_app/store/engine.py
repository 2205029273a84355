"""Opening the database, and the two ways in which it may be used: reading and writing.

SQLite runs in WAL mode with ``synchronous=FULL``: a commit returns after fsync, so what was acknowledged is
on disk. Every writing transaction opens with BEGIN IMMEDIATE. With the driver's default (a deferred BEGIN)
two writers can read the same highest sequence number and both add one to it; taken at BEGIN, the write lock
makes reading and writing one step. PostgreSQL keeps the same promises in its own way: see ``postgresql``.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from hearing_app.errors import Damaged, Invalid, Unavailable
from hearing_app.store import patience, postgresql
from hearing_app.store.wal import changes_lost

log = logging.getLogger(__name__)

BUSY_MILLISECONDS = 30_000
# Erasing keeps others waiting while it waits for readers, so it may not wait for long.
ERASING_MILLISECONDS = 2_000
_WRITES = "hearing_writes"
_unerased: WeakSet[Engine] = WeakSet()
_log_seen: WeakKeyDictionary[Engine, tuple[int, int]] = WeakKeyDictionary()
_stopped: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()
_UNREADABLE = ("malformed", "not a database")
_UNAVAILABLE = ("disk", "full", "readonly", "unable to open", "locked")
_RESTORE = "Restore the newest backup that verifies, then start again."
_TRY_AGAIN = "Please try again in a few minutes; keep your words until you have a receipt."
# At most 32 connections: two processes fit into PostgreSQL's default of 100.
_POOL = {"pool_size": 16, "max_overflow": 16}


def open_engine(url: str) -> Engine:
    """Return an engine on ``url`` (SQLite or PostgreSQL) with the transaction rules of this module.

    Its errors do not quote what was written (``hide_parameters``): words must not end up in a server's log.
    Raises ``Invalid`` when the URL names no such database, or when PostgreSQL's driver is not installed.
    """
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        # A ValueError is about a port that is none: a piece of a password with an "@" and a ":" in it.
        parts = None
    backend = parts.drivername.partition("+")[0] if parts else ""
    if parts and backend == "sqlite":
        engine = create_engine(parts, hide_parameters=True, **_POOL)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "connect", patience.watch)
    elif parts and backend in postgresql.NAMES:
        engine = postgresql.connect(parts, lock_milliseconds=BUSY_MILLISECONDS, hide_parameters=True, **_POOL)
    else:
        raise Invalid(
            # The URL itself is not quoted: it may hold a password.
            "The database's URL is neither one of SQLite nor one of PostgreSQL.",
            next_step="Write it like postgresql://USER:PASSWORD@HOST/DATABASE, with %40 for @ and %3A for : "
            "in the password, or leave it out for SQLite.",
        )
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside one consistent snapshot; nothing that is done on it is kept.

    The snapshot is that of the first statement. PostgreSQL refuses to change anything on it.
    """
    options = postgresql.READING if engine.dialect.name == "postgresql" else {}
    with _protected(engine), engine.connect() as connection:
        connection.execution_options(**options)
        with patience.limited(connection):
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection that holds the write lock; commit at the end, or keep nothing at all.

    Raises ``Unavailable`` when the database cannot be written (full or read-only disk, a server that cannot
    be reached), ``Damaged`` when its file is damaged.
    """
    options = postgresql.WRITING if engine.dialect.name == "postgresql" else {}
    with (
        _protected(engine, writes=True),
        engine.connect() as connection,
        connection.execution_options(**{_WRITES: True}, **options).begin(),
    ):
        yield connection


def stop(engine: Engine, reason: str) -> None:
    """Let nothing be read or written on this engine any more: what it holds cannot be trusted.

    ``reason`` completes "The record is damaged: …". Only a new start ends it, which checks everything first.
    """
    log.critical("the service is stopped to protect the record: %s %s", reason, _RESTORE)
    _stopped.setdefault(engine, reason)


def why_stopped(engine: Engine) -> Damaged | None:
    """Return the refusal with which everything is answered since ``stop``; ``None`` while all is well."""
    reason = _stopped.get(engine)
    if reason is None:
        return None
    return Damaged(
        f"The record is damaged: {reason}",
        kept="It was left as it is, and nothing more is written to it or shown from it.",
        next_step="Please come back later, and keep your words until you have a receipt. Whoever runs this "
        "service restores the newest backup that verifies.",
    )


def check_integrity(engine: Engine, *, whole: bool = False) -> None:
    """Refuse to go on with a damaged SQLite file: raise ``Damaged`` with what SQLite found.

    The quick check reads every page; the ``whole`` one also holds every index against its table (0.9 s for
    100,000 comments). Before the log is used it is looked at for changes that it lost (``store.wal``).

    PostgreSQL has no such check for a client to ask for; there only its settings are looked at
    (``postgresql.check``). On both, ``record.ledger.faults`` recomputes every hash.
    """
    found = _lost_in_log(engine)
    with reading(engine) as db:
        if engine.dialect.name == "postgresql":
            postgresql.check(db)
            return
        check = "PRAGMA integrity_check(5)" if whole else "PRAGMA quick_check(5)"
        found += [str(row[0]) for row in db.exec_driver_sql(check) if row[0] != "ok"]
    if found:
        raise Damaged(
            f"The database is damaged: {'; '.join(found)}.",
            kept="The file was left as it is.",
            next_step=_RESTORE,
        )


def _lost_in_log(engine: Engine) -> list[str]:
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or file.startswith(("file:", ":")):
        return []
    lost = changes_lost(Path(file))
    return [f"its log lost {lost} changes that were on disk"] if lost else []


def erase_freed_pages(engine: Engine) -> bool:
    """Rebuild what held deleted words; return whether they are in no file of the database any more.

    SQLite's file is rebuilt whole and its log emptied. ``secure_delete`` overwrites a row that is deleted,
    but when rows move between pages a copy can stay behind in the page that they left: of 1,700 withdrawals
    one still had its words in the file. VACUUM writes every page anew (0.2 s for 10,000 comments), and the
    log's old frames go with the truncation. On PostgreSQL the tables with words are rebuilt; its
    write-ahead log is not in our hands (``postgresql.erase_dead_rows``).

    What a reader or another writer keeps from being erased now is remembered: ``erase_what_is_left`` tries
    again, and the server calls it every few seconds.
    """
    erased = _erase(engine)
    (_unerased.discard if erased else _unerased.add)(engine)
    return erased


def erase_what_is_left(engine: Engine) -> None:
    """Try again to erase deleted words that could not be erased before, and empty a log that is idle.

    Another process may have erased words whose copies are still in the log; it does not know of this one's
    connections. The log is left alone while somebody writes, and while a reader needs it.
    """
    if engine in _unerased:
        erase_freed_pages(engine)
        return
    log_file = Path(f"{engine.url.database}-wal")
    if engine.dialect.name != "sqlite" or not log_file.is_file():
        return
    status = log_file.stat()
    seen = (status.st_size, status.st_mtime_ns)
    if status.st_size and _log_seen.get(engine) == seen and why_stopped(engine) is None:
        _empty_log(engine)
    _log_seen[engine] = seen


def _empty_log(engine: Engine) -> None:
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.execute("PRAGMA busy_timeout=0")
            try:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                pass  # It is in use: the next look follows in seconds.
            finally:
                raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def _erase(engine: Engine) -> bool:
    if engine.dialect.name == "postgresql":
        return postgresql.erase_dead_rows(engine, wait_milliseconds=ERASING_MILLISECONDS)
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
def _protected(engine: Engine, *, writes: bool = False) -> Iterator[None]:
    """Turn the driver's errors about a disk, a file or a server into one that says what a person can do.

    An error that says the file is damaged stops the engine: what else it would read cannot be trusted.
    """
    if refusal := why_stopped(engine):
        raise refusal
    try:
        yield
    except IntegrityError:
        raise  # It speaks of a row, and may quote one: "full" in an address is no full disk.
    except (DatabaseError, NoConnectionFree) as error:
        wrong = _what_is_wrong(error, writes=writes)
        if wrong is None:
            raise
        reason, unreadable = wrong
        if unreadable:
            stop(engine, f"{reason}.")
        kind = Damaged if unreadable else Unavailable
        raise kind(
            f"The record could not be read or written ({reason}).",
            kept="Nothing was half-written.",
            next_step=_RESTORE if unreadable else _TRY_AGAIN,
        ) from error


def _what_is_wrong(error: DatabaseError | NoConnectionFree, *, writes: bool) -> tuple[str, bool] | None:
    """Return the reason and whether a backup is needed; ``None`` when the statement itself is at fault."""
    if isinstance(error, NoConnectionFree):
        return "every connection is in use", False
    if not isinstance(error.orig, sqlite3.Error):
        return postgresql.what_is_wrong(error, writes=writes)
    reason = str(error.orig)
    if not any(word in reason.lower() for word in (*_UNREADABLE, *_UNAVAILABLE)):
        return None
    return reason, any(word in reason.lower() for word in _UNREADABLE)


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
        postgresql.take_write_lock(connection)
