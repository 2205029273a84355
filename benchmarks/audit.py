"""Measure the evidence engine beside fairlearn's MetricFrame: ``python -m benchmarks.audit``.

Both start from the same people in one pandas table and give the same seven rates for the same groupings; the
results are compared to 1e-12 before anything is printed. Only the ratios travel between machines. The engine
counts the people once and answers from the counts ever after, so counting is timed on its own and a first
answer ("first") apart from the next threshold ("again"). The engine's answers hold more than fairlearn's
(intervals, differences, ratios, area under the curve); fairlearn gets no bootstrap.
"""

from __future__ import annotations

import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import fairlearn.metrics
import numpy as np
import pandas
import sklearn.metrics
import yaml

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.selection import Selection, parse_selection

ROOT = Path(__file__).parents[1]
PEOPLE = 1_000_000
# Fairlearn's part is repeated at most so often, and not begun again after so many seconds.
MOST_REPETITIONS = 5
SECONDS_FOR_FAIRLEARN = 130.0
GROUPINGS = ("race", "sex", "race,sex")


def precision(y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
    """Positive predictive value; 0 for nobody, as fairlearn's own rates have it."""
    value = sklearn.metrics.precision_score(y_true, y_pred, sample_weight=sample_weight, zero_division=0)
    return float(value)


RATES: dict[str, Callable[..., float]] = {
    "accuracy": sklearn.metrics.accuracy_score,
    "selection_rate": fairlearn.metrics.selection_rate,
    "false_positive_rate": fairlearn.metrics.false_positive_rate,
    "false_negative_rate": fairlearn.metrics.false_negative_rate,
    "true_positive_rate": fairlearn.metrics.true_positive_rate,
    "true_negative_rate": fairlearn.metrics.true_negative_rate,
    "positive_predictive_value": precision,
}
Frames = dict[str, Any]


def seconds(work: Callable[[], Any], repetitions: int) -> tuple[float, Any]:
    """The median time of some repetitions, and the last result."""
    times, result = [], None
    for _ in range(repetitions):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def with_fairlearn(people: pandas.DataFrame, threshold: int, weights: str | None = None) -> Frames:
    """The seven rates of every grouping, by fairlearn; from rows, or from counts as sample weights."""
    frames = {}
    for grouping in GROUPINGS:
        sample: dict[str, Any] = {}
        if weights:
            sample = {"sample_params": {name: {"sample_weight": people[weights]} for name in RATES}}
        frames[grouping] = fairlearn.metrics.MetricFrame(
            metrics=RATES,
            y_true=people["two_year_recid"],
            y_pred=(people["decile_score"] >= threshold).astype(int),
            sensitive_features=people[grouping.split(",")],
            **sample,
        )
    return frames


def with_counts(catalogue: Catalogue, selections: list[Selection]) -> list[Audit]:
    """Every grouping, by the engine."""
    return [audit(catalogue, selection) for selection in selections]


def count_people(people: pandas.DataFrame) -> pandas.DataFrame:
    """From a row for each person to a row for each combination, in DuckDB."""
    with closing(duckdb.connect(":memory:")) as connection:
        rows = connection.from_df(people)
        names = [duckdb.ColumnExpression(name) for name in people.columns]
        counted = rows.aggregate([*names, duckdb.FunctionExpression("count").cast("BIGINT").alias("n")])
        return counted.df()


def insist(holds: bool, otherwise: str) -> None:
    """Stop where a figure would be worth nothing."""
    if not holds:
        raise SystemExit(otherwise)


def differ(audits: list[Audit], frames: Frames) -> float:
    """The largest difference between the two, over all rates and groups."""
    largest = 0.0
    for found, grouping in zip(audits, GROUPINGS, strict=True):
        table = frames[grouping].by_group
        insist(len(found.groups) == len(table), "The two have different groups.")
        for one in found.groups:
            values = tuple(value for _, value in one.group)
            for name in RATES:
                value = one.metrics[name].value
                theirs = float(table.loc[values if len(values) > 1 else values[0], name])
                # Undefined here, 0 in fairlearn: only where there is nobody to divide by.
                largest = max(largest, abs((0.0 if value is None else value) - theirs))
    return largest


def synthetic() -> pandas.DataFrame:
    """A million people with the columns of the published dataset and groups of very different size."""
    rng = np.random.default_rng(7)
    races = ["African-American", "Caucasian", "Hispanic", "Asian", "Native American", "Other"]
    race = rng.choice(6, PEOPLE, p=[0.45, 0.3, 0.15, 0.06, 0.03, 0.01])
    score = rng.binomial(9, 0.35 + 0.03 * (race == 0), PEOPLE) + 1
    late = rng.random(PEOPLE) < 0.1 + 0.05 * score
    return pandas.DataFrame(
        {
            "race": np.array(races)[race],
            "sex": np.where(rng.random(PEOPLE) < 0.2, "Female", "Male"),
            "decile_score": score,
            "two_year_recid": late.astype(np.int64),
        }
    )


def published() -> pandas.DataFrame:
    """The 7,214 people of the published dataset, one row each."""
    counts = pandas.read_csv(ROOT / "datasets/compas-broward/counts.csv")
    people = counts.loc[counts.index.repeat(counts["n"])].drop(columns="n")
    return people[["race", "sex", "decile_score", "two_year_recid"]].reset_index(drop=True)


def publish(counts: pandas.DataFrame, folder: Path) -> None:
    """Write counts as a dataset, described as the published one is."""
    manifest = yaml.safe_load((ROOT / "datasets/compas-broward/dataset.yaml").read_text())
    kept = [column for column in manifest["columns"] if column["name"] in counts.columns]
    total = int(counts["n"].sum())
    everyone = {"id": "all", "label": "All", "explanation": "Everyone.", "where": {}, "total": total}
    manifest |= {"id": folder.name, "total": total, "columns": kept, "populations": [everyone]}
    folder.mkdir()
    (folder / "dataset.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False))
    counts.to_csv(folder / "counts.csv", index=False, lineterminator="\n")


def measure(label: str, people: pandas.DataFrame, folder: Path, repetitions: int) -> list[list[str]]:
    """Measure one set of people both ways; the rows of the table."""
    counting, counts = seconds(lambda: count_people(people), 5)
    publish(counts, folder / label)
    opening, catalogue = seconds(lambda: Catalogue(folder), 1)
    with closing(catalogue):
        insist(not catalogue.faults, str(catalogue.faults))
        dataset = catalogue.dataset(label)
        asked = [parse_selection(dataset, [("by", by), ("threshold", "5")]) for by in GROUPINGS]

        def first() -> list[Audit]:
            catalogue.forget()
            return with_counts(catalogue, asked)

        first_time, audits = seconds(first, 21)
        again_time, _ = seconds(lambda: with_counts(catalogue, asked), 21)

    times: list[float] = []
    frames: Frames = {}
    started = time.perf_counter()
    while len(times) < repetitions and (not times or time.perf_counter() - started < SECONDS_FOR_FAIRLEARN):
        taken, frames = seconds(lambda: with_fairlearn(people, 5), 1)
        times.append(taken)
    theirs = statistics.median(times)
    weighted, from_counts = seconds(lambda: with_fairlearn(counts, 5, "n"), 3)
    for found in (frames, from_counts):
        insist(differ(audits, found) <= 1e-12, f"The results differ by {differ(audits, found)}.")

    def row(what: str, taken: float, repeated: int) -> list[str]:
        return [label, what, f"{taken * 1000:,.1f}", str(repeated), f"{theirs / taken:,.1f}"]

    return [
        row("fairlearn MetricFrame, from people", theirs, len(times)),
        row("fairlearn MetricFrame, from our counts", weighted, 3),
        row("counting the people, once", counting, 5),
        row("opening and checking the counts, once", opening, 1),
        row("audit from counts, first", first_time, 21),
        row("audit from counts, again", again_time, 21),
        row("counting + opening + first audit", counting + opening + first_time, 1),
    ]


def main() -> None:
    """Run both measurements and print one table."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as top:
        rows = []
        for label, people in (("people-7214", published()), ("people-1000000", synthetic())):
            folder = Path(top) / label
            folder.mkdir()
            rows += measure(label, people, folder, MOST_REPETITIONS)
    print(f"Seven rates for {' | '.join(GROUPINGS)}; medians; equal to 1e-12.")
    print(f"Python {platform.python_version()} on {platform.machine()}, " + versions())
    print()
    table = [["people", "what", "milliseconds", "runs", "times as fast as fairlearn"], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(5)]
    for line in table:
        left = [cell.ljust(width) for cell, width in zip(line[:2], widths[:2], strict=True)]
        right = [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
        print("  ".join([*left, *right]))
    print(f"\nMeasured in {time.perf_counter() - started:.0f} s.")


def versions() -> str:
    """The versions that the figures belong to."""
    return ", ".join(f"{name} {version(name)}" for name in ("duckdb", "numpy", "fairlearn", "scikit-learn"))


if __name__ == "__main__":
    main()
