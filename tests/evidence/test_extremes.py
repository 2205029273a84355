"""The largest difference and smallest ratio: against the definition, and against what they promise."""

from __future__ import annotations

from itertools import permutations
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hearing_app.evidence.extremes import largest_difference, smallest_ratio
from hearing_app.evidence.intervals import mover_r, newcombe

groups = st.lists(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=6
)


@settings(max_examples=100, deadline=None)
@given(counted=groups)
def test_the_limits_are_the_furthest_of_all_pairs(counted: list[tuple[int, int]]) -> None:
    k, n = zip(*counted, strict=True)
    pairs = list(permutations(counted, 2))
    z = NormalDist().inv_cdf(1 - 0.025 / len(pairs))
    found = largest_difference(k, n)
    rates = [k / n for k, n in counted]
    assert found.value == max(rates) - min(rates)
    assert (rates[int(found.highest)], rates[int(found.lowest)]) == (max(rates), min(rates))
    assert found.high == pytest.approx(max(float(newcombe(*a, *b)[1]) for a, b in pairs))
    low = max(0.0, *(float(newcombe(*a, *b, z=z)[0]) for a, b in pairs))
    assert found.low == pytest.approx(low, abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1


@settings(max_examples=100, deadline=None)
@given(counted=groups)
def test_so_are_those_of_the_ratio(counted: list[tuple[int, int]]) -> None:
    k, n = zip(*counted, strict=True)
    assume(min(k) > 0)
    pairs = list(permutations(counted, 2))
    z = NormalDist().inv_cdf(1 - 0.025 / len(pairs))
    found = smallest_ratio(k, n)
    rates = [k / n for k, n in counted]
    assert found.value == pytest.approx(min(rates) / max(rates))
    assert found.low == pytest.approx(min(float(mover_r(*a, *b)[0]) for a, b in pairs))
    assert found.high == pytest.approx(min(1.0, *(float(mover_r(*a, *b, z=z)[1]) for a, b in pairs)))
    assert 0 < found.low <= found.value <= found.high <= 1


@settings(max_examples=100, deadline=None)
@given(counted=groups)
def test_a_group_without_the_event_widens_the_ratio_and_leaves_none_out(
    counted: list[tuple[int, int]],
) -> None:
    k, n = zip(*counted, strict=True)
    found = smallest_ratio([0, *k], [7, *n])
    if max(k) == 0:
        assert np.isnan([found.value, found.low, found.high]).all()
        assert found.lowest == found.highest == -1
    else:
        assert found.value == found.low == 0 < found.high


def test_nobody_in_one_group_leaves_all_undefined_and_tables_are_kept_apart() -> None:
    found = largest_difference([[5, 3, 0], [5, 3, 1]], [[10, 10, 0], [10, 10, 10]])
    assert list(np.isnan(found.value)) == [True, False] == list(np.isnan(found.low))
    assert list(found.highest) == [-1, 0]
    assert list(found.lowest) == [-1, 2]
    alone = largest_difference([5, 3, 1], [10, 10, 10])
    assert (alone.low, alone.high) == (found.low[1], found.high[1])
    with pytest.raises(ValueError, match="groups"):
        largest_difference(3, 10)


@pytest.mark.parametrize(
    ("n", "p"),
    [
        ([50] * 4, [0.3] * 4),
        ([200] * 4, [0.2, 0.3, 0.3, 0.4]),
        ([3696, 2454, 637, 377, 32, 18], [0.45, 0.23, 0.21, 0.15, 0.1, 0.3]),
        ([30] * 3, [0.1, 0.2, 0.5]),
        ([20] * 5, [0.02, 0.05, 0.05, 0.1, 0.1]),
    ],
)
def test_they_hold_the_truth_at_least_as_often_as_they_say(n: list[int], p: list[float]) -> None:
    k = np.random.default_rng(11).binomial(n, p, (4000, len(n)))
    found = largest_difference(k, n)
    true = max(p) - min(p)
    assert np.mean((found.low <= true + 1e-12) & (true - 1e-12 <= found.high)) > 0.955
    ratio = smallest_ratio(k, n)
    true, known = min(p) / max(p), ~np.isnan(ratio.value)
    held = (ratio.low <= true + 1e-12) & (true - 1e-12 <= ratio.high)
    assert np.mean(held[known]) > 0.955
