"""Connections that end by themselves: heads that never come, and answers that nobody takes.

uvicorn has a time-out for the pause between two requests alone, and any byte stops it: one byte a minute
holds a connection for ever. A middleware sees a request only when its head is complete. These two protocols
add what is missing.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# From connecting, or from the last answer, to the end of the next head.
HEAD_SECONDS = 10.0
# In which a reader takes nothing of an answer that is ready.
STALLED_SECONDS = 30.0
MOST_CONNECTIONS = 2000
# Files of our own: the database's, the log's, those of the threads.
_OTHER_FILES = 200


def raise_file_limit() -> int:
    """Let the process open as many files as it may, and return how many connections that leaves room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(64, min(MOST_CONNECTIONS, soft - _OTHER_FILES))


class _Stalling(asyncio.Protocol):
    """Ends a connection whose other side takes nothing for a while."""

    transport: asyncio.Transport
    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        # Only breaking it off helps: closing would first wait until everything was taken.
        self._stalled = asyncio.get_running_loop().call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._taken()

    def connection_lost(self, exc: Exception | None) -> None:
        self._taken()
        super().connection_lost(exc)

    def _taken(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class TimedSocket(_Stalling, WebSocketsSansIOProtocol):
    """A websocket of uvicorn's."""

    async def send(self, message: Any) -> None:
        """Send; uvicorn would log an error after each answer that is given instead of a handshake."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True


class TimedLine(_Stalling, H11Protocol):
    """A connection of uvicorn's. Above ``most`` connections the one goes that has been silent longest."""

    most: ClassVar[int] = MOST_CONNECTIONS
    _waiting: ClassVar[dict[TimedLine, None]] = {}
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first head."""
        # uvicorn's own method takes no lesser transport, against what asyncio's class promises.
        super().connection_made(cast("asyncio.Transport", transport))
        self._await_head()
        while len(self.connections) > self.most and self._waiting:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            if not oldest._is_answering():
                oldest.connections.discard(oldest)
                oldest.transport.abort()

    def on_response_complete(self) -> None:
        """Begin to wait for the next head."""
        # First, since a request that has already come is begun by what follows.
        self._await_head()
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the websocket's protocol, which has pings of its own."""
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _await_head(self) -> None:
        self._stop_waiting()
        self._waiting[self] = None
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        self._waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self._waiting.pop(self, None)
        if not self._is_answering():
            self.transport.abort()
