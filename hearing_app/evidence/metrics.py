"""The arithmetic that all metrics share: from counts to values with intervals, for every group at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hearing_app.evidence.counts import MIXED, UNSTATED, Counted
from hearing_app.evidence.events import event_rate
from hearing_app.evidence.family import Kind, Measured, Metric
from hearing_app.evidence.intervals import rate, wilson

SMALL = 30
"""A rate of fewer people than this is too uncertain to compare."""


def measure(counted: Counted, metrics: Iterable[Metric]) -> dict[str, Measured]:
    """Each metric of every group, by the metric's name, in the order given."""
    return {metric.name: _measure(counted, metric) for metric in metrics}


def _measure(counted: Counted, metric: Metric) -> Measured:
    if metric.compute is not None:
        return metric.compute(counted)
    k, n = counted.total(metric.numerator), counted.total(metric.denominator)
    basis = counted.basis_of(metric.counts)
    if basis is not None:
        # What was counted in two ways, or not stated, must not be shown as a rate of nobody: n stays.
        n_known = np.where(basis >= 0, n, 0)
        k = np.where(basis >= 0, k, 0)
    else:
        n_known = n
    if metric.kind is Kind.EVENTS:
        value, low, high = event_rate(k, n_known)
        return Measured(metric.per * value, metric.per * low, metric.per * high, k, n_known, basis)
    return Measured(rate(k, n_known), *wilson(k, n_known), k, n_known, basis)


def reason(code: int) -> str:
    """Why a figure is not defined, where it is not for want of people: "mixed", "unstated" or ""."""
    return {MIXED: "mixed", UNSTATED: "unstated"}.get(code, "")
