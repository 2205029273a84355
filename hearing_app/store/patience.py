"""How long one reader's question may take: then it is broken off, and nothing is lost but the answer.

Only what is asked for a reader is limited (``within``): checks of the whole record and commands take as long
as they need. SQLite asks every 20,000 steps whether to go on, PostgreSQL has a time-out of its own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from hearing_app.errors import TookTooLong

_seconds: ContextVar[float | None] = ContextVar("seconds", default=None)
_UNTIL = "hearing_until"
_STEPS = 20_000
_POSTGRESQL_CANCELLED = "57014"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give every question that is asked inside, also in threads that are started for it, so many seconds."""
    token = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(token)


def seconds_allowed() -> float | None:
    """Return how long a question may take that is asked now; ``None`` where nothing limits it."""
    return _seconds.get()


def watch(connection: Any, record: Any) -> None:
    """Let a new connection to SQLite ask whether it is out of time."""
    info = record.info

    def is_over() -> bool:
        until = info.get(_UNTIL)
        return until is not None and time.monotonic() > until

    connection.set_progress_handler(is_over, _STEPS)


@contextmanager
def limited(db: Connection) -> Iterator[None]:
    """Break off what is asked on this connection, inside one transaction, once it has taken too long."""
    seconds = _seconds.get()
    if seconds is None:
        yield
        return
    if db.dialect.name == "postgresql":
        milliseconds = str(max(1, int(seconds * 1000)))
        db.exec_driver_sql("SELECT set_config('statement_timeout', %s, true)", (milliseconds,))
    # The pool's own dictionary of the connection, which `watch` looks into.
    info = db.info
    info[_UNTIL] = time.monotonic() + seconds
    try:
        yield
    except DatabaseError as error:
        if _is_broken_off(error):
            raise took_too_long() from error
        raise
    finally:
        info.pop(_UNTIL, None)


def took_too_long() -> TookTooLong:
    """Return the refusal."""
    return TookTooLong(
        "This question took too long, so it was broken off.",
        kept="Nothing was changed or lost.",
        next_step="Ask for less at once, or try again in a minute: others may have kept the service busy.",
    )


def _is_broken_off(error: DatabaseError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return str(error.orig) == "interrupted"
    return getattr(error.orig, "sqlstate", None) == _POSTGRESQL_CANCELLED
