"""Opinion groups: planted camps are found, scikit-learn agrees, and anybody gets the same labels."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score

from hearing_app.voices import opinion_groups as module
from hearing_app.voices.opinion_groups import SMALLEST_GROUP, opinion_groups, places_of, taking_part
from hearing_app.voices.vote_table import vote_table
from tests.voices.votes import Event, camp_of, camps


@pytest.mark.parametrize("sizes", [(30, 20), (25, 20, 15), (900, 420), (8, 40)])
def test_planted_camps_are_found(sizes: tuple[int, ...]) -> None:
    groups = opinion_groups(vote_table(camps(sizes, 30)))
    assert groups.number == len(sizes)
    assert adjusted_rand_score(camp_of(sizes), groups.labels) > 0.95
    assert groups.are_clear
    assert np.bincount(groups.labels).tolist() == sorted(np.bincount(groups.labels).tolist(), reverse=True)
    assert groups.names == ["A", "B", "C"][: len(sizes)]


def test_the_places_are_those_of_principal_components() -> None:
    """Scikit-learn, on the table with its gaps filled by the means, gives the same plane."""
    table = vote_table(camps((20, 15), 12))
    filled = np.where(table.seen, table.votes, np.nan).astype(float)
    means = np.nanmean(filled, axis=0)
    filled = np.where(np.isnan(filled), means, filled)
    fitted = PCA(2, svd_solver="full").fit(filled)
    stretch = np.sqrt(len(table.statements) / table.seen.sum(axis=1))
    theirs = fitted.transform(filled) * stretch[:, None]
    ours, of_statements = places_of(table)
    components = np.sqrt(len(table.statements)) * ((1 - means) * fitted.components_).T
    for axis in (0, 1):
        sign = np.sign(ours[0, axis] * theirs[0, axis])
        assert np.allclose(ours[:, axis], sign * theirs[:, axis], atol=1e-9)
        assert np.allclose(of_statements[:, axis], sign * components[:, axis], atol=1e-9)


def test_groups_and_silhouette_are_those_of_scikit_learn() -> None:
    groups = opinion_groups(vote_table(camps((30, 25, 20), 25)))
    places = np.round(groups.places, 9)
    # Of many chance starts the best one: no worse than ours without chance, and not better.
    theirs = KMeans(groups.number, n_init=50, random_state=0).fit(places)
    assert groups.number == 3
    assert adjusted_rand_score(theirs.labels_, groups.labels) == 1
    assert groups.silhouette == pytest.approx(silhouette_score(places, groups.labels), abs=1e-8)


def test_weighted_points_have_the_silhouette_of_the_people_they_stand_for() -> None:
    points = np.array([[0.0, 0.0], [0.5, 0.1], [3.0, 1.0], [3.2, 0.4], [9.0, 9.0]])
    labels, weights = np.array([0, 0, 1, 1, 2]), np.array([3.0, 1.0, 2.0, 4.0, 1.0])
    people, of_people = np.repeat(points, weights.astype(int), axis=0), np.repeat(labels, weights.astype(int))
    ours = module._silhouette(points, labels, weights)
    assert ours == pytest.approx(silhouette_score(people, of_people), abs=1e-12)


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_the_order_in_which_votes_came_changes_nothing(seed: int) -> None:
    events = camps((14, 11), 10, seed=seed, slips=0.3)
    mixed = random.Random(seed).sample(events, k=len(events))
    first, second = opinion_groups(vote_table(events)), opinion_groups(vote_table(mixed))
    assert first.labels.tobytes() == second.labels.tobytes()
    assert first.places.tobytes() == second.places.tobytes()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9), st.sampled_from((1, 0, -1))), max_size=300))
@settings(max_examples=60, deadline=None)
def test_no_group_is_smaller_than_five_and_everybody_who_takes_part_has_one(
    events: list[tuple[int, int, int]],
) -> None:
    groups = opinion_groups(vote_table(events))
    assert np.array_equal(groups.labels >= 0, groups.taking_part)
    sizes = np.bincount(groups.labels[groups.taking_part], minlength=0)
    if groups.number > 1:
        assert sizes.min() >= SMALLEST_GROUP
        assert groups.silhouette is not None
        assert -1 <= groups.silhouette <= 1
    else:
        assert groups.silhouette is None
        assert not groups.are_clear


def test_who_votes_often_enough_takes_part_and_fifteen_at_least() -> None:
    often = [(p, s, 1) for p in range(16) for s in range(7)]
    rarely = [(p, s, 1) for p in range(16, 20) for s in range(6)]
    table = vote_table([*often, *rarely], statements=range(10))
    assert taking_part(table).tolist() == [True] * 16 + [False] * 4
    few = vote_table([(p, s, 1) for p in range(20) for s in range(1 + p % 3)], statements=range(10))
    counted = few.seen.sum(axis=1)
    part = taking_part(few)
    assert part.sum() == 15
    assert counted[part].min() >= counted[~part].max()
    # With few statements, all of them are enough.
    assert taking_part(vote_table([(p, 0, 1) for p in range(20)])).all()


def test_a_statement_left_out_moves_nobody() -> None:
    events = camps((20, 15), 12)
    loud = [(p, 99, 1 if p % 2 else -1) for p in range(35)]
    with_it = opinion_groups(vote_table([*events, *loud]), without=frozenset({99}))
    column = with_it.table.statements.index(99)
    without = opinion_groups(vote_table(events))
    assert with_it.labels.tolist() == without.labels.tolist()
    assert with_it.statement_places[column].tolist() == [0.0, 0.0]
    # Its votes are counted all the same.
    assert with_it.table.counts()[column].tolist() == [17, 18, 0]


@pytest.mark.parametrize(("events", "statements"), [([], []), ([], [1, 2]), ([(0, 0, 1)], [])])
def test_there_is_nothing_to_find_in_little(events: list[Event], statements: list[int]) -> None:
    groups = opinion_groups(vote_table(events, statements))
    assert groups.number <= 1
    assert not groups.are_clear


def test_people_who_all_vote_the_same_are_one_group() -> None:
    groups = opinion_groups(vote_table([(p, s, 1) for p in range(40) for s in range(10)]))
    assert (groups.number, groups.silhouette, groups.are_clear) == (1, None, False)


def test_a_few_who_stand_far_off_are_no_group_and_hide_none() -> None:
    """Two outliers draw a centre of the better run to themselves; the others are grouped all the same."""
    crowd = camps((60, 30), 30)
    odd = [(90 + p, s, 1 if s % 2 else -1) for p in range(2) for s in range(30)]
    groups = opinion_groups(vote_table([*crowd, *odd]))
    assert adjusted_rand_score(camp_of((60, 30)), groups.labels[:90]) > 0.9
