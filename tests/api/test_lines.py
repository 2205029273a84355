"""Connections that drip, stay silent or take nothing, against a server on loopback with short times."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from hearing_app.api import lines
from hearing_app.api.lines import TimedLine, TimedSocket, raise_file_limit

LARGE = 60_000_000


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        return
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.http.response.start", "status": 503, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b"full"})
        return
    size = LARGE if scope["path"] == "/large" else 2
    headers = [(b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * size})


@contextmanager
def served(application: ASGIApp = app) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    configuration = uvicorn.Config(
        application, http=TimedLine, ws=TimedSocket, log_level="error", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(configuration)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join(20)
        listening.close()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "HEAD_SECONDS", 0.6)
    monkeypatch.setattr(lines, "STALLED_SECONDS", 0.6)


def ends_within(line: socket.socket, seconds: float, drip: bytes = b"") -> bool:
    """Whether the other side ends the connection in time, while one byte after the other is sent."""
    end = time.monotonic() + seconds
    line.settimeout(0.1)
    while time.monotonic() < end:
        try:
            if drip:
                line.send(drip[:1])
                drip = drip[1:] or drip
            if line.recv(65536) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("first", "drip"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"a" * 1000),
        # After an answer, the next head has its own time.
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a" * 1000),
        # A body that nobody waits for any more.
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", b"a" * 1000),
    ],
)
def test_a_line_that_stays_silent_or_drips_is_ended(first: bytes, drip: bytes) -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(first)
        assert ends_within(line, 20, drip)


@pytest.mark.usefixtures("short")
def test_a_line_that_asks_now_and_then_stays() -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        for _ in range(6):
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            while not answer.endswith(b"\r\n\r\nxx"):
                received = line.recv(1000)
                assert received
                answer += received
            time.sleep(0.2)


@pytest.mark.usefixtures("short")
def test_a_reader_that_takes_nothing_is_let_go() -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(3)
        line.settimeout(20)
        received = 0
        try:
            while piece := line.recv(1_000_000):
                received += len(piece)
        except ConnectionResetError:
            pass
        assert received < LARGE


def test_above_the_limit_the_longest_silent_line_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TimedLine, "most", 3)
    with served() as port:
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
        time.sleep(0.3)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert line.recv(1000).startswith(b"HTTP/1.1 200")
            assert ends_within(silent[0], 5)
            assert not ends_within(silent[1], 0.3)
        for one in silent:
            one.close()


def test_an_answer_instead_of_a_handshake_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(
            b"GET /_stcore/stream HTTP/1.1\r\nHost: localhost\r\n"
            b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert line.recv(1000).startswith(b"HTTP/1.1 503")
        assert ends_within(line, 5)
    assert caplog.text == ""


def test_there_is_room_for_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, both: asked.append(both))
    assert raise_file_limit() == lines.MOST_CONNECTIONS
    assert asked == [(2200, 4096)]
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (512, 512))
    assert raise_file_limit() == 312
