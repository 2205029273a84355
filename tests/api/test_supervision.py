"""Supervision over the network: as data that its description fits, and as plain pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from hearing_app.api.openapi import description
from hearing_app.deployment import Deployment
from hearing_app.people.permissions import Actor, Role
from hearing_app.registry.entry.evidence import Independence
from hearing_app.registry.supervision.acting import plan, say
from hearing_app.registry.supervision.timeline import Kind
from hearing_app.registry.supervision.vocabulary import Standing, State, Step
from hearing_app.registry.supervision.words import Planned, read_words
from hearing_app.store.engine import writing
from tests.api.problems import problem_of

AUDITOR = Actor(Role.AUDITOR, "au01")
FORCE = Actor(Role.PUBLISHER, "pu01", "broward-county")
NOW = datetime.now(UTC)
START = NOW - timedelta(days=100)


@pytest.fixture
def audit(house: Deployment) -> str:
    """An audit of COMPAS whose report, and whose reply to one finding, are overdue today."""
    planned = read_words(
        Step.PLANNED,
        {
            "system": "compas",
            "version": 1,
            "title": "Are the scores right?",
            "scope": "One year.",
            "body": "County Auditor",
            "independence": "independent",
            "statement": "No ties.",
            "due": (NOW - timedelta(days=10)).date(),
        },
    )
    finding = {"about": "field:purpose", "version": 1, "severity": "minor", "text": "A gap."}
    finding["reply_due"] = (NOW - timedelta(days=50)).date().isoformat()
    remedy = {"finding": 1, "what": "Mend it.", "by": "Chief Judge", "due": (NOW + timedelta(days=9)).date()}
    assert isinstance(planned, Planned)
    with writing(house.engine) as db:
        made = plan(db, AUDITOR, planned, draft_id="a" * 32, at=START)
        for seen, (step, words) in enumerate(
            [(Step.BEGUN, {}), (Step.FINDING, finding), (Step.REMEDY, remedy)], 1
        ):
            said = read_words(step, words)
            say(db, AUDITOR, made.audit_id, said, seen=seen, at=START + timedelta(days=seen))
    return made.audit_id


def described(path: str) -> Any:
    whole = description()
    answer = whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return validator_for({**answer, "components": whole["components"]})


def test_what_is_overdue_is_data(client: TestClient, audit: str) -> None:
    found = client.get("/api/v1/supervision").json()
    described("/api/v1/supervision").validate(found)
    ours = [one for one in found["alarms"] if one["system"] == "compas"]
    assert [(one["kind"], one["standing"], one["days"]) for one in ours] == [
        ("reply", "overdue", -50),
        ("audit", "overdue", -10),
        ("remedy", "due", 9),
    ]
    [short] = found["audits"]
    assert (short["id"], short["state"], short["standing"], short["findings"]) == (
        audit,
        "in_progress",
        "overdue",
        1,
    )


def test_a_systems_supervision_is_data(client: TestClient, audit: str) -> None:
    found = client.get("/api/v1/systems/compas/supervision").json()
    described("/api/v1/systems/{system_id}/supervision").validate(found)
    [whole] = found["audits"]
    assert [one["step"] for one in whole["statements"]] == ["planned", "begun", "finding", "remedy"]
    assert whole["findings"][0]["standing"] == "overdue"
    assert whole["findings"][0]["remedies"][0] == {
        "number": 1,
        "statement": 4,
        "standing": "due",
        "done": None,
    }
    days = [one["day"] for one in found["timeline"] if one["day"]]
    assert days == sorted(days)
    kinds = {one["kind"] for one in found["timeline"]}
    assert {"stage", "version", "audit", "finding", "remedy", "hearing"} <= kinds
    # The event in the ledger is where it says.
    event = whole["statements"][2]["ledger_event"]
    [listed] = client.get(f"/api/v1/record/events?start={event}").json()["events"][:1]
    assert (listed["kind"], listed["subject"]) == ("audit.finding", f"audit:{audit}")
    problem_of(client.get("/api/v1/systems/nothing/supervision"), 404)


def test_the_plain_pages_say_the_same(client: TestClient, audit: str) -> None:
    page = client.get("/record/supervision")
    assert page.status_code == 200
    assert f'href="/record/audits/{audit}"' in page.text
    assert "Overdue by 50 days" in page.text
    one = client.get(f"/record/audits/{audit}")
    assert one.status_code == 200
    assert "Reply overdue since" in one.text
    assert 'href="/record/supervision"' in client.get("/record").text
    for unknown in ("A-2026-0000000", "%3Cscript%3E", "x" * 500):
        assert client.get(f"/record/audits/{unknown}").status_code == 404


def test_the_description_names_every_word_of_the_vocabulary() -> None:
    schemas = description()["components"]["schemas"]
    audit = schemas["AuditInShort"]["properties"]
    for named, vocabulary in (
        (schemas["DatedFact"]["properties"]["kind"], Kind),
        (schemas["DutyStanding"], Standing),
        (schemas["AuditStatement"]["properties"]["step"], Step),
        (audit["state"], State),
        (audit["independence"], Independence),
    ):
        assert sorted(named["enum"]) == sorted(str(term) for term in vocabulary)
