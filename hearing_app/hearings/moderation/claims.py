"""Who has which comment open at the desk: so that two facilitators do not read the same one unknowingly.

A claim is a courtesy: it lasts some minutes, is renewed by working on, ends by itself, and keeps nobody from
deciding; that nothing is decided twice, the state that was seen takes care of. It is no act on the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from hearing_app.people.permissions import Act, Actor, require
from hearing_app.store.tables import comment_claim

LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a comment open since when."""

    comment_id: str
    actor: str
    since: datetime
    until: datetime


def claim(
    db: Connection, actor: Actor, comment_ids: Sequence[str], *, at: datetime | None = None
) -> dict[str, Claim]:
    """Open comments, or keep them open: all that no colleague has; return the colleagues' claims."""
    require(actor, Act.MODERATE_COMMENTS)
    now = at or datetime.now(UTC)
    row = comment_claim.c
    db.execute(delete(comment_claim).where(row.until <= now))
    there = {one.comment_id: one for one in _of(db, comment_ids)}
    mine = [one.comment_id for one in there.values() if one.actor == actor.name]
    db.execute(update(comment_claim).where(row.comment_id.in_(mine)).values(until=now + LEASE))
    for comment_id in comment_ids:
        if comment_id not in there:
            values = {"comment_id": comment_id, "actor": actor.name, "since": now, "until": now + LEASE}
            db.execute(insert(comment_claim).values(values))
    return {comment_id: one for comment_id, one in there.items() if one.actor != actor.name}


def let_go(db: Connection, actor: Actor, keep: Sequence[str] = ()) -> None:
    """Close what a facilitator has open, but for some."""
    require(actor, Act.MODERATE_COMMENTS)
    row = comment_claim.c
    db.execute(delete(comment_claim).where(row.actor == actor.name, row.comment_id.not_in(keep)))


def others(
    db: Connection, actor: Actor, comment_ids: Sequence[str], *, at: datetime | None = None
) -> set[str]:
    """Return those of these comments that colleagues have open now."""
    require(actor, Act.MODERATE_COMMENTS)
    now = at or datetime.now(UTC)
    return {one.comment_id for one in _of(db, comment_ids) if one.actor != actor.name and one.until > now}


def _of(db: Connection, comment_ids: Sequence[str]) -> list[Claim]:
    query = select(comment_claim).where(comment_claim.c.comment_id.in_(comment_ids))
    return [Claim(**row._mapping) for row in db.execute(query)]
