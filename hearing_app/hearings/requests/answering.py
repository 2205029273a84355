"""Answering a request: only who publishes for the agency that was asked reads it, and answers.

The answer is for the person alone. The ledger says in public that a request was answered or put off on a
day, by a publisher, without the number of the account: its number names the agency.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, insert, update

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid
from hearing_app.hearings.answers.terms import end_of_day
from hearing_app.hearings.requests.asking import SUBJECT
from hearing_app.hearings.requests.reading import Request, request_of, requests_where
from hearing_app.hearings.requests.vocabulary import ReplyKind, RequestState
from hearing_app.people.permissions import Act, Actor, Role, require
from hearing_app.record.ledger import Event, append, day_of, exactly
from hearing_app.registry.faults import faults_of
from hearing_app.registry.text import Line, Prose
from hearing_app.store.tables import rights_answer, rights_request
from hearing_app.voices.personal_data import find

log = logging.getLogger(__name__)

ANSWERED, EXTENDED = "request.answered", "request.extended"
MOST_EXTENDED = 60
"""Days by which an answer may be put off, once: two months are what laws on data of people allow."""
LONGEST_REASON = 500
_KEPT = "Your words are still here, and nothing was sent."


@dataclass(frozen=True, slots=True)
class Replying:
    """What is to be answered. ``office`` is needed where a person looked again, or another body is asked."""

    kind: str
    text: str
    office: str = ""


def may_answer(actor: Actor, agency: str) -> bool:
    """Return whether the actor reads and answers what an agency was asked: its own publishers alone."""
    return actor.role is Role.PUBLISHER and bool(agency) and actor.agency == agency


def requests_for(db: Connection, actor: Actor) -> list[Request]:
    """Return what the actor's agency was asked and may still read, what waits and is due first in front."""
    require(actor, Act.ANSWER_REQUESTS)
    if not may_answer(actor, actor.agency):
        return []
    found = requests_where(
        db,
        rights_request.c.agency == actor.agency,
        rights_request.c.withdrawn_at.is_(None),
        rights_request.c.erased_at.is_(None),
    )
    return sorted(found, key=lambda one: (one.state is not RequestState.WAITING, one.due_by, one.request_id))


def reply(
    db: Connection,
    actor: Actor,
    request_id: str,
    given: Replying,
    *,
    seen: int,
    at: datetime | None = None,
) -> Request:
    """Answer a request, or add to its answer, with the ledger event; return it as it stands then.

    ``seen`` is the number of answers that the actor has read: where there is another since, nothing is done
    and ``Conflict`` says so. The same answer sent twice stands once. Raises ``Forbidden`` for anybody but a
    publisher of the agency, ``Invalid`` with every fault.
    """
    one = asked_of(db, actor, request_id)
    if len(one.replies) == seen + 1 and _said(one) == (
        actor.name,
        given.kind,
        given.text.strip(),
        given.office.strip(),
    ):
        return one
    if len(one.replies) != seen:
        raise Conflict("It was answered since you opened it.", kept=_KEPT, next_step="Read the new answer.")
    if faults := _faults(given):
        raise Invalid("The answer was not sent yet.", faults, kept=_KEPT)
    said = {
        "number": seen + 1,
        "kind": given.kind,
        "text": given.text.strip(),
        "office": given.office.strip(),
        "actor": actor.name,
    }
    event = _append(db, ANSWERED, request_id, said, at)
    db.execute(insert(rights_answer).values(**said, request_id=request_id, at=event.at, seq=event.seq))
    return request_of(db, request_id)


def extend(
    db: Connection, actor: Actor, request_id: str, until: date, reason: str, *, at: datetime | None = None
) -> Request:
    """Put the due day of a request off, once, with a reason that its author reads; return the request.

    At the latest ``MOST_EXTENDED`` days after the first due day, and before that day is over.
    """
    when = at or datetime.now(UTC)
    one = asked_of(db, actor, request_id)
    later, why = end_of_day(until, "UTC"), reason.strip()
    if (one.extended_until, one.extension_reason) == (later, why):
        return one
    if one.extended_until is not None or one.state is not RequestState.WAITING or one.is_overdue(when):
        done = "It was put off already" if one.extended_until else "It waits for no answer, or is overdue"
        raise Conflict(f"{done}, so its day stays.", kept=_KEPT, next_step="Answer it as it is.")
    faults = _faults_of_text("reason", reason, LONGEST_REASON)
    if not one.due_at < later <= one.due_at + timedelta(days=MOST_EXTENDED):
        problem = f"The new day must lie 1 to {MOST_EXTENDED} days after {one.due_at:%Y-%m-%d}."
        faults.append(Fault("", "until", problem, "Choose such a day."))
    if faults:
        raise Invalid("The day was not changed.", faults, kept=_KEPT)
    said = {"until": exactly(later), "reason": why, "actor": actor.name}
    event = _append(db, EXTENDED, request_id, said, when)
    values = {"extended_until": later, "extension_reason": why, "extended_at": event.at}
    db.execute(update(rights_request).where(rights_request.c.request_id == request_id).values(values))
    return request_of(db, request_id)


def _append(
    db: Connection, kind: str, request_id: str, said: Mapping[str, object], at: datetime | None
) -> Event:
    """Append an event that tells in public nothing but its kind, the request's number and the day."""
    when = day_of(at or datetime.now(UTC))
    subject = f"{SUBJECT}{request_id}"
    return append(
        db, actor=str(Role.PUBLISHER), kind=kind, subject=subject, content={}, private=said, at=when
    )


def asked_of(db: Connection, actor: Actor, request_id: str) -> Request:
    """Return a request that the actor may answer; who may not does not learn whether there is one."""
    require(actor, Act.ANSWER_REQUESTS)
    found = requests_where(db, rights_request.c.request_id == request_id[:20])
    if not found or not may_answer(actor, found[0].agency):
        log.warning("refused: %s may not answer %s", actor.name, request_id[:20])
        raise Forbidden(
            "No request of this number was made to your agency.",
            kept=_KEPT,
            next_step="Only publishers of the agency that was asked read and answer it.",
        )
    if not found[0].has_words:
        raise Conflict(
            "Its author took it back, or its time is over.", kept=_KEPT, next_step="Nothing is owed any more."
        )
    return found[0]


def _faults(given: Replying) -> list[Fault]:
    found = _faults_of_text("text", given.text, 0)
    if given.kind not in list(ReplyKind):
        return [*found, Fault("", "kind", "There is no such answer.", f"Use {', '.join(ReplyKind)}.")]
    if not ReplyKind(given.kind).names_an_office:
        if given.office.strip():
            found.append(Fault("", "office", "This answer names no office.", "Leave it out."))
        return found
    try:
        TypeAdapter(Line).validate_python(given.office.strip())
    except ValidationError as error:
        found += [Fault("", "office", fault.problem, fault.repair) for fault in faults_of(error)]
    if find(given.office):
        found.append(Fault("", "office", "This looks like a person.", "Name the office alone."))
    return found


def _faults_of_text(name: str, text: str, longest: int) -> list[Fault]:
    try:
        TypeAdapter(Prose).validate_python(text)
    except ValidationError as error:
        return [Fault("", name, fault.problem, fault.repair) for fault in faults_of(error)]
    if longest and len(text.strip()) > longest:
        return [Fault("", name, f"At most {longest} characters fit.", "Please shorten it.")]
    return []


def _said(one: Request) -> tuple[str, str, str, str]:
    last = one.replies[-1]
    return last.actor, str(last.kind), last.text, last.office
