"""Every metric of a risk score: one row of a table each, and the arithmetic that they share.

A person is counted once, by outcome and by whether the score is at or above the threshold:

    tp  outcome recorded, score at or above the threshold     fn  outcome recorded, score below
    fp  no outcome recorded, score at or above                tn  no outcome recorded, score below
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearing_app.evidence.auc import area_under_curve
from hearing_app.evidence.counts import Histogram
from hearing_app.evidence.intervals import Floats, rate, wilson

SMALL = 30
"""A rate of fewer people than this is too uncertain to compare."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: how it is computed, what it says in words, and when it misleads.

    ``choice`` is its name in a list of choices, short enough for a phone; its places are {positive} and
    {negative} for the outcome's short words.

    ``numerator`` and ``denominator`` name the counts that are added up; both are empty for a metric that
    is not a rate. ``among`` and ``event`` make the sentence "Of 100 defendants {among}, about 45 {event}";
    their places are {positive} and {negative} for the outcome, {decided} and {undecided} for the decision.
    """

    name: str
    label: str
    choice: str
    question: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    among: str
    event: str
    formula: str
    zero: str
    one: str
    misleads: str

    @property
    def is_rate(self) -> bool:
        """Whether it is a number of people divided by a number of people."""
        return bool(self.denominator)

    @property
    def uses_threshold(self) -> bool:
        """Whether it changes with the threshold: not if it takes people above and below it alike."""
        return any(
            ("tp" in cells) != ("fn" in cells) or ("fp" in cells) != ("tn" in cells)
            for cells in (self.numerator, self.denominator)
        )

    @property
    def at_lowest(self) -> float | None:
        """Its value at the lowest threshold where that is so by definition: nobody is below it; else None."""
        above, people = ({"tp", "fp"}.intersection(cells) for cells in (self.numerator, self.denominator))
        if not people or (above and above != people):
            return None
        return 1.0 if above else 0.0


METRICS: tuple[Metric, ...] = (
    Metric(
        name="accuracy",
        label="Accuracy",
        choice="Of everyone: score fits the record",
        question="How often does the score fit what was recorded later?",
        numerator=("tp", "tn"),
        denominator=("tp", "fp", "tn", "fn"),
        among="",
        event="had a score that fits what was recorded later",
        formula="(tp + tn) / (tp + fp + tn + fn)",
        zero="The score fits nobody's record.",
        one="The score fits everybody's record.",
        misleads=(
            "It adds two kinds of mistakes that weigh differently, and hides which group bears which. Where "
            "an outcome is rare, a score that never predicts it is nearly always “accurate”."
        ),
    ),
    Metric(
        name="selection_rate",
        label="Selection rate",
        choice="Of everyone: singled out",
        question="How many people does the score single out?",
        numerator=("tp", "fp"),
        denominator=("tp", "fp", "tn", "fn"),
        among="",
        event="{decided}",
        formula="(tp + fp) / (tp + fp + tn + fn)",
        zero="Nobody is at or above the threshold.",
        one="Everybody is at or above the threshold.",
        misleads=(
            "It says nothing of whether the score was right. Groups with different recorded outcomes get "
            "different rates from a score without any mistake."
        ),
    ),
    Metric(
        name="prevalence",
        label="Prevalence",
        choice="Of everyone: {positive}",
        question="How common is the recorded outcome?",
        numerator=("tp", "fn"),
        denominator=("tp", "fp", "tn", "fn"),
        among="",
        event="{positive}",
        formula="(tp + fn) / (tp + fp + tn + fn)",
        zero="The outcome was recorded for nobody.",
        one="The outcome was recorded for everybody.",
        misleads=(
            "It is a property of the records and not of the score. Where police look more often, more is "
            "recorded."
        ),
    ),
    Metric(
        name="false_positive_rate",
        label="False positive rate",
        choice="Of those {negative}: singled out",
        question="Of the people without the recorded outcome, how many did the score single out?",
        numerator=("fp",),
        denominator=("fp", "tn"),
        among="who {negative}",
        event="{decided}",
        formula="fp / (fp + tn)",
        zero="Nobody without the outcome is singled out.",
        one="Everybody without the outcome is singled out.",
        misleads=(
            "It rises for everyone when the threshold falls, so compare it at one threshold. It also differs "
            "between groups whose scores are spread differently, even where a score means the same in both."
        ),
    ),
    Metric(
        name="false_negative_rate",
        label="False negative rate",
        choice="Of those {positive}: not singled out",
        question="Of the people with the recorded outcome, how many did the score miss?",
        numerator=("fn",),
        denominator=("tp", "fn"),
        among="who {positive}",
        event="{undecided}",
        formula="fn / (tp + fn)",
        zero="Nobody with the outcome is missed.",
        one="Everybody with the outcome is missed.",
        misleads=(
            "It falls when more people are singled out, rightly or wrongly: read it beside the false "
            "positive rate. Outcomes that were never recorded are not in it."
        ),
    ),
    Metric(
        name="true_positive_rate",
        label="True positive rate (sensitivity, recall)",
        choice="Of those {positive}: singled out",
        question="Of the people with the recorded outcome, how many did the score single out?",
        numerator=("tp",),
        denominator=("tp", "fn"),
        among="who {positive}",
        event="{decided}",
        formula="tp / (tp + fn) = 1 - false negative rate",
        zero="Nobody with the outcome is singled out.",
        one="Everybody with the outcome is singled out.",
        misleads="A score that singles out everybody reaches 1: read it beside the false positive rate.",
    ),
    Metric(
        name="true_negative_rate",
        label="True negative rate (specificity)",
        choice="Of those {negative}: not singled out",
        question="Of the people without the recorded outcome, how many did the score leave alone?",
        numerator=("tn",),
        denominator=("fp", "tn"),
        among="who {negative}",
        event="{undecided}",
        formula="tn / (fp + tn) = 1 - false positive rate",
        zero="Everybody without the outcome is singled out.",
        one="Nobody without the outcome is singled out.",
        misleads="A score that singles out nobody reaches 1: read it beside the false negative rate.",
    ),
    Metric(
        name="positive_predictive_value",
        label="Positive predictive value (precision)",
        choice="Of those singled out: {positive}",
        question="Of the people singled out, how many have the recorded outcome?",
        numerator=("tp",),
        denominator=("tp", "fp"),
        among="who {decided}",
        event="{positive}",
        formula="tp / (tp + fp)",
        zero="Nobody who is singled out has the outcome.",
        one="Everybody who is singled out has the outcome.",
        misleads=(
            "It depends on how common the outcome is. Two groups can have the same value while one of them "
            "bears far more false positives (Chouldechova 2017)."
        ),
    ),
    Metric(
        name="negative_predictive_value",
        label="Negative predictive value",
        choice="Of those not singled out: {negative}",
        question="Of the people not singled out, how many are without the recorded outcome?",
        numerator=("tn",),
        denominator=("tn", "fn"),
        among="who {undecided}",
        event="{negative}",
        formula="tn / (tn + fn)",
        zero="Everybody who is not singled out has the outcome.",
        one="Nobody who is not singled out has the outcome.",
        misleads="It depends on how common the outcome is: where it is rare, any score comes close to 1.",
    ),
    Metric(
        name="roc_auc",
        label="Area under the ROC curve",
        choice="Whether scores are in the right order",
        question="How often does a person with the recorded outcome score above a person without it?",
        numerator=(),
        denominator=(),
        among="",
        event="",
        formula="(pairs in which the person with the outcome scores higher + half of the ties) / all pairs",
        zero="Everybody with the outcome scores below everybody without it.",
        one="Everybody with the outcome scores above everybody without it; 0.5 is a coin toss.",
        misleads=(
            "It is about the order within one group at all thresholds at once. Two groups can have the same "
            "value while one has far higher scores and far more false positives at the threshold in use."
        ),
    ),
)
"""All metrics, in the order in which they are shown."""

RATES = tuple(metric for metric in METRICS if metric.is_rate)
BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}

CELLS = ("tp", "fp", "tn", "fn")


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One metric for every group; all arrays have the shape (groups,).

    ``value``, ``low`` and ``high`` are float64, NaN where undefined. ``n`` (int64) is the number of people
    that the value rests on: a rate's denominator, and for the area under the curve the smaller of the two
    outcomes' numbers. ``k`` is a rate's numerator.
    """

    value: Floats
    low: Floats
    high: Floats
    k: NDArray[np.int64]
    n: NDArray[np.int64]


def confusion(histogram: Histogram, threshold: int) -> dict[str, NDArray[np.int64]]:
    """The counts n, tp, fp, tn and fn of every group: int64 arrays of shape (groups,).

    A score at or above ``threshold`` is a positive prediction.
    """
    above = histogram.scores >= threshold
    high = histogram.people[:, :, above].sum(axis=2)
    low = histogram.people[:, :, ~above].sum(axis=2)
    tp, fp, tn, fn = high[:, 1], high[:, 0], low[:, 0], low[:, 1]
    return {"n": tp + fp + tn + fn, "tp": tp, "fp": fp, "tn": tn, "fn": fn}


def measure(histogram: Histogram, threshold: int) -> dict[str, Measured]:
    """Every metric of every group at one threshold, by the metric's name, in the order of ``METRICS``."""
    counts = confusion(histogram, threshold)
    measured = {}
    for metric in METRICS:
        if not metric.is_rate:
            measured[metric.name] = _area(histogram)
            continue
        k = sum((counts[cell] for cell in metric.numerator), np.zeros_like(counts["n"]))
        n = sum((counts[cell] for cell in metric.denominator), np.zeros_like(counts["n"]))
        measured[metric.name] = Measured(rate(k, n), *wilson(k, n), k, n)
    return measured


def _area(histogram: Histogram) -> Measured:
    negatives, positives = histogram.people[:, 0], histogram.people[:, 1]
    value, low, high = area_under_curve(positives, negatives)
    n = np.minimum(positives.sum(axis=1), negatives.sum(axis=1))
    return Measured(value, low, high, np.zeros_like(n), n)
