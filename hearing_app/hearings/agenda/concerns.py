"""What sets a hearing's groups of opinion apart, tied to the comments that it rests on, and to their items.

The tie goes through statements alone: a statement that the members of a group agree with more often than not,
and clearly more often than everybody else, and that was made from a published comment. It says nothing of the
comment's author, who may belong to any group or to none: votes have no names, and nobody can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from hearing_app.hearings.agenda.reading import Item
from hearing_app.hearings.comments.lists import published_by_number
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.results import Counted, Results, results_of
from hearing_app.voices.agreement import SIGNIFICANT, z_of_rate, z_of_two_rates


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that sets a group apart: the group's name, the statement's number, and its comment."""

    group: str
    statement: int
    comment_id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A group of opinion and an agenda: its ``concerns``, and the numbers of the ``items`` with one of them.

    Without items nothing of what sets the group apart is on the agenda; without concerns there is nothing
    that could be: no statement made from a published comment sets it apart.
    """

    group: str
    concerns: tuple[Concern, ...]
    items: tuple[int, ...]


def concerns_of(db: Connection, hearing: Hearing, *, at: datetime | None = None) -> list[Concern]:
    """Return what sets the groups of a hearing apart, group by group, what does so most first.

    Empty while the results are not shown, and where there are no clear groups.
    """
    results = results_of(db, hearing, at=at)
    return [] if results is None else _published(db, hearing, concerns_in(results))


def concerns_in(results: Results) -> list[Concern]:
    """Return what of some results sets a group apart beyond doubt, and rests on a comment.

    Of the statements that the results list for a group, those count that its members agree with: a rate above
    one half, and above that of everybody else, each at the level at which the results list them. The one that
    only comes nearest, where none is sure, does not.
    """
    counted = {one.statement.number: one for one in results.statements}
    found = []
    for place, name in enumerate(results.groups.names if results.apart else ()):
        for one in results.apart[place]:
            comment_id = counted[one.statement].statement.comment_id
            if one.agrees and comment_id is not None and _is_sure(counted[one.statement], place):
                found.append(Concern(name, one.statement, comment_id))
    return found


def where_heard(
    db: Connection, hearing: Hearing, items: Sequence[Item], *, at: datetime | None = None
) -> list[Heard]:
    """Return for each group of opinion in which items of an agenda something stands that sets it apart.

    Empty while the results are not shown, and where there are no clear groups.
    """
    results = results_of(db, hearing, at=at)
    if results is None or not results.apart:
        return []
    concerns = _published(db, hearing, concerns_in(results))
    found = []
    for name in results.groups.names:
        own = tuple(one for one in concerns if one.group == name)
        behind = {one.comment_id for one in own}
        numbers = (
            number
            for number, item in enumerate(items, 1)
            if item.all_minutes and not behind.isdisjoint(item.comment_ids)
        )
        found.append(Heard(name, own, tuple(numbers)))
    return found


def _is_sure(counted: Counted, place: int) -> bool:
    """Return whether the group at this place agrees with a statement beyond doubt, and more than the rest."""
    own = np.array([counted.by_group[place]], dtype=np.int64)
    rest = np.array([np.sum(counted.by_group, axis=0)], dtype=np.int64) - own
    seen, rest_seen = own.sum(axis=1), rest.sum(axis=1)
    above_half = z_of_rate(own[:, 0], seen)[0]
    above_rest = z_of_two_rates(own[:, 0], seen, rest[:, 0], rest_seen)[0]
    return bool(above_half > SIGNIFICANT and above_rest > SIGNIFICANT)


def _published(db: Connection, hearing: Hearing, concerns: Sequence[Concern]) -> list[Concern]:
    numbers = sorted({one.comment_id for one in concerns})
    public = {one.comment_id for one in published_by_number(db, hearing.id, numbers)}
    return [one for one in concerns if one.comment_id in public]
