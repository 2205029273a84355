"""Slowing down guesses: tries that failed are counted under keyed hashes, and forgotten after a day."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select

from hearing_app.errors import TooMany
from hearing_app.store.tables import attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` failures of one kind within ``seconds``."""

    scope: str
    tries: int
    seconds: int


SIGN_IN_BY_ACCOUNT = Limit("sign-in-account", 5, 15 * 60)
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", 30, 15 * 60)
RECEIPT_BY_ADDRESS = Limit("receipt", 5, 60)


def check(db: Connection, limit: Limit, key: str, *, at: datetime | None = None) -> None:
    """Raise ``TooMany`` when ``key`` has used up its tries. ``key`` is what ``hashed`` returned."""
    when = at or datetime.now(UTC)
    since = when - timedelta(seconds=limit.seconds)
    failures = db.execute(
        select(func.count(), func.min(attempt.c.at)).where(
            attempt.c.scope == limit.scope, attempt.c.key == key, attempt.c.at > since
        )
    ).one()
    if failures[0] >= limit.tries:
        oldest = failures[1]
        wait = max(1, round((oldest + timedelta(seconds=limit.seconds) - when).total_seconds()))
        raise TooMany(
            f"There were {failures[0]} tries that did not fit, so the next one has to wait.",
            next_step=f"Please try again in {_duration(wait)}.",
        )


def record_try(db: Connection, limit: Limit, key: str, *, at: datetime | None = None) -> int:
    """Count one try, forget those that are older than a day, and return the number of this one."""
    when = at or datetime.now(UTC)
    db.execute(delete(attempt).where(attempt.c.at < when - timedelta(days=1)))
    made = insert(attempt).values(scope=limit.scope, key=key, at=when).returning(attempt.c.attempt_id)
    return int(db.execute(made).scalar_one())


def take_back(db: Connection, tries: Sequence[int]) -> None:
    """Take tries back that turned out right: only failures count."""
    db.execute(delete(attempt).where(attempt.c.attempt_id.in_(tries)))


def hashed(secret: bytes, text: str, *, at: datetime | None = None) -> str:
    """Return a keyed hash of an address or account that changes every day: it can be counted, not read."""
    day = (at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d")
    return hmac.new(secret, f"throttle:{day}:{text}".encode(), sha256).hexdigest()


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds != 1 else "1 second"
    return f"{-(-seconds // 60)} minutes"
