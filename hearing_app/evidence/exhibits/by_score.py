"""Pictures of a risk score by score: what a score means in each group, and who has which."""

from __future__ import annotations

from collections.abc import Sequence

from hearing_app.evidence.calibration import (
    group_calibration_error,
    outcome_by_score,
    standardised_difference,
)
from hearing_app.evidence.counts import Group, Histogram
from hearing_app.evidence.curves import score_shares
from hearing_app.evidence.exhibit import Axis, Exhibit, ExhibitKind, Question, Series
from hearing_app.evidence.exhibits.compared import (
    few_title,
    few_words,
    finite,
    finite_all,
    name_of,
    pair_of,
    selected_people,
)
from hearing_app.evidence.family import Measured
from hearing_app.evidence.format import percent, percent_alone, points
from hearing_app.evidence.metrics import SMALL
from hearing_app.evidence.wording import group_label


def draw_calibration(question: Question) -> Exhibit:
    """The share with the outcome at each score: does a score mean the same in every group?"""
    counted, manifest = selected_people(question), question.dataset.manifest
    found = outcome_by_score(counted)
    scores = counted.scores.tolist()
    return Exhibit(
        title=_calibration_title(question, counted),
        sentences=(
            *_calibration_words(question, counted, found),
            *_same_score_words(question, counted),
            *_error_words(question, counted),
        ),
        x=Axis(manifest.score.label, "number"),
        y=Axis(
            f"{manifest.outcome.positive_short.capitalize()}, of those with this score", "percent", (0, 1)
        ),
        series=_by_score(question, counted.groups, scores, found),
        columns=("group", "score", "share", "low", "high", "with the outcome", "people"),
        forms=("category", "category", "percent", "percent", "percent", "whole", "whole"),
        rows=_rows_by_score(question, counted.groups, scores, found),
        cautions=(
            "A score can mean the same in every group and still single out far more people of one of them "
            "who are without the outcome.",
            f"Dots of fewer than {SMALL} people are hollow. A group that has no others is drawn without its "
            "intervals, which would cover the rest; the numbers below have them.",
        ),
        sources=(
            "Kleinberg, Mullainathan and Raghavan (2016), arXiv 1609.05807",
            "Zou, Huang and Zhang (2009), Computational Statistics and Data Analysis 53, 1080-1085",
        ),
    )


def draw_spread(question: Question) -> Exhibit:
    """How the people of each group are spread over the scores."""
    counted, manifest = selected_people(question), question.dataset.manifest
    found = score_shares(counted)
    scores = counted.scores.tolist()
    return Exhibit(
        title=_spread_title(question, counted),
        sentences=_spread_words(question, counted),
        x=Axis(manifest.score.label, "number"),
        y=Axis("Share of the group", "percent"),
        series=_by_score(question, counted.groups, scores, found),
        columns=("group", "score", "share", "low", "high", "people", "people of the group"),
        forms=("category", "category", "percent", "percent", "percent", "whole", "whole"),
        rows=_rows_by_score(question, counted.groups, scores, found),
        cautions=("Each interval is for its own score, not for the whole spread at once.",),
    )


def _by_score(
    question: Question, groups: Sequence[Group], scores: list[int], found: Measured
) -> tuple[Series, ...]:
    manifest = question.dataset.manifest
    return tuple(
        Series(
            group_label(manifest, group),
            tuple(scores),
            finite_all(found.value[g]),
            finite_all(found.low[g]),
            finite_all(found.high[g]),
            emphasis=bool(group) and group == question.selection.reference,
            hollow=tuple((found.n[g] < SMALL).tolist()),
        )
        for g, group in enumerate(groups)
    )


def _rows_by_score(
    question: Question, groups: Sequence[Group], scores: list[int], found: Measured
) -> tuple[tuple[str | int | float | None, ...], ...]:
    manifest = question.dataset.manifest
    return tuple(
        (
            group_label(manifest, group),
            score,
            *(finite(part[g, s]) for part in (found.value, found.low, found.high)),
            int(found.k[g, s]),
            int(found.n[g, s]),
        )
        for g, group in enumerate(groups)
        for s, score in enumerate(scores)
    )


def _calibration_words(question: Question, counted: Histogram, found: Measured) -> tuple[str, ...]:
    manifest = question.dataset.manifest
    first, last = 0, len(counted.scores) - 1
    sentences = []
    for g in pair_of(question, counted):
        parts = (found.value, found.low, found.high)
        ends = [
            f"{percent(*(finite(part[g, s]) for part in parts))} of those with the score {counted.scores[s]}"
            for s in (first, last)
        ]
        name = name_of(question, counted.groups[g])
        few = few_words(int(found.n[g, [first, last]].min()))
        sentences.append(f"Of {name}, {' and '.join(ends)} {manifest.outcome.positive}.{few}")
    return tuple(sentences)


def _standardised(question: Question, counted: Histogram) -> tuple[str, str, Sequence[float | None]] | None:
    """The two groups by name, and how much more often the first has the outcome at the same score."""
    pair = pair_of(question, counted)
    if len(pair) < 2:
        return None
    found = standardised_difference(counted, pair[1])
    figure = [finite(part[pair[0]]) for part in (found.value, found.low, found.high)]
    one, other = (name_of(question, counted.groups[g]) for g in pair)
    return one, other, figure


def _calibration_title(question: Question, counted: Histogram) -> str:
    outcome = question.dataset.manifest.outcome
    compared = _standardised(question, counted)
    if compared is None:
        return f"{outcome.label} at each score"
    one, other, (value, low, high) = compared
    label = f"{outcome.label} at each score"
    if value is not None and (few := few_title(label, [one, other], _who_share_scores(question, counted))):
        return few
    if value is None or low is None or high is None:
        return f"{label}: {one} and {other} share no score"
    if low <= 0 <= high:
        return f"{outcome.label}: at the same score, no clear difference between {one} and {other}"
    gap = points(value, None, None).partition("\u00a0")[0]
    more, unit = "more" if value > 0 else "less", "point" if gap == "1" else "points"
    return f"At the same score, {one} {outcome.positive} {gap} {unit} {more} often than {other}"


def _who_share_scores(question: Question, counted: Histogram) -> list[int]:
    """How many people each of the two groups has at the scores that both have."""
    people = counted.people[pair_of(question, counted)].sum(axis=1)
    sizes: list[int] = people[:, (people > 0).all(axis=0)].sum(axis=1).tolist()
    return sizes


def _same_score_words(question: Question, counted: Histogram) -> tuple[str, ...]:
    compared = _standardised(question, counted)
    if compared is None or compared[2][0] is None:
        return ()
    one, other, figure = compared
    sizes = _who_share_scores(question, counted)
    if min(sizes) < SMALL:
        return (
            f"Too few people to compare have a score that both groups have: {sizes[0]} {one} and {sizes[1]} "
            f"{other}.",
        )
    return (
        f"Averaged over the scores that both have, the share for {one} is {points(*figure)} than for {other}."
        if figure[0]
        else f"Averaged over the scores that both have, the share is the same for {one} and {other}.",
    )


def _error_words(question: Question, counted: Histogram) -> tuple[str, ...]:
    """How far a group's shares lie from everyone's at the same scores, beside what chance makes."""
    if len(counted.groups) < 2:
        return ()
    found = group_calibration_error(counted)
    return tuple(
        f"The shares of {name_of(question, counted.groups[g])} lie {100 * found.value[g]:.1f} points from "
        "everyone with the same score, on average over their scores; "
        f"chance alone would make {100 * found.by_chance[g]:.1f}."
        for g in pair_of(question, counted)
    )


def _shares_above(question: Question, counted: Histogram, digits: int) -> list[str]:
    people = counted.people.sum(axis=1)
    above = counted.scores >= (question.selection.threshold or 0)
    return [
        f"{percent_alone(float(people[g, above].sum() / people[g].sum()), digits)} of "
        f"{name_of(question, counted.groups[g])}"
        for g in pair_of(question, counted)
    ]


def _spread_title(question: Question, counted: Histogram) -> str:
    label, threshold = question.dataset.manifest.score.label, question.selection.threshold
    first, pair = f"A {label} of {threshold} or more", pair_of(question, counted)
    names = [name_of(question, counted.groups[g]) for g in pair]
    few = few_title(first, names, counted.people[pair].sum(axis=(1, 2)).tolist())
    return few or f"{first}: {', '.join(_shares_above(question, counted, 0))}"


def _spread_words(question: Question, counted: Histogram) -> tuple[str, ...]:
    means = []
    people = counted.people.sum(axis=1)
    for g in pair_of(question, counted):
        mean = float((people[g] * counted.scores).sum() / people[g].sum())
        means.append(f"{name_of(question, counted.groups[g])} {mean:.1f}")
    shares = ", ".join(_shares_above(question, counted, 1))
    few = few_words(int(people[pair_of(question, counted)].min()))
    return (f"At or above {question.selection.threshold}: {shares}. Mean score: {', '.join(means)}.{few}",)


CALIBRATION = ExhibitKind(
    "calibration",
    "Calibration by score",
    "Does the same score mean the same in every group?",
    draw_calibration,
)
SPREAD = ExhibitKind(
    "spread", "How scores are spread", "How many people of each group have which score?", draw_spread
)
