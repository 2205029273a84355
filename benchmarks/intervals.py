"""Intervals of a whole table beside fairlearn's bootstrap, and areas under the curve beside scikit-learn."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fairlearn.metrics
import numpy as np
import pandas
import sklearn.metrics

from benchmarks import synthetic
from benchmarks.audit import FAIRLEARN, RATES, people_in_memory
from benchmarks.timing import Figure, Part, Target, insist, seconds, side_by_side
from hearing_app.evidence.auc import area_under_curve
from hearing_app.evidence.counting.counting import count_rows
from hearing_app.evidence.counts import Counted, Histogram, counted_people, histogram_of
from hearing_app.evidence.cube import Cube, cube_of_counts
from hearing_app.evidence.disparity import compare
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.family import Metric
from hearing_app.evidence.intervals import rate, wilson
from hearing_app.evidence.metrics import measure as measured_of

DRAWS = 1_000


@cache
def rate_metrics() -> dict[str, Metric]:
    """The seven rates as the app's own metrics."""
    return {name: metrics_of(synthetic.manifest())[name] for name in RATES}


def table_of_intervals(counted: Counted) -> int:
    """Seven rates of every race, differences and ratios to the second, with intervals; how many limits."""
    measured = measured_of(counted, rate_metrics().values())
    compared = compare(measured, rate_metrics(), 1)
    return sum(measured[name].low.size + compared[name].ratio[1].size for name in rate_metrics())


def _bootstrap(people: pandas.DataFrame, draws: int) -> pandas.DataFrame:
    frame = fairlearn.metrics.MetricFrame(
        metrics=FAIRLEARN,
        y_true=people["outcome"],
        y_pred=people["chosen"],
        sensitive_features=people[["race"]],
        n_boot=draws,
        ci_quantiles=[0.025, 0.975],
        random_state=1,
    )
    low, high = frame.by_group_ci
    return high - low


def _cube(folder: Path, people: int) -> tuple[Path, Cube]:
    path = folder / f"{people}.parquet"
    if not path.exists():
        synthetic.write(path, people)
    return path, cube_of_counts(synthetic.manifest(), count_rows([path], synthetic.manifest()))


def measure_intervals(folder: Path, people: int, draws: int, runs: int) -> Part:
    """Intervals of the rates by race; fairlearn's bootstrap once, with so many draws as its time allows."""
    path, cube = _cube(folder, people)
    histogram = histogram_of(cube, synthetic.manifest().score, ("race",))
    rows = people_in_memory(path)
    taken, widths = seconds(lambda: _bootstrap(rows, draws))
    works = {
        "Wilson's intervals of 42 rates": lambda: _wilson(counted_people(histogram, synthetic.THRESHOLD)),
        "all of it: with differences and ratios": lambda: table_of_intervals(
            counted_people(histogram, synthetic.THRESHOLD)
        ),
    }
    found = {name: one for name, (one, _) in side_by_side(works, runs).items()}
    whole = found["all of it: with differences and ratios"]
    _alike(histogram, widths)
    scaled = taken * DRAWS / draws
    figures = (
        *(Figure(name, 1000 * one, "ms", runs) for name, one in found.items()),
        Figure(f"fairlearn, {draws:,} draws", taken, "s", 1, f"{taken / whole:,.0f} times all of ours"),
    )
    claim = f"all intervals against fairlearn's bootstrap of {draws:,} draws, measured"
    targets = [Target(claim, taken / whole, 100_000, True)]
    if draws < DRAWS:
        claim = f"the same, scaled to {DRAWS:,} draws (not measured)"
        targets.append(Target(claim, scaled / whole, 100_000, True))
    text = f"{people:,} people, seven rates by race. Fairlearn's intervals are of the rates alone."
    return Part("Intervals of a whole table", text, figures, tuple(targets))


def _wilson(counted: Counted) -> float:
    pairs = [
        (counted.total(one.numerator), counted.total(one.denominator)) for one in rate_metrics().values()
    ]
    k, n = np.stack([k for k, _ in pairs]), np.stack([n for _, n in pairs])
    return float(wilson(k, n)[0].sum() + rate(k, n).sum())


def _alike(histogram: Histogram, widths: pandas.DataFrame) -> None:
    """For the largest group both intervals are about as wide; for small ones the bootstrap's are wrong."""
    measured = measured_of(counted_people(histogram, synthetic.THRESHOLD), rate_metrics().values())
    place = [dict(group)["race"] for group in histogram.groups].index("Black")
    for name, one in measured.items():
        width, theirs = float(one.high[place] - one.low[place]), float(widths.loc["Black", name])
        insist(0.5 < width / theirs < 2, f"The intervals of {name} are {width} and {theirs} wide.")


def measure_areas(folder: Path, people: int, runs: int) -> Part:
    """The area under the curve of every race."""
    path, cube = _cube(folder, people)
    rows = people_in_memory(path)
    score = synthetic.manifest().score

    def ours() -> dict[str, float]:
        histogram = histogram_of(cube, score, ("race",))
        areas = area_under_curve(histogram.people[:, 1], histogram.people[:, 0])[0]
        return {str(dict(g)["race"]): float(a) for g, a in zip(histogram.groups, areas, strict=True)}

    def theirs() -> dict[str, float]:
        return {
            str(race): float(sklearn.metrics.roc_auc_score(part["outcome"], part["score"]))
            for race, part in rows.groupby("race")
        }

    found = side_by_side({"scikit-learn, from memory": theirs, "ours, from counts": ours}, runs)
    (slow, one), (fast, other) = found.values()
    largest = max(abs(one[race] - other[race]) for race in one)
    figures = (
        Figure("ours, from counts", 1000 * fast, "ms", runs),
        Figure("scikit-learn, from memory", 1000 * slow, "ms", runs),
        Figure("largest difference", largest, "", 1),
    )
    targets = (
        Target("area under the curve by race, against scikit-learn", slow / fast, 100, True),
        Target("largest difference of an area", largest, 1e-15, False, ""),
    )
    return Part(f"Areas under the curve of {people:,} people", "By race.", figures, targets)
