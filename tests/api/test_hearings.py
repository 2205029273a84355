"""Hearings and published comments as data: nothing that its author did not let be published."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.hearings.agenda.slots import book, set_slots
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.comments.identity import confirm
from hearing_app.hearings.hearing import hearing_of, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION
from hearing_app.store.engine import writing
from tests.api.conftest import FACILITATOR, OPEN_HEARING, Post
from tests.api.problems import fields_of, problem_of

COMMENTS = f"/api/v1/hearings/{OPEN_HEARING}/comments"
PUBLIC_FIELDS = {
    "identity_basis",
    "identity_seen",
    "target_detail",
    "comment_id",
    "system_id",
    "system_version",
    "target",
    "comment_type",
    "concern",
    "value_seen",
    "ask",
    "name",
    "language",
    "evidence",
    "pinned",
    "submitted_on",
}


def test_every_hearing_is_listed_open_ones_first(client: TestClient) -> None:
    listed = client.get("/api/v1/hearings").json()["hearings"]
    assert [(one["id"], one["phase"]) for one in listed] == [
        ("demonstration-risk-scores", "open"),
        ("demonstration-predictive-policing", "closed"),
    ]
    assert all(one["demonstration"] for one in listed)
    assert all(one["opens_at"] < one["closes_at"] for one in listed)
    assert "open_for_days" not in listed[0]


def test_a_hearing_counts_its_comments_by_state(client: TestClient, house: Deployment, post: Post) -> None:
    sent = [post().json() for _ in range(4)]
    kept = post(consent="facilitators_only").json()
    moves = [(sent[0], State.PUBLISHED, ""), (sent[1], State.REJECTED, "R5"), (sent[2], State.HELD, "R2")]
    with writing(house.engine) as db:
        for one, to, reason in moves:
            decide(db, FACILITATOR, one["comment_id"], to, seen_state=State.SUBMITTED, reason_id=reason)
    withdraw(house.engine, house.key, sent[2]["receipt"])
    assert kept["state"] == "held"
    found = client.get(f"/api/v1/hearings/{OPEN_HEARING}").json()
    assert found["comments"] == {
        "received": 5,
        "waiting": 1,
        "published": 1,
        "held": 1,
        "rejected": 1,
        "withdrawn": 1,
    }
    assert found["opinions"] == {
        "people": 0,
        "stance": dict.fromkeys(found["opinions"]["stance"]),
        "standing": dict.fromkeys(found["opinions"]["standing"]),
    }


def test_only_published_comments_are_given_with_public_fields(
    client: TestClient, published: Callable[..., str], post: Post
) -> None:
    post(concern="This one waits to be read by somebody.")
    post(concern="This one is for facilitators alone.", consent="facilitators_only")
    comment_id = published(
        concern="This one <b>is</b> published as it was typed.",
        display_name="Ann Author",
        stance="oppose",
        standing=["affected"],
        language_declared="en",
        evidence=[{"url": "https://example.org/", "title": "A report"}],
    )
    answer = client.get(COMMENTS)
    found = answer.json()
    assert (found["hearing"], found["total"]) == (OPEN_HEARING, 1)
    (one,) = found["comments"]
    assert set(one) == PUBLIC_FIELDS
    assert one["comment_id"] == comment_id
    assert one["concern"] == "This one <b>is</b> published as it was typed."
    assert one["name"] == "No name given"
    assert one["evidence"] == [{"url": "https://example.org/", "title": "A report"}]
    assert "waits" not in answer.text
    assert "facilitators alone" not in answer.text


def test_stance_standing_and_receipts_are_in_no_public_answer(
    client: TestClient, published: Callable[..., str], post: Post
) -> None:
    receipts = [post(display_name="Zed Author", stance="support").json()["receipt"] for _ in range(2)]
    published(display_name="Zed Author", stance="oppose", standing=["affected", "officer_or_staff"])
    system = "/record/systems/compas"
    pages = [
        COMMENTS,
        f"/api/v1/hearings/{OPEN_HEARING}",
        "/api/v1/hearings",
        "/api/v1/record/events",
        f"/record/hearings/{OPEN_HEARING}",
        "/record",
        "/feed.atom",
        system,
    ]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200
        for receipt in receipts:
            assert receipt not in answer.text
            assert receipt.replace(" ", "") not in answer.text
        assert "Zed Author" not in answer.text
        if answer.headers["content-type"] == "application/json":
            _assert_no_choice(answer.json())


def _assert_no_choice(found: object) -> None:
    """Views may stand in an answer as the names of counts alone."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name == "opinions":
                assert value["people"] == 0
                assert set(value["stance"].values()) == set(value["standing"].values()) == {None}
            else:
                assert name not in {"stance", "standing", "display_name", "consent", "decided_by"}
                _assert_no_choice(value)
    elif isinstance(found, list):
        for value in found:
            _assert_no_choice(value)
    else:
        assert found not in {"oppose", "affected", "officer_or_staff"}


def test_views_appear_as_counts_once_the_hearing_has_closed(
    client: TestClient, house: Deployment, post: Post
) -> None:
    sent = [post(stance="oppose", standing=["researcher"]).json() for _ in range(22)]
    address = f"/api/v1/hearings/{OPEN_HEARING}"
    assert client.get(address).json()["opinions"]["people"] == 0
    ended = datetime.now(UTC) - timedelta(minutes=2)
    with writing(house.engine) as db:
        closed = hearing_of(db, OPEN_HEARING).model_copy(
            update={"opens_at": ended - timedelta(days=2), "closes_at": ended}
        )
        publish_hearing(db, COMPILATION, closed, note="It closes early.")
    found = client.get(address).json()["opinions"]
    assert (found["people"], found["stance"]["oppose"], found["standing"]["researcher"]) == (22, 20, 20)
    assert set(found["stance"].values()) == set(found["standing"].values()) == {20, None}
    withdraw(house.engine, house.key, sent[0]["receipt"])
    assert client.get(address).json()["opinions"] == found


def test_the_speaking_order_stands_in_the_data_and_on_the_permanent_page(
    client: TestClient, house: Deployment, published: Callable[..., str], post: Post
) -> None:
    address, page = f"/api/v1/hearings/{OPEN_HEARING}", f"/record/hearings/{OPEN_HEARING}"
    assert client.get(address).json()["slots"] == []
    assert "Speaking order" not in client.get(page).text
    named = published(display_name="Ann Author", consent="text_and_name")
    sent = post(display_name="Zed Author").json()
    with writing(house.engine) as db:
        decide(db, FACILITATOR, sent["comment_id"], State.PUBLISHED, seen_state=State.SUBMITTED)
        set_slots(db, FACILITATOR, OPEN_HEARING, 3, 4)
        book(db, FACILITATOR, OPEN_HEARING, 2, named)
        book(db, FACILITATOR, OPEN_HEARING, 3, sent["comment_id"])
    nobody = {"comment_id": None, "name": None}
    first, second, third = (
        {"number": 1, "minutes": 4, **nobody},
        {"number": 2, "minutes": 4, "comment_id": named, "name": "Ann Author"},
        {"number": 3, "minutes": 4, "comment_id": sent["comment_id"], "name": "No name given"},
    )
    assert client.get(address).json()["slots"] == [first, second, third]
    text = client.get(page).text
    assert text.index("Speaking order") < text.index("Comments so far")
    assert f'Ann Author</bdi> · <span class="comment-number"><a href="{page}#{named}">' in text
    assert "Zed Author" not in text
    withdraw(house.engine, house.key, sent["receipt"])
    assert client.get(address).json()["slots"] == [first, second, third | nobody]
    assert sent["comment_id"] not in client.get(page).text


def test_a_name_is_given_by_consent_alone(client: TestClient, published: Callable[..., str]) -> None:
    published(display_name="Ann Author", consent="text_and_name")
    assert client.get(COMMENTS).json()["comments"][0]["name"] == "Ann Author"


def test_comments_come_in_pages_newest_first(client: TestClient, published: Callable[..., str]) -> None:
    sent = [published() for _ in range(5)]
    everything = [one["comment_id"] for one in client.get(COMMENTS).json()["comments"]]
    assert everything == sent[::-1]
    pages = [client.get(f"{COMMENTS}?limit=2&offset={offset}").json() for offset in (0, 2, 4, 6)]
    assert [len(page["comments"]) for page in pages] == [2, 2, 1, 0]
    assert [one["comment_id"] for page in pages for one in page["comments"]] == everything
    assert {page["total"] for page in pages} == {5}
    assert len(client.get(f"{COMMENTS}?limit=500").json()["comments"]) == 5


@pytest.mark.parametrize("value", ["0", "-1", "501", "ten", "1.5", "", "٣", "1e2", "9" * 5000, "+1", " 1"])
def test_a_limit_that_does_not_fit_is_refused(client: TestClient, value: str) -> None:
    assert fields_of(client.get(COMMENTS, params={"limit": value})) == ["limit"]


@pytest.mark.parametrize("value", ["-1", "1000000001", "x", "9" * 5000])
def test_an_offset_that_does_not_fit_is_refused(client: TestClient, value: str) -> None:
    assert fields_of(client.get(COMMENTS, params={"offset": value})) == ["offset"]


@pytest.mark.parametrize("path", ["/api/v1/hearings/unknown", "/api/v1/hearings/unknown/comments"])
def test_an_unknown_hearing_is_a_problem_with_404(client: TestClient, path: str) -> None:
    assert "unknown" in problem_of(client.get(path), 404)["detail"]


def test_pinned_figures_are_given_with_the_comment(client: TestClient, published: Callable[..., str]) -> None:
    published(seen="dataset=compas-broward&by=race&threshold=5&metric=false_positive_rate")
    pinned = client.get(COMMENTS).json()["comments"][0]["pinned"]
    figures = {json.dumps(one["group"]): one["value"] for one in pinned["figures"]}
    assert figures['{"race": "African-American"}'] == 805 / 1795
    assert "about 45" in pinned["sentence"]


def test_what_was_seen_of_an_author_stands_beside_the_comment(
    client: TestClient, house: Deployment, published: Callable[..., str]
) -> None:
    number, other = published(), published()
    with writing(house.engine) as db:
        confirm(db, FACILITATOR, number, "called_back")
    listed = {one["comment_id"]: one for one in client.get(COMMENTS).json()["comments"]}
    said = {name: (one["identity_basis"], one["identity_seen"]) for name, one in listed.items()}
    assert said == {number: ("organisation_confirmed", "called_back"), other: ("none", None)}
    page = client.get(f"/record/hearings/{OPEN_HEARING}").text
    assert page.count("An organisation, confirmed by the facilitators on") == 1
