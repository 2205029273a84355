"""The queue before the routes: order, places, shares, and that a slot is always given back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from hearing_app.api.gate import Gate, Room, Size
from hearing_app.deployment import Deployment
from hearing_app.errors import Busy
from hearing_app.store.patience import seconds_allowed
from tests.loops import run_apart

SMALL = Size(at_once=2, waiting=3, of_one_network=2, seconds=0.2)
WIDE = Size(at_once=1, waiting=100, of_one_network=100, seconds=5)


def test_who_came_first_is_served_first() -> None:
    async def run() -> list[int]:
        room, served = Room(WIDE), list[int]()

        async def one(number: int) -> None:
            await room.enter()
            served.append(number)
            await asyncio.sleep(0)
            room.leave()

        await asyncio.gather(*(one(number) for number in range(50)))
        assert (room.working, room.waiting) == (0, 0)
        return served

    assert run_apart(run()) == list(range(50))


def test_never_more_work_at_once_than_there_are_slots() -> None:
    async def run() -> int:
        room, most = Room(Size(3, 100, 100, 5)), 0

        async def one() -> None:
            nonlocal most
            await room.enter()
            most = max(most, room.working)
            await asyncio.sleep(0.001)
            room.leave()

        await asyncio.gather(*(one() for _ in range(60)))
        assert room.working == 0
        return most

    assert run_apart(run()) == 3


def test_a_full_queue_and_a_long_wait_end_with_a_place() -> None:
    async def run() -> None:
        room = Room(SMALL)
        await room.enter("a")
        await room.enter("a")
        waiting = [asyncio.create_task(room.enter(network)) for network in "aab"]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="number 4 in the queue") as caught:
            await room.enter("c")
        assert (caught.value.place, caught.value.retry_after, caught.value.status) == (4, 1, 503)
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert [one.place for one in outcomes if isinstance(one, Busy)] == [1, 1, 1]
        assert (room.working, room.waiting) == (2, 0)
        room.leave()
        room.leave()
        assert room.working == 0
        await room.enter("a")

    run_apart(run())


def test_one_network_cannot_fill_the_queue() -> None:
    async def run() -> None:
        room = Room(SMALL)
        await room.enter()
        await room.enter()
        first = [asyncio.create_task(room.enter("a")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await room.enter("a")
        other = asyncio.create_task(room.enter("b"))
        await asyncio.sleep(0)
        assert room.waiting == 3
        for _ in range(3):
            room.leave()
        await asyncio.gather(*first, other)

    run_apart(run())


def test_who_gives_up_keeps_no_slot() -> None:
    async def run() -> None:
        room = Room(Size(1, 10, 10, 5))
        await room.enter()
        gone, next_one = asyncio.create_task(room.enter()), asyncio.create_task(room.enter())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        room.leave()
        await next_one
        # Given and given up at the same moment.
        late = asyncio.create_task(room.enter())
        await asyncio.sleep(0)
        room.leave()
        late.cancel()
        await asyncio.gather(late, return_exceptions=True)
        assert (room.working, room.waiting) == (0, 0)

    run_apart(run())


Ask = Callable[..., Coroutine[Any, Any, list[Message]]]


def asking(app: Any) -> Ask:
    async def ask(path: str = "/api/v1/x", method: str = "GET", body: bytes = b"") -> list[Message]:
        sent: list[Message] = []
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return parts.pop(0) if parts else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [],
            "client": ("203.0.113.7", 1),
            "server": ("localhost", 80),
        }
        await app(scope, receive, send)
        return sent

    return ask


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    read = await receive()
    await asyncio.sleep(0.05)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": read["body"]})


@pytest.mark.usefixtures("house")
def test_readers_do_not_keep_a_comment_out() -> None:
    async def run() -> None:
        reading, writing = Room(Size(1, 0, 0, 1)), Room(Size(1, 0, 0, 1))
        ask = asking(Gate(slow, reading=reading, writing=writing))
        first = asyncio.create_task(ask())
        await asyncio.sleep(0.01)
        refused = await ask()
        assert refused[0]["status"] == 503
        assert (b"retry-after", b"1") in refused[0]["headers"]
        assert b"You would be number 1 in the queue" in refused[1]["body"]
        assert b"keep your words" in refused[1]["body"]
        sent = await ask(method="POST", body=b"words")
        assert (sent[0]["status"], sent[1]["body"]) == (200, b"words")
        # Whoever watches the service is not kept waiting by those who use it.
        assert (await ask("/healthz"))[0]["status"] == 200
        assert (await first)[0]["status"] == 200
        assert reading.working == writing.working == 0

    run_apart(run())


@pytest.mark.usefixtures("house")
def test_a_slow_sender_and_a_slow_reader_hold_no_slot() -> None:
    async def run() -> None:
        room = Room(Size(1, 0, 0, 1))
        gate = Gate(slow, reading=room, writing=room)
        scope = {"type": "http", "method": "POST", "path": "/x", "query_string": b"", "headers": []}
        never = asyncio.Event()

        async def dripping() -> Message:
            await never.wait()
            return {}

        async def unread(message: Message) -> None:
            if message["type"] == "http.response.body":
                await never.wait()

        async def whole() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def ignored(_message: Message) -> None:
            pass

        stuck = [asyncio.create_task(gate(scope, dripping, ignored)) for _ in range(5)]
        stuck += [asyncio.create_task(gate(scope, whole, unread))]
        await asyncio.sleep(0.2)
        assert room.working == 0
        assert (await asking(gate)())[0]["status"] == 200
        for one in stuck:
            one.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        assert room.working == 0

    run_apart(run())


@pytest.mark.usefixtures("house")
def test_a_route_that_fails_gives_its_slot_back() -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError

    async def run() -> int:
        room = Room(SMALL)
        ask = asking(Gate(fail, reading=room, writing=room))
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                await ask()
        return room.working

    assert run_apart(run()) == 0


def test_questions_are_limited_in_time_and_whole_files_are_not(house: Deployment) -> None:
    async def run() -> list[float | None]:
        allowed: list[float | None] = []

        async def look(_scope: Scope, _receive: Receive, _send: Send) -> None:
            allowed.append(seconds_allowed())

        ask = asking(Gate(look, reading=Room(SMALL), writing=Room(SMALL)))
        for path in ("/api/v1/systems", "/record", "/api/v1/record/bundle.jsonl", "/desk/exports/x.csv"):
            await ask(path)
        return allowed

    limit = house.settings.query_seconds
    assert run_apart(run()) == [limit, limit, None, None]


@pytest.mark.usefixtures("house")
def test_who_fetches_the_whole_record_takes_no_slot_from_readers() -> None:
    async def run() -> None:
        reading, bundles = Room(Size(1, 0, 0, 1)), Room(Size(1, 5, 1, 1))
        ask = asking(Gate(slow, reading=reading, writing=Room(SMALL), bundles=bundles))
        path = "/api/v1/record/bundle.jsonl"
        whole = [asyncio.create_task(ask(path)) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert (reading.working, bundles.working, bundles.waiting) == (0, 1, 1)
        assert (await ask("/record"))[0]["status"] == 200
        # One network waits with one alone, and that refusal is its own.
        assert sorted([(await one)[0]["status"] for one in whole]) == [200, 200, 429]

    run_apart(run())
