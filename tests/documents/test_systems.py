"""A system's entry as a document: in the order in which people ask, with a source for each fact."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hearing_app.documents.home import newest_html, steps_html
from hearing_app.documents.register import passed_over_html, results_html
from hearing_app.documents.systems import system_html
from hearing_app.evidence.datasets import Catalogue
from hearing_app.hearings.hearing import Hearing
from hearing_app.record.versions import Version
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.listed import Listed, listed
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.standard import completeness
from hearing_app.registry.vocabulary import AgencyKind, CompiledBy
from tests.documents.conftest import ROOT
from tests.documents.reading import HEADINGS, assert_inert, read

Publish = Callable[[Entry], PublishedEntry]
Document = Callable[..., str]
IDS = sorted(entry.id for entry in read_entries(ROOT / "registry")[0])
NOT_FOUND = "Not found in the sources read"


def parted(html: str) -> str:
    """The words of a page, where one element after another is a space."""
    return " ".join(read(html.replace("><", "> <")).text.split())


def squeeze(text: str) -> str:
    return " ".join(text.split())


def row(published: PublishedEntry) -> Listed:
    """The entry as it stands in a list."""
    return listed(published.entry, published.version.version, published.version.published_at)


@pytest.fixture(scope="session")
def document(catalogue: Catalogue) -> Document:
    """Make a system's page with the datasets that are published here."""
    return lambda published, history, hearings: system_html(published, history, hearings, catalogue, {})


@pytest.fixture
def html(
    entries: dict[str, Entry], publish: Publish, request: pytest.FixtureRequest, document: Document
) -> str:
    published = publish(entries[request.param])
    return document(published, [published.version], [])


@pytest.mark.parametrize("html", IDS, indirect=True)
def test_every_entry_has_every_section_in_order(html: str) -> None:
    assert re.findall(r"<h2 id=[^>]*>(.*?)</h2>", html) == HEADINGS


@pytest.mark.parametrize("html", IDS, indirect=True)
def test_every_entry_says_that_it_is_an_independent_compilation(html: str) -> None:
    top = read(html.split("<h2 ", maxsplit=1)[0] + "</div>").text
    assert top.startswith("An independent compilation, not the body’s own publication.")
    notice = top.split("What you can do")[1]
    assert "This entry is an independent compilation from published sources." in notice
    assert "Brought up to date on 23 November 2026." in notice


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
    entries: dict[str, Entry], publish: Publish, name: str, document: Document
) -> None:
    entry = entries[name]
    text = read(document(publish(entry), [], [])).text
    assert entry.claims or "No claims were found." in text
    for claim in entry.claims:
        assert f"“{squeeze(claim.text)}”" in text
        assert f"Said by: {squeeze(claim.who)}" in text
        # The verdict can be read beside the claim, before anything is opened.
        assert re.search(rf"“{re.escape(squeeze(claim.text))}” .{re.escape(claim.verdict.label)}", text)
        assert squeeze(claim.finding) in text


def test_sources_are_numbered_as_the_page_first_mentions_them(
    entries: dict[str, Entry], publish: Publish, document: Document
) -> None:
    entry = entries["compas"]
    html = document(publish(entry), [], [])
    mentioned = [int(number) for number in re.findall(r'href="#source-(\d+)"', html)]
    # A note gives its own numbers from small to large, so only a new one may be above all before it.
    assert list(dict.fromkeys(mentioned)) == list(range(1, len(entry.sources) + 1))
    assert entry.headline is not None
    ordered = [*entry.present.sources, *entry.headline.sources, *(one.id for one in entry.sources)]
    for number, source in enumerate(map(entry.source, list(dict.fromkeys(ordered))[:2]), start=1):
        item = re.search(rf'<li id="source-{number}">(.*?)</li>', html, re.DOTALL)
        assert item is not None
        assert squeeze(source.title) in read(item.group(1)).text
        if source.address:
            assert read(item.group(1)).all("a")[0]["href"] == source.address


def test_the_sources_on_who_runs_and_who_supplies_it_are_noted(
    entries: dict[str, Entry], publish: Publish, document: Document
) -> None:
    entry = entries["compas"]
    sources = (entry.sources[1].id,)
    noted = entry.model_copy(
        update={
            "deployer": entry.deployer.model_copy(update={"sources": sources}),
            "suppliers": tuple(one.model_copy(update={"sources": sources}) for one in entry.suppliers[:1]),
        }
    )
    # The top mentions the sources of the present stage first, and then those of the headline.
    assert noted.headline is not None
    number = list(dict.fromkeys([*noted.present.sources, *noted.headline.sources])).index(sources[0]) + 1
    facts = document(publish(noted), [], []).split("<h2 ")[1]
    for heading in ("Who runs it", "Who supplies it"):
        fact = facts.split(f">{heading}</dt>", maxsplit=1)[1].split("<dt", maxsplit=1)[0].strip()
        noted_as = {"href": f"#source-{number}", "aria-label": f"Source {number}"}
        assert read(fact).all("a") == [noted_as]


def test_facts_that_were_not_stated_are_said_to_be_absent(
    entries: dict[str, Entry], publish: Publish, document: Document
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
            "output_use": None,
            "people_affected": (),
            "inputs": (),
            "outputs": (),
            "legal_basis": (),
            "assessments": (),
            "risks": (),
            "notice": None,
            "explanation_route": None,
            "challenge_route": None,
        }
    )
    for entry in (bare, entries["compas"]):
        html = document(publish(entry), [], [])
        lines = re.findall(r'<p class="missing">(.*?)</p>', html, re.DOTALL)
        assert all(read(f"<p>{line}</p>").text.startswith(NOT_FOUND) for line in lines)
        named = [name for line in lines for name in re.findall(r'<span id="field-(\w+)"', line)]
        assert sorted(named) == sorted(one.name for one in completeness(entry).not_stated)
    assert len(completeness(bare).not_stated) > len(completeness(entries["compas"]).not_stated)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("police", "Not stated by the force"),
        ("police_of_a_country", "Not stated by the force"),
        ("private_operator", "Not stated by the body that runs it"),
    ],
)
def test_only_in_its_own_entry_is_silence_the_forces(
    entries: dict[str, Entry], publish: Publish, document: Document, kind: str, words: str
) -> None:
    entry = entries["anpr"]
    compiled = parted(document(publish(entry), [], []))
    assert "Who answers Not found in the sources read" in compiled
    assert "Not found in the sources read: Accountable post" in compiled
    assert "Not stated" not in compiled
    own = entry.model_copy(
        update={
            "compiled": entry.compiled.model_copy(update={"by": CompiledBy.DEPLOYER}),
            "deployer": entry.deployer.model_copy(update={"kind": AgencyKind(kind)}),
        }
    )
    text = parted(document(publish(own), [], []))
    assert text.startswith("Written by the body that deploys the system.")
    assert f"{words}: Accountable post" in text
    assert NOT_FOUND not in text.replace(entry.state.rest, "")


@pytest.mark.parametrize(
    "state",
    [
        (
            "anpr",
            "Last known in use in 2018; today's use was not found in the sources read",
            "2018 or earlier",
        ),
        ("compas", "Last known in use in 2016; today's use was not found in the", "2013 or earlier"),
        ("gait-recognition", "Last known in use in February 2019; today's use was not found", "2018"),
        ("met-live-facial-recognition", "In use since February 2020 (newest source: 21 April 2026)", "2016"),
        ("predpol", "No longer in use since 15 April 2020", "2011"),
    ],
)
def test_the_state_is_worded_by_the_age_of_its_sources(
    entries: dict[str, Entry], publish: Publish, document: Document, state: tuple[str, str, str]
) -> None:
    name, words, first = state
    shape = entries[name].state.shape
    text = read(document(publish(entries[name]), [], [])).text
    assert f"In use?{shape}{words}" in text
    assert f"First use or plan{first}" in text
    assert f"{shape}{words}" in read(results_html([row(publish(entries[name]))], 9)).text
    assert entries[name].state.short in read(newest_html([row(publish(entries[name]))])).text


def test_the_finding_stands_at_the_top_and_every_section_is_linked(
    entries: dict[str, Entry], publish: Publish, document: Document
) -> None:
    entry = entries["predpol"]
    html = document(publish(entry), [], [])
    assert entry.headline is not None
    top = read(html.split("<h2 ")[0].replace("><", "> <") + "</div>")
    assert f"What was found: {squeeze(entry.headline.text)}" in top.text
    assert f"On this page {' '.join(HEADINGS)}" in top.text
    contents = read(html.split("<nav ")[1].split(">", maxsplit=1)[1].split("</nav>")[0])
    linked = [link["href"] for link in contents.all("a")]
    assert linked == [f"#{one}" for one in re.findall(r'<h2 id="(section-\w+)"', html)]
    assert "What was found:" not in document(publish(entries["gait-recognition"]), [], [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"before_effect": True, "second_person": False, "can_override": True},
            "The check comes before the result has an effect, no second person checks, and the person who "
            "checks can decide otherwise.",
        ),
        (
            {"before_effect": False, "second_person": None, "can_override": False},
            "The check comes only after the result has an effect, and the person who checks cannot decide "
            "otherwise.",
        ),
        ({"before_effect": None, "second_person": True, "can_override": None}, "A second person checks too."),
        ({"before_effect": None, "second_person": None, "can_override": None}, ""),
    ],
)
def test_the_check_by_a_person_is_one_sentence(
    entries: dict[str, Entry], publish: Publish, document: Document, changes: dict[str, object], sentence: str
) -> None:
    entry = entries["compas"]
    assert entry.human_review is not None
    changed = entry.model_copy(update={"human_review": entry.human_review.model_copy(update=changes)})
    text = read(document(publish(changed), [], [])).text
    assert squeeze(f"Judges and officials. {sentence} How often officials decided otherwise") in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gait-recognition", "Maker of the software. A company that came out of"),
        ("johannesburg-camera-network", "Seen by: Security firms, police. 20,000 to 40,000 plates"),
        ("compas", "Does a machine decide? It informs; a person decides"),
        ("compas", "Errors fall unequally. Black defendants who were not re-arrested had been scored"),
        ("shenzhen-traffic-enforcement", "Your picture shown in public"),
        ("paris-police-drones", "Kind of police work Something else: see what it is for"),
        ("skelleftea-school-face-recognition", "Kind of work Something else: see what it is for"),
    ],
)
def test_no_fragment_runs_into_the_next(
    entries: dict[str, Entry], publish: Publish, document: Document, name: str, words: str
) -> None:
    assert words in parted(document(publish(entries[name]), [], []))


@pytest.mark.parametrize("html", IDS, indirect=True)
def test_the_numbers_within_a_note_rise(html: str) -> None:
    for note in re.findall(r"<sup>(.*?)</sup>", html):
        numbers = [int(number) for number in re.findall(r'href="#source-(\d+)"', note)]
        assert numbers == sorted(set(numbers))


def test_a_dataset_that_is_not_published_here_is_not_linked(
    entries: dict[str, Entry], publish: Publish, document: Document
) -> None:
    entry = entries["anpr"].model_copy(update={"datasets": ("gone",)})
    assert "/evidence" not in document(publish(entry), [], [])


def test_what_of_an_address_was_not_used_is_said() -> None:
    assert passed_over_html([], too_long=False) == ""
    html = passed_over_html(["<b>", "x" * 70, "c", "d", "e"], too_long=True)
    assert_inert(html)
    assert read(html.replace("</p>", " </p>")).text == (
        f"The address asks for what the register does not have: “<b>”, “{'x' * 60}…”, “c” and 2 more. "
        "This was passed over. Only the first 200 characters of your words are searched for."
    )


def test_what_was_not_measured_is_said_to_be_missing(
    entries: dict[str, Entry], publish: Publish, document: Document
) -> None:
    bare = entries["compas"].model_copy(update={"headline": None, "measurements": (), "claims": ()})
    html = document(publish(bare), [], [])
    text = parted(html)
    figures = html.split('id="section-figures"')[1].split("<h2 ")[0]
    assert re.search(r"Not found in the sources read</span>: [^.]*What was measured</span>", figures)
    assert "No claims were found." in text


def test_figures_and_hearings_are_linked(
    entries: dict[str, Entry], publish: Publish, make_hearing: Callable[..., Hearing], document: Document
) -> None:
    page = assert_inert(document(publish(entries["compas"]), [], [make_hearing(demonstration=True)]))
    links = [link["href"] for link in page.all("a")]
    assert "/evidence?dataset=compas-broward" in links
    assert (
        "Explore the figures yourself: COMPAS risk scores and re-arrest within two years, Broward County"
        in page.text
    )
    assert "/hearing?id=example-hearing" in links
    assert "Scores in Exampleton (open, " in page.text
    assert "; a demonstration)" in page.text
    none = read(document(publish(entries["compas"]), [], [])).text
    assert "No hearing on this system is announced." in none


def test_a_closed_hearing_counts_no_days(
    entries: dict[str, Entry], publish: Publish, make_hearing: Callable[..., Hearing], document: Document
) -> None:
    now = datetime.now(UTC)
    over = make_hearing(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    assert "Scores in Exampleton (closed)" in read(document(publish(entries["compas"]), [], [over])).text


def test_every_version_can_be_read(entries: dict[str, Entry], publish: Publish, document: Document) -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    history = [Version("system", "compas", n, {}, "", at, "compilation", "", 0) for n in (1, 2)]
    page = read(document(publish(entries["compas"]), history, []))
    assert "This entry: version 1, 4 March 2026; version 2, 4 March 2026." in page.text
    assert [link["href"] for link in page.all("a") if "/record/" in link["href"]] == [
        "/record/systems/compas/request",
        "/record/systems/compas/1",
        "/record/systems/compas/2",
        "/record/systems/compas/changes",
    ]


def test_the_school_is_said_to_be_no_police_system(
    entries: dict[str, Entry], publish: Publish, document: Document
) -> None:
    school = parted(document(publish(entries["skelleftea-school-face-recognition"]), [], []))
    assert "Is it a police system? No. The register keeps it as a precedent" in school
    johannesburg = parted(document(publish(entries["johannesburg-camera-network"]), [], []))
    assert "Is it a police system? Yes. The operator is a private company." in johannesburg
    assert "Is it a police system? Yes." in parted(document(publish(entries["predpol"]), [], []))


def test_a_picture_is_placed_with_the_figures(
    entries: dict[str, Entry], publish: Publish, document: Document
) -> None:
    html = document(publish(entries["compas"]), [], [])
    places = [
        html.index(mark)
        for mark in ('<h2 id="section-figures"', "About 45 of 100", '<h2 id="section-claims"')
    ]
    assert places == sorted(places)
    assert "of 100" not in document(publish(entries["anpr"]), [], [])


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '" onclick="x', "<img src=//evil.example>", "</dl></div>"]
)
def test_an_entry_is_words_and_nothing_else(
    entries: dict[str, Entry], publish: Publish, payload: str, document: Document
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
    plain = read(document(publish(entry.model_copy(update={"aliases": ("a",), "users": ("b",)})), [], []))
    page = assert_inert(document(publish(hostile), [], []))
    assert squeeze(payload) in page.text
    assert page.all("script") == []
    assert page.all("img") == plain.all("img")
    assert len(page.all("blockquote")) == len(plain.all("blockquote"))
    assert_inert(results_html([row(publish(hostile))], 1))
    assert_inert(newest_html([row(publish(hostile))]))


def test_a_search_shows_what_it_found_of_how_many(entries: dict[str, Entry], publish: Publish) -> None:
    compas, gait = publish(entries["compas"]), publish(entries["gait-recognition"])
    page = assert_inert(results_html([row(compas)], 9))
    assert "1 of 9 systems" in page.text
    assert entries["compas"].name in page.text
    assert "Figures to explore" in page.text
    assert "independent compilation" in page.text.lower()
    every = read(results_html([row(compas), row(gait)], 2)).text
    assert every.startswith("2 systems")
    nothing = assert_inert(results_html([], 9))
    assert "Nothing in the register fits." in nothing.text
    assert "Show all 9 systems" in nothing.text
    assert nothing.all("a") == [{"href": "/register"}]


def test_home_shows_five_entries_and_counts_all(entries: dict[str, Entry], publish: Publish) -> None:
    page = assert_inert(newest_html([row(publish(entry)) for entry in entries.values()]))
    assert len([link for link in page.all("a") if link["href"].startswith("/system?id=")]) == 5
    assert f"All {len(entries)} systems" in page.text
    assert "The register is empty." in read(newest_html([])).text


def test_home_shows_the_four_steps_with_pictures_that_say_nothing_twice() -> None:
    page = assert_inert(steps_html())
    assert [picture["alt"] for picture in page.all("img")] == [""] * 4
    assert "1. Read" in page.text
    assert "4. Get an answer" in page.text
