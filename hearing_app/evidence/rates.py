"""The rates of a risk score: which of the four cells stand above the line and which below.

tp  outcome recorded, singled out        fn  outcome recorded, not singled out
fp  no outcome recorded, singled out     tn  no outcome recorded, not singled out
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.family import Measured
from hearing_app.evidence.intervals import rate, wilson

Cells = tuple[str, ...]

RATES: Mapping[str, tuple[Cells, Cells]] = {
    "accuracy": (("tp", "tn"), ("tp", "fp", "tn", "fn")),
    "selection_rate": (("tp", "fp"), ("tp", "fp", "tn", "fn")),
    "prevalence": (("tp", "fn"), ("tp", "fp", "tn", "fn")),
    "false_positive_rate": (("fp",), ("fp", "tn")),
    "false_negative_rate": (("fn",), ("tp", "fn")),
    "true_positive_rate": (("tp",), ("tp", "fn")),
    "true_negative_rate": (("tn",), ("fp", "tn")),
    "positive_predictive_value": (("tp",), ("tp", "fp")),
    "negative_predictive_value": (("tn",), ("tn", "fn")),
}
"""The cells above and below the line of each rate, by the metric's name."""


def counts_of(
    cells: Mapping[str, NDArray[np.int64]], name: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numerator and denominator of one of ``RATES``, in the shape of the cells; ``KeyError`` otherwise."""
    above, below = (sum((cells[cell] for cell in part), np.zeros_like(cells["tp"])) for part in RATES[name])
    return above, below


def share(k: NDArray[np.int64], n: NDArray[np.int64]) -> Measured:
    """``k`` of ``n`` as a rate with its 95 % interval (Wilson 1927), in their shape; NaN where ``n`` is 0."""
    return Measured(rate(k, n), *wilson(k, n), k, n)
