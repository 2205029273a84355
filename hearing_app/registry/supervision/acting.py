"""Stating something in an audit: who may, when, and the one way in which it comes on the record.

Everything that is stated is public at once. Nothing is changed or deleted: a correction is a statement of its
own beside what it corrects. Who has a tie to the agency does not audit it, and an agency's publisher answers
for that agency alone.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, insert

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid
from hearing_app.people.permissions import Act, Actor, Role, may, require
from hearing_app.record.canonical import canonical_json
from hearing_app.record.ledger import append, contents
from hearing_app.registry.entry.stated import Part
from hearing_app.registry.published import all_entries, entry_of
from hearing_app.registry.supervision.audits import (
    Audit,
    Statement,
    all_audits,
    audit_of,
    find_audit,
)
from hearing_app.registry.supervision.moves import MOVES, steps_open_to
from hearing_app.registry.supervision.rules import faults_in
from hearing_app.registry.supervision.vocabulary import Step
from hearing_app.registry.supervision.words import Planned, step_of
from hearing_app.store.tables import audit_statement

log = logging.getLogger(__name__)

REPLY_DAYS = 28
"""For how many days the body can reply to a finding, unless another day is set."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NOT_DONE = "Nothing was put on the record."


def plan(
    db: Connection, actor: Actor, planned: Planned, *, draft_id: str, at: datetime | None = None
) -> Audit:
    """Announce an audit, with its ledger event, and return it; the same draft sent twice makes one audit.

    ``draft_id`` is random and belongs to one form (``record.receipts.new_draft_id``). Raises ``Forbidden``
    when the actor has a tie to the agency, ``NotFound`` for an unknown system or version, ``Invalid`` for a
    day that does not fit.
    """
    _check_role(actor, Step.PLANNED)
    when = at or datetime.now(UTC)
    audit_id = _number_of(draft_id, when)
    if before := find_audit(db, audit_id):
        if _is_said(before, 1, actor, planned):
            return before
        raise Conflict(
            f"This form was sent before: audit {audit_id} stands on the record.",
            kept="What was sent first was kept, and nothing else was put on the record.",
            next_step="Open the page anew to plan another one.",
        )
    _check_side(db, actor, planned.system)
    entry_of(db, planned.system, planned.version)
    _check(faults_in(db, None, planned, today=_day(when)))
    _append(db, actor, planned, _Place(audit_id, planned.system, 1), when)
    return audit_of(db, audit_id)


def say(
    db: Connection, actor: Actor, audit_id: str, said: Part, *, seen: int, at: datetime | None = None
) -> Audit:
    """State something in an audit, with its ledger event, and return the audit as it stands then.

    ``seen`` is the audit's revision as the actor read it: when something was stated in between, nothing is
    done and ``Conflict`` says so. The same words sent twice stand once. Raises ``Forbidden`` for who may not,
    ``Conflict`` when the audit's state does not allow it, ``Invalid`` with every fault of the words.
    """
    step = step_of(said)
    _check_role(actor, step)
    when = at or datetime.now(UTC)
    audit = audit_of(db, audit_id)
    if audit.revision > seen >= 1 and _is_said(audit, seen + 1, actor, said):
        return audit
    _check_side(db, actor, audit.system_id)
    if seen != audit.revision:
        raise Conflict(
            "Something was stated in this audit since you opened it.",
            kept="Nothing was put on the record. Your words are kept.",
            next_step="Read the audit as it stands now, and decide anew.",
        )
    if audit.state not in MOVES[step].states:
        raise Conflict(
            f"This audit is {audit.state.label.lower()}: this step is not open in it.",
            kept=_NOT_DONE,
            next_step="Read the audit as it stands now.",
        )
    _check(faults_in(db, audit, said, today=_day(when), by_force=actor.role is Role.PUBLISHER))
    _append(db, actor, said, _Place(audit.audit_id, audit.system_id, audit.revision + 1), when)
    return audit_of(db, audit_id)


def may_state(db: Connection, actor: Actor, audit: Audit) -> bool:
    """Return whether the actor has a part in this audit, as its auditor or for the audited body."""
    if may(actor, Act.CARRY_OUT_AUDITS):
        return tie_to(db, actor, audit.system_id) == ""
    return may(actor, Act.ANSWER_AUDITS) and actor.agency == _agency_of(db, audit.system_id)


def steps_now(db: Connection, actor: Actor, audit: Audit) -> list[Step]:
    """Return the steps that an actor could take in an audit now: none without a part in it."""
    if not may_state(db, actor, audit):
        return []
    needs = {
        Step.REPLY: bool(audit.findings),
        Step.REMEDY: bool(audit.findings),
        Step.DONE: any(one.done is None for one in audit.remedies),
        Step.RETURNED: any(one.done is not None for one in audit.remedies),
        Step.CORRECTION: bool(correctable(audit, actor)),
    }
    return [step for step in steps_open_to(actor, audit.state) if needs.get(step, True)]


def correctable(audit: Audit, actor: Actor) -> list[Statement]:
    """Return the statements of the actor's own side, which it can correct."""
    by_force = actor.role is Role.PUBLISHER
    return [one for one in audit.statements if one.by_force is by_force and one.step is not Step.CORRECTION]


def audits_for(db: Connection, actor: Actor) -> list[Audit]:
    """Return the audits that concern an actor, the newest first: all, or those of a publisher's agency."""
    if may(actor, Act.CARRY_OUT_AUDITS):
        return all_audits(db)[::-1]
    if not may(actor, Act.ANSWER_AUDITS) or not actor.agency:
        return []
    own = {one.entry.id for one in all_entries(db) if one.entry.deployer.agency == actor.agency}
    return [one for one in all_audits(db) if one.system_id in own][::-1]


def tie_to(db: Connection, actor: Actor, system_id: str) -> str:
    """Return in words what ties an auditor to the agency that runs a system; "" where nothing does.

    The account's own agency counts, and every one for which it spoke before: the record of its offices says.
    """
    agency = _agency_of(db, system_id)
    if actor.agency and actor.agency == agency:
        return f"this account belongs to “{agency}”"
    if actor.account_id:
        for event, content in contents(db, subject=f"account:{actor.account_id}"):
            if content is not None and content.fields.get("agency") == agency:
                return f"this account spoke for “{agency}” on {event.at:%Y-%m-%d}"
    return ""


def _agency_of(db: Connection, system_id: str) -> str:
    return entry_of(db, system_id).entry.deployer.agency


def _check_role(actor: Actor, step: Step) -> None:
    """Raise ``Forbidden``, and log it, unless the role of the actor takes this step."""
    acts = MOVES[step].acts
    require(actor, next((act for act in acts if may(actor, act)), acts[0]))


def _check_side(db: Connection, actor: Actor, system_id: str) -> None:
    """Raise ``Forbidden``, and log it, for an auditor with a tie to the agency, or another's publisher."""
    if may(actor, Act.CARRY_OUT_AUDITS):
        if tie := tie_to(db, actor, system_id):
            raise _refused(
                actor,
                f"An auditor is independent of the body that is audited, and {tie}.",
                "Let another auditor do it.",
            )
        return
    if not actor.agency or actor.agency != _agency_of(db, system_id):
        raise _refused(
            actor, "A publisher answers for the systems of one agency, and this is another's.", "Ask theirs."
        )


def _refused(actor: Actor, what: str, next_step: str) -> Forbidden:
    log.warning("refused: %s: %s", actor.name, what)
    return Forbidden(what, kept=_NOT_DONE, next_step=next_step)


def _check(found: list[Fault]) -> None:
    if found:
        raise Invalid(_NOT_DONE, found, kept="Your words are kept.")


def _is_said(audit: Audit, number: int, actor: Actor, said: Part) -> bool:
    there = audit.statements[number - 1]
    return (there.actor, there.said) == (actor.name, said)


def _number_of(draft_id: str, at: datetime) -> str:
    """Return the number of the audit that a form makes: always the same for one form in one year."""
    value = int.from_bytes(sha256(f"audit:{draft_id}".encode()).digest(), "big")
    return f"A-{at.astimezone(UTC).year}-" + "".join(_LETTERS[value // 32**place % 32] for place in range(7))


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def reply_due(today: date) -> date:
    """Return until when the body can reply to a finding of today, unless another day is set."""
    return today + timedelta(days=REPLY_DAYS)


class _Place(NamedTuple):
    """Where a statement stands."""

    audit_id: str
    system_id: str
    number: int


def _append(db: Connection, actor: Actor, said: Part, place: _Place, at: datetime) -> None:
    step, words = step_of(said), said.model_dump(mode="json")
    event = append(
        db,
        actor=actor.name,
        kind=f"audit.{step}",
        subject=f"audit:{place.audit_id}",
        content={"system": place.system_id, "number": place.number, "said": words},
        at=at,
    )
    db.execute(
        insert(audit_statement).values(
            **place._asdict(),
            step=str(step),
            said=canonical_json(words).decode(),
            at=event.at,
            actor=actor.name,
            seq=event.seq,
        )
    )
