from __future__ import annotations

import pytest

from hearing_app.registry import vocabulary
from hearing_app.registry.vocabulary import LifecycleStage, PolicingFunction, Term, Verdict

LISTS = [value for value in vars(vocabulary).values() if isinstance(value, type) and issubclass(value, Term)]


@pytest.mark.parametrize("terms", [terms for terms in LISTS if terms is not Term])
def test_every_value_has_a_label_of_its_own_that_is_not_the_value(terms: type[Term]) -> None:
    labels = [term.label for term in terms]
    assert len(set(labels)) == len(labels) > 0
    assert all(label[0].isupper() and "_" not in label for label in labels)


def test_a_term_is_its_value_in_text_and_json() -> None:
    assert f"{Verdict.NOT_SUBSTANTIATED}" == "not_substantiated"
    assert Verdict("supported") is Verdict.SUPPORTED


def test_the_stages_and_verdicts_are_those_of_the_standard() -> None:
    assert [str(stage) for stage in LifecycleStage] == [
        *("proposed", "design", "development", "pilot_shadow", "pilot_live"),
        *("operational", "suspended", "retired", "cancelled"),
    ]
    assert {str(verdict) for verdict in Verdict} == {"supported", "disputed", "not_substantiated", "unknown"}


def test_the_policing_functions_are_the_full_list() -> None:
    assert len(PolicingFunction) == 29
    assert PolicingFunction.ANPR.label == "Reading number plates"


def test_which_stages_are_over() -> None:
    assert {stage for stage in LifecycleStage if stage.is_over} == {
        LifecycleStage.RETIRED,
        LifecycleStage.CANCELLED,
    }
