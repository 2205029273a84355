"""The arithmetic of the metrics on any table of counts, and the page that explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hearing_app.evidence import metrics
from hearing_app.evidence.counts import Counted, Histogram, confusion, counted_people
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.family import Measured

CELLS = ("tp", "fp", "tn", "fn")
RATES = [metric for metric in METRICS if metric.is_rate]
tables = arrays(np.int64, (3, 2, 6), elements=st.integers(0, 50))


def histogram(people: Any) -> Histogram:
    groups = tuple((("team", name),) for name in "abcdefgh"[: len(people)])
    return Histogram(groups, np.arange(1, people.shape[2] + 1), people)


def measure(counted: Histogram, threshold: int) -> Mapping[str, Measured]:
    return metrics.measure(counted_people(counted, threshold), METRICS)


@settings(max_examples=200, deadline=None)
@given(people=tables, threshold=st.integers(1, 6))
def test_every_rate_is_what_counting_people_one_by_one_gives(people: Any, threshold: int) -> None:
    counts, measured = confusion(histogram(people), threshold), measure(histogram(people), threshold)
    assert list(measured) == [metric.name for metric in METRICS]
    for g in range(3):
        slow = dict.fromkeys(CELLS, 0)
        for outcome in (0, 1):
            for place, number in enumerate(people[g, outcome].tolist()):
                high = place + 1 >= threshold
                slow[("tp" if outcome else "fp") if high else ("fn" if outcome else "tn")] += number
        assert {cell: int(counts[cell][g]) for cell in CELLS} == slow
        assert counts["n"][g] == people[g].sum()
        for metric in RATES:
            k = sum(slow[cell] for cell in metric.numerator)
            n = sum(slow[cell] for cell in metric.denominator)
            found = measured[metric.name]
            assert (found.k[g], found.n[g]) == (k, n)
            assert found.value[g] == k / n if n else np.isnan(found.value[g])


@settings(max_examples=200, deadline=None)
@given(people=tables, threshold=st.integers(1, 6))
def test_the_identities_between_metrics_hold(people: Any, threshold: int) -> None:
    measured = measure(histogram(people), threshold)
    for g in range(3):
        value = {name: float(one.value[g]) for name, one in measured.items()}
        for one, other in (("positive", "negative"), ("negative", "positive")):
            a, b = value[f"true_{one}_rate"], value[f"false_{other}_rate"]
            assert np.isnan(a) == np.isnan(b)
            assert np.isnan(a) or a + b == pytest.approx(1, abs=1e-12)
        p, ppv = value["prevalence"], value["positive_predictive_value"]
        fpr, fnr = value["false_positive_rate"], value["false_negative_rate"]
        if 0 < p < 1 and ppv > 0:
            # Chouldechova 2017: with unequal prevalences these three cannot all be equal.
            assert fpr == pytest.approx(p / (1 - p) * (1 - ppv) / ppv * (1 - fnr), abs=1e-12)
        for metric in METRICS:
            found = measured[metric.name]
            low, high = (0, 1) if metric.is_rate else (metric.lowest, metric.highest)
            if not np.isnan(found.low[g]):
                ends = (low is None or low <= found.low[g]) and (high is None or found.high[g] <= high)
                assert ends and found.low[g] <= found.value[g] <= found.high[g]


def test_a_rate_of_nobody_is_not_zero() -> None:
    found = measure(histogram(np.zeros((1, 2, 3), dtype=np.int64)), 2)
    for one in found.values():
        assert one.n[0] == 0
        assert np.isnan([one.value[0], one.low[0], one.high[0]]).all()


def test_a_score_at_the_threshold_is_positive() -> None:
    people = np.array([[[0, 1, 0], [0, 0, 0]]])
    assert confusion(histogram(people), 2)["fp"][0] == 1
    assert confusion(histogram(people), 3)["fp"][0] == 0


def test_each_metric_is_described_in_full_and_in_full_words() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        for text in (metric.label, metric.question, metric.formula, metric.zero, metric.one, metric.misleads):
            assert text
        words = " ".join(
            (metric.name, metric.label, metric.question, metric.zero, metric.one, metric.misleads)
        )
        assert not {"bias", "fair", "fpr", "tpr"} & set(words.lower().replace("_", " ").split())
        assert metric.is_rate == (metric.compute is None)
        # The formula in words is the formula that is computed.
        if metric.is_rate:
            top, _, bottom = metric.formula.partition(" = ")[0].partition(" / ")
            assert set(top.strip("()").split(" + ")) == set(metric.numerator)
            assert set(bottom.strip("()").split(" + ")) == set(metric.denominator)
            assert set(metric.numerator) < set(metric.denominator)


def test_a_metric_that_nobody_asks_for_is_not_computed() -> None:
    def never(_counted: Counted) -> Measured:
        raise AssertionError("it was computed")

    area = next(metric for metric in METRICS if metric.name == "roc_auc")
    rate = next(metric for metric in METRICS if metric.name == "accuracy")
    counted = counted_people(histogram(np.ones((2, 2, 3), dtype=np.int64)), 2)
    measured = metrics.measure(counted, [replace(area, compute=never), rate])
    assert measured["accuracy"].n.tolist() == [6, 6]
    assert list(measured) == ["roc_auc", "accuracy"]
    with pytest.raises(AssertionError, match="it was computed"):
        measured["roc_auc"]
