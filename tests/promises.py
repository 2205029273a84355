"""The pytest plugin behind the score card: what each promise's tests measured, and whether they passed.

A test says ``@pytest.mark.promise("R1")`` and may ask for the fixture ``measure``, to note figures:
``measure("kills", 25)``. With ``HEARING_SCORE_CARD=FILE`` the run writes them there, with the date, the
commit and the machine; promises that have no test in the run are left as they stood.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
_outcomes: dict[str, list[dict[str, Any]]] = {}
_figures: dict[str, dict[str, float | int | str]] = {}


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Callable[[str, float | int | str], None]:
    """Note one figure of the running test, for the score card."""

    def note(name: str, value: float | int | str) -> None:
        _figures.setdefault(request.node.nodeid, {})[name] = value

    return note


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the outcome of each test that stands for a promise."""
    report = yield
    if report.when == "call" or report.outcome != "passed":
        for mark in item.iter_markers("promise"):
            for promise in mark.args:
                _outcomes.setdefault(promise, []).append(
                    {
                        "test": item.nodeid,
                        "outcome": report.outcome,
                        "figures": _figures.get(item.nodeid, {}),
                    }
                )
    return report


def pytest_sessionfinish() -> None:
    """Write the score card, where one is asked for."""
    asked = os.environ.get("HEARING_SCORE_CARD")
    if asked and _outcomes:
        file = Path(asked)
        before = json.loads(file.read_text(encoding="utf-8"))["results"] if file.is_file() else {}
        run = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": _commit(), "machine": _machine()}
        results = before | {
            promise: {**run, "passed": all(one["outcome"] == "passed" for one in tests), "tests": tests}
            for promise, tests in _outcomes.items()
        }
        text = json.dumps({"results": dict(sorted(results.items()))}, indent=1, ensure_ascii=False)
        file.write_text(f"{text}\n", encoding="utf-8")


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _machine() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    python = f"Python {platform.python_version()}"
    memory = f"{pages * size / 2**30:.0f} GiB"
    return f"{os.cpu_count()} cores, {memory}, {platform.system()} {platform.machine()}, {python}"
