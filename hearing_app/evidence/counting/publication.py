"""A counted dataset as files: what was counted, how it was protected, and both said in the manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

import numpy as np

from hearing_app import __version__
from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.contradictions import contradictions
from hearing_app.evidence.counting.asking import EVERYONE
from hearing_app.evidence.counting.coarsening import MERGED, Coding, period_at
from hearing_app.evidence.counting.control import EVERYONE as EVERYONE_FILE
from hearing_app.evidence.counting.control import Disclosure, Plan, Table
from hearing_app.evidence.counting.protecting import Counts, Protected, protect
from hearing_app.evidence.counting.shape import Axis, axes_of
from hearing_app.evidence.counting.tables import slug_of
from hearing_app.evidence.counting.told import coarsened_sentences, protection_sentence
from hearing_app.evidence.counting.writing import counts_csv, manifest_yaml
from hearing_app.evidence.manifest import Manifest, TimeColumn, Value
from hearing_app.registry.files import validate

_KEPT = "Nothing was written."
_QUARTERS = ("January to March", "April to June", "July to September", "October to December")
_LISTED_LABELS = 3


def files_of(
    counts: Counts,
    data: Mapping[str, Any],
    manifest: Manifest,
    plan: Plan,
    *,
    today: date,
    key: bytes = b"",
    say: Callable[[str], None] = lambda sentence: None,
) -> tuple[dict[str, bytes], Disclosure]:
    """The files of the dataset's folder by name, protected as the plan asks, and what was done.

    Raises ``Invalid`` where the counts cannot be protected.
    """
    # The plan's place is taken by what was done.
    data = {name: value for name, value in data.items() if name != "disclosure"}
    if plan.method == "already public":
        return _as_counted(counts, data, manifest, today)
    axes = axes_of(manifest)
    protected = protect(counts, manifest, axes, plan, key=key, say=say)
    disclosure = _disclosure(protected, plan, manifest, int(counts.sum()), today)
    written = _coarsened(data, manifest, axes, protected.coding)
    used = {name for table in protected.tables for name in table}
    written["columns"] = [
        column for column in written["columns"] if column["name"] in used or "values" not in column
    ]
    values = {name: _values(written, axes, protected.coding, name) for name in (axis.name for axis in axes)}
    rest = [axis.name for axis in axes if not axis.listed]
    written["total"] = int(protected.counts[0].sum())
    if not written["total"]:
        what = "rounded" if plan.method == "random rounding" else "protected"
        problem = f"Everyone together is {what} to 0, and a dataset has at least one person."
        repair = "Count more people, or choose another method or base."
        fault = Fault("dataset.yaml", "total", problem, repair)
        raise Invalid("There are too few people to publish.", [fault], kept=_KEPT)
    _fill_populations(written, lambda where: _people(protected, values, where))
    count = manifest.count.name
    files = {
        table.file: counts_csv(
            [*table.columns, *rest, count],
            [values[name] for name in (*table.columns, *rest)],
            found,
            hidden,
        )
        for table, found, hidden in zip(disclosure.tables, protected.counts, protected.withheld, strict=True)
    }
    return _with_manifest(written, disclosure, files), disclosure


def _as_counted(
    counts: Counts, data: Mapping[str, Any], manifest: Manifest, today: date
) -> tuple[dict[str, bytes], Disclosure]:
    axes = axes_of(manifest)
    disclosure = Disclosure(
        method="already public",
        date=today.isoformat(),
        tool=f"hearing {__version__}",
        protection=protection_sentence(Plan(method="already public"), 1),
    )
    written = deepcopy(dict(data))
    occurring = {
        axis.name: [
            value
            for value, people in zip(
                axis.values, counts.sum(axis=tuple(a for a in range(counts.ndim) if a != place)), strict=True
            )
            if people
        ]
        for place, axis in enumerate(axes)
    }
    for column in written["columns"]:
        if "values" in column:
            column["values"] = [v for v in column["values"] if v["value"] in occurring[column["name"]]]
    written["total"] = int(counts.sum())

    def people(where: Mapping[str, Value]) -> int:
        chosen = tuple(
            axis.values.index(where[axis.name]) if axis.name in where else slice(None) for axis in axes
        )
        return int(counts[chosen].sum())

    _fill_populations(written, people)
    table = counts_csv(
        [*(axis.name for axis in axes), manifest.count.name],
        [axis.values for axis in axes],
        counts,
        np.zeros(counts.shape, dtype=bool),
        zeros=False,
    )
    return _with_manifest(written, disclosure, {EVERYONE_FILE: table}), disclosure


def _with_manifest(
    written: dict[str, Any], disclosure: Disclosure, files: dict[str, bytes]
) -> dict[str, bytes]:
    """The files with the manifest before them, once it is found to be one."""
    manifest, faults = validate(written, Manifest, "dataset.yaml")
    if manifest is not None:
        faults = contradictions(manifest)
    if faults:
        raise Invalid("What was counted does not make a dataset.", faults, kept=_KEPT)
    said = disclosure.model_dump(mode="json", exclude_none=True)
    return {"dataset.yaml": manifest_yaml({**written, "disclosure": said}), **files}


def _disclosure(protected: Protected, plan: Plan, manifest: Manifest, total: int, today: date) -> Disclosure:
    tables: list[Table] = []
    for names, hidden, lost in zip(protected.tables, protected.withheld, protected.lost, strict=True):
        slug = slug_of(names, [table.name for table in tables])
        tables.append(
            Table(
                name=slug,
                columns=names,
                cells=hidden.size,
                cells_withheld=int(hidden.sum()),
                people_withheld=lost,
            )
        )
    method, each = plan.method, None if plan.epsilon is None else plan.epsilon / len(tables)
    is_rounded, is_noisy = method == "random rounding", method == "differential privacy"
    randomness = None
    if is_rounded:
        randomness = "HMAC-SHA256 under a secret that the force keeps: the same cell is drawn alike again"
    elif is_noisy:
        randomness = "Drawn anew by OpenDP from the operating system; never written down"
    return Disclosure(
        method=method,
        date=today.isoformat(),
        tool=f"hearing {__version__}",
        minimum=None if is_noisy else plan.minimum,
        base=plan.base if is_rounded else None,
        epsilon=plan.epsilon if is_noisy else None,
        epsilon_each=each if is_noisy else None,
        randomness=randomness,
        protection=protection_sentence(plan, len(tables), sum(table.cells_withheld for table in tables)),
        coarsened=tuple(coarsened_sentences(manifest, protected.coding)),
        thresholds=protected.coding.thresholds,
        largest_share_withheld=round(max(protected.lost) / total, 6) if total else 0,
        tables=tuple(tables),
    )


def _coarsened(
    data: Mapping[str, Any], manifest: Manifest, axes: Sequence[Axis], coding: Coding
) -> dict[str, Any]:
    """The manifest's data with the values taken together as the tables have them."""
    written = deepcopy(dict(data))
    columns = {column["name"]: column for column in written["columns"]}
    for axis, parts in zip(axes, coding.parts, strict=True):
        if not axis.listed or len(parts) == len(axis.values):
            continue
        column, declared = columns[axis.name], manifest.column(axis.name)
        if isinstance(declared, TimeColumn):
            names = [period_at(axis.values[part[0]], coding.time) or "" for part in parts]
            column["values"] = [{"value": name, "label": _period_label(name)} for name in names]
            column["type"] = "text"
        else:
            listed = column["values"]
            column["values"] = [
                listed[part[0]] if len(part) == 1 else _merged([listed[place]["label"] for place in part])
                for part in parts
            ]
    for column in written["columns"]:
        if "levels" in column:
            column["levels"] = [
                level for level in column["levels"] if level["threshold"] in coding.thresholds
            ]
    return written


def _merged(labels: Sequence[str]) -> dict[str, str]:
    if len(labels) <= _LISTED_LABELS:
        return {"value": MERGED, "label": f"{', '.join(labels[:-1])} or {labels[-1]}"}
    return {
        "value": MERGED,
        "label": f"All others ({len(labels)} values)",
        "after": "of all other values",
        "explanation": f"Taken together because they are few: {', '.join(labels)}."[:2000],
    }


def _period_label(period: str) -> str:
    year, _, quarter = period.partition("-Q")
    return f"{_QUARTERS[int(quarter) - 1]} {year}" if quarter else period


def _values(written: Mapping[str, Any], axes: Sequence[Axis], coding: Coding, name: str) -> tuple[Value, ...]:
    """The values of a column as they stand in the tables; a bin of scores stands as its lowest."""
    column = next((column for column in written["columns"] if column["name"] == name), None)
    if column is not None and "values" in column:
        return tuple(listed["value"] for listed in column["values"])
    place = next(i for i, axis in enumerate(axes) if axis.name == name)
    return tuple(axes[place].values[part[0]] for part in coding.parts[place])


def _people(protected: Protected, values: Mapping[str, Sequence[Value]], where: Mapping[str, Value]) -> int:
    """How many people a population has, by the table of its own columns, which is always published whole."""
    which = next(i for i, table in enumerate(protected.tables) if set(table) == set(where))
    chosen = tuple(values[name].index(where[name]) for name in protected.tables[which])
    # With noise nothing may be left of a small population, and a manifest states at least one.
    return max(1, int(protected.counts[which][chosen].sum()))


def _fill_populations(written: dict[str, Any], people: Callable[[Mapping[str, Value]], int]) -> None:
    written.setdefault("populations", [deepcopy(EVERYONE)])
    for population in written["populations"]:
        population.setdefault("where", {})
        population["total"] = people(population["where"])
    # The table of everyone gives 0 only where noise left nothing.
    written["total"] = max(1, written["total"])
