"""What one part of a manifest says against another; each field on its own is already valid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from hearing_app.errors import Fault
from hearing_app.evidence.families import families, metrics_of
from hearing_app.evidence.family import Family
from hearing_app.evidence.manifest import (
    Apart,
    FilterColumn,
    GroupColumn,
    ListedColumn,
    Manifest,
    MeasureColumn,
    RecordColumn,
    ScoreColumn,
    TimeColumn,
    Value,
)

# A group column becomes a column of the CSV that readers download, beside these.
_TAKEN = (
    " dataset version threshold where part metric value low high count n small reference people "
    "difference difference_low difference_high ratio ratio_low ratio_high "
)


def contradictions(manifest: Manifest) -> list[Fault]:
    """What one part of a manifest says against another; each field on its own is already valid."""
    return [Fault("dataset.yaml", *found) for found in _contradictions(manifest)]


def _contradictions(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    family = families().get(manifest.family)
    if family is None:
        yield "family", f"There is no family {manifest.family}.", f"Use one of: {', '.join(families())}."
    else:
        yield from _of_scores(manifest) if family.scored else _of_measures(manifest, family)
    for name in _repeated(column.name for column in manifest.columns):
        yield "columns", f"The column {name} is declared twice.", "Keep one of the two."
    if sum(isinstance(column, RecordColumn) for column in manifest.columns) > 1:
        yield "columns", "Two columns have the role record.", "Let one of them say what a row is about."
    for index, column in enumerate(manifest.columns):
        place = f"columns.{index}"
        if isinstance(column, ListedColumn):
            yield from _of_list(place, column)
        if isinstance(column, ScoreColumn):
            yield from _of_score(place, column)
    for index, apart in enumerate(manifest.apart):
        yield from _of_apart(f"apart.{index}", apart, manifest)
    if manifest.period.first > manifest.period.last:
        yield "period", "The period ends before it begins.", "Swap first and last."
    yield from _of_populations(manifest)


def _of_scores(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    roles: Counter[str] = Counter(column.role for column in manifest.columns)
    for role in ("score", "outcome", "count"):
        if roles[role] != 1:
            yield "columns", f"{roles[role]} columns have the role {role}.", "Give it to exactly one."
    for role in ("measure", "record"):
        if roles[role]:
            yield "columns", f"A column has the role {role}, which people by score do not have.", "Remove it."
    if not roles["group"]:
        yield "columns", "No column has the role group.", "Name at least one column to compare people by."
    if manifest.apart:
        yield "apart", "People by score are all counted in the same way.", "Make two datasets of them."
    if manifest.decision is None:
        yield "decision", "It is missing.", "Say when a score counts as a positive prediction."
        return
    for key in ("positive", "negative"):
        if getattr(manifest.decision, key).replace("{level}", "").replace("{below}", "").count("{"):
            problem = "It holds a brace that is not {level} or {below}."
            yield f"decision.{key}", problem, "Write only {level} or {below} in braces."


def _of_measures(manifest: Manifest, family: Family) -> Iterator[tuple[str, str, str]]:
    known = [one.name for one in family.counts]
    for role in ("score", "outcome", "count"):
        if any(column.role == role for column in manifest.columns):
            repair = "Give what is counted the role measure."
            yield "columns", f"A column has the role {role}, which this family does not have.", repair
    for index, column in enumerate(manifest.columns):
        if isinstance(column, MeasureColumn) and column.counts not in known:
            problem = f"The family counts nothing called {column.counts}."
            yield f"columns.{index}.counts", problem, f"Use one of: {', '.join(known)}."
    for twice in _repeated(column.counts for column in manifest.measures):
        yield "columns", f"Two columns count {twice}.", "Keep one of the two."
    if not metrics_of(manifest):
        repair = f"Name the columns that count, of: {', '.join(known)}."
        yield "columns", "The columns that count allow no metric of the family.", repair
    if manifest.lattice is not None:
        yield "disclosure.tables", "Only people by score are published in tables.", "Leave it out."
    if manifest.decision is not None:
        yield "decision", "Only people by score have a decision at a threshold.", "Remove it."


def _of_apart(place: str, apart: Apart, manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    if manifest.column(apart.column) is None:
        names = ", ".join(column.name for column in manifest.selectable) or "none"
        yield f"{place}.column", f"There is no column {apart.column} with listed values.", f"Use: {names}."
    stated = {column.counts for column in manifest.measures}
    for name in apart.counts:
        if name not in stated:
            yield f"{place}.counts", f"No column counts {name}.", f"Use some of: {', '.join(sorted(stated))}."


def _of_list(place: str, column: ListedColumn) -> Iterator[tuple[str, str, str]]:
    wanted = int if column.type == "integer" else str
    for index, listed in enumerate(column.values):
        spot, value = f"{place}.values.{index}.value", listed.value
        if type(value) is not wanted:
            repair = "Write it in quotes, or correct the type."
            if wanted is int:
                repair = "Write it without quotes, or correct the type."
            yield spot, f"{value!r} is not of type {column.type}.", repair
        if isinstance(value, str) and (value != value.strip() or not value):
            yield spot, "It is empty or has a space at an end.", "Remove the space."
    for what in ("value", "label"):
        for twice in _repeated(getattr(listed, what) for listed in column.values):
            yield f"{place}.values", f"The {what} {twice!r} stands there twice.", "Keep one of the two."
    if isinstance(column, GroupColumn | TimeColumn):
        if column.listed(column.reference) is None:
            yield f"{place}.reference", f"{column.reference!r} is not a value of it.", "Name a listed value."
        if f" {column.name} " in _TAKEN:
            yield f"{place}.name", f"A download already has a column called {column.name}.", "Rename it."


def _of_score(place: str, score: ScoreColumn) -> Iterator[tuple[str, str, str]]:
    if not score.minimum < score.maximum <= score.minimum + 1000:
        repair = "Let maximum be above minimum, by 1,000 at most; put finer scores into bins."
        yield f"{place}.maximum", f"The scores run from {score.minimum} to {score.maximum}.", repair
    levels = [(f"levels.{index}.threshold", level.threshold) for index, level in enumerate(score.levels)]
    for twice in _repeated(level.threshold for level in score.levels):
        yield f"{place}.levels", f"The threshold {twice} stands there twice.", "Keep one of the two."
    for field, threshold in [("threshold", score.threshold), *levels]:
        if not score.minimum <= threshold <= score.maximum:
            repair = f"Choose a threshold from {score.minimum} to {score.maximum}."
            yield f"{place}.{field}", f"{threshold} is not a possible score.", repair


def _of_populations(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    for what in ("id", "label"):
        for twice in _repeated(getattr(population, what) for population in manifest.populations):
            yield "populations", f"The {what} {twice!r} stands there twice.", "Give each its own."
    switches = (FilterColumn,) if manifest.scored else (ListedColumn,)
    filters = {column.name: column for column in manifest.columns if isinstance(column, switches)}
    for index, population in enumerate(manifest.populations):
        for name, value in population.where.items():
            place = f"populations.{index}.where.{name}"
            if name not in filters:
                yield place, "There is no such filter column.", f"Use one of: {', '.join(filters) or 'none'}."
            elif filters[name].listed(value) is None:
                yield place, f"{value!r} is not a value of that column.", "Use a value that is listed there."


def _repeated(values: Iterable[Value]) -> list[Value]:
    return [value for value, times in Counter(values).items() if times > 1]
