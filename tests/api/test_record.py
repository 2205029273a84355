"""The state of the service and the ledger as data: anyone can recompute the root."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from starlette.testclient import TestClient

from hearing_app import __version__
from hearing_app.deployment import Deployment
from tests.api.conftest import Post
from tests.api.problems import fields_of


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there: slow, and apart from the program's own."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def leaf_of(event: dict[str, Any]) -> bytes:
    entry = {name: event[name] for name in ("actor", "at", "commitment", "kind", "seq", "subject")}
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(b"\x00" + text.encode()).digest()


def test_health_says_that_the_record_can_be_read(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": __version__})
    assert answer.headers["cache-control"] == "no-store"


def test_health_fails_when_the_record_is_gone(client: TestClient, house: Deployment) -> None:
    house.engine.dispose()
    file = house.settings.data / "hearing.sqlite"
    file.rename(file.with_suffix(".gone"))
    file.mkdir()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    file.rmdir()


def test_a_stranger_can_recompute_every_leaf_and_the_root(client: TestClient, post: Post) -> None:
    before = client.get("/api/v1/record").json()["size"]
    for _ in range(3):
        post(consent="facilitators_only")
    head = client.get("/api/v1/record").json()
    events = client.get("/api/v1/record/events").json()["events"]
    assert head["size"] == len(events) == before + 6
    assert [event["seq"] for event in events] == list(range(before + 6))
    for event in events:
        assert set(event) == {"seq", "at", "kind", "subject", "actor", "commitment", "leaf_hash"}
        assert leaf_of(event).hex() == event["leaf_hash"]
    assert root_of([bytes.fromhex(event["leaf_hash"]) for event in events]).hex() == head["root"]


def test_events_hold_no_words(client: TestClient, published: Callable[..., str]) -> None:
    published(concern="Zebras are not in the ledger's public events.", display_name="Zed")
    text = client.get("/api/v1/record/events").text
    assert "Zebra" not in text
    assert "Zed" not in text
    assert [e["kind"] for e in json.loads(text)["events"]][-2:] == ["comment.submitted", "comment.published"]


def test_events_are_listed_from_a_number_on(client: TestClient) -> None:
    size = client.get("/api/v1/record").json()["size"]
    found = client.get("/api/v1/record/events?start=10").json()
    assert (found["start"], [event["seq"] for event in found["events"]]) == (10, list(range(10, size)))
    assert client.get("/api/v1/record/events?start=999999999999999").json()["events"] == []


@pytest.mark.parametrize("start", ["-1", "x", "", "1.0", "²", "9" * 16, "9" * 5000])
def test_a_start_that_is_no_number_is_refused(client: TestClient, start: str) -> None:
    assert fields_of(client.get("/api/v1/record/events", params={"start": start})) == ["start"]
