"""Asking about oneself without JavaScript, and as data: the form, the receipt, the answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from hearing_app.api.kept import KeptAnswers
from hearing_app.api.openapi import description
from hearing_app.deployment import Deployment, record_faults, use
from hearing_app.documents.requests import LABELS
from hearing_app.hearings.requests.answering import Replying, reply
from hearing_app.hearings.requests.asking import LONGEST, LONGEST_AROUND
from hearing_app.hearings.requests.reading import Request, requests_where
from hearing_app.hearings.requests.vocabulary import RequestKind, RequestState
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from tests.api.conftest import Post
from tests.api.problems import fields_of, problem_of
from tests.loops import run_apart

PAGE, MINE, API = (
    "/record/systems/compas/request",
    "/record/my-request",
    "/api/v1/systems/compas/requests",
)
WORDS = "I was told of a zebrawood score.\nBy whom, I ask?"
HOSTILE = '</textarea><script>alert(1)</script>"\u202e'
Fill = Callable[..., Response]


def stored(house: Deployment) -> list[Request]:
    with reading(house.engine) as db:
        return requests_where(db)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return unescape(found.group(1))


@pytest.fixture
def fill(client: TestClient) -> Fill:
    """Open the form and send it as a browser does, with any field changed."""

    def one(**changes: str) -> Response:
        page = client.get(PAGE).text
        fields = {"form": hidden(page, "form"), "draft_id": hidden(page, "draft_id"), "kind": "scored"}
        fields |= {"words": WORDS.replace("\n", "\r\n"), "around": "", "reach": ""} | changes
        return client.post(PAGE, data=fields)

    return one


@pytest.fixture
def ask(client: TestClient) -> Fill:
    """Type a receipt on the page of one's own request."""

    def one(receipt: str, **changes: str) -> Response:
        fields = {"form": hidden(client.get(MINE).text, "form"), "action": "show", "receipt": receipt}
        return client.post(MINE, data=fields | changes)

    return one


def code_of(answer: Response) -> str:
    [code] = set(re.findall(r'class="code">(\d{4} \d{4} \d{4} \d{4})<', answer.text))
    return str(code)


def test_a_request_goes_from_the_form_to_its_answer_and_back(
    client: TestClient, house: Deployment, fill: Fill, ask: Fill, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    form = client.get(PAGE)
    assert form.headers["cache-control"] == "no-store"
    assert "<script" not in form.text
    # The same words of warning as at the other door, before a letter is typed.
    assert "nobody else: no facilitator" in form.text
    sent = fill(kind="review", reach=" at mullein.example ")
    assert (sent.status_code, sent.headers["cache-control"]) == (200, "no-store")
    code = code_of(sent)
    [one] = stored(house)
    # What browsers send for the end of a line is one sign again.
    assert (one.kind, one.words, one.reach) == (RequestKind.REVIEW, WORDS, "at mullein.example")
    waits = ask(code)
    assert "Waits for an answer" in waits.text
    assert "zebrawood" in waits.text
    with writing(house.engine) as db:
        force = Actor(Role.PUBLISHER, "7", entry_of(db, "compas").entry.deployer.agency)
        reply(db, force, one.request_id, Replying("reviewed_kept", "Quillwort.", "Review office"), seen=0)
    assert "Quillwort." in ask(code).text
    refused = ask(code, action="withdraw")
    assert (refused.status_code, stored(house)[0].state) == (422, RequestState.ANSWERED)
    assert "Please tick that you mean it." in refused.text
    gone = ask(code, action="withdraw", sure="yes")
    assert "Withdrawn by its author" in gone.text
    assert stored(house)[0].words == ""
    for text in (gone.text, ask(code).text):
        assert "zebrawood" not in text
        assert "Quillwort" not in text
        assert code not in text.partition("Find it")[2]
        assert "Withdraw my words" not in text
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert not [word for word in ("zebrawood", "mullein", code, code.replace(" ", "")) if word in said]
    with reading(house.engine) as db:
        assert record_faults(house, db) == []


def test_the_same_form_sent_twice_is_one_request(client: TestClient, house: Deployment, fill: Fill) -> None:
    draft_id = new_draft_id()
    first, second = fill(draft_id=draft_id), fill(draft_id=draft_id)
    assert code_of(first) == code_of(second)
    assert len(stored(house)) == 1
    other = fill(draft_id=draft_id, words="Quite other words than before.")
    assert other.status_code == 409
    assert "Quite other words than before." in other.text
    assert code_of(first) not in other.text
    # Each who opens the form gets a number of their own.
    assert hidden(client.get(PAGE).text, "draft_id") != hidden(client.get(PAGE).text, "draft_id")


def test_what_is_refused_stands_at_its_field_and_everything_typed_stays(
    client: TestClient, house: Deployment, fill: Fill
) -> None:
    typed = {"kind": "contest", "words": "Short.", "around": "w" * (LONGEST_AROUND + 3) + HOSTILE}
    answer = fill(**typed, reach=HOSTILE)
    assert (answer.status_code, answer.headers["cache-control"]) == (422, "no-store")
    fields = dict(re.findall(r'<p class="wrong" id="(\w+)-wrong">(.*?)</p>', answer.text))
    assert list(fields) == ["words", "around"]
    assert "10 characters or more" in fields["words"]
    for name in fields:
        assert f'aria-describedby="{name}-hint {name}-wrong" aria-invalid="true"' in answer.text
        assert f'<a href="#{name}">{LABELS[name]}</a>' in answer.text
    assert 'value="contest" required checked' in answer.text
    assert re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL) == ["Short."]
    assert hidden(answer.text, "around") == typed["around"]
    assert hidden(answer.text, "reach") == HOSTILE
    assert "<script" not in answer.text
    assert stored(house) == []
    # Nothing is cut, also of what is far too long.
    long = "ü" * (LONGEST + 500)
    answer = fill(words=long)
    assert "2,500 characters; at most 2,000 fit" in answer.text
    assert f">\n{long}</textarea>" in answer.text
    # A first empty line is not lost by being shown again: a browser takes one away.
    answer = fill(words="\r\n\r\nShort")
    assert ">\n\n\nShort</textarea>" in answer.text
    assert client.get("/record/systems/nothing/request").status_code == 404
    assert fill(kind="shout").status_code == 422
    assert client.post(PAGE, json={"words": WORDS}).status_code == 415


def test_a_form_that_another_site_sends_is_refused(
    client: TestClient, house: Deployment, fill: Fill, ask: Fill
) -> None:
    for token in ("", "0" * 64, "ü"):
        answer = fill(form=token)
        assert (answer.status_code, stored(house)) == (403, [])
        assert "zebrawood" in answer.text
        assert hidden(answer.text, "form") not in {"", "0" * 64}
    code = code_of(fill())
    assert ask(code, form="0" * 64, action="withdraw", sure="yes").status_code == 403
    assert stored(house)[0].words
    client.cookies.clear()
    fields = {"form": "0" * 64, "words": WORDS, "kind": "scored", "draft_id": new_draft_id()}
    assert client.post(PAGE, data=fields).status_code == 403


def test_receipts_are_not_guessed_and_others_are_sent_on(
    client: TestClient, ask: Fill, post: Post, fill: Fill
) -> None:
    assert ask("1234").status_code == 422
    comment = post().json()["receipt"]
    answer = ask(comment)
    assert answer.status_code == 404
    assert "belong to a comment or a report" in answer.text
    codes = [ask("0000 0000 0000 0000").status_code for _ in range(6)]
    assert codes[0] == 404
    assert codes[-1] == 429


def test_a_network_sends_only_so_many(house: Deployment, client: TestClient, fill: Fill) -> None:
    few = replace(house, settings=house.settings.model_copy(update={"comments_in_ten_minutes": 1}))
    use(few)
    assert fill().status_code == 200
    refused = fill(words="Another thing happened to me, too.")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "Another thing happened to me, too." in refused.text
    sent = {"draft_id": new_draft_id(), "kind": "scored", "words": WORDS}
    problem = problem_of(client.post(API, json=sent), 429)
    assert "with the same draft_id" in problem["detail"]
    assert len(stored(house)) == 1


def test_a_request_as_data_has_one_receipt(house: Deployment, client: TestClient, ask: Fill) -> None:
    example = description()["paths"]["/api/v1/systems/{system_id}/requests"]["post"]
    [body] = [part["example"] for part in example["requestBody"]["content"].values()]
    first, second = client.post(API, json=body), client.post(API, json=body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["cache-control"] == "no-store"
    assert second.json() == first.json() | {"repeated": True}
    assert body["words"] in ask(first.json()["receipt"]).text
    [one] = stored(house)
    assert first.json()["due_by"] == one.due_at.date().isoformat()
    assert one.request_id == first.json()["request_id"]
    problem = problem_of(client.post(API, json=body | {"words": "Quite other words, sent later."}), 409)
    assert "under a new draft_id" in problem["detail"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"words": "short", "draft_id": "1"}, ["words", "draft_id"]),
        ({"kind": "shout", "around": "a" * 101, "reach": "r" * 201}, ["kind", "around", "reach"]),
        ({"words": 5, "name": "x"}, ["words", "name"]),
        ({"words": "w" * 70_000}, ["body"]),
        ({"words": [[[[[[[[[]]]]]]]]]}, ["body"]),
    ],
)
def test_faults_of_data_are_named_and_nothing_is_kept(
    house: Deployment, client: TestClient, changes: dict[str, Any], named: list[str]
) -> None:
    sent = {"draft_id": new_draft_id(), "kind": "scored", "words": WORDS} | changes
    assert fields_of(client.post(API, json=sent)) == named
    assert stored(house) == []


def test_an_unknown_system_comes_before_faults(client: TestClient) -> None:
    problem_of(client.post("/api/v1/systems/nothing/requests", json={}), 404)


def test_no_form_is_given_from_memory() -> None:
    asked: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])

    for path in (PAGE, MINE):
        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
        run_apart(KeptAnswers(app)(scope, None, None))  # type: ignore[arg-type]  # nothing is read or sent
    assert asked == [PAGE, MINE]


def test_the_ways_to_it_are_there(client: TestClient) -> None:
    assert f'href="{PAGE}"' in client.get("/record/systems/compas").text
    assert f'href="{MINE}"' in client.get("/record").text
    lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /record/my-request", "Disallow: /record/systems/*/request"} <= set(lines)
