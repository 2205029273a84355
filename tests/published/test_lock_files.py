"""The lock files pin every version with hashes and name no index, and they fit the project's own list."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from release.sbom import read_lock

ROOT = Path(__file__).parent.parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")


def pins(name: str) -> dict[str, list[str]]:
    """Return each distribution with its hashes; a version that stands twice has different markers."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in (ROOT / name).read_text().splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9._-]*)(\[[a-z,]+\])?==([^ ;]+)", line):
            current = f"{match[1]}=={match[3]}"
            found[current] = []
        found.setdefault(current, []).extend(re.findall(r"--hash=(sha256:[0-9a-f]{64})", line))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_is_pinned_with_hashes(name: str) -> None:
    found = pins(name)
    assert "" not in found
    assert found
    assert [version for version, hashes in found.items() if not hashes] == []


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml", "Makefile", ".ci/run"])
def test_no_file_names_an_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"https?://\S+", text) in ([], ["http://localhost:$(PORT)"])
    assert not re.search(r"index.url|find.links|trusted-host", text)


@pytest.mark.parametrize("name", LOCKS)
def test_no_line_says_anything_else(name: str) -> None:
    """No option, no other file, no address, no folder: each is a name, a version, a marker and hashes."""
    read = {f"{pin.name}=={pin.version}": len(pin.hashes) for pin in read_lock(ROOT / name)}
    assert read == {version: len(hashes) for version, hashes in pins(name).items()}


def test_the_build_tools_that_are_asked_for_are_locked() -> None:
    locked = {version.split("==")[0] for version in pins("requirements-build.lock")}
    assert set((ROOT / "requirements-build.in").read_text().split()) - locked == set()


def test_what_the_project_needs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {version.split("==")[0] for version in pins("requirements.lock")}
    needed = {re.split(r"[<>=\[; ]", line)[0].lower() for line in project["dependencies"]}
    assert needed - locked == set()
    tested = {version.split("==")[0] for version in pins("requirements-dev.lock")}
    wanted = {re.split(r"[<>=\[; ]", line)[0].lower() for line in project["optional-dependencies"]["dev"]}
    assert wanted - tested == set()


def test_what_runs_and_what_is_tested_are_the_same_versions() -> None:
    run, tested = pins("requirements.lock"), pins("requirements-dev.lock")
    assert [version for version in run if version not in tested] == []
