"""The bill of materials names exactly what runs, validly, and says nothing of where it was made."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release import sbom
from tests.published.test_lock_files import ROOT, pins

# Whoever adds a package that asks for more than a notice has thought about it, and adds it here.
COPYLEFT_THAT_IS_ACCEPTED = {"certifi", "pikepdf"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8"))
    return found


def test_it_names_what_is_locked_with_every_hash_and_nothing_else(document: dict[str, Any]) -> None:
    listed = {
        f"{one['name']}=={one['version']}": sorted(each["content"] for each in one["hashes"])
        for one in document["components"]
    }
    locked = pins("requirements.lock")
    assert len(document["components"]) == len(listed)
    assert {
        name: sorted(each.removeprefix("sha256:") for each in sums) for name, sums in locked.items()
    } == listed
    assert {each["alg"] for one in document["components"] for each in one["hashes"]} == {"SHA-256"}


def test_it_is_valid_cyclonedx(document: dict[str, Any]) -> None:
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    sbom.check(json.dumps(document))
    with pytest.raises(ValueError, match="not valid"):
        sbom.check(json.dumps(document | {"colour": "red"}))


def test_its_subject_is_this_project(document: dict[str, Any]) -> None:
    own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    subject = document["metadata"]["component"]
    assert (subject["name"], subject["version"], subject["type"]) == (
        own["name"],
        own["version"],
        "application",
    )
    needs = {one["ref"]: one["dependsOn"] for one in document["dependencies"]}
    direct = {ref.removeprefix("pkg:pypi/").split("@")[0] for ref in needs[subject["bom-ref"]]}
    assert direct == {canonicalize_name(Requirement(line).name) for line in own["dependencies"]}


def test_everything_in_it_is_there_because_something_needs_it(document: dict[str, Any]) -> None:
    needs = {one["ref"]: one["dependsOn"] for one in document["dependencies"]}
    seen: set[str] = set()
    todo = [document["metadata"]["component"]["bom-ref"]]
    while todo:
        ref = todo.pop()
        if ref not in seen:
            seen.add(ref)
            todo += needs[ref]
    assert seen == set(needs)


def test_it_tells_no_time_no_place_and_no_index(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    assert "serialNumber" not in document
    assert "timestamp" not in document["metadata"]
    assert not re.search(r"[a-z]+://", text)
    # No path of any machine: nothing that begins at a root, wherever in a text it stands.
    assert not re.search(r"(?<![\w.)-])/[\w.-]+/|[A-Za-z]:\\\\|site-packages|\.venv", text)
    assert not re.search(r"\b20\d\d-\d\d-\d\dT", text)


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the committed list is made with Python 3.11")
@pytest.mark.skipif(sys.platform != "linux", reason="the committed list is made on Linux")
def test_it_is_current_and_comes_out_the_same_again(tmp_path: Path) -> None:
    """Where this fails, `make sbom` writes the list anew."""
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    sbom.write(first, tmp_path / "first.md")
    sbom.write(second, tmp_path / "second.md")
    assert first.read_bytes() == second.read_bytes() == sbom.SBOM.read_bytes()
    assert (tmp_path / "first.md").read_bytes() == sbom.LICENCES.read_bytes()


def test_a_lock_file_that_is_not_understood_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    digest = "0" * 64
    lock.write_text(
        f"one==1 \\\n    --hash=sha256:{digest}\ntwo[all]==2 ; sys_platform == 'x' \\\n"
        f"    --hash=sha256:{digest}\n"
    )
    assert [(pin.purl, pin.marker) for pin in sbom.read_lock(lock)] == [
        ("pkg:pypi/one@1", ""),
        ("pkg:pypi/two@2", "sys_platform == 'x'"),
    ]
    for line in ("one>=1", "one==1", "one @ file:one.whl", "-r other.lock"):
        lock.write_text(f"{line}\n")
        with pytest.raises(ValueError, match="no pinned version"):
            sbom.read_lock(lock)


def test_every_licence_is_known_and_those_with_copyleft_are_named() -> None:
    listed = {pin: sbom.licences_of(pin) for pin in sbom.read_lock(ROOT / "requirements.lock")}
    installed = {pin.name for pin, found in listed.items() if found}
    # A package that is not installed here has a marker, or another version of it is.
    assert [pin for pin, found in listed.items() if not found and not pin.marker] == []
    assert len(installed) > 50
    flagged = {pin.name for pin, found in listed.items() if any(map(sbom.COPYLEFT.search, found))}
    assert flagged == COPYLEFT_THAT_IS_ACCEPTED


@pytest.mark.parametrize(
    ("licence", "asks"),
    [
        ("GPL-3.0-only", True),
        ("LGPL-2.1-or-later", True),
        ("AGPL-3.0", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("MIT AND MPL-2.0", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("MIT", False),
        ("Apache-2.0 OR BSD-3-Clause", False),
        ("Zlib", False),
    ],
)
def test_copyleft_is_recognised_by_name(licence: str, asks: bool) -> None:
    assert bool(sbom.COPYLEFT.search(licence)) is asks
