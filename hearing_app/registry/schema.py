"""JSON Schema files for the documents of the register, so that editors and other programs can check them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(models: Mapping[str, type[BaseModel]]) -> dict[str, str]:
    """The schema of each model as JSON text, by the same name. The same models give the same text."""
    return {
        name: json.dumps({"$schema": DIALECT, **model.model_json_schema()}, ensure_ascii=False, indent=2)
        + "\n"
        for name, model in sorted(models.items())
    }


def write_schemas(folder: Path, models: Mapping[str, type[BaseModel]]) -> list[Path]:
    """Write NAME.json for each model into the folder, which is created if need be; what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas(models).items():
        path = folder / f"{name}.json"
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written
