"""Holds that are over: what nobody decided on becomes public by rule, at the promised moment.

The server does it every few seconds, and whoever opens a page does it first: so no page shows a comment as
held after its time. The comment stands as published since the moment at which its hold was due, whenever
that was carried out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select, update

from hearing_app.errors import Conflict
from hearing_app.hearings.comments.comment import RULE
from hearing_app.hearings.comments.screening import kinds_found
from hearing_app.hearings.moderation.deciding import set_state
from hearing_app.hearings.moderation.holding import date_holds
from hearing_app.hearings.moderation.moves import comment_of, move_of, stand_of
from hearing_app.hearings.moderation.redactions import words_for_readers
from hearing_app.hearings.moderation.removals import end_open
from hearing_app.hearings.vocabulary import Step
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment_hold

LAPSED = "lapse"


def keep_up(engine: Engine, *, at: datetime | None = None) -> list[str]:
    """Publish what was held for longer than it may be, and return the numbers."""
    now = at or datetime.now(UTC)
    with reading(engine) as db:
        if not _over(db, now):
            return []
    with writing(engine) as db:
        return lapse(db, at=now)


def date_old_holds(engine: Engine) -> list[str]:
    """Give a last day to what is held since before holds had one, after an upgrade; return the numbers."""
    with writing(engine) as db:
        return date_holds(db)


def lapse(db: Connection, *, at: datetime) -> list[str]:
    """Publish by rule every comment whose hold is over, longest due first; return the numbers."""
    done = []
    for comment_id, due in _over(db, at):
        written = comment_of(db, comment_id)
        try:
            move = move_of(stand_of(db, written), Step.LAPSE)
        except Conflict:
            continue
        if kinds_found(words_for_readers(db, written)):
            # What was not found when it was held is found now: a person has to look.
            row = comment_hold.c
            db.execute(update(comment_hold).where(row.comment_id == comment_id).values(lapses=False))
            continue
        end_open(db, comment_id, outcome="lapsed", actor=RULE, at=due)
        set_state(db, written, actor=RULE, to=move.to, more={"because": LAPSED}, at=due)
        done.append(comment_id)
    return done


def _over(db: Connection, at: datetime) -> list[tuple[str, datetime]]:
    row = comment_hold.c
    query = select(row.comment_id, row.due_at).where(row.lapses, row.due_at <= at)
    return [(one.comment_id, one.due_at) for one in db.execute(query.order_by(row.due_at, row.comment_id))]
