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
    clear, states = set(), []
    for found in audits:
        first = largest_finding(found, metric)
        absent = first.state == "alone" and bool(found.groups) and found.reference is None
        states.append("few" if absent or first.state in {"small", "undefined"} else first.state)
        if first.state == "clear":
            gap = found.comparison(metric, first.group)
            clear.add((first.group, gap is not None and (gap.difference.value or 0) > 0))
    few, whole = states.count("few"), len(states)
    if not {"clear", "unclear", "equal", "few"}.issuperset(states):
        return f"the same question to {whole} populations"
    if few == whole:
        return f"too few people to compare in any of {whole} populations"
    # Where too few people are left nothing is found, and so nothing that speaks against the others.
    rest = f"; too few people to compare in {few}" if few else ""
    if not clear:
        return f"no clear difference in any of {whole} populations{rest}"
    if len(clear) > 1 or states.count("clear") + few < whole:
        return f"what is found depends on the population{rest}"
    return f"a clear difference, the same way in each of {whole - few} populations{rest}"


POPULATIONS = ExhibitKind(
    "populations",
    "The same question to each population",
    "Does the finding hold whichever people are counted?",
    draw_populations,
    lambda manifest: len(manifest.populations) > 1,
)
