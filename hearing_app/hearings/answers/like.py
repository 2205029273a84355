"""Which comments look alike, so that one answer may do for all: a suggestion, and the answerer picks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from hearing_app.hearings.answers.reading import Wait
from hearing_app.hearings.answers.terms import MOST_AT_ONCE
from hearing_app.hearings.comments.campaigns import campaigns_of
from hearing_app.hearings.comments.themes import themes_of
from hearing_app.store.tables import comment


def like(db: Connection, chosen: Sequence[Wait], waits: Sequence[Wait]) -> list[str]:
    """Return the numbers of those that wait and look like what is chosen, what is due first at the front.

    Alike are comments that a facilitator marked together; else those that share a letter or a theme, and
    those about the same part of the same system that hold the same figures, or none.
    """
    mine = {one.comment_id for one in chosen}
    if not mine:
        return []
    open_ = [one for one in waits if one.is_open and one.comment_id not in mine][:MOST_AT_ONCE]
    about = _about(db, [*mine, *(one.comment_id for one in open_)])
    marks = {one.ask_id for one in chosen if one.ask_id}
    groups = [set(one.comment_ids) for one in campaigns_of(db, chosen[0].hearing_id)]
    groups += [set(one.comment_ids) for one in themes_of(db, chosen[0].hearing_id)]
    together = {comment_id for group in groups if group & mine for comment_id in group}
    places = {(one.system_id, about.get(one.comment_id)) for one in chosen}
    return [
        one.comment_id
        for one in open_
        if one.ask_id in marks
        or (
            not marks and (one.comment_id in together or (one.system_id, about.get(one.comment_id)) in places)
        )
    ]


def _about(db: Connection, comment_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return what each comment is about: the part of the system, and the figures that it holds."""
    columns = (comment.c.comment_id, comment.c.target, comment.c.pinned)
    rows = db.execute(select(*columns).where(comment.c.comment_id.in_(comment_ids)))
    return {row.comment_id: (row.target, str((row.pinned or {}).get("query", ""))) for row in rows}
