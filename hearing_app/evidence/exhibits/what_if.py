"""What another threshold would change, and what equal treatment by one measure would cost."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counts import Group, Histogram
from hearing_app.evidence.cuts import read_cuts
from hearing_app.evidence.drawing_lots import MEASURES as BY_LOT
from hearing_app.evidence.drawing_lots import equalise_by_lot
from hearing_app.evidence.exhibit import Axis, Exhibit, ExhibitKind, Form, Question, Series
from hearing_app.evidence.exhibits.compared import few_enough, finite, people_of
from hearing_app.evidence.format import UNDEFINED, people, percent_alone
from hearing_app.evidence.intervals import Figure
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.trade_off import MEASURES, Setting, frontier, setting
from hearing_app.evidence.what_if import (
    ASSUMPTION,
    Figures,
    Move,
    move,
    move_sentences,
    rate_sentence,
    rates_at,
)
from hearing_app.evidence.wording import group_label, group_name

# The two kinds of mistake, told before and after a move.
_TOLD = {"false_positive_rate": "false positive rate", "false_negative_rate": "false negative rate"}
_ENDS = ("", ", low", ", high")
_PERCENT: Form = "percent"


def draw_move(question: Question) -> Exhibit:
    """The people whom other thresholds would single out, spare, miss or find, group by group."""
    counted, manifest = _counted(question), question.dataset.manifest
    before = question.selection.threshold or 0
    after = read_cuts(manifest, question.selection, counted.groups, question.cuts)
    moved = move(counted, before, after)
    labels = tuple(group_label(manifest, group) for group in counted.groups)
    rates = {
        name: (rates_at(counted, moved.before, name), rates_at(counted, moved.after, name)) for name in _TOLD
    }
    numbers = {
        f"No longer singled out: {manifest.outcome.negative_short}": moved.spared,
        f"No longer singled out: {manifest.outcome.positive_short}": moved.missed,
        f"Newly singled out: {manifest.outcome.negative_short}": moved.newly_false,
        f"Newly singled out: {manifest.outcome.positive_short}": moved.found,
    }
    shown = {name: counts for name, counts in numbers.items() if counts.any()} or dict([*numbers.items()][:2])
    return Exhibit(
        title=_title(question, moved),
        sentences=(
            *move_sentences(
                moved,
                lambda group: _name(question, group),
                manifest.outcome.positive,
                manifest.outcome.negative,
            ),
            _in_all(moved),
            *_rate_sentences(question, counted, rates),
        ),
        x=Axis("", "category"),
        y=Axis(f"{manifest.unit.label.capitalize()}", "number"),
        series=tuple(
            Series(name, labels, tuple(float(one) for one in counts.tolist()), shape="dots")
            for name, counts in shown.items()
        ),
        columns=(
            "group",
            "threshold",
            "tried",
            "people",
            "singled out before",
            "singled out after",
            *numbers,
            *(
                f"{_TOLD[name]} {when}{end}"
                for name in _TOLD
                for when in ("before", "after")
                for end in _ENDS
            ),
        ),
        forms=(
            *("category", "category", "category"),
            *("whole", "whole", "whole"),
            *("whole", "whole", "whole", "whole"),
            *[_PERCENT] * (2 * len(_TOLD) * len(_ENDS)),
        ),
        rows=tuple(
            (
                label,
                before,
                after[g],
                int(moved.people[g]),
                int(moved.selected_before[g]),
                int(moved.selected_after[g]),
                *(int(counts[g]) for counts in numbers.values()),
                *(finite(part[g]) for pair in rates.values() for figure in pair for part in figure),
            )
            for g, label in enumerate(labels)
        ),
        cautions=(ASSUMPTION,),
    )


def _rate_sentences(
    question: Question, counted: Histogram, rates: Mapping[str, tuple[Figure, Figure]]
) -> tuple[str, ...]:
    outcome = question.dataset.manifest.outcome
    wrongly, missed = (rates[name] for name in _TOLD)
    return tuple(
        rate_sentence(
            (_one(wrongly[0], g), _one(wrongly[1], g)),
            (_one(missed[0], g), _one(missed[1], g)),
            _name(question, group),
            outcome.positive,
            outcome.negative,
        )
        for g, group in enumerate(counted.groups)
    )


def _one(figure: Figure, g: int) -> Figures:
    value, low, high = (finite(part[g]) for part in figure)
    return value, low, high


def draw_frontier(question: Question) -> Exhibit:
    """The fewest errors that each size of the gap allows, with one threshold for each group."""
    everybody = few_enough(question, _counted(question))
    if len(everybody.groups) < 2:
        raise _nothing("Only one group is compared.", "Compare people by something.")
    measure, threshold = question.metric, question.selection.threshold or 0
    missing = setting(everybody, measure, (threshold,) * len(everybody.groups)).undefined
    # A group without a figure today cannot be in a difference of today, so it is in none of the others.
    counted = _without(everybody, missing)
    if len(counted.groups) < 2:
        raise _nothing(
            f"Fewer than two groups have a {measure.replace('_', ' ')} at this threshold.",
            "Choose another threshold, fewer columns or more people.",
        )
    now = setting(counted, measure, (threshold,) * len(counted.groups))
    best = frontier(counted, measure)
    # Its gaps grow and its errors shrink: the first one that costs no more errors is the most equal.
    same = next((one for one in best if one.errors <= now.errors), None)
    label = measure.replace("_", " ")
    found = [("today", now), *(("frontier", one) for one in best)]
    return Exhibit(
        title=_frontier_title(label, now, same),
        sentences=(
            *_frontier_words(question, counted, measure, now, same),
            *_left_out(question, missing),
        ),
        x=Axis(f"Largest difference in {label} between two groups", "percent"),
        y=Axis("Errors of both kinds", "number"),
        series=(
            Series(
                "The fewest errors for each gap",
                tuple(_known(one.gap) for one in best),
                tuple(float(one.errors) for one in best),
                shape="step",
                names=tuple(_thresholds(question, counted, one) for one in best),
            ),
            Series(
                "The threshold in use", (_known(now.gap),), (float(now.errors),), shape="dots", emphasis=True
            ),
        ),
        columns=("which", "largest difference", "errors", "singled out", "thresholds"),
        forms=("category", "percent", "whole", "whole", "category"),
        rows=tuple(
            (which, _known(one.gap), one.errors, one.selected, _thresholds(question, counted, one))
            for which, one in found
        ),
        cautions=(
            "A threshold of its own for each group treats two people with the same score differently because "
            "of their group. In many places the law forbids that; the picture shows what it would change.",
            ASSUMPTION,
        ),
        sources=(
            "Hardt, Price and Srebro (2016), NeurIPS 29",
            "Corbett-Davies and others (2017), KDD, 797-806",
        ),
    )


def _frontier_title(label: str, now: Setting, same: Setting | None) -> str:
    first = f"The largest difference in {label} is {_points(now.gap)}"
    return first if same is None else f"{first}; with no more errors it could be {_points(same.gap)}"


def _frontier_words(
    question: Question, counted: Histogram, measure: str, now: Setting, same: Setting | None
) -> tuple[str, ...]:
    manifest = question.dataset.manifest
    label = measure.replace("_", " ")
    words = [
        f"With the threshold in use the largest difference in {label} is {_points(now.gap)}, with "
        f"{people(now.errors)} errors."
    ]
    if same is not None:
        words.append(
            f"With no more errors than that, it could be {_points(same.gap)}, with these "
            f"thresholds: {_thresholds(question, counted, same)}."
        )
    if measure in BY_LOT:
        drawn = equalise_by_lot(counted, measure)
        if not isnan(drawn.value[0]):
            words.append(
                f"It could be the same for all groups, {percent_alone(drawn.value[0], 1)}, with about "
                f"{people(round(drawn.errors))} errors, if lots were drawn between thresholds."
            )
    sizes = zip(counted.groups, counted.people.sum(axis=(1, 2)).tolist(), strict=True)
    if few := [group_label(manifest, group) for group, size in sizes if size < SMALL]:
        words.append(
            f"Groups of fewer than {SMALL} people take part, and chance moves them most: {', '.join(few)}."
        )
    return tuple(words)


def _without(counted: Histogram, missing: tuple[Group, ...]) -> Histogram:
    kept = [g for g, group in enumerate(counted.groups) if group not in missing]
    return Histogram(tuple(counted.groups[g] for g in kept), counted.scores, counted.people[kept])


def _left_out(question: Question, missing: tuple[Group, ...]) -> tuple[str, ...]:
    names = ", ".join(group_label(question.dataset.manifest, group) for group in missing)
    words = "Left out of both, with their errors, since nobody is there to count at the threshold in use"
    return (f"{words}: {names}.",) if missing else ()


def _known(gap: float) -> float | None:
    return None if isnan(gap) else gap


def _points(gap: float) -> str:
    return UNDEFINED if isnan(gap) else f"{100 * gap:.1f} points"


def _thresholds(question: Question, counted: Histogram, one: Setting) -> str:
    pairs = zip(counted.groups, one.thresholds, strict=True)
    return ", ".join(f"{group_label(question.dataset.manifest, group)} {at}" for group, at in pairs)


def _title(question: Question, moved: Move) -> str:
    tried, whole = sorted(set(moved.after)), moved.together()
    to = f"the threshold {tried[0]}" if len(tried) == 1 else "a threshold for each group"
    more, noun = whole.selected_after - whole.selected_before, question.dataset.manifest.unit.label
    change = f"{people(abs(more))} {'more' if more > 0 else 'fewer'} {noun}" if more else f"as many {noun}"
    return f"With {to} instead of {question.selection.threshold}, {change} would be singled out"


def _in_all(moved: Move) -> str:
    whole, more = moved.together(), int(moved.more_errors.sum())
    errors = f"{people(abs(more))} {'more' if more > 0 else 'fewer'}" if more else "as many"
    return (
        f"In all, {people(whole.selected_after)} instead of {people(whole.selected_before)} would be singled "
        f"out, with {errors} errors of both kinds{'' if more else ' as now'}."
    )


def _name(question: Question, group: Group) -> str:
    return group_name(question.dataset.manifest, group, question.selection.where)


def _counted(question: Question) -> Histogram:
    chosen = question.selection
    counted = people_of(question, chosen.by, chosen.where)
    if not counted.groups:
        raise _nothing("Nobody is left in this selection.", "Choose more people.")
    return counted


def _nothing(problem: str, repair: str) -> Invalid:
    return Invalid("There is nothing to draw.", [Fault("", "by", problem, repair)], kept="")


MOVE = ExhibitKind(
    "what-if",
    "What if the threshold were another?",
    "Whom would another threshold spare, and whom miss?",
    draw_move,
    tries=True,
)
FRONTIER = ExhibitKind(
    "trade-off",
    "Equal figures and errors",
    "How equal could the groups be, and what would it cost?",
    draw_frontier,
    metrics=("false_positive_rate", *(one for one in MEASURES if one != "false_positive_rate")),
)
