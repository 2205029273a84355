"""Places for readers of the app's pages: each open page holds a session, so only so many can be open.

Who comes when all are taken gets a plain page with a place in the queue, and with what can be read meanwhile.
Pages that are open stay as they are. Everything is counted in memory, by network, and forgotten with it.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection
from functools import partial
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearing_app.api.answers import page_answer
from hearing_app.api.cookies import actor_of
from hearing_app.deployment import current
from hearing_app.documents.render import render
from hearing_app.errors import HearingError
from hearing_app.people.cookie import session_cookie, ticket_cookie
from hearing_app.people.permissions import PUBLIC
from hearing_app.people.throttle import HERE, is_shared, network_of

STREAM = "/_stcore/stream"
PLACE_COOKIE = "hearing_place"
ASK_AGAIN_SECONDS = 10
# A page asks every 10 seconds; one that missed three times is closed.
GONE_SECONDS = 35.0
# From the page to its connection, on a slow telephone.
ARRIVING_SECONDS = 20.0
MOST_ARRIVING = 10
# Pages that nobody opens may keep this part of the free places: others who are sent one come in as they come.
ARRIVING_PART = 0.5
# Streamlit keeps a session for two minutes after its connection ended.
RETURNING_SECONDS = 150.0
# A browser's pages share one ticket; a connection that broke off may still be counted.
MOST_RETURNING = 4
MOST_IN_QUEUE = 5000
MOST_IN_QUEUE_OF_ONE = 100
# Who comes back to an open page, and staff, find room above what others may take.
FOR_RETURNING, FOR_STAFF = 1.1, 1.25
# A page sends one message for each thing that is pressed or typed; a slider that is dragged some ten.
MESSAGES_A_SECOND, MESSAGES_AT_ONCE = 4.0, 30.0
# All pages of one network together.
NETWORK_A_SECOND, NETWORK_AT_ONCE = 20.0, 200.0
# A new connection counts as so many messages.
A_CONNECTION = 4
MOST_PACES = 5000


class Pace:
    """Allows ``rate`` a second, and ``burst`` at once; says how long the next one has to wait."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self.left, self.at = burst, 0.0

    def wait(self, now: float, cost: float = 1) -> float:
        """Take one (or ``cost``), and return for how many seconds it must be held back."""
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        self.left -= cost
        return max(0.0, -self.left / self.rate)


class Hall:
    """Who is here, who is on the way from the page to its connection, and who waits; for one event loop."""

    def __init__(self, total: int, of_one_network: int) -> None:
        self.total, self.of_one_network = total, of_one_network
        self.open: Counter[str] = Counter()
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        self._arriving: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._here: Counter[str] = Counter()
        self._left: OrderedDict[str, float] = OrderedDict()
        self._queue: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def free(self, now: float) -> int:
        """Return how many places nobody holds or is about to take."""
        while self._arriving and next(iter(self._arriving.values()))[1] < now - ARRIVING_SECONDS:
            self._arriving.popitem(last=False)
        return self.total - self.open.total() - len(self._arriving)

    def is_full_for(self, network: str, times: int) -> bool:
        """Return whether one network has all the places that it may have."""
        return self.open[network] >= self.of_one_network * times

    def ask(self, network: str, ticket: str, now: float) -> tuple[int, str]:
        """Return 0 to who may come in, else the place in the queue and the ticket that keeps it."""
        self._let_go(now)
        free = self.free(now)
        if ticket in self._queue:
            place = list(self._queue).index(ticket) + 1
            if place > free:
                self._queue[ticket] = (network, now)
                return place, ticket
            del self._queue[ticket]
        elif free <= len(self._queue):
            same = sum(1 for one, _ in self._queue.values() if one == network)
            if len(self._queue) >= MOST_IN_QUEUE or same >= MOST_IN_QUEUE_OF_ONE:
                return len(self._queue) + 1, ""
            ticket = secrets.token_urlsafe(16)
            self._queue[ticket] = (network, now)
            return len(self._queue), ticket
        return 0, ""

    def _let_go(self, now: float) -> None:
        for other, (_, seen) in list(self._queue.items()):
            if seen < now - GONE_SECONDS:
                del self._queue[other]

    def expect(self, network: str, ticket: str, now: float) -> None:
        """Keep a place for a page that was sent; of one network only for so many, and never for all."""
        self._arriving.pop(ticket, None)
        free = self.free(now) + len(self._arriving)
        same = sum(1 for one, _ in self._arriving.values() if one == network)
        if same < MOST_ARRIVING and len(self._arriving) < max(1, free * ARRIVING_PART):
            self._arriving[ticket] = (network, now)

    def has_sat(self, ticket: str, now: float) -> bool:
        """Return whether this ticket has a place, or had one until a moment ago."""
        while self._left and next(iter(self._left.values())) < now - RETURNING_SECONDS:
            self._left.popitem(last=False)
        return ticket in self._here or ticket in self._left

    def sit(
        self,
        network: str,
        now: float,
        times: int = 1,
        *,
        room: float = 1.0,
        ticket: str = "",
        new: bool = False,
    ) -> bool:
        """Take a place, where there is one; ``room`` is how much of the whole this one may use.

        ``new`` says that a page was sent with this ticket just now. It counts once. Who has none comes after
        those who are on their way from their page, and after those who wait.
        """
        known = self.has_sat(ticket, now)
        waited = self._arriving.pop(ticket, None) is not None or (new and not known)
        if self.is_full_for(network, times) or self.open.total() >= self.total * room:
            return False
        if room <= 1 and not waited:
            self._let_go(now)
            if self.free(now) <= len(self._queue):
                return False
        self.open[network] += 1
        if ticket:
            self._here[ticket] += 1
        return True

    def may_return(self, ticket: str, now: float) -> bool:
        """Return whether this ticket belongs to an open page, or to one that lost its connection just now."""
        return self.has_sat(ticket, now) and self._here[ticket] < MOST_RETURNING

    def rise(self, network: str, ticket: str = "", now: float = 0.0) -> None:
        """Give the place back."""
        self.open[network] -= 1
        if not self.open[network]:
            del self.open[network]
        if ticket:
            self._here[ticket] -= 1
            if not self._here[ticket]:
                del self._here[ticket]
                self._left.pop(ticket, None)
                self._left[ticket] = now

    def pace(self, network: str, times: int) -> Pace:
        """Return the pace of a network; it outlives its connections, or each new one would begin afresh."""
        found = self._paces.setdefault(network, Pace(NETWORK_A_SECOND * times, NETWORK_AT_ONCE * times))
        self._paces.move_to_end(network)
        while len(self._paces) > MOST_PACES:
            self._paces.popitem(last=False)
        return found


class Seats:
    """Lets in as many as there are places, keeps the others in a queue, and holds hasty connections back.

    ``passes`` says of a message on a connection whether it is handed on; ``None`` ends the connection.
    """

    def __init__(
        self, app: ASGIApp, *, hall: Hall, pages: Collection[str], passes: Callable[[bytes], bool | None]
    ) -> None:
        self.app, self.hall, self.pages, self.passes = app, hall, frozenset(pages), passes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at pages and their connections; pass everything else on."""
        if scope["type"] == "websocket" and scope["path"] == STREAM:
            await self._connection(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] in self.pages and scope["method"] == "GET":
            await self._page(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        network, times = _network(scope)
        now = asyncio.get_running_loop().time()
        ticket = _cookie(scope, PLACE_COOKIE)
        place, kept = 0, ""
        if full := self.hall.is_full_for(network, times):
            waits = True
        else:
            place, kept = self.hall.ask(network, ticket, now)
            waits = bool(place)
        if not waits:
            shown = self._ticket(scope, now)
            self.hall.expect(network, shown, now)
            await self.app(scope, receive, _giving(shown, send))
            return
        if await _is_staff(scope):
            await self.app(scope, receive, send)
            return
        query = scope["query_string"].decode("ascii", "replace")
        address = quote(scope["path"]) + (f"?{query}" if query else "")
        body = render("waiting", place=0 if full else place, seconds=ASK_AGAIN_SECONDS, address=address)
        answer = page_answer("Please wait a moment", body, status=503)
        answer.headers["Refresh"] = answer.headers["Retry-After"] = str(ASK_AGAIN_SECONDS)
        if kept and kept != ticket:
            secure = current().settings.is_https
            answer.set_cookie(
                PLACE_COOKIE, kept, max_age=3600, httponly=True, samesite="lax", secure=secure, path="/"
            )
        await answer(scope, receive, send)

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        network, times = _network(scope)
        loop = asyncio.get_running_loop()
        ticket, is_new = _shown(scope)
        # The third names a session that there was before, which anybody can say.
        returning = len(scope.get("subprotocols", ())) >= 3 and self.hall.may_return(ticket, loop.time())
        room = FOR_RETURNING if returning else 1.0
        sit = partial(self.hall.sit, network, times=times, ticket=ticket, new=is_new)
        if not sit(loop.time(), room=room) and not (
            await _is_staff(scope) and sit(loop.time(), room=FOR_STAFF)
        ):
            await _refuse(scope, receive, send)
            return
        own, shared = Pace(MESSAGES_A_SECOND, MESSAGES_AT_ONCE), self.hall.pace(network, times)

        async def paced() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                # No page sends text; Streamlit would answer with a fault that is logged, each time.
                passes = self.passes(message["bytes"]) if message.get("text") is None else None
                if passes is None:
                    await send({"type": "websocket.close", "code": 1003})
                    return {"type": "websocket.disconnect", "code": 1003}
                # uvicorn reads no more of a connection while a message is held back, so its sender waits.
                hold = max(own.wait(loop.time()), shared.wait(loop.time()))
                if hold:
                    await asyncio.sleep(hold)
                if passes:
                    return message

        try:
            # A new session is kept for two minutes after its connection ends: making thousands of them
            # would fill the memory.
            await asyncio.sleep(shared.wait(loop.time(), A_CONNECTION))
            await self.app(scope, paced, send)
        finally:
            self.hall.rise(network, ticket, loop.time())

    def _ticket(self, scope: Scope, now: float) -> str:
        """Return the ticket of the browser's other pages, which are here, or a new one."""
        ticket, _ = _shown(scope)
        return ticket if self.hall.has_sat(ticket, now) else secrets.token_urlsafe(16)


def _giving(ticket: str, send: Send) -> Send:
    """Give the ticket with the page: it says nothing but that one was sent, and when."""
    text = f"{ticket}.{int(time.time())}"
    secure = current().settings.is_https
    cookie = Response()
    cookie.set_cookie(
        ticket_cookie(secure),
        f"{text}.{_signed(text)}",
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )

    async def giving(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"set-cookie", cookie.headers["set-cookie"].encode())]
        await send(message)

    return giving


def _shown(scope: Scope) -> tuple[str, bool]:
    """Return the ticket that a browser shows, or "", and whether it was given just now."""
    text, _, signature = _cookie(scope, ticket_cookie(current().settings.is_https)).rpartition(".")
    if not hmac.compare_digest(_signed(text).encode(), signature.encode()):
        return "", False
    ticket, _, given = text.rpartition(".")
    return ticket, abs(time.time() - int(given)) <= ARRIVING_SECONDS


def _signed(text: str) -> str:
    return hmac.new(current().key, f"ticket:{text}".encode(), sha256).hexdigest()


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1013})
        return
    headers = [(b"retry-after", str(ASK_AGAIN_SECONDS).encode()), (b"content-type", b"text/plain")]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b"All places are taken. Please wait.\n"})


async def _is_staff(scope: Scope) -> bool:
    """Return whether a session of a member of staff is behind it; asked only where there is no room."""
    if not _cookie(scope, session_cookie(current().settings.is_https)):
        return False
    try:
        return await run_in_threadpool(actor_of, HTTPConnection(scope)) != PUBLIC
    except HearingError:
        return False


def _network(scope: Scope) -> tuple[str, int]:
    """Return the network, and how many times the places of others it may take."""
    network = network_of(scope["client"][0] if scope.get("client") else HERE)
    settings = current().settings
    return network, settings.trusted_times if is_shared(settings, network) else 1


def _cookie(scope: Scope, name: str) -> str:
    try:
        found = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
