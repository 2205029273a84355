from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.publication import Source
from hearing_app.registry.schema import schemas, write_schemas


def test_the_same_models_give_the_same_text_in_order_of_name() -> None:
    once = schemas({"system": Entry, "note": Source})
    assert list(once) == ["note", "system"]
    assert once == schemas({"note": Source, "system": Entry})
    assert all(text.endswith("}\n") for text in once.values())


def test_the_schema_says_what_it_is_and_refuses_unknown_fields() -> None:
    schema = json.loads(schemas({"system": Entry})["system"])
    assert schema["title"] == "System entry"
    assert schema["description"].startswith("One system that a police force")
    assert schema["additionalProperties"] is False
    assert "not_substantiated" in schema["$defs"]["Verdict"]["enum"]


def test_writing_creates_the_folder_and_names_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "schema"
    assert write_schemas(folder, {"system": Entry}) == [folder / "system.json"]
    assert (folder / "system.json").read_text(encoding="utf-8") == schemas({"system": Entry})["system"]


def test_another_validator_agrees(data: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(schemas({"system": Entry})["system"]))
    assert list(validator.iter_errors(data)) == []
    data["sources"][0]["date"] = 2024  # YAML reads a bare year as a number
    assert list(validator.iter_errors(data)) == []
    data["colour"], data["claims"][0]["verdict"] = "red", "maybe"
    assert len(list(validator.iter_errors(data))) == 2
