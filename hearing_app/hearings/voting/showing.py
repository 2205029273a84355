"""Which statement somebody sees next: first those that few have seen, and those that people agree with."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from hearing_app.hearings.voting.statements import Statement
from hearing_app.store.tables import vote
from hearing_app.voices.vote_table import AGREE, PASS


def seen_so_far(db: Connection, hearing_id: str) -> dict[int, tuple[int, int, int]]:
    """Return, for each statement, how many votes it had, and how many of them agreed and passed.

    Every vote that was ever cast counts, changed ones too: it only steers what is shown.
    """
    query = (
        select(
            vote.c.statement,
            func.count(),
            func.count().filter(vote.c.vote == AGREE),
            func.count().filter(vote.c.vote == PASS),
        )
        .where(vote.c.hearing_id == hearing_id)
        .group_by(vote.c.statement)
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in db.execute(query)}


def weight(seen: int, agreed: int, passed: int, extremity: float = 0.0) -> float:
    """Return how likely a statement is shown next, against others.

    The priority of Pol.is: squared product of not being passed on, of how far it lies from the middle of the
    plane (``extremity``), of agreement, and of how few have seen it.
    """
    passing, agreeing = (passed + 1) / (seen + 2), (agreed + 1) / (seen + 2)
    return float(((1 - passing) * (extremity + 1) * agreeing * (1 + 8 * 2 ** (-seen / 5))) ** 2)


def next_statement(
    statements: Sequence[Statement],
    voted: Mapping[int, int],
    so_far: Mapping[int, tuple[int, int, int]],
    lots: random.Random,
) -> Statement | None:
    """Draw the next statement among those that are shown and not voted on yet; ``None`` after the last."""
    left = [one for one in statements if one.is_shown and one.number not in voted]
    if not left:
        return None
    weights = [weight(*so_far.get(one.number, (0, 0, 0))) for one in left]
    return lots.choices(left, weights=weights)[0]
