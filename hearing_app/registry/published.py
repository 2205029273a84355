"""Entries as they are published: put on the record, and read back from it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from hearing_app.errors import Fault, Invalid, NotFound
from hearing_app.people.permissions import Actor
from hearing_app.record.signatures import SignedPublication
from hearing_app.record.versions import Version, latest_version, latest_versions, version_of
from hearing_app.registry.check import check_entry
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import validate
from hearing_app.registry.listed import Listed
from hearing_app.registry.register import read_again, register_of
from hearing_app.registry.rules.hindrances import hindrances
from hearing_app.registry.rules.reading import shipped_rules
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.signed import check_signature, publish_document

# The longest entry has 500, counting every field that is absent; one of 256 KiB took 25 seconds to check.
MOST_VALUES = 5_000
_NOT_PUBLISHED = "The entry was not published."


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """An entry with the version under which it stands in the record."""

    version: Version
    entry: Entry


def publish_entry(
    db: Connection,
    actor: Actor,
    entry: Entry,
    *,
    note: str = "",
    signed: SignedPublication | None = None,
    rules: Sequence[Rule] | None = None,
    at: datetime | None = None,
) -> Version:
    """Publish an entry as its system's next version; an unchanged entry makes no new one.

    An agency's own entry needs its signature once the agency has a key, and the note is then the signed one.
    ``rules`` are those of the register on prohibited uses; without them the packaged ones apply. Raises
    ``Invalid`` with every fault where they stand against a body's own entry at its stage.
    """
    current = latest_version(db, "system", entry.id)
    if current is not None and signed is None and _read(current).entry == entry:
        # The same entry, perhaps written down when the model had fewer fields.
        return current
    if found := hindrances(entry, shipped_rules() if rules is None else rules):
        raise Invalid(_NOT_PUBLISHED, found)
    return publish_document(
        db,
        actor,
        kind="system",
        document_id=entry.id,
        document=entry.model_dump(mode="json"),
        note=note,
        signed=signed,
        at=at,
    )


def publish_signed_entry(
    db: Connection,
    data: object,
    signed: SignedPublication,
    *,
    dataset_ids: Collection[str],
    actor: Actor | None = None,
    rules: Sequence[Rule] | None = None,
    at: datetime | None = None,
) -> Version:
    """Check an entry as it was sent, and publish it.

    ``actor`` is who hands it in: without one, the agency itself, by its key. Raises what
    ``read_signed_entry`` and ``publish_document`` raise.
    """
    entry = read_signed_entry(db, data, signed, dataset_ids=dataset_ids, rules=rules)
    by = actor or check_signature(db, signed).actor
    return publish_entry(db, by, entry, signed=signed, rules=rules, at=at)


def read_signed_entry(
    db: Connection,
    data: object,
    signed: SignedPublication,
    *,
    dataset_ids: Collection[str],
    rules: Sequence[Rule] | None = None,
) -> Entry:
    """Return an entry as it was sent, after checking it as thoroughly as the register's files are.

    The signature is looked at first, so strangers cost no work. Nothing is written: this takes its time,
    and belongs before the write lock. Raises ``Forbidden``, or ``Invalid`` with every fault of the entry.
    """
    check_signature(db, signed)
    if _is_longer(data, MOST_VALUES):
        problem = f"There are more than {MOST_VALUES:,} fields and values."
        raise Invalid(_NOT_PUBLISHED, [Fault("", "", problem, "Shorten it, or make two entries of it.")])
    entry, found = validate(data, Entry, "")
    found += check_entry(data, [one.entry for one in all_entries(db)], dataset_ids)
    if entry is not None:
        found += hindrances(entry, shipped_rules() if rules is None else rules)
    if entry is None or found:
        raise Invalid(_NOT_PUBLISHED, found)
    return entry


def _is_longer(data: object, most: int) -> bool:
    """Return whether a document holds more fields, values, lists and groups; it is not walked to its end."""
    waiting, seen = [data], 0
    while waiting and seen + len(waiting) <= most:
        one = waiting.pop()
        seen += 1
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return bool(waiting)


def names_of_agencies(db: Connection) -> dict[str, str]:
    """Return the name of each agency that the register has an entry about, by its id."""
    return {one.agency: one.agency_name for one in register_of(db).ordered}


def names_of_systems(db: Connection) -> dict[str, str]:
    """Return the name of each system, by its id."""
    return {one.id: one.name for one in register_of(db).ordered}


def all_entries(db: Connection) -> list[PublishedEntry]:
    """Return the current entry of every system, by name, read whole: for lists there is ``register_of``."""
    published = [_read(version) for version in latest_versions(db, "system")]
    return sorted(published, key=lambda one: one.entry.name.casefold())


def entry_of(db: Connection, system_id: str, version: int | None = None) -> PublishedEntry:
    """Return a system's current entry, or one version of it; raise ``NotFound`` when there is none."""
    if version is None:
        found = latest_version(db, "system", system_id)
    else:
        found = version_of(db, "system", system_id, version)
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
        elif _read(current).entry != entry:
            found.append(
                Fault(
                    file,
                    "",
                    f"The file differs from version {current.version}, which is published.",
                    "Run: hearing registry publish, or take the published one with: hearing registry export",
                )
            )
    return found


def each_entry(db: Connection, wanted: Iterable[Listed]) -> Iterator[PublishedEntry]:
    """Yield these entries whole, in these versions, in this order; nothing of them is kept."""
    for one in wanted:
        version = version_of(db, "system", one.id, one.version)
        if version is not None:
            yield PublishedEntry(version, read_again(version.document))


def _read(version: Version) -> PublishedEntry:
    return PublishedEntry(version, _parsed(version.sha256, json.dumps(version.document)))


@lru_cache(maxsize=512)
def _parsed(_sha256: str, document: str) -> Entry:
    # Versions never change, so a parsed one can be kept; a page then costs no validation.
    return read_again(json.loads(document))
