"""Public answers from memory: the same as anew, gone with the next event, there when nothing else is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from hearing_app.api import kept
from hearing_app.api.kept import KeptAnswers
from hearing_app.deployment import Deployment
from hearing_app.errors import Unavailable
from hearing_app.record.ledger import append
from hearing_app.store.engine import writing
from tests.loops import run_apart

asked: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def _nothing_asked(house: Deployment) -> None:
    asked.clear()


async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with the number of times that this address was asked for."""
    path = scope["path"]
    asked[path] += 1
    await asyncio.sleep(0.02)
    headers = [(b"content-type", b"text/plain")]
    if path.endswith("cookie"):
        headers.append((b"set-cookie", b"a=b"))
    await send({"type": "http.response.start", "status": 404 if "none" in path else 200, "headers": headers})
    size = kept.LARGEST_KEPT if path.endswith("large") else 1
    for _ in range(3):
        await send({"type": "http.response.body", "body": b"x" * size, "more_body": True})
    await send({"type": "http.response.body", "body": str(asked[path]).encode(), "more_body": False})


async def ask(app: Any, path: str = "/record", **more: Any) -> tuple[int, str]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.start":
            # As the security headers do.
            message["headers"].append((b"x-added", b"1"))

    headers = [(name.encode(), value.encode()) for name, value in more.get("headers", {}).items()]
    scope = {
        "type": "http",
        "method": more.get("method", "GET"),
        "path": path,
        "query_string": more.get("query", b""),
        "headers": headers,
        "server": ("localhost", 80),
    }
    await app(scope, receive, send)
    added = [value for name, value in sent[0]["headers"] if name == b"x-added"]
    assert added == [b"1"]
    return sent[0]["status"], b"".join(one["body"] for one in sent[1:]).decode().strip("x")


def add_event(house: Deployment) -> None:
    with writing(house.engine) as db:
        append(db, actor="test", kind="test.happened", subject="test:1", content={})


def run(work: Callable[[], Any]) -> None:
    run_apart(work())


def test_an_answer_is_kept_until_the_ledger_grows(house: Deployment) -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        assert [await ask(app) for _ in range(4)] == [(200, "1")] * 4
        await asyncio.to_thread(add_event, house)
        assert await ask(app) == (200, "2")
        assert await ask(app) == (200, "2")

    run(work)


def test_pages_change_with_the_clock_but_not_while_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0.0)
    busy = [True]

    async def work() -> None:
        app = KeptAnswers(answer, is_busy=lambda: busy[0])
        assert [await ask(app) for _ in range(2)] == [(200, "1")] * 2
        busy[0] = False
        assert await ask(app) == (200, "2")

    run(work)


def test_a_crowd_that_wants_the_same_makes_it_once() -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        assert set(await asyncio.gather(*(ask(app) for _ in range(100)))) == {(200, "1")}

    run(work)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/desk", {}),
        ("/sign-in", {}),
        ("/record/cookie", {}),
        ("/record/none", {}),
        ("/record", {"method": "HEAD"}),
        ("/record", {"headers": {"cookie": "a=b; hearing_session=abc"}}),
        ("/record", {"headers": {"authorization": "Bearer abc"}}),
        ("/record/large", {}),
    ],
)
def test_what_is_not_for_everybody_is_made_anew(path: str, more: dict[str, Any]) -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        status = 404 if "none" in path else 200
        assert [await ask(app, path, **more) for _ in range(2)] == [(status, "1"), (status, "2")]
        assert app._kept == {}

    run(work)


def test_questions_and_encodings_are_kept_apart() -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        assert await ask(app, query=b"a=1") == (200, "1")
        assert await ask(app, query=b"a=2") == (200, "2")
        assert await ask(app, query=b"a=1", headers={"accept-encoding": "gzip"}) == (200, "3")
        assert await ask(app, query=b"a=1") == (200, "1")

    run(work)


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 5)

    async def work() -> None:
        app = KeptAnswers(answer)
        for number in range(20):
            await ask(app, query=str(number).encode())
        assert len(app._kept) == 5
        assert app._bytes == sum(one.size for one in app._kept.values())
        monkeypatch.setattr(kept, "MOST_BYTES", 8)
        await ask(app, query=b"one more")
        assert app._bytes <= 8

    run(work)


def test_what_is_kept_can_be_read_when_the_record_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> int:
        raise Unavailable("The record could not be read or written (disk).")

    async def work() -> None:
        app = KeptAnswers(answer)
        assert await ask(app) == (200, "1")
        monkeypatch.setattr(kept, "_last_event", unreachable)
        assert await ask(app) == (200, "1")
        assert await ask(app, "/record/other") == (200, "1")

    run(work)


def test_an_answer_that_could_not_be_made_leaves_nobody_waiting() -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(0.01)
        raise ZeroDivisionError

    async def work() -> None:
        app = KeptAnswers(fail)
        outcomes = await asyncio.gather(*(ask(app) for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in outcomes] == [ZeroDivisionError] * 3

    run(work)


def test_a_refusal_of_the_queue_is_shared_and_not_kept(house: Deployment) -> None:
    async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
        asked["refused"] += 1
        await asyncio.sleep(0.02)
        await asyncio.to_thread(add_event, house)
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def work() -> None:
        app = KeptAnswers(refuse)
        assert set(await asyncio.gather(*(ask(app) for _ in range(20)))) == {(503, "")}
        assert asked["refused"] <= 2
        assert app._kept == {}

    run(work)


@pytest.mark.parametrize("header", [{"content-length": "1"}, {"transfer-encoding": "chunked"}])
def test_a_body_that_never_comes_keeps_nobody_waiting(header: dict[str, str]) -> None:
    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await answer(scope, receive, send)

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def nowhere(_message: Message) -> None:
        pass

    async def work() -> None:
        app = KeptAnswers(reading)
        headers = [(name.encode(), value.encode()) for name, value in header.items()]
        scope = {"type": "http", "method": "GET", "path": "/record", "query_string": b"", "headers": headers}
        stuck = asyncio.create_task(app(scope, never, nowhere))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            assert await ask(app) == (200, "1")
        stuck.cancel()
        await asyncio.gather(stuck, return_exceptions=True)

    run(work)


def test_who_takes_a_large_answer_slowly_keeps_nobody_waiting() -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        scope = {"type": "http", "method": "GET", "path": "/record/large", "query_string": b"", "headers": []}

        async def nothing() -> Message:
            raise AssertionError

        async def slowly(_message: Message) -> None:
            await asyncio.Event().wait()

        slow = asyncio.create_task(app(scope, nothing, slowly))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            assert {
                status for status, _ in await asyncio.gather(*(ask(app, "/record/large") for _ in "12"))
            } == {200}
        assert not slow.done()
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)

    run(work)


def test_the_whole_record_is_never_kept() -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        path = "/api/v1/record/bundle.jsonl"
        assert set(await asyncio.gather(*(ask(app, path) for _ in range(3)))) == {(200, "3")}
        assert asked[path] == 3

    run(work)


def test_who_asks_first_and_goes_away_takes_the_answer_from_nobody() -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        first = asyncio.create_task(ask(app))
        others = [asyncio.create_task(ask(app)) for _ in range(5)]
        while not asked["/record"]:
            await asyncio.sleep(0.001)
        first.cancel()
        assert set(await asyncio.gather(*others)) == {(200, "1")}

    run(work)


def test_what_was_withdrawn_is_not_shown_when_the_record_cannot_be_reached(
    house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another page was asked for after the withdrawal, and this one only when the record was gone."""

    def unreachable() -> int:
        raise Unavailable("The record could not be read or written (disk).")

    async def work() -> None:
        app = KeptAnswers(answer)
        assert await ask(app, "/record/a") == (200, "1")
        assert await ask(app, "/record/b") == (200, "1")
        await asyncio.to_thread(add_event, house)
        assert await ask(app, "/record/b") == (200, "2")
        # The memory is free, too.
        assert [key[0] for key in app._kept] == ["/record/b"]
        assert app._bytes == sum(one.size for one in app._kept.values())
        monkeypatch.setattr(kept, "_last_event", unreachable)
        assert await ask(app, "/record/a") == (200, "2")
        assert await ask(app, "/record/b") == (200, "2")
        monkeypatch.setattr(kept, "UNSEEN_SECONDS", 0.0)
        assert await ask(app, "/record/b") == (200, "3")
        assert app._kept == {}

    run(work)


def test_an_answer_that_was_begun_before_an_event_is_not_kept_after_it(house: Deployment) -> None:
    async def work() -> None:
        app = KeptAnswers(answer)
        early = asyncio.create_task(ask(app))
        while not asked["/record"]:
            await asyncio.sleep(0.001)
        await asyncio.to_thread(add_event, house)
        assert await ask(app) == (200, "2")
        assert await early == (200, "1")
        assert [one.version for one in app._kept.values()] == [app._highest]

    run(work)


def test_what_is_made_for_many_knows_nothing_of_who_asked_first() -> None:
    seen: list[dict[bytes, bytes]] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        seen.append(dict(scope["headers"]))
        await answer(scope, receive, send)

    async def work() -> None:
        app = KeptAnswers(look)
        for number, (accepted, packed) in enumerate(
            [
                ("x;q=0.1," * 130 + "gzip", b"identity"),
                ("GZIP", b"gzip"),
                ("br, gzip;q=0.5", b"gzip"),
                ("gzip;q=0", b"identity"),
                ("gzip; q=0.00, br", b"identity"),
                ("gzipped", b"identity"),
                ("", b"identity"),
            ]
        ):
            headers = {"host": "hearing.test", "accept-encoding": accepted, "x-mine": "1", "cookie": "a=b"}
            await ask(app, query=str(number).encode(), headers=headers)
            assert seen[-1] == {b"host": b"hearing.test", b"accept-encoding": packed}

    run(work)


def test_a_refusal_that_is_ones_own_is_not_given_to_others() -> None:
    async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
        asked["refused"] += 1
        status = 429 if asked["refused"] == 1 else 200
        await asyncio.sleep(0.02)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def work() -> None:
        app = KeptAnswers(refuse)
        answers = await asyncio.gather(*(ask(app) for _ in range(4)))
        assert sorted(status for status, _ in answers) == [200, 200, 200, 429]

    run(work)
