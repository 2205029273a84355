"""Advice on figures: where they come from, of how many, and whether anybody can compute them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hearing_app.registry.advice.finding import Finding
from hearing_app.registry.entry import Entry

_SHARES = ("rate", "accuracy", "precision", "recall", "predictive_value", "share", "prevalence", "auc")


def computed(entry: Entry, _: date) -> Iterator[Finding]:
    """Computed here, without the dataset from which."""
    for index, one in enumerate(entry.measurements):
        if one.computed and not one.dataset and not entry.datasets:
            yield Finding(
                "computed",
                f"measurements.{index}.dataset",
                "The figure is said to be computed here, and no dataset is named.",
                "Name the dataset, or say that the figure was published by others.",
            )


def uncertain(entry: Entry, _: date) -> Iterator[Finding]:
    """A value without how many it was counted of, or outside its own interval."""
    for index, one in enumerate(entry.measurements):
        if one.value is None:
            continue
        if one.n is None and one.low is None:
            yield Finding(
                "uncertain",
                f"measurements.{index}.n",
                "A value is given, and neither of how many it was counted nor its interval.",
                "Add how many: a share of 20 cases says less than one of 20,000.",
            )
        low, high = one.low, one.high
        if (low is not None and one.value < low) or (high is not None and one.value > high):
            yield Finding(
                "uncertain",
                f"measurements.{index}.value",
                "The value lies outside its own interval.",
                "Check the three numbers.",
            )
        if one.metric and any(name in one.metric for name in _SHARES) and not 0 <= one.value <= 1:
            yield Finding(
                "uncertain",
                f"measurements.{index}.value",
                f"{one.metric} lies between 0 and 1, and {one.value:g} is stated.",
                "Write a share, such as 0.45 for 45 %.",
            )


def suppressed(entry: Entry, _: date) -> Iterator[Finding]:
    """A figure by group that is withheld and given at once."""
    for index, one in enumerate(entry.subgroup_claims):
        if one.suppressed and one.value is not None:
            yield Finding(
                "suppressed",
                f"subgroup_claims.{index}.value",
                "The figure is said to be withheld, and it is stated.",
                "Take the figure out, or say that it is not withheld.",
            )


CHECKS = (computed, uncertain, suppressed)
