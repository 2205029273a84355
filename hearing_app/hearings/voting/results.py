"""What the votes of a hearing say, once it has closed: counts, groups, and what they agree on.

While a hearing is open nothing of it is shown: who sees how others voted votes otherwise, and two looks one
vote apart would show that vote. Afterwards anybody may compute everything again from the table of votes,
whose voters are numbered in an order that says nothing of when they came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.statements import Statement, statements_of
from hearing_app.store.tables import vote, voter
from hearing_app.voices.agreement import Representative, consensus, group_informed_consensus, representative
from hearing_app.voices.opinion_groups import Groups, opinion_groups
from hearing_app.voices.vote_table import VoteTable, vote_table

FEWEST_COUNTED = 10
"""Counts of a statement on which fewer have voted are not shown."""
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


def numbers_of(db: Connection, hearing_id: str) -> dict[str, int]:
    """Return each voter's public number, from 0 on.

    In the order of the hashes by which their digits are found: it says nothing of when they came, and nobody
    without the server's key can tell whose digits a number belongs to.
    """
    query = select(voter.c.voter_id).where(voter.c.hearing_id == hearing_id, voter.c.left_at.is_(None))
    found = db.execute(query.order_by(voter.c.receipt_key)).scalars()
    return {voter_id: number for number, voter_id in enumerate(found)}


def events_of(db: Connection, hearing_id: str) -> list[tuple[datetime, int, int, int]]:
    """Return every vote as (day, voter's public number, statement, vote), in the order in which they came."""
    numbers = numbers_of(db, hearing_id)
    query = select(vote.c.at, vote.c.voter_id, vote.c.statement, vote.c.vote)
    rows = db.execute(query.where(vote.c.hearing_id == hearing_id).order_by(vote.c.seq))
    return [(row.at, numbers[row.voter_id], row.statement, row.vote) for row in rows]


def table_of(db: Connection, hearing_id: str, statements: Iterable[Statement]) -> VoteTable:
    """Return the table of the votes that count, with a column for each statement."""
    return vote_table(
        ((person, number, given) for _, person, number, given in events_of(db, hearing_id)),
        (one.number for one in statements),
    )


def results_of(db: Connection, hearing: Hearing, *, at: datetime | None = None) -> Results | None:
    """Return the results, or ``None`` as long as they are not shown."""
    if not are_shown(hearing, at):
        return None
    statements = statements_of(db, hearing.id)
    table = table_of(db, hearing.id, statements)
    shown = frozenset(one.number for one in statements if one.is_shown)
    groups = opinion_groups(table, without=frozenset(table.statements) - shown)
    whole = table.counts()
    clear = groups.are_clear
    in_groups = [table.counts(groups.members(group)) for group in range(groups.number)] if clear else []
    common = group_informed_consensus(groups) if clear else None
    counted = []
    for place, one in enumerate(statements):
        enough = int(whole[place].sum()) >= FEWEST_COUNTED
        counted.append(
            Counted(
                one,
                _three(whole[place]) if enough else None,
                tuple(_three(counts[place]) for counts in in_groups) if enough else (),
                float(common[place]) if common is not None and enough else None,
            )
        )
    sure = frozenset(one.statement.number for one in counted if one.votes and one.statement.is_shown)
    return Results(
        voters=len(table.participants),
        cast=int(table.seen.sum()),
        statements=tuple(counted),
        groups=groups,
        apart=tuple(tuple(found) for found in representative(groups, sure)) if clear else (),
        agreed=tuple(consensus(whole, table.statements, sure)),
        disagreed=tuple(consensus(whole, table.statements, sure, agree=False)),
    )


def _three(counts: Iterable[int]) -> tuple[int, int, int]:
    agree, disagree, passed = (int(count) for count in counts)
    return agree, disagree, passed
