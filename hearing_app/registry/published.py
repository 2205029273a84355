"""Entries as they are published: put on the record, and read back from it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from hearing_app.errors import Fault, NotFound
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.canonical import canonical_json
from hearing_app.record.versions import Version, latest_version, latest_versions, publish_version, versions_of
from hearing_app.registry.entry import Entry


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """An entry with the version under which it stands in the record."""

    version: Version
    entry: Entry


def publish_entry(
    db: Connection, actor: Actor, entry: Entry, *, note: str, at: datetime | None = None
) -> Version:
    """Publish an entry as its system's next version; an unchanged entry makes no new one."""
    require(actor, Act.PUBLISH_DOCUMENTS)
    return publish_version(
        db,
        actor=actor.name,
        kind="system",
        document_id=entry.id,
        document=entry.model_dump(mode="json"),
        note=note,
        at=at,
    )


def all_entries(db: Connection) -> list[PublishedEntry]:
    """Return the current entry of every system, by name."""
    published = [_read(version) for version in latest_versions(db, "system")]
    return sorted(published, key=lambda one: one.entry.name.casefold())


def entry_of(db: Connection, system_id: str, version: int | None = None) -> PublishedEntry:
    """Return a system's current entry, or one version of it; raise ``NotFound`` when there is none."""
    if version is None:
        found = latest_version(db, "system", system_id)
    else:
        found = next((v for v in versions_of(db, "system", system_id) if v.version == version), None)
    if found is None:
        name = system_id[:60]
        wanted = f"“{name}”" if version is None else f"“{name}” in version {version}"
        raise NotFound(
            f"The register has no system {wanted}.", kept="", next_step="Search the register for it."
        )
    return _read(found)


def differences(db: Connection, entries: Iterable[Entry]) -> list[Fault]:
    """Return where files and record differ: entries that were never published, or that say something else."""
    found = []
    for entry in entries:
        file = f"systems/{entry.deployer.agency}/{entry.id}.yaml"
        current = latest_version(db, "system", entry.id)
        if current is None:
            found.append(Fault(file, "", "This entry is not published.", "Run: hearing registry publish"))
        elif canonical_json(current.document) != canonical_json(entry.model_dump(mode="json")):
            found.append(
                Fault(
                    file,
                    "",
                    f"The file differs from version {current.version}, which is published.",
                    "Run: hearing registry publish, or take the published one with: hearing registry export",
                )
            )
    return found


def _read(version: Version) -> PublishedEntry:
    return PublishedEntry(version, _parsed(version.sha256, json.dumps(version.document)))


@lru_cache(maxsize=512)
def _parsed(_sha256: str, document: str) -> Entry:
    # Versions never change, so a parsed one can be kept; a page then costs no validation.
    return Entry.model_validate_json(document)
