"""The largest gaps against fairlearn, on counts as weights, and which groups make them."""

from __future__ import annotations

import math
import warnings
from itertools import permutations
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from fairlearn import metrics as fair
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.evidence.aggregates import AGGREGATES, largest_gaps
from hearing_app.evidence.counts import confusion
from hearing_app.evidence.intervals import newcombe
from tests.evidence.histograms import compas, made, place, tables

CELLS = (("tp", 1, 1), ("fp", 0, 1), ("tn", 0, 0), ("fn", 1, 0))
GROUPS = tuple((("team", name),) for name in "abcd")


def counted(*rows: tuple[int, int, int, int]) -> dict[str, Any]:
    """Counts from one (tp, fp, tn, fn) for each group."""
    return {cell: np.array([row[i] for row in rows]) for i, (cell, _, _) in enumerate(CELLS)}


def fairlearn_says(name: str, counts: Any) -> float:
    groups = len(counts["tp"])
    rows = [(g, truth, said, int(counts[cell][g])) for g in range(groups) for cell, truth, said in CELLS]
    group, truth, said, weight = zip(*rows, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(
            getattr(fair, name)(
                list(truth), list(said), sensitive_features=list(group), sample_weight=list(weight)
            )
        )


@settings(max_examples=60, deadline=None)
@given(people=tables(4, 3, 40), threshold=st.integers(1, 4))
def test_the_four_aggregates_are_fairlearns_where_all_groups_are_defined(people: Any, threshold: int) -> None:
    people = people + 1  # everybody is there
    counts = confusion(made(people), threshold)
    for name, found in largest_gaps(GROUPS, counts).items():
        expected = fairlearn_says(name, counts)
        assert found.value == pytest.approx(expected, abs=1e-12, nan_ok=True), name
        assert found.undefined == ()
        assert math.isnan(found.value) or (
            found.low <= found.value + 1e-12 and found.value - 1e-12 <= found.high
        )


def test_the_two_groups_are_named() -> None:
    counted_people = compas()
    found = largest_gaps(counted_people.groups, confusion(counted_people, 5))
    assert list(found) == list(AGGREGATES)
    odds = found["equalized_odds_difference"]
    rates = {
        name: [sk_rate(counted_people, g, outcome) for g in range(6)]
        for name, outcome in (("false_positive_rate", 0), ("true_positive_rate", 1))
    }
    gaps = {name: max(values) - min(values) for name, values in rates.items()}
    worst = max(gaps, key=lambda name: gaps[name])
    assert odds.rate == worst
    assert odds.value == pytest.approx(gaps[worst], abs=1e-12)
    assert place(counted_people, str(odds.higher[0][1])) == int(np.argmax(rates[worst]))
    assert place(counted_people, str(odds.lower[0][1])) == int(np.argmin(rates[worst]))


def sk_rate(histogram: Any, group: int, outcome: int) -> float:
    row = histogram.people[group, outcome]
    return float(row[4:].sum() / row.sum())


def test_a_group_without_people_to_count_is_undefined_where_fairlearn_says_zero() -> None:
    # Nobody of the third group has the outcome; the other two are alike.
    counts = counted((8, 2, 8, 2), (8, 2, 8, 2), (0, 2, 8, 0))
    assert fairlearn_says("equalized_odds_difference", counts) == 0.8
    assert fairlearn_says("equalized_odds_ratio", counts) == 0.0
    found = largest_gaps(GROUPS[:3], counts)
    for name in ("equalized_odds_difference", "equalized_odds_ratio"):
        assert math.isnan(found[name].value)
        assert found[name].undefined == (GROUPS[2],)
    assert found["equalized_odds_difference"].among_defined == 0
    assert found["equalized_odds_ratio"].among_defined == 1
    assert found["demographic_parity_difference"].value == pytest.approx(0.3)


def test_without_two_groups_there_is_no_gap() -> None:
    for found in largest_gaps(GROUPS[:1], counted((8, 2, 8, 2))).values():
        assert np.isnan([found.value, found.low, found.high, found.among_defined]).all()
        assert (found.higher, found.lower) == ((), ())


@settings(max_examples=60, deadline=None)
@given(people=tables(3, 2, 30))
def test_the_limits_of_two_rates_share_their_level(people: Any) -> None:
    counts = confusion(made(people + 1), 2)
    lows, highs = [], []
    for k, n in ((counts["fp"], counts["fp"] + counts["tn"]), (counts["tp"], counts["tp"] + counts["fn"])):
        z = NormalDist().inv_cdf(1 - 0.025 / 12)  # six ordered pairs of each of two rates
        pairs = list(permutations(range(3), 2))
        lows += [float(newcombe(k[a], n[a], k[b], n[b], z)[0]) for a, b in pairs]
        highs += [float(newcombe(k[a], n[a], k[b], n[b])[1]) for a, b in pairs]
    found = largest_gaps(GROUPS[:3], counts)["equalized_odds_difference"]
    assert found.low == pytest.approx(max(0, *lows), abs=1e-9)
    assert found.high == pytest.approx(max(highs), abs=1e-9)


def test_the_limits_hold_the_true_gap_though_pair_and_rate_are_chosen_afterwards() -> None:
    """Six equal groups: the true gap is 0, and the farthest pair of each draw looks different."""
    draws = np.random.default_rng(3).binomial(60, 0.4, (2, 600, 6))
    groups = tuple((("team", name),) for name in "abcdef")
    found = [
        largest_gaps(groups, {"tp": t, "fn": 60 - t, "fp": f, "tn": 60 - f})["equalized_odds_difference"]
        for t, f in zip(*draws, strict=True)
    ]
    assert np.mean([one.low > 0 for one in found]) < 0.04
    assert np.mean([one.value > 0.15 for one in found]) > 0.5
