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
# Some pages change with the clock: a hearing opens and closes.
FRESH_SECONDS = 5.0
# While others wait, a page may be as old as this as long as nothing was added to the ledger.
BUSY_SECONDS = 60.0
MOST_KEPT = 500
LARGEST_KEPT = 512 * 1024
MOST_BYTES = 48 * 1024 * 1024

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


class KeptAnswers:
    """Answers public requests from memory while nothing was added to the ledger.

    Whether something was is asked for each request, in the record: what was withdrawn or hidden leaves these
    answers at once. One request makes an answer, others of its kind wait for it. Where the record cannot be
    asked any more, what is kept is what can still be read.
    """

    def __init__(self, app: ASGIApp, *, is_busy: Callable[[], bool] = lambda: False) -> None:
        self.app, self.is_busy = app, is_busy
        self._kept: OrderedDict[Key, _Answer] = OrderedDict()
        self._making: dict[Key, asyncio.Future[_Answer | None]] = {}
        self._bytes = 0
        self._lookup: asyncio.Task[int] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._threads: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or make the answer and keep it."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_public(scope):
            await self.app(scope, receive, send)
            return
        accepted = Headers(scope=scope).get("accept-encoding", "")[:1000].lower()
        key = (scope["path"], scope["query_string"], "gzip" in accepted)
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
                await self._make(key, version, scope, receive, send)
                return
            found = await asyncio.shield(making)
            if found is not None and (found.version >= version or _status(found) == Busy.status):
                break
        # Sent by each for itself: one who takes it slowly keeps nobody waiting who wants the same.
        await _send(found.messages, send)

    def _is_fresh(self, found: _Answer) -> bool:
        return time.monotonic() - found.made < (BUSY_SECONDS if self.is_busy() else FRESH_SECONDS)

    async def _make(self, key: Key, version: int, scope: Scope, receive: Receive, send: Send) -> None:
        making = self._making[key] = asyncio.get_running_loop().create_future()
        made = _Answer(version, time.monotonic())
        whole = True

        async def collecting(message: Message) -> None:
            nonlocal whole
            made.messages.append(message)
            if whole and made.size <= LARGEST_KEPT and _length(made) <= LARGEST_KEPT:
                return
            # Too large to keep: what is there is sent, and so is the rest as it comes.
            whole = False
            for one in made.messages:
                await send(one)
            made.messages.clear()

        done = False
        try:
            await self.app(scope, receive, collecting)
            done = whole
            if done and _can_be_kept(made):
                self._keep(key, made)
        finally:
            self._making.pop(key, None)
            making.set_result(made if done and _is_for_all(made) else None)
        await _send(made.messages, send)

    async def _without_the_record(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._kept.get(key)
        if found is None:
            await self.app(scope, receive, send)
        else:
            await _send(found.messages, send)

    def _keep(self, key: Key, made: _Answer) -> None:
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
            return await to_thread.run_sync(_last_event, limiter=self._threads)


def _last_event() -> int:
    with reading(current().engine) as db:
        last: int | None = db.execute(select(func.max(ledger.c.seq))).scalar()
    return -1 if last is None else last


def _is_public(scope: Scope) -> bool:
    if not scope["path"].startswith(PUBLIC):
        return False
    headers = Headers(scope=scope)
    if "authorization" in headers or "range" in headers:
        return False
    return session_cookie(current().settings.is_https) not in headers.get("cookie", "")


def _can_be_kept(made: _Answer) -> bool:
    return _status(made) == HTTPStatus.OK and _is_for_all(made)


def _is_for_all(made: _Answer) -> bool:
    return bool(_status(made)) and "set-cookie" not in Headers(raw=made.messages[0]["headers"])


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
