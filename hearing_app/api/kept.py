"""Public pages and data, kept as long as the ledger stands still: they are there while all else is busy."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from anyio import CapacityLimiter, to_thread
from sqlalchemy import func, select
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearing_app.deployment import current
from hearing_app.errors import Busy, HearingError
from hearing_app.people.cookie import session_cookie
from hearing_app.store.engine import reading
from hearing_app.store.tables import ledger

# What everybody gets alike; whoever shows who they are is answered anew.
PUBLIC = ("/record", "/feed.atom", "/api/v1/")
# Large, kept in a file, and delivered to each for itself.
NEVER_KEPT = ("/api/v1/record/bundle",)
# Pages with a form in them: its number, and the browser it is tied to, are each reader's own.
FORMS = ("/request", "/record/my-request")
# Some pages change with the clock: a hearing opens and closes.
FRESH_SECONDS = 5.0
# While others wait, a page may be as old as this as long as nothing was added to the ledger.
BUSY_SECONDS = 60.0
MOST_KEPT = 500
LARGEST_KEPT = 512 * 1024
MOST_BYTES = 48 * 1024 * 1024

# Of the record's failures: for so long after the last look at it, what is kept is shown without one.
UNSEEN_SECONDS = 60.0
_SHARED = frozenset({HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE})
# No browser names its encodings at greater length.
_LONGEST_ACCEPTED = 1000

Key = tuple[str, bytes, bool]


@dataclass(slots=True)
class _Answer:
    """One answer, and the number of the ledger's last event before it was made."""

    version: int
    made: float
    messages: list[Message] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(message.get("body", b"")) for message in self.messages)


@dataclass(slots=True)
class _Making:
    """An answer under way: what others are given of it, or ``None`` where each must ask for itself."""

    version: int
    outcome: asyncio.Future[_Answer | None]


class KeptAnswers:
    """Answers public requests from memory while nothing was added to the ledger.

    Whether something was is asked for each request, in the record: what was withdrawn or hidden leaves these
    answers, and the memory, at once. One request makes an answer, others of its kind wait for it; nothing of
    that request but its address reaches what is made. Where the record cannot be asked any more, what was
    right at the last look is shown for ``UNSEEN_SECONDS`` more: words could be withdrawn unseen.
    """

    def __init__(self, app: ASGIApp, *, is_busy: Callable[[], bool] = lambda: False) -> None:
        self.app, self.is_busy = app, is_busy
        self._kept: OrderedDict[Key, _Answer] = OrderedDict()
        self._making: dict[Key, _Making] = {}
        self._bytes = 0
        self._highest, self._seen = -2, 0.0
        self._lookup: asyncio.Task[int] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._threads: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or make the answer and keep it."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_public(scope):
            await self.app(scope, receive, send)
            return
        key = (scope["path"], scope["query_string"], _takes_gzip(scope))
        try:
            version = await self._version()
        except HearingError:
            await self._without_the_record(key, scope, receive, send)
            return
        while True:
            found = self._kept.get(key)
            if found is not None and found.version >= version and self._is_fresh(found):
                self._kept.move_to_end(key)
                break
            making = self._making.get(key)
            if making is None:
                await self._make(key, scope, send)
                return
            found = await asyncio.shield(making.outcome)
            if found is None:
                await self.app(scope, receive, send)
                return
            # Begun before something was added, it may show what was withdrawn since.
            if making.version >= version or _status(found) == Busy.status:
                break
        # Sent by each for itself: one who takes it slowly keeps nobody waiting who wants the same.
        await _send(found.messages, send)

    def _is_fresh(self, found: _Answer) -> bool:
        return time.monotonic() - found.made < (BUSY_SECONDS if self.is_busy() else FRESH_SECONDS)

    async def _make(self, key: Key, scope: Scope, send: Send) -> None:
        """Make the answer in a task of its own, which lasts when the one who asked first is gone."""
        # Of the highest version that anybody saw, so that nobody waits twice for what was begun too early.
        making = _Making(self._highest, asyncio.get_running_loop().create_future())
        self._making[key] = making
        working = asyncio.create_task(self._work(key, making, scope, send))
        await _send((await asyncio.shield(working)).messages, send)

    async def _work(self, key: Key, making: _Making, scope: Scope, send: Send) -> _Answer:
        """Return what is left to be sent to who asked first."""
        made = _Answer(making.version, time.monotonic())
        is_whole = True

        def tell(outcome: _Answer | None) -> None:
            if self._making.get(key) is making:
                del self._making[key]
            if not making.outcome.done():
                making.outcome.set_result(outcome)

        async def collecting(message: Message) -> None:
            nonlocal is_whole
            made.messages.append(message)
            if is_whole and made.size <= LARGEST_KEPT and _length(made) <= LARGEST_KEPT:
                return
            # Too large to keep: who waits is let go at once, since who asked first may take it slowly.
            is_whole = False
            tell(None)
            parts = list(made.messages)
            made.messages.clear()
            for one in parts:
                await send(one)

        try:
            await self.app(_bare(scope, is_packed=key[2]), _nothing_more(), collecting)
            is_for_all = is_whole and _is_for_all(made)
            if is_for_all and _status(made) == HTTPStatus.OK:
                self._keep(key, made)
            tell(made if is_for_all else None)
        finally:
            tell(None)
        return made

    async def _without_the_record(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        if time.monotonic() - self._seen >= UNSEEN_SECONDS:
            self._forget()
        found = self._kept.get(key)
        if found is None:
            await self.app(scope, receive, send)
        else:
            await _send(found.messages, send)

    def _forget(self) -> None:
        self._kept.clear()
        self._bytes = 0

    def _keep(self, key: Key, made: _Answer) -> None:
        if made.version < self._highest:
            return
        before = self._kept.pop(key, None)
        self._bytes -= before.size if before else 0
        self._kept[key] = made
        self._bytes += made.size
        while len(self._kept) > MOST_KEPT or self._bytes > MOST_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.size

    async def _version(self) -> int:
        """Return the number of the ledger's last event, from a look that began after this was asked.

        Who asks while a look is under way shares the next one with all others that do.
        """
        if self._lookup is None:
            self._lookup = asyncio.create_task(self._look())
        return await asyncio.shield(self._lookup)

    async def _look(self) -> int:
        async with self._one_at_a_time:
            self._lookup = None
            if self._threads is None:
                # Threads of its own: those of the routes may all be at work.
                self._threads = CapacityLimiter(1)
            version = await to_thread.run_sync(_last_event, limiter=self._threads)
            self._seen = time.monotonic()
            if version > self._highest:
                self._highest = version
                self._forget()
            return version


def _last_event() -> int:
    with reading(current().engine) as db:
        last: int | None = db.execute(select(func.max(ledger.c.seq))).scalar()
    return -1 if last is None else last


def _is_public(scope: Scope) -> bool:
    if not scope["path"].startswith(PUBLIC) or scope["path"].startswith(NEVER_KEPT):
        return False
    if scope["path"].endswith(FORMS):
        return False
    headers = Headers(scope=scope)
    if "authorization" in headers or "range" in headers:
        return False
    # Its body may never come, and nobody else waits for it.
    if "transfer-encoding" in headers or headers.get("content-length", "0") != "0":
        return False
    return session_cookie(current().settings.is_https) not in headers.get("cookie", "")


def _is_for_all(made: _Answer) -> bool:
    return _status(made) in _SHARED and "set-cookie" not in Headers(raw=made.messages[0]["headers"])


def _takes_gzip(scope: Scope) -> bool:
    accepted = Headers(scope=scope).get("accept-encoding", "")[:_LONGEST_ACCEPTED].lower()
    parts = (part.replace(" ", "").partition(";") for part in accepted.split(","))
    return any(name == "gzip" and weight.strip("0.") != "q=" for name, _, weight in parts)


def _bare(scope: Scope, *, is_packed: bool) -> Scope:
    """Return the request with nothing in it but what the key says: others are given its answer, too."""
    host = [(name, value) for name, value in scope["headers"] if name.lower() == b"host"]
    return {**scope, "headers": [*host, (b"accept-encoding", b"gzip" if is_packed else b"identity")]}


def _nothing_more() -> Receive:
    """Return the receiving side of a request without a body, whose sender never goes away."""
    is_given = False

    async def receive() -> Message:
        nonlocal is_given
        if is_given:
            await asyncio.Event().wait()
        is_given = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def _length(made: _Answer) -> int:
    said = Headers(raw=made.messages[0]["headers"]).get("content-length", "") if _status(made) else ""
    return int(said) if said.isdigit() else 0


def _status(made: _Answer) -> int:
    start = made.messages[0] if made.messages else {}
    return int(start["status"]) if start.get("type") == "http.response.start" else 0


async def _send(messages: list[Message], send: Send) -> None:
    for message in messages:
        # A header that is added on the way out must not be added to what is kept.
        copied = dict(message)
        if "headers" in copied:
            copied["headers"] = list(copied["headers"])
        await send(copied)
