"""Counting what may be abused: tries that failed and comments that were sent, under hashes of one day.

A network or an account is hashed with the server's key and with a salt that is drawn anew each day and
deleted when the day is over, so a count can be kept without knowing whose it is, and nothing of one day can
be found on the next. The counts are deleted with the salt. Days are those of UTC; a count begins anew with
each.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from threading import Lock

from sqlalchemy import Connection, Engine, delete, func, insert, select

from hearing_app.errors import TooMany, Unavailable
from hearing_app.settings import Settings
from hearing_app.store.engine import writing
from hearing_app.store.tables import attempt, daily_salt


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` of one kind within ``seconds``. ``what`` names them in the refusal."""

    scope: str
    tries: int
    seconds: int
    what: str = "tries that did not fit"


# By account and network together, so that a stranger cannot lock a member of staff out; by account alone
# only where many networks try the same one.
SIGN_IN_BY_BOTH = Limit("sign-in-both", 5, 15 * 60)
SIGN_IN_BY_ACCOUNT = Limit("sign-in-account", 100, 15 * 60)
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", 30, 15 * 60)
# Right or wrong.
SIGN_INS = Limit("sign-in-any", 20, 15 * 60, "sign-ins to this account")
CODE_BY_BOTH = Limit("code-both", 5, 15 * 60)
CODE_BY_ACCOUNT = Limit("code-account", 20, 15 * 60)
RECEIPT_BY_ADDRESS = Limit("receipt", 5, 60)
# Right or wrong, from wherever: a page asks again each time that something on it is pressed.
RECEIPT_BY_CODE = Limit("receipt-code", 60, 15 * 60, "look-ups of this receipt")
# One line often has 256 or 65,536 networks of IPv6: what holds for /64 holds a few times over for these.
WIDER = ((56, 4), (48, 16))
# The machine itself: a reader on a trial, or a proxy that does not say who stands behind it.
HERE = "local"

Counted = Sequence[tuple[Limit, str]]
"""What is counted: each limit with the key (``hashed``) that it is counted under."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends comments, as far as it is counted: a hashed network, and what it may send.

    ``wider`` are the networks that it is a part of, where one line may have many.
    """

    key: str
    limits: tuple[Limit, ...]
    wider: tuple[tuple[str, tuple[Limit, ...]], ...] = ()


def sender(settings: Settings, secret: bytes, address: str, *, at: datetime | None = None) -> Sender:
    """Return what one network may send: the same as others, or more where many people share the address.

    Behind a proxy that does not pass addresses on, everybody would share one: then the larger budget
    holds, or ten comments would close the hearing to a whole city.
    """
    network = network_of(address)
    trusted = settings.trusted_times

    def limits(times: int) -> tuple[Limit, ...]:
        soon, a_day = settings.comments_in_ten_minutes * times, settings.comments_a_day * times
        return (
            Limit("comment", soon, 10 * 60, "comments from your network"),
            Limit("comment", a_day, 24 * 3600, "comments from your network"),
        )

    return Sender(
        hashed(secret, network, at=at),
        limits(trusted if is_shared(settings, network) else 1),
        tuple(
            (hashed(secret, wide, at=at), limits(times * (trusted if _has_shared(settings, wide) else 1)))
            for wide, times in wider_networks(address)
        ),
    )


def is_shared(settings: Settings, network: str) -> bool:
    """Return whether many people are behind this network (``network_of``), as far as the operator knows."""
    if network == HERE:
        return bool(settings.public_url)
    try:
        first = ip_address(network.partition("/")[0])
    except ValueError:
        return False
    return any(first in trusted for trusted in settings.trusted)


def _has_shared(settings: Settings, network: str) -> bool:
    """Return whether a part of this IPv6 network is one that many people share."""
    wide = ip_network(network)
    return any(one.version == wide.version and one.overlaps(wide) for one in settings.trusted)


def spend(db: Connection, by: Sender, *, what: str = "Your comment", at: datetime | None = None) -> None:
    """Count one comment, or ``what`` else, in the transaction that writes it; raise ``TooMany`` after many.

    Neither is kept without the other: a comment that was refused or lost has cost nothing.
    """
    when = at or datetime.now(UTC)
    salt = _salt_of(db, when)
    counted = ((by.key, by.limits), *by.wider)
    try:
        for key, limits in counted:
            _check(db, limits, key, salt, when)
    except TooMany as error:
        raise TooMany(
            error.what,
            kept=f"{what} was not sent; your words are still here.",
            next_step=f"{error.next_step} Where many people share one network, as in a library, whoever "
            "runs this service can allow more.",
            retry_after=error.retry_after,
        ) from None
    for key, limits in counted:
        _record(db, limits[0], key, salt, when)


def check(db: Connection, limit: Limit, key: str, *, at: datetime | None = None) -> None:
    """Raise ``TooMany`` when ``key`` has used up its tries. ``key`` is what ``hashed`` returned."""
    when = at or datetime.now(UTC)
    salt = db.execute(select(daily_salt.c.salt).where(daily_salt.c.day == _day(when))).scalar()
    if salt is not None:  # Else nothing was counted yet today.
        _check(db, (limit,), key, salt, when)


def record_try(db: Connection, limit: Limit, key: str, *, at: datetime | None = None) -> int:
    """Count one try, forget what is over, and return the number of this one."""
    when = at or datetime.now(UTC)
    return _record(db, limit, key, _salt_of(db, when), when)


def _check(db: Connection, limits: Sequence[Limit], key: str, salt: bytes, when: datetime) -> None:
    """Refuse where one of the limits, all of one scope, is used up: the one with the longest wait."""
    counts = []
    for limit in limits:
        since = attempt.c.at > when - timedelta(seconds=limit.seconds)
        counts += [func.count().filter(since), func.min(attempt.c.at).filter(since)]
    found = db.execute(
        select(*counts).where(
            attempt.c.scope == limits[0].scope,
            attempt.c.key == _salted(salt, key),
            # After the clock was set back, tries of a later time would lengthen the wait.
            attempt.c.at <= when,
        )
    ).one()
    for place, limit in reversed(list(enumerate(limits))):
        _refuse_above(limit, found[2 * place], found[2 * place + 1], when)


def _record(db: Connection, limit: Limit, key: str, salt: bytes, when: datetime) -> int:
    row = {"scope": limit.scope, "key": _salted(salt, key), "at": when}
    return int(db.execute(insert(attempt).values(row).returning(attempt.c.attempt_id)).scalar_one())


def _salt_of(db: Connection, when: datetime) -> bytes:
    """Return the salt of a day; where there is none, forget earlier days and draw one."""
    day = _day(when)
    salt: bytes | None = db.execute(select(daily_salt.c.salt).where(daily_salt.c.day == day)).scalar()
    if salt is None:
        forget(db, at=when)
        salt = secrets.token_bytes(32)
        db.execute(insert(daily_salt).values(day=day, salt=salt))
    return salt


def take_back(db: Connection, tries: Sequence[int]) -> None:
    """Take tries back that turned out right: only failures count."""
    db.execute(delete(attempt).where(attempt.c.attempt_id.in_(tries)))


def forget(db: Connection, *, at: datetime | None = None) -> bool:
    """Delete the salts of days that are over, and what was counted with them; return whether any was.

    Counting does it, and so does the server by itself, on days on which nobody comes.
    """
    when = (at or datetime.now(UTC)).astimezone(UTC)
    salts = db.execute(delete(daily_salt).where(daily_salt.c.day < _day(when))).rowcount
    begun = when.replace(hour=0, minute=0, second=0, microsecond=0)
    counted = db.execute(delete(attempt).where(attempt.c.at < begun)).rowcount
    return bool(salts or counted)


@contextmanager
def tried(
    engine: Engine, failing: Counted, always: Counted = (), *, at: datetime | None = None
) -> Iterator[None]:
    """Count a try before it is made, and take back what of it counts only when it fails.

    ``failing`` are counted unless the body ends without an error, ``always`` in any case. Counting comes
    first, so that a hundred tries at the same moment do not all pass. Raises ``TooMany``. On a disk that
    takes nothing any more they are counted in memory: a receipt must still be found there, and guessing
    must not become free.
    """
    try:
        with writing(engine) as db:
            for limit, key in (*failing, *always):
                check(db, limit, key, at=at)
            numbers = [record_try(db, limit, key, at=at) for limit, key in failing]
            for limit, key in always:
                record_try(db, limit, key, at=at)
    except Unavailable:
        with _in_memory.tried(failing, always, at=at):
            yield
        return
    yield
    try:
        with writing(engine) as db:
            take_back(db, numbers)
    except Unavailable:
        pass  # It was right all the same; the count of one try too many is over in a minute.


class Memory:
    """Counts of one process for the time in which nothing can be written; at most ``most`` keys.

    Who comes when there are that many shares one count with all others that come so late.
    """

    def __init__(self, most: int = 20_000) -> None:
        self.most = most
        self._made: dict[tuple[str, str], list[datetime]] = {}
        self._lock = Lock()

    @contextmanager
    def tried(self, failing: Counted, always: Counted, *, at: datetime | None = None) -> Iterator[None]:
        """Do as ``tried`` does, in memory."""
        when = at or datetime.now(UTC)
        with self._lock:
            places = [(limit, self._place(limit, key, when)) for limit, key in (*failing, *always)]
            for limit, place in places:
                times = [
                    one for one in self._made.get(place, []) if one > when - timedelta(seconds=limit.seconds)
                ]
                _refuse_above(limit, len(times), min(times, default=when), when)
            for _, place in places:
                self._made.setdefault(place, []).append(when)
        yield
        with self._lock:
            for _, place in places[: len(failing)]:
                if when in (times := self._made.get(place, [])):
                    times.remove(when)

    def _place(self, limit: Limit, key: str, when: datetime) -> tuple[str, str]:
        place = (limit.scope, key)
        if place in self._made or len(self._made) < self.most:
            return place
        longest = when - timedelta(days=1)
        self._made = {name: times for name, times in self._made.items() if times and times[-1] > longest}
        return place if len(self._made) < self.most else (limit.scope, "")


_in_memory = Memory()


def hashed(secret: bytes, text: str, *, at: datetime | None = None) -> str:
    """Return a keyed hash of an address or account that changes every day: it can be counted, not read.

    What is stored is hashed once more, with the salt of the day.
    """
    return hmac.new(secret, f"throttle:{_day(at or datetime.now(UTC))}:{text}".encode(), sha256).hexdigest()


def network_of(address: str) -> str:
    """Return the network that one person has: the address itself, or the first 64 bits of an IPv6 one.

    A household has 2^64 IPv6 addresses; counted one by one, each would have its own tries. The machine
    itself is ``HERE`` under all of its addresses.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return HERE if parsed.is_loopback else str(IPv6Network((parsed, 64), strict=False))
        parsed = parsed.ipv4_mapped
    return HERE if parsed.is_loopback else str(parsed)


def wider_networks(address: str) -> list[tuple[str, int]]:
    """Return the larger IPv6 networks of an address, each with how many times the budget of one it has.

    A line is given 256 networks of 64 bits, or 65,536 (RFC 6177), and its owner chooses among them.
    """
    try:
        own = IPv6Network(network_of(address))
    except ValueError:
        return []
    return [(str(own.supernet(new_prefix=bits)), times) for bits, times in WIDER]


def by_network(
    limit: Limit, secret: bytes, address: str, *, about: str = "", at: datetime | None = None
) -> list[tuple[Limit, str]]:
    """Return a limit for the network of an address, and for the larger ones that it is a part of.

    ``about`` names what else the count belongs to.
    """
    return [
        (replace(limit, tries=limit.tries * times), hashed(secret, f"{about}{network}", at=at))
        for network, times in [(network_of(address), 1), *wider_networks(address)]
    ]


def _refuse_above(limit: Limit, made: int, oldest: datetime, when: datetime) -> None:
    if made < limit.tries:
        return
    wait = max(1, round((oldest + timedelta(seconds=limit.seconds) - when).total_seconds()))
    raise TooMany(
        f"There were {made} {limit.what}, so the next one has to wait.",
        next_step=f"Please try again in {_duration(wait)}.",
        retry_after=wait,
    )


def _salted(salt: bytes, key: str) -> str:
    return hmac.new(salt, key.encode(), sha256).hexdigest()


def _day(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d")


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds != 1 else "1 second"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{-(-minutes // 60)} hours"
