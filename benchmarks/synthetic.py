"""People that nobody is: rows with the columns of a risk score, from a seed, written as Parquet by month.

Groups are of very different size, as they are in life, and district and month make the table large: 576,000
combinations. No row describes a person.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hearing_app.evidence.manifest import Manifest

RACES = ("Black", "White", "Hispanic", "Asian", "Native", "Other")
SEXES = ("Female", "Male")
AGES = ("Under 25", "25 to 34", "35 to 44", "45 and over")
DISTRICTS = tuple(f"District {number:02}" for number in range(1, 51))
MONTHS = tuple(f"2019-{number:02}" for number in range(1, 13))
LISTS: dict[str, tuple[str, ...]] = {
    "race": RACES, "sex": SEXES, "age": AGES, "district": DISTRICTS, "month": MONTHS,
}  # fmt: skip
SCORES = range(1, 11)
THRESHOLD = 5
REFERENCE = {"race": "White", "sex": "Male", "age": "25 to 34", "district": "District 01"}
# Rows of one row group: two threads can share a file, and little of it is ever in memory.
GROUP = 250_000


@cache
def manifest() -> Manifest:
    """The description that the counts are made and read by."""
    columns: list[dict[str, Any]] = [
        {
            "name": name,
            "role": "time" if name == "month" else "group",
            "type": "text",
            "label": name.title(),
            "values": [{"value": value, "label": f"{name} {value}"} for value in values],
        }
        | ({} if name == "month" else {"reference": REFERENCE[name]})
        for name, values in LISTS.items()
    ]
    columns += [
        {"name": "score", "role": "score", "label": "Score", "minimum": 1, "maximum": 10, "threshold": 5},
        {"name": "outcome", "role": "outcome", "label": "O", "positive": "came back", "negative": "did not"},
        {"name": "n", "role": "count", "label": "People"},
    ]
    return Manifest.model_validate(
        {
            "id": "synthetic",
            "title": "Synthetic people",
            "summary": "Made for measuring.",
            "system": "example",
            "family": "risk_score",
            "origin": {
                "publisher": "The benchmarks",
                "year": 2020,
                "url": "https://www.example.org/",
                "prepared": "From a seed.",
            },
            "licence": {"name": "None needed", "statement": "Anybody may use it."},
            "citation": "The benchmarks.",
            "period": {"first": 2019, "last": 2019, "label": "2019"},
            "place": "Exampleton",
            "unit": {"of": "people", "label": "people", "one": "person"},
            "total": 1,
            "columns": columns,
            "decision": {
                "positive_when": "the score is at or above the threshold",
                "positive": "were scored {level}",
                "negative": "were not scored {level}",
            },
            "populations": [
                {"id": "all", "label": "All", "explanation": "Everyone.", "where": {}, "total": 1}
            ],
            "limits": ["It is made up."],
        }
    )


def codes(people: int, seed: int, month: int | None = None) -> dict[str, NDArray[np.int8]]:
    """The place of every person's value, by column; of one month or of all, in order."""
    rng = np.random.default_rng(seed)
    race = rng.choice(6, people, p=[0.45, 0.3, 0.15, 0.06, 0.03, 0.01])
    weights = 1 / np.arange(1, len(DISTRICTS) + 1)
    district = rng.choice(len(DISTRICTS), people, p=weights / weights.sum())
    score = rng.binomial(9, 0.35 + 0.03 * (race == 0), people)
    months = np.full(people, month) if month is not None else np.arange(people) * len(MONTHS) // people
    found = {
        "race": race,
        "sex": rng.choice(2, people, p=[0.2, 0.8]),
        "age": rng.choice(4, people, p=[0.3, 0.3, 0.25, 0.15]),
        "district": district,
        "month": months,
        "score": score,
        "outcome": rng.random(people) < 0.15 + 0.05 * score,
    }
    return {name: column.astype(np.int8) for name, column in found.items()}


def table(people: int, seed: int, month: int | None = None) -> pa.Table:
    """The same as a table with a column of texts for each list, score from 1 and outcome 0 or 1."""
    found = codes(people, seed, month)
    columns: dict[str, Any] = {
        name: pa.DictionaryArray.from_arrays(pa.array(found[name]), pa.array(values)).cast(pa.string())
        for name, values in LISTS.items()
    }
    columns["score"] = pa.array(found["score"] + 1, pa.int8())
    columns["outcome"] = pa.array(found["outcome"], pa.int8())
    return pa.table(columns)


def write(path: Path, people: int, seed: int = 7) -> Path:
    """Write so many people, month by month, in row groups of 250,000 at most; the path again."""
    writer: pq.ParquetWriter | None = None
    done = 0
    while done < people:
        size = min(GROUP, people - done)
        # A large file is sorted by month, as exports are; in a small one each group has every month.
        month = None if people <= GROUP else 12 * done // people
        part = table(size, seed + done, month)
        writer = writer or pq.ParquetWriter(path, part.schema, compression="zstd")
        writer.write_table(part)
        done += size
    if writer is not None:
        writer.close()
    return path


def counts(people: int, seed: int = 7) -> NDArray[np.int64]:
    """So many people drawn straight into the cells: (race, sex, age, district, month, score, outcome)."""
    sample = codes(200_000, seed)
    shape = (*(len(values) for values in LISTS.values()), len(SCORES), 2)
    # Independent but for score and outcome: enough to have every cell filled as its size allows.
    parts = [np.bincount(sample[name], minlength=len(values)) / 200_000 for name, values in LISTS.items()]
    last = np.bincount(sample["score"].astype(np.int64) * 2 + sample["outcome"], minlength=20) / 200_000
    chances = last
    for part in reversed(parts):
        chances = np.multiply.outer(part, chances.reshape(-1)).reshape(-1)
    drawn: NDArray[np.int64] = np.random.default_rng(seed).multinomial(people, chances / chances.sum())
    return drawn.reshape(shape)
