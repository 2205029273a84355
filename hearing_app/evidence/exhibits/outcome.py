"""The outcome test: how often people of each group are searched, against how often something is found."""

from __future__ import annotations

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.audit import Audit, Estimate, audit
from hearing_app.evidence.exhibit import Axis, Exhibit, ExhibitKind, Question, Series
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.format import percent, points
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.wording import group_label

_PAIRS = (("search_rate", "search_hit_rate"), ("frisk_rate", "hit_rate"), ("search_rate", "hit_rate"))
"""What was done, and how often it found something; the first pair that a dataset states is drawn."""


def draw_outcome_test(question: Question) -> Exhibit:
    """Each group at its search (or frisk) rate and its hit rate."""
    manifest = question.dataset.manifest
    done, hit = _pair(manifest)
    found = audit(question.catalogue, question.selection)
    parts = found.groups or (found.overall,)
    if not any(one.metrics[hit].value is not None for one in parts):
        fault = Fault("", "where", "No stop is left in this selection.", "Choose more of them.")
        raise Invalid("There is nothing to draw.", [fault], kept="")
    labels = [group_label(manifest, one.group) for one in parts]
    known = [
        (label, one)
        for label, one in zip(labels, parts, strict=True)
        if one.metrics[hit].value is not None and one.metrics[done].value is not None
    ]
    metrics = metrics_of(manifest)
    return Exhibit(
        title=f"{metrics[done].label} beside {metrics[hit].label.lower()}",
        sentences=(
            *(
                f"{label}: {metrics[done].label.lower()} {_shown(one.metrics[done])}, "
                f"{metrics[hit].label.lower()} {_shown(one.metrics[hit])}."
                for label, one in zip(labels, parts, strict=True)
            ),
            *_compared(found, hit),
        ),
        x=Axis(metrics[done].label, "percent"),
        y=Axis(metrics[hit].label, "percent"),
        series=tuple(
            Series(
                label,
                (one.metrics[done].value,),
                (one.metrics[hit].value,),
                (one.metrics[hit].low,),
                (one.metrics[hit].high,),
                shape="dots",
                emphasis=one.group == question.selection.reference,
                hollow=(one.metrics[hit].small,),
                names=(label,),
            )
            for label, one in known
        ),
        columns=("group", done, "low", "high", hit, "hit low", "hit high", "stops"),
        forms=("category", "percent", "percent", "percent", "percent", "percent", "percent", "whole"),
        rows=tuple(
            (
                label,
                *(getattr(one.metrics[done], what) for what in ("value", "low", "high")),
                *(getattr(one.metrics[hit], what) for what in ("value", "low", "high")),
                one.size,
            )
            for label, one in zip(labels, parts, strict=True)
        ),
        cautions=(
            "A group that is searched more often and in which less is found may be searched on slighter "
            "grounds. It may also not: see below.",
            *found.family.cautions,
            *(
                [
                    "Hits are counted for each stop, not for each search: what is found without a search is "
                    "in it."
                ]
                if hit == "hit_rate"
                else []
            ),
        ),
        sources=(
            "Becker (1957), The economics of discrimination",
            "Simoiu, Corbett-Davies and Goel (2017), Annals of Applied Statistics 11, 1193-1216",
        ),
    )


def _compared(found: Audit, hit: str) -> list[str]:
    reference = found.reference
    if reference is None:
        return []
    name = group_label(found.manifest, reference.group)
    return [
        f"Hit rate, {group_label(found.manifest, one.group)} against {name}: "
        f"{points(one.difference.value, one.difference.low, one.difference.high)}."
        for one in found.disparity[hit]
        if one.difference.value is not None
    ]


def _shown(estimate: Estimate) -> str:
    return percent(estimate.value, estimate.low, estimate.high)


def _pair(manifest: Manifest) -> tuple[str, str]:
    there = metrics_of(manifest)
    return next(pair for pair in _PAIRS if set(pair) <= set(there))


def _offered(manifest: Manifest) -> bool:
    there = set(metrics_of(manifest))
    return any(set(pair) <= there for pair in _PAIRS)


OUTCOME_TEST = ExhibitKind(
    "outcome-test",
    "Stops and hits, group by group (outcome test)",
    "Where people are frisked or searched more often, is more found?",
    draw_outcome_test,
    _offered,
)
