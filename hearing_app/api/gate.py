"""Work slots for routes, and the queue before them: what cannot be done now gets a place instead of a crash.

Every route works in a thread and asks the record, so only so many run at once; the others wait in the order
in which they came. Reading and writing have slots of their own: a crowd of readers does not keep a comment
out, nor do those who fetch the whole record keep readers out. The body of a request is read before it takes a
slot, so that a slow line holds none.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import nullcontext
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearing_app.api.answers import problem_answer
from hearing_app.deployment import current
from hearing_app.errors import Busy, HearingError
from hearing_app.people.throttle import HERE, is_shared, network_of
from hearing_app.store.patience import within

# Asked by who watches the service, and by a page before it opens its connection: never queued.
NEVER_QUEUED = ("/healthz", "/_stcore/")
# Whole files, made from everything there is; one at a time, or for staff alone.
BUNDLE = "/api/v1/record/bundle"
# Files that people send. Their bodies are large: they are read in a slot of their own, not kept before it.
FILES = "/my-comment/files"
PACKS, OPEN_DATA = "/desk/packs/", "/open-data.zip"
SMALL_FORM = 16 * 1024
LONG = (BUNDLE, "/desk/exports/", "/desk/briefings/", PACKS, FILES)


@dataclass(frozen=True, slots=True)
class Size:
    """How many work at once, how many may wait, how many of these from one network, and for how long.

    ``at_once_of_one_network`` bounds how many of those that work may be of one network.
    """

    at_once: int
    waiting: int
    of_one_network: int
    seconds: float
    at_once_of_one_network: int | None = None


# SQLite takes one writer at a time; another gets ready meanwhile. More threads would not do more: only one
# of them works at a time. The queues are as long as two cores can serve within the time.
READING = Size(3, 400, 200, 10.0)
WRITING = Size(2, 600, 300, 15.0)
# The whole record takes seconds: one is made at a time, beside the readers' slots, and then sent to many.
BUNDLES = Size(1, 40, 2, 20.0)
# A slow line holds a slot for as long as it takes: comments and readers have others.
UPLOADS = Size(6, 40, 2, 20.0, 2)


class NetworkBusy(Busy):
    """One network has all that it may have at once; others are not told so."""

    status = 429
    title = "Please wait a little"


class Room:
    """Slots and the queue before them; used from one event loop."""

    def __init__(self, size: Size) -> None:
        self.size, self.working = size, 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._networks: Counter[str] = Counter()
        self._at_work: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def enter(self, network: str = "", *, shared: bool = False) -> None:
        """Take a slot, now or when it is this one's turn; ``shared`` networks have no share of their own.

        Raises ``Busy`` with the place in the queue when it takes too long, or when the queue is full.
        """
        share = self.size.at_once_of_one_network
        if share is not None and not shared and self._at_work[network] >= share:
            raise _busy(len(self._queue) + 1, self.size, NetworkBusy)
        if self.working < self.size.at_once and not self._queue:
            self.working += 1
            return
        of_network = 0 if shared else self._networks[network]
        if len(self._queue) >= self.size.waiting:
            raise _busy(len(self._queue) + 1, self.size)
        if of_network >= self.size.of_one_network:
            raise _busy(len(self._queue) + 1, self.size, NetworkBusy)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        self._networks[network] += 1
        try:
            async with asyncio.timeout(self.size.seconds):
                await turn
        except TimeoutError:
            # Not cancelled, it was given the slot at the last moment.
            if turn.cancelled():
                place = self._queue.index(turn) + 1 if turn in self._queue else 1
                raise _busy(place, self.size) from None
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.leave()
            raise
        finally:
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]
            if turn in self._queue:
                self._queue.remove(turn)

    def begin(self, network: str) -> None:
        """Count one of a network at work."""
        self._at_work[network] += 1

    def end(self, network: str) -> None:
        """Count it no more."""
        self._at_work[network] -= 1
        if not self._at_work[network]:
            del self._at_work[network]

    def leave(self) -> None:
        """Give the slot to the next one."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.working -= 1


def _is_small(scope: Scope) -> bool:
    """Return whether a request says that its body is no larger than a form without a file."""
    said = Headers(scope=scope).get("content-length", "")
    return said.isascii() and said.isdigit() and len(said) < 10 and int(said) <= SMALL_FORM


def _is_whole(path: str) -> bool:
    """Return whether a path gives everything that there is of something, which takes seconds to make."""
    return path.startswith((BUNDLE, PACKS)) or path.endswith(OPEN_DATA)


class Gate:
    """Lets requests to routes in, as many as there are slots; the others wait, and then get their place."""

    def __init__(self, app: ASGIApp, *, reading: Room, writing: Room, bundles: Room | None = None) -> None:
        self.app, self.reading, self.writing = app, reading, writing
        self.bundles, self.uploads = bundles or Room(BUNDLES), Room(UPLOADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a slot, work, and give it back as soon as the answer is made, before it is taken."""
        if scope["type"] != "http" or scope["path"].startswith(NEVER_QUEUED):
            await self.app(scope, receive, send)
            return
        room = self.reading if scope["method"] in {"GET", "HEAD", "OPTIONS"} else self.writing
        if _is_whole(scope["path"]):
            room = self.bundles
        # A form without a file, to look at one's files or to take one out, is as small as any other.
        is_file = scope["path"] == FILES and room is self.writing and not _is_small(scope)
        room = self.uploads if is_file else room
        settings = current().settings
        network = network_of(scope["client"][0] if scope.get("client") else HERE)
        try:
            body = deque() if is_file else await _body(receive)
            await room.enter(network, shared=is_shared(settings, network))
        except HearingError as error:
            await problem_answer(Request(scope), error)(scope, receive, send)
            return
        held = True
        room.begin(network)

        def give_back() -> None:
            nonlocal held
            if held:
                held = False
                room.end(network)
                room.leave()

        async def replay() -> Message:
            return body.popleft() if body else await receive()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.body":
                give_back()
            await send(message)

        try:
            with (
                nullcontext()
                if scope["path"].startswith(LONG) or _is_whole(scope["path"])
                else within(settings.query_seconds)
            ):
                await self.app(scope, replay, sending)
        finally:
            give_back()


async def _body(receive: Receive) -> deque[Message]:
    """Return the whole request; its size and time are bounded by ``RequestLimits``."""
    parts: deque[Message] = deque()
    while True:
        parts.append(await receive())
        if not parts[-1].get("more_body", False):
            return parts


def _busy(place: int, size: Size, kind: type[Busy] = Busy) -> Busy:
    wait = max(1, round(size.seconds))
    return kind(
        f"More people are here than can be served at once. You would be number {place:,} in the queue.",
        kept="Nothing was changed; keep your words until you have a receipt.",
        next_step=f"Please try again in {wait} seconds, with the same draft_id if you send a comment. "
        "What is published can be read meanwhile at /record.",
        place=place,
        retry_after=wait,
    )
