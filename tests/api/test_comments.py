"""Sending a comment as data: one receipt for one draft, every fault named, nothing trusted."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from hearing_app.api.comments import _Sent
from hearing_app.deployment import Deployment, use
from hearing_app.hearings.comments.comment import comment_by_receipt
from hearing_app.hearings.comments.draft import LIMITS, LONGEST_LINK, LONGEST_TITLE, MOST_LINKS, SHORTEST
from hearing_app.hearings.vocabulary import CommentType, Consent, Stance, Standing, Target
from hearing_app.registry.vocabulary import Term
from hearing_app.settings import PROJECT
from hearing_app.store.engine import reading
from hearing_app.store.tables import comment, ledger
from tests.api.conftest import CLOSED_HEARING, OPEN_HEARING, Post
from tests.api.problems import fields_of, problem_of

MakeBody = Callable[..., dict[str, Any]]
URL = f"/api/v1/hearings/{OPEN_HEARING}/comments"
SEEN = "dataset=compas-broward&by=race&threshold=5&metric=false_positive_rate"


def stored(house: Deployment) -> int:
    with reading(house.engine) as db:
        return int(db.execute(select(func.count()).select_from(comment)).scalar_one())


def test_a_comment_is_answered_with_its_receipt(house: Deployment, post: Post) -> None:
    answer = post(stance="oppose", standing=["lives_in_area"], language_declared="cy")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    receipt = answer.json()
    assert set(receipt) == {"receipt", "comment_id", "submitted_at", "state", "repeated", "proof"}
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", receipt["receipt"])
    assert (receipt["state"], receipt["repeated"]) == ("submitted", False)
    assert receipt["proof"] == f"/api/v1/record/comments/{receipt['comment_id']}/proof"
    with reading(house.engine) as db:
        found = comment_by_receipt(db, house.key, receipt["receipt"])
        events = list(db.execute(select(ledger.c.kind).where(ledger.c.subject.like("comment:%"))).scalars())
    assert found.comment_id == receipt["comment_id"]
    assert (found.stance, found.standing, found.language) == ("oppose", ["lives_in_area"], "cy")
    assert events == ["comment.submitted"]


def test_the_same_draft_again_gives_the_same_receipt_and_one_comment(
    house: Deployment, client: TestClient, body: MakeBody
) -> None:
    sent = body()
    first, second = client.post(URL, json=sent), client.post(URL, json=sent)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json() | {"repeated": True}
    assert stored(house) == 1


def test_the_same_draft_from_many_at_once_is_one_comment(
    house: Deployment, client: TestClient, body: MakeBody
) -> None:
    sent = body()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(URL, json=sent), range(24)))
    assert sorted(answer.status_code for answer in answers) == [200] * 23 + [201]
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    assert stored(house) == 1


def test_words_arrive_exactly(house: Deployment, post: Post) -> None:
    words = "Ünïcode 👩‍👩‍👧‍👦 <b>&amp;</b>\r\n\ttabs, lines\u2028 and =1+1 \u202e are kept."
    receipt = post(concern=words).json()["receipt"]
    with reading(house.engine) as db:
        assert comment_by_receipt(db, house.key, receipt).concern == words


def test_every_fault_is_named_in_one_answer(house: Deployment, post: Post) -> None:
    answer = post(
        concern="x" * 2001,
        ask="y" * 501,
        target="everything",
        stance="angry",
        standing=["affected", "affected", "boss"],
        consent="maybe",
        language_declared="!",
        evidence=[{"url": "javascript:alert(1)"}, {"url": "https://example.org/", "title": "t" * 121}],
        draft_id="short",
    )
    fields = fields_of(answer)
    for field in (
        "concern",
        "ask",
        "target",
        "stance",
        "standing",
        "consent",
        "language_declared",
        "evidence.0",
        "evidence.1",
        "draft_id",
    ):
        assert field in fields
    problems = {fault["field"]: fault for fault in answer.json()["faults"]}
    assert "2,001" in problems["concern"]["problem"]
    assert "shorten it by 1." in problems["concern"]["repair"]
    assert stored(house) == 0


def test_what_is_missing_and_what_is_wrong_is_said_in_one_answer(
    house: Deployment, client: TestClient
) -> None:
    assert fields_of(client.post(URL, json={})) == ["draft_id", "system_id", "system_version", "concern"]
    seen = "dataset=compas-broward&metric=luck"
    sent = {"system_id": 5, "concern": "short", "target": "all", "seen": seen, "other": 1}
    fields = fields_of(client.post(URL, json=sent))
    assert sorted(fields) == sorted(
        ["draft_id", "system_id", "system_version", "concern", "target", "seen.metric", "other"]
    )
    heard = {"draft_id": "0" * 32, "system_id": "predpol", "system_version": "1", "ask": 7}
    assert sorted(fields_of(client.post(URL, json=heard))) == [
        "ask",
        "concern",
        "system_id",
        "system_version",
    ]
    assert stored(house) == 0


def test_an_unknown_hearing_comes_before_faults(client: TestClient) -> None:
    problem_of(client.post("/api/v1/hearings/unknown/comments", json={}), 404)
    problem = problem_of(client.post(f"/api/v1/hearings/{CLOSED_HEARING}/comments", json={}), 409)
    assert "has closed" in problem["detail"]


def test_a_sent_draft_with_other_words_is_a_conflict(
    house: Deployment, client: TestClient, body: MakeBody
) -> None:
    sent = body()
    receipt = client.post(URL, json=sent).json()["receipt"]
    problem = problem_of(client.post(URL, json=sent | {"concern": "Quite other words, sent later."}), 409)
    assert "what arrived first stays. Send new words under a new draft_id." in problem["detail"]
    with reading(house.engine) as db:
        assert comment_by_receipt(db, house.key, receipt).concern == sent["concern"]


def test_figures_of_another_system_are_refused_at_their_field(house: Deployment, post: Post) -> None:
    answer = post(seen=SEEN, system_id="met-live-facial-recognition")
    assert fields_of(answer) == ["seen"]
    assert "The figures are about the system “compas”" in answer.json()["faults"][0]["problem"]
    assert stored(house) == 0


def test_a_name_that_is_to_be_shown_must_be_there(post: Post) -> None:
    assert fields_of(post(consent="text_and_name")) == ["display_name"]


def documented() -> dict[str, str]:
    """The rows of the table of fields in the documentation, by the field's name."""
    section = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8").partition("## Sending a comment")[2]
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", section.partition("\n## ")[0], re.MULTILINE)
    return {name: " ".join(row.split()) for name, row in rows}


@pytest.mark.parametrize(
    ("name", "vocabulary", "default"),
    [
        ("target", Target, "whole_system"),
        ("comment_type", CommentType, "concern"),
        ("stance", Stance, "no_view"),
        ("standing", Standing, ""),
        ("consent", Consent, "text_only"),
    ],
)
def test_the_documentation_names_every_choice(name: str, vocabulary: type[Term], default: str) -> None:
    row = documented()[name]
    assert re.findall(r"`(\w+)`", row.partition("|")[2]) == [str(value) for value in vocabulary]
    assert (f"no; `{default}`" if default else "no") in row.partition("|")[0]
    assert _Sent.model_fields[name].default == (default or [])


def test_the_documentation_names_every_field_and_limit() -> None:
    rows = documented()
    assert list(rows) == list(_Sent.model_fields)
    for name, field in _Sent.model_fields.items():
        assert rows[name].startswith("yes" if field.is_required() else "no"), name
    for name, limit in LIMITS.items():
        assert f"at most {limit:,} characters" in rows[name]
    for words in (f"at most {MOST_LINKS}", f"{LONGEST_LINK} characters", f"{LONGEST_TITLE} characters"):
        assert words in rows["evidence"]
    assert f"at least {SHORTEST} characters" in rows["concern"]


def test_fields_that_do_not_exist_are_refused_each_by_name(house: Deployment, post: Post) -> None:
    fields = fields_of(post(pinned={"figures": []}, state="published", language_detected="en", actor="x"))
    assert set(fields) == {"pinned", "state", "language_detected", "actor"}
    assert stored(house) == 0


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"system_version": "1"}, ["system_version"]),
        ({"system_version": 1.0}, ["system_version"]),
        ({"system_version": True}, ["system_version"]),
        ({"system_version": None}, ["system_version"]),
        ({"system_version": 2}, ["system_version"]),
        ({"system_version": 10**30}, ["system_version"]),
        ({"system_version": -1}, ["system_version"]),
        ({"system_id": "predpol"}, ["system_id"]),
        ({"system_id": ""}, ["system_id"]),
        ({"concern": 5}, ["concern"]),
        ({"concern": None}, ["concern"]),
        ({"concern": ["Words that are in a list, not a text."]}, ["concern"]),
        ({"concern": "Too short."}, ["concern"]),
        ({"concern": "Half a pair \ud800 cannot be kept by anyone."}, ["concern"]),
        ({"concern": "A zero \0 cannot be kept by every database."}, ["concern"]),
        ({"standing": "affected"}, ["standing"]),
        ({"standing": [1]}, ["standing.0"]),
        ({"standing": [["affected"]]}, ["standing.0"]),
        ({"evidence": [{"title": "No address"}]}, ["evidence.0.url"]),
        ({"evidence": [{"url": "https://a.example", "onclick": "x"}]}, ["evidence.0.onclick"]),
        ({"evidence": [{"url": "https://a.example"}] * 6}, ["evidence"]),
        ({"display_name": "Two\nlines"}, ["display_name"]),
        ({"draft_id": "Z" * 32}, ["draft_id"]),
        ({"seen": 5}, ["seen"]),
        ({"seen": "dataset=compas-broward"}, ["seen.metric"]),
        ({"seen": "dataset=compas-broward&metric=luck"}, ["seen.metric"]),
        ({"seen": f"{SEEN}&threshold=99&by=luck"}, ["seen.by", "seen.threshold"]),
        ({"seen": "dataset=unknown&metric=accuracy"}, ["seen.dataset"]),
        ({"seen": "&".join(["by=race"] * 60)}, ["seen"]),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    house: Deployment, client: TestClient, body: MakeBody, changes: dict[str, Any], fields: list[str]
) -> None:
    # Written here, because a client would refuse to send half a pair.
    content = json.dumps(body(**changes)).encode()
    answer = client.post(URL, content=content, headers={"Content-Type": "application/json"})
    assert fields_of(answer) == fields
    assert stored(house) == 0


def test_what_was_seen_is_computed_here_and_never_believed(house: Deployment, post: Post) -> None:
    receipt = post(seen=SEEN).json()["receipt"]
    with reading(house.engine) as db:
        pinned = comment_by_receipt(db, house.key, receipt).pinned
    assert pinned is not None
    assert pinned["version"] == house.catalogue.dataset("compas-broward").version
    figures = {tuple(one["group"].values()): one["value"] for one in pinned["figures"]}
    assert figures[("African-American",)] == 805 / 1795
    assert figures[("Caucasian",)] == 349 / 1488
    assert "about 45" in pinned["sentence"]
    # A figure that is sent along is no parameter, and is refused.
    for lie in ("&value=0.99", "&sentence=All+is+well", "&figures=1", "&version=sha256:0"):
        assert fields_of(post(seen=SEEN + lie)) == [f"seen.{lie[1:].partition('=')[0]}"]
    assert stored(house) == 1


@pytest.fixture
def one_comment(house: Deployment) -> Iterator[Deployment]:
    """The same house, with room for one comment of a network in ten minutes."""
    settings = house.settings.model_copy(update={"comments_in_ten_minutes": 1})
    use(replace(house, settings=settings))
    yield house
    use(house)


def test_who_sends_too_many_is_told_in_words_for_a_program(
    one_comment: Deployment, client: TestClient, body: MakeBody
) -> None:
    assert client.post(URL, json=body()).status_code == 201
    answer = client.post(URL, json=body())
    problem = problem_of(answer, 429)
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= 600
    assert (
        f"Nothing was stored. Send it again after {wait} seconds, with the same draft_id."
        in problem["detail"]
    )
    assert "still" not in problem["detail"]
    assert stored(one_comment) == 1


def test_a_closed_hearing_takes_no_comment(house: Deployment, post: Post) -> None:
    problem = problem_of(post(CLOSED_HEARING, system_id="predpol"), 409)
    assert "has closed" in problem["detail"]
    assert "Nothing was stored." in problem["detail"]
    # A program has no page on which the words still stand.
    assert "page" not in problem["detail"]
    assert stored(house) == 0


def test_a_repeat_after_the_close_still_gives_the_receipt(
    house: Deployment, client: TestClient, body: MakeBody
) -> None:
    sent = body()
    first = client.post(URL, json=sent).json()
    again = client.post(f"/api/v1/hearings/{CLOSED_HEARING}/comments", json=sent)
    assert (again.status_code, again.json()["receipt"]) == (200, first["receipt"])


def test_an_unknown_hearing_takes_no_comment(house: Deployment, post: Post) -> None:
    problem_of(post("unknown"), 404)
    assert stored(house) == 0


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]
)
def test_a_body_that_is_not_declared_as_json_is_refused(
    house: Deployment, client: TestClient, body: MakeBody, kind: str
) -> None:
    # A page of another site can make a browser send these without asking first.
    content = json.dumps(body()).encode()
    assert fields_of(client.post(URL, content=content, headers={"Content-Type": kind})) == ["content-type"]
    assert stored(house) == 0


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_declared_in_every_proper_way(client: TestClient, body: MakeBody, kind: str) -> None:
    content = json.dumps(body()).encode()
    assert client.post(URL, content=content, headers={"Content-Type": kind}).status_code == 201


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"draft_id": NaN',
        b"\xff\xfe\x00",
        b'{"concern": "\xc3\x28"}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"system_version": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_json_is_refused(house: Deployment, client: TestClient, content: bytes) -> None:
    answer = client.post(URL, content=content, headers={"Content-Type": "application/json"})
    assert fields_of(answer) == ["body"]
    assert stored(house) == 0


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"5", b"null", b"{}"])
def test_json_that_is_no_comment_is_refused(client: TestClient, content: bytes) -> None:
    answer = client.post(URL, content=content, headers={"Content-Type": "application/json"})
    assert problem_of(answer, 422)["faults"]


def test_deeply_nested_json_is_refused(house: Deployment, client: TestClient, body: MakeBody) -> None:
    deep = json.dumps(body()).replace(
        '"system_id"', '"standing": ' + "[" * 20_000 + "]" * 20_000 + ', "system_id"'
    )
    answer = client.post(URL, content=deep.encode(), headers={"Content-Type": "application/json"})
    assert problem_of(answer, 422)["faults"]
    assert stored(house) == 0


def test_a_body_of_more_than_64_kib_is_refused(house: Deployment, client: TestClient, body: MakeBody) -> None:
    content = json.dumps(body()).encode()
    exact = content[:-1] + b" " * (64 * 1024 - len(content)) + b"}"
    assert len(exact) == 64 * 1024
    headers = {"Content-Type": "application/json"}
    assert client.post(URL, content=exact, headers=headers).status_code == 201
    one_more = exact.replace(b" }", b"  }")
    answer = client.post(URL, content=one_more, headers=headers)
    assert fields_of(answer) == ["body"]
    assert "64 KiB" in answer.json()["faults"][0]["problem"]

    def endless() -> Any:
        for _ in range(2_000):
            yield b"x" * 1024

    assert fields_of(client.post(URL, content=endless(), headers=headers)) == ["body"]
    assert stored(house) == 1


def test_a_receipt_is_in_no_log(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    receipt = post(concern=f"A word to look for: {secrets.token_hex(4)}").json()["receipt"]
    post(concern="short")
    assert receipt not in caplog.text
    assert "A word to look for" not in caplog.text
