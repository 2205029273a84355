"""Differential privacy: the noise has the distribution that its epsilon promises."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import opendp.prelude as dp
import pytest
from scipy import stats

from hearing_app.evidence.counting.privacy import NotInstalled, noised, spread


@pytest.mark.parametrize("epsilon", [0.25, 1.0, 3.0])
def test_the_noise_is_two_sided_geometric(epsilon: float) -> None:
    """40,000 draws against the formula of the distribution: chi-squared, with one chance in a million to
    fail by bad luck."""
    number = 40_000
    draws = noised(np.zeros((200, 200), dtype=np.int64), epsilon).ravel()
    a = np.exp(-epsilon)
    edge = int(np.ceil(np.log(number / 50) / epsilon))
    values = np.arange(-edge, edge + 1)
    expected = number * (1 - a) / (1 + a) * a ** abs(values)
    keep = expected >= 20
    seen = np.array([(draws == value).sum() for value in values])[keep]
    rest_seen, rest_expected = number - seen.sum(), number - expected[keep].sum()
    found = stats.chisquare([*seen, rest_seen], [*expected[keep], rest_expected])
    assert found.pvalue > 1e-6
    assert abs(draws.std() / spread(epsilon) - 1) < 0.1


def test_opendp_confirms_the_epsilon() -> None:
    """One person more or less in one cell costs epsilon, by OpenDP's own privacy map."""
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    mechanism: Any = dp.m.make_laplace(*space, scale=1 / 0.5)
    assert mechanism.map(1) == pytest.approx(0.5)


def test_counts_keep_their_shape_and_are_not_rounded_alike() -> None:
    counts = np.full((3, 4, 2), 1_000)
    one, two = noised(counts, 0.1), noised(counts, 0.1)
    assert one.shape == counts.shape
    assert (one != two).any()


def test_without_opendp_it_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(NotInstalled) as refused:
        noised(np.zeros(2, dtype=np.int64), 1.0)
    assert "pip install 'hearing-app[privacy]'" in str(refused.value)
