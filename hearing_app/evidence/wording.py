"""What a dataset's groups, outcomes and decisions are called in labels and in sentences."""

from __future__ import annotations

from hearing_app.evidence.audit import Audit
from hearing_app.evidence.counts import Group
from hearing_app.evidence.families import family_of
from hearing_app.evidence.family import Metric
from hearing_app.evidence.format import people
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.selection import population_in


def group_label(manifest: Manifest, group: Group) -> str:
    """The short name for tables and charts: "Black", "Black, Women"; "Everyone" for ()."""
    labels = []
    for name, value in group:
        column = manifest.column(name)
        listed = column.listed(value) if column else None
        labels.append(listed.label if listed else str(value))
    return ", ".join(labels) or "Everyone"


def group_name(manifest: Manifest, group: Group, where: Group = (), noun: str = "") -> str:
    """The name in sentences, in the plural: "Black female defendants aged 25 to 45"; "defendants" for ().

    ``where`` is the selection's filter: who is left out of the figures is left out of the name as well.
    ``noun`` is what is counted, where that is not the dataset's own unit: "alerts".
    """
    before, after = [], []
    values = {**dict(where), **dict(group)}
    for column in manifest.comparable:
        listed = column.listed(values[column.name]) if column.name in values else None
        if listed is None:
            continue
        if listed.after:
            after.append(listed.after)
        if listed.before or not listed.after:
            before.append(listed.before or listed.label)
    return " ".join([*before, noun or manifest.unit.label, *after])


def metric_wording(manifest: Manifest, metric: Metric, threshold: int | None) -> tuple[str, str]:
    """(among, event) of a metric at a threshold: "who were not re-arrested ...", "were scored high"."""
    places = events(manifest)
    if manifest.decision is not None and threshold is not None:
        words = {"{level}": manifest.level(threshold), "{below}": manifest.below(threshold)}
        positive, negative = manifest.decision.positive, manifest.decision.negative
        for place, said in words.items():
            positive, negative = positive.replace(place, said), negative.replace(place, said)
        outcome = {"positive": manifest.outcome.positive, "negative": manifest.outcome.negative}
        places |= {**outcome, "decided": positive, "undecided": negative}
    return metric.among.format_map(places), metric.event.format_map(places)


def events(manifest: Manifest) -> dict[str, str]:
    """How each count is worded as the end of a sentence: in the dataset's own words, or the family's."""
    words = {one.name: one.event for one in family_of(manifest).counts}
    return words | {column.counts: column.event for column in manifest.measures if column.event}


def choice_words(manifest: Manifest, metric: Metric) -> str:
    """A metric's name in a list of choices: "Of those not re-arrested: singled out"."""
    if not manifest.scored:
        return metric.choice
    outcome = manifest.outcome
    return metric.choice.format(positive=outcome.positive_short, negative=outcome.negative_short)


def score_words(manifest: Manifest) -> str:
    """What the source calls the scores: "1 to 4 low, 5 to 7 medium, 8 to 10 high"; "" without words."""
    score = manifest.score
    levels = sorted(score.levels, key=lambda level: level.threshold)
    if not levels:
        return ""
    starts = [score.minimum, *(level.threshold for level in levels)]
    ends = [*(level.threshold - 1 for level in levels), score.maximum]
    names = [levels[0].below, *(level.band or level.words for level in levels)]
    bands = [
        f"{start} to {end} {name}" if start < end else f"{start} {name}"
        for start, end, name in zip(starts, ends, names, strict=True)
        if name and start <= end
    ]
    return ", ".join(bands)


def everyone_label(audit: Audit) -> str:
    """What the row of all groups together is called: "Everyone", "All alerts", "Women" of women alone."""
    only = _of_groups(audit)
    if not only and audit.manifest.measures:
        return f"All {size_noun(audit.manifest)}"
    return group_label(audit.manifest, only)


def scope(audit: Audit) -> str:
    """The population by name where it is not the dataset's first: "ProPublica's 6,172"; else ""."""
    manifest, population = audit.manifest, population_in(audit.manifest, audit.selection)
    groups = {column.name for column in manifest.comparable}
    named = set(population.where if population else ()) | groups
    parts = [population.label] if population and population != manifest.populations[0] else []
    parts += [group_label(manifest, (pair,)) for pair in audit.selection.where if pair[0] not in named]
    return ", ".join(parts)


def narrowed(audit: Audit) -> str:
    """Who is counted, where that is not the dataset's first population whole; else "".

    "Women only: 1 395 of the 7 214 people".
    """
    within, only = scope(audit), _of_groups(audit)
    population = population_in(audit.manifest, audit.selection)
    total = population.total if population else audit.manifest.total
    counted = audit.overall.counts[_total_of(audit.manifest)]
    if not only and (not within or counted == total):
        return within
    known = "some" if counted is None else people(counted)
    of = f"{known} of the {people(total)} {audit.manifest.unit.of}"
    named = f"{everyone_label(audit)} only" if only else ""
    return f"{'; '.join(part for part in (within, named) if part)}: {of}"


def selection_words(audit: Audit, metric: str) -> str:
    """The selection as one line: "All 7,214; COMPAS risk score of 5 or higher (medium or high)".

    A figure that does not depend on the threshold is described without it.
    """
    manifest, threshold = audit.manifest, audit.selection.threshold
    who = narrowed(audit) or (
        # A filter of its own can leave what no population is: then it is not called by the first one's name.
        population.label
        if (population := population_in(manifest, audit.selection))
        else f"All {people(manifest.total)} {size_noun(manifest)}"
    )
    if threshold is None or not audit.metric(metric).uses_threshold:
        return who
    words = manifest.level(threshold)
    named = f" ({words})" if words != f"{threshold} or higher" else ""
    return f"{who}; {manifest.score.label} of {threshold} or higher{named}"


def _of_groups(audit: Audit) -> Group:
    """The part of the filter that is about groups, and not about a population."""
    switches = {name for one in audit.manifest.populations for name in one.where}
    groups = {column.name for column in audit.manifest.comparable} - switches
    return tuple(pair for pair in audit.selection.where if pair[0] in groups)


def size_noun(manifest: Manifest) -> str:
    """What the size of a group counts: "people", "alerts"."""
    family, stated = family_of(manifest), {column.counts for column in manifest.measures}
    if family.scored:
        return manifest.unit.of
    name = next(one for one in (*family.size, *stated) if one in stated)
    count = family.count(name)
    return count.noun if count else manifest.unit.of


def _total_of(manifest: Manifest) -> str:
    """The count that the dataset's totals add up."""
    return manifest.measures[0].counts if manifest.measures else "n"
