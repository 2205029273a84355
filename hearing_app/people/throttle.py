"""Slowing down guesses: tries that failed are counted under keyed hashes, and forgotten after a day."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import Connection, delete, func, insert, select

from hearing_app.errors import TooMany
from hearing_app.store.tables import attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` failures of one kind within ``seconds``."""

    scope: str
    tries: int
    seconds: int


# By account and network together, so that a stranger cannot lock a member of staff out; by account alone
# only where many networks try the same one.
SIGN_IN_BY_BOTH = Limit("sign-in-both", 5, 15 * 60)
SIGN_IN_BY_ACCOUNT = Limit("sign-in-account", 100, 15 * 60)
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", 30, 15 * 60)
RECEIPT_BY_ADDRESS = Limit("receipt", 5, 60)


def check(db: Connection, limit: Limit, key: str, *, at: datetime | None = None) -> None:
    """Raise ``TooMany`` when ``key`` has used up its tries. ``key`` is what ``hashed`` returned."""
    when = at or datetime.now(UTC)
    since = when - timedelta(seconds=limit.seconds)
    failures = db.execute(
        select(func.count(), func.min(attempt.c.at)).where(
            attempt.c.scope == limit.scope,
            attempt.c.key == key,
            attempt.c.at > since,
            # After the clock was set back, tries of a later time would lengthen the wait.
            attempt.c.at <= when,
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


def network_of(address: str) -> str:
    """Return the network that one person has: the address itself, or the first 64 bits of an IPv6 one.

    A household has 2^64 IPv6 addresses; counted one by one, each would have its own tries.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Network((parsed, 64), strict=False))
    return str(parsed)


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds != 1 else "1 second"
    return f"{-(-seconds // 60)} minutes"
