"""A system's page: its entry in the order in which people ask."""

from __future__ import annotations

import pytest

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import COMPILATION
from hearing_app.registry.published import all_entries, entry_of, publish_entry
from hearing_app.store.engine import reading, writing
from tests.documents.reading import HEADINGS
from tests.shipped import SYSTEMS
from tests.web.reader import HOSTILE, Visit


def test_every_entry_has_its_page_in_the_same_order(visit: Visit, house: Deployment) -> None:
    with reading(house.engine) as db:
        entries = [one.entry for one in all_entries(db)]
    assert len(entries) == len(SYSTEMS)
    for entry in entries:
        page = visit("system", id=entry.id)
        assert page.title == entry.name
        places = [page.bodies.index(f">{heading}</h2>") for heading in HEADINGS]
        assert places == sorted(places)
        assert "This entry is an independent compilation from published sources." in page.text
        assert entry.deployer.name in page.text
        assert "version 1, " in page.text


def test_the_rates_stand_there_as_a_sentence_and_as_people(visit: Visit) -> None:
    page = visit("system", id="compas")
    assert "44.8 % of Black and 23.5 % of White defendants had been scored medium or high" in page.text
    assert "[45 of 100 figures are filled] About 45 of 100" in page.text
    assert "[23 of 100 figures are filled] About 23 of 100" in page.text


def test_claims_carry_who_says_so_and_a_verdict_in_words(visit: Visit) -> None:
    page = visit("system", id="compas")
    assert (
        "“COMPAS misjudges the risk of Black defendants at twice the rate of White defendants.”" in page.text
    )
    assert "Disputed Said by: The paper" in page.text
    assert "It is nearly true of one kind of error only." in page.text
    assert "Supported Said by: ProPublica" in page.text


def test_an_old_source_says_nothing_about_today(visit: Visit) -> None:
    text = visit("system", id="compas").text
    assert "Last known in use in 2016" in text
    assert "today's use was not found in the sources read" in text
    assert "In use since February 2020 (newest source: 21 April 2026)" in " ".join(
        visit("system", id="met-live-facial-recognition").text.split()
    )


def test_the_finding_and_the_way_to_each_section_stand_at_the_top(visit: Visit) -> None:
    page = visit("system", id="compas")
    assert (
        page.text.index("Who runs it") < page.text.index("What was found:") < page.text.index("On this page")
    )
    assert page.link("Is it allowed?") == "#section-law"
    assert (
        "Explore the figures yourself: COMPAS risk scores and re-arrest within two years, Broward County"
        in page.text
    )


def test_what_is_absent_is_said(visit: Visit) -> None:
    text = visit("system", id="compas").text
    assert "Who answers Not found in the sources read" in text
    assert "Not found in the sources read: Accountable post; Unit" in text
    assert "No hearing on this system is announced." in visit("system", id="anpr").text


def test_it_leads_to_its_figures_and_to_its_open_hearing(visit: Visit) -> None:
    page = visit("system", id="compas")
    assert page.link("Explore its figures") == "/evidence?dataset=compas-broward"
    assert page.link("Comment on it") == "/comment?hearing=demonstration-risk-scores&system=compas"
    assert page.follow("Comment on it").value("comment_system_id") == "compas"


def test_the_links_to_several_datasets_can_be_told_apart(visit: Visit) -> None:
    page = visit("system", id="predpol")
    for title, dataset in (
        ("Where crime forecasts fell and who lives there, Los Angeles", "predpol-los-angeles"),
        ("Crime forecasts and reported crimes, Plainfield", "predpol-plainfield"),
        ("Where crime forecasts fell and who lives there, Plainfield", "predpol-plainfield-places"),
    ):
        assert page.link(f"Explore its figures: {title}") == f"/evidence?dataset={dataset}"


def test_a_system_of_a_closed_hearing_takes_no_comment(visit: Visit) -> None:
    page = visit("system", id="predpol")
    assert "Comment on it" not in page.text
    assert "Explore its figures" not in visit("system", id="anpr").text
    assert "Forecasts of where crime will be reported, a closed demonstration hearing (closed" in page.text


def test_two_versions_can_be_compared_where_there_are_two(visit: Visit, house: Deployment) -> None:
    assert "Compare two versions" not in visit("system", id="predpol").text
    with writing(house.engine) as db:
        entry = entry_of(db, "predpol").entry
        for unit in ("First desk", "Second desk"):
            publish_entry(db, COMPILATION, entry.model_copy(update={"unit": unit}), note=unit)
    page = visit("system", id="predpol")
    # The last two, until somebody chooses others.
    assert (page.value("system_from"), page.value("system_to")) == (2, 3)
    assert "removed: First added: Second desk" in page.text
    assert "Unit: ●added" in page.choose("system_from", 1).text
    assert "added: Second desk" in page.text


@pytest.mark.parametrize("text", ["nope", *HOSTILE], ids=range(len(HOSTILE) + 1))
def test_an_unknown_system_is_refused_in_words(visit: Visit, text: str) -> None:
    page = visit("system", id=text)
    assert page.title == "Nothing is published at this address"
    assert "The register has no system" in page.text
    assert page.link("Go to the first page") == "/"
    assert len(page.text) < 1500


def test_of_two_ids_one_is_shown(visit: Visit) -> None:
    assert visit("system", id=["anpr", "compas"]).title in {
        "COMPAS risk scores",
        "Automatic number plate recognition",
    }


def test_without_an_id_it_is_said_that_none_was_named(visit: Visit) -> None:
    for page in (visit("system"), visit("system", id="")):
        assert page.title == "No system was named"
        assert "Please choose one in the register." in page.text


def test_an_empty_register_has_no_such_system(visit_empty: Visit) -> None:
    page = visit_empty("system", id="compas")
    assert page.title == "Nothing is published at this address"
    assert "The register has no system “compas”. Search the register for it." in page.text
