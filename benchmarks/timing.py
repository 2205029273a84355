"""How time and memory are measured, and how a measured figure and a target are written down."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a table of results; ``runs`` is how often it was measured, and a median stands there."""

    what: str
    value: float
    unit: str
    runs: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What was wanted, and what was measured: at least ``bound`` where ``at_least``, else at most."""

    claim: str
    measured: float
    bound: float
    at_least: bool
    unit: str = "x"

    @property
    def is_met(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


@dataclass(frozen=True, slots=True)
class Part:
    """One measurement: what was done, its figures and targets; ``bars`` are drawn, by name in seconds."""

    title: str
    text: str
    figures: tuple[Figure, ...]
    targets: tuple[Target, ...] = ()
    bars: Mapping[str, float] | None = None


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """The time that something takes once, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def side_by_side(works: Mapping[str, Callable[[], Any]], runs: int) -> dict[str, tuple[float, Any]]:
    """The median time of each and its last result; round by round, so that a busy minute hits them all."""
    times: dict[str, list[float]] = {name: [] for name in works}
    results: dict[str, Any] = {}
    for _ in range(runs):
        for name, work in works.items():
            taken, results[name] = seconds(work)
            times[name].append(taken)
    return {name: (statistics.median(times[name]), results[name]) for name in works}


def processor_seconds(work: Callable[[], Any], runs: int) -> float:
    """The median time that all threads together spend on something: a busy machine changes it little."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def within_budget(work: Callable[[], Any], runs: int, budget: float) -> tuple[float, int, Any]:
    """The median of at most so many runs, none begun after ``budget`` seconds; how many, the last result."""
    times: list[float] = []
    result = None
    while not times or (len(times) < runs and sum(times) < budget):
        taken, result = seconds(work)
        times.append(taken)
    return statistics.median(times), len(times), result


def percentile(times: Sequence[float], share: float) -> float:
    """The time below which that share of all times lies."""
    return float(np.percentile(np.asarray(times), 100 * share))


def in_fresh_process(module: str, *arguments: str, python: str = sys.executable) -> dict[str, Any]:
    """What ``python -m module`` prints as JSON in a process of its own, whose memory nobody else has used."""
    done = subprocess.run([python, "-m", module, *arguments], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def insist(holds: bool, otherwise: str) -> None:
    """Stop where a figure would be worth nothing."""
    if not holds:
        raise SystemExit(otherwise)
