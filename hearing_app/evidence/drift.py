"""Whether a rate or a spread of scores has changed between periods.

The last axis of every array of counts holds the periods (or, for ``stability_index``, the scores); the axes
before it, groups for instance, are kept. A period with nobody is undefined: it is no period with a rate of 0
and counts in no test. What is undefined is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, chdtrc, chdtri, erfc

from hearing_app.evidence.intervals import Floats, rate
from hearing_app.evidence.multiplicity import adjusted, score_test


@dataclass(frozen=True, slots=True, eq=False)
class Homogeneity:
    """The test that all periods have one rate; arrays of shape (...).

    ``periods`` are those with people in them. ``least_expected`` is the smallest number of people with or
    without the event that any period would have at the common rate: under 5 the p-value is a rough one.
    """

    chi_squared: Floats
    p: Floats
    periods: Floats
    least_expected: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """Every period against limits around a centre; ``centre`` has shape (...), the others (..., periods).

    ``low`` and ``high`` are the lowest and highest rate that a period of its size may have and still be
    within. ``side`` is -1 for a period below them, 1 above, 0 within, NaN for a period of nobody.
    """

    centre: Floats
    low: Floats
    high: Floats
    side: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """The population stability index; arrays of shape (...).

    ``by_chance`` is what is expected, and ``limit`` what is exceeded 1 time in 20, if nothing has changed.
    """

    value: Floats
    by_chance: Floats
    limit: Floats


def homogeneity(k: ArrayLike, n: ArrayLike) -> Homogeneity:
    """Pearson's chi-squared test that ``k`` of ``n`` people come from one rate in all periods.

    Pearson, K. (1900), Philosophical Magazine 50, 157-175; one degree of freedom less than periods with
    people. Undefined with fewer than two of them. Where nobody or everybody has the event, p is 1.
    """
    k, n = _counts(k, n)
    pooled = rate(k.sum(axis=-1), n.sum(axis=-1))[..., None]
    expected, otherwise = n * pooled, n * (1 - pooled)
    variance = expected * (1 - pooled)
    terms = np.divide((k - expected) ** 2, variance, out=np.zeros_like(variance), where=variance > 0)
    periods = np.sum(n > 0, axis=-1).astype(np.float64)
    enough = periods > 1
    chi_squared = np.where(enough, terms.sum(axis=-1), np.nan)
    p = np.where(enough, chdtrc(np.maximum(periods - 1, 1), chi_squared), np.nan)
    some = np.where(n > 0, np.minimum(expected, otherwise), np.inf)
    least = some.min(axis=-1, initial=np.inf)
    return Homogeneity(chi_squared, p, periods, np.where(enough, least, np.nan))


def trend(k: ArrayLike, n: ArrayLike, times: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """(z, p) of a steady rise or fall of the rate: z is positive where it rises; both of shape (...).

    ``times``, shape (periods,), says when each period lies; 0, 1, 2, ... by default. The test of Cochran, W.
    G. (1954), Some methods for strengthening the common chi-squared tests, Biometrics 10, 417-451, and
    Armitage, P. (1955), Tests for linear trends in proportions and frequencies, Biometrics 11, 375-386,
    two-sided. A rise that falls back again escapes it: read it beside ``homogeneity``.
    """
    k, n = _counts(k, n)
    at = np.arange(k.shape[-1], dtype=np.float64) if times is None else np.asarray(times, np.float64)
    people = n.sum(axis=-1)
    pooled = rate(k.sum(axis=-1), people)
    away = at - rate((n * at).sum(axis=-1), people)[..., None]
    spread = (n * away**2).sum(axis=-1)
    variance = pooled * (1 - pooled) * spread
    z = (k * away).sum(axis=-1) / np.sqrt(np.where(variance > 0, variance, 1.0))
    # Nobody or everybody has the event: no trend to be seen, and no chance of one either.
    z = np.where(variance > 0, z, 0.0)
    z = np.where((np.sum(n > 0, axis=-1) > 1) & (spread > 0), z, np.nan)
    return z, erfc(np.abs(z) / np.sqrt(2))


def control(k: ArrayLike, n: ArrayLike, centre: ArrayLike | None = None, tail: float = 0.00135) -> Control:
    """A p-chart with exact binomial limits: which periods lie outside what chance allows around ``centre``.

    The chart is that of Shewhart, W. A. (1931), Economic control of quality of manufactured product; each
    side of its limits holds ``tail`` of the binomial distribution at most, which is what three standard
    deviations leave of a normal one. Those would reach below 0 in small periods. ``centre``, shape (...), is
    the rate that was agreed on or seen before; without one it is the rate of all periods together, to which
    an unusual period contributes.
    """
    k, n = _counts(k, n)
    usual = rate(k.sum(axis=-1), n.sum(axis=-1)) if centre is None else np.asarray(centre, np.float64)
    usual = np.broadcast_to(usual, k.shape[:-1])
    known = (n > 0) & ~np.isnan(usual)[..., None]
    p = np.where(known, usual[..., None], 0.5)
    some = np.where(known, n, 1.0)
    least, most = _quantile(tail, some, p), _quantile(1 - tail, some, p)
    side = np.where(k < least, -1.0, np.where(k > most, 1.0, 0.0))
    return Control(
        np.array(usual),
        np.where(known, least / some, np.nan),
        np.where(known, most / some, np.nan),
        np.where(known, side, np.nan),
    )


def periods_apart(k: ArrayLike, n: ArrayLike) -> Floats:
    """The p-value of each period against all others together, adjusted for their number (..., periods).

    The score test, after Benjamini and Hochberg (1995): see ``multiplicity``. NaN for a period of nobody, or
    where no other has anybody.
    """
    k, n = _counts(k, n)
    return adjusted(score_test(k, n, k.sum(-1, keepdims=True) - k, n.sum(-1, keepdims=True) - n))


def stability_index(before: ArrayLike, after: ArrayLike) -> Stability:
    """How far the spread of scores has moved: the sum of (a - b) ln(a / b) over the shares at each score.

    ``before`` and ``after`` count people by score, shape (..., scores). The index is symmetric; it is the
    divergence of Jeffreys, H. (1946), Proceedings of the Royal Society A 186, 453-461, under the name used
    for credit scores: Siddiqi, N. (2006), Credit risk scorecards, Wiley, whose rule of thumb (0.1, 0.25)
    takes no account of the number of people. If nothing has changed, it is about chi-squared with one degree
    of freedom less than scores in use, times 1/n + 1/m: Yurdakul, B. (2018), Statistical properties of
    population stability index, dissertation, Western Michigan University. With 50 people in each of two
    periods and ten scores, 0.36 is expected of chance alone.

    It says that scores moved, not whether the people, their records or the system changed. Undefined where a
    score is held by somebody in one period and nobody in the other, which makes it infinite (put scores
    together first), and where a period has nobody.
    """
    before, after = np.broadcast_arrays(np.asarray(before, np.float64), np.asarray(after, np.float64))
    n, m = before.sum(axis=-1), after.sum(axis=-1)
    b, a = rate(before, n[..., None]), rate(after, m[..., None])
    used = (before > 0) | (after > 0)
    both = (before > 0) & (after > 0)
    terms = (a - b) * np.log(np.where(both, a, 1.0) / np.where(both, b, 1.0))
    defined = np.all(both == used, axis=-1) & (n > 0) & (m > 0)
    value = np.where(defined, np.where(both, terms, 0.0).sum(axis=-1), np.nan)
    freedom = np.sum(used, axis=-1) - 1.0
    scale = np.where(defined, rate(1.0, n) + rate(1.0, m), np.nan)
    limit = np.where(freedom > 0, chdtri(np.maximum(freedom, 1), 0.05), 0.0) * scale
    return Stability(value, freedom * scale, limit)


def _counts(k: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    k, n = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    if k.ndim == 0:
        raise ValueError("the last axis holds the periods")
    return k, n


def _quantile(share: float, n: Floats, p: Floats) -> Floats:
    """The smallest count that at least ``share`` of the binomial distribution does not exceed, by halving."""
    people = n.astype(np.int64)
    low, high = np.full(n.shape, -1.0), n  # not enough; enough
    for _ in range(int(n.max(initial=1)).bit_length() + 1):
        middle = np.floor((low + high) / 2)
        enough = bdtr(np.maximum(middle, 0), people, p) >= share
        enough &= middle >= 0
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high
