from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from hearing_app.registry.entry import Entry
from hearing_app.registry.faults import faults_of
from hearing_app.registry.vocabulary import LifecycleStage


def fields_at_fault(data: dict[str, Any]) -> set[str]:
    try:
        Entry.model_validate(data)
    except ValidationError as error:
        return {fault.field for fault in faults_of(error)}
    return set()


def test_a_sound_entry_is_read_and_survives_a_round_trip(data: dict[str, Any]) -> None:
    entry = Entry.model_validate(data)
    assert entry.stage is LifecycleStage.OPERATIONAL
    assert entry.present.since.words == "1 March 2020"
    assert entry.contact is None and entry.datasets == ()
    assert Entry.model_validate(entry.model_dump(mode="json")) == entry
    assert Entry.model_validate_json(entry.model_dump_json()) == entry


def test_sources_are_found_by_id(data: dict[str, Any]) -> None:
    data["sources"].insert(0, {**data["sources"][0], "id": "letter"})
    data["claims"][0]["sources"].append("letter")
    entry = Entry.model_validate(data)
    assert entry.source("report").title == "Yearly report"
    with pytest.raises(KeyError):
        entry.source("nowhere")


def test_an_entry_does_not_change(data: dict[str, Any]) -> None:
    entry = Entry.model_validate(data)
    with pytest.raises(ValidationError):
        entry.name = "Other"  # type: ignore[misc]  # what is tried here


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("colour",), "red", "colour"),
        (("deployer", "chief"), "x", "deployer.chief"),
        (("claims", 0, "score"), 1, "claims.0.score"),
        (("summary",), "a" * 401, "summary"),
        (("name",), "", "name"),
        (("is_police_system",), "no", "is_police_system"),
        (("functions",), [], "functions"),
        (("functions",), ["mind_reading"], "functions.0"),
        (("automation_level",), "half", "automation_level"),
        (("claims", 0, "verdict"), "false", "claims.0.verdict"),
        (("claims", 0, "sources"), [], "claims.0.sources"),
        (("claims", 0, "figure"), 50, "claims.0.figure"),
        (("lifecycle", "stages", 0, "sources"), [], "lifecycle.stages.0.sources"),
        (("lifecycle", "stages", 0, "since"), "2019-13", "lifecycle.stages.0.since"),
        (("headline",), {"text": "One in two.", "sources": []}, "headline.sources"),
        (("accountable_role",), "Jane Doe", "accountable_role"),
        (("sources", 0, "address"), "ftp://x.org", "sources.0.address"),
        (("compiled", "statement"), "TODO", "compiled.statement"),
        (("contact",), {"name": "Desk", "email": "nobody"}, "contact.email"),
        (("datasets",), "compas", "datasets"),
    ],
)
def test_each_fault_is_reported_at_its_field(
    data: dict[str, Any], path: tuple[Any, ...], value: Any, field: str
) -> None:
    target: Any = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert fields_at_fault(data) == {field}


def test_required_fields_are_required(data: dict[str, Any]) -> None:
    needed = [
        "id",
        "name",
        "lang",
        "summary",
        "compiled",
        "is_police_system",
        "deployer",
        "lifecycle",
        "functions",
        "purpose",
    ]
    for field in needed:
        assert field in fields_at_fault({key: value for key, value in data.items() if key != field})


def test_faults_of_fields_and_of_agreement_come_together(data: dict[str, Any]) -> None:
    data["name"] = ""
    data["claims"][0]["sources"] = ["nowhere"]
    data["lifecycle"]["stages"][1]["until"] = "2021"
    assert fields_at_fault(data) == {"name", "claims.0.sources.0", "lifecycle.stages.1.until"}
