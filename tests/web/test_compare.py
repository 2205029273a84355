"""Systems side by side, and what each agency has published, in the app."""

from __future__ import annotations

from tests.web.reader import HOSTILE, Visit


def test_the_address_names_what_is_compared(visit: Visit) -> None:
    page = visit("compare", system=["compas", "predpol"])
    assert page.title == "Systems side by side"
    assert "What it is for" in page.text
    assert "They differ" in page.text
    assert 'class="same"' in page.bodies
    fewer = page.follow("Show only where they differ")
    assert fewer.at.query_params["only"] in ("differences", ["differences"])
    assert 'class="same"' not in fewer.bodies


def test_a_system_is_found_and_added(visit: Visit) -> None:
    page = visit("compare", system="compas")
    assert "Choose one more system" in page.text
    page.type("compare_q", "london").run()
    added = page.follow("Add Live facial recognition in London")
    assert added.at.query_params["system"] == ["compas", "met-live-facial-recognition"]
    assert "They differ" in added.text


def test_without_a_choice_there_is_something_to_begin_with(visit: Visit) -> None:
    page = visit("compare")
    assert "Or begin with one of these:" in page.text
    assert len([words for _, words in page.links if words.startswith("Add ")]) == 6
    assert page.link("All systems in the register") == "/register"
    begun = page.follow("Add Automated traffic enforcement in Shenzhen")
    assert "Like what you chose:" in begun.text
    assert "Add Automated traffic enforcement in Shenzhen" not in begun.text
    other = next(words for _, words in begun.links if words.startswith("Add "))
    assert "They differ" in begun.follow(other).text


def test_what_cannot_be_compared_is_said(visit: Visit) -> None:
    assert "Choose the systems to compare." in visit("compare").text
    assert visit("compare", system=[HOSTILE[0]]).title == "Nothing is published at this address"


def test_coverage_counts_by_agency(visit: Visit) -> None:
    page = visit("coverage")
    assert page.title == "What each agency has published"
    assert "Known, and without an entry here" in page.text
    assert "Broward County" in page.text
    assert page.link("This table as CSV") == "/api/v1/coverage.csv"


def test_nothing_published_is_said(visit_empty: Visit) -> None:
    assert "The register is empty so far." in visit_empty("coverage").text
