"""Statements and votes as data: open to all, counted after the close, and computed again by a stranger."""

from __future__ import annotations

import csv
import io
from datetime import UTC, timedelta

import pytest
import time_machine
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.voting.casting import Vote, cast, voting_code
from hearing_app.hearings.voting.statements import add
from hearing_app.record.ledger import contents
from hearing_app.store.engine import reading, writing
from hearing_app.voices.opinion_groups import opinion_groups
from hearing_app.voices.vote_table import vote_table
from tests.api.conftest import FACILITATOR, OPEN_HEARING
from tests.api.problems import fields_of
from tests.voices.votes import camps

STATEMENTS = f"/api/v1/hearings/{OPEN_HEARING}/statements"
VOTES = f"/api/v1/hearings/{OPEN_HEARING}/votes"
MINE = "5f0c3b1d9a7e4c268b90d1e2f3a4b5c6"


@pytest.fixture
def three(house: Deployment) -> None:
    with writing(house.engine) as db:
        for number in (1, 2, 3):
            add(db, FACILITATOR, OPEN_HEARING, f"Here stands the statement with number {number}.")


@pytest.mark.usefixtures("three")
def test_a_vote_is_taken_changed_and_not_shown_while_the_hearing_is_open(client: TestClient) -> None:
    first = client.post(VOTES, json={"draft_id": MINE, "statement": 1, "vote": 1})
    assert first.status_code == 200
    changed = client.post(VOTES, json={"draft_id": MINE, "statement": 1, "vote": -1}).json()
    assert changed == {"digits": first.json()["digits"], "votes": {"1": -1}}
    told = client.get(STATEMENTS).json()
    assert (told["voters"], told["votes"], told["results"]) == (1, 1, None)
    assert all("agree" not in one for one in told["statements"])
    assert client.get(f"{VOTES}.csv").status_code == 409
    page = client.get(f"/record/hearings/{OPEN_HEARING}/statements").text
    assert "The results are shown when the hearing has closed" in page


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"statement": 1, "vote": 1}, "draft_id"),
        ({"draft_id": MINE, "statement": 1, "vote": 2}, "vote"),
        ({"draft_id": MINE, "statement": 1, "vote": True}, "vote"),
        ({"draft_id": MINE, "statement": 0, "vote": 1}, "statement"),
        ({"draft_id": MINE, "statement": 1, "vote": 1, "weight": 9}, "weight"),
    ],
)
def test_what_is_no_vote_is_refused_with_its_field(
    client: TestClient, house: Deployment, sent: dict[str, object], field: str
) -> None:
    answer = client.post(VOTES, json=sent)
    assert answer.status_code == 422
    assert field in fields_of(answer)
    with reading(house.engine) as db:
        assert [event for event, _ in contents(db) if event.kind == "vote.cast"] == []


@pytest.mark.usefixtures("three")
def test_a_statement_that_is_not_there(client: TestClient) -> None:
    assert client.post(VOTES, json={"draft_id": MINE, "statement": 99, "vote": 1}).status_code == 404
    assert client.get("/api/v1/hearings/nothing/statements").status_code == 404


def test_after_the_close_a_stranger_finds_the_same_groups(client: TestClient, house: Deployment) -> None:
    with writing(house.engine) as db:
        hearing = hearing_of(db, OPEN_HEARING)
        for number in range(12):
            add(db, FACILITATOR, OPEN_HEARING, f"Here stands the statement with number {number}.")
        for person, number, vote in camps((18, 16), 12, slips=0.02):
            code = voting_code(house.key, OPEN_HEARING, f"{person:032x}")
            cast(db, house.key, Vote(OPEN_HEARING, code, number + 1, vote, is_new=True))
    later = hearing.window[1].astimezone(UTC) + timedelta(days=1)

    with time_machine.travel(later, tick=False):
        told = client.get(STATEMENTS).json()
        rows = list(csv.DictReader(io.StringIO(client.get(f"{VOTES}.csv").text)))
        page = client.get(f"/record/hearings/{OPEN_HEARING}/statements").text
    assert [tuple(row) for row in rows] == [("voter", "statement", "vote")] * len(rows)
    events = [(int(row["voter"]), int(row["statement"]), int(row["vote"])) for row in rows]
    assert events == sorted(events)
    table = vote_table(events)
    groups = opinion_groups(table)
    assert told["results"]["votes_sha256"] == table.sha256
    by_label = [
        [
            person
            for person, label in zip(table.participants, groups.labels.tolist(), strict=True)
            if label == place
        ]
        for place in range(groups.number)
    ]
    assert [one["voters"] for one in told["results"]["groups"]] == by_label
    assert [one["size"] for one in told["results"]["groups"]] == [18, 16]
    assert "Groups that voted alike" in page
    assert "34 people cast" in page
