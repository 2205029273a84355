"""Why equal error rates and equal predictive values exclude each other where prevalences differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hearing_app.evidence.counts import Group, Histogram, confusion
from hearing_app.evidence.family import Measured
from hearing_app.evidence.intervals import Floats, newcombe
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.rates import counts_of, share


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """FPR = p / (1 - p) x (1 - PPV) / PPV x (1 - FNR), for every group; arrays of shape (groups,).

    Chouldechova, A. (2017), Fair prediction with disparate impact, Big Data 5, 153-163, equation 2.6.
    ``follows`` is the right side, NaN where PPV is 0 or undefined or p is 1. ``with_reference`` is the
    right side with the group's own p and the reference group's PPV and FNR: the FPR that the group would have
    if those two were the same in both. More than 1 means that they cannot be.
    """

    groups: tuple[Group, ...]
    prevalence: Measured
    predictive_value: Measured
    false_negative_rate: Measured
    false_positive_rate: Measured
    follows: Floats
    with_reference: Floats


def identity(histogram: Histogram, threshold: int, reference: int) -> Identity:
    """The identity at one threshold, with the group at index ``reference`` for the comparison."""
    counts = confusion(histogram, threshold)
    names = ("prevalence", "positive_predictive_value", "false_negative_rate", "false_positive_rate")
    prevalence, right, missed, wrongly = (share(*counts_of(counts, name)) for name in names)
    return Identity(
        histogram.groups,
        prevalence,
        right,
        missed,
        wrongly,
        _follows(prevalence.value, right.value, missed.value),
        _follows(prevalence.value, right.value[reference], missed.value[reference]),
    )


def _follows(p: Floats, ppv: Floats, fnr: Floats) -> Floats:
    below = (1 - p) * ppv
    found: Floats = np.divide(
        p * (1 - ppv) * (1 - fnr), below, out=np.full(np.shape(p), np.nan), where=np.asarray(below > 0)
    )
    return found


def why_not_all(
    found: Identity,
    group: int,
    reference: int,
    *,
    name: Callable[[Group], str],
    positive: str,
    negative: str,
) -> tuple[str, ...]:
    """Plain sentences on whether the definitions can all hold for two groups, with their numbers.

    ``group`` and ``reference`` are indices; ``name`` gives a group's plural ("Black defendants"),
    ``positive`` and ``negative`` are the outcome in the past tense ("were re-arrested within two years").
    """
    one, other = name(found.groups[group]), name(found.groups[reference])
    p, pair = found.prevalence, [group, reference]
    if not p.n[pair].all():
        return ("In one of the two groups nobody is counted: nothing can be said here.",)
    if p.n[pair].min() < SMALL:
        counts = " and ".join(f"{p.n[at]} {who}" for at, who in zip(pair, (one, other), strict=True))
        return (f"There are too few people to compare: {counts}.",)
    shares = f"Of 100 {one}, {_about(p, group)} {positive}; of 100 {other}, {_about(p, reference)}."
    return (shares, *_why(found, group, reference, (one, other), (positive, negative)))


def _why(
    found: Identity, group: int, reference: int, names: tuple[str, str], outcomes: tuple[str, str]
) -> tuple[str, ...]:
    """What follows from the two shares, where enough people are behind them."""
    p, pair, (positive, negative) = found.prevalence, [group, reference], outcomes
    wrongly, missed = found.false_positive_rate, found.false_negative_rate
    if np.isnan([*found.follows[pair], found.with_reference[group]]).any():
        return (
            f"In one of the two groups nobody who {positive} is singled out, or nobody is there who "
            f"{negative}: nothing can be said of the three figures together.",
        )
    if not (wrongly.k[pair] + missed.k[pair]).any():
        return (
            "The score makes no mistake in either group. Then equal error rates and equal predictive values "
            "hold together, whatever these shares are.",
        )
    if not wrongly.k[pair].any():
        return (
            f"Nobody who {negative} is singled out in either group. Then equal error rates and equal "
            "predictive values do not exclude each other, whatever these shares are.",
        )
    low, high = newcombe(p.k[group], p.n[group], p.k[reference], p.n[reference])
    if low <= 0 <= high:
        return (
            "These shares do not clearly differ. Where they are the same, equal error rates and equal "
            "predictive values do not exclude each other.",
        )
    return _what_differs(found, group, reference, names, outcomes)


def _what_differs(
    found: Identity, group: int, reference: int, names: tuple[str, str], outcomes: tuple[str, str]
) -> tuple[str, ...]:
    """Why the three cannot all be the same, with the figures where enough people are behind them."""
    (one, other), (positive, negative) = names, outcomes
    wrongly, figures = found.false_positive_rate, (found.predictive_value, found.false_negative_rate)
    first = (
        "These shares differ, and the score makes mistakes. Then three things cannot all be the same in both "
        f"groups: how many of those singled out {positive}, how many of those who {positive} are missed, and "
        f"how many of those who {negative} are singled out (Chouldechova 2017)."
    )
    if min(*(figure.n[reference] for figure in figures), *wrongly.n[[group, reference]]) < SMALL:
        return first, "There are too few people to say what one of these would make of the others."
    follows = found.with_reference[group]
    would = f"about {_hundred(follows)} of 100" if follows <= 1 else "more than all"
    right, lost = (_hundred(figure.value[reference]) for figure in figures)
    return (
        first,
        f"If the first two were for {one} what they are for {other} ({right} and {lost} of 100), {would} "
        f"{one} who {negative} would be singled out. It is {_about(wrongly, group)} of 100 now, and "
        f"{_about(wrongly, reference)} of 100 {other}.",
        "For the same reason a score that states chances, and is right about them in both groups, cannot "
        f"also have the same mean in both for those who {positive}, and for those who {negative} "
        "(Kleinberg, Mullainathan and Raghavan 2016).",
    )


def _about(found: Measured, at: int) -> str:
    low, high = _hundred(found.low[at]), _hundred(found.high[at])
    return f"about {_hundred(found.value[at])} ({low} to {high})"


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}"
