"""A change of threshold, group or filter: how long it takes, alone, beside many others, and with more people.

The counts are of 48 groups (race x sex x age) by ten scores and two outcomes, to be filtered by 50 districts
and 12 months: 576,000 cells. A question is answered in full where "every metric" stands: all values with
their intervals, all differences and ratios with theirs.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import product
from statistics import median
from threading import Barrier
from typing import Any

import duckdb
import pyarrow as pa

from benchmarks import synthetic
from benchmarks.timing import Figure, Part, Target, insist, percentile
from hearing_app.evidence.audit import Audit, audit_of
from hearing_app.evidence.counts import count_people, histogram_of
from hearing_app.evidence.cube import Cube, cube_of_counts
from hearing_app.evidence.datasets import Dataset
from hearing_app.evidence.selection import Selection
from hearing_app.evidence.turns import FIGURES

PAGE = "false_positive_rate"
PAUSE = 0.05
"""Seconds between a reader's questions: nobody moves a slider faster than 20 times a second."""


def questions(number: int, seed: int = 3) -> list[Selection]:
    """Questions about all 48 groups, each with a threshold, an order of groups and a filter by chance."""
    rng = random.Random(seed)
    manifest = synthetic.manifest()
    first = {column.name: column.reference for column in manifest.comparable}
    orders = [("race", "sex", "age"), ("sex", "race", "age"), ("age", "race", "sex")]
    wheres = [
        (),
        *((("district", value),) for value in synthetic.DISTRICTS[:10]),
        *((("month", value),) for value in synthetic.MONTHS),
        *(
            (("district", district), ("month", month))
            for district, month in product(synthetic.DISTRICTS[:3], synthetic.MONTHS)
        ),
    ]
    found = []
    for _ in range(number):
        by = rng.choice(orders)
        reference = tuple((name, first[name]) for name in by)
        found.append(Selection("synthetic", by, rng.randint(2, 10), rng.choice(wheres), reference))
    return found


def page(found: Audit) -> None:
    """What a page shows: one metric of every group, with intervals, differences and ratios."""
    for one in (found.overall, *found.groups):
        _ = one.metrics[PAGE]
    _ = found.disparity[PAGE]


def every(found: Audit) -> None:
    """Every metric of every group, with intervals, differences and ratios, as Python's numbers."""
    _ = found.figures.items(), found.disparity.items()


def document(found: Audit) -> None:
    """The same as the JSON object of the API."""
    found.as_document()


def latencies(
    cube: Cube, asked: list[Selection], look: Callable[[Audit], None], readers: int, pause: float = 0.0
) -> list[float]:
    """The time of each answer, with so many readers, each in a thread of their own, in turns as the API does.

    Between two questions a reader pauses for ``pause`` seconds on average, drawn evenly from 0 on.
    """
    manifest = synthetic.manifest()
    together = Barrier(readers)

    def read(reader: int) -> list[float]:
        times, rng = [], random.Random(reader)
        together.wait()
        for turn in range(len(asked)):
            selection = asked[(turn + 17 * reader) % len(asked)]
            start = time.perf_counter()
            with FIGURES.turn():
                look(audit_of(cube, manifest, "", selection))
            times.append(time.perf_counter() - start)
            if pause:
                time.sleep(2 * pause * rng.random())
        return times

    with ThreadPoolExecutor(readers) as threads:
        return [one for times in threads.map(read, range(readers)) for one in times]


def measure(asked: int, readers: tuple[int, ...] = (1, 8, 32), million: int = 1_000_000) -> list[Part]:
    """Latency alone and beside others; then with a hundred times the people."""
    small = cube_of_counts(synthetic.manifest(), synthetic.counts(million))
    selections = questions(asked)
    _agree(small, selections[:5])
    # As the server does at its start: what is there already is not looked through again and again.
    gc.collect()
    gc.freeze()
    try:
        return [
            _alone(small, selections),
            _together(small, selections, readers),
            _people(small, selections, million),
        ]
    finally:
        gc.unfreeze()


def _alone(cube: Cube, asked: list[Selection]) -> Part:
    looks: dict[str, Callable[[Audit], None]] = {
        "the counts and groups": lambda _: None,
        "one metric in full, as a page shows it": page,
        "every metric in full, as numbers": every,
        "every metric in full, as the API's object": document,
    }
    manifest = synthetic.manifest()
    found = {name: latencies(cube, asked, look, 1) for name, look in looks.items()}
    first = []
    for selection in asked:
        cube.forget()
        start = time.perf_counter()
        page(audit_of(cube, manifest, "", selection))
        first.append(time.perf_counter() - start)
    found["one metric in full, with no table added up before"] = first
    figures = [
        Figure(name, 1000 * median(times), "ms", len(times), f"95 %: {1000 * percentile(times, 0.95):.2f} ms")
        for name, times in found.items()
    ]
    metrics = len(audit_of(cube, manifest, "", asked[0]).figures)
    names = list(looks)
    targets = [
        Target(f"median, {names[at]}", 1000 * median(found[names[at]]), 1.0, False, "ms") for at in (0, 1)
    ]
    targets.append(
        Target(f"median, all {metrics} metrics in full", 1000 * median(found[names[2]]), 1.0, False, "ms")
    )
    text = f"48 groups, 10 scores, {metrics} metrics; another threshold, order of groups or filter each time."
    return Part("One change of threshold, group or filter", text, tuple(figures), tuple(targets))


def _together(cube: Cube, asked: list[Selection], readers: tuple[int, ...]) -> Part:
    figures, targets = [], []
    for pause in (PAUSE, 0.0):
        how = f"who ask {1 / pause:.0f} times a second" if pause else "who never pause"
        alone = 0.0
        for number in readers:
            times = latencies(cube, asked, page, number, pause)
            high = percentile(times, 0.95)
            alone = alone or high
            note = f"median {1000 * median(times):.2f} ms, 99 %: {1000 * percentile(times, 0.99):.2f} ms"
            figures.append(Figure(f"{number} readers {how}, 95 %", 1000 * high, "ms", len(times), note))
            # Readers who never pause are held to an aim where they are: over the wire.
            if number > 1 and pause:
                claim = f"95th percentile of {number} readers {how}, against one"
                targets.append(Target(claim, high / alone, float(number), False))
    text = (
        "One thread for each reader, in one process; one metric in full. Python runs one thread at a time, "
        "so that readers who never pause wait for one answer of each of the others, in the order of asking."
    )
    return Part("Many readers at once", text, tuple(figures), tuple(targets))


def _people(small: Cube, asked: list[Selection], million: int) -> Part:
    large = cube_of_counts(synthetic.manifest(), synthetic.counts(100 * million))
    rounds: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(5):
        for name, cube in (("small", small), ("large", large)):
            rounds[name].append(median(latencies(cube, asked, page, 1)))
    times = {name: median(found) for name, found in rounds.items()}
    figures = (
        Figure(f"{million:,} people", 1000 * times["small"], "ms", 5 * len(asked)),
        Figure(f"{100 * million:,} people", 1000 * times["large"], "ms", 5 * len(asked)),
    )
    claim = f"{100 * million:,} people against {million:,}"
    target = Target(claim, times["large"] / times["small"], 1.1, False)
    return Part("A hundred times the people", "One metric in full.", figures, (target,))


def _agree(cube: Cube, asked: list[Selection]) -> None:
    """Our array gives what DuckDB counts in a table of the same cells."""
    manifest = synthetic.manifest()
    groups, cells = cube.added_up(tuple(synthetic.LISTS))
    columns: dict[str, list[Any]] = {name: [] for name in (*synthetic.LISTS, "outcome", "score", "n")}
    for group, people in zip(groups, cells, strict=True):
        for outcome, place in zip(*people.nonzero(), strict=True):
            for name, value in group:
                columns[name].append(value)
            columns["outcome"].append(int(outcome))
            columns["score"].append(int(place) + 1)
            columns["n"].append(int(people[outcome, place]))
    with closing(duckdb.connect(":memory:")) as connection:
        connection.from_arrow(pa.table(columns)).create("counts")
        for one in asked:
            slow = count_people(connection, Dataset(manifest, "", "counts"), one.by, one.where)
            found = histogram_of(cube, manifest.score, one.by, one.where)
            insist(slow.groups == found.groups and (slow.people == found.people).all(), "DuckDB differs.")
