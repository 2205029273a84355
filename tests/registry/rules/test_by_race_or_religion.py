"""The founding rule: no prediction by race, origin or religion; checking for fairness stays free."""

from __future__ import annotations

from itertools import product

import pytest

from hearing_app.registry.entry.data import AttributeUse
from hearing_app.registry.rules.results import Outcome, Result

from .entries import RULES, entry_in, result_of

FUNCTIONS = [
    *("place_forecasting", "person_offending_risk", "person_victim_risk", "case_solvability"),
    *("custody_bail_support", "network_link_analysis"),
]
ATTRIBUTES = ["race", "ethnicity", "religion", "national_origin", "migration_status", "caste"]
FORBIDDEN = ["input_feature", "inferred", "outcome_label"]
FREE = ["audit_only", "stored_not_used"]


def seen(function: str, *pairs: tuple[str, str], **answers: bool) -> Result:
    attributes = [{"attribute": attribute, "use": use} for attribute, use in pairs]
    entry = entry_in("", functions=[function], protected_attributes=attributes, screening=answers)
    return result_of(entry, RULES["R-20"])


def test_the_uses_are_all_there_are() -> None:
    assert {*FORBIDDEN, *FREE} == {str(use) for use in AttributeUse}


@pytest.mark.parametrize(("function", "attribute", "use"), list(product(FUNCTIONS, ATTRIBUTES, FORBIDDEN)))
def test_it_blocks(function: str, attribute: str, use: str) -> None:
    found = seen(function, (attribute, use))
    assert (found.outcome, found.blocks) == (Outcome.TOUCHED, True)
    assert found.answers[-1].field == "protected_attributes"
    # A fair use of another trait, or of the same one, hides nothing.
    assert seen(function, ("age", "audit_only"), (attribute, "audit_only"), (attribute, use)).blocks


@pytest.mark.parametrize(("function", "attribute", "use"), list(product(FUNCTIONS, ATTRIBUTES, FREE)))
def test_checking_for_fairness_never_blocks(function: str, attribute: str, use: str) -> None:
    found = seen(function, (attribute, use))
    assert (found.outcome, found.blocks) == (Outcome.NOT_TOUCHED, False)
    assert ("it is welcome" in " ".join(found.remarks)) == (use == "audit_only")


def test_all_fair_uses_together_never_block() -> None:
    pairs = [(attribute, "audit_only") for attribute in ATTRIBUTES]
    assert {seen(function, *pairs).outcome for function in FUNCTIONS} == {Outcome.NOT_TOUCHED}


def test_nothing_said_is_no_answer_and_a_no_is_one() -> None:
    assert seen("place_forecasting").outcome is Outcome.UNKNOWN
    assert seen("place_forecasting").blocks
    assert seen("place_forecasting", uses_protected_traits=False).outcome is Outcome.NOT_TOUCHED
    assert seen("place_forecasting", uses_protected_traits=True).outcome is Outcome.UNKNOWN
    # What is listed counts, whatever else is answered.
    said = seen("place_forecasting", ("race", "inferred"), uses_protected_traits=False)
    assert said.outcome is Outcome.TOUCHED


def test_another_trait_may_be_one_of_these() -> None:
    assert seen("place_forecasting", ("other", "input_feature")).outcome is Outcome.UNKNOWN
    assert seen("place_forecasting", ("other", "audit_only")).outcome is Outcome.NOT_TOUCHED
    assert seen("place_forecasting", ("age", "input_feature")).outcome is Outcome.NOT_TOUCHED


@pytest.mark.parametrize("use", FREE)
def test_what_sources_do_not_name_may_be_used_all_the_same(use: str) -> None:
    def compiled(use: str) -> Result:
        listed = [{"attribute": "race", "use": use}]
        entry = entry_in(
            "",
            by="independent_compilation",
            functions=["place_forecasting"],
            protected_attributes=listed,
        )
        return result_of(entry, RULES["R-20"])

    found = compiled(use)
    assert found.outcome is Outcome.UNKNOWN
    assert bool(found.remarks) == (use == "audit_only")
    assert compiled("inferred").outcome is Outcome.TOUCHED


def test_another_kind_of_work_may_be_a_prediction() -> None:
    assert seen("other", ("race", "input_feature")).outcome is Outcome.UNKNOWN
    assert seen("anpr", ("race", "input_feature")).outcome is Outcome.NOT_TOUCHED
