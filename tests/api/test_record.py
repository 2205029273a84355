"""The state of the service and the ledger as data: anyone can recompute the root."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hearing_app import __version__
from hearing_app.deployment import Deployment
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.bundle import verify_bundle
from hearing_app.record.checkpoint import read_checkpoint
from hearing_app.store.engine import reading, writing
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
    assert client.get(f"/api/v1/record/events?start={2**31 - 1}").json()["events"] == []


@pytest.mark.parametrize("start", ["-1", "x", "", "1.0", "²", str(2**31), "9" * 16, "9" * 5000])
def test_a_start_that_is_no_number_is_refused(client: TestClient, start: str) -> None:
    assert fields_of(client.get("/api/v1/record/events", params={"start": start})) == ["start"]


def test_the_head_is_signed_and_the_checkpoint_is_the_same_text(
    client: TestClient, house: Deployment
) -> None:
    head = client.get("/api/v1/record").json()
    assert head["public_key"] == house.signer.public_key.hex()
    assert head["origin"] == house.signer.origin
    signed = read_checkpoint(head["checkpoint"], house.signer.public_key)
    assert (signed.size, signed.root.hex()) == (head["size"], head["root"])
    answer = client.get("/api/v1/record/checkpoint")
    assert answer.text == head["checkpoint"]
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_every_answer_that_can_be_taken_away_carries_the_checkpoint(
    client: TestClient, house: Deployment
) -> None:
    with reading(house.engine) as db:
        expected = house.checkpoint(db)
    for path in (
        "/api/v1/systems",
        "/api/v1/datasets/compas-broward/counts.csv",
        "/api/v1/datasets/compas-broward/metrics?by=race&format=csv",
        "/api/v1/hearings/demonstration-risk-scores/comments",
        "/feed.atom",
    ):
        header = client.get(path).headers["record-checkpoint"]
        assert base64.b64decode(header, validate=True).decode() == expected
    assert "<pre" in client.get("/record").text
    assert escape(expected.splitlines()[2]) in client.get("/record").text
    assert expected.splitlines()[2] in client.get("/feed.atom").text


def test_an_event_and_a_comment_prove_their_place(client: TestClient, post: Post, tmp_path: Path) -> None:
    comment_id = post().json()["comment_id"]
    proof = client.get(f"/api/v1/record/comments/{comment_id}/proof").json()
    assert proof["event"]["subject"] == f"comment:{comment_id}"
    assert "content" not in proof
    seq = proof["event"]["seq"]
    assert client.get(f"/api/v1/record/events/{seq}/proof").json() == proof
    earlier = client.get("/api/v1/record/events/3/proof", params={"size": 5}).json()
    assert earlier["checkpoint"].splitlines()[1] == "5"
    both = client.get("/api/v1/record/consistency", params={"old": 5, "new": seq + 1}).json()
    assert both["old"] == earlier["checkpoint"]
    assert both["new"] == proof["checkpoint"]
    # A stranger checks them with the program that is offered, and nothing of ours.
    program = tmp_path / "verifier.py"
    program.write_bytes(client.get("/record/verifier.py").content)
    for document in (proof, earlier, both):
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run([sys.executable, "-I", program, file], check=False, timeout=60)
        assert done.returncode == 0


def test_the_whole_record_can_be_fetched_and_holds_only_what_is_public(
    client: TestClient, house: Deployment, post: Post, tmp_path: Path
) -> None:
    shown = post(concern="Words that a facilitator publishes.", stance="oppose").json()["comment_id"]
    waiting = post(concern="Words that nobody has read yet.").json()["comment_id"]
    with writing(house.engine) as db:
        decide(db, Actor(Role.FACILITATOR, "ab"), shown, State.PUBLISHED, seen_state=State.SUBMITTED)
    answer = client.get("/api/v1/record/bundle.jsonl")
    size = client.get("/api/v1/record").json()["size"]
    assert answer.headers["content-disposition"] == f'attachment; filename="record-{size}.jsonl"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    found = verify_bundle(answer.content.splitlines(keepends=True))
    assert (found.events, found.faults) == (size, ())
    assert "Words that a facilitator publishes." in answer.text
    assert "nobody has read" not in answer.text
    assert waiting in answer.text
    assert "oppose" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/record/events/999999/proof", 404),
        ("/api/v1/record/events/3/proof?size=3", 404),
        ("/api/v1/record/events/3/proof?size=x", 422),
        (f"/api/v1/record/events/3/proof?size={2**31}", 422),
        (f"/api/v1/record/consistency?old={2**31}", 422),
        (f"/api/v1/record/consistency?old=1&new={2**31}", 422),
        ("/api/v1/record/events/-1/proof", 404),
        ("/api/v1/record/comments/C-2026-AAAAAAA/proof", 404),
        ("/api/v1/record/comments/compas/proof", 404),
        ("/api/v1/record/consistency", 422),
        ("/api/v1/record/consistency?old=0", 404),
        ("/api/v1/record/consistency?old=999999", 404),
        ("/api/v1/record/consistency?old=3&new=2", 404),
        ("/api/v1/record/consistency?old=" + "9" * 4000, 422),
    ],
)
def test_what_is_not_there_is_refused(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
