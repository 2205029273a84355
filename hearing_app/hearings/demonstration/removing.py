"""Taking a rehearsal out: every word and vote in it leaves the record, and its hearing leaves the lists.

What cannot be undone in a ledger stays: that there was a rehearsal, how much was in it, and that it was the
operator who took it out. What people sent to try it goes as well, and is counted apart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from hearing_app.errors import NotFound
from hearing_app.hearings.comments.erasure import take_back
from hearing_app.hearings.demonstration.present import REHEARSAL, THERE, made_up, rehearsals
from hearing_app.hearings.life.announcing import cancel, may_be_cancelled
from hearing_app.hearings.life.stages import stage
from hearing_app.hearings.voting.erasing import forget_votes_of
from hearing_app.people.permissions import OPERATOR, Act, require
from hearing_app.store.engine import erase_freed_pages, writing
from hearing_app.store.tables import comment, voter

_AT_ONCE = 40
_COMMENTS, _VOTERS = THERE
_REASON = (
    "The rehearsal is over. Every comment and vote in it was taken out: what was made up, and what somebody "
    "sent to try it."
)


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out: what was made up, and apart from it what people had sent (``own_``)."""

    comments: int
    voters: int
    own_comments: int
    own_voters: int


def remove(engine: Engine, key: bytes) -> Removed:
    """Erase the last rehearsal's comments and votes and cancel its hearing; twice changes nothing.

    ``key`` tells what was made up from what people sent. Raises ``NotFound`` where there is no rehearsal.
    Broken off half-way, it goes on when it is called again.
    """
    require(OPERATOR, Act.CARRY_OUT_RETENTION)
    with writing(engine) as db:
        found = rehearsals(db)
        if not found:
            raise NotFound("There is no rehearsal in this record.", kept="Nothing was changed.")
        hearing = found[-1]
        # First it is closed: nothing may come in while the rest goes out.
        if hearing.cancelled is None and may_be_cancelled(stage(db, hearing)):
            cancel(db, REHEARSAL, hearing.id, _REASON)
        made = made_up(db, key, hearing.id)
    comments: Counter[bool] = Counter()
    voters: Counter[bool] = Counter()
    while taken := _take_comments(engine, hearing.id):
        comments.update(one in made for one in taken)
    while taken := _take_votes(engine, hearing.id):
        voters.update(one in made for one in taken)
    erase_freed_pages(engine)
    return Removed(comments[True], voters[True], comments[False], voters[False])


def _take_comments(engine: Engine, hearing_id: str) -> list[str]:
    with writing(engine) as db:
        query = select(comment.c.comment_id, comment.c.receipt_key)
        here = query.where(comment.c.hearing_id == hearing_id, _COMMENTS)
        there = db.execute(here.limit(_AT_ONCE)).all()
        for row in there:
            take_back(db, row.comment_id, at=datetime.now(UTC), by=OPERATOR.name)
    return [row.receipt_key for row in there]


def _take_votes(engine: Engine, hearing_id: str) -> list[str]:
    with writing(engine) as db:
        query = select(voter.c.voter_id, voter.c.receipt_key)
        here = query.where(voter.c.hearing_id == hearing_id, _VOTERS)
        there = db.execute(here.limit(_AT_ONCE)).all()
        for row in there:
            forget_votes_of(db, row.voter_id, at=datetime.now(UTC))
    return [row.receipt_key for row in there]
