"""Whom a picture of scores is about: its people, and the two groups that its finding is told of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counts import Group, Histogram, histogram
from hearing_app.evidence.exhibit import Question
from hearing_app.evidence.format import people
from hearing_app.evidence.intervals import Floats
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.wording import group_name

MOST_PAIRED = 100
"""So many groups may take part in a picture that sets every group beside every other."""


def people_of(question: Question, by: tuple[str, ...], where: Group) -> Histogram:
    """The people by score and outcome, from which a picture may be drawn.

    Raises ``Invalid`` where some of the counts are withheld: a picture that left them out, or took them for
    nobody, would be wrong.
    """
    counted = histogram(question.catalogue, question.dataset, by, where)
    if counted.withheld is not None and counted.withheld.any():
        problem = "Some of these counts are not shown, to protect people; so there is no picture of them."
        repair = "Look at more people together, or compare by another column."
        raise Invalid("There is nothing to draw.", [Fault("", "by", problem, repair)], kept="")
    return counted


def compared_groups(question: Question) -> Histogram:
    """The people of the selection's groups by score and outcome.

    Raises ``Invalid`` where nothing is compared, or where the reference group has no people.
    """
    chosen = question.selection
    counted = people_of(question, chosen.by, chosen.where)
    columns = ", ".join(column.name for column in question.dataset.manifest.comparable)
    if not chosen.by or len(counted.groups) < 2:
        repair = f"Compare people by one or more of {columns}, and keep at least two groups."
        fault = Fault("", "by", "There are no two groups to compare.", repair)
    elif chosen.reference not in counted.groups:
        fault = Fault(
            "",
            "reference",
            "The reference group has no people in this selection.",
            "Compare with a group that is there, or choose more people.",
        )
    else:
        return few_enough(question, counted)
    raise Invalid("There is nothing to compare.", [fault], kept="")


def selected_people(question: Question) -> Histogram:
    """The people of the selection by score and outcome; ``Invalid`` where nobody is left."""
    chosen = question.selection
    counted = people_of(question, chosen.by, chosen.where)
    if not counted.groups:
        raise nothing_to_draw("Nobody is left in this selection.")
    return counted


def few_enough(question: Question, counted: Histogram) -> Histogram:
    """The people as they are, where their groups can be set beside each other; else ``Invalid``.

    The work grows with the square of the number of groups: two thousand would take a minute.
    """
    groups = len(counted.groups)
    if groups <= MOST_PAIRED:
        return counted
    fault = Fault(
        "",
        "by",
        f"{people(groups)} groups are compared by {', '.join(question.selection.by)}.",
        f"This picture can compare {MOST_PAIRED} at most: compare by fewer columns, or choose fewer people.",
    )
    raise Invalid("There are too many groups to draw.", [fault], kept="")


def few_title(label: str, names: Sequence[str], sizes: Sequence[int]) -> str:
    """The title where too few people are behind one of its figures; "" where there are enough.

    ``sizes`` are the people behind the figure of each of ``names``.
    """
    if not sizes or min(sizes) >= SMALL:
        return ""
    if len(names) > 1:
        return f"{label}: too few {' or '.join(names)} to compare"
    return f"{label}: too few {names[0]} for a figure"


def few_words(fewest: int) -> str:
    """What is said after figures of which one has fewer people than can be compared; "" where none has."""
    return "" if fewest >= SMALL else f" Fewer than {SMALL} people are behind a figure: too few to compare."


def nothing_to_draw(problem: str) -> Invalid:
    """The refusal of a picture for which nobody is left."""
    fault = Fault("", "where", problem, "Choose more people, or other groups.")
    return Invalid("There is nothing to draw.", [fault], kept="")


def pair_of(question: Question, counted: Histogram) -> list[int]:
    """The places of the groups that a finding is told of: the largest other one and the reference.

    Without the reference, the two largest; of one group alone, that one.
    """
    order = largest_first(counted.people.sum(axis=(1, 2)))
    if question.selection.reference not in counted.groups or len(order) < 2:
        return order[:2]
    reference = counted.groups.index(question.selection.reference)
    return [next(g for g in order if g != reference), reference]


def name_of(question: Question, group: Group) -> str:
    """A group in sentences: "Black defendants"."""
    return group_name(question.dataset.manifest, group, question.selection.where)


def largest_first(sizes: NDArray[np.int64]) -> list[int]:
    """The places of the groups, the largest first."""
    return [int(place) for place in np.argsort(-sizes, kind="stable")]


def finite_all(values: Floats) -> tuple[float | None, ...]:
    """The numbers of an array; None where undefined."""
    return tuple(finite(value) for value in values)


def finite(value: float) -> float | None:
    """A number; None where undefined."""
    return float(value) if np.isfinite(value) else None
