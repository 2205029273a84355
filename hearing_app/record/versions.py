"""Published versions of documents: the truth, once something is published.

A version is never changed and never deleted; the next one stands beside it. Kinds are the nouns of the
house: "system", "hearing", "dataset".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from hearing_app.record.canonical import canonical_json
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import append, contents
from hearing_app.store.tables import document_version

KINDS = ("system", "hearing", "dataset")


@dataclass(frozen=True, slots=True)
class Version:
    """One published version of one document."""

    kind: str
    document_id: str
    version: int
    document: Mapping[str, Any]
    sha256: str
    published_at: datetime
    actor: str
    note: str
    seq: int


def publish_version(
    db: Connection,
    *,
    actor: str,
    kind: str,
    document_id: str,
    document: Mapping[str, Any],
    note: str,
    more: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> Version:
    """Publish ``document`` as the next version, with its ledger event; unchanged text makes no version.

    The caller has checked the actor's role and the document. ``more`` stands in the event beside the
    version's number, hash and note: the signature of who publishes. Returns the version that is now current.
    """
    text = canonical_json(document)
    digest = sha256(text).hexdigest()
    current = latest_version(db, kind, document_id)
    if current is not None and current.sha256 == digest:
        return current
    when = at or datetime.now(UTC)
    number = 1 if current is None else current.version + 1
    event = append(
        db,
        actor=actor,
        kind=f"{kind}.published",
        subject=f"{kind}:{document_id}",
        content={**(more or {}), "version": number, "sha256": digest, "note": note},
        at=when,
    )
    version = Version(
        kind, document_id, number, json.loads(text), digest, when.astimezone(UTC), actor, note, event.seq
    )
    db.execute(
        insert(document_version).values(
            kind=kind,
            document_id=document_id,
            version=number,
            document=text.decode(),
            sha256=digest,
            published_at=when,
            actor=actor,
            note=note,
            seq=event.seq,
        )
    )
    return version


def latest_version(db: Connection, kind: str, document_id: str) -> Version | None:
    """Return the current version of a document, or ``None``."""
    history = versions_of(db, kind, document_id)
    return history[-1] if history else None


def versions_of(db: Connection, kind: str, document_id: str) -> list[Version]:
    """Return every version of a document, oldest first."""
    table = document_version.c
    rows = db.execute(
        select(document_version)
        .where(table.kind == kind, table.document_id == document_id)
        .order_by(table.version)
    )
    return [_version(row) for row in rows.mappings()]


def latest_versions(db: Connection, kind: str) -> list[Version]:
    """Return the current version of every document of a kind, by id."""
    table = document_version.c
    newest = (
        select(table.document_id, func.max(table.version).label("version"))
        .where(table.kind == kind)
        .group_by(table.document_id)
        .subquery()
    )
    rows = db.execute(
        select(document_version)
        .join(newest, (table.document_id == newest.c.document_id) & (table.version == newest.c.version))
        .where(table.kind == kind)
        .order_by(table.document_id)
    )
    return [_version(row) for row in rows.mappings()]


@unreadable_is_a_fault("The published versions")
def faults(db: Connection) -> list[str]:
    """Return every published version that is not the one its event committed to, or that came or went unseen.

    Texts are erased by nobody: a version is for ever.
    """
    committed = {
        (kind, event.subject.removeprefix(f"{kind}:"), event.seq): (event, content)
        for event, content in contents(db)
        for kind in KINDS
        if event.kind == f"{kind}.published"
    }
    found = []
    for row in db.execute(select(document_version).order_by(document_version.c.seq)):
        name = f"{row.kind} {row.document_id} version {row.version}"
        event, content = committed.pop((row.kind, row.document_id, row.seq), (None, None))
        if event is None:
            found.append(f"The ledger has no event of the publication of {name}.")
        elif content is None:
            found.append(f"What was committed to at the publication of {name} is gone.")
        elif (
            sha256(row.document.encode()).hexdigest() != row.sha256
            or (row.published_at, row.actor) != (event.at, event.actor)
            or any(content.fields[field] != getattr(row, field) for field in ("version", "sha256", "note"))
        ):
            found.append(f"What stands as {name} is not what was published.")
    gone = [f"{kind} {document_id}" for kind, document_id, _ in committed]
    return [*found, *(f"A published version of {one} is gone." for one in gone)]


def _version(row: RowMapping) -> Version:
    return Version(**{**row, "document": json.loads(row["document"])})
