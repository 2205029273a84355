"""Drafts that are closed: published as a version, or discarded. After their period they are forgotten.

A version says for ever who submitted and who approved it; the drafts behind it were never public.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from hearing_app.people.retention import Due
from hearing_app.registry.desk.states import DraftState
from hearing_app.store.tables import desk_act, desk_draft

_CLOSED = (DraftState.PUBLISHED, DraftState.DISCARDED)
_AT_ONCE = 500
"""How many ids one statement names: databases take some thousands of values at most."""


def due(db: Connection, before: datetime) -> Due:
    """Return how many drafts were closed before a moment, and when the first of them was."""
    found = _closed(db, before)
    return Due(len(found), found[0].changed_at if found else None)


def forget(db: Connection, before: datetime) -> int:
    """Delete the drafts that were closed before a moment, with what the log says of them; return how many."""
    names = [row.draft_id for row in _closed(db, before)]
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        for table in (desk_act, desk_draft):
            db.execute(delete(table).where(table.c.draft_id.in_(some)))
    return len(names)


def _closed(db: Connection, before: datetime) -> Sequence[Any]:
    table = desk_draft.c
    return db.execute(
        select(table.draft_id, table.changed_at)
        .where(table.state.in_(_CLOSED), table.changed_at < before)
        .order_by(table.changed_at)
    ).all()
