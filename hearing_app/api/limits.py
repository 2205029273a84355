"""How large and how slow a request may be: decided by its head, before anything of it is parsed."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearing_app.api.answers import problem_answer
from hearing_app.errors import HearingError

# The longest address that our own pages make is below 2,000 signs; a browser's head with its cookies is 1 kB,
# and with what other services on the same machine have set rarely more than 16.
LONGEST_ADDRESS = 8 * 1024
LARGEST_HEAD = 32 * 1024
MOST_HEADERS = 100
MOST_PARAMETERS = 100
# By the beginning of the path; the first that fits. A comment at its longest, as JSON, is below 30 kB.
# An entry's file has at most 256 KiB, and the form in which a browser sends it a little more.
LARGEST_BODIES = (
    ("/api/v1/hearings/", 64 * 1024),
    ("/api/", 256 * 1024),
    ("/desk/entries/", 272 * 1024),
    # A file of evidence has at most 10 MiB, and the form in which a browser sends it a little more.
    ("/my-comment/files", 10 * 1024**2 + 64 * 1024),
    ("/", 64 * 1024),
)
# What is larger is a file.
LARGEST_TEXT = 1024 * 1024
# For the whole body: 64 KiB on a line of 26 kbit/s.
BODY_SECONDS = 20.0
# 10 MiB on a line of 700 kbit/s.
FILE_SECONDS = 120.0
# A sender that is still busy with its body reads no answer, and a line that is closed under it loses the one
# that was sent. So of a body that is too large a part is taken and thrown away before the line is closed.
DRAINED_BYTES = 2_000_000
DRAINED_SECONDS = 2.0


class TooLarge(HearingError):
    """The body is larger than anything that this address takes."""

    status = 413
    title = "This is larger than what is taken here"


class TooSlow(HearingError):
    """The body did not arrive in time."""

    status = 408
    title = "This took too long to arrive"


class RequestLimits:
    """Refuses what is too long, too large, compressed or too slow; ends its connection, too."""

    def __init__(self, app: ASGIApp, *, body_seconds: float = BODY_SECONDS) -> None:
        self.app, self.body_seconds = app, body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the head, and count the body while it is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = _refused(scope)
        if refused is not None:
            error, status = refused
            answer = problem_answer(Request(scope), error, status=status)
            closing = _closing(send)
            if _says_its_length(scope) and status == TooLarge.status:
                closing = _draining(receive, closing)
            await answer(scope, receive, closing)
            return
        most = largest_body(scope["path"])
        body = _Body(receive, most, FILE_SECONDS if most > LARGEST_TEXT else self.body_seconds)

        closing = _closing(send)
        draining = _draining(receive, closing)

        async def sending(message: Message) -> None:
            # What is left of a body that came too slowly is not waited for.
            answering = draining if body.is_large else closing
            await (answering if body.cut else send)(message)

        await self.app(scope, body.receive, sending)


class _Body:
    """The body of one request, counted as it comes."""

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self.source, self.most = receive, most
        self.seconds = seconds
        self.until = asyncio.get_running_loop().time() + seconds
        self.received, self.done, self.cut = 0, False, False

    @property
    def is_large(self) -> bool:
        """Whether more came than is taken."""
        return self.received > self.most

    async def receive(self) -> Message:
        """Give the next part. Raises ``TooLarge`` and ``TooSlow``, which the application answers."""
        if self.done:
            return await self.source()
        try:
            async with asyncio.timeout_at(self.until):
                message = await self.source()
        except TimeoutError:
            self.cut = True
            raise TooSlow(
                f"The request did not arrive within {self.seconds:.0f} seconds.",
                next_step="Please send it again; the same draft_id makes no second comment.",
            ) from None
        self.received += len(message.get("body", b""))
        self.done = not message.get("more_body", False)
        if self.received > self.most:
            self.cut = True
            raise _too_large(self.most)
        return message


def largest_body(path: str) -> int:
    """Return how many bytes a request to this path may send."""
    return next(size for beginning, size in LARGEST_BODIES if path.startswith(beginning) or beginning == "/")


def _refused(scope: Scope) -> tuple[HearingError, int] | None:
    """Return why a request is not read at all, and with which status."""
    headers = Headers(scope=scope)
    query: bytes = scope["query_string"]
    length = headers.get("content-length", "0")
    encoding = headers.get("content-encoding", "identity").strip().lower()
    most = largest_body(scope["path"])
    if len(scope.get("raw_path") or scope["path"]) + len(query) > LONGEST_ADDRESS:
        return _plain("The address is longer than 8 KiB.", "Ask for less at once."), 414
    if query.count(b"&") + query.count(b";") >= MOST_PARAMETERS:
        return _plain(
            f"The address has more than {MOST_PARAMETERS} parameters.", "Ask for less at once."
        ), 414
    if len(headers) > MOST_HEADERS or sum(len(a) + len(b) + 4 for a, b in headers.raw) > LARGEST_HEAD:
        return _plain(
            "The head of the request is too large.", "Delete this site's cookies and try again."
        ), 431
    if encoding not in {"", "identity"}:
        return _plain("The request is compressed.", "Send it as it is: nothing here is that large."), 415
    if not _says_its_length(scope) or int(length) > most:
        error = _too_large(most)
        return error, error.status
    return None


def _plain(what: str, next_step: str) -> HearingError:
    return HearingError(what, kept="Nothing was read.", next_step=next_step)


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"The request is larger than {most // 1024} KiB.",
        kept="Nothing was kept of it.",
        next_step="A file may have 10 MB."
        if most > LARGEST_TEXT
        else "A comment is far smaller; longer texts can be linked to.",
    )


def _says_its_length(scope: Scope) -> bool:
    """Return whether the head says a length that is one, or none at all; nothing else is read."""
    length = Headers(scope=scope).get("content-length", "0")
    return length.isascii() and length.isdigit() and len(length) <= 15


def _draining(receive: Receive, send: Send) -> Send:
    """Hold an answer open, once all of it was sent, while what is left of the body comes, within bounds."""

    async def draining(message: Message) -> None:
        if message["type"] != "http.response.body" or message.get("more_body", False):
            await send(message)
            return
        await send({**message, "more_body": True})
        taken = 0
        try:
            async with asyncio.timeout(DRAINED_SECONDS):
                while taken < DRAINED_BYTES:
                    part = await receive()
                    taken += len(part.get("body", b""))
                    if part["type"] != "http.request" or not part.get("more_body", False):
                        break
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return draining


def _closing(send: Send) -> Send:
    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return closing
