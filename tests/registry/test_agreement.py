from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.registry.agreement import disagreements

# A busy machine may be slow; that is no fault of the code.
PATIENT = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def found(data: dict[str, Any]) -> dict[str, str]:
    return {".".join(map(str, error["loc"])): str(error["type"]) for error in disagreements(data)}


def test_a_sound_entry_agrees_with_itself(data: dict[str, Any]) -> None:
    assert found(data) == {}


def test_a_reference_must_lead_to_a_source(data: dict[str, Any]) -> None:
    data["claims"][0]["sources"] = ["report", "repport"]
    data["notice"] = {"how": "Signs stand at the road.", "sources": ["sign"]}
    assert set(found(data)) == {"claims.0.sources.1", "notice.sources.0"}


def test_a_source_must_be_used(data: dict[str, Any]) -> None:
    data["sources"].append({"id": "letter"})
    assert "letter" in found(data)["sources.1.id"]


def test_names_stand_once(data: dict[str, Any]) -> None:
    data["sources"].append(dict(data["sources"][0]))
    data["claims"].append(dict(data["claims"][0]))
    data["functions"] *= 2
    assert set(found(data)) == {"sources.1.id", "claims.1.id", "functions.1"}


@pytest.mark.parametrize("field", ["date", "read_on"])
def test_no_date_is_later_than_the_entrys_day(data: dict[str, Any], field: str) -> None:
    data["sources"][0][field] = "2024-07"
    data["claims"][0]["said"] = "2024"  # may lie before the day, so it is not certainly later
    assert found(data)[f"sources.0.{field}"].startswith("July 2024 is later than 30 June 2024")
    assert len(found(data)) == 1


def test_a_vague_day_of_the_entry_is_given_the_benefit_of_the_doubt(data: dict[str, Any]) -> None:
    data["compiled"]["as_of"] = "2024"
    data["sources"][0]["date"] = "2024-07-01"
    assert found(data) == {}
    data["sources"][0]["date"] = "2025"
    assert set(found(data)) == {"sources.0.date"}


@pytest.mark.parametrize(
    ("stages", "field"),
    [
        ([("2019", "2018"), ("2020", None)], "lifecycle.stages.0.until"),
        ([("2020", "2021"), ("2019", None)], "lifecycle.stages.1.since"),
        ([("2019", "2021"), ("2020", None)], "lifecycle.stages.1.since"),
        ([("2019", None), ("2020", None)], "lifecycle.stages.0.until"),
        ([("2019", "2020")], "lifecycle.stages.0.until"),
    ],
)
def test_stages_are_in_order_do_not_overlap_and_the_last_is_open(
    data: dict[str, Any], stages: list[tuple[str, str | None]], field: str
) -> None:
    data["lifecycle"]["stages"] = [
        {"stage": "operational", "since": since, "until": until, "sources": ["report"]}
        for since, until in stages
    ]
    assert set(found(data)) == {field}


@pytest.mark.parametrize("until", ["2020", "2020-03", "2020-03-01", "2020-02-29"])
def test_a_vague_end_may_touch_the_next_beginning(data: dict[str, Any], until: str) -> None:
    data["lifecycle"]["stages"][0]["until"] = until
    assert found(data) == {}


def test_an_exception_needs_its_reason_and_a_headline_its_dataset(data: dict[str, Any]) -> None:
    data["is_police_system"] = False
    data["headline"] = {"text": "Half.", "dataset": "counts", "sources": ["report"]}
    assert set(found(data)) == {"scope_note", "headline.dataset"}
    data["scope_note"], data["datasets"] = "A precedent.", ["counts"]
    assert found(data) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["2020", "report"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["sources", "id", "stages", "since", "until", "lifecycle", "compiled", "as_of"]),
            inner,
        )
    ),
    max_leaves=20,
)


@PATIENT
@given(
    st.dictionaries(
        st.sampled_from(["sources", "lifecycle", "compiled", "claims", "headline", "datasets"]), JSON
    )
)
def test_any_shape_of_data_is_passed_over_and_not_raised_at(data: dict[str, Any]) -> None:
    disagreements(data)
