"""What the votes of a hearing say, once it has closed: counts, groups, and what they agree on.

While a hearing is open nothing of it is shown: who sees how others voted votes otherwise, and two looks one
vote apart would show that vote. Afterwards anybody may compute everything again from the table of last votes,
which says nothing of when they came.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, func, select

from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.statements import Statement, statements_of
from hearing_app.store.tables import vote, voter
from hearing_app.voices.agreement import Representative, consensus, group_informed_consensus, representative
from hearing_app.voices.opinion_groups import Groups, opinion_groups
from hearing_app.voices.vote_table import AGREE, DISAGREE, PASS, VoteTable, vote_table

FEWEST_COUNTED = 10
"""Counts of a statement on which fewer have voted are not shown."""
FEWEST_VOTERS = 30
"""Of fewer voters no table is published."""
# A vote that was under way when the hearing closed may still come in.
_SETTLED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A statement with its votes: agree, disagree, pass; by group in the order of the groups.

    ``common`` is the consensus that every group is heard in, ``None`` without clear groups. All counts are
    ``None`` where fewer than ten have voted.
    """

    statement: Statement
    votes: tuple[int, int, int] | None
    by_group: tuple[tuple[int, int, int], ...]
    common: float | None


@dataclass(frozen=True, slots=True)
class Results:
    """What a hearing's votes say. ``apart`` is what sets each group apart: nothing, without clear groups."""

    voters: int
    cast: int
    statements: tuple[Counted, ...]
    groups: Groups
    apart: tuple[tuple[Representative, ...], ...]
    agreed: tuple[int, ...]
    disagreed: tuple[int, ...]


def are_shown(hearing: Hearing, at: datetime | None = None) -> bool:
    """Return whether the results may be shown: a minute after the hearing has closed."""
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    return moment >= hearing.window[1].astimezone(UTC) + _SETTLED


def votes_cast(db: Connection, hearing_id: str) -> tuple[int, int]:
    """Return how many people have voted, and how many votes stand."""
    pairs = select(vote.c.voter_id, vote.c.statement).where(vote.c.hearing_id == hearing_id).distinct()
    counted = pairs.subquery()
    people, standing = db.execute(
        select(func.count(counted.c.voter_id.distinct()), func.count()).select_from(counted)
    ).one()
    return int(people), int(standing)


def table_of(db: Connection, hearing_id: str) -> VoteTable:
    """Return the last votes on the statements on which ten people or more have voted.

    It is what is published, and what the groups are found from. Voters are numbered in the order of the
    hashes by which their digits are found, which says nothing of when they came; nobody without the server's
    key can tell whose digits a number belongs to. Where fewer than thirty have voted it is empty: among so
    few, somebody is known by the votes.
    """
    query = select(voter.c.receipt_key, vote.c.statement, vote.c.vote).join(voter)
    rows = db.execute(query.where(vote.c.hearing_id == hearing_id).order_by(vote.c.seq)).all()
    last = {(row.receipt_key, row.statement): row.vote for row in rows}
    often = Counter(statement for _, statement in last)
    kept = {pair: given for pair, given in last.items() if often[pair[1]] >= FEWEST_COUNTED}
    people = {key: number for number, key in enumerate(sorted({key for key, _ in kept}))}
    if len(people) < FEWEST_VOTERS:
        return vote_table([])
    return vote_table((people[key], number, given) for (key, number), given in kept.items())


def counts_of(db: Connection, hearing_id: str) -> dict[int, tuple[int, int, int]]:
    """Return how many agree, disagree and pass on each statement on which ten people or more have voted."""
    query = select(vote.c.voter_id, vote.c.statement, vote.c.vote).where(vote.c.hearing_id == hearing_id)
    last = {(row.voter_id, row.statement): row.vote for row in db.execute(query.order_by(vote.c.seq))}
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for (_, number), given in last.items():
        found[number][given] += 1
    return {
        number: (counted[AGREE], counted[DISAGREE], counted[PASS])
        for number, counted in found.items()
        if counted.total() >= FEWEST_COUNTED
    }


def results_of(db: Connection, hearing: Hearing, *, at: datetime | None = None) -> Results | None:
    """Return the results, or ``None`` as long as they are not shown."""
    if not are_shown(hearing, at):
        return None
    statements, whole = statements_of(db, hearing.id), counts_of(db, hearing.id)
    table, (people, cast) = table_of(db, hearing.id), votes_cast(db, hearing.id)
    shown = frozenset(one.number for one in statements if one.is_shown)
    groups = opinion_groups(table, without=frozenset(table.statements) - shown)
    place_of = {number: place for place, number in enumerate(table.statements)}
    clear = groups.are_clear
    in_groups = [table.counts(groups.members(group)) for group in range(groups.number)] if clear else []
    common = group_informed_consensus(groups) if clear else None
    counted = []
    for one in statements:
        place = place_of.get(one.number)
        counted.append(
            Counted(
                one,
                whole.get(one.number),
                () if place is None else tuple(_three(counts[place]) for counts in in_groups),
                None if place is None or common is None else float(common[place]),
            )
        )
    sure = frozenset(one.statement.number for one in counted if one.votes and one.statement.is_shown)
    numbers = sorted(sure)
    tallies = np.array([whole[number] for number in numbers], dtype=np.int64).reshape(len(numbers), 3)
    return Results(
        voters=people,
        cast=cast,
        statements=tuple(counted),
        groups=groups,
        apart=tuple(tuple(found) for found in representative(groups, sure)) if clear else (),
        agreed=tuple(consensus(tallies, numbers, sure)),
        disagreed=tuple(consensus(tallies, numbers, sure, agree=False)),
    )


def _three(counts: Iterable[int]) -> tuple[int, int, int]:
    agree, disagree, passed = (int(count) for count in counts)
    return agree, disagree, passed
