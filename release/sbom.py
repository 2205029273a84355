"""The bill of materials: every package that runs, with version, hashes, licences and what needs what.

    python -m release.sbom        # writes docs/sbom.cdx.json and docs/licences.md

Packages, versions and hashes come from ``requirements.lock``, so the list is of what a deployment installs,
and not of what happens to be installed here. Licences and dependencies come from the metadata of the
installed packages; one for another platform or another Python is listed without them. The form is CycloneDX
1.6. Nothing in it depends on the time, the machine or an index: two runs give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, NamedTuple

from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_expression, is_supported_id
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SBOM = ROOT / "docs" / "sbom.cdx.json"
LICENCES = ROOT / "docs" / "licences.md"
# A longer "License" field is the licence's text, or a notice, and no name.
LONGEST_NAME = 60
COPYLEFT = re.compile(r"\b(A|L)?GPL|\bMPL|Mozilla Public|\bEPL|\bEUPL|\bCDDL|\bOSL|\bCC-BY-SA", re.IGNORECASE)


class Pin(NamedTuple):
    """One line of a lock file: a version of a package, for the platforms of ``marker``."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """The package's address as in the specification of package URLs; also its name in the list."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read_lock(path: Path) -> list[Pin]:
    """Return the pins of a lock file in order. Raises ``ValueError`` for a line that is not understood."""
    pins = []
    for line in re.sub(r"\\\n\s*", "", path.read_text(encoding="utf-8")).splitlines():
        found = re.fullmatch(
            r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)\s*(?:;\s*(.*?))?\s*(--hash=.*)", line
        )
        if found is None:
            raise ValueError(f"{path.name} has a line that is no pinned version with hashes: {line[:60]}")
        name, version, marker, hashes = found.groups()
        sums = tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", hashes)))
        pins.append(Pin(canonicalize_name(name), version, marker or "", sums))
    return sorted(pins)


def bill(lock: Path = ROOT / "requirements.lock", project: Path = ROOT / "pyproject.toml") -> dict[str, Any]:
    """Return the bill of materials as CycloneDX 1.6 has it, our own package as its subject."""
    own = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    subject = Pin(canonicalize_name(own["name"]), own["version"], "", ())
    pins = read_lock(lock)
    by_name: dict[str, list[str]] = {}
    for pin in pins:
        by_name.setdefault(pin.name, []).append(pin.purl)

    def needs(lines: list[str]) -> list[str]:
        wanted = [Requirement(line) for line in lines]
        # What is needed for an optional extra is in the lock only where somebody asks for that extra.
        always = {canonicalize_name(one.name) for one in wanted if "extra" not in str(one.marker or "")}
        return sorted(purl for name in always for purl in by_name.get(name, ()))

    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "pre-build"}],
            "component": {
                "type": "application",
                "bom-ref": subject.purl,
                "name": subject.name,
                "version": subject.version,
                "description": own["description"],
                "purl": subject.purl,
            },
            "properties": [
                {
                    "name": "hearing-app:hashes",
                    "value": "A package has the hash of each file that is published of its version; "
                    "an installation uses one of them.",
                }
            ],
        },
        "components": [_component(pin) for pin in pins],
        "dependencies": [
            {"ref": subject.purl, "dependsOn": needs(own["dependencies"])},
            *({"ref": pin.purl, "dependsOn": needs(_requirements(pin))} for pin in pins),
        ],
    }


def licences_of(pin: Pin) -> list[str]:
    """Return the licences that the installed package declares: SPDX where it is, else as it is written.

    Where there is no SPDX expression, the "License" field and the classifiers are given; packages fill in
    either, and sometimes they differ. Empty when this version is not installed here or declares nothing.
    """
    declared = _metadata(pin)
    if declared is None:
        return []
    if expression := declared.get_all("License-Expression"):
        return expression
    field = "\n".join(declared.get_all("License") or []).strip()
    found = [field] if field and "\n" not in field and len(field) <= LONGEST_NAME else []
    for classifier in declared.get_all("Classifier") or []:
        last = classifier.split(" :: ")[-1]
        # "BSD License" says nothing new beside "BSD-3-Clause".
        told = any(one.split("-")[0].split(" ")[0].lower() in last.lower() for one in found)
        if classifier.startswith("License :: ") and not told:
            found.append(last)
    return found


def table(pins: list[Pin]) -> str:
    """Return the page that lists each package's licence, those first that ask for more than a notice."""
    lines = {pin: "; ".join(licences_of(pin)) or "not installed here" for pin in pins}
    flagged = [pin for pin in pins if COPYLEFT.search(lines[pin])]
    named = ", ".join(f"{pin.name} ({lines[pin]})" for pin in flagged) or "none"
    return "\n".join(
        [
            "# Licences of what runs",
            "",
            "As the packages of `requirements.lock` declare them themselves, read by `make sbom` from the",
            "installed ones. Where a package says two things, both stand here.",
            "",
            f"With copyleft: {named}. The optional driver for PostgreSQL, psycopg, is LGPL-3.0-only.",
            "They are used as they are published. Who hands out a changed one hands out the change, too.",
            "",
            "| Package | Version | Licence |",
            "|---|---|---|",
            *(f"| {pin.name} | {pin.version} | {lines[pin]} |" for pin in pins),
            "",
        ]
    )


def check(document: str) -> None:
    """Raise ``ValueError`` where ``document`` is not valid CycloneDX 1.6 (strict: no unknown fields)."""
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    if fault is not None:
        raise ValueError(f"The list is not valid CycloneDX 1.6: {str(fault)[:500]}")


def write(sbom: Path = SBOM, licences: Path = LICENCES) -> None:
    """Write both files, after the first has been checked."""
    document = f"{json.dumps(bill(), indent=1, ensure_ascii=False)}\n"
    check(document)
    sbom.write_text(document, encoding="utf-8")
    licences.write_text(table(read_lock(ROOT / "requirements.lock")), encoding="utf-8")


def _component(pin: Pin) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": pin.purl,
        "name": pin.name,
        "version": pin.version,
        "hashes": [{"alg": "SHA-256", "content": one} for one in pin.hashes],
        "purl": pin.purl,
    }
    licences = licences_of(pin)
    if len(licences) == 1 and not is_supported_id(licences[0]) and is_expression(licences[0]):
        component["licenses"] = [{"expression": licences[0], "acknowledgement": "declared"}]
    elif licences:
        component["licenses"] = [
            {"license": {"id" if is_supported_id(one) else "name": one, "acknowledgement": "declared"}}
            for one in licences
        ]
    if pin.marker:
        component["properties"] = [{"name": "hearing-app:marker", "value": pin.marker}]
    return component


def _requirements(pin: Pin) -> list[str]:
    declared = _metadata(pin)
    return declared.get_all("Requires-Dist") or [] if declared else []


def _metadata(pin: Pin) -> PackageMetadata | None:
    try:
        installed = metadata(pin.name)
    except PackageNotFoundError:
        return None
    return installed if installed["Version"] == pin.version else None


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{SBOM.relative_to(ROOT)} and {LICENCES.relative_to(ROOT)} are written.\n")
