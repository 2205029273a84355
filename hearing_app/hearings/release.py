"""The public counts of views and standing: made once, after the hearing has closed, and never again.

Two publications can be compared: who adds comments of their own between them, or waits until somebody leaves,
can work out what one author chose. So nothing is shown while a hearing is announced or open. Afterwards the
counts are computed from the comments, as long as nothing has changed; whoever is about to change something
keeps first what the public sees, and from then on it stays. The record never holds the exact counts.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from hearing_app.evidence.disclosure import publishable
from hearing_app.hearings.moderation.rates import Rates, counted_rates, kept_rates, release_rates
from hearing_app.hearings.vocabulary import Stance, Standing, State
from hearing_app.record.ledger import append, day_of
from hearing_app.store.tables import comment, opinion_release

if TYPE_CHECKING:
    from hearing_app.hearings.hearing import Hearing

Counts = dict[str, dict[str, int | None]]

_COUNTED = (State.SUBMITTED, State.PUBLISHED, State.HELD)
# A comment or a withdrawal that was under way when the hearing closed may still come in, and the clocks of
# two servers differ a little. What is computed before that is over could be a first publication of two.
_SETTLED = timedelta(minutes=1)


def release_opinions(db: Connection, hearing: Hearing, *, at: datetime) -> None:
    """Keep the counts of a hearing that has closed, as the public sees them, unless they are kept already.

    Called first in the transaction of every act that could change them: when a comment is withdrawn or
    decided on, and when a hearing is published again, perhaps with a later closing. ``hearing`` is as it was
    before that act.
    """
    if not _has_closed(hearing, at) or _kept(db, hearing.id):
        return
    people, counts = _counted(db, hearing.id)
    # Where nobody is counted nothing was shown that could be compared with what comes later.
    if not people:
        return
    # The day alone, as in its event: it can be an author's withdrawal that makes them.
    kept = {"hearing_id": hearing.id, "people": people, "counts": counts, "at": day_of(at)}
    db.execute(insert(opinion_release).values(kept))
    append(
        db,
        actor="rule",
        kind="opinions.released",
        subject=f"hearing:{hearing.id}",
        content={"people": people, **counts},
        at=at,
    )
    release_rates(db, hearing.id, at=at)


def shown_opinions(db: Connection, hearing: Hearing, *, at: datetime) -> tuple[int, Counts]:
    """Return how many are counted, and the counts as the public sees them at a moment."""
    if _has_closed(hearing, at):
        if kept := _kept(db, hearing.id):
            return kept
        if _has_closed(hearing, at - _SETTLED):
            return _counted(db, hearing.id)
    return 0, {"stance": dict.fromkeys(map(str, Stance)), "standing": dict.fromkeys(map(str, Standing))}


def shown_rates(db: Connection, hearing: Hearing, *, at: datetime) -> Rates | None:
    """Return how many were not published, by what authors chose; ``None`` before that is made.

    They are of the same moment as the counts of views, and kept with them: see ``rates``.
    """
    if not _has_closed(hearing, at):
        return None
    if _kept(db, hearing.id):
        return kept_rates(db, hearing.id)
    return counted_rates(db, hearing.id) if _has_closed(hearing, at - _SETTLED) else None


def _has_closed(hearing: Hearing, at: datetime) -> bool:
    return at.astimezone(UTC) >= hearing.window[1].astimezone(UTC)


def _kept(db: Connection, hearing_id: str) -> tuple[int, Counts] | None:
    row = db.execute(select(opinion_release).where(opinion_release.c.hearing_id == hearing_id)).first()
    return (row.people, row.counts) if row else None


def _counted(db: Connection, hearing_id: str) -> tuple[int, Counts]:
    rows = db.execute(
        select(comment.c.stance, comment.c.standing).where(
            comment.c.hearing_id == hearing_id, comment.c.state.in_(_COUNTED)
        )
    ).all()
    stance = Counter(row.stance for row in rows)
    standing = Counter(value for row in rows for value in row.standing)
    return len(rows), {
        "stance": publishable({str(value): stance[value] for value in Stance}),
        "standing": publishable({str(value): standing[value] for value in Standing}),
    }
