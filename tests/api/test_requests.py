"""Requests seen from outside: figures from ten on, and of a single one nothing at any address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.deployment import Deployment, record_faults
from hearing_app.hearings.requests.answering import Replying, reply
from hearing_app.hearings.requests.asking import Asking, RequestReceipt, lodge
from hearing_app.hearings.requests.erasing import withdraw
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing

SECRETS = ("zebrawood", "thornapple", "mullein", "quillwort")
LONG_AGO = datetime.now(UTC) - timedelta(days=80)


def sent(house: Deployment, at: datetime = LONG_AGO) -> RequestReceipt:
    asking = Asking(
        new_draft_id(),
        "contest",
        "compas",
        1,
        "The zebrawood score.",
        "thornapple week",
        "at mullein.example",
    )
    with writing(house.engine) as db:
        return lodge(db, house.key, asking, at=at)


def answered(house: Deployment, receipt: RequestReceipt, days: int) -> None:
    with writing(house.engine) as db:
        force = Actor(Role.PUBLISHER, "7", entry_of(db, "compas").entry.deployer.agency)
        given = Replying("reviewed_kept", "It stays: quillwort.", "Review office")
        reply(db, force, receipt.request_id, given, seen=0, at=LONG_AGO + timedelta(days=days))


def public(client: TestClient) -> dict[str, str]:
    """Return the text of everything that has an address of its own, or one about the system."""
    paths = {
        one.path.replace("{system_id}", "compas").replace("{agency}", "broward-county")
        for one in ROUTES
        if isinstance(one, Route) and "GET" in (one.methods or ())
    }
    paths = {path for path in paths if "{" not in path}
    assert {"/api/v1/record/events", "/api/v1/record/bundle.jsonl", "/feed.atom"} <= paths
    return {path: client.get(path).text for path in sorted(paths)}


def test_no_address_tells_of_one_request_and_no_file_of_one_that_was_taken_back(
    house: Deployment, client: TestClient
) -> None:
    before = public(client)
    receipt = sent(house)
    answered(house, receipt, 3)
    after = public(client)
    assert not [path for path, text in after.items() for word in SECRETS if word in text]
    # The number stands in the ledger alone; beside it neither the system nor its agency, nor who answered.
    with_number = {path for path, text in after.items() if receipt.request_id in text}
    assert with_number == {"/api/v1/record/events", "/api/v1/record/bundle.jsonl"}
    told = [
        one
        for one in client.get("/api/v1/record/events?limit=1000").json()["events"]
        if one["subject"] == f"request:{receipt.request_id}"
    ]
    assert [(one["kind"], one["actor"]) for one in told] == [
        ("request.lodged", "public"),
        ("request.answered", "publisher"),
    ]
    for path, text in after.items():
        for word in ("contest", "compas", "broward-county"):
            if path in with_number:
                assert text.count(word) == before[path].count(word), (path, word)
    withdraw(house.engine, house.key, receipt.code)
    held = [
        file.name
        for file in house.settings.data.rglob("*")
        for word in SECRETS
        if file.is_file() and word.encode() in file.read_bytes()
    ]
    assert held == []
    with reading(house.engine) as db:
        assert record_faults(house, db) == []


def test_the_figures_are_shown_from_ten_on(house: Deployment, client: TestClient) -> None:
    receipts = [sent(house) for _ in range(9)]
    assert client.get("/api/v1/rights").json()["agencies"] == []
    assert "Broward" not in client.get("/record/rights").text
    receipts += [sent(house) for _ in range(4)]
    for receipt, days in zip(receipts[:6], (1, 2, 3, 4, 9, 40), strict=True):
        answered(house, receipt, days)
    [found] = client.get("/api/v1/rights").json()["agencies"]
    assert {name: value for name, value in found.items() if name not in {"agency", "name"}} == {
        "counted": 10,
        "in_time_at_least": 5,
        "in_time_at_most": 5,
        "median_weeks": None,
    }
    page = client.get("/record/rights")
    assert page.status_code == 200
    assert "Broward County" in page.text


@pytest.mark.parametrize("line", ["Disallow: /request"])
def test_search_engines_are_kept_out(client: TestClient, line: str) -> None:
    assert line in client.get("/robots.txt").text.splitlines()
