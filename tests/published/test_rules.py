"""The published rules, and what they say about the published entries: silence accuses nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hearing_app.registry.files import read_entries
from hearing_app.registry.rules.hindrances import hindrances
from hearing_app.registry.rules.reading import read_rules
from hearing_app.registry.rules.results import Applies, Outcome, results_of
from hearing_app.registry.rules.rule import Certainty, Effect, Layer, Rule
from hearing_app.registry.schema import schemas

REGISTRY = Path(__file__).parents[2] / "registry"
ENTRIES, _ = read_entries(REGISTRY)
RULES, FAULTS = read_rules(REGISTRY)
DAY = date(2026, 11, 23)
# Read one by one: what is said there stands in a source that the entry names.
RULED_OUT = {("rti-g", "R-20")}


def test_the_rules_are_fit_to_publish() -> None:
    assert [str(fault) for fault in FAULTS] == []
    assert len(RULES) == 29
    assert {rule.layer for rule in RULES} == set(Layer)


def test_the_schema_is_the_one_that_the_program_generates() -> None:
    published = (REGISTRY / "schema" / "rule.json").read_text(encoding="utf-8")
    assert published == schemas({"rule": Rule})["rule"], "write it again with: hearing registry schema"


def test_no_rule_claims_a_text_that_was_not_kept() -> None:
    assert [rule.id for rule in RULES if rule.text_sha256] == []
    excerpts = {rule.id for rule in RULES if rule.certainty is Certainty.EXCERPT}
    assert excerpts >= {f"R-{number}" for number in (14, 18, 24, 25, 26, 27, 28)}
    assert {rule.id for rule in RULES if rule.certainty is Certainty.NOT_READ} == {"R-12", "R-19"}
    assert all("lawyer" in rule.certainty.label for rule in RULES if rule.layer is not Layer.HOUSE_RULE)


def test_no_published_entry_is_said_to_be_ruled_out_by_what_its_sources_do_not_say() -> None:
    for entry in ENTRIES:
        for one in results_of(entry, RULES, on=DAY):
            if one.applies is not Applies.NOW or one.outcome is not Outcome.TOUCHED:
                continue
            assert one.answers, (entry.id, one.rule.id)
            if one.part.effect is Effect.BLOCK:
                # A use is ruled out by an answer for which the entry names its source.
                assert (entry.id, one.rule.id) in RULED_OUT
                assert all(trait.sources and trait.why for trait in entry.protected_attributes)


def test_what_is_not_said_is_never_taken_for_a_no() -> None:
    by_id = {entry.id: entry for entry in ENTRIES}
    predpol = {one.rule.id: one for one in results_of(by_id["predpol"], RULES, on=DAY)}
    assert predpol["R-20"].outcome is not Outcome.TOUCHED
    drones = {one.rule.id: one for one in results_of(by_id["paris-police-drones"], RULES, on=DAY)}
    assert drones["R-01"].outcome is Outcome.UNKNOWN
    assert {one.outcome for one in drones.values()} <= {Outcome.UNKNOWN, Outcome.NOT_TOUCHED}


def test_no_entry_that_others_compiled_is_refused() -> None:
    assert [fault for entry in ENTRIES for fault in hindrances(entry, RULES, on=DAY)] == []
