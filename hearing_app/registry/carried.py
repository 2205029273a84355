"""Keys of agencies in a restored record: what was revoked or replaced after the backup is so again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hearing_app.errors import HearingError
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.before import Before, Told
from hearing_app.record.signatures import (
    KeyRequest,
    Revocation,
    SignedKeyRequest,
    SignedRevocation,
    fingerprint_of,
)
from hearing_app.registry.agencies import (
    BY_ADMINISTRATOR,
    BY_OLD_KEY,
    LONGEST_REASON,
    find_key,
    register_key,
    revoke_key,
    revoke_own_key,
)
from hearing_app.store.tables import agency_key

_AGAIN = " (carried over from the record before a restore)"


def revoke_again(db: Connection, before: Before, *, at: datetime | None = None) -> list[str]:
    """Revoke, replace and register keys as was done after the backup; return what was done, in sentences.

    In a record that does not verify, a revocation is believed, and a new key only where the one before it
    signed for it: an old key that was replaced otherwise is revoked.
    """
    said = []
    for event in before.about("agency_key"):
        try:
            said += _again(db, event, event.content or {}, holds=before.holds, at=at)
        except (HearingError, KeyError, TypeError, ValueError):
            said.append(
                f"Event {event.seq} of the record before, about a key of {event.subject}: look at it."
            )
    rows = () if before.holds else before.rows(select(agency_key.c.key_id, agency_key.c.revoked_seq))
    for row in rows:
        # The events may be lost where the rows are not.
        if row.revoked_seq is not None and isinstance(row.key_id, str):
            said += _revoke(db, row.key_id, "Revoked before a restore, for a reason that was lost", at=at)
    return said


def _again(
    db: Connection, event: Told, content: Mapping[str, Any], *, holds: bool, at: datetime | None
) -> list[str]:
    key_id = content["key_id"]
    if event.kind == "agency_key.revoked":
        if content["signature"]:
            return _given_up(db, content, at=at)
        since = datetime.fromisoformat(content["untrusted_from"])
        return _revoke(db, key_id, content["reason"], since=since, at=at)
    if find_key(db, key_id) is not None:
        return []
    if holds or content["proof"] == BY_OLD_KEY:
        return _registered(db, content, at=at)
    return _revoke(
        db, content["replaces"], "Replaced before a restore, by a key that is not known now", at=at
    )


def _given_up(db: Connection, content: Mapping[str, Any], *, at: datetime | None) -> list[str]:
    key = find_key(db, content["key_id"])
    if key is None or key.revoked_seq is not None:
        return []
    statement = Revocation.model_validate_json(content["statement"])
    revoke_own_key(db, SignedRevocation(statement=statement, signature=content["signature"]), at=at)
    return [f"Key {key.key_id[:16]}… of {key.agency} is revoked again."]


def _registered(db: Connection, content: Mapping[str, Any], *, at: datetime | None) -> list[str]:
    request = SignedKeyRequest(
        statement=KeyRequest.model_validate_json(content["statement"]),
        signature=content["signature"],
        signature_of_replaced=content["signature_of_replaced"],
    )
    key = register_key(
        db,
        OPERATOR,
        request,
        fingerprint=fingerprint_of(content["key_id"]),
        old_key_is_lost=content["proof"] == BY_ADMINISTRATOR,
        at=at,
    )
    return [f"Key {key.key_id[:16]}… of {key.agency} is registered again."]


def _revoke(
    db: Connection, key_id: str, reason: str, *, since: datetime | None = None, at: datetime | None = None
) -> list[str]:
    key = find_key(db, key_id)
    if key is None or key.revoked_seq is not None:
        return []
    words = f"{reason[: LONGEST_REASON - len(_AGAIN)]}{_AGAIN}"
    revoke_key(db, OPERATOR, key_id, reason=words, untrusted_from=since, at=at)
    return [f"Key {key_id[:16]}… of {key.agency} is revoked again."]
