"""Aequitas' crosstabs of a file of people, in the Python that has it: times and rates as JSON.

It needs an older pandas than we do, so ``AEQUITAS_PYTHON`` names a Python of its own. Only its crosstabs are
timed: neither reading, nor building the columns that it wants, nor its disparities and tests.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import pandas
from aequitas.group import Group

RATES = ["accuracy", "pprev", "fpr", "fnr", "tpr", "tnr", "precision"]


def main() -> None:
    path, runs = sys.argv[1], int(sys.argv[2])
    people = pandas.read_parquet(path)
    people = people.assign(
        score=(people["score"] >= 5).astype(int), label_value=people["outcome"].astype(int)
    )
    people["race|sex|age"] = people["race"] + "|" + people["sex"] + "|" + people["age"]
    groupings = ["race", "sex", "age", "district", "month", "race|sex|age"]
    people = people[["score", "label_value", *groupings]]
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        found, _ = Group().get_crosstabs(people, attr_cols=groupings)
        times.append(time.perf_counter() - start)
    rates: dict[str, dict[str, list[float]]] = {}
    for row in found[["attribute_name", "attribute_value", *RATES]].itertuples(index=False):
        rates.setdefault(row[0].replace("|", " "), {})[row[1]] = [float(value) for value in row[2:]]
    print(json.dumps({"seconds": statistics.median(times), "runs": runs, "rates": rates}))


if __name__ == "__main__":
    main()
