"""The arithmetic that all metrics share: from counts to values with intervals, for every group at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.counts import MIXED, UNSTATED, WITHHELD, Counted
from hearing_app.evidence.events import event_rate
from hearing_app.evidence.family import Kind, Measured, Metric
from hearing_app.evidence.intervals import Figure, rate_with_limits
from hearing_app.evidence.noise import noisy_rate
from hearing_app.evidence.when_asked import WhenAsked

Whole: TypeAlias = NDArray[np.int64]
SMALL = 30
"""A rate of fewer people than this is too uncertain to compare."""


def measure(counted: Counted, metrics: Iterable[Metric]) -> Mapping[str, Measured]:
    """Each metric of every group, by the metric's name, in the order given.

    A metric is computed when it is first asked for; all shares at once, which takes little more than one, and
    so are others that have most of their arithmetic in common.
    """
    wanted = {metric.name: metric for metric in metrics}
    rates = [one for one in wanted.values() if one.compute is None and one.kind is Kind.SHARE]
    shares: list[dict[str, Measured]] = []
    together: dict[object, Mapping[str, Measured]] = {}

    def make(name: str) -> Measured:
        metric = wanted[name]
        if metric.at_once is not None:
            if metric.at_once not in together:
                together[metric.at_once] = metric.at_once(counted)
            return _protected(counted, metric, together[metric.at_once][name])
        if metric.compute is not None:
            return _protected(counted, metric, metric.compute(counted))
        if metric.kind is Kind.EVENTS:
            return _events(counted, metric)
        if not shares:
            shares.append(_shares(counted, rates))
        return shares[0][name]

    return WhenAsked(wanted, lambda names: [make(name) for name in names])


def share_of(counted: Counted, above: Sequence[str], below: Sequence[str]) -> Figure:
    """The named counts ``above`` as a share of those ``below``, for each group: (value, low, high).

    With Wilson's interval, and what rounding or noise adds to it; NaN where it is not defined, or where
    some of it is withheld.
    """
    k, n = counted.total(above), counted.total(below)
    if counted.variance:
        over, under = (sum(counted.cells[name] for name in names) for names in (above, below))
        figure = noisy_rate(k, n - k, counted.variance, over, under - over)
    else:
        figure = rate_with_limits(k, n)
    basis = counted.basis_of((*above, *below)) if counted.basis else None
    if basis is None:
        return figure
    value, low, high = (np.where(basis >= 0, part, np.nan) for part in figure)
    return value, low, high


def _shares(counted: Counted, metrics: Sequence[Metric]) -> dict[str, Measured]:
    rows = [_counts(counted, metric) for metric in metrics]
    k, n = np.array([k for k, _, _ in rows]), np.array([n for _, n, _ in rows])
    value, low, high = rate_with_limits(k, n)
    if counted.variance:
        above, below = (
            np.stack([sum(counted.cells[name] for name in names) for names in every])
            for every in ([m.numerator for m in metrics], [m.denominator for m in metrics])
        )
        value, low, high = noisy_rate(k, n - k, counted.variance, above, below - above)
    return {
        metric.name: Measured(value[at], low[at], high[at], k[at], n[at], rows[at][2])
        for at, metric in enumerate(metrics)
    }


def _protected(counted: Counted, metric: Metric, found: Measured) -> Measured:
    """A composed figure of protected counts: none where something of it is withheld.

    No interval of these knows of rounding or noise, so that there is none where there is some.
    """
    limits = np.full((2, len(found.value)), np.nan) if counted.variance else (found.low, found.high)
    # What names no counts is made of all of them.
    basis = counted.basis_of(metric.counts or ("n",)) if counted.basis else None
    if basis is None:
        return replace(found, low=limits[0], high=limits[1]) if counted.variance else found
    there = basis >= 0
    value, low, high = (np.where(there, part, np.nan) for part in (found.value, *limits))
    return Measured(value, low, high, np.where(there, found.k, 0), np.where(there, found.n, 0), basis)


def _events(counted: Counted, metric: Metric) -> Measured:
    k, n, basis = _counts(counted, metric)
    value, low, high = event_rate(k, n)
    return Measured(metric.per * value, metric.per * low, metric.per * high, k, n, basis)


def _counts(counted: Counted, metric: Metric) -> tuple[Whole, Whole, Whole | None]:
    """The numerator, the denominator, and where two groups were counted in another way."""
    k, n = counted.total(metric.numerator), counted.total(metric.denominator)
    basis = counted.basis_of(metric.counts) if counted.basis else None
    if basis is None:
        return k, n, None
    # What was counted in two ways, or not stated, must not be shown as a rate of somebody.
    return np.where(basis >= 0, k, 0), np.where(basis >= 0, n, 0), basis


def reason(code: int) -> str:
    """Why a figure is not defined, where not for want of people: "mixed", "unstated", "withheld" or ""."""
    return {MIXED: "mixed", UNSTATED: "unstated", WITHHELD: "withheld"}.get(code, "")
