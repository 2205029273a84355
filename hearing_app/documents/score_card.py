"""The score card: what the service promises, what was measured last, failing promises first."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from hearing_app.documents.render import render

_HERE = Path(__file__).parent
RESULTS = _HERE / "score_card.json"


class Promise(BaseModel):
    """One promise, how it is put to the test, and what is missing where it cannot be kept yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    promise: str
    test: str
    missing: str = ""


class TestRun(BaseModel):
    """What one test noted."""

    __test__ = False
    model_config = ConfigDict(extra="forbid", frozen=True)

    test: str
    outcome: str
    figures: dict[str, float | int | str] = {}


class Result(BaseModel):
    """What the last whole run found for one promise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    commit: str
    machine: str
    passed: bool
    tests: tuple[TestRun, ...]

    @property
    def figures(self) -> list[tuple[str, float | int | str]]:
        """Every figure that was noted, in the order of the tests."""
        return [figure for test in self.tests for figure in test.figures.items()]


class _Results(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    results: dict[str, Result]


@cache
def promises() -> tuple[Promise, ...]:
    """Return every promise, in the order in which they are written."""
    text = (_HERE / "promises.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Promise, ...]).validate_python(yaml.safe_load(text))


def results(file: Path = RESULTS) -> dict[str, Result]:
    """Return what was measured last, by the promise's id; nothing where no whole run has been made."""
    if not file.is_file():
        return {}
    return _Results.model_validate_json(file.read_bytes()).results


def score_card_html(found: dict[str, Result]) -> str:
    """Return the card: promises that failed, then open ones and ones not measured, then those kept."""
    groups: dict[str, list[tuple[Promise, Result | None]]] = {
        "failed": [],
        "missing": [],
        "open": [],
        "kept": [],
    }
    for one in promises():
        result = None if one.missing else found.get(one.id)
        if one.missing:
            groups["missing"].append((one, None))
        else:
            groups["open" if result is None else "kept" if result.passed else "failed"].append((one, result))
    return render("score_card", groups=groups)
