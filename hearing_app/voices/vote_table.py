"""A table of votes: who agreed with which statement, disagreed, passed, or never saw it.

A vote can be changed; the last one counts. To pass is an answer, and not the same as not having seen a
statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AGREE, PASS, DISAGREE = 1, 0, -1
UNSEEN = -2
"""What stands in the table where somebody never saw a statement."""


@dataclass(frozen=True, slots=True)
class VoteTable:
    """``votes`` has one row a participant and one column a statement, in the order of their numbers.

    Shape (participants, statements), int8: 1 agree, 0 pass, -1 disagree, -2 not seen.
    """

    participants: tuple[int, ...]
    statements: tuple[int, ...]
    votes: NDArray[np.int8]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which votes there are."""
        there: NDArray[np.bool_] = self.votes != UNSEEN
        return there

    @property
    def sha256(self) -> str:
        """A hash of the whole table, by which a result can name what it was computed from.

        Over lines ``participant,statement,vote`` with a line feed each, by participant, then statement.
        """
        digest = hashlib.sha256()
        for participant, number, given in self.rows():
            digest.update(f"{participant},{number},{given}\n".encode())
        return digest.hexdigest()

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """Yield (participant, statement, vote) of every vote, by participant, then statement."""
        for row, column in np.argwhere(self.seen).tolist():
            yield self.participants[row], self.statements[column], int(self.votes[row, column])

    def counts(self, rows: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return how many agreed, disagreed and passed on each statement: shape (statements, 3).

        ``rows`` chooses participants; without it all are counted.
        """
        votes = self.votes if rows is None else self.votes[rows]
        return np.stack([(votes == value).sum(axis=0) for value in (AGREE, DISAGREE, PASS)], axis=1)


def vote_table(events: Iterable[tuple[int, int, int]], statements: Iterable[int] = ()) -> VoteTable:
    """Return the table of votes given as (participant, statement, vote), in the order in which they came.

    ``statements`` are those that stand in the table although nobody may have voted on them. Raises
    ``ValueError`` for a vote that is none of 1, 0 and -1.
    """
    last = {(participant, statement): vote for participant, statement, vote in events}
    if wrong := set(last.values()) - {AGREE, PASS, DISAGREE}:
        raise ValueError(f"not a vote: {sorted(wrong)[:3]}")
    people = tuple(sorted({participant for participant, _ in last}))
    columns = tuple(sorted({statement for _, statement in last} | set(statements)))
    row_of, column_of = ({name: place for place, name in enumerate(names)} for names in (people, columns))
    votes = np.full((len(people), len(columns)), UNSEEN, dtype=np.int8)
    for (participant, statement), vote in last.items():
        votes[row_of[participant], column_of[statement]] = vote
    return VoteTable(people, columns, votes)
