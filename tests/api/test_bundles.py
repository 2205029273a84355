"""The whole record: one file for all who fetch it, and few who do so at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from hearing_app.api import bundles
from hearing_app.api.bundles import MOST_DELIVERIES, bundle_answer, drop_outdated
from hearing_app.deployment import Deployment
from hearing_app.errors import Busy, TooMany
from hearing_app.record.bundle import bundle_lines
from hearing_app.record.ledger import append
from hearing_app.store.engine import writing
from tests.loops import run_apart

PATH = "/api/v1/record/bundle.jsonl"
SCOPE = {"type": "http", "method": "GET", "headers": []}


@pytest.fixture(autouse=True)
def _nothing_held(house: Deployment) -> Iterator[None]:
    bundles._shelf.drop()
    yield
    bundles._shelf.drop()
    assert not bundles._shelf.deliveries


def files_without_a_name() -> int:
    """How many different files this process holds that have no name."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            if "(deleted)" in str(link.readlink()):
                found.add(link.stat().st_ino)
        except OSError:
            continue
    return len(found)


def add_event(house: Deployment) -> None:
    with writing(house.engine) as db:
        append(db, actor="test", kind="test.happened", subject="test:1", content={})


async def nothing() -> Message:
    raise AssertionError


def test_it_is_written_once_and_again_after_an_event(
    client: TestClient, house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def counting(*given: Any) -> Any:
        written.append(1)
        return bundle_lines(*given)

    monkeypatch.setattr(bundles, "bundle_lines", counting)
    first = client.get(PATH).content
    assert client.get(PATH).content == first
    assert len(written) == 1
    add_event(house)
    second = client.get(PATH).content
    assert second != first
    assert len(written) == 2
    assert client.head(PATH).headers["content-length"] == str(len(second))


def test_many_slow_readers_hold_one_file(house: Deployment) -> None:
    before = files_without_a_name()
    deliveries = [bundle_answer(f"n{number}", 1) for number in range(20)]
    assert files_without_a_name() == before + 1

    async def read_all(answer: Callable[..., Any]) -> bytes:
        got: list[bytes] = []

        async def send(message: Message) -> None:
            got.append(message.get("body", b""))

        await answer(SCOPE, nothing, send)
        return b"".join(got)

    # They still get the whole of what they began with when the record has moved on.
    add_event(house)
    drop_outdated()
    assert bundles._shelf.present is None

    async def together() -> set[bytes]:
        return set(await asyncio.gather(*(read_all(one) for one in deliveries)))

    assert len(run_apart(together())) == 1
    assert files_without_a_name() == before


def test_the_file_stays_while_it_is_the_present_state(client: TestClient) -> None:
    client.get(PATH)
    drop_outdated()
    assert bundles._shelf.present is not None


def test_one_network_fetches_two_at_a_time_and_all_not_too_many() -> None:
    async def run() -> None:
        held = [bundle_answer("a", 1), bundle_answer("a", 1)]
        with pytest.raises(TooMany) as refused:
            bundle_answer("a", 1)
        assert refused.value.retry_after > 0
        held.append(bundle_answer("a", 20))
        held += [bundle_answer(f"n{number}", 1) for number in range(MOST_DELIVERIES - 3)]
        with pytest.raises(Busy) as full:
            bundle_answer("z", 1)
        assert full.value.retry_after > 0

        async def unread(_message: Message) -> None:
            await asyncio.Event().wait()

        stuck = [asyncio.create_task(one(SCOPE, nothing, unread)) for one in held]
        await asyncio.sleep(0.05)
        for one in stuck:
            one.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)

    run_apart(run())


def test_who_takes_too_long_loses_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "DELIVERY_SECONDS", 0.05)
    taken: list[Message] = []

    async def slowly(message: Message) -> None:
        taken.append(message)
        await asyncio.sleep(0.02)

    async def run() -> None:
        monkeypatch.setattr(bundles, "_PIECE", 100)
        async with asyncio.timeout(10):
            await bundle_answer("a", 1)(SCOPE, nothing, slowly)

    run_apart(run())
    assert taken[-1]["more_body"] is True
