"""A hearing's page: what is asked, until when, and what was said so far."""

from __future__ import annotations

import pytest

from hearing_app.deployment import Deployment
from hearing_app.hearings.comment import withdraw
from hearing_app.hearings.vocabulary import Stance, State
from tests.web.reader import HOSTILE, OPEN_HEARING, Announce, Decided, Reader, Send, Visit


@pytest.fixture
def many(send: Send, decided: Decided) -> list[str]:
    """Publish 41 comments, and return their receipts in the order of arrival."""
    receipts = [send(concern=f"This is the comment with number {number:02d}.") for number in range(41)]
    for one in receipts:
        decided(one.comment_id, State.PUBLISHED)
    return [one.code for one in receipts]


def turn(page: Reader, number: int) -> Reader:
    [pages] = page.at.pagination
    pages.set_value(number)
    return page.run()


def said(page: Reader) -> list[str]:
    return [f"{number:02d}" for number in range(41) if f"with number {number:02d}." in page.text]


def test_it_says_what_is_heard_asked_and_until_when(visit: Visit) -> None:
    page = visit("hearing", id=OPEN_HEARING)
    assert page.title == "Risk scores and face recognition, a demonstration hearing"
    assert "A demonstration. It shows how a hearing works here. No public body holds it" in page.text
    assert "Open for comments until " in page.text
    assert "at 23:59 (London time)" in page.text
    assert "Which errors of these systems matter most to you, and why?" in page.text
    assert "What happens next In a real hearing," in page.text
    assert "Held by The people who run this service, as a demonstration" in page.text
    assert page.link("COMPAS risk scores") == "/system?id=compas"


def test_nothing_was_said_yet(visit: Visit) -> None:
    text = visit("hearing", id=OPEN_HEARING).text
    assert "0 receipts given out; each comment is in one of these states" in text
    assert "No comment has been published yet." in text
    assert "Views and standing are shown as counts once ten people have commented." in text


def test_each_system_has_its_way_to_comment(visit: Visit) -> None:
    page = visit("hearing", id=OPEN_HEARING)
    assert page.follow("Comment on Live facial recognition in London").value("comment_system_id") == (
        "met-live-facial-recognition"
    )


def test_a_hearing_to_come_takes_no_comments(visit: Visit, announce: Announce) -> None:
    announce(3, 9)
    page = visit("hearing", id="town-hall")
    assert page.title == "A hearing in the town hall"
    assert "It opens on " in page.text
    assert "Comment on" not in page.text
    assert "demonstration" not in page.text


def test_a_closed_hearing_takes_no_comments(visit: Visit, announce: Announce) -> None:
    announce(-9, -2)
    page = visit("hearing", id="town-hall")
    assert "Closed. Comments could be sent from " in page.text
    assert "Comment on" not in page.text


def test_only_what_is_published_stands_there(visit: Visit, send: Send, decided: Decided) -> None:
    words = {
        "waiting": send(concern="Words that wait to be read by someone."),
        "published": send(concern="Words that a facilitator published."),
        "held": send(concern="Words that a facilitator held back."),
        "rejected": send(concern="Words that were not published at all."),
        "private": send(concern="Words for the facilitators alone.", consent="facilitators_only"),
        "panel": send(concern="Words for the panel and nobody else.", consent="panel_only"),
    }
    for name, state in (
        ("published", State.PUBLISHED),
        ("held", State.HELD),
        ("rejected", State.REJECTED),
    ):
        decided(words[name].comment_id, state)
    page = visit("hearing", id=OPEN_HEARING)
    assert page.text.count("Words ") == 1
    assert "Words that a facilitator published." in page.text
    assert "6 receipts given out" in page.text
    assert (
        "Waiting to be read 1 Published 1 Held back, or not to be published by their authors' wish 3 "
        "Not published 1 Withdrawn 0"
    ) in page.text


def test_names_are_shown_by_consent_alone(visit: Visit, send: Send, decided: Decided) -> None:
    for name, consent in (("Ada Field", "text_and_name"), ("Ben Stone", "text_only")):
        made = send(display_name=name, consent=consent, concern=f"I would like to know who checks {consent}.")
        decided(made.comment_id, State.PUBLISHED)
    text = visit("hearing", id=OPEN_HEARING).text
    assert "Ada Field" in text
    assert "Ben Stone" not in text
    assert "· Resident ·" in text


def test_withdrawn_words_are_nowhere(visit: Visit, house: Deployment, send: Send, decided: Decided) -> None:
    made = send(
        concern="A secret that I told you.", value_seen="Usefulness", ask="My request", display_name="Zoë"
    )
    decided(made.comment_id, State.PUBLISHED)
    assert "A secret that I told you." in visit("hearing", id=OPEN_HEARING).text
    withdraw(house.engine, house.key, made.code)
    page = visit("hearing", id=OPEN_HEARING)
    for words in ("secret", "Usefulness", "My request", "Zoë", made.comment_id):
        assert words not in page.bodies
    assert "Published 0" in page.text
    assert "Withdrawn 1" in page.text


def test_views_are_shown_from_ten_on_and_never_one_by_one(visit: Visit, send: Send) -> None:
    for number in range(9):
        send(
            stance=Stance.OPPOSE,
            standing=("lives_in_area",),
            concern=f"I am against it, for reason {number}.",
        )
    assert "Against its use" not in visit("hearing", id=OPEN_HEARING).text
    send(stance=Stance.OPPOSE, standing=("lives_in_area",), concern="I am against it for the last reason.")
    text = visit("hearing", id=OPEN_HEARING).text
    assert "How the first 10 authors described their view" in text
    assert "For its use: fewer than shown" in text


def test_a_hostile_comment_is_text(visit: Visit, send: Send, decided: Decided) -> None:
    made = send(
        concern="<script>alert(1)</script>\n\n![x](https://example.org/x.png) <img src=x onerror=alert(2)>",
        value_seen="\u202eevil\u202c " + "\N{PILE OF POO}" * 900,
        ask='=HYPERLINK("https://example.org") **bold** [a](javascript:alert(3))',
        display_name="<b>Mallory</b>\u202e",
        consent="text_and_name",
        evidence=[],
    )
    decided(made.comment_id, State.PUBLISHED)
    page = visit("hearing", id=OPEN_HEARING)
    assert "<script>alert(1)</script>" in page.text
    assert "![x](https://example.org/x.png) <img src=x onerror=alert(2)>" in page.text
    assert '=HYPERLINK("https://example.org") **bold** [a](javascript:alert(3))' in page.text
    assert "<b>Mallory</b>" in page.text
    assert "\u202e" not in page.bodies
    assert "\N{PILE OF POO}" * 900 in page.text


def test_a_link_shows_the_host_that_it_leads_to(visit: Visit, send: Send, decided: Decided) -> None:
    from hearing_app.hearings.draft import Link

    made = send(evidence=(Link("https://example.org/report?a=1&b=<2>", "The police say so"),))
    decided(made.comment_id, State.PUBLISHED)
    page = visit("hearing", id=OPEN_HEARING)
    assert "The police say so (example.org)" in page.text
    assert page.link("The police say so") == "https://example.org/report?a=1&b=<2>"
    assert 'rel="nofollow noopener noreferrer"' in page.bodies


@pytest.mark.usefixtures("many")
def test_twenty_comments_stand_on_a_page_the_newest_first(visit: Visit) -> None:
    page = visit("hearing", id=OPEN_HEARING)
    assert said(page) == [f"{number:02d}" for number in range(21, 41)]
    assert said(turn(page, 2)) == [f"{number:02d}" for number in range(1, 21)]
    assert said(turn(page, 3)) == ["00"]


def test_a_page_that_is_gone_gives_way_to_the_last(visit: Visit, house: Deployment, many: list[str]) -> None:
    page = turn(visit("hearing", id=OPEN_HEARING), 3)
    withdraw(house.engine, house.key, many[0])
    page.run()
    assert "No comment has been published yet." not in page.text
    assert said(page) == [f"{number:02d}" for number in range(1, 21)]
    assert page.at.pagination[0].value == 2


@pytest.mark.usefixtures("many")
def test_another_hearing_begins_at_its_first_page(
    visit: Visit, announce: Announce, send: Send, decided: Decided
) -> None:
    announce(-1, 5)
    made = send(hearing_id="town-hall", concern="The only comment in the town hall.")
    decided(made.comment_id, State.PUBLISHED)
    page = turn(visit("hearing", id=OPEN_HEARING), 3)
    page.open("hearing", id="town-hall")
    assert "The only comment in the town hall." in page.text


@pytest.mark.parametrize("text", ["", "nope", *HOSTILE], ids=range(len(HOSTILE) + 2))
def test_an_unknown_hearing_is_refused_in_words(visit: Visit, text: str) -> None:
    page = visit("hearing", id=text)
    assert page.title == "Nothing is published at this address"
    assert "There is no hearing" in page.text
    assert len(page.text) < 1500


def test_without_an_id_nothing_is_there(visit: Visit) -> None:
    assert visit("hearing").title == "Nothing is published at this address"


def test_an_empty_house_has_no_such_hearing(visit_empty: Visit) -> None:
    page = visit_empty("hearing", id=OPEN_HEARING)
    assert (
        "There is no hearing “demonstration-risk-scores”. Look for it in the list of hearings." in page.text
    )
