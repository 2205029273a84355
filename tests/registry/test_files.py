from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from hearing_app.registry.files import read_documents, read_entries

# A busy machine may be slow; that is no fault of the code.
PATIENT = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


Put = Callable[..., Path]


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str


def test_entries_are_read_in_order_of_their_files(registry: Path, data: dict[str, Any], put: Put) -> None:
    put({**data, "id": "a-first"})
    entries, faults = read_entries(registry)
    assert [entry.id for entry in entries] == ["a-first", "bus-lane-cameras"]
    assert faults == []


def test_a_faulty_file_does_not_hide_the_others(registry: Path) -> None:
    (registry / "systems" / "riverton-police" / "broken.yaml").write_bytes(b"\xff\x00")
    (registry / "systems" / "riverton-police" / "list.yaml").write_text("- a\n- b\n")
    (registry / "systems" / "riverton-police" / "word.yaml").write_text("hello\n")
    entries, faults = read_entries(registry)
    assert [entry.id for entry in entries] == ["bus-lane-cameras"]
    assert [fault.file.rpartition("/")[2] for fault in faults] == ["broken.yaml", "list.yaml", "word.yaml"]
    assert all(fault.repair for fault in faults)


def test_a_missing_folder_is_a_fault() -> None:
    entries, faults = read_entries(Path("/nonexistent"))
    assert entries == [] and faults[0].file == "systems" and "no such folder" in faults[0].problem


def test_other_models_and_folders_are_read_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "b.yaml").write_text("id: b\n")
    (tmp_path / "notes" / "a.yaml").write_text("id: a\nextra: 1\n")
    documents, faults = read_documents(tmp_path, "notes", Note)
    assert documents == [("notes/b.yaml", Note(id="b"))]
    assert [(fault.file, fault.field) for fault in faults] == [("notes/a.yaml", "extra")]


def test_files_that_would_be_passed_over_are_reported(registry: Path) -> None:
    folder = registry / "systems" / "riverton-police"
    for name in ("README.md", ".hidden", "entry.yml", "notes.txt"):
        (folder / name).write_text("x")
    _, faults = read_entries(registry)
    assert sorted(Path(fault.file).name for fault in faults) == ["entry.yml", "notes.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_links_and_folders_called_yaml_are_not_followed(registry: Path) -> None:
    folder = registry / "systems" / "riverton-police"
    os.mkfifo(folder / "pipe.yaml")
    (folder / "link.yaml").symlink_to("/etc/hostname")
    (folder / "gone.yaml").symlink_to("/nonexistent")
    (folder / "folder.yaml").mkdir()
    entries, faults = read_entries(registry)
    assert len(entries) == 1
    assert {Path(fault.file).name for fault in faults} == {"pipe.yaml", "link.yaml", "gone.yaml"}


@PATIENT
@given(content=st.binary(max_size=300))
def test_whatever_a_file_holds_gives_documents_or_faults(registry: Path, content: bytes) -> None:
    (registry / "systems" / "riverton-police" / "odd.yaml").write_bytes(content)
    entries, faults = read_entries(registry)
    assert len(entries) == 1
    assert faults and all(fault.file.endswith("odd.yaml") for fault in faults)


KEYS = st.sampled_from(
    ["id", "name", "sources", "claims", "lifecycle", "stages", "compiled", "as_of", "deployer", "functions"]
)
VALUES = st.recursive(
    st.sampled_from(["", "x", "2018", "true", "null", "3", "TODO"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@PATIENT
@given(content=st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_shape_an_entry_has_gives_faults(tmp_path: Path, content: dict[str, Any]) -> None:
    import json

    path = tmp_path / "systems" / "a" / "b.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    entries, faults = read_entries(tmp_path)
    assert entries == [] and faults
