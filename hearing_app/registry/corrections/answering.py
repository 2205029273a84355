"""Answering a correction in public: who may, what an answer needs, and that nothing is answered twice."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, insert

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid
from hearing_app.people.permissions import Act, Actor, Role, require
from hearing_app.record.ledger import append, exactly
from hearing_app.record.versions import latest_version
from hearing_app.registry.corrections.reading import Correction, correction_of, end_of_day, open_corrections
from hearing_app.registry.corrections.vocabulary import Kind, Outcome
from hearing_app.registry.entry import Entry
from hearing_app.registry.faults import faults_of
from hearing_app.registry.published import entry_of
from hearing_app.registry.text import Prose
from hearing_app.registry.vocabulary import CompiledBy
from hearing_app.store.tables import correction_answer
from hearing_app.voices.personal_data import find

log = logging.getLogger(__name__)

ANSWERED = "correction.answered"
MOST_DAYS = 366
"""How far ahead a promise may lie: one for a far year would never be overdue."""
_KEPT = "Your words are still here, and nothing was put on the record."


class Answering(NamedTuple):
    """What is to be answered.

    ``until`` is a day, needed where it is still looked into; ``version`` is that of the entry in which
    something was changed. ``shows_words`` puts the reporter's words beside the answer.
    """

    outcome: str
    text: str
    version: int | None = None
    until: datetime | None = None
    shows_words: bool = False


def may_answer(actor: Actor, entry: Entry) -> bool:
    """Return whether the actor answers for this entry: the body for its own, else the register's keepers."""
    if entry.compiled.by is CompiledBy.DEPLOYER:
        return actor.role is Role.PUBLISHER and actor.agency == entry.deployer.agency
    return actor.role is Role.FACILITATOR


def suggests_showing(one: Correction) -> bool:
    """Return whether the words can be shown with the answer as was said on sending: nothing private is found.

    Who answers has read them, and decides.
    """
    return bool(one.words) and not find(one.words)


def waiting_for(db: Connection, actor: Actor) -> list[Correction]:
    """Return what the actor has to answer, the oldest due day first, with words that nobody else reads."""
    require(actor, Act.ANSWER_CORRECTIONS)
    own: dict[str, bool] = {}
    for one in open_corrections(db):
        own.setdefault(one.system_id, may_answer(actor, entry_of(db, one.system_id).entry))
    return [one for one in open_corrections(db) if own[one.system_id]]


def answer(
    db: Connection,
    actor: Actor,
    correction_id: str,
    given: Answering,
    *,
    seen: int,
    at: datetime | None = None,
) -> Correction:
    """Answer a correction, with its ledger event, and return it as it stands then.

    ``seen`` is the number of answers that the actor has read: where there is another since, nothing is done
    and ``Conflict`` says so. The same answer sent twice stands once. Raises ``Forbidden`` for who does not
    answer for the entry, ``Invalid`` with every fault.
    """
    require(actor, Act.ANSWER_CORRECTIONS)
    when = at or datetime.now(UTC)
    one = correction_of(db, correction_id)
    if not may_answer(actor, entry_of(db, one.system_id).entry):
        log.warning("refused: %s may not answer %s", actor.name, correction_id)
        raise Forbidden(
            "This entry is answered for by others.",
            next_step="The body that publishes an entry answers for it, the facilitators for the others.",
        )
    if len(one.answers) == seen + 1 >= 1 and _is_same(one, actor, given):
        return one
    if len(one.answers) != seen:
        raise Conflict("It was answered since you opened it.", kept=_KEPT, next_step="Read the new answer.")
    if not one.is_open:
        raise Conflict(
            f"Nothing is owed any more: {one.standing.label.lower()}.", kept=_KEPT, next_step="Read the list."
        )
    if faults := _faults(db, one, given, when):
        raise Invalid("The answer was not given yet.", faults, kept=_KEPT)
    until = end_of_day(given.until) if given.until else None
    said = {
        "outcome": given.outcome,
        "text": given.text.strip(),
        "version": given.version,
        "shows_words": given.shows_words,
    }
    event = append(
        db,
        actor=actor.name,
        kind=ANSWERED,
        subject=f"correction:{correction_id}",
        content={**said, "number": seen + 1, "until": exactly(until) if until else None},
        at=when,
    )
    db.execute(
        insert(correction_answer).values(
            **said,
            correction_id=correction_id,
            number=seen + 1,
            until=until,
            at=event.at,
            actor=actor.name,
            seq=event.seq,
        )
    )
    return correction_of(db, correction_id)


def _faults(db: Connection, one: Correction, given: Answering, when: datetime) -> list[Fault]:
    found = []
    try:
        TypeAdapter(Prose).validate_python(given.text)
    except ValidationError as error:
        found += [Fault("", "text", fault.problem, fault.repair) for fault in faults_of(error)]
    if given.outcome not in list(Outcome):
        return [*found, Fault("", "outcome", "There is no such outcome.", f"Use {', '.join(Outcome)}.")]
    outcome = Outcome(given.outcome)
    if outcome is Outcome.HANDED_OVER and one.kind is not Kind.CLAIM:
        found.append(Fault("", "outcome", "Only a claimed entry is handed over.", "Choose another outcome."))
    newest = latest_version(db, "system", one.system_id)
    if outcome.changes_the_entry:
        if (
            given.version is None
            or newest is None
            or not one.system_version < given.version <= newest.version
        ):
            problem = "Say in which version it was changed: one that is published, after the one reported on."
            found.append(Fault("", "version", problem, "Publish the change first, then answer."))
    elif given.version is not None:
        found.append(Fault("", "version", "Nothing was changed, so no version did it.", "Leave it out."))
    if not outcome.is_final and (given.until is None or end_of_day(given.until) <= when):
        found.append(Fault("", "until", "Say by which day it will be answered.", "Choose a day to come."))
    elif not outcome.is_final and given.until is not None and given.until > when + timedelta(MOST_DAYS):
        found.append(Fault("", "until", "This is more than a year ahead.", "Choose an earlier day."))
    if outcome.is_final and given.until is not None:
        found.append(Fault("", "until", "It is answered, so no day is promised.", "Leave the day out."))
    if given.shows_words and not one.words:
        found.append(Fault("", "shows_words", "There are no words to show.", "Leave it out."))
    return found


def _is_same(one: Correction, actor: Actor, given: Answering) -> bool:
    last = one.answers[-1]
    until = end_of_day(given.until) if given.until else None
    return (last.actor, last.outcome, last.text, last.version, last.until, last.shows_words) == (
        actor.name,
        given.outcome,
        given.text.strip(),
        given.version,
        until,
        given.shows_words,
    )
