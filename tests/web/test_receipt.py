"""The receipt: the digits, once, and what happens next."""

from __future__ import annotations

import json
import re

import pytest

from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.vocabulary import State
from tests.web.reader import HOSTILE, OPEN_HEARING, Decided, Reader, Stored, Visit, code_of


def sent(visit: Visit, consent: str = "text_only") -> Reader:
    page = visit("comment", hearing=OPEN_HEARING, system="compas").choose("comment_consent", consent)
    page.set("comment_target", "purpose").set("comment_comment_type", "question")
    page.type("comment_concern", "Who looks at the scores before a judge does?")
    return page.press("Check before sending").press("Send my comment")


def test_it_shows_the_digits_and_what_they_are_for(visit: Visit) -> None:
    page = sent(visit)
    assert page.title == "Your receipt"
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code_of(page))
    assert "Write the 16 digits down, copy them or take a picture now." in page.text
    assert "This page shows them once: if you close or reload it, they are gone." in page.text
    assert re.search(r"it has the number C-\d{4}-[0-9A-HJKMNP-TV-Z]{7}, which is not secret", page.text)
    assert "They are the only way to find, follow and withdraw your comment." in page.text
    assert "We cannot look them up for you: we do not know who you are." in page.text
    assert "It had already been sent" not in page.text


def test_the_digits_can_be_copied_and_printed(visit: Visit) -> None:
    page = sent(visit)
    copied = page.at.code[0]
    assert copied.value == code_of(page)
    assert "To print this page, press Ctrl and P" in page.text


def test_the_proof_of_a_comment_can_be_kept_and_holds_no_receipt(visit: Visit) -> None:
    page = sent(visit)
    proof = json.loads(page.at.code[1].value)
    assert proof["event"]["kind"] == "comment.submitted"
    assert json.loads(proof["content"])["concern"]
    assert code_of(page).replace(" ", "") not in page.at.code[1].value.replace(" ", "")
    assert "python3 verifier.py proof.json" in page.text


def test_it_says_what_happens_next_and_until_when(visit: Visit) -> None:
    page = sent(visit)
    assert "A facilitator reads your comment." in page.text
    assert "The hearing closes on " in page.text
    assert "at 23:59 (London time). In a real hearing, facilitators publish the comments" in page.text


@pytest.mark.parametrize(
    ("consent", "who"),
    [
        ("facilitators_only", "The facilitators can read it."),
        ("panel_only", "The facilitators and the hearing's panel can read it."),
    ],
)
def test_it_repeats_the_authors_wish(visit: Visit, consent: str, who: str) -> None:
    page = sent(visit, consent)
    assert f"As you asked, your comment is not published. {who}" in page.text
    assert "Once published" not in page.text


def test_a_comment_that_was_withdrawn_elsewhere_is_not_said_to_wait(visit: Visit, house: Deployment) -> None:
    page = sent(visit)
    withdraw(house.engine, house.key, code_of(page))
    page.open("receipt")
    assert "It was withdrawn, and its words are gone." in page.text
    assert "A facilitator reads your comment." not in page.text


def test_a_comment_that_is_held_was_not_its_authors_wish(
    visit: Visit, stored: Stored, decided: Decided
) -> None:
    page = sent(visit)
    decided(stored(code_of(page)).comment_id, State.HELD)
    assert "As you asked" not in page.open("receipt").text


def test_the_digits_are_in_no_address(visit: Visit) -> None:
    page = sent(visit)
    digits = code_of(page).replace(" ", "")
    assert page.at.query_params == {}
    assert not [address for address, _ in page.links if digits in address or digits[:4] in address]


def test_it_leads_on(visit: Visit) -> None:
    page = sent(visit)
    assert page.link("Back to the hearing") == f"/hearing?id={OPEN_HEARING}"
    beside = [one for one in page.at.main if getattr(one, "type", "") == "link_button"]
    assert [(one.proto.label, one.proto.url) for one in beside] == [
        ("Add files to it, such as a picture (opens a new tab)", "/my-comment/files")
    ], "a link in the page's own text would take the digits away"
    assert "/my-comment/files" not in page.bodies
    assert "Copy the 16 digits first: the new tab asks for them." in page.text
    digits = code_of(page)
    mine = page.follow("Follow or withdraw it under My receipt")
    assert mine.title == "My receipt"
    assert code_of(mine.follow("See again the digits of the comment you just sent")) == digits


def test_nobody_else_sees_it(visit: Visit) -> None:
    page = visit("receipt", receipt=[code_of(sent(visit)), *HOSTILE])
    assert page.title == "This receipt is no longer shown"
    assert "A receipt is shown once, right after a comment was sent." in page.text
    assert "If you kept the 16 digits, type them under “My receipt”" in page.text
    assert "Without them your comment stays in the hearing" in page.text


def test_an_empty_house_has_no_receipts(visit_empty: Visit) -> None:
    assert "A receipt is shown once" in visit_empty("receipt").text
