"""Taking a correction: from anyone an error, from the body itself a claim or what it contests."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from hearing_app.errors import Conflict, Forbidden, Invalid
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.people.throttle import Sender, spend
from hearing_app.record.ledger import append
from hearing_app.record.receipts import lookup_key, receipt_of
from hearing_app.registry.corrections.report import Report, faults_of_report
from hearing_app.registry.corrections.vocabulary import Kind
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of
from hearing_app.registry.vocabulary import CompiledBy
from hearing_app.store.tables import correction

log = logging.getLogger(__name__)

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEPT = "Your words are still here."
RECEIVED = "correction.received"


@dataclass(frozen=True, slots=True)
class CorrectionReceipt:
    """What the author keeps: 16 digits, and the number under which the public sees it.

    ``of_body`` says that a body spoke, whose words are public at once.
    """

    code: str
    correction_id: str
    repeated: bool
    of_body: bool = False


def receive(
    db: Connection,
    actor: Actor,
    key: bytes,
    report: Report,
    *,
    by: Sender | None = None,
    at: datetime | None = None,
) -> CorrectionReceipt:
    """Put a correction on the record, with its ledger event, and return its receipt.

    The same draft again gives the receipt it already has. ``key`` is the server's receipt key. What anyone
    reports is counted against what its network may send (``by``), and its words become public with an answer
    alone. A claim, or what is contested, needs a publisher of the entry's own agency, and is public at once.
    Raises ``NotFound`` for an unknown entry or version, ``Invalid`` with every fault, ``Forbidden``,
    ``Conflict`` for what makes no sense at this entry, ``TooMany``.
    """
    when = at or datetime.now(UTC)
    entry = entry_of(db, report.system_id, report.system_version).entry
    if faults := faults_of_report(report, entry):
        raise Invalid(
            "Your report was not sent yet.",
            faults,
            kept=_KEPT,
            next_step="Please change what is marked and send it again.",
        )
    kind = Kind(report.kind)
    if kind.is_of_a_body:
        _check_body(actor, entry)
    # A comment that was sent under the same number has a receipt of its own.
    code = receipt_of(key, f"report:{report.draft_id}")
    receipt_key = lookup_key(key, code)
    before = db.execute(select(correction).where(correction.c.receipt_key == receipt_key)).first()
    if before is not None:
        _refuse_changed(before, report)
        return CorrectionReceipt(code, before.correction_id, True, kind.is_of_a_body)
    if kind.is_of_a_body:
        _check_claim(db, report, entry)
    if by is not None and not kind.is_of_a_body:
        spend(db, by, what="Your report", at=when)
    correction_id = _new_id(db, when)
    agency = actor.agency if kind.is_of_a_body else ""
    told = {
        "kind": str(kind),
        "system_id": report.system_id,
        "system_version": report.system_version,
        "field": report.field,
        "agency": agency,
    }
    event = append(
        db,
        actor=actor.name if kind.is_of_a_body else "public",
        kind=RECEIVED,
        subject=f"correction:{correction_id}",
        content=told,
        private={"words": report.words, "source": report.source, "receipt_key": receipt_key},
        at=when,
    )
    db.execute(
        insert(correction).values(
            **told,
            correction_id=correction_id,
            words=report.words,
            source=report.source,
            receipt_key=receipt_key,
            # Of people without an office the record tells the day alone.
            received_at=event.at,
            withdrawn_at=None,
            seq=event.seq,
        )
    )
    return CorrectionReceipt(code, correction_id, False, kind.is_of_a_body)


def _check_body(actor: Actor, entry: Entry) -> None:
    """Raise ``Forbidden``, and log it, unless the actor speaks for the body that the entry is about."""
    require(actor, Act.CLAIM_ENTRIES)
    if not actor.agency or actor.agency != entry.deployer.agency:
        log.warning("refused: %s spoke for %s", actor.name, entry.deployer.agency)
        raise Forbidden(
            f"Only a publisher of {entry.deployer.name} can speak for it.",
            kept=_KEPT,
            next_step="Anyone can report an error in the entry.",
        )


def _check_claim(db: Connection, report: Report, entry: Entry) -> None:
    """Raise ``Conflict`` where the entry is the body's own already, or was claimed."""
    if entry.compiled.by is CompiledBy.DEPLOYER:
        raise Conflict(
            "This entry is the body's own already.",
            kept=_KEPT,
            next_step="Change it at the publishing desk.",
        )
    claimed = select(correction.c.correction_id).where(
        correction.c.system_id == report.system_id, correction.c.kind == Kind.CLAIM
    )
    if report.kind == Kind.CLAIM and (row := db.execute(claimed).first()):
        raise Conflict(
            f"The entry was claimed already, under the number {row.correction_id}.",
            kept=_KEPT,
            next_step="Write the body's own entry at the publishing desk.",
        )


def _refuse_changed(before: Row[Any], report: Report) -> None:
    """Refuse other words under a draft that was sent; what was taken back has nothing to compare with."""
    same = (before.kind, before.system_id, before.field, before.words, before.source) == (
        report.kind,
        report.system_id,
        report.field,
        report.words,
        report.source,
    )
    if before.words and not same:
        raise Conflict(
            f"This form was already sent with other words, as {before.correction_id}; what came first stays.",
            kept=_KEPT,
            next_step="Open the form anew to send another report.",
        )


def _new_id(db: Connection, when: datetime) -> str:
    while True:
        found = f"E-{when:%Y}-{''.join(secrets.choice(_LETTERS) for _ in range(7))}"
        query = select(correction.c.correction_id).where(correction.c.correction_id == found)
        if not db.execute(query).first():
            return found
