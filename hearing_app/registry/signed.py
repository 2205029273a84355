"""Documents that speak for an agency: published with its signature, or not at all.

An agency that ever had a key here signs what it publishes: from then on nobody, the operator included, can
put words into its mouth, also not after its key was revoked. What is true of a system's entry holds for every
kind of document that ``speaks_for`` knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid
from hearing_app.people.accounts import has_publishers
from hearing_app.people.permissions import Act, Actor, Role, require
from hearing_app.record.canonical import canonical_json
from hearing_app.record.signatures import (
    Publication,
    SignedPublication,
    fingerprint_of,
    is_signed,
    name_of_record,
    text_of,
)
from hearing_app.record.versions import Version, latest_version, publish_version
from hearing_app.registry.agencies import AgencyKey, find_key, key_of, keys_of
from hearing_app.registry.text import INVISIBLE
from hearing_app.registry.vocabulary import CompiledBy
from hearing_app.store.tables import version_signature

log = logging.getLogger(__name__)


def _of_system(document: Mapping[str, Any]) -> tuple[str, str]:
    agency = document.get("deployer", {}).get("agency", "")
    return agency, agency if document.get("compiled", {}).get("by") == CompiledBy.DEPLOYER else ""


# For each kind: the agency that a document is about, and the one that speaks in it, or "".
_SPEAKERS: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {"system": _of_system}


class SignedDocument(BaseModel):
    """A document and its agency's signature on it: what an agency hands in, as a file or over the network."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    document: dict[str, Any]
    signature: SignedPublication


@dataclass(frozen=True, slots=True)
class Approval:
    """What stands behind a version of the publishing desk: the draft, and who of the agency submitted it.

    Whoever publishes with it is the second person.
    """

    draft_id: str
    submitted_by: str


@dataclass(frozen=True, slots=True)
class VersionSignature:
    """The signature of one published version, with the key that made it as it stands now."""

    kind: str
    document_id: str
    version: int
    statement: Publication
    signature: str
    key: AgencyKey


def about(kind: str, document: Mapping[str, Any]) -> str:
    """Return the id of the agency that a document is about; "" where there is none."""
    return _SPEAKERS[kind](document)[0] if kind in _SPEAKERS else ""


def speaks_for(kind: str, document: Mapping[str, Any]) -> str:
    """Return the id of the agency in whose own name a document speaks; "" where others wrote it."""
    return _SPEAKERS[kind](document)[1] if kind in _SPEAKERS else ""


def publish_document(
    db: Connection,
    actor: Actor,
    *,
    kind: str,
    document_id: str,
    document: Mapping[str, Any],
    note: str,
    signed: SignedPublication | None = None,
    approval: Approval | None = None,
    at: datetime | None = None,
) -> Version:
    """Publish a document as its next version; unchanged text, and a signed text sent again, make no new one.

    Raises ``Forbidden`` when the signature is missing where the document needs one, or when it is not a
    present key's of the agency that speaks, or was made for something else; ``Conflict`` when it was made for
    another version than the next one. ``note`` counts where there is no signature: a signed one is signed.
    With an ``approval`` a publisher of the agency publishes what another person submitted; it takes the place
    of the operator's office, and of no signature.
    """
    digest = sha256(canonical_json(document)).hexdigest()
    present = latest_version(db, kind, document_id)
    people = _check_approval(actor, approval, kind, document) if approval else {}
    if signed is None:
        if not approval:
            require(actor, Act.PUBLISH_DOCUMENTS)
        if present is not None and present.sha256 == digest:
            return present
        _check_that_none_is_needed(db, kind, document, present, approval)
        return publish_version(
            db,
            actor=actor.name,
            kind=kind,
            document_id=document_id,
            document=document,
            note=note,
            more=people,
            at=at,
        )
    require(actor, Act.PUBLISH_SIGNED)
    statement, key = signed.statement, check_signature(db, signed)
    _check_subject(key, statement, document, kind=kind, document_id=document_id, digest=digest)
    if present is not None and _is_repeated(db, signed, present):
        return present
    _check_place(key, statement, kind, present)
    published = publish_version(
        db,
        actor=actor.name,
        kind=kind,
        document_id=document_id,
        document=document,
        note=statement.note,
        more={
            "key_id": key.key_id,
            "statement": text_of(statement),
            "signature": signed.signature,
            **people,
        },
        at=at,
    )
    db.execute(
        insert(version_signature).values(
            kind=kind,
            document_id=document_id,
            version=published.version,
            key_id=key.key_id,
            statement=text_of(statement),
            signature=signed.signature,
        )
    )
    return published


def check_own_words(kind: str, document: Mapping[str, Any], note: str, *, kept: str) -> None:
    """Raise ``Invalid`` unless an agency can sign this: what it says itself, with a note that can be read.

    Asked before it is signed, and again before it is published. ``kept`` says what did not happen.
    """
    if not speaks_for(kind, document):
        fault = Fault("", "compiled.by", "Others are said to have written this.", "Write “deployer” here.")
        raise Invalid("An agency signs what it wrote itself.", [fault], kept=kept)
    if INVISIBLE.search(note):
        fault = Fault("", "note", "It holds a character that readers cannot see.", "Type the words again.")
        raise Invalid("The note holds a character that readers cannot see.", [fault], kept=kept)


def check_signature(db: Connection, signed: SignedPublication) -> AgencyKey:
    """Return the key that signed; raise ``Forbidden`` unless it is in use here and signed for this record.

    This needs nothing of the document, so what a stranger sends is refused before it is read.
    """
    statement, key = signed.statement, find_key(db, signed.key_id)
    if key is None:
        raise _refused("No agency has registered the key of this signature here.", _REGISTER)
    if not is_signed(key.public_key, statement, signed.signature):
        raise _refused("The signature is not that of this key under this statement.", _SIGN_AGAIN)
    name = f"The key {fingerprint_of(key.key_id)[:19]} …"
    if key.revoked_at is not None:
        raise _refused(f"{name} was revoked on {key.revoked_at:%Y-%m-%d}: {key.revoked_reason}", _REGISTER)
    if key.replaced_at is not None:
        raise _refused(f"{name} was replaced on {key.replaced_at:%Y-%m-%d} by another.", _SIGN_AGAIN)
    if statement.record != (own := name_of_record(db)):
        raise _refused(f"This was signed for the record “{statement.record}”; this is “{own}”.", _SIGN_AGAIN)
    if statement.agency != key.agency:
        raise _refused(
            f"The key is that of “{key.agency}”, and cannot sign for “{statement.agency}”.", _SIGN_AGAIN
        )
    return key


def signatures_of(db: Connection, kind: str, document_id: str) -> dict[int, VersionSignature]:
    """Return the signatures of a document by the number of the version."""
    table = version_signature.c
    found = _signatures(db, (table.kind == kind) & (table.document_id == document_id))
    return {one.version: one for one in found}


def all_signatures(db: Connection) -> list[VersionSignature]:
    """Return the signature of every version that has one."""
    return _signatures(db, version_signature.c.version >= 1)


_NOTHING = "Nothing was published."
_SIGN_AGAIN = "Sign it again with: hearing registry sign"
_REGISTER = "Ask an administrator to register the agency's key, and sign with that one."
_SIGN = "Let the agency sign it with: hearing registry sign"


def _refused(what: str, next_step: str) -> Forbidden:
    # What stands in it is public, or has the form of an id: no line of a log can be forged with it.
    log.warning("refused: %s", what)
    return Forbidden(what, kept=_NOTHING, next_step=next_step)


def _signatures(db: Connection, which: ColumnElement[bool]) -> list[VersionSignature]:
    table = version_signature.c
    order = (table.kind, table.document_id, table.version)
    rows = db.execute(select(version_signature).where(which).order_by(*order)).mappings().all()
    keys = {key_id: key_of(db, key_id) for key_id in {row["key_id"] for row in rows}}
    return [_signature(row, keys[row["key_id"]]) for row in rows]


def _signature(row: RowMapping, key: AgencyKey) -> VersionSignature:
    return VersionSignature(
        kind=row["kind"],
        document_id=row["document_id"],
        version=row["version"],
        statement=Publication.model_validate_json(row["statement"]),
        signature=row["signature"],
        key=key,
    )


def _check_approval(
    actor: Actor, approval: Approval, kind: str, document: Mapping[str, Any]
) -> dict[str, object]:
    """Return how the public record names both persons; raise unless the actor is the agency's second one."""
    require(actor, Act.APPROVE_DRAFTS)
    speaker = speaks_for(kind, document)
    if not speaker or speaker != actor.agency:
        raise _refused(
            f"{actor.name} cannot publish what speaks for “{speaker}”.", "An agency publishes about itself."
        )
    if actor.name == approval.submitted_by:
        raise _refused(
            f"{actor.name} has submitted this, and cannot approve it.",
            "Ask another publisher of your agency to look at it.",
        )
    return {
        "draft": approval.draft_id,
        "submitted_by": approval.submitted_by,
        "approved_by": actor.name,
    }


def _check_that_none_is_needed(
    db: Connection,
    kind: str,
    document: Mapping[str, Any],
    present: Version | None,
    approval: Approval | None = None,
) -> None:
    """Raise ``Forbidden`` where only its agency can publish this: it speaks for it, or takes its place."""
    speaker = speaks_for(kind, document)
    if speaker and keys_of(db, speaker):
        raise _refused(
            f"This speaks for “{speaker}”, which signs what it publishes, and it is not signed.", _SIGN
        )
    if speaker and approval is None and has_publishers(db, speaker):
        raise _refused(
            f"This speaks for “{speaker}”, and that agency's own publishers approve what it says.",
            "Hand it to the agency's desk: hearing registry publish FILE",
        )
    if present is not None and present.version in signatures_of(db, kind, present.document_id):
        raise _refused(
            f"Version {present.version} of “{present.document_id}” was signed by the agency itself: what "
            "others write cannot take its place.",
            "Give the other document another id, or take over what is published: hearing registry export",
        )
    if present is not None and approval is None and present.actor.startswith(f"{Role.PUBLISHER}:"):
        raise _refused(
            f"Version {present.version} of “{present.document_id}” was approved by the agency's own "
            "publishers: what others hand in cannot take its place.",
            "Hand it to the agency's desk: hearing registry publish FILE, or take over what is published: "
            "hearing registry export",
        )


def _check_subject(
    key: AgencyKey,
    statement: Publication,
    document: Mapping[str, Any],
    *,
    kind: str,
    document_id: str,
    digest: str,
) -> None:
    """Raise unless the statement is about exactly this document, and the agency speaks in it itself."""
    if (statement.kind, statement.document_id) != (kind, document_id):
        subject = f"{statement.kind} “{statement.document_id}”"
        raise _refused(f"This was signed for {subject}, not for {kind} “{document_id}”.", _SIGN_AGAIN)
    if about(kind, document) != key.agency:
        raise _refused(
            f"“{key.agency}” has signed this, but it is about “{about(kind, document)}”.",
            "An agency publishes about itself.",
        )
    check_own_words(kind, document, statement.note, kept=_NOTHING)
    if statement.sha256 != digest:
        raise _refused(
            f"The signature is for another text: it names the hash {statement.sha256[:16]}…, and this text "
            f"has {digest[:16]}….",
            _SIGN_AGAIN,
        )


def _is_repeated(db: Connection, signed: SignedPublication, present: Version) -> bool:
    """Return whether this very publication is the present version: its answer may have been lost."""
    kept = signatures_of(db, present.kind, present.document_id).get(present.version)
    return kept is not None and (kept.key.key_id, kept.statement) == (signed.key_id, signed.statement)


def _check_place(key: AgencyKey, statement: Publication, kind: str, present: Version | None) -> None:
    """Raise unless the statement names the next version and the one that it follows."""
    number, before = (present.version, present.sha256) if present else (0, "")
    if (statement.version, statement.previous) != (number + 1, before):
        raise Conflict(
            f"This was signed as version {statement.version}, and the next one is {number + 1}"
            + (", after another text." if statement.version == number + 1 else "."),
            kept="Nothing was published: what was signed before cannot be sent again.",
            next_step=f"Read what is published now, and sign as version {number + 1} after {before or '“”'}.",
        )
    if present is None:
        return
    if present.sha256 == statement.sha256:
        raise Conflict(
            f"This is what version {number} says, word for word.",
            kept=_NOTHING,
            next_step="Change the text, or at least its day.",
        )
    if (owner := about(kind, present.document)) != key.agency:
        raise _refused(
            f"“{present.document_id}” is an entry about “{owner}”.", "Give the agency's own entry another id."
        )
