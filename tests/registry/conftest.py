"""One small entry, as plain data, that each test breaks in its own way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture
def data() -> dict[str, Any]:
    return {
        "id": "bus-lane-cameras",
        "name": "Bus lane cameras",
        "lang": "en",
        "summary": "Cameras that note vehicles in bus lanes.",
        "compiled": {
            "by": "independent_compilation",
            "as_of": "2024-06-30",
            "statement": "An independent compilation.",
        },
        "is_police_system": True,
        "deployer": {
            "agency": "riverton-police",
            "name": "Riverton Police",
            "kind": "police",
            "country": "Freedonia",
        },
        "lifecycle": {
            "stages": [
                {"stage": "pilot_live", "since": "2019", "until": "2020-03", "sources": ["report"]},
                {"stage": "operational", "since": "2020-03-01", "sources": ["report"]},
            ]
        },
        "functions": ["traffic_enforcement"],
        "purpose": "To keep bus lanes free.",
        "claims": [
            {
                "id": "fewer-cars",
                "text": "Half as many cars use the lanes.",
                "who": "Riverton Police",
                "figure": "50 %",
                "about": "Cars in bus lanes",
                "verdict": "unknown",
                "finding": "Nobody has published a count.",
                "sources": ["report"],
            }
        ],
        "sources": [
            {
                "id": "report",
                "title": "Yearly report",
                "publisher": "Riverton Police",
                "address": "https://police.example.org/report",
                "date": "2024",
                "kind": "official",
            }
        ],
    }


Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes an entry into the register: where it belongs, or at another place."""

    def write(data: dict[str, Any], place: str = "") -> Path:
        path = tmp_path / "systems" / (place or f"{data['deployer']['agency']}/{data['id']}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def registry(tmp_path: Path, data: dict[str, Any], put: Put) -> Path:
    """A register that holds the one entry, in its place."""
    put(data)
    return tmp_path
