"""The two groups that lie farthest apart: four measures that put all groups into one number."""

from __future__ import annotations

from math import isnan

import numpy as np

from hearing_app.evidence.aggregates import AGGREGATES, Largest, largest_gaps
from hearing_app.evidence.counts import Histogram, confusion
from hearing_app.evidence.exhibit import Axis, Cell, Exhibit, ExhibitKind, Form, Question
from hearing_app.evidence.exhibits.compared import compared_groups
from hearing_app.evidence.format import number, points
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.rates import counts_of
from hearing_app.evidence.wording import group_label

_LABELS = {
    "demographic_parity_difference": "Demographic parity difference",
    "demographic_parity_ratio": "Demographic parity ratio",
    "equalized_odds_difference": "Equalized odds difference",
    "equalized_odds_ratio": "Equalized odds ratio",
}
_FORMS: tuple[Form, ...] = ("category", "category", "number", "number", "number", *("category",) * 4)
_ALL, _ENOUGH = "all groups", f"groups with {SMALL} people or more in each rate"


def draw_gaps(question: Question) -> Exhibit:
    """The four measures among all groups, and among those that are large enough to compare."""
    counted = compared_groups(question)
    threshold = question.selection.threshold or 0
    every = largest_gaps(counted.groups, confusion(counted, threshold))
    enough = {name: _among(counted, threshold, rates)[name] for name, rates in AGGREGATES.items()}
    found = [(name, who, one[name]) for name in AGGREGATES for who, one in ((_ALL, every), (_ENOUGH, enough))]
    told = [one for one in found if one[1] == _ENOUGH and not isnan(one[2].value)]
    return Exhibit(
        title=_title(question, enough["demographic_parity_difference"]),
        sentences=(
            *(f"{_LABELS[name]}, among {who}: {_words(question, name, one)}." for name, who, one in told),
            *_missing(question, every),
        ),
        x=Axis(""),
        y=Axis(""),
        series=(),
        columns=("measure", "among", "value", "low", "high", "rate", "higher", "lower", "not defined for"),
        forms=_FORMS,
        rows=tuple(
            (
                _LABELS[name],
                who,
                *(_known(part) for part in (one.value, one.low, one.high)),
                one.rate.replace("_", " "),
                _label(question, one.higher),
                _label(question, one.lower),
                ", ".join(group_label(question.dataset.manifest, group) for group in one.undefined),
            )
            for name, who, one in found
        ),
        cautions=(
            "The more groups there are, the farther apart are the farthest two by chance alone. The "
            "intervals take into account that the two were chosen for being farthest apart.",
            "Demographic parity is about who is singled out. Equalized odds is about the true and the false "
            "positive rate, of which the one that is farther apart counts.",
            "Where a rate is not defined for a group, the measure of all groups is not defined either; its "
            "interval and its two groups are then those of the others.",
        ),
        sources=(
            "Hardt, Price and Srebro (2016), NeurIPS 29",
            "Dunn (1961), Journal of the American Statistical Association 56, 52-64",
        ),
    )


def _among(counted: Histogram, threshold: int, rates: tuple[str, ...]) -> dict[str, Largest]:
    """The four measures of the groups with enough people in each of these rates."""
    cells = confusion(counted, threshold)
    least = np.min([counts_of(cells, name)[1] for name in rates], axis=0)
    kept = [g for g, size in enumerate(least.tolist()) if size >= SMALL]
    groups = tuple(counted.groups[g] for g in kept)
    return largest_gaps(groups, {name: numbers[kept] for name, numbers in cells.items()})


def _title(question: Question, found: Largest) -> str:
    if isnan(found.value):
        return f"Fewer than two groups have {SMALL} people to compare"
    share, names = f"{100 * found.value:.0f}", [_label(question, one) for one in (found.higher, found.lower)]
    return (
        f"{names[0]} and {names[1]} are farthest apart in how many are singled out: "
        f"{share} {'point' if share == '1' else 'points'}"
    )


def _words(question: Question, name: str, one: Largest) -> str:
    figure = [_known(part) for part in (one.value, one.low, one.high)]
    value = number(*figure) if name.endswith("ratio") else points(*figure).replace(" higher", "")
    pair = f"{_label(question, one.higher)} and {_label(question, one.lower)}"
    return f"{value} in {one.rate.replace('_', ' ')}, between {pair}"


def _missing(question: Question, found: dict[str, Largest]) -> tuple[str, ...]:
    gone = dict.fromkeys(group for one in found.values() for group in one.undefined)
    names = ", ".join(group_label(question.dataset.manifest, group) for group in gone)
    return (f"For want of people to count, a rate is not defined for: {names}.",) if gone else ()


def _label(question: Question, group: tuple[tuple[str, str | int], ...]) -> Cell:
    return group_label(question.dataset.manifest, group) if group else None


def _known(value: float) -> float | None:
    return None if isnan(value) else value


GAPS = ExhibitKind(
    "gaps",
    "Largest gaps",
    "Which two groups lie farthest apart, and how far?",
    draw_gaps,
)
