"""What a dataset's groups, outcomes and decisions are called in labels and in sentences."""

from __future__ import annotations

from hearing_app.evidence.counts import Group
from hearing_app.evidence.datasets import Dataset
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.metrics import Metric
from hearing_app.evidence.selection import Selection, population_of


def group_label(manifest: Manifest, group: Group) -> str:
    """The short name for tables and charts: "Black", "Black, Women"; "Everyone" for ()."""
    labels = []
    for name, value in group:
        column = manifest.column(name)
        listed = column.listed(value) if column else None
        labels.append(listed.label if listed else str(value))
    return ", ".join(labels) or "Everyone"


def group_name(manifest: Manifest, group: Group) -> str:
    """The name in sentences, in the plural: "Black female defendants aged 25 to 45"; "defendants" for ()."""
    before, after = [], []
    for name, value in group:
        column = manifest.column(name)
        listed = column.listed(value) if column else None
        if listed is None:
            continue
        if listed.after:
            after.append(listed.after)
        if listed.before or not listed.after:
            before.append(listed.before or listed.label)
    return " ".join([*before, manifest.unit.label, *after])


def metric_wording(manifest: Manifest, metric: Metric, threshold: int) -> tuple[str, str]:
    """(among, event) of a metric at a threshold: "who were not re-arrested ...", "were scored high"."""
    level = manifest.level(threshold)
    places = {
        "positive": manifest.outcome.positive,
        "negative": manifest.outcome.negative,
        "decided": manifest.decision.positive.replace("{level}", level),
        "undecided": manifest.decision.negative.replace("{level}", level),
    }
    return metric.among.format_map(places), metric.event.format_map(places)


def selection_words(dataset: Dataset, selection: Selection) -> str:
    """The selection as one line: "All 7,214; Women; COMPAS risk score of 5 or higher (medium or high)"."""
    manifest = dataset.manifest
    population = population_of(dataset, selection)
    switches = set(population.where) if population else set()
    parts = [population.label] if population else []
    parts += [
        group_label(manifest, ((name, value),)) for name, value in selection.where if name not in switches
    ]
    score = f"{manifest.score.label} of {selection.threshold} or higher"
    words = manifest.level(selection.threshold)
    named = f" ({words})" if words != f"{selection.threshold} or higher" else ""
    return "; ".join([*parts, score + named])
