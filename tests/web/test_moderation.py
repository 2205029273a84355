"""The desk's tools, the author's appeal and the public page: two at once, hostile words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Role
from hearing_app.store.engine import writing
from hearing_app.store.tables import comment_hold
from tests.web.reader import HOSTILE, OPEN_HEARING, Decided, Send, SignIn, Stored, Visit

WORDS = "Who checks the scores that judges are shown?"


@pytest.fixture(autouse=True)
def facilitator(visit: Visit, sign_in: SignIn, house: Deployment) -> str:
    return sign_in(Role.FACILITATOR, house).actor.name


def test_several_are_decided_at_once_and_each_result_is_said(
    visit: Visit, send: Send, stored: Stored, decided: Decided
) -> None:
    made = [send(concern=f"This is the comment with number {number}.") for number in range(3)]
    page = visit("desk")
    for one in made:
        page.choose(f"desk_chosen_{one.comment_id}", value=True)
    assert "Several at once: 3 chosen on this page" in page.text
    decided(made[1].comment_id, State.REJECTED)
    page.press("Hold those chosen for review (3)")
    assert page.text.count("Choose a reason first.") == 2
    for one in made[::2]:
        assert stored(one.code).state == "submitted"
        page.choose(f"desk_chosen_{one.comment_id}", value=True)
    page.choose("desk_bulk_reason", "R1").type("desk_bulk_note", HOSTILE[0])
    page.press("Hold those chosen for review (2)")
    assert f"{made[0].comment_id}: It is held back for now." in page.text
    assert [stored(one.code).state for one in made] == ["held", "rejected", "held"]
    assert "Several at once: 0 chosen on this page" in page.text


def test_two_facilitators_see_each_other_and_both_can_decide(
    visit: Visit, send: Send, sign_in: SignIn, house: Deployment, stored: Stored
) -> None:
    made = send()
    mine = visit("desk")
    assert "A colleague has this open" not in mine.text
    sign_in(Role.FACILITATOR, house)
    theirs = visit("desk")
    assert "A colleague has this open since" in theirs.text
    theirs.choose("desk_only", "free")
    assert "No comment is in this list." in theirs.text
    theirs.choose("desk_only", "all").press(f"Publish {made.comment_id}")
    assert stored(made.code).state == "published"
    # The first one presses what they saw: nothing is done twice.
    mine.press(f"Publish {made.comment_id}")
    assert "is published since you opened it" in mine.text


def test_words_are_taken_out_and_put_back(visit: Visit, send: Send) -> None:
    made = send(concern="Officer Jane Roe stood there, and Jane Roe laughed.")
    key = f"step_{made.comment_id}"
    page = visit("desk").press("Take these words out of comment 1")
    assert "These words do not stand there." in page.text
    page.type(f"{key}_words", "Jane Roe").choose(f"{key}_redact_reason", "R2")
    page.press("Take these words out of comment 1").press(f"Publish {made.comment_id}")
    shown = visit("hearing", id=OPEN_HEARING).text
    assert "Officer [name removed] stood there, and Jane Roe laughed." in shown
    author = visit("my_comment").type("my_comment_typed", made.code).press("Find it").text
    assert "What was taken out of your words" in author
    assert "readers see “[name removed]”" in author
    page.type(f"{key}_lift_1_note", "She speaks for the force.")
    page.press("Put the words of 1 back into comment 1")
    assert "Officer Jane Roe stood there" in visit("hearing", id=OPEN_HEARING).text


def test_an_author_appeals_and_another_person_answers(
    visit: Visit, *, send: Send, sign_in: SignIn, house: Deployment, decided: Decided, stored: Stored
) -> None:
    made = send()
    decided(made.comment_id, State.REJECTED, reason="R1")
    author = visit("my_comment").type("my_comment_typed", made.code).press("Find it")
    assert "You can appeal against this decision until" in author.text
    author.press("Send my appeal")
    assert "Say what you have against the decision." in author.text
    author.type("my_appeal_words", f"It is about the scores. {HOSTILE[0]} {HOSTILE[1]}")
    author.press("Send my appeal")
    assert "Your appeal of" in author.text
    assert "not decided yet" in author.text
    page = visit("desk").choose("desk_state", "rejected").choose("desk_only", "appeal")
    assert "It is about the scores. <script>alert(1)</script>" in page.text
    page.press("Overturn the decision on comment 1")
    assert "Say why: its author reads it." in page.text
    page.type(f"step_{made.comment_id}_answer_note", "You are right.")
    page.press("Overturn the decision on comment 1")
    assert stored(made.code).state == "published"
    again = visit("my_comment").type("my_comment_typed", made.code).press("Find it").text
    assert "the decision was overturned. You are right." in again


def test_a_removal_takes_two_people(
    visit: Visit, *, send: Send, sign_in: SignIn, house: Deployment, decided: Decided, stored: Stored
) -> None:
    made = send()
    decided(made.comment_id, State.PUBLISHED)
    key = f"step_{made.comment_id}"
    page = visit("desk").choose("desk_state", "published").choose(f"{key}_removal_reason", "R7")
    page.press("Propose to remove comment 1")
    assert "Name the court or the body whose order it is." in page.text
    page.type(f"{key}_removal_authority", "The county court").press("Propose to remove comment 1")
    assert stored(made.code).state == "held"
    page.press("Remove comment 1, as proposed")
    assert "You proposed this removal, so another person decides on it." in page.text
    sign_in(Role.FACILITATOR, house)
    other = visit("desk").choose("desk_state", "held").choose("desk_only", "removal")
    other.press("Remove comment 1, as proposed")
    assert stored(made.code).state == "rejected"
    assert "(The county court)" in visit("moderation", hearing=OPEN_HEARING).text


def test_no_page_shows_a_comment_as_held_after_its_time(
    visit: Visit, send: Send, house: Deployment, decided: Decided
) -> None:
    made = send()
    decided(made.comment_id, State.HELD, reason="R1")
    author = visit("my_comment").type("my_comment_typed", made.code).press("Find it")
    assert "If nobody has decided by then, it is published." in author.text
    with writing(house.engine) as db:
        earlier = datetime.now(UTC) - timedelta(minutes=1)
        db.execute(update(comment_hold).values(due_at=earlier))
    assert WORDS in visit("hearing", id=OPEN_HEARING).text
    assert "is published" in author.run().text


def test_the_public_page_says_the_rules_and_every_decision(
    visit: Visit, send: Send, decided: Decided, cookies: dict[str, str]
) -> None:
    made = send(stance="oppose")
    decided(made.comment_id, State.REJECTED, reason="R5")
    cookies.clear()
    page = visit("moderation", hearing=OPEN_HEARING)
    for said in (
        "1 comment: 0 published, 0 waiting to be read",
        "100 % (21 to 100) of the 1 that are published or refused",
        "R5 It is advertising",
        "No reasons are: disagreement, rudeness to the police",
        "No comment was read a second time yet.",
        "counted once, when the hearing has closed",
    ):
        assert said in page.text, said
    assert "oppose" not in page.text.lower()
    # An address that names no hearing lets the reader choose one.
    assert f"/moderation?hearing={OPEN_HEARING}" in visit("moderation").bodies
    for wrong in HOSTILE:
        assert "There is no hearing" in visit("moderation", hearing=wrong).text


def test_a_second_reading_hides_what_was_decided(visit: Visit, send: Send, decided: Decided) -> None:
    made = send()
    decided(made.comment_id, State.REJECTED, reason="R5")
    page = visit("desk").press("Fix the seed of the next draw, and publish its hash")
    page.press("Draw the sample with the seed that was fixed")
    text = page.text
    assert WORDS in text
    assert "It is waiting to be read by a facilitator." in text
    assert "It is advertising" not in text.partition("Second readings")[2].partition("Reason, where")[0]
    page.press("I would publish it")
    assert "No comment waits to be read again by you." in page.text
    assert "They agreed on 0" in visit("moderation", hearing=OPEN_HEARING).text
