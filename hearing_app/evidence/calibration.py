"""What a score means: how many with each score have the recorded outcome, in every group."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from hearing_app.errors import Invalid
from hearing_app.evidence.counts import Group, Histogram
from hearing_app.evidence.curves import Whole
from hearing_app.evidence.family import Measured
from hearing_app.evidence.intervals import Figure, Floats, newcombe, rate
from hearing_app.evidence.rates import share

WITHOUT_PROBABILITIES = (
    "This score states no probability, so there is nothing that the records could be held against: an "
    "expected calibration error has no meaning for it. What can be told is whether the same score goes with "
    "the same records in every group."
)


def outcome_by_score(histogram: Histogram) -> Measured:
    """The share with the recorded outcome at every score, shape (groups, scores), with Wilson intervals.

    NaN at a score that nobody of the group has. 0: nobody with this score has the outcome; 1: everybody.
    It misleads at scores with few people, and where the records of a group are less complete.
    """
    k, n = histogram.people[:, 1], histogram.people.sum(axis=1)
    return share(k, n)


def calibration_differences(histogram: Histogram, reference: int, *, together: bool = False) -> Figure:
    """The share of every group minus that of the group at index ``reference``, at every score.

    (value, low, high) of shape (groups, scores); Newcombe's interval, NaN where either has nobody with the
    score. The reference's own row says nothing. With ``together`` the intervals of a group hold all its
    scores at once in 95 of 100 cases: each is at 1 - 0.05 / scores compared (Dunn 1961).
    """
    found = outcome_by_score(histogram)
    k, n = found.k, found.n
    at = slice(reference, reference + 1)
    z = np.full((len(histogram.groups), 1), NormalDist().inv_cdf(0.975))
    if together:
        compared = np.maximum(((n > 0) & (n[at] > 0)).sum(axis=1), 1)
        z = np.array([[NormalDist().inv_cdf(1 - 0.025 / int(number))] for number in compared])
    limits = [newcombe(k[g], n[g], k[reference], n[reference], float(z[g, 0])) for g in range(len(k))]
    low, high = (np.stack([one[end] for one in limits]).reshape(k.shape) for end in (0, 1))
    return found.value - found.value[at], low, high


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """Every group against the reference at the same scores; arrays of shape (groups,).

    ``value`` is the mean difference of the shares with the outcome, weighted by the people of both groups
    with each score; ``low`` and ``high`` its 95 % interval. ``apart`` is the same of the differences without
    their sign: at least as large, and more than 0 by chance alone. ``left_out`` is the share of the two
    groups' people whose score only one of them has. NaN where the groups share no score.
    """

    groups: tuple[Group, ...]
    value: Floats
    low: Floats
    high: Floats
    apart: Floats
    left_out: Floats


def standardised_difference(histogram: Histogram, reference: int) -> Standardised:
    """At the same scores, how much more often a group has the outcome on record than the reference group.

    Direct standardisation: sum over scores of w_s (rate_gs - rate_rs), with w_s the share of both groups'
    people at score s. The interval is MOVER for a sum of independent rates on their Wilson limits: Zou,
    G. Y., Huang, W. and Zhang, X. (2009), A note on confidence interval estimation for a linear function of
    binomial proportions, Computational Statistics and Data Analysis 53, 1080-1085; the weights are fixed.

    0: the same, on average over the scores. 1: always in this group, never in the other. It misleads where
    a difference has one sign at low and another at high scores: then look at ``apart`` and every score.
    """
    found = outcome_by_score(histogram)
    n, p = found.n, found.value
    both = (n > 0) & (n[reference] > 0)
    people = np.where(both, n + n[reference], 0)
    total = people.sum(axis=1, keepdims=True)
    weights = rate(people, np.broadcast_to(total, people.shape))
    with np.errstate(invalid="ignore"):
        apart = p - p[reference]
        below = (p - found.low) ** 2 + (found.high[reference] - p[reference]) ** 2
        above = (found.high - p) ** 2 + (p[reference] - found.low[reference]) ** 2
    value, absolute, down, up = (
        np.where(both, weight * part, 0).sum(axis=1)
        for part, weight in (
            (apart, weights),
            (np.abs(apart), weights),
            (below, weights**2),
            (above, weights**2),
        )
    )
    known = total[:, 0] > 0
    value, absolute = np.where(known, value, np.nan), np.where(known, absolute, np.nan)
    everybody = n.sum(axis=1) + n[reference].sum()
    return Standardised(
        histogram.groups,
        value,
        value - np.sqrt(down),
        value + np.sqrt(up),
        absolute,
        1 - rate(total[:, 0], everybody),
    )


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationError:
    """The mean distance between what is recorded and what is expected at each score; shape (groups,).

    ``value`` is sum over scores of n_gs / n_g |rate_gs - expected_s|: 0 is the expected share at every
    score, 1 the opposite. ``by_chance`` is the mean that ``value`` would have if every group had exactly the
    expected shares, taken as known: with few people it is far above 0, so that only what exceeds it speaks.
    ``people`` are the people of the group.
    """

    groups: tuple[Group, ...]
    value: Floats
    by_chance: Floats
    people: Whole


def expected_calibration_error(histogram: Histogram, probabilities: ArrayLike) -> CalibrationError:
    """The distance between the recorded shares and the probabilities that the score states.

    ``probabilities`` has one for each score, 0 to 1 (else ``Invalid``). A score that states none (tenths,
    points) has no such error: see ``WITHOUT_PROBABILITIES`` and ``group_calibration_error``. Naeini, M. P.,
    Cooper, G. F. and Hauskrecht, M. (2015), Obtaining well calibrated probabilities using Bayesian binning,
    AAAI, 2901-2907.
    """
    stated = np.asarray(probabilities, dtype=np.float64)
    if stated.shape != histogram.scores.shape or not ((stated >= 0) & (stated <= 1)).all():
        raise Invalid(
            f"A probability from 0 to 1 is needed for each of the {len(histogram.scores)} scores.",
            next_step="Please state them all, or look at the difference between groups.",
        )
    return _error(histogram, stated)


def group_calibration_error(histogram: Histogram, *, rising: bool = False) -> CalibrationError:
    """The distance between a group's recorded shares and those of everyone with the same score.

    A calibration error needs probabilities; this holds each group against all groups together instead, and
    says whether the score means the same in it. With ``rising`` the shares of everyone are first smoothed
    so that they never fall as the score rises (isotonic regression). A group that makes up most of everyone
    is held against itself: compare it by ``standardised_difference``.
    """
    together = histogram.people.sum(axis=0)
    n = together.sum(axis=0)
    shares = rate(together[1], n)
    return _error(histogram, isotonic(shares, n) if rising else shares)


def isotonic(shares: Floats, people: Whole) -> Floats:
    """The shares that never fall and are closest to ``shares``, weighted by people; NaN stays NaN.

    Pooling of adjacent violators: Ayer, M. et al. (1955), An empirical distribution function for sampling
    with incomplete information, Annals of Mathematical Statistics 26, 641-647.
    """
    known = np.flatnonzero(people > 0)
    blocks: list[list[float]] = []  # sum, weight, scores
    for s in known.tolist():
        blocks.append([float(shares[s]) * int(people[s]), int(people[s]), 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    smooth = np.full(len(shares), np.nan)
    smooth[known] = np.repeat([total / weight for total, weight, _ in blocks], [int(b[2]) for b in blocks])
    return smooth


def _error(histogram: Histogram, expected: Floats) -> CalibrationError:
    found = outcome_by_score(histogram)
    people = found.n.sum(axis=1)
    some = found.n > 0
    distance = np.where(some, found.n * np.abs(found.value - expected), 0)
    chance = np.where(some, _mean_distance(found.n, np.broadcast_to(expected, found.n.shape)), 0)
    return CalibrationError(
        histogram.groups, rate(distance.sum(axis=1), people), rate(chance.sum(axis=1), people), people
    )


def _mean_distance(n: Whole, p: Floats) -> Floats:
    """The mean of |k - n p| for k binomial: 2 v C(n, v) p^v (1 - p)^(n - v + 1), with v = floor(n p) + 1.

    De Moivre 1730; Diaconis, P. and Zabell, S. (1991), Closed form summation for classical distributions,
    Statistical Science 6, 284-302.
    """
    spread = (p > 0) & (p < 1) & (n > 0)
    q = np.where(spread, p, 0.5)
    v = np.floor(n * q) + 1
    inside = spread & (v <= n)
    top = np.where(inside, v, 1)
    of = np.where(inside, n, 1)
    chosen = gammaln(of + 1) - gammaln(top + 1) - gammaln(of - top + 1)
    log = np.log(2 * top) + chosen + top * np.log(q) + (of - top + 1) * np.log1p(-q)
    mean: NDArray[np.float64] = np.where(inside, np.exp(log), 0.0)
    return mean
