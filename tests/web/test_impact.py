"""The impact level's page: a calculator for anybody, with a system's own answers where it has some."""

from __future__ import annotations

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import COMPILATION
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.store.engine import reading, writing
from tests.registry.impact.answering import FACE_SEARCH
from tests.web.reader import HOSTILE, Visit


def test_anybody_can_try_it_and_answers_stay_while_the_part_changes(visit: Visit) -> None:
    page = visit("impact")
    assert page.title == "Impact level"
    assert "Level not known." in page.text
    assert "Before safeguards 14 to 167 of 167 points" in page.text
    page.choose("impact_q_businessDrivers9", "item2-1")
    assert "Before safeguards 15 to 167 of 167 points" in page.text
    page.choose("impact_section", "algorithm")
    assert "Is it watched how it changes while it learns?" not in page.text
    page.choose("impact_q_aboutAlgorithm8", "item1-3")
    assert "Is it watched how it changes while it learns?" in page.text
    page.choose("impact_q_aboutAlgorithm3", ["none"])
    assert "Before safeguards 18 to 166 of 167 points" in page.text
    page.choose("impact_section", "reasons")
    assert page.value("impact_q_businessDrivers9") == "item2-1"
    page.choose("impact_q_businessDrivers9", "open")
    assert "Before safeguards 17 to 166 of 167 points" in page.text
    page.choose("impact_floors", ["identification"])
    assert "At least level III: it may be III or IV." in page.text


def test_who_leaves_the_page_and_comes_back_finds_what_they_chose(visit: Visit) -> None:
    page = visit("impact")
    page.choose("impact_floors", ["identification"]).choose("impact_q_businessDrivers9", "item2-1")
    chosen = ("impact_phase", "impact_floors", "impact_q_businessDrivers9")
    before = [page.value(key) for key in chosen]
    assert before == ["implementation", ["identification"], "item2-1"]
    page = page.open("about").open("impact")
    assert [page.value(key) for key in chosen] == before
    # For a system the floors come from its entry; what was chosen before it was looked at is not kept.
    assert page.open("impact", system="compas").open("impact").value("impact_floors") == []


def test_a_system_begins_with_its_own_answers(visit: Visit, house: Deployment) -> None:
    with reading(house.engine) as db:
        entry = entry_of(db, "met-live-facial-recognition").entry
    impact = {
        "instrument_version": "1.0.1",
        "phase": "implementation",
        "answered_by": "A student's exercise",
        "answers": FACE_SEARCH,
    }
    made = Entry.model_validate(entry.model_dump(mode="json") | {"impact": impact})
    with writing(house.engine) as db:
        publish_entry(db, COMPILATION, made, note="Answers, for this test.")
    page = visit("impact", system="met-live-facial-recognition")
    assert page.title == "Impact level: Live facial recognition in London"
    assert "given by A student's exercise" in page.text
    assert "Before safeguards 96 of 167 points, level III." in page.text
    page.choose("impact_q_businessDrivers5", "item1-2")
    assert "Before safeguards 97 of 167 points" in page.text
    # Another system is another questionnaire; back at the first, the entry's answers stand again.
    other = page.open("impact", system="compas")
    assert "Before safeguards 14 to 167 of 167 points" in other.text
    assert "It scores the risk of a person." in other.text
    assert other.link("Back to COMPAS risk scores") == "/system?id=compas"


def test_an_address_with_anything_in_it_is_refused_kindly(visit: Visit) -> None:
    for one in HOSTILE:
        assert visit("impact", system=one).title
    assert visit("impact", colour=[*HOSTILE]).title == "Impact level"
