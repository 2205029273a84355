"""A table of votes: the last vote counts, a pass is no gap, and its hash names it."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.voices.vote_table import UNSEEN, vote_table

EVENTS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 6), st.sampled_from((1, 0, -1))), min_size=0, max_size=80
)


@given(EVENTS)
def test_the_last_vote_counts_and_a_pass_is_not_a_gap(events: list[tuple[int, int, int]]) -> None:
    table = vote_table(events)
    last: dict[tuple[int, int], int] = {}
    for participant, statement, vote in events:
        last[participant, statement] = vote
    cells = {
        (participant, statement): int(table.votes[row, column])
        for row, participant in enumerate(table.participants)
        for column, statement in enumerate(table.statements)
    }
    assert {place: vote for place, vote in cells.items() if vote != UNSEEN} == last
    by_vote = Counter((statement, vote) for (_, statement), vote in last.items())
    assert table.counts().tolist() == [
        [by_vote[statement, vote] for vote in (1, -1, 0)] for statement in table.statements
    ]


def test_a_statement_without_votes_can_stand_in_it() -> None:
    table = vote_table([(4, 2, 1)], statements=[1, 2, 3])
    assert table.statements == (1, 2, 3)
    assert table.votes.tolist() == [[UNSEEN, 1, UNSEEN]]


@pytest.mark.parametrize("vote", [2, -2, 5])
def test_what_is_no_vote_is_refused(vote: int) -> None:
    with pytest.raises(ValueError, match="not a vote"):
        vote_table([(1, 1, vote)])


def test_its_hash_is_that_of_its_lines_and_of_nothing_else() -> None:
    events = [(3, 1, 1), (0, 2, -1), (3, 0, 0)]
    lines = "0,2,-1\n3,0,0\n3,1,1\n"
    assert vote_table(events).sha256 == hashlib.sha256(lines.encode()).hexdigest()
    shuffled = random.Random(1).sample(events, k=3)
    assert vote_table(shuffled).sha256 == vote_table(events).sha256
    assert vote_table([*events, (0, 2, 1)]).sha256 != vote_table(events).sha256


def test_counts_of_some_participants() -> None:
    table = vote_table([(0, 0, 1), (1, 0, 1), (2, 0, -1), (3, 0, 0)])
    assert table.counts(np.array([True, False, True, True])).tolist() == [[1, 1, 1]]
