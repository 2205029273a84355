"""How long each kind of record is kept, why, and carrying that out: words go, what was decided stays.

What the public may read is kept: it is the record of the hearing. What it may not read is kept only for as
long as somebody may need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol

from sqlalchemy import Connection, Engine, exists, or_, select

from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.agenda import retention as agendas
from hearing_app.hearings.answers import drafts as answer_drafts
from hearing_app.hearings.comments import cards, speaking
from hearing_app.hearings.comments.erasure import erase_answers, erase_words
from hearing_app.hearings.hearing import all_hearings
from hearing_app.hearings.life import drafts as hearing_drafts
from hearing_app.hearings.requests import drafts as reply_drafts
from hearing_app.hearings.requests import erasing as requests
from hearing_app.hearings.vocabulary import State
from hearing_app.people import retention as people
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.people.retention import Due
from hearing_app.record.ledger import append
from hearing_app.registry.corrections import erasing as reports
from hearing_app.registry.desk import retention as drafts
from hearing_app.store.engine import erase_freed_pages, writing
from hearing_app.store.tables import comment, ledger, ledger_private

_Due = Callable[[Connection, datetime], Due]
_Forget = Callable[[Connection, datetime], int]


class _Erase(Protocol):
    def __call__(self, db: Connection, before: datetime, *, at: datetime) -> int: ...


# What people send outside of hearings: two kinds each, with one way to find and to erase them.
_DUE = dict.fromkeys(reports.KINDS, reports.due) | dict.fromkeys(requests.KINDS, requests.due)
_FORGET = dict.fromkeys(reports.KINDS, reports.forget) | dict.fromkeys(requests.KINDS, requests.forget)
# What is one kind of its own, and leaves nothing in the ledger.
_LAID_ASIDE: Mapping[str, tuple[_Due, _Forget]] = {
    "agenda_drafts": (agendas.drafts_due, agendas.forget_drafts),
    "drafts": (drafts.due, drafts.forget),
    "hearing_drafts": (hearing_drafts.due, hearing_drafts.forget),
    "typed_cards": (cards.due, cards.forget),
    "unsent_answers": (answer_drafts.due, answer_drafts.forget),
    "unsent_replies": (reply_drafts.due, reply_drafts.forget),
}
# What is one kind of its own, and is erased with an event.
_PRIVATE: Mapping[str, tuple[_Due, _Erase]] = {
    "wishes": (speaking.due, speaking.forget),
    "unpublished_minutes": (agendas.notes_due, agendas.forget_notes),
}
# Others wait while comments are erased: so many at a time.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Period:
    """How long a kind is kept: ``days`` from the moment that ``since`` names, and why."""

    kind: str
    what: str
    days: int
    since: str
    why: str


PERIODS = (
    Period(
        "rejected",
        "The words of a comment that was not published",
        180,
        "the decision, or the end of the hearing if that is later",
        "Its author can ask why, and complain; after that nobody needs them.",
    ),
    Period(
        "held",
        "The words of a comment that only facilitators may read, or that was never decided on",
        365,
        "the end of the hearing, or the last change if that is later",
        "The panel can hear them until its report is out.",
    ),
    Period(
        "answers",
        "Views, connections, names that are not shown, facilitators' notes, and appeals' words",
        365,
        "the end of the hearing",
        "The counts of them are made when the hearing ends, and stay.",
    ),
    Period(
        "reports",
        "The words of a report on an entry that no answer shows",
        180,
        "the answer",
        "Its author can ask why; after that nobody needs them.",
    ),
    Period(
        "unanswered_reports",
        "The words of a report on an entry that nobody answered",
        730,
        "the day on which it came, or the last answer that put it off",
        "An answer is owed for them; after two years nobody is likely to give one. The report stays open.",
    ),
    Period(
        "requests",
        "What somebody asked an agency about themselves, and the answer",
        180,
        "the last answer",
        "Its author can read the answer, and go on with it; after that nobody needs it here.",
    ),
    Period(
        "unanswered_requests",
        "What somebody asked an agency about themselves, where the agency never answered",
        730,
        "the day on which it came",
        "An answer is owed; after two years nobody is likely to give one. It counts as overdue for ever.",
    ),
    Period(
        "drafts",
        "Drafts of entries at the publishing desk, with what was done with them",
        365,
        "their publication, or the day on which they were discarded",
        "Whoever wrote one can look it up; a version says for ever who submitted and who approved it.",
    ),
    Period(
        "hearing_drafts",
        "Drafts of hearings, with who saved them when",
        365,
        "their announcement, or the day on which they were laid aside",
        "Whoever wrote one can look it up; what was announced is public, with every version.",
    ),
    Period(
        "agenda_drafts",
        "Drafts of agendas",
        365,
        "the end of the sitting, or of the hearing if that is later, or the last change to the draft",
        "Whoever arranges one may come back to it; what was published stays, with every version.",
    ),
    Period(
        "unpublished_minutes",
        "Notes in minutes that were never published",
        365,
        "the end of the sitting, or of the hearing if that is later, or the last note",
        "They can be published until then. What was decided is public at once, and stays; that notes were "
        "erased unpublished stays on the record.",
    ),
    Period(
        "unsent_answers",
        "Answers that a member of staff began to write and did not publish",
        180,
        "the day on which they were saved last",
        "Whoever writes one may come back to it; what is published stays.",
    ),
    Period(
        "unsent_replies",
        "Answers to requests that a publisher began to write and did not send",
        90,
        "the day on which they were saved last",
        "They tell of one person; whoever writes one may come back to it, and an answer is due sooner.",
    ),
    Period(
        "wishes",
        "Wishes to speak, with an interpreter's language and what somebody needs to take part",
        30,
        "the end of the sitting, or of sign-up where there is none",
        "The room and the speaking time are arranged with them; after that nobody needs them.",
    ),
    Period(
        "typed_cards",
        "What was typed from a paper card and never confirmed by a second person",
        60,
        "the typing",
        "The card itself is still there, and can be typed again.",
    ),
    Period(
        "tries",
        "Tries to sign in or to find a receipt, and comments sent, as coded marks",
        1,
        "the try",
        "They slow down guessing, and flooding, on that day.",
    ),
    Period(
        "sessions",
        "When a member of staff was signed in",
        1,
        "its end",
        "Nothing asks for it once it is over.",
    ),
    Period(
        "links",
        "Invitations, and links for a new password, with the address that they were made for",
        30,
        "their use, or the day on which they stopped working",
        "An administrator can see who was invited lately.",
    ),
    Period(
        "accounts",
        "Disabled accounts of staff: address, password, second factor",
        730,
        "the day on which it was disabled",
        "Whoever returns need not be invited anew. The ledger names staff by a number alone.",
    ),
)


def periods(changed: Mapping[str, int]) -> tuple[Period, ...]:
    """Return the periods in force, with the operator's own lengths in days; raise ``Invalid`` for others."""
    known = {period.kind for period in PERIODS}
    faults = [
        Fault("", "HEARING_RETENTION", f"“{kind}” is no kind of record.", f"Use: {', '.join(sorted(known))}.")
        for kind in sorted(changed.keys() - known)
    ]
    faults += [
        Fault("", "HEARING_RETENTION", f"“{kind}” is kept for {days} days.", "Give 1 day or more.")
        for kind, days in sorted(changed.items())
        if kind in known and days < 1
    ]
    if faults:
        raise Invalid("The periods cannot be used.", faults, kept="Nothing was erased.")
    return tuple(replace(one, days=changed.get(one.kind, one.days)) for one in PERIODS)


def what_is_due(
    db: Connection, actor: Actor, in_force: tuple[Period, ...], *, at: datetime | None = None
) -> list[tuple[Period, Due]]:
    """Return for each kind how many are older than their period, and the oldest one; nothing is changed."""
    require(actor, Act.CARRY_OUT_RETENTION)
    now = at or datetime.now(UTC)
    found = []
    for period in in_force:
        before = now - timedelta(days=period.days)
        if period.kind in people.KINDS:
            found.append((period, people.due(db, period.kind, before)))
        elif period.kind in _DUE:
            found.append((period, _DUE[period.kind](db, period.kind, before)))
        elif period.kind in _LAID_ASIDE:
            found.append((period, _LAID_ASIDE[period.kind][0](db, before)))
        elif period.kind in _PRIVATE:
            found.append((period, _PRIVATE[period.kind][0](db, before)))
        else:
            moments = sorted(moment for _, moment in _comments(db, period.kind, before))
            found.append((period, Due(len(moments), moments[0] if moments else None)))
    return found


def carry_out(
    engine: Engine, actor: Actor, in_force: tuple[Period, ...], *, at: datetime | None = None
) -> dict[str, int]:
    """Erase and delete what is older than its period; return how many of each kind.

    Takes the engine: it goes in steps, so that nobody waits for long, and at the end the words leave the
    database's files. The ledger gets an event for each comment and one for all, unless nothing was due.
    Broken off, it goes on where it was when it is called again.
    """
    require(actor, Act.CARRY_OUT_RETENTION)
    now = at or datetime.now(UTC)
    done = dict.fromkeys((period.kind for period in in_force), 0)
    for period in in_force:
        before = now - timedelta(days=period.days)
        if period.kind in people.KINDS:
            with writing(engine) as db:
                done[period.kind] = people.forget(db, period.kind, before)
            continue
        if period.kind in _FORGET:
            with writing(engine) as db:
                done[period.kind] = _FORGET[period.kind](db, period.kind, before, at=now)
            continue
        if period.kind in _LAID_ASIDE:
            with writing(engine) as db:
                done[period.kind] = _LAID_ASIDE[period.kind][1](db, before)
            continue
        if period.kind in _PRIVATE:
            with writing(engine) as db:
                done[period.kind] = _PRIVATE[period.kind][1](db, before, at=now)
            continue
        erase = erase_answers if period.kind == "answers" else erase_words
        while True:
            with writing(engine) as db:
                some = list(islice(_comments(db, period.kind, before), _AT_ONCE))
                for comment_id, _ in some:
                    erase(db, comment_id, period=period.kind, at=now)
            if not some:
                break
            done[period.kind] += len(some)
    if any(done.values()):
        with writing(engine) as db:
            append(
                db,
                actor=actor.name,
                kind="retention.carried_out",
                subject="record:retention",
                content=done,
                at=now,
            )
    erase_freed_pages(engine)
    return done


def _comments(db: Connection, kind: str, before: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the comments whose words, or answers, are due, each with the moment from which it is counted."""
    row = comment.c
    has_words = or_(row.concern != "", row.value_seen != "", row.ask != "")
    private = exists().where(
        ledger.c.subject == "comment:" + row.comment_id, ledger_private.c.seq == ledger.c.seq
    )
    wanted = {
        "rejected": has_words & (row.state == State.REJECTED),
        "held": has_words & row.state.in_((State.HELD, State.SUBMITTED)),
        "answers": or_(row.stance != "", private),
    }[kind]
    for hearing in all_hearings(db):
        closed = hearing.window[1].astimezone(UTC)
        if closed >= before:
            continue
        query = select(row.comment_id, row.state_at).where(row.hearing_id == hearing.id, wanted)
        for comment_id, state_at in db.execute(query.order_by(row.comment_id)):
            moment = closed if kind == "answers" else max(closed, state_at)
            if moment < before:
                yield comment_id, moment
