"""Proof that the tables of a protected dataset fit its manifest, and the tables themselves as arrays."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import Fault
from hearing_app.evidence.counting.control import MOST_LOST, Disclosure, Table
from hearing_app.evidence.counting.tables import MOST_TABLES
from hearing_app.evidence.manifest import LARGEST_TOTAL, Manifest, OutcomeColumn, ScoreColumn, Value

WITHHELD = -1
"""Stands in a table for a count that is not shown."""
MOST_LINES = 200_000
_MANIFEST = "dataset.yaml"
_COUNT = re.compile(r"0|[1-9][0-9]{0,12}")
_SHOWN = 5
_AGAIN = "Count again, and change nothing by hand."


@dataclass(frozen=True, slots=True, eq=False)
class ReadTable:
    """One table as it was read: ``values`` of each axis by name, in order, and ``counts`` of that shape.

    The axes are the table's columns, then score and outcome in the manifest's order. A count that is not
    shown is ``WITHHELD``.
    """

    table: Table
    values: Mapping[str, tuple[Value, ...]]
    counts: NDArray[np.int64]


def read_tables(
    files: Mapping[str, bytes], manifest: Manifest, disclosure: Disclosure
) -> tuple[dict[str, ReadTable], list[Fault]]:
    """Every table by its name, and every fault; ``files`` holds what ``disclosure.files`` names.

    Never raises for what the files hold. The tables are of use only where there are no faults.
    """
    faults = list(_of_disclosure(manifest, disclosure))
    if faults:
        return {}, faults
    tables = {}
    for table in disclosure.tables:
        content = files.get(table.file)
        if content is None:
            faults.append(Fault(table.file, "", "The file is missing.", "Restore it, or count again."))
            continue
        values = {name: _values(manifest, disclosure, name) for name in _names(manifest, table)}
        counts, wrong = _read(content, table.file, values, manifest.count.name)
        faults += wrong
        if counts is not None:
            tables[table.name] = ReadTable(table, values, counts)
            faults += _of_counts(tables[table.name], manifest, disclosure)
    if len(tables) == len(disclosure.tables):
        faults += _of_populations(tables, manifest)
    return tables, faults


def _names(manifest: Manifest, table: Table) -> list[str]:
    inner = [c.name for c in manifest.columns if isinstance(c, ScoreColumn | OutcomeColumn)]
    return [*table.columns, *inner]


def _values(manifest: Manifest, disclosure: Disclosure, name: str) -> tuple[Value, ...]:
    listed = manifest.column(name)
    if listed is not None:
        return tuple(value.value for value in listed.values)
    return disclosure.thresholds if name == manifest.score.name else (0, 1)


def _of_disclosure(manifest: Manifest, disclosure: Disclosure) -> Iterator[Fault]:
    """What the disclosure says against the manifest, or against itself."""
    order = [column.name for column in manifest.selectable]
    if not disclosure.tables or disclosure.tables[0].columns:
        problem = "The first table is not that of everyone."
        yield Fault(_MANIFEST, "disclosure.tables", problem, "Count again.")
    if len(disclosure.tables) > MOST_TABLES or sum(t.cells for t in disclosure.tables) > MOST_LINES:
        yield Fault(_MANIFEST, "disclosure.tables", "There are too many tables or cells.", "Publish fewer.")
    for what in ("name", "columns"):
        if len({getattr(table, what) for table in disclosure.tables}) < len(disclosure.tables):
            yield Fault(_MANIFEST, "disclosure.tables", f"Two tables have the same {what}.", "Keep one.")
    for index, table in enumerate(disclosure.tables):
        if list(table.columns) != [name for name in order if name in table.columns]:
            problem = "Its columns are not columns that people are selected by, in the manifest's order."
            yield Fault(_MANIFEST, f"disclosure.tables.{index}.columns", problem, "Count again.")
    score, points = manifest.score, disclosure.thresholds
    wanted = {score.minimum, score.threshold, *(level.threshold for level in score.levels)}
    if sorted(set(points)) != list(points) or not wanted <= set(points) or max(points) > score.maximum:
        problem = "They are not scores in order, with the lowest and every threshold that is worded."
        yield Fault(_MANIFEST, "disclosure.thresholds", problem, "Count again.")


def _read(
    content: bytes, file: str, values: Mapping[str, Sequence[Value]], count: str
) -> tuple[NDArray[np.int64] | None, list[Fault]]:
    """The counts of one file in the shape of ``values``, or None and the faults."""
    rows, problem = _rows(content, [*values, count])
    if problem:
        return None, [Fault(file, "", problem, _AGAIN)]
    shape = tuple(len(own) for own in values.values())
    if len(rows) != prod(shape):
        problem = f"It has {len(rows):,} rows, and {prod(shape):,} combinations of values."
        return None, [Fault(file, "", problem, _AGAIN)]
    found = np.full(len(rows), WITHHELD, dtype=np.int64)
    wrong = []
    for place, (row, key) in enumerate(zip(rows, product(*values.values()), strict=True)):
        number = row[-1] if row else "none"
        if row[:-1] != [str(value) for value in key] or not (number == "" or _is_count(number)):
            wrong.append(place + 2)
        elif number:
            found[place] = int(number)
    if wrong:
        shown = ", ".join(map(str, wrong[:_SHOWN]))
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        problem = f"Rows are out of the manifest's order, or hold no count: {shown}{more}."
        return None, [Fault(file, "", problem, _AGAIN)]
    return found.reshape(shape), []


def _rows(content: bytes, heading: Sequence[str]) -> tuple[list[list[str]], str]:
    """The rows of a file below its heading, or what is wrong with it."""
    try:
        text = content.decode()
        if "\r" in text or "\0" in text or text.count("\n") > MOST_LINES + 1:
            return [], "It has other line ends, zero bytes or too many lines."
        found, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except UnicodeDecodeError:
        return [], "The file is not UTF-8."
    except (csv.Error, ValueError):
        return [], "The file is not CSV with a heading."
    return rows, "" if found == heading else f"The heading is not {','.join(heading)}."


def _is_count(text: str) -> bool:
    return _COUNT.fullmatch(text) is not None and int(text) <= LARGEST_TOTAL


def _of_counts(read: ReadTable, manifest: Manifest, disclosure: Disclosure) -> Iterator[Fault]:
    """What one table's counts say against what was promised."""
    table, counts = read.table, read.counts
    hidden = counts == WITHHELD
    shown = int(counts[~hidden].sum())
    count = manifest.count.name

    def fault(problem: str) -> Fault:
        return Fault(table.file, count, problem, _AGAIN)

    if counts.size != table.cells or int(hidden.sum()) != table.cells_withheld:
        yield fault(f"{int(hidden.sum())} of {counts.size} cells are withheld; the manifest says otherwise.")
    if not table.columns and (hidden.any() or shown != manifest.total):
        yield fault(f"Everyone together is {shown}, and the manifest says {manifest.total}.")
    if disclosure.method == "minimum cell":
        least = disclosure.minimum or 0
        if (counts[~hidden] < least).any():
            yield fault(f"A count under {least} is shown.")
        if shown + table.people_withheld != manifest.total:
            yield fault(f"{shown} shown and {table.people_withheld} withheld are not {manifest.total}.")
        if table.people_withheld > MOST_LOST * manifest.total:
            yield fault(f"More than {100 * MOST_LOST:.0f} % of the people are withheld.")
    elif hidden.any():
        yield fault("A count is withheld, which this method does not do.")
    if disclosure.base and (counts[~hidden] % disclosure.base).any():
        yield fault(f"A count is no multiple of {disclosure.base}.")


def _of_populations(tables: Mapping[str, ReadTable], manifest: Manifest) -> Iterator[Fault]:
    for index, population in enumerate(manifest.populations):
        place = f"populations.{index}"
        whole = (read for read in tables.values() if set(read.table.columns) == set(population.where))
        read = next(whole, None)
        if read is None:
            yield Fault(_MANIFEST, f"{place}.where", "No table has just these columns.", "Count again.")
            continue
        chosen = tuple(read.values[name].index(population.where[name]) for name in read.table.columns)
        counts = read.counts[chosen]
        # Noise can leave nothing of a population, and a manifest states at least one.
        if (counts == WITHHELD).any() or max(1, int(counts.sum())) != population.total:
            problem = f"Its table gives {int(counts.sum())} people, and the manifest says {population.total}."
            yield Fault(_MANIFEST, f"{place}.total", problem, "Count again.")
