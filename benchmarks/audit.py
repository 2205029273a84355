"""A whole audit, ours and others': seven rates by race, sex, age, district, month and race x sex x age.

All begin with the same people and end with the same rates, which are compared before a time is believed. Ours
hold more: every rate with its interval, differences and ratios with theirs. Where the others start from a
table in memory, reading it is not counted against them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import fairlearn.metrics
import pandas
import polars
import pyarrow.parquet as pq
import sklearn.metrics

from benchmarks import synthetic
from benchmarks.timing import Figure, Part, Target, in_fresh_process, insist, side_by_side, within_budget
from hearing_app.evidence.audit import Audit, audit_of
from hearing_app.evidence.counting.counting import count_rows
from hearing_app.evidence.cube import Cube, cube_of_counts
from hearing_app.evidence.selection import Selection

GROUPINGS = (("race",), ("sex",), ("age",), ("district",), ("month",), ("race", "sex", "age"))
OURS = ("ours, from Parquet", "ours, from counts")
RATES = (
    "accuracy",
    "selection_rate",
    "false_positive_rate",
    "false_negative_rate",
    "true_positive_rate",
    "true_negative_rate",
    "positive_predictive_value",
)
KEYS = tuple(synthetic.LISTS)
# With fewer rows the opening of a file is most of the time, and no aim was set.
_AIMED_AT = 1_000_000
Rates: TypeAlias = dict[tuple[str, ...], dict[tuple[str, ...], tuple[float, ...]]]
"""By grouping and group, the seven rates; NaN or 0 where undefined, as the tool has it."""


def selections() -> list[Selection]:
    """The six groupings as questions."""
    first = {column.name: column.reference for column in synthetic.manifest().comparable}
    return [
        Selection("synthetic", by, synthetic.THRESHOLD, (), tuple((name, first[name]) for name in by))
        for by in GROUPINGS
    ]


def ours(cube: Cube) -> list[Audit]:
    """Our audit of counts: the seven rates, all intervals, differences and ratios, as Python's numbers."""
    manifest = synthetic.manifest()
    audits = [audit_of(cube, manifest, "", selection) for selection in selections()]
    for found in audits:
        for name in RATES:
            _ = found.figures[name], found.disparity[name]
    return audits


def ours_from_rows(path: Path) -> list[Audit]:
    """The same, counted from the file first."""
    manifest = synthetic.manifest()
    return ours(cube_of_counts(manifest, count_rows([path], manifest)))


def rates_of_ours(audits: list[Audit]) -> Rates:
    return {
        found.selection.by: {
            tuple(str(value) for _, value in one.group): tuple(
                float("nan") if value is None else value
                for value in (found.figures[name][0][place] for name in RATES)
            )
            for place, one in enumerate(found.groups)
        }
        for found in audits
    }


_FROM_CELLS = """
SELECT {keys}, (tp + tn) / n, (tp + fp) / n, fp / (fp + tn), fn / (tp + fn), tp / (tp + fn), tn / (fp + tn),
    tp / (tp + fp)
FROM (
    SELECT {keys}, sum(c) AS n, sum(if(high AND outcome = 1, c, 0)) AS tp,
        sum(if(high AND outcome = 0, c, 0)) AS fp, sum(if(NOT high AND outcome = 1, c, 0)) AS fn,
        sum(if(NOT high AND outcome = 0, c, 0)) AS tn
    FROM (SELECT {keys}, score >= 5 AS high, outcome, count(*) AS c FROM people GROUP BY ALL)
    GROUP BY GROUPING SETS ({sets}))
"""


def with_duckdb(path: Path) -> list[tuple[Any, ...]]:
    """DuckDB's SQL over the file: counted on all keys once, then grouping sets on the small result."""
    sets = ", ".join(f"({', '.join(by)})" for by in GROUPINGS)
    with duckdb.connect(":memory:") as connection:
        connection.read_parquet(str(path)).create_view("people")
        query = _FROM_CELLS.format(keys=", ".join(KEYS), sets=sets)
        return connection.execute(query).fetchall()


def rates_of_duckdb(rows: list[tuple[Any, ...]]) -> Rates:
    found: Rates = {by: {} for by in GROUPINGS}
    for row in rows:
        there = {name: value for name, value in zip(KEYS, row, strict=False) if value is not None}
        rates = tuple(float("nan") if value is None else float(value) for value in row[len(KEYS) :])
        found[tuple(there)][tuple(there.values())] = rates
    return found


def with_polars(path: Path) -> dict[tuple[str, ...], polars.DataFrame]:
    """Polars over the file, lazily and streaming, in the same two steps."""
    high = (polars.col("score") >= synthetic.THRESHOLD).alias("high")
    cells = polars.scan_parquet(path).group_by(*KEYS, high, "outcome").len("c").collect(engine="streaming")
    c, high, late = polars.col("c"), polars.col("high"), polars.col("outcome") == 1
    sums = {"tp": high & late, "fp": high & ~late, "fn": ~high & late, "tn": ~high & ~late}
    counts = cells.select(*KEYS, **{name: c * mask for name, mask in sums.items()})
    tp, fp, fn, tn = (polars.col(name) for name in sums)
    rates = {
        "accuracy": (tp + tn) / (tp + fp + fn + tn),
        "selection_rate": (tp + fp) / (tp + fp + fn + tn),
        "false_positive_rate": fp / (fp + tn),
        "false_negative_rate": fn / (tp + fn),
        "true_positive_rate": tp / (tp + fn),
        "true_negative_rate": tn / (fp + tn),
        "positive_predictive_value": tp / (tp + fp),
    }
    return {by: counts.group_by(*by).agg(polars.col(*sums).sum()).select(*by, **rates) for by in GROUPINGS}


def rates_of_polars(frames: dict[tuple[str, ...], polars.DataFrame]) -> Rates:
    return {by: {row[: len(by)]: row[len(by) :] for row in frame.iter_rows()} for by, frame in frames.items()}


def with_pandas(path: Path) -> dict[tuple[str, ...], pandas.DataFrame]:
    """Pandas from the file, texts read as categories, in the same two steps."""
    people = pq.read_table(path, read_dictionary=list(KEYS)).to_pandas()
    keys = [*KEYS, people["score"].ge(synthetic.THRESHOLD).rename("high"), "outcome"]
    cells = people.groupby(keys, observed=True).size().rename("c").reset_index()
    late, c = cells["outcome"] == 1, cells["c"]
    high = cells["high"]
    for name, mask in {
        "tp": high & late,
        "fp": high & ~late,
        "fn": ~high & late,
        "tn": ~high & ~late,
    }.items():
        cells[name] = c * mask
    frames: dict[tuple[str, ...], pandas.DataFrame] = {}
    for by in GROUPINGS:
        sums = cells.groupby(list(by), observed=True)[["tp", "fp", "fn", "tn"]].sum()
        tp, fp, fn, tn = (sums[name] for name in ("tp", "fp", "fn", "tn"))
        n = tp + fp + fn + tn
        rates = [
            (tp + tn) / n,
            (tp + fp) / n,
            fp / (fp + tn),
            fn / (tp + fn),
            tp / (tp + fn),
            tn / (fp + tn),
            tp / (tp + fp),
        ]
        frames[by] = pandas.concat(rates, axis=1, keys=RATES)
    return frames


def rates_of_frames(frames: dict[tuple[str, ...], pandas.DataFrame]) -> Rates:
    """Of frames whose index is the group."""
    return {
        by: {
            (group if isinstance(group, tuple) else (group,)): tuple(float(value) for value in row)
            for group, row in zip(frame.index, frame[list(RATES)].to_numpy(), strict=True)
        }
        for by, frame in frames.items()
    }


def _precision(y_true: Any, y_pred: Any) -> float:
    return float(sklearn.metrics.precision_score(y_true, y_pred, zero_division=0))


FAIRLEARN: dict[str, Callable[..., float]] = {
    "accuracy": sklearn.metrics.accuracy_score,
    "selection_rate": fairlearn.metrics.selection_rate,
    "false_positive_rate": fairlearn.metrics.false_positive_rate,
    "false_negative_rate": fairlearn.metrics.false_negative_rate,
    "true_positive_rate": fairlearn.metrics.true_positive_rate,
    "true_negative_rate": fairlearn.metrics.true_negative_rate,
    "positive_predictive_value": _precision,
}


def with_fairlearn(people: pandas.DataFrame) -> dict[tuple[str, ...], pandas.DataFrame]:
    """Fairlearn's MetricFrame of the people in memory, once for each grouping; no bootstrap."""
    return {
        by: fairlearn.metrics.MetricFrame(
            metrics=FAIRLEARN,
            y_true=people["outcome"],
            y_pred=people["chosen"],
            sensitive_features=people[list(by)],
        ).by_group
        for by in GROUPINGS
    }


def people_in_memory(path: Path) -> pandas.DataFrame:
    """The people as a table of pandas, with who is at or above the threshold."""
    people = pandas.read_parquet(path)
    people["chosen"] = (people["score"] >= synthetic.THRESHOLD).astype(int)
    return people


def difference(one: Rates, other: Rates) -> float:
    """The largest difference between two tools; what is undefined in the first is left out."""
    largest = 0.0
    for by, groups in one.items():
        # Fairlearn lists crossings of nobody, too, with nothing but NaN.
        there = {group for group, rates in other[by].items() if not all(map(isnan, rates))}
        insist(set(groups) == there, f"The groups by {by} are not the same.")
        for group, rates in groups.items():
            for mine, theirs in zip(rates, other[by][group], strict=True):
                insist(isnan(mine) or not isnan(theirs), f"A rate of {group} is undefined in one of the two.")
                largest = max(largest, 0.0 if isnan(mine) else abs(mine - theirs))
    return largest


def measure(folder: Path, people: int, runs: int, budget: float = 0.0, *, in_memory: bool = True) -> Part:
    """A whole audit of so many people by every tool.

    ``budget``: seconds for fairlearn, 0 to leave it out. ``in_memory``: pandas too, which holds all rows.
    """
    path = folder / f"{people}.parquet"
    if not path.exists():
        synthetic.write(path, people)
    cube = cube_of_counts(synthetic.manifest(), count_rows([path], synthetic.manifest()))
    works: dict[str, Callable[[], Any]] = {
        OURS[0]: lambda: ours_from_rows(path),
        OURS[1]: lambda: ours(cube),
        "DuckDB, from Parquet": lambda: with_duckdb(path),
        "polars, from Parquet": lambda: with_polars(path),
    }
    readers: dict[str, Callable[[Any], Rates]] = {
        "DuckDB, from Parquet": rates_of_duckdb,
        "polars, from Parquet": rates_of_polars,
        "pandas, from Parquet": rates_of_frames,
    }
    if in_memory:
        works["pandas, from Parquet"] = lambda: with_pandas(path)
    found = side_by_side(works, runs)
    rows, counts = (found[name][0] for name in OURS)
    mine = rates_of_ours(found[OURS[1]][1])
    insist(difference(mine, rates_of_ours(found[OURS[0]][1])) == 0, "We differ from ourselves.")
    for name, read in readers.items():
        if name in found:
            insist(difference(mine, read(found[name][1])) <= 1e-12, f"{name} differs.")
    others = {name: taken for name, (taken, _) in found.items() if name not in OURS}
    best = min(others.values())
    targets = []
    if people >= _AIMED_AT:
        claim = f"from Parquet, time against the best of {len(others)} others, {people:,} rows"
        targets.append(Target(claim, rows / best, 1.0, False))
    bars = {name: taken for name, (taken, _) in found.items()}
    figures = [Figure(name, taken, "s", runs, _times(taken, rows)) for name, (taken, _) in found.items()]
    if budget:
        taken, done, frames = within_budget(lambda: with_fairlearn(people_in_memory(path)), 5, budget)
        insist(difference(mine, rates_of_frames(frames)) <= 1e-12, "fairlearn differs.")
        # It takes minutes, in which the machine can change: ours is measured again, after it.
        again = side_by_side({name: works[name] for name in OURS}, runs)
        rows, counts = ((found[name][0] + again[name][0]) / 2 for name in OURS)
        figures.append(Figure("fairlearn MetricFrame, from memory", taken, "s", done, _times(taken, rows)))
        bars["fairlearn"] = taken
        if people >= _AIMED_AT:
            claim = f"against fairlearn, {people:,} rows"
            targets.append(Target(f"{claim}, from Parquet", taken / rows, 2_000, True))
            targets.append(Target(f"{claim}, from counts", taken / counts, 2_000, True))
    python = os.environ.get("AEQUITAS_PYTHON")
    if python and in_memory and people <= 10_000_000:
        theirs = in_fresh_process("benchmarks.with_aequitas", str(path), str(min(runs, 5)), python=python)
        rates = {
            tuple(by.split(" ")): {tuple(g.split("|")): tuple(r) for g, r in groups.items()}
            for by, groups in theirs["rates"].items()
        }
        insist(difference(mine, rates) <= 1e-12, "Aequitas differs.")
        taken = theirs["seconds"]
        figures.append(
            Figure("Aequitas crosstabs, from memory", taken, "s", theirs["runs"], _times(taken, rows))
        )
        bars["Aequitas"] = taken
        if people >= _AIMED_AT:
            claim = f"against Aequitas, {people:,} rows, from Parquet"
            targets.append(Target(claim, taken / rows, 10, True))
    text = "Seven rates by race, sex, age, district, month and race x sex x age; equal to 1e-12."
    return Part(f"A whole audit of {people:,} people", text, tuple(figures), tuple(targets), bars)


def _times(taken: float, rows: float) -> str:
    return f"{taken / rows:,.3g} times ours from Parquet"
