"""The first page: what this is, what can be done today, what the police use."""

from __future__ import annotations

import pytest

from tests.shipped import SYSTEMS
from tests.web.reader import HOSTILE, Visit

QUESTION = "What algorithms do the police use, and do they work?"


def test_it_answers_three_questions(visit: Visit) -> None:
    page = visit("home")
    assert page.title == QUESTION
    assert "read what each system does and how often it errs, check the figures yourself" in page.text
    assert "Risk scores and face recognition, a demonstration hearing Open until " in page.text
    assert "days left. A demonstration: no public body holds it." in page.text
    assert f"All {len(SYSTEMS)} systems" in page.text


def test_a_closed_hearing_is_not_offered(visit: Visit) -> None:
    assert "Forecasts of where crime will be reported" not in visit("home").text


def test_five_systems_are_listed_with_their_state_as_a_word(visit: Visit) -> None:
    page = visit("home")
    systems = [address for address, _ in page.links if address.startswith("/system?id=")]
    assert len(systems) == len(set(systems)) == 5
    states = ("Last known in use", "No longer in use", "In use", "Paused", "Stopped before it was used")
    assert sum(page.text.count(state) for state in states) == 5


def test_the_button_leads_to_the_hearing(visit: Visit) -> None:
    page = visit("home").follow("Read about it and comment")
    assert page.title == "Risk scores and face recognition, a demonstration hearing"


def test_a_search_opens_the_register_with_its_words(visit: Visit) -> None:
    page = visit("home").type("home_q", "COMPAS").press("Search")
    assert page.title == "Register"
    assert page.value("register_q") == "COMPAS"
    assert page.at.query_params == {"q": "COMPAS"}
    assert f"1 of {len(SYSTEMS)} systems COMPAS risk scores" in page.text


def test_an_empty_search_shows_everything(visit: Visit) -> None:
    page = visit("home").press("Search")
    assert page.title == "Register"
    assert f"{len(SYSTEMS)} systems" in page.text
    assert "Automated traffic enforcement" in page.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_search_is_only_a_search(visit: Visit, text: str) -> None:
    page = visit("home").type("home_q", text).press("Search")
    assert page.title == "Register"
    assert (("" if not text.strip() else "0 of ") + f"{len(SYSTEMS)} systems") in page.text or "=" in text


def test_an_address_with_anything_in_it_is_the_first_page(visit: Visit) -> None:
    assert visit("home", id=[*HOSTILE], q=[*HOSTILE]).text == visit("home").text


def test_an_empty_house_says_so(visit_empty: Visit) -> None:
    page = visit_empty("home")
    assert page.title == QUESTION
    assert "No hearing is open for comments at the moment." in page.text
    assert "The register is empty." in page.text
    assert "How a hearing works" in page.text


def test_the_foot_names_privacy_and_the_pages_without_javascript(visit: Visit) -> None:
    page = visit("home")
    assert page.link("About this service and your privacy") == "/about"
    assert page.link("All documents without JavaScript") == "/record"
    assert page.link("Staff sign-in") == "/sign-in"
