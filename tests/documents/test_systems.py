"""A system's entry as a document: in the order in which people ask, with a source for each fact."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hearing_app.documents.home import newest_html, steps_html
from hearing_app.documents.register import results_html
from hearing_app.documents.systems import system_html
from hearing_app.hearings.hearing import Hearing
from hearing_app.record.versions import Version
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.published import PublishedEntry
from tests.documents.conftest import ROOT
from tests.documents.reading import assert_inert, read

Publish = Callable[[Entry], PublishedEntry]
IDS = sorted(entry.id for entry in read_entries(ROOT / "registry")[0])
HEADINGS = [
    "What it is",
    "What it may do to you, and who decides",
    "Does it work, and for whom does it fail?",
    "What is claimed, and what the evidence supports",
    "Is it allowed?",
    "Who answers for it",
    "What you can do",
    "History",
    "Sources",
]
NOT_STATED = "Not stated by the body that runs it"


def squeeze(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def html(entries: dict[str, Entry], publish: Publish, request: pytest.FixtureRequest) -> str:
    published = publish(entries[request.param])
    return system_html(published, [published.version], [])


@pytest.mark.parametrize("html", IDS, indirect=True)
def test_every_entry_has_every_section_in_order(html: str) -> None:
    assert re.findall(r"<h2>(.*?)</h2>", html) == HEADINGS


@pytest.mark.parametrize("html", IDS, indirect=True)
def test_every_entry_says_that_it_is_an_independent_compilation(html: str) -> None:
    notice = read(html).text[:400]
    assert "independent compilation" in notice.lower()
    assert "Brought up to date on" in notice


@pytest.mark.parametrize("html", IDS, indirect=True)
def test_every_note_leads_to_a_numbered_source(html: str) -> None:
    page = assert_inert(html)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    notes = [link for link in page.all("a") if link["href"].startswith("#source-")]
    assert notes
    for link in notes:
        assert link["href"][1:] in ids
        assert link["aria-label"] == f"Source {link['href'].removeprefix('#source-')}"
    sources = [one for one in ids if one.startswith("source-")]
    assert sources == [f"source-{number}" for number in range(1, len(sources) + 1)]
    # Nothing is listed to which nothing refers.
    assert {link["href"][1:] for link in notes} == set(sources)


@pytest.mark.parametrize("name", IDS)
def test_every_claim_stands_with_who_said_it_and_the_verdict(
    entries: dict[str, Entry], publish: Publish, name: str
) -> None:
    entry = entries[name]
    text = read(system_html(publish(entry), [], [])).text
    assert entry.claims
    for claim in entry.claims:
        assert f"“{squeeze(claim.text)}”" in text
        assert f"Said by: {squeeze(claim.who)}" in text
        assert claim.verdict.label in text
        assert squeeze(claim.finding) in text


def test_a_sources_number_is_that_of_its_place(entries: dict[str, Entry], publish: Publish) -> None:
    entry = entries["compas"]
    html = system_html(publish(entry), [], [])
    for number, source in enumerate(entry.sources, start=1):
        item = re.search(rf'<li id="source-{number}">(.*?)</li>', html, re.DOTALL)
        assert item is not None
        assert squeeze(source.title) in read(item.group(1)).text
        if source.address:
            assert read(item.group(1)).all("a")[0]["href"] == source.address


def test_the_sources_on_who_runs_and_who_supplies_it_are_noted(
    entries: dict[str, Entry], publish: Publish
) -> None:
    entry = entries["compas"]
    sources = (entry.sources[1].id,)
    noted = entry.model_copy(
        update={
            "deployer": entry.deployer.model_copy(update={"sources": sources}),
            "suppliers": tuple(one.model_copy(update={"sources": sources}) for one in entry.suppliers[:1]),
        }
    )
    facts = system_html(publish(noted), [], []).split("<h2>")[1]
    for heading in ("Who runs it", "Who supplies it"):
        fact = facts.split(f"<dt>{heading}</dt>", maxsplit=1)[1].split("<dt>", maxsplit=1)[0]
        assert read(fact).all("a") == [{"href": "#source-2", "aria-label": "Source 2"}]


def test_facts_that_were_not_stated_are_said_to_be_absent(
    entries: dict[str, Entry], publish: Publish
) -> None:
    bare = entries["compas"].model_copy(
        update={
            "accountable_role": None,
            "contact": None,
            "suppliers": (),
            "not_for": (),
            "decision_supported": None,
            "automation_level": None,
            "human_review": None,
            "consequences": (),
            "people_affected": (),
            "inputs": (),
            "outputs": (),
            "legal_basis": (),
            "assessments": (),
            "risks": (),
            "rights": type(entries["compas"].rights)(),
        }
    )
    text = read(system_html(publish(bare), [], [])).text
    # Twelve facts about the system, and its three rights.
    assert text.count(NOT_STATED) == 3 + 14
    full = read(system_html(publish(entries["compas"]), [], [])).text
    assert full.count(NOT_STATED) < text.count(NOT_STATED)


def test_what_was_not_measured_is_said_to_be_missing(entries: dict[str, Entry], publish: Publish) -> None:
    bare = entries["compas"].model_copy(update={"headline": None, "measurements": (), "claims": ()})
    text = read(system_html(publish(bare), [], [])).text
    assert "No measured figure was found." in text
    assert "No claims were found." in text


def test_figures_and_hearings_are_linked(
    entries: dict[str, Entry], publish: Publish, make_hearing: Callable[..., Hearing]
) -> None:
    page = assert_inert(system_html(publish(entries["compas"]), [], [make_hearing(demonstration=True)]))
    links = [link["href"] for link in page.all("a")]
    assert "/evidence?dataset=compas-broward" in links
    assert "/hearing?id=example-hearing" in links
    assert "Scores in Exampleton (open, " in page.text
    assert "; a demonstration)" in page.text
    none = read(system_html(publish(entries["compas"]), [], [])).text
    assert "No hearing on this system is announced." in none


def test_a_closed_hearing_counts_no_days(
    entries: dict[str, Entry], publish: Publish, make_hearing: Callable[..., Hearing]
) -> None:
    now = datetime.now(UTC)
    over = make_hearing(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    assert "Scores in Exampleton (closed)" in read(system_html(publish(entries["compas"]), [], [over])).text


def test_every_version_can_be_read(entries: dict[str, Entry], publish: Publish) -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    history = [Version("system", "compas", n, {}, "", at, "compilation", "", 0) for n in (1, 2)]
    page = read(system_html(publish(entries["compas"]), history, []))
    assert "This entry: version 1, 4 March 2026; version 2, 4 March 2026." in page.text
    assert [link["href"] for link in page.all("a") if "/record/" in link["href"]] == [
        "/record/systems/compas/1",
        "/record/systems/compas/2",
    ]


def test_the_school_is_said_to_be_no_police_system(entries: dict[str, Entry], publish: Publish) -> None:
    school = read(system_html(publish(entries["skelleftea-school-face-recognition"]), [], [])).text
    assert "Not a police system" in school
    assert "Not a police system" not in read(system_html(publish(entries["predpol"]), [], [])).text


def test_a_picture_is_placed_with_the_figures(entries: dict[str, Entry], publish: Publish) -> None:
    html = system_html(publish(entries["compas"]), [], [], '<figure class="mark"></figure>')
    assert html.index("Does it work") < html.index('<figure class="mark">') < html.index("What is claimed")


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '" onclick="x', "<img src=//evil.example>", "</dl></div>"]
)
def test_an_entry_is_words_and_nothing_else(
    entries: dict[str, Entry], publish: Publish, payload: str
) -> None:
    entry = entries["compas"]
    hostile = entry.model_copy(
        update={
            "name": payload,
            "summary": payload,
            "purpose": payload,
            "aliases": (payload,),
            "gaps": (payload,),
            "users": (payload,),
            "claims": tuple(c.model_copy(update={"text": payload, "who": payload}) for c in entry.claims),
            "sources": tuple(s.model_copy(update={"title": payload, "note": payload}) for s in entry.sources),
        }
    )
    plain = read(system_html(publish(entry.model_copy(update={"aliases": ("a",), "users": ("b",)})), [], []))
    page = assert_inert(system_html(publish(hostile), [], []))
    assert squeeze(payload) in page.text
    assert page.all("script") == page.all("img") == []
    assert len(page.all("blockquote")) == len(plain.all("blockquote"))
    assert_inert(results_html([publish(hostile)], 1))
    assert_inert(newest_html([publish(hostile)]))


def test_a_search_shows_what_it_found_of_how_many(entries: dict[str, Entry], publish: Publish) -> None:
    compas, gait = publish(entries["compas"]), publish(entries["gait-recognition"])
    page = assert_inert(results_html([compas], 9))
    assert "1 of 9 systems" in page.text
    assert entries["compas"].name in page.text
    assert "Figures to explore" in page.text
    assert "independent compilation" in page.text.lower()
    every = read(results_html([compas, gait], 2)).text
    assert every.startswith("2 systems")
    assert "Nothing in the register fits." in read(results_html([], 9)).text


def test_home_shows_five_entries_and_counts_all(entries: dict[str, Entry], publish: Publish) -> None:
    page = assert_inert(newest_html([publish(entry) for entry in entries.values()]))
    assert len([link for link in page.all("a") if link["href"].startswith("/system?id=")]) == 5
    assert "All 9 systems" in page.text
    assert "The register is empty." in read(newest_html([])).text


def test_home_shows_the_four_steps_with_pictures_that_say_nothing_twice() -> None:
    page = assert_inert(steps_html())
    assert [picture["alt"] for picture in page.all("img")] == [""] * 4
    assert "1. Read" in page.text
    assert "4. Get an answer" in page.text
