from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hearing_app.registry.check import check_entries

Put = Callable[..., Path]


def test_a_sound_register_has_no_faults(registry: Path) -> None:
    assert check_entries(registry, []) == []


def test_all_faults_of_all_files_come_in_one_run(registry: Path, data: dict[str, Any], put: Put) -> None:
    data["name"] = "TODO"
    data["colour"] = "red"
    data["datasets"] = ["counts", "unknown-counts"]
    data["claims"][0]["sources"] = ["nowhere"]
    data["lifecycle"]["stages"][1]["until"] = "2021"
    put(data, "elsewhere/other-name.yaml")
    put(data, "riverton-police/deeper/bus-lane-cameras.yaml")
    (registry / "systems" / "riverton-police" / "broken.yaml").write_text("a: [")
    faults = check_entries(registry, ["counts"])
    first = {fault.field: fault for fault in faults if fault.file == "systems/elsewhere/other-name.yaml"}
    assert set(first) == {
        *("name", "colour", "datasets.1", "claims.0.sources.0"),
        *("lifecycle.stages.1.until", "id", "deployer.agency"),
    }
    assert first["datasets.1"].problem == "There is no dataset “unknown-counts”."
    assert "counts" in first["datasets.1"].repair
    assert first["id"].repair == "Rename the file to bus-lane-cameras.yaml, or correct the id."
    assert (
        first["deployer.agency"].repair == "Move the file to systems/riverton-police, or correct the agency."
    )
    assert all(fault.file and fault.problem and fault.repair for fault in faults)
    deeper = {f.field for f in faults if f.file == "systems/riverton-police/deeper/bus-lane-cameras.yaml"}
    assert "deployer.agency" in deeper
    files = {fault.file for fault in faults}
    assert files == {
        "systems/elsewhere/other-name.yaml",
        "systems/riverton-police/broken.yaml",
        "systems/riverton-police/deeper/bus-lane-cameras.yaml",
        "systems/riverton-police/bus-lane-cameras.yaml",
    }


def test_an_id_is_taken_once(registry: Path, data: dict[str, Any], put: Put) -> None:
    data["deployer"] = {**data["deployer"], "agency": "hillton-police", "name": "Hillton Police"}
    put(data)
    (fault,) = check_entries(registry, [])
    assert (fault.file, fault.field) == ("systems/riverton-police/bus-lane-cameras.yaml", "id")
    assert "systems/hillton-police/bus-lane-cameras.yaml" in fault.problem


def test_an_agency_has_one_name(registry: Path, data: dict[str, Any], put: Put) -> None:
    data["id"] = "second"
    data["deployer"]["name"] = "Riverton Constabulary"
    put(data)
    (fault,) = check_entries(registry, [])
    assert fault.field == "deployer.name" and "Riverton Police" in fault.repair


def test_an_unused_source_is_reported(registry: Path, data: dict[str, Any], put: Put) -> None:
    data["sources"].append({**data["sources"][0], "id": "letter"})
    put(data)
    (fault,) = check_entries(registry, [])
    assert fault.field == "sources.1.id" and "letter" in fault.problem


def test_a_missing_register_is_one_fault(tmp_path: Path) -> None:
    (fault,) = check_entries(tmp_path / "none", [])
    assert fault.file == "systems"
