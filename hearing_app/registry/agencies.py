"""The keys of agencies: registered by hand, replaced, given up, and every step of it in the ledger.

An administrator or the operator registers a key after comparing its fingerprint over another channel. A key
that replaces another is also signed by that one, or the record says that nobody but the administrator vouches
for it. An agency has one key in use at most, and a key that was ever known here cannot come back.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from hearing_app.people.permissions import Act, Actor, Role, require
from hearing_app.record.ledger import append
from hearing_app.record.signatures import (
    WEAK_KEYS,
    KeyRequest,
    Revocation,
    SignedKeyRequest,
    SignedRevocation,
    is_signed,
    key_id_of,
    name_of_record,
    read_fingerprint,
    text_of,
)
from hearing_app.registry.text import INVISIBLE, SLUG
from hearing_app.store.tables import agency_key

log = logging.getLogger(__name__)

BY_ADMINISTRATOR = "administrator"
BY_OLD_KEY = "old_key"
BY_KEY = "key"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class AgencyKey:
    """One key of one agency, and what became of it. ``seq`` and its like are numbers of ledger events.

    ``proof`` says who vouches that the key is the agency's: "administrator", or "old_key" where the key
    before it signed for it. A revoked key is not trusted from ``untrusted_from`` on, which may lie before the
    moment at which that became known.
    """

    key_id: str
    agency: str
    public_key: bytes
    registered_at: datetime
    registered_by: str
    proof: str
    seq: int
    replaced_at: datetime | None = None
    replaced_by: str | None = None
    replaced_seq: int | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_reason: str | None = None
    untrusted_from: datetime | None = None
    revoked_seq: int | None = None

    @property
    def state(self) -> str:
        """ "in use", "replaced" or "revoked"."""
        if self.revoked_seq is not None:
            return "revoked"
        return "in use" if self.replaced_seq is None else "replaced"

    @property
    def ended_seq(self) -> int | None:
        """The event from which on nothing new can be signed with it; ``None`` while it is in use."""
        ends = [seq for seq in (self.replaced_seq, self.revoked_seq) if seq is not None]
        return min(ends, default=None)

    @property
    def actor(self) -> Actor:
        """Who acts with this key alone: the agency's publisher, named by the key."""
        return Actor(Role.PUBLISHER, f"key-{self.key_id[:16]}", self.agency)

    def trusted_at(self, moment: datetime) -> bool:
        """Return whether what was signed at this moment is still believed to be the agency's."""
        return self.untrusted_from is None or moment < self.untrusted_from


def register_key(
    db: Connection,
    actor: Actor,
    request: SignedKeyRequest,
    *,
    fingerprint: str,
    old_key_is_lost: bool = False,
    at: datetime | None = None,
) -> AgencyKey:
    """Register the key of a request, in the place of the agency's present one if it has one.

    ``fingerprint`` is what the agency said over another channel: a request is only as good as that. Where the
    agency has a key in use, that one must have signed the request, or ``old_key_is_lost`` is said, and
    recorded. Raises ``Invalid`` or ``Forbidden`` for a request that does not hold, ``Conflict`` for a key
    that is known already or another present key.
    """
    require(actor, Act.REGISTER_KEYS)
    statement = request.statement
    public_key = bytes.fromhex(statement.public_key)
    key_id = key_id_of(public_key)
    if read_fingerprint(fingerprint) != key_id:
        raise Invalid(
            "The fingerprint that you were given is not that of the key in this request.",
            kept="No key was registered.",
            next_step="Do not go on: ask the agency again, over a channel that you trust.",
        )
    _check_record(db, statement)
    if not re.fullmatch(SLUG, statement.agency):
        fault = Fault(
            "", "agency", f"“{statement.agency}” is no agency's id.", "Use small letters, 0-9 and -."
        )
        raise Invalid("No key was registered.", [fault])
    if public_key in WEAK_KEYS:
        raise Invalid("This key is no key: anybody can sign with it.", next_step="Make one: hearing keys new")
    if not is_signed(public_key, statement, request.signature):
        raise _refused("The request is not signed by the key that it asks for.", next_step=_MAKE_ANEW)
    if find_key(db, key_id) is not None:
        raise Conflict(
            "This key is known here already, and a key is registered once.",
            next_step="Make a new one with: hearing keys new",
        )
    present = key_in_use(db, statement.agency)
    proof = _proof(present, request, old_key_is_lost=old_key_is_lost)
    when = at or datetime.now(UTC)
    event = append(
        db,
        actor=actor.name,
        kind="agency_key.rotated" if present else "agency_key.registered",
        subject=f"agency:{statement.agency}",
        content={
            "agency": statement.agency,
            "key_id": key_id,
            "public_key": statement.public_key,
            "replaces": present.key_id if present else "",
            "proof": proof,
            "statement": text_of(statement),
            "signature": request.signature,
            "signature_of_replaced": request.signature_of_replaced if proof == BY_OLD_KEY else "",
        },
        at=when,
    )
    db.execute(
        insert(agency_key).values(
            key_id=key_id,
            agency=statement.agency,
            public_key=public_key,
            registered_at=when,
            registered_by=actor.name,
            proof=proof,
            seq=event.seq,
        )
    )
    if present:
        _change(db, present.key_id, replaced_at=when, replaced_by=key_id, replaced_seq=event.seq)
    return key_of(db, key_id)


def revoke_key(
    db: Connection,
    actor: Actor,
    key_id: str,
    *,
    reason: str,
    untrusted_from: datetime | None = None,
    at: datetime | None = None,
) -> AgencyKey:
    """Revoke a key for a reason that stands in public; it takes effect at once.

    ``untrusted_from`` may lie in the past, where it is known since when the key was in other hands.
    """
    require(actor, Act.REGISTER_KEYS)
    key = key_of(db, key_id)
    when = at or datetime.now(UTC)
    words = " ".join(reason.split())
    _check_reason(words)
    statement = Revocation(
        record=name_of_record(db),
        agency=key.agency,
        key_id=key.key_id,
        untrusted_from=_second(untrusted_from or when),
        reason=words,
    )
    return _revoke(db, actor, key, statement, at=when)


def revoke_own_key(db: Connection, revocation: SignedRevocation, *, at: datetime | None = None) -> AgencyKey:
    """Revoke a key because the key itself says so: whoever lost control of it need not wait for anybody.

    A thief can do the same; all that it gains is that the stolen key opens nothing any more.
    """
    statement = revocation.statement
    key = find_key(db, statement.key_id)
    if key is None or not is_signed(key.public_key, statement, revocation.signature):
        raise _refused("The revocation is not signed by a key that is registered here.", next_step=_MAKE_ANEW)
    _check_record(db, statement)
    if statement.agency != key.agency:
        raise _refused("The revocation names another agency than the key's.", next_step=_MAKE_ANEW)
    _check_reason(statement.reason)
    when = at or datetime.now(UTC)
    return _revoke(db, key.actor, key, statement, at=when, signature=revocation.signature)


def revocable_keys(db: Connection, actor: Actor) -> list[AgencyKey]:
    """Return the keys that were not revoked yet, for whoever may do it now."""
    require(actor, Act.REGISTER_KEYS)
    return [key for key in all_keys(db) if key.revoked_seq is None]


def find_key(db: Connection, key_id: str) -> AgencyKey | None:
    """Return the key with this id, whatever became of it, or ``None``."""
    return next(iter(_keys(db, agency_key.c.key_id == key_id)), None)


def key_of(db: Connection, key_id: str) -> AgencyKey:
    """Return the key with this id; raise ``NotFound`` when none was ever registered."""
    found = find_key(db, key_id)
    if found is None:
        raise NotFound("No key with this fingerprint was registered here.", kept="", next_step="Compare it.")
    return found


def key_in_use(db: Connection, agency: str) -> AgencyKey | None:
    """Return the key with which the agency can sign now, or ``None``."""
    return next((key for key in keys_of(db, agency) if key.ended_seq is None), None)


def keys_of(db: Connection, agency: str) -> list[AgencyKey]:
    """Return every key that the agency ever had, oldest first."""
    return _keys(db, agency_key.c.agency == agency)


def all_keys(db: Connection) -> list[AgencyKey]:
    """Return every key, in the order in which they were registered."""
    return _keys(db, agency_key.c.seq >= 0)


_MAKE_ANEW = "Make it again with `hearing keys`, with the right key and for this record."


def _keys(db: Connection, which: ColumnElement[bool]) -> list[AgencyKey]:
    rows = db.execute(select(agency_key).where(which).order_by(agency_key.c.seq)).mappings()
    return [AgencyKey(**row) for row in rows]


def _change(db: Connection, key_id: str, **values: object) -> None:
    db.execute(update(agency_key).where(agency_key.c.key_id == key_id).values(**values))


def _check_record(db: Connection, statement: KeyRequest | Revocation) -> None:
    own = name_of_record(db)
    if statement.record != own:
        raise _refused(
            f"This was signed for another record, “{statement.record}”; this one is “{own}”.",
            next_step=_MAKE_ANEW,
        )


def _check_reason(words: str) -> None:
    if not 0 < len(words) <= LONGEST_REASON or INVISIBLE.search(words):
        fault = Fault("", "reason", "A reason has 1 to 500 characters.", "Say in one sentence what happened.")
        raise Invalid("The key was not revoked.", [fault])


def _proof(present: AgencyKey | None, request: SignedKeyRequest, *, old_key_is_lost: bool) -> str:
    """Return who vouches for the new key; raise where the present key should have and did not."""
    replaces = request.statement.replaces
    if replaces and (present is None or replaces != present.key_id):
        raise Conflict("The request replaces a key that is not in use.", next_step=_MAKE_ANEW)
    if present is None:
        return BY_ADMINISTRATOR
    if replaces and is_signed(present.public_key, request.statement, request.signature_of_replaced):
        return BY_OLD_KEY
    if replaces and request.signature_of_replaced:
        raise _refused("The request is not signed by the key that it replaces.", next_step=_MAKE_ANEW)
    if not old_key_is_lost:
        raise Conflict(
            f"{present.agency} has a key in use, and that key has not signed this request.",
            next_step="Let the agency sign it with both keys. If the old one is lost, say so: the record "
            "will show that you alone vouch for the new one.",
        )
    return BY_ADMINISTRATOR


def _revoke(
    db: Connection,
    actor: Actor,
    key: AgencyKey,
    statement: Revocation,
    *,
    at: datetime,
    signature: str = "",
) -> AgencyKey:
    if key.revoked_at is not None:
        raise Conflict("This key was revoked before; the first reason stays.")
    try:
        since = datetime.strptime(statement.untrusted_from, MOMENT).replace(tzinfo=UTC)
    except ValueError:
        since = datetime.max.replace(tzinfo=UTC)
    if since > at:
        fault = Fault("", "untrusted_from", "This is not a moment in the past.", "Leave it out to mean now.")
        raise Invalid("The key was not revoked.", [fault])
    event = append(
        db,
        actor=actor.name,
        kind="agency_key.revoked",
        subject=f"agency:{key.agency}",
        content={
            "agency": key.agency,
            "key_id": key.key_id,
            "reason": statement.reason,
            "untrusted_from": statement.untrusted_from,
            "proof": BY_KEY if signature else BY_ADMINISTRATOR,
            "statement": text_of(statement) if signature else "",
            "signature": signature,
        },
        at=at,
    )
    _change(
        db,
        key.key_id,
        revoked_at=at,
        revoked_by=actor.name,
        revoked_reason=statement.reason,
        untrusted_from=since,
        revoked_seq=event.seq,
    )
    return key_of(db, key.key_id)


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(MOMENT)


def _refused(what: str, *, next_step: str) -> Forbidden:
    # What stands in it is public, or has the form of an id: no line of a log can be forged with it.
    log.warning("refused: %s", what)
    return Forbidden(what, next_step=next_step)
