"""Taking a rehearsal out: every made-up word and vote leaves the record, and its hearing leaves the lists.

What cannot be undone in a ledger stays: that there was a rehearsal, and how much was in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from hearing_app.errors import NotFound
from hearing_app.hearings.comments.erasure import take_back
from hearing_app.hearings.demonstration.filling import HEARING, REHEARSAL
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.announcing import cancel, may_be_cancelled
from hearing_app.hearings.life.stages import stage
from hearing_app.hearings.vocabulary import State
from hearing_app.hearings.voting.erasing import forget_votes_of
from hearing_app.people.permissions import OPERATOR, Act, require
from hearing_app.record.versions import latest_version
from hearing_app.store.engine import erase_freed_pages, writing
from hearing_app.store.tables import comment, voter

_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out."""

    comments: int
    voters: int


def remove(engine: Engine) -> Removed:
    """Erase a rehearsal's comments and votes and cancel its hearing; twice changes nothing.

    Raises ``NotFound`` where there is no rehearsal. Broken off half-way, it goes on when it is called again.
    """
    require(OPERATOR, Act.CARRY_OUT_RETENTION)
    with writing(engine) as db:
        found = latest_version(db, "hearing", HEARING)
        if found is None:
            raise NotFound("There is no rehearsal in this record.", kept="Nothing was changed.")
        hearing = Hearing.model_validate(found.document)
        # First it is closed: nothing may come in while the rest goes out.
        if hearing.cancelled is None and may_be_cancelled(stage(db, hearing)):
            cancel(db, REHEARSAL, HEARING, "The rehearsal is over. What was made up for it was taken out.")
    comments = voters = 0
    while taken := _take_comments(engine):
        comments += taken
    while taken := _take_votes(engine):
        voters += taken
    erase_freed_pages(engine)
    return Removed(comments, voters)


def _take_comments(engine: Engine) -> int:
    with writing(engine) as db:
        query = select(comment.c.comment_id).where(
            comment.c.hearing_id == HEARING, comment.c.state != State.WITHDRAWN
        )
        there = list(db.execute(query.limit(_AT_ONCE)).scalars())
        for comment_id in there:
            take_back(db, comment_id, at=datetime.now(UTC))
    return len(there)


def _take_votes(engine: Engine) -> int:
    with writing(engine) as db:
        query = select(voter.c.voter_id).where(voter.c.hearing_id == HEARING, voter.c.left_at.is_(None))
        there = list(db.execute(query.limit(_AT_ONCE)).scalars())
        for voter_id in there:
            forget_votes_of(db, voter_id, at=datetime.now(UTC))
    return len(there)
