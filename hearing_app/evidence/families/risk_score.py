"""Risk scores: people by score and recorded outcome, and a threshold that singles some of them out.

A person is counted once, by outcome and by whether the score is at or above the threshold:

    tp  outcome recorded, score at or above the threshold     fn  outcome recorded, score below
    fp  no outcome recorded, score at or above                tn  no outcome recorded, score below
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hearing_app.evidence.auc import area_under_curve
from hearing_app.evidence.composed import COMPOSED, Composed, composed
from hearing_app.evidence.counts import Counted
from hearing_app.evidence.exhibits.scores import EXHIBITS
from hearing_app.evidence.exhibits.time import OVER_TIME, STABILITY
from hearing_app.evidence.family import Count, Family, Kind, Measured, Metric
from hearing_app.evidence.rates import RATES


def _area(counted: Counted) -> Measured:
    histogram = counted.scored
    negatives, positives = histogram.people[:, 0], histogram.people[:, 1]
    value, low, high = area_under_curve(positives, negatives)
    n = np.minimum(positives.sum(axis=1), negatives.sum(axis=1))
    return Measured(value, low, high, np.zeros_like(n), n)


def _all_composed(counted: Counted) -> dict[str, Measured]:
    n = counted.numbers["n"]
    none = np.zeros_like(n)
    return {name: Measured(*figure, none, n) for name, figure in composed(counted.numbers).items()}


def _composed(one: Composed) -> Metric:
    """A measure that puts the four counts into one number, as a metric."""
    return Metric(
        name=one.name,
        label=one.label,
        choice=one.label,
        question=one.question,
        kind=Kind.FIGURE,
        compute=lambda counted: _all_composed(counted)[one.name],
        at_once=_all_composed,
        needs=("tp", "fp", "tn", "fn"),
        lowest=one.least,
        highest=one.most,
        formula=one.formula,
        zero=one.zero,
        one=one.one,
        misleads=one.misleads,
    )


_TOLD: tuple[Metric, ...] = (
    Metric(
        name="accuracy",
        label="Accuracy",
        choice="Of everyone: score fits the record",
        question="How often does the score fit what was recorded later?",
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
        kind=Kind.FIGURE,
        compute=_area,
        pairs=True,
        lowest=0,
        highest=1,
        formula="(pairs in which the person with the outcome scores higher + half of the ties) / all pairs",
        zero="Everybody with the outcome scores below everybody without it.",
        one="Everybody with the outcome scores above everybody without it; 0.5 is a coin toss.",
        misleads=(
            "It is about the order within one group at all thresholds at once. Two groups can have the same "
            "value while one has far higher scores and far more false positives at the threshold in use."
        ),
    ),
)

_BY_COUNTS = tuple(
    replace(one, numerator=RATES[one.name][0], denominator=RATES[one.name][1]) if one.name in RATES else one
    for one in _TOLD
)
METRICS = (*_BY_COUNTS, *(_composed(one) for one in COMPOSED))
"""All metrics, in the order in which they are shown."""

FAMILY = Family(
    id="risk_score",
    label="Risk scores",
    summary="A score for each person; those at or above a threshold are treated in another way.",
    counts=(
        Count("n", "people"),
        Count("tp", "people"),
        Count("fp", "people"),
        Count("tn", "people"),
        Count("fn", "people"),
    ),
    metrics=METRICS,
    # The rate that a page on a risk score opens with: the error that falls on people who did not do what was
    # forecast.
    opening=("false_positive_rate",),
    size=("n",),
    scored=True,
    exhibits=(*EXHIBITS, OVER_TIME, STABILITY),
)
