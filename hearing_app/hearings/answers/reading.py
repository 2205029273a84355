"""Answers as anybody may read them: what waits for one, what was answered, and what is overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, select

from hearing_app.errors import NotFound
from hearing_app.hearings.answers.terms import AnswerKind, AnswerState, days_between, due_after
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of
from hearing_app.hearings.vocabulary import CommentType, Consent, State
from hearing_app.record.versions import latest_version
from hearing_app.store.tables import (
    answer_ask,
    answer_ask_comment,
    comment,
    hearing_answer,
    hearing_answer_comment,
)

_IS_PUBLIC = (comment.c.state == State.PUBLISHED) & comment.c.consent.in_(
    (Consent.TEXT_AND_NAME, Consent.TEXT_ONLY)
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an agency, to one comment or to several like ones at once; it is never changed.

    ``version`` is that of the system's entry in which something changed because of it, ``find_out_by`` a
    promise, ``due_at`` the earliest of the days by which it was due. ``received_on`` is the day on which it
    came on paper, where facilitators entered it.
    """

    answer_id: str
    hearing_id: str
    agency: str
    comment_ids: tuple[str, ...]
    kind: AnswerKind
    text: str
    whose: str
    evidence: tuple[dict[str, str], ...]
    system_id: str
    version: int | None
    find_out_by: datetime | None
    due_at: datetime
    given_at: datetime
    actor: str
    on_paper: bool
    received_on: str

    def given_on(self, zone: str) -> date:
        """Return the day on which the agency gave it: of a letter that on which it came."""
        return date.fromisoformat(self.received_on) if self.on_paper else _day(self.given_at, zone)


@dataclass(frozen=True, slots=True)
class Wait:
    """A comment that an agency owes an answer, or has answered. ``answers`` are in their order.

    ``since`` is when it began to wait, ``due_at`` by when an answer is due: the first one, or after “will
    find out” the final one; ``first_due_at`` is always the first one's. ``heading`` is what a facilitator
    wrote over a group of like comments.
    """

    comment_id: str
    hearing_id: str
    system_id: str
    system_version: int
    agency: str
    zone: str
    is_demonstration: bool
    ask_id: str
    heading: str
    since: datetime
    due_at: datetime
    first_due_at: datetime
    answers: tuple[Answer, ...]

    @property
    def state(self) -> AnswerState:
        """How far it has come."""
        if not self.answers:
            return AnswerState.WAITING
        return AnswerState.ANSWERED if self.final is not None else AnswerState.LOOKED_INTO

    @property
    def final(self) -> Answer | None:
        """The first answer after which nothing more is owed."""
        return next((one for one in self.answers if one.kind.is_final), None)

    @property
    def is_open(self) -> bool:
        """Whether an answer is owed."""
        return self.final is None

    def is_overdue(self, at: datetime | None = None) -> bool:
        """Whether an answer is owed, and its day is over."""
        return self.is_open and (at or datetime.now(UTC)) > self.due_at

    def days_overdue(self, at: datetime | None = None) -> int:
        """Return for how many days it has been overdue; 0 where it is not."""
        when = at or datetime.now(UTC)
        late = self.is_overdue(when)
        return days_between(_day(self.due_at, self.zone), _day(when, self.zone)) if late else 0

    def days(self, at: datetime | None = None) -> int:
        """Return how many days the final answer took, or for how many it has been waited so far."""
        until = self.final.given_on(self.zone) if self.final else _day(at or datetime.now(UTC), self.zone)
        return days_between(_day(self.since, self.zone), until)

    @property
    def was_late(self) -> bool:
        """Whether the final answer came after its day."""
        return self.final is not None and self.final.given_on(self.zone) > _day(self.due_at, self.zone)

    def missed_by(self, at: datetime) -> list[datetime]:
        """Return the ends of days, over at a moment, by which an answer was due and not there yet.

        Two at most: that of the first answer, and that of the final one which it promised.
        """
        owed: list[tuple[datetime, Answer | None]] = [
            (self.first_due_at, self.answers[0] if self.answers else None)
        ]
        if self.due_at != self.first_due_at:
            owed.append((self.due_at, self.final))
        return [
            due
            for due, given in owed
            if due < at and (given is None or given.given_on(self.zone) > _day(due, self.zone))
        ]


def waits_of(db: Connection, hearing: Hearing, comment_ids: Sequence[str] | None = None) -> list[Wait]:
    """Return what waits for an answer in a hearing or has one, what is due first at the front.

    A published question waits, and a published comment that was marked. One that is published no more waits
    for nothing; what was answered stays. ``comment_ids`` leaves out others.
    """
    answered = answers_by_comment(db, hearing.id)
    waited = _as_they_waited(db, hearing.id)
    query = (
        select(comment, answer_ask)
        .outerjoin(answer_ask_comment, answer_ask_comment.c.comment_id == comment.c.comment_id)
        .outerjoin(answer_ask, answer_ask.c.ask_id == answer_ask_comment.c.ask_id)
        .with_only_columns(
            comment.c.comment_id,
            comment.c.system_id,
            comment.c.system_version,
            comment.c.comment_type,
            comment.c.state_at,
            _IS_PUBLIC.label("is_public"),
            answer_ask.c.ask_id,
            answer_ask.c.heading,
            answer_ask.c.at.label("asked_at"),
        )
        .where(comment.c.hearing_id == hearing.id)
    )
    query = query.where(
        comment.c.comment_id.in_(select(hearing_answer_comment.c.comment_id))
        | (_IS_PUBLIC & ((comment.c.comment_type == CommentType.QUESTION) | answer_ask.c.ask_id.is_not(None)))
    )
    wanted = None if comment_ids is None else set(comment_ids)
    found, agencies = [], dict[str, str]()
    for row in db.execute(query):
        if wanted is not None and row.comment_id not in wanted:
            continue
        answers = tuple(answered.get(row.comment_id, ()))
        if not row.is_public and not any(one.kind.is_final for one in answers):
            continue
        if row.system_id not in agencies:
            agencies[row.system_id] = agency_of(db, row.system_id)
        since, due = waited.get(row.comment_id, (None, None))
        if since is None or due is None:
            marked = row.asked_at if row.comment_type != CommentType.QUESTION else None
            since = max(row.state_at, marked) if marked else row.state_at
            due = due_after(since, end_of(hearing), hearing.answer_within_days, hearing.time_zone)
        first_due = due
        if answers and not answers[0].kind.is_final and answers[0].find_out_by is not None:
            due = answers[0].find_out_by
        found.append(
            Wait(
                row.comment_id,
                hearing.id,
                row.system_id,
                row.system_version,
                answers[0].agency if answers else agencies[row.system_id],
                hearing.time_zone,
                hearing.demonstration,
                row.ask_id or "",
                row.heading or "",
                since,
                due,
                first_due,
                answers,
            )
        )
    return sorted(found, key=lambda one: (one.due_at, one.since, one.comment_id))


def open_count(db: Connection, hearing_id: str) -> int:
    """Return how many comments of a hearing wait for an answer."""
    return sum(one.is_open for one in waits_of(db, hearing_of(db, hearing_id)))


def all_waits(db: Connection, *, demonstrations: bool = False) -> list[Wait]:
    """Return what waits or was answered in all hearings, what is due first at the front.

    Nobody owes anything in a demonstration: those are left out, unless they are asked for.
    """
    found = [
        wait
        for hearing in all_hearings(db)
        if demonstrations or not hearing.demonstration
        for wait in waits_of(db, hearing)
    ]
    return sorted(found, key=lambda one: (one.due_at, one.since, one.comment_id))


def answers_of(db: Connection, hearing_id: str) -> list[Answer]:
    """Return every answer in a hearing, in the order in which they were given."""
    return _read(db, hearing_answer.c.hearing_id == hearing_id)


def answers_by_comment(db: Connection, hearing_id: str) -> dict[str, list[Answer]]:
    """Return the answers in a hearing by the comments to which they were given, each in their order."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for one in answers_of(db, hearing_id):
        for comment_id in one.comment_ids:
            found[comment_id].append(one)
    return dict(found)


def answers_of_agency(db: Connection, agency: str) -> list[Answer]:
    """Return every answer that an agency gave, in the order in which they were given."""
    return _read(db, hearing_answer.c.agency == agency)


def answers_on(db: Connection, system_id: str) -> list[Answer]:
    """Return the answers in which something changed in a system's entry, in their order."""
    return _read(db, (hearing_answer.c.system_id == system_id) & hearing_answer.c.version.is_not(None))


def answer_of(db: Connection, answer_id: str) -> Answer:
    """Return one answer by its number; raise ``NotFound`` where there is none."""
    found = _read(db, hearing_answer.c.answer_id == answer_id[:20])
    if not found:
        raise NotFound(f"There is no answer “{answer_id[:20]}”.", kept="", next_step="Look at the hearing.")
    return found[0]


def agency_of(db: Connection, system_id: str) -> str:
    """Return the agency that deploys a system, as its entry says now; "" where it says nothing."""
    version = latest_version(db, "system", system_id)
    deployer = version.document.get("deployer") if version is not None else None
    return str(deployer.get("agency", "")) if isinstance(deployer, Mapping) else ""


def _as_they_waited(db: Connection, hearing_id: str) -> dict[str, tuple[datetime, datetime]]:
    """Return since when answered comments had waited, and until when: as it was when they were answered."""
    query = (
        select(hearing_answer_comment)
        .join(hearing_answer, hearing_answer.c.answer_id == hearing_answer_comment.c.answer_id)
        .where(hearing_answer.c.hearing_id == hearing_id, hearing_answer_comment.c.number == 1)
    )
    return {row.comment_id: (row.waited_from, row.due_at) for row in db.execute(query)}


def _read(db: Connection, which: ColumnElement[bool]) -> list[Answer]:
    rows = list(db.execute(select(hearing_answer).where(which).order_by(hearing_answer.c.seq)))
    about: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    if rows:
        query = (
            select(hearing_answer_comment)
            .join(hearing_answer, hearing_answer.c.answer_id == hearing_answer_comment.c.answer_id)
            .where(which)
            .order_by(hearing_answer_comment.c.comment_id)
        )
        for one in db.execute(query):
            about[one.answer_id].append((one.comment_id, one.due_at))
    return [
        Answer(
            row.answer_id,
            row.hearing_id,
            row.agency,
            tuple(comment_id for comment_id, _ in about[row.answer_id]),
            AnswerKind(row.kind),
            row.text,
            row.whose,
            tuple(row.evidence),
            row.system_id,
            row.version,
            row.find_out_by,
            min((due for _, due in about[row.answer_id]), default=row.at),
            row.at,
            row.actor,
            row.on_paper,
            row.received_on,
        )
        for row in rows
    ]


def end_of(hearing: Hearing) -> datetime:
    """Return the moment from which answers are counted: comments are closed, and the sitting is over."""
    closes = hearing.window[1]
    return max(closes, hearing.sitting.ends_at) if hearing.sitting else closes


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
