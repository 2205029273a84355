"""My comment: where it stands, by its receipt, and withdrawing it for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hearing_app.deployment import Deployment
from hearing_app.documents.words import day
from hearing_app.hearings.comments.draft import Link
from hearing_app.hearings.comments.erasure import erase_words
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Role
from hearing_app.store.engine import reading, writing
from tests.web.reader import HOSTILE, OPEN_HEARING, Decided, Reader, Send, SignIn, Stored, Visit, code_of

FIND, LEAVE = "Find it", "Withdraw my words"
WORDS = "Who checks the scores that judges are shown?"


def find(page: Reader, code: str) -> Reader:
    return page.type("my_comment_typed", code).press(FIND)


def test_it_says_what_it_is_for(visit: Visit) -> None:
    page = visit("my_comment")
    assert page.title == "My receipt"
    assert (
        "Type the 16 digits of your receipt to see where your comment, report or request stands" in page.text
    )
    assert LEAVE not in page.text
    [field] = [one for one in page.at.text_input if one.key == "my_comment_typed"]
    assert field.proto.type == field.proto.PHONE, "a phone shows its digits"


def test_a_receipt_finds_its_comment(visit: Visit, send: Send) -> None:
    made = send()
    page = find(visit("my_comment"), made.code)
    assert f"Your comment {made.comment_id} is waiting to be read by a facilitator." in page.text
    assert "A facilitator reads it and decides whether it is published." in page.text
    assert WORDS in page.text
    assert page.at.query_params == {}, "the digits stay out of the address"


@pytest.mark.parametrize(
    "change", [lambda c: c.replace(" ", ""), lambda c: c.replace(" ", "-"), lambda c: f" {c} "]
)
def test_spaces_and_hyphens_do_not_matter(visit: Visit, send: Send, change: object) -> None:
    made = send()
    assert callable(change)
    assert made.comment_id in find(visit("my_comment"), change(made.code)).text


@pytest.mark.parametrize(
    ("to", "reason", "says"),
    [
        (State.PUBLISHED, "", "is published. "),
        (State.HELD, "R2", "is held back for now. "),
        (State.REJECTED, "R5", "was not published. "),
    ],
)
def test_the_author_reads_what_was_decided_and_why(
    visit: Visit, send: Send, *, decided: Decided, to: State, reason: str, says: str
) -> None:
    made = send()
    decided(made.comment_id, to, reason=reason)
    text = find(visit("my_comment"), made.code).text
    assert f"Your comment {made.comment_id} {says}" in text
    assert ("(rule R" in text) == bool(reason)
    if reason == "R5":
        assert "Reason It is advertising (rule R5, version 2026-11)" in text
        assert "You can write a new comment while the hearing is open." in text


def test_a_private_comment_says_that_it_was_its_authors_wish(visit: Visit, send: Send) -> None:
    made = send(consent="facilitators_only")
    text = find(visit("my_comment"), made.code).text
    assert "As you asked, it is not published." in text
    assert "Its author wished that it is not published" in text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "A receipt has 16 digits; this has 0."),
        ("1234", "A receipt has 16 digits; this has 4."),
        ("1234 5678 9012 345x", "A receipt has 16 digits; this has 15 and other signs."),
        (
            "0000 0000 0000 0000",
            "No comment belongs to this receipt We found no comment with these 16 digits.",
        ),
        *((text, "A receipt has 16 digits; this has ") for text in HOSTILE),
    ],
    ids=range(len(HOSTILE) + 4),
)
def test_what_is_no_receipt_is_refused_in_words(visit: Visit, typed: str, says: str) -> None:
    page = find(visit("my_comment"), typed)
    assert page.title == "My receipt"
    assert says in page.text
    assert LEAVE not in page.text


def test_who_gave_no_name_is_not_called_anything_else(visit: Visit, send: Send) -> None:
    page = find(visit("my_comment"), send(display_name="", standing=()).code)
    assert "· No name given ·" in page.text
    assert "Resident" not in page.text


def test_guessing_is_slowed_down(visit: Visit, send: Send) -> None:
    made = send()
    page = visit("my_comment")
    for number in range(5):
        assert "No comment belongs" in find(page, f"{number:016d}").text
    assert "There were 5 tries that did not fit, so the next one has to wait." in find(page, made.code).text
    assert WORDS not in page.text


def test_withdrawing_without_meaning_it_changes_nothing_and_says_so(
    visit: Visit, send: Send, stored: Stored
) -> None:
    made = send()
    page = find(visit("my_comment"), made.code).press(LEAVE)
    assert stored(made.code).state == "submitted"
    assert "Your comment was not withdrawn." in page.text
    assert WORDS in page.text


def test_withdrawing_takes_the_words_away(
    visit: Visit, house: Deployment, *, send: Send, decided: Decided, stored: Stored, sign_in: SignIn
) -> None:
    link = Link("https://example.org/mine", "My report")
    made = send(
        value_seen="Usefulness",
        ask="My request",
        display_name="Zoë",
        consent="text_and_name",
        evidence=(link,),
    )
    decided(made.comment_id, State.PUBLISHED)
    page = find(visit("my_comment"), made.code)
    assert "cannot be brought back" in page.text
    page.choose("my_comment_sure", True).press(LEAVE)
    assert f"Your comment {made.comment_id} was withdrawn by its author." in page.text
    assert "its number and the fact that it was withdrawn stay." in page.text
    assert stored(made.code).concern == ""
    sign_in(Role.FACILITATOR, house)
    desk = visit("desk").choose("desk_state", "withdrawn")
    assert made.comment_id in desk.text
    again = find(visit("my_comment"), made.code)
    for one in (page, again, desk, visit("hearing", id=OPEN_HEARING), visit("hearings")):
        for words in (WORDS, "Usefulness", "My request", "Zoë", "My report", "example.org/mine"):
            assert words not in one.bodies
            assert words not in one.text


def test_it_says_until_when_backups_hold_the_words(visit: Visit, house: Deployment, send: Send) -> None:
    made = send()
    page = find(visit("my_comment"), made.code)
    assert "Backups that were made before hold them for 35 days more at most." in page.text
    page.choose("my_comment_sure", True).press(LEAVE)
    with reading(house.engine) as db:
        gone = hearing_of(db, OPEN_HEARING)
    end_of_day = datetime.now(UTC).replace(hour=23, minute=59, second=59)
    until = (end_of_day + timedelta(days=35)).astimezone(ZoneInfo(gone.time_zone))
    assert f"until they are replaced: until {day(until)} at the latest." in page.text


def test_a_comment_whose_time_is_over_says_so(
    visit: Visit, house: Deployment, send: Send, decided: Decided
) -> None:
    made = send()
    decided(made.comment_id, State.REJECTED, reason="R5")
    with writing(house.engine) as db:
        erase_words(db, made.comment_id, period="rejected", at=datetime.now(UTC))
    page = find(visit("my_comment"), made.code)
    assert "Its words were erased, because the time for which they are kept is over." in page.text
    assert "It is advertising (rule R5, version 2026-11)" in page.text
    assert WORDS not in page.text
    assert not [one for one in page.at.button if one.label == LEAVE]


def test_the_browser_that_sent_a_comment_forgets_it_with_the_record(visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="compas").type("comment_concern", WORDS)
    page.set("comment_target", "purpose").set("comment_comment_type", "question")
    page.press("Check before sending").press("Send my comment")
    code = code_of(page)
    find(page.open("my_comment"), code).choose("my_comment_sure", True).press(LEAVE)
    assert "was withdrawn by its author" in page.text
    for name in ("check", "receipt", "comment", "my_comment"):
        assert WORDS not in page.open(name).text


def test_the_tick_counts_for_one_comment_only(visit: Visit, send: Send, stored: Stored) -> None:
    first, second = send(), send(concern="A second comment, quite another one.")
    page = find(visit("my_comment"), first.code).choose("my_comment_sure", True)
    find(page, second.code).press(LEAVE)
    assert stored(second.code).state == "submitted"
    assert stored(first.code).state == "submitted"


def test_a_withdrawn_comment_cannot_be_withdrawn_again(visit: Visit, send: Send) -> None:
    made = send()
    page = find(visit("my_comment"), made.code).choose("my_comment_sure", True).press(LEAVE)
    assert not [one for one in page.at.button if one.label == LEAVE]


def test_an_address_finds_nothing(visit: Visit, send: Send) -> None:
    page = visit("my_comment", receipt=[*HOSTILE, send().code], id=[*HOSTILE])
    assert page.title == "My receipt"
    assert WORDS not in page.text


def test_in_an_empty_house_no_receipt_fits(visit_empty: Visit) -> None:
    page = find(visit_empty("my_comment"), "0000 0000 0000 0000")
    assert "No comment belongs to this receipt" in page.text
