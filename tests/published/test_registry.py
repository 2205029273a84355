"""What the register publishes: every entry is fit to publish, and says what the sources say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearing_app.registry.check import check_entries
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.schema import schemas
from hearing_app.registry.search import facets, search
from hearing_app.registry.vocabulary import CompiledBy, LifecycleStage, Verdict
from tests.published.facts import AGENCIES, FIGURES, PAPER, PAPER_CLAIMS

REGISTRY = Path(__file__).parents[2] / "registry"
DATASETS = Path(__file__).parents[2] / "datasets"
ENTRIES, FAULTS = read_entries(REGISTRY)
BY_ID = {entry.id: entry for entry in ENTRIES}
# Not a list of names of people: surnames that stand in the sources, which no entry may repeat.
NAMES = re.compile(
    r"\b(?:Williams|Oliver|Woodruff|Gilliam|Fussey|Murray|Porter|Kwet|Barenstein|Mohler|Dressel|Farid|Flores|"
    r"Chouldechova|Oswald|Grace|Urwin|Barnes|Saunders|Hunt|Hollywood|Joshua|Craig|Sier)\b"
)


def texts(value: object) -> Iterator[str]:
    """Every text in a document, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def words(entry: Entry, *, without_sources: bool = False) -> str:
    return "\n".join(texts(entry.model_dump(mode="json", exclude={"sources"} if without_sources else set())))


every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


def test_the_register_has_no_faults() -> None:
    assert [str(fault) for fault in FAULTS] == []
    linked = {dataset for entry in ENTRIES for dataset in entry.datasets}
    assert [str(fault) for fault in check_entries(REGISTRY, linked)] == []


def test_the_systems_stand_under_their_agencies() -> None:
    assert len(ENTRIES) == len(list((REGISTRY / "systems").glob("*/*.yaml")))
    assert {entry.id: entry.deployer.agency for entry in ENTRIES} == AGENCIES
    for id, agency in AGENCIES.items():
        assert (REGISTRY / "systems" / agency / f"{id}.yaml").is_file()


def test_the_schema_is_the_one_that_the_program_generates() -> None:
    published = (REGISTRY / "schema" / "system.json").read_text(encoding="utf-8")
    assert published == schemas({"system": Entry})["system"], "write it again with write_schemas"


@every_entry
def test_each_entry_says_that_it_is_an_independent_compilation(entry: Entry) -> None:
    assert entry.compiled.by is CompiledBy.INDEPENDENT_COMPILATION
    assert entry.compiled.statement.startswith(
        "This entry is an independent compilation from published sources."
    )
    assert re.search(
        r"(?:has|have) not approved it|(?:none|neither)(?: of them)? has approved it",
        entry.compiled.statement,
    )


@pytest.mark.parametrize(("id", "claim_id", "figure", "verdict", "evidence"), PAPER_CLAIMS)
def test_the_papers_claims_stand_with_what_the_evidence_says(
    id: str, claim_id: str, figure: str | None, verdict: Verdict, evidence: list[str]
) -> None:
    (claim,) = [claim for claim in BY_ID[id].claims if claim.id == claim_id]
    assert claim.who == PAPER and "paper" in claim.sources and len(claim.sources) > 1
    assert claim.verdict is verdict
    assert (claim.figure or "").startswith(figure or "") and (figure is None) == (claim.figure is None)
    assert [part for part in evidence if part not in claim.finding] == []


def test_every_claim_that_names_the_paper_is_in_the_list_above() -> None:
    found = {(entry.id, claim.id) for entry in ENTRIES for claim in entry.claims if "paper" in claim.sources}
    assert found == {(id, claim_id) for id, claim_id, *_ in PAPER_CLAIMS}


def test_the_other_claims_have_their_verdicts() -> None:
    other = {
        (entry.id, claim.id): claim.verdict
        for entry in ENTRIES
        for claim in entry.claims
        if claim.who != PAPER
    }
    assert other[("gait-recognition", "vendor-accuracy")] is Verdict.UNKNOWN
    assert other[("anpr", "asserted-accuracy")] is Verdict.NOT_SUBSTANTIATED
    assert other[("met-live-facial-recognition", "met-false-alert-share")] is Verdict.SUPPORTED
    assert other[("compas", "propublica-machine-bias")] is Verdict.SUPPORTED
    assert other[("compas", "northpointe-parity")] is Verdict.DISPUTED
    assert other[("compas", "two-features")] is Verdict.SUPPORTED
    # The figures show a fall, but not that the software brought it about.
    assert other[("predpol", "police-burglary-falls")] is Verdict.DISPUTED
    assert other[("skelleftea-school-face-recognition", "board-consent")] is Verdict.NOT_SUBSTANTIATED
    # Two versions of a count disagree; figures of the worst errors are no accuracy; an estimate is no test.
    assert other[("south-wales-live-facial-recognition", "force-final-2017")] is Verdict.DISPUTED
    assert other[("hart", "accurate-98-88")] is Verdict.DISPUTED
    assert other[("detroit-face-recognition", "chief-96")] is Verdict.NOT_SUBSTANTIATED
    unchecked = {
        ("south-wales-live-facial-recognition", "no-wrong-stop-since-2022"),
        ("police-national-database-face-search", "replacement-even"),
        ("rti-g", "ftm-ethnic-background"),
        ("darat", "not-for-decisions"),
        ("drone-object-detection", "no-faces"),
        ("monocam", "two-officers"),
    }
    assert {other[claim] for claim in unchecked} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    ("id", "figure"),
    [(id, figure) for id, figures in FIGURES.items() for figure in " ".join(figures.split()).split(" / ")],
)
def test_the_figures_of_the_sources_are_given(id: str, figure: str) -> None:
    assert figure in words(BY_ID[id], without_sources=True)


@every_entry
def test_no_word_judges_and_no_note_to_ourselves_is_left(entry: Entry) -> None:
    own_words = words(entry, without_sources=True)
    assert (
        re.findall(
            r"(?i)bias score|\binnocent\b|\bcriminals?\b(?! (?:responsibility|justice|procedure))", own_words
        )
        == []
    )
    assert re.findall(r"UNVERIFIED|\[[MFCVSK]\]|TODO|TBC", words(entry)) == []


@every_entry
def test_no_private_person_is_named_outside_the_title_of_a_case(entry: Entry) -> None:
    # Authors and officials are cited by their institution or post.
    assert (
        re.findall(r"\bet al\b|\b(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Dame|Justice)\b\.? [A-Z]", words(entry))
        == []
    )
    # Where a study, a court case or a settlement is known by somebody's name, the entry does without it.
    assert NAMES.findall(words(entry)) == []
    assert re.findall(r"[^\s@]+@[^\s@]+\.[a-z]+", words(entry)) == []
    cases = " ".join(ruling.title for ruling in entry.rulings)
    for claimant in ("Thompson", "Carlo", "Bridges", "Loomis"):
        outside = words(entry).replace(f"State v. {claimant}", "")
        assert outside.count(claimant) == cases.replace(f"State v. {claimant}", "").count(claimant)


def test_what_could_not_be_verified_is_left_out() -> None:
    for entry in ENTRIES:
        assert (
            re.findall(r"(?<![\d.])(?:37|63) %|\bDJI\b|Ningbo|68 of 70|September 2020\b", words(entry)) == []
        )


@every_entry
def test_copies_on_unrelated_sites_are_not_cited(entry: Entry) -> None:
    copies = (
        r"docslib|scribd|thenewsintel|cyberswissguards|hoyonews|gadgetpieces|valetspecialist|nytimesnewstoday|"
        r"briefly\.co|occupytheory|arnoldit|64\.62"
    )
    for source in entry.sources:
        assert not re.search(copies, source.address or "")


@every_entry
def test_figures_computed_here_say_so(entry: Entry) -> None:
    for measurement in entry.measurements:
        assert ("computed" in measurement.text) == measurement.computed, measurement.text
        assert measurement.computed == measurement.by.startswith("This register")


@every_entry
def test_an_entry_tells_a_resident_what_matters(entry: Entry) -> None:
    assert entry.people_affected and entry.inputs and entry.outputs and entry.risks and entry.gaps
    assert entry.geography
    assert entry.lifecycle.last_seen
    assert len(entry.sources) > 1 or any("rests on one source" in gap for gap in entry.gaps)
    sentences = re.split(r"(?<=[.!?])\s+", entry.summary)
    assert max(len(sentence.split()) for sentence in sentences) <= 30, "a summary is for everybody"


def test_precedents_are_marked_and_the_rest_are_police_systems() -> None:
    assert {entry.id for entry in ENTRIES if not entry.is_police_system} == {
        "compas",
        "skelleftea-school-face-recognition",
    }
    assert "criminal justice, not police" in (BY_ID["compas"].scope_note or "").lower()
    assert "precedent" in (BY_ID["skelleftea-school-face-recognition"].scope_note or "")


def test_the_compas_headline_leads_to_its_dataset() -> None:
    compas = BY_ID["compas"]
    assert compas.headline is not None
    assert compas.headline.dataset == "compas-broward" and compas.datasets == ("compas-broward",)
    assert "44.8 % of Black and 23.5 % of White" in compas.headline.text


def test_stages_are_those_of_the_sources() -> None:
    stages = {entry.id: entry.stage for entry in ENTRIES}
    assert stages["predpol"] is LifecycleStage.RETIRED
    assert stages["met-live-facial-recognition"] is LifecycleStage.OPERATIONAL
    assert stages["skelleftea-school-face-recognition"] is LifecycleStage.RETIRED
    assert BY_ID["predpol"].present.since.words == "15 April 2020"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("skelleftea", "skelleftea-school-face-recognition"),
        ("geolitica", "predpol"),
        ("vumacam", "johannesburg-camera-network"),
        ("ALPR", "anpr"),
        ("met lfr", "met-live-facial-recognition"),
        ("equivant", "compas"),
        ("facial recognition london", "met-live-facial-recognition"),
        ("préfecture", "paris-police-drones"),
        ("anrp", "anpr"),
        ("plates", "anpr"),
        ("predictve", "predpol"),
        ("heat list", "chicago-ssl"),
        ("CATCH", "catch-face-comparison"),
        ("gezichtsvergelijking", "catch-face-comparison"),
        ("briefcam", "video-analysis-tool"),
        ("telephone at the wheel", "monocam"),
        ("encrochat", "threat-to-life-model"),
        ("domestic abuse", "darat"),
        ("AFR Locate", "south-wales-live-facial-recognition"),
        ("durham", "hart"),
        ("police national database", "police-national-database-face-search"),
        ("detroit", "detroit-face-recognition"),
        ("child abuse", "laseri-x"),
        ("palm prints", "havank"),
        ("project nola", "new-orleans-live-face-recognition"),
        ("national data analytics", "most-serious-violence"),
    ],
)
def test_people_find_a_system_under_the_names_they_know(text: str, first: str) -> None:
    assert search(ENTRIES, text)[0].id == first


@pytest.mark.parametrize("text", ["license plate", "licence plate", "number plate", "license plates"])
def test_a_plate_has_many_names(text: str) -> None:
    assert {entry.id for entry in search(ENTRIES, text)} >= {"anpr", "johannesburg-camera-network"}


def test_face_and_facial_find_every_system_about_faces() -> None:
    found = {entry.id for entry in search(ENTRIES, "face")}
    assert found == {entry.id for entry in search(ENTRIES, "facial")}
    assert found >= {
        "met-live-facial-recognition",
        "johannesburg-camera-network",
        "shenzhen-traffic-enforcement",
        "skelleftea-school-face-recognition",
        "catch-face-comparison",
        "south-wales-live-facial-recognition",
        "police-national-database-face-search",
        "detroit-face-recognition",
        "gauteng-face-recognition",
    }


def test_no_entry_says_that_something_is_in_use_on_the_word_of_an_old_source() -> None:
    assert {entry.id: entry.state.value for entry in ENTRIES} == {
        "predpol": "retired",
        "chicago-ssl": "retired",
        "skelleftea-school-face-recognition": "retired",
        "met-live-facial-recognition": "operational",
        "johannesburg-camera-network": "operational_when_last_seen",
        "gait-recognition": "operational_when_last_seen",
        "anpr": "operational_when_last_seen",
        "shenzhen-traffic-enforcement": "operational_when_last_seen",
        "compas": "operational_when_last_seen",
        "paris-police-drones": "operational_when_last_seen",
        "catch-face-comparison": "operational",
        "monocam": "operational",
        "crime-anticipation-system": "retired",
        "rti-g": "retired",
        "threat-to-life-model": "operational",
        "drone-object-detection": "development",
        "havank": "operational",
        "video-analysis-tool": "operational",
        "darat": "development",
        "south-wales-live-facial-recognition": "operational",
        "hart": "operational_when_last_seen",
        "police-national-database-face-search": "operational",
        "detroit-face-recognition": "operational_when_last_seen",
        "laseri-x": "operational",
        "gauteng-face-recognition": "proposed_when_last_seen",
        "new-orleans-live-face-recognition": "suspended",
        "most-serious-violence": "cancelled",
    }
    for id, first in (
        ("anpr", "2018 or earlier"),
        ("compas", "2013 or earlier"),
        ("hart", "2017 or earlier"),
    ):
        assert BY_ID[id].lifecycle.stages[0].since_words == first


def test_facets_count_every_system() -> None:
    found = facets(ENTRIES)
    counts = [sum(choice.count for choice in choices) for choices in (found.stages, found.agencies)]
    assert counts == [len(ENTRIES), len(ENTRIES)]
