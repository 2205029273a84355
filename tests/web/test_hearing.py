"""A hearing's page: what is asked, until when, and what was said so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.hearing import publish_hearing
from hearing_app.hearings.vocabulary import Stance, State
from hearing_app.people.permissions import COMPILATION
from hearing_app.store.engine import writing
from tests.web.reader import HOSTILE, OPEN_HEARING, Announce, Decided, Reader, Send, Visit


@pytest.fixture
def many(send: Send, decided: Decided) -> list[str]:
    """Publish 41 comments, and return their receipts in the order of arrival."""
    # No two of them share their words: a letter that several send is shown by itself, too.
    receipts = [
        send(concern=f"{f'Word{number} ' * 12}This is the comment with number {number:02d}.")
        for number in range(41)
    ]
    for one in receipts:
        decided(one.comment_id, State.PUBLISHED)
    return [one.code for one in receipts]


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
    assert "Views and standing are counted once the hearing has closed, so that nobody can watch" in text


def test_each_system_has_its_way_to_comment(visit: Visit) -> None:
    page = visit("hearing", id=OPEN_HEARING)
    # At the top, and once more where one has read what is asked.
    ways = [said for _, said in page.links if said.startswith("Comment on ")]
    assert len(ways) == 4
    assert len(set(ways)) == 2
    asked = page.bodies.index("What you are asked")
    assert asked < page.bodies.index('href="/comment?hearing=') < page.bodies.index("What happens next")
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
    assert "· No name given ·" in text


def test_withdrawn_words_are_nowhere(visit: Visit, house: Deployment, send: Send, decided: Decided) -> None:
    made = send(
        concern="A confidence that I told you.", value_seen="Usefulness", ask="My request", display_name="Zoë"
    )
    decided(made.comment_id, State.PUBLISHED)
    assert "A confidence that I told you." in visit("hearing", id=OPEN_HEARING).text
    withdraw(house.engine, house.key, made.code)
    page = visit("hearing", id=OPEN_HEARING)
    for words in ("confidence", "Usefulness", "My request", "Zoë", made.comment_id):
        assert words not in page.bodies
    assert "Published 0" in page.text
    assert "Withdrawn 1" in page.text


def test_views_are_shown_once_the_hearing_has_closed(
    visit: Visit, house: Deployment, send: Send, announce: Announce
) -> None:
    announced = announce(-9, 9)
    for number in range(10):
        send(
            hearing_id=announced.id,
            stance=Stance.OPPOSE,
            standing=("lives_in_area",),
            concern=f"I am against it, for reason {number}.",
        )
    text = visit("hearing", id=announced.id).text
    assert "Against its use" not in text
    assert "Views and standing are counted once the hearing has closed" in text
    with writing(house.engine) as db:
        ended = datetime.now(UTC) - timedelta(minutes=2)
        publish_hearing(
            db, COMPILATION, announced.model_copy(update={"closes_at": ended}), note="It closes early."
        )
    text = visit("hearing", id=announced.id).text
    assert "How 10 authors described their view" in text
    assert "Against its use: 10" in text
    assert "For its use: not shown" in text


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
    from hearing_app.hearings.comments.draft import Link

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
    assert "Page 1 of 3 · Older · Oldest" in page.text
    assert page.link("Oldest") == f"/hearing?id={OPEN_HEARING}&page=3"
    page.follow("Older")
    assert said(page) == [f"{number:02d}" for number in range(1, 21)]
    assert "What you are asked" not in page.text
    page.follow("Older")
    assert "Page 3 of 3 · Newest · Newer" in page.text
    assert said(page) == ["00"]
    assert page.link("Newest") == f"/hearing?id={OPEN_HEARING}"


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("asked", "page"), [("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("٢", 1), ("9" * 40, 1)]
)
def test_a_page_is_an_address_and_a_bad_one_is_the_first(visit: Visit, asked: str, page: int) -> None:
    assert f"Page {page} of 3" in visit("hearing", id=OPEN_HEARING, page=asked).text


def test_a_page_that_is_gone_gives_way_to_the_last(visit: Visit, house: Deployment, many: list[str]) -> None:
    page = visit("hearing", id=OPEN_HEARING, page="3")
    withdraw(house.engine, house.key, many[0])
    page.run()
    assert "No comment has been published yet." not in page.text
    assert said(page) == [f"{number:02d}" for number in range(1, 21)]
    assert "Page 2 of 2" in page.text


def test_each_comment_has_an_address(visit: Visit, send: Send, decided: Decided) -> None:
    made = send()
    decided(made.comment_id, State.PUBLISHED)
    page = visit("hearing", id=OPEN_HEARING)
    assert page.link(made.comment_id) == f"/record/hearings/{OPEN_HEARING}#{made.comment_id}"


@pytest.mark.parametrize("text", ["nope", *HOSTILE], ids=range(len(HOSTILE) + 1))
def test_an_unknown_hearing_is_refused_in_words(visit: Visit, text: str) -> None:
    page = visit("hearing", id=text)
    assert page.title == "Nothing is published at this address"
    assert "There is no hearing" in page.text
    assert len(page.text) < 1500


def test_without_an_id_it_is_said_that_none_was_named(visit: Visit) -> None:
    for page in (visit("hearing"), visit("hearing", id="")):
        assert page.title == "No hearing was named"
        assert "Please choose one under “Hearings”." in page.text


def test_an_empty_house_has_no_such_hearing(visit_empty: Visit) -> None:
    page = visit_empty("hearing", id=OPEN_HEARING)
    assert (
        "There is no hearing “demonstration-risk-scores”. Look for it in the list of hearings." in page.text
    )
