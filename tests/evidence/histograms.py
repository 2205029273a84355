"""Histograms for tests: made up, or the published one, read without the app."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hearing_app.evidence.counts import Group, Histogram

COUNTS = Path(__file__).parents[2] / "datasets/compas-broward/counts.csv"


def made(people: Any) -> Histogram:
    """A histogram of groups "a", "b", ... from counts of shape (groups, 2, scores), with scores from 1."""
    people = np.asarray(people, dtype=np.int64)
    groups = tuple((("team", name),) for name in "abcdefghijkl"[: len(people)])
    return Histogram(groups, np.arange(1, people.shape[2] + 1), people)


def tables(groups: int = 3, scores: int = 5, most: int = 20) -> st.SearchStrategy[Any]:
    """Random counts of shape (groups, 2, scores)."""
    return arrays(np.int64, (groups, 2, scores), elements=st.integers(0, most))


def compas(by: tuple[str, ...] = ("race",), where: dict[str, str] | None = None) -> Histogram:
    """The published counts by the named columns, groups in the order of the alphabet."""
    table: dict[Group, Any] = {}
    with COUNTS.open(newline="") as file:
        for row in csv.DictReader(file):
            if any(row[name] != value for name, value in (where or {}).items()):
                continue
            group = tuple((name, row[name]) for name in by)
            cells = table.setdefault(group, np.zeros((2, 10), dtype=np.int64))
            cells[int(row["two_year_recid"]), int(row["decile_score"]) - 1] += int(row["n"])
    groups = tuple(sorted(table))
    return Histogram(groups, np.arange(1, 11), np.stack([table[group] for group in groups]))


def place(counted: Histogram, *values: str) -> int:
    """Where the group with these values stands."""
    return [tuple(value for _, value in group) for group in counted.groups].index(values)


def one_by_one(counted: Histogram, group: int) -> tuple[Any, Any]:
    """Outcome and score of each person of a group: two arrays of one length."""
    cells = [
        (outcome, int(score), int(counted.people[group, outcome, s]))
        for outcome in (0, 1)
        for s, score in enumerate(counted.scores)
    ]
    number = [n for _, _, n in cells]
    return np.repeat([c[0] for c in cells], number), np.repeat([c[1] for c in cells], number)
