"""How a hearing was moderated: the page without scripts, the data, and the log for facilitators."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hearing_app.api.punctual import Punctual
from hearing_app.deployment import Deployment
from hearing_app.documents.exports import as_typed
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.moderation.figures import LOG_COLUMNS
from hearing_app.hearings.moderation.redactions import redact
from hearing_app.hearings.vocabulary import State
from hearing_app.people.cookie import session_cookie
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import writing
from hearing_app.store.tables import comment_hold
from tests.api.conftest import OPEN_HEARING, Post

FAY = Actor(Role.FACILITATOR, "fay")
DATA = f"/api/v1/hearings/{OPEN_HEARING}/moderation"
PAGE = f"/record/hearings/{OPEN_HEARING}/moderation"
LOG = f"/desk/exports/{OPEN_HEARING}-moderation.csv"
HELD = "=HYPERLINK(1) <script>alert(1)</script>"


def refuse(house: Deployment, comment_id: str, to: State = State.REJECTED, note: str = "") -> None:
    with writing(house.engine) as db:
        decide(db, FAY, comment_id, to, seen_state=State.SUBMITTED, reason_id="R1", note=note)


def test_page_and_data_say_the_same(client: TestClient, house: Deployment, post: Post) -> None:
    made = post().json()["comment_id"]
    post()
    refuse(house, made)
    data = client.get(DATA).json()
    assert (data["received"], data["waiting"], data["rejected"]) == (2, 1, 1)
    assert data["rejection_rate"]["value"] == 1
    assert data["by_reason"]["R1"] == {"held": 0, "rejected": 1}
    assert data["rates"] is None
    assert data["second_readings"]["kappa"] == {"value": None, "low": None, "high": None}
    [decision] = data["decisions"]
    assert (decision["comment_id"], decision["act"], decision["reason"]) == (made, "rejected", "R1")
    # By role alone: whose number it was stands in the ledger.
    assert decision["by"] == "facilitator"
    assert client.get(f"/api/v1/record/events/{decision['event']}/proof").status_code == 200
    page = client.get(PAGE)
    assert page.status_code == 200
    assert f"/api/v1/record/events/{decision['event']}/proof" in page.text
    assert "R1 It is not about this system or this hearing" in page.text
    for path in (DATA, PAGE):
        assert client.get(path.replace(OPEN_HEARING, "nothing")).status_code == 404


def test_what_was_taken_out_is_at_no_door(client: TestClient, house: Deployment, post: Post) -> None:
    made = post(concern="Officer Jane Roe stood there.").json()["comment_id"]
    with writing(house.engine) as db:
        decide(db, FAY, made, State.PUBLISHED, seen_state=State.SUBMITTED)
        redact(
            db,
            FAY,
            made,
            field="concern",
            start=8,
            stop=16,
            kind="name",
            reason_id="R2",
            seen_state=State.PUBLISHED,
        )
    doors = (
        f"/api/v1/hearings/{OPEN_HEARING}/comments",
        f"/record/hearings/{OPEN_HEARING}",
        "/api/v1/record/bundle.jsonl",
        f"/api/v1/record/comments/{made}/proof",
        "/feed.atom",
        DATA,
        PAGE,
    )
    for door in doors:
        answer = client.get(door)
        assert answer.status_code == 200, door
        assert "Jane Roe" not in answer.text, door
    assert "[name removed] stood there." in client.get(doors[0]).text
    assert client.get(DATA).json()["redactions"] == {"name": 1}


def test_the_log_is_for_facilitators_and_holds_no_words(
    client: TestClient, house: Deployment, post: Post, session_of: Callable[[Role], str]
) -> None:
    made = post(concern="Some words that nobody else says.").json()["comment_id"]
    refuse(house, made, note=HELD)
    assert client.get(LOG).status_code == 403
    client.cookies.set(session_cookie(is_https=False), session_of(Role.FACILITATOR))
    answer = client.get(LOG)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == LOG_COLUMNS
    assert [(row["act"], row["reason_id"], row["state_before"]) for row in rows] == [
        ("submitted", "", ""),
        ("rejected", "R1", "submitted"),
    ]
    assert rows[1]["note"].startswith("'=")
    assert as_typed(rows[1]["note"]) == HELD
    assert "nobody else says" not in answer.text


def test_a_hold_that_is_over_ends_before_any_answer_about_comments(
    house: Deployment, app: Starlette, post: Post
) -> None:
    made = post().json()["comment_id"]
    refuse(house, made, State.HELD)
    with writing(house.engine) as db:
        db.execute(update(comment_hold).values(due_at=datetime.now(UTC) - timedelta(minutes=1)))
    punctual = Punctual(app)
    with TestClient(punctual, base_url="http://hearing.test") as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get(f"/api/v1/hearings/{OPEN_HEARING}/comments").json()
    assert [one["comment_id"] for one in answer["comments"]] == [made]
    assert asyncio.iscoroutinefunction(punctual.__call__)
