"""From the queue to the answer: who answers, what is shown beside the box, and what everybody reads then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.hearings.answers.answering import Answering, give
from hearing_app.hearings.answers.reading import answers_of, waits_of
from hearing_app.hearings.comments.comment import Receipt
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.receipt_feed import token_for
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.web.reader import HOSTILE, Announce, Decided, Send, SignIn, Stored, Visit

Ask = Callable[..., Receipt]
Publisher = Callable[[], None]
AGENCY, TEXT = "broward-county", "A clerk checks ten of them every month and says in public what came of it."


@pytest.fixture
def publisher(house: Deployment, sign_in: SignIn) -> Publisher:
    """Give this test's browser the session of a publisher of the agency."""

    def one() -> None:
        member = sign_in(Role.PUBLISHER, house)
        with writing(house.engine) as db:
            of_theirs = update(account).where(account.c.account_id == member.account_id)
            db.execute(of_theirs.values(agency=AGENCY))

    return one


@pytest.fixture
def question(announce: Announce, send: Send, decided: Decided, stored: Stored) -> Ask:
    """Send a comment to a hearing in the town hall, and publish it."""
    announce(-5, 5)

    def one(**changes: Any) -> Receipt:
        receipt = send(**({"hearing_id": "town-hall", "comment_type": "question"} | changes))
        decided(receipt.comment_id, State.PUBLISHED, seen=State(stored(receipt.code).state))
        return receipt

    return one


def test_a_question_goes_from_the_queue_to_its_author(
    house: Deployment, visit: Visit, question: Ask, publisher: Publisher
) -> None:
    pinned = {"query": "dataset=compas-broward", "version": "sha256:" + "a" * 64, "sentence": "45 of 100."}
    words = f"Who checks the scores? {HOSTILE[0]} {HOSTILE[1]}"
    first = question(concern=words, pinned=pinned, target="metric")
    second = question(concern="How often is this checked?", pinned=pinned, target="metric")
    assert "Waits for an answer of" in visit("hearing", id="town-hall").text
    assert "This page is for those who answer" in visit("answer").text
    publisher()
    page = visit("answer")
    assert "2 comments wait for an answer" in page.text
    # The words, the figures and the version stand beside the box.
    chosen = page.value("answering_comments")
    assert "entry version 1" in page.text
    assert "45 of 100." in page.text
    page = page.press("Add those that look alike, or are about the same part (1)")
    assert set(page.value("answering_comments")) == {first.comment_id, second.comment_id} > set(chosen)
    page = page.press("Look at it")
    assert "It cannot be published like this yet." in page.text
    # No outcome stands there before one is chosen: an answer speaks for the agency.
    assert "Nothing is chosen." in page.text
    page = page.choose("answering_kind", "accepted").type("answering_text", TEXT).press("Look at it")
    assert "As everybody will read it" in page.text
    # Another text than the one that was looked at is looked at first.
    assert "As everybody will read it" not in page.type("answering_text", TEXT + " So.").run().text
    page = page.press("Look at it").choose("answering_sure", True).press("Publish the answer")
    assert "Everybody reads it now." in page.text
    with reading(house.engine) as db:
        [given] = answers_of(db, "town-hall")
    assert (given.text, set(given.comment_ids)) == (TEXT + " So.", {first.comment_id, second.comment_id})
    public = visit("hearing", id="town-hall")
    assert public.text.count(TEXT) == 2
    assert "Asked" in visit("answers").text
    assert TEXT in visit("answers", agency=AGENCY).text
    assert TEXT in visit("answers", hearing="town-hall").text
    mine = visit("my_comment").type("my_comment_typed", first.code).press("Find it")
    assert TEXT in mine.text
    assert f"/follow/{token_for(house.key, first.comment_id, first.code)}" in mine.bodies


def test_a_draft_is_there_again_and_who_comes_second_is_told(
    house: Deployment, visit: Visit, question: Ask, publisher: Publisher
) -> None:
    number = question().comment_id
    publisher()
    page = visit("answer").type("answering_text", TEXT).press("Keep as a draft")
    page = visit("answer")
    assert page.value("answering_text") == TEXT
    assert page.value("answering_kind") is None
    page = page.choose("answering_kind", "accepted").press("Look at it").choose("answering_sure", True)
    with writing(house.engine) as db:
        other = Answering("accepted", "Somebody else was faster.", (number,))
        give(db, Actor(Role.PUBLISHER, "eve", AGENCY), "town-hall", other, seen={number: 0})
    page = page.press("Publish the answer")
    assert "answered since you opened" in page.text
    assert page.value("answering_text") == TEXT
    with reading(house.engine) as db:
        [wait] = waits_of(db, hearing_of(db, "town-hall"))
    assert [one.text for one in wait.answers] == ["Somebody else was faster."]


def test_a_facilitator_marks_and_enters_what_came_on_paper(
    house: Deployment, visit: Visit, question: Ask, sign_in: SignIn
) -> None:
    number = question(comment_type="concern", ask="Publish the report.").comment_id
    sign_in(Role.FACILITATOR, house)
    page = visit("answer").choose("answer_hearing", "town-hall").choose("asking_comments", [number])
    page = page.press("Ask for an answer")
    assert "Nothing was marked yet." in page.text
    page = page.type("asking_heading", "Publishing the yearly report").press("Ask for an answer")
    assert "1 comment waits for an answer" in page.text
    assert "On which day did the letter come?" in page.text
    assert (
        "Asked together with like comments: Publishing the yearly report"
        in visit("hearing", id="town-hall").text
    )


def test_without_anything_asked_it_says_so(visit_empty: Visit) -> None:
    assert "No agency has been asked anything yet." in visit_empty("answers").text
