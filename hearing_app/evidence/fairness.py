"""Which definitions of equal treatment hold, differ or cannot be told, and why they seldom all hold.

The names are those of the literature: Verma, S. and Rubin, J. (2018), Fairness definitions explained,
FairWare, lists and compares them. A definition asks for one or more figures to be the same in two groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from hearing_app.evidence.calibration import calibration_differences, outcome_by_score
from hearing_app.evidence.counts import Group, Histogram, confusion
from hearing_app.evidence.curves import Whole
from hearing_app.evidence.intervals import Figure, Floats, newcombe, rate
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.rates import counts_of

MARGIN = 0.05
"""A difference is small enough to be called none within 5 points, or 5 % of the score's range."""

State = Literal["differs", "no clear difference", "cannot be told"]
Reason = Literal["", "wide", "few", "undefined", "definition"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition: the question it asks, and the figures that it wants to be the same.

    ``rates`` are names of ``rates.RATES``, or "misses_among_errors", "outcome_by_score", "score_with" (the
    mean score of people with the outcome) and "score_without".
    """

    name: str
    label: str
    question: str
    rates: tuple[str, ...]
    source: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "demographic_parity",
        "Demographic parity (statistical parity)",
        "Are people of both groups singled out equally often?",
        ("selection_rate",),
        "Dwork et al. 2012; Verma and Rubin 2018",
    ),
    Definition(
        "equal_opportunity",
        "Equal opportunity",
        "Of the people with the recorded outcome, are as many found in both groups?",
        ("true_positive_rate",),
        "Hardt, Price and Srebro 2016",
    ),
    Definition(
        "predictive_equality",
        "Predictive equality",
        "Of the people without the recorded outcome, are as many singled out in both groups?",
        ("false_positive_rate",),
        "Corbett-Davies et al. 2017",
    ),
    Definition(
        "equalized_odds",
        "Equalized odds",
        "Are both kinds of mistakes equally frequent in both groups?",
        ("false_positive_rate", "true_positive_rate"),
        "Hardt, Price and Srebro 2016",
    ),
    Definition(
        "predictive_parity",
        "Predictive parity",
        "Of the people singled out, do as many have the recorded outcome in both groups?",
        ("positive_predictive_value",),
        "Chouldechova 2017",
    ),
    Definition(
        "conditional_use_accuracy_equality",
        "Conditional use accuracy equality",
        "Does the score fit as often among those singled out, and as often among the others, in both groups?",
        ("positive_predictive_value", "negative_predictive_value"),
        "Berk et al. 2018",
    ),
    Definition(
        "overall_accuracy_equality",
        "Overall accuracy equality",
        "Does the score fit what was recorded equally often in both groups?",
        ("accuracy",),
        "Berk et al. 2018",
    ),
    Definition(
        "treatment_equality",
        "Treatment equality",
        "Of all mistakes, are as many of them misses in both groups?",
        ("misses_among_errors",),
        "Berk et al. 2018, as a share of the mistakes",
    ),
    Definition(
        "calibration_within_groups",
        "Calibration within groups",
        "Do people with the same score have the recorded outcome equally often in both groups?",
        ("outcome_by_score",),
        "Kleinberg, Mullainathan and Raghavan 2016; Chouldechova 2017",
    ),
    Definition(
        "balance_for_the_positive_class",
        "Balance for the positive class",
        "Do people with the recorded outcome have the same mean score in both groups?",
        ("score_with",),
        "Kleinberg, Mullainathan and Raghavan 2016",
    ),
    Definition(
        "balance_for_the_negative_class",
        "Balance for the negative class",
        "Do people without the recorded outcome have the same mean score in both groups?",
        ("score_without",),
        "Kleinberg, Mullainathan and Raghavan 2016",
    ),
)
"""All definitions, in the order in which they are shown."""

# At the lowest threshold everybody is singled out and above the highest nobody, whatever the score is worth.
_FIXED = {
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "false_negative_rate",
    "misses_among_errors",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a definition in one group and in the reference group.

    ``difference`` is ``value`` - ``reference``, with its 95 % interval ``low`` to ``high``; NaN where
    undefined. They are shares, or points of the score for a mean score. ``score`` is the score
    that the figure is about, else None. ``margin`` is what still counts as no difference. ``n`` and
    ``n_reference`` are people.
    """

    rate: str
    score: int | None
    value: float
    reference: float
    difference: float
    low: float
    high: float
    n: int
    n_reference: int
    margin: float
    state: State
    reason: Reason


@dataclass(frozen=True, slots=True)
class Held:
    """What can be said of one definition for one group against the reference group.

    "differs": a part differs. "no clear difference": no part does, and all lie within the margin. "cannot be
    told": neither, and ``reason`` says why: "wide" intervals, "few" people, nobody to count ("undefined").
    The reason "definition" marks what is the same at this threshold whatever the score is worth.
    """

    definition: Definition
    group: Group
    state: State
    reason: Reason
    parts: tuple[Part, ...]


def panel(histogram: Histogram, threshold: int, reference: int) -> tuple[Held, ...]:
    """Every definition for every group against the group at index ``reference``, definitions first.

    A part differs where its 95 % interval leaves 0 out, and shows no clear difference where the interval
    holds 0 and lies within the margin. Shares: Newcombe 1998. Mean scores: Welch 1947. The shares at
    every score are compared at once, each at 1 - 0.05 / scores (Dunn 1961), since one of ten would
    differ by chance in four cases of ten; a definition of two figures has plain intervals, so that it
    agrees with the definitions of each.
    """
    figures = {
        name: _figure(histogram, threshold, name, reference) for one in DEFINITIONS for name in one.rates
    }
    return tuple(
        _held(one, histogram.groups[g], [part for name in one.rates for part in figures[name][g]])
        for one in DEFINITIONS
        for g in range(len(histogram.groups))
        if g != reference
    )


def overall(found: Iterable[Held]) -> dict[str, State]:
    """One state for each definition over all groups: "differs" where any does, else what all share."""
    states: dict[str, list[State]] = {}
    for one in found:
        states.setdefault(one.definition.name, []).append(one.state)
    return {name: _worst(of) for name, of in states.items()}


def _worst(states: list[State]) -> State:
    order: tuple[State, ...] = ("differs", "cannot be told", "no clear difference")
    return next(one for one in order if one in states)


def _held(definition: Definition, group: Group, parts: list[Part]) -> Held:
    if not parts:
        return Held(definition, group, "cannot be told", "undefined", ())
    state = _worst([part.state for part in parts])
    reasons = {part.reason for part in parts if part.state == state}
    order: tuple[Reason, ...] = ("undefined", "few", "wide", "definition", "")
    return Held(definition, group, state, next(one for one in order if one in reasons), tuple(parts))


def _figure(histogram: Histogram, threshold: int, name: str, reference: int) -> list[list[Part]]:
    """The parts of one figure for every group."""
    margin: float = MARGIN
    scores: list[int | None] = [None]
    if name == "outcome_by_score":
        found = outcome_by_score(histogram)
        value, n, gap = found.value, found.n, calibration_differences(histogram, reference, together=True)
        scores = histogram.scores.tolist()
    elif name in {"score_with", "score_without"}:
        margin = MARGIN * float(histogram.scores[-1] - histogram.scores[0])
        value, n, gap = _mean_scores(histogram, int(name == "score_with"), reference)
    else:
        value, n, gap = _share(histogram, threshold, name, reference)
    fixed = name in _FIXED and not histogram.scores[0] < threshold <= histogram.scores[-1]
    rows: list[list[Part]] = [[] for _ in histogram.groups]
    for g, parts in enumerate(rows):
        for s, score in enumerate(scores):
            people = int(n[g, s]), int(n[reference, s])
            if score is not None and not any(people):
                continue  # Nobody has this score, so it differs in no way.
            difference, low, high = (float(x[g, s]) for x in gap)
            state, reason = _state((difference, low, high), people, margin, fixed)
            parts.append(
                Part(
                    rate=name,
                    score=score,
                    value=float(value[g, s]),
                    reference=float(value[reference, s]),
                    difference=difference,
                    low=low,
                    high=high,
                    n=people[0],
                    n_reference=people[1],
                    margin=margin,
                    state=state,
                    reason=reason,
                )
            )
    return rows


def _state(
    gap: tuple[float, float, float], people: tuple[int, int], margin: float, fixed: bool
) -> tuple[State, Reason]:
    _, low, high = gap
    if np.isnan(gap).any():
        return "cannot be told", "undefined"
    if fixed:
        return "no clear difference", "definition"
    if min(people) < SMALL:
        return "cannot be told", "few"
    if not low <= 0 <= high:
        return "differs", ""
    if -margin <= low and high <= margin:
        return "no clear difference", ""
    return "cannot be told", "wide"


def _share(histogram: Histogram, threshold: int, name: str, reference: int) -> tuple[Floats, Whole, Figure]:
    counts = confusion(histogram, threshold)
    # Treatment equality asks for a share that is no metric of its own: the misses, of all mistakes.
    found = (
        (counts["fn"], counts["fn"] + counts["fp"])
        if name == "misses_among_errors"
        else counts_of(counts, name)
    )
    k, n = (one[:, None] for one in found)
    at = slice(reference, reference + 1)
    value = rate(k, n)
    return value, n, (value - value[at], *newcombe(k, n, k[at], n[at]))


def _mean_scores(histogram: Histogram, outcome: int, reference: int) -> tuple[Floats, Whole, Figure]:
    """The mean score of people with one outcome: Welch, B. L. (1947), Biometrika 34, 28-35."""
    people = histogram.people[:, outcome]
    n = people.sum(axis=1, keepdims=True)
    mean = rate((people * histogram.scores).sum(axis=1, keepdims=True), n)
    with np.errstate(invalid="ignore", divide="ignore"):
        around = np.where(people > 0, people * (histogram.scores - mean) ** 2, 0)
        share = np.where(n > 1, around.sum(axis=1, keepdims=True) / (n - 1) / n, np.nan)
        total = share + share[reference]
        freedom = total**2 / (share**2 / (n - 1) + share[reference] ** 2 / (n[reference] - 1))
        # Where all have one score, a variance of 0 says nothing of the uncertainty.
        half = np.where(total > 0, stdtrit(freedom, 0.975) * np.sqrt(total), np.nan)
    difference = mean - mean[reference]
    return mean, n, (difference, difference - half, difference + half)
