"""What groups agree on: each formula written out by hand, over made-up votes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hearing_app.voices.agreement import (
    SIGNIFICANT,
    consensus,
    counts_by_group,
    group_informed_consensus,
    representative,
    z_of_two_rates,
)
from hearing_app.voices.opinion_groups import Groups, opinion_groups
from hearing_app.voices.vote_table import vote_table
from tests.voices.votes import camps


@pytest.fixture(scope="module")
def groups() -> Groups:
    return opinion_groups(vote_table(camps((40, 25), 20)))


def test_consensus_within_every_group_is_the_product_of_their_rates(groups: Groups) -> None:
    for column, agree in ((0, True), (1, False)):
        for place, found in enumerate(group_informed_consensus(groups, agree=agree)):
            by_hand = math.prod(
                (int(counts[place][column]) + 1) / (int(sum(counts[place])) + 2)
                for counts in counts_by_group(groups)
            )
            assert found == pytest.approx(by_hand, abs=1e-15)


def test_consensus_is_undefined_without_groups() -> None:
    assert np.isnan(group_informed_consensus(opinion_groups(vote_table([], statements=[1])))).all()


def test_what_sets_a_group_apart_is_what_the_formulas_say(groups: Groups) -> None:
    listed = frozenset(groups.table.statements)
    counts = counts_by_group(groups)
    for own, found in zip(counts, representative(groups, listed), strict=True):
        rest = np.sum(counts, axis=0) - own
        assert 1 <= len(found) <= 5
        assert [one.agrees for one in found] == sorted((one.agrees for one in found), reverse=True)
        for one in found:
            place, column = groups.table.statements.index(one.statement), 0 if one.agrees else 1
            count, seen = int(own[place][column]), int(sum(own[place]))
            other, other_seen = int(rest[place][column]), int(sum(rest[place]))
            assert (one.count, one.seen) == (count, seen)
            z = 2 * math.sqrt(seen + 1) * ((count + 1) / (seen + 1) - 0.5)
            pooled = (count + other + 2) / (seen + other_seen + 2)
            spread = math.sqrt(pooled * (1 - pooled) * (1 / (seen + 1) + 1 / (other_seen + 1)))
            apart = ((count + 1) / (seen + 1) - (other + 1) / (other_seen + 1)) / spread
            assert z > SIGNIFICANT
            assert apart > SIGNIFICANT
            rates = (count + 1) / (seen + 2), (other + 1) / (other_seen + 2)
            assert one.ratio == pytest.approx(rates[0] / rates[1])


def test_a_statement_that_is_not_shown_is_never_listed(groups: Groups) -> None:
    listed = frozenset(groups.table.statements[:5])
    assert {one.statement for found in representative(groups, listed) for one in found} <= listed
    everybody = groups.table.counts()
    assert set(consensus(everybody, groups.table.statements, listed)) <= listed


def test_one_group_is_set_apart_by_nothing() -> None:
    alike = opinion_groups(vote_table([(p, s, 1) for p in range(40) for s in range(10)]))
    assert representative(alike, frozenset(range(10))) == [[]]


def test_where_everybody_votes_so_nobody_stands_out() -> None:
    all_of = np.array([9])
    assert z_of_two_rates(all_of, all_of, all_of, all_of).tolist() == [0.0]


def test_consensus_needs_more_than_chance() -> None:
    counts = np.array([[9, 1, 0], [6, 5, 0], [0, 10, 2], [2, 0, 0], [0, 0, 0]])
    assert consensus(counts, (10, 11, 12, 13, 14), frozenset(range(20))) == [10, 13]
    assert consensus(counts, (10, 11, 12, 13, 14), frozenset(range(20)), agree=False) == [12]
