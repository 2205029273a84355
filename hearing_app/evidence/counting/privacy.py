"""Differential privacy: noise from the two-sided geometric distribution, drawn by OpenDP."""

from __future__ import annotations

import importlib
import math
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import HearingError


class NotInstalled(HearingError):
    """The part that draws the noise is not installed."""

    title = "A part of the software is missing"


def noised(counts: NDArray[np.int64], epsilon: float) -> NDArray[np.int64]:
    """Add independent noise to every cell of one table, so that the table is ``epsilon``-private.

    Each person stands in exactly one cell of a table, so that adding or leaving out one person changes the
    table by 1 (its L1 sensitivity). The noise is a whole number k with the chance proportional to
    exp(-epsilon |k|): the discrete Laplace mechanism (Ghosh, Roughgarden and Sundararajan, 2009), drawn from
    the operating system's randomness. OpenDP itself confirms the epsilon from its privacy map, or the call
    fails. Results may be below 0.

    Raises ``NotInstalled`` where OpenDP is not there.
    """
    dp = _opendp()
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    mechanism = dp.m.make_laplace(*space, scale=1.0 / epsilon)
    if mechanism.map(1) > epsilon * (1 + 1e-9):
        raise HearingError(
            "The noise does not give the privacy that was asked for.", kept="Nothing was written."
        )
    found = np.array(mechanism(counts.ravel().tolist()), dtype=np.int64)
    return found.reshape(counts.shape)


def spread(epsilon: float) -> float:
    """The standard deviation of the noise of one cell: sqrt(2 a) / (1 - a), with a = exp(-epsilon)."""
    a = math.exp(-epsilon)
    return math.sqrt(2 * a) / (1 - a)


def require_opendp() -> None:
    """Refuse at once where the noise could not be drawn at the end."""
    _opendp()


def _opendp() -> ModuleType:
    try:
        # A heavy part, which only this protection needs.
        dp = importlib.import_module("opendp.prelude")
    except ImportError:
        raise NotInstalled(
            "Differential privacy needs OpenDP, which is not installed.",
            kept="Nothing was written.",
            next_step="Install it: pip install 'hearing-app[privacy]'. Or choose another protection.",
        ) from None
    dp.enable_features("contrib")
    return dp
