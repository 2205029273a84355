"""The chosen figure period by period, and whether it changed; how far scores moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.audit import audit
from hearing_app.evidence.counts import Counted, Group
from hearing_app.evidence.drift import Control, Homogeneity, control, homogeneity, stability_index, trend
from hearing_app.evidence.exhibit import Axis, Cell, Exhibit, ExhibitKind, Form, Question, Series
from hearing_app.evidence.exhibits.compared import people_of
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.family import Metric
from hearing_app.evidence.format import percent_alone
from hearing_app.evidence.manifest import Manifest, TimeColumn
from hearing_app.evidence.selection import too_many_groups
from hearing_app.evidence.tally import tally
from hearing_app.evidence.wording import group_label

_ROUGH = 5
"""Under so many expected events in a period, the test's p-value is a rough one (Cochran 1954)."""


def draw_over_time(question: Question) -> Exhibit:
    """The chosen metric by period, for each group of the selection, with the test that it did not change."""
    manifest, chosen = question.dataset.manifest, question.selection
    time = _time(manifest)
    metric = metrics_of(manifest)[question.metric]
    by = (*(name for name in chosen.by if name != time.name), time.name)
    fault = too_many_groups(manifest, by)
    if fault is not None:
        raise Invalid("There are too many groups and periods to draw.", [fault], kept="")
    references = dict(chosen.reference)
    asked = replace(
        chosen,
        by=by,
        where=tuple(pair for pair in chosen.where if pair[0] != time.name),
        reference=tuple((name, references.get(name, time.reference)) for name in by),
    )
    found = audit(question.catalogue, asked)
    if not found.groups:
        raise _nothing("Nothing is left in this selection.")
    periods = [one.value for one in time.values]
    labels = tuple(one.label for one in time.values)
    groups = list(dict.fromkeys(one.group[:-1] for one in found.groups))
    results = {one.group: one.metrics[question.metric] for one in found.groups}
    ways = _ways(question, metric, by, asked.where)
    form: Form = "percent" if metric.is_rate else "number"
    series: list[Series] = []
    table: list[tuple[Cell, ...]] = []
    sentences: list[str] = []
    for group in groups:
        there = [results.get((*group, (time.name, period))) for period in periods]
        name = group_label(manifest, group) if group else "Everyone"
        k, n = (
            np.array([0 if one is None or one.value is None else getattr(one, what) or 0 for one in there])
            for what in ("count", "n")
        )
        alike = len({ways[full] for period in periods if (full := (*group, (time.name, period))) in ways}) < 2
        limits = control(k, n) if metric.is_rate and alike else None
        series.append(
            Series(
                name,
                labels,
                tuple(None if one is None else one.value for one in there),
                tuple(None if one is None else one.low for one in there),
                tuple(None if one is None else one.high for one in there),
                emphasis=not group or group == chosen.reference,
                hollow=tuple(one is not None and one.small for one in there),
            )
        )
        for at, (label, one) in enumerate(zip(labels, there, strict=True)):
            if one is not None:
                table.append((name, label, one.value, one.low, one.high, one.shown_n, *_limits(limits, at)))
        sentences.append(_changed(name, metric, k, n, alike))
    if len(groups) == 1 and (limits := control(k, n) if metric.is_rate and alike else None) is not None:
        series += [
            Series("Lowest that chance allows", labels, _gaps(limits.low), shape="step"),
            Series("Highest that chance allows", labels, _gaps(limits.high), shape="step"),
        ]
    reasons = [one.reason for one in manifest.apart if not one.counts or set(metric.counts) & set(one.counts)]
    return Exhibit(
        title=f"{metric.label}, {time.label.lower()} by {time.label.lower()}",
        sentences=tuple(sentences),
        x=Axis(time.label, "category"),
        y=Axis(metric.label, form),
        series=tuple(series),
        columns=(
            "group",
            time.label.lower(),
            "value",
            "low",
            "high",
            "n",
            "lowest by chance",
            "highest by chance",
        ),
        forms=("category", "category", form, form, form, "whole", form, form),
        rows=tuple(table),
        cautions=(
            "A change says that something changed, not what: the system, its use, the places or the records.",
            *reasons,
        ),
        sources=(
            "Pearson (1900), Philosophical Magazine 50, 157-175",
            "Armitage (1955), Biometrics 11, 375-386",
            "Shewhart (1931), Economic control of quality of manufactured product",
        ),
    )


def draw_stability(question: Question) -> Exhibit:
    """The population stability index of the scores in each period, against the first."""
    manifest, chosen = question.dataset.manifest, question.selection
    time = _time(manifest)
    where = tuple(pair for pair in chosen.where if pair[0] != time.name)
    counted = people_of(question, (time.name,), where)
    if len(counted.groups) < 2:
        raise _nothing("Fewer than two periods are left in this selection.")
    people = counted.people.sum(axis=1)
    found = stability_index(people[:1], people[1:])
    labels = tuple(group_label(manifest, group) for group in counted.groups)
    value, limit, chance = (_gaps(one) for one in (found.value, found.limit, found.by_chance))
    moved = [
        label
        for label, one, most in zip(labels[1:], value, limit, strict=True)
        if one is not None and most is not None and one > most
    ]
    unknown = [label for label, one in zip(labels[1:], value, strict=True) if one is None]
    sentences = [
        f"Since {labels[0]}, scores moved by more than chance explains in: {', '.join(moved)}."
        if moved
        else f"In no period did scores move away from those of {labels[0]} by more than chance explains."
    ]
    if unknown:
        sentences.append(
            f"No figure for {', '.join(unknown)}: a score occurs in one period and not in the other."
        )
    return Exhibit(
        title=f"How far the scores moved since {labels[0]}",
        sentences=tuple(sentences),
        x=Axis(time.label, "category"),
        y=Axis("Population stability index"),
        series=(
            Series("Index", labels[1:], value, shape="dots", emphasis=True),
            Series("Exceeded by chance 1 time in 20", labels[1:], limit, shape="step"),
        ),
        columns=(
            time.label.lower(),
            "index",
            "expected by chance",
            "exceeded by chance 1 time in 20",
            "people",
        ),
        forms=("category", "number", "number", "number", "whole"),
        rows=tuple(
            zip(labels[1:], value, chance, limit, people[1:].sum(axis=1).tolist(), strict=True),
        ),
        cautions=("Scores can move because the people changed, their records, or the system.",),
        sources=("Yurdakul (2018), Statistical properties of population stability index",),
    )


def _changed(name: str, metric: Metric, k: NDArray[np.int64], n: NDArray[np.int64], alike: bool) -> str:
    """What the tests say of one group's periods, in words."""
    if not metric.is_rate:
        return f"{name}: look at the intervals; the test is for shares, and this figure is none."
    if not alike:
        return f"{name}: the periods were not all counted in the same way, so they are not tested together."
    found = homogeneity(k, n)
    if np.isnan(found.p):
        return f"{name}: fewer than two periods have a figure, so there is nothing to test."
    z, steady = trend(k, n)
    way = ""
    if steady < 0.05:
        ends = np.flatnonzero(n)[[0, -1]]
        first, last = (percent_alone(float(k[at] / n[at]), 1) for at in ends)
        way = f" It {'rose' if z > 0 else 'fell'} over the periods: {first} in the first, {last} in the last."
    rough = _rough(found)
    p, q = _p(float(found.p)), _p(float(steady))
    if found.p < 0.05:
        return (
            f"{name}: the share was not the same in all periods (p {p}; steady rise or fall: p {q})."
            f"{way}{rough}"
        )
    return (
        f"{name}: the differences between periods are no larger than chance explains (p {p}; steady rise or "
        f"fall: p {q}).{way}{rough}"
    )


def _rough(found: Homogeneity) -> str:
    if found.least_expected >= _ROUGH:
        return ""
    return " A period has very few events, so p is a rough figure."


def _p(value: float) -> str:
    return "under 0.001" if value < 0.001 else f"= {value:.3f}"


def _ways(question: Question, metric: Metric, by: tuple[str, ...], where: Group) -> dict[Group, int]:
    """In which way each group was counted, by a code; nothing where all were counted in one way."""
    if question.dataset.manifest.scored:
        return {}
    counted: Counted = tally(question.catalogue, question.dataset, by, where)
    codes = counted.basis_of(metric.counts)
    return {} if codes is None else dict(zip(counted.groups, codes.tolist(), strict=True))


def _limits(found: Control | None, at: int) -> tuple[float | None, float | None]:
    if found is None:
        return None, None
    return _gaps(found.low)[at], _gaps(found.high)[at]


def _gaps(numbers: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(one) else one for one in numbers.tolist())


def _time(manifest: Manifest) -> TimeColumn:
    return next(one for one in manifest.columns if isinstance(one, TimeColumn))


def _nothing(problem: str) -> Invalid:
    fault = Fault("", "where", problem, "Choose more periods, or fewer conditions.")
    return Invalid("There is nothing to draw.", [fault], kept="")


def _has_time(manifest: Manifest) -> bool:
    return any(isinstance(one, TimeColumn) for one in manifest.columns)


OVER_TIME = ExhibitKind(
    "over-time",
    "Period by period",
    "Did the figure change from one period to the next?",
    draw_over_time,
    _has_time,
)
STABILITY = ExhibitKind(
    "stability",
    "How far scores moved",
    "Are people scored as they were in the first period?",
    draw_stability,
    lambda manifest: manifest.scored and _has_time(manifest),
)
