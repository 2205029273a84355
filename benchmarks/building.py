"""Counting raw rows: how near to just reading them, how much memory, one more month beside all of it anew."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks import synthetic
from benchmarks.timing import Figure, Part, Target, in_fresh_process, insist, processor_seconds, side_by_side
from hearing_app.evidence.counting.counting import count_rows


def scan(path: Path) -> int:
    """Decode the same seven columns, texts as codes, and look at none of them; how many rows there are."""
    names = [*synthetic.LISTS, "score", "outcome"]
    rows = 0
    with pq.ParquetFile(path, read_dictionary=list(synthetic.LISTS)) as file:
        for batch in file.iter_batches(1 << 18, columns=names, use_threads=True):
            rows += batch.num_rows
    return rows


def duckdb_scan(path: Path) -> Any:
    """DuckDB reading the same columns, by adding up the length of every text."""
    import duckdb  # noqa: PLC0415 - the fresh process whose memory is measured does without it

    sums = ", ".join([*(f"sum(strlen({name}))" for name in synthetic.LISTS), "sum(score)", "sum(outcome)"])
    with duckdb.connect(":memory:") as connection:
        return connection.read_parquet(str(path)).aggregate(sums).fetchall()


def measure(folder: Path, people: int, runs: int) -> Part:
    """Counting so many rows beside a scan, in rounds; its memory in a process of its own; one more month."""
    path = folder / f"{people}.parquet"
    if not path.exists():
        synthetic.write(path, people)
    month, months = folder / f"{people}-month.parquet", len(synthetic.MONTHS)
    last = synthetic.table(people // months, 99, months - 1)
    pq.write_table(last, month, compression="zstd", row_group_size=synthetic.GROUP)
    manifest = synthetic.manifest()
    known = count_rows([path], manifest)
    found = side_by_side(
        {
            "reading the columns (pyarrow)": lambda: scan(path),
            "reading the columns (DuckDB)": lambda: duckdb_scan(path),
            "counting": lambda: count_rows([path], manifest),
            "one more month, added": lambda: known + count_rows([month], manifest),
            "the year and one more month, anew": lambda: count_rows([path, month], manifest),
        },
        runs,
    )
    times = {name: taken for name, (taken, _) in found.items()}
    added, anew = found["one more month, added"][1], found["the year and one more month, anew"][1]
    insist(found["reading the columns (pyarrow)"][1] == people == int(known.sum()), "Rows were lost.")
    insist(bool(np.array_equal(added, anew)), "Adding a month is not counting anew.")
    reading = times["reading the columns (pyarrow)"]
    works = (lambda: scan(path), lambda: count_rows([path], manifest))
    read, counted = (processor_seconds(work, min(runs, 3)) for work in works)
    most = in_fresh_process("benchmarks.building", str(path))
    figures = [
        Figure(name, taken, "s", runs, f"{taken / reading:.2f} times reading")
        for name, taken in times.items()
    ]
    note = f"{counted / read:.2f} times reading, which takes {read:.3g} s"
    figures.append(Figure("counting, in processor time", counted, "s", min(runs, 3), note))
    figures.append(
        Figure("most memory while counting", most["bytes"] / 1e9, "GB", 1, "a fresh process, whole")
    )
    figures.append(
        Figure("of it, before the first row", most["before"] / 1e9, "GB", 1, "Python and libraries")
    )
    counting, anew_time = times["counting"], times["the year and one more month, anew"]
    targets = (
        Target(f"counting {people:,} rows against reading them", counting / reading, 1.4, False),
        Target(f"most memory, {people:,} rows", most["bytes"] / 1e9, 0.5, False, "GB"),
        Target(
            "one more month against counting anew", times["one more month, added"] / anew_time, 0.1, False
        ),
    )
    size = path.stat().st_size / people
    text = f"Parquet of {size:.1f} bytes a row, in row groups of 250,000, with two threads."
    return Part(f"Counting {people:,} rows", text, tuple(figures), targets)


def peak() -> int:
    """The most memory that this process has had in use at once, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux' other figure, ru_maxrss, begins with what the process was started from had in use.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Count one file in this process and print its memory, for ``measure``."""
    before = peak()
    people = int(count_rows([Path(sys.argv[1])], synthetic.manifest()).sum())
    print(json.dumps({"bytes": peak(), "before": before, "people": people}))


if __name__ == "__main__":
    main()
