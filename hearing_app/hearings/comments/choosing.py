"""How many comments of a hearing a facilitator's choice takes: counted, without a word read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from hearing_app.hearings.comments.lists import IS_PUBLISHED
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.store.tables import comment, theme, theme_comment
from hearing_app.voices.language import effective


def how_many(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    *,
    states: Collection[str] = (),
    systems: Collection[str] = (),
    kinds: Collection[str] = (),
    languages: Collection[str] = (),
    themes: Collection[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> int:
    """Return how many comments have one of each: of these states, systems, kinds, languages and themes.

    What is empty leaves all in. ``themes`` are names; days are those of the arrival, in UTC, both included.
    """
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    row = comment.c
    wanted: list[ColumnElement[bool]] = [row.hearing_id == hearing_id]
    for column, values in ((row.state, states), (row.system_id, systems), (row.comment_type, kinds)):
        if values:
            wanted.append(column.in_(values))
    if languages:
        wanted.append(_in_languages(db, hearing_id, languages))
    if themes:
        of_themes = (
            select(theme_comment.c.comment_id)
            .join(
                theme,
                (theme.c.hearing_id == theme_comment.c.hearing_id)
                & (theme.c.number == theme_comment.c.number),
            )
            .where(theme.c.hearing_id == hearing_id, theme.c.name.in_(themes))
        )
        # A comment that is published no more is in no theme that anybody sees.
        wanted += [row.comment_id.in_(of_themes), IS_PUBLISHED]
    if since is not None:
        wanted.append(row.submitted_at >= _begins(since))
    if until is not None and until < date.max:
        wanted.append(row.submitted_at < _begins(until + timedelta(days=1)))
    return int(db.execute(select(func.count()).select_from(comment).where(*wanted)).scalar_one())


def _in_languages(db: Connection, hearing_id: str, languages: Collection[str]) -> ColumnElement[bool]:
    """Return the condition for comments in one of these: declared where that was said, else found."""
    row = comment.c
    pairs = select(row.language_declared, row.language_detected).where(row.hearing_id == hearing_id)
    fit = [pair for pair in db.execute(pairs.distinct()) if effective(pair[0], pair[1]) in languages]
    return or_(
        false(), *(and_(row.language_declared == one[0], row.language_detected == one[1]) for one in fit)
    )


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
