"""Pictures of a risk score at every threshold: ROC curves, precision, and what mistakes cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hearing_app.evidence.auc import area_under_curve
from hearing_app.evidence.counts import Histogram
from hearing_app.evidence.curves import (
    Curve,
    LowerEnvelope,
    lower_envelopes,
    precision_recall,
    roc,
)
from hearing_app.evidence.exhibit import Axis, Exhibit, ExhibitKind, Form, Question, Series
from hearing_app.evidence.exhibits.by_score import CALIBRATION, SPREAD
from hearing_app.evidence.exhibits.compared import (
    few_title,
    few_words,
    finite,
    finite_all,
    largest_first,
    name_of,
    nothing_to_draw,
    pair_of,
    selected_people,
)
from hearing_app.evidence.exhibits.definitions import DEFINITIONS
from hearing_app.evidence.exhibits.gaps import GAPS
from hearing_app.evidence.exhibits.populations import POPULATIONS
from hearing_app.evidence.exhibits.what_if import FRONTIER, MOVE
from hearing_app.evidence.family import Measured
from hearing_app.evidence.format import area, percent, percent_alone
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.wording import group_label

_SHARES: tuple[float, float] = (0, 1)
# So many groups are named in one sentence.
_MOST_NAMED = 8


def draw_roc(question: Question) -> Exhibit:
    """True against false positives at every threshold, a curve for each group."""
    counted = selected_people(question)
    curve = roc(counted)
    outcome = question.dataset.manifest.outcome
    at = f" at the threshold {question.selection.threshold}"
    wrongly, rightly = f"of those {outcome.negative_short}", f"of those {outcome.positive_short}"
    return Exhibit(
        title=_title(
            question,
            counted,
            curve.x,
            f"who {outcome.negative}",
            f"are singled out{at}",
            label=f"Singled out, of those {outcome.negative_short}",
        ),
        sentences=(
            *_at_threshold(
                question, counted, curve, f"{{}} {wrongly} are singled out", f"{{}} {rightly} are singled out"
            ),
            _areas(question, counted),
            "Each dot is a threshold; the large one is in use. A score that told everybody apart would "
            "go through the upper left corner; one that drew lots would follow the dotted line.",
        ),
        x=Axis(f"Singled out, of those {outcome.negative_short}", "percent", _SHARES),
        y=Axis(f"Singled out, of those {outcome.positive_short}", "percent", _SHARES),
        series=_curves(question, curve),
        columns=_COLUMNS_OF_A_CURVE,
        forms=_FORMS_OF_A_CURVE,
        rows=_rows_of(question, curve),
        cautions=(
            "Groups on one and the same curve can still be treated very differently: with one threshold in "
            "use they stand at different places on it.",
        ),
        sources=("Fawcett (2006), Pattern Recognition Letters 27, 861-874",),
        even=True,
    )


def draw_precision(question: Question) -> Exhibit:
    """How often those singled out have the outcome, against how many of those with it are singled out."""
    counted = selected_people(question)
    curve = precision_recall(counted)
    outcome = question.dataset.manifest.outcome
    at = f" at the threshold {question.selection.threshold}"
    return Exhibit(
        title=_title(
            question,
            counted,
            curve.y,
            f"singled out{at}",
            outcome.positive,
            label=f"{outcome.positive_short.capitalize()}, of those singled out{at}",
        ),
        sentences=_at_threshold(
            question,
            counted,
            curve,
            f"{{}} of those {outcome.positive_short} are singled out",
            f"{{}} of those singled out {outcome.positive}",
        ),
        x=Axis(f"Singled out, of those {outcome.positive_short}", "percent", _SHARES),
        y=Axis(f"{outcome.positive_short.capitalize()}, of those singled out", "percent", _SHARES),
        series=_curves(question, curve),
        columns=_COLUMNS_OF_A_CURVE,
        forms=_FORMS_OF_A_CURVE,
        rows=_rows_of(question, curve),
        cautions=(
            "These curves differ between groups already because the outcome is recorded more often in one "
            "than in another.",
        ),
        sources=("Davis and Goadrich (2006), ICML, 233-240",),
    )


def draw_costs(question: Question) -> Exhibit:
    """The least cost that any threshold reaches, by how the two kinds of mistakes are weighed."""
    counted, manifest = selected_people(question), question.dataset.manifest
    found = [one for one in lower_envelopes(counted) if one is not None]
    if not found:
        raise nothing_to_draw("No group has people both with and without the outcome.")
    pair = {counted.groups[g] for g in pair_of(question, counted)}
    told = [one for one in found if one.group in pair] or found[:2]
    rows = [
        (group_label(manifest, one.group), float(x), float(cost), threshold)
        for one in found
        for x, cost, threshold in zip(one.x, one.cost, (*one.thresholds, None), strict=False)
    ]
    return Exhibit(
        title=_costs_title(question, counted, told),
        sentences=(
            "On the left only false alarms count, on the right only misses. Each line is the least cost that "
            "any threshold reaches for the group; 0 % is no mistakes at all.",
            f"At the middle, where both weigh the same: {_middle(question, found)}.",
            *_few_behind(question, counted, found),
        ),
        x=Axis("Weight of a miss", "percent", _SHARES),
        y=Axis("Least expected cost, of the most that it could be", "percent"),
        series=tuple(
            Series(
                group_label(manifest, one.group),
                tuple(one.x.tolist()),
                tuple(one.cost.tolist()),
                emphasis=bool(one.group) and one.group == question.selection.reference,
            )
            for one in found
        ),
        columns=("group", "weight of a miss", "least cost", "threshold from here on"),
        forms=("category", "percent", "percent", "category"),
        rows=tuple(rows),
        cautions=("It misleads where the two kinds of mistakes cannot be put on one scale.",),
        sources=("Drummond and Holte (2006), Machine Learning 65, 95-130",),
    )


_COLUMNS_OF_A_CURVE = ("group", "threshold", "across", "across low", "across high", "up", "up low", "up high")
_FORMS_OF_A_CURVE: tuple[Form, ...] = (
    "category", "category", "percent", "percent", "percent", "percent", "percent", "percent",
)  # fmt: skip


def _curves(question: Question, curve: Curve) -> tuple[Series, ...]:
    manifest = question.dataset.manifest
    few = (np.minimum(curve.x.n.max(axis=1), curve.y.n.max(axis=1)) < SMALL).tolist()
    return tuple(
        Series(
            group_label(manifest, group),
            finite_all(curve.x.value[g]),
            finite_all(curve.y.value[g]),
            emphasis=bool(group) and group == question.selection.reference,
            hollow=(few[g],) * len(curve.thresholds),
            marked=curve.thresholds.tolist().index(question.selection.threshold),
            names=tuple(f"From {threshold} on" for threshold in curve.thresholds.tolist()),
        )
        for g, group in enumerate(curve.groups)
    )


def _rows_of(question: Question, curve: Curve) -> tuple[tuple[str | int | float | None, ...], ...]:
    manifest = question.dataset.manifest
    parts = [curve.x.value, curve.x.low, curve.x.high, curve.y.value, curve.y.low, curve.y.high]
    return tuple(
        (group_label(manifest, group), threshold, *(finite(part[g, t]) for part in parts))
        for g, group in enumerate(curve.groups)
        for t, threshold in enumerate(curve.thresholds.tolist())
    )


def _title(
    question: Question, counted: Histogram, found: Measured, among: str, event: str, *, label: str
) -> str:
    """A share of the two groups that are compared, at the threshold in use: the finding of a curve."""
    threshold, parts = question.selection.threshold, list[str]()
    at = counted.scores.tolist()[::-1].index(threshold) + 1
    pair = pair_of(question, counted)
    names = [name_of(question, counted.groups[g]) for g in pair]
    if few := few_title(label, names, found.n[pair, at].tolist()):
        return few
    for g, name in zip(pair, names, strict=True):
        share = percent_alone(finite(found.value[g, at]))
        first = f"of {name} {among}, {share} {event}"
        parts.append(f"of {name}, {share}" if parts else first[0].upper() + first[1:])
    return "; ".join(parts)


def _at_threshold(
    question: Question, counted: Histogram, curve: Curve, across: str, up: str
) -> tuple[str, ...]:
    """What the two groups that are compared have at the threshold in use, in words for each axis."""
    threshold = question.selection.threshold
    at = curve.thresholds.tolist().index(threshold)
    sentences = []
    for g in pair_of(question, counted):
        said = [
            words.format(percent(*(finite(part[g, at]) for part in (one.value, one.low, one.high))))
            for one, words in ((curve.x, across), (curve.y, up))
        ]
        name = name_of(question, counted.groups[g])
        few = few_words(int(min(curve.x.n[g, at], curve.y.n[g, at])))
        sentences.append(f"At the threshold {threshold}, for {name}: {said[0]}, and {said[1]}.{few}")
    return tuple(sentences)


def _areas(question: Question, counted: Histogram) -> str:
    """The area under the curve of each group, the largest first."""
    value, low, high = area_under_curve(counted.people[:, 1], counted.people[:, 0])
    told = largest_first(counted.people.sum(axis=(1, 2)))
    parts = [
        f"{group_label(question.dataset.manifest, counted.groups[g])} "
        f"{area(*(finite(part[g]) for part in (value, low, high)))}"
        for g in told[:_MOST_NAMED]
    ]
    more = len(told) - len(parts)
    rest = f" {more} smaller groups have theirs in the figure of that name." if more else ""
    return f"Area under the curve, 0.5 for drawing lots and 1 for perfect order: {', '.join(parts)}.{rest}"


def _costs_title(question: Question, counted: Histogram, told: Sequence[LowerEnvelope]) -> str:
    names = [name_of(question, one.group) for one in told]
    few = few_title("Least cost where both mistakes weigh the same", names, _rarer(counted, told))
    return few or f"Where both mistakes weigh the same, the least cost is {_middle(question, told)}"


def _few_behind(question: Question, counted: Histogram, found: Sequence[LowerEnvelope]) -> tuple[str, ...]:
    names = [
        name_of(question, one.group)
        for one, size in zip(found, _rarer(counted, found), strict=True)
        if size < SMALL
    ]
    words = f"Fewer than {SMALL} people with or without the outcome, too few to compare: {', '.join(names)}."
    return (words,) if names else ()


def _rarer(counted: Histogram, found: Sequence[LowerEnvelope]) -> list[int]:
    """The people of each group with the outcome, or without it: whichever are fewer."""
    fewer = counted.people.sum(axis=2).min(axis=1)
    return [int(fewer[counted.groups.index(one.group)]) for one in found]


def _middle(question: Question, found: Sequence[LowerEnvelope]) -> str:
    parts = []
    for one in found:
        cost = float(np.interp(0.5, one.x, one.cost))
        parts.append(f"{percent_alone(cost, 1)} for {name_of(question, one.group)}")
    return ", ".join(parts)


EXHIBITS = (
    MOVE,
    DEFINITIONS,
    GAPS,
    ExhibitKind(
        "roc", "ROC curves", "What does each threshold catch, and whom does it wrongly single out?", draw_roc
    ),
    CALIBRATION,
    SPREAD,
    ExhibitKind(
        "precision",
        "Precision and recall",
        "How often do those singled out have the outcome?",
        draw_precision,
    ),
    ExhibitKind("costs", "Cost curves", "What do the mistakes cost, however they are weighed?", draw_costs),
    FRONTIER,
    POPULATIONS,
)
