"""The same question put to each of a dataset's populations, side by side."""

from __future__ import annotations

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.exhibit import Axis, Exhibit, ExhibitKind, Form, Question, Series
from hearing_app.evidence.selection import with_population
from hearing_app.evidence.sentences import largest_finding
from hearing_app.evidence.wording import group_label


def draw_populations(question: Question) -> Exhibit:
    """The chosen metric in each of the dataset's populations, side by side."""
    manifest = question.dataset.manifest
    audits = [
        (one, audit(question.catalogue, with_population(question.dataset, question.selection, one.id)))
        for one in manifest.populations
    ]
    metric = audits[0][1].metric(question.metric)
    groups = [one.group for one in audits[0][1].groups] or [()]
    results = {
        (one.id, part.group): part.metrics[question.metric]
        for one, found in audits
        for part in (found.groups or (found.overall,))
    }
    series: list[Series] = []
    rows: list[tuple[str | float | int | None, ...]] = []
    for group in groups:
        there = [results.get((one.id, group)) for one, _ in audits]
        series.append(
            Series(
                group_label(manifest, group),
                tuple(one.label for one, _ in audits),
                tuple(None if one is None else one.value for one in there),
                tuple(None if one is None else one.low for one in there),
                tuple(None if one is None else one.high for one in there),
                shape="dots",
                emphasis=bool(group) and group == question.selection.reference,
                hollow=tuple(one is not None and one.small for one in there),
            )
        )
        rows += [
            (population.label, group_label(manifest, group), one.value, one.low, one.high, one.shown_n)
            for (population, _), one in zip(audits, there, strict=True)
            if one is not None
        ]
    form: Form = "percent" if metric.is_rate else "number"
    return Exhibit(
        title=f"{metric.label}: {_told([found for _, found in audits], question.metric)}",
        sentences=tuple(
            f"{one.label}: {largest_finding(found, question.metric).text}" for one, found in audits
        ),
        x=Axis("", "category"),
        y=Axis(metric.label, form),
        series=tuple(series),
        columns=("population", "group", "value", "low", "high", "n"),
        forms=("category", "category", form, form, form, "whole"),
        rows=tuple(rows),
        cautions=("The populations share most of their people, so their figures are not independent.",),
    )


def _told(audits: list[Audit], metric: str) -> str:
    """Whether the finding about the largest group is the same in all populations."""
    seen = set()
    for found in audits:
        first = largest_finding(found, metric)
        gap = found.comparison(metric, first.group) if found.groups else None
        higher = gap is not None and (gap.difference.value or 0) > 0
        seen.add((first.group, first.state, higher if first.state == "clear" else None))
    if len(seen) > 1:
        return "what is found depends on the population"
    [(_, state, _)] = seen
    if state == "clear":
        return f"a clear difference, the same way in each of {len(audits)} populations"
    if state in {"unclear", "equal"}:
        return f"no clear difference in any of {len(audits)} populations"
    return f"the same question to {len(audits)} populations"


POPULATIONS = ExhibitKind(
    "populations",
    "The same question to each population",
    "Does the finding hold whichever people are counted?",
    draw_populations,
    lambda manifest: len(manifest.populations) > 1,
)
