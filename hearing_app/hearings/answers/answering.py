"""Answering comments: who may, what an answer needs, and that nothing is answered twice or changed.

One publisher of the agency is enough. A second one approves what the register says of a system for years; an
answer has a clock, names who is asked, and can be supplemented in public at any time, so a wrong one is put
right by the next. The person confirms first that it is them.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, func, insert, select

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid
from hearing_app.hearings.answers.quoting import repeated
from hearing_app.hearings.answers.reading import Answer, Wait, answer_of, waits_of
from hearing_app.hearings.answers.terms import MOST_AT_ONCE, MOST_DAYS, AnswerKind, end_of_day
from hearing_app.hearings.comments.draft import MOST_LINKS, Link
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.people.permissions import Act, Actor, Role, require
from hearing_app.record.ledger import append, exactly
from hearing_app.record.versions import latest_version
from hearing_app.registry.faults import faults_of
from hearing_app.registry.text import Address, Line, Prose
from hearing_app.store.tables import account, comment, hearing_answer, hearing_answer_comment

log = logging.getLogger(__name__)

GIVEN = "answer.given"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEPT = "Your words are still here, and nothing was put on the record."


@dataclass(frozen=True, slots=True)
class Answering:
    """What is to be answered, before it is.

    ``find_out_by`` is a day, needed for “will find out” alone; ``version`` that of the system's entry in
    which something changed; ``whose`` it is, where it is not the agency's; ``received_on`` the day on which
    it came, where facilitators enter what came on paper.
    """

    kind: str
    text: str
    comment_ids: tuple[str, ...]
    evidence: tuple[Link, ...] = ()
    version: int | None = None
    find_out_by: date | None = None
    whose: str = ""
    received_on: date | None = None


def has_staff(db: Connection, agency: str) -> bool:
    """Return whether an agency has somebody here who can answer: then nobody answers in its place."""
    query = select(func.count()).where(
        account.c.role == Role.PUBLISHER, account.c.agency == agency, account.c.disabled.is_(False)
    )
    return bool(agency and db.execute(query).scalar_one())


def may_answer(db: Connection, actor: Actor, agency: str) -> bool:
    """Return whether the actor answers for an agency: its own publisher, else on paper a facilitator."""
    if actor.role is Role.PUBLISHER:
        return bool(agency) and actor.agency == agency
    return actor.role is Role.FACILITATOR and not has_staff(db, agency)


def queue_of(db: Connection, actor: Actor, hearing: Hearing) -> list[Wait]:
    """Return what the actor has to answer in a hearing, what is overdue or due first at the front."""
    require(actor, Act.WRITE_ANSWERS)
    waits = waits_of(db, hearing)
    allowed = {agency: may_answer(db, actor, agency) for agency in {one.agency for one in waits}}
    return [one for one in waits if allowed[one.agency]]


def give(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    given: Answering,
    *,
    seen: Mapping[str, int],
    at: datetime | None = None,
) -> Answer:
    """Answer comments of a hearing, all at once, with the ledger event, and return the answer.

    ``seen`` is how many answers to each comment the actor has read: where there is another since, nothing is
    done and ``Conflict`` says so. The same answer sent twice stands once. Raises ``Forbidden`` for who does
    not answer for the agency, ``ConfirmAgain``, ``Invalid`` with every fault.
    """
    require(actor, Act.ANSWER_COMMENTS)
    return _give(db, actor, hearing_id, given, seen=seen, when=at or datetime.now(UTC))


def enter(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    given: Answering,
    *,
    seen: Mapping[str, int],
    at: datetime | None = None,
) -> Answer:
    """Enter an answer that an agency without anybody here gave on paper; else as ``give``."""
    require(actor, Act.ENTER_ANSWERS)
    return _give(db, actor, hearing_id, given, seen=seen, when=at or datetime.now(UTC))


def _give(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    given: Answering,
    *,
    seen: Mapping[str, int],
    when: datetime,
) -> Answer:
    hearing = hearing_of(db, hearing_id)
    wanted = tuple(dict.fromkeys(given.comment_ids))
    waits = {one.comment_id: one for one in waits_of(db, hearing, wanted)}
    chosen = [waits[one] for one in wanted if one in waits]
    _check_office(db, actor, chosen)
    if (before := _same(chosen, actor, given, hearing)) is not None:
        return before
    if any(len(one.answers) != seen.get(one.comment_id, 0) for one in chosen):
        raise Conflict(
            "Some of these were answered since you opened them.", kept=_KEPT, next_step="Read the new answer."
        )
    if faults := faults_of_answer(db, actor, hearing, given, waits, at=when):
        raise Invalid("The answer was not published yet.", faults, kept=_KEPT)
    return _put(db, actor, _said(given, hearing), chosen, when=when)


def check(
    db: Connection, actor: Actor, hearing_id: str, given: Answering, *, at: datetime | None = None
) -> list[Wait]:
    """Return the comments that an answer is to, where it could be published now; nothing is written.

    Raises ``Forbidden``, and ``Invalid`` with every fault, as ``give`` does.
    """
    require(actor, Act.WRITE_ANSWERS)
    hearing = hearing_of(db, hearing_id)
    waits = {one.comment_id: one for one in waits_of(db, hearing, given.comment_ids)}
    _check_office(db, actor, list(waits.values()))
    if faults := faults_of_answer(db, actor, hearing, given, waits, at=at or datetime.now(UTC)):
        raise Invalid("It cannot be published like this yet.", faults, kept=_KEPT)
    return list(waits.values())


def as_it_will_stand(given: Answering, chosen: Sequence[Wait], actor: Actor, *, at: datetime) -> Answer:
    """Return an answer as it will stand once it is published, to look at before."""
    systems, zone = {one.system_id for one in chosen}, chosen[0].zone
    return Answer(
        answer_id="",
        hearing_id=chosen[0].hearing_id,
        agency=chosen[0].agency,
        comment_ids=tuple(one.comment_id for one in chosen),
        kind=AnswerKind(given.kind),
        text=given.text.strip(),
        whose=given.whose.strip(),
        evidence=tuple(asdict(one) for one in given.evidence),
        system_id=systems.pop() if len(systems) == 1 else "",
        version=given.version,
        find_out_by=end_of_day(given.find_out_by, zone) if given.find_out_by else None,
        due_at=min(one.due_at for one in chosen),
        given_at=at,
        actor=actor.name,
        on_paper=given.received_on is not None,
        received_on=given.received_on.isoformat() if given.received_on else "",
    )


def faults_of_answer(
    db: Connection,
    actor: Actor,
    hearing: Hearing,
    given: Answering,
    waits: Mapping[str, Wait],
    *,
    at: datetime,
) -> list[Fault]:
    """Return everything that is wrong with an answer; ``waits`` are those of a hearing, by comment."""
    wanted = tuple(dict.fromkeys(given.comment_ids))
    found = _faults_of_choice(wanted, waits)
    chosen = [waits[one] for one in wanted if one in waits]
    found += _faults_of_words(db, given, wanted)
    if given.kind not in list(AnswerKind):
        repair = f"Use one of: {', '.join(AnswerKind)}."
        problem = "There is no such kind of answer." if given.kind else "Nothing is chosen."
        return [*found, Fault("", "kind", problem, repair)]
    kind = AnswerKind(given.kind)
    found += _faults_of_promise(kind, given, chosen, hearing, at)
    found += _faults_of_version(db, kind, given, chosen)
    if kind is AnswerKind.NOT_OURS and not given.whose.strip():
        found.append(Fault("", "whose", "Say whose it is.", "Name the body that can answer it."))
    if kind is not AnswerKind.NOT_OURS and given.whose.strip():
        found.append(Fault("", "whose", "It is answered here, so it is nobody else's.", "Leave it out."))
    return found + _faults_of_paper(actor, given, chosen, hearing, at)


def _check_office(db: Connection, actor: Actor, chosen: Sequence[Wait]) -> None:
    others = sorted({one.agency for one in chosen if not may_answer(db, actor, one.agency)})
    if others:
        log.warning("refused: %s may not answer for %s", actor.name, ", ".join(others))
        raise Forbidden(
            "Others answer for this agency.",
            kept=_KEPT,
            next_step="An agency's own publishers answer for it; facilitators enter what came on paper where "
            "it has none.",
        )


def _faults_of_choice(wanted: Sequence[str], waits: Mapping[str, Wait]) -> list[Fault]:
    if not wanted:
        return [Fault("", "comments", "No comment is chosen.", "Choose what you answer.")]
    if len(wanted) > MOST_AT_ONCE:
        problem = f"{len(wanted):,} comments are chosen; at most {MOST_AT_ONCE} fit."
        return [Fault("", "comments", problem, "Answer them in several groups.")]
    found = []
    if gone := [one[:20] for one in wanted if one not in waits]:
        problem = f"These wait for no answer: {', '.join(gone[:8])}."
        found.append(Fault("", "comments", problem, "They may have been withdrawn. Leave them out."))
    if len({waits[one].agency for one in wanted if one in waits}) > 1:
        found.append(Fault("", "comments", "They wait for several agencies.", "Answer for one at a time."))
    return found


def _faults_of_words(db: Connection, given: Answering, wanted: Sequence[str]) -> list[Fault]:
    found = [*_typed(Prose, "text", given.text)]
    if given.whose.strip():
        found += _typed(Line, "whose", given.whose)
    if len(given.evidence) > MOST_LINKS:
        found.append(Fault("", "evidence", f"There are {len(given.evidence)} links.", f"{MOST_LINKS} fit."))
    for place, link in enumerate(given.evidence):
        found += _typed(Address, f"evidence.{place}", link.url)
        found += _typed(Line, f"evidence.{place}", link.title) if link.title.strip() else []
    columns = (comment.c.concern, comment.c.value_seen, comment.c.ask, comment.c.display_name)
    rows = db.execute(select(*columns).where(comment.c.comment_id.in_(wanted[:MOST_AT_ONCE])))
    if passage := repeated(given.text, [words for row in rows for words in row if words]):
        problem = f"It repeats words of a comment: “{passage[:80]}…”"
        repair = "Say it in your own words: a comment can be withdrawn, an answer stays."
        found.append(Fault("", "text", problem, repair))
    return found


def _typed(kind: Any, field: str, text: str) -> list[Fault]:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        return [Fault("", field, one.problem, one.repair) for one in faults_of(error)]
    return []


def _faults_of_promise(
    kind: AnswerKind, given: Answering, chosen: Sequence[Wait], hearing: Hearing, at: datetime
) -> list[Fault]:
    if kind.is_final:
        problem = "It is answered, so no day is promised."
        return [Fault("", "find_out_by", problem, "Leave the day out.")] if given.find_out_by else []
    if asked := [one.comment_id for one in chosen if one.answers]:
        problem = f"“Will find out” was said before, or it is answered: {', '.join(asked[:8])}."
        return [Fault("", "kind", problem, "Give a final answer, or supplement the one there is.")]
    here = at.astimezone(ZoneInfo(hearing.time_zone)).date()
    if given.find_out_by is None or given.find_out_by <= here:
        return [Fault("", "find_out_by", "Say by which day you will know.", "Choose a day to come.")]
    if given.find_out_by > here + timedelta(days=MOST_DAYS):
        return [Fault("", "find_out_by", "This is more than a year ahead.", "Choose an earlier day.")]
    return []


def _faults_of_version(
    db: Connection, kind: AnswerKind, given: Answering, chosen: Sequence[Wait]
) -> list[Fault]:
    if given.version is None:
        return []
    if not kind.may_name_a_version:
        return [Fault("", "version", "Nothing was changed because of it.", "Leave the version out.")]
    systems = {one.system_id for one in chosen}
    if len(systems) != 1:
        problem = "These comments are about several systems, and a version belongs to one."
        return [Fault("", "version", problem, "Answer for each system by itself.")]
    newest = latest_version(db, "system", systems.pop())
    pinned = max(one.system_version for one in chosen)
    if newest is None or not pinned < given.version <= newest.version:
        problem = f"There is no such version after version {pinned}, which was commented on."
        return [Fault("", "version", problem, "Publish the change first, then answer.")]
    return []


def _faults_of_paper(
    actor: Actor, given: Answering, chosen: Sequence[Wait], hearing: Hearing, at: datetime
) -> list[Fault]:
    if actor.role is not Role.FACILITATOR:
        problem = "An agency that answers here itself names no day on which it came."
        return [Fault("", "received_on", problem, "Leave the day out.")] if given.received_on else []
    zone = ZoneInfo(hearing.time_zone)
    first = max((one.since.astimezone(zone).date() for one in chosen), default=date.min)
    if given.received_on is None or not first <= given.received_on <= at.astimezone(zone).date():
        problem = "Say on which day the agency's answer came: after the comments, and not in the future."
        return [Fault("", "received_on", problem, "Give the day on the stamp of the letter.")]
    return []


def _same(chosen: Sequence[Wait], actor: Actor, given: Answering, hearing: Hearing) -> Answer | None:
    """Return the answer that says this already, where the last one to all of these comments does."""
    last = {one.answers[-1].answer_id: one.answers[-1] for one in chosen if one.answers}
    if len(last) != 1 or not all(one.answers for one in chosen):
        return None
    [one] = last.values()
    said = _said(given, hearing)
    fits = all(getattr(one, name) == said[name] for name in ("text", "whose", "version", "find_out_by"))
    same_ids = set(one.comment_ids) == set(given.comment_ids)
    fits = fits and list(one.evidence) == said["evidence"] and one.received_on == said["received_on"]
    return one if fits and same_ids and (one.actor, str(one.kind)) == (actor.name, given.kind) else None


def _said(given: Answering, hearing: Hearing) -> dict[str, Any]:
    return {
        "kind": given.kind,
        "text": given.text.strip(),
        "whose": given.whose.strip(),
        "evidence": [{name: value.strip() for name, value in asdict(one).items()} for one in given.evidence],
        "version": given.version,
        "find_out_by": end_of_day(given.find_out_by, hearing.time_zone) if given.find_out_by else None,
        "received_on": given.received_on.isoformat() if given.received_on else "",
    }


def _put(
    db: Connection, actor: Actor, said: dict[str, Any], chosen: Sequence[Wait], *, when: datetime
) -> Answer:
    systems, hearing_id = {one.system_id for one in chosen}, chosen[0].hearing_id
    answer_id = _new_id(db, when)
    said = {
        **said,
        "answer_id": answer_id,
        "agency": chosen[0].agency,
        "system_id": systems.pop() if len(systems) == 1 else "",
        "on_paper": actor.role is Role.FACILITATOR,
    }
    until = said["find_out_by"]
    event = append(
        db,
        actor=actor.name,
        kind=GIVEN,
        subject=f"hearing:{hearing_id}",
        content={
            **said,
            "find_out_by": exactly(until) if until else None,
            "comments": [
                {
                    "comment_id": one.comment_id,
                    "number": len(one.answers) + 1,
                    "waited_from": exactly(one.since),
                    "due_at": exactly(one.due_at),
                }
                for one in chosen
            ],
        },
        at=when,
    )
    db.execute(
        insert(hearing_answer).values(
            **said, hearing_id=hearing_id, at=event.at, actor=actor.name, seq=event.seq
        )
    )
    about = [
        {
            "answer_id": answer_id,
            "comment_id": one.comment_id,
            "number": len(one.answers) + 1,
            "waited_from": one.since,
            "due_at": one.due_at,
        }
        for one in chosen
    ]
    db.execute(insert(hearing_answer_comment), about)
    return answer_of(db, answer_id)


def _new_id(db: Connection, when: datetime) -> str:
    while True:
        found = f"N-{when:%Y}-{''.join(secrets.choice(_LETTERS) for _ in range(7))}"
        query = select(hearing_answer.c.answer_id).where(hearing_answer.c.answer_id == found)
        if not db.execute(query).first():
            return found
