from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.registry.entry import Entry
from hearing_app.registry.register import Register
from hearing_app.registry.search import Choice, facets, find, known_values, search
from hearing_app.registry.words import fold

# A busy machine may be slow; that is no fault of the code.
PATIENT = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def entries(data: dict[str, Any]) -> list[Entry]:
    def entry(
        id: str, name: str, agency: str, functions: list[str], stage: str = "operational", **more: Any
    ) -> Entry:
        stages = [{"stage": stage, "since": "2020", "sources": ["report"]}]
        deployer = {**data["deployer"], "agency": agency, "name": agency.title()}
        return Entry.model_validate(
            {
                **data,
                "id": id,
                "name": name,
                "functions": functions,
                "deployer": deployer,
                "lifecycle": {"stages": stages},
                **more,
            }
        )

    return [
        entry(
            "faces",
            "Face matching",
            "riverton",
            ["rbi_realtime"],
            purpose="To find drones over plates of food.",
        ),
        entry(
            "plates",
            "Number plates",
            "riverton",
            ["anpr", "traffic_enforcement"],
            aliases=["Kennzeichen-Leser"],
        ),
        entry(
            "school", "Skellefteå school", "hillton", ["other"], "retired", summary="Cœur, Łódź and plates."
        ),
        entry("drones", "Drones", "hillton", ["other"], "suspended"),
    ]


Ids = Callable[..., list[str]]


@pytest.fixture
def ids(entries: list[Entry]) -> Ids:
    return lambda *args, **filters: [entry.id for entry in search(entries, *args, **filters)]


def test_without_words_or_filters_everything_stays_in_order(ids: Ids) -> None:
    assert ids() == ids("  ") == ids("?!") == ["faces", "plates", "school", "drones"]


def test_case_accents_and_special_letters_do_not_matter(ids: Ids) -> None:
    assert ids("SKELLEFTEA") == ids("skellefteå") == ids("Skelleftea\u030a") == ["school"]
    assert ids("coeur lodz") == ["school"]
    assert ids("kennzeichen") == ["plates"]


def test_all_words_must_match_where_a_word_begins(ids: Ids) -> None:
    assert ids("number plat") == ["plates"]
    assert ids("number drones") == []
    assert ids("ates") == []


def test_the_name_counts_most(ids: Ids) -> None:
    assert ids("drones") == ["drones", "faces"]
    assert ids("plates") == ["plates", "faces", "school"]
    assert ids("plates drones") == ["faces"]


def test_filters_are_combined(ids: Ids) -> None:
    assert ids(functions=["other"]) == ["school", "drones"]
    assert ids(functions=["other"], stages=["retired", "operational"]) == ["school"]
    assert ids(agencies=["riverton"], functions=["anpr", "rbi_realtime"]) == ["faces", "plates"]
    assert ids("plates", agencies=["hillton"]) == ["school"]
    assert ids(functions=["no_such_function"]) == []


def test_claims_and_deployers_are_searched(ids: Ids) -> None:
    assert ids("hillton") == ["school", "drones"]
    assert ids("half as many cars") == ["faces", "plates", "school", "drones"]


def test_counts_respect_the_other_filters_but_not_their_own(entries: list[Entry]) -> None:
    found = facets(entries, agencies=["hillton"], stages=["retired"])
    assert {choice.value: choice.count for choice in found.functions} == {
        "rbi_realtime": 0, "anpr": 0, "traffic_enforcement": 0, "other": 1,
    }  # fmt: skip
    assert found.agencies == (Choice("hillton", "Hillton", 1), Choice("riverton", "Riverton", 0))
    assert {choice.value: choice.count for choice in found.stages} == {
        "operational": 0,
        "suspended": 1,
        "retired": 1,
    }
    assert [choice.label for choice in found.stages] == ["In use", "Paused", "No longer in use"]


def test_a_filter_does_not_hide_its_own_alternatives(entries: list[Entry]) -> None:
    assert [choice.count for choice in facets(entries, agencies=["hillton"]).agencies] == [2, 2]
    assert [choice.count for choice in facets(entries, functions=["anpr"]).functions] == [1, 1, 1, 2]
    assert [choice.count for choice in facets(entries, stages=["retired"]).stages] == [2, 1, 1]


def test_counts_respect_the_words(entries: list[Entry]) -> None:
    assert {choice.value: choice.count for choice in facets(entries, "drones").agencies} == {
        "riverton": 1,
        "hillton": 1,
    }


def test_a_count_is_what_choosing_it_would_show(entries: list[Entry]) -> None:
    for choice in facets(entries, "plates", stages=["operational"]).functions:
        assert choice.count == len(
            search(entries, "plates", functions=[choice.value], stages=["operational"])
        )


def test_a_stage_that_only_old_sources_show_is_a_choice_of_its_own(data: dict[str, Any]) -> None:
    fresh, old = (
        Entry.model_validate({**data, "id": id, "lifecycle": {**data["lifecycle"], "last_seen": seen}})
        for id, seen in (("new", "2024"), ("old", "2021"))
    )
    choices = facets([old, fresh]).stages
    assert choices == (
        Choice("operational", "In use", 1),
        Choice("operational_when_last_seen", "In use when last seen", 1),
    )
    assert search([old, fresh], stages=["operational"]) == [fresh]
    assert search([old, fresh], stages=["operational_when_last_seen"]) == [old]


def test_words_and_counts_forgive_the_same_slips(entries: list[Entry], ids: Ids) -> None:
    assert ids("skelleftae") == ["school"]
    assert ids("license plate", agencies=["riverton"]) == ["plates"]
    assert [choice.count for choice in facets(entries, "skelleftae").agencies] == [1, 0]
    # What another filter hides is still no slip.
    assert ids("kennzeichen", agencies=["hillton"]) == []


def test_unknown_values_are_told_from_known_ones(entries: list[Entry]) -> None:
    known, unknown = known_values(["nope", "riverton", "nope", "riverton"], facets(entries).agencies)
    assert (known, unknown) == (["riverton"], ["nope"])


def test_no_entries_no_choices() -> None:
    assert search([], "x") == []
    assert facets([]).functions == facets([]).agencies == facets([]).stages == ()


@PATIENT
@given(st.text())
def test_any_text_may_be_searched(text: str) -> None:
    assert search([], text) == []
    assert fold(fold(text)) == fold(text)


def test_a_sentence_that_no_entry_holds_offers_its_words(entries: list[Entry]) -> None:
    register = Register.of(entries)
    asked = find(register, "the thing that knows faces in my street zebracrossing")
    assert asked.entries == ()
    offered = dict(asked.each_word(most=9))
    assert "faces" in offered
    # The oracle: a search for the word alone. What most entries hold is not offered, nor what none does.
    assert offered == {word: len(search(entries, word)) for word in offered}
    assert all(0 < count <= len(entries) * 2 // 3 for count in offered.values())
    assert "in" not in offered
    assert find(register, "faces").each_word() == ()
    filtered = find(register, "faces zebracrossing", {"agency": ["metropolitan-police"]})
    assert all(
        count == len(search(entries, word, agencies=["metropolitan-police"]))
        for word, count in filtered.each_word()
    )
