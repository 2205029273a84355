"""Checking and sending: what was shown is what is stored, once."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from hearing_app.deployment import Deployment
from hearing_app.evidence.pin import pin_of_query
from hearing_app.evidence.releases import short_release
from hearing_app.hearings.comments.comment import Comment, submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.lists import tally
from hearing_app.hearings.hearing import Hearing, publish_hearing
from hearing_app.people.permissions import COMPILATION, PUBLIC
from hearing_app.store.engine import reading, writing
from tests.web.reader import HOSTILE, OPEN_HEARING, Announce, Reader, Stored, Visit, code_of

WORDS = "Who looks at the scores before a judge does?"
SEEN = "dataset=compas-broward&by=race&threshold=8&reference=race:Caucasian&metric=false_positive_rate"


def begun(visit: Visit, **query: str) -> Reader:
    page = visit("comment", **({"hearing": OPEN_HEARING, "system": "compas"} | query))
    return page.set("comment_target", "purpose").set("comment_comment_type", "question")


def checked(visit: Visit, **query: str) -> Reader:
    page = begun(visit, **query)
    return page.type("comment_concern", WORDS).press("Check before sending")


def received(house: Deployment, hearing: str = OPEN_HEARING) -> int:
    with reading(house.engine) as db:
        return tally(db, hearing).received


def test_it_shows_everything_that_will_be_sent(visit: Visit) -> None:
    page = checked(visit)
    assert page.title == "Check your comment"
    for words in (
        "Please check what will be sent.",
        "Hearing Risk scores and face recognition, a demonstration hearing",
        "System COMPAS risk scores (entry version 1)",
        "About What it is used for",
        "Kind A question for the force",
        f"What you want to say {WORDS}",
        "Your view No view, or rather not say (facilitators see it; the public sees only counts)",
        "Who may read it Publish my words without a name",
    ):
        assert words in page.text
    assert "Figures it carries" not in page.text


def test_what_looks_like_personal_data_is_pointed_out(visit: Visit) -> None:
    page = begun(visit).type("comment_concern", "Please call Officer Smith on +44 20 7946 0958 about it.")
    page.press("Check before sending")
    assert "This looks like a telephone number." in page.text
    assert "This looks like" not in checked(visit).text


def test_sending_stores_what_was_shown_and_gives_a_receipt(
    visit: Visit, house: Deployment, stored: Stored
) -> None:
    page = checked(visit)
    page.press("Send my comment")
    assert page.title == "Your receipt"
    assert received(house) == 1
    kept = stored(code_of(page))
    assert (kept.concern, kept.system_id, kept.system_version) == (WORDS, "compas", 1)
    assert (kept.state, kept.consent, kept.pinned) == ("submitted", "text_only", None)


def test_the_figures_are_stored_as_they_were_computed(
    visit: Visit, house: Deployment, stored: Stored
) -> None:
    page = checked(visit, seen=SEEN).press("Send my comment")
    pinned = stored(code_of(page)).pinned
    assert pinned == pin_of_query(house.catalogue, parse_qsl(SEEN))
    assert pinned is not None
    version = house.catalogue.dataset("compas-broward").version
    assert pinned["query"] == f"{SEEN}&release={short_release(version)}"
    assert pinned["version"] == version
    shown = {one["label"]: one["value"] for one in pinned["figures"]}
    assert 0.15 < shown["Black"] < 0.17
    assert 0.05 < shown["White"] < 0.06


def test_every_answer_is_stored_as_it_was_given(visit: Visit, stored: Stored) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="compas")
    for key, value in {
        "comment_system_id": "met-live-facial-recognition",
        "comment_target": "oversight",
        "comment_comment_type": "condition",
        "comment_stance": "support_with_conditions",
        "comment_standing": ["officer_or_staff"],
        "comment_consent": "text_and_name",
        "comment_language_declared": "cy",
    }.items():
        page.choose(key, value)
    texts = {
        "concern": "  Words with spaces around,\r\nand two lines.  ",
        "value_seen": "\u202eas typed\u202c <b>",
        "ask": "=1+1",
        "display_name": "Ada",
        "link_0": "https://example.org/a",
        "title_0": "A report",
    }
    for name, text in texts.items():
        page.type(f"comment_{name}", text)
    kept = stored(code_of(page.press("Check before sending").press("Send my comment")))
    for name in ("concern", "value_seen", "ask", "display_name"):
        assert getattr(kept, name) == texts[name]
    assert (kept.system_id, kept.target, kept.comment_type) == (
        "met-live-facial-recognition",
        "oversight",
        "condition",
    )
    assert (kept.stance, kept.standing) == ("support_with_conditions", ["officer_or_staff"])
    assert (kept.consent, kept.language_declared) == ("text_and_name", "cy")
    assert kept.evidence == [{"url": "https://example.org/a", "title": "A report"}]


def test_sending_twice_gives_the_same_receipt_and_one_comment(visit: Visit, house: Deployment) -> None:
    page = checked(visit).press("Send my comment")
    first = code_of(page)
    # As when the connection broke after sending: the browser does not know that its comment arrived.
    del page.at.session_state["comment_sent"]
    page.open("check").press("Send my comment")
    assert code_of(page) == first
    assert "It had already been sent: this is the same comment and the same receipt." in page.text
    assert received(house) == 1


def test_who_comes_back_after_sending_reads_that_it_was_sent(visit: Visit, house: Deployment) -> None:
    page = checked(visit).press("Send my comment")
    code = code_of(page)
    page.open("check")
    assert page.title == "This comment was sent"
    assert not [one for one in page.at.button if one.label in {"Send my comment", "Change it"}]
    assert code_of(page.follow("See the receipt again")) == code
    # Another comment can be checked and sent, and the receipt before it stays that of the first.
    begun(page.open).type("comment_concern", "Another comment, with other words.").press(
        "Check before sending"
    )
    assert page.title == "Check your comment"
    assert code_of(page.open("receipt")) == code
    assert code_of(page.open("check").press("Send my comment")) != code
    assert received(house) == 2


def test_a_draft_that_was_sent_and_then_changed_shows_the_receipt_and_keeps_the_new_words(
    visit: Visit, house: Deployment, stored: Stored
) -> None:
    page = checked(visit)
    sent: Draft = page.at.session_state["comment_draft"]
    # Its first words arrived, and the answer got lost on the way.
    with writing(house.engine) as db:
        receipt = submit(db, PUBLIC, house.key, sent)
    page.press("Change it").type("comment_concern", f"{WORDS} And after?").press("Check before sending")
    page.press("Send my comment")
    assert page.title == "Your receipt"
    assert code_of(page) == receipt.code
    assert "Your new words were not sent. They are still in the form." in page.text
    assert stored(receipt.code).concern == WORDS
    page.follow("Go to my new words")
    assert f"{WORDS} And after?" in page.text
    page.press("Change it")
    assert page.value("comment_concern") == f"{WORDS} And after?"
    page.press("Check before sending").press("Send my comment")
    assert code_of(page) != receipt.code
    assert "Your new words were not sent" not in page.text
    assert received(house) == 2


def test_what_was_sent_is_not_in_the_form_any_more(visit: Visit, house: Deployment) -> None:
    page = checked(visit).press("Send my comment")
    first = code_of(page)
    page.open("comment", hearing=OPEN_HEARING, system="compas")
    assert page.value("comment_concern") == ""
    assert page.value("comment_target") is None
    page.set("comment_target", "purpose").set("comment_comment_type", "question")
    page.type("comment_concern", WORDS).press("Check before sending").press("Send my comment")
    assert code_of(page) != first, "a new comment, even with the same words"
    assert received(house) == 2


def test_a_changed_comment_is_sent_as_it_was_changed(visit: Visit, house: Deployment, stored: Stored) -> None:
    page = checked(visit).press("Change it").type("comment_concern", f"{WORDS} And after?")
    page.press("Check before sending").press("Send my comment")
    assert stored(code_of(page)).concern == f"{WORDS} And after?"
    assert received(house) == 1


def test_a_hearing_that_closed_in_between_refuses_and_keeps_the_words(
    visit: Visit, house: Deployment, announce: Announce
) -> None:
    made = announce(-1, 5)
    page = checked(visit, hearing="town-hall")
    closed = made.model_dump() | {"opens_at": made.window[0].replace(year=2020), "closes_at": made.window[0]}
    with writing(house.engine) as db:
        publish_hearing(db, COMPILATION, Hearing.model_validate(closed), note="It closes early.")
    page.press("Send my comment")
    assert page.title == "Check your comment"
    assert (
        "This hearing has closed, so it takes no comments now. Your words are still on this page."
        in page.text
    )
    assert WORDS in page.text
    assert received(house, "town-hall") == 0


def test_a_system_that_is_heard_no_more_refuses_and_the_form_says_so(
    visit: Visit, house: Deployment, announce: Announce
) -> None:
    announce(-1, 5, systems=("compas", "anpr"))
    page = checked(visit, hearing="town-hall")
    announce(-1, 5, systems=("anpr",))
    page.press("Send my comment")
    problem = "“compas” is not heard in this hearing. Choose one of: anpr."
    assert page.title == "Check your comment"
    assert problem in page.text
    assert received(house, "town-hall") == 0
    page.press("Change it")
    assert page.title == "Your comment"
    assert problem in page.text
    assert page.value("comment_concern") == WORDS
    page.press("Check before sending").press("Send my comment")
    assert page.title == "Your receipt"
    assert received(house, "town-hall") == 1


def test_a_name_that_is_not_to_be_shown_is_not_stored(visit: Visit, stored: Stored) -> None:
    page = begun(visit).choose("comment_consent", "text_and_name")
    page.type("comment_display_name", "Ada Field").run().choose("comment_consent", "text_only")
    page.type("comment_concern", WORDS).press("Check before sending").press("Send my comment")
    assert stored(code_of(page)).display_name == ""


@pytest.mark.parametrize("consent", ["facilitators_only", "panel_only"])
def test_words_that_are_not_for_everyone_never_are(visit: Visit, stored: Stored, consent: str) -> None:
    page = begun(visit).choose("comment_consent", consent)
    page.type("comment_concern", WORDS).press("Check before sending").press("Send my comment")
    kept: Comment = stored(code_of(page))
    assert (kept.state, kept.reason_id) == ("held", "R9")
    page.open("hearing", id=OPEN_HEARING)
    assert WORDS not in page.text
    assert "Held back, or not to be published by their authors' wish 1" in page.text


def test_without_a_comment_there_is_nothing_to_check(visit: Visit) -> None:
    page = visit("check", hearing=[*HOSTILE], seen=[*HOSTILE])
    assert page.title == "There is no comment to check"
    assert "There is no comment here to check. Open the hearing and write one there." in page.text
    assert not page.at.button


def test_an_empty_house_has_nothing_to_check(visit_empty: Visit) -> None:
    assert "There is no comment here to check." in visit_empty("check").text
