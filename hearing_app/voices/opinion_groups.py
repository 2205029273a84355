"""Groups of people who voted alike, computed so that anybody gets the same ones from the same votes.

The method is that of Pol.is (Small et al. 2021, "Polis: Scaling deliberation by mapping high dimensional
opinion spaces"): the votes are placed in a plane by their two first principal components, and k-means finds
groups there. Pol.is carries groups on from one vote to the next, so its labels cannot be found again from
its exports. Here everything is computed from the last votes alone, with no chance in it: the result depends
on the table and on ``ALGORITHM``, not on the order in which the votes came.

Groups describe how those who voted here differ. They do not say how many people outside think so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearing_app.voices.vote_table import VoteTable

ALGORITHM = "opinion-groups-1"
FEWEST_VOTES = 7
FEWEST_PEOPLE = 15
MOST_GROUPS = 5
SMALLEST_GROUP = 5
"""A group of fewer people could be recognised, and says little."""
CLEAR = 0.25
"""Below this mean silhouette groups are not told apart clearly (Kaufman and Rousseeuw 1990, table 4)."""
ENOUGH_PEOPLE = 30
# Every pair of points is compared: beyond a thousand, neighbours are joined first.
_ALL, _BASE = 1000, 100
_ROUNDS = 100
_CLOSE = 1e-9
# Machines differ in the last digits of a product; groups are found on places that they agree on.
_DIGITS = 9

_Floats = NDArray[np.float64]
_Clusters = tuple[_Floats, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Groups:
    """Opinion groups of a table of votes.

    ``places`` (participants, 2) and ``statement_places`` (statements, 2) are points of the plane;
    ``taking_part`` marks who had voted often enough, ``labels`` (participants,) gives their group from 0 on
    and -1 to the others. ``silhouette`` is the mean over those who are grouped, and ``None`` with one group.
    """

    table: VoteTable
    places: _Floats
    statement_places: _Floats
    taking_part: NDArray[np.bool_]
    labels: NDArray[np.int64]
    silhouette: float | None

    @property
    def number(self) -> int:
        """How many groups there are."""
        return int(self.labels.max(initial=-1)) + 1

    @property
    def are_clear(self) -> bool:
        """Whether there are two groups or more, told apart well enough, among enough people."""
        enough = int(self.taking_part.sum()) >= ENOUGH_PEOPLE
        return enough and self.silhouette is not None and self.silhouette >= CLEAR

    def members(self, group: int) -> NDArray[np.bool_]:
        """Return who belongs to a group."""
        belong: NDArray[np.bool_] = self.labels == group
        return belong

    @property
    def names(self) -> list[str]:
        """The groups' names, largest first: A, B and so on."""
        return [chr(ord("A") + number) for number in range(self.number)]


def opinion_groups(table: VoteTable, *, without: frozenset[int] = frozenset()) -> Groups:
    """Return the groups of those who voted often enough.

    ``without`` are statements that do not count for the groups (rejected ones, or questions about the voters
    themselves): their whole columns are 0, seen or not. Their votes stay in the table.
    """
    part = taking_part(table)
    places, statement_places = places_of(table, without)
    labels = np.full(len(table.participants), -1, dtype=np.int64)
    silhouette = None
    if part.any():
        found, silhouette = _grouped(np.round(places[part], _DIGITS))
        labels[part] = found
    return Groups(table, places, statement_places, part, labels, silhouette)


def taking_part(table: VoteTable) -> NDArray[np.bool_]:
    """Return who voted on 7 statements or more (on all, where there are fewer).

    Where fewer than 15 did, the most active others join them, those with lower numbers first.
    """
    often = table.seen.sum(axis=1)
    part: NDArray[np.bool_] = often >= min(FEWEST_VOTES, len(table.statements))
    part &= often > 0
    if missing := max(0, FEWEST_PEOPLE - int(part.sum())):
        others = [row for row in np.argsort(-often, kind="stable") if not part[row] and often[row] > 0]
        part[others[:missing]] = True
    return part


def places_of(table: VoteTable, without: frozenset[int] = frozenset()) -> tuple[_Floats, _Floats]:
    """Return the points of people and of statements in the plane of the two first principal components.

    What somebody has not seen counts as the statement's mean; a person's point is stretched by the root of
    all statements over those seen, so that who saw few does not stand in the middle for that reason. A
    statement's point is that of somebody who has agreed with it and seen nothing else.
    """
    people, statements = table.votes.shape
    if not people or not statements:
        return np.zeros((people, 2)), np.zeros((statements, 2))
    votes, seen = table.votes.astype(np.float64), table.seen.copy()
    for column, statement in enumerate(table.statements):
        if statement in without:
            votes[:, column], seen[:, column] = 0.0, True
    voted = seen.sum(axis=0)
    means = np.divide(
        np.where(seen, votes, 0.0).sum(axis=0), voted, out=np.zeros(statements), where=voted > 0
    )
    centred = np.where(seen, votes - means, 0.0)
    components = _components(centred)
    stretch = np.sqrt(statements / np.maximum(seen.sum(axis=1), 1))
    return (
        stretch[:, None] * (centred @ components.T),
        np.sqrt(statements) * (1 - means)[:, None] * components.T,
    )


def _components(centred: _Floats) -> _Floats:
    """Return the two first principal components as rows; what there is too little variance for is 0.

    A component's sign says nothing: the one whose largest part is positive is taken.
    """
    _, sizes, rows = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((2, centred.shape[1]))
    for place in range(min(2, len(sizes))):
        if sizes[place] <= _CLOSE * max(1.0, sizes[0]):
            continue
        row = rows[place]
        largest = int(np.argmax(np.round(np.abs(row), _DIGITS)))
        found[place] = row if row[largest] > 0 else -row
    return found


def _grouped(places: _Floats) -> tuple[NDArray[np.int64], float | None]:
    """Return each point's group, and how well they are told apart: the number of groups that does it best.

    Of a run that makes a group of fewer than five, nothing is taken.

    Of more than 1,000 points, those that lie close together are first joined to 100 centres with weights,
    which keeps the time in proportion to the people.
    """
    centres, base = places, np.arange(len(places))
    if len(places) > _ALL:
        centres, base = _k_means(places, np.ones(len(places)), _BASE)[0]
    weights = np.bincount(base, minlength=len(centres)).astype(np.float64)
    best, found = None, np.zeros(len(places), dtype=np.int64)
    for number in range(2, min(MOST_GROUPS, 2 + len(centres) // 12) + 1):
        for _, of_centres in _k_means(centres, weights, number):
            labels = of_centres[base]
            if np.bincount(labels, minlength=number).min() < SMALLEST_GROUP:
                continue
            silhouette = round(_silhouette(centres, of_centres, weights), _DIGITS)
            if best is None or silhouette > best:
                best, found = silhouette, labels
            break
    return _by_size(found), best


def _k_means(points: _Floats, weights: _Floats, number: int) -> list[_Clusters]:
    """Return the centres of k-means and each point's centre, of two runs of Lloyd's rounds, the better first.

    One begins at the first distinct points, as Pol.is does, one at points far from each other (Gonzalez
    1985): two starts inside one group would otherwise miss another group. Both without chance.
    """
    distinct = points[np.sort(np.unique(points, axis=0, return_index=True)[1])]
    runs = [_rounds(points, weights, start) for start in (distinct[:number], _far_apart(distinct, number))]
    return sorted(runs, key=lambda run: round(float(weights @ _squares_to(points, *run)), _DIGITS))


def _far_apart(points: _Floats, number: int) -> _Floats:
    """Return so many points, each as far as possible from those before it, the first from their middle."""
    chosen: list[int] = []
    distance = ((points - points.mean(axis=0)) ** 2).sum(axis=1)
    for _ in range(min(number, len(points))):
        chosen.append(int(np.argmax(np.round(distance, _DIGITS))))
        to_it = ((points - points[chosen[-1]]) ** 2).sum(axis=1)
        distance = to_it if len(chosen) == 1 else np.minimum(distance, to_it)
    return points[chosen]


def _squares_to(points: _Floats, centres: _Floats, labels: NDArray[np.int64]) -> _Floats:
    squares: _Floats = ((points - centres[labels]) ** 2).sum(axis=1)
    return squares


def _rounds(points: _Floats, weights: _Floats, start: _Floats) -> _Clusters:
    """Return centres and labels after Lloyd's rounds: until nothing moves, 100 at most."""
    centres, labels = start.copy(), _nearest(points, start)
    for _ in range(_ROUNDS):
        moved = centres.copy()
        mass = np.bincount(labels, weights=weights, minlength=len(centres))
        for axis in range(points.shape[1]):
            sums = np.bincount(labels, weights=weights * points[:, axis], minlength=len(centres))
            np.divide(sums, mass, out=moved[:, axis], where=mass > 0)
        moved = np.round(moved, _DIGITS)
        if np.array_equal(moved, centres):
            break
        centres, labels = moved, _nearest(points, moved)
    return centres, labels


def _nearest(points: _Floats, centres: _Floats) -> NDArray[np.int64]:
    """Return the number of each point's nearest centre; of two that are as near, the first."""
    squares = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    nearest: NDArray[np.int64] = np.argmin(np.round(squares, _DIGITS), axis=1)
    return nearest


def _silhouette(points: _Floats, labels: NDArray[np.int64], weights: _Floats) -> float:
    """Return the mean silhouette (Rousseeuw 1987), each point weighing as many people as it stands for.

    A point that is alone in its group counts 0. People who stand for one point have no distance.
    """
    apart = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
    groups = np.unique(labels)
    member = labels[:, None] == groups[None, :]
    mass = weights @ member
    sums = (apart * weights[None, :]) @ member
    own = np.argmax(member, axis=1)
    rows = np.arange(len(points))
    others = mass[own] - 1
    inside = np.divide(sums[rows, own], others, out=np.zeros(len(points)), where=others > 0)
    means = sums / mass[None, :]
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    scale = np.maximum(inside, outside)
    silhouettes = np.divide(outside - inside, scale, out=np.zeros(len(points)), where=scale > 0)
    silhouettes[others <= 0] = 0.0
    return float(np.average(silhouettes, weights=weights))


def _by_size(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the same groups, numbered by size, those of the same size by their first member."""
    numbers, firsts, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = sorted(range(len(numbers)), key=lambda place: (-sizes[place], firsts[place]))
    renamed = {int(numbers[place]): rank for rank, place in enumerate(order)}
    return np.array([renamed[int(label)] for label in labels], dtype=np.int64)
