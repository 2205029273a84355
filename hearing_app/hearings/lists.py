"""Reading comments: what the public sees, what facilitators see, and the counts of a hearing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from hearing_app.evidence.disclosure import publishable
from hearing_app.hearings.comment import COLUMNS, Comment
from hearing_app.hearings.vocabulary import Consent, Stance, Standing, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.store.tables import comment

_PUBLIC = (Consent.TEXT_AND_NAME, Consent.TEXT_ONLY)
# Counts of stance and standing move in steps of this many comments: were they brought up to date with each
# one, whoever watches the page would see what the newest author chose.
BATCH = 10


@dataclass(frozen=True, slots=True)
class Tally:
    """How many comments a hearing has had, by state. Every receipt is in exactly one of the states."""

    received: int
    waiting: int
    published: int
    held: int
    rejected: int
    withdrawn: int


def tally(db: Connection, hearing_id: str) -> Tally:
    """Count the comments of a hearing by state."""
    rows = db.execute(
        select(comment.c.state, func.count())
        .where(comment.c.hearing_id == hearing_id)
        .group_by(comment.c.state)
    )
    counts = {row[0]: int(row[1]) for row in rows}
    return Tally(
        received=sum(counts.values()),
        waiting=counts.get(State.SUBMITTED, 0),
        published=counts.get(State.PUBLISHED, 0),
        held=counts.get(State.HELD, 0),
        rejected=counts.get(State.REJECTED, 0),
        withdrawn=counts.get(State.WITHDRAWN, 0),
    )


def published_comments(
    db: Connection, hearing_id: str, *, limit: int | None = None, offset: int = 0
) -> list[Comment]:
    """Return the comments that everyone may read, newest first."""
    query = (
        select(*COLUMNS)
        .where(
            comment.c.hearing_id == hearing_id,
            comment.c.state == State.PUBLISHED,
            comment.c.consent.in_(_PUBLIC),
        )
        .order_by(comment.c.submitted_at.desc(), comment.c.comment_id)
        .limit(limit)
        .offset(offset)
    )
    return [Comment(**row._mapping) for row in db.execute(query)]


def comments_for_desk(
    db: Connection, actor: Actor, hearing_id: str, state: State, *, limit: int = 20, offset: int = 0
) -> list[Comment]:
    """Return the comments of a hearing in one state for a facilitator, the longest waiting first."""
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    query = (
        select(*COLUMNS)
        .where(comment.c.hearing_id == hearing_id, comment.c.state == state)
        .order_by(comment.c.submitted_at, comment.c.comment_id)
        .limit(limit)
        .offset(offset)
    )
    return [Comment(**row._mapping) for row in db.execute(query)]


def comments_for_export(db: Connection, actor: Actor, hearing_id: str) -> Iterator[Comment]:
    """Return every comment of a hearing, in the order of arrival, for an export; read row by row.

    Refuses at the call, not at the first row: an answer that has begun cannot become a refusal.
    """
    require(actor, Act.EXPORT_COMMENTS)
    query = (
        select(*COLUMNS)
        .where(comment.c.hearing_id == hearing_id)
        .order_by(comment.c.submitted_at, comment.c.comment_id)
    )
    rows = db.execute(query, execution_options={"yield_per": 500})
    return (Comment(**row._mapping) for row in rows)


@dataclass(frozen=True, slots=True)
class Opinions:
    """Public counts of stance and standing over the first ``people`` comments; ``None`` is under ten."""

    people: int
    stance: dict[str, int | None]
    standing: dict[str, int | None]


def opinions(db: Connection, hearing_id: str) -> Opinions:
    """Count stance and standing as the public may see them: in batches, never fewer than ten, rounded.

    Withdrawn and rejected comments do not count. ``people`` is a multiple of ten; at 0 there is nothing to
    show.
    """
    rows = db.execute(
        select(comment.c.stance, comment.c.standing)
        .where(
            comment.c.hearing_id == hearing_id,
            comment.c.state.in_((State.SUBMITTED, State.PUBLISHED, State.HELD)),
        )
        .order_by(comment.c.submitted_at, comment.c.comment_id)
    ).all()
    counted = rows[: len(rows) // BATCH * BATCH]
    stances = Counter(row.stance for row in counted)
    standings = Counter(value for row in counted for value in row.standing)
    return Opinions(
        len(counted),
        publishable({str(value): stances[value] for value in Stance}),
        publishable({str(value): standings[value] for value in Standing}),
    )
