"""Counts by agency, and the systems that are known and have no entry."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearing_app.registry.coverage import coverage
from hearing_app.registry.entry import Entry
from hearing_app.registry.register import Register
from hearing_app.registry.standard import completeness
from hearing_app.registry.unregistered import (
    Unregistered,
    faults_beside,
    read_unregistered,
    still_missing,
    unregistered_in,
)
from hearing_app.settings import SHIPPED

TODAY = date(2026, 6, 1)


def known(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Harbour list",
        "agency": "riverton-police",
        "agency_name": "Riverton Police",
        "country": "Freedonia",
        "function": "anpr",
        "known_from": {"title": "A list", "publisher": "The Gazette", "address": "https://example.org/a"},
    } | changes


def test_an_agency_is_counted(data: dict[str, Any]) -> None:
    own = {**data["compiled"], "by": "deployer"}
    withheld = {
        "field": "outputs",
        "ground": "security",
        "explanation": "It would tell how to evade it.",
        "approver_role": "Chief Constable",
        "review_date": "2027",
        "full_copy_with": "Auditor",
    }
    entries = [
        Entry.model_validate({**data, "id": "a", "compiled": own, "next_review": "2026-05-31"}),
        Entry.model_validate({**data, "id": "b", "withheld": [withheld], "next_review": "2026-06"}),
        Entry.model_validate({**data, "id": "c"}),
    ]
    missing = [Unregistered.model_validate(known()), Unregistered.model_validate(known(name="B", entry="b"))]
    [found] = coverage(Register.of(entries), missing, TODAY, {"c": 2})
    assert (found.published, found.own, found.compiled) == (3, 1, 2)
    assert [one.name for one in found.unregistered] == ["Harbour list"]
    # The month of June is not over; an entry without a day is not overdue, and not in time either.
    assert (found.overdue, found.undated, found.audits_overdue) == (1, 1, 2)
    counted = [completeness(entry) for entry in entries]
    assert found.needed == sum(one.needed for one in counted)
    assert found.stated == sum(len(one.stated) for one in counted)
    assert (found.withheld, found.withheld_share) == (1, 1 / found.needed)
    assert found.complete == found.stated / found.needed


def test_an_agency_without_entries_is_there_with_what_is_unknown(data: dict[str, Any]) -> None:
    missing = [Unregistered.model_validate(known(agency="z", agency_name="A police"))]
    first, second = coverage(Register.of([Entry.model_validate(data)]), missing, TODAY)
    assert (first.name, first.published, first.complete, first.withheld_share) == ("A police", 0, None, None)
    assert (second.audits_overdue, second.unregistered) == (None, ())


def put(folder: Path, name: str, data: dict[str, Any]) -> None:
    (folder / "unregistered").mkdir(exist_ok=True)
    (folder / "unregistered" / name).write_text(yaml.safe_dump(data), encoding="utf-8")


def test_the_folder_is_read_and_every_fault_is_named(tmp_path: Path) -> None:
    assert read_unregistered(tmp_path) == ((), ())
    put(tmp_path, "a.yaml", known())
    [found] = unregistered_in(tmp_path)
    assert found.known_from.publisher == "The Gazette"
    put(tmp_path, "b.yaml", known(name="HARBOUR LIST"))
    put(tmp_path, "c.yaml", known(name="C", agency_name="Another", surprise=1))
    put(tmp_path, "d.yaml", known(name="D", agency_name="Another"))
    _, faults = read_unregistered(tmp_path)
    assert [(fault.file, fault.field) for fault in faults] == [
        ("unregistered/c.yaml", "surprise"),
        ("unregistered/b.yaml", "name"),
        ("unregistered/d.yaml", "agency_name"),
    ]
    assert {one.name for one in unregistered_in(tmp_path)} == {"Harbour list", "HARBOUR LIST", "D"}


@pytest.mark.parametrize(
    ("changes", "field"), [({"agency_name": "Rivertown"}, "agency_name"), ({"entry": "nothing"}, "entry")]
)
def test_what_does_not_fit_the_entries_is_a_fault(changes: dict[str, str], field: str) -> None:
    one = Unregistered.model_validate(known(**changes))
    [fault] = faults_beside([one], {"riverton-police": "Riverton Police"}, {"a"})
    assert fault.field == field
    assert still_missing([one], {"a"}) == [one]


def test_what_is_shipped_names_its_sources() -> None:
    found, faults = read_unregistered(SHIPPED / "registry")
    assert not faults
    assert found
    assert all(not one.known_from.address or one.known_from.address.startswith("https://") for one in found)
