"""The published people one by one, as pandas reads them: what the pictures of scores are checked against."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.exhibit import Exhibit, Question
from hearing_app.evidence.families import draw_exhibit
from hearing_app.evidence.selection import parse_selection

FILE = Path(__file__).parents[3] / "datasets/compas-broward/counts.csv"
LABELS = {"Black": "African-American", "White": "Caucasian"}


@cache
def everybody() -> pd.DataFrame:
    """One row for each person."""
    counts = pd.read_csv(FILE, keep_default_na=False)
    return counts.loc[counts.index.repeat(counts["n"])].reset_index(drop=True)


def of(label: str, column: str = "race") -> pd.DataFrame:
    """The people of one group by the label that a picture gives it."""
    people = everybody()
    return people[people[column] == LABELS.get(label, label)]


def cells(people: pd.DataFrame, threshold: int) -> dict[str, int]:
    high, with_it = people["decile_score"] >= threshold, people["two_year_recid"] == 1
    return {
        "tp": int((high & with_it).sum()),
        "fp": int((high & ~with_it).sum()),
        "tn": int((~high & ~with_it).sum()),
        "fn": int((~high & with_it).sum()),
    }


def share(k: int, n: int) -> list[float | None]:
    """A share with Wilson's limits, by statsmodels."""
    if not n:
        return [None, None, None]
    low, high = proportion_confint(k, n, method="wilson")
    return [k / n, float(low), float(high)]


def difference(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float, float]:
    """A difference of two shares with Newcombe's limits, by statsmodels."""
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    return k1 / n1 - k2 / n2, float(low), float(high)


def same(found: Any, expected: Any, within: float = 1e-9) -> bool:
    """Whether two rows of figures agree; None only with None."""
    return len(found) == len(expected) and all(
        a is b if a is None or b is None else bool(np.isclose(a, b, rtol=0, atol=within))
        for a, b in zip(found, expected, strict=True)
    )


def picture(
    catalogue: Catalogue, compas: Dataset, name: str, *params: tuple[str, str], metric: str = "", **more: Any
) -> Exhibit:
    """One picture of the published people, asked for as an address does."""
    asked = params or (("by", "race"),)
    return draw_exhibit(
        Question(catalogue, compas, parse_selection(compas, list(asked)), metric, **more), name
    )
