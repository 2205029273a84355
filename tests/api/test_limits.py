"""How large and how slow a request may be; nothing of what is refused reaches a route."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from hearing_app.api import limits
from hearing_app.api.answers import on_hearing_error
from hearing_app.api.comments import DEEPEST, is_deep
from hearing_app.api.limits import RequestLimits, TooSlow, largest_body
from hearing_app.errors import HearingError
from tests.api.test_lines import served
from tests.loops import run_apart

COMMENTS = "/api/v1/hearings/one/comments"
reached: list[int] = []


async def read(request: Request) -> JSONResponse:
    reached.append(0)
    reached[-1] = len(await request.body())
    return JSONResponse({"read": reached[-1]})


@pytest.fixture
def client() -> Iterator[TestClient]:
    reached.clear()
    handlers: dict[Any, Any] = {HearingError: on_hearing_error}
    routes = [Route("/{rest:path}", read, methods=["GET", "POST"])]
    with TestClient(RequestLimits(Starlette(routes=routes, exception_handlers=handlers))) as opened:
        yield opened


def test_each_address_has_its_own_limit() -> None:
    assert largest_body(COMMENTS) == largest_body("/sign-in") == 64 * 1024
    assert largest_body("/api/v1/anything") == 256 * 1024


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413)])
def test_a_body_is_refused_by_what_its_head_says(client: TestClient, size: int, status: int) -> None:
    answer = client.post(COMMENTS, content=b"x" * size)
    assert answer.status_code == status
    assert reached == ([size] if status == 200 else [])
    if status == 413:
        assert answer.headers["connection"] == "close"
        assert answer.headers["content-type"] == "application/problem+json"
        assert "larger than 64 KiB" in answer.json()["detail"]


def test_a_body_without_a_length_is_counted(client: TestClient) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            sent.append(1)
            yield b"x" * 1024

    answer = client.post(COMMENTS, content=endless())
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert reached == [0]
    page = client.post("/sign-in", content=endless())
    assert page.status_code == 413
    assert "text/html" in page.headers["content-type"]


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "９", "9" * 20, "nine"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    async def run() -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("nothing is read")

        scope = {
            "type": "http",
            "method": "POST",
            "path": COMMENTS,
            "raw_path": COMMENTS.encode(),
            "query_string": b"",
            "headers": [(b"content-length", length.encode())],
        }
        await RequestLimits(Starlette())(scope, receive, send)
        return sent

    assert run_apart(run())[0]["status"] == 413


def head(length: bytes) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": COMMENTS,
        "raw_path": COMMENTS.encode(),
        "query_string": b"",
        "headers": [(b"content-length", length)],
    }


@pytest.mark.parametrize(
    ("parts", "taken"),
    [
        # The rest of the body, to its end; the first 2 MB of one that does not end; nothing of one that left.
        ([{"type": "http.request", "body": b"x" * 70_000, "more_body": True}] * 2, 3),
        ([{"type": "http.request", "body": b"x" * 500_000, "more_body": True}] * 9, 4),
        ([{"type": "http.disconnect"}] * 2, 1),
    ],
)
def test_of_a_body_that_is_too_large_a_part_is_taken_before_the_line_is_closed(
    parts: list[Message], taken: int
) -> None:
    last: Message = {"type": "http.request", "body": b"x", "more_body": False}

    async def run() -> tuple[list[Message], int]:
        waiting, sent = [*parts, last], list[Message]()
        whole = len(waiting)

        async def send(message: Message) -> None:
            # All of the answer but its end is sent before anything is taken.
            assert sent[1:] or len(waiting) == whole
            sent.append(message)

        async def receive() -> Message:
            return waiting.pop(0)

        await RequestLimits(Starlette())(head(b"70001"), receive, send)
        return sent, whole - len(waiting)

    sent, read_parts = run_apart(run())
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert b"larger than 64 KiB" in sent[1]["body"]
    assert [message.get("more_body") for message in sent[1:]] == [True, False]
    assert sent[2]["body"] == b""
    assert read_parts == taken


def test_who_sends_nothing_more_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DRAINED_SECONDS", 0.05)

    async def run() -> list[Message]:
        sent = list[Message]()

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            await asyncio.Event().wait()
            raise AssertionError("nothing ever comes")

        await RequestLimits(Starlette())(head(b"70001"), receive, send)
        return sent

    assert run_apart(run())[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.parametrize("chunked", [True, False])
def test_the_answer_arrives_although_the_sender_is_still_sending(chunked: bool) -> None:
    """Over a real line, to a sender that reads nothing before it has sent everything; twenty times."""
    handlers: dict[Any, Any] = {HearingError: on_hearing_error}
    routes = [Route("/{rest:path}", read, methods=["POST"])]
    app = RequestLimits(Starlette(routes=routes, exception_handlers=handlers))
    body = b"x" * 1_500_000
    how = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    with served(app) as port:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", port), 20) as line:
                line.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n" % (COMMENTS.encode(), how))
                line.sendall(sent)
                answer = b"".join(iter(lambda: line.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 413 ")
            assert b"larger than 64 KiB" in answer


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "identity, gzip"])
def test_a_compressed_request_is_not_unpacked(client: TestClient, encoding: str) -> None:
    answer = client.post(COMMENTS, content=b"x", headers={"Content-Encoding": encoding})
    assert answer.status_code == 415
    assert reached == []


def test_a_request_that_says_it_is_not_compressed_is_taken(client: TestClient) -> None:
    assert client.post(COMMENTS, content=b"x", headers={"Content-Encoding": "identity"}).status_code == 200


def test_a_long_address_is_refused(client: TestClient) -> None:
    assert client.get("/" + "a" * 8000).status_code == 200
    assert client.get("/" + "a" * 8192).status_code == 414
    assert client.get("/?a=" + "a" * 8192).status_code == 414


@pytest.mark.parametrize("sign", ["&", ";"])
def test_hundreds_of_parameters_are_refused(client: TestClient, sign: str) -> None:
    assert client.get("/?" + sign.join(["where=a:b"] * 99)).status_code == 200
    assert client.get("/?" + sign.join(["where=a:b"] * 101)).status_code == 414


def test_a_large_head_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"X-Large": "x" * 31_000}).status_code == 200
    assert client.get("/", headers={"X-Large": "x" * 33_000}).status_code == 431
    assert client.get("/", headers={f"X-{number}": "x" for number in range(120)}).status_code == 431


def test_a_body_that_does_not_come_is_given_up() -> None:
    async def drip() -> AsyncIterator[Message]:
        while True:
            yield {"type": "http.request", "body": b"x", "more_body": True}
            await asyncio.sleep(0.02)

    async def run() -> list[Message]:
        source, sent = drip(), list[Message]()

        async def send(message: Message) -> None:
            sent.append(message)

        handlers: dict[Any, Any] = {HearingError: on_hearing_error}
        app = Starlette(routes=[Route(COMMENTS, read, methods=["POST"])], exception_handlers=handlers)
        scope = {
            "type": "http",
            "method": "POST",
            "path": COMMENTS,
            "query_string": b"",
            "headers": [],
            "server": ("localhost", 80),
        }
        await RequestLimits(app, body_seconds=0.3)(scope, source.__anext__, send)
        return sent

    answer = run_apart(run())
    assert answer[0]["status"] == TooSlow.status == 408
    assert (b"connection", b"close") in answer[0]["headers"]


def test_waiting_for_a_reader_to_leave_is_no_slow_body() -> None:
    async def run() -> Message:
        ends = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            asyncio.get_running_loop().call_later(0.3, ends.set)
            seen.append(await receive())

        seen: list[Message] = []
        first = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            if first:
                return first.pop()
            await ends.wait()
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}

        async def send(_message: Message) -> None:
            raise AssertionError

        await RequestLimits(app, body_seconds=0.1)(scope, receive, send)
        return seen[0]

    assert run_apart(run())["type"] == "http.disconnect"


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        (b"[" * DEEPEST + b"]" * DEEPEST, False),
        (b"[" * (DEEPEST + 1), True),
        (b'{"a":' * 9 + b"1" + b"}" * 9, True),
        (b'{"a": "' + b"[" * 1000 + b'"}', False),
        (b'{"a": "\\"' + b"[" * 1000 + b'"}', False),
        (b'{"a": "\\\\"' + b"[" * 1000 + b"}", True),
        (b'"' + b"\\" * 60_001, False),
        (b"[]" * 30_000, False),
        (b"]" * 10 + b"[" * 5, False),
        (b"", False),
    ],
)
def test_what_is_nested_too_deeply_is_seen_without_parsing_it(text: bytes, deep: bool) -> None:
    assert is_deep(text) is deep
