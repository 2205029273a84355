"""The register: every system is listed, found and filtered, and the address says what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearing_app.registry.files import read_entries
from hearing_app.registry.vocabulary import PolicingFunction
from tests.web.reader import HOSTILE, Reader, Visit

ENTRIES = read_entries(Path(__file__).parents[2] / "registry")[0]
SYSTEMS = {entry.name for entry in ENTRIES}
ALL = f"{len(SYSTEMS)} systems"


def at(state: str) -> int:
    """How many entries are in a state."""
    return sum(entry.state.value == state for entry in ENTRIES)


def shown(page: Reader) -> set[str]:
    return {words for address, words in page.links if address.startswith("/system?id=")}


def test_it_lists_every_system_with_who_wrote_the_entry(visit: Visit) -> None:
    page = visit("register")
    assert page.title == "Register"
    assert ALL in page.text
    assert "Automated traffic enforcement" in page.text
    found, texts = shown(page), [page.text]
    while any(words == "The next ones" for _, words in page.links):
        page = page.follow("The next ones")
        found |= shown(page)
        texts.append(page.text)
    assert found == SYSTEMS
    # Once beside each entry; a filter may name it once more on each page.
    text = " ".join(texts)
    assert text.count("Independent compilation") - len(SYSTEMS) in range(len(texts) + 1)
    assert "No longer in use since 15 April 2020" in text
    assert text.count("Figures to explore") == 4


def test_words_find_systems_and_stand_in_the_address(visit: Visit) -> None:
    page = visit("register").type("register_q", "face london").run()
    assert shown(page) == {"Live facial recognition in London"}
    assert f"1 of {ALL}" in page.text
    assert page.at.query_params == {"q": "face london"}


def test_an_address_with_filters_shows_what_it_says(visit: Visit) -> None:
    page = visit("register", function="place_forecasting")
    assert shown(page) == {
        "Crime Anticipation System, forecasts of where crime is expected",
        "PredPol crime forecasts",
    }
    assert page.value("register_function") == ["place_forecasting"]
    again = visit("register", **page.at.query_params)
    assert shown(again) == shown(page)


def test_two_values_of_one_filter_widen_and_two_filters_narrow(visit: Visit) -> None:
    both = visit("register", agency=["broward-county", "los-angeles-police-department"])
    assert shown(both) == {"COMPAS risk scores", "PredPol crime forecasts"}
    assert both.at.query_params == {"agency": ["broward-county", "los-angeles-police-department"]}
    narrowed = both.choose("register_stage", ["operational_when_last_seen"])
    assert shown(narrowed) == {"COMPAS risk scores"}
    assert narrowed.at.query_params["stage"] == "operational_when_last_seen"


def test_a_choice_says_how_many_systems_it_leaves(visit: Visit) -> None:
    page = visit("register")
    assert (
        f"In use ({at('operational')}) In use when last seen ({at('operational_when_last_seen')}) "
        f"Paused ({at('suspended')}) No longer in use ({at('retired')})"
    ) in page.text
    assert (
        "In use (0) In use when last seen (0) Paused (0) No longer in use (1)"
        in page.choose("register_agency", ["skelleftea-municipality"]).text
    )


def test_a_filter_stays_while_the_numbers_beside_it_change(visit: Visit) -> None:
    """A browser sends a choice by its label. Unless it is told the new one, the choice becomes a stranger."""
    page = visit("register").choose("register_function", ["rbi_realtime"])
    live = sum("rbi_realtime" in entry.functions for entry in ENTRIES)
    assert f"{live} of {ALL}" in page.text
    page.type("register_q", "london").run()
    assert shown(page) == {"Live facial recognition in London"}
    [told] = [one.proto for one in page.at.multiselect if one.key == "register_function"]
    assert told.set_value
    assert list(told.raw_values) == ["Recognising people in public as they pass (1)"]
    page.choose("register_stage", ["operational"])
    assert page.at.query_params["function"] == "rbi_realtime"


def test_nothing_found_says_what_to_do(visit: Visit) -> None:
    page = visit("register", q="zebra crossing of the moon")
    assert f"0 of {ALL} Nothing in the register fits. Try fewer words, or take a filter away." in page.text
    assert page.link(f"Show all {ALL}") == "/register"
    assert shown(page) == set()


def test_a_sentence_without_a_result_leads_to_its_words(visit: Visit) -> None:
    page = visit("register", q="faces in my street", function="rbi_realtime")
    assert "No entry holds all of these words. One of them alone finds:" in page.text
    assert page.link("street") == "/register?q=street&function=rbi_realtime"


@pytest.mark.parametrize("name", ["function", "agency", "stage"])
def test_an_unknown_value_of_a_filter_is_passed_over_aloud(visit: Visit, name: str) -> None:
    page = visit("register", **{name: [*HOSTILE, *HOSTILE]})
    assert shown(page) == shown(visit("register"))
    assert page.value(f"register_{name}") == []
    assert page.at.query_params == {}
    assert "The address asks for what the register does not have: “<script>alert(1)</script>”, " in page.text
    assert "This was passed over." in page.text
    assert len(page.text) < 15_000
    # Once the reader chooses, it is no longer about what they see.
    assert "passed over" not in page.type("register_q", "london").run().text


def test_a_good_address_is_not_remarked_on(visit: Visit) -> None:
    page = visit("register", function="anpr", stage="operational_when_last_seen", q="license plate")
    assert "passed over" not in page.text
    assert "Only the first" not in page.text
    assert "Automatic number plate recognition" in shown(page)


def test_words_that_are_too_long_are_said_to_be_cut(visit: Visit) -> None:
    remark = "Only the first 200 characters of your words are searched for."
    assert remark in visit("register", q="x" * 201).text
    page = visit("register").type("register_q", "london " * 29).run()
    assert remark in page.text
    assert page.at.query_params["q"] == ("london " * 29)[:200]
    assert remark not in page.type("register_q", "london").run().text
    assert remark not in visit("register", q="x" * 200).text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_words_are_only_words(visit: Visit, text: str) -> None:
    page = visit("register", q=[text, "again"])
    assert page.title == "Register"
    assert page.value("register_q") == text[:200]


def test_each_result_leads_to_its_entry(visit: Visit) -> None:
    page = visit("register", q="predpol").follow("PredPol crime forecasts")
    assert page.title == "PredPol crime forecasts"


def test_an_empty_register_says_so(visit_empty: Visit) -> None:
    page = visit_empty("register", function="place_forecasting", q="")
    assert page.title == "Register"
    assert "0 systems" in page.text
    assert shown(page) == set()


def test_every_function_is_offered_in_plain_words(visit: Visit) -> None:
    page = visit("register")
    assert f"{PolicingFunction.PLACE_FORECASTING.label} (2)" in page.text


def test_it_says_in_which_field_the_words_were_found(visit: Visit) -> None:
    page = visit("register", q="geolitica")
    assert "Found under “Other names”: Geolitica" in page.text
    assert "<mark>Geolitica</mark>" in page.bodies
    assert "Found under" not in visit("register").text


def test_every_facet_filters_and_stands_in_the_address(visit: Visit) -> None:
    page = visit(
        "register", country="Sweden", written="independent_compilation", complete=["0-25", "nonsense"]
    )
    assert "“nonsense”" in page.text
    assert page.at.query_params["country"] == "Sweden"
    page.choose("register_complete", [])
    assert shown(page) == {"Face recognition in a school in Skellefteå"}
    assert "Filters: Sweden, Independent compilation" in page.text
    assert set(page.at.query_params) == {"country", "written"}
    widened = page.choose("register_country", ["Sweden", "France"])
    assert shown(widened) == {"Face recognition in a school in Skellefteå", "Police drones in Paris"}


def test_a_long_list_comes_in_parts_that_the_address_names(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hearing_app.documents.register.PER_PAGE", 4)
    page = visit("register", country=["China", "France", "United States", "United Kingdom"])
    first = shown(page)
    assert len(first) == 4
    assert ", 1 to 4" in page.text
    page.follow("The next ones")
    assert not shown(page) & first
    assert ", 5 to " in page.text
    assert set(page.at.query_params) == {"country", "after"}
    # Another choice begins at the start of its own list.
    page.choose("register_country", ["Sweden"])
    assert shown(page) == {"Face recognition in a school in Skellefteå"}
    assert "after" not in page.at.query_params
    assert "does not have: “nothing”" in visit("register", after="nothing").text
