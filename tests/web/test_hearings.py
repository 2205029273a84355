"""The list of hearings: open ones first, each with its time and what came in."""

from __future__ import annotations

from hearing_app.hearings.vocabulary import State
from tests.web.reader import HOSTILE, Announce, Decided, Send, Visit


def test_it_lists_every_hearing_with_its_time(visit: Visit) -> None:
    page = visit("hearings")
    assert page.title == "Hearings"
    assert "Risk scores and face recognition, a demonstration hearing Open: " in page.text
    assert " days left. A demonstration: no public body holds it." in page.text
    assert "0 comments received, 0 published." in page.text


def test_open_then_announced_then_closed(visit: Visit, announce: Announce) -> None:
    announce(-9, -2, id="over", title="A hearing that is over")
    announce(3, 9, id="later", title="A hearing to come")
    page = visit("hearings")
    places = [
        page.text.index(words) for words in ("Open: ", "A hearing to come Opens on ", "is over Closed since ")
    ]
    assert places == sorted(places)


def test_it_counts_what_came_in_and_what_is_published(visit: Visit, send: Send, decided: Decided) -> None:
    first = send()
    send()
    decided(first.comment_id, State.PUBLISHED)
    assert "2 comments received, 1 published." in visit("hearings").text
    assert "Who checks the scores" not in visit("hearings").text


def test_the_last_day_is_said(visit: Visit, announce: Announce) -> None:
    announce(-1, 0.0001, id="last-day", title="Nearly over")
    text = visit("hearings").text
    assert "Nearly over Open: closes today." in text or "Nearly over Open: 1 day left." in text


def test_each_leads_to_its_page(visit: Visit) -> None:
    title = "Risk scores and face recognition, a demonstration hearing"
    assert visit("hearings").follow(title).title == title


def test_an_address_with_anything_in_it_is_the_same_list(visit: Visit) -> None:
    assert visit("hearings", id=[*HOSTILE], page=[*HOSTILE]).text == visit("hearings").text


def test_an_empty_house_says_so(visit_empty: Visit) -> None:
    page = visit_empty("hearings")
    assert page.title == "Hearings"
    assert "No hearing is announced." in page.text
