"""Checking every signature again, from what the record holds, without believing its tables.

The ledger's events are what is committed to; the tables are the view of them that pages read. Both are
compared, and every signature is verified anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Row, select

from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.signatures import (
    KeyRequest,
    Publication,
    Revocation,
    is_signed,
    key_id_of,
    name_of_record,
    text_of,
)
from hearing_app.registry.agencies import BY_KEY, BY_OLD_KEY, MOMENT, AgencyKey
from hearing_app.registry.signed import speaks_for
from hearing_app.store.tables import agency_key, document_version, ledger, ledger_content, version_signature


@dataclass(frozen=True, slots=True)
class _Told:
    """What the ledger tells: this record's name, every key, and the public content of publications."""

    record: str
    keys: Mapping[str, AgencyKey]
    published: Mapping[int, Mapping[str, Any]]

    def signs_from(self, agency: str) -> int | None:
        """Return the event from which on an agency signs what it publishes, if it does."""
        return min((key.seq for key in self.keys.values() if key.agency == agency), default=None)


@unreadable_is_a_fault("The keys of agencies and their signatures")
def faults(db: Connection) -> list[str]:
    """Return what does not fit, in words: keys, their events, and the signatures of versions.

    Empty means: every key stands as its events say, every signature verifies under a key that was in use when
    it was published, and nothing speaks unsigned for an agency that signs.
    """
    key_events = list(_events(db, ledger.c.kind.startswith("agency_key.")))
    rows = {row["key_id"]: dict(row) for row in db.execute(select(agency_key)).mappings()}
    table = version_signature
    signatures = {(row.kind, row.document_id, row.version): row for row in db.execute(select(table))}
    if not key_events and not rows and not signatures:
        return []
    record = name_of_record(db)
    keys, found = _keys_of_events(record, key_events)
    found += _differences(keys, rows)
    published = {event.seq: event.content for event in _events(db, ledger.c.kind.endswith(".published"))}
    told = _Told(record, keys, published)
    missing = {seq for seq, content in published.items() if "signature" in content}
    before: dict[tuple[str, str], str] = {}
    of = document_version.c
    for row in db.execute(select(document_version).order_by(of.kind, of.document_id, of.version)):
        place = (row.kind, row.document_id)
        missing.discard(row.seq)
        signature = signatures.pop((*place, row.version), None)
        problem = _problem(told, row, signature, before.get(place, ""))
        before[place] = row.sha256
        if problem:
            found.append(f"Version {row.version} of {row.kind} “{row.document_id}”: {problem}")
    found += [
        f"There is a signature of version {number} of {kind} “{name}”, and no such version."
        for kind, name, number in signatures
    ]
    return found + [
        f"Event {seq} published something with a signature, and no version of it is left."
        for seq in sorted(missing)
    ]


@dataclass(frozen=True, slots=True)
class _Event:
    seq: int
    at: datetime
    kind: str
    actor: str
    content: Mapping[str, Any]


def _events(db: Connection, which: ColumnElement[bool]) -> Iterator[_Event]:
    """Yield events with their public content; content that cannot be read is empty."""
    rows = db.execute(
        select(ledger, ledger_content.c.content)
        .outerjoin(ledger_content, ledger_content.c.seq == ledger.c.seq)
        .where(which)
        .order_by(ledger.c.seq)
    )
    for row in rows:
        try:
            content = json.loads(row.content)
        except (TypeError, ValueError):
            content = {}
        yield _Event(row.seq, row.at, row.kind, row.actor, content if isinstance(content, dict) else {})


def _keys_of_events(record: str, key_events: Iterable[_Event]) -> tuple[dict[str, AgencyKey], list[str]]:
    """Return every key as the events tell its life, and the events that do not hold."""
    keys: dict[str, AgencyKey] = {}
    found = []
    for event in key_events:
        check = _revoked if event.kind == "agency_key.revoked" else _added
        try:
            holds = check(record, keys, event)
        except (KeyError, TypeError, ValueError):
            holds = False
        if not holds:
            found.append(f"Event {event.seq} is about a key of an agency, and what it says does not hold.")
    return keys, found


def _added(record: str, keys: dict[str, AgencyKey], event: _Event) -> bool:
    content = event.content
    statement = KeyRequest.model_validate_json(content["statement"])
    public_key, replaces = bytes.fromhex(statement.public_key), content["replaces"]
    key_id = key_id_of(public_key)
    said = (record, content["agency"], content["key_id"], content["public_key"])
    if (statement.record, statement.agency, key_id, statement.public_key) != said or key_id in keys:
        return False
    if not is_signed(public_key, statement, content["signature"]):
        return False
    if replaces:
        old = keys[replaces]
        vouched = statement.replaces == replaces and is_signed(
            old.public_key, statement, content["signature_of_replaced"]
        )
        if old.ended_seq is not None or old.agency != statement.agency:
            return False
        if content["proof"] == BY_OLD_KEY and not vouched:
            return False
        keys[replaces] = replace(old, replaced_at=event.at, replaced_by=key_id, replaced_seq=event.seq)
    keys[key_id] = AgencyKey(
        key_id, statement.agency, public_key, event.at, event.actor, content["proof"], event.seq
    )
    return bool(replaces) == (event.kind == "agency_key.rotated")


def _revoked(record: str, keys: dict[str, AgencyKey], event: _Event) -> bool:
    content = event.content
    key = keys[content["key_id"]]
    if content["proof"] == BY_KEY:
        statement = Revocation.model_validate_json(content["statement"])
        expected = Revocation(
            record=record,
            agency=key.agency,
            key_id=key.key_id,
            untrusted_from=content["untrusted_from"],
            reason=content["reason"],
        )
        if statement != expected or not is_signed(key.public_key, statement, content["signature"]):
            return False
    keys[key.key_id] = replace(
        key,
        revoked_at=event.at,
        revoked_by=event.actor,
        revoked_reason=content["reason"],
        untrusted_from=datetime.strptime(content["untrusted_from"], MOMENT).replace(tzinfo=UTC),
        revoked_seq=event.seq,
    )
    return key.revoked_seq is None and content["agency"] == key.agency


def _differences(keys: Mapping[str, AgencyKey], rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    told = {key_id: asdict(key) for key_id, key in keys.items()}
    return [
        f"The key {key_id[:16]}… does not stand in its table as the ledger tells it."
        for key_id in sorted({*told, *rows})
        if told.get(key_id) != rows.get(key_id)
    ]


def _problem(told: _Told, row: Row[Any], signature: Row[Any] | None, previous: str) -> str:
    """Return what is wrong with a version and its signature, or ""."""
    try:
        speaker = speaks_for(row.kind, json.loads(row.document))
    except (AttributeError, TypeError, ValueError):
        return "it cannot be read."
    content = told.published.get(row.seq, {})
    if signature is None:
        return _problem_of_unsigned(told, row.seq, content, speaker)
    names = ("key_id", "statement", "signature")
    key = told.keys.get(signature.key_id)
    if [content.get(name) for name in names] != [getattr(signature, name) for name in names]:
        return "its signature is not the one that was committed to."
    if key is None:
        return "it is signed with a key that was never registered."
    if not key.seq < row.seq < (row.seq + 1 if key.ended_seq is None else key.ended_seq):
        return "it is signed with a key that was not in use."
    return _problem_of_statement(told.record, key, row, signature, previous, speaker)


def _problem_of_unsigned(told: _Told, seq: int, content: Mapping[str, Any], speaker: str) -> str:
    if "signature" in content:
        return "it was published with a signature, which is gone."
    since = told.signs_from(speaker) if speaker else None
    return f"it speaks for “{speaker}”, and is not signed." if since is not None and seq > since else ""


def _problem_of_statement(  # noqa: PLR0917 - what is compared with what
    record: str, key: AgencyKey, row: Row[Any], signature: Row[Any], previous: str, speaker: str
) -> str:
    try:
        statement = Publication.model_validate_json(signature.statement)
    except ValidationError:
        return "the statement that was signed cannot be read."
    expected = {
        "format": statement.format,
        "record": record,
        "agency": speaker,
        "kind": row.kind,
        "document_id": row.document_id,
        "version": row.version,
        "previous": previous,
        "sha256": row.sha256,
        "note": row.note,
    }
    if (
        statement.model_dump() != expected
        or text_of(statement) != signature.statement
        or key.agency != speaker
    ):
        return "what was signed is not what is published."
    if sha256(row.document.encode()).hexdigest() != row.sha256:
        return "its text is not the one that was signed."
    return (
        "" if is_signed(key.public_key, statement, signature.signature) else "its signature does not verify."
    )
