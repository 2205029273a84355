"""Published versions of documents: the truth, once something is published.

A version is never changed and never deleted; the next one stands beside it. Kinds are the nouns of the
house: "system", "hearing", "dataset".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from hearing_app.record.canonical import canonical_json
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import append, contents
from hearing_app.store.tables import document_version, ledger

KINDS = ("system", "hearing", "dataset")
# Ids in one question to the database, which takes so many and not every number.
_AT_ONCE = 500


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
    """Return the current version of a document, or ``None``; the ones before it are not read."""
    table = document_version.c
    row = db.execute(
        select(document_version)
        .where(table.kind == kind, table.document_id == document_id)
        .order_by(table.version.desc())
        .limit(1)
    )
    found = row.mappings().first()
    return None if found is None else _version(found)


def version_of(db: Connection, kind: str, document_id: str, number: int) -> Version | None:
    """Return one version of a document, or ``None``."""
    table = document_version.c
    row = db.execute(
        select(document_version).where(
            table.kind == kind, table.document_id == document_id, table.version == number
        )
    )
    found = row.mappings().first()
    return None if found is None else _version(found)


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
    return list(each_latest_version(db, kind))


def is_published(db: Connection, kind: str) -> bool:
    """Return whether any document of a kind was ever published."""
    query = select(document_version.c.version).where(document_version.c.kind == kind).limit(1)
    return db.execute(query).first() is not None


def each_latest_version(
    db: Connection, kind: str, document_ids: Collection[str] | None = None
) -> Iterator[Version]:
    """Yield the current version of every document of a kind, or of these, by id.

    Which versions are current is read from the key alone, and no text of an older one.
    """
    if document_ids is not None:
        found = (latest_version(db, kind, document_id) for document_id in sorted(document_ids))
        yield from (version for version in found if version is not None)
        return
    table = document_version.c
    newest = (
        select(table.document_id, func.max(table.version).label("version"))
        .where(table.kind == kind)
        .group_by(table.document_id)
        .subquery()
    )
    query = (
        select(document_version)
        .join(newest, (table.document_id == newest.c.document_id) & (table.version == newest.c.version))
        .where(table.kind == kind)
        .order_by(table.document_id)
    )
    with db.execute(query, execution_options={"yield_per": 200}) as rows:
        for row in rows.mappings():
            yield _version(row)


def changed_since(db: Connection, kind: str, seq: int) -> set[str]:
    """Return the ids of the documents of a kind that were published after the ledger's event ``seq``."""
    subjects = db.execute(
        select(ledger.c.subject).where(ledger.c.seq > seq, ledger.c.kind == f"{kind}.published").distinct()
    )
    return {subject.removeprefix(f"{kind}:") for subject in subjects.scalars()}


def newest_versions(db: Connection, kinds: Collection[str], most: int) -> list[Version]:
    """Return the current versions that were published last, newest first.

    The ledger is read backwards, so that a long history behind them costs nothing.
    """
    found: dict[tuple[str, str], Version] = {}
    below: int | None = None
    while len(found) < most:
        query = select(ledger.c.seq, ledger.c.subject).where(
            ledger.c.kind.in_([f"{kind}.published" for kind in kinds])
        )
        rows = db.execute(
            (query if below is None else query.where(ledger.c.seq < below))
            .order_by(ledger.c.seq.desc())
            .limit(4 * most)
        ).all()
        if not rows:
            break
        for row in rows:
            kind, document_id = row.subject.split(":", 1)
            if (kind, document_id) not in found and len(found) < most:
                version = latest_version(db, kind, document_id)
                if version is not None:
                    found[kind, document_id] = version
        below = rows[-1].seq
    return list(found.values())


def last_versions(db: Connection, kind: str, document_ids: Collection[str], most: int) -> list[Version]:
    """Return the versions of these documents that were published last, newest first, older ones among them.

    Which ones they are the ledger says; only their texts are read, however many there are beside them.
    """
    table, subjects = document_version.c, [f"{kind}:{one}" for one in sorted(document_ids)]
    events: list[tuple[int, str]] = []
    for start in range(0, len(subjects), _AT_ONCE):
        query = (
            select(ledger.c.seq, ledger.c.subject)
            .where(ledger.c.kind == f"{kind}.published")
            .where(ledger.c.subject.in_(subjects[start : start + _AT_ONCE]))
        )
        rows = db.execute(query.order_by(ledger.c.seq.desc()).limit(most))
        events += [(row.seq, row.subject.removeprefix(f"{kind}:")) for row in rows]
    found: list[RowMapping] = []
    for seq, document_id in sorted(events, reverse=True)[:most]:
        which = (table.kind == kind) & (table.document_id == document_id) & (table.seq == seq)
        found += db.execute(select(document_version).where(which)).mappings().all()
    return [_version(row) for row in found]


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
