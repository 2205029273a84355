"""Findings about numbers that are no share of people: the number by its name, and how the groups compare."""

from __future__ import annotations

from typing import Literal

from hearing_app.evidence.audit import Audit, Estimate, GroupResult
from hearing_app.evidence.comparisons import Comparison
from hearing_app.evidence.family import Kind, Metric
from hearing_app.evidence.format import number, number_difference, people, times, times_alone
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.wording import group_name

State = Literal["alone", "clear", "unclear", "equal", "small", "undefined", "definition"]


def name_of(audit: Audit, metric: str, group: GroupResult) -> str:
    """A group in sentences about one metric: by what the metric is counted in."""
    return group_name(audit.manifest, group.group, audit.selection.where, audit.metric(metric).noun)


def about(audit: Audit, metric: str, one: GroupResult) -> str:
    """One group on its own: "Predictions per 1,000 residents for ...: 24.3 (24.1 to 24.5)."."""
    estimate, chosen, name = one.metrics[metric], audit.metric(metric), name_of(audit, metric, one)
    if estimate.value is None:
        return undefined(audit.manifest, chosen, name, estimate)
    text = f"{chosen.label} for {name}: {figure(estimate)}."
    return (
        f"{text} That rests on too little to compare: {_base(chosen, estimate)}." if estimate.small else text
    )


def undefined(manifest: Manifest, metric: Metric, name: str, estimate: Estimate) -> str:
    """Why there is no figure: rows counted in two ways, rows that do not say, or nothing to divide by."""
    if estimate.reason == "mixed":
        return f"There is no figure for {name} together. {' '.join(_reasons(manifest, metric))}"
    if estimate.reason == "unstated":
        return f"There is no figure for {name}: not all of the records state what it needs."
    if estimate.reason == "withheld":
        return (
            f"Some of the counts for {name} are not shown, to protect people; so there is no figure for them."
        )
    return f"There is nothing to divide by for {name}, so there is no figure."


def compared_sentence(
    audit: Audit, metric: str, one: GroupResult, reference: GroupResult, gap: Comparison
) -> tuple[State, str]:
    """One group beside the reference: the state of the finding, and its sentences."""
    chosen = audit.metric(metric)
    for which in (one, reference):
        if which.metrics[metric].value is None:
            return "undefined", about(audit, metric, which)
    if gap.small:
        return "small", about(audit, metric, one if one.metrics[metric].small else reference)
    names = [name_of(audit, metric, which) for which in (one, reference)]
    mine, theirs = (figure(which.metrics[metric]) for which in (one, reference))
    first = f"{chosen.label} for {names[0]}: {mine}; for {names[1]}: {theirs}."
    state = state_of(gap)
    if gap.difference.value is None:
        return state, f"{first} {' '.join(_reasons(audit.manifest, chosen))} The two cannot be compared."
    difference = number_difference(gap.difference.value, gap.difference.low, gap.difference.high)
    told, ratio = f"That is {difference}.", gap.ratio
    if state == "unclear":
        told = f"The difference is not clear: {difference}."
    elif state == "equal":
        told = f"That is the same; the true difference is uncertain: {difference}."
    elif ratio.value is not None:
        told = f"That is {difference}, or {times(ratio.value, ratio.low, ratio.high)} as high."
    return state, f"{first} {told}"


def state_of(gap: Comparison) -> State:
    """Whether the interval of a difference leaves zero out; "undefined" where they were counted
    in different ways.
    """
    value, low, high = gap.difference.value, gap.difference.low, gap.difference.high
    if value is None:
        return "undefined"
    if low is None or high is None:
        return "unclear"
    if low <= 0 <= high:
        return "unclear" if value else "equal"
    return "clear"


def alone_title(audit: Audit, metric: str, one: GroupResult) -> str:
    """The title where nothing is compared."""
    estimate, label, name = one.metrics[metric], audit.metric(metric).label, name_of(audit, metric, one)
    if estimate.value is None:
        return f"{label}: no figure for {name}"
    if estimate.small:
        return f"{label}: too little to go by for {name}"
    return f"{label}: {figure(estimate).partition(' (')[0]} for {name}"


def clear_title(audit: Audit, metric: str, one: GroupResult, reference: GroupResult, gap: Comparison) -> str:
    """The title of a clear difference: who has the higher figure, and how many times."""
    label = audit.metric(metric).label
    mine, theirs = (name_of(audit, metric, which) for which in (one, reference))
    ratio = gap.ratio
    if not ratio.value or not ratio.low or not ratio.high:
        side = "higher" if (gap.difference.value or 0) > 0 else "lower"
        return f"{label}: {side} for {mine} than for {theirs}"
    if ratio.value >= 1:
        return (
            f"{label}: {times_alone(ratio.value, ratio.low, ratio.high)} as high for {mine} as for {theirs}"
        )
    turned = times_alone(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)
    return f"{label}: {turned} as high for {theirs} as for {mine}"


def figure(estimate: Estimate) -> str:
    """The number with its interval."""
    return number(estimate.value, estimate.low, estimate.high)


def _base(metric: Metric, estimate: Estimate) -> str:
    return people(estimate.count or 0 if metric.kind is Kind.EVENTS else estimate.n)


def _reasons(manifest: Manifest, metric: Metric) -> list[str]:
    needed = set(metric.counts)
    return [one.reason for one in manifest.apart if not one.counts or needed.intersection(one.counts)]
