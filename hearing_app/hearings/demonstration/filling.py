"""Filling a hearing with made-up comments, through the same functions as real ones.

A facilitator who is nobody (``facilitator:rehearsal``) decides, sorts and answers: the ledger says so.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from hearing_app.errors import Conflict, NotFound
from hearing_app.hearings.answers.answering import Answering, enter
from hearing_app.hearings.answers.reading import waits_of
from hearing_app.hearings.answers.terms import AnswerKind
from hearing_app.hearings.comments.comment import submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.themes import name_theme, sort_comments
from hearing_app.hearings.demonstration.generator import COMMENTS, SEED, VOTERS, Made, comments, votes
from hearing_app.hearings.demonstration.present import (
    HEARING,
    REHEARSAL,
    address_of,
    comment_draft,
    is_over,
    rehearsals,
    voter_draft,
)
from hearing_app.hearings.demonstration.sentences import STATEMENTS, THEMES
from hearing_app.hearings.hearing import Hearing, Sitting, hearing_of, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.hearings.voting.casting import Vote, cast, voting_code
from hearing_app.hearings.voting.statements import add
from hearing_app.people.permissions import OPERATOR, PUBLIC
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing

SYSTEM = "met-live-facial-recognition"
# Others wait while it writes: so many rows in one transaction.
_AT_ONCE = 40
_READ, _SORTED, _ANSWERED = 0.8, 0.6, 3
_ZONE = "Europe/London"

T = TypeVar("T")

__all__ = ["HEARING", "REHEARSAL", "SYSTEM", "Filled", "fill", "is_there"]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put in: how many of each."""

    hearing_id: str
    comments: int
    decided: int
    votes: int
    answers: int


def fill(
    engine: Engine,
    key: bytes,
    *,
    seed: int = SEED,
    number: int = COMMENTS,
    voters: int = VOTERS,
    system: str = SYSTEM,
    told: Callable[[str, int], None] = lambda _what, _done: None,
) -> Filled:
    """Publish the rehearsal's hearing and fill it; ``told`` hears how far it is.

    Raises ``Conflict`` where a rehearsal stands already, ``NotFound`` where the register has no such system.
    Broken off half-way, what was written stays, and ``removing.remove`` takes it out; another may follow.
    """
    lots = random.Random(f"filling {seed}")  # noqa: S311 - the same lots each time are wanted
    with writing(engine) as db:
        hearing = _announce(db, system)
        for text in STATEMENTS:
            add(db, REHEARSAL, hearing.id, text)
    sent = _send(engine, key, hearing, comments(number, seed=seed), told)
    waiting = [item for item in sent if item.state == State.SUBMITTED]
    read = _publish(engine, [item for item in waiting if lots.random() < _READ])
    told("read", len(read))
    with writing(engine) as db:
        _sort(db, hearing.id, [item for item in read if lots.random() < _SORTED])
    cast_votes = votes(voters, seed=seed)
    _vote(engine, key, hearing.id, cast_votes)
    told("votes", len(cast_votes))
    with writing(engine) as db:
        answered = _answer(db, hearing.id)
    return Filled(hearing.id, len(sent), len(read), len(cast_votes), answered)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A comment that was sent: its number, the state in which it arrived, and what is known of it."""

    comment_id: str
    state: str
    made: Made


def _send(
    engine: Engine, key: bytes, hearing: Hearing, made: list[Made], told: Callable[[str, int], None]
) -> list[_Sent]:
    [(system, version)] = hearing.versions.items()
    sent: list[_Sent] = []
    for part in _parts(made):
        with writing(engine) as db:
            for one in part:
                name = comment_draft(key, hearing.id, len(sent))
                draft = Draft(name, hearing.id, system, version, **one.fields)
                receipt = submit(db, PUBLIC, key, draft)
                sent.append(_Sent(receipt.comment_id, receipt.state, one))
        told("comments", len(sent))
    return sent


def _publish(engine: Engine, read: list[_Sent]) -> list[_Sent]:
    for part in _parts(read):
        with writing(engine) as db:
            for one in part:
                decide(db, REHEARSAL, one.comment_id, State.PUBLISHED, seen_state=State.SUBMITTED)
    return read


def _vote(engine: Engine, key: bytes, hearing_id: str, cast_votes: list[tuple[int, int, int]]) -> None:
    # Numbered as they begin to vote: broken off, no number is left out.
    drafts: dict[int, str] = {}
    for part in _parts(cast_votes):
        with writing(engine) as db:
            for voter, statement, given in part:
                draft = drafts.setdefault(voter, voter_draft(key, hearing_id, len(drafts)))
                code = voting_code(key, hearing_id, draft)
                cast(db, key, Vote(hearing_id, code, statement, given, is_new=True))


def _announce(db: Connection, system: str) -> Hearing:
    before = rehearsals(db)
    if before and not is_over(db, before[-1]):
        raise Conflict(
            "A rehearsal is there already, whole or broken off.",
            kept="Nothing was added to it.",
            next_step="Take it out with `hearing demo --remove`; then begin a new one with `hearing demo`.",
        )
    try:
        entry = entry_of(db, system)
    except NotFound as error:
        raise NotFound(
            f"The register has no system “{system[:60]}” to rehearse with.",
            kept="Nothing was written.",
            next_step="Name one that it has: `hearing demo --system ID`.",
        ) from error
    zone = ZoneInfo(_ZONE)
    opens = datetime.now(UTC).replace(second=0, microsecond=0)
    closes = (opens + timedelta(days=21)).astimezone(zone).replace(hour=23, minute=59)
    sits = (closes + timedelta(days=21)).replace(hour=18, minute=0)
    hearing = Hearing(
        id=address_of(len(before) + 1),
        title="Rehearsal: live facial recognition in the borough",
        summary="A hearing to rehearse with. A program made up comments, votes and answers for it, so that "
        "facilitators can practise before people write.",
        convened_by="The people who run this service, as a rehearsal",
        demonstration=True,
        systems=(system,),
        questions=(
            {"id": "use", "text": "Should live facial recognition be used in our streets?"},
            {"id": "conditions", "text": "Under which conditions, if any?"},
        ),
        time_zone=_ZONE,
        opens_at=opens,
        closes_at=closes,
        what_happens_next="Facilitators practise with what stands here: they read the comments, arrange an "
        "agenda, and answer. When the rehearsal is over, every comment and vote in it is taken out again: "
        "those that were made up, and those that somebody sent to try it. Answers stay, "
        "and the list of what was done.",
        versions={system: entry.version.version},
        sitting=Sitting(
            starts_at=sits,
            ends_at=sits + timedelta(hours=2),
            place="The town hall, if this were real",
            speaking_minutes=60,
        ),
        notice_days=0,
    )
    publish_hearing(db, OPERATOR, hearing, note="A rehearsal")
    return hearing


def _sort(db: Connection, hearing_id: str, read: list[_Sent]) -> None:
    by_theme: dict[str, list[str]] = defaultdict(list)
    for one in read:
        if one.made.theme:
            by_theme[one.made.theme].append(one.comment_id)
    for theme, comment_ids in sorted(by_theme.items()):
        number = name_theme(db, REHEARSAL, hearing_id, THEMES[theme].name)
        sort_comments(db, REHEARSAL, hearing_id, number, into=comment_ids)


def _answer(db: Connection, hearing_id: str) -> int:
    """Answer a few questions as if a letter had come from the agency, each in another way."""
    hearing = hearing_of(db, hearing_id)
    today = datetime.now(UTC).astimezone(ZoneInfo(_ZONE)).date()
    waits = waits_of(db, hearing)[:_ANSWERED]
    said = (
        (AnswerKind.ACCEPTED, "A made-up answer: this will be published with the next report.", None),
        (AnswerKind.NOT_ACCEPTED, "A made-up answer: this is not done, for a reason made up as well.", None),
        (AnswerKind.WILL_FIND_OUT, "A made-up answer: the figures have to be counted first.", 30),
    )
    for one, (kind, text, days) in zip(waits, said, strict=False):
        by = today + timedelta(days=days) if days else None
        given = Answering(str(kind), text, (one.comment_id,), find_out_by=by, received_on=today)
        enter(db, REHEARSAL, hearing_id, given, seen={one.comment_id: 0})
    return len(waits)


def _parts(all_of: Iterable[T]) -> list[list[T]]:
    items = list(all_of)
    return [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]


def is_there(engine: Engine) -> bool:
    """Return whether a rehearsal was published in this record, taken out again or not."""
    with reading(engine) as db:
        return bool(rehearsals(db))
